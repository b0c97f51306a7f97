"""Where the answer says more, the source does not say less.

Directions are compared by what they are said of, which is the content word next to them: "lower cost" beside "the
cost decreased" agrees, "less costly" beside "more costly" does not.
"""

from collections.abc import Iterator

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.directions import DIRECTIONS
from qagen.checks.reading.joined import JoinedSource
from qagen.checks.reading.source import IndexedSource
from qagen.checks.reading.text import Sentence
from qagen.checks.reading.words import FUNCTION_WORDS, NUMBER_WORDS, word_set
from qagen.checks.support import Alignment, Span
from qagen.checks.wrong_comparison import compares_alike
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_ORDERS = word_set("before after")
"""Where the question has put things in an order, the answer may name it again."""
_NOT_CONTENT = (
    FUNCTION_WORDS
    | NUMBER_WORDS.keys()
    | word_set("not never times fold percent much far even slightly somewhat significantly considerably")
) | DIRECTIONS.keys()
_IDIOMS = frozenset({("at", "least"), ("at", "most"), ("no", "longer")})
"""In these a word that is a direction elsewhere is none."""
_CLAUSES = word_set("and or but while whereas that which because when if although")
"""Words with which something else begins that a direction behind them is not said of."""
_DETERMINERS = word_set("a an the this these its their")
_NOUNS = word_set(
    "increase decrease rise fall drop decline growth reduction enhancement improvement suppression"
)
_DENIALS = word_set("not never neither nor no without hardly")
_DENIED_WITHIN = 3
"""Words before a direction in which a denial turns it around."""
_REACH = 4
"""Words between a direction in the source and what it is said of."""
_BEHIND_THAN = 8
"""Words behind "than" that may be what is compared."""
_NEXT_TO = 2
"""Words within which a sentence that names both directions speaks of both."""
_SAME_WORD, _BEST_SENTENCE, _GOOD_SENTENCE = 0.2, 0.75, 0.25


def turned_around(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:
    """Reject an answer that turns a direction of the source around: higher for lower, increase for decrease."""
    for alignment in subject.alignments:
        words = alignment.sentence.words
        for position, word in enumerate(words):
            if word not in DIRECTIONS or _is_idiom(words, position) or _names_both(words, position):
                continue
            if word in _ORDERS and word in subject.question.vocabulary:
                continue
            if "than" in words and compares_alike(alignment.sentence, subject.source):
                continue
            against = _against(position, alignment, subject.source, settings.direction_margin)
            if against:
                said = " ".join(words[max(0, position - 3) : position + 4])
                detail = f"the answer says {said!r}, the source the opposite of {word!r}"
                yield Fault(Reason.TURNED_AROUND, detail, subject.answer.given, said, against)


def _names_both(words: tuple[str, ...], position: int) -> bool:
    """Whether the opposite stands close by, as in "first increases and then decreases"."""
    here = DIRECTIONS[words[position]]
    around = words[max(0, position - _NEXT_TO) : position + _NEXT_TO + 1]
    others = [DIRECTIONS[word] for word in around if word in DIRECTIONS]
    return any(other.scale == here.scale and other.is_up != here.is_up for other in others)


def _topics(sentence: Sentence, position: int) -> set[str]:
    """The stems of the nearest content words on either side: what the direction is said of."""
    found: set[str] = set()
    words = sentence.words
    for side in (range(position + 1, position + 5), range(position - 1, position - 7, -1)):
        for place in side:
            if not 0 <= place < len(words) or (place < position and words[place] in _CLAUSES):
                break
            if _is_content(words[place]):
                found.add(sentence.forms[place])
                break
    return found


def _is_idiom(words: tuple[str, ...], position: int) -> bool:
    return position > 0 and (words[position - 1], words[position]) in _IDIOMS


def _is_content(word: str) -> bool:
    return word not in _NOT_CONTENT and not word[0].isdigit()


def _is_denied(words: tuple[str, ...], position: int) -> bool:
    return not _DENIALS.isdisjoint(words[max(0, position - _DENIED_WITHIN) : position])


def _against(position: int, alignment: Alignment, source: IndexedSource, margin: float) -> tuple[Span, ...]:
    """Where the source says the opposite of the topics, if it says it more clearly than the direction itself.

    What the source denies is the opposite: "not very high" is low. What the answer denies is compared with what the
    source denies; whether it may be denied is the question of another check.
    """
    words = alignment.sentence.words
    here, is_denied = DIRECTIONS[words[position]], _is_denied(words, position)
    topics = _topics(alignment.sentence, position)
    numbers = set(alignment.numbers)
    for topic in topics:
        numbers.update(source.postings.get(topic, ()))
    if isinstance(source, JoinedSource):
        numbers = source.in_places_of(alignment.numbers, alignment.weights, numbers)
    same = opposite = 0.0
    place_of_opposite = 0
    for number in numbers:
        best = _BEST_SENTENCE if number in alignment.numbers[:1] else 0.0
        bonus = best or (_GOOD_SENTENCE if number in alignment.numbers else 0.0)
        sentence = source.sentences[number]
        for place, closeness in _said_of(topics, sentence, has_than="than" in words[position:]):
            other, other_is_denied = DIRECTIONS[sentence.words[place]], _is_denied(sentence.words, place)
            agrees = (other.is_up != other_is_denied) == (here.is_up != is_denied)
            if here.may_be(other) and agrees:
                is_same_word = sentence.words[place] == words[position]
                same = max(same, closeness + bonus + _SAME_WORD * is_same_word)
            elif (
                here.is_opposed_by(other)
                and not agrees
                and other_is_denied >= is_denied
                and closeness + bonus > opposite
            ):
                opposite, place_of_opposite = closeness + bonus, number
    if opposite <= same + margin:
        return ()
    found = source.sentences[place_of_opposite]
    return ((found.start, found.end),)


def _said_of(topics: set[str], sentence: Sentence, *, has_than: bool) -> Iterator[tuple[int, float]]:
    """The directions of a source sentence that stand near the topics, with how near: 1/2 for each topic beside.

    What "improves the yield" and "an increase of the yield" are said of stands behind them; of what stands behind "than" the opposite
    is said, unless what is compared with it names both sides too (`has_than`).
    """
    places = [(place, form) for place, form in enumerate(sentence.forms) if form in topics]
    if not places:
        return
    words = sentence.words
    for position, word in enumerate(words):
        if word not in DIRECTIONS or _is_idiom(words, position):
            continue
        following = words[position + 1] if position + 1 < len(words) else ""
        has_object = following in _DETERMINERS or (following in ("of", "in") and word in _NOUNS)
        if not has_than and _is_behind_than(words, position, places):
            continue
        nearest: dict[str, int] = {}
        for place, topic in places:
            distance = abs(place - position)
            if 0 < distance <= _REACH and not (has_object and place < position):
                nearest[topic] = min(nearest.get(topic, distance), distance)
        if nearest:
            yield position, sum(1 / (1 + distance) for distance in nearest.values())


def _is_behind_than(words: tuple[str, ...], position: int, places: list[tuple[int, str]]) -> bool:
    """Whether a topic stands behind the "than" of a direction: the opposite is said of it."""
    if "than" not in words[position + 1 : position + _REACH]:
        return False
    than = words.index("than", position)
    return any(than < place <= than + _BEHIND_THAN for place, _ in places)
