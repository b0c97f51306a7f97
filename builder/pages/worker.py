"""The process that draws pages: one line of JSON asks for a view, one answers. It ends when its parent does.

It is confined like a converting process (`qagen.convert.sandbox`): no network, no program, no file but in its scratch folder.
"""

import base64
import json
import math
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image

from builder.pages.pictures import MAX_PIXELS, MAX_SIDE, REQUEST, DrawingRequest, PageView
from qagen.convert.locks import open_unlocked
from qagen.convert.private_copy import private_copy
from qagen.convert.sandbox import confine
from qagen.convert.worker import die_with_parent, limit_memory, own_stdout
from qagen.errors import QagenError
from qagen.records import BBox

_QUALITY = 80
"""Of WebP: letters of a page at 144 dpi show no rings, at a third of the bytes of a PNG."""
_LEAST_SIDE = 1.0
"""Points. A page that is thinner shows nothing."""


class Drawer:
    """Draws views; the last PDF stays open, since records of one paper come together."""

    def __init__(self) -> None:
        self._held = ExitStack()
        self._open: tuple[DrawingRequest, pdfium.PdfDocument] | None = None

    def answer(self, request: DrawingRequest) -> dict[str, object]:
        """A `DrawingAnswer` as JSON."""
        try:
            return _drawn(self._document(request), request.view)
        except QagenError as error:
            return {"fault": error.message, "remedy": error.remedy}
        except (pdfium.PdfiumError, ValueError, OSError) as error:
            return {"fault": f"page {request.view.page} cannot be drawn: {error}"}
        except MemoryError:
            return {"fault": f"page {request.view.page} needs more memory than drawing it may take"}

    def close(self) -> None:
        """Close the PDF, and remove its copy."""
        self._open = None
        self._held.close()

    def _document(self, request: DrawingRequest) -> pdfium.PdfDocument:
        if self._open is not None and (self._open[0].path, self._open[0].sha256) == (
            request.path,
            request.sha256,
        ):
            return self._open[1]
        self.close()
        copy = self._held.enter_context(private_copy(request.path, request.sha256, request.scratch))
        path = self._held.enter_context(open_unlocked(copy, request.passwords, request.scratch))
        document = self._held.enter_context(_opened(path))
        self._open = (request, document)
        return document


@contextmanager
def _opened(path: Path) -> Iterator[pdfium.PdfDocument]:
    document = pdfium.PdfDocument(path)
    try:
        document.init_forms()  # what somebody filled in is on the page
        yield document
    finally:
        document.close()


def _drawn(document: pdfium.PdfDocument, view: PageView) -> dict[str, object]:
    if not 1 <= view.page <= len(document):
        raise ValueError(f"the PDF has {len(document)} pages")
    page = document[view.page - 1]
    try:
        width, height = page.get_size()
        if not min(width, height) >= _LEAST_SIDE:
            raise ValueError(f"it measures {width:g} x {height:g} points")
        shown = _shown(view, width, height)
        scale = _scale(view.scale, shown)
        crop = (shown[0], height - shown[3], width - shown[2], shown[1])
        bitmap = page.render(scale=scale, crop=crop, rev_byteorder=True)
        image = bitmap.to_pil()
        pixels = (math.ceil(width * scale) / width, math.ceil(height * scale) / height)
        corner = (math.ceil(crop[0] * scale), math.ceil(crop[3] * scale))
        boxes = [_inside(box, pixels, corner, image.size) for box in view.boxes]
        content = _encoded(image)
    finally:
        page.close()
    return {
        "content": base64.b64encode(content).decode("ascii"),
        "width": image.width,
        "height": image.height,
        "boxes": boxes,
        "pages": len(document),
    }


def _shown(view: PageView, width: float, height: float) -> BBox:
    """What is shown of a page of so many points: around the boxes, or all; never less than a point of it."""
    if view.margin is None or not view.boxes:
        return 0.0, 0.0, width, height
    lefts, tops, rights, bottoms = zip(*view.boxes, strict=True)
    x0, x1 = _part(min(lefts) - view.margin, max(rights) + view.margin, width)
    y0, y1 = _part(min(tops) - view.margin, max(bottoms) + view.margin, height)
    return x0, y0, x1, y1


def _part(start: float, end: float, whole: float) -> tuple[float, float]:
    """The part of [0, whole] that is wanted; all of it where the two do not meet."""
    low, high = max(0.0, start), min(whole, end)
    return (low, high) if high - low >= _LEAST_SIDE else (0.0, whole)


def _scale(wanted: float, shown: BBox) -> float:
    """Pixels a point, so few that the picture keeps to its limits."""
    width, height = shown[2] - shown[0], shown[3] - shown[1]
    most = min((MAX_SIDE - 2) / max(width, height), math.sqrt(MAX_PIXELS / (width * height)))
    return min(wanted, most)


def _inside(
    box: BBox, pixels: tuple[float, float], corner: tuple[int, int], size: tuple[int, int]
) -> tuple[float, float, float, float]:
    """A box of the page as fractions of the picture: left, top, width, height."""
    x0, x1 = (_fraction(box[side] * pixels[0] - corner[0], size[0]) for side in (0, 2))
    y0, y1 = (_fraction(box[side] * pixels[1] - corner[1], size[1]) for side in (1, 3))
    return x0, y0, max(0.0, x1 - x0), max(0.0, y1 - y0)


def _fraction(place: float, size: int) -> float:
    return min(1.0, max(0.0, place / size))


def _encoded(image: Image.Image) -> bytes:
    out = BytesIO()
    image.convert("RGB").save(out, format="WEBP", quality=_QUALITY, method=4)
    return out.getvalue()


def main() -> None:
    """Answer requests until an empty line comes, or stdin ends."""
    answers = own_stdout()
    die_with_parent(int(sys.argv[1]))
    limit_memory(int(sys.argv[2]))
    writable, ports = json.loads(sys.argv[3])
    Image.init()  # its parts are loaded before nothing can be any more
    confine([Path(place) for place in writable], ports)
    drawer = Drawer()
    try:
        for line in iter(sys.stdin.readline, "\n"):
            if not line:
                break
            answers.write(json.dumps(drawer.answer(REQUEST.validate_json(line))) + "\n")
            answers.flush()
    finally:
        drawer.close()


if __name__ == "__main__":
    main()
