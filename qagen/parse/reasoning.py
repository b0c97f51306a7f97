"""Reasoning set apart from the final text, by the tags that models and chat templates put around it.

A chat template may have opened the reasoning already, so a closing tag needs no opening one. What stands after
the last closing tag is the final text; an opening tag that is never closed ends it.
"""

import re
from dataclasses import dataclass

_WORDS = r"(?:think|thinking|thoughts?|reasoning|reflection|analysis|scratchpad)"
_TAG = re.compile(
    rf"""
    [<\[◁] (?i:
      (?P<close> /{_WORDS}\s?> | /THINK\] | /think▷ | \|end_of_thought\|> | \|channel\|>final<\|message\|> )
    | (?P<open> {_WORDS}\s?> | THINK\] | think▷ | \|begin_of_thought\|> | \|channel\|>analysis<\|message\|> )
    )
    """,
    re.VERBOSE,
)
_QUOTES = "`\"'“”‘’«»"


@dataclass(frozen=True, slots=True)
class Apart:
    """A response in its parts.

    Attributes:
        start, end: where the final text stands in the response, `[start, end)`.
        before: what stands before the final text: reasoning, and drafts; "" where no tag closes.
        between: texts that stand before the last closing tag, yet outside of every reasoning block.
        unclosed: the reasoning that was opened behind the final text and never closed, or None.
    """

    start: int
    end: int
    before: str
    between: tuple[str, ...]
    unclosed: str | None


def set_apart(text: str) -> Apart:
    """Find the final text. Linear in the length of the text."""
    if not ("<" in text or "[" in text or "◁" in text):
        return Apart(0, len(text), "", (), None)
    last_close = 0
    free_from = 0
    opened: int | None = None
    first_tag = True
    between: list[tuple[int, int]] = []
    waiting: list[tuple[int, int]] = []
    for tag in _TAG.finditer(text):
        if _is_mention(text, tag.start(), tag.end()):
            continue
        if tag["open"]:
            if opened is None:
                opened = tag.start()
                waiting.append((free_from, tag.start()))
        else:
            if opened is not None or not first_tag:
                between += waiting if opened is not None else [(free_from, tag.start())]
            waiting = []
            opened = None
            last_close = free_from = tag.end()
        first_tag = False
    pieces = tuple(piece for start, end in between[-_PIECES:] if (piece := text[start:end]).strip())
    unclosed = None if opened is None else text[opened:]
    return Apart(last_close, len(text) if opened is None else opened, text[:last_close], pieces, unclosed)


_PIECES = 100
"""How many texts between reasoning blocks are looked at; more of them is no response, but noise."""


def _is_mention(text: str, start: int, end: int) -> bool:
    """Whether the tag is quoted: an answer may speak of such tags."""
    before = text[start - 1] if start else ""
    after = text[end] if end < len(text) else ""
    return bool(before and after and before in _QUOTES and after in _QUOTES)


def without_tags(text: str) -> str:
    """The text with a separator line in the place of each tag, so that no pair reaches across one."""
    return _TAG.sub("\n------\n", text)
