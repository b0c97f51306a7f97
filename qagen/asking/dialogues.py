"""The dialogues of a build, as pure generators: which headings are main body, pairs of a chunk, and what judges say of them.

The run leads them with ledger and engine, the replay with the ledger alone (`qagen.asking.dialogue.replay_dialogue`); so both ask the
same, and a question whose answer nobody has yet ends only what depends on it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from qagen.asking.dialogue import Dialogue, Done, Exchange, PendingRequest, exchange, next_request
from qagen.asking.grouping import chunk_groups
from qagen.asking.judge import PairJudge, text_request, waiting
from qagen.asking.judged import JudgedPair, unjudged
from qagen.asking.labels import fence
from qagen.asking.main_body import MOST_HEADINGS, Body, heading_lines, read_body
from qagen.asking.recipe import Recipe, in_sample, unfit
from qagen.asking.traces import NOT_ASKED, WAITING, TraceResult, trace_dialogue
from qagen.checks import CheckResult, IndexedSource, JoinedSource, check_pair
from qagen.chunking.chunks import chunks
from qagen.chunking.sections import sections
from qagen.prompts import Prompt
from qagen.records import Chunk, ChunkGroup, Document, Excerpt, Message, Pair, Paper
from qagen.settings import AskSettings


@dataclass(frozen=True, slots=True)
class DialogueResult:
    """A chunk's dialogue as far as it is known.

    Attributes:
        history: the exchanges that asked for pairs.
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


def body_chunks(document: Document, body: Body, recipe: Recipe) -> tuple[Chunk, ...]:
    """The chunks of a document's main body."""
    return chunks(document, sections(document, body.starts), recipe.settings.chunk)


def place_groups(chunks: Sequence[Chunk], paper: Paper, recipe: Recipe) -> tuple[ChunkGroup, ...]:
    """The groups of a paper's chunks that are asked about together, out of all that are fit; of a sample those whose first is in it."""
    if recipe.places is None:
        return ()
    fit = [chunk for chunk in chunks if unfit(chunk, recipe.settings.chunk) is None]
    groups = chunk_groups(fit, recipe.settings.ask.places)
    return tuple(group for group in groups if in_sample(group.chunks[0], paper, recipe))


def chunk_dialogue(
    paper: Paper, text: str, chunk: Excerpt, recipe: Recipe, *, verdicts: bool = True
) -> Dialogue[DialogueResult]:
    """Ask for pairs about a chunk, then the judges about those that the checks let pass, then for traces of what is left.

    Args:
        paper: of the chunk.
        text: of the paper's document, all of it.
        chunk: asked about; or a group of chunks that are asked about together.
        recipe: with a model and a prompt.
        verdicts: False where only the questions are of interest; without judges and traces the checks are then left out.
    """
    history, answered = yield from _pairs_dialogue(paper, chunk, recipe)
    if not (verdicts or recipe.judges or recipe.reasoning):
        return DialogueResult(history, (), (), answered)
    source = source_of(chunk)
    placed = list(_placed(history))
    exchanges = tuple(past for past, _ in placed)
    checks = recipe.settings.checks
    found: Sequence[CheckResult] = [check_pair(pair, source, checks, paper=text) for _, pair in placed]
    if recipe.grounder is not None:
        found = recipe.grounder.add_scores(found, source)
    pairs = tuple(unjudged(verdict) for verdict in found)
    if recipe.judges and not answered:
        # A chunk's pairs are judged together, so the judge waits for the last of them.
        return _ended(history, waiting(pairs, recipe), exchanges)
    if recipe.judges:
        pair_judge = PairJudge(chunk, recipe)
        pairs = yield from pair_judge.judge_pairs(pairs)
        answered = not pair_judge.open
    traces = yield from trace_dialogue(chunk, pairs, recipe)
    answered = answered and not any(one.outcome == WAITING for one in traces)
    return DialogueResult(history, pairs, exchanges, answered, traces)


def _ended(
    history: tuple[Exchange, ...], pairs: tuple[JudgedPair, ...], exchanges: tuple[Exchange, ...]
) -> DialogueResult:
    """Of a dialogue that cannot go on before an answer comes."""
    return DialogueResult(history, pairs, exchanges, False, (NOT_ASKED,) * len(pairs))


def source_of(chunk: Excerpt) -> IndexedSource:
    """What pairs about a chunk, or about several, have to be grounded in."""
    if isinstance(chunk, ChunkGroup):
        return JoinedSource([one.text for one in chunk.chunks])
    return IndexedSource(chunk.text)


def _placed(history: Sequence[Exchange]) -> Iterator[tuple[Exchange, Pair]]:
    place = 0
    for past in history:
        for pair in past.parsed.pairs:
            yield past, replace(pair, place=place)
            place += 1


def _pairs_dialogue(
    paper: Paper, chunk: Excerpt, recipe: Recipe
) -> Dialogue[tuple[tuple[Exchange, ...], bool]]:
    prompt = recipe.prompt_for(paper, chunk)
    if prompt is None or recipe.model is None:
        raise ValueError(f"the recipe of the engine {recipe.engine!r} has no prompt or no model")
    ask = recipe.settings.ask
    if isinstance(chunk, ChunkGroup):
        # Few questions need several places, so that every pair is enough.
        ask = ask.model_copy(update={"pairs": ask.place_pairs, "enough": 1})
    messages = first_turns(prompt, chunk, ask, recipe.settings.language)
    history: list[Exchange] = []
    while not isinstance(request := next_request(messages, recipe.model, ask, history), Done):
        completion = yield PendingRequest(request, prompt.label)
        if completion is None:
            return tuple(history), False
        history.append(exchange(request, completion))
    return tuple(history), True


def first_turns(prompt: Prompt, chunk: Excerpt, ask: AskSettings, language: str) -> tuple[Message, ...]:
    """The turns that ask about a chunk, or about several together, for the first time."""
    if isinstance(chunk, ChunkGroup):
        digits = fence(*(one.text for one in chunk.chunks))
        return prompt.messages_of_group(chunk, ask.pairs, digits, ask.form, language)
    return prompt.messages(chunk, ask.pairs, ask.form, language)
