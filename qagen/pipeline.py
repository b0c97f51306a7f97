"""A paper through all stages: from its kept document and its kept answers to records and rejections.

Everything here is pure but for reading the workspace: it asks nobody and converts nothing, so it is run again on every
build. `qagen.run` fills the workspace beforehand.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from types import MappingProxyType

from qagen import convert
from qagen.asking.dialogue import DialogueReplay, Exchange, most_characters, replay_dialogue
from qagen.asking.dialogues import (
    DialogueResult,
    body_chunks,
    chunk_dialogue,
    main_body_dialogue,
    whole_paper,
)
from qagen.asking.framing import framed
from qagen.asking.main_body import Body
from qagen.asking.recipe import ChunkKey, Recipe, in_sample, unfit
from qagen.checks import CheckResult, IndexedSource, judge
from qagen.chunking.evidence import evidence
from qagen.errors import ConversionError
from qagen.extractive import extract
from qagen.ledger.ledger import Ledger
from qagen.ledger.models import ModelIdentity
from qagen.papers.works import work_of
from qagen.prompts import Prompt
from qagen.reasons import Kind, Reason
from qagen.records import (
    Chunk,
    ChunkInfo,
    Document,
    Fault,
    Generation,
    ListedPaper,
    Metadata,
    Pair,
    Paper,
    PaperInfo,
    Record,
    Rejection,
    Scores,
    Section,
    SectionInfo,
    canonical_json,
    record_id,
    sha256,
)
from qagen.settings import ConvertSettings
from qagen.workspace import Workspace


def kept_body(paper: Paper, document: Document, recipe: Recipe, workspace: Workspace) -> DialogueReplay[Body]:
    """The main body of a paper as far as the ledger tells."""
    return replay_dialogue(main_body_dialogue(document, recipe), Ledger(workspace.calls(paper.sha256)).get)


@dataclass
class ReplayStats:
    """What the stages saw that is no row: counts for the report."""

    chunks: int = 0
    responses: Counter[str] = field(default_factory=Counter)
    """Responses that gave pairs (`usable`) and those that did not, by reason; they add up to all responses."""
    attempts: Counter[int] = field(default_factory=Counter)
    """How many attempts the chunks took -> how many chunks; of several kinds that are asked for each counts by itself."""
    answers: int = 0
    """Answers of the ledger that were read, each once."""
    thoughts_only: int = 0
    """Those of them whose text is empty though they end as they should: all of it stands in the field for reasoning."""
    prompt_tokens: int = 0
    """Of all responses that were read, as far as the server counted them; so `completion_tokens`."""
    completion_tokens: int = 0
    bodies: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Paper sha256 -> from where to where its main body goes in the document."""
    served: set[tuple[str, ModelIdentity]] = field(default_factory=set)
    """The models whose answers were read: as declared, and what the servers said."""
    sections: Counter[str] = field(default_factory=Counter)
    """Papers by who chose their main body: `model` or `rules`, or `unanswered` for rules that stand in for the model."""
    section_faults: dict[str, str] = field(default_factory=dict)
    """A paper's file -> why the rules chose, though the model was to."""
    rules: set[int | None] = field(default_factory=set)
    """The places of the rules whose prompts asked; None for the prompt of what no rule fits."""
    judged: Counter[str] = field(default_factory=Counter)
    """Pairs that a model was to judge: `passed`, `turned_down`, `unjudged`."""
    unreadable: Counter[str] = field(default_factory=Counter)
    """Pairs that are unjudged though the judge answered, by what is wrong with its answers."""
    faults: Counter[str] = field(default_factory=Counter)
    """Pairs that a check or a judge objects to, by reason; a pair counts for each of its reasons."""
    edits: Counter[str] = field(default_factory=Counter)
    """Pairs that a cleanup changed, by its name."""


def paper_results(
    paper: Paper,
    workspace: Workspace,
    recipe: Recipe,
    failures: Mapping[str, ConversionError],
    replay_stats: ReplayStats,
    truncated: Mapping[ChunkKey, str] = MappingProxyType({}),
) -> Iterator[Record | Rejection]:
    """All records and rejections of one paper, in the order of the rows, before the selection.

    Args:
        paper: the paper; its conversion lies in the workspace.
        workspace: where the conversion and the ledger are read.
        recipe: how records are made.
        failures: paper sha256 -> failures of this run that are not kept, since the next run tries again.
        replay_stats: is counted up.
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
    if not recipe.looks_at(paper.sha256):
        return
    stage = _PaperStage(
        paper, document, recipe, Ledger(workspace.calls(paper.sha256)), replay_stats, truncated
    )
    yield from stage.results()


class _PaperStage:
    """One paper on its way; holds what all of its records share."""

    def __init__(
        self,
        paper: Paper,
        document: Document,
        recipe: Recipe,
        ledger: Ledger,
        replay_stats: ReplayStats,
        truncated: Mapping[ChunkKey, str],
    ) -> None:
        self.paper = paper
        self.document = document
        self.recipe = recipe
        self.ledger = ledger
        self.replay_stats = replay_stats
        self.truncated = truncated
        self.info = paper_info(paper, document, recipe.settings.convert)
        self.whole = whole_paper(document, recipe)

    def results(self) -> Iterator[Record | Rejection]:
        found = body_chunks(self.document, self._body(), self.recipe)
        if not found:
            detail = "no section of the main body has text; see `qagen convert` for what was read"
            yield Rejection(Kind.PAPER, Reason.NO_BODY_TEXT, detail, self.info)
        else:
            self.replay_stats.bodies[self.paper.sha256] = (found[0].start, found[-1].end)
        for chunk in found:
            if not in_sample(chunk, self.paper, self.recipe):
                continue
            self.replay_stats.chunks += 1
            fault = unfit(chunk, self.recipe.settings.chunk)
            if fault is None:
                yield from self._chunk_results(chunk)
            else:
                yield self._rejection(Kind.CHUNK, fault, chunk)

    def _body(self) -> Body:
        replay = replay_dialogue(main_body_dialogue(self.document, self.recipe), self.ledger.get)
        body = replay.value
        self._count_answers(replay)
        self.replay_stats.sections[body.by] += 1
        if body.fault:
            self.replay_stats.section_faults[self.paper.file] = body.fault
        return body

    def _chunk_results(self, chunk: Chunk) -> Iterator[Record | Rejection]:
        if self.recipe.engine == "extractive":
            yield from self._extracted(chunk)
            return
        dialogue = chunk_dialogue(self.paper, chunk, self.recipe, whole=self.whole)
        replay = replay_dialogue(dialogue, self.ledger.get)
        talked = replay.value
        prompt = self.recipe.prompt_for(self.paper, chunk)
        self.replay_stats.rules.add(self.recipe.rule_for(self.paper, chunk))
        self._count_answers(replay)
        self._count(talked)
        for one, past in zip(talked.pairs, talked.exchanges, strict=True):
            generation = self._generation(past, prompt)
            yield self._result(one.verdict, one.scores, one.faults, chunk, generation, past.parsed.reasoning)
        for past in talked.history:
            for fault in past.parsed.faults:
                yield self._rejection(Kind.COMPLETION, fault, chunk, self._generation(past, prompt))
        if not talked.answered:
            missing = Fault(
                Reason.NO_ANSWER, "the ledger has no answer for this chunk yet; build again to ask"
            )
            if (cut := self.truncated.get((self.paper.sha256, chunk.index))) is not None:
                missing = Fault(Reason.PROMPT_TRUNCATED, cut)
            yield self._rejection(Kind.CHUNK, missing, chunk)

    def _extracted(self, chunk: Chunk) -> Iterator[Record | Rejection]:
        generation = Generation(engine="extractive")
        source = IndexedSource(chunk.text)
        pairs = extract(chunk.text, self.recipe.settings.ask.pairs)
        verdicts: Sequence[CheckResult] = [judge(pair, source, self.recipe.settings.checks) for pair in pairs]
        if self.recipe.grounder is not None:
            verdicts = self.recipe.grounder.judged(verdicts, source)
        for verdict in verdicts:
            scores = Scores(round(verdict.support, 4), grounding=verdict.grounding)
            yield self._result(verdict, scores, (), chunk, generation, None)
        if not pairs:
            nothing = "no sentence states a cause, an effect, a comparison or a quantity"
            yield self._rejection(Kind.CHUNK, Fault(Reason.NOTHING_TO_ASK, nothing), chunk)

    def _count(self, talked: DialogueResult) -> None:
        for past in talked.history:
            self.replay_stats.responses[
                "usable" if past.parsed.pairs else str(past.parsed.faults[0].reason)
            ] += 1
        by_call = Counter(past.wanted for past in talked.history)
        self.replay_stats.attempts.update(by_call.values())
        self.replay_stats.judged.update(one.outcome for one in talked.pairs if one.outcome)
        self.replay_stats.unreadable.update(one.problem for one in talked.pairs if one.problem)

    def _count_answers(self, replay: DialogueReplay[Body] | DialogueReplay[DialogueResult]) -> None:
        for question, completion in zip(replay.paid, replay.answers, strict=True):
            self.replay_stats.answers += 1
            self.replay_stats.thoughts_only += completion.is_thoughts_only
            self.replay_stats.served.add((question.request.model, ModelIdentity.of(completion)))
            self.replay_stats.prompt_tokens += completion.prompt_tokens or 0
            self.replay_stats.completion_tokens += completion.completion_tokens or 0

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

    def _result(
        self,
        verdict: CheckResult,
        scores: Scores,
        judged: tuple[Fault, ...],
        chunk: Chunk,
        generation: Generation,
        reasoning: str | None,
    ) -> Record | Rejection:
        self.replay_stats.edits.update({edit.by for edit in verdict.edits})
        self.replay_stats.faults.update({str(fault.reason) for fault in (*verdict.faults, *judged)})
        if faults := verdict.faults or judged:
            also = ", ".join(dict.fromkeys(str(fault.reason) for fault in faults[1:]))
            first = faults[0]
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
            checks=scores,
            edits=verdict.edits,
            context=chunk.text if kept.with_context else None,
            reasoning=reasoning if kept.with_reasoning else None,
            kind=str(verdict.pair.kind) if verdict.pair.kind else None,
            difficulty=str(verdict.pair.difficulty) if verdict.pair.difficulty else None,
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


def longest_prompt(recipe: Recipe) -> int:
    """Characters of the longest request that may be made about a chunk, a second chance and a judge counted in."""
    settings = recipe.settings
    size = settings.chunk.chars
    section = Section(("A heading",) * 4, 0, size, 0, body=True)
    chunk = Chunk(0, 0, size, "x" * size, section, (1,))
    prompts = [prompt for prompt in (recipe.prompt, *recipe.rules) if prompt is not None]
    shown = recipe.examples.longest() if recipe.examples else ()
    turns = [
        framed(prompt.messages(chunk, wanted.pairs, settings.ask.form, settings.language), wanted, shown)
        for prompt in prompts
        for wanted in recipe.wanted
    ]
    asked = max((most_characters(messages, settings.ask) for messages in turns), default=0)
    return max(asked, judge_characters(recipe))


_PAIR_CHARS = 500
"""Of a pair as a judge is shown it, about."""


def judge_characters(recipe: Recipe) -> int:
    """Characters of a judge's prompt about all pairs of a chunk, about; 0 where nobody labels."""
    if recipe.judge is None:
        return 0
    pair = {"id": "0" * 10, "question": "x" * (_PAIR_CHARS // 2), "answer": "x" * (_PAIR_CHARS // 2)}
    size = min(recipe.settings.judge.batch or recipe.settings.ask.pairs, recipe.settings.ask.pairs)
    names: dict[str, object] = {
        "chunk": "x" * recipe.settings.chunk.chars,
        "section": [],
        "pairs": [pair] * size,
        "fence": "0" * 12,
        "problem": "",
    }
    return sum(len(turn.content) for turn in recipe.judge.turns(names))


def paper_info(paper: Paper, document: Document, settings: ConvertSettings) -> PaperInfo:
    """The paper as its records name it: what `papers.csv` says of it counts before what the PDF does."""
    said = asdict(listed_paper(paper, document, settings))
    return PaperInfo(**{part.name: said[part.name] for part in fields(PaperInfo)})


def listed_paper(paper: Paper, document: Document, settings: ConvertSettings) -> ListedPaper:
    """The paper as the manifest lists it."""
    said = asdict(document.metadata)
    said.pop("pages")
    said.update(paper.stated)
    said["origins"] = {**said["origins"], **{name: "papers.csv" for name, _ in paper.stated}}
    return ListedPaper(
        sha256=paper.sha256,
        work=work_of(Metadata(title=said["title"], doi=said["doi"]), paper.sha256),
        file=paper.file,
        document_sha256=document.sha256,
        converter=convert.converter_name(document, settings),
        **said,
    )


def _section_info(chunk: Chunk) -> SectionInfo:
    return SectionInfo(chunk.section.path, chunk.section.start, chunk.section.end)


def _chunk_info(chunk: Chunk) -> ChunkInfo:
    return ChunkInfo(chunk.index, chunk.start, chunk.end, sha256(chunk.text), chunk.pages)
