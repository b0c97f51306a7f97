"""What people decided about pairs: the file it is written to, and what it comes to.

decisions   one decision, a sample, and how the decisions of several people become one word on a pair
file        `reviews.jsonl`: append-only, on the disk at once, read whatever a crash left at its end
applied     a pair as a decision leaves it: turned down, kept, or with other words
figures     precision of a sample, and how far two people agree
"""

from qagen.reviews.decisions import (
    NO_REVIEWS,
    Decision,
    Origin,
    Reviews,
    Sample,
    Verdict,
    Word,
)

__all__ = ["NO_REVIEWS", "Decision", "Origin", "Reviews", "Sample", "Verdict", "Word"]
