"""Which of the places of a joined source an answer comes from, and which of them it needs."""

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.claims import claims_something
from qagen.checks.reading.joined import Claim, Coverage, JoinedSource
from qagen.settings import CheckSettings


def places_covered(subject: CheckInput, source: JoinedSource) -> tuple[int, ...]:
    """The numbers of the places that the evidence lies in."""
    numbers = {number for alignment in subject.alignments for number in alignment.numbers}
    return tuple(sorted({source.part_by_sentence[number] for number in numbers}))


def places_needed(subject: CheckInput, settings: CheckSettings) -> tuple[int, ...]:
    """The numbers of the places that the answer needs, ascending; empty where its source is one place.

    Of the places with evidence the fewest that bear out what all of them do.
    """
    source = subject.source
    if not isinstance(source, JoinedSource):
        return ()
    coverage = Coverage(claims_of(subject), source, settings.number_tolerance, settings.min_place_share)
    return coverage.needed(places_covered(subject, source))


def claims_of(subject: CheckInput) -> tuple[Claim, ...]:
    """What an answer claims, sentence by sentence."""
    return tuple(
        Claim.of(sentence, numbers, subject.question, subject.asked)
        for sentence, numbers in zip(subject.answer.sentences, subject.said, strict=True)
        if sentence.stems and claims_something(sentence)
    )
