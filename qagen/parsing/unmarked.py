"""Questions and answers that no marker names: known by where they stand.

A question without a marker is the paragraph before an answer's marker. Where no answer has one, what stands below each
question is its answer, provided that this holds for all questions of the response.
"""

import re

from qagen.parsing import trim
from qagen.parsing.phrases import INTRODUCTION
from qagen.parsing.reading import Found, Reading
from qagen.reasons import Reason

_ASKS = re.compile(
    r"(?:what|why|how|which|when|where|who|whose|whom|in what|to what|explain|describe|discuss|compare|contrast|outline|summari[sz]e|analy[sz]e|identify|state|derive|evaluate|elaborate)\b",
    re.IGNORECASE,
)
_MARKS = re.compile(
    r"[#>*_\-+•\s]*(?:[(\[]?\d{1,3}[.):\]]+[*_]*\s+|(?<=#)\d{1,3}\s+)?[*_]*(?:Q[UESTION]{4,9}\b[ \d]*[*_]*[:;.][*_]*\s*)?[*_]*"
)
_LABEL = re.compile(r"[#*_>\s\-]*(?P<word>[^\W\d_]{3,12}(?: [^\W\d_]{3,12})?)[ \d*_]*[:：;][*_]*\s*")
_QUESTION_LINE = re.compile(
    r"[ \t>]*+(?P<marks>(?:#{1,6}+[ \t]*+|[*_]{2}|\d{1,3}+[.)][ \t]++)*+)(?P<text>[^\s#*][^\n]{9,500}[?？])[*_\"” \t]*"
)
_BOUNDARY = re.compile(
    r"[ \t>]*+(?:[-_=*~–—─]{3,}+|[#*_]*+[ \t]*+(?:q ?& ?a|qa|question|pair)(?: pair)?[ \t]*#?\d{1,3}[*_:.]*)[ \t]*",
    re.I,
)
_IS_TITLE = re.compile(r"\s*(?:#|\*\*|[-_=*~–—─`]{3})")
_LONGEST = 100_000
"""Characters of the longest text that is read without any marker in it."""
_LEAST = 10
"""Characters of the shortest answer that is believed without a marker."""


def asked_before(text: str, start: int, end: int) -> tuple[int, str] | None:
    """The question that ends `text[start:end]`: where it starts, and without its decoration; None where none does."""
    paragraph = max(start, _blank_line_before(text, start, end))
    last = text.rfind("\n", paragraph, end) + 1 or paragraph
    place = last if text[last:end].rstrip('*_ "”').endswith("?") else paragraph
    question = text[place:end].strip()
    marks = _MARKS.match(question)
    bare = question[marks.end() :].rstrip("*_ ") if marks else question
    asks = bare.endswith("?") or (bool(_ASKS.match(bare)) and "\n" not in bare)
    return (place, bare) if asks else None


def _blank_line_before(text: str, start: int, end: int) -> int:
    """Where the last paragraph of `text[start:end]` starts."""
    place = end
    while (place := text.rfind("\n", start, place)) >= 0:
        before = text.rfind("\n", start, place)
        if before >= 0 and not text[before:place].strip():
            return place + 1
    return start


def answered_below(reading: Reading, text: str) -> None:
    """Take what stands below each question for its answer, where a text has no answer markers at all.

    Only where this is so for all questions, and for two at least.
    """
    if reading.pairs or any(label == "answer" for _, label in reading.marks):
        return
    if not reading.unanswered:
        pairs = _without_markers(text)
        reading.pairs += pairs
        reading.marks += [(pair.start, "question") for pair in pairs]
        reading.marks.sort(key=lambda mark: mark[0])
        return
    split = [(start, *piece.partition("\n")) for start, piece in sorted(reading.unanswered)]
    if len(split) < 2 or not all(asked.endswith("?") and below.strip() for _, asked, _, below in split):
        return
    answers = _unlabelled([below for _, _, _, below in split])
    for (start, asked, _, _), below in zip(split, answers, strict=True):
        reading.pairs.append(Found(asked, trim.answer(below, False, "", True, False)[0], start))
    reading.faults = [fault for fault in reading.faults if fault.reason is not Reason.UNANSWERED_QUESTION]


def _without_markers(text: str) -> list[Found]:
    """The pairs of a text without any marker: each question is a line that is set off, all in the same way.

    Prose before the first of them is a plan, and so are they.
    """
    if len(text) > _LONGEST or text.count("?") + text.count("？") < 2:
        return []
    asked: list[tuple[int, str, str]] = []
    below: list[list[str]] = []
    before: list[str] = []
    at_boundary = True
    offset = 0
    for line in text.split("\n"):
        found = _QUESTION_LINE.fullmatch(line)
        boundary = _BOUNDARY.fullmatch(line) is not None
        if found and (found["marks"] or at_boundary):
            asked.append((offset, re.sub(r"[\d\s]", "", found["marks"]), found["text"]))
            below.append([])
        else:
            (below[-1] if below else before).append(line)
        if line.strip():
            at_boundary = boundary
        offset += len(line) + 1
    if any(line.strip() and not (_IS_TITLE.match(line) or INTRODUCTION.fullmatch(line)) for line in before):
        return []
    return _believed(asked, ["\n".join(lines) for lines in below])


def _believed(asked: list[tuple[int, str, str]], below: list[str]) -> list[Found]:
    """The pairs, provided that all questions are set off alike and that there are two, all with answers."""
    if len(asked) < 2 or len({marks for _, marks, _ in asked}) > 1:
        return []
    deco = "   " if asked[0][1] else ""
    below = _unlabelled(below)
    questions = _unlabelled([question for _, _, question in asked])
    pairs = []
    for index, ((start, _, _), question, body) in enumerate(zip(asked, questions, below, strict=True)):
        last = index == len(asked) - 1
        answer, _ = trim.answer("\n" + body, False, deco, last, last and index >= 4)
        if len(answer) < _LEAST or answer.endswith("?"):
            return []
        pairs.append(Found(question, answer, start))
    return pairs


def _unlabelled(answers: list[str]) -> list[str]:
    """Answers without the word and colon with which all of them begin: a marker of the model's own."""
    labels = [_LABEL.match(answer) for answer in answers]
    if len({label["word"].lower() if label else "" for label in labels}) > 1:
        return answers
    return [answer[label.end() :] if label else answer for label, answer in zip(labels, answers, strict=True)]
