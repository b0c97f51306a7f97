"""Pairs that a user wrote to show a model the manner that is wanted: read from a file, drawn by what part of a paper a chunk is in.

They are part of what is asked, and never of what is published: a pair that is an example given back is an echo.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from rapidfuzz.fuzz import ratio

from qagen.checks.reading.text import plain, words
from qagen.chunking.section_kinds import SectionKind, section_kind
from qagen.errors import SettingsError
from qagen.question_kinds import KINDS, QuestionKind, Wanted
from qagen.reasons import Reason
from qagen.records import Chunk, Fault, Pair, encodable, sha256

_SHOWN = 3
"""Examples that one call shows at most."""
_MOST_BYTES = 1 << 20
_MOST_CHARS = 4000
"""Of one example's question, or answer."""
_PARTS = {part.value: part for part in SectionKind}
_KEYS = ("question", "answer", "section", "kind")


@dataclass(frozen=True, slots=True)
class Example:
    """A pair that shows the manner.

    Attributes:
        section: the part of a paper that it is for; None for any.
        kind: the kind of question that it is for; None for any.
    """

    question: str
    answer: str
    section: SectionKind | None = None
    kind: QuestionKind | None = None


@dataclass(frozen=True)
class Examples:
    """All examples of a file, in its order; `sha256` is that of its bytes."""

    found: tuple[Example, ...]
    sha256: str

    def drawn(self, chunk: Chunk, wanted: Wanted) -> tuple[Example, ...]:
        """The examples that a call about a chunk shows: of its part of the paper and of the kind that is wanted, else those for any.

        Of several that fit, those whose hash with the chunk's text is smallest, so that each chunk has the same ones every time.
        """
        part = section_kind(chunk.section.path)
        fitting = [
            one for one in self.found if one.section in (part, None) and one.kind in (wanted.kind, None)
        ]
        best = max((_fit(one) for one in fitting), default=0)
        drawn = sorted(
            (one for one in fitting if _fit(one) == best),
            key=lambda one: sha256(f"{chunk.text}\n{one.question}\n{one.answer}"),
        )
        return tuple(drawn[:_SHOWN])

    def longest(self) -> tuple[Example, ...]:
        """As many of the longest ones as one call may show."""
        return tuple(sorted(self.found, key=lambda one: -len(one.question) - len(one.answer))[:_SHOWN])

    @cached_property
    def _words(self) -> dict[str, list[list[str]]]:
        return {
            "answer": [_compared(one.answer) for one in self.found],
            "question": [_compared(one.question) for one in self.found],
        }

    def echo(self, pair: Pair, similarity: float) -> Fault | None:
        """What there is to say of a pair whose question or answer is an example's; other numbers make it its own.

        Args:
            pair: as parsed, or as cleaned.
            similarity: from which share of its words on, in [0, 1], a text is an example's.
        """
        for what, given in (("answer", pair.answer), ("question", pair.question)):
            mine = _compared(given)
            for number, known in enumerate(self._words[what], 1):
                if ratio(mine, known) >= 100 * similarity and _numbers(mine) == _numbers(known):
                    return Fault(Reason.ECHO, f"the {what} is that of example {number}", given, given)
        return None


def _fit(example: Example) -> int:
    """How closely an example is meant for what it fits: its part of the paper counts more than its kind of question."""
    return 2 * (example.section is not None) + (example.kind is not None)


def _compared(text: str) -> list[str]:
    return words(plain(text).lower())


def _numbers(found: Sequence[str]) -> list[str]:
    return [word for word in found if word[0].isdigit()]


def load_examples(name: str) -> Examples:
    """The examples of a file of JSON lines.

    Args:
        name: the file's path. Each line is an object with `question` and `answer` and, if the example is for one part of a paper or
            one kind of question only, `section` (one of `SectionKind`) and `kind` (one of `QuestionKind`).

    Raises:
        SettingsError: where it cannot be read, or a line is no example.
    """
    path = Path(name)
    if path.exists() and not path.is_file():
        raise SettingsError(f"the examples {name!r} are no file", remedy="name a file of JSON lines")
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or str(error)
        raise SettingsError(
            f"cannot read the examples {name!r}: {cause}", remedy="name a file of JSON lines"
        ) from None
    if len(data) > _MOST_BYTES:
        raise SettingsError(
            f"the examples {name!r} have {len(data):,} bytes, and a model is shown {_SHOWN} at a time",
            remedy=f"keep them below {_MOST_BYTES:,}",
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"the examples {name!r} are not UTF-8 ({error.reason})", remedy="save them as UTF-8"
        ) from None
    found = tuple(_examples(text, name))
    if not found:
        raise SettingsError(
            f"the examples {name!r} have no line with an example",
            remedy="write one, or leave 'ask.examples' out",
        )
    return Examples(found, sha256(data))


def _examples(text: str, name: str) -> Iterator[Example]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        where = f"line {number} of the examples {name!r}"
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            raise SettingsError(
                f"{where} is no JSON",
                remedy='write one object a line, as in {"question": "...", "answer": "..."}',
            ) from None
        if not isinstance(value, dict):
            raise SettingsError(f"{where} is no JSON object", remedy=f"it takes {', '.join(_KEYS)}")
        yield _example(value, where)


def _example(value: dict[str, object], where: str) -> Example:
    if unknown := [key for key in value if key not in _KEYS]:
        raise SettingsError(
            f"{where} has the unknown key {unknown[0]!r}", remedy=f"it takes {', '.join(_KEYS)}"
        )
    texts = [value.get(key) for key in ("question", "answer")]
    for key, text in zip(("question", "answer"), texts, strict=True):
        if not (isinstance(text, str) and text.strip()):
            raise SettingsError(f"{where} has no {key!r} with text", remedy="write one")
        if len(text) > _MOST_CHARS:
            raise SettingsError(
                f"the {key!r} of {where} has {len(text):,} characters",
                remedy=f"shorten it to {_MOST_CHARS:,} at most",
            )
    question, answer = (encodable(" ".join(str(text).split())) for text in texts)
    return Example(
        question,
        answer,
        _one_of(_PARTS, value.get("section"), f"the 'section' of {where}"),
        _one_of(KINDS, value.get("kind"), f"the 'kind' of {where}"),
    )


_Named = TypeVar("_Named", SectionKind, QuestionKind)


def _one_of(kinds: Mapping[str, _Named], value: object, what: str) -> _Named | None:
    if value is None:
        return None
    if not isinstance(value, str) or value not in kinds:
        raise SettingsError(f"{what} is {value!r}", remedy=f"it is one of {', '.join(kinds)}")
    return kinds[value]
