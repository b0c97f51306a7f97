r"""Pairs in JSON, as models write it: in a fence, with text around it, cut off, and with LaTeX in it.

`\beta`, `\theta`, `\nu` and `\rho` are valid JSON escapes, which every JSON parser turns into control characters
followed by "eta", "heta", "u", "ho". A model that writes them means LaTeX; so strings are decoded here, with escapes
that begin the name of a LaTeX command left as they stand. The reader keeps its own stack: depth costs no recursion.
"""

import re
from dataclasses import dataclass, field
from itertools import islice

from qagen.parse.grammar import MOST_FAULTS
from qagen.parse.phrases import is_placeholder
from qagen.parse.reading import Found, Reading
from qagen.reasons import Reason
from qagen.records import Fault

_LOOKS = re.compile(
    r"[\"'](?:question|answer|q|a|query|response|pairs?|qa_pairs?|q&a)(?:[ _]?\d{1,3})?[\"']\s*+:",
    re.IGNORECASE,
)
_TOKEN = re.compile(
    r"""
    (?P<string> " (?: [^"\\]++ | \\. | "(?!\s*+(?:[:}\]]|,\s*+(?:["{\[\]}]|-?\d|true\b|false\b|null\b|\Z)|\Z)) )*+ (?:(?P<closed>")|\\?\Z) )
  | [{}\[\]:]
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|([a-zA-Z]+)|(.))", re.DOTALL)
_SIMPLE = {'"': '"', "\\": "\\", "/": "/", "n": "\n", "t": "\t", "r": "\r"}
_NAMES = (
    "nabla natural ncong ne nearrow neg neq newcommand newline nexists ngeq ngtr ni nleq nless nmid nolimits nonumber norm not notin"
    " nparallel nprec nsim nsubseteq nsucc nsupseteq nu nwarrow"
    " tan tanh tau tbinom tensor text textbf textcolor textdegree textit textmu textnormal textrm textsc textsf textstyle textsubscript"
    " textsuperscript texttt tfrac therefore theta thicksim thinspace tilde times to top triangle triangledown triangleleft triangleright tt"
    " raisebox rangle rarr rbrace rbrack rceil re real ref rfloor rho right rightarrow rightharpoonup rightleftharpoons rm root rule"
)
_COMMANDS = frozenset(_NAMES.split())
"""The names of LaTeX commands that begin like the escapes of line break, tabulator and carriage return."""
_QUESTION_KEY = re.compile(r"[^a-z]*(?:question|query|q)(?:[ _]?(?:text|string))?[ _.#]*(\d*)[^a-z0-9]*")
_ANSWER_KEY = re.compile(r"[^a-z]*(?:answer|response|a)(?:[ _]?(?:text|string))?[ _.#]*(\d*)[^a-z0-9]*")
_MOST_TOKENS = 500_000
_DEEPEST = 200


def looks_like_json(text: str) -> bool:
    """Whether the text is a JSON document of pairs, bare or in a fence, and nothing but that."""
    start = text.lstrip()[:20]
    fenced = start.startswith("```")
    if not (start.startswith(("{", "[")) or fenced):
        return False
    if fenced and not start.lstrip("`").lower().lstrip("json5lc").lstrip().startswith(("{", "[")):
        return False
    return bool(_LOOKS.search(text, 0, 4000))


@dataclass(slots=True)
class _Level:
    """An object or a list that is open: what stands in it so far."""

    is_object: bool
    start: int
    key: str | None = None
    questions: dict[str, str | list[str]] = field(default_factory=dict)
    answers: dict[str, str | list[str]] = field(default_factory=dict)
    named: list[tuple[str, str]] = field(default_factory=list)
    items: list[str] | None = None


def read_json(text: str) -> Reading:
    """Read the pairs of all complete objects in a text, in order. Linear in its length.

    What stands around the JSON is passed over.
    """
    reading = Reading()
    stack: list[_Level] = []
    pending: str | None = None
    tokens = _TOKEN.finditer(text)
    for token in islice(tokens, _MOST_TOKENS):
        kind = text[token.start()]
        if kind == '"':
            if not stack:
                continue
            value = _decode(token[0][1:-1]) if token["closed"] else None
            pending = _string(stack[-1], value)
        elif kind in "{[":
            if len(stack) >= _DEEPEST:
                stack.clear()
            stack.append(_Level(kind == "{", token.start()))
            pending = None
        elif kind in "}]":
            pending = None
            if stack and stack[-1].is_object == (kind == "}"):
                _close(stack, reading)
        elif stack and stack[-1].is_object and pending is not None:
            stack[-1].key, pending = pending, None
    _finish(reading, stack, text, next(tokens, None))
    return reading


def _finish(reading: Reading, stack: list[_Level], text: str, rest: re.Match[str] | None) -> None:
    if rest is not None:
        piece = text[rest.start() : rest.start() + 1000]
        _fault(
            reading,
            Reason.NO_PAIRS,
            f"more than {_MOST_TOKENS} signs of JSON; what follows was not read",
            piece,
        )
    if stack and (reading.pairs or any(level.questions for level in stack)):
        reading.broken = text[stack[-1].start :]
    reading.marks.append((0, "json"))


def _string(level: _Level, value: str | None) -> str | None:
    """Take a string; gives it back where it may be a key."""
    if not level.is_object:
        if level.items is None:
            level.items = []
        if value is not None:
            level.items.append(value)
        return None
    if level.key is None:
        return value
    key, level.key = level.key, None
    if value is not None:
        _put(level, key, value)
    return None


def _put(level: _Level, key: str, value: str | list[str]) -> None:
    lower = key.lower()
    if found := _QUESTION_KEY.fullmatch(lower):
        level.questions.setdefault(found[1], value)
    elif found := _ANSWER_KEY.fullmatch(lower):
        level.answers.setdefault(found[1], value)
    elif lower in ("questions", "answers") and isinstance(value, list):
        (level.questions if lower == "questions" else level.answers)["all"] = value
    elif key.rstrip().endswith("?") and isinstance(value, str):
        level.named.append((key, value))


def _close(stack: list[_Level], reading: Reading) -> None:
    level = stack.pop()
    if not level.is_object:
        if level.items and stack and stack[-1].is_object and stack[-1].key is not None:
            _put(stack[-1], stack[-1].key, level.items)
            stack[-1].key = None
        return
    if stack:
        stack[-1].key = None
    for number, question in level.questions.items():
        answer = level.answers.pop(number, None)
        if isinstance(question, list):
            answers = answer if isinstance(answer, list) else []
            for index, one in enumerate(question):
                _add(reading, one, answers[index] if index < len(answers) else "", level.start)
        else:
            _add(
                reading,
                question,
                "\n".join(answer) if isinstance(answer, list) else answer or "",
                level.start,
            )
    for answer in level.answers.values():
        if isinstance(answer, str) and answer.strip():
            _fault(reading, Reason.UNASKED_ANSWER, "no question stands beside this answer", answer)
    for question, answer in level.named:
        _add(reading, question, answer, level.start)


def _add(reading: Reading, question: str, answer: str, start: int) -> None:
    question, answer = question.strip(), answer.strip()
    if (question and is_placeholder(question)) or (answer and is_placeholder(answer)):
        _fault(
            reading, Reason.TEMPLATE_ECHO, "a placeholder stands where text should", f"{question}\n{answer}"
        )
    elif question and answer:
        reading.pairs.append(Found(question, answer, start))
    elif question:
        _fault(reading, Reason.UNANSWERED_QUESTION, "no answer stands beside this question", question)
    elif answer:
        _fault(reading, Reason.UNASKED_ANSWER, "no question stands beside this answer", answer)


def _fault(reading: Reading, reason: Reason, detail: str, text: str) -> None:
    if len(reading.faults) < MOST_FAULTS:
        reading.faults.append(Fault(reason, detail, text))


_CARELESS = re.compile(r"(?<!\\)(?:\\\\)*\\(?:[bf][a-zA-Z]|[^\W\dbfnrtu_])")
_DOUBLED = re.compile(r"\\\\[a-zA-Z]")


def _decode(raw: str) -> str:
    """The text of a JSON string. Where it doubles a backslash before a letter, it knows how to write LaTeX in JSON."""
    if "\\" not in raw:
        return raw
    unescape = _unescape if _DOUBLED.search(raw) and not _CARELESS.search(raw) else _unescape_latex
    return _ESCAPE.sub(unescape, raw)


def _unescape(found: re.Match[str]) -> str:
    code, letters, other = found.groups()
    if code:
        char = chr(int(code, 16))
        return found[0] if "\ud800" <= char <= "\udfff" else char
    if other is not None:
        return _SIMPLE.get(other, found[0])
    return _SIMPLE[letters[0]] + letters[1:] if letters[0] in "ntr" else found[0]


def _unescape_latex(found: re.Match[str]) -> str:
    return found[0] if found[2] in _COMMANDS else _unescape(found)
