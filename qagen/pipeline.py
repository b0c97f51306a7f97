"""A paper through all stages: from its kept document and its kept answers to records and rejections.

Everything here is pure but for reading the workspace: it asks nobody and converts nothing, so it is run again on every
build. `qagen.run` fills the workspace beforehand.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from types import MappingProxyType

from qagen import convert
from qagen.checks import Source, judge
from qagen.chunk import chunks
from qagen.dialogue import Done, Exchange, exchange, most_characters, next_request
from qagen.engines.extractive import extract
from qagen.errors import ConversionError
from qagen.evidence import evidence
from qagen.ledger import Ledger
from qagen.prompts import Prompt
from qagen.reasons import Kind, Reason
from qagen.records import (
    Chunk,
    ChunkInfo,
    Document,
    Fault,
    Generation,
    Pair,
    Paper,
    PaperInfo,
    Record,
    Rejection,
    Request,
    Scores,
    Section,
    SectionInfo,
    canonical_json,
    record_id,
    sha256,
)
from qagen.segment import sections
from qagen.served import Served
from qagen.settings import ChunkSettings, ConvertSettings, Settings
from qagen.works import work_of
from qagen.workspace import Workspace

ChunkKey = tuple[str, int]
"""A chunk by its paper's sha256 and its index."""


@dataclass(frozen=True)
class Recipe:
    """How records are made: everything but the papers.

    Attributes:
        engine: server or extractive.
        model: as declared or resolved; None for the extractive engine, as is `prompt`.
        sample: the only chunks that are looked at, or None for all.
        rules: the prompts of `settings.rules`, in their order.
    """

    settings: Settings
    engine: str
    model: str | None = None
    prompt: Prompt | None = None
    sample: frozenset[ChunkKey] | None = None
    rules: tuple[Prompt, ...] = ()

    def prompt_for(self, paper: Paper, chunk: Chunk) -> Prompt | None:
        """The prompt that asks about a chunk: that of the first rule that fits, else the one for everything."""
        for rule, prompt in zip(self.settings.rules, self.rules, strict=bool(self.rules)):
            if _fits(rule.files, [paper.file]) and _fits(rule.sections, chunk.section.path):
                return prompt
        return self.prompt


def _fits(pattern: str | None, names: Sequence[str]) -> bool:
    return pattern is None or any(fnmatchcase(name.lower(), pattern.lower()) for name in names)


@dataclass
class Tally:
    """What the stages saw that is no row: counts for the report."""

    chunks: int = 0
    responses: Counter[str] = field(default_factory=Counter)
    """Responses that gave pairs (`usable`) and those that did not, by reason; they add up to all responses."""
    attempts: Counter[int] = field(default_factory=Counter)
    """How many attempts the chunks took -> how many chunks."""
    prompt_tokens: int = 0
    """Of all responses that were read, as far as the server counted them; so `completion_tokens`."""
    completion_tokens: int = 0
    bodies: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Paper sha256 -> from where to where its main body goes in the document."""
    served: set[tuple[str, Served]] = field(default_factory=set)
    """The models whose answers were read: as declared, and what the servers said."""


def body_chunks(document: Document, settings: Settings) -> tuple[Chunk, ...]:
    """The chunks of a document's main body."""
    return chunks(document, sections(document), settings.chunk)


def is_asked(chunk: Chunk, paper: Paper, recipe: Recipe) -> bool:
    """Whether a chunk is long and readable enough and, where there is a sample, part of it."""
    if recipe.sample is not None and (paper.sha256, chunk.index) not in recipe.sample:
        return False
    return _unfit(chunk, recipe.settings.chunk) is None


def _unfit(chunk: Chunk, settings: ChunkSettings) -> Fault | None:
    """Why a chunk is not worth asking about, if it is not."""
    if chunk.quality < settings.min_quality:
        detail = f"text quality {chunk.quality}; asked about from {settings.min_quality} on"
        return Fault(Reason.GARBLED, detail)
    if len(chunk.text) < settings.min_chars:
        return Fault(
            Reason.TOO_SHORT, f"{len(chunk.text)} characters; asked about from {settings.min_chars} on"
        )
    return None


def paper_results(
    paper: Paper,
    workspace: Workspace,
    recipe: Recipe,
    failures: Mapping[str, ConversionError],
    tally: Tally,
    truncated: Mapping[ChunkKey, str] = MappingProxyType({}),
) -> Iterator[Record | Rejection]:
    """All records and rejections of one paper, in the order of the rows, before the selection.

    Args:
        paper: the paper; its conversion lies in the workspace.
        workspace: where the conversion and the ledger are read.
        recipe: how records are made.
        failures: paper sha256 -> failures of this run that are not kept, since the next run tries again.
        tally: is counted up.
        truncated: chunks whose prompt the server cut in this run -> what is to be done about it.
    """
    fingerprint = convert.fingerprint(recipe.settings.convert)
    document = failures.get(paper.sha256) or convert.load(
        workspace.conversion(paper.sha256, fingerprint), paper.sha256
    )
    if document is None:
        document = ConversionError(Reason.CRASHED, "the conversion is not there; run build again")
    if isinstance(document, ConversionError):
        info = PaperInfo(paper.sha256, None, paper.file)
        yield Rejection(Kind.PAPER, document.reason, document.detail, info)
        return
    stage = _PaperStage(paper, document, recipe, Ledger(workspace.calls(paper.sha256)), tally, truncated)
    yield from stage.results()


@dataclass(frozen=True)
class _Asked:
    """What the engine gave for one chunk: exchanges for a model, pairs alone for the extractive engine."""

    pairs: tuple[tuple[Pair, Generation, str | None], ...]
    faults: tuple[tuple[Fault, Generation], ...] = ()
    missing: Fault | None = None
    """Why there is nothing, or not all that was to be asked."""


class _PaperStage:
    """One paper on its way; holds what all of its records share."""

    def __init__(
        self,
        paper: Paper,
        document: Document,
        recipe: Recipe,
        ledger: Ledger,
        tally: Tally,
        truncated: Mapping[ChunkKey, str],
    ) -> None:
        self.paper = paper
        self.document = document
        self.recipe = recipe
        self.ledger = ledger
        self.tally = tally
        self.truncated = truncated
        self.info = paper_info(paper, document, recipe.settings.convert)

    def results(self) -> Iterator[Record | Rejection]:
        found = body_chunks(self.document, self.recipe.settings)
        if not found:
            detail = "no section of the main body has text; see `qagen convert` for what was read"
            yield Rejection(Kind.PAPER, Reason.NO_BODY_TEXT, detail, self.info)
        else:
            self.tally.bodies[self.paper.sha256] = (found[0].start, found[-1].end)
        for chunk in found:
            if self.recipe.sample is not None and (self.paper.sha256, chunk.index) not in self.recipe.sample:
                continue
            self.tally.chunks += 1
            fault = _unfit(chunk, self.recipe.settings.chunk)
            if fault is None:
                yield from self._chunk_results(chunk)
            else:
                yield self._rejection(Kind.CHUNK, fault, chunk)

    def _chunk_results(self, chunk: Chunk) -> Iterator[Record | Rejection]:
        asked = self._extracted(chunk) if self.recipe.engine == "extractive" else self._replayed(chunk)
        source = Source(chunk.text)
        for pair, generation, reasoning in asked.pairs:
            yield self._judged(pair, source, chunk, generation, reasoning)
        for fault, generation in asked.faults:
            yield self._rejection(Kind.COMPLETION, fault, chunk, generation)
        if asked.missing:
            yield self._rejection(Kind.CHUNK, asked.missing, chunk)

    def _extracted(self, chunk: Chunk) -> _Asked:
        generation = Generation(engine="extractive")
        pairs = extract(chunk.text, self.recipe.settings.ask.pairs)
        nothing = Fault(
            Reason.NOTHING_TO_ASK, "no sentence states a cause, an effect, a comparison or a quantity"
        )
        return _Asked(tuple((pair, generation, None) for pair in pairs), missing=None if pairs else nothing)

    def _replayed(self, chunk: Chunk) -> _Asked:
        history, answered = replay(self.paper, chunk, self.recipe, self.ledger)
        pairs: list[tuple[Pair, Generation, str | None]] = []
        faults: list[tuple[Fault, Generation]] = []
        prompt = self.recipe.prompt_for(self.paper, chunk)
        for past in history:
            self.tally.served.add((past.request.model, Served.of(past.completion)))
            self.tally.prompt_tokens += past.completion.prompt_tokens or 0
            self.tally.completion_tokens += past.completion.completion_tokens or 0
            generation = self._generation(past, prompt)
            for pair in past.parsed.pairs:
                placed = Pair(pair.question, pair.answer, len(pairs))
                pairs.append((placed, generation, past.parsed.reasoning))
            faults += [(fault, generation) for fault in past.parsed.faults]
            self.tally.responses["usable" if past.parsed.pairs else str(past.parsed.faults[0].reason)] += 1
        if history:
            self.tally.attempts[len(history)] += 1
        missing = Fault(Reason.NO_ANSWER, "the ledger has no answer for this chunk yet; build again to ask")
        if (cut := self.truncated.get((self.paper.sha256, chunk.index))) is not None:
            missing = Fault(Reason.PROMPT_TRUNCATED, cut)
        return _Asked(tuple(pairs), tuple(faults), None if answered else missing)

    def _generation(self, past: Exchange, prompt: Prompt | None) -> Generation:
        turns = [[message.role, message.content] for message in past.request.messages]
        return Generation(
            engine=past.completion.engine,
            model=past.request.model,
            prompt=prompt.name if prompt else None,
            prompt_sha256=sha256(canonical_json(turns)),
            temperature=past.request.temperature,
            top_p=past.request.top_p,
            max_tokens=past.request.max_tokens,
            seed=past.request.seed,
            attempt=past.request.attempt,
        )

    def _judged(
        self, pair: Pair, source: Source, chunk: Chunk, generation: Generation, reasoning: str | None
    ) -> Record | Rejection:
        verdict = judge(pair, source, self.recipe.settings.checks)
        if verdict.faults:
            also = ", ".join(dict.fromkeys(str(fault.reason) for fault in verdict.faults[1:]))
            first = verdict.faults[0]
            detail = f"{first.detail}; also {also}" if also else first.detail
            fault = Fault(first.reason, detail)
            return self._rejection(Kind.PAIR, fault, chunk, generation, verdict.pair)
        kept = self.recipe.settings.dataset
        spans = [(chunk.start + start, chunk.start + end) for start, end in verdict.evidence]
        return Record(
            id=record_id(self.paper.sha256, verdict.pair.question, verdict.pair.answer),
            question=verdict.pair.question,
            answer=verdict.pair.answer,
            evidence=evidence(self.document, spans, with_text=kept.with_context),
            paper=self.info,
            section=_section_info(chunk),
            chunk=_chunk_info(chunk),
            generation=generation,
            checks=Scores(support=round(verdict.support, 4)),
            edits=verdict.edits,
            context=chunk.text if kept.with_context else None,
            reasoning=reasoning if kept.with_reasoning else None,
        )

    def _rejection(
        self,
        kind: Kind,
        fault: Fault,
        chunk: Chunk,
        generation: Generation | None = None,
        pair: Pair | None = None,
    ) -> Rejection:
        return Rejection(
            kind,
            fault.reason,
            fault.detail,
            self.info,
            question=pair.question if pair else None,
            answer=pair.answer if pair else None,
            section=_section_info(chunk),
            chunk=_chunk_info(chunk),
            generation=generation,
            text=fault.text or None,
        )


def replay(paper: Paper, chunk: Chunk, recipe: Recipe, ledger: Ledger) -> tuple[list[Exchange], bool]:
    """All exchanges about a chunk that the ledger holds, and whether nothing more is to be asked."""
    history: list[Exchange] = []
    while True:
        request = request_after(paper, chunk, recipe, history)
        if isinstance(request, Done):
            return history, True
        completion = ledger.get(request.key)
        if completion is None:
            return history, False
        history.append(exchange(request, completion))


def request_after(paper: Paper, chunk: Chunk, recipe: Recipe, history: list[Exchange]) -> Request | Done:
    """What to ask about a chunk after `history`."""
    prompt = recipe.prompt_for(paper, chunk)
    if prompt is None or recipe.model is None:
        raise ValueError(f"the recipe of the engine {recipe.engine!r} has no prompt or no model")
    settings = recipe.settings.ask
    messages = prompt.messages(chunk, settings.pairs, settings.response_format)
    return next_request(messages, recipe.model, settings, history)


def longest_prompt(recipe: Recipe) -> int:
    """Characters of the longest request that may be made about a chunk, a follow-up that shows an answer again counted in."""
    settings = recipe.settings
    size = settings.chunk.chars
    section = Section(("A heading",) * 4, 0, size, 0, body=True)
    chunk = Chunk(0, 0, size, "x" * size, section, (1,))
    prompts = [prompt for prompt in (recipe.prompt, *recipe.rules) if prompt is not None]
    turns = [prompt.messages(chunk, settings.ask.pairs, settings.ask.response_format) for prompt in prompts]
    return max((most_characters(messages, settings.ask) for messages in turns), default=0)


def paper_info(paper: Paper, document: Document, settings: ConvertSettings) -> PaperInfo:
    """The paper as its records name it."""
    shared = asdict(document.metadata)
    shared.pop("pages")
    return PaperInfo(
        sha256=paper.sha256,
        work=work_of(document.metadata, paper.sha256),
        file=paper.file,
        document_sha256=document.sha256,
        converter=convert.named(document, settings),
        **shared,
    )


def _section_info(chunk: Chunk) -> SectionInfo:
    return SectionInfo(chunk.section.path, chunk.section.start, chunk.section.end)


def _chunk_info(chunk: Chunk) -> ChunkInfo:
    return ChunkInfo(chunk.index, chunk.start, chunk.end, sha256(chunk.text), chunk.pages)
