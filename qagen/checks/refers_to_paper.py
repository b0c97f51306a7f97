"""Question and answer stand without the paper: they do not speak of it, its authors or the excerpt."""

import re
from collections.abc import Iterator

from qagen.checks.check_input import CheckInput
from qagen.checks.cleanups.attribution import WRITING
from qagen.checks.reading.joined import JoinedSource
from qagen.checks.reading.source import IndexedSource
from qagen.checks.reading.text import Text, stem
from qagen.checks.reading.words import word_set
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_OF_ITS_TOPIC = r"(?! (?:of (?!this\b|the (?:present|current)\b)|on|into|about|area|group|samples?|sheets?|strips?|machines?|mills?|clips?|webs?)\b)(?![-\w])"
_ANYWHERE = re.compile(
    rf"\b(?:this|our|the (?:present|current|presented|provided|given|above)) {WRITING}{_OF_ITS_TOPIC}"
    rf"|\bthe (?:research |review )?(?:papers?|articles?|manuscripts?|publications?|excerpts?|passages?|documents?|texts?|chunks?|snippets?){_OF_ITS_TOPIC}"
    r"|\bthe authors?\b|\bauthors of\b"
    r"|\b(?:described|reported|presented|discussed|mentioned|proposed|studied) (?:here(?:in)?|above|below|earlier)\b",
    re.IGNORECASE,
)
_IN_QUESTION = re.compile(
    rf"\bthe stud(?:y|ies){_OF_ITS_TOPIC}|\bthe (?:study|paper|work)'s\b|\bthe (?:researchers|investigators|writers)\b"
    r"|\b(?:did|do|have|had|can|could|were|are) we \w+|\bour (?!(?:understanding|knowledge|ability|planet|world|lives|daily|body|bodies|brains?|eyes|galaxy|solar|society|sun|universe|climate|environment)\b)",
    re.IGNORECASE,
)
_IN_ANSWER = re.compile(
    r"\bthe (?:study|work|report)'s\b|\bin the stud(?:y|ies)\b(?! of\b)|\bthe (?:researchers|investigators|writers)\b"
    r"|\b(?:by|from) the stud(?:y|ies)\b(?! of\b)|^(?:in )?(?:this|the) (?:section|chapter)\b",
    re.IGNORECASE,
)
_BIBLIOGRAPHIC = re.compile(
    r"\bdoi\b|\b(?:published|publication (?:date|year)|journal|corresponding author|affiliations?|funding|funded|acknowledg\w+|"
    r"first author|volume number|keywords?)\b(?=.{0,60}\b(?:article|paper|study|work|manuscript|authors?|research)\b)"
    r"|\b(?:article|paper|study|work|manuscript|research|review|book)\b.{0,40}\b(?:published|appear(?:ed)?|cited|funded|licen[sc]ed)\b"
    r"|\bwho (?:wrote|published|authored|funded)\b|\bwho (?:are|is|were|was) the (?:\w+ )?authors?\b|\bauthors? of ref"
    r"|\b(?:which|what) journal\b|\bcopyright\b|\bISSN\b|\bISBN\b",
    re.IGNORECASE,
)
_SHEETS = re.compile(
    r"\b(?:print(?:ing|er|ed)?|filter|thermal|receipt|carbon|photographic|litmus|chromatography|graphite|tissue|sand|abrasive|coated|recycled|"
    r"wax(?:ed)?|weighing|blotting|kraft|emery|nitrocellulose|cellulose|indicator|test|wall|news)[ -]?papers?\b"
    r"|\bpaper(?:-based| (?:substrates?|strips?|sheets?|pulp|mills?|towels?|discs?|disks?|samples?))\b",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(r"\b(?:[Ww]e|[Oo]urs?|us|ourselves)\b(?!['’-])")
_PERSONS = word_set("we our ours us ourselves")
_OF_EVERYONE = re.compile(
    r"\b[Oo]ur (?:(?:\w+ ){0,1}(?:understanding|knowledge|planet|world|lives|society|solar system|galaxy|universe|climate|environment|bod(?:y|ies)|brains?|eyes|cells|ancestors|species))\b"
)
_QUOTED = re.compile(r"\"[^\"]{0,300}\"")
_PIECE = re.compile(
    r"\b(?:passages?|excerpts?|snippets?|chunks?|paragraphs?|contexts?|documents?) (?:#|no\. ?|number )?(?:\d{1,3}|[A-D]|one|two|three|four)\b|^\W{0,6}(?:excerpt|passage|snippet|chunk|paragraph|context|source|abstract|text|document)(?: #?\d{1,3})?\W{0,3}:"
    r"|\b(?:as|is|was|are|were) (?:stated|given|shown|described|written) in (?:the )?(?:excerpt|passage|snippet|context)",
    re.IGNORECASE,
)
_PLACES = re.compile(
    r"\b(?:both|the two|two|three|four|these|those|either|each|the other|several|all|the first|the second|different|multiple) (?:of the )?(?:given |provided )?"
    r"(?:excerpts?|passages?|snippets?|text passages?|parts of the (?:paper|text))\b"
    r"|\b(?:excerpts?|parts?|passages?|places?|sources?) [A-D]\b|\[[A-D]\]",
    re.IGNORECASE,
)
"""Of a source that is several places, what a model that was shown them may call them."""
_KINDS_OF_TEXT = frozenset({"the document", "the text", "the passage"})
"""Where the source speaks of such, "the document embeddings" is a thing of the paper."""
_OF = word_set("of in throughout within by")
"""Words before "the paper" after which it is an article sooner than a sheet, though the source has them too."""
_PAPERS_AS_MATTER = word_set("papers paper")
_THE_PAPER = re.compile(
    r"\b(?:of|embed|cites?|represents?|classify) (?:the|a|each|every) paper\b(?! (?:is|are) )"
)
_WITHIN = word_set("in by from throughout")
"""Before "the paper" they make it the article that is read."""
_CUES = word_set(
    """
    study studies paper papers work works article articles manuscript manuscripts publication publications research
    investigation investigations report reports review reviews thesis survey surveys text texts excerpt excerpts passage
    passages paragraph paragraphs document documents chunk chunks context contexts snippet snippets abstract abstracts
    study's paper's work's report's we us ours ourselves source sources author authors author's authors' here herein above below earlier researchers investigators writers our we
    doi published publication journal corresponding affiliation affiliations funding funded keyword keywords book wrote authored
    copyright issn isbn section chapter ref refs reference references citation citations
    """
)
"""Words of which everything that is looked for has one."""
_REFERENCE = re.compile(
    r"\b(?:refs?\.?|references?|citations?) ?[\[(]?\d|\b(?:in|by|of|from) \[\d+\]|\bwhat (?:is|are) the (?:refs?|references)\b",
    re.IGNORECASE,
)
_ABOUT_NOTHING = word_set(
    """
    main key primary major central principal overall general important significant essential chief proposed present
    presented described reported discussed current following used using use employed applied performed done carried
    conducted taken made given provided obtained achieved mentioned drawn conclude concluded conclusion conclusions
    objective objectives aim aims goal goals purpose purposes finding findings result results method methods methodology
    methodologies approach approaches technique techniques focus topic topics subject subjects contribution contributions
    study studies paper papers work works article research investigation experiment experiments experimental trend trends
    data analysis analyses limitation limitations implication implications motivation significance importance novelty
    novel new hypothesis hypotheses issue issues problem problems challenge challenges future direction directions
    discuss describe explain summarize summarise list name identify outline state report present show shown shows say
    says mean means tell tells reveal reveals baseline baselines compare compared comparison sample samples material
    materials procedure procedures step steps system systems factor factors parameter parameters author authors
    different various many first second specific address addressed debate debates surrounding context reader
    """
)
_ABOUT_NOTHING_STEMS = frozenset(map(stem, _ABOUT_NOTHING))


def refers_to_paper(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:  # noqa: ARG001 - every check is called alike
    """Reject a pair that speaks of "this study", "the authors", "the excerpt", or of where it was published."""
    patterns = {
        "question": (_ANYWHERE, _IN_QUESTION, _PIECE, _BIBLIOGRAPHIC, _REFERENCE),
        "answer": (_ANYWHERE, _IN_ANSWER, _PIECE, _REFERENCE),
    }
    for name, text in (("question", subject.question), ("answer", subject.answer)):
        yield from _places_named(name, text, subject)
        if text.vocabulary.isdisjoint(_CUES) and "[" not in text.plain:
            continue
        for pattern in patterns[name]:
            for found in pattern.finditer(text.plain):
                if not (
                    _is_a_sheet(found, subject) or (pattern is _PIECE and _is_counted(found[0], subject))
                ):
                    yield Fault(Reason.REFERS_TO_PAPER, f"the {name} says {found[0]!r}", text.given, found[0])
        yield from _first_person(name, text)
    stems = subject.question.stems
    if subject.has_question and stems and stems <= _ABOUT_NOTHING_STEMS:
        detail = "the question names nothing that it is about"
        yield Fault(Reason.REFERS_TO_PAPER, detail, subject.question.given, subject.question.plain)


def _places_named(name: str, text: Text, subject: CheckInput) -> Iterator[Fault]:
    """Find the names of the places that a pair was asked of, where the places themselves do not speak so."""
    if not isinstance(subject.source, JoinedSource):
        return
    for found in _PLACES.finditer(text.plain):
        if found[0].lower() not in subject.source.plain.lower():
            yield Fault(Reason.REFERS_TO_PAPER, f"the {name} says {found[0]!r}", text.given, found[0])


def _first_person(name: str, text: Text) -> Iterator[Fault]:
    """Find "we" and its like, which are the authors; not in quotation marks, where somebody speaks, nor where it is everybody."""
    if text.vocabulary.isdisjoint(_PERSONS):
        return
    said = _OF_EVERYONE.sub(" ", _QUOTED.sub(" ", text.plain))
    for found in _FIRST_PERSON.finditer(said):
        yield Fault(
            Reason.REFERS_TO_PAPER,
            f"the {name} says {found[0]!r}, which is the authors",
            text.given,
            found[0],
        )


def _is_counted(found: str, subject: CheckInput) -> bool:
    """Whether a numbered passage is one of the matter, such as those of cells, since the source has it too."""
    return ":" not in found and found.lower() in subject.source.plain.lower()


def _is_of_papers(source: IndexedSource) -> bool:
    """Whether papers are the source's matter, as their titles and citations are to a model that reads them."""
    return source.vocabulary >= _PAPERS_AS_MATTER and _THE_PAPER.search(source.plain) is not None


def _is_a_sheet(found: re.Match[str], subject: CheckInput) -> bool:
    """Whether "the paper" may be a sheet: the source is about paper as a material, or holds it in the same words."""
    said = found[0].lower()
    if said == "the current document":
        return said.removeprefix("the ") in subject.source.plain.lower()
    if said in _KINDS_OF_TEXT and found.string[found.end() : found.end() + 2].strip()[:1].isalpha():
        return said.split()[1] in subject.source.vocabulary
    if said == "the papers":
        return "papers" in subject.source.vocabulary
    if said != "the paper":
        return False
    before = found.string[: found.start()].lower().split()[-2:]
    if _is_of_papers(subject.source) and before and before[-1] not in _WITHIN:
        return True
    quoted = " ".join([*before, "the paper"])
    is_quoted = bool(before) and before[-1] not in _OF and quoted in subject.source.plain.lower()
    return is_quoted or _SHEETS.search(subject.source.plain) is not None
