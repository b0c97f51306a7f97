"""Small PDFs written by hand, the shared papers where they are, and marker imported once without its warnings."""

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType

import pytest

from qagen.records import Paper, sha256

SHARED = Path(__file__).resolve().parents[4] / "shared" / "pdfs"


Shown = tuple[float, float, float, str] | tuple[float, float, float, str, str]


def pdf(
    *pages: Sequence[Shown],
    box=(0, 0, 600, 800),
    rotate=0,
    font="Helvetica",
    before="",
    unicode: Mapping[str, str] | None = None,
    info="",
) -> bytes:
    """A PDF in one font; each page is a list of (x, y, size, text), x and y from the bottom left of the user space.

    A fifth value of a line is the matrix that turns it, such as "0 1 -1 0" for text that is read upwards.
    `before` is PDF code that stands before every page's text; `unicode` says what characters are in Unicode, as UTF-16 in
    hexadecimal; `info` is what the PDF's information dictionary holds.
    """
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>",
        f"<</Type/Font/Subtype/Type1/BaseFont/{font}/Encoding/WinAnsiEncoding"
        f"{f'/ToUnicode {4 + 2 * len(pages)} 0 R' if unicode else ''}>>",
    ]
    for number, lines in enumerate(pages):
        shown = "".join(
            f"/F1 {size} Tf {''.join(matrix) or '1 0 0 1'} {x} {y} Tm ({text}) Tj\n"
            for x, y, size, text, *matrix in lines
        )
        content = f"{before}\nBT\n{shown}ET"
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[{' '.join(map(str, box))}]/Rotate {rotate}"
            f"/Resources<</Font<</F1 3 0 R>>>>/Contents {5 + 2 * number} 0 R>>"
        )
        objects.append(f"<</Length {len(content)}>>stream\n{content}\nendstream")
    if unicode:
        lines = "".join(f"<{ord(char):02x}> <{code}>\n" for char, code in unicode.items())
        cmap = (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def /CMapType 2 def\n"
            f"1 begincodespacerange <00> <ff> endcodespacerange\n{len(unicode)} beginbfchar\n{lines}endbfchar\n"
            "endcmap CMapName currentdict /CMap defineresource pop end end"
        )
        objects.append(f"<</Length {len(cmap)}>>stream\n{cmap}\nendstream")
    if info:
        objects.append(f"<<{info}>>")
    body = b"%PDF-1.4\n"
    offsets = []
    for number, text in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj{text}endobj\n".encode("cp1252")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer<</Size {len(objects) + 1}/Root 1 0 R{f'/Info {len(objects)} 0 R' if info else ''}>>\n"
    return body + end.encode() + f"startxref\n{len(body)}\n%%EOF\n".encode()


def column(*lines: str, x=60.0, top=700.0, size=10.0, leading=12.0) -> list[tuple[float, float, float, str]]:
    return [(x, top - number * leading, size, line) for number, line in enumerate(lines)]


@pytest.fixture
def paper_of(tmp_path):
    """Bytes -> the paper, in a file."""

    def write(data: bytes, name="paper.pdf") -> Paper:
        path = tmp_path / name
        path.write_bytes(data)
        return Paper(sha256(data), path, name)

    return write


@pytest.fixture(scope="session")
def conversion() -> ModuleType:
    """The module that imports marker; a library's warnings while it is imported are not ours."""
    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as environment:
        warnings.simplefilter("ignore")
        environment.setenv("FONT_PATH", __file__)
        from qagen.convert.rules import conversion
    return conversion
