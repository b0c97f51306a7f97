"""The question asks something."""

import re
from collections.abc import Iterator

from qagen.checks.check_input import CheckInput
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_ASKS = re.compile(
    r"\?|^\W{0,12}(?:what|which|who|whose|whom|when|where|why|how|to what extent|in (?:what|which)|under (?:what|which)|"
    r"is|are|was|were|do|does|did|can|could|may|might|will|would|should|has|have|had|"
    r"explain|describe|compare|contrast|discuss|identify|list|name|state|outline|summari[sz]e|evaluate|analy[sz]e|"
    r"calculate|estimate|derive|give|predict|justify|define|elaborate|illustrate|distinguish|suggest)\b",
    re.IGNORECASE,
)


_MARK = re.compile(r"[?;\u037E\u055E\u061F\u1367]")
"""The question marks of all scripts, as NFKC leaves them; in other languages than English a question needs one."""


def not_a_question(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:
    """Reject a question that has neither a question mark nor, in English, begins like a question or a task."""
    asks = _ASKS if settings.language == "en" else _MARK
    if subject.has_question and not asks.search(subject.question.plain):
        detail = "no question mark, and it does not begin like a question or a task"
        yield Fault(Reason.NOT_A_QUESTION, detail, subject.question.given, subject.question.plain)
