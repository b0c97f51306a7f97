"""What plan says is what build then does: the same papers, prompts, samples and calls, counted at the server."""

import json
import shutil
from collections import Counter

import pytest

from builder.building.build import build_dataset
from builder.building.job import EVERYTHING, Subset
from builder.building.plan import make_plan, plan_text
from builder.building.report import reused_answers
from builder.commands.summary import summary
from qagen.asking.recipe import Recipe
from qagen.errors import WorkspaceError
from qagen.pipeline.stats import PromptCost, ReplayStats, RunStats
from qagen.prompts import load_prompt, with_name
from qagen.settings import Settings
from tests.conftest import EXAMPLES
from tests.scripted_server import ScriptedServer, asks_first, paired

ENOUGH = Settings().ask.enough
"""Pairs of an answer that is not asked for again; with more, the checks would take most of the time here."""
PAPERS = [EXAMPLES / "interlayer.pdf", EXAMPLES / "peatland.pdf"]


def first_turn(request, nth):
    return paired(request, ENOUGH)


class Place:
    def __init__(self, work, tmp_path):
        self.work, self.out = work, tmp_path / "d"
        self.reply = first_turn
        self.server = ScriptedServer(
            lambda request, nth: self.reply(request, nth), models=("r1", "r2", "other")
        )

    def settings(self, tables):
        ask = {"model": "r1", "base_url": self.server.base_url, "concurrency": 4, **tables.get("ask", {})}
        chunk = {"sections": "rules", **tables.get("chunk", {})}
        plain = {"dataset": {"plots": False}, "judge": {"mode": "off"}}
        return Settings.model_validate({**plain, **tables, "ask": ask, "chunk": chunk})

    def plan(self, tables=(), subset=EVERYTHING, **more):
        settings = self.settings(dict(tables))
        return make_plan(PAPERS, settings=settings, work=self.work, subset=subset, **more)

    def build(self, tables=(), subset=EVERYTHING, **more):
        """The report, and the requests that the build made."""
        before = len(self.server.requests)
        settings = self.settings(dict(tables))
        report = build_dataset(PAPERS, self.out, settings=settings, work=self.work, subset=subset, **more)
        return report, self.server.requests[before:]


@pytest.fixture
def place(work, tmp_path):
    made = Place(work, tmp_path)
    with made.server:
        yield made


@pytest.fixture
def mine(tmp_path):
    """Another prompt, whose requests are known by a word."""
    text = with_name(load_prompt("deep-qa"), "mine").replace("You write", "MINE. You write", 1)
    (tmp_path / "mine.md").write_text(text, "utf-8")
    return str(tmp_path / "mine.md")


def by_prompt(requests):
    return Counter("mine" if "MINE" in json.dumps(request) else "deep-qa" for request in requests)


def planned_by_prompt(plan):
    return Counter({label.partition("@")[0]: counts["to_make"] for label, counts in plan.by_prompt.items()})


@pytest.mark.parametrize("subset", [Subset(), Subset(sample=5), Subset(limit=1), Subset(limit=1, sample=3)])
def test_calls_by_prompt_are_those_that_the_server_gets(place, mine, subset):
    rule = {"rules": [{"sections": "*method*", "prompt": mine}], "ask": {"attempts": 1}}
    plan = place.plan(rule, subset)
    report, requests = place.build(rule, subset)
    assert +planned_by_prompt(plan) == by_prompt(requests)
    asked = plan.chunks - sum(plan.not_asked.values())
    assert (plan.calls, asked) == ({"paid": 0, "to_make": len(requests), "left": 0}, len(requests))
    assert report.papers["found"] == plan.papers["found"]
    again = place.plan(rule, subset)
    assert again.calls == {"paid": len(requests), "to_make": 0, "left": 0}


def test_a_rule_that_fits_no_chunk_is_named_by_plan_and_build(place, mine):
    rules = [
        {"sections": "*method*", "prompt": mine},
        {"sections": "*mehtod*", "prompt": mine},
        {"files": "2024/*", "sections": "*", "prompt": "deep-qa"},
    ]
    idle = ["rule 2 (sections = '*mehtod*')", "rule 3 (files = '2024/*', sections = '*')"]
    plan = place.plan({"rules": rules})
    assert plan.idle_rules == idle
    assert f"rules       {idle[0]} fits no chunk of the converted papers\n" in plan_text(plan)
    report, _ = place.build({"rules": rules})
    assert report.idle_rules == idle
    assert f"rules       {idle[1]} fits no chunk\n" in summary(report)
    assert place.build({"rules": rules[:1]})[0].idle_rules == []


def test_a_chunk_whose_answer_gave_too_little_is_planned_to_be_asked_again(place):
    def garbage(request, nth):
        return "I would rather not." if asks_first(request) else first_turn(request, nth)

    place.reply = garbage
    _, first = place.build({"ask": {"attempts": 1}})
    plan = place.plan({"ask": {"attempts": 2}})
    assert plan.calls == {"paid": len(first), "to_make": len(first), "left": 0}
    report, second = place.build({"ask": {"attempts": 2}})
    assert (report.calls["reused"], report.calls["made"]) == (plan.calls["paid"], plan.calls["to_make"])
    assert len(second) == len(first)


def test_offline_makes_no_call_and_lists_what_it_leaves(place):
    place.build(subset=Subset(sample=5))
    plan = place.plan(offline=True)
    report, requests = place.build(offline=True)
    assert requests == []
    assert (plan.calls["to_make"], plan.calls["left"]) == (0, len(report.unanswered))
    assert plan.calls["left"] > 0
    assert report.calls["reused"] == plan.calls["paid"] > 0
    assert f"{plan.calls['left']} chunks are left without an answer" in plan_text(plan)


def test_what_another_prompt_or_chunk_size_would_cost_is_what_plan_says_with_it(place, mine):
    place.build({"ask": {"attempts": 1}})
    other = {one.change: one.calls for one in place.plan().what_if}
    assert other["another prompt"] == place.plan({"ask": {"prompt": mine}}).calls["to_make"]
    assert other["another model"] == place.plan({"ask": {"model": "other"}}, offline=True).calls["left"]
    longer = place.plan({"chunk": {"chars": 4000}})
    assert other["chunks of 4000 characters"] == longer.calls["to_make"] < longer.chunks
    assert other["other checks, thresholds or splits"] == 0


def test_the_estimate_counts_no_more_chunks_than_the_sample(place):
    for folder in place.work.glob("papers/*/*"):
        if not any("peatland" in path.read_text("utf-8").lower() for path in folder.rglob("document.md")):
            shutil.rmtree(folder)
    plan = place.plan(subset=Subset(sample=4))
    assert (len(plan.unknown), plan.chunks, plan.estimate.calls) == (1, 4, 4)


def test_plan_refuses_a_workspace_of_another_format(place):
    (place.work / "workspace.json").write_text('{"format": 2}')
    with pytest.raises(WorkspaceError, match="has the format 2, and this qagen knows 1"):
        place.plan()


def test_another_model_is_planned_to_choose_the_sections_too(place):
    chosen = {"chunk": {"sections": "model"}, "ask": {"attempts": 1}}
    place.build(chosen)
    other = {one.change: one.calls for one in place.plan(chosen).what_if}
    report, requests = place.build({**chosen, "ask": {"attempts": 1, "model": "r2"}})
    assert report.calls["made"] == len(requests) + len(PAPERS)
    assert other["another model"] == report.calls["made"]
    assert other["another prompt"] == len(requests)


def test_what_another_prompt_would_cost_counts_main_bodies_that_are_still_to_be_chosen(place, mine):
    fresh = {"chunk": {"sections": "model"}, "ask": {"attempts": 1}}
    other = {one.change: one.calls for one in place.plan(fresh).what_if}
    with_it = place.plan({**fresh, "ask": {"attempts": 1, "prompt": mine}})
    assert other["another prompt"] == with_it.calls["to_make"]
    assert with_it.calls["to_make"] == with_it.chunks - sum(with_it.not_asked.values()) + len(PAPERS)
    longer = place.plan({**fresh, "chunk": {"sections": "model", "chars": 4000}})
    assert other["chunks of 4000 characters"] == longer.calls["to_make"]


def test_a_plan_says_at_least_only_where_more_may_come(place):
    once = {"ask": {"attempts": 1}}
    assert "calls       at least " in plan_text(place.plan(once))
    made = place.build(once)[0].calls["made"]
    assert f"calls       0 to make, {made} paid before" in plan_text(place.plan(once))


@pytest.mark.parametrize("size", [1, 4])
def test_a_sample_is_planned_with_the_choices_of_sections_that_it_takes(place, size):
    chosen = {"chunk": {"sections": "model"}, "ask": {"attempts": 1}}
    plan = place.plan(chosen, Subset(sample=size))
    report, requests = place.build(chosen, Subset(sample=size))
    choices = len(place.server.choices)
    assert (plan.depends["sections"], report.calls["reused"]) == (choices, 0)
    assert plan.calls == {"paid": 0, "to_make": choices + len(requests), "left": 0}
    again = place.plan(chosen, Subset(sample=size))
    report, requests = place.build(chosen, Subset(sample=size))
    assert (report.calls["made"], again.calls["to_make"], requests) == (0, 0, [])


@pytest.mark.parametrize("size", [1, 5])
def test_of_a_sample_the_answers_that_were_paid_before_are_told_apart_from_new_choices_of_sections(
    place, size
):
    place.build({"ask": {"attempts": 1}})
    chosen = {"chunk": {"sections": "model"}, "ask": {"attempts": 1}}
    plan = place.plan(chosen, Subset(sample=size))
    report, requests = place.build(chosen, Subset(sample=size))
    assert requests == []
    assert (report.calls["made"], report.calls["reused"]) == (len(place.server.choices), size)
    assert plan.calls == {"paid": size, "to_make": len(place.server.choices), "left": 0}


def test_answers_about_papers_that_turn_out_to_have_no_chunk_in_a_sample_are_no_reason_to_count_fewer_reused_ones():
    recipe = Recipe(Settings(), "server", "r1", sample=frozenset({("a" * 64, 0)}))
    filled = RunStats(by_prompt={"sections": PromptCost(3)}, choices={"a" * 64: 1, "b" * 64: 2})
    assert reused_answers(filled, ReplayStats(answers=5), recipe) == 4
