"""What is wanted of a page, and its picture: frozen values, and the lines in which they travel to the process that draws."""

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from qagen.records import BBox

MEDIA_TYPE = "image/webp"
MAX_SIDE = 4096
"""Pixels that a picture has at most, across and down."""
MAX_PIXELS = 6_000_000
MAX_BYTES = 8 * 2**20
"""A picture of more is none: WebP of so many pixels is smaller."""

_SIDES = ("left", "top", "width", "height")
_Fraction = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True, slots=True)
class PageView:
    """What is wanted of a page.

    Attributes:
        page: counted from 1.
        boxes: left, top, right, bottom in points from the top left of the page as displayed, as evidence has them.
        margin: points that are shown around all boxes together; None, or no box, shows the whole page.
        scale: pixels a point, 1 is 72 dpi; less is taken where the picture would be larger than `MAX_SIDE` or `MAX_PIXELS`.
    """

    page: int
    boxes: tuple[BBox, ...] = ()
    margin: float | None = None
    scale: float = 2.0


@dataclass(frozen=True, slots=True)
class FractionBox:
    """A box inside a picture, each in [0, 1] of the picture's width or height."""

    left: _Fraction
    top: _Fraction
    width: _Fraction
    height: _Fraction


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A picture of a page, or of a part of it.

    Attributes:
        content: the bytes of a WebP file.
        width, height: in pixels.
        boxes: those of the view in its order, cut off at the picture's edges; one that lies outside has no width or no height.
        pages: how many the PDF has.
    """

    content: bytes
    width: Annotated[int, Field(ge=1, le=MAX_SIDE)]
    height: Annotated[int, Field(ge=1, le=MAX_SIDE)]
    boxes: tuple[FractionBox, ...]
    pages: Annotated[int, Field(ge=1)]

    @property
    def data_url(self) -> str:
        """The picture as the address of an image in a page that needs nothing else."""
        return f"data:{MEDIA_TYPE};base64,{base64.b64encode(self.content).decode('ascii')}"


@dataclass(frozen=True, slots=True)
class DrawingRequest:
    """One line to the process that draws: the file, the sha256 that its bytes must have, passwords to try, and the view."""

    path: Path
    sha256: str
    scratch: Path
    passwords: tuple[str, ...]
    view: PageView


class DrawingAnswer(BaseModel):
    """One line from it: a picture, or why there is none. The process read a hostile PDF: its word is checked like one from outside."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fault: str = ""
    remedy: str = ""
    content: Base64Bytes = b""
    width: int = 1
    height: int = 1
    boxes: tuple[tuple[float, float, float, float], ...] = ()
    pages: int = 1


REQUEST: TypeAdapter[DrawingRequest] = TypeAdapter(DrawingRequest)
_PICTURE: TypeAdapter[PagePicture] = TypeAdapter(PagePicture)


def picture_of(answer: DrawingAnswer, boxes: int) -> PagePicture | None:
    """The picture that an answer has; None where it cannot be one with so many boxes."""
    content = answer.content
    is_webp = content[:4] == b"RIFF" and content[8:12] == b"WEBP" and len(content) <= MAX_BYTES
    if not is_webp or len(answer.boxes) != boxes:
        return None
    try:
        found = [dict(zip(_SIDES, box, strict=True)) for box in answer.boxes]
        return _PICTURE.validate_python(
            {**answer.model_dump(exclude={"fault", "remedy", "content"}), "content": content, "boxes": found}
        )
    except ValidationError:
        return None
