from dataclasses import replace

import pytest

from builder.verifying.document import fault_in_document
from qagen.chunking.evidence import evidence, pages
from qagen.records import ChunkInfo, PaperInfo, SectionInfo, sha256
from tests.builder import corpora
from tests.documents import document

DOCUMENT = document(
    ("#", "A title"),
    ("##", "2. *Results*"),
    ("Text", "It rose with pressure. It fell with time."),
    ("Text", "Both are caused by drift."),
)
START = DOCUMENT.text.index("It rose")
END = DOCUMENT.text.index("drift.") + len("drift.")
SECTION = SectionInfo(("2. Results",), DOCUMENT.text.index("## 2"), len(DOCUMENT.text))
RECORD = replace(
    corpora.record(PaperInfo(DOCUMENT.paper_sha256, None, "p.pdf", document_sha256=DOCUMENT.sha256), "Why?"),
    section=SECTION,
    chunk=ChunkInfo(0, START, END, sha256(DOCUMENT.text[START:END]), pages(DOCUMENT, START, END)),
    evidence=evidence(DOCUMENT, [(START, END)], with_text=True),
    context=DOCUMENT.text[START:END],
)


def test_a_record_that_fits_has_no_fault():
    assert len(RECORD.evidence) == 2
    assert fault_in_document(RECORD, DOCUMENT) is None
    bare = replace(RECORD, context=None, evidence=evidence(DOCUMENT, [(START, END)], with_text=False))
    assert fault_in_document(bare, DOCUMENT) is None


def test_rounded_boxes_fit():
    rounded = tuple(
        replace(item, bbox=tuple(side + 0.00004 for side in item.bbox)) for item in RECORD.evidence
    )
    assert fault_in_document(replace(RECORD, evidence=rounded), DOCUMENT) is None


def item(**fields):
    return replace(RECORD, evidence=(replace(RECORD.evidence[0], **fields), *RECORD.evidence[1:]))


ACROSS = RECORD.evidence[0].start, RECORD.evidence[1].end
CHUNK = RECORD.chunk


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        (replace(RECORD, paper=replace(RECORD.paper, sha256="c" * 64)), "the document is of the paper"),
        (
            replace(RECORD, paper=replace(RECORD.paper, document_sha256="c" * 64)),
            "the document's sha256 is not",
        ),
        (replace(RECORD, chunk=replace(CHUNK, start=-1)), "the chunk [-1, "),
        (replace(RECORD, chunk=replace(CHUNK, end=END - 1)), "the chunk's sha256 is not"),
        (
            replace(RECORD, chunk=replace(CHUNK, pages=(9,))),
            "the chunk stands on pages [3, 4], the record says [9]",
        ),
        (replace(RECORD, context="other"), "the context is not the chunk's text"),
        (replace(RECORD, section=replace(SECTION, end=START)), "the chunk ["),
        (replace(RECORD, section=replace(SECTION, end=10**6)), "the section ends at 1000000"),
        (replace(RECORD, section=replace(SECTION, start=1)), "no block of the document begins at 1"),
        (
            replace(RECORD, section=replace(SECTION, path=("3. Other",))),
            "the section's heading '3. Other' does not",
        ),
        (
            replace(RECORD, section=replace(SECTION, path=("1. X", "2. Results"))),
            "the headings ['1. X', '2. Results']",
        ),
        (item(start=0), "evidence 1: [0, "),
        (item(sha256="c" * 64), "evidence 1: its sha256 is not"),
        (item(text="other"), "evidence 1: its text is not the document's"),
        (
            item(start=ACROSS[0], end=ACROSS[1], sha256=sha256(DOCUMENT.text[slice(*ACROSS)]), text=None),
            f"evidence 1: [{ACROSS[0]}, {ACROSS[1]}) touches 2 regions of the document, not one",
        ),
        (item(page=7), "evidence 1: it stands on page 3, the record says 7"),
        (
            item(bbox=(10.0, 20.0, 100.0, 31.0)),
            "evidence 1: its box is [10.0, 20.0, 100.0, 30.0], the record says",
        ),
    ],
)
def test_whatever_does_not_fit_is_said(record, fault):
    assert str(fault_in_document(record, DOCUMENT)).startswith(fault)


def test_a_section_before_the_first_heading_needs_none():
    front = document(("Text", "An opening without a heading."), ("##", "1. Later"))
    end = front.text.index("\n")
    record = replace(
        RECORD,
        paper=replace(RECORD.paper, document_sha256=front.sha256),
        section=SectionInfo((), 0, end),
        chunk=ChunkInfo(0, 0, end, sha256(front.text[:end]), (1,)),
        evidence=evidence(front, [(0, end)], with_text=True),
        context=None,
    )
    assert fault_in_document(record, front) is None
