import json

import pytest

from builder.building.estimate import AnswersKept, Estimate, estimate
from qagen.records import Completion
from qagen.workspace import Workspace


def ran(tmp_path, name, model="r1", made=10, seconds=20.0, **more):
    tokens = {"prompt_tokens": 1000, "completion_tokens": 3000}
    report = {
        "model": model,
        "calls": {"made": made, **tokens},
        "seconds": seconds,
        "attempts": {"1": 5, "2": 5},
    }
    (tmp_path / "runs").mkdir(exist_ok=True)
    (tmp_path / f"runs/{name}.json").write_text(json.dumps({**report, **more}))


def test_calls_tokens_and_hours_follow_from_the_runs_of_the_same_model(tmp_path):
    ran(tmp_path, "1")
    ran(tmp_path, "2")
    ran(tmp_path, "3", model="other", seconds=9e9)
    assert estimate(Workspace(tmp_path), "r1", 600, 4000, AnswersKept()) == Estimate(
        calls=900,
        prompt_tokens=90_000,
        completion_tokens=270_000,
        hours=0.5,
        basis="20 calls in 2 runs of r1: 1.50 calls per chunk, 100 prompt and 300 completion tokens per call, 2.00 s per call as "
        "many at a time as there were",
    )


def test_without_a_run_only_the_prompts_are_counted_and_it_says_so(tmp_path):
    found = estimate(Workspace(tmp_path), "r1", 600, 4000, AnswersKept())
    assert (found.calls, found.prompt_tokens, found.completion_tokens, found.hours) == (600, 1000, None, None)
    assert found.basis == "no run of r1 yet in this workspace; prompt tokens as characters / 4"


def test_where_no_run_has_ended_the_answers_that_it_left_are_the_basis_but_for_the_speed(tmp_path):
    kept = AnswersKept.of([Completion("a", prompt_tokens=100, completion_tokens=40), Completion("b")])
    kept += AnswersKept.of([Completion("c", prompt_tokens=300, completion_tokens=60)])
    assert estimate(Workspace(tmp_path), "r1", 10, 4000, kept) == Estimate(
        calls=10,
        prompt_tokens=2000,
        completion_tokens=500,
        hours=None,
        basis="2 answers of r1 in the ledger: 200 prompt and 50 completion tokens each; no run of it has ended here, so its speed "
        "is not known",
    )
    ran(tmp_path, "1", attempts={}, interrupted=True)
    assert estimate(Workspace(tmp_path), "r1", 10, 4000, kept).hours == round(20 / 3600, 4)


def test_before_papers_are_converted_nothing_is_claimed(tmp_path):
    ran(tmp_path, "1")
    assert estimate(Workspace(tmp_path), "r1", None, 0, AnswersKept()).calls is None
    assert estimate(Workspace(tmp_path / "empty"), "r1", None, 0, AnswersKept()).prompt_tokens is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "[" * 100_000,
        '{"model": "r1"}',
        '{"model": "r1", "calls": {"made": 0}, "seconds": 1}',
        '{"model": "r1", "calls": {"made": 5}, "seconds": 1}',
        '{"model": "r1", "calls": 5, "seconds": 1, "attempts": {}}',
        '{"model": "r1", "calls": {"made": Infinity, "prompt_tokens": 1, "completion_tokens": 1}, "seconds": 1, "attempts": {}}',
    ],
)
def test_a_run_without_calls_or_that_cannot_be_read_says_nothing(tmp_path, text):
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs/1.json").write_text(text)
    assert estimate(Workspace(tmp_path), "r1", 1, 40, AnswersKept()).hours is None
