"""What a model server sent back, read with suspicion: an answer, a complaint, a wish to be asked later. Pure."""

import json
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from qagen.records import Completion

_BYTE_ORDER_MARK = "\ufeff"
"""Some gateways begin a body with it, and it is no JSON."""
_WORDS = 300
"""The most characters of a server's complaint that go into a message of ours."""


class Unusable(Exception):
    """A reply that is no answer, though the server says that it is one; the text says what it is instead."""


def read_completion(body: bytes) -> Completion:
    """The completion in the body of a 200 of `/chat/completions`.

    Servers differ in where reasoning stands: `reasoning_content` (llama.cpp, SGLang, LM Studio, DeepSeek) or `reasoning`
    (vLLM, Ollama), or inside the text. A content of null is an empty text: the model did answer.

    Raises:
        Unusable: for broken JSON, no choices, or a shape that no server has.
    """
    raw, value = _load(body)
    choices = value.get("choices")
    if not isinstance(choices, list) or not choices:
        words = f", only {complaint_of(body)}" if value.get("error") else ""
        raise Unusable(f"a reply without choices{words}")
    choice = choices[0]
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(message, dict):
        raise Unusable("a reply whose choice has no message")
    usage = value.get("usage")
    return Completion(
        text=_content(message.get("content")),
        reasoning=_text(message.get("reasoning_content")) or _text(message.get("reasoning")) or None,
        finish_reason=_text(choice.get("finish_reason")),
        prompt_tokens=_count(usage, "prompt_tokens"),
        completion_tokens=_count(usage, "completion_tokens"),
        served_model=_text(value.get("model")),
        fingerprint=_text(value.get("system_fingerprint")),
        raw=raw,
    )


def read_models(body: bytes) -> tuple[str, ...]:
    """The names in the body of a 200 of `/models`; Ollama without a model sends null for the list.

    Raises:
        Unusable: where it is no such list.
    """
    _, value = _load(body)
    data = value.get("data", ())
    if "data" not in value or not isinstance(data, list | None):
        raise Unusable("a reply that is no list of models")
    return tuple(model["id"] for model in data or () if isinstance(model, dict) and _text(model.get("id")))


def read_vectors(body: bytes, count: int) -> list[list[float]]:
    """The vectors in the body of a 200 of `/embeddings`, in the order of the texts.

    Raises:
        Unusable: where there are not as many as texts, or one is not made of finite numbers, or not as long as the others.
    """
    _, value = _load(body)
    data = value.get("data")
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data) or len(data) != count:
        words = f", only {complaint_of(body)}" if value.get("error") else ""
        raise Unusable(f"a reply without a vector for each text{words}")
    numbers = [row.get("index", place) for place, row in enumerate(data)]
    if not all(type(number) is int for number in numbers):
        raise Unusable("a reply with a vector whose index is no number")
    placed = {number: row.get("embedding") for number, row in zip(numbers, data, strict=True)}
    vectors = [placed.get(place) for place in range(count)]
    if not all(map(_is_vector, vectors)) or len({len(vector) for vector in vectors if vector}) != 1:
        raise Unusable("a reply with a vector that is none")
    return [[float(number) for number in vector or ()] for vector in vectors]


def _is_vector(value: object) -> bool:
    """Whether a value is a list of finite numbers that are not all nought."""
    return (
        isinstance(value, list)
        and all(type(number) in (int, float) and abs(number) < 1e30 for number in value)
        and any(value)
    )


def complaint_of(body: bytes) -> str:
    """The server's complaint in its own words: one line, no more than 300 characters.

    Known places: `error.message` (OpenAI, llama.cpp, vLLM, Ollama, SGLang), `error` (LM Studio), `message` (older vLLM), `detail`
    (FastAPI).
    """
    try:
        words = _complaint(_load(body)[1])
    except Unusable:
        words = body[: 40 * _WORDS].decode("utf-8", "replace")
    return one_line(words) or "nothing further said"


def one_line(text: str) -> str:
    """A text from outside, fit for an error message: one line, printable, at most 300 characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 40 * _WORDS]).split())
    return line if len(line) <= _WORDS else line[: _WORDS - 1] + "…"


_OVERFLOW = re.compile(
    r"context[ _-]?(length|size|window)|max(imum)? (model|prompt|input) length|maximum context|context (the )?overflows"
    r"|prompt is too long|prompt too long|reduce the length|longer than the max|too large to process",
    re.IGNORECASE,
)


def is_overflow(status: int, words: str) -> bool:
    """Whether a refusal means that prompt and answer do not fit the model's context.

    By the words of llama.cpp ("exceeds the available context size"; a 500 in older versions), vLLM ("maximum context
    length", "maximum model length"), SGLang ("longer than the model's context length"), LM Studio ("when context the
    overflows"), since each has a shape of its own.
    """
    return status == 413 or (status in (400, 422, 500) and bool(_OVERFLOW.search(words)))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks us to wait, or None where it does not say.

    A date is taken relative to the server's own `Date`, so that no clock of ours matters.
    """
    asked = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", asked, re.ASCII):
        return float(asked)
    try:
        seconds = parsedate_to_datetime(asked) - parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError):
        return None
    return max(0.0, seconds.total_seconds())


def _load(body: bytes) -> tuple[str, dict[str, object]]:
    try:
        raw = body.decode("utf-8")
        value = json.loads(raw.removeprefix(_BYTE_ORDER_MARK))
    except (ValueError, RecursionError):
        raise Unusable("a reply that is no JSON" if body.strip() else "an empty reply") from None
    if not isinstance(value, dict):
        raise Unusable("a reply that is no JSON object")
    return raw, value


def _content(content: object) -> str:
    if isinstance(content, list):
        return "".join(_text(part.get("text")) or "" for part in content if isinstance(part, dict))
    if content is None or isinstance(content, str):
        return content or ""
    raise Unusable("a reply whose content is no text")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _count(usage: object, name: str) -> int | None:
    count = usage.get(name) if isinstance(usage, dict) else None
    return count if type(count) is int and count >= 0 else None


def _complaint(value: dict[str, object]) -> str:
    error = value.get("error")
    message = error.get("message") if isinstance(error, dict) else error
    for words in (message, value.get("message"), value.get("detail")):
        if isinstance(words, str) and words.strip():
            return words
    return json.dumps(value, ensure_ascii=False)
