"""What holds for every document, and its text without markup."""

import re
import unicodedata

from qagen.records import Document


def assert_sound(document: Document) -> None:
    """Blocks tile the text; regions and lines are inside, in order; boxes have a size; no control characters."""
    text = document.text
    assert text
    position = 0
    for block in document.blocks:
        assert block.start == position < block.end
        position = block.end
        inner = block.start
        for region in block.regions:
            assert inner <= region.start < region.end <= block.end
            inner = region.end
            assert 1 <= region.page <= document.metadata.pages
            _assert_lines(region)
        assert text[block.start : block.end].endswith("\n")
        assert (block.level is not None) == (block.type == "SectionHeader")
    assert position == len(text)
    assert not [char for char in text if char != "\n" and unicodedata.category(char) in ("Cc", "Cs", "Cn")]


def _assert_lines(region) -> None:
    place = region.start
    x0, y0, x1, y1 = region.bbox
    assert x0 < x1
    assert y0 < y1
    for line in region.lines:
        assert place <= line.start < line.end <= region.end
        place = line.end
        assert x0 <= line.bbox[0] <= line.bbox[2] <= x1
        assert y0 <= line.bbox[1] <= line.bbox[3] <= y1


def plain(text: str) -> str:
    """Text without markdown's marks, NFKC, with single blanks."""
    text = re.sub(r"</?su[bp]>|\\(?=[_*$\\|])|^#+ |\| --- |^\s*- ", "", text, flags=re.MULTILINE)
    return " ".join(unicodedata.normalize("NFKC", text).split())
