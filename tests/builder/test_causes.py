"""Why a pair is in one version only: two versions of the same papers that differ in one thing."""

from dataclasses import replace

import pytest

from builder.diffing.causes import Cause
from builder.diffing.diff import diff
from builder.diffing.text import changelog_text
from qagen.records import Edit, sha256
from qagen.settings import Settings
from tests.builder import corpora
from tests.builder.corpora import FULL_GENERATION, paper, record, rejection

PLAIN = {"dataset": {"splits": {"validation": 0, "test": 0}, "plots": False}}
ONE = paper("one")
OTHER_TEXT = replace(ONE, document_sha256=sha256("another text"))
A, B = record(ONE, "Why is A so?"), record(ONE, "Why is B so?")


def made(one, **changes):
    return replace(one, generation=replace(FULL_GENERATION, **changes))


def cut(one, start):
    return replace(one, chunk=replace(one.chunk, start=start, end=start + 50))


def mended(one, before):
    return replace(one, edits=(Edit("citations", "answer", before),))


CASES = {
    Cause.CONVERTER: (A, replace(B, paper=OTHER_TEXT), {}, {}),
    Cause.CHUNKING: (A, cut(B, 500), {"chunk": {"chars": 900}}, {}),
    Cause.MODEL: (A, made(B, model="other"), {}, {"model": "other"}),
    Cause.PROMPT: (A, made(B, prompt_sha256=sha256("q")), {}, {"prompt_sha256": sha256("u")}),
    Cause.CHECKS: (A, B, {"checks": {"min_support": 0.2}}, {}),
    Cause.EDITED: (
        mended(A, "As [1] says."),
        mended(replace(B, question=A.question), "As [1] says."),
        {},
        {},
    ),
    None: (A, B, {}, {}),
}


@pytest.mark.parametrize("cause", CASES)
@pytest.mark.parametrize("with_rejections", [True, False])
def test_the_one_thing_that_differs_is_the_cause(tmp_path, cause, with_rejections):
    old, new, settings, facts = CASES[cause]
    if cause is Cause.EDITED:
        new = replace(new, answer="It says so, since it is.", id=sha256("x")[:32])
    for name, one, tables, more in (("a", old, {}, {}), ("b", new, settings, facts)):
        also = [replace(rejection(one.paper), chunk=one.chunk, generation=one.generation)] * with_rejections
        corpora.folder(
            tmp_path / name, [one, *also], settings=Settings.model_validate({**PLAIN, **tables}), **more
        )
    found = diff(tmp_path / "a", tmp_path / "b")
    assert [change.cause for change in found.added] == [cause or Cause.NEW_PAIR]
    assert [change.cause for change in found.removed] == [cause or Cause.PAIR_GONE]


def test_a_prompt_for_one_chunk_is_the_cause_there_only(tmp_path):
    here, there = cut(A, 0), cut(B, 500)
    corpora.folder(tmp_path / "a", [here, there], settings=Settings.model_validate(PLAIN))
    anew = cut(made(record(ONE, "Why is C so?"), prompt_sha256=sha256("mine")), 0)
    more = {"rule_prompts": (("mine", sha256("mine"), "text"),)}
    corpora.folder(tmp_path / "b", [anew, there], settings=Settings.model_validate(PLAIN), **more)
    found = diff(tmp_path / "a", tmp_path / "b")
    assert (found.same, [change.cause for change in (*found.added, *found.removed)]) == (
        1,
        [Cause.PROMPT] * 2,
    )


@pytest.mark.parametrize(
    ("other", "cause"),
    [
        (replace(paper("two"), file="one.pdf"), "paper_changed"),
        (replace(paper("two"), work=ONE.work), "paper_changed"),
        (paper("two"), None),
    ],
)
def test_a_paper_in_whose_place_another_stands_is_changed(tmp_path, other, cause):
    corpora.folder(tmp_path / "a", [A])
    corpora.folder(tmp_path / "b", [record(other, "Why is A so?")])
    found = diff(tmp_path / "a", tmp_path / "b")
    assert [change.cause for change in (*found.added, *found.removed)] == [
        cause or "paper_added",
        cause or "paper_removed",
    ]


def test_a_renamed_file_is_no_change(tmp_path):
    corpora.folder(tmp_path / "a", [A, B])
    renamed = replace(ONE, file="moved/one.pdf")
    corpora.folder(tmp_path / "b", [replace(A, paper=renamed), replace(B, paper=renamed)])
    found = diff(tmp_path / "a", tmp_path / "b")
    assert (found.same, found.changed) == (2, ())


def test_the_changelog_entry_says_the_version_why_and_what_changed(tmp_path):
    corpora.folder(tmp_path / "a", [A], settings=Settings.model_validate(PLAIN))
    corpora.folder(
        tmp_path / "b", [A, B], settings=Settings.model_validate({**PLAIN, "checks": {"min_support": 0.2}})
    )
    assert changelog_text(tmp_path / "a", tmp_path / "b", "2026-01-02") == (
        "## 1.1.0 (2026-01-02)\n\n1 record added, 0 records removed.\n\n- 1 record added (checks 1)\n"
        "- checks.min\\_support: 0.28 → 0.2\n"
    )
