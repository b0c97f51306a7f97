"""Pairs in shapes that no marker shows: JSON and Python inside a text, tables, comma-separated rows, labels of any name.

Each is tried where the grammar found no pair, in this order; the first that gives pairs counts.
"""

import csv
import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, takewhile

from qagen.parsing import trim
from qagen.parsing.jsonpairs import read_json
from qagen.parsing.keys import answered_by, asked_by
from qagen.parsing.phrases import is_placeholder
from qagen.parsing.reading import Found, Reading

_LONGEST = 2_000_000
"""Characters of a text that is read in these ways: none is what a model was asked for, and all read it once more."""


def read_shaped(text: str, cut: bool) -> Reading:
    """Read the pairs of a text that has no markers; nothing where it is in none of these shapes.

    Args:
        text: the text.
        cut: whether its end is missing; then what no further sign ends is not taken.
    """
    if len(text) > _LONGEST:
        return Reading()
    for read in (_embedded, _tables, _tagged, _rows, _labelled):
        reading = read(text, cut)
        pairs = [
            pair
            for pair in reading.pairs
            if not (is_placeholder(pair.question) or is_placeholder(pair.answer))
        ]
        if pairs:
            reading.pairs = pairs
            return reading
    return Reading()


def _embedded(text: str, cut: bool) -> Reading:  # noqa: ARG001 - every shape is read alike
    """JSON, Python or something like it, with a text around it."""
    if not any(sign in text for sign in "{[(") or not any(sign in text for sign in "\"'“"):
        return Reading()
    return read_json(text, loose=True)


# ---- tables

_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{1,}:?[ \t]*)*\|?[ \t]*")
_CELL_BREAK = re.compile(r"(?<!\\)\|")
_LINE_BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)
_HTML_ROW = re.compile(r"<(?P<close>/)?(?P<name>tr|td|th)\b[^<>]{0,200}>", re.IGNORECASE)


def _tables(text: str, cut: bool) -> Reading:
    reading = Reading()
    lines = text.split("\n")
    if cut:
        lines = lines[:-1]
    behind = 0
    for number, (head, rule) in enumerate(pairwise(lines)):
        if number >= behind and "|" in rule and _RULE.fullmatch(rule):
            rows = [head, *takewhile(lambda line: "|" in line, lines[number + 2 :])]
            _add_rows(reading, list(map(_cells, rows)))
            behind = number + 1 + len(rows)
    if not reading.pairs and "<td" in text.lower():
        _add_rows(reading, list(_html_rows(text)))
    return reading


def _cells(line: str) -> list[str]:
    cells = _CELL_BREAK.split(line.strip().removeprefix("|").removesuffix("|"))
    return [_LINE_BREAK.sub("\n", cell).replace("\\|", "|").strip() for cell in cells]


def _html_rows(text: str) -> Iterator[list[str]]:
    row: list[str] = []
    cell: int | None = None
    for tag in _HTML_ROW.finditer(text):
        if tag["name"].lower() == "tr":
            if row:
                yield row
            row, cell = [], None
        elif not tag["close"]:
            cell = tag.end()
        elif cell is not None:
            row.append(html.unescape(text[cell : tag.start()]).strip())
            cell = None
    if row:
        yield row


def _add_rows(reading: Reading, rows: list[list[str]]) -> None:
    """Take the pairs of rows: the head says which columns they stand in, or the question marks do."""
    if not rows:
        return
    head = rows[0]
    asked = next((n for n, cell in enumerate(head) if asked_by(cell)), None)
    answered = next((n for n, cell in enumerate(head) if n != asked and answered_by(cell)), None)
    if asked is not None and answered is not None:
        body = rows[1:]
    else:
        body = rows
        columns = range(min(map(len, rows)))
        asked = next((n for n in columns if all(row[n].endswith(("?", "？")) for row in body)), None)
        others = [n for n in columns if n != asked]
        if asked is None or not others:
            return
        answered = max(others, key=lambda n: sum(len(row[n]) for row in body))
    for row in body:
        if max(asked, answered) < len(row) and row[asked] and row[answered]:
            question = trim.question(row[asked], False, "")
            reading.pairs.append(Found(question, trim.answer(row[answered], False, "", False, False)[0], 0))


# ---- rows with commas, semicolons or tabulators

_FENCED = re.compile(r"```[ \t]*\w{0,12}[ \t]*\n(?P<inner>[^`]+)(?:\n```|\Z)")


def _rows(text: str, cut: bool) -> Reading:
    reading = Reading()
    fenced = _FENCED.search(text)
    lines = (fenced["inner"] if fenced else text).strip("\n").split("\n")
    if cut:
        lines = lines[:-1]
    for delimiter in ",;\t|":
        if not lines or delimiter not in lines[0]:
            continue
        try:
            rows = [row for row in csv.reader(lines, delimiter=delimiter, skipinitialspace=True) if row]
        except csv.Error:  # a field that is longer than any answer, or a NUL
            continue
        if rows and len({len(row) for row in rows}) == 1 and len(rows[0]) > 1:
            _add_rows(reading, [[cell.strip() for cell in row] for row in rows])
        if reading.pairs:
            break
    return reading


# ---- elements

_ELEMENT = re.compile(r"<(?P<close>/)?(?P<name>[A-Za-z][\w:.-]{0,30})(?P<attributes>[ ][^<>]{0,2000})?>")
_ASKED_IN = re.compile(r"\bquestion=(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)')", re.IGNORECASE)


def _tagged(text: str, cut: bool) -> Reading:  # noqa: ARG001 - every shape is read alike
    """Elements with the names of questions and answers, or with the question as an attribute; a closing tag ends each."""
    reading = Reading()
    opened: tuple[str, int] | None = None
    question: str | None = None
    for tag in _ELEMENT.finditer(text):
        name = tag["name"].lower()
        if not tag["close"]:
            asked = _ASKED_IN.search(tag["attributes"] or "")
            if asked:
                question = html.unescape(asked["double"] or asked["single"] or "")
            if asked or asked_by(name) or answered_by(name):
                opened = (name, tag.end())
        elif opened is not None and opened[0] == name:
            inner = html.unescape(text[opened[1] : tag.start()]).strip()
            if asked_by(name):
                question = inner
            elif question and inner:
                reading.pairs.append(Found(question, inner, opened[1]))
                question = None
            opened = None
    return reading


# ---- labels

_LABEL = re.compile(
    r"[ \t>]*(?:(?:[-*+•]|\d{1,3}[.)])[ \t]+)?[#*_<\[`\"' ]{0,6}(?P<label>[^\W\d_][\w ]{0,24}?)[ ]?#?\d{0,3}[\"'\]>*_`]{0,4}[ ]?[:：=][*_]{0,3}[ \t]*"
)
_STOP = re.compile(r"[ \t]*(?:[-_=*~]{3,}|\[\[\w+\]\]|```\w*)[ \t]*")
_BLOCK = re.compile(r"\A[|>][-+]?[ \t]*\n")
_QUOTED = {'"': '"', "'": "'", "“": "”", "`": "`"}


@dataclass(frozen=True, slots=True)
class _Labelled:
    label: str
    start: int
    text: str
    ended: bool
    """Whether more text stands behind it."""


def _labelled(text: str, cut: bool) -> Reading:
    """Lines with two labels that take turns, whatever they are called, where the first always asks."""
    lines = text.split("\n")
    labels = Counter(found["label"].lower() for line in lines if (found := _LABEL.match(line)))
    names = [name for name, _ in labels.most_common(12)]
    reading = Reading()
    for asked, answered in _turns(names, labels):
        pieces = _pieces(lines, {asked, answered}, {name for name in names if labels[name] >= labels[asked]})
        if cut and pieces and not pieces[-1].ended:
            pieces = pieces[:-1]
        pairs = _alternating(
            pieces, asked, known=asked_by(asked) is not None and answered_by(answered) is not None
        )
        if len(pairs) > len(reading.pairs):
            reading.pairs = pairs
    return reading


def _turns(names: list[str], labels: Counter[str]) -> Iterator[tuple[str, str]]:
    """Labels that may name question and answer: the known ones, and any two that stand equally often, at least twice."""
    for one in names:
        for other in names:
            known = asked_by(one) and answered_by(other)
            if one != other and (known or (labels[one] == labels[other] > 1)):
                yield one, other


def _pieces(lines: list[str], wanted: set[str], others: set[str]) -> list[_Labelled]:
    pieces: list[_Labelled] = []
    kept: list[str] = []
    label, start, offset = "", 0, 0
    for line in [*lines, ""]:
        found = _LABEL.match(line)
        name = found["label"].lower() if found else ""
        stops = _STOP.fullmatch(line) is not None
        if (found and (name in wanted or name in others)) or stops:
            if label:
                pieces.append(_Labelled(label, start, "\n".join(kept), ended=True))
            label, start, kept = "", offset, []
            if found and name in wanted:
                label, kept = name, [line[found.end() :]]
        elif label:
            kept.append(line)
        offset += len(line) + 1
    if label:
        pieces.append(_Labelled(label, start, "\n".join(kept), ended=False))
    return pieces


def _alternating(pieces: list[_Labelled], asked: str, known: bool) -> list[Found]:
    pairs = []
    for question, answer in zip(pieces[::2], pieces[1::2], strict=False):
        said = trim.question(_bare(question.text), False, "")
        if question.label != asked or answer.label == asked or not (known or said.endswith(("?", "？"))):
            return []
        told, _ = trim.answer(_bare(answer.text), False, "", not answer.ended, False)
        if said and told:
            pairs.append(Found(said, told, question.start))
    return pairs if len(pairs) >= (1 if known else 2) else []


def _bare(text: str) -> str:
    """A value of YAML or TOML without its quotation marks, or the sign of a block."""
    text = _BLOCK.sub("", text.strip() + "\n").strip()
    if (
        len(text) > 1
        and _QUOTED.get(text[0]) == text[-1]
        and text[-1] not in text[1:-1].replace("\\" + text[-1], "")
    ):
        text = text[1:-1].replace("\\" + text[0], text[0])
    return "\n".join(line.strip() for line in text.split("\n"))
