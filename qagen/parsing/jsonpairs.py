r"""Pairs in JSON, as models write it: in a fence, with text around it, cut off, and with LaTeX in it.

`\beta`, `\theta`, `\nu` and `\rho` are valid JSON escapes, which every JSON parser turns into control characters
followed by "eta", "heta", "u", "ho". A model that writes them means LaTeX; so strings are decoded here, with escapes
that begin the name of a LaTeX command left as they stand. The reader keeps its own stack: depth costs no recursion.
"""

import re
from dataclasses import dataclass, field
from itertools import islice

from qagen.parsing.grammar import MOST_FAULTS
from qagen.parsing.keys import answered_by, answers, asked_by, asks
from qagen.parsing.phrases import is_placeholder
from qagen.parsing.reading import Found, Reading
from qagen.reasons import Reason
from qagen.records import Fault

_STARTS = re.compile(
    r"\s*+(?:`{3,}+[ \t]*+\w{0,12}\s*+)?(?:\w{1,30}[ ]=[ ])?[\[{(]\s*+(?P<next>[\"'“{\[(\w/#])"
)
_LOOKS = re.compile(r"[\"'“]?[A-Za-z_&. ]{1,40}\d{0,3}[\"'”]?\s*+:")
_END = r"(?!\s*+(?:[:}\])]|,\s*+(?:[\"'“{\[(}\])]|-?\d|true\b|false\b|null\b|True\b|False\b|None\b|\w{1,30}\s?[:=]|\Z)|\Z))"
_STRING = r'(?P<string> " (?: [^"\\]++ | \\. | "(?!\s*+(?:[:}\]]|,\s*+(?:["{\[\]}]|-?\d|true\b|false\b|null\b|\Z)|\Z)) )*+ (?:(?P<closed>")|\\?\Z) )'
_TOKEN = re.compile(rf"{_STRING} | [{{}}\[\]:,]", re.VERBOSE | re.DOTALL)
_LOOSE_TOKEN = re.compile(
    rf"""
    (?P<string> " (?: [^"\\]++ | \\. | "{_END} )*+ (?:(?P<closed>")|\\?\Z) )
  | (?<=[\[{{(,:=\s]) (?P<single> ' (?: [^'\\]++ | \\. | '{_END} )*+ (?:(?P<single_closed>')|\\?\Z) )
  | (?P<curly> “ (?: [^”\\]++ | \\. | ”{_END} )*+ (?:(?P<curly_closed>”)|\\?\Z) )
  | (?P<bare> (?<![\w.])[A-Za-z_]\w{{0,30}} ) (?= \s?[:=] )
  | [{{}}\[\]():=,]
    """,
    re.VERBOSE | re.DOTALL,
)
"""The same as a careless writer or Python writes it: single and curly quotes, tuples, calls, keys without quotes."""
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|([a-zA-Z]+)|(.))", re.DOTALL)
_SIMPLE = {'"': '"', "\\": "\\", "/": "/", "n": "\n", "t": "\t", "r": "\r"}
_NAMES = (
    "nabla natural ncong ne nearrow neg neq newcommand newline nexists ngeq ngtr ni nleq nless nmid nolimits nonumber norm not notin"
    " nparallel nprec nsim nsubseteq nsucc nsupseteq nu nwarrow"
    " tan tanh tau tbinom tensor text textbf textcolor textdegree textit textmu textnormal textrm textsc textsf textstyle textsubscript"
    " textsuperscript texttt tfrac therefore theta thicksim thinspace tilde times to top triangle triangledown triangleleft triangleright tt"
    " raisebox rangle rarr rbrace rbrack rceil re real ref rfloor rho right rightarrow rightharpoonup rightleftharpoons rm root rule"
)
LATEX_COMMANDS = frozenset(_NAMES.split())
"""The names of LaTeX commands that begin like the escapes of line break, tabulator and carriage return."""
_MOST_TOKENS = 500_000
_DEEPEST = 200


_LONG = 40
"""Characters from which a string may hold pairs itself."""


def looks_like_json(text: str) -> bool:
    """Whether the text is a document of JSON or of something like it, bare or in a fence."""
    found = _STARTS.match(text[:300])
    return found is not None and (
        found["next"] in "{[(/#\"'“" or _LOOKS.match(text, found.start("next")) is not None
    )


@dataclass(slots=True)
class _Level:
    """An object or a list that is open: what stands in it so far."""

    opened: str
    is_object: bool
    start: int
    key: str | None = None
    questions: dict[str, str | list[str]] = field(default_factory=dict)
    answers: dict[str, str | list[str]] = field(default_factory=dict)
    weak: set[tuple[bool, str]] = field(default_factory=set)
    """Which of them have keys that may name something else as well."""
    named: list[tuple[str, str]] = field(default_factory=list)
    items: list[str] | None = None
    role: str | None = None
    content: str | list[str] | None = None


def read_json(text: str, loose: bool = False) -> Reading:
    """Read the pairs of all complete objects in a text, in order. Linear in its length.

    What stands around the JSON is passed over.

    Args:
        text: the text.
        loose: whether Python's literals, curly quotes and bare keys are read too.
    """
    return _JsonReader(text).run(_LOOSE_TOKEN if loose else _TOKEN)


_CLOSERS = {"}": "{", "]": "[", ")": "("}


class _JsonReader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.reading = Reading()
        self.stack: list[_Level] = []
        self.pending: str | None = None
        """A string that may turn out to be a key."""
        self.asked: tuple[str, int] | None = None
        """What a speaker asked last in a list of messages."""

    def run(self, pattern: re.Pattern[str]) -> Reading:
        tokens = pattern.finditer(self.text)
        for token in islice(tokens, _MOST_TOKENS):
            self._take(token)
        self._finish(next(tokens, None))
        return self.reading

    def _take(self, token: re.Match[str]) -> None:
        kind = token[0][0]
        if kind in "{[(":
            if len(self.stack) >= _DEEPEST:
                self.stack.clear()
            self.stack.append(_Level(kind, kind == "{", token.start()))
            self.pending = None
        elif kind in _CLOSERS:
            self.pending = None
            if self.stack and self.stack[-1].opened == _CLOSERS[kind]:
                self._close(self.stack.pop())
        elif self.stack:
            self._take_within(self.stack[-1], token)

    def _take_within(self, level: _Level, token: re.Match[str]) -> None:
        """Take a sign or a string that stands in an object or a list."""
        kind, groups = token[0][0], token.groupdict()
        if kind == ",":
            level.key = None  # its value was a number, or true, false or null
        elif kind in ":=":
            if self.pending is not None and (level.is_object or kind == "="):
                level.is_object = True
                level.key, self.pending = self.pending, None
        elif groups.get("bare"):
            if level.opened != "[":
                self.pending = token[0]
        else:
            closed = groups["closed"] or groups.get("single_closed") or groups.get("curly_closed")
            self.pending = self._string(level, _decode(token[0][1:-1]) if closed else None)

    def _finish(self, rest: re.Match[str] | None) -> None:
        reading = self.reading
        if rest is not None:
            piece = self.text[rest.start() : rest.start() + 1000]
            detail = f"more than {_MOST_TOKENS} signs of JSON; what follows was not read"
            self._fault(Reason.NO_PAIRS, detail, piece)
        if self.stack and (reading.pairs or any(level.questions for level in self.stack)):
            reading.broken = self.text[self.stack[-1].start :]
        reading.marks.append((0, "json"))

    def _string(self, level: _Level, value: str | None) -> str | None:
        """Take a string; gives it back where it may be a key."""
        if not level.is_object:
            if level.items is None:
                level.items = []
            if value is not None:
                level.items.append(value)
                self._keep(value)
            return value if level.opened == "(" else None
        if level.key is None:
            return value
        key, level.key = level.key, None
        if value is not None:
            self._put(level, key, value)
            self._keep(value)
        return None

    def _keep(self, value: str) -> None:
        if len(value) >= _LONG:
            self.reading.texts.append(value)

    def _put(self, level: _Level, key: str, value: str | list[str]) -> None:
        lower = key.lower().strip()
        if lower in ("role", "from", "speaker", "author") and isinstance(value, str):
            level.role = value
        elif lower in ("content", "value", "text", "parts", "message"):
            level.content = value
        elif lower in ("questions", "answers") and isinstance(value, list):
            (level.questions if lower == "questions" else level.answers)["all"] = value
        elif key.rstrip().endswith("?"):
            if isinstance(value, str):
                level.named.append((key, value))
        elif found := asked_by(key):
            self._put_named(level, True, found, value)
        elif found := answered_by(key):
            self._put_named(level, False, found, value)

    def _put_named(self, level: _Level, asked: bool, name: tuple[str, bool], value: str | list[str]) -> None:
        """Let the surer of two names win, and of equal ones the first that is not blank."""
        number, sure = name
        values = level.questions if asked else level.answers
        known, weak = values.get(number), (asked, number) in level.weak
        if not known or (weak and sure):
            values[number] = value
            (level.weak.discard if sure else level.weak.add)((asked, number))
        elif asked and weak and not sure and value and isinstance(known, str) and isinstance(value, str):
            values[number] = (
                value if value.rstrip().endswith("?") and "?" not in known else f"{known}\n{value}"
            )

    def _close(self, level: _Level) -> None:
        above = self.stack[-1] if self.stack else None
        if not level.is_object:
            self._close_list(level, above)
            return
        if level.role is not None:
            self._turn(level, level.role)
        elif level.content is not None and not level.questions and not level.answers and above is not None:
            self._lift(above, level.content)
        if above is not None:
            above.key = None
        self._pairs_of(level)

    def _close_list(self, level: _Level, above: _Level | None) -> None:
        items = level.items or []
        if items and above is not None and above.is_object and above.key is not None:
            self._put(above, above.key, items)
            above.key = None
        if (
            len(items) == 2
            and items[0].rstrip().endswith(("?", "？"))
            and not items[1].rstrip().endswith(("?", "？"))
        ):
            self._add(items[0], items[1], level.start)

    def _lift(self, above: _Level, content: str | list[str]) -> None:
        """Give the text of an object that holds nothing else to what it stands in."""
        if above.is_object and above.key is not None:
            self._put(above, above.key, content)
        elif not above.is_object:
            above.items = [*(above.items or []), *([content] if isinstance(content, str) else content)]

    def _turn(self, level: _Level, role: str) -> None:
        content = level.content if isinstance(level.content, str) else "\n".join(level.content or ())
        if asks(role):
            self.asked = (content, level.start)
        elif answers(role) and self.asked is not None:
            self._add(self.asked[0], content, self.asked[1])
            self.asked = None

    def _pairs_of(self, level: _Level) -> None:
        every = level.answers.get("all")
        for place, (number, question) in enumerate(level.questions.items()):
            answer = level.answers.pop(number, None)
            if isinstance(question, list):
                found = answer if isinstance(answer, list) else []
                for index, one in enumerate(question):
                    self._add(one, found[index] if index < len(found) else "", level.start)
                continue
            if answer is None and isinstance(every, list):
                answer = every[place] if place < len(every) else None
            joined = "\n".join(answer) if isinstance(answer, list) else answer or ""
            if (True, number) in level.weak and holds_pairs(joined):
                self.reading.texts.append(joined)
            else:
                self._add(question, joined, level.start, sure=(True, number) not in level.weak)
        for number, answer in level.answers.items():
            if (
                isinstance(answer, str)
                and answer.strip()
                and (False, number) not in level.weak
                and not holds_pairs(answer)
            ):
                self._fault(Reason.UNASKED_ANSWER, "no question stands beside this answer", answer)
        for question, answer in level.named:
            self._add(question, answer, level.start)

    def _add(self, question: str, answer: str, start: int, sure: bool = True) -> None:
        question, answer = question.strip(), answer.strip()
        if (question and is_placeholder(question)) or (answer and is_placeholder(answer)):
            self._fault(
                Reason.TEMPLATE_ECHO, "a placeholder stands where text should", f"{question}\n{answer}"
            )
        elif question and answer:
            self.reading.pairs.append(Found(question, answer, start))
        elif question and sure:
            self._fault(Reason.UNANSWERED_QUESTION, "no answer stands beside this question", question)
        elif answer and sure:
            self._fault(Reason.UNASKED_ANSWER, "no question stands beside this answer", answer)

    def _fault(self, reason: Reason, detail: str, text: str) -> None:
        if len(self.reading.faults) < MOST_FAULTS:
            self.reading.faults.append(Fault(reason, detail, text))


_PAIRS_INSIDE = re.compile(r"\bquestion\W{0,12}:|\bQ\d{0,3}\W{0,6}[:.]|[\"'“]question[\"'”]", re.IGNORECASE)
_ANSWERS_INSIDE = re.compile(r"\banswer\W{0,12}:|\bA\d{0,3}\W{0,6}[:.]|[\"'“]answer[\"'”]", re.IGNORECASE)


def holds_pairs(text: str) -> bool:
    """Whether a string of JSON holds pairs itself, as text or as JSON."""
    return _PAIRS_INSIDE.search(text) is not None and _ANSWERS_INSIDE.search(text) is not None


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
    return found[0] if found[2] in LATEX_COMMANDS else _unescape(found)
