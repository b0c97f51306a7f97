"""What stages count is a value that adds up, whoever adds it in whatever groups."""

from dataclasses import FrozenInstanceError, fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qagen.ledger.models import ModelIdentity
from qagen.pipeline.stats import Counted, PromptCost, ReplayStats, RunStats, Sum, added, ranked, tallied

KEYS = st.sampled_from(["usable", "no_answer", "too_short"])
COUNTS = st.dictionaries(KEYS, st.integers(1, 9), max_size=3)
FEW = st.integers(0, 9)


def of_paper(number, **counts):
    """What the stages saw of one paper: what goes by papers and files names no other paper."""
    return ReplayStats(
        bodies={f"{number:064x}": (0, number)},
        section_faults={f"{number}.pdf": "no answer"},
        served=frozenset({("m", ModelIdentity(f"m-{number % 2}"))}),
        rules=frozenset({None, number % 3}),
        **counts,
    )


@st.composite
def papers(draw):
    names = {
        "chunks": FEW, "answers": FEW, "thoughts_only": FEW, "prompt_tokens": FEW, "completion_tokens": FEW,
        "responses": COUNTS, "attempts": st.dictionaries(st.integers(1, 3), st.integers(1, 9), max_size=3),
        "sections": COUNTS, "judged": COUNTS, "unreadable": COUNTS, "faults": COUNTS, "edits": COUNTS,
    }  # fmt: skip
    return [
        of_paper(number, **draw(st.fixed_dictionaries(names))) for number in range(draw(st.integers(1, 5)))
    ]


def total_of(part):
    """A field as one number: of counts their sum, of what goes by name how much of it."""
    if isinstance(part, int):
        return part
    values = list(part.values()) if hasattr(part, "values") else [1] * len(part)
    return sum(values) if all(isinstance(value, int) for value in values) else len(values)


@given(papers(), st.integers(0, 5))
def test_what_papers_were_seen_to_have_adds_up_in_any_groups(seen, cut):
    whole = sum(seen, ReplayStats())
    assert whole == sum(seen[:cut], ReplayStats()) + sum(seen[cut:], ReplayStats())
    for part in fields(ReplayStats):
        if part.name not in ("served", "rules"):  # what several papers share counts once
            found = total_of(getattr(whole, part.name))
            assert found == sum(total_of(getattr(one, part.name)) for one in seen), part.name
    assert whole.served == {served for one in seen for served in one.served}


@given(st.lists(st.integers().map(lambda number: (number,))))
def test_a_sum_has_all_values_in_their_order(values):
    total = Sum(())
    for value in values:
        total.add(value)
    assert total.total() == sum(values, ())


def test_a_sum_of_many_copies_each_as_often_as_there_are_sizes():
    copied = 0

    class Piece(int):
        def __add__(self, more):
            nonlocal copied
            copied += int(self) + int(more)
            return Piece(int(self) + int(more))

    total = Sum(Piece(0))
    for _ in range(1024):
        total.add(Piece(1))
    assert (total.total(), copied) == (1024, 1024 * 10 + 1024)


@given(papers())
def test_adding_changes_neither_side(seen):
    before = [repr(one) for one in seen]
    sum(seen, ReplayStats())
    assert [repr(one) for one in seen] == before
    with pytest.raises(FrozenInstanceError):
        seen[0].chunks = 1


@given(st.lists(KEYS), st.lists(KEYS))
def test_counts_of_two_lists_are_those_of_both_in_the_order_in_which_they_came(first, second):
    both = added(tallied(first), tallied(second))
    assert both == {key: (first + second).count(key) for key in first + second}
    assert list(both) == list(dict.fromkeys(first + second))
    assert list(ranked(both).values()) == sorted(both.values(), reverse=True)


@given(st.dictionaries(KEYS, st.builds(PromptCost, FEW, FEW, FEW)))
def test_the_calls_of_a_run_are_those_of_its_prompts(by_prompt):
    calls = RunStats(by_prompt=by_prompt).calls
    assert calls.made == sum(cost.made for cost in by_prompt.values())
    assert calls.prompt_tokens == sum(cost.prompt_tokens for cost in by_prompt.values())
    assert calls.completion_tokens == sum(cost.completion_tokens for cost in by_prompt.values())


def test_counts_are_known_when_the_last_result_has_passed_and_not_before():
    def counting(stop):
        yield from range(stop)
        return {"numbers": stop}

    results = Counted(counting(3))
    assert next(iter(results)) == 0
    with pytest.raises(RuntimeError, match="not known before all results have passed"):
        _ = results.counts
    results = Counted(counting(3))
    assert list(results) == [0, 1, 2]
    assert results.counts == {"numbers": 3}
