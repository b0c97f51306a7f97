"""Anybody's pairs, judged by one's own model as a build judges its own: what `qagen check --judge` does.

    WORK/check/calls.jsonl    the ledger of the judge's answers, so that none is paid for twice

Neighbouring lines about one source are shown together. Groups are judged side by side, and come out in the order of the lines.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Protocol

from qagen.asking.dialogue import Dialogue, PendingRequest
from qagen.asking.judge import PairJudge
from qagen.asking.judged import Checked, JudgedPair, unjudged
from qagen.asking.recipe import Recipe
from qagen.errors import NoAnswer
from qagen.ledger.ledger import Ledger
from qagen.ledger.models import ModelIdentity, ModelRegistry
from qagen.records import Chunk, Completion, Request, Section
from qagen.workspace import Workspace

_AHEAD = 16
"""Groups that are begun, at most, for each call that there may be at a time: what is ready waits for its turn to be printed."""


class Asked(Protocol):
    """Whatever answers requests."""

    @property
    def limit(self) -> int:
        """How many calls may be under way now."""

    async def ask(self, request: Request, *, held: bool = False) -> Completion:
        """The completion of a request, or NoAnswer."""


@dataclass
class Calls:
    """What the judging came to."""

    made: int = 0
    reused: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    missing: int = 0
    """Questions without an answer."""
    outcomes: dict[str, int] = field(default_factory=dict)


class LineJudge:
    """Judges lines with a recipe's judge.

    Args:
        workspace: where the answers are kept.
        recipe: with a judge and a model.
        engine: that is asked; None for the answers of the ledger alone.
        everything: whether pairs that the checks turn down are judged too.
    """

    def __init__(
        self, workspace: Workspace, recipe: Recipe, engine: Asked | None, *, everything: bool = False
    ) -> None:
        self.calls = Calls()
        self._recipe = recipe
        self._engine = engine
        self._everything = everything
        self._ledger = Ledger(workspace.root / "check" / "calls.jsonl")
        self._served = ModelRegistry(workspace)
        self._writer = ThreadPoolExecutor(1, "ledger")

    async def lines(self, rows: Iterable[Checked]) -> AsyncIterator[tuple[Checked, JudgedPair]]:
        """The lines with what the judge says of them, in their order.

        Raises:
            EngineError: where no further call can succeed; what was answered is kept.
        """
        waiting: deque[asyncio.Task[list[tuple[Checked, JudgedPair]]]] = deque()
        try:
            for group in _grouped(rows, self._recipe.settings.judge.batch or self._recipe.settings.ask.pairs):
                waiting.append(asyncio.create_task(self._group(group)))
                await asyncio.sleep(0)
                while len(waiting) > _AHEAD * max(self._engine.limit if self._engine else 1, 1):
                    for line in await waiting.popleft():
                        yield line
            while waiting:
                for line in await waiting.popleft():
                    yield line
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
            self._writer.shutdown()

    async def _group(self, group: Sequence[Checked]) -> list[tuple[Checked, JudgedPair]]:
        text = group[0].source
        chunk = Chunk(0, 0, len(text), text, Section((), 0, len(text), 0, body=True), (1,))
        shown = [
            unjudged(replace(one.verdict, faults=()) if self._everything else one.verdict) for one in group
        ]
        dialogue = PairJudge(chunk, self._recipe).judge_pairs(shown)
        judged = await self._led(dialogue)
        for one in judged:
            if one.outcome:
                self.calls.outcomes[one.outcome] = self.calls.outcomes.get(one.outcome, 0) + 1
        return [(row, replace(one, verdict=row.verdict)) for row, one in zip(group, judged, strict=True)]

    async def _led(self, dialogue: Dialogue[tuple[JudgedPair, ...]]) -> tuple[JudgedPair, ...]:
        """Lead the judge's dialogue to its end."""
        try:
            question = next(dialogue)
            while True:
                question = dialogue.send(await self._answer(question))
        except StopIteration as end:
            judged: tuple[JudgedPair, ...] = end.value
            return judged

    async def _answer(self, question: PendingRequest) -> Completion | None:
        request = question.request
        kept = self._ledger.get(request.key)
        if kept is not None:
            self._served.check_kept(request.model, ModelIdentity.of(kept))
            self.calls.reused += 1
            return kept
        if self._engine is None:
            self.calls.missing += 1
            return None
        try:
            completion = self._served.check_answer(request.model, await self._engine.ask(request))
        except NoAnswer:
            self.calls.missing += 1
            return None
        self.calls.made += 1
        self.calls.prompt_tokens += completion.prompt_tokens or 0
        self.calls.completion_tokens += completion.completion_tokens or 0
        written = self._writer.submit(self._ledger.append, request, completion, prompt=question.prompt)
        return await asyncio.shield(asyncio.wrap_future(written))


def _grouped(rows: Iterable[Checked], size: int) -> Iterator[list[Checked]]:
    """Neighbouring lines about the same source, so many at most."""
    group: list[Checked] = []
    for row in rows:
        if group and (row.source != group[0].source or len(group) == size):
            yield group
            group = []
        group.append(row)
    if group:
        yield group
