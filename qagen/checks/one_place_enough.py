"""The question needs more than one of the places that it was asked of: no place alone bears out all that it asks for.

What a place lacks is told by what all places together have of a claim: a number, a name, or a good share of the words. A claim that
answers nothing of the question does not count: a fact of another place that is tacked on makes no question of two places.

Where the places are of several papers, what the rest of a paper says counts as well: each of the papers has to be needed.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from qagen.checks.check_input import CheckInput
from qagen.checks.places import claims_of
from qagen.checks.reading.joined import Claim, Coverage, JoinedSource
from qagen.checks.reading.several_papers import SeveralPapers
from qagen.checks.reading.source import PREFIX
from qagen.checks.reading.text import stem
from qagen.checks.reading.whole_paper import WholePaper
from qagen.checks.reading.words import word_set
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_ASKS_TWICE = re.compile(
    r"\b(?:and|while|whereas|but) (?:\w+ ){0,2}(?:how|what|which|why|where|when|who|to what|by|at|with|under|in|through|from)\b"
    r"|\b(?:compared?|compares|comparison|differs?|differences?|related?|relates|relation\w*|both|between|versus|vs|than|together|combin\w+|consisten\w+|correspond\w*|connect\w*|link\w*|"
    r"account for|in light of|explains?|given that|contrast\w*|similarit\w+|respectively|agree\w*)\b",
    re.IGNORECASE,
)
"""How questions ask for two things, or for what lies between them."""

_ASKING = frozenset(
    map(stem, word_set("describe explain known know said say told tell characterise characterize discuss"))
)
"""What questions are asked with, and says nothing of what they are about."""


def one_place_enough(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:
    """Reject a pair that one place of the source answers by itself."""
    source = subject.source
    if not isinstance(source, JoinedSource):
        return
    asked = _asked_for(subject, claims_of(subject))
    for what, looked_at in _looked_at(asked, source, subject.paper):
        coverage = Coverage(asked, looked_at, settings.number_tolerance, settings.min_place_share)
        for place in range(len(looked_at.parts)):
            if coverage.is_enough((place,)):
                detail = f"the {place + 1}. of the {len(looked_at.parts)} {what} bears out all that the question asks for"
                yield Fault(Reason.ONE_PLACE_ENOUGH, detail, subject.answer.given, subject.answer.plain)
                return


def _looked_at(
    asked: Sequence[Claim], source: JoinedSource, paper: WholePaper | None
) -> Iterator[tuple[str, JoinedSource]]:
    """The places, and where they are of several papers all that these say of the claims; each with what its parts are."""
    yield "places", source
    if isinstance(paper, SeveralPapers):
        yield "papers", paper.beside([claim.sentence.text for claim in asked])


def _asked_for(subject: CheckInput, claims: Sequence[Claim]) -> Sequence[Claim]:
    """The claims that answer something of the question that no other claim answers; all of them where it asks for two things."""
    if len(claims) < 2 or _ASKS_TWICE.search(subject.question.plain):
        return claims
    asked = _begins(form for form in subject.question.stems if form.isalpha() and form not in _ASKING)
    shares = [_begins(claim.sentence.stems) & asked for claim in claims]
    own = [
        claim
        for number, claim in enumerate(claims)
        if shares[number].difference(*(share for other, share in enumerate(shares) if other != number))
    ]
    most = max(range(len(claims)), key=lambda number: (len(shares[number]), -number))
    return own or [claims[most]]


def _begins(stems: Iterable[str]) -> frozenset[str]:
    return frozenset(form[:PREFIX] for form in stems)
