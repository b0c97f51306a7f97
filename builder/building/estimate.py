"""What calls will cost, judged by the runs that a workspace has seen."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from typing import Any

from qagen.errors import WorkspaceError
from qagen.records import Completion
from qagen.workspace import Workspace, read_file

JUDGE_LABELS = ("judge@", "round-trip@")
"""What the labels of a judge's prompts begin with."""
TRACE_LABEL = "reasoning@"
"""What the label of the prompt begins with that asks for traces."""
_RUNS = 20
"""So many of the latest runs are looked at."""
_CHARACTERS_PER_TOKEN = 4
"""Of English text, about; used only where no server has counted yet."""
_VERDICT_TOKENS = 80
"""Of a judge's verdict on one pair, in the form that it is asked for; its thoughts come on top."""


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

    def __add__(self, other: "Estimate") -> "Estimate":
        """Both together; what is not known of one of them is not known."""
        numbers = (
            None if mine is None or theirs is None else mine + theirs
            for mine, theirs in (
                (self.calls, other.calls),
                (self.prompt_tokens, other.prompt_tokens),
                (self.completion_tokens, other.completion_tokens),
                (self.hours, other.hours),
            )
        )
        calls, prompts, completions, hours = numbers
        return Estimate(
            None if calls is None else int(calls),
            None if prompts is None else int(prompts),
            None if completions is None else int(completions),
            None if hours is None else round(hours, 4),
            self.basis,
        )


@dataclass(slots=True)
class _Spent:
    """What calls of one kind came to."""

    calls: int = 0
    seconds: float = 0.0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def add(self, other: "_Spent") -> None:
        for part in fields(self):
            setattr(self, part.name, getattr(self, part.name) + getattr(other, part.name))

    @property
    def each(self) -> tuple[float, float, float]:
        """Prompt tokens, completion tokens and seconds of one call."""
        return self.prompt_tokens / self.calls, self.completion_tokens / self.calls, self.seconds / self.calls


@dataclass(slots=True)
class _Speeds:
    """What runs came to: calls for pairs, those of the judge, those for traces."""

    runs: int = 0
    chunks: int = 0
    attempts: int = 0
    pairs: _Spent = field(default_factory=_Spent)
    judge: _Spent = field(default_factory=_Spent)
    traces: _Spent = field(default_factory=_Spent)

    def add(self, other: "_Speeds") -> None:
        self.runs += other.runs
        self.chunks += other.chunks
        self.attempts += other.attempts
        for mine, theirs in zip(self.parts, other.parts, strict=True):
            mine.add(theirs)

    @property
    def parts(self) -> tuple[_Spent, ...]:
        return self.pairs, self.judge, self.traces


@dataclass(frozen=True, slots=True)
class AnswersKept:
    """The answers in the ledger that a build would use, as far as the server counted their tokens."""

    answers: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    @classmethod
    def of(cls, completions: Iterable[Completion]) -> "AnswersKept":
        """What some come to."""
        counted = [
            cls(1, one.prompt_tokens, one.completion_tokens)
            for one in completions
            if one.prompt_tokens is not None and one.completion_tokens is not None
        ]
        return sum(counted, cls())

    def __add__(self, more: "AnswersKept") -> "AnswersKept":
        return AnswersKept(
            self.answers + more.answers,
            self.prompt_tokens + more.prompt_tokens,
            self.completion_tokens + more.completion_tokens,
        )


def estimate(
    workspace: Workspace, model: str, calls: int | None, characters: int, kept: AnswersKept
) -> Estimate:
    """Judge what calls for pairs will cost.

    Args:
        workspace: its runs with the same model are the basis.
        model: as declared.
        calls: first calls of chunks; None where their number is not known.
        characters: of the prompts of those of them that are known.
        kept: what is known of a model whose runs left no report, for instance since they were killed.
    """
    seen = _seen(workspace, model)
    made = seen.pairs
    if not made.calls and kept.answers:
        return _of_answers(model, calls, kept)
    if not made.calls:
        tokens = characters // _CHARACTERS_PER_TOKEN if calls is not None else None
        basis = (
            f"no run of {model} yet in this workspace; prompt tokens as characters / {_CHARACTERS_PER_TOKEN}"
        )
        return Estimate(calls, tokens, None, None, basis)
    per_chunk = seen.attempts / seen.chunks if seen.chunks else 1.0
    expected = None if calls is None else round(calls * per_chunk)
    each = made.each
    basis = (
        f"{made.calls} calls in {seen.runs} run{'' if seen.runs == 1 else 's'} of {model}: {per_chunk:.2f} calls per chunk, "
        f"{each[0]:.0f} prompt and {each[1]:.0f} completion tokens per call, {each[2]:.2f} s per call as many at a time as there were"
    )
    return _times(expected, each, basis)


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast a model was: seconds a completion token, with as many calls at a time as there were; and in how many runs."""

    runs: int
    seconds_per_token: float


def speed_of(workspace: Workspace, model: str) -> Speed | None:
    """How fast a model was in the runs that a workspace has seen; None where none of them counted tokens."""
    seen = _seen(workspace, model)
    tokens = sum(part.completion_tokens for part in seen.parts)
    return Speed(seen.runs, sum(part.seconds for part in seen.parts) / tokens) if tokens else None


def estimate_judge(
    workspace: Workspace, model: str, calls: int | None, characters: int, pairs: int
) -> Estimate:
    """Judge what a judge's calls will cost.

    Args:
        workspace: its runs with the same model are the basis.
        model: that makes the pairs.
        calls: of the judge; None where their number is not known.
        characters: of one of its prompts, about.
        pairs: in one of its calls, at most.
    """
    seen = _seen(workspace, model)
    if seen.judge.calls:
        return _by_own(seen.judge, calls, "of the judge")
    each = (characters / _CHARACTERS_PER_TOKEN, float(pairs * _VERDICT_TOKENS))
    basis = f"no call of a judge yet in this workspace; {pairs} pairs in a call, {_VERDICT_TOKENS} tokens each, without thoughts"
    if calls is None:
        return Estimate(None, None, None, None, basis)
    made = seen.pairs
    rate = made.seconds / made.completion_tokens if made.completion_tokens else None
    hours = None if rate is None else round(calls * each[1] * rate / 3600, 4)
    return Estimate(calls, round(calls * each[0]), round(calls * each[1]), hours, basis)


def estimate_traces(workspace: Workspace, model: str, calls: int | None, characters: int) -> Estimate:
    """Judge what asking for traces will cost.

    Args:
        workspace: its runs with the same model are the basis.
        model: that makes the pairs, and the traces.
        calls: one for each pair; None where their number is not known.
        characters: of one of the prompts, about.
    """
    seen = _seen(workspace, model)
    if seen.traces.calls:
        return _by_own(seen.traces, calls, "for traces")
    prompt = characters / _CHARACTERS_PER_TOKEN
    if seen.pairs.calls:
        _, completion, seconds = seen.pairs.each
        basis = "no call for a trace yet in this workspace; as long as a call for pairs, which it is at most"
        return _times(calls, (prompt, completion, seconds), basis)
    basis = (
        f"no call for a trace yet in this workspace; prompt tokens as characters / {_CHARACTERS_PER_TOKEN}"
    )
    return Estimate(calls, None if calls is None else round(calls * prompt), None, None, basis)


def _by_own(spent: _Spent, calls: int | None, of: str) -> Estimate:
    each = spent.each
    basis = (
        f"{spent.calls} calls {of}: {each[0]:.0f} prompt and {each[1]:.0f} completion tokens per call, {each[2]:.2f} s "
        "per call, by its share of the completion tokens"
    )
    return _times(calls, each, basis)


def _times(calls: int | None, each: tuple[float, float, float], basis: str) -> Estimate:
    """So many calls, of which each takes prompt tokens, completion tokens and seconds."""
    if calls is None:
        return Estimate(None, None, None, None, basis)
    return Estimate(
        calls, round(calls * each[0]), round(calls * each[1]), round(calls * each[2] / 3600, 4), basis
    )


def _of_answers(model: str, calls: int | None, kept: AnswersKept) -> Estimate:
    each = (kept.prompt_tokens / kept.answers, kept.completion_tokens / kept.answers)
    basis = (
        f"{kept.answers} answers of {model} in the ledger: {each[0]:.0f} prompt and {each[1]:.0f} completion tokens each; no run of it "
        "has ended here, so its speed is not known"
    )
    tokens = [None if calls is None else round(calls * one) for one in each]
    return Estimate(calls, tokens[0], tokens[1], None, basis)


def _seen(workspace: Workspace, model: str) -> _Speeds:
    seen = _Speeds()
    for run in _runs(workspace, model):
        seen.add(run)
    return seen


def _runs(workspace: Workspace, model: str) -> Iterator[_Speeds]:
    """What the latest runs of a model that made calls came to; a report that cannot be read says nothing."""
    found = 0
    for path in sorted(workspace.runs.glob("*.json"), reverse=True):
        try:
            run = _speeds(json.loads(read_file(path) or b""), model)
        except (
            WorkspaceError,
            ValueError,
            LookupError,
            TypeError,
            AttributeError,
            ArithmeticError,
            RecursionError,
        ):
            continue
        if sum(part.calls for part in run.parts) > 0 and sum(part.seconds for part in run.parts) > 0:
            yield run
            found += 1
        if found == _RUNS:
            return


def _speeds(run: Any, model: str) -> _Speeds:
    """A run's report; nothing where it is of another model."""
    if run["model"] != model:
        return _Speeds()
    attempts = run["attempts"]
    total = _spent([run["calls"]])
    total.seconds = float(run["seconds"])
    by_prompt = run.get("by_prompt", {}).items()
    judge = _share([spent for label, spent in by_prompt if label.startswith(JUDGE_LABELS)], total)
    traces = _share([spent for label, spent in by_prompt if label.startswith(TRACE_LABEL)], total)
    pairs = _Spent(
        total.calls - judge.calls - traces.calls,
        total.seconds - judge.seconds - traces.seconds,
        total.prompt_tokens - judge.prompt_tokens - traces.prompt_tokens,
        total.completion_tokens - judge.completion_tokens - traces.completion_tokens,
    )
    return _Speeds(
        1,
        sum(int(chunks) for chunks in attempts.values()),
        sum(int(chunks) * int(count) for count, chunks in attempts.items()),
        pairs,
        judge,
        traces,
    )


def _spent(told: Iterable[Any]) -> _Spent:
    told = list(told)
    made, prompts, completions = (
        sum(int(spent[key]) for spent in told) for key in ("made", "prompt_tokens", "completion_tokens")
    )
    return _Spent(made, 0.0, prompts, completions)


def _share(told: Iterable[Any], total: _Spent) -> _Spent:
    """Calls of one kind, with their share of a run's time: that of the completion tokens, as far as they are counted."""
    spent = _spent(told)
    tokens = total.completion_tokens
    share = spent.completion_tokens / tokens if tokens else spent.calls / max(total.calls, 1)
    spent.seconds = total.seconds * share
    return spent
