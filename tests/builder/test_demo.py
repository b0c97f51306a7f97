"""What a newcomer sees."""

import json
import re
from pathlib import Path

import pytest

from builder.building.counts import RejectedPaper
from builder.building.coverage import PaperCoverage
from builder.building.report import BuildReport, Unanswered
from builder.commands.summary import sparkline, summary
from builder.diffing.causes import Cause
from builder.diffing.diff import Change, Diff, Edit, Move
from builder.diffing.text import changes_text
from tests.command import qagen, rows
from tests.conftest import EXAMPLES


def test_the_demo_builds_the_examples_shows_a_record_and_says_how_to_go_on(work, tmp_path):
    out = tmp_path / "a dataset"
    run = qagen("demo", "--out", out, "--work", work)
    assert run.returncode == 0
    found = rows(out)
    said = run.stdout
    assert [re.sub(r"\d+", "N", line) for line in run.stderr.splitlines()] == [
        "papers N of N",
        "checking papers N of N",
        "writing rows N of N",
    ]
    assert said.startswith(
        "engine      no model server answers at http://127.0.0.1:11434/v1 and no weights are here, so the extractive"
    )
    assert f'datasets.load_dataset("{out}") opens it: train {len(found)}.' in said
    shown = next(row for row in found if row["question"] in said)
    assert f"  answer    {shown['answer']}\n" in said
    assert f"page {shown['evidence'][0]['page']}, box (" in said
    assert f"verify '{out}' --papers {EXAMPLES} --work {work}\n" in said
    assert "build papers/ --out dataset/ --model deepseek-r1:14b\n" in said
    assert said.splitlines()[-1].endswith("build papers/ --out dataset/ --engine embedded")


def report(**changes) -> BuildReport:
    values = {
        "out": "d",
        "work": "w",
        "engine": "server",
        "model": "r1",
        "papers": {"found": 3, "converted": 1, "reused": 1, "rejected": 1},
        "chunks": 9,
        "calls": {"made": 4, "reused": 3, "prompt_tokens": 0, "completion_tokens": 0},
        "responses": {"usable": 7},
        "attempts": {"1": 7},
        "records": 1,
        "splits": {"default": {"train": 1}},
        "rejections": {"pair": {"echo": 1, "too_short": 5}},
    }
    return BuildReport(**{**values, **changes})


def rejected(reason, *files):
    return [RejectedPaper(file, "0" * 64, reason, f"{file} is {reason}") for file in files]


def test_a_summary_is_one_screen_however_many_papers_and_chunks_there_are():
    papers = [
        *rejected("no_text_layer", *(f"{number}.pdf" for number in range(500))),
        *rejected("encrypted", "locked.pdf"),
        *(
            one
            for number in range(6)
            for one in rejected(f"reason_{number}", f"x{number}.pdf", f"y{number}.pdf")
        ),
    ]
    unanswered = [Unanswered("b.pdf", number, "hung up") for number in range(2500)]
    made = report(
        rejected_papers=papers,
        unanswered=unanswered,
        faults={"echo": 2, "too_short": 5},
        edits={"citations": 1, "links": 3},
        judged={"passed": 1, "turned_down": 2},
        calls={"made": 4, "reused": 3000, "prompt_tokens": 9, "completion_tokens": 123456},
        seconds=8000.0,
        coverage=[
            PaperCoverage("a.pdf", "0" * 64, (3, 0, 0, 1, 0, 0, 0, 0, 0, 2)),
            PaperCoverage("b.pdf", "1" * 64, (0, 1, 0, 0, 0, 0, 0, 0, 0, 10)),
        ],
        warnings=["40% of the questions begin with 'what is the'"],
    )
    assert made.exit_code == 3
    assert summary(made, [Path("my papers")]).splitlines() == [
        "papers      3: 1 converted now, 1 before, 1 rejected",
        "  0.pdf, 1.pdf and 498 more: no_text_layer",
        *[f"  x{number}.pdf and y{number}.pdf: reason_{number}" for number in range(5)],
        "  and 3 papers for 2 other reasons",
        "chunks      9",
        "unanswered  2,500 chunks: hung up",
        "engine      server, r1: 4 calls made, 123,456 tokens in 2 h 13 min; 3,000 answers from the ledger",
        "records     1 of 7 pairs (14%): train 1",
        "rejected    6 pairs: too_short 5, echo 1",
        "objections  each reason by itself: too_short 5, echo 2",
        "cleaned     pairs changed by each cleanup: links 3, citations 1",
        "judged      1 passed, 2 turned down",
        "coverage    ▂▁·▁·····█ of the main bodies, front to back, in tenths",
        "warning     40% of the questions begin with 'what is the'",
        "dataset     d",
        "workspace   w",
        "next        the same command again: it asks only what has no answer",
    ]


def test_a_summary_tells_all_of_a_single_rejected_paper_and_ends_with_the_next_command():
    made = summary(report(rejected_papers=rejected("encrypted", "a.pdf")), [Path("my papers")]).splitlines()
    assert made[1] == "  a.pdf: encrypted: a.pdf is encrypted"
    assert made[-1] == "next        qagen verify d --papers 'my papers' --work w"
    files = [Path("p/a.pdf"), Path("p/b.pdf"), Path("p/c.pdf")]
    assert summary(report(), files).splitlines()[-1] == "next        qagen verify d --papers p --work w"


def test_what_conversions_warn_of_is_a_line_however_many_papers_it_is_said_of():
    hidden = "text that nobody sees (white on white) was left out"
    said = {f"{number}.pdf": [f"pages {number}-3, 7: {hidden}"] for number in range(40)}
    said["alone.pdf"] = ["page 1: the text layer looks garbled", f"page 2: {hidden}"]
    assert [line for line in summary(report(paper_warnings=said)).splitlines() if "warning" in line] == [
        f"warning     0.pdf, 1.pdf and 39 more: {hidden}",
        "warning     alone.pdf: page 1: the text layer looks garbled",
    ]


def test_only_the_most_frequent_reasons_are_named():
    reasons = {f"reason_{number}": 10 - number for number in range(9)}
    found = summary(report(rejections={"pair": reasons})).splitlines()
    named = ", ".join(f"reason_{number} {10 - number}" for number in range(6))
    assert f"rejected    54 pairs: {named}, others 9" in found


@pytest.mark.parametrize(
    ("counts", "line"), [((), ""), ((0, 0), "··"), ((1, 1), "██"), ((0, 1, 4, 8), "·▁▄█"), ((1, 1000), "▁█")]
)
def test_a_sparkline_shows_something_wherever_there_is_something(counts, line):
    assert sparkline(counts) == line


def test_a_summary_without_records_says_so():
    for rejections, why in (
        ({"pair": {"echo": 2}}, "no pair passed; the reasons below say why"),
        ({}, "no paper gave a pair"),
    ):
        made = report(records=0, splits={}, rejections=rejections)
        assert made.exit_code == 0
        lines = summary(made, [Path("papers")]).splitlines()
        assert f"records     none: {why}" in lines
        assert lines[-1] == "next        qagen ledger show --work w"


def test_changes_are_counted_first_and_then_listed_by_paper():
    gone = Change("1" * 32, "train", "a.pdf", "Why?", Cause.DISPLACED, "duplicate", "asks the same", "2" * 32)
    came = [Change(f"{n:032}", "test", "b.pdf", "How?", Cause.PAPER_ADDED) for n in range(21)]
    found = Diff(
        same=5,
        added=tuple(came),
        removed=(gone,),
        moved=(Move("3" * 32, "c.pdf", "train", "test"),),
        changed=(Edit("4" * 32, "d.pdf", {"checks.support": (0.5, 0.6)}),),
        settings={"made.model": ("r1", "r2")},
    )
    assert changes_text(found).splitlines() == [
        "same      5",
        "added     21 (paper_added 21)",
        "removed   1 (displaced 1)",
        "moved     1",
        "changed   1",
        "  made.model: 'r1' -> 'r2'",
        "a.pdf: 1 record",
        f"  - {'1' * 32} Why? (displaced, duplicate by {'2' * 32})",
        "b.pdf: 21 records",
        *[f"  + {n:032} How? (paper_added)" for n in range(10)],
        "  and 11 more; --json lists all",
        "c.pdf: 1 record",
        f"  > {'3' * 32} train -> test",
        "d.pdf: 1 record",
        f"  * {'4' * 32} checks.support",
    ]
    assert json.loads(json.dumps(found.as_json()))["same"] == 5
