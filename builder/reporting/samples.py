"""Records drawn at random, each with its evidence as it stands on the page, as text, or with why neither is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from builder.pages import PagePicture, PageRenderer, PageView, PdfFinder
from builder.reporting.rows import EvidenceOfRow, PaperOfRow, RecordRow
from qagen.errors import PictureError
from qagen.records import BBox

_MARGIN = 24.0
"""Points of the page that are shown around the evidence."""
_SCALE = 2.0
"""Pixels a point: letters are sharp on paper and on screens of high density."""
_PAGES = 2
"""Of one record that are shown; evidence seldom stands on more."""
_BOXES = 50
"""Of one page that are shown."""
_SIDES = 4


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of a page with the evidence's boxes on it; `file` is the label of its paper."""

    page: int
    picture: PagePicture
    file: str


@dataclass(frozen=True, slots=True)
class SampleRecord:
    """A record that is shown.

    Attributes:
        row: the record.
        pages: those that its evidence stands on, ascending.
        texts: of its evidence, where the dataset has them.
        crops: of its pages, where the PDF is at hand.
        absent: why there is no crop; empty where there is one.
    """

    row: RecordRow
    pages: tuple[int, ...]
    texts: tuple[str, ...]
    crops: tuple[Crop, ...]
    absent: str


class EvidenceShow:
    """Shows the evidence of records.

    Args:
        finder: the PDFs that were named; None where none were.
        renderer: draws their pages.
    """

    def __init__(self, finder: PdfFinder | None, renderer: PageRenderer) -> None:
        self._finder, self._renderer = finder, renderer

    def samples(self, rows: Sequence[RecordRow]) -> tuple[SampleRecord, ...]:
        """The records with their evidence, in their order; pages of one PDF are drawn one after another."""
        by_paper = sorted(range(len(rows)), key=lambda place: (rows[place].paper.sha256, place))
        shown = {place: self._sample(rows[place]) for place in by_paper}
        return tuple(shown[place] for place in range(len(rows)))

    def _sample(self, row: RecordRow) -> SampleRecord:
        texts = tuple(item.text for _, evidence in row.shown for item in evidence if item.text)
        pages = tuple(sorted({item.page for item in row.evidence}))
        found = [self._crops(paper, evidence) for paper, evidence in row.shown]
        absent = next((why for _, why in found if why), "")
        return SampleRecord(row, pages, texts, tuple(crop for crops, _ in found for crop in crops), absent)

    def _crops(self, paper: PaperOfRow, evidence: Sequence[EvidenceOfRow]) -> tuple[tuple[Crop, ...], str]:
        if self._finder is None:
            return (), "no PDFs were named"
        if not evidence:
            return (), "the record names no evidence"
        path = self._finder.find(paper.sha256, paper.file)
        if path is None:
            return (), "its PDF is not among those that were named"
        try:
            return tuple(
                Crop(
                    page,
                    self._renderer.render(path, paper.sha256, PageView(page, boxes, _MARGIN, _SCALE)),
                    paper.file,
                )
                for page, boxes in _boxes(evidence)[:_PAGES]
            ), ""
        except PictureError as error:
            return (), error.line


def _boxes(evidence: Sequence[EvidenceOfRow]) -> list[tuple[int, tuple[BBox, ...]]]:
    """The boxes of each page, in the order of pages; what has not four sides is no box."""
    ordered = sorted(evidence, key=lambda item: item.page)
    found = []
    for page, items in groupby(ordered, key=lambda item: item.page):
        sides = [item.bbox for item in items if len(item.bbox) == _SIDES]
        found.append((page, tuple((box[0], box[1], box[2], box[3]) for box in sides[:_BOXES])))
    return found
