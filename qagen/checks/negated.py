"""What the answer denies, the source denies too.

A score of shared words cannot see a "not": "is affected by pH" and "is not affected by pH" share all the others.
"""

import re
from collections.abc import Iterator, Sequence

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.claims import refusals
from qagen.checks.reading.text import Sentence, stem
from qagen.checks.reading.words import FUNCTION_WORDS, word_set
from qagen.checks.support import Alignment
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_DENIALS = word_set("not cannot never nor neither")
_SOURCE_DENIALS = _DENIALS | word_set(
    """
    no none nothing without unable lack lacks lacking lacked absence absent fail fails failed failing failure hardly rarely
    dispensable except defect defects defective unnecessary negligible unclear unknown devoid prevent prevents prevented
    """
)
"""Words of a source that an answer may give as "not"."""
_CHANGES = frozenset(
    map(
        stem,
        word_set(
            "change changed changes differ differed alter altered vary varied affect affected shift shifted"
        ),
    )
)
_UNCHANGED = word_set(
    "identical same similar similarly unchanged constant stable steady equal equally comparable alike unaffected unaltered independent irrespective regardless"
)
"""How a source says of what does not change that it stays."""
_MERELY = word_set("only just merely solely necessarily")
_CONDITIONS = word_set("if unless whether")
_CONDITION_REACH = 5
"""Words between a condition and a denial that is part of it."""
_SAYS_NO = frozenset({("no",), ("not",), ("neither",), ("none",)})
"""An answer that begins so denies what the question asks, as does one to a question that denies something itself; what the source
says of that may be in words of its own."""
_WHETHER = re.compile(
    r"\W*(?:is|are|was|were|do|does|did|can|could|will|would|may|must|should|has|have|had)\b", re.IGNORECASE
)
_DENYING_PREFIX = re.compile(r"(?:un|in|im|ir|il|non|dis)(?=[a-z]{4})")


def negated(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:
    """Reject an answer that denies what the source states without denying it; a refusal denies nothing."""
    if says_no(subject.answer.words) or not _DENIALS.isdisjoint(subject.question.vocabulary):
        return
    asks_whether = _WHETHER.match(subject.question.plain) is not None
    for number, alignment in enumerate(subject.alignments):
        sentence = alignment.sentence
        if asks_whether and number == 0:
            continue  # to "does it ...?" that is the answer "no"
        for position in _denials(sentence):
            is_denied = _is_denied_in_source(position, alignment, subject, settings.negation_window)
            if not (is_denied or _is_of_its_own(position, sentence, subject)) and not any(
                refusals(sentence.text, frozenset(sentence.words))
            ):
                said = " ".join(sentence.words[max(0, position - 3) : position + 4])
                detail = f"the answer says {said!r}, the source does not deny that"
                yield Fault(Reason.NEGATED, detail, subject.answer.given, said)


def says_no(words: Sequence[str]) -> bool:
    """Whether an answer begins by denying what is asked."""
    return words[:1] in _SAYS_NO


def _denials(sentence: Sentence) -> Iterator[int]:
    """Where a sentence denies something; "not only", "or not" and "if it is not" deny nothing."""
    words = sentence.words
    denials = [position for position, word in enumerate(words) if word in _DENIALS or word.endswith("n't")]
    for position in denials:
        following = words[position + 1] if position + 1 < len(words) else ""
        preceding = words[position - 1] if position else ""
        is_condition = not _CONDITIONS.isdisjoint(words[max(0, position - _CONDITION_REACH) : position])
        if following not in _MERELY and preceding != "or" and not is_condition:
            yield position


def _is_denied_in_source(position: int, alignment: Alignment, subject: CheckInput, reach: int) -> bool:
    """Whether the source denies, in some sentence, something close to what the answer denies."""
    of_what, denied = _around(position, alignment.sentence)
    numbers = set(alignment.numbers)
    for head in denied[:2]:
        numbers.update(subject.source.postings.get(head, ()))
    wanted = {*denied, *of_what}
    return any(_denies_near(subject.source.sentences[number], wanted, denied, reach) for number in numbers)


def _is_of_its_own(position: int, sentence: Sentence, subject: CheckInput) -> bool:
    """Whether the source has neither what is denied nor all of what that is denied of: a paraphrase may deny the opposite of what it says."""
    of_what, denied = _around(position, sentence)
    has = subject.source.postings
    return not any(head in has for head in denied[:1]) and any(word not in has for word in of_what)


def _around(position: int, sentence: Sentence) -> tuple[list[str], list[str]]:
    """The stems of up to two content words before a denial, and of up to three behind it."""
    words = sentence.words
    before = [stem(word) for word in words[max(0, position - 6) : position] if word not in FUNCTION_WORDS]
    behind = [stem(word) for word in words[position + 1 : position + 8] if word not in FUNCTION_WORDS]
    return before[-2:], behind[:3]


def _denies_near(sentence: Sentence, wanted: set[str], denied: list[str], reach: int) -> bool:
    """Whether a sentence has a denial within reach of a wanted stem, or a denied word with a denying prefix."""
    denials = [
        place for place, word in enumerate(sentence.words) if word in _SOURCE_DENIALS or word.endswith("n't")
    ]
    places = [place for place, form in enumerate(sentence.forms) if form in wanted] if denials else []
    if any(abs(denial - place) <= reach for denial in denials for place in places):
        return True
    if (
        not _CHANGES.isdisjoint(denied)
        and any(form in wanted for form in sentence.forms)
        and not _UNCHANGED.isdisjoint(sentence.words)
    ):
        return True
    if any(
        word == "non" and form in denied
        for word, form in zip(sentence.words, sentence.forms[1:], strict=False)
    ):
        return True
    return any(
        (prefix := _DENYING_PREFIX.match(word)) is not None and stem(word[prefix.end() :]) in denied
        for word in sentence.words
    )
