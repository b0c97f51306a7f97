"""Words without which a regular expression matches nothing, read off the expression itself.

Of each part of an expression all texts are written out that it may match, with what may stand right beside it, and
with holes for characters that nobody knows. Where each of them has a whole word, a small set of such words is a cue: a text
that has none of them cannot match. Python's own parser of expressions takes them apart; a test tries every expression.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import product
from re import RegexFlag, _constants, _parser  # type: ignore[attr-defined] # nothing public reads expressions
from typing import Any

from qagen.checks.reading.words import FUNCTION_WORDS

_HOLE = "\0"
"""Any characters, or none: letters of the word beside it, too."""
_EDGE = "\1"
"""A word ends or begins here, and an apostrophe may follow."""
_BLANK = " "
"""Any character that is part of no word."""
_ENDS = frozenset({_HOLE, _EDGE, _BLANK})
_MOST = 4096
"""Texts of one part; a part with more gives no cue."""
_FEW = 6
"""Members of a class of characters that are written out."""
_COMMON = FUNCTION_WORDS - {"i", "me", "my", "you", "your"}
"""Words that nearly every text has; papers speak of nobody and to nobody."""

_Texts = frozenset[str]
_Cue = frozenset[str]


def cues(pattern: str, flags: RegexFlag) -> tuple[_Cue, ...]:
    """Sets of words in lower case, of each of which every match has one; those come first that the fewest texts have.

    Empty where the expression says too little.
    """
    unknown = frozenset({_HOLE})
    found: list[_Cue] = []
    for cue in sorted(_cues(list(_parser.parse(pattern, flags)), unknown, unknown), key=_commonness):
        if all(cue.isdisjoint(other) for other in found):
            found.append(cue)
    return tuple(found)


def _commonness(cue: _Cue) -> tuple[bool, int, int, list[str]]:
    """Few words are rarer than many, and long ones than short ones."""
    return not cue.isdisjoint(_COMMON), len(cue), -min(map(len, cue)), sorted(cue)


def _cues(parts: Sequence[Any], left: _Texts, right: _Texts) -> set[_Cue]:
    """The cues of parts with what may stand before and behind them."""
    parts = list(_flat(parts))
    ways = [_ways(part) for part in parts]
    found: set[_Cue] = set()
    for place, part in enumerate(parts):
        choice = part[0] is _constants.BRANCH
        if not choice and not all(any(char not in _ENDS for char in way) for way in ways[place]):
            continue  # it may be left out, or has no letter that is known
        before = _beside(ways[:place][::-1], left, -1)
        behind = _beside(ways[place + 1 :], right, 1)
        if choice:
            each = [sorted(_cues(way, before, behind), key=_commonness) for way in part[1][1]]
            found |= {frozenset().union(*together) for together in zip(*each, strict=False)}
        else:
            found |= _cue(before, ways[place], behind)
    return found


def _flat(parts: Sequence[Any]) -> Iterator[Any]:
    """The parts with groups opened, and letters put together to words."""
    word: list[Any] = []
    for kind, value in parts:
        letter = kind is _constants.LITERAL and _written(chr(value)) != _BLANK
        if word and not letter:
            yield None, word
            word = []
        if letter:
            word.append((kind, value))
        elif kind is _constants.SUBPATTERN:
            yield from _flat(value[3])
        else:
            yield kind, value
    if word:
        yield None, word


def _beside(ways: Sequence[_Texts], outside: _Texts, step: int) -> _Texts:
    """What may stand beside a part, up to the end of the word there; the nearest part comes first."""
    found: _Texts = frozenset({""})
    for way in (*ways, outside):
        if all(not _ENDS.isdisjoint(text) for text in found):
            break
        found = frozenset(
            near if not _ENDS.isdisjoint(near) else _to_end(near + far if step > 0 else far + near, step)
            for near, far in product(found, way)
        )
    return found


def _to_end(text: str, step: int) -> str:
    places = [place for place, char in enumerate(text) if char in _ENDS]
    if not places:
        return text
    return text[: places[0] + 1] if step > 0 else text[places[-1] :]


def _cue(before: _Texts, ways: _Texts, behind: _Texts) -> set[_Cue]:
    """The fewest words of which every text has one, if each has any."""
    if len(before) * len(ways) * len(behind) > _MOST:
        return set()
    options = {_whole_words("".join(parts)) for parts in product(before, ways, behind)}
    if not all(options):
        return set()
    rare = {option - _COMMON or option for option in options}
    chosen: set[str] = set()
    while rare:
        counts = Counter(word for option in rare for word in option)
        word = max(counts, key=lambda word: (counts[word], len(word), word))
        chosen.add(word)
        rare = {option for option in rare if word not in option}
    return {frozenset(form for word in chosen for form in _forms(word))}


def _whole_words(text: str) -> frozenset[str]:
    """The words of a text that touch no hole; one that ends at an edge, behind which anything may come, keeps it."""
    for run in (_EDGE + _BLANK, _BLANK + _EDGE):
        text = text.replace(run, _BLANK)
    pieces = (piece.removeprefix(_HOLE + _EDGE).removeprefix(_EDGE) for piece in text.split(_BLANK))
    ended = (piece.removesuffix(_HOLE) if piece.endswith(_EDGE + _HOLE) else piece for piece in pieces)
    words = (word.strip("'") for word in ended)
    return frozenset(
        word for word in words if _ENDS.isdisjoint(word.removesuffix(_EDGE)) and word.strip(_EDGE)
    )


def _forms(word: str) -> tuple[str, ...]:
    """A word, and as it is where its end is open: "the paper's"."""
    bare = word.removesuffix(_EDGE)
    return (bare, f"{bare}'s") if word != bare and "'" not in bare else (bare,)


def _texts(parts: Sequence[Any]) -> _Texts:
    """All texts that parts may match; a hole where they are too many."""
    ways = [_ways(part) for part in parts]
    count = 1
    for way in ways:
        count *= len(way)
    return frozenset(map("".join, product(*ways))) if count <= _MOST else frozenset({_HOLE})


def _ways(part: Any) -> _Texts:
    kind, value = part
    if kind is None:
        return frozenset({"".join(_written(chr(char)) for _, char in value)})
    if kind is _constants.LITERAL:
        return frozenset({_written(chr(value))})
    if kind is _constants.SUBPATTERN:
        return _texts(value[3])
    if kind is _constants.BRANCH:
        return frozenset().union(*map(_texts, value[1]))
    if kind in (_constants.MAX_REPEAT, _constants.MIN_REPEAT):
        return _repeated(*value)
    if kind is _constants.IN:
        return _members(value)
    if kind in (_constants.ASSERT, _constants.ASSERT_NOT):
        return frozenset({_EDGE if _is_edge(part) else ""})
    return frozenset({_EDGE if kind is _constants.AT else _HOLE})


def _is_edge(part: Any) -> bool:
    """Whether a look to the side makes sure that a word ends: nothing but such ends may follow, or no letter precedes."""
    kind, (direction, parts) = part
    if kind is _constants.ASSERT:
        return direction > 0 and all(text[:1] in (_BLANK, _EDGE) for text in _texts(parts))
    ranges = [value for inner, members in parts if inner is _constants.IN for _, value in members]
    return direction < 0 and (ord("a"), ord("z")) in ranges


def _repeated(least: int, most: int, parts: Sequence[Any]) -> _Texts:
    once = _texts(parts)
    again: _Texts = frozenset()
    if most > 1:
        last = _BLANK if all(text.endswith(_BLANK) for text in once) else ""
        again = frozenset(f"{text}{_HOLE}{last}" for text in once)
    return once | again | ({""} if least == 0 else set())


def _members(members: Sequence[Any]) -> _Texts:
    if all(kind is _constants.LITERAL for kind, _ in members) and len(members) <= _FEW:
        return frozenset(_written(chr(value)) for _, value in members)
    digits = list(members) == [(_constants.CATEGORY, _constants.CATEGORY_DIGIT)]
    return frozenset({_BLANK if digits else _HOLE})


def _written(char: str) -> str:
    return char.lower() if char.isalpha() or char == "'" else _BLANK
