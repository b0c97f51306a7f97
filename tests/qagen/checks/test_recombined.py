"""Clauses about several places, each with what its own place says, or with what another says."""

import pytest

from qagen.checks import CHECKS, IndexedSource, JoinedSource
from qagen.checks.check_input import CheckInput
from qagen.records import Pair
from qagen.settings import CheckSettings

COPPER = (
    "The copper catalyst converted methanol at 250 °C. It lost activity within hours because of sintering."
)
NICKEL = "The nickel catalyst converted ethanol at 400 °C. It kept activity for weeks because of its alumina support."
BOTH = JoinedSource([COPPER, NICKEL])
LOST, KEPT = (
    "lost activity within hours because of sintering",
    "kept activity for weeks because of its alumina support",
)
TO_METHANOL, TO_ETHANOL = "converted methanol at 250 °C", "converted ethanol at 400 °C"
JOINTS = ("; ", ", whereas ", ", while ", ", but ", " whereas ", ". Then ")


def details(question, answer, source=BOTH):
    subject = CheckInput.of(Pair(question, answer), source)
    return [fault.detail for fault in dict(CHECKS)["recombined"](subject, CheckSettings())]


@pytest.mark.parametrize("joint", JOINTS)
@pytest.mark.parametrize(("first", "second"), [(KEPT, LOST), (TO_ETHANOL, TO_METHANOL)])
def test_ends_that_change_places_are_seen_however_the_clauses_are_joined(first, second, joint):
    one, other = f"The copper catalyst {first}", f"the nickel catalyst {second}."
    (detail,) = details("How do they differ?", f"{one}{joint}{other}")
    assert detail.startswith(f"the answer gives the one what the source says of the other: '{one}")
    assert (
        details("How do they differ?", f"The nickel catalyst {first}{joint}the copper catalyst {second}.")
        == []
    )


@pytest.mark.parametrize("joint", JOINTS)
@pytest.mark.parametrize(
    ("first", "second"),
    [(KEPT, LOST), (TO_ETHANOL, TO_METHANOL), (KEPT, TO_METHANOL), (TO_ETHANOL, LOST)],
)
def test_the_other_clause_first_changes_nothing(first, second, joint):
    swapped = details(
        "How do they differ?", f"The nickel catalyst {second}{joint}the copper catalyst {first}."
    )
    assert (
        len(swapped)
        == len(
            details("How do they differ?", f"The copper catalyst {first}{joint}the nickel catalyst {second}.")
        )
        == 1
    )


def test_any_two_of_several_clauses_are_compared():
    answer = f"The copper catalyst {KEPT}. Both catalysts were weighed. The nickel catalyst {LOST}."
    assert len(details("How do they differ?", answer)) == 1


def test_only_the_first_six_clauses_are_looked_at():
    aside = "Both catalysts were weighed and dried. "
    wrong = f"The copper catalyst {KEPT}. ", f"The nickel catalyst {LOST}."
    assert len(details("How do they differ?", wrong[0] + aside * 4 + wrong[1])) == 1
    assert details("How do they differ?", wrong[0] + aside * 5 + wrong[1]) == []


def test_ends_of_one_place_are_the_matter_of_other_checks():
    answer = f"The copper catalyst {KEPT}, whereas the nickel catalyst {LOST}."
    third = "The reactor was made of steel."
    assert details("How do they differ?", answer, JoinedSource([f"{COPPER} {NICKEL}", third])) == []
    assert details("How do they differ?", answer, IndexedSource(f"{COPPER} {NICKEL}")) == []
    assert len(details("How do they differ?", answer, JoinedSource([third, COPPER, third, NICKEL]))) == 1


def test_a_thing_is_named_in_the_sentence_or_in_the_one_before_it_of_the_same_place():
    answer = f"The copper catalyst {KEPT}, whereas the nickel catalyst {LOST}."
    apart = [text.replace(". It", ". The reactor was made of steel. It") for text in (COPPER, NICKEL)]
    assert details("How do they differ?", answer, JoinedSource(apart)) == []
    split = [part for text in (COPPER, NICKEL) for part in text.split(" It ")]
    assert details("How do they differ?", answer, JoinedSource(split)) == []


@pytest.mark.parametrize(
    ("question", "answer", "said"),
    [
        ("How does the ruthenium catalyst differ?", f"The ruthenium catalyst {KEPT}.", [f"The ruthenium catalyst {KEPT}."]),
        (
            "How does the ruthenium catalyst differ?",
            f"The copper catalyst {LOST}, whereas the ruthenium catalyst {KEPT}.",
            [f"whereas the ruthenium catalyst {KEPT}."],
        ),
        ("How do they differ?", f"The ruthenium catalyst {KEPT}.", []),
        ("How does the nickel catalyst differ?", f"The nickel catalyst {KEPT}.", []),
        ("How does the ruthenium catalyst differ?", f"The nickel catalyst {KEPT}.", []),
        ("How does the ruthenium catalyst differ?", "The ruthenium catalyst was praised by reviewers of several journals.", []),
        ("How does the ruthenium catalyst differ?", "The ruthenium kept alumina weeks.", ["The ruthenium kept alumina weeks."]),
        ("How does the ruthenium catalyst differ?", "The ruthenium kept activity.", []),
        ("How do the nickeled catalysts differ?", f"The nickeled catalysts {KEPT}.", []),
        ("How is water?", f"Water {KEPT}.", []),
    ],
)  # fmt: skip
def test_what_a_place_says_of_its_own_is_not_said_of_a_thing_that_no_place_knows(question, answer, said):
    assert details(question, answer) == [
        f"no place speaks of that of which the answer says {text!r}" for text in said
    ]
