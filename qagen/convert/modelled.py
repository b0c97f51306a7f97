"""marker's own modes: its pipeline with its models, and the renderer of all modes behind it.

The models themselves are in servers (`qagen.convert.servers`); this runs in a worker, which holds none.
"""

import html
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pypdfium2
from marker.builders.document import DocumentBuilder
from marker.builders.line import LineBuilder
from marker.builders.ocr import OcrBuilder
from marker.builders.structure import StructureBuilder
from marker.converters.pdf import PdfConverter
from marker.models import create_model_dict
from marker.providers import ProviderOutput
from marker.providers.pdf import PdfProvider
from marker.schema import BlockTypes
from marker.schema.blocks import Block as MarkerBlock
from marker.schema.blocks import BlockOutput
from marker.schema.document import Document as MarkerDocument
from PIL import Image

from qagen.convert.fingerprint import label
from qagen.convert.job import Mode
from qagen.convert.marked import END, START, ProvenanceRenderer, without_marks
from qagen.convert.marked_lines import clean_line, shift_of
from qagen.convert.pictures import without_giant_images
from qagen.convert.provenance import Place, Rendered, assembled
from qagen.convert.rules.cleaning import clean
from qagen.convert.rules.metadata import metadata_of_text, read_info
from qagen.convert.store import Conversion, PageRead
from qagen.errors import ConversionError
from qagen.reasons import Reason
from qagen.records import BBox, Document

_MOST_PIXELS = 40_000_000
"""Pixels of a page's picture, at most: a page of several square metres is drawn more coarsely."""
_TABLES = (BlockTypes.Table, BlockTypes.TableOfContents, BlockTypes.Form)
_ID = re.compile(f"{START}([\ufde0-\ufdef]+)\ufdd2")
_DIGIT = 0xFDE0
"""Noncharacters that write a number in hexadecimal behind a mark, until the order of the marks is known."""


class _Provider(PdfProvider):  # type: ignore[misc]  # marker has no types
    """marker's provider with cleaned characters and true coordinates, that draws nothing that would take all memory."""

    page_bboxes: dict[int, list[float]]

    def pdftext_extraction(self, doc: pypdfium2.PdfDocument) -> dict[int, list[ProviderOutput]]:
        """The text layer of the wanted pages."""
        found: dict[int, list[ProviderOutput]] = super().pdftext_extraction(doc)
        for index, outputs in found.items():
            page = doc[index]
            left, bottom, right, top = page.get_bbox()
            shift = shift_of(right - left, top - bottom, page.get_rotation())
            page.close()
            for output in outputs:
                clean_line(output, shift)
        return found

    def get_images(self, idxs: Sequence[int], dpi: int) -> list[Image.Image]:
        """Pictures of pages."""
        with self.get_doc() as document:
            return [self._picture(document, index, dpi) for index in idxs]

    def _picture(self, document: pypdfium2.PdfDocument, index: int, dpi: int) -> Image.Image:
        page = document[index]
        width, height = page.get_size()
        across, down = width * dpi / 72, height * dpi / 72
        if across * down > _MOST_PIXELS:
            dpi = max(1, int(dpi * (_MOST_PIXELS / (across * down)) ** 0.5))
        if without_giant_images(page):
            drawn: Image.Image = page.render(scale=dpi / 72, draw_annots=False).to_pil().convert("RGB")
            page.close()
            return drawn
        page.close()
        picture: Image.Image = self._render_image(document, index, dpi, self.flatten_pdf)
        return picture


class _Converter(PdfConverter):  # type: ignore[misc]  # marker has no types
    """marker's converter with the provider above."""

    def build_document(self, filepath: str) -> MarkerDocument:
        """All of marker's stages but the rendering."""
        provider = _Provider(filepath, self.config)
        layout = self.resolve_dependencies(self.layout_builder_class)
        lines = self.resolve_dependencies(LineBuilder)
        document = DocumentBuilder(self.config)(
            provider, layout, lines, self.resolve_dependencies(OcrBuilder)
        )
        self.resolve_dependencies(StructureBuilder)(document)
        for process in self.processor_list:
            process(document)
        return document


def reader(mode: Mode) -> Callable[[Path, str, Sequence[int] | None, Callable[[int], None]], Conversion]:
    """What converts PDFs in one of marker's own modes."""
    converter = _converter(mode)

    def read(
        path: Path, paper_sha256: str, wanted: Sequence[int] | None, step: Callable[[int], None]
    ) -> Conversion:
        with pypdfium2.PdfDocument(path) as pdf:
            pages, info = len(pdf), read_info(pdf)
        step(len(wanted or range(pages)))
        converter.config["page_range"] = list(wanted or range(pages))
        document = converter.build_document(str(path))
        rendered, dropped = _rendered(document)
        by_ocr = frozenset(page.page_id for page in document.pages if page.text_extraction_method == "surya")
        rendered = [replace(part, ocr=by_ocr) for part in rendered]
        text, blocks = assembled(rendered)
        if not text:
            raise _nothing(mode, len(document.pages))
        start = document.pages[0].page_id
        shown = [part.text.lstrip("# ") for part in rendered if part.pages[:1] == (start,)]
        titled = next((at for at, part in enumerate(rendered) if part.level == 1), len(shown))
        about = metadata_of_text(shown[titled : titled + 4], " ".join(shown), text, info, pages)
        return Conversion(
            Document(paper_sha256, text, blocks, about, label(mode)),
            dropped,
            ocr=tuple(PageRead(index + 1) for index in sorted(by_ocr)),
        )

    return read


def _converter(mode: Mode) -> _Converter:
    config = {
        "disable_tqdm": True,
        "disable_links": True,
        **mode.options,
        "mode": mode.name.removeprefix("marker-"),
        "disable_ocr": mode.ocr == "none",
        "force_ocr": mode.ocr == "all",
        "pdftext_workers": 1,
        "extract_images": False,
    }
    return _Converter(artifact_dict=create_model_dict(), config=config)


def _nothing(mode: Mode, pages: int) -> ConversionError:
    hint = (
        "OCR found none either"
        if mode.ocr != "none"
        else "run again with --ocr always, which needs marker's vision model"
    )
    return ConversionError(
        Reason.NO_TEXT_LAYER, f"no text on {pages} page(s), only pictures or nothing; {hint}"
    )


def _rendered(document: MarkerDocument) -> tuple[list[Rendered], dict[str, int]]:
    """All blocks as markdown, in reading order, and how many characters are left out, by kind."""
    _clean_html(document)
    renderer = ProvenanceRenderer()
    groups: list[_Group] = []
    dropped: Counter[str] = Counter()
    for page in document.pages:
        output = page.render(document, None, {}, renderer.block_config)
        for child in output.children:
            block = document.get_block(child.id)
            _keep_lines(block, child)
            places: dict[int, tuple[int, BBox]] = {}
            _mark(child, places)
            markup = renderer.splice_content_refs(document, child, {})
            if not _text_of(markup):
                dropped[_snake(block.block_type.name)] += len("".join(block.raw_text(document).split()))
                continue
            if not (groups and groups[-1].goes_on):
                groups.append(_Group(block))
            groups[-1].add(block, markup, places)
    return [group.rendered(renderer) for group in groups], {
        kind: count for kind, count in sorted(dropped.items()) if count
    }


class _Group:
    """A block, with those that go on with it in the next column or on the next page."""

    def __init__(self, block: MarkerBlock) -> None:
        self.type = block.block_type.name
        self.level = getattr(block, "heading_level", None) if self.type == "SectionHeader" else None
        self.goes_on = False
        self._markup: list[str] = []
        self._places: list[Place] = []
        self._pages: list[int] = []

    def add(self, block: MarkerBlock, markup: str, places: dict[int, tuple[int, BBox]]) -> None:
        """A block's HTML, its marks numbered; `places` has the page and box of each."""
        self.goes_on = bool(getattr(block, "has_continuation", False))
        column: tuple[int, ...] = ()
        for number in _numbers(markup):
            page, box = places[number]
            if (page,) != column:
                self._pages.append(page)
                column = (page,)
            self._places.append(Place(len(self._pages) - 1, box))
        self._markup.append(_ID.sub(START, markup))

    def rendered(self, renderer: ProvenanceRenderer) -> Rendered:
        """The markdown."""
        marked = renderer.marked("".join(self._markup))
        return without_marks(
            self.type,
            self.level or (2 if self.type == "SectionHeader" else None),
            marked,
            self._places,
            tuple(self._pages),
        )


def _clean_html(document: MarkerDocument) -> None:
    """No control characters and none of our marks in what a model wrote."""
    for page in document.pages:
        for block in page.children or ():
            for name in ("html", "code", "description"):
                value = getattr(block, name, None)
                if isinstance(value, str) and value:
                    setattr(block, name, clean(value if name == "code" else _no_references(value)))


def _no_references(value: str) -> str:
    """HTML whose character references are none of the characters that no document may hold."""
    return re.sub(r"&#(?:x[0-9a-f]+|\d+);", lambda match: _written(match[0]), value, flags=re.IGNORECASE)


def _written(reference: str) -> str:
    return html.escape(clean(html.unescape(reference)))


def _keep_lines(block: MarkerBlock, output: BlockOutput) -> None:
    """Show a table's lines where marker found no cells: it would leave them out in silence."""
    if block.block_type not in _TABLES or getattr(block, "html", None):
        return
    lines = [child for child in output.children or [] if child.id.block_type is BlockTypes.Line]
    if lines and not any(child.id.block_type is BlockTypes.TableCell for child in output.children or []):
        output.html = (
            "<p>" + "<br>".join(f"<content-ref src='{line.id}'></content-ref>" for line in lines) + "</p>"
        )


def _mark(output: BlockOutput, places: dict[int, tuple[int, BBox]]) -> None:
    """Put marks around what has a place: each line of the text layer, and each block that a model wrote as a whole."""
    inner = [child for child in output.children or [] if child.id.block_type is not BlockTypes.Reference]
    if output.id.block_type is not BlockTypes.Line and any(str(child.id) in output.html for child in inner):
        for child in inner:
            _mark(child, places)
        return
    if not _text_of(output.html):
        return
    number = _number(output, places)
    digits = "".join(chr(_DIGIT + int(digit, 16)) for digit in f"{number:x}")
    output.html = f"{START}{digits}\ufdd2{output.html}{END}"


def _number(output: BlockOutput, places: dict[int, tuple[int, BBox]]) -> int:
    number = len(places)
    x0, y0, x1, y1 = output.polygon.bbox
    places[number] = (output.id.page_id, (float(x0), float(y0), float(x1), float(y1)))
    return number


def _numbers(markup: str) -> Iterator[int]:
    for match in _ID.finditer(markup):
        yield int("".join(f"{ord(digit) - _DIGIT:x}" for digit in match[1]), 16)


def _text_of(markup: str) -> str:
    """What of some HTML is text, or stands for some."""
    bare = re.sub(r"<content-ref[^>]*></content-ref>|<(?!math|img|input)[^>]*>", "", markup)
    return re.sub(f"[{START}{END}\ufdd2\ufde0-\ufdef\\s]", "", bare)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
