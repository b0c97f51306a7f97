import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.folder.splits import assign, keys, require
from qagen.errors import DatasetError, SettingsError
from qagen.settings import SplitShares, load_settings
from tests.builder.corpora import PAPERS, paper

SHARES = {"validation_percent": 5, "test_percent": 5}


def test_shares_are_those_asked_for():
    papers = [paper(f"p{number}") for number in range(4000)]
    counts = Counter(assign(papers, validation_percent=10, test_percent=20).values())
    assert abs(counts["test"] - 800) < 120
    assert abs(counts["validation"] - 400) < 90
    assert counts.total() == 4000


def test_no_percent_is_no_paper():
    papers = [paper(f"p{number}") for number in range(300)]
    assert set(assign(papers, validation_percent=0, test_percent=0).values()) == {"train"}


def test_a_preprint_and_its_published_version_go_together_by_title():
    preprint = paper("preprint", title="Growth of thin oxide films", doi="10.48550/arXiv.2001.00001v2")
    published = paper("published", title="Growth of Thin Oxide-Films.", doi="10.1000/xyz")
    for seed in range(30):
        crowd = [paper(f"c{seed}-{number}") for number in range(3)]
        found = assign([preprint, *crowd, published], validation_percent=40, test_percent=40)
        assert found[preprint.sha256] == found[published.sha256]


def test_versions_go_together_when_one_has_only_its_doi_and_another_only_its_title():
    doi_only = paper("a", doi="10.1000/xyz")
    title_only = paper("b", title="Growth of thin oxide films")
    both = paper("c", title="Growth of thin oxide films", doi="doi:10.1000/XYZ")
    assert (
        len(set(assign([doi_only, title_only, both], validation_percent=40, test_percent=40).values())) == 1
    )


def test_a_published_version_that_comes_later_does_not_move_its_preprint():
    for number in range(50):
        title = f"Growth of thin oxide films number {number}"
        before = assign([paper("a", title=title)], validation_percent=40, test_percent=40)
        joined = [paper("a", title=title), paper("b", title=title, doi=f"10.1000/{number}")]
        after = assign(joined, validation_percent=40, test_percent=40)
        assert after[paper("a").sha256] == before[paper("a").sha256]


def test_a_general_title_joins_nothing():
    one, other = paper("a", title="Introduction"), paper("b", title="Introduction")
    assert not set(keys(one)) & set(keys(other))


@given(PAPERS, st.randoms())
def test_the_order_of_papers_does_not_matter(papers, random):
    shuffled = list(papers)
    random.shuffle(shuffled)
    assert assign(papers, **SHARES) == assign(shuffled, **SHARES)


@given(PAPERS)
def test_papers_that_share_a_key_share_a_split(papers):
    found = assign(papers, validation_percent=40, test_percent=40)
    for one in papers:
        for other in papers:
            if set(keys(one)) & set(keys(other)):
                assert found[one.sha256] == found[other.sha256]


@given(PAPERS, PAPERS)
def test_with_a_base_no_work_of_it_moves(before, added):
    old = assign(before, validation_percent=40, test_percent=40)
    base = {key: old[one.sha256] for one in before for key in keys(one)}
    everything = {one.sha256: one for one in [*before, *added]}.values()
    new = assign(everything, validation_percent=40, test_percent=40, base=base)
    joined = {one.sha256 for one in before if new[one.sha256] != old[one.sha256]}
    held = {"test": 2, "validation": 1, "train": 0}
    assert all(held[new[sha]] > held[old[sha]] for sha in joined), (
        "only a join with held-out versions moves, to them"
    )


def test_with_a_base_held_out_versions_hold_out_the_others_that_join_them():
    old, new = paper("a", title="Growth of thin oxide films"), paper("b", doi="10.1000/x")
    bridge = paper("c", title="Growth of thin oxide films", doi="10.1000/x")
    base = dict.fromkeys(keys(old), "train") | dict.fromkeys(keys(new), "validation")
    found = assign([old, new, bridge], **SHARES, base=base)
    assert set(found.values()) == {"validation"}


def test_a_split_with_too_few_works_is_refused_with_how_many_there_are():
    papers = [paper("a", title="One"), paper("b", title="One"), paper("c", title="Two")]
    papers = [replace(one, work=f"title:{one.title}") for one in papers]
    places = {papers[0].sha256: "test", papers[1].sha256: "test", papers[2].sha256: "train"}
    require(papers, places, {"test": 1, "train": 1})
    with pytest.raises(DatasetError, match=r"the split 'test' would have 1 of 2 works, and 2 are required"):
        require(papers, places, {"test": 2})
    with pytest.raises(DatasetError, match=r"the split 'validation' would have 0 of 2 works, and 1 are"):
        require(papers, places, {"train": 1, "validation": 1})


@pytest.mark.parametrize(
    ("given", "shares"),
    [
        ({}, (90, 5, 5)),
        ({"test": 20}, (80, 0, 20)),
        ({"validation": 10, "test": 10}, (80, 10, 10)),
        ({"train": 60, "validation": 20, "test": 20}, (60, 20, 20)),
        ({"train": 100, "validation": 0, "test": 0}, (100, 0, 0)),
        ({"validation": 2.5, "test": 0.5}, (97, 2.5, 0.5)),
    ],
)
def test_train_takes_what_the_other_shares_leave(given, shares):
    made = SplitShares.model_validate(given)
    assert (made.train, made.validation, made.test) == shares


@pytest.mark.parametrize(
    ("dataset", "said"),
    [
        ({"splits": {"train": 90, "validation": 20, "test": 5}}, "come to 115 percent"),
        ({"splits": {"train": 80}}, "come to 90 percent"),
        ({"splits": {"validation": 60, "test": 60}}, "come to 120 percent"),
        ({"splits": {"test": -1}}, "dataset.splits.test"),
        ({"splits": {"dev": 5}}, "unknown key 'dataset.splits.dev'; known there: test, train, validation"),
        ({"require_splits": {"dev": 1}}, "dataset.require_splits"),
        ({"require_splits": {"test": 0}}, "dataset.require_splits"),
        (
            {"validation_percent": 5},
            "'dataset.validation_percent' is called 'validation' in 'dataset.splits'",
        ),
        ({"test_percent": 5}, "'dataset.test_percent' is called 'test' in 'dataset.splits'"),
    ],
)
def test_shares_that_make_no_whole_and_old_names_are_errors(dataset, said):
    with pytest.raises(SettingsError, match=re.escape(said)):
        load_settings(None, {"dataset": dataset})


HALVES = {"validation_percent": 0, "test_percent": 50}


def test_papers_that_a_question_needs_together_are_in_one_split_up_to_four_works():
    papers = [paper(f"p{number}") for number in range(40)]
    names = [one.sha256 for one in papers]
    pairs = [(names[number], names[number + 1]) for number in range(0, 40, 2)]
    found = assign(papers, **HALVES, joined=pairs)
    assert [found[one] == found[other] for one, other in pairs] == [True] * 20
    assert set(found.values()) == {"train", "test"}
    chain = list(pairwise(names))
    found = assign(papers, **HALVES, joined=chain)
    by_four = [{found[name] for name in names[start : start + 4]} for start in range(0, 40, 4)]
    assert [len(splits) for splits in by_four] == [1] * 10
    assert set(found.values()) == {"train", "test"}


def test_what_a_base_has_in_different_splits_is_not_joined_and_a_newcomer_follows_it():
    one, other, new = (paper(name) for name in ("a", "b", "c"))
    base = {f"paper:{one.sha256}": "train", f"paper:{other.sha256}": "test"}
    found = assign(
        [one, other, new],
        **HALVES,
        base=base,
        joined=[(one.sha256, other.sha256), (new.sha256, other.sha256), (new.sha256, one.sha256)],
    )
    assert found == {one.sha256: "train", other.sha256: "test", new.sha256: "test"}


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda two: two[0] != two[1])))
def test_joining_moves_no_paper_that_is_in_no_pair(pairs):
    papers = [paper(f"p{number}") for number in range(12)]
    joined = [(papers[one].sha256, papers[other].sha256) for one, other in pairs]
    alone, found = assign(papers, **HALVES), assign(papers, **HALVES, joined=joined)
    in_pairs = {name for two in joined for name in two}
    assert {name: split for name, split in found.items() if name not in in_pairs} == {
        name: split for name, split in alone.items() if name not in in_pairs
    }
