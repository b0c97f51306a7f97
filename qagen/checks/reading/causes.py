"""Causes and effects as sentences state them: what is said to follow from what."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qagen.checks.reading.support_model import idfs
from qagen.checks.reading.text import Sentence, stem, words
from qagen.checks.reading.words import FUNCTION_WORDS, word_set

_GIVES_REASON = re.compile(
    r"\b(?:because(?: of)?|due to|owing to|as a result of|on account of|in order to|since|so that|given that)\b",
    re.IGNORECASE,
)
_FORWARD = (
    r"(?:can |may |could |might |would )?(?:leads? to|led to|leading to|results? in|resulted in|resulting in|causes?|caused|"
    r"causing|makes?|making|made|induces?|induced|inducing|enables?|enabled|enabling|allows?|allowed|allowing|triggers?|"
    r"triggered|triggering|produces?|produced|producing|drives?|drove|driving|facilitates?|facilitated|promotes?|promoted|"
    r"affects?|affected|creates?|created|creating|gives?|gave|giving)(?! by\b)"
)
_BACKWARD = (
    r"(?:because of|because|since|due to|owing to|as a result of|on account of|(?:is|are|was|were)? ?(?:caused|attributed|"
    r"driven|motivated|facilitated|induced|triggered|produced|explained) (?:by|to)|(?:results?|resulted|resulting|arises?|"
    r"arose|arising|stems?|stemmed) from)"
)
_OPENED = re.compile(r"(?:since|because|as|given that) (?P<cause>.+?), (?P<effect>.+)", re.IGNORECASE)
_BACKWARDS = re.compile(rf"(?P<effect>.+?),? {_BACKWARD} (?P<cause>.+)", re.IGNORECASE)
_FORWARDS = re.compile(
    rf"(?P<cause>.+?),? (?:{_FORWARD}|so that|so|thus|thereby|therefore,?|hence,?|consequently,?) (?P<effect>.+)",
    re.IGNORECASE,
)
"""How a clause names cause and effect."""
_BACKWARD_CUES = word_set(
    """
    because since due owing result account caused attributed driven motivated facilitated induced triggered produced
    explained results resulted resulting arises arose arising stems stemmed
    """
)
"""Words of which every match of `_BACKWARDS` has one; the others need one of `_CUES`."""
_CUES = word_set(
    """
    since because as given of due owing result account by from attributed leads lead led leading results resulted resulting
    causes cause caused causing makes make making made induces induce induced inducing enables enable enabled enabling
    allows allow allowed allowing triggers trigger triggered triggering produces produce produced producing drives drive
    drove driving facilitates facilitate facilitated promotes promote promoted affects affect affected creates create
    created creating gives give gave giving so thus thereby therefore hence consequently
    """
) - {"of", "as", "given"}
"""Words of which every form has one, but for "as" and "given" at the beginning, which are made out by the comma."""
_OPENINGS = frozenset({("as",), ("given",)})
_GOES_ON = ("and ", "or ", "but ", "so ", "which ", "who ", "where ", "as ")
"""With these a reason that comes first goes on behind a comma; else there begins what it is a reason for."""
_CLAUSES = re.compile(r"; |\. ")


@dataclass(frozen=True, slots=True)
class Causation:
    """What a clause says follows from what: the stems of the content words that only the one or the other has."""

    cause: frozenset[str]
    effect: frozenset[str]


def content(text: str) -> frozenset[str]:
    """The stems of the content words of a plain text."""
    return frozenset(stem(word) for word in words(text.lower()) if word not in FUNCTION_WORDS)


def weight(stems: frozenset[str]) -> float:
    """What some stems weigh together, by how rare they are."""
    return sum(idfs(stems).values())


def reasons(sentence: Sentence) -> Iterator[tuple[str, str]]:
    """What a sentence gives a reason for, with the reason; both as text. Nothing where it gives none."""
    found = _GIVES_REASON.search(sentence.text)
    if found is None:
        return
    claim, reason = sentence.text[: found.start()], sentence.text[found.end() :]
    if not claim.strip() or claim.rstrip().endswith((":", ";")):
        reason, comma, rest = reason.partition(", ")
        if rest.startswith(_GOES_ON):
            reason += comma + rest
        else:
            claim += rest
    yield claim, reason


def causations(sentence: Sentence) -> Iterator[Causation]:
    """What the clauses of a sentence say of causes."""
    if sentence.words[:1] not in _OPENINGS and _CUES.isdisjoint(sentence.words):
        return
    forms = (
        (_OPENED,)
        + (() if _BACKWARD_CUES.isdisjoint(sentence.words) else (_BACKWARDS,))
        + (() if _CUES.isdisjoint(sentence.words) else (_FORWARDS,))
    )
    for clause in _CLAUSES.split(sentence.text):
        for form in forms:
            if found := form.match(clause):
                cause, effect = content(found["cause"]), content(found["effect"])
                yield Causation(cause - effect, effect - cause)
