"""Reasoning set apart from the final text, by the form of what models, templates and servers put around it.

A chat template may have opened the reasoning already, so a closing tag needs no opening one. What stands after
the last closing tag is the final text; an opening tag that is never closed ends it. Where nothing follows the last closing tag,
the text before it that no opening tag covers is final. A tag that nobody knows opens reasoning where it opens the response,
is closed, and questions follow.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from qagen.parsing.channels import by_channel, by_label, by_lost_channel
from qagen.parsing.phrases import reads_like_reasoning
from qagen.parsing.tags import Act, Holds, Tag, tags

_QUOTES = "`\"'“”‘’«»"
_ASKS = re.compile(r"[?？]|question", re.IGNORECASE)
_HEAD = 300
"""Characters that show whether a text begins as reasoning does."""
_SIGNS = ("<", "[", "◁", "&lt;", "{{")


@dataclass(frozen=True, slots=True)
class Apart:
    """A response in its parts.

    Attributes:
        start, end: where the final text stands in the response, `[start, end)`.
        before: what stands before the final text: reasoning, and drafts; "" where no tag closes.
        between: texts that stand before the last closing tag, yet outside of every reasoning block.
        unclosed: the reasoning that was opened behind the final text and never closed, or None.
        behind: what stands behind the final text and was closed.
    """

    start: int
    end: int
    before: str
    between: tuple[str, ...]
    unclosed: str | None
    behind: str = ""


def set_apart(text: str, cut: bool = False) -> Apart:
    """Find the final text. Linear in the length of the text.

    Args:
        text: the response.
        cut: whether its end is known to be missing; then nothing before the last closing tag can be the final text.
    """
    found = by_channel(text, cut) or by_lost_channel(text)
    if found is None and any(sign in text for sign in _SIGNS):
        apart = _by_tags(text, cut)
        if apart.start or apart.end < len(text):
            return apart
    found = found or by_label(text, cut)
    if found is None:
        return Apart(0, len(text), "", (), None)
    (start, end), closed = found
    if not closed:
        return Apart(0, 0, "", (), text)
    return Apart(start, end, text[:start], (), None, text[end:])


@dataclass(slots=True)
class _Walk:
    """What the tags so far told."""

    last_close: int = 0
    free_from: int = 0
    opened: int | None = None
    seen: bool = False
    between: list[tuple[int, int]] = field(default_factory=list)
    waiting: list[tuple[int, int]] = field(default_factory=list)
    first: tuple[int, int] | None = None
    """What stands before a first tag that closes."""

    def take(self, tag: Tag) -> None:
        if tag.act is Act.OPEN and tag.holds is not Holds.FINAL:
            if self.opened is None:
                self.opened = tag.start
                self.waiting.append((self.free_from, tag.start))
        else:
            if self.opened is not None:
                self.between += self.waiting
            elif self.seen:
                self.between.append((self.free_from, tag.start))
            else:
                self.first = (0, tag.start)
            self.waiting = []
            self.opened = None
            self.last_close = self.free_from = tag.end
        self.seen = True


def _by_tags(text: str, cut: bool) -> Apart:
    walk = _Walk()
    for tag in _that_count(text, cut):
        walk.take(tag)
    between, opened = walk.between, walk.opened
    pieces = tuple(piece for start, end in between[-_PIECES:] if (piece := text[start:end]).strip())
    end = len(text) if opened is None else opened
    behind = text[walk.last_close : end]
    if not cut and walk.last_close and not _ASKS.search(behind) and "{" not in behind:
        free = between[-_PIECES:]
        if walk.first is not None and _is_void(behind) and not reads_like_reasoning(text[:_HEAD]):
            free.insert(0, walk.first)
        for start, stop in reversed(free):
            if _ASKS.search(text, start, stop):
                return Apart(start, stop, text[:start], (), None, text[stop:])
    unclosed = None if opened is None else text[opened:]
    return Apart(walk.last_close, end, text[: walk.last_close], pieces, unclosed)


_PIECES = 100
"""How many texts between reasoning blocks are looked at; more of them is no response, but noise."""


def _that_count(text: str, cut: bool) -> Iterator[Tag]:
    """The tags that open and close reasoning."""
    found = [
        tag for tag in tags(text) if tag.act is not Act.MARK and not _is_mention(text, tag.start, tag.end)
    ]
    opened = Counter(tag.name for tag in found if tag.act is Act.OPEN)
    closed = Counter(tag.name for tag in found if tag.act is Act.CLOSE)
    closes = {tag.name: tag for tag in found if tag.act is Act.CLOSE}
    last = max(
        (tag.start for tag in found if tag.act is Act.CLOSE and tag.holds is Holds.REASONING), default=-1
    )
    thinking, asked, reach = False, False, 0
    last_asked = max(text.rfind(sign) for sign in ("?", "？", "question", "QUESTION", "Question"))
    for tag in found:
        asked = asked or bool(_ASKS.search(text, reach, tag.start))
        reach = tag.start
        if tag.holds is Holds.REASONING:
            if tag.known or tag.act is Act.CLOSE or _begins_a_line(text, tag.start):
                thinking = tag.act is Act.OPEN
                yield tag
        elif tag.holds is Holds.FINAL:
            if thinking and tag.act is Act.OPEN and tag.start > last and opened[tag.name] == 1:
                thinking = False
                yield tag
        elif (
            cut
            and not asked
            and tag.act is Act.OPEN
            and not closed[tag.name]
            and _begins_a_line(text, tag.start)
        ):
            yield tag  # its end may be in what was cut off
        elif (
            not (asked and tag.act is Act.OPEN)
            and _is_block(text, tag, opened, closed, closes)
            and (cut or last_asked > closes[tag.name].end)
        ):
            yield tag


def _is_block(
    text: str, tag: Tag, opened: Counter[str], closed: Counter[str], closes: dict[str, Tag]
) -> bool:
    """Whether a tag that nobody knows may be an end of reasoning: one block, or the end of one that the template opened."""
    if opened[tag.name] > 1 or closed[tag.name] != 1:
        return False
    if tag.act is Act.OPEN:
        return tag.start < closes[tag.name].start and _begins_a_line(text, tag.start)
    return bool(opened[tag.name]) or "|" in text[tag.start : tag.end] or reads_like_reasoning(text[:_HEAD])


def _is_void(text: str) -> bool:
    """Whether a text has nothing but blanks, tags and tokens."""
    place = 0
    for tag in tags(text):
        if text[place : tag.start].strip():
            return False
        place = tag.end
    return not text[place:].strip()


def _begins_a_line(text: str, start: int) -> bool:
    """Whether nothing but blanks, or another tag, stands before a place in its line."""
    before = text[max(0, start - 40) : start].rpartition("\n")[2].rstrip(" \t")
    return not before or before[-1] in ">]▷}"


def _is_mention(text: str, start: int, end: int) -> bool:
    """Whether the tag is quoted: an answer may speak of such tags."""
    before = text[start - 1] if start else ""
    after = text[end] if end < len(text) else ""
    return bool(before and after and before in _QUOTES and after in _QUOTES)


def without_tags(text: str) -> str:
    """The text with a separator line in the place of each tag, so that no pair reaches across one."""
    pieces, place = [], 0
    for tag in tags(text):
        if (
            tag.holds is Holds.REASONING
            or (tag.act is not Act.MARK and tag.holds is Holds.UNKNOWN)
            or "|" in text[tag.start : tag.end]
        ):
            pieces += [text[place : tag.start], "\n------\n"]
            place = tag.end
    return "".join([*pieces, text[place:]])
