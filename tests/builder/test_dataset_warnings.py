"""What is told of a dataset that a person should look at first."""

from dataclasses import replace

from builder.building.warnings import TraitsCounter, config_warnings, dataset_warnings
from qagen.settings import SplitShares
from tests.builder.corpora import paper, record


def traits(*records):
    made = TraitsCounter()
    for one in records:
        made.add(one)
    return made.traits()


def asked(of, *numbers, opening=None):
    """Records with a question and an answer of their own each; the questions begin alike where they are told to."""
    papers = paper(of)
    return [
        record(papers, f"{opening or f'{of} {number}'} is question {number}?", f"Answer {number} of {of}.")
        for number in numbers
    ]


def warnings(of, rows, **shares):
    return list(dataset_warnings(of, rows, SplitShares(**shares)))


EVEN = [one for name in "abcde" for one in asked(name, *range(10))]


def test_of_an_even_dataset_with_all_splits_nothing_is_told():
    assert warnings(traits(*EVEN), {"train": 44, "validation": 3, "test": 3}) == []
    assert warnings(traits(*EVEN), {"train": 50}, train=100, validation=0, test=0) == []


def test_of_no_records_nothing_is_told():
    assert warnings(traits(), {}) == []


def test_a_split_that_is_missing_or_far_from_its_share_is_told():
    assert warnings(traits(*EVEN), {"train": 37, "validation": 13}) == [
        "no record is in 'test': 5 papers have records, and a hash of each work decides; set 'splits' in [dataset], or add papers",
        "'validation' has 26% of the records, and 5% was asked for: 5 papers have records, and none is divided",
    ]


def test_a_paper_that_gives_more_than_its_share_is_told():
    most = asked("big", *range(40))
    assert warnings(traits(*most, *EVEN[:30]), {"train": 60, "validation": 5, "test": 5}) == [
        "one of 4 papers gave 57% of the records: big.pdf (40)"
    ]
    one_alone = warnings(traits(*most), {"train": 40}, train=100, validation=0, test=0)
    assert one_alone == []


def test_questions_that_begin_alike_and_answers_that_repeat_are_told():
    alike = [one for name in "abcde" for one in asked(name, *range(10), opening="What  is The")]
    same = [replace(one, answer="It is so.") for one in alike[:5]]
    said = warnings(traits(*same, *alike[5:]), {"train": 44, "validation": 3, "test": 3})
    assert said == [
        "100% of the questions begin with 'what is the'",
        "4 answers (8%) repeat another of their paper word for word",
    ]


def test_the_same_answer_of_another_paper_is_no_repetition():
    rows = {"train": 44, "validation": 3, "test": 3}
    assert warnings(traits(*(replace(one, answer=one.answer[:8]) for one in EVEN)), rows) == []


def test_what_is_kept_does_not_grow_with_the_number_of_openings():
    made = traits(*asked("a", *range(12_000)))
    assert len(made.openings) <= 10_000


ALL_CONFIGS = ("default", "reasoning", "preference", "kto")


def test_a_config_that_holds_less_than_its_name_promises_is_told_of():
    train = {"train": 9}
    assert list(config_warnings(ALL_CONFIGS, {"default": train, "kto": train})) == [
        "'reasoning' has no row and is not there: no trace was kept",
        "'preference' has no row and is not there: no record stands against an answer that was turned down for its content",
        "'kto' has no row with the label false: no answer was turned down for its content alone",
    ]


def test_configs_that_hold_what_they_promise_or_were_not_chosen_are_not_told_of():
    full = {
        "default": {"train": 9},
        "reasoning": {"train": 1},
        "preference": {"test": 1},
        "kto": {"train": 10},
    }
    assert list(config_warnings(ALL_CONFIGS, full)) == []
    assert list(config_warnings(("default", "sft"), {"default": {"train": 9}})) == []
    assert list(config_warnings(ALL_CONFIGS, {})) == []
