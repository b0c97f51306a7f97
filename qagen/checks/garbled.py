"""Question and answer hold no characters that stand for lost ones.

A PDF whose fonts do not say what their glyphs mean gives U+FFFD or private-use characters for them, and broken encodings give
control characters: whatever they were, the reader of a record cannot know.
"""

import re
from collections.abc import Iterator

from qagen.checks.check_input import CheckInput
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_LOST = re.compile(
    r"[\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]"
)


def garbled(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:  # noqa: ARG001 - every check is called alike
    """Reject a question or an answer with replacement, private-use or control characters."""
    for name, text in (("question", subject.question.given), ("answer", subject.answer.given)):
        for lost in _LOST.finditer(text):
            detail = f"the {name} has U+{ord(lost[0]):04X}, which stands for a lost character"
            yield Fault(Reason.GARBLED, detail, text, lost[0])
