"""The packages that read pictures, looked at without importing them: whether they are here, and which ones they are."""

import hashlib
import importlib.util
from functools import cache
from importlib.metadata import version
from pathlib import Path

from qagen.errors import ConverterMissing

INSTALL = 'pip install "qagen[ocr]"'
_FINDS, _READS = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
_PACKAGES = ("rapidocr", "onnxruntime")


def missing() -> str:
    """Why pages cannot be read by OCR on the processor, with what to do; empty where they can."""
    absent = [package for package in _PACKAGES if importlib.util.find_spec(package) is None]
    if absent:
        return f"{' and '.join(absent)} {'are' if absent[1:] else 'is'} not installed: {INSTALL}"
    gone = [path.name for path in files() if not path.is_file()]
    if gone:
        return (
            f"rapidocr {version('rapidocr')} does not hold {' and '.join(gone)}: {INSTALL} --force-reinstall"
        )
    return ""


def require() -> None:
    """Make sure that they are here.

    Raises:
        ConverterMissing: where they are not.
    """
    why = missing()
    if why:
        raise ConverterMissing(f"pages cannot be read by OCR here: {why}")


def files() -> tuple[Path, Path]:
    """The model that finds lines, and the one that reads them: both lie in rapidocr's wheel."""
    spec = importlib.util.find_spec("rapidocr")
    folder = Path(spec.origin).parent if spec and spec.origin else Path()
    return folder / "models" / _FINDS, folder / "models" / _READS


def name() -> str:
    """The reader as a document names it."""
    return f"rapidocr-{version('rapidocr')}"


@cache
def identity() -> tuple[str, ...]:
    """All that can change what is read: versions of the packages, and the models' hashes.

    Raises:
        ConverterMissing: where they are not here.
    """
    require()
    models = (f"{path.name} {_sha256(path)}" for path in files())
    return (*(f"{package} {version(package)}" for package in _PACKAGES), *models)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
