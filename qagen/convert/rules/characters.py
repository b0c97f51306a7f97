"""A page's characters, one by one: what pdftext dropped is brought back, what no document may hold is taken out."""

import ctypes
import re
import unicodedata

import pypdfium2
import pypdfium2.raw as pdfium
from ftfy import fix_text
from marker.providers import ProviderOutput

from qagen.convert.rules import glyphs

_HYPHEN_MARK = 2
"""The code that pdfium gives a hyphen at a line's end."""
_HYPHENS = re.compile(f"(?<![\\d\\s])[{chr(_HYPHEN_MARK)}\ufffe]")
"""What stands for such a hyphen in a page's whole text; behind a blank or a digit it is a sign of some font."""


def clean(text: str) -> str:
    """Text without what no document may hold: control characters, noncharacters, invisible marks, odd blanks."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_cleaned, text))


def _cleaned(char: str) -> str:
    category = unicodedata.category(char)
    if category in ("Zs", "Zl", "Zp") or char in "\t\n\r\f\v\x85":
        return "\n" if char == "\n" else " "
    if char == "\u00ad":
        return "-"
    if category in ("Cc", "Cf", "Cs", "Cn"):
        return ""
    return char


def restore(text: pypdfium2.PdfTextPage, outputs: list[ProviderOutput]) -> None:
    """Bring back into a page's spans what pdftext dropped because of its code."""
    shown = _HYPHENS.sub("", text.get_text_range()).replace("\ufffe", chr(_HYPHEN_MARK))
    if glyphs.is_odd(shown):
        owned = _owned(outputs)
        for output in outputs:
            _restore(text, output, owned)


def _owned(outputs: list[ProviderOutput]) -> frozenset[int]:
    """The characters that stand in some span."""
    return frozenset(
        at
        for output in outputs
        for span in output.spans
        for at in range(span.minimum_position, span.maximum_position + 1)
    )


def _restore(text: pypdfium2.PdfTextPage, output: ProviderOutput, owned: frozenset[int]) -> None:
    """Bring back what pdftext dropped because of its code, within spans and right before them."""
    for span in output.spans:
        first = span.minimum_position
        while first > 0 and first - 1 not in owned and glyphs.is_odd(chr(code_at(text, first - 1))):
            first -= 1
        span.minimum_position = first
        chars = [chr(code_at(text, at)) for at in range(first, span.maximum_position + 1)]
        if not glyphs.is_odd("".join(chars)):
            continue
        known = [
            glyphs.of_font(char, font_at(text, at)) if glyphs.is_odd(char) else char
            for at, char in enumerate(chars, start=first)
        ]
        line_end = "\n" if span.text.endswith("\n") else ""
        span.text = fix_text("".join(known).rstrip("\r\n")) + line_end


def font_at(text: pypdfium2.PdfTextPage, position: int) -> str:
    """The name of a character's font; empty where it has none."""
    buffer = ctypes.create_string_buffer(256)
    size = pdfium.FPDFText_GetFontInfo(text, position, buffer, len(buffer), None)
    return buffer.value.decode("utf-8", "replace") if 0 < size <= len(buffer) else ""


def code_at(text: pypdfium2.PdfTextPage, position: int) -> int:
    """The Unicode code of a character."""
    code: int = pdfium.FPDFText_GetUnicode(text, position)
    if code == _HYPHEN_MARK:
        before = chr(pdfium.FPDFText_GetUnicode(text, position - 1)) if position else " "
        return code if before.isspace() or before.isdigit() else ord("-")
    return 0xFFFD if 0xD800 <= code <= 0xDFFF else code
