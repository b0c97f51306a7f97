"""Trial questions to a model: does the whole prompt reach it, where do its thoughts stand, can its answer be held to a schema.

**The silent cut.** Ollama, and LM Studio where it is set so, cut a prompt that does not fit and answer with status 200: the model
writes about half a chunk without the rules, and nobody is told. A code word at the very head of a prompt, asked for at its end,
finds that. A model that cannot repeat it out of a short prompt either proves nothing; then the tokens that the server counted decide.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import count

from qagen.engines.presets import sampling
from qagen.records import Completion, Message, Request
from qagen.settings import AskSettings

Ask = Callable[[Request], Awaitable[Completion]]

CHARS_PER_TOKEN = 4.0
"""Of English text, about; formulas and other languages have fewer, so that an estimate by it is rather too low."""
TOO_FEW = 0.6
"""A server that counts less than this share of the tokens that we expect has not read all of the prompt."""
CODE_WORD = "quillhaven-7302"
_ROOM = 768
"""Tokens of an answer of one word, with the thoughts before it; in them the word mostly stands too."""
_SHORT = 2000
"""Characters; so many that the marks of the chat template are a small part of the tokens."""
_CLEARLY_FEWER = 0.9
"""Below this share of the tokens that a short prompt lets us expect, and with its head lost, a prompt was cut."""
_HEAD = f"The code word is {CODE_WORD}. Keep it in mind: it is asked for at the end.\n\n"
_TAIL = "\n\nWhat is the code word that was given at the very beginning? Answer with the code word and nothing else."
_SCHEMA_QUESTION = "Give one question/answer pair about why ice floats on water, as JSON."


class Thoughts(StrEnum):
    """Where a model's reasoning stands in a reply."""

    CONTENT_FIELD = "in the field reasoning_content"
    FIELD = "in the field reasoning"
    INLINE = "in the text, between <think> and </think>"
    CLOSING_TAG = "in the text, before </think> without an opening tag"
    NONE = "nowhere: the model gives none, or hides them"


class Reach(StrEnum):
    """Whether a long prompt reaches the model."""

    WHOLE = "whole"
    CUT = "cut"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a prompt of some length arrived.

    Attributes:
        expected: tokens of it by our own estimate.
        counted: tokens of it that the server counted; None where it does not.
    """

    reach: Reach
    characters: int
    expected: int
    counted: int | None


async def probe_head(ask: Ask, settings: AskSettings, model: str, length: int) -> Arrival:
    """Ask for a code word at the head of a prompt of so many characters; where it is lost, ask for that of a short prompt too.

    Raises:
        EngineError: as the engine that is asked.
    """
    long = _request(settings, model, _HEAD + _filler(length - len(_HEAD) - len(_TAIL)) + _TAIL)
    answer = await ask(long)
    if _repeats(answer):
        return Arrival(Reach.WHOLE, length, _tokens(long), prompt_tokens(answer))
    short = _request(settings, model, _HEAD + _filler(_SHORT) + _TAIL)
    control = await ask(short)
    per_character = (prompt_tokens(control) or 0) / characters(short)
    expected = round(per_character * characters(long)) or _tokens(long)
    found, can = prompt_tokens(answer), _repeats(control)
    lost = can if found is None else found < (_CLEARLY_FEWER if can else TOO_FEW) * expected
    reach = Reach.CUT if lost else Reach.UNCLEAR
    return Arrival(reach, length, expected, found)


def share_read(request: Request, completion: Completion) -> float:
    """The share of the tokens that the prompt must have, by our estimate, that the server counted; 1 where it counts none."""
    found = prompt_tokens(completion)
    return 1.0 if found is None else found / max(_tokens(request), 1)


def is_alarming(request: Request, completion: Completion) -> bool:
    """Whether the server counted far fewer tokens than the prompt must have."""
    return share_read(request, completion) < TOO_FEW


def prompt_tokens(completion: Completion) -> int | None:
    """The tokens of the prompt that the server read, those that it had in its cache counted in.

    Most servers count them in `prompt_tokens`. One whose cached tokens are more than that plainly does not, and llama.cpp says in its
    timings how many it had and how many it read.
    """
    if completion.prompt_tokens is None:
        return None
    reply = _reply(completion)
    cached = _count(_part(_part(reply, "usage"), "prompt_tokens_details"), "cached_tokens")
    timings = _part(reply, "timings")
    read = _count(timings, "prompt_n") + _count(timings, "cache_n")
    found = completion.prompt_tokens
    return max(found + cached if cached > found else found, read)


def thoughts_of(completion: Completion) -> Thoughts:
    """Where the reasoning stands in a reply."""
    choices = _reply(completion).get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else {}
    message = _part(choice if isinstance(choice, dict) else {}, "message")
    if message.get("reasoning_content"):
        return Thoughts.CONTENT_FIELD
    if message.get("reasoning"):
        return Thoughts.FIELD
    if "</think>" in completion.text:
        return Thoughts.INLINE if "<think>" in completion.text else Thoughts.CLOSING_TAG
    return Thoughts.NONE


def speed_of(completion: Completion, seconds: float) -> float | None:
    """Tokens per second of one answer: as the server measured, else by the time it took as a whole."""
    told = _part(_reply(completion), "timings").get("predicted_per_second")
    if isinstance(told, int | float) and told > 0:
        return float(told)
    if not completion.completion_tokens or seconds <= 0:
        return None
    return completion.completion_tokens / seconds


def trial(settings: AskSettings, model: str) -> Request:
    """A short question, whose answer shows where thoughts stand."""
    return _request(settings, model, _HEAD + _filler(_SHORT) + _TAIL)


def schema_trial(settings: AskSettings, model: str) -> Request:
    """A question whose answer is to be held to the schema of pairs."""
    return _request(settings, model, _SCHEMA_QUESTION, response_format="json")


def keeps_to_schema(completion: Completion) -> bool:
    """Whether the text after the thoughts is what the schema demands."""
    text = completion.text.rpartition("</think>")[2]
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return False
    pairs = value.get("pairs") if isinstance(value, dict) else None
    return isinstance(pairs, list) and all(
        isinstance(p, dict) and {"question", "answer"} == p.keys() for p in pairs
    )


def _request(settings: AskSettings, model: str, text: str, response_format: str = "text") -> Request:
    how = sampling(settings, model)
    return Request(
        model=model,
        messages=(Message("user", text),),
        temperature=how.temperature,
        top_p=how.top_p,
        max_tokens=min(_ROOM, how.max_tokens),
        seed=1,
        response_format=response_format,
        top_k=how.top_k,
        min_p=how.min_p,
        reasoning_effort=settings.reasoning_effort,
    )


def _filler(length: int) -> str:
    """A text of so many characters, about, that says something else in each sentence."""
    sentences: list[str] = []
    size = 0
    for number in count(1):
        if size >= length:
            break
        sentences.append(
            f"Sample {number} was dried for {3 * number} hours and weighed before step {7 * number} began."
        )
        size += len(sentences[-1]) + 1
    return " ".join(sentences)[: max(length, 0)]


def _repeats(completion: Completion) -> bool:
    return CODE_WORD in f"{completion.text} {completion.reasoning or ''}".lower()


def characters(request: Request) -> int:
    """Of all turns of a request."""
    return sum(len(message.content) for message in request.messages)


def _tokens(request: Request) -> int:
    return round(characters(request) / CHARS_PER_TOKEN)


def _reply(completion: Completion) -> dict[str, object]:
    try:
        value = json.loads((completion.raw or "{}").removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _part(value: dict[str, object], key: str) -> dict[str, object]:
    part = value.get(key)
    return part if isinstance(part, dict) else {}


def _count(value: dict[str, object], key: str) -> int:
    number = value.get(key)
    return number if type(number) is int and number > 0 else 0
