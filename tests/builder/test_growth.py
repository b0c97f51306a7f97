"""A dataset that grows: what comes moves nothing of what is there, unless it displaces it, and then `diff` says so."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.building.assemble import split_of
from builder.building.base import Base
from builder.diffing.causes import Cause
from builder.diffing.diff import diff
from builder.folder import read
from builder.folder.schema import row_of
from qagen.records import PaperInfo
from qagen.select import select
from qagen.select.entries import SPLITS
from tests.builder import corpora
from tests.builder.corpora import PAPERS

QUESTIONS = st.lists(st.integers(0, 12), min_size=1, max_size=4, unique=True)
"""Questions out of a small pool, so that papers often ask the same."""
CORPORA = PAPERS.flatmap(
    lambda papers: st.lists(QUESTIONS, min_size=len(papers), max_size=len(papers)).map(
        lambda asked: list(zip(papers, asked, strict=True))
    )
)
Corpus = list[tuple[PaperInfo, list[int]]]


def build(place: Path, corpus: Corpus, base: Path | None = None) -> None:
    """What a build does after the checks: sort, select, assemble."""
    ordered = sorted(corpus, key=lambda entry: entry[0].sha256)
    results = [
        corpora.record(info, f"Why does effect {number} occur?")
        for info, asked in ordered
        for number in asked
    ]
    before = Base.read(base) if base else None
    papers, assigned = [info for info, _ in corpus], before.assigned if before else {}
    splits = split_of(corpora.about(*papers, assigned=assigned), corpora.SETTINGS)
    kept = list(select(results, corpora.SETTINGS.select, splits, before.ids if before else ()))
    corpora.folder(place, kept, *papers, assigned=assigned)


def rows(place: Path) -> dict[str, tuple[str, dict]]:
    return {one.id: (split, row_of(one)) for split, one in read.records(place)}


def grown(corpus: Corpus, more: Corpus) -> Corpus:
    known = {info.sha256 for info, _ in corpus}
    return [*corpus, *[entry for entry in more if entry[0].sha256 not in known]]


@pytest.mark.slow
@settings(max_examples=25)
@given(CORPORA, CORPORA, st.randoms())
def test_with_a_base_no_record_goes_moves_or_changes_and_order_does_not_matter(corpus, more, random):
    with TemporaryDirectory() as folder:
        place = Path(folder)
        build(place / "a", corpus)
        shuffled = grown(corpus, more)
        build(place / "b", shuffled, base=place / "a")
        random.shuffle(shuffled)
        build(place / "c", shuffled, base=place / "a")
        assert corpora.contents(place / "b") == corpora.contents(place / "c")
        found = diff(place / "a", place / "b")
        assert (found.removed, found.changed) == ((), ())
        before, after = rows(place / "a"), rows(place / "b")
        moved = {move.id for move in found.moved}
        assert {name: row for name, row in after.items() if name in before and name not in moved} == {
            name: row for name, row in before.items() if name not in moved
        }
        assert all(move.after in ("test", "validation") for move in found.moved), (
            "only to join held-out versions"
        )


@pytest.mark.slow
@settings(max_examples=25)
@given(CORPORA, CORPORA)
def test_without_a_base_a_record_goes_only_where_diff_names_what_displaced_it(corpus, more):
    with TemporaryDirectory() as folder:
        place = Path(folder)
        build(place / "a", corpus)
        build(place / "b", grown(corpus, more))
        found = diff(place / "a", place / "b")
        after = rows(place / "b")
        assert {change.cause for change in found.removed} <= {Cause.DISPLACED}
        assert all(change.displaced_by in after for change in found.removed)
        assert found.changed == ()


def test_fifty_papers_and_one_more(tmp_path):
    corpus: Corpus = [(corpora.paper(f"p{number}"), [number, number + 100]) for number in range(50)]
    rival = corpora.paper("rival")
    build(tmp_path / "a", corpus)
    build(tmp_path / "b", [*corpus, (rival, [7, 999])])
    found = diff(tmp_path / "a", tmp_path / "b")
    asked = next(info for info, numbers in corpus if 7 in numbers)
    (added, *_) = [change for change in found.added if "999" in change.question]
    assert added.cause is Cause.PAPER_ADDED
    split = {one.paper.sha256: split for split, one in read.records(tmp_path / "b")}
    if min((rival, asked), key=lambda info: (SPLITS.index(split[info.sha256]), info.sha256)) is rival:
        (gone,) = found.removed
        assert (gone.cause, gone.question) == (Cause.DISPLACED, "Why does effect 7 occur?")
        assert gone.displaced_by == corpora.record(rival, "Why does effect 7 occur?").id
    else:
        assert found.removed == ()
    assert (found.moved, found.changed) == ((), ())
    build(tmp_path / "c", [*corpus, (rival, [7, 999])], base=tmp_path / "a")
    with_base = diff(tmp_path / "a", tmp_path / "c")
    assert (with_base.same, with_base.removed, len(with_base.added)) == (100, (), 1)
