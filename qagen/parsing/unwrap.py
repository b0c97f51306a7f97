r"""What a response as a whole is wrapped in: a JSON string, escaped line breaks, `\boxed{...}`, CDATA, attributes of tags."""

import json
import re

from qagen.parsing.jsonpairs import LATEX_COMMANDS, looks_like_json

_BREAKS = re.compile(r"\r\n?|[\u2028\u2029\x85]")
_ESCAPED_BREAK = re.compile(
    r"(?P<before>^|[.,;!?)\"”’*\s]|(?<=\\n))(?:\\{1,2}r)?\\{1,2}n(?=(?P<word>[A-Za-z]*)(?P<sign>\\{1,2}[rn]|[#*\-–•\d\s(\[<]|\Z)?)"
)
_ATTRIBUTES = re.compile(r"<(?P<name>question|answer)[ ][^<>\n=]{1,40}=[^<>\n]{0,200}>", re.IGNORECASE)
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
_BOX = re.compile(r"\s*(?:\$\$?|\\\[)?\s*\\boxed\s*\{")
_ITEM = re.compile(r"\\item\s*\[(?P<label>[^\[\]\n]{1,30})\]")
_JSON_INSIDE = re.compile(r"[{\[]\s*+\"")
_DEEPEST = 3


def unwrap_response(text: str) -> str:
    """The response without its wrapping, with line breaks of one kind."""
    text = _BREAKS.sub("\n", text)
    for _ in range(_DEEPEST):
        inner = _inside_a_string(text)
        if inner is None:
            break
        text = inner
    if "\\" in text:
        text = _without_escapes(text)
    if "<![CDATA[" in text:
        text = _CDATA.sub("", text)
    return _ATTRIBUTES.sub(r"<\g<name>>", text)


def _inside_a_string(text: str) -> str | None:
    """What a JSON string that is the whole response says, or None where it is no such string."""
    bare = text.strip()
    if len(bare) < 2 or bare[0] != '"' or "\\" not in bare or (bare[-1] != '"' and "\n" in bare):
        return None
    for end in ("", '"'):  # a response that was cut off has not closed its string
        try:
            inner: str = json.loads(bare.rstrip("\\") + end, strict=False)
        except ValueError:
            continue
        return inner
    return None


def _without_escapes(text: str) -> str:
    if box := _BOX.match(text):
        text = text[box.end() :]
    text = _ITEM.sub(r"\g<label>", text)
    if "\\n" in text and not looks_like_json(text) and _JSON_INSIDE.search(text) is None:
        text = _ESCAPED_BREAK.sub(_break, text)
    return text


def _break(found: re.Match[str]) -> str:
    """A line break for an escaped one, unless it begins the name of a LaTeX command."""
    word = found["word"]
    if word and ("n" + word in LATEX_COMMANDS or (len(word) < 2 and word not in "aAI")):
        return found[0]
    if not word and found["sign"] is None:
        return found[0]
    return found["before"] + "\n"
