"""The checks: what a pair has to pass to become a record.

Each is a function `(subject, settings) -> Iterator[Fault]` that knows nothing of the others, has a reason of its own
and is named in `CHECKS`, in the order in which they run. `check_pair` runs them all and takes the first fault of each, so
that a rejection lists everything that is wrong with a pair.

    check_pair   what accepts a pair or turns it down: every check in its order, after the cleanups
    check_input  what a check is shown: a pair beside its source
    support      how well the source supports an answer, and where
    places       which places an answer comes from and needs, of a source that is several
    explain      a result told to a person
    reading/     how the checks read a text
    cleanups/    changes that keep a pair's meaning
    ...          one check each, named as its function, its setting and its reason
"""

from qagen.checks.check_input import CheckInput
from qagen.checks.check_pair import (
    CHECKS,
    CLEANUPS,
    Check,
    CheckResult,
    check,
    check_pair,
    clean,
    refuse_unknown,
)
from qagen.checks.reading.joined import JoinedSource
from qagen.checks.reading.source import IndexedSource

__all__ = [
    "CHECKS",
    "CLEANUPS",
    "Check",
    "CheckInput",
    "CheckResult",
    "IndexedSource",
    "JoinedSource",
    "check",
    "check_pair",
    "clean",
    "refuse_unknown",
]
