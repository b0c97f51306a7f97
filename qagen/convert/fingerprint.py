"""What a conversion depends on: the converter, the libraries that read the PDF, and the source of the rules."""

from functools import cache
from importlib.metadata import version
from pathlib import Path

from qagen.convert.store import FORMAT
from qagen.records import canonical_json, sha256
from qagen.settings import ConvertSettings

CONVERTER = "rules-1"
"""Name and version of the weight-free layout, as records name it."""

_LIBRARIES = ("marker-pdf", "pdftext", "pypdfium2")
_HERE = Path(__file__).parent


def fingerprint(settings: ConvertSettings) -> str:
    """Sixteen hex digits that change with everything that can change a document, and with nothing else.

    Deadline, memory limit and number of workers are not part of it: a conversion that they cut short is not kept.
    """
    name = "rules" if settings.converter == "auto" else settings.converter
    libraries = [f"{library} {version(library)}" for library in _LIBRARIES]
    return sha256(canonical_json([name, CONVERTER, FORMAT, libraries, _source()]))[:16]


def label() -> str:
    """The converter as a document names it, with the version of marker it stands on."""
    return f"{CONVERTER} marker-{version('marker-pdf')}"


@cache
def _source() -> str:
    """One hash over the source of the rules, whatever the line ends of the checkout."""
    files = sorted([*(_HERE / "rules").rglob("*.py"), _HERE / "provenance.py"])
    return sha256(
        canonical_json([[path.relative_to(_HERE).as_posix(), path.read_text("utf-8")] for path in files])
    )
