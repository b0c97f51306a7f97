"""Kinds of questions: asked for apart, counted at the server; told by `plan` before; in the dataset as columns and a config."""

import json
import re
import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from datasets import load_dataset

import builder
from builder.building.build import build_dataset
from builder.building.job import EVERYTHING
from builder.building.plan import make_plan
from builder.commands.summary import summary
from builder.folder.read import rows
from builder.reviewing.desk import Desk
from qagen.reviews import Verdict
from qagen.settings import Settings
from qagen.workspace import Workspace
from tests.conftest import EXAMPLES
from tests.kinds import by_kind, kind_of, pair
from tests.scripted_server import Reply, ScriptedServer, chunk_of

JUDGES = "You examine question/answer pairs"


@dataclass
class Place:
    """One paper, a workspace and a server; builds with the kinds that it is given."""

    root: Any
    server: ScriptedServer

    def settings(self, kinds=None, **tables):
        ask = {"model": "r1", "base_url": self.server.base_url, "kinds": kinds or {}, **tables.pop("ask", {})}
        return Settings.model_validate({"dataset": {"plots": False}, "ask": ask, **tables})

    def build(self, kinds=None, **tables):
        before = len(self.server.requests)
        report = build_dataset(
            [self.root / "papers"],
            self.root / "d",
            settings=self.settings(kinds, **tables),
            work=self.root / "work",
        )
        return report, self.server.requests[before:]

    def plan(self, kinds=None, **tables):
        return make_plan(
            [self.root / "papers"],
            settings=self.settings(kinds, **tables),
            work=self.root / "work",
            subset=EVERYTHING,
        )

    def rows(self, config="default"):
        return [row for _, row in rows(self.root / "d", config)]


@pytest.fixture
def place(work, tmp_path):
    (tmp_path / "papers").mkdir()
    shutil.copy(EXAMPLES / "peatland.pdf", tmp_path / "papers")
    with ScriptedServer(reply=by_kind) as server:
        yield Place(tmp_path, server)


def kinds_asked(requests):
    """Requests for pairs by their kind; a judge's are counted as that."""
    return Counter(
        "judge" if request["messages"][-1]["content"].startswith(JUDGES) else kind_of(request)
        for request in requests
    )


def test_a_kind_that_is_added_asks_for_itself_alone_and_the_plan_says_so_before(place):
    first, requests = place.build({"cause": 2})
    chunks = first.chunks
    assert kinds_asked(requests).keys() == {"cause", "judge"}
    assert kinds_asked(requests)["cause"] == chunks
    before = place.rows()
    plan = place.plan({"cause": 2, "quantitative": 2})
    assert {label.partition("@")[0]: counts["to_make"] for label, counts in plan.by_prompt.items()} == {
        "sections": 0,
        "deep-qa+cause": 0,
        "judge": 0,
        "deep-qa+quantitative": chunks,
    }
    _, requests = place.build({"quantitative": 2, "cause": 2})
    told = [request["messages"][-1]["content"] for request in requests]
    assert kinds_asked(requests)["quantitative"] == chunks
    assert all("one kind, quantitative" in one for one in told)  # the judge's too
    after = place.rows()
    assert {row["kind"] for row in after} == {"cause", "quantitative"}
    assert [row for row in after if row["kind"] == "cause"] == before
    assert place.build({"cause": 2, "quantitative": 2})[1] == []


def test_a_kind_that_is_taken_away_leaves_the_others_as_they_were(place):
    both = {"cause": 2, "quantitative": 2}
    place.build(both)
    kept = [row for row in place.rows() if row["kind"] == "cause"]
    _, requests = place.build({"cause": 2})
    assert (requests, place.rows()) == ([], kept)


def test_pairs_of_any_kind_keep_the_answers_that_were_paid_for_without_kinds(place):
    place.build()
    before = place.rows()
    _, requests = place.build({"any": 10, "cause": 2})
    assert kinds_asked(requests).keys() <= {"cause", "judge"}
    assert {row["id"] for row in before} >= {row["id"] for row in place.rows() if row["kind"] is None}
    assert {(row["kind"], row["difficulty"]) for row in before} == {(None, None)}


def test_difficulties_are_asked_for_apart_and_stand_in_the_records(place):
    _, requests = place.build({"method": {"easy": 1, "hard": 1}})
    told = Counter(
        level
        for request in requests
        for level in ("easy", "hard")
        if f"Its difficulty is {level}" in request["messages"][-1]["content"]
    )
    assert told["easy"] == told["hard"] > 0
    assert {(row["kind"], row["difficulty"]) for row in place.rows()} == {("method", "easy")}
    hard = [row for row in place.rows("rejected") if row["reason"] == "wrong_kind"]
    assert {row["detail"].partition(";")[0] for row in hard} == {
        "asked for method: hard: one sentence of the source answers it"
    }


def test_an_edit_of_what_was_turned_down_stays_of_its_kind_when_no_model_gives_the_pair_again(place):
    place.build({"method": {"hard": 1}})
    number, before = next(
        (number, row)
        for number, row in enumerate(place.rows("rejected"))
        if (row["kind"], row["reason"]) == ("pair", "wrong_kind")
    )
    assert (before["question_kind"], before["difficulty"]) == ("method", "hard")
    workspace = Workspace(place.root / "work")
    desk = Desk(place.root / "d", workspace, "ada", now=lambda: datetime(2026, 1, 2, tzinfo=UTC))
    desk.decide("rejected", number, Verdict.EDIT, new=("By which procedure is it done?", before["answer"]))
    place.build({"cause": 1})
    (restored,) = [row for row in place.rows() if row["review"]]
    assert (restored["question"], restored["kind"], restored["difficulty"]) == (
        "By which procedure is it done?", "method", "hard",
    )  # fmt: skip


def test_a_chunk_gives_no_more_of_a_kind_than_was_asked_for(place):
    place.server._reply = lambda request, nth: by_kind(request, nth, most=9)
    place.build({"method": 1}, judge={"mode": "off"})
    by_chunk = Counter(row["chunk"]["index"] for row in place.rows())
    assert set(by_chunk.values()) == {1}
    over = [row for row in place.rows("rejected") if row["reason"] == "over_quota"]
    assert {(row["question_kind"], row["difficulty"]) for row in over} == {("method", None)}


def test_a_chunk_without_anything_of_a_kind_is_asked_once_and_listed(place):
    place.server._reply = lambda request, nth: (
        Reply("NONE") if kind_of(request) == "open" else by_kind(request, nth)
    )
    report, requests = place.build({"open": 2, "cause": 2})
    assert kinds_asked(requests)["open"] == report.chunks
    assert report.rejections["completion"]["nothing_to_ask"] >= report.chunks


def test_a_call_without_an_answer_leaves_the_other_kinds_alone(place):
    place.server._reply = lambda request, nth: (
        Reply(status=400) if kind_of(request) == "cause" else by_kind(request, nth)
    )
    report, _ = place.build({"cause": 2, "quantitative": 2}, ask={"retries": 0})
    assert {row["kind"] for row in place.rows()} == {"quantitative"}
    assert {one.file for one in report.unanswered} == {"peatland.pdf"}
    place.server._reply = by_kind
    _, requests = place.build({"cause": 2, "quantitative": 2})
    assert kinds_asked(requests).keys() == {"cause", "judge"}


def test_a_judge_turns_down_what_it_finds_of_another_kind(place):
    def strict(request, nth):
        reply = by_kind(request, nth)
        content = request["messages"][-1]["content"]
        if content.startswith(JUDGES) and "one kind, method" in content:
            marked = json.loads(reply.text)
            return Reply(json.dumps({"labels": [{**one, "relevance": 1} for one in marked["labels"]]}))
        return reply

    place.server._reply = strict
    place.build({"method": 2, "cause": 2})
    assert {row["kind"] for row in place.rows()} == {"cause"}
    assert "judged_irrelevant" in {row["reason"] for row in place.rows("rejected")}


def test_quotas_ask_nothing_again_and_keep_each_kinds_share(place):
    place.build({"cause": 3, "quantitative": 3})
    all_rows = place.rows()
    report, requests = place.build({"cause": 3, "quantitative": 3}, select={"per_paper": 4})
    assert (requests, report.records) == ([], 4)
    assert Counter(row["kind"] for row in place.rows()) == {"cause": 2, "quantitative": 2}
    assert {row["id"] for row in place.rows()} < {row["id"] for row in all_rows}
    report, requests = place.build({"cause": 3, "quantitative": 3}, select={"max_records": 3})
    assert (requests, report.records) == ([], 3)


EXAMPLE = {
    "question": "Why does the sky of the example turn green?",
    "answer": "Since its copper burns at the top.",
}


def test_examples_are_shown_and_never_published(place, tmp_path):
    file = tmp_path / "examples.jsonl"
    file.write_text(
        json.dumps(EXAMPLE)
        + "\n"
        + json.dumps({**EXAMPLE, "question": "Why green in results?", "section": "results"})
    )

    def echoing(request, nth):
        reply = by_kind(request, nth)
        if "examples of good pairs" in request["messages"][-1]["content"]:
            return Reply((reply.text or "") + pair("Why is that so, at the copper plate?", EXAMPLE["answer"]))
        return reply

    place.server._reply = echoing
    _, requests = place.build(ask={"examples": str(file)})
    shown = Counter(
        ("in results" in one, "sky of the example" in one)
        for one in (request["messages"][-1]["content"] for request in requests)
        if "Excerpt:" in one
    )
    assert shown.keys() == {(True, False), (False, True)}
    echoes = [row for row in place.rows("rejected") if row["answer"] == EXAMPLE["answer"]]
    assert {row["reason"] for row in echoes} == {"echo"}
    assert not {row["answer"] for row in place.rows()} & {EXAMPLE["answer"]}
    made = json.loads((place.root / "d/manifest.json").read_text("utf-8"))
    assert made["settings"]["ask"]["examples"] == "examples.jsonl"
    assert len(made["made"]["examples_sha256"]) == 64
    assert place.build(ask={"examples": str(file)})[1] == []
    file.write_text(json.dumps({**EXAMPLE, "question": "Another one, why?"}))
    assert place.build(ask={"examples": str(file)})[1]


def test_columns_and_config_load_by_datasets_alone(place, tmp_path):
    def asks(request, nth):
        if kind_of(request) == "unanswerable" and "Peat cores" in chunk_of(request):
            return Reply(pair("What was the magnetic susceptibility of the peat cores?", "Not stated."))
        return Reply("NONE") if kind_of(request) == "unanswerable" else by_kind(request, nth)

    place.server._reply = asks
    report, _ = place.build({"cause": 2, "unanswerable": 2}, judge={"mode": "off"})
    nothing, loaded = (
        load_dataset(str(place.root / "d"), config, cache_dir=str(tmp_path / "cache"))["train"]
        for config in ("unanswerable", "default")
    )
    assert [(row["question"], row["answer"], row["kind"]) for row in nothing] == [
        ("What was the magnetic susceptibility of the peat cores?", "Not stated.", "unanswerable")
    ]
    assert set(loaded["kind"]) == {"cause"}
    assert report.records == len(loaded)
    told = summary(report)
    assert (
        f"records     {len(loaded)} of {len(loaded) + 1 + sum(report.rejections['pair'].values())} pairs"
        in told
    )
    assert "no answer   1 question that a paper does not answer: train 1" in told
    assert "without an answer" in report._repr_html_()
    card = (place.root / "d/README.md").read_text("utf-8")
    assert 'load_dataset("DIR", "unanswerable")' in card


def test_kinds_quotas_and_examples_are_keywords(place, tmp_path):
    (tmp_path / "examples.jsonl").write_text(json.dumps(EXAMPLE))
    loaded = builder.load(
        place.root / "papers",
        work=place.root / "work",
        model="r1",
        base_url=place.server.base_url,
        kinds={"cause": 2, "method": {"easy": 1}},
        examples=tmp_path / "examples.jsonl",
        records=3,
        judge="off",
        cache_dir=str(tmp_path / "cache"),
    )["train"]
    assert Counter(zip(loaded["kind"], loaded["difficulty"], strict=True)) == {
        ("cause", None): 2,
        ("method", "easy"): 1,
    }
    assert kinds_asked(place.server.requests).keys() <= {"cause", "method", None}
    shown = [one["messages"][-1]["content"] for one in place.server.requests if kind_of(one)]
    assert all("sky of the example" in one for one in shown)


def test_trainers_configs_hold_the_kinds_and_no_question_without_an_answer(place):
    answers = {}

    def asks(request, nth):
        content = request["messages"][-1]["content"]
        if content.startswith("Work out the answer"):
            question = re.search(r"^=== \w+ question\n(.*)\n=== \w+ end", content, re.MULTILINE)[1]
            return Reply(answers[question], reasoning="It is said so.")
        if kind_of(request) == "unanswerable":
            asked = pair("What was the magnetic susceptibility of the peat cores?", "Not stated.")
            return Reply(asked if "Peat cores" in chunk_of(request) else "NONE")
        reply = by_kind(request, nth)
        answers.update(re.findall(r"###QUESTION: (.*)\n###ANSWER: (.*)\n", reply.text or ""))
        return reply

    place.server._reply = asks
    kinds = {"cause": 2, "unanswerable": 1}
    more = {"dataset": {"plots": False, "configs": ["default", "sft", "reasoning", "kto", "rejected"]}}
    place.build(kinds)
    plan = place.plan(kinds, **more)
    _, requests = place.build(kinds, **more)
    assert {label.partition("@")[0]: counts["to_make"] for label, counts in plan.by_prompt.items()} == {
        "sections": 0,
        "deep-qa+cause": 0,
        "deep-qa+unanswerable": 0,
        "judge": 0,
        "round-trip": 0,
        "reasoning": len(requests),
    }
    records = {row["id"] for row in place.rows()}
    (nothing,) = place.rows("unanswerable")
    assert {row["kind"] for row in place.rows()} == {"cause"}
    assert (
        records == {row["id"] for row in place.rows("sft")} == {row["id"] for row in place.rows("reasoning")}
    )
    assert nothing["id"] not in {row["id"] for config in ("sft", "kto") for row in place.rows(config)}
    assert place.plan(kinds, **more).calls["to_make"] == 0
