"""A paper through all stages: from its kept document and its kept answers to records and rejections.

Everything here is pure but for reading the workspace: it asks nobody and converts nothing, so it is run again on every
build. `qagen.pipeline.run` fills the workspace beforehand.
"""

from collections import Counter
from collections.abc import Container, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from qagen.asking.across import MOST_PAPERS
from qagen.asking.dialogue import DialogueReplay, Exchange, most_characters, replay_dialogue
from qagen.asking.dialogues import (
    DialogueResult,
    body_chunks,
    chunk_dialogue,
    main_body_dialogue,
    place_groups,
    whole_paper,
)
from qagen.asking.framing import framed
from qagen.asking.grouping import MOST_PLACES
from qagen.asking.main_body import Body
from qagen.asking.recipe import ExcerptKey, Recipe, excerpt_key, in_sample, unfit
from qagen.checks import CheckResult, IndexedSource, check_pair
from qagen.checks.reading.solution import solution
from qagen.checks.reading.whole_paper import WholePaper
from qagen.errors import ConversionError
from qagen.extractive import extract
from qagen.ledger.ledger import Ledger
from qagen.ledger.models import ModelIdentity
from qagen.pipeline.across import NOTHING_ACROSS, Across
from qagen.pipeline.opened import kept_document, paper_info
from qagen.pipeline.placing import Placed, chunk_info, placed_in, section_info
from qagen.pipeline.stats import Counted, ReplayStats, tallied
from qagen.prompts import Prompt
from qagen.question_kinds import Difficulty, QuestionKind
from qagen.reasons import Kind, Reason
from qagen.records import (
    Chunk,
    ChunkGroup,
    Document,
    Excerpt,
    Fault,
    Generation,
    Pair,
    Paper,
    PaperInfo,
    Record,
    Rejection,
    Scores,
    Section,
    TracedRecord,
    canonical_json,
    record_id,
    sha256,
)
from qagen.reviews.applied import PaperReviews, ReviewedPair
from qagen.workspace import Workspace

Results = Generator[Record | Rejection, None, ReplayStats]
"""Results in the order of the rows; what was seen besides is returned when the last has passed."""


def paper_results(
    paper: Paper,
    workspace: Workspace,
    recipe: Recipe,
    failures: Mapping[str, ConversionError],
    truncated: Mapping[ExcerptKey, str] = MappingProxyType({}),
    across: Across = NOTHING_ACROSS,
) -> Results:
    """All records and rejections of one paper, in the order of the rows, before the selection.

    Args:
        paper: the paper; its conversion lies in the workspace.
        workspace: where the conversion and the ledger are read.
        recipe: how records are made.
        failures: paper sha256 -> failures of this run that are not kept, since the next run tries again.
        truncated: chunks whose prompt the server cut in this run -> what is to be done about it.
        across: what is asked about this paper together with others.
    """
    document = kept_document(paper, workspace, recipe.settings.convert, failures)
    if isinstance(document, ConversionError):
        info = PaperInfo(paper.sha256, None, paper.file)
        yield Rejection(Kind.PAPER, document.reason, document.detail, info)
        return ReplayStats()
    if not recipe.looks_at(paper.sha256):
        return ReplayStats()
    ledger = Ledger(workspace.calls(paper.sha256))
    stage = _PaperStage(paper, document, recipe, ledger, truncated, across)
    return (yield from stage.results())


class _PaperStage:
    """One paper on its way; holds what all of its records share."""

    def __init__(
        self,
        paper: Paper,
        document: Document,
        recipe: Recipe,
        ledger: Ledger,
        truncated: Mapping[ExcerptKey, str],
        across: Across,
    ) -> None:
        self.paper = paper
        self.document = document
        self.across = across
        self.recipe = recipe
        self.ledger = ledger
        self.truncated = truncated
        self.info = paper_info(paper, document, recipe.settings.convert)
        self.whole = whole_paper(document)
        self.reviews = PaperReviews(recipe.reviews, document, recipe.settings.checks, self.whole)

    def results(self) -> Results:
        body, seen = self._body()
        found = body_chunks(self.document, body, self.recipe)
        if not found:
            detail = "no section of the main body has text; see `qagen convert` for what was read"
            yield Rejection(Kind.PAPER, Reason.NO_BODY_TEXT, detail, self.info)
            return seen
        seen += ReplayStats(bodies={self.paper.sha256: (found[0].start, found[-1].end)})
        together = Counted(self._group_results(found))
        by_chunk: dict[int, list[Record | Rejection]] = {}
        for result in together:
            by_chunk.setdefault(result.chunk.index if result.chunk else 0, []).append(result)
        seen += together.counts
        cut = frozenset((chunk.start, chunk.end) for chunk in found)
        for chunk in found:
            if not in_sample(chunk, self.paper, self.recipe):
                yield from by_chunk.pop(chunk.index, ())
                continue
            yield from self._edits_left(cut, chunk.start)
            seen += ReplayStats(chunks=1)
            fault = unfit(chunk, self.recipe.settings.chunk)
            if fault is None:
                seen += yield from self._excerpt_results(chunk)
            else:
                yield self._rejection(Kind.CHUNK, fault, chunk)
            for pair, generation in self.reviews.left_of(chunk):
                yield self._reviewed_result(pair, chunk, generation, None)
            yield from by_chunk.pop(chunk.index, ())
        yield from self._edits_left(cut, None)
        return seen

    def _group_results(self, found: Sequence[Chunk]) -> Results:
        """What chunks that are asked about together give."""
        seen = ReplayStats()
        for group in (*place_groups(found, self.paper, self.recipe), *self.across.owned_by(self.paper)):
            seen += ReplayStats(groups=1)
            seen += yield from self._excerpt_results(group)
            for pair, generation in self.reviews.left_of_group(group, self._whole_of(group)):
                yield self._reviewed_result(pair, group, generation, None)
        return seen

    def _whole_of(self, excerpt: Excerpt) -> WholePaper:
        """All that the paper of an excerpt says, or its papers."""
        if isinstance(excerpt, ChunkGroup) and excerpt.papers:
            return self.across.whole(excerpt)
        return self.whole

    def _edits_left(self, cut: Container[tuple[int, int]], start: int | None) -> Iterator[Record | Rejection]:
        """Edits by people of pairs whose chunk is cut no more, up to a place; a sample of chunks goes without."""
        if self.recipe.sample is not None:
            return
        for pair, generation, chunk in self.reviews.left_before(start, cut):
            if chunk is not None:
                yield self._reviewed_result(pair, chunk, generation, None)
                continue
            fault, left = pair.faults[0], pair.verdict.pair
            yield Rejection(
                Kind.PAIR,
                fault.reason,
                fault.detail,
                self.info,
                question=left.question,
                answer=left.answer,
                generation=generation,
                question_kind=_said(left.kind),
                difficulty=_said(left.difficulty),
            )

    def _body(self) -> tuple[Body, ReplayStats]:
        replay = replay_dialogue(main_body_dialogue(self.document, self.recipe), self.ledger.get)
        body = replay.value
        faults = {self.paper.file: body.fault} if body.fault else {}
        return body, _of_answers(self.paper.sha256, replay) + ReplayStats(
            sections={body.by: 1}, section_faults=faults
        )

    def _excerpt_results(self, chunk: Excerpt) -> Results:
        if isinstance(chunk, Chunk) and self.recipe.engine == "extractive":
            return (yield from self._extracted(chunk))
        replay = replay_dialogue(
            chunk_dialogue(self.paper, self._whole_of(chunk), chunk, self.recipe), self.ledger.get
        )
        talked = replay.value
        prompt = self.recipe.prompt_for(self.paper, chunk)
        for one, past, asked in zip(talked.pairs, talked.exchanges, talked.traces, strict=True):
            generation = self._generation(past, prompt)
            thoughts = past.parsed.reasoning
            result = self._result(one.verdict, one.scores, one.faults, chunk, generation, thoughts)
            if isinstance(result, Record) and asked.trace is not None:
                result = TracedRecord.of(result, asked.trace)
            yield result
        for past in talked.history:
            for fault in past.parsed.faults:
                yield self._rejection(Kind.COMPLETION, fault, chunk, self._generation(past, prompt))
        if not talked.answered:
            what = "this chunk" if isinstance(chunk, Chunk) else "these chunks together"
            missing = Fault(Reason.NO_ANSWER, f"the ledger has no answer for {what} yet; build again to ask")
            if (cut := self.truncated.get(excerpt_key(self.paper, chunk))) is not None:
                missing = Fault(Reason.PROMPT_TRUNCATED, cut)
            yield self._rejection(Kind.CHUNK, missing, chunk)
        rules = frozenset({self.recipe.rule_for(self.paper, chunk)} if isinstance(chunk, Chunk) else ())
        return _of_answers(self.paper.sha256, replay) + _of_dialogue(talked) + ReplayStats(rules=rules)

    def _extracted(self, chunk: Chunk) -> Results:
        generation = Generation(engine="extractive")
        source = IndexedSource(chunk.text)
        pairs = extract(chunk.text, self.recipe.settings.ask.pairs)
        checks, paper = self.recipe.settings.checks, self.whole
        verdicts: Sequence[CheckResult] = [check_pair(pair, source, checks, paper=paper) for pair in pairs]
        if self.recipe.grounder is not None:
            verdicts = self.recipe.grounder.add_scores(verdicts, source)
        for verdict in verdicts:
            scores = Scores(round(verdict.support, 4), grounding=verdict.grounding)
            yield self._result(verdict, scores, (), chunk, generation, None)
        if not pairs:
            nothing = "no sentence states a cause, an effect, a comparison or a quantity"
            yield self._rejection(Kind.CHUNK, Fault(Reason.NOTHING_TO_ASK, nothing), chunk)
        return _of_pairs((verdict, ()) for verdict in verdicts)

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
        chunk: Excerpt,
        generation: Generation,
        reasoning: str | None,
    ) -> Record | Rejection:
        pair = self.reviews.apply(verdict, scores, verdict.faults or judged, chunk, self._whole_of(chunk))
        return self._reviewed_result(pair, chunk, generation, reasoning)

    def _reviewed_result(
        self, pair: ReviewedPair, chunk: Excerpt, generation: Generation, reasoning: str | None
    ) -> Record | Rejection:
        verdict = pair.verdict
        if faults := pair.faults:
            first = faults[0]
            also = tuple(dict.fromkeys(fault.reason for fault in faults[1:]))
            detail = f"{first.detail}; also {', '.join(also)}" if also else first.detail
            fault = Fault(first.reason, detail)
            return replace(self._rejection(Kind.PAIR, fault, chunk, generation, verdict.pair), also=also)
        kept = self.recipe.settings.dataset
        placed = self._placed(chunk, verdict, by_person=pair.mark is not None)
        question, answer = verdict.pair.question, verdict.pair.answer
        return Record(
            id=record_id(placed.paper.sha256, question, answer),
            question=question,
            answer=answer,
            evidence=placed.evidence,
            paper=placed.paper,
            section=section_info(placed.chunks[0]),
            chunk=chunk_info(placed.chunks[0]),
            generation=generation,
            checks=pair.scores,
            edits=verdict.edits,
            context=placed.context if kept.with_context else None,
            reasoning=reasoning if kept.with_reasoning else None,
            kind=_said(verdict.pair.kind),
            difficulty=_said(verdict.pair.difficulty),
            solution=solution(question, answer, placed.texts) if placed.texts else None,
            places=placed.places,
            review=pair.mark,
        )

    def _rejection(
        self,
        kind: Kind,
        fault: Fault,
        chunk: Excerpt,
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
            section=section_info(chunk.chunks[0]),
            chunk=chunk_info(chunk.chunks[0]),
            generation=generation,
            text=fault.text or None,
            places=self.across.place_infos(chunk) if isinstance(chunk, ChunkGroup) else None,
            question_kind=_said(pair.kind) if pair else None,
            difficulty=_said(pair.difficulty) if pair else None,
        )

    def _placed(self, chunk: Excerpt, verdict: CheckResult, *, by_person: bool) -> Placed:
        """Where a pair stands that is a record."""
        with_text = self.recipe.settings.dataset.with_context
        if isinstance(chunk, ChunkGroup) and chunk.papers:
            return self.across.placed(chunk, verdict, with_text=with_text, by_person=by_person)
        return placed_in(self.document, self.info, chunk, verdict, with_text=with_text, by_person=by_person)


def _said(name: QuestionKind | Difficulty | None) -> str | None:
    """What was asked for as records name it."""
    return None if name is None else str(name)


def _of_answers(
    paper_sha256: str, replay: DialogueReplay[Body] | DialogueReplay[DialogueResult]
) -> ReplayStats:
    answers = replay.answers
    return ReplayStats(
        answers=len(answers),
        open={paper_sha256: len(replay.open)} if replay.open else {},
        thoughts_only=sum(answer.is_thoughts_only for answer in answers),
        prompt_tokens=sum(answer.prompt_tokens or 0 for answer in answers),
        completion_tokens=sum(answer.completion_tokens or 0 for answer in answers),
        served=frozenset(
            (question.request.model, ModelIdentity.of(answer))
            for question, answer in zip(replay.paid, answers, strict=True)
        ),
    )


def _of_dialogue(talked: DialogueResult) -> ReplayStats:
    read = [past.parsed for past in talked.history]
    seen = ReplayStats(
        responses=tallied("usable" if one.pairs else str(one.faults[0].reason) for one in read),
        attempts=tallied(tallied(past.wanted for past in talked.history).values()),
        judged=tallied(one.outcome for one in talked.pairs if one.outcome),
        unreadable=tallied(one.problem for one in talked.pairs if one.problem),
        traces=tallied(one.outcome for one in talked.traces if one.outcome),
    )
    return seen + _of_pairs((one.verdict, one.faults) for one in talked.pairs)


def _of_pairs(pairs: Iterable[tuple[CheckResult, Sequence[Fault]]]) -> ReplayStats:
    """A pair counts once for each reason that a check or a judge has against it, and for each cleanup that changed it."""
    reasons: Counter[str] = Counter()
    edits: Counter[str] = Counter()
    for verdict, judged in pairs:
        reasons.update({str(fault.reason) for fault in (*verdict.faults, *judged)})
        edits.update({edit.by for edit in verdict.edits})
    return ReplayStats(faults=reasons, edits=edits)


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
    together = MOST_PLACES if recipe.places is not None else 1 if recipe.across is None else MOST_PAPERS
    for several in filter(None, (recipe.places, recipe.across)):
        group = ChunkGroup((chunk,) * together)
        turns += [recipe.turns(several, group, wanted) for wanted in recipe.wanted_of(group)]
    asked = max((most_characters(messages, settings.ask) for messages in turns), default=0)
    return max(asked, judge_characters(recipe, together), trace_characters(recipe, together))


_PAIR_CHARS = 500
"""Of a pair as a judge is shown it, about."""


def judge_characters(recipe: Recipe, chunks: int = 1) -> int:
    """Characters of a judge's prompt about all pairs of a chunk, or of several together, about; 0 where nobody labels."""
    if recipe.judge is None:
        return 0
    pair = {"id": "0" * 10, "question": "x" * (_PAIR_CHARS // 2), "answer": "x" * (_PAIR_CHARS // 2)}
    size = min(recipe.settings.judge.batch or recipe.settings.ask.pairs, recipe.settings.ask.pairs)
    names: dict[str, object] = {
        "chunk": "x" * recipe.settings.chunk.chars * chunks,
        "section": [],
        "pairs": [pair] * size,
        "fence": "0" * 12,
        "problem": "",
    }
    return sum(len(turn.content) for turn in recipe.judge.turns(names))


def trace_characters(recipe: Recipe, chunks: int = 1) -> int:
    """Characters of a prompt that asks for a trace, about; 0 where nobody asks for any."""
    if recipe.reasoning is None:
        return 0
    return len(recipe.reasoning.text) + chunks * recipe.settings.chunk.chars + _PAIR_CHARS // 2
