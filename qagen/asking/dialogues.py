"""The dialogues of a build, as pure generators: which headings are main body, pairs of a chunk, and what judges say of them.

The run leads them with ledger and engine, the replay with the ledger alone (`qagen.asking.dialogue.replay_dialogue`); so both ask the
same, and a question whose answer nobody has yet ends only what depends on it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from qagen.asking.dialogue import Dialogue, Done, Exchange, PendingRequest, exchange, next_request
from qagen.asking.framing import says_none
from qagen.asking.grouping import chunk_groups
from qagen.asking.judge import PairJudge, text_request, waiting
from qagen.asking.judged import JudgedPair, unjudged
from qagen.asking.labels import fence
from qagen.asking.main_body import MOST_HEADINGS, Body, heading_lines, read_body
from qagen.asking.recipe import Recipe, in_sample, unfit
from qagen.asking.traces import NOT_ASKED, WAITING, TraceResult, trace_dialogue
from qagen.checks import CheckResult, check_pair
from qagen.checks.reading.joined import source_of
from qagen.checks.reading.whole_paper import WholePaper
from qagen.checks.unanswerable import check_unanswerable
from qagen.chunking.chunks import chunks
from qagen.chunking.sections import is_references, sections
from qagen.question_kinds import Wanted
from qagen.reasons import Reason
from qagen.records import Chunk, ChunkGroup, Document, Excerpt, Fault, Pair, Paper


@dataclass(frozen=True, slots=True)
class DialogueResult:
    """A chunk's dialogue as far as it is known.

    Attributes:
        history: the exchanges that asked for pairs, by what they asked for.
        pairs: theirs, in order; empty where nobody asked for verdicts.
        exchanges: those that each of the pairs came from.
        traces: of each of the pairs, what came of asking its question anew; empty where there are no pairs.
        answered: whether every question of the dialogue has its answer.
    """

    history: tuple[Exchange, ...]
    pairs: tuple[JudgedPair, ...]
    exchanges: tuple[Exchange, ...]
    answered: bool
    traces: tuple[TraceResult, ...] = ()


def main_body_dialogue(document: Document, recipe: Recipe) -> Dialogue[Body]:
    """Ask which headings are main body, where the recipe has a prompt for it and there is a choice."""
    lines = heading_lines(document)
    if recipe.sections is None or len(lines) < 2:
        return Body()
    if len(lines) > MOST_HEADINGS:
        return Body(fault=f"{len(lines)} headings are too many to ask about")
    messages = recipe.sections.turns({"headings": lines, "fence": fence(*lines)})
    body = Body()
    for attempt in range(1, recipe.settings.ask.attempts + 1):
        completion = yield text_request(recipe, messages, recipe.sections, recipe.model, attempt)
        if completion is None:
            return Body(fault="the model has not answered yet", by="unanswered")
        body = read_body(completion, document)
        if body.starts is not None:
            break
    return body


def whole_paper(document: Document) -> WholePaper:
    """All that a paper says. An answer counts in every section, main body or not, but the list of references: titles answer nothing."""
    told = [section for section in sections(document) if not any(map(is_references, section.path))]
    spans = [(section.start, section.end) for section in told]
    return WholePaper(document.text, spans, [section.path for section in told])


def body_chunks(document: Document, body: Body, recipe: Recipe) -> tuple[Chunk, ...]:
    """The chunks of a document's main body."""
    return chunks(document, sections(document, body.starts), recipe.settings.chunk)


def fit_chunks(chunks: Sequence[Chunk], recipe: Recipe) -> list[Chunk]:
    """Those that are long and readable enough to be asked about, in the sample or not."""
    return [chunk for chunk in chunks if unfit(chunk, recipe.settings.chunk) is None]


def place_groups(chunks: Sequence[Chunk], paper: Paper, recipe: Recipe) -> tuple[ChunkGroup, ...]:
    """The groups of a paper's chunks that are asked about together, out of all that are fit; of a sample those whose first is in it.

    Raises:
        EngineError: where vectors decide, and are not there.
    """
    if recipe.places is None:
        return ()
    fit = fit_chunks(chunks, recipe)
    vectors = recipe.vectors.of(fit) if recipe.vectors is not None and len(fit) > 1 else None
    groups = chunk_groups(fit, recipe.settings.ask.places, vectors)
    return tuple(group for group in groups if in_sample(group.chunks[0], paper, recipe))


def chunk_dialogue(
    paper: Paper, whole: WholePaper, chunk: Excerpt, recipe: Recipe, *, verdicts: bool = True
) -> Dialogue[DialogueResult]:
    """Ask for pairs about a chunk, then the judges about those that the checks let pass, then for traces of what is left.

    All of it for each kind that is wanted by itself, so a kind that is added asks for itself alone, and a call that has no answer yet
    leaves the other kinds alone.

    Args:
        paper: of the chunk.
        whole: what the paper says, all of it.
        chunk: asked about; or a group of chunks that are asked about together.
        recipe: with a model and a prompt.
        verdicts: False where only the questions are of interest; without judges and traces the checks are then left out.
    """
    pair_checks = _PairChecks(whole, chunk, recipe)
    parts: list[DialogueResult] = []
    place = 0
    for wanted in recipe.wanted_of(chunk):
        history, answered = yield from _pairs_dialogue(paper, chunk, recipe, wanted)
        part = DialogueResult(history, (), (), answered)
        if verdicts or recipe.judges or recipe.reasoning:
            part = yield from pair_checks.judged(part, wanted, place)
        parts.append(part)
        place += sum(len(past.parsed.pairs) for past in history)
    return DialogueResult(
        tuple(past for part in parts for past in part.history),
        tuple(pair for part in parts for pair in part.pairs),
        tuple(past for part in parts for past in part.exchanges),
        all(part.answered for part in parts),
        tuple(trace for part in parts for trace in part.traces),
    )


class _PairChecks:
    """The checks and the judges of one chunk's pairs, whatever they were asked for to be."""

    def __init__(self, whole: WholePaper, chunk: Excerpt, recipe: Recipe) -> None:
        self.whole = whole
        self.chunk = chunk
        self.recipe = recipe
        self.source = source_of(chunk)

    def judged(self, part: DialogueResult, wanted: Wanted, place: int) -> Dialogue[DialogueResult]:
        """The pairs of one call's answers, checked and judged; the first of them has this place among the chunk's."""
        placed = list(_placed(part.history, wanted, place))
        part = replace(part, exchanges=tuple(past for past, _ in placed))
        asked = tuple(pair for _, pair in placed)
        if wanted.is_unanswerable:
            part = yield from self._unanswerable(part, asked, wanted)
            return replace(part, traces=(NOT_ASKED,) * len(part.pairs))
        return (yield from self._answered(part, asked, wanted))

    def _answered(
        self, part: DialogueResult, asked: Sequence[Pair], wanted: Wanted
    ) -> Dialogue[DialogueResult]:
        checks, recipe = self.recipe.settings.checks, self.recipe
        found: Sequence[CheckResult] = [
            self._without_echo(check_pair(pair, self.source, checks, paper=self.whole)) for pair in asked
        ]
        if recipe.grounder is not None:
            found = recipe.grounder.add_scores(found, self.source)
        pairs = tuple(unjudged(verdict) for verdict in found)
        answered = part.answered
        if recipe.judges and not answered:
            # The pairs of a call are judged together, so the judge waits for the last of them.
            return replace(part, pairs=waiting(pairs, recipe), traces=(NOT_ASKED,) * len(pairs))
        if recipe.judges:
            pair_judge = PairJudge(self.chunk, recipe, wanted)
            pairs = yield from pair_judge.judge_pairs(pairs)
            answered = not pair_judge.open
        traces = yield from trace_dialogue(self.chunk, pairs, recipe)
        answered = answered and not any(one.outcome == WAITING for one in traces)
        return replace(part, pairs=pairs, answered=answered, traces=traces)

    def _unanswerable(
        self, part: DialogueResult, asked: Sequence[Pair], wanted: Wanted
    ) -> Dialogue[DialogueResult]:
        """Questions that the paper is not to answer: looked for in all of it, and put to a model where answers are asked for anew."""
        checks = self.recipe.settings.checks
        found = [
            self._without_echo(check_unanswerable(pair, self.source, self.whole, checks)) for pair in asked
        ]
        pairs = tuple(unjudged(verdict) for verdict in found)
        pair_judge = PairJudge(self.chunk, self.recipe, wanted)
        judged = yield from pair_judge.judge_unanswerable(pairs, self.whole.nearest)
        return replace(part, pairs=judged, answered=part.answered and not pair_judge.open)

    def _without_echo(self, verdict: CheckResult) -> CheckResult:
        """With what there is to say of a pair that is an example of the user's, given back."""
        checks, examples = self.recipe.settings.checks, self.recipe.examples
        if examples is None or "echo" in checks.disabled:
            return verdict
        fault = examples.echo(verdict.pair, checks.echo_similarity)
        return verdict if fault is None else replace(verdict, faults=(fault, *verdict.faults))


def _placed(history: Sequence[Exchange], wanted: Wanted, place: int) -> Iterator[tuple[Exchange, Pair]]:
    for past in history:
        for pair in past.parsed.pairs:
            yield past, replace(pair, place=place, kind=wanted.kind, difficulty=wanted.difficulty)
            place += 1


def _pairs_dialogue(
    paper: Paper, chunk: Excerpt, recipe: Recipe, wanted: Wanted
) -> Dialogue[tuple[tuple[Exchange, ...], bool]]:
    prompt = recipe.prompt_for(paper, chunk)
    if prompt is None or recipe.model is None:
        raise ValueError(f"the recipe of the engine {recipe.engine!r} has no prompt or no model")
    ask = recipe.settings.ask
    may_be_less = wanted.kind is not None or isinstance(chunk, ChunkGroup)
    if may_be_less:
        # A chunk may have less of a kind than is wanted, and several together too, so that every pair is enough.
        ask = ask.model_copy(update={"pairs": wanted.pairs, "enough": 1})
    elif wanted.pairs != ask.pairs:
        ask = ask.model_copy(update={"pairs": wanted.pairs})
    messages = recipe.turns(prompt, chunk, wanted)
    history: list[Exchange] = []
    while not isinstance(request := next_request(messages, recipe.model, ask, history), Done):
        completion = yield PendingRequest(request, prompt.label_for(wanted))
        if completion is None:
            return tuple(history), False
        past = replace(exchange(request, completion), wanted=wanted)
        if may_be_less and not past.parsed.pairs and says_none(completion):
            what = f"of the kind {wanted.name}" if wanted.kind else "that needs several of these places"
            nothing = Fault(Reason.NOTHING_TO_ASK, f"the model finds nothing to ask {what}")
            history.append(replace(past, parsed=replace(past.parsed, faults=(nothing,))))
            break
        history.append(past)
    return tuple(history), True
