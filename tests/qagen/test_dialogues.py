"""Judges and the choice of sections through run, ledger and replay, over an engine that is a function."""

import asyncio
import json
import re
from dataclasses import replace

import pytest

from qagen.asking.dialogue import replay_dialogue
from qagen.asking.dialogues import body_chunks, chunk_dialogue, whole_paper
from qagen.asking.main_body import Body
from qagen.asking.recipe import Recipe
from qagen.checks import IndexedSource, check_pair
from qagen.errors import NoAnswer
from qagen.ledger.ledger import Ledger
from qagen.pipeline.opened import kept_body
from qagen.pipeline.replay import paper_results
from qagen.pipeline.run import Run
from qagen.pipeline.stats import Counted
from qagen.prompts import load_prompt
from qagen.records import Completion, Paper, Record
from qagen.settings import Settings
from qagen.workspace import Workspace
from tests.documents import document
from tests.qagen.test_run import Watching

GOOD = {"relevance": 5, "context_independence": 5, "completeness": 5, "accuracy": 5, "reasonableness": 5}
PAIRS = [
    (
        "Why does warm brine thin the ice of the lagoon from below?",
        "Warm brine thins the ice of the lagoon from below because salt lowers its freezing point.",
    ),
    (
        "How does snow on the lagoon keep its ice thin in winter?",
        "Snow insulates the ice of the lagoon, so it stays thin as it is kept from cold air.",
    ),
]
BODY = (
    "Warm brine thins the ice of the lagoon from below because salt lowers its freezing point. Snow on the lagoon keeps its ice "
    "thin since it insulates it from the cold air of the winter."
)


class Model:
    """Makes the pairs, chooses sections and judges as told; counts what it was asked for."""

    limit = 4

    def __init__(self, marks=(), again=None, headings="Results"):
        self.marks = dict(marks)
        self.again = again
        self.headings = headings
        self.asked = []
        self.shown = []
        self.requests = []

    def mark_persisted(self):
        pass

    async def idle(self):
        """Always."""

    async def ask(self, request, *, held=False):
        text = request.messages[-1].content
        head = text.partition("\n")[0]
        if head.startswith("You are given the headings"):
            self.asked.append("sections")
            answer = self.headings
        elif head.startswith("You examine"):
            self.asked.append("judge")
            self.requests.append(request)
            answer = self._labels(text)
        elif head.startswith("Answer a question"):
            self.asked.append("round-trip")
            answer = self.again or next(a for q, a in PAIRS if q in text)
        else:
            self.asked.append("pairs")
            answer = "".join(f"###QUESTION: {q}\n###ANSWER: {a}\n------\n" for q, a in PAIRS)
        if isinstance(answer, Exception):
            raise answer
        return Completion(answer, finish_reason="stop", prompt_tokens=10, completion_tokens=5)

    def _labels(self, text):
        self.shown.append(len(re.findall(r"^=== \w+ pair ", text, re.MULTILINE)))
        shown = re.findall(r"^=== \w+ pair (\w+)\nQuestion: (.*)$", text, re.MULTILINE)
        told = [
            self.marks.get(next(n for n, (q, _) in enumerate(PAIRS) if q == asked), GOOD)
            for _, asked in shown
        ]
        if any(isinstance(one, Exception | str) for one in told):
            return next(one for one in told if isinstance(one, Exception | str))
        return json.dumps(
            {"labels": [{"id": name, **one} for (name, _), one in zip(shown, told, strict=True)]}
        )


class Place:
    def __init__(self, folder):
        self.workspace = Workspace(folder)
        self.papers = [Paper("a" * 64, folder / "a.pdf", "a.pdf")]

    def convert(self, paper, folder):
        made = replace(
            document(
                ("#", "Ice"),
                ("##", "Results"),
                ("Text", BODY),
                ("##", "Funding"),
                ("Text", f"Aid came from Zeeland. {BODY}"),
            ),
            paper_sha256=paper.sha256,
        )
        from qagen.convert.store import Conversion, save

        save(folder, Conversion(made))
        return made

    def build(self, model, recipe):
        run = Run(self.workspace, recipe, self, Watching())
        asyncio.run(run.fill(self.papers, model))
        return self.offline(recipe, run.stats)

    def offline(self, recipe, filled=None):
        counted = Counted(paper_results(self.papers[0], self.workspace, recipe, {}))
        results = list(counted)
        return results, counted.counts, filled


def recipe(*, sections="rules", model=None, **judges):
    settings = Settings.model_validate(
        {
            "ask": {"pairs": 2, "attempts": 2},
            "chunk": {"min_chars": 50, "sections": sections},
            "judge": {"mode": "all", **judges} if judges else {"mode": "off"},
        }
    )
    wanted = settings.judge
    judging = wanted.mode != "off"
    return Recipe(
        settings,
        "server",
        "r1",
        load_prompt("deep-qa"),
        sections=load_prompt("sections", "sections") if sections != "rules" else None,
        judge=load_prompt("judge", "judge") if judging and wanted.labels else None,
        round_trip=load_prompt("round-trip", "round-trip") if judging and wanted.round_trip else None,
        judge_model=model,
    )


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path / "w")


def outcomes(results):
    return [(str(one.reason) if not isinstance(one, Record) else "record") for one in results]


def support(number):
    question, answer = PAIRS[number]
    from qagen.records import Pair

    return check_pair(Pair(question, answer), IndexedSource(BODY), Settings().checks).support


class Namer(Model):
    """Names a place in its one question."""

    def __init__(self, named):
        super().__init__()
        self.named = named

    async def ask(self, request, *, held=False):
        question = PAIRS[0][0].replace("the lagoon", f"the lagoon of {self.named}")
        return Completion(
            f"###QUESTION: {question}\n###ANSWER: {PAIRS[0][1]}\n------\n", finish_reason="stop"
        )


@pytest.mark.parametrize(("named", "outcome"), [("Zeeland", "record"), ("Patagonia", "unknown_premise")])
def test_what_a_question_takes_for_granted_may_stand_outside_its_chunk(place, named, outcome):
    results, _, _ = place.build(Namer(named), recipe())
    assert set(outcomes(results)) - {"duplicate"} == {outcome}


def test_labels_let_pass_or_turn_down_stand_in_the_record_and_cost_nothing_the_second_time(place):
    model = Model({1: {**GOOD, "accuracy": 2, "completeness": 1}})
    results, tally, _ = place.build(model, recipe(labels=True))
    assert outcomes(results) == ["record", "judged_inaccurate"]
    checks = results[0].checks
    assert (checks.judge_accuracy, checks.judge_relevance, checks.round_trip) == (1.0, 1.0, None)
    assert results[1].detail == "the judge's accuracy is 0.25, below 0.75; also judged_incomplete"
    assert (tally.judged, tally.prompt_tokens) == ({"passed": 1, "turned_down": 1}, 20)
    assert (tally.faults, tally.edits) == ({"judged_inaccurate": 1, "judged_incomplete": 1}, {})
    assert (model.asked, model.shown) == (["pairs", "judge"], [2])
    again = Model()
    assert place.build(again, recipe(labels=True))[0] == results
    assert place.offline(recipe(labels=True))[0] == results
    assert again.asked == []


def test_a_judge_s_threshold_asks_nothing_and_a_wider_band_judges_the_chunk_anew(place):
    low, high = sorted([support(0), support(1)])
    assert low < high
    narrow, wide = [0.0, high], [0.0, 1.0] if high < 1.0 else [0.0, high]
    first = Model()
    place.build(first, recipe(mode="grey", band=narrow))
    assert (first.asked, first.shown) == (["pairs", "judge"], [1])
    second = Model()
    results, *_ = place.build(second, recipe(mode="grey", band=narrow, min_relevance=1.0))
    assert (second.asked, outcomes(results)) == ([], ["record", "record"])
    third = Model()
    place.build(third, recipe(mode="all", band=wide))
    assert (third.asked, third.shown) == (["judge"], [2])


def test_in_a_call_of_its_own_a_pair_is_not_judged_anew_because_of_a_neighbour(place):
    narrow = {"mode": "grey", "band": [0.0, max(support(0), support(1))]}
    place.build(Model(), recipe(**narrow, batch=1))
    apart = Model()
    place.build(apart, recipe(mode="all", batch=1))
    assert (apart.asked, apart.shown) == (["judge"], [1])


@pytest.mark.parametrize(("unjudged", "outcome"), [("reject", "unjudged"), ("keep", "record")])
def test_a_judge_that_says_nothing_usable_is_asked_again_and_then_the_pair_is_unjudged(
    place, unjudged, outcome
):
    model = Model({1: {**GOOD, "accuracy": 9}})
    results, tally, _ = place.build(model, recipe(unjudged=unjudged))
    assert (model.asked, model.shown) == (["pairs", "judge", "judge"], [2, 1])
    assert outcomes(results) == ["record", outcome]
    assert tally.judged == {"passed": 1, "unjudged": 1}
    assert tally.unreadable == {"its accuracy is '9', no whole number from 1 to 5": 1}
    first, second = model.requests
    assert (first.response_format, second.response_format) == ("labels", "text")
    assert (len(first.label_ids), second.label_ids) == (2, ())
    assert "An earlier answer could not be used: its accuracy is '9'" in second.messages[-1].content
    if unjudged == "reject":
        said = "the judge gave no usable labels: its accuracy is '9', no whole number from 1 to 5"
        assert results[1].detail == said


def test_a_verdict_that_was_cut_off_is_asked_for_in_two_halves(place):
    model = Model()

    async def cut(request, *, held=False):
        answer = await Model.ask(model, request, held=held)
        return replace(answer, finish_reason="length") if model.shown == [2] else answer

    model.ask = cut
    results, *_ = place.build(model, recipe(labels=True))
    assert (outcomes(results), model.shown) == (["record", "record"], [2, 1, 1])


@pytest.mark.parametrize(
    ("accuracies", "outcome"), [((5, 5), "record"), ((5, 1), "judged_inaccurate"), ((5, 1, 5), "record")]
)
def test_votes_of_differently_seeded_calls_turn_a_pair_down_by_half_of_them(place, accuracies, outcome):
    model = Model()

    async def voting(request, *, held=False):
        if request.messages[-1].content.startswith("You examine"):
            model.marks[0] = {**GOOD, "accuracy": accuracies[len(model.requests)]}
        return await Model.ask(model, request, held=held)

    model.ask = voting
    results, *_ = place.build(model, recipe(votes=len(accuracies)))
    assert outcomes(results) == [outcome, "record"]
    assert len({request.seed for request in model.requests}) == len(accuracies) == len(model.shown)
    if outcome == "record":
        assert results[0].checks.judge_accuracy == pytest.approx(
            sum((a - 1) / 4 for a in accuracies) / len(accuracies), abs=1e-4
        )
    else:
        assert results[0].detail == "the judge's accuracy is 0, below 0.75 (so 1 of 2 votes)"


def test_a_judge_without_an_answer_lists_the_chunk_and_the_next_run_asks_that_alone(place):
    results, _, filled = place.build(Model({0: NoAnswer("gone")}), recipe(labels=True))
    assert outcomes(results) == ["unjudged", "unjudged", "no_answer"]
    assert filled.unanswered == {("a" * 64, (0,)): "gone"}
    second = Model()
    assert outcomes(place.build(second, recipe(labels=True))[0]) == ["record", "record"]
    assert second.asked == ["judge"]


def test_several_pairs_in_one_call_and_only_those_without_labels_are_asked_about_again(place):
    model = Model()
    assert outcomes(place.build(model, recipe(batch=1))[0]) == ["record", "record"]
    assert (model.asked, model.shown) == (["pairs", "judge", "judge"], [1, 1])


def test_the_round_trip_turns_down_what_the_chunk_does_not_answer(place):
    model = Model(again="NOT ANSWERED")
    results, *_ = place.build(model, recipe(labels=False, round_trip=True))
    assert outcomes(results) == ["unanswerable"] * 2
    assert model.asked == ["pairs", "round-trip", "round-trip"]


@pytest.mark.parametrize(("trusted", "outcome"), [(0.0, "record"), (1.0, "answered_differently")])
def test_another_answer_counts_only_against_one_that_the_chunk_hardly_supports(place, trusted, outcome):
    model = Model(again="Wind packs drifts on meadows.")
    assert min(support(0), support(1)) < 1.0
    results, *_ = place.build(model, recipe(labels=False, round_trip=True, trusted_support=trusted))
    place_of = 0 if support(0) < 1.0 else 1
    assert outcomes(results)[place_of] == outcome
    if outcome == "record":
        assert results[place_of].checks.round_trip < 0.5


def test_the_round_trip_keeps_what_is_answered_alike(place):
    other = Place(place.workspace.root.parent / "other")
    kept, *_ = other.build(Model(), recipe(labels=True, round_trip=True))
    assert [one.checks.round_trip for one in kept] == [1.0, 1.0]


def test_what_the_judge_turns_down_is_not_asked_for_a_round_trip(place):
    model = Model({0: {**GOOD, "accuracy": 1}})
    place.build(model, recipe(labels=True, round_trip=True))
    assert model.asked == ["pairs", "judge", "round-trip"]


def test_another_model_may_judge(place):
    place.build(Model(), recipe(labels=True, model="other"))
    models = [entry.request.model for entry in Ledger(place.workspace.calls("a" * 64)).entries()]
    assert models == ["r1", "other"]


def test_the_model_chooses_the_sections_once(place):
    model = Model(headings="## Results.\n## Funding")
    results, tally, _ = place.build(model, recipe(sections="auto"))
    assert model.asked == ["sections", "pairs", "pairs"]
    assert {one.section.path for one in results if isinstance(one, Record)} == {("Results",), ("Funding",)}
    assert (tally.sections, tally.section_faults) == ({"model": 1}, {})
    second = Model()
    assert place.build(second, recipe(sections="auto"))[0] == results
    assert second.asked == []


def test_an_impossible_choice_is_asked_for_again_and_then_left_to_the_rules_with_a_note(place):
    model = Model(headings="Methods\nOutlook")
    _, tally, _ = place.build(model, recipe(sections="auto"))
    assert model.asked == ["sections", "sections", "pairs"]
    assert tally.sections == {"rules": 1}
    assert tally.section_faults == {
        "a.pdf": "2 of the 2 lines of the model's answer are no headings of the paper"
    }


def test_without_an_answer_the_rules_stand_in_and_the_next_run_asks_again(place):
    _, tally, filled = place.build(Model(headings=NoAnswer("gone")), recipe(sections="auto"))
    assert (tally.sections, filled.unanswered) == ({"unanswered": 1}, {})
    second = Model()
    _, tally, _ = place.build(second, recipe(sections="auto"))
    assert (second.asked, tally.sections) == (["sections"], {"model": 1})


def test_a_plan_sees_every_question_that_is_known_to_be_open(place):
    asks = recipe(labels=True)
    place.build(Model(), recipe())
    ledger = Ledger(place.workspace.calls("a" * 64))
    made = place.convert(place.papers[0], place.workspace.root / "x")
    assert kept_body(place.papers[0], made, asks, place.workspace).value == Body()
    (chunk,) = body_chunks(made, Body(), asks)
    found = replay_dialogue(
        chunk_dialogue(place.papers[0], whole_paper(made), chunk, asks, verdicts=False), ledger.get
    )
    assert [question.prompt.partition("@")[0] for question in (*found.paid, *found.open)] == [
        "deep-qa",
        "judge",
    ]
    assert not found.value.answered
