"""What is asked for stands in the answer: a reason after "why", an amount after "how many", a name after "which", a way after "how".

A true sentence that gives no reason is no answer to "why"; whether the reason is right is the question of others.
"""

import re
from collections.abc import Iterator

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.causes import weight
from qagen.checks.reading.source import PREFIX
from qagen.checks.reading.text import stem
from qagen.checks.reading.words import NUMBER_WORDS, REASON_CUES, word_set
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings
from qagen.text.lexicon import HOW_MUCH

_WHY = re.compile(r"\W*(?:why\b|for what reason\b|what (?:is|was) the reason\b)", re.IGNORECASE)
_REASONS = word_set(
    """
    because due since as so thus therefore thereby hence consequently owing to for lead leads led leading cause causes caused
    causing result results resulted resulting makes make making made allow allows allowed allowing enable enables enabled
    enabling give gives giving gave prevent prevents preventing avoid avoids ensure ensures ensuring reason reasons
    attributed attributable arise arises arising from comes come through by depends help helps helping contribute
    contributes favour favours favor favors explain explains explained reflects responsible via thanks drive drives
    driven whereas but means meaning required requires needed necessary if when without otherwise would could can cannot
    require yield yields produce produces too enough
    """
)
"""One of these stands in any sentence that gives a reason."""
_REASONS_PROPER = _REASONS - word_set("for from come comes but with as to if when can means could would may")
"""Those that hardly stand where no reason is given."""
_NOUNS = frozenset({"result", "results"})
_RESULTS_ARE = re.compile(
    r"\bresults? (?:is|are|was|were|has|have|show|shows|showed|obtained)\b", re.IGNORECASE
)
"""There it names what was found, and gives no reason."""
_MOSTLY = 0.5
"""The share of an answer that repeats its question from which on the others tell nothing."""
_ASKED_HERE = r"(?:\A\W*|\b(?:and|to|in|at|by|for|of|from|with|over|after|under|within|about) |, )"
"""Behind other words an amount is not what is asked for: "beyond counting how often"."""
_HOW_MANY = re.compile(
    rf"{_ASKED_HERE}how {HOW_MUCH}\b"
    rf"|{_ASKED_HERE}what (?:percentage|fraction|proportion|number|temperature|concentration|wavelength|duration)\b",
    re.IGNORECASE,
)
_VALUE = re.compile(
    r"\W*what (?:is|was|are|were) (?:the )?(?:\w+ ){0,3}?(?:density|radius|mass|temperature|pressure|thickness|diameter|length|width|height"
    r"|volume|weight|velocity|speed|frequency|wavelength|energy|period|distance|age|dose|duration|voltage|percentage|number|hazard ratio)"
    r" (?:of|for|at|in|between) (?!(?:the )?(?:effects?|roles?)\b)",
    re.IGNORECASE,
)
"""What asks for the value of a quantity."""
_AMOUNTS = NUMBER_WORDS.keys() | word_set(
    """
    once twice thrice half third thirds quarter quarters fifth double triple several many few none no all every each both
    overnight single tenfold twofold threefold always never more less longer shorter higher lower larger smaller fewer
    much most faster slower hundreds thousands tens dozens millions similar same equal increase increases increased
    decrease decreases decreased rise fall room ambient unknown until daily hourly weekly monthly annually
    """
)
_OF_WHOLES = word_set("all every each both always never most much many more less several few")
"""Amounts that are no value of a quantity."""
_NAME_OR_WAY = re.compile(
    r"\W*(?:(?:in|on|at|by|for|from|with|to|of|under|through|into) )?"
    rf"(?:(?P<named>who|whom|whose|where|which|what)|(?P<way>how (?!{HOW_MUCH}\b)))\b",
    re.IGNORECASE,
)
_CHOICE = re.compile(
    r"\bor\b|\b(?:than|compared?|comparison|differ\w*|more|most|less|least|better|best|worse|worst|larger|largest|smaller|smallest"
    r"|higher|highest|lower|lowest|faster|slower|longer|shorter|stronger|weaker|earlier|later|\w{3,}(?:er|est))\b",
    re.IGNORECASE,
)
"""Where a question gives what may be answered, an answer of its words is one."""
_SAYS_NOTHING = frozenset(
    map(
        stem,
        word_set(
            """
            discussed described studied investigated examined explored considered analysed analyzed reported presented shown obtained found
            given used done made provided identified mentioned addressed evaluated assessed certain specific various different particular
            several some important significant key main major process way manner thing things factor factors role aspect aspects kind type
            relationship related involve involves involved include includes including play plays played perform performed occur occurs take
            takes place there also well known particular such method means following respective corresponding
            """
        ),
    )
)
"""Words that say nothing of what they are said of."""
_LEAST_SAID = 2.5
"""What an answer says at least beyond its question, in the weight of words."""


def unanswered(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:  # noqa: ARG001 - every check is called alike
    """Reject an answer without the reason, the amount, the name or the way that is asked for."""
    asked, answer = subject.question.plain, subject.answer
    if not answer.words:
        return
    if _WHY.match(asked):
        given = answer.vocabulary - (_NOUNS if _RESULTS_ARE.search(answer.plain) else frozenset())
        gives_none = _REASONS.isdisjoint(given) or (
            _REASONS_PROPER.isdisjoint(given - subject.question.vocabulary) and _repeated(subject) >= _MOSTLY
        )
        if gives_none and not _is_reason_in_source(subject):
            detail = "the question asks for a reason, and the answer gives none"
            yield Fault(Reason.UNANSWERED, detail, answer.given, answer.plain)
    elif amount := _HOW_MANY.search(asked) or _VALUE.match(asked):
        amounts = _AMOUNTS if amount.re is _HOW_MANY else _AMOUNTS - _OF_WHOLES
        if amounts.isdisjoint(answer.vocabulary) and not _brings_a_number(subject):
            detail = f"the question asks {amount[0].lower().strip()!r}, and the answer gives no amount"
            yield Fault(Reason.UNANSWERED, detail, answer.given, answer.plain)
    elif _says_nothing(subject) and (form := _NAME_OR_WAY.match(asked)) and not _CHOICE.search(asked):
        what = "a way" if form["way"] else "something"
        detail = f"the question asks for {what}, and the answer says nothing that the question does not"
        yield Fault(Reason.UNANSWERED, detail, answer.given, answer.plain)


def _repeated(subject: CheckInput) -> float:
    """The share of an answer's weight that its question has as well."""
    said, asked = frozenset(subject.answer.stems), subject.question.stems
    return weight(said & asked) / max(1.0, weight(said))


def _brings_a_number(subject: CheckInput) -> bool:
    """Whether an answer has a digit, be it in a name that the question has not."""
    named = frozenset(subject.question.names)
    return any(letter.isdigit() for token in subject.answer.tokens if token not in named for letter in token)


def _says_nothing(subject: CheckInput) -> bool:
    """Whether an answer has no word, name or number that says something and that its question has not."""
    asked = subject.question.stems
    begun = {word[:PREFIX] for word in asked if len(word) >= PREFIX}
    new = frozenset(
        word
        for word in subject.answer.stems
        if word not in asked
        and word not in _SAYS_NOTHING
        and not (len(word) >= PREFIX and word[:PREFIX] in begun)
    )
    return bool(asked) and weight(new) < _LEAST_SAID and not any(word[0].isdigit() for word in new)


def _is_reason_in_source(subject: CheckInput) -> bool:
    """Whether the source gives what the answer says as a reason, so that the answer need not say so."""
    sentences = subject.source.sentences
    return any(
        not REASON_CUES.isdisjoint(sentences[number].words)
        for alignment in subject.alignments
        for number in alignment.numbers[:1]
    )
