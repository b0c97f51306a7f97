"""Small tables for notebooks: escaped text, and no colour of their own, so that they are read on light and dark pages alike."""

import html
import re
import textwrap
from collections.abc import Iterable, Sequence

from qagen.terminal import printable_line

_CELL = 'style="text-align:left;vertical-align:top"'
_LONGEST = 400
"""Characters of a cell."""
_RUN = re.compile(r"\S{25,}")
_PIECE = 16
"""Characters of a long word behind which a narrow page may break it, which copies as it was."""


class Markup(str):
    """HTML that is safe to show; all other text is escaped."""

    __slots__ = ()


def text(value: object) -> Markup:
    """A value as text: escaped, on one line, cut where it is very long."""
    line, done = textwrap.shorten(printable_line(str(value)), _LONGEST, placeholder=" …"), 0
    parts = []
    for run in _RUN.finditer(line):
        pieces = (run[0][start : start + _PIECE] for start in range(0, len(run[0]), _PIECE))
        parts += [html.escape(line[done : run.start()]), "<wbr>".join(map(html.escape, pieces))]
        done = run.end()
    return Markup("".join((*parts, html.escape(line[done:]))))


def table(rows: Iterable[Sequence[object]], head: Sequence[str] = (), caption: str = "") -> Markup:
    """A table; empty where there are no rows.

    Args:
        rows: cells, each a Markup or text to be escaped.
        head: the names of the columns.
        caption: what it shows.
    """
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    if not body:
        return Markup("")
    said = f'<caption style="text-align:left">{text(caption)}</caption>' if caption else ""
    names = "".join(f"<th {_CELL}>{text(name)}</th>" for name in head)
    top = f"<thead><tr>{names}</tr></thead>" if head else ""
    return Markup(f"<table>{said}{top}<tbody>{body}</tbody></table>")


def _cell(value: object) -> str:
    return f"<td {_CELL}>{as_markup(value)}</td>"


def as_markup(value: object) -> Markup:
    """A value as it stands in HTML: numbers with commas, None as nothing."""
    if value is None:
        return Markup("")
    if isinstance(value, int) and not isinstance(value, bool):
        return Markup(f"{value:,}")
    return value if isinstance(value, Markup) else text(value)


def bar(count: int, most: int, of: int) -> Markup:
    """How much of the most a count is, as the page draws it, and its share of all, which tells small ones apart."""
    share = f"{count / max(of, 1):.1%}"
    return Markup(f'<progress value="{count}" max="{max(most, 1)}" style="width:5em"></progress> {share}')


def strong(value: object) -> Markup:
    """Something to be read first."""
    return Markup(f"<strong>{text(value)}</strong>")


def code(lines: Iterable[str]) -> Markup:
    """What to type next."""
    escaped = "\n".join(html.escape(line) for line in lines)
    wrapped = 'style="white-space:pre-wrap;overflow-wrap:anywhere"'
    return Markup(f"<pre {wrapped}><code>{escaped}</code></pre>" if escaped else "")


def listing(lines: Sequence[str]) -> Markup:
    """Sentences below each other; empty where there is none."""
    items = "".join(f"<li>{text(line)}</li>" for line in lines)
    return Markup(f"<ul>{items}</ul>" if items else "")


def page(title: str, *parts: Markup) -> str:
    """What a notebook shows of a result: a line to be read first, and what stands below it."""
    return f"<div><p>{strong(title)}</p>{''.join(parts)}</div>"
