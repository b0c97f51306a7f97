"""Words that only say where a statement stands are taken out: "According to the study, ...", "... in this paper".

What is left says the same and stands without the paper. Where more than a phrase depends on the paper, the text is
left as it is for `refers_to_paper` to judge.
"""

import re

from qagen.checks.reading.source import IndexedSource
from qagen.checks.reading.text import Text
from qagen.checks.reading.words import word_set

_DETERMINER = r"(?:this|the|our|these)(?: (?:present|current|presented|provided|given|above|reported|same|following|original))*"
WRITING = (
    r"(?:research |scientific |review |original )?(?:study|studies|papers?|works?|articles?|manuscripts?|publications?|research|"
    r"investigations?|reports?|reviews?|thesis|surveys?|texts?|excerpts?|passages?|paragraphs?|documents?|chunks?|contexts?|snippets?|"
    r"abstracts?)"
)
_PEOPLE = r"(?:authors?|researchers?|investigators?|writers?|scientists?)"
_THE_WRITING = rf"{_DETERMINER} {WRITING}"
_NO_MORE = r"(?!['\-\w])(?! (?:of|on|into|about|area|areas|group|sample|samples|sheet|sheets)\b)"
_SAID = (
    r"(?:described|reported|presented|discussed|mentioned|noted|highlighted|stated|outlined|cited|given|provided|detailed|"
    r"indicated|suggested|shown|identified|found|explained|demonstrated|observed|concluded|revealed|proposed|emphasi[sz]ed|"
    r"defined|specified|listed|addressed|explored|evidenced)"
)
_SAYS = (
    r"(?:finds?|found|shows?|showed|suggests?|suggested|explains?|explained|highlights?|highlighted|demonstrates?|demonstrated|"
    r"reports?|reported|states?|stated|notes?|noted|concludes?|concluded|indicates?|indicated|reveals?|revealed|mentions?|mentioned|"
    r"emphasi[sz]es?|emphasi[sz]ed|observes?|observed|proves?|proved|confirms?|confirmed|argues?|argued|claims?|claimed|"
    r"establish(?:es|ed)?|points? out|pointed out|believes?|believed|discovered|determined|proposes?|proposed)"
)

_MENTION = re.compile(rf"\b(?:{_THE_WRITING}|the {_PEOPLE}|here(?:in)?|above|below)\b", re.IGNORECASE)
"""What every phrase here has in it; most texts have none of it."""
_CUES = word_set(
    """
    study studies paper papers work works article articles manuscript manuscripts publication publications research
    investigation investigations report reports review reviews thesis survey surveys text texts excerpt excerpts passage
    passages paragraph paragraphs document documents chunk chunks context contexts snippet snippets abstract abstracts
    author authors researcher researchers investigator investigators writer writers scientist scientists
    here herein above below
    """
)
"""Words of which each of them has one."""
_OPENINGS = re.compile(
    rf"(?P<before>^|[.!?][\"')]{{0,4}}\s{{1,8}}|\n\s{{0,8}})(?:"
    rf"(?:according to|based on|as {_SAID} (?:in|by)|per|from|in|throughout|within) (?:the (?:results|findings|data|information) (?:of|in|from) )?"
    rf"(?:{_THE_WRITING}|the {_PEOPLE}){_NO_MORE},? (?=\w)"
    rf"|(?:(?P<link>furthermore|moreover|additionally|also|in addition|however),? )?"
    rf"(?:(?:the (?:results|findings) of )?{_THE_WRITING}|the {_PEOPLE})(?: also| further| clearly)? {_SAYS} that "
    rf")(?P<first>\S)",
    re.IGNORECASE,
)
_SAID_THERE = re.compile(
    rf",? ?(?<!was )(?<!were )(?<!is )(?<!are )(?<!been )(?<!be )\b(?:as )?{_SAID} (?:in|by|within|throughout) {_THE_WRITING}{_NO_MORE},?"
    rf"|,? \bas {_SAID} (?:here|herein|above|below)\b,?",
    re.IGNORECASE,
)
_THERE = re.compile(
    rf",? \b(?:in the context of|according to|based on|for the purposes? of|in the scope of|within the scope of|in|within|throughout|by) "
    rf"{_THE_WRITING}{_NO_MORE}(?P<comma>,?)",
    re.IGNORECASE,
)

_PLACE = re.compile(
    rf" (?:(?:in|by|within|throughout) {_THE_WRITING}|here|herein|above|below)\b", re.IGNORECASE
)
_ENDS_SAID = re.compile(rf"\b{_SAID}$", re.IGNORECASE)
"""Around the beginning of `_PLACE`, what every phrase of `_SAID_THERE` has in it and is quicker to find."""
_LONGEST_SAID = 16
_MOST_ROUNDS = 3
"""How often a text is gone through: what is left of it may begin with another such phrase."""


def without_attribution(text: Text, source: IndexedSource) -> str:  # noqa: ARG001 - every cleanup is called alike
    """Take out phrases that attribute a statement to the paper, its authors or the excerpt."""
    given = text.given
    if text.vocabulary.isdisjoint(_CUES):
        return given
    for _ in range(_MOST_ROUNDS):
        if not _MENTION.search(given):
            break
        shorter = _OPENINGS.sub(_reopened, given)
        if _says_where(shorter):
            shorter = _SAID_THERE.sub("", shorter)
        shorter = _THERE.sub(_closed, shorter)
        if shorter == given:
            break
        given = shorter
    return given


def _says_where(text: str) -> bool:
    """Whether a text says somewhere "described in the paper", "shown here" or the like."""
    places = (match.start() for match in _PLACE.finditer(text))
    return any(_ENDS_SAID.search(text, max(0, place - _LONGEST_SAID), place) for place in places)


def _reopened(opening: re.Match[str]) -> str:
    link = f"{opening['link']}, " if opening["link"] else ""
    first = opening["first"] if link else opening["first"].upper()
    return f"{opening['before']}{link}{first}"


def _closed(phrase: re.Match[str]) -> str:
    """A comma stays where only the one after the phrase closed it."""
    return phrase["comma"] if not phrase[0].startswith(",") else ""
