"""marker's provider, with each page opened once: what else is wanted of a page is read while it is open."""

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import pypdfium2
from ftfy import fix_text
from marker.providers import ProviderOutput
from marker.providers.pdf import PdfProvider
from marker.schema import BlockTypes
from marker.schema.polygon import PolygonBox
from marker.schema.registry import get_block_class
from pdftext.pdf.chars import deduplicate_chars, get_chars
from pdftext.pdf.pages import assign_scripts, get_lines, get_spans
from pdftext.postprocessing import handle_hyphens, postprocess_text

from qagen.convert.rules.gutters import parted

_SCRIPT_HEIGHT, _SCRIPT_DISTANCE = 0.7, 0.1
"""Where pdftext takes a span for a superscript or subscript; marker's provider leaves these as they are."""

Visit = Callable[[pypdfium2.PdfPage, pypdfium2.PdfTextPage, int, list[ProviderOutput]], None]


class TextLayer(PdfProvider):  # type: ignore[misc]  # marker has no types
    """marker's provider, that keeps every page with text: what looks garbled is for the reader to judge."""

    page_range: Sequence[int]
    page_bboxes: dict[int, list[float]]
    step: Callable[[int], None] = staticmethod(lambda _: None)
    """Called before each page with the number 1, so that somebody can see that there is progress."""
    turns: dict[int, list[int]]
    """For each page the quarter turns, clockwise, by which each line is turned as displayed."""
    visit: Visit = staticmethod(lambda *_: None)
    """Called with each page while it is open, its text, its index and its lines, which it may change."""

    def pdftext_extraction(self, doc: pypdfium2.PdfDocument) -> dict[int, list[ProviderOutput]]:
        """The lines of the wanted pages."""
        found = {}
        self.page_bboxes, self.turns = {}, {}
        for index in self.page_range:
            self.step(1)
            page = doc[index]
            text = page.get_textpage()
            try:
                outputs = self._outputs(page, text, index)
                self.page_bboxes[index] = [0, 0, *_size(page)]
                self.visit(page, text, index, outputs)
            finally:
                text.close()
                page.close()
            if outputs:
                found[index] = outputs
        return found

    def _outputs(
        self, page: pypdfium2.PdfPage, text: pypdfium2.PdfTextPage, index: int
    ) -> list[ProviderOutput]:
        """A page's lines; none where there is nothing but blanks."""
        chars = get_chars(text, page.get_bbox(), page.get_rotation(), quote_loosebox=False)
        spans = get_spans(
            parted(deduplicate_chars(chars)), _SCRIPT_HEIGHT, _SCRIPT_DISTANCE, need_chars=False
        )
        lines = get_lines(spans)
        assign_scripts(lines, _SCRIPT_HEIGHT, _SCRIPT_DISTANCE)
        self.turns[index] = [_turn(line, page.get_rotation()) for line in lines]
        formats: dict[tuple[int, str], list[str]] = {}
        found = [self._output(line, index, formats) for line in lines]
        return found if any(span.text.strip() for output in found for span in output.spans) else []

    def _output(
        self, line: dict[str, Any], index: int, formats: dict[tuple[int, str], list[str]]
    ) -> ProviderOutput:
        spans = []
        for span in line["spans"]:
            text = handle_hyphens(postprocess_text(span["text"]), keep_hyphens=True)
            if text:
                spans.append(self._span(span, mended(text), index, formats))
        return ProviderOutput(
            line=get_block_class(BlockTypes.Line)(polygon=polygon_of(line["bbox"].bbox), page_id=index),
            spans=spans,
            chars=[[]] * len(spans),
        )

    def _span(
        self, span: dict[str, Any], text: str, index: int, formats: dict[tuple[int, str], list[str]]
    ) -> Any:
        font = span["font"]
        look = (font["flags"], font["name"])
        if look not in formats:
            formats[look] = sorted(
                self.font_flags_to_format(font["flags"]) | self.font_names_to_format(font["name"])
            )
        script = span["superscript"] or span["subscript"]
        return get_block_class(BlockTypes.Span)(
            polygon=polygon_of(span["bbox"].bbox),
            text=text.strip() if script else text,
            font=font["name"] or "Unknown",
            font_weight=font["weight"] or 0,
            font_size=font["size"] or 0,
            minimum_position=span["char_start_idx"],
            maximum_position=span["char_end_idx"],
            formats=list(formats[look]),
            page_id=index,
            text_extraction_method="pdftext",
            url=span["url"],
            has_superscript=span["superscript"],
            has_subscript=span["subscript"],
        )


def _size(page: pypdfium2.PdfPage) -> tuple[int, int]:
    """Width and height as pdftext gives them: rounded up before the page is turned."""
    left, bottom, right, top = page.get_bbox()
    width, height = math.ceil(abs(right - left)), math.ceil(abs(top - bottom))
    return (height, width) if page.get_rotation() in (90, 270) else (width, height)


def _turn(line: dict[str, Any], rotation: int) -> int:
    """By how many quarters a line is turned clockwise on a page that is itself turned; its longest span says it."""
    main = max(line["spans"], key=lambda span: len(span["text"].strip()))
    return round((math.degrees(main["rotation"]) + rotation) / 90) % 4


def polygon_of(box: Sequence[float]) -> PolygonBox:
    """Marker's polygon of a box, at least a point wide and high."""
    x0, y0, x1, y1 = box
    x1, y1 = max(x1, x0 + 1), max(y1, y0 + 1)
    return PolygonBox.model_construct(polygon=[[x0, y0], [x1, y0], [x1, y1], [x0, y1]])


@lru_cache(maxsize=10_000)
def mended(text: str) -> str:
    """Text as ftfy mends it, with plain blanks; it has nothing to do where all is ASCII and no entity."""
    if text.isascii() and "&" not in text and text.replace("\n", "").isprintable():
        return text
    fixed: str = PdfProvider.normalize_spaces(fix_text(text))
    return fixed
