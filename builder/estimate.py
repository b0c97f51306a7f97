"""What calls will cost, judged by the runs that a workspace has seen."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any

from qagen.records import Completion
from qagen.workspace import Workspace

_RUNS = 20
"""So many of the latest runs are looked at."""
_CHARACTERS_PER_TOKEN = 4
"""Of English text, about; used only where no server has counted yet."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the calls of a build will cost; None where nothing is known.

    Attributes:
        calls: expected, second chances and papers that are not converted yet counted in.
        prompt_tokens, completion_tokens: of all calls.
        hours: of asking.
        basis: what all that was judged by, for a person.
    """

    calls: int | None
    prompt_tokens: int | None
    completion_tokens: int | None
    hours: float | None
    basis: str


@dataclass(slots=True)
class _Speeds:
    runs: int = 0
    calls: int = 0
    seconds: float = 0.0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    chunks: int = 0
    attempts: int = 0

    def add(self, other: "_Speeds") -> None:
        for part in fields(self):
            setattr(self, part.name, getattr(self, part.name) + getattr(other, part.name))


@dataclass(slots=True)
class AnswersKept:
    """The answers in the ledger that a build would use, as far as the server counted their tokens."""

    answers: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def add(self, completions: Iterable[Completion]) -> None:
        """Count some."""
        for one in completions:
            if one.prompt_tokens is not None and one.completion_tokens is not None:
                self.answers += 1
                self.prompt_tokens += one.prompt_tokens
                self.completion_tokens += one.completion_tokens


def estimate(
    workspace: Workspace, model: str, calls: int | None, characters: int, kept: AnswersKept
) -> Estimate:
    """Judge what calls will cost.

    Args:
        workspace: its runs with the same model are the basis.
        model: as declared.
        calls: first calls of chunks; None where their number is not known.
        characters: of the prompts of those of them that are known.
        kept: what is known of a model whose runs left no report, for instance since they were killed.
    """
    seen = _Speeds()
    for run in _runs(workspace, model):
        seen.add(run)
    if not seen.calls and kept.answers:
        return _of_answers(model, calls, kept)
    if not seen.calls:
        tokens = characters // _CHARACTERS_PER_TOKEN if calls is not None else None
        basis = (
            f"no run of {model} yet in this workspace; prompt tokens as characters / {_CHARACTERS_PER_TOKEN}"
        )
        return Estimate(calls, tokens, None, None, basis)
    per_chunk = seen.attempts / seen.chunks if seen.chunks else 1.0
    expected = None if calls is None else round(calls * per_chunk)
    each = (seen.prompt_tokens / seen.calls, seen.completion_tokens / seen.calls, seen.seconds / seen.calls)
    basis = (
        f"{seen.calls} calls in {seen.runs} run{'' if seen.runs == 1 else 's'} of {model}: {per_chunk:.2f} calls per chunk, "
        f"{each[0]:.0f} prompt and {each[1]:.0f} completion tokens per call, {each[2]:.2f} s per call as many at a time as there were"
    )
    if expected is None:
        return Estimate(None, None, None, None, basis)
    return Estimate(
        expected,
        round(expected * each[0]),
        round(expected * each[1]),
        round(expected * each[2] / 3600, 4),
        basis,
    )


def _of_answers(model: str, calls: int | None, kept: AnswersKept) -> Estimate:
    each = (kept.prompt_tokens / kept.answers, kept.completion_tokens / kept.answers)
    basis = (
        f"{kept.answers} answers of {model} in the ledger: {each[0]:.0f} prompt and {each[1]:.0f} completion tokens each; no run of it "
        "has ended here, so its speed is not known"
    )
    tokens = [None if calls is None else round(calls * one) for one in each]
    return Estimate(calls, tokens[0], tokens[1], None, basis)


def _runs(workspace: Workspace, model: str) -> Iterator[_Speeds]:
    """What the latest runs of a model that made calls came to; a report that cannot be read says nothing."""
    found = 0
    for path in sorted(workspace.runs.glob("*.json"), reverse=True):
        try:
            run = _speeds(json.loads(path.read_text(encoding="utf-8")), model)
        except (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError):
            continue
        if run.calls > 0 and run.seconds > 0:
            yield run
            found += 1
        if found == _RUNS:
            return


def _speeds(run: Any, model: str) -> _Speeds:
    """A run's report; nothing where it is of another model."""
    if run["model"] != model:
        return _Speeds()
    calls, attempts = run["calls"], run["attempts"]
    return _Speeds(
        1,
        int(calls["made"]),
        float(run["seconds"]),
        int(calls["prompt_tokens"]),
        int(calls["completion_tokens"]),
        sum(int(chunks) for chunks in attempts.values()),
        sum(int(chunks) * int(count) for count, chunks in attempts.items()),
    )
