"""What to ask next about a chunk, given what was asked and answered so far: a pure function, replayed on every build.

Where a response gave too little, the question is put once more with the fault named at its end, and without the bad response: a model that
is shown it goes on in the same way. After that the first question is put again with another seed and more
temperature. What earlier attempts gave stays.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from qagen.engines.presets import merge_system_turn, sampling
from qagen.parsing import Parsed, parse
from qagen.question_kinds import Wanted
from qagen.reasons import Reason
from qagen.records import Completion, Message, Request, canonical_json, encodable, sha256
from qagen.settings import AskSettings

_WARMER = 0.2
"""What each fresh attempt adds to the temperature."""
_WARMEST = 1.0
_FOLLOW_UP = """\
An earlier answer to this could not be used: {fault} Give the pairs now, {pairs} of them, about the same excerpt and under the same \
rules, {form}"""
_TOO_FEW = "It has too few pairs."
_FORMS = {
    "text": """\
each as

------
###QUESTION: the question
###ANSWER: the answer
------

and nothing before, between or after them.""",
    "json": """\
as one JSON object and nothing else: {"pairs": [{"question": "the question", "answer": "the answer"}]}""",
}


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request with its completion, and what the reader made of it; `wanted` is what it asked for, where that is said."""

    request: Request
    completion: Completion
    parsed: Parsed
    wanted: Wanted | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing more is asked about this chunk."""


@dataclass(frozen=True, slots=True)
class PendingRequest:
    """A request, and the label of the prompt that made it, for the ledger."""

    request: Request
    prompt: str


T = TypeVar("T")

Dialogue = Generator[PendingRequest, Completion | None, T]
"""A dialogue as a pure generator: it gives questions, is sent the completion of each, or None where there is none now, and
returns what came out of it. The run drives it with ledger and engine, the replay with the ledger alone.
"""


@dataclass(frozen=True, slots=True)
class DialogueReplay(Generic[T]):
    """A dialogue as far as it is known.

    Attributes:
        value: what came out of it.
        paid: the questions that have an answer, in order.
        answers: theirs.
        open: those that have none yet; behind one there may be further ones that nobody knows.
    """

    value: T
    paid: tuple[PendingRequest, ...]
    answers: tuple[Completion, ...]
    open: tuple[PendingRequest, ...]


def replay_dialogue(dialogue: Dialogue[T], known: Callable[[str], Completion | None]) -> DialogueReplay[T]:
    """Lead a dialogue with the answers that there are.

    Args:
        dialogue: not begun yet.
        known: the completion for a request's key, or None.
    """
    paid: list[PendingRequest] = []
    answers: list[Completion] = []
    unknown: list[PendingRequest] = []
    try:
        question = next(dialogue)
        while True:
            completion = known(question.request.key)
            if completion is None:
                unknown.append(question)
            else:
                paid.append(question)
                answers.append(completion)
            question = dialogue.send(completion)
    except StopIteration as end:
        return DialogueReplay(end.value, tuple(paid), tuple(answers), tuple(unknown))


def exchange(request: Request, completion: Completion) -> Exchange:
    """Read a completion and put it beside its request; what no file and no request can hold is replaced first."""
    completion = replace(
        completion,
        text=encodable(completion.text),
        reasoning=None if completion.reasoning is None else encodable(completion.reasoning),
    )
    parsed = parse(
        completion.text,
        finish_reason=completion.finish_reason,
        reasoning=completion.reasoning,
        response_format=request.response_format,
    )
    return Exchange(request, completion, parsed)


def next_request(
    messages: tuple[Message, ...], model: str, settings: AskSettings, history: Sequence[Exchange]
) -> Request | Done:
    """The request to make after `history`, or Done.

    Args:
        messages: the turns that ask about the chunk for the first time.
        model: as declared.
        settings: how many attempts there may be, and with what sampling.
        history: all exchanges about this chunk, in order.
    """
    found = sum(len(past.parsed.pairs) for past in history)
    attempt = len(history) + 1
    if found >= min(settings.enough, settings.pairs) or attempt > settings.attempts:
        return Done()
    if attempt == 2:
        return request_for(_second_chance(messages, history[-1], settings), model, settings, attempt)
    request = request_for(messages, model, settings, attempt)
    warmer = min(request.temperature + _WARMER * max(0, attempt - 2), max(_WARMEST, request.temperature))
    return replace(request, temperature=round(warmer, 4))


def most_characters(messages: tuple[Message, ...], settings: AskSettings) -> int:
    """Characters of the longest request of a dialogue that begins with these turns."""
    size = sum(len(message.content) for message in messages)
    if settings.attempts == 1:
        return size
    longest = max(len(reason.meaning) for reason in Reason)
    return size + len(_FOLLOW_UP) + longest + len(_FORMS[settings.form])


def request_for(
    messages: tuple[Message, ...], model: str, settings: AskSettings, attempt: int, vote: int = 1
) -> Request:
    """A request whose seed follows from its messages, attempt and vote, so that it is the same on every build."""
    how = sampling(settings, model)
    messages = merge_system_turn(messages) if how.merged else messages
    turns = [[message.role, message.content] for message in messages]
    return Request(
        model=model,
        messages=messages,
        temperature=how.temperature,
        top_p=how.top_p,
        max_tokens=how.max_tokens,
        seed=int(sha256(canonical_json([turns, attempt, *([vote] if vote > 1 else [])]))[:7], 16),
        attempt=attempt,
        response_format=settings.form,
        top_k=how.top_k,
        min_p=how.min_p,
        thinking_budget=settings.thinking_budget,
        reasoning_effort=settings.reasoning_effort,
        most_pairs=settings.pairs if settings.form == "json" else None,
    )


def _second_chance(
    messages: tuple[Message, ...], past: Exchange, settings: AskSettings
) -> tuple[Message, ...]:
    """The same turns with what was wrong with a response at the end, and the form last."""
    fault = past.parsed.faults[0].reason if past.parsed.faults else Reason.NO_PAIRS
    meaning = _TOO_FEW if past.parsed.pairs else fault.meaning
    named = _FOLLOW_UP.format(fault=meaning, pairs=settings.pairs, form=_FORMS[settings.form])
    *before, last = messages
    return (*before, Message(last.role, f"{last.content}\n\n{named}"))
