"""Numbers of the answer stand in the source, after normalising notation and units.

A fuzzy score cannot do this: "3.12 eV" for "3.21 eV" is 95 % similar and entirely wrong.
"""

from collections.abc import Iterator
from itertools import chain

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.quantities import Quantity, quantities
from qagen.checks.reading.reckoning import asks_to_reckon, is_reckoned
from qagen.checks.reading.stated import Stated, distinct
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_MOST_RECKONED = 50
"""Numbers of an answer, from its beginning, of which differences and sums are made."""
Places = tuple[Stated, ...]
"""Where a number may be stated: source and question."""


def ungrounded_number(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:
    """Reject an answer with a number that neither the source nor the question states.

    Numbers of a list's items never count. A small count counts only where the source gives another number of the
    same thing. A number with a unit is not stated by the same number with another unit of the kind.
    """
    said = quantities(subject.answer.plain, subject.answer.vocabulary)
    if not said:
        return
    asked = subject.asked
    places: Places = (subject.source.stated, Stated(asked)) if asked else (subject.source.stated,)
    operands: list[Quantity] | None = None
    for quantity in distinct(said):
        if quantity.is_item or quantity.in_name or _is_stated(quantity, places, settings):
            continue
        if _is_small_count(quantity, settings.small_count) and (
            not _counted_otherwise(quantity, places) or (quantity.is_word and quantity.value == 1)
        ):
            continue  # "one arm" is said of two arms as well
        operands = _operands(said, places, subject, settings) if operands is None else operands
        if is_reckoned(quantity, operands, settings.number_tolerance) or _is_part_of_name(quantity, subject):
            continue
        detail = f"the answer says {quantity.text!r}, the source does not"
        yield Fault(Reason.UNGROUNDED_NUMBER, detail, subject.answer.given, quantity.text)


def _operands(
    said: tuple[Quantity, ...], places: Places, subject: CheckInput, settings: CheckSettings
) -> list[Quantity]:
    """The numbers of which an answer may have reckoned others: those that it states beside them, as the source does.

    Where the question asks for what has to be reckoned, also those of the sentences that the answer comes from.
    """
    found = [
        other for other in said[:_MOST_RECKONED] if not other.is_item and _is_stated(other, places, settings)
    ]
    if asks_to_reckon(subject.question.plain):
        numbers = {number for alignment in subject.alignments for number in alignment.numbers}
        found += [
            other
            for number in sorted(numbers)
            for other in subject.source.quantities[number]
            if not (other.is_item or other.is_pointer or other.in_name)
        ]
    return found


def _is_part_of_name(quantity: Quantity, subject: CheckInput) -> bool:
    """Whether the source has it in one with the word before it: "Alexa 594" for "alexa594"."""
    before = subject.answer.plain[: quantity.start].rstrip(" -")
    word = before[before.rfind(" ") + 1 :].lower()
    return word.isalpha() and word + quantity.text.lower() in subject.source.compact


def _is_stated(quantity: Quantity, places: Places, settings: CheckSettings) -> bool:
    is_count = _is_small_count(quantity, settings.small_count)
    stating = chain.from_iterable(place.stating(quantity, settings.number_tolerance) for place in places)
    equals = [
        other
        for other in stating
        if not (other.is_pointer or (other.in_name and (is_count or quantity.unit)))
        and not (other.is_decade and quantity.unit)
    ]
    if quantity.joined and _counted_otherwise(quantity, places):
        return any(other.counted == quantity.counted for other in equals)
    if not (equals and quantity.unit):
        return bool(equals)
    contradicting = [other for place in places for other in place.contradicting(quantity)]
    if not any(other.unit for other in equals):
        return not contradicting
    return not (contradicting and _is_said_of(quantity, contradicting) and not _is_said_of(quantity, equals))


def _is_said_of(quantity: Quantity, others: list[Quantity]) -> bool:
    """Whether one of the others follows the same word, so that it is a quantity of the same thing."""
    return bool(quantity.after) and any(other.after == quantity.after for other in others)


def _is_small_count(quantity: Quantity, small: int) -> bool:
    is_count = quantity.unit is None and (quantity.is_word or bool(quantity.counted))
    return is_count and quantity.value <= small and quantity.step == 1


def _counted_otherwise(quantity: Quantity, places: Places) -> bool:
    """Whether there is a number of the same thing, without looking at which number it is."""
    return bool(quantity.counted) and any(quantity.counted in place.counted for place in places)
