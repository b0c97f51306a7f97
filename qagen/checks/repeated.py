"""Neither question nor answer says one thing over and over: models that loop repeat a sentence, a phrase, a word or a letter."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.source import IndexedSource
from qagen.checks.reading.text import Text
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_LETTERS = re.compile(r"([^\W\d_])\1{4,}")
_LETTERS_ALIKE = 5
_LEAST_SENTENCE = 5
"""Words from which a sentence that stands twice is no formula of speech."""
_LONGEST_LOOP = 12
"""Words of the longest loop that is looked for as such; longer ones are phrases."""
_SHORT_LOOP = 2
"""Words of a loop in which no three words in a row need to come again twice."""
_TIMES = 3
_PHRASE = 7
"""Words of a phrase that nobody says three times."""


def repeated(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:  # noqa: ARG001 - every check is called alike
    """Reject a question or an answer that has a sentence twice, or a phrase, a word or a letter many times."""
    for name, text in (("question", subject.question), ("answer", subject.answer)):
        for found in _repeated(text, subject.source):
            yield Fault(Reason.REPEATED, f"the {name} repeats {found!r}", text.given, found)


@lru_cache(maxsize=1 << 14)
def _has_row(word: str) -> bool:
    """Whether a word has a letter many times in a row."""
    return len(word) >= _LETTERS_ALIKE and any(letter * _LETTERS_ALIKE in word for letter in set(word))


def _repeated(text: Text, source: IndexedSource) -> Iterator[str]:
    if any(map(_has_row, text.vocabulary)):
        yield from (run[0] for run in _LETTERS.finditer(text.plain) if run[0] not in source.plain)
    words = text.words
    if len(words) - len(text.vocabulary) < _TIMES - 1:
        return
    rows = list(zip(words, words[1:], words[2:], strict=False))
    comes_again = len(rows) - len(set(rows)) >= _TIMES - 1
    seen: set[tuple[str, ...]] = set()
    for sentence in text.sentences if comes_again else ():
        if len(sentence.words) >= _LEAST_SENTENCE:
            if sentence.words in seen:
                yield sentence.text
            seen.add(sentence.words)
    yield from _loops(text, source, _LONGEST_LOOP if comes_again else _SHORT_LOOP)
    if comes_again:
        yield from _phrases(words, source)


def _loops(text: Text, source: IndexedSource, longest: int) -> Iterator[str]:
    """Words that follow each other three times and more: "a day a day a day"."""
    words = text.words
    for length in range(1, min(longest, len(words) // _TIMES) + 1):
        run = 0
        alike = list(map(str.__eq__, words, words[length:]))
        if sum(alike) < (_TIMES - 1) * length:
            continue
        for place, same in enumerate(alike):
            run = run + 1 if same else 0
            if run == (_TIMES - 1) * length:
                loop = words[place + 1 - run : place + 1 - run + length]
                if _is_a_loop(loop, text, source):
                    yield " ".join(loop)


def _is_a_loop(loop: tuple[str, ...], text: Text, source: IndexedSource) -> bool:
    """Whether words that follow each other are more than a row of numbers, a word with hyphens or what the source has as well."""
    if not any(word.isalpha() and len(word) > 1 for word in loop) or " ".join(loop * _TIMES) in " ".join(
        source.words
    ):
        return False
    return (
        len(loop) > 1
        or re.search(rf"\b{loop[0]}(?:[\s,.;:!]+{loop[0]}){{2}}", text.plain, re.IGNORECASE) is not None
    )


def _phrases(words: Sequence[str], source: IndexedSource) -> Iterator[str]:
    """Rows of words that stand three times, anywhere, and not so in the source."""
    if len(words) < _TIMES * _PHRASE:
        return
    rows = Counter(zip(*(words[start:] for start in range(_PHRASE)), strict=False))
    phrase, times = rows.most_common(1)[0]
    if (
        times >= _TIMES
        and any(word.isalpha() for word in phrase)
        and " ".join(source.words).count(" ".join(phrase)) < times
    ):
        yield " ".join(phrase)
