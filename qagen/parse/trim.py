"""What is cut from the ends of a question or an answer: decoration, headings of the next pair, sign-offs.

Nothing inside a text is changed, except that the indentation or the quotation marks of a quoted or indented
response are taken from its lines.
"""

import re

from qagen.parse.phrases import GLUED_SIGN_OFF, LAST_HEADING, SIGN_OFF

_END_MARKS = re.compile(
    r"(?:</?(?:answer|question|final_answer|output|response|q|a|pair|qa|s|assistant)>|\[/(?:answer|question|q|a)\]"
    r"|<\|[a-z_]{2,30}\|>|<｜[^｜\n]{2,30}｜>|(?<=\s)[-–—_=]{4,})\s*\Z",
    re.IGNORECASE,
)
_LEFT_OVER_HEADING = re.compile(
    r"[ \t>]*(?:#{1,6}[^\n]{0,120}(?<![.!?])|[*_]{2}[^*\n]{1,80}(?<![.!?])[*_]{2}:?|[#(\[*_]*\d{1,3}[.):\]*_]+"
    r"|[#*_]*(?:next )?(?:q ?& ?a|qa|question|pair)(?: pair)? ?#?\d{0,3}[:*_]*|[-_=*~–—•·]+|<(?:pair|qa|item)>)[ \t]*",
    re.IGNORECASE,
)
_HEADING = re.compile(r"(?m)^[ \t]*+(?:#|\*\*[^*\n]++\*\*:?[ \t]*$)")
_QUOTED = re.compile(r"(?m)^[ \t]*>[ \t]?")
_INDENT = re.compile(r"\n([ \t]*)(?=\S)")
_NUMBERING = re.compile(r"(?:\d{1,2}[.)]|[-•])[ \t]+(?=\S)")
_LAST_WORDS = 240
"""Characters at the end of an answer's last line in which a sign-off may be glued to it."""
_CLOSING = ">]-–—_="
_WRAPPING = '*_<[“"'
_MOST_LINES = 50
"""How many left-over lines are taken from the end of one answer at most."""


def question(text: str, bold_open: bool, deco: str) -> str:
    """A question without what surrounds it."""
    text = _common(text, bold_open, deco)
    text = _NUMBERING.sub("", text, count=1) if _NUMBERING.match(text) else text
    return _unwrapped(_drop_end(text, len(text)))


def answer(text: str, bold_open: bool, deco: str, last: bool) -> tuple[str, int | None]:
    """An answer without what surrounds it.

    Args:
        text: what stands between the marker and the next structuring line.
        bold_open: whether the marker opened bold type without closing it.
        deco: what stands before the marker's word.
        last: whether the response ends with this answer.

    Returns:
        the answer, and the offset into `text` from which on the model speaks about its own work, or None.
    """
    end = len(text.rstrip())
    cut = None
    if "\n" in text and (found := SIGN_OFF.search(text)) and text[: found.start()].strip():
        end = cut = found.start()
    if last and cut is None and (found := _closing_heading(text)):
        end = cut = found.start()
    if found := GLUED_SIGN_OFF.search(text, max(0, text.rfind("\n", 0, end), end - _LAST_WORDS), end):
        end = cut = found.end()
    return _unwrapped(_common(_drop_end(text, end), bold_open, deco)), cut


def _closing_heading(text: str) -> re.Match[str] | None:
    found = LAST_HEADING.search(text)
    if found is None or not text[: found.start()].strip() or _HEADING.search(text, 0, found.start()):
        return None
    return found


def _drop_end(text: str, end: int) -> str:
    """Take end marks, and headings that belong to what follows, from the end of `text[:end]`."""
    text = text[:end].rstrip()
    for _ in range(_MOST_LINES):
        if text[-1:] in _CLOSING and (found := _END_MARKS.search(text, max(0, len(text) - 60))):
            text = text[: found.start()].rstrip()
            continue
        line = text.rfind("\n")
        if line < 0 or not _LEFT_OVER_HEADING.fullmatch(text, line + 1) or not text[:line].strip():
            break
        text = text[:line].rstrip()
    return text


def _common(text: str, bold_open: bool, deco: str) -> str:
    if ">" in deco and "<" not in deco:
        text = _QUOTED.sub("", text)
    elif "\n" in text and deco and (deco[0] in " \t" or deco.strip()[:1].isdigit() or deco[0] in "-*+•"):
        text = _dedented(text, len(deco.expandtabs()))
    text = text.strip()
    if bold_open:
        text = _without_closing_bold(text)
    return text


def _dedented(text: str, most: int) -> str:
    """Take the indentation that all further lines share, up to the marker's own."""
    indents = _INDENT.findall(text)
    shared = min((len(indent) for indent in indents), default=0)
    return re.sub(rf"\n[ \t]{{{min(shared, most)}}}", "\n", text) if shared else text


def _without_closing_bold(text: str) -> str:
    """Take the stars that close what the marker opened."""
    if text.startswith("**") and text.count("**") % 2:
        return text[2:].lstrip()
    first = text.find("**")
    if first < 0:
        return text
    line_end = text.find("\n")
    closing = text.rfind("**", 0, line_end if line_end >= 0 else len(text))
    place = closing if closing >= 0 and text.count("**") % 2 else first
    return (text[:place] + text[place + 2 :]).strip()


def _unwrapped(text: str) -> str:
    """Take a pair of marks that wraps the text as a whole."""
    if text[:1] not in _WRAPPING and not text.endswith("**"):
        return text
    for opening, closing in (("**", "**"), ("__", "__"), ("<", ">"), ("[", "]"), ("“", "”"), ('"', '"')):
        if len(text) > 2 * len(opening) and text.startswith(opening) and text.endswith(closing):
            inner = text[len(opening) : -len(closing)]
            if opening not in inner and closing not in inner and "\n\n" not in inner:
                return inner.strip()
    if text.endswith("**") and text.count("**") % 2:
        return text[:-2].rstrip()
    return text
