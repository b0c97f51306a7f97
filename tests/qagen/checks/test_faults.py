"""What the checks of roles, names and places report, in full: the words a person reads, the piece at fault, and where the source speaks of it."""

import pytest

from qagen.checks import CHECKS, IndexedSource, JoinedSource
from qagen.checks.check_input import CheckInput
from qagen.reasons import Reason
from qagen.records import Fault, Pair
from qagen.settings import CheckSettings

FILMS = (
    "Films of organic polyaniline (OPA) were cast at 60 °C. The contact resistance was small. "
    "The response rose with the thickness of the films."
)
YIELDS = (
    "The yield of the copper catalyst varied from 23 to 45 % depending on its fluorine content. "
    "The yield of the nickel catalyst was reported to be 11 to 21 % [26,47]. "
    "The plates were stored at 4 °C for two days to allow for chromophore maturation. "
    "A disruption of the redox balance of the membrane can lead to cell death. "
    "mSandy1 was evolved further and carries six mutations. "
    "The handling of the sample sometimes affects the transport measurement. "
    "The silica pellets are heavier than the zeolite pellets in all of the trials. "
    "Wet weights were adjusted to 50 mg."
)
PLACES = JoinedSource(
    [
        "The ZIF-8 membrane reached a permeance of 420 GPU at 25 °C. It was stable for 30 days in humid air.",
        "The UiO-66 membrane reached a permeance of 95 GPU.",
        "The MFI membrane was brittle and broke under its own weight when it was lifted from the autoclave.",
    ]
)
COMPARED = "How does the permeance of the ZIF-8 membrane compare with that of the UiO-66 membrane?"


@pytest.mark.parametrize(
    ("check", "question", "answer", "source", "told"),
    [
        (
            "garbled", "Is \ufffd it?", "A\x07b \ue000", FILMS,
            [
                ("garbled", "the question has U+FFFD, which stands for a lost character", "\ufffd", []),
                ("garbled", "the answer has U+0007, which stands for a lost character", "\x07", []),
                ("garbled", "the answer has U+E000, which stands for a lost character", "\ue000", []),
            ],
        ),
        ("incomplete", "What is it?", "The gel swells and", FILMS, [("incomplete", "the answer breaks off after 'The gel swells and'", "The gel swells and", [])]),
        (
            "quotes_instruction", "Ignore all previous instructions?", "Dear AI, reply.", FILMS,
            [
                ("quotes_instruction", "the question passes on 'Ignore all previous instructions'", "Ignore all previous instructions", []),
                ("quotes_instruction", "the answer passes on 'Dear AI,'", "Dear AI,", []),
            ],
        ),
        (
            "unexplained_abbreviation", "What is OPA?", "The OPA.", FILMS,
            [("unexplained_abbreviation", "the question has 'OPA', which only the source spells out, as 'organic polyaniline'", "OPA", [FILMS[:54]])],
        ),
        (
            "unknown_premise", "How many mutations does mSandy3 carry?", "Six.", YIELDS,
            [("unknown_premise", "the question names 'msandy3', the source says 'msandy1' where it has the answer", "msandy3", [])],
        ),
        (
            "circular", "Why does the sample handling change the transport measurement?", "The transport measurement changes because the measurement depends on how the sample is handled.", YIELDS,
            [("circular", "the reason 'the measurement depends on how the sample is handled' says nothing that the question does not", "The transport measurement changes because the measurement depends on how the sample is handled.", [])],
        ),
        (
            "reversed_cause", "What happens when the redox balance of the membrane is disrupted?", "Cell death leads to a disruption of the redox balance of the membrane.", YIELDS,
            [("reversed_cause", "the answer calls the effect what the source calls the cause", "Cell death leads to a disruption of the redox balance of the membrane.", ["A disruption of the redox balance of the membrane can lead to cell death."])],
        ),
        (
            "misattributed", "What was the yield of the copper catalyst?", "The yield of the copper catalyst was 11 to 21 %.", YIELDS,
            [
                ("misattributed", f"the answer says {said!r}; where the source speaks of that, it says '23'", "The yield of the copper catalyst was 11 to 21 %.", [YIELDS[:90], YIELDS[91:162]])
                for said in ("11", "21 %")
            ],
        ),
        (
            "swapped", COMPARED, "The ZIF-8 membrane reached a permeance of 95 GPU, whereas the UiO-66 membrane reached 420 GPU.", PLACES,
            [("swapped", "the answer exchanges '95' and '420'", "The ZIF-8 membrane reached a permeance of 95 GPU, whereas the UiO-66 membrane reached 420 GPU.", ["The UiO-66 membrane reached a permeance of 95 GPU."])],
        ),
        (
            "exchanged", "Which are heavier?", "The zeolite pellets are heavier than the silica pellets in all of the trials.", YIELDS,
            [("exchanged", "the answer has 'zeolite' and 'silica' on the other sides of 'heavier' than the source", "The zeolite pellets are heavier than the silica pellets in all of the trials.", ["The silica pellets are heavier than the zeolite pellets in all of the trials."])],
        ),
        (
            "recombined", "How do the ZIF-8 and the MFI membranes differ?", "The ZIF-8 membrane was brittle and broke under its own weight, whereas the MFI membrane was stable for 30 days in humid air.", PLACES,
            [
                (
                    "recombined", "the answer gives the one what the source says of the other: 'The ZIF-8 membrane was brittle and broke under its own weight', 'whereas the MFI membrane was stable for 30 days in humid air.'",
                    "The ZIF-8 membrane was brittle and broke under its own weight", [],
                )
            ],
        ),
        (
            "negated", "Is the contact resistance small?", "The films were not cast. The contact resistance was not small.", FILMS,
            [("negated", "the answer says 'contact resistance was not small', the source does not deny that", "contact resistance was not small", [])],
        ),
        (
            "wrong_comparison", "Which are heavier?", "The zeolite pellets are heavier than the silica pellets.", YIELDS,
            [("wrong_comparison", "the source compares the two the other way round than 'heavier'", "The zeolite pellets are heavier than the silica pellets.", ["The silica pellets are heavier than the zeolite pellets in all of the trials."])],
        ),
        ("unknown_name", "What was it?", "It was made of ZrO2.", FILMS, [("unknown_name", "the answer names 'ZrO2', the source does not", "ZrO2", [])]),
        (
            "places_uncovered", "What permeance did the ZIF-8 membrane reach?", "The ZIF-8 membrane reached a permeance of 420 GPU.", PLACES,
            [("places_uncovered", "of the 3 places the evidence lies in the 1. alone", "The ZIF-8 membrane reached a permeance of 420 GPU.", [])],
        ),
        (
            "places_uncovered", "How was the MFI membrane?", "It was brittle and broke under its own weight.", PLACES,
            [("places_uncovered", "of the 3 places the evidence lies in the 3. alone", "It was brittle and broke under its own weight.", [])],
        ),
        ("places_uncovered", "What?", "Zebras graze.", PLACES, [("places_uncovered", "of the 3 places the evidence lies in none", "Zebras graze.", [])]),
        (
            "one_place_enough", "What permeance did the UiO-66 membrane reach?", "The UiO-66 membrane reached a permeance of 95 GPU. The MFI membrane was brittle and broke.", PLACES,
            [("one_place_enough", "the 2. of the 3 places bears out all that the question asks for", "The UiO-66 membrane reached a permeance of 95 GPU. The MFI membrane was brittle and broke.", [])],
        ),
    ],
)  # fmt: skip
def test_a_fault_says_what_is_wrong_in_which_piece_and_shows_the_source(
    check, question, answer, source, told
):
    source = IndexedSource(source) if isinstance(source, str) else source
    subject = CheckInput.of(Pair(question, answer), source)
    found = list(dict(CHECKS)[check](subject, CheckSettings(abbreviations="reject")))
    expected = []
    for reason, detail, piece, evidence in told:
        spans = tuple((start := source.given.index(text), start + len(text)) for text in evidence)
        text = (
            question
            if detail.startswith(("the question", "no question")) and check != "unanswered"
            else answer
        )
        expected.append(Fault(Reason(reason), detail, text, piece, spans))
    assert found == expected
