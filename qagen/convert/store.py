"""A conversion as a folder: document.md, blocks.jsonl, meta.json, or failure.json.

meta.json is written last and carries the hash of the other two, so that a folder that was cut off is no conversion.
"""

import json
import os
import shutil
import stat
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from qagen.errors import ConversionError
from qagen.reasons import Reason
from qagen.records import BBox, Block, Document, Line, Metadata, Region, sha256
from qagen.workspace import translate_os_errors, write_atomically

FORMAT = 2
"""Version of the files' shape."""

RETRIED = frozenset({Reason.TIMED_OUT, Reason.CRASHED, Reason.OUT_OF_MEMORY})
"""Failures that say more about the machine or the hour than about the PDF: the next run tries again."""

_DAMAGE = (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True, slots=True)
class PageRead:
    """A page that was read by OCR.

    Attributes:
        page: counted from 1.
        confidence: the mean over its characters, in [0, 1]; None where the reader does not say it.
        turn: quarter turns, clockwise, that its text is turned by as displayed.
        skew: degrees, clockwise, that its lines are inclined by once it is turned upright.
    """

    page: int
    confidence: float | None = None
    turn: int = 0
    skew: float = 0.0


@dataclass(frozen=True)
class Conversion:
    """A document and what was left out of it.

    Attributes:
        dropped: characters (without blanks) that stand in the PDF and not in the document, by kind:
            page_header, page_footer, line_number, figure, unreadable, ...
        warnings: what a reader of the document should know, one sentence each.
        ocr: the pages that were read by OCR.
    """

    document: Document
    dropped: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    ocr: tuple[PageRead, ...] = ()


def save(folder: Path, conversion: Conversion) -> None:
    """Write a conversion, meta.json last.

    Raises:
        WorkspaceError: where the disk is full or the folder cannot be written.
    """
    document = conversion.document
    blocks = "".join(_line(_block_to_json(block)) for block in document.blocks)
    write_atomically(folder / "document.md", document.text)
    write_atomically(folder / "blocks.jsonl", blocks)
    meta = {
        "format": FORMAT,
        "paper_sha256": document.paper_sha256,
        "document_sha256": document.sha256,
        "blocks_sha256": sha256(blocks),
        "converter": document.converter,
        "fingerprint": folder.name.removeprefix("convert-"),
        "metadata": asdict(document.metadata),
        "dropped": conversion.dropped,
        "ocr": [asdict(page) for page in conversion.ocr],
        "warnings": list(conversion.warnings),
    }
    write_atomically(
        folder / "meta.json", json.dumps(meta, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    )
    (folder / "failure.json").unlink(missing_ok=True)


def take_over(staged: Path, folder: Path) -> None:
    """Bring what a worker saved in a folder of its own to where it belongs, meta.json last; nothing but these files is taken.

    Raises:
        WorkspaceError: where the folder cannot be written.
    """
    for name in ("document.md", "blocks.jsonl", "meta.json"):
        with translate_os_errors(staged):
            try:
                opened = os.open(
                    staged / name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
                )
            except FileNotFoundError:
                return  # whoever reads the folder finds that there is no conversion
            with open(opened, "rb") as file:
                if not stat.S_ISREG(os.fstat(opened).st_mode):
                    return
                data = file.read()
        write_atomically(folder / name, data)
    (folder / "failure.json").unlink(missing_ok=True)
    shutil.rmtree(staged, ignore_errors=True)


def save_failure(folder: Path, failure: ConversionError) -> None:
    """Write why there is no document.

    Raises:
        WorkspaceError: where the disk is full or the folder cannot be written.
    """
    write_atomically(
        folder / "failure.json",
        _line({"reason": str(failure.reason), "detail": failure.message, "remedy": failure.remedy}),
    )


def load(folder: Path, paper_sha256: str) -> Document | ConversionError | None:
    """What an earlier run left in a conversion's folder.

    Returns:
        The document; or the failure, where trying again would end the same; or None where there is nothing, or
        something that is damaged, cut off, of another paper, or worth another try.
    """
    return _load_document(folder, paper_sha256) or _load_failure(folder)


def find(paper: Path, paper_sha256: str, document_sha256: str) -> Document | None:
    """The kept document of a paper that has a sha256, whatever converter made it; None where there is none.

    Args:
        paper: the paper's folder in a workspace.
        paper_sha256: of the PDF's bytes.
        document_sha256: of the document's text.
    """
    for folder in sorted(paper.glob("convert-*")):
        found = load(folder, paper_sha256)
        if isinstance(found, Document) and found.sha256 == document_sha256:
            return found
    return None


def reason_of(value: str) -> Reason:
    """The reason that is written like this.

    Raises:
        ValueError: where there is none.
    """
    found = next((reason for reason in Reason if reason == value), None)
    if found is None:
        raise ValueError(f"{value!r} is no reason")
    return found


def _load_document(folder: Path, paper_sha256: str) -> Document | None:
    try:
        meta = json.loads((folder / "meta.json").read_bytes())
        text = (folder / "document.md").read_bytes().decode("utf-8")
        blocks = (folder / "blocks.jsonl").read_bytes().decode("utf-8")
        expected = (FORMAT, paper_sha256, sha256(text), sha256(blocks))
        if (meta["format"], meta["paper_sha256"], meta["document_sha256"], meta["blocks_sha256"]) != expected:
            return None
        document = Document(
            paper_sha256=paper_sha256,
            text=text,
            blocks=tuple(_block_from_json(json.loads(line)) for line in blocks.split("\n") if line),
            metadata=Metadata(**{**meta["metadata"], "authors": tuple(meta["metadata"]["authors"])}),
            converter=meta["converter"],
            warnings=tuple(map(str, meta["warnings"])),
        )
    except _DAMAGE:
        return None
    return document if _is_sound(document) else None


def _is_sound(document: Document) -> bool:
    """Whether a document that was read is one that could have been written: types, tiling, places inside."""
    data = document.metadata
    if not isinstance(data.origins, dict):
        return False
    texts = (
        data.title,
        data.doi,
        data.license,
        data.language,
        *data.authors,
        *data.origins.values(),
        document.converter,
    )
    numbers = (data.year, data.pages)
    if not all(text is None or isinstance(text, str) for text in texts):
        return False
    if not all(number is None or isinstance(number, int) for number in numbers):
        return False
    end = 0
    for block in document.blocks:
        places = [(region.start, region.end) for region in block.regions]
        inside = all(block.start <= start <= stop <= block.end for start, stop in places)
        if (
            block.start != end
            or not inside
            or not 0 <= block.quality <= 1
            or not all(1 <= region.page <= (data.pages or region.page) for region in block.regions)
        ):
            return False
        end = block.end
    return end == len(document.text)


def _load_failure(folder: Path) -> ConversionError | None:
    try:
        failure = json.loads((folder / "failure.json").read_bytes())
        reason = reason_of(failure["reason"])
        if reason in RETRIED:
            return None
        return ConversionError(reason, str(failure["detail"]), str(failure.get("remedy", "")))
    except _DAMAGE:
        return None


def _line(value: dict[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def _block_to_json(block: Block) -> dict[str, object]:
    return {
        "start": block.start,
        "end": block.end,
        "type": block.type,
        "level": block.level,
        "quality": block.quality,
        "regions": [
            {
                "start": region.start,
                "end": region.end,
                "page": region.page,
                "bbox": list(region.bbox),
                "lines": [[line.start, line.end, *line.bbox] for line in region.lines],
                **({"ocr": True} if region.ocr else {}),
            }
            for region in block.regions
        ],
    }


def _block_from_json(value: dict[str, Any]) -> Block:
    return Block(
        start=value["start"],
        end=value["end"],
        type=value["type"],
        level=value["level"],
        quality=float(value["quality"]),
        regions=tuple(
            Region(
                start=region["start"],
                end=region["end"],
                page=region["page"],
                bbox=_bbox(region["bbox"]),
                lines=tuple(Line(line[0], line[1], _bbox(line[2:])) for line in region["lines"]),
                ocr=region.get("ocr", False),
            )
            for region in value["regions"]
        ),
    )


def _bbox(values: list[float]) -> BBox:
    x0, y0, x1, y1 = values
    return (x0, y0, x1, y1)
