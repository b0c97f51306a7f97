"""What a conversion depends on: the converter, the libraries that read the PDF, and the source of the rules."""

import re
from collections.abc import Sequence
from functools import cache
from importlib import metadata
from pathlib import Path

from qagen.convert.job import Mode
from qagen.convert.modes import mode_of
from qagen.convert.ocr import packages
from qagen.convert.store import FORMAT
from qagen.records import Document, canonical_json, sha256
from qagen.settings import ConvertSettings

CONVERTER = "rules-2"
"""Name and version of the weight-free layout, as records name it."""

_LIBRARIES = ("pypdfium2", "ftfy", "pypdf")
_MARKER_LIBRARIES = ("marker-pdf", "pdftext", "markdownify", "surya-ocr")
_ELSEWHERE = re.compile(r"_(URL|HOST|PORT|TIMEOUT\w*|PARALLEL|AUTOSTART|KEEP_ALIVE|KEY|BINARY|GPUS|WAIT_MS)$")
"""Settings of marker's models that say where and how fast they run, not what they answer."""
_HERE = Path(__file__).parent


def fingerprint(settings: ConvertSettings) -> str:
    """Sixteen hex digits that change with everything that can change a document, and with nothing else.

    Deadlines, memory limit, passwords and number of workers are not part of it: a conversion that they cut short is not kept.

    Raises:
        ConverterMissing, SettingsError: as `mode_of` does.
    """
    mode = mode_of(settings)
    modelled = mode.name != "rules"
    names = _LIBRARIES + (_MARKER_LIBRARIES if modelled else ())
    libraries = [f"{library} {version(library)}" for library in names]
    value = [mode.name, CONVERTER, FORMAT, libraries, mode.range_pages, _source(modelled)]
    if not modelled:
        value += [mode.ocr, packages.identity(), _source_of_ocr()] if mode.ocr != "none" else []
    else:
        surya = {name: told for name, told in mode.surya.items() if not _ELSEWHERE.search(name)}
        value += [mode.ocr, mode.options, surya]
    return sha256(canonical_json(value))[:16]


def label(mode: Mode, *, by_ocr: bool = False) -> str:
    """The converter as a document names it, with the versions that it stands on.

    Args:
        mode: how it was read.
        by_ocr: whether the rules had some of its pages read by OCR.
    """
    if mode.name == "rules":
        return f"{CONVERTER} pypdfium2-{version('pypdfium2')}" + (
            f" {packages.name()} (OCR)" if by_ocr else ""
        )
    marker = f"marker-{version('marker-pdf')}"
    ocr = {"none": "no OCR", "needed": "OCR where needed", "all": "OCR"}[mode.ocr]
    return f"{mode.name} {marker} surya-{version('surya-ocr')} ({ocr})"


def converter_name(document: Document, settings: ConvertSettings) -> str:
    """The converter as a record names it: the document's, and why it is not a better one."""
    note = mode_of(settings).note
    return f"{document.converter} ({note})" if note else document.converter


@cache
def version(library: str) -> str:
    """Looked up once: reading what a package says of itself takes longer than all else here."""
    return metadata.version(library)


@cache
def _source_of_ocr() -> str:
    return _hash([*(_HERE / "ocr").rglob("*.py"), _HERE / "pictures.py"])


@cache
def _source(modelled: bool) -> str:
    """One hash over the source that makes documents."""
    files = [
        *(_HERE / "rules").rglob("*.py"),
        _HERE / "provenance.py",
        _HERE / "placeholders.py",
        _HERE / "ranges.py",
        _HERE / "quality.py",
    ]
    files += [_HERE / name for name in ("modelled.py", "marked.py", "marked_lines.py")] if modelled else []
    return _hash(files)


def _hash(files: Sequence[Path]) -> str:
    """Of files of source, whatever the line ends of the checkout."""
    named = [[path.relative_to(_HERE).as_posix(), path.read_text("utf-8")] for path in sorted(files)]
    return sha256(canonical_json(named))
