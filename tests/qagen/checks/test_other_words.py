"""A paraphrase is held to what can be told of one, and a sentence in the source's own words to each of them."""

import pytest

from qagen.checks import IndexedSource, check_pair
from qagen.checks.reading.quantities import quantities
from qagen.checks.reading.reckoning import is_reckoned
from qagen.reasons import Reason
from qagen.records import Pair
from qagen.settings import CheckSettings

SOURCE = IndexedSource(
    "Glass tubes of two makers were compared in the furnace. The tubes of borosilicate survived 480 °C, those of soda lime 300 °C. "
    "The quench was run for 30k cycles at a density of 0.2, and each cycle took 0.5 s. "
    "In silica, cracks grew by the formation of steam at joints. "
    "Electric heating may be much more efficient than gas burners in long furnaces. "
    "Joints of silica tubes and of borosilicate tubes showed similar strength. "
    "The hottest of the soda lime tubes reached 310 °C, which is lower than the softening point of borosilicate tubes. "
    "The growth of cracks is hindered by Q7 coatings on the surface. "
    "The yield increased with pressure and decreased with humidity. "
    "Furnaces of the plant were filled with 20 μL of oil and MCPE was added to the oil. "
    "Tubes are rare in the plant owing to their brittle joints."
)


def reasons(question, answer, **settings):
    return {
        fault.reason for fault in check_pair(Pair(question, answer), SOURCE, CheckSettings(**settings)).faults
    }


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What happened to cracks in silica at the joints?", "They became longer over the course of time."),
        ("How rare are tubes in the plant?", "One hardly ever sees any of them there."),
    ],
)
def test_one_claim_in_everyday_words_is_no_invention(question, answer):
    assert Reason.UNSUPPORTED not in reasons(question, answer)
    assert Reason.UNSUPPORTED in reasons(question, answer, min_foreign_words=0)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (
            "What happened to cracks in silica at the joints?",
            "Hydrothermal dissolution of siloxane bridges propagated microfractures.",
        ),
        ("Who won the chess tournament in Reykjavik?", "It was the one whom nobody had expected to."),
    ],
)
def test_words_of_a_subject_and_questions_of_elsewhere_are_held_to_their_support(question, answer):
    assert Reason.UNSUPPORTED in reasons(question, answer)


def test_a_remark_beside_supported_claims_may_be_in_everyday_words():
    question = "What was compared in the furnace?"
    claim = "Glass tubes of two makers were compared in the furnace. "
    assert reasons(question, claim + "So one could see how good they were.") == set()
    assert reasons(question, claim + "Kerosene lanterns illuminated the cathedral.") == {Reason.UNSUPPORTED}


@pytest.mark.parametrize(
    "answer",
    [
        "It is 180 °C: borosilicate survives 480 °C and soda lime 300 °C.",
        "By a factor of 1.6, from 300 °C to 480 °C.",
        "By 60%: 480 °C instead of 300 °C.",
    ],
)
def test_what_is_reckoned_of_stated_numbers_is_stated(answer):
    question = "By how much do the temperatures differ that tubes of borosilicate and soda lime survive?"
    assert Reason.UNGROUNDED_NUMBER not in reasons(question, answer)
    assert Reason.UNGROUNDED_NUMBER in reasons(question, "By 137 °C, from 300 °C to 480 °C.")


@pytest.mark.parametrize(
    ("result", "operands", "is_so"),
    [
        ("33 times", "10 μm and 300 nm", True),
        ("16", "80 and 5", True),
        ("17", "80 and 5", False),
        ("13 minutes", "ten and three", True),
        ("13 minutes", "10 and 3", False),
        ("61%", "1.61", True),
        ("62%", "1.61", False),
        ("0.221 meV", "0.477 meV and 0.256 meV", True),
        ("35 °C", "40 °C and 5 °C", True),
        ("5 °C", "40 °C", False),
        ("20%", "50% and 30%", True),
        ("4 s", "0 s and 2 m", False),
    ],
)
def test_differences_sums_ratios_and_shares_are_reckoned(result, operands, is_so):
    (wanted,) = quantities(result)
    assert is_reckoned(wanted, quantities(operands), 0.005) is is_so


def test_thousands_are_numbers():
    assert Reason.UNGROUNDED_NUMBER not in reasons(
        "For how long was the quench run?", "The quench was run for 30,000 cycles."
    )


@pytest.mark.parametrize(
    ("question", "answer", "reason", "is_fault"),
    [
        (
            "Why are there few tubes in the plant?",
            "Whatever breaks easily cannot be trusted much.",
            Reason.NEGATED,
            False,
        ),
        (
            "Why did cracks grow in silica?",
            "The cracks did not grow by steam at joints.",
            Reason.NEGATED,
            True,
        ),
        (
            "Did the growth of cracks go on?",
            "The growth did not go on behind the coatings.",
            Reason.NEGATED,
            False,
        ),
        (
            "What were compared?",
            "Everything that all the makers ever sold to anybody.",
            Reason.OVERSTATED,
            False,
        ),
        (
            "What were compared?",
            "All glass tubes of two makers were compared in the furnace.",
            Reason.OVERSTATED,
            True,
        ),
        ("How did cracks grow in silica?", "Steam was formed at joints in silica.", Reason.EXCHANGED, False),
        (
            "Which heating suits long furnaces?",
            "The electric one; gas burners are much less efficient in long furnaces.",
            Reason.TURNED_AROUND,
            False,
        ),
        (
            "Which heating suits long furnaces?",
            "Electric heating is much less efficient in long furnaces.",
            Reason.TURNED_AROUND,
            True,
        ),
        (
            "How strong are joints of the two kinds of tubes?",
            "Joints of silica tubes are stronger compared to joints of borosilicate tubes.",
            Reason.WRONG_COMPARISON,
            True,
        ),
        (
            "How hot did soda lime tubes become?",
            "The soda lime tubes are higher than the softening point of borosilicate tubes.",
            Reason.WRONG_COMPARISON,
            True,
        ),
        ("What was added to the oil of the furnaces?", "MCPE was added to it.", Reason.MISATTRIBUTED, False),
        (
            "What does counting how often tubes break tell?",
            "Which joints are brittle in the plant.",
            Reason.UNANSWERED,
            False,
        ),
        (
            "Why were glass tubes without coatings compared?",
            "Glass tubes without coatings were compared, and results were obtained in the furnace.",
            Reason.UNANSWERED,
            True,
        ),
        (
            "What is hindered, and where are the coatings?",
            "Tubes are rare in the plant owing to their brittle joints.",
            Reason.BESIDE_THE_QUESTION,
            False,
        ),
        (
            "Why are tubes rare in the plant?",
            "Because their joints are brittle, wealthy customers and astronomers rarely encounter merchandise.",
            Reason.INVENTED_REASON,
            False,
        ),
    ],
)
def test_a_gate_objects_where_the_answer_is_in_the_source_s_words(question, answer, reason, is_fault):
    assert (reason in reasons(question, answer)) is is_fault


def replaced(answer):
    verdict = check_pair(Pair("What does the source say of it?", answer), SOURCE, CheckSettings())
    return [fault.detail for fault in verdict.faults if fault.reason is Reason.REPLACED]


@pytest.mark.parametrize(
    ("answer", "details"),
    [
        (
            "The growth of cracks is hindered by X9 coatings on the surface.",
            ["the answer has 'X9' where the source has 'Q7' between the same words"],
        ),
        (
            "Its yield decreased with pressures.",
            [],
        ),
        (
            "The hottest of the soda lime tubes reached 310 °C, which is higher than the softening point.",
            ["the answer has 'higher' where the source has 'lower' between the same words"],
        ),
        ("The growth of cracks is hindered by Q7 coatings on the surface.", []),
        ("The growth of cracks is hindered by Q7Δ coatings on the surface.", []),
        ("The growth of cracks is hindered by thick coatings on the surface.", []),
    ],
)
def test_another_name_or_the_opposite_between_the_source_s_words_is_replaced(answer, details):
    assert replaced(answer) == details


def test_a_list_in_another_order_replaces_nothing():
    source = IndexedSource(
        "Standards were run in both positive and negative ion modes on the old instrument."
    )
    answer = "Standards were run in both negative and positive ion modes on the old instrument."
    verdict = check_pair(Pair("How were standards run?", answer), source, CheckSettings())
    assert Reason.REPLACED not in {fault.reason for fault in verdict.faults}
