"""A run: fills the workspace with the documents and answers that a build needs, as fast as the machine and server allow.

Papers are converted side by side while calls for the papers that are ready are under way: a window of calls that slides over
all papers, with no barrier between them. Only what is finished is kept, so a run may be killed at any moment.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Protocol, TypeVar
from weakref import WeakValueDictionary

from qagen import convert
from qagen.asking.across import PapersCompared
from qagen.asking.dialogue import Dialogue, PendingRequest
from qagen.asking.dialogues import (
    DialogueResult,
    body_chunks,
    chunk_dialogue,
    fit_chunks,
    main_body_dialogue,
    place_groups,
    whole_paper,
)
from qagen.asking.main_body import Body
from qagen.asking.nearness import Embed
from qagen.asking.recipe import ChunkKey, ExcerptKey, Recipe, excerpt_key, is_asked
from qagen.checks.reading.whole_paper import WholePaper
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
from qagen.pipeline.across import Across, groups_by_paper, read_paper
from qagen.pipeline.opened import Library, listed_paper
from qagen.pipeline.stats import PromptCost, RunStats
from qagen.progress import Asking, Watch
from qagen.records import (
    Chunk,
    ChunkGroup,
    Completion,
    Document,
    Excerpt,
    ListedPaper,
    Paper,
    PaperInfo,
    Request,
)
from qagen.workspace import Workspace


class Engine(Protocol):
    """Whatever answers requests."""

    @property
    def limit(self) -> int:
        """How many calls may be under way now; it may change at any time."""

    async def idle(self) -> None:
        """Wait until a call could be sent at once, with none that waits for its turn."""

    async def ask(self, request: Request, *, held: bool = False) -> Completion:
        """The completion of a request; where it is held, it keeps its place among the calls until it is `mark_persisted`.

        Raises:
            NoAnswer: for this call alone.
            EngineError: where no further call can succeed either.
        """

    def mark_persisted(self) -> None:
        """An answer is on the disk, and another call may take its place."""


class Converter(Protocol):
    """Whatever converts papers; may be called from several threads."""

    def convert(self, paper: Paper, folder: Path) -> Document:
        """Convert one paper into a folder, or raise ConversionError."""


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


class _Nobody:
    """An engine where none can be asked."""

    limit = 1

    def __init__(self, gone: EngineError) -> None:
        self._gone = gone

    async def idle(self) -> None:
        """There is nothing to wait for."""

    async def ask(self, request: Request, *, held: bool = False) -> Completion:  # noqa: ARG002 -- as of any engine
        """Say why there is no answer."""
        raise NoAnswer(self._gone.message, self._gone.remedy)

    def mark_persisted(self) -> None:
        """No answer ever is."""


class _Book:
    """A paper's ledger, as all have it who ask about the paper now."""

    def __init__(self, path: Path) -> None:
        self.ledger = Ledger(path)
        self._writing = Lock()

    def keep(self, question: PendingRequest, completion: Completion) -> Completion:
        """Write an answer down, in whatever thread; gives back what counts."""
        with self._writing:
            return self.ledger.append(question.request, completion, prompt=question.prompt)


@dataclass(frozen=True)
class _Task:
    """What is asked about: a chunk, or several together, or where there is none the paper's headings.

    Attributes:
        paper: whose ledger has the answers.
        whole: the paper that the chunk is a part of, or the papers.
    """

    paper: Paper
    book: _Book
    chunk: Excerpt | None = None
    whole: WholePaper | None = None


class _Counts:
    """What a run has done so far; the run's own."""

    def __init__(self) -> None:
        self.converted = 0
        self.reused = 0
        self.failures: dict[str, ConversionError] = {}
        self.papers: dict[str, PaperInfo] = {}
        self.warnings: dict[str, tuple[str, ...]] = {}
        self.calls_reused = 0
        self.choices: Counter[str] = Counter()
        self.by_prompt: dict[str, PromptCost] = {}
        self.unanswered: dict[ExcerptKey, str] = {}
        self.truncated: dict[ExcerptKey, str] = {}
        self.undecided: set[str] = set()

    def paper(self, listed: ListedPaper, kept: Document | ConversionError, *, reused: bool) -> None:
        self.papers[listed.sha256] = listed
        if isinstance(kept, ConversionError):
            self.failures[listed.sha256] = kept
            return
        if kept.warnings:
            self.warnings[listed.file] = kept.warnings
        self.reused += reused
        self.converted += not reused

    def answer(self, prompt: str, completion: Completion) -> None:
        cost = PromptCost(1, completion.prompt_tokens or 0, completion.completion_tokens or 0)
        self.by_prompt[prompt] = self.by_prompt.get(prompt, PromptCost()) + cost

    @property
    def calls(self) -> PromptCost:
        return sum(self.by_prompt.values(), PromptCost())

    def stats(self, model: str | None) -> RunStats:
        return RunStats(
            model=model,
            converted=self.converted,
            reused=self.reused,
            failures=dict(self.failures),
            calls_reused=self.calls_reused,
            choices=dict(self.choices),
            by_prompt=dict(self.by_prompt),
            unanswered=dict(self.unanswered),
            truncated=dict(self.truncated),
            undecided=frozenset(self.undecided),
            papers=dict(self.papers),
            warnings=dict(self.warnings),
        )


class Run:
    """One run over some papers; `stats` says at any moment what has been done so far, also of a run that was interrupted."""

    def __init__(
        self,
        workspace: Workspace,
        recipe: Recipe,
        converter: Converter,
        watch: Watch,
        served: ModelRegistry | None = None,
        embed: Embed | None = None,
    ) -> None:
        self.workspace = workspace
        self._embed = embed
        self._books: WeakValueDictionary[str, _Book] = WeakValueDictionary()
        self.recipe = recipe
        self.converter = converter
        self.watch = watch
        self.served = served or ModelRegistry(workspace)
        self._counts = _Counts()
        self._writers = ThreadPoolExecutor(_WRITERS, "ledger")
        self._gone: EngineError | None = None
        self._only_lists = False
        self._remarks = convert.remarks(recipe.settings.convert)
        self._cut = 0
        self._known = 0
        self._answered = 0
        self._verdicts: Counter[bool] = Counter()
        self._helped = 0
        self._judged: Counter[str] = Counter()
        self._judge_told = False

    @property
    def stats(self) -> RunStats:
        """What has been done so far."""
        return self._counts.stats(self.recipe.model)

    async def convert_all(self, papers: Sequence[Paper]) -> None:
        """Convert what is not converted yet."""
        await self._share(papers, lambda paper: self._document(paper, len(papers)))

    async def fill(
        self, papers: Sequence[Paper], engine: Engine, sample: frozenset[ChunkKey] | None = None
    ) -> None:
        """Convert what is not converted yet and ask what is not answered yet, of a sample where there is one.

        Raises:
            ModelChanged: where another model answers than before; its answer is not kept.
            EngineError: where no call at all can succeed. A server that goes away after it has answered, or turns out to cut
                prompts, stops the asking only: the chunks left over are listed as unanswered.
        """
        recipe = self.recipe if sample is None else replace(self.recipe, sample=sample)
        tasks: asyncio.Queue[_Task | None] = asyncio.Queue(maxsize=_AHEAD)
        compared = PapersCompared()

        async def feed(paper: Paper, document: Document, body: Body) -> None:
            found = body_chunks(document, body, recipe)
            if recipe.vectors is not None and self._embed is not None:
                await recipe.vectors.fetch(fit_chunks(found, recipe), self._embed)
            if recipe.asks_across:
                compared.add(read_paper(self._counts.papers[paper.sha256], found, recipe))
            of_paper = self._tasks(paper, document, found, recipe)
            self._cut += 1
            self._known += len(of_paper)
            self._show(len(papers), engine)
            for task in of_paper:
                await tasks.put(task)

        async def produce() -> None:
            await self._open(papers, engine, feed)
            if recipe.asks_across:
                across = groups_by_paper(compared, recipe)
                self._known += sum(map(len, across.values()))
                for task in self._tasks_across(papers, across):
                    await tasks.put(task)
            await tasks.put(None)

        async def answer(task: _Task) -> None:
            if await self._answer(task, engine):
                self._show(len(papers), engine)

        # A chunk is begun when a call about it could be sent at once, so that what is begun is ended first.
        with self._writers:
            await _all(
                produce(), self._begin(tasks, answer, lambda: _BEGUN * max(engine.limit, 1), engine.idle)
            )

    async def list_unanswered(self, papers: Sequence[Paper], gone: EngineError) -> None:
        """Convert what is not converted yet, and list what has no answer in the ledger.

        Args:
            papers: to look at.
            gone: why nobody can be asked.
        """
        self._only_lists = True
        await self.fill(papers, _Nobody(gone))

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
            task = _Task(paper, self._book(paper.sha256))
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
        if paper.sha256 in self._counts.failures:
            return None
        folder = self.workspace.conversion(paper.sha256, convert.fingerprint(self.recipe.settings.convert))
        kept = await asyncio.to_thread(
            convert.load_conversion, folder, paper.sha256, self.recipe.settings.convert
        )
        reused = kept is not None
        if kept is None:
            kept = await self._convert(paper, folder)
        if paper.sha256 not in self._counts.papers or isinstance(kept, ConversionError):
            self._count(paper, kept, reused=reused)
            self.watch.converting(len(self._counts.papers), total)
        return kept if isinstance(kept, Document) else None

    def _count(self, paper: Paper, kept: Document | ConversionError, *, reused: bool) -> None:
        if isinstance(kept, ConversionError):
            listed = ListedPaper(paper.sha256, None, paper.file)
            self.watch.note(f"{paper.file}: {kept}")
        else:
            listed = listed_paper(paper, kept, self.recipe.settings.convert)
        self._counts.paper(listed, kept, reused=reused)

    async def _convert(self, paper: Paper, folder: Path) -> Document | ConversionError:
        remarks, self._remarks = self._remarks, []
        for remark in remarks:
            self.watch.note(remark)
        try:
            return await asyncio.to_thread(self.converter.convert, paper, folder)
        except ConversionError as error:
            return error

    def _tasks(self, paper: Paper, document: Document, found: Sequence[Chunk], recipe: Recipe) -> list[_Task]:
        book, whole = self._book(paper.sha256), whole_paper(document)
        excerpts: list[Excerpt] = [chunk for chunk in found if is_asked(chunk, paper, recipe)]
        excerpts += place_groups(found, paper, recipe)
        return [_Task(paper, book, excerpt, whole) for excerpt in excerpts]

    def _tasks_across(
        self, papers: Sequence[Paper], groups: Mapping[str, Sequence[ChunkGroup]]
    ) -> Iterator[_Task]:
        """What is asked about several papers together, one paper's after another's; their documents are read when it is their turn."""
        across = Across(library=Library(papers, self.workspace, self.recipe.settings.convert))
        for paper in papers:
            for group in groups.get(paper.sha256, ()):
                yield _Task(paper, self._book(paper.sha256), group, across.whole(group))

    def _book(self, sha256: str) -> _Book:
        """The one ledger of a paper: two would not know of each other's answers."""
        if (book := self._books.get(sha256)) is None:
            book = self._books[sha256] = _Book(self.workspace.calls(sha256))
        return book

    async def _answer(self, task: _Task, engine: Engine) -> bool:
        """Ask about a chunk until there is nothing more to ask; False where something had no answer."""
        assert task.chunk is not None
        assert task.whole is not None
        dialogue = chunk_dialogue(task.paper, task.whole, task.chunk, self.recipe, verdicts=False)
        outcome = await self._lead(dialogue, task, engine)
        self._look_at_judge(outcome)
        for pair in outcome.pairs:
            self._verdicts[pair.verdict.accepted and not pair.faults] += 1
        self._answered += outcome.answered
        return outcome.answered

    def _show(self, papers: int, engine: Engine) -> None:
        """Show how far the asking is; the chunks of papers that are not cut yet are guessed from those that are."""
        left = papers - len(self._counts.failures) - self._cut
        guessed = self._known + round(left * self._known / self._cut) if self._cut else 0
        judged = bool(self.recipe.judges)
        self.watch.asking(
            Asking(
                done=self._answered,
                known=self._known,
                expected=guessed,
                calls_at_a_time=engine.limit,
                tokens=self._counts.calls.completion_tokens,
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
                completion = task.book.ledger.get(question.request.key)
                if completion is None:
                    completion = await self._call(task, question, engine)
                else:
                    self.served.check_kept(question.request.model, ModelIdentity.of(completion))
                    self._helped += task.chunk is not None
                    self._counts.calls_reused += 1
                question = dialogue.send(completion)
        except StopIteration as end:
            result: T = end.value
            return result

    async def _call(self, task: _Task, question: PendingRequest, engine: Engine) -> Completion | None:
        request = question.request
        try:
            if self._gone:
                raise NoAnswer(self._gone.message, self._gone.remedy)
            if damage := task.book.ledger.damage(request.key):
                raise damage
            completion = await engine.ask(request, held=True)
        except NoAnswer as error:
            self._unanswered(task, error)
            return None
        except (ServerUnreachable, PromptTruncated) as error:
            if isinstance(error, PromptTruncated) and task.chunk is not None:
                self._counts.truncated[excerpt_key(task.paper, task.chunk)] = str(error)
            if not self._counts.calls.made + self._counts.calls_reused:
                raise
            if not self._gone:
                self._gone = error
                self.watch.note(f"{error}; what was answered is kept, the next run goes on from there")
            self._unanswered(task, error)
            return None
        completion = self.served.check_answer(request.model, completion)
        kept = asyncio.wrap_future(self._writers.submit(task.book.keep, question, completion))
        kept.add_done_callback(lambda done: None if done.exception() else engine.mark_persisted())
        self._helped += task.chunk is not None
        if task.chunk is None:
            self._counts.choices[task.paper.sha256] += 1
        self._counts.answer(question.prompt, completion)
        # Shielded: whatever ends the run, what was paid for is written down before the threads end.
        return await asyncio.shield(kept)

    def _unanswered(self, task: _Task, error: QagenError) -> None:
        """List a chunk without an answer, or say that the rules choose a paper's main body for now.

        Raises:
            EngineError: where many chunks in a row had none and no chunk ever had one: hours would not change that.
        """
        if task.chunk is None:
            self._counts.undecided.add(task.paper.sha256)
            if not (self._gone or self._only_lists):
                self.watch.note(f"{task.paper.file}: the rules choose the main body for now: {error}")
            return
        self._counts.unanswered[excerpt_key(task.paper, task.chunk)] = str(error)
        if len(self._counts.unanswered) >= _HOPELESS and not (self._helped or self._only_lists):
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
