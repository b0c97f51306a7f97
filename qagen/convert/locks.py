"""Passwords of PDFs: where they come from, and a copy without one for libraries that ask for none.

They are in no setting, so that no build stamp, manifest or record can show them: the setting is the file they stand in.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium

from qagen.convert.store import load
from qagen.errors import ConversionError, SettingsError
from qagen.reasons import Reason
from qagen.records import Document
from qagen.redaction import learn
from qagen.settings import ConvertSettings

VARIABLE = "QAGEN_PDF_PASSWORD"
"""Environment variable with one password, which is tried before those of the file."""
_REMOVE_SECURITY = 3
"""FPDF_REMOVE_SECURITY of pdfium's FPDF_SaveAsCopy."""


def passwords(settings: ConvertSettings) -> tuple[str, ...]:
    """The passwords to try, in order.

    Raises:
        SettingsError: where the file cannot be read.
    """
    first = os.environ.get(VARIABLE, "")
    words = tuple(dict.fromkeys(word for word in (first, *_of_file(settings.password_file)) if word))
    learn(*words)
    return words


def _of_file(name: str | None) -> list[str]:
    if name is None:
        return []
    try:
        return [line.rstrip("\r") for line in Path(name).read_text("utf-8-sig").split("\n")]
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"cannot read the passwords in {name!r}: {getattr(error, 'strerror', None) or 'not UTF-8'}",
            remedy="name a text file with one password a line in --password-file",
        ) from None


def load_conversion(
    folder: Path, paper_sha256: str, settings: ConvertSettings
) -> Document | ConversionError | None:
    """What `load` finds, but nothing where a PDF wanted a password and there are some to try."""
    found = load(folder, paper_sha256)
    locked = isinstance(found, ConversionError) and found.reason is Reason.ENCRYPTED
    return None if locked and passwords(settings) else found


@contextlib.contextmanager
def open_unlocked(path: Path, words: tuple[str, ...], folder: Path) -> Iterator[Path]:
    """A PDF that opens without a password: the file itself, or a copy in `folder` that is gone afterwards.

    Raises:
        ConversionError: encrypted, where no password fits.
    """
    word = _fitting(path, words)
    if word is None:
        yield path
        return
    copy = folder / f"{os.getpid()}.pdf"
    try:
        with (
            contextlib.closing(pypdfium2.PdfDocument(path, password=word)) as document,
            copy.open("wb") as out,
        ):
            document.save(out, flags=_REMOVE_SECURITY)
        yield copy
    finally:
        copy.unlink(missing_ok=True)


def _fitting(path: Path, words: tuple[str, ...]) -> str | None:
    """The password that opens a PDF; None where it opens without one, or fails for another reason."""
    for word in (None, *words):
        try:
            pypdfium2.PdfDocument(path, password=word).close()
        except pypdfium2.PdfiumError as error:
            if error.err_code != pdfium.FPDF_ERR_PASSWORD:
                return None
        else:
            return word
    tried = f", and none of the {len(words)} given opens it" if words else ""
    raise ConversionError(
        Reason.ENCRYPTED,
        f"the PDF wants a password{tried}",
        remedy="put it on a line of a file and name that with --password-file",
    )


@contextlib.contextmanager
def scratch(words: tuple[str, ...]) -> Iterator[Path]:
    """A folder of this user alone for copies of PDFs; where there are passwords in memory, if the system has such a place.

    It belongs to the run and not to its workers, so that it is gone although one of them was killed.
    """
    memory = "/dev/shm" if words and os.access("/dev/shm", os.W_OK) else None  # noqa: S108 -- the folder in it is private
    with tempfile.TemporaryDirectory(prefix="qagen-", dir=memory) as folder:
        yield Path(folder)
