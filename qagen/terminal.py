"""What may be printed: texts of others (file names, titles, servers' words, model output) as a terminal and a log can take them.

Whatever is printed goes through `printable`, which takes out the secrets of this process and writes every
character that would act as an escape:
ESC and its like move the cursor, set titles and answer questions; direction marks let a name read as another; line separators
and carriage returns forge lines. JSON output needs none of it: `json` escapes what is not ASCII.
"""

import re
import sys

from qagen.redaction import redact

_ACTING = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but tab and line feed, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # directions
    "\u2028\u2029"  # line and paragraph separators
    "\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"  # unseen, tags and annotations
    "\ud800-\udfff"  # half a surrogate pair: names that are not UTF-8
)
_TEXT = re.compile(f"[{_ACTING}]")
_LINE = re.compile(f"[{_ACTING}\n\t]")


def printable(text: str) -> str:
    """A text of one or several lines as it may be printed."""
    return _TEXT.sub(_escaped, redact(text))


def printable_line(text: str) -> str:
    """The same as one line: its line feeds and tabs become escapes too."""
    return _LINE.sub(_escaped, redact(text))


def tell(text: str) -> None:
    """Print something for a person on stderr."""
    sys.stderr.write(f"{printable(text)}\n")


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
