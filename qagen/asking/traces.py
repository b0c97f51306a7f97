"""The thoughts that lead to a record's answer: its question asked anew, with its chunk, and the answer compared.

What a model thought while it made ten pairs leads to none of them. Here it answers one question, and its thoughts are kept only
where the answer that they came to agrees with the pair's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from qagen.asking.agreement import agreement, is_none, read_answer
from qagen.asking.dialogue import Dialogue
from qagen.asking.judge import text_request
from qagen.asking.judged import JudgedPair
from qagen.asking.labels import fence
from qagen.asking.recipe import Recipe
from qagen.parsing.reader import without_edge_tags
from qagen.parsing.reasoning import set_apart
from qagen.prompts import Prompt
from qagen.records import Completion, Excerpt, Message, Pair, Trace, encodable

KEPT, DISAGREES, NO_ANSWER = "kept", "disagrees", "no_answer"
NO_REASONING, UNUSABLE, WAITING = "no_reasoning", "unusable", "waiting"


@dataclass(frozen=True, slots=True)
class TraceResult:
    """What came of asking a pair's question anew.

    Attributes:
        outcome: `kept`; `disagrees` where the answer is another, `no_answer` where the model finds none, `no_reasoning` where it
            gives no thoughts or shows its prompt in them, `unusable` where the answer is empty or cut off, `waiting` where it is
            still to come; empty where nobody asked.
        trace: where it is kept.
    """

    outcome: str = ""
    trace: Trace | None = None


NOT_ASKED = TraceResult()


def trace_dialogue(
    chunk: Excerpt, pairs: Sequence[JudgedPair], recipe: Recipe
) -> Dialogue[tuple[TraceResult, ...]]:
    """Ask for a trace of every pair that becomes a record, as far as the chunk alone tells; results in the order of the pairs."""
    results = []
    for one in pairs:
        if recipe.reasoning is not None and _is_wanted(one, recipe):
            results.append((yield from _trace(chunk, one.verdict.pair, recipe, recipe.reasoning)))
        else:
            results.append(NOT_ASKED)
    return tuple(results)


def _is_wanted(one: JudgedPair, recipe: Recipe) -> bool:
    """Whether a pair passed, or has a judge that could not be read and that the build may do without."""
    unread = bool(one.problem) and recipe.settings.judge.mode == "auto"
    return one.verdict.accepted and (not one.faults or unread)


def _trace(chunk: Excerpt, pair: Pair, recipe: Recipe, prompt: Prompt) -> Dialogue[TraceResult]:
    marks = fence(chunk.text, pair.question)
    messages = _messages(chunk, pair, recipe, prompt, marks)
    for attempt in range(1, recipe.settings.judge.attempts + 1):
        completion = yield text_request(recipe, messages, prompt, recipe.model, attempt)
        if completion is None:
            return TraceResult(WAITING)
        again = read_answer(completion)
        if again is not None:
            return _compared(pair, again, _thoughts(completion), marks, recipe)
    return TraceResult(UNUSABLE)


def _messages(chunk: Excerpt, pair: Pair, recipe: Recipe, prompt: Prompt, marks: str) -> tuple[Message, ...]:
    return prompt.turns(
        {
            "chunk": chunk.text,
            "section": list(chunk.section.path),
            "question": pair.question,
            "fence": marks,
            "language": recipe.settings.language,
        }
    )


def _compared(pair: Pair, again: str, thoughts: str, marks: str, recipe: Recipe) -> TraceResult:
    settings = recipe.settings
    if is_none(pair, again, settings.checks):
        return TraceResult(NO_ANSWER)
    agreed = round(agreement(pair, again, settings.checks), 4)
    if agreed < settings.judge.min_agreement:
        return TraceResult(DISAGREES)
    if not thoughts or marks in thoughts:
        return TraceResult(NO_REASONING)
    return TraceResult(KEPT, Trace(thoughts, agreed))


def _thoughts(completion: Completion) -> str:
    """What the server sent apart, or what stands in the text before the answer."""
    apart = (completion.reasoning or "").strip()
    return encodable(apart or without_edge_tags(set_apart(completion.text).before))
