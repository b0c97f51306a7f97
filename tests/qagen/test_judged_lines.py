"""`qagen check --judge`: anybody's pairs, one's own model, each verdict paid for once; and what is counted of a labelled set."""

import json
import re

import pytest
from typer.testing import CliRunner

from builder.cli import app
from qagen.cli.figures import Figures, wilson
from tests.scripted_server import Reply, ScriptedServer

SOURCE = "Warm brine thins the ice of the lagoon from below because salt lowers its freezing point. Snow insulates the ice from the cold air."
OTHER = "Lichens grow slowly on the north side of boulders because moisture stays longer there than on the south side."
GOOD = (
    "Why does warm brine thin the ice of the lagoon from below?",
    "Warm brine thins the ice of the lagoon because salt lowers its freezing point.",
)
WRONG = (
    "What insulates the ice of the lagoon from the cold air?",
    "The ice insulates the snow of the lagoon from the cold air.",
)
SHORT = ("Why?", "No.")
LICHEN = (
    "Why do lichens grow slowly on the north side of boulders?",
    "Lichens grow slowly on the north side of boulders because moisture stays longer there.",
)
MARKS = dict.fromkeys(("relevance", "context_independence", "completeness", "accuracy", "reasonableness"), 5)


def qagen(*arguments):
    return CliRunner().invoke(app, [str(one) for one in arguments])


def judging(request, nth):
    shown = re.findall(
        r"^=== \w+ pair (\w+)\nQuestion: (.*)$", request["messages"][-1]["content"], re.MULTILINE
    )
    faults = {
        question: "none" if question in (GOOD[0], LICHEN[0]) else "swapped_roles" for _, question in shown
    }
    return json.dumps(
        {
            "labels": [
                {"id": name, "why": "See.", "fault": faults[question], **MARKS} for name, question in shown
            ]
        }
    )


@pytest.fixture
def lines(tmp_path):
    def written(*rows):
        path = tmp_path / "pairs.jsonl"
        keys = ("source", "question", "answer", "label", "kind")
        path.write_text(
            "".join(
                json.dumps({"id": n, **dict(zip(keys, row, strict=False))}) + "\n"
                for n, row in enumerate(rows)
            )
        )
        return path

    return written


def check(path, server, work, *more):
    run = qagen(
        "check", path, "--judge", "--model", "r1", "--base-url", server.base_url, "--work", work, *more
    )
    return run, [json.loads(line) for line in run.stdout.splitlines()]


def test_neighbours_of_one_source_are_judged_in_one_call_by_a_schema_with_their_ids_and_nothing_is_paid_twice(
    lines, tmp_path
):
    path = lines(
        (SOURCE, *GOOD, "good"),
        (SOURCE, *WRONG, "wrong", "roles"),
        (SOURCE, *SHORT, "wrong"),
        (OTHER, *LICHEN, "good"),
    )
    with ScriptedServer(judging) as server:
        run, found = check(path, server, tmp_path / "w", "--figures")
        assert run.exit_code == 0, run.stderr
        assert [(one["accepted"], one["judge"] and one["judge"]["outcome"]) for one in found] == [
            (True, "passed"), (False, "turned_down"), (False, None), (True, "passed"),
        ]  # fmt: skip
        assert found[1]["reasons"] == ["judged_inaccurate"]
        assert (found[1]["judge"]["fault"], found[1]["judge"]["why"], found[1]["judge"]["accuracy"]) == (
            "swapped_roles",
            "See.",
            1.0,
        )
        assert len(server.requests) == 2
        first = min(server.requests, key=lambda request: "Lichens" in request["messages"][-1]["content"])
        items = first["response_format"]["json_schema"]["schema"]["properties"]["labels"]["items"][
            "properties"
        ]
        shown = re.findall(r"^=== \w+ pair (\w+)$", first["messages"][-1]["content"], re.MULTILINE)
        assert items["id"]["enum"] == shown
        assert "judged: 2 passed, 1 turned down; 2 calls made, 0 answers kept" in run.stderr
        assert "wrong ones accepted: 0 of 2, 0.000, 95 % interval 0.000 to 0.658" in run.stderr
        again, same = check(path, server, tmp_path / "w")
        assert (same, len(server.requests)) == (found, 2)
        assert "0 calls made, 2 answers kept from before" in again.stderr
    offline = qagen("check", path, "--judge", "--model", "r1", "--work", tmp_path / "w", "--offline")
    assert (offline.exit_code, offline.stdout) == (0, again.stdout)


def test_pairs_that_the_checks_turn_down_are_judged_only_on_demand_and_stay_turned_down(lines, tmp_path):
    with ScriptedServer(judging) as server:
        _, (found,) = check(lines((SOURCE, *SHORT)), server, tmp_path / "w", "--also-rejected")
    assert found["judge"]["fault"] == "swapped_roles"
    assert not found["accepted"]
    assert found["reasons"][-1] == "judged_inaccurate"
    assert "too_short" in found["reasons"]


def test_a_verdict_that_cannot_be_read_is_asked_for_once_more_and_then_named(lines, tmp_path):
    with ScriptedServer(lambda request, nth: "I like it.") as server:
        run, (found,) = check(lines((SOURCE, *GOOD)), server, tmp_path / "w")
    assert (run.exit_code, found["accepted"], found["reasons"]) == (3, False, ["unjudged"])
    assert (found["judge"]["outcome"], found["judge"]["problem"]) == (
        "unjudged",
        "its answer has no labels for the pair",
    )
    assert ["response_format" in request for request in server.requests] == [True, False]


@pytest.mark.parametrize("status", [400, 422, 500])
def test_a_server_that_turns_schemas_down_is_asked_without_and_its_verdicts_count(lines, tmp_path, status):
    def plain(request, nth):
        return (
            Reply(status=status, body="no such field")
            if "response_format" in request
            else judging(request, nth)
        )

    with ScriptedServer(plain) as server:
        run, found = check(lines((SOURCE, *GOOD), (OTHER, *LICHEN)), server, tmp_path / "w")
    assert (run.exit_code, [one["judge"]["outcome"] for one in found]) == (0, ["passed", "passed"])


def test_options_of_the_judge_want_the_judge(lines):
    run = qagen("check", lines((SOURCE, *GOOD)), "--model", "r1")
    assert (run.exit_code, "are for --judge" in run.stderr) == (2, True)


def test_explain_says_what_the_judge_objects_to(lines, tmp_path):
    with ScriptedServer(judging) as server:
        path = lines((SOURCE, *WRONG))
        run = qagen(
            "check",
            path,
            "--judge",
            "--model",
            "r1",
            "--base-url",
            server.base_url,
            "--work",
            tmp_path / "w",
            "--explain",
        )
    assert run.stdout.startswith("== 0: turned down by the judge, support ")
    assert "(the judge finds swapped roles: See.)" in run.stdout


@pytest.mark.parametrize(
    ("count", "total", "interval"),
    [
        (0, 0, (0.0, 1.0)),
        (0, 125, (0.0, 0.0298)),
        (5, 100, (0.0215, 0.1118)),
        (10, 10, (0.7225, 1.0)),
        (1, 2, (0.0945, 0.9055)),
    ],
)
def test_wilson_s_interval_is_that_of_the_tables(count, total, interval):
    assert wilson(count, total) == pytest.approx(interval, abs=1e-4)


def test_lines_without_a_label_are_not_counted_and_that_is_said():
    figures = Figures()
    figures.add("good", "cause", accepted=True)
    figures.add("good", "cause", accepted=False)
    figures.add("wrong", None, accepted=True)
    figures.add(None, None, accepted=True)
    assert list(figures.lines()) == [
        "  good, cause: 1 of 2 accepted",
        "wrong ones accepted: 1 of 1, 1.000, 95 % interval 0.207 to 1.000",
        "good ones turned down: 1 of 2, 0.500, 95 % interval 0.095 to 0.905",
        "good among the accepted (precision): 1 of 2, 0.500, 95 % interval 0.095 to 0.905",
        "1 lines have no label `good` or `wrong` and are not counted",
    ]
