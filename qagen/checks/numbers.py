"""Numbers of the answer stand in the source, after normalising notation and units.

A fuzzy score cannot do this: "3.12 eV" for "3.21 eV" is 95 % similar and entirely wrong.
"""

from qagen.checks.quantities import Quantity, quantities
from qagen.checks.source import Source
from qagen.checks.subject import Subject
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_SMALL = 12
"""Counts up to this may be the answer's own: "three factors" counts what the source only lists."""


def ungrounded_number(subject: Subject, settings: CheckSettings) -> Fault | None:
    """Reject an answer with a number that the source (and the question) does not state.

    Item numbers of lists never count. A small count counts only where the source gives another number of the same
    thing.
    """
    asked = quantities(subject.question.plain)
    for quantity in quantities(subject.answer.plain):
        if quantity.is_item or quantity.in_name:
            continue
        stated = (*subject.source.quantities, *asked)
        if any(other.states(quantity, settings.number_tolerance) for other in stated):
            continue
        if _is_small_count(quantity) and not _counted_otherwise(quantity, subject.source):
            continue
        detail = f"the answer says {quantity.text!r}, the source does not"
        return Fault(Reason.UNGROUNDED_NUMBER, detail, subject.pair.answer)
    return None


def _is_small_count(quantity: Quantity) -> bool:
    is_count = quantity.is_word or bool(quantity.counted)
    return is_count and quantity.unit is None and quantity.value <= _SMALL and quantity.step == 1


def _counted_otherwise(quantity: Quantity, source: Source) -> bool:
    """Whether the source gives a number of the same thing, knowing that it isn't this number."""
    return bool(quantity.counted) and any(
        other.counted == quantity.counted and not other.in_name for other in source.quantities
    )
