"""Multiple choice: what is exchanged, and that no false answer is true. Papers are made here, so that what is true is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.evaluating.choices import Choice, ChoiceRules, LeftOut, choice
from builder.evaluating.papers import PaperText
from builder.evaluating.records import SourceRecord
from builder.evaluating.values import exchangeable, values

FURNACE = "The tube furnace was heated to a plateau and flushed with argon."
OTHERS = (
    "Washing took place in water of 20 °C.",
    "Storage was done in a freezer of -80 °C.",
    "Solder melts near 183 °C in general.",
    "The oven of the laboratory reaches 1100 °C.",
    "Glassware was dried in an oven of 120 °C overnight.",
    "The cold trap was held with a bath of 5 °C.",
)


def record(question, answer, context):
    return SourceRecord(
        id="a" * 32,
        question=question,
        answer=answer,
        paper_sha256="b" * 64,
        chunk=(0, 1, "c"),
        context=context,
    )


RULES = ChoiceRules()


def made(question, answer, others, *, rules=RULES, context=None):
    context = context or f"{answer} {FURNACE} The furnace was then left to cool."
    one = record(question, answer, context)
    return choice(one, PaperText("\n\n".join([context, *others]), (one,)), rules)


QUESTION = "What is the temperature of crystallisation of the sample?"
ANSWER = "The sample crystallises with a sharp exotherm of 650 °C."


def test_false_answers_are_the_true_one_with_other_values_of_its_kind():
    found = made(QUESTION, ANSWER, OTHERS)
    assert isinstance(found, Choice)
    assert found.choices[found.answer_index] == ANSWER
    assert (len(set(found.choices)), found.differs_in) == (4, "quantity")
    stated = {"20 °C", "80 °C", "183 °C", "1100 °C", "120 °C", "5 °C"}
    for answer in found.choices:
        head, _, value = answer.removesuffix(".").partition(" of ")
        assert head == "The sample crystallises with a sharp exotherm"
        assert value in stated or answer == ANSWER


def test_the_same_in_gives_the_same_out_and_another_seed_another_order():
    first, again = made(QUESTION, ANSWER, OTHERS), made(QUESTION, ANSWER, OTHERS)
    assert first == again
    drawn = {made(QUESTION, ANSWER, OTHERS, rules=ChoiceRules(seed=seed)).choices for seed in range(12)}
    assert len(drawn) > 3


@pytest.mark.parametrize(
    "same",
    [
        "Another report has 650 °C for the kiln.",
        "Another report has 923 K for the kiln.",
        "Another report has 650.4 °C for the kiln.",
        "Another report has about 700 °C for the kiln.",
    ],
)
def test_a_value_that_is_the_true_one_in_another_notation_unit_or_rounding_is_none(same):
    found = made(QUESTION, ANSWER, [same, *OTHERS])
    assert isinstance(found, Choice)
    value = same.partition("has ")[2].removeprefix("about ").partition(" for")[0]
    assert not any(value in answer for answer in found.choices if answer != ANSWER)


def test_a_value_that_the_paper_gives_for_the_same_elsewhere_is_none():
    also_true = "In the second run the sample crystallises with an exotherm of 705 °C."
    found = made(QUESTION, "The sample crystallises with a sharp exotherm of 505 °C.", [also_true, *OTHERS])
    assert isinstance(found, Choice)
    assert not any("705" in answer for answer in found.choices)


def test_where_all_other_values_may_be_true_there_is_no_choice():
    runs = [f"In run {n} the sample crystallises with an exotherm of {n * 150} °C." for n in range(1, 6)]
    assert (
        made(QUESTION, "The sample crystallises with a sharp exotherm of 505 °C.", runs) is LeftOut.MAYBE_TRUE
    )


def test_what_another_record_of_the_paper_says_of_the_same_counts_as_said():
    one = record(QUESTION, ANSWER, ANSWER)
    other = record(QUESTION, "Upon slow heating the sample crystallises with an exotherm of 1100 °C.", ANSWER)
    found = choice(
        one,
        PaperText(
            "\n\n".join([ANSWER, FURNACE, FURNACE, *OTHERS, "Bronze parts soften near 400 °C."]), (one, other)
        ),
        ChoiceRules(),
    )
    assert isinstance(found, Choice)
    assert not any("1100" in answer for answer in found.choices)


@pytest.mark.parametrize(
    ("question", "answer", "why"),
    [
        (QUESTION, "The sample crystallises upon slow heating.", LeftOut.NO_VALUE),
        (QUESTION, "The sample crystallises at temperatures of at least 650 °C.", LeftOut.NO_VALUE),
        (QUESTION, "The sample crystallises from 600 to 650 °C.", LeftOut.NO_VALUE),
        (
            "Why does the sample crystallise?",
            "It crystallises since it was held at 650 °C.",
            LeftOut.NO_VALUE,
        ),
        ("Why is 650 °C the temperature?", "The sample has a sharp exotherm of 650 °C.", LeftOut.NO_VALUE),
        (
            "What is the symmetry of the gap?",
            "The gap has twofold symmetry under B = 0.5 T.",
            LeftOut.NO_VALUE,
        ),
        (QUESTION, "The sample crystallises with an enthalpy of 40 kJ.", LeftOut.FEW_VALUES),
        (QUESTION, ANSWER + " x" * 600, LeftOut.TOO_LONG),
    ],
)
def test_a_record_without_a_sure_choice_says_why(question, answer, why):
    assert made(question, answer, OTHERS) is why


def test_without_the_papers_text_there_is_no_choice():
    one = SourceRecord(id="a" * 32, question=QUESTION, answer=ANSWER, paper_sha256="b" * 64)
    assert choice(one, PaperText(ANSWER, (one,)), ChoiceRules()) is LeftOut.NO_DOCUMENT


def test_names_are_exchanged_for_names_that_stand_beside_the_same_word():
    answer = "The numerical gradient of the error surface is computed by the numGrad function at every node."
    others = [
        "Plots of the raw counts appear on screen through the drawAll function for users.",
        "Archives of older laboratories open by means of the readRaw function as well.",
        "Messages that concern missing disks go through the tryIt function beforehand.",
        "The McDonald dataset is large.",
    ]
    found = made("What computes the gradient?", answer, others)
    assert isinstance(found, Choice)
    names = {text.partition(" by the ")[2].split()[0] for text in found.choices}
    assert (names, found.differs_in) == ({"numGrad", "drawAll", "readRaw", "tryIt"}, "name")


def test_names_that_contain_each_other_or_stand_for_the_same_are_no_false_answers():
    answer = "The lattice of crystalline perovskite domains was resolved by TEM imaging through a cryogenic window."
    others = [
        f"{head} polymers of the {batch} batch went to Japan for {name} imaging next year."
        for head, batch, name in zip(
            ("Some", "Other", "More", "Few", "Many"),
            ("first", "second", "third", "fourth", "fifth"),
            ("HRTEM", "AFM", "SEM", "STEM", "XRF"),
            strict=True,
        )
    ]
    found = made("By what was the lattice resolved?", answer, others)
    assert isinstance(found, Choice)
    assert not any("HRTEM" in text or "STEM" in text for text in found.choices)


def test_words_that_are_only_printed_in_capitals_are_no_names():
    answer = "The gradient of the error surface is computed through BFGS routines of the package."
    others = [
        f"Readers of volume {n} learn about {name} routines."
        for n, name in enumerate(("DATA", "MODEL", "PLOT", "HELP"))
    ]
    words = "All of the data, the model, the plot and the help were written by hand."
    assert made("What computes the gradient?", answer, [*others, words]) is LeftOut.FEW_VALUES
    assert isinstance(made("What computes the gradient?", answer, others), Choice)


def test_values_of_different_kinds_do_not_meet():
    kinds = {
        value.text: value.kind for value in values("It has 5 mg, 7 °C, 12 samples, TiO2 and XRD in 1998.")
    }
    assert len(set(kinds.values())) == 5
    assert {"5 mg", "7 °C", "12", "TiO2", "XRD"} == set(kinds)


@pytest.mark.parametrize(
    "text", ["It is made of HT-2 toxin.", "It grows in (TEM) grids.", "Methods such as XRD imaging show it."]
)
def test_parts_of_names_asides_and_examples_are_not_exchanged(text):
    assert list(exchangeable(text, "What is it?")) == []


NUMBERS = st.integers(2, 90).map(lambda number: number * 7)


@given(
    st.lists(NUMBERS, min_size=6, max_size=9, unique=True), st.integers(0, 3), st.sampled_from(["°C", "K"])
)
def test_whatever_the_values_one_choice_is_true_and_none_of_the_others_is_stated_of_it(numbers, seed, unit):
    true, also, *rest = numbers
    answer = f"The sample crystallises with a sharp exotherm of {true} {unit}."
    others = [
        f"Once more the sample crystallises with a weak exotherm of {also} {unit}.",
        FURNACE,
        *(f"{thing} of {number} {unit} was there." for thing, number in zip("ABCDEFGH", rest, strict=False)),
    ]
    found = made(QUESTION, answer, others, rules=ChoiceRules(count=3, seed=seed))
    if isinstance(found, LeftOut):
        return
    assert found.choices.count(answer) == 1
    assert len(set(found.choices)) == 3
    stated = [value.quantity.value for text in found.choices for value in values(text) if value.quantity]
    false = [value for value in stated if value != true]
    assert (len(false), also in false) == (2, False)
    assert all(abs(value - true) >= 0.02 * true for value in false)


@pytest.mark.parametrize(
    "question",
    [
        "Why was the sample held there?",
        "For what purpose was it heated?",
        "What is the main reason for the exotherm?",
        "What causes the exotherm?",
    ],
)
def test_a_question_for_a_reason_asks_for_no_value(question):
    assert made(question, ANSWER, OTHERS) is LeftOut.NO_VALUE


@pytest.mark.parametrize(
    "answer",
    [
        "The sample crystallises with a sharp exotherm (of 650 °C).",
        "The sample has an exotherm of 650 °C beside a plateau of 650 °C.",
        "The temperature of crystallisation of the sample is high. Its furnace is a tube of 650 °C.",
    ],
)
def test_asides_values_of_two_things_and_further_sentences_are_not_what_is_asked_for(answer):
    assert made(QUESTION, answer, OTHERS) is LeftOut.NO_VALUE


def test_nearer_values_are_taken_first_and_far_ones_never():
    near = ["Bronze parts soften near 400 °C.", "Another kiln had a top of 900 °C."]
    found = made(QUESTION, ANSWER, [*OTHERS, *near], rules=ChoiceRules(count=3))
    assert isinstance(found, Choice)
    values_of = {text.partition(" of ")[2] for text in found.choices}
    assert values_of <= {"650 °C.", "400 °C.", "900 °C.", "1100 °C."}
    assert made(
        QUESTION, ANSWER, ["A cold bath had 5 °C.", "Washing took 20 °C."], rules=ChoiceRules(count=2)
    ) is (LeftOut.FEW_VALUES)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("It had 1.2 million cells.", "It had 3 dozen mice."),
        ("It had 5.4K instances.", "It had 2 thousand instances."),
        ("It had 1K query papers.", "It had 146K of them."),
    ],
)
def test_numbers_with_words_of_scale_are_passed_over(text, other):
    assert list(values(text)) == list(values(other)) == []


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("In a second run the share of crystals in the sample was 0.3 in all.", "30 %"),
        ("In a second run the sample of crystals was half amorphous.", "50 %"),
        ("In a second run the share of crystals in the sample was 30 percent.", "30 %"),
    ],
)
def test_a_share_that_the_paper_gives_as_a_number_or_in_words_is_no_false_one(said, value):
    others = [
        f"{thing} of {number} % was there."
        for thing, number in zip("ABCDE", (30, 50, 8, 21, 95), strict=True)
    ]
    answer = "The sample has a share of crystals of 70 %."
    question = "What is the share of crystals in the sample?"
    found = made(question, answer, [said, FURNACE, FURNACE, *others], rules=ChoiceRules(count=3))
    assert isinstance(found, Choice)
    assert not any(value in text for text in found.choices)
