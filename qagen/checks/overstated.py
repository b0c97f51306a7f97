"""The answer says "all", "always", "only" where the source says so too.

One instance of a source becomes a law in an answer by a single word, which no score of shared words can see.
"""

from collections.abc import Iterator

from qagen.checks.check_input import CheckInput
from qagen.checks.negated import says_no
from qagen.checks.reading.text import Sentence
from qagen.checks.reading.words import FUNCTION_WORDS, word_set
from qagen.checks.support import Alignment, shared
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_ONLY = (
    "only sole solely exclusively exclusive just merely alone unique uniquely single except restricted limited confined specific "
    "specifically purely unless exception exceptions otherwise"
)
_ALIKE = {
    "all": word_set("all every each any whole entire both always respectively throughout full total overall"),
    "every": word_set("every all each any always"),
    "any": word_set("any all every each no not arbitrary either"),
    "always": word_set("always all every invariably constantly each consistently"),
    "never": word_set("never no not none cannot without"),
    "only": word_set(_ONLY),
    "solely": word_set(_ONLY),
    "exclusively": word_set(_ONLY),
    "entirely": word_set("entirely completely fully totally all whole entire wholly"),
    "completely": word_set("completely entirely fully totally all whole entire complete full wholly"),
    "totally": word_set("completely entirely fully totally all complete full total wholly"),
    "invariably": word_set("always invariably all every"),
    "universally": word_set("always all every universal universally everywhere"),
    "everywhere": word_set("everywhere all throughout entire whole universally"),
    "whenever": word_set("whenever when always every if once"),
    "whatever": word_set("whatever regardless independent independently irrespective any all"),
    "regardless": word_set("whatever regardless independent independently irrespective any all unaffected"),
}
"""What may stand in the source for a word that leaves no exception."""
_DENIALS = word_set("not no cannot")
_WITHOUT = _DENIALS | word_set("without if whether hardly never")
_OF_ALL = word_set("all every always invariably universally everywhere")
_NEARLY = word_set("nearly almost virtually practically not hardly")
"""Before a word that leaves no exception they leave one."""
_IN_ITS_WORDS = 0.5
"""What a sentence shares with the source at least, so that a word that is added to it tells something; a paraphrase has other words anyway."""


def overstated(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:  # noqa: ARG001 - every check is called alike
    """Reject an answer that leaves no exception where neither the source, near the matter, nor the question does."""
    if subject.answer.vocabulary.isdisjoint(_ALIKE):
        return
    for alignment in subject.alignments:
        words = alignment.sentence.words
        for position, word in enumerate(words):
            if word not in _ALIKE or word in subject.question.vocabulary or _is_harmless(words, position):
                continue
            if word not in _OF_ALL and says_no(subject.answer.words):
                continue  # "no, only mice" takes back what is asked
            if not _is_said(word, position, alignment, subject) and (
                shared(alignment, subject.source) >= _IN_ITS_WORDS
            ):
                said = " ".join(words[max(0, position - 3) : position + 4])
                detail = f"the answer says {said!r}, the source says nothing of {word!r} there"
                yield Fault(Reason.OVERSTATED, detail, subject.answer.given, said)


def _is_harmless(words: tuple[str, ...], position: int) -> bool:
    """Whether the word is denied ("not only", "not all"), or part of "at all", "all three" or "96% of all"."""
    before = words[max(0, position - 2) : position]
    following = words[position + 1 : position + 2]
    return (
        not _DENIALS.isdisjoint(before)
        or before[-1:] == ("at",)
        or (before[-1:] == ("of",) and before[:1] and before[0][0].isdigit())
        or (words[position] == "all" and bool(following) and following[0] in _COUNTS)
        or (words[position] == "all" and before[-1:] in _OF_ALL_NAMED)
        or (words[position] == "only" and bool(following) and _is_little(following[0]))
        or (
            words[position] in _NOT_OF_EACH
            and not _DENIALS.isdisjoint(words[max(0, position - _DENIED_WITHIN) : position])
        )
        or (words[position] == "any" and not _WITHOUT.isdisjoint(words))
        or (bool(before) and before[-1] in _NEARLY)
    )


def _is_little(word: str) -> bool:
    """Whether a word behind "only" says how little something is: "only mildly", "only few", "only 3"."""
    return word[0].isdigit() or word in _LITTLE or (word.endswith("ly") and len(word) >= _SHORTEST_ADVERB)


_LITTLE = word_set(
    "few a little small slight minor modest moderate weak partial limited low short brief mild marginal half part partly one two three"
)
_SHORTEST_ADVERB = 6
_NOT_OF_EACH = word_set("all every any always entirely completely totally")
_DENIED_WITHIN = 5
"""Words before "every" in which a denial denies it: "not the same for every"."""
_OF_ALL_NAMED = frozenset({("are",), ("were",), ("they",), ("can",), ("may",)})
_COUNTS = word_set("two three four five six seven eight nine ten")


def _is_said(word: str, position: int, alignment: Alignment, subject: CheckInput) -> bool:
    """Whether the source leaves no exception either: beside what the answer says it of, or, where it has another word for that, nearby."""
    source = subject.source
    what = _what(alignment.sentence, position)
    numbers = source.postings.get(what, ())
    if any(_stands_beside(_ALIKE[word], what, source.sentences[number]) for number in numbers):
        return True
    if word in _OF_EACH and numbers and set(numbers) & set(alignment.numbers):
        return False
    return any(not _ALIKE[word].isdisjoint(source.sentences[number].words) for number in alignment.numbers)


def _what(sentence: Sentence, position: int) -> str:
    """The stem of the content word that a word is said of, or "" where none follows."""
    following = zip(sentence.words[position + 1 : position + 4], sentence.forms[position + 1 :], strict=False)
    return next((form for word, form in following if word not in FUNCTION_WORDS), "")


def _stands_beside(words: frozenset[str], form: str, sentence: Sentence) -> bool:
    places = [place for place, other in enumerate(sentence.forms) if other == form]
    return any(
        not words.isdisjoint(sentence.words[max(0, place - _BESIDE) : place + _BESIDE]) for place in places
    )


_OF_EACH = word_set("all every")
_BESIDE = 5
"""Words within which the source says "all" of something."""
