"""What a newcomer sees."""

import json

from builder.causes import Cause
from builder.changes import changes_text
from builder.coverage import PaperCoverage
from builder.diff import Change, Diff, Edit, Move
from builder.report import BuildReport, RejectedPaper, Unanswered
from builder.summary import summary
from tests.command import qagen, rows
from tests.conftest import EXAMPLES


def test_the_demo_builds_the_examples_shows_a_record_and_says_how_to_go_on(work, tmp_path):
    run = qagen("demo", "--out", tmp_path / "d", "--work", work)
    assert (run.returncode, run.stderr) == (0, "")
    found = rows(tmp_path / "d")
    said = run.stdout
    assert said.startswith(
        "engine      no model server answers at http://127.0.0.1:11434/v1 and no weights are here, so the extractive"
    )
    assert f'datasets.load_dataset("{tmp_path / "d"}") opens it: train {len(found)}.' in said
    shown = next(row for row in found if row["question"] in said)
    assert f"  answer    {shown['answer']}\n" in said
    assert f"page {shown['evidence'][0]['page']}, box (" in said
    assert f"verify {tmp_path / 'd'} --papers {EXAMPLES} --work {work}\n" in said
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


def test_a_summary_has_a_line_for_everything_that_a_person_wants_to_know():
    rejected = [RejectedPaper("a.pdf", "0" * 64, "encrypted", "wants a password")]
    unanswered = [Unanswered("b.pdf", number, "hung up") for number in range(25)]
    made = report(rejected_papers=rejected, unanswered=unanswered)
    assert made.exit_code == 3
    assert summary(made).splitlines() == [
        "papers      3: 1 converted now, 1 before, 1 rejected",
        "chunks      9",
        "engine      server, r1: 4 calls made, 3 answers from the ledger",
        "train       1 record",
        "rejected    6 pairs: too_short 5, echo 1",
        "  a.pdf: encrypted: wants a password",
        *[f"  b.pdf, chunk {number}: hung up" for number in range(20)],
        "  and 5 more chunks; the run's report in the workspace lists all",
        "dataset     d",
        "workspace   w",
    ]


def test_a_summary_counts_every_objection_and_every_cleanup_besides_the_first_reason():
    lines = summary(
        report(faults={"echo": 2, "too_short": 5}, edits={"citations": 1, "links": 3})
    ).splitlines()
    assert lines[4:7] == [
        "rejected    6 pairs: too_short 5, echo 1",
        "objections  each reason by itself: too_short 5, echo 2",
        "cleaned     pairs changed by each cleanup: links 3, citations 1",
    ]


def test_a_summary_says_which_tenths_of_the_papers_the_records_come_from():
    one = PaperCoverage("a.pdf", "0" * 64, (3, 0, 0, 1, 0, 0, 0, 0, 0, 2))
    other = PaperCoverage("b.pdf", "1" * 64, (0, 1, 0, 0, 0, 0, 0, 0, 0, 10))
    alone = "coverage    records by tenth of the main body, front to back: 3 0 0 1 0 0 0 0 0 2"
    assert [line for line in summary(report(coverage=[one])).splitlines() if "0 0" in line] == [alone]
    assert [line for line in summary(report(coverage=[one, other])).splitlines() if "0 0" in line] == [
        "coverage    records by tenth of the main body, front to back: 3 1 0 1 0 0 0 0 0 12",
        "  a.pdf: 3 0 0 1 0 0 0 0 0 2",
        "  b.pdf: 0 1 0 0 0 0 0 0 0 10",
    ]


def test_a_summary_without_records_says_so():
    made = report(records=0, splits={}, rejections={})
    assert made.exit_code == 0
    assert "records     none: no pair passed; the reasons below say why" in summary(made).splitlines()


def test_changes_are_counted_first_and_then_listed():
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
        *[f"+ {n:032} b.pdf: How? (paper_added)" for n in range(20)],
        "  and 1 more; --json lists all",
        f"- {'1' * 32} a.pdf: Why? (displaced, duplicate by {'2' * 32})",
        f"> {'3' * 32} c.pdf: train -> test",
        f"* {'4' * 32} d.pdf: checks.support",
    ]
    assert json.loads(json.dumps(found.as_json()))["same"] == 5
