"""Font sizes that were estimated from a line's height, settled by the width of its characters.

A superscript makes a line higher and no wider, so a line whose characters are as wide as those of its font's usual size
has that size.
"""

from collections import Counter, defaultdict
from dataclasses import replace
from statistics import median

from qagen.convert.rules.model import Page, TextLine

_LONG = 8
"""Characters from which a line's mean width says something."""
_RUNNING = 0.12
"""Share of the text from which a font sets running text; headings have true sizes of their own."""
_WIDER, _HIGHER = 1.12, 1.6
"""How much wider characters may be, and how much larger the estimate, for the usual size to hold."""


def with_settled_sizes(pages: list[Page]) -> tuple[Page, ...]:
    """The pages with better sizes where they were estimated."""
    lines: dict[str, list[TextLine]] = defaultdict(list)
    for page in pages:
        for line in page.lines:
            if line.style.estimated and len(line.text) >= _LONG:
                lines[line.style.font].append(line)
    total = sum(len(line.text) for group in lines.values() for line in group)
    usual = {
        font: _usual(group)
        for font, group in lines.items()
        if sum(len(line.text) for line in group) > _RUNNING * total
    }
    return tuple(
        replace(page, lines=tuple(_settled(line, usual.get(line.style.font)) for line in page.lines))
        for page in pages
    )


def _usual(lines: list[TextLine]) -> tuple[float, float]:
    """The size that most text of a font has, and the mean width of its characters."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.style.size] += len(line.text)
    size = sizes.most_common(1)[0][0]
    return size, median(line.width / len(line.text) for line in lines if line.style.size == size)


def _settled(line: TextLine, usual: tuple[float, float] | None) -> TextLine:
    if usual is None or not line.style.estimated or len(line.text) < _LONG:
        return line
    size, width = usual
    if size < line.style.size <= _HIGHER * size and line.width / len(line.text) <= _WIDER * width:
        return replace(line, style=replace(line.style, size=size))
    return line
