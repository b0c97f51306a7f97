"""Characters that nobody sees are taken out: they hide text from readers and split words, and models copy them out of papers.

Those that a script needs stay: the joiners of Arabic, Indic and other scripts and of emoji, direction marks beside letters that are
written from right to left, and variation selectors behind emoji and ideographs.
"""

import re

from qagen.checks.reading.source import IndexedSource
from qagen.checks.reading.text import Text

_NEVER = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e00ff"
)
"""Soft hyphen, fillers, zero width, embeddings and overrides of direction, tags."""
_JOINERS = "\u200c\u200d"
_MARKS = "\u200e\u200f\u061c"
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_JOINED = "\u0600-\u07ff\u0840-\u0dff\u0e80-\u109f\u1780-\u18af\ua840-\ua87f\ufb50-\ufdff\ufe70-\ufefc\U00010ac0-\U00010aff\U00011000-\U000119ff\U0001e900-\U0001e95f"
_PICTURES = (
    "\u2190-\u2bff\u3030\u303d\u3297\u3299\u00a9\u00ae\u203c\u2049\u2122\u2139#*0-9\U0001f000-\U0001faff"
)
_IDEOGRAPHS = "\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\u1000-\u109f"
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_ANY = re.compile(f"[{_NEVER}{_JOINERS}{_MARKS}{_SELECTORS}]")
_UNSEEN = re.compile(
    f"[{_NEVER}]+"
    f"|(?<![{_JOINED}])\u200c|\u200c(?![{_JOINED}])"
    f"|(?<![{_JOINED}{_PICTURES}])(?<![{_PICTURES}{_IDEOGRAPHS}]\ufe0f)\u200d|\u200d(?![{_JOINED}{_PICTURES}])"
    f"|(?<![{_PICTURES}{_IDEOGRAPHS}])[{_SELECTORS}]"
)
_DIRECTION = re.compile(f"[{_MARKS}]")


def without_invisible(text: Text, source: IndexedSource) -> str:  # noqa: ARG001 - every cleanup is called alike
    """Take out what is not seen; a text that is written from right to left keeps its direction marks."""
    given = text.given
    if given.isascii() or _ANY.search(given) is None:
        return given
    given = _UNSEEN.sub("", given)
    return given if _RIGHT_TO_LEFT.search(given) else _DIRECTION.sub("", given)
