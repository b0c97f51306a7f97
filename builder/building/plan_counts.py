"""What the converted papers of a plan come to: frozen counts that add up, chunk by chunk and paper by paper."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from builder.building.estimate import JUDGE_LABELS, TRACE_LABEL, AnswersKept
from builder.building.job import BuildJob
from qagen.asking.dialogue import PendingRequest, replay_dialogue
from qagen.asking.dialogues import body_chunks, chunk_dialogue, fit_chunks, place_groups, whole_paper
from qagen.asking.recipe import Recipe, in_sample, is_asked, unfit
from qagen.checks.reading.whole_paper import WholePaper
from qagen.ledger.ledger import Ledger
from qagen.pipeline.across import read_across
from qagen.pipeline.opened import kept_body
from qagen.pipeline.stats import added
from qagen.question_kinds import Wanted
from qagen.records import Chunk, Document, Excerpt, Paper
from qagen.settings import Settings
from qagen.workspace import Workspace


@dataclass(frozen=True, slots=True)
class PromptCalls:
    """Calls with one prompt: those whose answers are kept, and those to be made."""

    paid: int = 0
    to_make: int = 0

    def __add__(self, more: "PromptCalls") -> "PromptCalls":
        return PromptCalls(self.paid + more.paid, self.to_make + more.to_make)


@dataclass(frozen=True, slots=True)
class PlanCounts:
    """What converted papers come to.

    Attributes:
        chunks: those that are asked about.
        groups: those of them that are asked about together; `groups_across`, those groups that are of several papers.
        unembedded: texts that have no vector yet; `ungrouped`, papers whose groups hang on them.
        not_asked: reason -> chunks that are not.
        answers: those of the ledger that a build would use, but for a judge's and those for traces.
        longer: first calls that chunks of twice the size would take, beyond those that are paid.
        choices: papers whose main body the model chooses; `sections`, those of them that are still to be asked about.
        characters: of the prompts of the calls to be made.
        unfinished: chunks with a call to be made; `judge`, those of them whose pairs are then judged.
        unjudged: calls of the judge about pairs that are still to come.
        untraced: calls for traces of pairs that, or whose verdicts, are still to come; at most.
        by_prompt: the prompt's label -> its calls.
        rules: the places of the rules whose prompts ask; None for the prompt of what no rule fits.
    """

    chunks: int = 0
    groups: int = 0
    groups_across: int = 0
    unembedded: int = 0
    ungrouped: int = 0
    not_asked: Mapping[str, int] = field(default_factory=dict)
    answers: AnswersKept = field(default_factory=AnswersKept)
    longer: int = 0
    choices: int = 0
    sections: int = 0
    characters: int = 0
    unfinished: int = 0
    judge: int = 0
    unjudged: int = 0
    untraced: int = 0
    by_prompt: Mapping[str, PromptCalls] = field(default_factory=dict)
    rules: frozenset[int | None] = frozenset()

    def __add__(self, more: "PlanCounts") -> "PlanCounts":
        calls = dict(self.by_prompt)
        for label, one in more.by_prompt.items():
            calls[label] = calls.get(label, PromptCalls()) + one
        return PlanCounts(
            self.chunks + more.chunks,
            self.groups + more.groups,
            self.groups_across + more.groups_across,
            self.unembedded + more.unembedded,
            self.ungrouped + more.ungrouped,
            added(self.not_asked, more.not_asked),
            self.answers + more.answers,
            self.longer + more.longer,
            self.choices + more.choices,
            self.sections + more.sections,
            self.characters + more.characters,
            self.unfinished + more.unfinished,
            self.judge + more.judge,
            self.unjudged + more.unjudged,
            self.untraced + more.untraced,
            calls,
            self.rules | more.rules,
        )

    @property
    def calls(self) -> PromptCalls:
        """All calls."""
        return sum(self.by_prompt.values(), PromptCalls())

    @property
    def judge_calls(self) -> int:
        """Calls of the judge that are known to be missing."""
        return self._missing(JUDGE_LABELS)

    @property
    def trace_calls(self) -> int:
        """Calls for traces that are known to be missing."""
        return self._missing((TRACE_LABEL,))

    def _missing(self, labels: tuple[str, ...]) -> int:
        return sum(calls.to_make for label, calls in self.by_prompt.items() if label.startswith(labels))


def count_paper(
    paper: Paper, document: Document, recipe: Recipe, workspace: Workspace, *, asked: bool
) -> PlanCounts:
    """What one paper comes to; its choice of sections counts only where it is `asked` for or some chunk is looked at."""
    return sum(_parts(paper, document, recipe, workspace, asked=asked), PlanCounts())


def _parts(
    paper: Paper, document: Document, recipe: Recipe, workspace: Workspace, *, asked: bool
) -> Iterator[PlanCounts]:
    ledger = Ledger(workspace.calls(paper.sha256))
    chosen = kept_body(paper, document, recipe, workspace)
    if asked or recipe.looks_at(paper.sha256):
        yield _of_calls(chosen.paid, chosen.open)
        yield PlanCounts(choices=bool(chosen.paid or chosen.open), sections=bool(chosen.open))
    longer = replace(
        recipe, settings=with_chunks(recipe.settings, 2 * recipe.settings.chunk.chars), sample=None
    )
    longer_chunks = body_chunks(document, chosen.value, longer)
    whole = whole_paper(document)
    yield PlanCounts(longer=sum(_first_calls(paper, whole, chunk, longer, ledger) for chunk in longer_chunks))
    found = body_chunks(document, chosen.value, recipe)
    for chunk in found:
        if not in_sample(chunk, paper, recipe):
            continue
        if fault := unfit(chunk, recipe.settings.chunk):
            yield PlanCounts(not_asked={fault.reason.value: 1})
            continue
        yield PlanCounts(chunks=1, rules=frozenset({recipe.rule_for(paper, chunk)}))
        if recipe.engine != "extractive":
            yield _of_chunk(paper, whole, chunk, recipe, ledger)
    missing = len(recipe.vectors.missing(fit_chunks(found, recipe))) if recipe.vectors is not None else 0
    if missing:
        yield PlanCounts(unembedded=missing, ungrouped=1)
        return
    for group in place_groups(found, paper, recipe):
        yield PlanCounts(groups=1)
        yield _of_chunk(paper, whole, group, recipe, ledger)


def count_across(job: BuildJob, recipe: Recipe) -> PlanCounts:
    """What the groups of several papers come to, where all papers are converted and their main bodies and vectors known."""
    across = read_across(job.papers, job.workspace, recipe, {})
    found = PlanCounts()
    for paper in job.papers:
        ledger = Ledger(job.workspace.calls(paper.sha256))
        for group in across.owned_by(paper):
            counts = _of_chunk(paper, across.whole(group), group, recipe, ledger)
            found += PlanCounts(groups=1, groups_across=1) + counts
    return found


def _of_chunk(paper: Paper, whole: WholePaper, chunk: Excerpt, recipe: Recipe, ledger: Ledger) -> PlanCounts:
    talked = replay_dialogue(chunk_dialogue(paper, whole, chunk, recipe, verdicts=False), ledger.get)
    is_open = bool(talked.open)
    tracing = any(question.prompt.startswith(TRACE_LABEL) for question in talked.open)
    judging = any(question.prompt.startswith(JUDGE_LABELS) for question in talked.open)
    waited_for = {question.prompt for question in talked.open}
    prompt = recipe.prompt_for(paper, chunk)
    to_come = [
        wanted
        for wanted in recipe.wanted_of(chunk)
        if prompt is not None and prompt.label_for(wanted) in waited_for
    ]
    return _of_calls(talked.paid, talked.open) + PlanCounts(
        answers=AnswersKept.of(
            answer
            for question, answer in zip(talked.paid, talked.answers, strict=True)
            if not question.prompt.startswith((*JUDGE_LABELS, TRACE_LABEL))
        ),
        unfinished=is_open,
        judge=is_open and recipe.judges,
        unjudged=sum(judge_calls(recipe, wanted) for wanted in to_come),
        untraced=sum(map(trace_calls, recipe.wanted_of(chunk) if judging and not tracing else to_come)),
    )


def _of_calls(paid: Sequence[PendingRequest], to_make: Sequence[PendingRequest]) -> PlanCounts:
    calls: dict[str, PromptCalls] = {}
    for questions, one in ((paid, PromptCalls(paid=1)), (to_make, PromptCalls(to_make=1))):
        for question in questions:
            calls[question.prompt] = calls.get(question.prompt, PromptCalls()) + one
    characters = sum(len(message.content) for question in to_make for message in question.request.messages)
    return PlanCounts(characters=characters, by_prompt=calls)


def trace_calls(wanted: Wanted) -> int:
    """Calls for traces of the pairs of one call, at most."""
    return 0 if wanted.is_unanswerable else wanted.pairs


def judge_calls(recipe: Recipe, wanted: Wanted) -> int:
    """Calls of the judge about the pairs of one call: one for each vote where nothing parts them, one for each second answer.

    Nobody is asked for labels of questions without an answer.
    """
    settings, calls = recipe.settings.judge, 0
    if recipe.judge is not None and not wanted.is_unanswerable:
        calls += -(-wanted.pairs // (settings.batch or wanted.pairs)) * settings.votes
    second = recipe.answering if wanted.is_unanswerable else recipe.round_trip
    return calls + (wanted.pairs if second is not None else 0)


def _first_calls(paper: Paper, whole: WholePaper, chunk: Chunk, recipe: Recipe, ledger: Ledger) -> int:
    """How many calls about a chunk would be made now, at most one for each kind that is asked for."""
    if recipe.engine == "extractive" or not is_asked(chunk, paper, recipe):
        return 0
    dialogue = chunk_dialogue(paper, whole, chunk, recipe, verdicts=False)
    return min(len(replay_dialogue(dialogue, ledger.get).open), len(recipe.wanted))


def with_chunks(settings: Settings, chars: int) -> Settings:
    """The same settings with chunks of another size."""
    return settings.model_copy(update={"chunk": settings.chunk.model_copy(update={"chars": chars})})
