"""A run: fills the workspace with the documents and answers that a build needs, as fast as the machine and server allow.

Papers are converted side by side while calls for the papers that are ready are under way: a window of calls that slides over
all papers, with no barrier between them. Only what is finished is kept, so a run may be killed at any moment.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Protocol, TypeVar

from qagen import convert
from qagen.asking.dialogue import Dialogue, PendingRequest
from qagen.asking.dialogues import (
    DialogueResult,
    body_chunks,
    chunk_dialogue,
    main_body_dialogue,
    whole_paper,
)
from qagen.asking.main_body import Body
from qagen.asking.recipe import ChunkKey, Recipe, is_asked
from qagen.checks.whole_paper import WholePaper
from qagen.errors import (
    ConversionError,
    EngineError,
    NoAnswer,
    PromptTruncated,
    QagenError,
    ServerUnreachable,
)
from qagen.ledger.ledger import Ledger
from qagen.ledger.models import ModelIdentity, ModelRegistry
from qagen.pipeline import listed_paper
from qagen.progress import Asking, Watch
from qagen.records import Chunk, Completion, Document, ListedPaper, Paper, PaperInfo, Request
from qagen.workspace import Workspace


class Engine(Protocol):
    """Whatever answers requests."""

    @property
    def limit(self) -> int:
        """How many calls may be under way now; it may change at any time."""

    async def idle(self) -> None:
        """Wait until a call could be sent at once, with none that waits for its turn."""

    async def ask(self, request: Request, *, held: bool = False) -> Completion:
        """The completion of a request; where it is held, it keeps its place among the calls until it is `written`.

        Raises:
            NoAnswer: for this call alone.
            EngineError: where no further call can succeed either.
        """

    def written(self) -> None:
        """An answer is on the disk, and another call may take its place."""


class Converter(Protocol):
    """Whatever converts papers; may be called from several threads."""

    def convert(self, paper: Paper, folder: Path) -> Document:
        """Convert one paper into a folder, or raise ConversionError."""


@dataclass
class Spent:
    """Answers got with one prompt, and their tokens as far as the server counts them."""

    made: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass
class RunStats:
    """What a run did.

    Attributes:
        converted: papers converted by this run.
        reused: papers that had been converted before.
        failures: paper sha256 -> why it could not be converted.
        calls_made: answers got from the engine.
        calls_reused: answers found in the ledger.
        choices: paper sha256 -> of the answers got, those that say which of its headings are main body.
        prompt_tokens: of the answers got, as far as the server counts them; so `completion_tokens`.
        by_prompt: the same by the prompt's label.
        unanswered: the paper's sha256 and the index of the chunk -> why there was no answer.
        truncated: those of them whose prompt the server cut -> what is to be done about it.
        papers: paper sha256 -> the paper as its records name it, also of those that could not be converted.
        model: that is asked; None where none is.
        warnings: a paper's file -> what the conversion warns of.
    """

    converted: int = 0
    reused: int = 0
    failures: dict[str, ConversionError] = field(default_factory=dict)
    calls_made: int = 0
    calls_reused: int = 0
    choices: dict[str, int] = field(default_factory=dict)
    prompt_tokens: int = 0
    completion_tokens: int = 0
    by_prompt: dict[str, Spent] = field(default_factory=dict)
    unanswered: dict[ChunkKey, str] = field(default_factory=dict)
    truncated: dict[ChunkKey, str] = field(default_factory=dict)
    papers: dict[str, PaperInfo] = field(default_factory=dict)
    model: str | None = None
    warnings: dict[str, tuple[str, ...]] = field(default_factory=dict)


_HOPELESS = 20
"""After so many chunks without an answer, and not one with, the run ends."""

_AHEAD = 64
"""Chunks that are made before their turn."""
_BEGUN = 2
"""Chunks that are begun, at most, for each call that there may be at a time."""
_READ = 2
"""Papers that are in memory, at most, where nothing is asked about their headings."""

_WRITERS = 4
"""Threads that write to ledgers: a disk takes 1 to 20 ms to flush an answer, and others are received meanwhile."""

_PaperWork = Callable[[Paper], Awaitable[object]]

T = TypeVar("T")


@dataclass(frozen=True)
class _Task:
    """What is asked about: a chunk, or where there is none the paper's headings."""

    paper: Paper
    ledger: Ledger
    writing: Lock
    """Held by the thread that appends to the ledger."""
    chunk: Chunk | None = None
    whole: WholePaper | None = None
    """What the paper says anywhere, where questions are asked for that it does not answer."""

    def keep(self, question: PendingRequest, completion: Completion) -> Completion:
        """Write an answer down, in whatever thread; gives back what counts."""
        with self.writing:
            return self.ledger.append(question.request, completion, prompt=question.prompt)


class Run:
    """One run over some papers; `run_stats` says at any moment what has been done so far."""

    def __init__(
        self,
        workspace: Workspace,
        recipe: Recipe,
        converter: Converter,
        watch: Watch,
        run_stats: RunStats,
        served: ModelRegistry | None = None,
    ) -> None:
        self.workspace = workspace
        self.recipe = recipe
        self.converter = converter
        self.watch = watch
        self.run_stats = run_stats
        self.served = served or ModelRegistry(workspace)
        self._writers = ThreadPoolExecutor(_WRITERS, "ledger")
        self._gone: str | None = None
        self._remarks = convert.remarks(recipe.settings.convert)
        self._cut = 0
        self._known = 0
        self._answered = 0
        self._verdicts: Counter[bool] = Counter()
        self._helped = 0
        self._judged: Counter[str] = Counter()
        self._judge_told = False

    async def convert_all(self, papers: Sequence[Paper]) -> None:
        """Convert what is not converted yet."""
        await self._share(papers, lambda paper: self._document(paper, len(papers)))

    async def fill(self, papers: Sequence[Paper], engine: Engine) -> None:
        """Convert what is not converted yet and ask what is not answered yet.

        Raises:
            ModelChanged: where another model answers than before; its answer is not kept.
            EngineError: where no call at all can succeed. A server that goes away after it has answered, or turns out to cut
                prompts, stops the asking only: the chunks left over are listed as unanswered.
        """
        tasks: asyncio.Queue[_Task | None] = asyncio.Queue(maxsize=_AHEAD)

        async def feed(paper: Paper, document: Document, body: Body) -> None:
            of_paper = self._tasks(paper, document, body)
            self._cut += 1
            self._known += len(of_paper)
            self._show(len(papers), engine)
            for task in of_paper:
                await tasks.put(task)

        async def produce() -> None:
            await self._open(papers, engine, feed)
            await tasks.put(None)

        async def answer(task: _Task) -> None:
            if await self._answer(task, engine):
                self._show(len(papers), engine)

        # A chunk is begun when a call about it could be sent at once, so that what is begun is ended first.
        with self._writers:
            await _all(
                produce(), self._begin(tasks, answer, lambda: _BEGUN * max(engine.limit, 1), engine.idle)
            )

    async def choose_bodies(self, papers: Sequence[Paper], engine: Engine) -> None:
        """Convert what is not converted yet, and ask for the main body of every paper; raises as `fill`."""

        async def leave(paper: Paper, document: Document, body: Body) -> None:
            """What was answered lies in the ledger."""

        await self._open(papers, engine, leave)

    async def _open(
        self,
        papers: Sequence[Paper],
        engine: Engine,
        opened: Callable[[Paper, Document, Body], Awaitable[None]],
    ) -> None:
        """Convert papers and have their main bodies chosen; converting waits for nothing of that.

        A document that is converted long before its turn is read again then, so that memory does not grow with the papers.
        """
        ready: asyncio.Queue[tuple[Paper, Document | None] | None] = asyncio.Queue()

        async def read(paper: Paper) -> None:
            document = await self._document(paper, len(papers))
            if document is not None:
                await ready.put((paper, document if ready.qsize() < _READ else None))

        async def read_all() -> None:
            await self._share(papers, read)
            await ready.put(None)

        async def choose(item: tuple[Paper, Document | None]) -> None:
            paper, document = item[0], item[1] or await self._document(item[0], len(papers))
            if document is None:
                return
            task = _Task(paper, Ledger(self.workspace.calls(paper.sha256)), Lock())
            body = await self._lead(main_body_dialogue(document, self.recipe), task, engine)
            await opened(paper, document, body)

        def most() -> int:
            """A paper whose headings are asked about is kept until the answer is there, so as many as there are calls."""
            return _READ if self.recipe.sections is None else max(engine.limit, _READ)

        await _all(read_all(), self._begin(ready, choose, most))

    async def _begin(
        self,
        items: "asyncio.Queue[T | None]",
        work: Callable[[T], Coroutine[object, object, None]],
        most: Callable[[], int],
        turn: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Work on items until None comes, on `most` at a time and on each in its `turn`."""
        under_way: set[asyncio.Task[None]] = set()
        async with asyncio.TaskGroup() as group:
            while (item := await items.get()) is not None:
                if turn is not None:
                    await turn()
                while len(under_way) >= most():  # most of them wait before another try
                    await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                working = group.create_task(work(item))
                under_way.add(working)
                working.add_done_callback(under_way.discard)
                await asyncio.sleep(0)  # lets it take its place

    async def _share(self, papers: Iterable[Paper], work: _PaperWork) -> None:
        left = iter(papers)

        async def worker() -> None:
            for paper in left:
                await work(paper)

        workers = self.recipe.settings.convert.workers or convert.cores()
        await _all(*(worker() for _ in range(workers)))

    async def _document(self, paper: Paper, total: int) -> Document | None:
        if paper.sha256 in self.run_stats.failures:
            return None
        folder = self.workspace.conversion(paper.sha256, convert.fingerprint(self.recipe.settings.convert))
        kept = await asyncio.to_thread(
            convert.load_conversion, folder, paper.sha256, self.recipe.settings.convert
        )
        reused = kept is not None
        if kept is None:
            kept = await self._convert(paper, folder)
        if paper.sha256 not in self.run_stats.papers or isinstance(kept, ConversionError):
            self._count(paper, kept, reused=reused)
            self.watch.converting(len(self.run_stats.papers), total)
        return kept if isinstance(kept, Document) else None

    def _count(self, paper: Paper, kept: Document | ConversionError, *, reused: bool) -> None:
        if isinstance(kept, ConversionError):
            self.run_stats.papers[paper.sha256] = ListedPaper(paper.sha256, None, paper.file)
            self.run_stats.failures[paper.sha256] = kept
            self.watch.note(f"{paper.file}: {kept}")
            return
        self.run_stats.papers[paper.sha256] = listed_paper(paper, kept, self.recipe.settings.convert)
        if kept.warnings:
            self.run_stats.warnings[paper.file] = kept.warnings
        if reused:
            self.run_stats.reused += 1
        else:
            self.run_stats.converted += 1

    async def _convert(self, paper: Paper, folder: Path) -> Document | ConversionError:
        remarks, self._remarks = self._remarks, []
        for remark in remarks:
            self.watch.note(remark)
        try:
            return await asyncio.to_thread(self.converter.convert, paper, folder)
        except ConversionError as error:
            return error

    def _tasks(self, paper: Paper, document: Document, body: Body) -> list[_Task]:
        ledger, writing = Ledger(self.workspace.calls(paper.sha256)), Lock()
        whole = whole_paper(document, self.recipe)
        return [
            _Task(paper, ledger, writing, chunk, whole)
            for chunk in body_chunks(document, body, self.recipe)
            if is_asked(chunk, paper, self.recipe)
        ]

    async def _answer(self, task: _Task, engine: Engine) -> bool:
        """Ask about a chunk until there is nothing more to ask; False where something had no answer."""
        assert task.chunk is not None
        dialogue = chunk_dialogue(task.paper, task.chunk, self.recipe, verdicts=False, whole=task.whole)
        outcome = await self._lead(dialogue, task, engine)
        self._look_at_judge(outcome)
        for pair in outcome.pairs:
            self._verdicts[pair.verdict.accepted and not pair.faults] += 1
        self._answered += outcome.answered
        return outcome.answered

    def _show(self, papers: int, engine: Engine) -> None:
        """Show how far the asking is; the chunks of papers that are not cut yet are guessed from those that are."""
        left = papers - len(self.run_stats.failures) - self._cut
        guessed = self._known + round(left * self._known / self._cut) if self._cut else 0
        judged = bool(self.recipe.judges)
        self.watch.asking(
            Asking(
                done=self._answered,
                known=self._known,
                expected=guessed,
                calls_at_a_time=engine.limit,
                tokens=self.run_stats.completion_tokens,
                accepted=self._verdicts[True] if judged else None,
                rejected=self._verdicts[False] if judged else None,
            )
        )

    def _look_at_judge(self, talked: DialogueResult) -> None:
        """Tell a person early that the judge's answers cannot be read: the build will be without a judge, and its calls are in vain."""
        self._judged.update("unreadable" if one.problem else one.outcome for one in talked.pairs)
        if self._judge_told or self._judged["passed"] + self._judged["turned_down"]:
            return
        if self._judged["unreadable"] >= _HOPELESS:
            self._judge_told = True
            problem = next((one.problem for one in talked.pairs if one.problem), "none can be read")
            self.watch.note(
                f"the judge gave no verdict that can be read on the first {_HOPELESS} pairs ({problem}); its calls are saved with "
                "--judge off, and another judge is named with `model` in [judge]; what was answered is kept either way"
            )

    async def _lead(self, dialogue: Dialogue[T], task: _Task, engine: Engine) -> T:
        """Lead a dialogue to its end, with what the ledger has and the engine gives."""
        try:
            question = next(dialogue)
            while True:
                completion = task.ledger.get(question.request.key)
                if completion is None:
                    completion = await self._call(task, question, engine)
                else:
                    self.served.check_kept(question.request.model, ModelIdentity.of(completion))
                    self._helped += task.chunk is not None
                    self.run_stats.calls_reused += 1
                question = dialogue.send(completion)
        except StopIteration as end:
            result: T = end.value
            return result

    async def _call(self, task: _Task, question: PendingRequest, engine: Engine) -> Completion | None:
        request = question.request
        try:
            if self._gone or (damage := task.ledger.damage(request.key)):
                raise NoAnswer(self._gone or damage)
            completion = await engine.ask(request, held=True)
        except NoAnswer as error:
            self._unanswered(task, error)
            return None
        except (ServerUnreachable, PromptTruncated) as error:
            if isinstance(error, PromptTruncated) and task.chunk is not None:
                self.run_stats.truncated[task.paper.sha256, task.chunk.index] = str(error)
            if not self.run_stats.calls_made + self.run_stats.calls_reused:
                raise
            if not self._gone:
                self._gone = str(error)
                self.watch.note(f"{error}; what was answered is kept, the next run goes on from there")
            self._unanswered(task, error)
            return None
        completion = self.served.checked(request.model, completion)
        kept = asyncio.wrap_future(self._writers.submit(task.keep, question, completion))
        kept.add_done_callback(lambda done: None if done.exception() else engine.written())
        self._helped += task.chunk is not None
        if task.chunk is None:
            self.run_stats.choices[task.paper.sha256] = self.run_stats.choices.get(task.paper.sha256, 0) + 1
        self.run_stats.calls_made += 1
        for spent in (self.run_stats, self.run_stats.by_prompt.setdefault(question.prompt, Spent())):
            spent.prompt_tokens += completion.prompt_tokens or 0
            spent.completion_tokens += completion.completion_tokens or 0
        self.run_stats.by_prompt[question.prompt].made += 1
        # Shielded: whatever ends the run, what was paid for is written down before the threads end.
        return await asyncio.shield(kept)

    def _unanswered(self, task: _Task, error: QagenError) -> None:
        """List a chunk without an answer, or say that the rules choose a paper's main body for now.

        Raises:
            EngineError: where many chunks in a row had none and no chunk ever had one: hours would not change that.
        """
        run_stats = self.run_stats
        if task.chunk is None:
            if not self._gone:
                self.watch.note(f"{task.paper.file}: the rules choose the main body for now: {error}")
            return
        run_stats.unanswered[task.paper.sha256, task.chunk.index] = str(error)
        if len(run_stats.unanswered) >= _HOPELESS and not self._helped:
            raise EngineError(f"none of the first {_HOPELESS} chunks got an answer; the last one: {error}")


async def _all(*work: Coroutine[object, object, None]) -> None:
    """Run all at once; the first error ends the others and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            for coroutine in work:
                group.create_task(coroutine)
    except BaseExceptionGroup as errors:
        error = errors.exceptions[0]
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        raise error from None
