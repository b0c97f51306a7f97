"""Where the sentences of a paper's text begin and end.

Papers are hard on sentence splitters by their abbreviations (`et al.`, `Fig. 3`), initials, decimals and citation marks
after the stop, and all of these are few and known; so the rules are written out, and what they give for a text
depends on nothing but the text: chunks, and with them the keys of kept answers, hang on it, so that no model and no library may
move a boundary.
"""

import re
from collections.abc import Iterator

Span = tuple[int, int]


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_ROW = re.compile(r"[ \t]*(?:\||#{1,6}[ \t]|```|~~~|!\[)")
"""A line that is a unit by itself: a table row, a heading, a fence, an image."""
_ITEM = re.compile(r"[ \t]*(?:[-*+•][ \t]|\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)][ \t])")
"""A line that begins a new unit: a list item."""
_NUMBERING = re.compile(
    r"[ \t]*(?:[-*+•][ \t]+)?(?:\(?(?:\d{1,3}(?:\.\d{1,3}){0,4}|[a-z]|[ivx]{1,4})[.)][ \t])?"
)
_MATH = re.compile(r"\$\$[^$]+\$\$|\$(?=\S)[^$]+(?<=\S)\$")
_CITATION = r"\[[\d,;–\- \\]{1,40}\]"
_STOP = re.compile(
    r"[.!?…][.!?…]*"  # a set of characters first is found much quicker than a repetition
    r"(?:(?<=[a-zA-Z)\]][.!?])\d{1,3}(?:[,–-]\d{1,3}){0,8}(?=\s|$))?"  # a superscript that lost its height: `known.12,13`
    rf"(?:[\"'”’»)\]*_⁰¹²³⁴-⁹]|<sup>[^<]{{0,60}}</sup>|\\?{_CITATION}(?:\([^)\s]{{0,80}}\))?)*"
    rf"(?:[ ]{_CITATION}(?=\s))?"
    r"(?=\s|$)"
)
_WORD_BEFORE = re.compile(r"[^\W\d_](?:[^\W\d_]|[.\-](?=[^\W\d_]))*$")
_NO_INITIAL = re.compile(
    r"(?:[\d°/·⋅−%] ?|(?<![^\W\d_])(?!(?:by|and|of|from|with|to|see|or|in|for|as|der|von|van|de) $)[a-z]{2,} )$"
)
"""What stands before a single letter that isn't the initial of a name: a number, whose unit it is, or a common word."""
_NEXT = re.compile(r"\s+([\"'“‘«(\[*_]*)(\S{0,40})")

_BEFORE_MORE = _words(
    """
    e.g i.e cf viz vs fig figs eq eqs eqn eqns ref refs sec sect secs tab tabs ch chap app appx thm def prop
    dr drs prof mr mrs ms st sr mt approx ca resp incl excl esp dept univ assoc ed eds vol vols pp p nos art
    al inc ltd co corp sp spp subsp var cv aff temp max min avg std conc wt vol.% wt.% at mol ext suppl
    jan feb mar apr jun jul aug sep sept oct nov dec ph.d m.sc b.sc a.k.a w.r.t s.t i.i.d
    """
)
"""Abbreviations that more of the same sentence follows, except before a word that only begins sentences."""
_WORDS_TOO = _words("no art max min at app co temp def")
"""Abbreviations that are also words: they are taken for one only before a number."""
_NEVER_ENDS = _words("e.g i.e cf viz vs fig figs eq eqs eqn eqns dr prof mr mrs ms approx ca")
_OPENERS = _words(
    """
    The A An In This These That Those It Its They Their We Our However Moreover Furthermore Thus Therefore Hence For
    As At By On To When While With From If Although Because Since After Before During Here There Such Each Both All
    Another Other Some Most Many Under Using Compared Similarly Finally Additionally Overall Consequently
    Conversely Instead Although Despite Unlike One Two Three Further Next Then First Second Third
    """
)
"""Words that are written with a capital only where a sentence begins."""


def sentences(text: str) -> tuple[Span, ...]:
    """Find the sentences of a markdown text.

    Headings, table rows, code lines and list items are units too; a blank line always ends one. A stop ends a
    sentence where what follows looks like a beginning, and where it isn't the stop of an abbreviation or initial.

    Returns:
        Half-open spans in order, not overlapping, each without white space at its ends and none blank; outside of
        them there is nothing but white space.
    """
    return tuple(
        span
        for start, end, whole in _units(text)
        for span in (_stripped(text, start, end) if whole else _split(text, start, end))
    )


def _units(text: str) -> Iterator[tuple[int, int, bool]]:
    """The stretches between boundaries of layout, as `(start, end, whole)`; what is whole is not split further."""
    begin = at = 0
    fenced = False
    for line in text.splitlines(keepends=True):
        end = at + len(line)
        is_fence = line.lstrip().startswith(("```", "~~~"))
        if fenced or not line.strip() or _ROW.match(line):
            yield begin, at, False
            yield at, end, True
            begin = end
        elif _ITEM.match(line):
            yield begin, at, False
            begin = at
        fenced ^= is_fence
        at = end
    yield begin, at, False


def _split(text: str, begin: int, end: int) -> Iterator[Span]:
    """The sentences of one unit."""
    unit = text[begin:end]
    mathematics = [match.span() for match in _MATH.finditer(unit)] if "$" in unit else []
    numbering = _NUMBERING.match(unit)
    start = formula = 0
    for stop in _STOP.finditer(unit, numbering.end() if numbering else 0):
        while formula < len(mathematics) and mathematics[formula][1] <= stop.start():
            formula += 1
        inside = formula < len(mathematics) and mathematics[formula][0] < stop.start()
        if not inside and _ends(unit, stop):
            yield from _stripped(text, begin + start, begin + stop.end())
            start = stop.end()
    yield from _stripped(text, begin + start, end)


def _stripped(text: str, start: int, end: int) -> Iterator[Span]:
    """The span without white space at its ends, or none where there is nothing else."""
    piece = text[start:end]
    if body := piece.strip():
        left = start + len(piece) - len(piece.lstrip())
        yield left, left + len(body)


def _ends(unit: str, stop: re.Match[str]) -> bool:
    """Whether the stop ends a sentence, by the word before it and the word after."""
    following = _NEXT.match(unit, stop.end())
    if following is None or not following[2]:
        return True
    word = following[2]
    if word[0].islower() and not any(letter.isupper() for letter in word[1:4]):
        return False
    if unit[stop.start()] != "." or unit.startswith("..", stop.start()):
        return word[0] not in ",;:)"
    before = _WORD_BEFORE.search(unit, max(0, stop.start() - 24), stop.start())
    if before is None:
        return True
    if _NO_INITIAL.search(unit, max(0, before.start() - 16), before.start()) and len(before[0]) == 1:
        return True
    return not _abbreviates(before[0], word)


def _abbreviates(before: str, word: str) -> bool:
    """Whether the stop after `before` belongs to it, where `word` follows."""
    name = before.lower().rpartition("-")[2]
    opens = word.rstrip(",:;") in _OPENERS
    if name in _WORDS_TOO:
        return word[0].isdigit()
    if name in _NEVER_ENDS:
        return True
    if name in _BEFORE_MORE:
        return not opens
    is_initial = len(before) == 1 and before.isupper()
    is_dotted = bool(re.fullmatch(r"(?:\w\.)+\w", before))
    return (is_initial or is_dotted) and not opens and word[0].isalpha()
