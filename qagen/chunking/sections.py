"""Sections of a document, and which of them are its main body.

A section is a heading with the text up to the next heading of any depth; its path are the headings above it and its own.
Rules decide what is main body, since papers name the parts that are not with few words.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import replace

from qagen.records import Block, Document, Section
from qagen.text.lexicon import REFERENCE_HEADINGS

_NAMES = """
    acknowledgement; acknowledgements; acknowledgment; acknowledgments; acknowledgements and funding;
    funding; funding information; funding sources; funding statement; financial support; financial disclosure;
    author contribution; author contributions; authors contributions; contributions; contributors; contributorship;
    credit authorship contribution statement; credit author statement; author information; authors information;
    about the authors; author affiliations; affiliations; corresponding author; corresponding authors; correspondence;
    orcid; author details; authors; biographies;
    competing interest; competing interests; declaration of competing interest; declaration of competing interests;
    conflict of interest; conflicts of interest; declaration of interests; declarations of interest; disclosure;
    disclosures; declarations; conflict of interest statement; competing interests statement; competing financial interests;
    data availability; data availability statement; availability of data and materials; data and code availability;
    code availability; availability of data; data and materials availability; data access; code and data availability;
    availability; software availability; data sharing; open data; accession codes;
    supplementary; supplementary information; supplementary material; supplementary materials; supplementary data;
    supporting information; supporting information available; associated content; additional information;
    additional files; additional file; supplemental information; supplemental material; supplemental materials;
    electronic supplementary material; electronic supplementary information; extended data; appendix a supplementary data;
    ethics; ethics statement; ethics declarations; ethics approval; ethics approval and consent to participate;
    ethical approval; ethical considerations; consent for publication; informed consent statement;
    institutional review board statement; publishers note; publisher note; rights and permissions; open access;
    copyright; license; licence; copyright and license; peer review; peer review information; review history;
    reviewer reports; reporting summary; key words; keywords; index terms; abbreviations; list of abbreviations;
    nomenclature and abbreviations; table of contents; contents; article info; article information; article history;
    ccs concepts; acm reference format; graphical abstract; toc graphic; notes; note added; cite this; dedication;
    author orcids; peer review material; recommended by acs; how to cite this article; citation; received; published; endnotes; footnotes; list of figures; list of tables;
    sample credit author statement; declaration of generative ai; use of ai tools; preprint server; elife assessment;
    resource availability; lead contact; materials availability;
    reviewed preprint; consortia; group information; change history; figure legends; tables; figures
    """
_NOT_BODY = REFERENCE_HEADINGS.union(name.strip() for name in _NAMES.split(";"))
"""Names of sections that are not main body."""
_NOT_BODY_STARTS = (
    "supplementary ", "supporting information", "supplemental ", "acknowledg", "author contribution", "declaration of ",
    "data availability", "availability of data", "availability of code", "availability of material",
    "conflict of interest", "conflicts of interest", "competing interest",
    "electronic supplementary", "extended data ", "credit authorship", "additional file",
)  # fmt: skip
_NUMBERING = re.compile(
    r"^(?:(?:appendix|section)\s+)?(?:\d{1,2}(?:\.\d{1,2})*|[IVXL]{1,6}|[A-Z])[.):]?\s+(?=\S)"
)
_MARKUP = re.compile(r"[*_#`$]|<[^>]{1,40}>")

_BEHIND_REFERENCES = re.compile(
    r"(?:[A-Z]|[IVX]+)[.:]?\d*\s|(?:online |star |materials and |experimental )?methods?\b|appendi|experimental|method",
    re.IGNORECASE,
)
_LABEL_CHARS = 60

_PROSE_CHARS = 280
"""From how many characters on a paragraph before the first heading may be an abstract."""


def heading_text(markdown: str) -> str:
    """A heading without its markup, on one line."""
    return " ".join(_MARKUP.sub("", markdown).split())


def is_body_heading(heading: str) -> bool:
    """Whether a heading names a part of the main body; numbering, case and punctuation do not matter."""
    name = _name(heading)
    return name not in _NOT_BODY and not name.startswith(_NOT_BODY_STARTS)


def headings(document: Document) -> list[Block]:
    """The headings below the title, in order."""
    return [
        block
        for block in document.blocks
        if block.type == "SectionHeader" and block.level is not None and block.level > 1
    ]


def is_references(heading: str) -> bool:
    """Whether a heading names the list of references."""
    return _name(heading) in REFERENCE_HEADINGS


def sections(document: Document, body: Collection[int] | None = None) -> tuple[Section, ...]:
    """Cut a document into sections, in order; together they tile it.

    Args:
        document: whose blocks are cut.
        body: where the headings of the main body begin, if it is known; None lets the rules decide.

    The title (a heading of level 1) is not part of any path. What stands before the first other heading is title
    matter, except paragraphs of prose: an abstract or an opening without a heading, which are body. Behind the
    references only appendices and methods are body. A paragraph that begins with the name of a part that is not body
    and a colon, as in "Funding: ...", is a section of its own.
    """
    heads = headings(document)
    first = heads[0].start if heads else len(document.text)
    front = [block for block in document.blocks if block.end <= first]
    below = (
        part for section in _below(document, heads, body) for part in _without_labelled(document, section)
    )
    return (*_front(document, front), *below)


def _below(document: Document, heads: list[Block], chosen: Collection[int] | None) -> Iterator[Section]:
    path: list[tuple[int, str, bool]] = []
    behind_references = False
    for place, head in enumerate(heads):
        assert head.level is not None
        heading = heading_text(document.text[head.start : head.end])
        above = [step for step in path if step[0] < head.level]
        body = is_body_heading(heading) and all(step[2] for step in above)
        if behind_references and not above:
            body = body and bool(_BEHIND_REFERENCES.match(heading))
        behind_references = behind_references or is_references(heading)
        if chosen is not None:
            body = head.start in chosen
        path = [*above, (head.level, heading, body)]
        end = heads[place + 1].start if place + 1 < len(heads) else len(document.text)
        yield Section(tuple(step[1] for step in path), head.start, end, head.end, body)


def _without_labelled(document: Document, section: Section) -> Iterator[Section]:
    """A section that is body, parted by the paragraphs in it that begin with the label of a part that is not.

    Publishers print them at the section's end, but also in margins and at page bottoms, in the middle of the text.
    """
    start, text_start = section.start, section.text_start
    for block in document.blocks:
        if section.body and section.text_start <= block.start < section.end:
            label = _label_of(document.text[block.start : block.end])
            if label:
                if start < block.start:
                    yield replace(section, start=start, end=block.start, text_start=text_start)
                yield Section((*section.path, label), block.start, block.end, block.start, body=False)
                start = text_start = block.end
    if start < section.end:
        yield replace(section, start=start, text_start=text_start)


def _label_of(text: str) -> str | None:
    label, colon, rest = text[:_LABEL_CHARS].partition(":")
    name = heading_text(label)
    return name if colon and rest.strip() and name[:1].isupper() and not is_body_heading(name) else None


def _front(document: Document, blocks: list[Block]) -> Iterator[Section]:
    """Group the blocks before the first heading into runs that are prose and runs that are not."""
    run: list[Block] = []
    for block in blocks:
        if run and _is_prose(document, block) != _is_prose(document, run[0]):
            yield _run_section(document, run)
            run = []
        run.append(block)
    if run:
        yield _run_section(document, run)


def _run_section(document: Document, run: list[Block]) -> Section:
    return Section((), run[0].start, run[-1].end, run[0].start, _is_prose(document, run[0]))


def _is_prose(document: Document, block: Block) -> bool:
    if block.type != "Text" or block.end - block.start < _PROSE_CHARS:
        return False
    text = document.text[block.start : block.end]
    words = text.split()
    lower = sum(word[0].islower() for word in words)
    marks = sum(text.count(mark) for mark in "@†‡§¶∗") + len(re.findall(r"\b\d{4,5}\b|[a-z]\d\b", text))
    return (
        lower > 0.55 * len(words)
        and marks < 0.03 * len(words)
        and len(re.findall(r"[a-z]{3}[.?!]", text)) >= 2
    )


def _name(heading: str) -> str:
    text = unicodedata.normalize("NFKC", heading_text(heading)).strip()
    text = _NUMBERING.sub("", text).casefold()
    return " ".join(re.sub(r"[^\w\s]", "", text.replace("&", "and")).split())
