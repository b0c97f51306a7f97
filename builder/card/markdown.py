"""Hostile texts as Markdown that shows them letter by letter and does nothing: for cards and change logs."""

import html
import re

_QUOTED_CHARACTERS = 1500
_MARKDOWN = re.compile(r"([\\`*_\[\]|~$:@/]|(?<=www)\.|(?<=\])\()", re.IGNORECASE)
_AT_THE_START = re.compile(r"^(\d+(?=[.)](?:\s|$))|(?=[-+=#>]))(.)")
"""What makes a heading, a list, a quote or a rule where a line begins with it, and nothing elsewhere."""
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]+")
_UNSEEN_BUT_LINES = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]+"
)


def text(value: object, limit: int = 300) -> str:
    """A hostile text as one line of Markdown that shows it letter by letter and does nothing.

    HTML becomes entities, Markdown's signs are escaped, control and direction signs and line ends become blanks,
    and it is cut after `limit` code points.
    """
    plain = " ".join(_UNSEEN.sub(" ", str(value)).split())
    plain = plain if len(plain) <= limit else plain[:limit].rstrip() + " …"
    plain = plain.replace("&", "&amp;").replace("<", "&lt;")
    plain = _MARKDOWN.sub(lambda sign: f"&#{ord(sign[1])};" if sign[1] in "|:@/" else f"\\{sign[1]}", plain)
    return _AT_THE_START.sub(r"\1\\\2", plain)


def line(value: object, limit: int = 300) -> str:
    """A hostile text as one line without signs that cannot be seen, for where nothing is rendered."""
    return " ".join(_UNSEEN.sub(" ", str(value)).split())[:limit]


def html_text(value: object, limit: int = 300) -> str:
    """A hostile text as one line between HTML tags, where Markdown's signs are not read."""
    return html.escape(line(value, limit)).replace("|", "&#124;")


def quote(value: object) -> str:
    """A hostile text of several lines as a block quote."""
    lines = [text(line, _QUOTED_CHARACTERS) for line in str(value)[:_QUOTED_CHARACTERS].splitlines()]
    more = ["…"] if len(str(value)) > _QUOTED_CHARACTERS else []
    return "\n".join(f"> {line}".rstrip() for line in [*lines, *more] or [""])


def code(value: object, limit: int = 200) -> str:
    """A hostile text as inline code that stays inside its backticks and its table cell."""
    plain = line(value, limit).replace("`", "'").replace("|", "¦").replace("<", "‹")
    return f"`{plain or ' '}`"


def code_block(value: object, limit: int = 20_000) -> str:
    """A text of many lines as a code block whose fence is longer than any run of backticks in it."""
    plain = _UNSEEN_BUT_LINES.sub(" ", str(value)[:limit].replace("\r\n", "\n"))
    longest = max((len(run) for run in re.findall(r"`+", plain)), default=0)
    fence = "`" * max(3, longest + 1)
    more = "\n[...]" if len(str(value)) > limit else ""
    return f"{fence}text\n{plain.rstrip()}{more}\n{fence}"
