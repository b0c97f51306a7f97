"""What is wrong with a file that is no readable PDF, found out before anything heavy is started."""

import re
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium

from qagen.convert.placeholders import is_placeholder
from qagen.errors import ConversionError
from qagen.reasons import Reason

_HEADER_WITHIN = 1024
"""Bytes in which a reader looks for `%PDF-`: many files have something before it (PDF 32000-1, annex H)."""

_SMALL = 2**20
"""Bytes up to which a PDF that cannot be opened is searched for its page tree."""


def check(path: Path) -> int:
    """Open the file as far as counting its pages.

    Returns:
        The number of pages, at least 1.

    Raises:
        ConversionError: empty_file, not_a_pdf, encrypted, damaged, no_pages or placeholder_page.
        OSError: where the file cannot be read at all.
    """
    with path.open("rb") as file:
        head = file.read(_HEADER_WITHIN)
    if not head:
        raise ConversionError(Reason.EMPTY_FILE, "the file has 0 bytes", remedy="fetch it again")
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if error.err_code != pdfium.FPDF_ERR_PASSWORD and _has_no_page(path):
            raise _no_pages() from None
        raise _unreadable(head, error.err_code, str(error)) from None
    try:
        pages = len(document)
        for index in range(pages):
            if _page_opens(document, index):
                _refuse_placeholder(document)
                return pages
    finally:
        document.close()
    if pages == 0:
        raise _no_pages()
    raise ConversionError(
        Reason.DAMAGED, f"the PDF opens, but none of its {pages} pages can be read", remedy="fetch it again"
    )


def _refuse_placeholder(document: pypdfium2.PdfDocument) -> None:
    if is_placeholder(document):
        raise ConversionError(
            Reason.PLACEHOLDER_PAGE,
            "the PDF only says that this viewer cannot show the document",
            remedy="open it in Adobe Reader, and print it into a PDF or save what is attached to it",
        )


def _page_opens(document: pypdfium2.PdfDocument, index: int) -> bool:
    try:
        document[index].close()
    except pypdfium2.PdfiumError:
        return False
    return True


def _has_no_page(path: Path) -> bool:
    """Whether a whole, small PDF names an empty page tree: pdfium calls that a format error."""
    if path.stat().st_size > _SMALL:
        return False
    data = path.read_bytes()
    empty_tree = re.search(rb"/Count\s+0\b", data) and re.search(rb"/Type\s*/Pages\b", data)
    return bool(
        empty_tree and not re.search(rb"/Type\s*/Page\b|/ObjStm\b", data) and b"%%EOF" in data[-1024:]
    )


def _no_pages() -> ConversionError:
    return ConversionError(Reason.NO_PAGES, "the PDF's page tree is empty", remedy="fetch it again")


def _unreadable(head: bytes, code: int | None, message: str) -> ConversionError:
    if code == pdfium.FPDF_ERR_PASSWORD:
        return ConversionError(
            Reason.ENCRYPTED, "the PDF wants a password", remedy="save a copy without one and use that"
        )
    if b"%PDF-" not in head:
        return ConversionError(
            Reason.NOT_A_PDF,
            f"the file begins with {head[:16]!r}, not with %PDF-",
            remedy="fetch the PDF itself",
        )
    return ConversionError(
        Reason.DAMAGED,
        f"the PDF cannot be opened ({message.strip()})",
        remedy="fetch it again, it may be cut off",
    )
