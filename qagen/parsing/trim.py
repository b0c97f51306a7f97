"""What is cut from the ends of a question or an answer: decoration, headings of the next pair, sign-offs.

Nothing inside a text is changed, except that the indentation or the quotation marks of a quoted or indented
response are taken from its lines.
"""

import re

from qagen.parsing.phrases import (
    GENERALITIES,
    GLUED_SIGN_OFF,
    LAST_HEADING,
    NAMES_OF_WORK,
    OWN_WORK,
    SIGN_OFF,
)
from qagen.parsing.remains import next_turn, without_remains

_END_MARKS = re.compile(
    r"(?:</?(?:answer|question|final_answer|output|response|q|a|pair|qa|s|assistant)>|\[/(?:answer|question|q|a)\]|<br ?/?>"
    r"|<\|[a-z_]{2,30}\|>|<｜[^｜\n]{2,30}｜>|(?<=\s)[-–—_=]{3,}|[-_=]{5,}|(?<=\s)#{1,6})\s*\Z",
    re.IGNORECASE,
)
_LEFT_OVER_HEADING = re.compile(
    r"[ \t>]*+(?:#{1,6}[^\n]{0,120}(?<![.!?])|[*_]{2}[^*\n]{1,80}(?<![.!?])[*_]{2}:?|[#(\[*_]*+[ \t]*+\d{1,3}[.):\]*_]+"
    r"|[#*_]*(?:next )?(?:q ?& ?a|qa|question|pair)(?: pair)? ?#?\d{0,3}[:*_]*|\\?[-_=*~–—•·.…]+|<(?:pair|qa|item|hr) ?/?>|&nbsp;|[^\n]{1,80}:[*_]*"
    r"|[^\n.!?]{0,40}\bpair #?\d{1,3})[ \t]*",
    re.IGNORECASE,
)
_TOPIC = re.compile(
    r"[ \t]*+\d{1,3}[.)][ \t]++(?:[*_]{2}[^*\n]{1,80}(?<![.!?])[*_]{2}:?|[^*\n]{1,80}(?<![.!?:;,]))[ \t]*"
)
_ITEM = re.compile(r"(?m)^[ \t]*+\d{1,3}[.)][ \t]")
_HEADING = re.compile(r"(?m)^[ \t]*+(?:#|\*\*[^*\n]++\*\*:?[ \t]*$)")
_QUOTED = re.compile(r"(?m)^[ \t]*>[ \t]?")
_UNQUOTED_LINE = re.compile(r"(?m)^[ \t]*+[^>\s]")
_YAML_BLOCK = re.compile(r"[ \t]*(?:\|[-+]?|>[-+])[ \t]*\n")
_INDENT = re.compile(r"\n([ \t]*)(?=\S)")
_NUMBERING = re.compile(r"(?:\d{1,2}[.)]|[-•])[ \t]+(?=\S)")
_HASHES = re.compile(r"#{1,6}(?:[ \t]*\d{1,3}[.)]?)?[ \t]+(?=\S)")
_LAST_WORDS = 400
"""Characters at the end of an answer's last line in which a sign-off may be glued to it."""
_LONGEST = 20_000
"""Characters of an answer in which the model may come to speak about its work."""
_CLOSING = ">]-–—_=#"
_WRAPPING = '*_<[“"'
_UNSEEN = "\u200b\u200c\u200d\u2060\ufeff"
_BLANKS = " \t\n\r\v\f\xa0" + _UNSEEN
_MOST_LINES = 50
"""How many left-over lines are taken from the end of one answer at most."""


def question(text: str, bold_open: bool, deco: str) -> str:
    """A question without what surrounds it."""
    text = _common(text, bold_open, deco)
    if found := _HASHES.match(text):
        text = text[found.end() :]
    return _unwrapped(_drop_end(without_remains(_unnumbered(text))))


def answer(text: str, bold_open: bool, deco: str, last: bool, plain: bool) -> tuple[str, int | None]:
    """An answer without what surrounds it.

    Args:
        text: what stands between the marker and the next structuring line.
        bold_open: whether the marker opened bold type without closing it.
        deco: what stands before the marker's word.
        last: whether the response ends with this answer.
        plain: whether all answers before it are single paragraphs, and there are several.

    Returns:
        the answer, and the offset into `text` from which on the model speaks about its own work, or None.
    """
    text = text.rstrip()
    cut = _own_words(text, last, plain) if "\n" in text else None
    if (turn := next_turn(text, len(text) if cut is None else cut)) is not None:
        cut = turn
    end = len(text if cut is None else text[:cut].rstrip())
    glued = GLUED_SIGN_OFF.search(text, max(0, text.rfind("\n", 0, end), end - _LAST_WORDS), end)
    if glued:
        end = cut = glued.end()
    text = without_remains(_drop_end(without_remains(text[:end])))
    if ">" not in deco and text.lstrip().startswith(">") and not _UNQUOTED_LINE.search(text):
        deco = ">"
    text = _common(text, bold_open, deco)
    return _unwrapped(text if "\n" in text else _unnumbered(text)), cut


def _own_words(text: str, last: bool, plain: bool) -> int | None:
    """Where the model begins to speak about its own work, on a line of its own."""
    found = [SIGN_OFF.search(text, 0, _LONGEST)]
    lower = text[:_LONGEST].lower()
    if any(name in lower for name in NAMES_OF_WORK):
        found.append(OWN_WORK.search(text, 0, _LONGEST))
    if last:
        found.append(LAST_HEADING.search(text, 0, _LONGEST))
        if found[-1] and _HEADING.search(text, 0, found[-1].start()):
            found.pop()
    if last and plain:
        found.append(GENERALITIES.search(text, 0, _LONGEST))
    starts = [match.start() for match in found if match and text[: match.start()].strip()]
    return min(starts, default=None)


def _drop_end(text: str) -> str:
    """Take end marks, and headings that belong to what follows, from the end of a text."""
    begin, end = len(text) - len(text.lstrip()), len(text.rstrip(_BLANKS))
    for _ in range(_MOST_LINES):
        if text[end - 1 : end] in _CLOSING and (found := _END_MARKS.search(text, max(0, end - 60), end)):
            end = _end_before(text, found.start())
            continue
        line = text.rfind("\n", begin, end) + 1
        if not line or not _belongs_to_next(text, begin, line, end):
            break
        end = _end_before(text, line)
    return text[:end]


def _end_before(text: str, end: int) -> int:
    """Where the text before `end` ends, without blanks."""
    while end and text[end - 1] in _BLANKS:
        end -= 1
    return end


def _belongs_to_next(text: str, begin: int, line: int, end: int) -> bool:
    """Whether the last line of `text[begin:end]`, which starts at `line`, is a heading or a number of what follows."""
    if _LEFT_OVER_HEADING.fullmatch(text, line, end):
        return True
    if not _TOPIC.fullmatch(text, line, end) or text[_end_before(text, line) - 1] == ":":
        return False
    return _ITEM.search(text, begin, line - 1) is None


def _common(text: str, bold_open: bool, deco: str) -> str:
    if text.lstrip()[:1] in ("|", ">") and (sign := _YAML_BLOCK.match(text)):
        text = text[sign.end() :]
    if ">" in deco and "<" not in deco:
        text = _QUOTED.sub("", text)
    elif "\n" in text and deco and (deco[0] in " \t" or deco.strip()[:1].isdigit() or deco[0] in "-*+•"):
        text = _dedented(text, len(deco.expandtabs()))
    text = text.strip().strip(_BLANKS)
    while text[:3].lower() == "<br" and ">" in text[:6]:
        text = text[text.index(">") + 1 :].lstrip()
    if bold_open:
        text = _without_closing_bold(text)
    return text


def _unnumbered(text: str) -> str:
    """A text without the number or the bullet of a list that has no other item."""
    found = _NUMBERING.match(text)
    return text[found.end() :] if found else text


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
    closing = text.partition("\n")[0].rfind("**")
    place = closing if closing >= 0 and text.count("**") % 2 else first
    return (text[:place] + text[place + 2 :]).strip()


def _unwrapped(text: str) -> str:
    """Take a pair of marks that wraps the text as a whole, or stars that nothing closes."""
    if text[:1] not in _WRAPPING and not text.endswith("**"):
        return text
    for opening, closing in (("**", "**"), ("__", "__"), ("<", ">"), ("[", "]"), ("“", "”"), ('"', '"')):
        if len(text) > 2 * len(opening) and text.startswith(opening) and text.endswith(closing):
            inner = text[len(opening) : -len(closing)]
            if opening not in inner and closing not in inner and "\n\n" not in inner:
                return inner.strip()
    if text.endswith("**") and text.count("**") % 2:
        return text[:-2].rstrip()
    if text.startswith("**") and text.count("**") == 1:
        return text[2:].lstrip()
    return text
