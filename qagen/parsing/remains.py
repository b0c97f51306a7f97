"""What generation leaves in an answer: end-of-turn tokens of any shape, closing tags, brackets of a wrapping, the next speaker.

A token is known by its form. What closes something that the text itself opens is text.
"""

import re

_TOKEN = re.compile(
    r"(?<![`\"'“‘])(?:<[|｜](?=[a-z_▁]{2})[\w▁:.-]{2,40}[|｜]?>|<[a-z_]{2,30}[|｜]>|\[\|\w{2,30}\|\]|</s>|<eo[a-z]{1,6}>|<(?:end|start)_of_\w{2,30}>|<pad>|\[/?INST\])",
    re.IGNORECASE,
)
"""A token of a chat template: what stands behind it is another turn. One in quotation marks is spoken of."""
_TURN = re.compile(
    r"\n[#*_ \t]*+(?:human|user|assistant|system|ai)\b[*_]*+[ \t]?:|\n#{2,4}+[ \t]*+(?:instructions?|input|response|human|user|prompt|assistant)\b[*_]*+[ \t]?:?(?=\s|\Z)",
    re.IGNORECASE,
)
_SAME_LINE = re.compile(r"(?<=[.!?>\])])[ \t]+(?:Human|User|Assistant|USER|ASSISTANT): ")
_LAST = re.compile(
    r"""
    (?: (?P<tag> <(?P<slash>/)?\s?(?P<name>[A-Za-z][\w:.-]{0,30})(?:[ ][^<>\n]{0,80})?/?> )
      | \[/[A-Za-z_]{1,20}\] | \[(?:END|EOS|EOT|EOF|DONE|STOP|SEP|PAD|BOS|CLS|INST|OUT|FIN)\] | \[e~\[ | \]~!?[be]\[?
      | <0x[0-9A-F]{2}> | (?:<\|[\w▁:.-]{1,40}\|?>) | &lt;/?[a-z_]{1,30}&gt;
      | \\end\{(?P<environment>\w{1,30})\*?\} | (?P<closer> \}\$\$? | \} | \\\] | \\\) | \$\$ | ``` )
    ) \s* \Z
    """,
    re.VERBOSE,
)
_LONGEST = 160
_MOST = 20
"""How many tokens are taken from the end of one text at most."""
_OPENERS = {"}": "{", "}$": "{", "}$$": "{", "\\]": "\\[", "\\)": "\\("}
_ENDS = frozenset(">]}$)[`;")
_SHORT = frozenset(("s", "qa", "q", "a", "p"))


def next_turn(text: str, end: int) -> int | None:
    """Where a token or another speaker's turn begins in `text[:end]`; None where none does."""
    found = []
    if "<" in text or "[" in text:
        found.append(_TOKEN.search(text, 0, end))
    if ":" in text or "#" in text:
        found += [_TURN.search(text, 0, end), _SAME_LINE.search(text, 0, end)]
    starts = [match.start() for match in found if match and text[: match.start()].strip()]
    return min(starts, default=None)


def without_remains(text: str) -> str:
    """The text without the tokens, closing tags and brackets at its end that nothing in it opens."""
    end = len(text)
    for _ in range(_MOST):
        if text[end - 1 : end] not in _ENDS:
            break
        found = _LAST.search(text, max(0, end - _LONGEST), end)
        if found is None or not _is_left_over(text, found):
            break
        end = found.start()
        while end and text[end - 1].isspace():
            end -= 1
    return text[:end]


def _is_left_over(text: str, found: re.Match[str]) -> bool:
    before = text[: found.start()]
    if found["environment"]:
        return f"\\begin{{{found['environment']}" not in before
    if found["closer"]:
        if found["closer"] in ("$$", "```"):
            return before.count(found["closer"]) % 2 == 0
        opener, closer = _OPENERS[found["closer"]], found["closer"].rstrip("$")
        return before.count(opener) <= before.count(closer)
    if found["name"] is None:
        return True
    name = found["name"].lower()
    if found["slash"]:
        return f"<{name}" not in before.lower()
    return (
        bool(before.strip())
        and (len(name) > 2 or name in _SHORT)
        and (" " not in found["tag"] or "=" in found["tag"])
    )
