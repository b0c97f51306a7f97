"""The whole way from a response to its pairs and faults."""

import re
from bisect import bisect_right
from dataclasses import dataclass

from qagen.parsing.grammar import read_marked
from qagen.parsing.jsonpairs import holds_pairs, looks_like_json, read_json
from qagen.parsing.lines import on_their_own
from qagen.parsing.phrases import reads_like_reasoning
from qagen.parsing.reading import Found, Reading
from qagen.parsing.reasoning import Apart, set_apart, without_tags
from qagen.parsing.response_fault import response_fault
from qagen.parsing.shapes import read_shaped
from qagen.parsing.unmarked import answered_below
from qagen.parsing.unwrap import unwrap_response
from qagen.reasons import Reason
from qagen.records import Fault, Pair

_ENDS_WELL = re.compile(r"[^\w\s,(–—-]\Z")
MOST_PAIRS = 500
"""Pairs that are taken of one response: five times what can be asked for. A model that writes on gives no better ones."""
MOST_CHARACTERS = 5_000_000
"""Characters of a response that are read, far beyond what any model writes."""
_NOT_READ = "was not read"
"""How what is said of each limit ends."""
_SEVERAL = 4
"""How many pairs show how a response ends its answers."""
_DRAFTS = 200_000
"""Characters at the end of the reasoning that are searched for drafts."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a response holds.

    Attributes:
        pairs: the pairs of the final text, in order; `place` counts them from 0.
        faults: what is wrong with the response. Without a pair, the first says why there is none; all others are
            about pieces of it.
        reasoning: what was set apart as reasoning, or None.
    """

    pairs: tuple[Pair, ...]
    faults: tuple[Fault, ...]
    reasoning: str | None


@dataclass(frozen=True, slots=True)
class _Read:
    """A response half way: its parts, the reading of its final text, and what of that is meant to be read."""

    apart: Apart
    text: str
    reading: Reading
    pairs: tuple[Found, ...]
    drafts: tuple[Found, ...]
    thoughts: str
    cut: str | None


def parse(
    text: str,
    *,
    finish_reason: str | None = None,
    reasoning: str | None = None,
    response_format: str = "text",
) -> Parsed:
    """Read a response.

    Args:
        text: the response as the server sent it.
        finish_reason: the server's reason for its end; "length" says that it was cut off, None that nobody knows.
        reasoning: what the server sent apart as reasoning.
        response_format: "text" or "json", what the model was asked for. JSON is also read where text was asked for.
    """
    unread = text[MOST_CHARACTERS : MOST_CHARACTERS + 1000]
    found = _read(text, finish_reason, response_format)
    apart = found.apart
    thoughts = "\n\n".join(
        piece
        for piece in (
            (reasoning or "").strip(),
            without_edge_tags(apart.before),
            found.thoughts,
            without_edge_tags(apart.behind),
            without_edge_tags(apart.unclosed or ""),
        )
        if piece
    )
    faults = list(found.reading.faults)
    drafts = list(found.drafts)
    known = {_key(pair.question) for pair in found.pairs}
    if not found.pairs:
        for piece in (reasoning or "", apart.before, apart.behind, apart.unclosed or ""):
            drafts += _drafts(piece)
    else:
        for piece in apart.between or (apart.before,):
            drafts += _drafts(piece)
    faults += _draft_faults(drafts, known)
    faults = [
        fault
        for fault in faults
        if fault.reason is not Reason.UNANSWERED_QUESTION or _key(fault.text) not in known
    ]
    if not found.pairs:
        final = found.text[1:]
        thinking = bool(thoughts)
        faults.insert(0, response_fault(text, final, cut=found.cut, reasoning=thinking, faults=tuple(faults)))
        if faults[0].reason is Reason.REASONING_ONLY and not thoughts:
            thoughts = final.strip()
    elif found.cut is not None:
        broken = found.reading.broken or ""
        faults.append(
            Fault(
                Reason.TRUNCATED, f"{found.cut}; what stands before the cut is kept, the rest is not", broken
            )
        )
    faults = _one_limit(faults + _beyond(found.pairs, unread))
    pairs = tuple(
        Pair(pair.question, pair.answer, place) for place, pair in enumerate(found.pairs[:MOST_PAIRS])
    )
    return Parsed(pairs, tuple(faults), thoughts or None)


def _beyond(pairs: tuple[Found, ...], unread: str) -> list[Fault]:
    """What is behind the limits."""
    faults = []
    if len(pairs) > MOST_PAIRS:
        first = pairs[MOST_PAIRS]
        detail = f"{len(pairs)} pairs, of which the first {MOST_PAIRS} are taken"
        faults.append(Fault(Reason.TOO_MANY_PAIRS, detail, f"{first.question}\n{first.answer}"))
    if unread:
        detail = f"more than {MOST_CHARACTERS} characters; what follows {_NOT_READ}"
        faults.append(Fault(Reason.TRUNCATED if pairs else Reason.NO_PAIRS, detail, unread))
    return faults


def _one_limit(faults: list[Fault]) -> list[Fault]:
    """What is behind a limit is told once: how many pairs that leaves out, or else where the reading ended."""
    beyond = [
        fault for fault in faults if fault.reason is Reason.TOO_MANY_PAIRS or fault.detail.endswith(_NOT_READ)
    ]
    if not beyond:
        return faults
    told = next((fault for fault in beyond if fault.reason is Reason.TOO_MANY_PAIRS), beyond[-1])
    whole = (Reason.TRUNCATED, Reason.NO_PAIRS)
    return [*(fault for fault in faults if fault not in beyond and fault.reason not in whole), told]


def explain(
    text: str,
    *,
    finish_reason: str | None = None,
    reasoning: str | None = None,
    response_format: str = "text",
) -> tuple[tuple[str, str], ...]:
    """What the reader takes each line of a response for: `(label, line)`, in order.

    Labels: reasoning, question, answer, separator, heading, introduction, fence, closing remark, cut off, draft, json,
    outside, blank. A marker that stands within a line begins a line of its own.
    """
    found = _read(text, finish_reason, response_format)
    lines = [("reasoning", line) for line in (reasoning or "").split("\n") if reasoning]
    lines += [("reasoning", line) for line in found.apart.before.split("\n") if found.apart.before]
    lines += _explained(found)
    for piece in (found.apart.behind, found.apart.unclosed):
        lines += [("reasoning", line) for line in (piece or "").split("\n") if piece]
    return tuple((label if line.strip() else "blank", line) for label, line in lines)


def _explained(found: _Read) -> list[tuple[str, str]]:
    marks = sorted(found.reading.marks, key=lambda mark: mark[0])
    offsets = [offset for offset, _ in marks]
    drafts = {draft.start for draft in found.drafts}
    first = found.pairs[0].start if found.pairs else 0
    lines = []
    offset = 1
    drafting = False
    for line in found.text[1:].split("\n"):
        index = bisect_right(offsets, offset) - 1
        label = marks[index][1] if index >= 0 else "outside"
        if label == "question":
            drafting = offsets[index] in drafts
        if drafting and label in ("question", "answer"):
            label = "draft"
        if label == "outside" and found.thoughts and offset < first:
            label = "reasoning"
        lines.append((label, line))
        offset += len(line) + 1
    return lines


def _read(text: str, finish_reason: str | None, response_format: str) -> _Read:
    if len(text) > MOST_CHARACTERS:
        text, finish_reason = text[:MOST_CHARACTERS], "length"
    text = unwrap_response(text)
    apart = set_apart(text, cut=finish_reason == "length")
    cut = "the reasoning is never closed" if apart.unclosed is not None else None
    if finish_reason == "length":
        cut = "the response was cut off at its length limit"
    final = "\n" + text[apart.start : apart.end]
    ended = cut is not None and apart.unclosed is None
    reading, final = _read_final(final, ended, response_format)
    if (
        ended
        and not apart.before
        and reads_like_reasoning(final)
        and not (reading.pairs and _wears_marks(final, reading.pairs[0]))
    ):
        return _Read(apart, final, reading, (), tuple(reading.pairs), final.strip(), cut)
    if cut is None and finish_reason is None and _ends_inside_a_sentence(reading, final):
        cut = "the last answer breaks off inside a sentence"
        reading.broken = final[reading.pairs.pop().start :].strip()
    if cut is None and reading.broken is not None:
        cut = "the text breaks off"
    start = _final_start(reading, final)
    drafts, pairs = _latest([pair for pair in reading.pairs if pair.start >= start])
    before = [pair for pair in reading.pairs if pair.start < start]
    thoughts = _thoughts(final, start, pairs)
    return _Read(apart, final, reading, tuple(pairs), (*before, *drafts), thoughts, cut)


def _read_final(final: str, cut: bool, response_format: str) -> tuple[Reading, str]:
    if response_format == "json" or looks_like_json(final):
        reading = read_json(final)
        if not reading.pairs and (careless := read_json(final, loose=True)).amount > reading.amount:
            reading = careless
        if not reading.pairs and any(holds_pairs(value) for value in reading.texts):
            return _read_within(reading, cut, response_format)
        if reading.pairs or reading.faults or reading.broken is not None:
            return reading, final
    text = on_their_own(final)
    reading = read_marked(text, cut)
    if not cut and not reading.pairs and not reads_like_reasoning(text):
        answered_below(reading, text)
    marked = cut and any(label in ("question", "answer") for _, label in reading.marks)
    if not (reading.pairs or marked) and (shaped := read_shaped(final, cut)).pairs:
        return shaped, final
    return reading, text


def _read_within(reading: Reading, cut: bool, response_format: str) -> tuple[Reading, str]:
    """Read the texts that stand in JSON; the last of them may be cut."""
    text = "\n" + "\n------\n".join(value for value in reading.texts if holds_pairs(value))
    return _read_final(
        text, cut or reading.broken is not None, "text" if response_format == "text" else "within"
    )


def _wears_marks(final: str, pair: Found) -> bool:
    """Whether a pair wears the hashes that finals were asked to wear; drafts in unmarked reasoning do not."""
    return "#" in final[pair.start : pair.start + 8]


def _ends_inside_a_sentence(reading: Reading, final: str) -> bool:
    """Whether a response of unknown end stops in the middle of its last answer, where all others end well."""
    if len(reading.pairs) < _SEVERAL or not final.rstrip().endswith(reading.pairs[-1].answer):
        return False
    *others, last = (bool(_ENDS_WELL.search(pair.answer)) for pair in reading.pairs)
    return all(others) and not last


def _final_start(reading: Reading, final: str) -> int:
    """Where the final pairs start: behind the last line that announces them, unless that cuts off the better part.

    Reasoning without tags that no such line ends is over where the pairs begin to wear the hashes asked for.
    """
    pairs = reading.pairs
    for place, says_final in reversed(reading.finals):
        after = sum(pair.start >= place for pair in pairs)
        if after and (says_final or 2 * after >= len(pairs)):
            return place
    if len(pairs) > 1 and not _wears_marks(final, pairs[0]) and reads_like_reasoning(final):
        worn = [_wears_marks(final, pair) for pair in pairs]
        drafts = worn.index(True) if True in worn else 0
        if 2 * drafts <= len(pairs) and all(worn[drafts:]):
            return pairs[drafts].start if drafts else 0
    return 0


def _latest(pairs: list[Found]) -> tuple[list[Found], list[Found]]:
    """Where a question is given again, its last answer counts: gives (earlier ones, latest)."""
    latest = {_key(pair.question): pair for pair in pairs}
    if len(latest) == len(pairs):
        return [], pairs
    kept = {pair.start for pair in latest.values()}
    return [pair for pair in pairs if pair.start not in kept], [pair for pair in pairs if pair.start in kept]


def _thoughts(final: str, start: int, pairs: list[Found]) -> str:
    """Untagged reasoning: what stands before the final pairs, where it begins as reasoning does."""
    if not pairs:
        return ""
    preamble = final[: start or pairs[0].start].strip()
    return preamble if preamble and reads_like_reasoning(preamble) else ""


def _drafts(text: str) -> list[Found]:
    """The complete pairs in a reasoning."""
    if not text.strip():
        return []
    return read_marked(on_their_own("\n" + without_tags(text[-_DRAFTS:]) + "\n"), cut=True).pairs


def _draft_faults(drafts: list[Found], known: set[str]) -> list[Fault]:
    detail = "a complete pair that stands only where the model was still drafting"
    again = "the same question is answered again further down; the last answer counts"
    return [
        Fault(
            Reason.SUPERSEDED if _key(draft.question) in known else Reason.DRAFT_IN_REASONING,
            again if _key(draft.question) in known else detail,
            f"{draft.question}\n{draft.answer}",
        )
        for draft in drafts
    ]


def without_edge_tags(text: str) -> str:
    """Reasoning without the tags at its ends."""
    return without_tags(text).strip("-\n \t") if text else ""


def _key(question: str) -> str:
    return " ".join(question.casefold().split())
