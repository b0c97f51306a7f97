"""The pair is of the kind that was asked for: a question for a cause asks for one, a quantitative answer has a value.

Each kind has words by which its questions are told. What the words leave open passes: this turns down what is plainly of another kind.
"""

import re
from collections.abc import Callable, Iterator

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.questions import REASON_ASKED
from qagen.checks.reading.text import Sentence
from qagen.checks.reading.words import word_set
from qagen.question_kinds import Difficulty, QuestionKind
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings
from qagen.text.lexicon import HOW_MUCH

_COMPARES = re.compile(
    r"\b(?:compar\w+|differ\w*|distinguish\w*|contrast\w*|versus|vs|than|unlike|whereas|relative to|alike|similar\w*|same|between|both|"
    r"outperform\w*|exceed\w*|surpass\w*|advantages?|which of|rank\w*|"
    r"more|less|fewer|most|least|better|worse|best|worst|[a-z]{2,}(?:er|est)(?= (?:for|in|at|on|with|when|of|than|under|after|before|and|or|from)\b))\b|"
    r" or ",
    re.IGNORECASE,
)
_HOW = re.compile(
    rf"\bhow\b(?! {HOW_MUCH}\b)"
    r"|\bmechanism\w*|\bprocess(?:es)?\b|\bpathways?\b|\bby what (?:means|way|route)\b|\b(?:in|through|via|by) (?:what|which) (?:way|steps?|route|means)\b|"
    r"\bwhat (?:\w+ )?steps?\b|\bwhat (?:happens|occurs|takes place)\b|\bdescribe\b|\bexplain how\b|\bwhy\b.*\bhow\b|\brole\b",
    re.IGNORECASE,
)
_METHOD = re.compile(
    r"\b(?:method\w*|techniques?|procedures?|approach\w*|protocols?|instruments?|apparatus|equipment|software|tools?|algorithms?|models?|"
    r"experiment\w*|setup|tests?|steps?|used to|used for|using|carried out|performed|conducted|settings?|sensors?|detectors?|"
    r"solvents?|reagents?|materials?|devices?|measures? taken|strateg\w+|statistic\w*)\b"
    r"|\bhow (?:is|are|was|were|did|does|do|can|could|has|have|should|to)\b|\bwith what\b|\bby what means\b|\bwhat (?:\w+ )?(?:was|were) used\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:conditions?|circumstances?|when|whenever|if|unless|provided|requires?|required|requirements?|needed|necessary|must|threshold\w*|"
    r"limits?|limited|range|regimes?|as long as|(?:in|for|under|within|above|below|beyond|until|up to|from|over|at|to|on|during|with|by) "
    rf"(?:what|which)|how (?:thin|{HOW_MUCH})|in (?:what|which) (?:cases?|situations?|range)|"
    r"what (?:\w+ )?(?:temperature|pressure|concentration|value|criteri\w+)|prerequisites?|criteri\w+|where|before|after|restrict\w+|hold)\b",
    re.IGNORECASE,
)
_CLOSED = re.compile(
    rf"\W*(?:who|when|where|how {HOW_MUCH}|(?:is|are|was|were|does|did|do|has|have|can) )",
    re.IGNORECASE,
)
_AMOUNT_WORDS = word_set(
    """
    once twice thrice half third quarter double triple none no dozen dozens tens hundreds thousands millions tenfold twofold
    threefold
    """
)
_EFFECT = re.compile(
    r"\b(?:effects?|consequences?|impacts?|influences?|results?|outcomes?) (?:of|does|do|did|has|have|had)\b|\bhow (?:does|do|did) .*\b(?:affect|influence|impact|change)\b",
    re.IGNORECASE,
)
_DRIVES = re.compile(
    r"\b(?:due to|because|caus\w+|respons\w+|reasons?|driv\w+|explain\w*|account\w*|lead\w*|led|origins?|originat\w*|attribut\w*|sources?|factors?|"
    r"aris\w+|arose|trigger\w*|underl\w+|behind|prevent\w*|make\w*|made|mak\w+|enabl\w+|allow\w*|produc\w*|result\w*|purpose|motivat\w*)\b",
    re.IGNORECASE,
)
_FEWEST = 2
"""Sentences of the source that the answer to a question that is not easy comes from, or sentences that it has, at least."""


def wrong_kind(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:
    """Reject a pair that is not of the kind that was asked for; the words that tell it are English."""
    kind = subject.kind
    if kind is None or not subject.question.plain:
        return
    told = _TELLS.get(kind) if settings.language == "en" or kind is QuestionKind.QUANTITATIVE else None
    problem = told(subject) if told else ""
    if not problem and subject.difficulty is not None:
        problem = _other_difficulty(subject)
    if problem:
        yield Fault(Reason.WRONG_KIND, f"asked for {kind}: {problem}", subject.question.given)


def _factual(subject: CheckInput) -> str:
    asked = subject.question.plain
    return "the question asks for a reason" if asked.lower().lstrip(" \"'").startswith("why") else ""


def _comparison(subject: CheckInput) -> str:
    return "" if _COMPARES.search(subject.question.plain) else "the question compares nothing"


def _cause(subject: CheckInput) -> str:
    asked = subject.question.plain
    if REASON_ASKED.search(asked) or _DRIVES.search(asked):
        return ""
    if _EFFECT.search(asked):
        return "the question asks for an effect"
    return "the question asks for no cause"


def _mechanism(subject: CheckInput) -> str:
    return (
        "" if _HOW.search(subject.question.plain) else "the question does not ask how something comes about"
    )


def _method(subject: CheckInput) -> str:
    return (
        "" if _METHOD.search(subject.question.plain) else "the question does not ask how something was done"
    )


def _quantitative(subject: CheckInput) -> str:
    values = [
        one
        for said in subject.said
        for one in said
        if not (one.is_pointer or one.is_item or one.in_name)
        and not any(known.states(one, 0.0) for known in subject.asked)
    ]
    if values or not _AMOUNT_WORDS.isdisjoint(subject.answer.vocabulary):
        return ""
    if subject.said and any(said for said in subject.said):
        return "the answer states no value that the question does not state"
    return "the answer states no value"


def _condition(subject: CheckInput) -> str:
    return "" if _CONDITION.search(subject.question.plain) else "the question asks for no condition"


def _open(subject: CheckInput) -> str:
    found = _CLOSED.match(subject.question.plain)
    if found and len(subject.answer.sentences) < _FEWEST:
        return f"a question that begins {found[0].strip()!r} has one answer"
    return ""


_TELLS: dict[QuestionKind, Callable[[CheckInput], str]] = {
    QuestionKind.FACTUAL: _factual,
    QuestionKind.COMPARISON: _comparison,
    QuestionKind.CAUSE: _cause,
    QuestionKind.MECHANISM: _mechanism,
    QuestionKind.METHOD: _method,
    QuestionKind.QUANTITATIVE: _quantitative,
    QuestionKind.CONDITION: _condition,
    QuestionKind.OPEN: _open,
}


def _other_difficulty(subject: CheckInput) -> str:
    """What speaks against the difficulty: an easy answer comes from one place, one that is not easy from more than one sentence."""
    said: list[Sentence] = [one for one in subject.answer.sentences if one.stems]
    places = len({number for alignment in subject.alignments for number in alignment.numbers})
    if subject.difficulty is Difficulty.EASY and len(said) > _FEWEST and places > _FEWEST:
        return f"{Difficulty.EASY}: the answer puts {places} sentences of the source together"
    if (
        subject.difficulty in (Difficulty.MEDIUM, Difficulty.HARD)
        and len(said) < _FEWEST
        and places < _FEWEST
    ):
        return f"{subject.difficulty}: one sentence of the source answers it"
    return ""
