"""marker's markdown with the place of every line: the renderer of marker's own modes.

Around everything that has a place stands a pair of marks, through all of marker's HTML and markdown. The marks are
noncharacters of Unicode, which `cleaning.clean` takes out of the PDF's text, so they cannot be mistaken; they are counted,
not numbered, so that no number of lines is too much.
"""

import re
from collections.abc import Sequence
from typing import Any

from bs4 import Tag
from marker.renderers.markdown import Markdownify, MarkdownRenderer

from qagen.convert.provenance import Place, Rendered, Slice, trimmed

START, END = "\ufdd0", "\ufdd1"
_MARK = re.compile(f"([{START}{END}])")
_SPLIT_EMPHASIS = re.compile(rf"</([ib])>([\s{START}{END}]*)<\1>")


class Markdown(Markdownify):  # type: ignore[misc]  # marker has no types
    """marker's markdown, its tables without the padding that would eat a chunk's characters."""

    def convert_table(self, el: Tag, *_: Any, **__: Any) -> str:
        """A pipe table; the first row is its head."""
        rows = [
            "|" + "|".join(f" {_one_line(cell.get_text())} " for cell in row.find_all(["td", "th"])) + "|"
            for row in el.find_all("tr")
        ]
        if not rows:
            return ""
        rule = "|" + " --- |" * (rows[0].count("|") - 1)
        return "\n\n" + "\n".join([rows[0], rule, *rows[1:]]) + "\n\n"

    def convert_p(self, el: Tag, text: str, parent_tags: Any) -> str:
        """A paragraph; where it goes on elsewhere, marker looks at its last character, which a mark would hide."""
        if "has-continuation" in (el.get("class") or []) and text.endswith(END):
            return f"{super().convert_p(el, text[:-1], parent_tags)}{END}"
        paragraph: str = super().convert_p(el, text, parent_tags)
        return paragraph


def _one_line(text: str) -> str:
    return text.replace("|", " ").replace("\n", " ").strip()


class ProvenanceRenderer(MarkdownRenderer):  # type: ignore[misc]  # marker has no types
    """marker's markdown renderer for one block's HTML at a time, marks and all."""

    def __init__(self) -> None:
        super().__init__({"extract_images": False})
        self._markdown = Markdown(
            paginate_output=False,
            page_separator="",
            heading_style="ATX",
            bullets="-",
            escape_misc=False,
            escape_underscores=True,
            escape_asterisks=True,
            escape_dollars=True,
            sub_symbol="<sub>",
            sup_symbol="<sup>",
            inline_math_delimiters=("$", "$"),
            block_math_delimiters=("$$", "$$"),
            html_tables_in_markdown=False,
        )

    def marked(self, markup: str) -> str:
        """The markdown of marked HTML."""
        converted: str = self._markdown.convert(_SPLIT_EMPHASIS.sub(r"\2", markup))
        return converted.strip()


def without_marks(
    type_: str, level: int | None, marked: str, places: Sequence[Place], pages: tuple[int, ...]
) -> Rendered:
    """Take the marks out and note where they stood; `places` are those of the marks, in their order."""
    parts: list[str] = []
    bounds: list[tuple[int, int]] = []
    position = begun = 0
    for token in _MARK.split(marked):
        if token == START:
            begun = position
        elif token == END:
            bounds.append((begun, position))
        else:
            parts.append(token)
            position += len(token)
    assert len(bounds) == len(places), "marker's renderer lost or doubled a line"
    slices = [Slice(start, end, place) for (start, end), place in zip(bounds, places, strict=True)]
    text, slices_ = trimmed("".join(parts), slices)
    return Rendered(type_, level, text, slices_, pages)
