"""Pairs that were asked of several places: which of them need more than one."""

import pytest

from qagen.checks import IndexedSource, JoinedSource, check_pair
from qagen.checks.reading.joined import JoinedSource as Joined
from qagen.records import Pair
from qagen.settings import CheckSettings

ONE = "The ZIF-8 membrane reached a permeance of 420 GPU at 25 °C. It was stable for 30 days in humid air."
OTHER = (
    "The ZIF-8 membranes were grown by secondary seeding in methanol at 120 °C for 12 h. "
    "The UiO-66 membrane reached a permeance of 95 GPU."
)
THIRD = "The MFI membrane was brittle and broke under its own weight when it was lifted from the autoclave."
SOURCE = JoinedSource([ONE, OTHER, THIRD])
COMPARED = "How does the permeance of the ZIF-8 membrane compare with that of the UiO-66 membrane?"


def judged(question, answer, source=SOURCE, **settings):
    return check_pair(Pair(question, answer), source, CheckSettings(**settings))


def reasons(question, answer, source=SOURCE, **settings):
    return [str(fault.reason) for fault in judged(question, answer, source, **settings).faults]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (COMPARED, "The ZIF-8 membrane reached a permeance of 420 GPU, whereas the UiO-66 membrane reached only 95 GPU."),
        (
            "What permeance did the ZIF-8 membrane reach, and how was it grown?",
            "The ZIF-8 membrane reached a permeance of 420 GPU. It was grown by secondary seeding in methanol at 120 °C for 12 h.",
        ),
        (
            "How do the ZIF-8 and the MFI membranes differ in their stability?",
            "The ZIF-8 membrane was stable for 30 days in humid air. The MFI membrane was brittle and broke under its own weight.",
        ),
    ],
)  # fmt: skip
def test_a_pair_that_needs_two_places_is_accepted_and_its_evidence_lies_in_both(question, answer):
    verdict = judged(question, answer)
    assert verdict.accepted, verdict.faults
    assert len(verdict.places) == 2
    starts = [SOURCE.given.index(part.given) for part in SOURCE.parts]
    found = {max(place for place, at in enumerate(starts) if at <= start) for start, _ in verdict.evidence}
    assert tuple(sorted(found)) == verdict.places


@pytest.mark.parametrize(
    ("question", "answer", "reason"),
    [
        (
            "What permeance did the ZIF-8 membrane reach at 25 °C?",
            "The ZIF-8 membrane reached a permeance of 420 GPU at 25 °C.",
            "places_uncovered",
        ),
        (
            "What permeance did the ZIF-8 membrane reach at 25 °C?",
            "The ZIF-8 membrane reached a permeance of 420 GPU at 25 °C. The MFI membrane was brittle and broke under its own weight.",
            "one_place_enough",
        ),
        (
            "How do the ZIF-8 and the MFI membranes differ?",
            "The ZIF-8 membrane was brittle and broke under its own weight, whereas the MFI membrane was stable for 30 days in humid air.",
            "recombined",
        ),
        (
            COMPARED,
            "The ZIF-8 membrane reached a permeance of 95 GPU, whereas the UiO-66 membrane reached 420 GPU.",
            "swapped",
        ),
        (
            COMPARED,
            "The ZIF-8 membrane reached a permeance of 420 GPU, whereas the UiO-66 membrane reached 57 GPU.",
            "ungrounded_number",
        ),
        (
            "How does the permeance in part A compare with that of UiO-66?",
            "The ZIF-8 membrane reached a permeance of 420 GPU, whereas the UiO-66 membrane reached only 95 GPU.",
            "refers_to_paper",
        ),
        (
            COMPARED,
            "Both excerpts say it: the ZIF-8 membrane reached a permeance of 420 GPU, the UiO-66 membrane 95 GPU [B].",
            "refers_to_paper",
        ),
    ],
)
def test_a_pair_that_needs_no_two_places_or_mixes_them_up_is_turned_down(question, answer, reason):
    assert reason in reasons(question, answer)


def test_what_both_places_say_needs_one_of_them():
    both = JoinedSource([f"{ONE} {THIRD}", f"{OTHER} {ONE}"])
    said = "The ZIF-8 membrane reached a permeance of 420 GPU. It was stable for 30 days in humid air."
    assert "one_place_enough" in reasons("How permeable and how stable is the ZIF-8 membrane?", said, both)


def test_a_source_that_is_one_place_knows_nothing_of_it():
    whole = IndexedSource(f"{ONE} {OTHER}")
    said = "The ZIF-8 membrane reached a permeance of 420 GPU at 25 °C."
    verdict = judged("What permeance did the ZIF-8 membrane reach at 25 °C?", said, whole)
    assert (verdict.accepted, verdict.places) == (True, ())


def test_each_of_them_can_be_switched_off_and_the_share_moved():
    question, said = (
        "What permeance did the ZIF-8 membrane reach at 25 °C?",
        "The ZIF-8 membrane reached a permeance of 420 GPU at 25 °C.",
    )
    assert reasons(question, said, disabled=("places_uncovered", "one_place_enough")) == []
    short = "The ZIF-8 membrane was stable for 30 days in humid air, while the MFI membrane was brittle."
    asked = "How do the ZIF-8 and the MFI membranes differ in their stability?"
    assert reasons(asked, short) == []
    assert reasons(asked, short, min_place_share=0.5) == ["one_place_enough"]


def test_every_sentence_stands_in_one_place():
    source = Joined(["First one. And a second", "third without a stop", "", "Fourth."])
    assert [source.part_by_sentence[number] for number in range(len(source.sentences))] == [0, 0, 1, 3]
