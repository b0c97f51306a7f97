"""What a piece is: caption, code, equation, heading, footnote, list item or plain text."""

import re

from qagen.convert.rules.model import Kind, Page, Piece
from qagen.convert.rules.patterns import (
    BULLET,
    CAPTION,
    EQUATION_NUMBER,
    LETTERED,
    NUMBERED,
    ROMAN,
    is_well_known,
)
from qagen.convert.rules.typography import Typography

_LETTERS = re.compile(r"[^\W\d_]{3}")
_PROSE_WORDS = re.compile(r"\b(?:the|and|where|with|that|of|is|are|for|we)\b")
_RELATION = re.compile(r"[=≈∝≤≥<>∑∫≡∼→±×]")
_UNITS = re.compile(r"\((?:arb\.|a\. ?u\.|meV|eV|nm|cm|K|%|s|T|V|Å|°C)\b")
_TITLES = frozenset({"key resources table", "key resource table"})
"""Titles of tables that have no number."""
_NOTE_MARK = re.compile(r"\s*(?:[*†‡§¶∗♯#]|\d{1,2}\s?[A-Z(h]|[a-d]\s[A-Z])")


def kind_of(piece: Piece, page: Page, type_: Typography, *, first_page: bool) -> Kind:
    """The kind of a piece of text, from itself and its place on the page."""
    text = piece.text
    if _is_caption(piece, text, type_):
        return Kind.CAPTION
    if piece.share("mono") > 0.8 and len(text) > 20:
        return Kind.CODE
    if _is_equation(piece, text, page):
        return Kind.EQUATION
    if _is_heading(piece, text, page, type_, first_page=first_page):
        return Kind.HEADING
    if piece.size < type_.size - 0.9 and piece.box[1] > 0.6 * page.height and _NOTE_MARK.match(text):
        return Kind.FOOTNOTE
    if BULLET.match(text):
        return Kind.LIST
    return Kind.TEXT


def _is_caption(piece: Piece, text: str, type_: Typography) -> bool:
    if text.lower() in _TITLES:
        return True
    match = CAPTION.match(text)
    if not match:
        return False
    row = piece.rows[0]
    return bool(
        match["mark"]
        or row.style.bold > 0.25
        or piece.size < type_.size - 0.4
        or match["kind"].isupper()
        or (len(piece.rows) == 1 and len(text) < 40)
    )


def _is_equation(piece: Piece, text: str, page: Page) -> bool:
    if len(piece.rows) > 6 or len(text) > 220:
        return False
    math = piece.share("math")
    numbered = EQUATION_NUMBER.search(text)
    if not (math > 0.25 or numbered) or not (math > 0.12 or _RELATION.search(text)):
        return False
    letters = sum(char.isalpha() for char in text) / max(1, len(text))
    if letters >= 0.75 or len(_PROSE_WORDS.findall(text)) >= 2:
        return False
    return bool(piece.rows[0].box[0] > 0.11 * page.width or numbered)


def _is_heading(piece: Piece, text: str, page: Page, type_: Typography, *, first_page: bool) -> bool:
    if is_well_known(text) and len(piece.rows) <= 2:
        return True
    return _may_be_heading(piece, text) and _looks_like_heading(
        piece, text, page, type_, first_page=first_page
    )


def _may_be_heading(piece: Piece, text: str) -> bool:
    """Nothing about its words speaks against a heading."""
    if not 4 <= len(text) <= 220 or len(piece.rows) > 5 or not piece.rows[0].main.upright:
        return False
    letters = sum(char.isalpha() for char in text) / len(text)
    if letters < 0.5 or not _LETTERS.search(text) or text.count(",") >= 4 or _UNITS.search(text):
        return False
    if re.match(r"[a-z]", text) or re.search(r"[,;:]$", text) or re.search(r"@|https?:|\bet al\b|doi", text):
        return False
    short = len(text) < 90
    return not text.endswith(".") or bool(short and (NUMBERED.match(text) or piece.share("bold") > 0.9))


def _looks_like_heading(piece: Piece, text: str, page: Page, type_: Typography, *, first_page: bool) -> bool:
    """It is larger, bolder, numbered, in capitals or in a font of its own."""
    rows, bold, italic = piece.rows, piece.share("bold"), piece.share("italic")
    numbered = bool(NUMBERED.match(text) or ROMAN.match(text) or LETTERED.match(text))
    capitals = text.upper() == text and sum(char.isalpha() for char in text) / len(text) > 0.7
    # A size taken from a font's height may be off by the font's own proportions.
    sure = not any(line.style.estimated for row in rows for line in row.lines)
    not_small = piece.size >= (type_.size - 0.6 if sure or bold <= 0.85 else 0.7 * type_.size)
    larger = piece.size >= type_.size + 0.9
    if larger and (piece.size > type_.size + 1.9 or bold > 0.5 or numbered or len(text) < 90):
        return True
    if not_small and bold > 0.85 and len(rows) <= 3 and len(text) < 140:
        return True
    if (
        numbered
        and not_small
        and len(rows) <= 2
        and len(text) < 110
        and (max(bold, italic) > 0.6 or capitals or bold + piece.share("mono") > 0.9)
    ):
        return True
    if capitals and len(rows) <= 2 and len(text) < 80 and len(text.split()[0]) > 2:
        return piece.size >= type_.size - 1.1 and rows[0].width < 0.8 * page.width
    title_matter = first_page and piece.box[1] < 0.5 * page.height
    return not_small and not title_matter and _in_display_font(piece, text, type_)


def _in_display_font(piece: Piece, text: str, type_: Typography) -> bool:
    plain = re.match(r"[A-Z0-9]", text) and re.search(r"[a-z]{4}", text) and not re.search(r"[=<>]", text)
    return bool(
        plain
        and type_.is_display(piece)
        and len(piece.rows) <= 3
        and len(text) < 140
        and not text.endswith(".")
        and piece.rows[0].width > 20
    )
