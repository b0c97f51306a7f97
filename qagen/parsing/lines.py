"""The lines that structure a response: markers, separators, fences, headings. All others are content.

The scanner finds them one after the other with a single regular expression. Each of its alternatives is tried once
for a line and repeats possessively, so that no text, however hostile, is read more than a few times.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto
from itertools import islice, pairwise

from qagen.parsing.phrases import FINAL_HEADING, INTRODUCTION


class Role(Enum):
    """What a line does."""

    QUESTION = auto()
    ANSWER = auto()
    RULE = auto()
    FENCE = auto()
    HEADING = auto()
    FINAL = auto()


class Style(Enum):
    """How a marker is written; the looser, the more its surroundings have to agree."""

    WORD = auto()
    """The full word: `###QUESTION:`, `**Answer 3:**`, `<question>`, or alone in its line; or `###Q:`."""
    LETTER = auto()
    """`Q:`, `A1:`."""
    LOOSE = auto()
    """A letter or a word with a number and no colon: `Q1. `, `Question 2 - `, `[Q] `."""


@dataclass(slots=True)
class Line:
    """A line that structures the response; offsets into the scanned text.

    Attributes:
        start: of the line, behind its line break.
        content: where the text behind the marker starts; the line's end where it has none.
        end: where the line ends, before its line break.
        style: of a marker.
        number: the number in a marker ("3" in `Question 3:`), or "".
        deco: what stands before a marker's word: blanks, hashes, stars, bullets, numbering.
        bold_open: whether a marker opens bold type and does not close it.
        sure: whether more text behind it could not make it anything else.
    """

    role: Role
    start: int
    content: int
    end: int
    style: Style = Style.WORD
    number: str = ""
    deco: str = ""
    bold_open: bool = False
    sure: bool = False


_BLANK = r"[ \t\xa0\u2000-\u200d\u202f\u2060\u3000\ufeff]"
_DECO = r"[#＃>*_\-+•`\[({<\\ \t\xa0\u2000-\u200d\u202f\u2060\u2190-\u2bff\u3000\ufe0f\ufeff\U0001f300-\U0001faff]"
_SCAN = re.compile(
    rf"""
    \n (?= [ \t\xa0]*+ [^\n\ a-zEGJ-LORU-Z] | [ \t\xa0]*+ [abcdfhmnpqst] ) (?:
      (?P<rule> [ \t\xa0>]*+ \\?+ (?:[-_=*~–—─━═•·\#+](?:[ \t\xa0]*+[-_=*~–—─━═•·\#+]){{2,}}+ | [-=–—]{{3,}}+ [^\n|]{{1,60}}? [-=–—]{{3,}}+ ) [ \t\xa0]*+ (?=\n|\Z) )
    | [ \t>]*+ (?P<fence> `{{3,}}+ ) (?P<info> [^\n`]*+ ) (?=\n|\Z)
    | (?P<deco> {_DECO}{{0,40}}+
        (?: (?: (?i:(?:q\ ?&\ ?a\ |qa\ )? (?:pair|item|set)) [ \t]*+ \#?)? [(\[]?\d{{1,3}} [.):\]*_ \t–\-]{{1,20}}+ {_DECO}{{0,40}}+ )? )
      (?= [QA问答] | (?<=[#＃])[A-Z]{{4}} | (?<=[#＃]\ )[A-Z]{{4}} | (?i: q | an | fi | de | mo | co | sa | su | fu | my | pa | se | no | ce | he | be | th ) )
      (?:
        (?:
          (?P<word> (?i: (?:(?:final|detailed|model|correct|sample|suggested|full|my)[ ])?answer (?![a-z]) | answers (?=[*_]*+[:：][*_]*+[ \t]*+[^\s*_]) | question (?![a-z]) (?![ ]?[-/&]?[ ]?(?:and[ ])?answer) | ques(?![a-z]) | ans(?![a-z]) | 问题 | 答案 ) )
        | (?P<letter> [QA] ) (?![A-Za-z]|[ ]?[&/])
        )
        (?: {_BLANK}*+ (?: [#№] | [-_](?=\d) | (?i:no)\.? | (?i:number) )? [ \t]*+ \(? (?P<number> \d{{1,3}} ) (?![\d.]\d) (?: [ \t]*+ (?:/|of) [ \t]*+ \d{{1,3}} )? )?
        (?: [ \t]*+ \( [^()\n]{{1,60}} \) )?
        (?: [*_`\])>\#]*+ {_BLANK}*+ (?P<colon> [:：]++ ) (?P<post> [*_`\])]*+ )
          | (?P<alone> [*_`\])>.]*+ [ \t]*+ ) (?=\n|\Z)
          | (?P<dash> [.)][ \t] | [ \t]*+ [-–—][*_]*+ [ \t] )
          | (?P<closed> [.)]?+ [*_`\])>]++ )
          | (?P<bare> [ \t] )
        )
      | (?P<heading> (?i:
            (?: (?: q\ ?&\ ?a | q/a (?=[ ]?(?:pair|set|\#|\d)) | qa | question[ ]?[-/&]?[ ]?(?:and[ ])?answer ) (?:[ ]?pairs?|[ ]set)? [ \t]*+ \#?\d{{0,3}}+ | pair [ \t]*+ \#?\d{{1,3}}+ )
            (?![A-Za-z\d]) (?: [ ]?+(?:/|of)[ ]?+\d{{1,3}} )? (?: [ \t]*+ [:.\-–—(] [^\n]{{0,80}} )?
          | set [ \t]*+ \#?\d{{1,3}}+ ) [*_:\])\# \t]*+ ) (?=\n|\Z)
      | (?P<field> (?!Q|AN)[A-Z]{{4,20}} [*_]*+ [ \t]? [:：] )
      | (?P<phrase> (?i: (?:now,?[ ])? (?:(?:the|my)[ ])? final\b | (?:now,?[ ]|sure[,!.]?[ ]|certainly[,!.]?[ ])? (?:here|below|these)[ '’] ) )
      )
    )
    """,
    re.VERBOSE,
)

MOST_CANDIDATES = 50_000
"""How many lines are looked at that may structure a response; one with more of them is noise."""


class Scanner:
    """Gives the structuring lines of a text one after the other.

    Args:
        text: it must start with a line break.
        cut: whether the text was cut off at its end, so that its last line proves nothing.
    """

    def __init__(self, text: str, cut: bool) -> None:
        self.text = text
        self.cut = cut
        self.left = MOST_CANDIDATES

    def next(self, position: int) -> Line | None:
        """The first structuring line whose line break stands at `position` or behind it."""
        text = self.text
        while self.left > 0 and (found := _SCAN.search(text, position)):
            self.left -= 1
            end = text.find("\n", found.end())
            if end < 0:
                end = len(text)
            line = self._read(found, end)
            if line is not None and (line.sure or not self.cut or end < len(text)):
                return line
            position = end
        return None

    def _read(self, found: re.Match[str], end: int) -> Line | None:
        start = found.start() + 1
        if found["rule"] is not None:
            return Line(Role.RULE, start, end, end)
        if found["fence"] is not None:
            return Line(Role.FENCE, start, found.end("fence"), end)
        if found["heading"] is not None or found["field"] is not None:
            return Line(Role.HEADING, start, end, end)
        if found["phrase"] is not None:
            return self._phrase(start, end)
        return _marker(found, start, end) or self._phrase(start, end)

    def _phrase(self, start: int, end: int) -> Line | None:
        """A heading or a sentence that says: what follows is the answer to the task."""
        if end - start > 300:
            return None
        if FINAL_HEADING.fullmatch(self.text, start, end):
            return Line(Role.FINAL, start, start, end)
        if INTRODUCTION.fullmatch(self.text, start, end):
            return Line(Role.FINAL, start, end, end)
        return None


_EMPHASIS = frozenset("*_`[(")
_DECORATION = frozenset("#*[<(_`>")
_CLOSERS = frozenset("*_`>")


def _marker(found: re.Match[str], start: int, end: int) -> Line | None:
    word, deco, number = found["word"], found["deco"], found["number"] or ""
    role = Role.QUESTION if (word or found["letter"])[0] in "qQ问" else Role.ANSWER
    colon = found["colon"] is not None
    style = _style(found, colon, bool(number))
    if style is None or (word and word.lower() == "final answer" and not colon):
        return None
    content = found.end()
    if found["alone"] is not None:
        content = end
    elif colon and _EMPHASIS.isdisjoint(deco):
        content = found.end("colon")
    bold_open = deco.count("**") % 2 == 1 and "**" not in found.string[found.end("deco") : content]
    return Line(role, start, content, end, style, number, deco, bold_open, colon)


def _style(found: re.Match[str], colon: bool, numbered: bool) -> Style | None:
    """How a marker is written; None for what only looks like one."""
    word, deco = found["word"], found["deco"]
    style = Style.WORD if word else Style.LETTER
    if colon:
        return Style.WORD if "##" in deco else style
    if found["alone"] is not None:
        stands_out = numbered or _is_decorated(deco, found["alone"]) or bool(word and word[0].isupper())
        return style if stands_out else None
    if found["closed"] is not None:
        if not _is_decorated(deco, "") or (not word and not numbered and "*" in found["closed"]):
            return None
        return style if word else Style.LOOSE
    if found["dash"] is not None:
        return Style.LOOSE if numbered or (not word and found["dash"][0] == ".") else None
    if "#" not in deco or not word:
        return None
    return style if word.isupper() else Style.LOOSE


def _is_decorated(deco: str, closers: str) -> bool:
    return not (_DECORATION.isdisjoint(deco) and _CLOSERS.isdisjoint(closers))


_COLON = r"[ \t]*+#?\d{0,3}[ \t]*+\*{0,2}[:：]"
_MARK = rf"[ \t]*+\*{{0,2}}(?:(?i:question|answer)|[QA]){_COLON}"
_INLINE = re.compile(
    rf"#(?<![#*]#)[#*]{{1,5}}+{_MARK}|\*(?<![#*]\*)[#*]{{1,5}}+{_MARK}|QUESTION{_COLON}|ANSWER{_COLON}|<(?:(?i:question|answer))>"
)
_MORE_INLINE = re.compile(r"[?!.][\"”*_)]*+[ \t]++(?P<mark>(?:Answer|A)[ \t]*+\d{0,3}[ \t]*+[:：])")
_LINE_OF_MARKERS = re.compile(r"[\W\d_]{0,40}+(?i:question|answer|q\b|a\b)")
_ENDS_PIECE = re.compile(r"[^\w\s,][*_ \t]*\Z")
_NO_WORDS = re.compile(r"[\W\d_]*")
_QUOTING = "\n`\"'“‘«(<[{/-"


def on_their_own(text: str) -> str:
    """Begin a new line at each marker that stands within a line, behind a text."""
    cuts = [0]
    line = seen = 0
    for found in islice(_INLINE.finditer(text), MOST_CANDIDATES):
        start = found.start()
        line, seen = max(line, text.rfind("\n", seen, start) + 1), start
        if text[start - 1] not in _QUOTING and _stands_inline(text, line, start, found[0][0]):
            cuts.append(start)
    if len(cuts) == 1:
        return text
    return "\n".join(text[start:end] for start, end in pairwise([*cuts, len(text)]))


def _stands_inline(text: str, line: int, start: int, first: str) -> bool:
    """Whether a marker within a line begins a piece: behind the end of a sentence, or in a line of markers."""
    before = text[start - 1]
    if before in "*#" and first != before:
        return False
    if start - line <= 40 and _NO_WORDS.fullmatch(text, line, start):
        return False
    return (
        _LINE_OF_MARKERS.match(text, line) is not None
        or _ENDS_PIECE.search(text, max(line, start - 10), start) is not None
    )


def answer_on_the_line(text: str, line: Line) -> tuple[int, int] | None:
    """Where an answer's marker starts and ends behind the question mark of a question's own line, if one stands there."""
    found = _MORE_INLINE.search(text, line.content, line.end)
    return found.span("mark") if found else None
