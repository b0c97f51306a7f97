"""Channels of harmony-style templates, in any spelling, and with their tokens lost; and headings that set reasoning apart.

Each function gives the half-open span of the final text, or None where the text is not written so.
"""

import re

from qagen.parsing.phrases import reads_like_reasoning

Span = tuple[int, int]

_HEADER = re.compile(
    r"""
    (?: <\|start\|> \s{0,3} (?:assistant\s{0,3})? )? <\|channel\|> \s{0,3} (?P<name>\w{1,30}) [^\n<]{0,60}
        (?: <\|constrain\|> \s{0,3} \w{0,20} \s{0,3} )? (?: <\|message\|> | (?=\n) )
  | <\|start\|> \s{0,3} assistant \s{0,3} (?: <\|message\|> )?
  | (?P<end> <\|(?:end|return|call)\|> )
    """,
    re.VERBOSE,
)
_THINKS = re.compile(r"analy|think|thought|reason|reflect|scratch|plan|draft", re.IGNORECASE)
_MEANT = re.compile(r"final|answer|response|reply|output", re.IGNORECASE)


def by_channel(text: str, cut: bool) -> tuple[Span, bool] | None:
    """The final channel, and whether it is there at all: else the last one that is not the analysis.

    Without one, the span is empty and stands where the text was left open, or at its end.
    """
    if "<|channel|>" not in text:
        return None
    pieces: list[tuple[str, int, int]] = []
    name, start, ended = "", 0, False
    for header in _HEADER.finditer(text):
        pieces.append((name, start, header.start()))
        name, start, ended = header["name"] or "", header.end(), header["end"] is not None
    pieces.append((name, start, len(text)))
    spoken = [piece for piece in pieces if text[piece[1] : piece[2]].strip()]
    meant = [piece for piece in spoken if _MEANT.search(piece[0])]
    others = [
        piece
        for piece in spoken[1 if not spoken or not spoken[0][0] else 0 :]
        if not _THINKS.search(piece[0])
    ]
    if cut:  # the final channel may be in what was cut off
        others = [piece for piece in others if piece[0] in ("", "commentary")]
    if meant or others:
        _, start, end = (meant or others)[-1]
        return (start, end), True
    return (len(text), len(text)), ended


_MARKUP_AHEAD = r"(?=[ \n]*(?:[#*>{\[<`|\-]|Q[:U\d.]|\d+[.)]|Question))"
_LOST_HEAD = re.compile(r"\s*(?:assistant[ \n]*)?analysis(?=[A-Z\n\"'*#]| [A-Z])|\s*Analysis[ ]*\n")
_LOST_FINAL = re.compile(
    rf"(?:assistant[ \n]*(?P<channel>final|commentary|analysis)|(?<![^\s.!?)\"'])(?P<bare>final))(?:[ ]?(?:json|text|code|markdown))?{_MARKUP_AHEAD}",
    re.IGNORECASE,
)
_LOST_START = re.compile(
    rf"\s*(?:assistant[ \n]*)?(?:final|commentary)(?:[ ]?(?:json|text|code|markdown))?{_MARKUP_AHEAD}"
)


def by_lost_channel(text: str) -> tuple[Span, bool] | None:
    """The final text where a template's tokens were lost and their words stayed: `analysis ... assistantfinal ...`."""
    if found := _LOST_START.match(text):
        return (found.end(), len(text)), True
    head = _LOST_HEAD.match(text)
    if head is None:
        return None
    last: dict[str, int] = {}
    for found in _LOST_FINAL.finditer(text, head.end()):
        last[(found["channel"] or found["bare"]).lower()] = found.end()
    for channel in ("final", "commentary"):
        if channel in last:
            return (last[channel], len(text)), True
    return (
        ((len(text), len(text)), False) if reads_like_reasoning(text[head.end() : head.end() + 200]) else None
    )


_WORD = r"(?:thinking|thoughts?|thought process|reasoning|scratchpad|analysis|reflections?|drafts?|planning|plan|brainstorm(?:ing)?|(?:internal|inner) monologue|chain of thought|working(?: out)?)"
_EDGE = r"[^\w\n]{0,12}"
_LABEL = re.compile(
    rf"\s*(?:{_EDGE}(?:here(?:['’]s| is) (?:my|the) |my |the |begin(?:ning)?(?: of)? |start(?: of)? )?(?:[\w-]+ )?{_WORD}(?: process| steps)?{_EDGE}|```{_WORD}[^\n]{{0,20}})\n",
    re.IGNORECASE,
)
_ENDS = re.compile(
    rf"\n(?:{_EDGE}(?:here(?:['’]s| is) (?:my|the) |my |the )?(?:(?:final )?(?:response|output|reply|result|solution)|final answers?|(?<=my )answers?|questions? and answers?|q ?& ?a(?: pairs)?|qa pairs){_EDGE}"
    rf"|{_EDGE}(?:end|done|finished|stop)(?: of| with)? (?:my |the )?(?:\w+ )?{_WORD}{_EDGE}|```[ ]*)(?=\n)",
    re.IGNORECASE,
)
_SAID_TO_END = re.compile(
    rf"\n{_EDGE}(?:end of|done|finished|stop)(?: with)? (?:my |the )?{_WORD}{_EDGE}(?=\n)", re.IGNORECASE
)


def by_label(text: str, cut: bool) -> tuple[Span, bool] | None:
    """The final text behind reasoning that a heading or a line opens and another one ends; of a cut text the end may be missing."""
    head = _LABEL.match(text)
    fenced = head is not None and "```" in head[0]
    if head is None:
        found = _SAID_TO_END.search(text)
    else:
        ends = _ENDS.finditer(text, head.end() - 1)
        found = next((end for end in ends if ("```" in end[0]) == fenced), None)
    if found is None:
        return ((len(text), len(text)), False) if cut and head is not None else None
    return (found.end(), len(text)), True
