"""A build whose pairs are judged by default: by whom, what it costs, and what happens where the judge cannot."""

import json
import shutil

import pytest

from builder.building.build import build_dataset
from builder.building.job import Subset
from builder.building.plan import make_plan, plan_text
from builder.commands.summary import summary
from builder.folder.read import rows
from qagen.errors import EngineError
from qagen.settings import Settings
from tests.command import hashes
from tests.conftest import EXAMPLES
from tests.scripted_server import Reply, ScriptedServer, paired

JUDGES = "You examine question/answer pairs"
SAMPLE = Subset(sample=3)


@pytest.fixture
def place(converted_examples, tmp_path):
    (tmp_path / "papers").mkdir()
    shutil.copy(EXAMPLES / "interlayer.pdf", tmp_path / "papers")
    shutil.copytree(converted_examples / "papers", tmp_path / "w" / "papers")
    return tmp_path


def settings(server, **tables):
    ask = {"model": "r1", "base_url": server.base_url, "concurrency": 4, **tables.pop("ask", {})}
    plain = {"ask": ask, "chunk": {"sections": "rules"}, "dataset": {"plots": False}, **tables}
    return Settings.model_validate(plain)


def build(place, chosen, out="d", **more):
    return build_dataset(
        [place / "papers"], place / out, settings=chosen, work=place / "w", subset=SAMPLE, **more
    )


def judges(request):
    return JUDGES in request["messages"][-1]["content"]


def mute(request, nth):
    """A model that makes pairs and cannot judge."""
    return Reply("They all look fine to me.") if judges(request) else paired(request)


def test_by_default_each_chunk_s_pairs_are_judged_in_one_call_and_the_card_names_the_judge(place):
    with ScriptedServer() as server:
        report = build(place, settings(server))
        asked = [request for request in server.requests if judges(request)]
    assert (len(asked), set(report.judged)) == (3, {"passed"})
    assert report.by_prompt.keys() >= {
        next(label for label in report.by_prompt if label.startswith("judge@"))
    }
    found = [row for _, row in rows(place / "d", "default")]
    assert {row["checks"]["judge_accuracy"] for row in found} == {1.0}
    assert "| judge | `r1`, every pair |" in (place / "d/README.md").read_text("utf-8")


def test_without_a_judge_no_call_of_it_is_made_and_the_card_says_not_judged(place):
    with ScriptedServer() as server:
        report = build(place, settings(server, judge={"mode": "off"}))
        assert not any(judges(request) for request in server.requests)
    assert (report.judged, report.unable) == ({}, "")
    assert "| judge | not judged |" in (place / "d/README.md").read_text("utf-8")


def test_a_judge_of_which_nothing_can_be_read_does_not_cost_the_build_and_one_line_says_what_to_do(place):
    with ScriptedServer(mute) as server:
        report = build(place, settings(server))
        assert sum(judges(request) for request in server.requests) == 6
        assert report.records > 0
        (line,) = [line for line in summary(report).splitlines() if line.startswith("not judged")]
        assert line.startswith("not judged  none of the ")
        assert (
            "its answer has no labels for the pair; name a model that can judge with `model` in [judge]"
            in line
        )
        assert (report.exit_code, report.judged) == (0, {})
        found = [row for _, row in rows(place / "d", "default")]
        assert {row["checks"]["judge_accuracy"] for row in found} == {None}
        assert "| judge | not judged |" in (place / "d/README.md").read_text("utf-8")
        calls = len(server.requests)
        off = build(place, settings(server, judge={"mode": "off"}), "off")
        assert (off.records, len(server.requests)) == (report.records, calls)
    again = build(place, settings(server), "again", offline=True)
    assert (again.unable, hashes(place / "again")) == (report.unable, hashes(place / "d"))


def test_who_names_a_judge_gets_no_record_without_a_verdict_and_the_folder_stays_as_it_was(place):
    with ScriptedServer(mute) as server:
        build(place, settings(server, judge={"mode": "off"}))
        before = hashes(place / "d")
        with pytest.raises(
            EngineError, match=r"none of the \d+ pairs .* is judged: .*--judge off.*is left as it was"
        ):
            build(place, settings(server, judge={"mode": "all"}))
    assert hashes(place / "d") == before


def test_a_judge_that_never_answered_leaves_the_folder_as_it_was_and_the_next_build_asks_it_alone(place):
    def gone(request, nth):
        return Reply(status=400, body="too busy") if judges(request) else paired(request)

    with (
        ScriptedServer(gone) as server,
        pytest.raises(EngineError, match=r"is judged: .*too busy.*build again to ask"),
    ):
        build(place, settings(server))
    assert not (place / "d").exists()
    with ScriptedServer() as server:
        report = build(place, settings(server))
        assert all(judges(request) for request in server.requests)
    assert set(report.judged) == {"passed"}


def test_an_offline_build_of_answers_from_before_there_was_a_judge_is_made_without_and_no_later_build_takes_it_for_done(
    place,
):
    with ScriptedServer() as server:
        build(place, settings(server, judge={"mode": "off"}))
        report = build(place, settings(server), "offline", offline=True)
        assert "the ledger has no verdict" in report.unable
        assert report.records > 0
        later = build(place, settings(server), "offline")
    assert (later.unable, set(later.judged)) == ("", {"passed"})


def test_a_plan_says_what_the_judge_will_cost_and_what_other_checks_would(place):
    with ScriptedServer() as server:
        wanted = settings(server)

        def plan():
            return make_plan([place / "papers"], settings=wanted, work=place / "w", subset=SAMPLE)

        first = plan()
        assert (first.judge.calls, first.judge.completion_tokens, first.judge.hours) == (3, 3 * 10 * 80, None)
        assert first.judge.prompt_tokens > 3 * 1000
        assert first.estimate.calls == 6
        assert "  of which the judge: 3 calls" in plan_text(first)
        build(place, wanted)
        done = plan()
        assert (done.calls["to_make"], done.judge.calls) == (0, 0)
        assert done.judge.basis.startswith(
            "3 calls of the judge: 100 prompt and 50 completion tokens per call"
        )
        costs = {one.change: one.calls for one in done.what_if}
        assert costs["other checks or cleanups (at most, the judge's)"] == 3
        assert costs["other thresholds of the judge, splits, or no judge"] == 0


def test_the_size_that_a_server_says_chooses_the_prompt_once_and_replays_take_the_same(place):
    ollama = {"/api/version": {"version": "0.9"}, "/api/show": {"details": {"parameter_size": "494.03M"}}}
    with ScriptedServer(pages=ollama) as server:
        report = build(place, settings(server))
    assert (report.prompt, report.prompt_reason) == (
        "short-qa",
        "r1 has 494 million parameters; short-qa is for fewer than 3 billion",
    )
    assert json.loads((place / "w/models.json").read_text())["sizes"] == {"r1": 494030000}
    asked = [request for request in server.requests if not judges(request)]
    assert {request["response_format"]["json_schema"]["name"] for request in asked} == {"pairs"}
    assert build(place, settings(server), "offline", offline=True).prompt == "short-qa"
    with ScriptedServer() as silent:
        again = build(place, settings(silent), "again")
        planned = make_plan([place / "papers"], settings=settings(silent), work=place / "w", subset=SAMPLE)
    assert (again.prompt, again.calls["made"], planned.prompt, planned.calls["to_make"]) == (
        "short-qa",
        0,
        "short-qa",
        0,
    )


def test_a_form_that_the_settings_name_holds_for_a_small_model_too(place):
    with ScriptedServer(models=("qwen3:0.6b",)) as server:
        build(place, settings(server, ask={"model": "qwen3:0.6b", "response_format": "text"}))
    assert all("response_format" not in request for request in server.requests if not judges(request))


def test_a_size_that_nobody_says_is_remembered_as_that(place):
    with ScriptedServer() as silent:
        report = build(place, settings(silent))
    assert (
        report.prompt_reason == "nobody says how many parameters r1 has; short-qa is for fewer than 3 billion"
    )
    ollama = {"/api/version": {"version": "0.9"}, "/api/show": {"details": {"parameter_size": "494.03M"}}}
    with ScriptedServer(pages=ollama) as server:
        assert build(place, settings(server), "again").calls["made"] == 0
        refreshed = build(place, settings(server), "anew", model_change="refresh")
    assert (report.prompt, refreshed.prompt) == ("deep-qa", "short-qa")


@pytest.mark.parametrize(("model", "prompt"), [("qwen3:0.6b", "short-qa"), ("deepseek-r1:32b", "deep-qa")])
def test_the_size_in_a_model_s_name_comes_first_and_needs_nobody(place, model, prompt):
    chosen = Settings.model_validate({"ask": {"model": model, "engine": "server"}})
    plan = make_plan([place / "papers"], settings=chosen, work=place / "w", subset=SAMPLE, offline=True)
    assert plan.prompt == prompt
