from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qagen.question_kinds import QuestionKind, Wanted
from qagen.reasons import Kind, Reason
from qagen.records import ChunkInfo, Generation, PaperInfo, Record, Rejection, Scores, SectionInfo, record_id
from qagen.select import select, within_quotas
from qagen.select.question import question_key
from qagen.settings import SelectSettings

SPLITS = {f"{name:064x}": split for name, split in enumerate(("train", "validation", "test"))}
TRAIN, VALIDATION, TEST = SPLITS
PLAIN = SelectSettings()
WHY = "Why does the conductivity of the film increase with temperature?"
WHY_AGAIN = "Why does the film's conductivity increase with temperature?"


def record(
    question: str,
    answer: str = "Because it is warm.",
    paper: str = TRAIN,
    section: int = 0,
    chunk: int = 0,
    support: float = 0.9,
    kind: str | None = None,
) -> Record:
    return Record(
        record_id(paper, question, answer),
        question,
        answer,
        (),
        PaperInfo(paper, f"paper:{paper}", "a.pdf"),
        SectionInfo(("Results",), section, section + 9),
        ChunkInfo(chunk, 1, 9, "cd" * 32, (1,)),
        Generation("server"),
        Scores(support),
        kind=kind,
    )


def rejected(loser: Record, reason: Reason, detail: str, winner: Record | None = None) -> Rejection:
    return Rejection(
        Kind.PAIR,
        reason,
        detail,
        loser.paper,
        loser.question,
        loser.answer,
        loser.section,
        loser.chunk,
        loser.generation,
        displaced_by=winner.id if winner else None,
        question_kind=loser.kind,
        difficulty=loser.difficulty,
    )


def displaced(loser: Record, winner: Record) -> Rejection:
    split = SPLITS[winner.paper.sha256]
    return rejected(loser, Reason.DUPLICATE, f"asks the same as record {winner.id} ({split})", winner)


def fates(
    results: Sequence[Record | Rejection], *args: object, **more: object
) -> list[tuple[str, str | None]]:
    """Of every result why it went, or "kept", and what it gave way to."""
    chosen = select(results, PLAIN, SPLITS, *args, **more)
    return [
        (one.reason.value, one.displaced_by) if isinstance(one, Rejection) else ("kept", None)
        for one in chosen
    ]


def test_of_questions_that_are_the_same_the_first_stays_and_the_other_names_it():
    first, same, other = (
        record("Why does ice melt?"),
        record("why does  ICE melt", "It is hot."),
        record("Why does it snow?"),
    )
    assert list(select([first, same, other], PLAIN, SPLITS)) == [first, displaced(same, first), other]


def test_of_questions_that_are_nearly_the_same_the_first_stays_and_the_other_names_it():
    first, again = record(WHY), record(WHY_AGAIN, "It is hot.")
    _, gone = select([first, again], PLAIN, SPLITS)
    assert gone == rejected(
        again,
        Reason.NEAR_DUPLICATE,
        f"asks nearly the same as record {first.id} (train), similarity 0.92",
        first,
    )


@pytest.mark.parametrize(
    "other",
    [
        "Why does the conductivity of the film increase with thickness?",
        "Why does the conductivity of the film increase with temperature above 300 K?",
        "Why does the conductivity of the ZnO film increase with temperature?",
        "Why does the resistivity of the film increase with temperature?",
    ],
)
def test_questions_about_another_thing_are_both_kept(other):
    assert fates([record(WHY), record(other)]) == [("kept", None)] * 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "Why does the cathode degrade faster than the anode?",
            "Why does the anode degrade faster than the cathode?",
        ),
        ("Why does the film crack on the substrate?", "Why doesn't the film crack on the substrate?"),
        ("What explains the higher strength of the film?", "What explains the lower strength of the film?"),
    ],
)
def test_questions_about_the_opposite_are_both_kept(one, other):
    chosen = select([record(one), record(other)], SelectSettings(similarity=0.3), SPLITS)
    assert [type(result) for result in chosen] == [Record, Record]


@pytest.mark.parametrize(
    ("one", "other", "kept"),
    [
        ("It reaches 3.12 eV.", "It reaches 3.21 eV.", True),
        ("It reaches 5 mm.", "It reaches 0.5 cm.", False),
        ("The best dopant is AlN.", "The best dopant is GaN.", True),
        ("It reaches 3.12 eV.", "It reaches 3.12 eV at 300 K.", False),
    ],
)
def test_nearly_the_same_questions_are_two_where_their_answers_contradict_each_other(one, other, kept):
    assert (fates([record(WHY, one), record(WHY_AGAIN, other)])[1][0] == "kept") is kept


def test_test_wins_over_validation_and_validation_over_train_whatever_comes_first():
    train, validation, test = (
        record(WHY),
        record(WHY_AGAIN, paper=VALIDATION),
        record(WHY, "It is hot.", paper=TEST),
    )
    assert fates([train, validation, test]) == [
        ("duplicate", test.id),
        ("near_duplicate", test.id),
        ("kept", None),
    ]
    assert fates([train, validation]) == [("near_duplicate", validation.id), ("kept", None)]


def test_a_record_of_the_base_wins_over_a_newcomer_whatever_its_place_and_split():
    newcomer, incumbent = record(WHY, paper=TEST), record(WHY_AGAIN)
    assert fates([newcomer, incumbent], {incumbent.id}) == [("near_duplicate", incumbent.id), ("kept", None)]


def test_a_record_of_the_base_that_is_gone_wins_nothing():
    assert fates([record(WHY)], {record(WHY_AGAIN).id}) == [("kept", None)]


def test_a_record_gives_way_only_to_one_that_stays():
    """No chain of likenesses: what is like a displaced record, but not like the one that stays, stays too."""
    near = [record(WHY), record(WHY_AGAIN), record("Why does the film's conductivity increase?")]
    found = fates(near)
    kept = {one.id for one, (fate, _) in zip(near, found, strict=True) if fate == "kept"}
    assert {winner for _, winner in found if winner} <= kept


def test_the_same_pair_twice_is_published_once():
    twice = record("Why does ice melt?")
    assert list(select([twice, replace(twice)], PLAIN, SPLITS)) == [twice, displaced(twice, twice)]


def test_rejections_pass():
    rejection = Rejection(Kind.PAPER, Reason.DAMAGED, "half a file", PaperInfo(TRAIN, None, "a.pdf"))
    assert list(select([rejection], PLAIN, SPLITS)) == [rejection]


def test_near_duplicates_can_be_left_in():
    near = [record(WHY), record(WHY_AGAIN), record(WHY + " ", "It is hot.")]
    found = list(select(near, SelectSettings(near_duplicates=False), SPLITS))
    assert found == [near[0], near[1], displaced(near[2], near[0])]


def test_questions_that_differ_in_a_number_or_a_unit_are_two():
    assert (
        len({question_key(text) for text in ("At 5 °C?", "At 5 C?", "At 6 °C?", "At 5%?", "at 5 °c ?")}) == 4
    )


def test_a_very_long_question_is_compared_only_exactly():
    long = "Why " + "so " * 400 + "warm?"
    assert fates([record(long), record(long + " now"), record(long.upper(), "It is.")]) == [
        ("kept", None),
        ("kept", None),
        ("duplicate", record(long).id),
    ]


@pytest.mark.parametrize("text", ["", "?", "\ud800 why?", "\x00", "的" * 5])
def test_no_question_is_too_odd(text):
    one = record("What is it?")
    odd = replace(one, id="1" * 32, question=text)
    assert fates([one, odd]) == [("kept", None)] * 2


def test_results_that_change_between_the_two_passes_are_a_bug():
    with pytest.raises(ValueError, match="not the same"):
        list(select(iter([record(WHY)]), PLAIN, SPLITS)) or list(
            select(_Changing([record(WHY)], [record(WHY_AGAIN)]), PLAIN, SPLITS)
        )


class _Changing:
    def __init__(self, *passes: list[Record]) -> None:
        self._passes = list(passes)

    def __iter__(self):
        return iter(self._passes.pop(0))


WORDS = st.sampled_from(
    ["film", "layer", "grain", "stress", "strain", "heat", "flow", "rate", "phase", "oxide"]
)
QUESTIONS = st.lists(WORDS, min_size=2, max_size=5).map(lambda words: f"Why does the {' '.join(words)} grow?")
RECORDS = st.lists(
    st.builds(
        record, QUESTIONS, st.sampled_from(["It is 3 K.", "It is 4 K."]), st.sampled_from(list(SPLITS))
    ),
    max_size=30,
    unique_by=lambda one: one.id,
)


@settings(max_examples=60)
@given(RECORDS, st.data())
def test_every_record_that_goes_names_one_that_stays_and_ranks_before_it(records, data):
    ordered = sorted(records, key=lambda one: one.paper.sha256)
    incumbents = set(data.draw(st.lists(st.sampled_from(ordered), max_size=5))) if ordered else set()
    base = {one.id for one in incumbents}
    rank = {
        one.id: (one.id not in base, ["test", "validation", "train"].index(SPLITS[one.paper.sha256]), place)
        for place, one in enumerate(ordered)
    }
    kept = set()
    for one, (fate, winner) in zip(ordered, fates(ordered, base), strict=True):
        if fate == "kept":
            kept.add(one.id)
        else:
            assert rank[winner] < rank[one.id]
    assert {winner for _, winner in fates(ordered, base) if winner} <= kept
    stay = [one for one in ordered if one.id in kept]
    assert list(select(stay, PLAIN, SPLITS, base)) == stay


def test_with_vectors_their_cosine_decides_and_other_numbers_still_keep_two_apart():
    texts = {
        "Why is it warm?": 0.0,
        "What makes it hot?": 0.2,
        "What heats it?": 0.6,
        "What makes it 5 K hot?": 0.0,
    }

    def vectors(questions: Sequence[str]) -> np.ndarray:
        angles = np.array([texts[question] for question in questions])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)

    records = [record(text) for text in texts]
    assert fates(records, (), vectors) == [
        ("kept", None),
        ("near_duplicate", records[0].id),
        ("kept", None),
        ("kept", None),
    ]


SAID = "Meltwater lifts the glacier from its bed of till, so that the ice slides faster over the bumps by 3 m a day."
QUESTIONS = (
    "What lifts a glacier in spring?",
    "Which process makes ice slide over bumps?",
    "How does till take part in the sliding?",
)


def test_of_records_of_a_chunk_that_answer_in_the_same_words_one_stays_and_the_others_name_it():
    one, other, third = (record(question, SAID) for question in QUESTIONS)
    detail = f"answers in the same words as record {one.id} of its chunk, similarity 1.00"
    assert list(select([one, other, third], PLAIN, SPLITS)) == [
        one,
        rejected(other, Reason.REPEATED_ANSWER, detail, one),
        rejected(third, Reason.REPEATED_ANSWER, detail, one),
    ]


def test_an_incumbent_keeps_the_answer_it_had():
    one, other = (record(question, SAID) for question in QUESTIONS[:2])
    assert fates([one, other], incumbents={other.id}) == [("repeated_answer", other.id), ("kept", None)]


@pytest.mark.parametrize(
    ("other", "more"),
    [
        (SAID.replace("3 m", "4 m"), {}),
        (SAID, {"chunk": 1}),
        (SAID, {"paper": TEST}),
        (SAID.replace("Meltwater lifts the glacier", "In autumn, channels drain cavities below"), {}),
    ],
)
def test_other_numbers_chunks_papers_and_words_keep_answers_apart(other, more):
    results = [record(QUESTIONS[0], SAID), record(QUESTIONS[1], other, **more)]
    assert [fate for fate, _ in fates(results)] == ["kept", "kept"]


def test_short_answers_may_be_those_of_several_questions():
    results = [record(question, "It was 5 nm thick.") for question in QUESTIONS]
    assert [fate for fate, _ in fates(results)] == ["kept"] * 3


def test_answers_that_differ_by_a_word_are_nearly_the_same_and_all_stay_where_nothing_is_asked_for():
    results = [record(QUESTIONS[0], SAID), record(QUESTIONS[1], f"Indeed, {SAID}")]
    assert [fate for fate, _ in fates(results)] == ["kept", "repeated_answer"]
    kept = select(results, SelectSettings(repeated_answers=False), SPLITS)
    assert list(kept) == results


def quota(results: list[Record | Rejection], max_per_section: int | None, incumbents=()) -> list[int]:
    """The places of the records that stay."""
    passed = list(within_quotas(results, max_per_section, incumbents))
    for one, before in zip(passed, results, strict=True):
        if one != before:
            detail = f"its section gives {max_per_section} records, and others come first"
            assert one == rejected(before, Reason.OVER_QUOTA, detail)
    return [place for place, one in enumerate(passed) if isinstance(one, Record)]


def test_a_section_gives_the_best_supported_of_each_chunk_in_turn():
    section = [
        record(f"Why {place}?", chunk=chunk, support=support)
        for place, (chunk, support) in enumerate([(0, 0.8), (0, 0.9), (1, 0.5), (1, 0.4), (2, 0.6)])
    ]
    assert quota(section, 3) == [1, 2, 4]
    assert quota(section, 4) == [0, 1, 2, 4]
    assert quota(section, None) == [0, 1, 2, 3, 4]


def test_records_of_the_base_stay_first_within_their_sections_quota():
    section = [record("Why a?"), record("Why b?"), record("Why c?", support=0.1)]
    assert quota(section, 1, {section[2].id}) == [2]


def test_every_section_of_every_paper_has_its_own_quota():
    results = [
        record(f"Why {place}?", paper=paper, section=section)
        for place, (paper, section) in enumerate([(TRAIN, 0), (TRAIN, 0), (TRAIN, 50), (TEST, 0), (TEST, 0)])
    ]
    assert quota(results, 1) == [0, 2, 3]


def shares(results, wanted=(), incumbents=(), **quotas: int) -> list[int]:
    """The places of the records that stay within the quotas of papers and dataset."""
    settings = SelectSettings(near_duplicates=False, repeated_answers=False, **quotas)
    passed = list(select(results, settings, SPLITS, incumbents, wanted=wanted))
    gone = {one.reason for one in passed if isinstance(one, Rejection)}
    assert gone <= {Reason.OVER_QUOTA}
    return [place for place, one in enumerate(passed) if isinstance(one, Record)]


def test_a_paper_gives_its_best_supported_records():
    results = [
        record(f"Why {place}?", paper=paper, support=support)
        for place, (paper, support) in enumerate([(TRAIN, 0.5), (TRAIN, 0.9), (TRAIN, 0.7), (TEST, 0.1)])
    ]
    assert shares(results, max_per_paper=2) == [1, 2, 3]


def test_a_dataset_takes_as_many_of_each_paper_as_can_be_had_then_by_support():
    results = [
        record(f"Why {place}?", paper=paper, support=support)
        for place, (paper, support) in enumerate(
            [(TRAIN, 0.9), (TRAIN, 0.8), (TRAIN, 0.7), (VALIDATION, 0.3), (TEST, 0.5), (TEST, 0.6)]
        )
    ]
    assert shares(results, max_records=3) == [0, 3, 5]
    assert shares(results, max_records=4) == [0, 1, 3, 5]
    assert shares(results, max_records=5) == [0, 1, 3, 4, 5]
    assert shares(results, max_records=9) == [0, 1, 2, 3, 4, 5]


def test_a_quota_is_reached_where_duplicates_go_before_it():
    results = [
        record("Why is it so?", support=0.9),
        record("Why is it so", support=0.8),
        record("How so?", support=0.1),
    ]
    passed = list(select(results, SelectSettings(max_per_paper=2), SPLITS))
    assert [isinstance(one, Record) for one in passed] == [True, False, True]


def test_records_of_the_base_stay_first_within_the_datasets_quota():
    results = [record("Why a?", support=0.9), record("Why b?", support=0.2, paper=TEST)]
    assert shares(results, incumbents={results[1].id}, max_records=1) == [1]


def test_a_papers_quota_keeps_the_kinds_in_the_proportion_that_was_asked_for():
    results = [record(f"Why {place}?", support=0.9, kind="cause") for place in range(6)]
    results += [record(f"How much {place}?", support=0.2, kind="quantitative") for place in range(6)]
    asked = (Wanted(2, QuestionKind.CAUSE), Wanted(1, QuestionKind.QUANTITATIVE))
    assert shares(results, asked, max_per_paper=6) == [0, 1, 2, 3, 6, 7]


def test_questions_without_an_answer_count_for_no_quota_of_papers_or_dataset():
    results = [record("Why a?"), *(record(f"What of {one}?", kind="unanswerable") for one in "bcd")]
    assert shares(results, max_per_paper=1, max_records=1) == [0, 1, 2, 3]


def test_a_chunk_gives_of_each_kind_as_many_as_were_asked_for():
    results = [
        record(f"Why {place}?", chunk=chunk, support=support, kind=kind)
        for place, (chunk, support, kind) in enumerate(
            [
                (0, 0.1, "cause"),
                (0, 0.9, "cause"),
                (1, 0.2, "cause"),
                (0, 0.3, "open"),
                (0, 0.2, None),
                (0, 0.1, None),
            ]
        )
    ]
    asked = (Wanted(1, QuestionKind.CAUSE), Wanted(1, QuestionKind.OPEN), Wanted(1))
    passed = list(within_quotas(results, None, (), asked))
    assert [isinstance(one, Record) for one in passed] == [False, True, True, True, True, True]
    assert passed[0] == rejected(
        results[0], Reason.OVER_QUOTA, "its chunk gives 1 of the kind cause, and others come first"
    )
