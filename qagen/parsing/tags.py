"""Tags and tokens by their form: `<think>`, `[/THINK]`, `◁think▷`, `<|begin_of_thought|>`, `<end_working_out>`, `<|channel>`, `</s>`.

What a tag does shows in how it is written (a slash, "begin of", "end of", a bar at one side), and what it is for in its name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from itertools import islice


class Act(Enum):
    """What a tag does."""

    OPEN = auto()
    CLOSE = auto()
    MARK = auto()
    """Neither: a token of a chat template, or a tag of markup."""


class Holds(Enum):
    """What a block of such tags holds."""

    REASONING = auto()
    FINAL = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag at `[start, end)`.

    Attributes:
        name: in lower case, without "begin of" and its like.
        known: whether it is a tag of reasoning in any place, not only where a line begins.
    """

    start: int
    end: int
    act: Act
    holds: Holds
    name: str
    known: bool


_TAG = re.compile(
    r"""
    (?: <\|(?P<way>open|close)\|> (?P<said>\w{1,40}) <\|sep\|>
      | <\|channel> (?P<channel>\w{0,20})
      | (?P<left> <{1,2} | &lt; | ◁ | \{\{ ) (?P<bar>[|｜])? [ ]? (?P<slash>/)? [ ]? (?P<name>[A-Za-z][\w▁:.-]{0,40})
        (?: [ ] [^<>\n|{}]{0,200} )? [ ]? (?P<bar2>[|｜])? (?: >{1,2} | &gt; | ▷ | \}\} )
      | \[ (?P<square_slash>/)? (?P<square> [A-Z][A-Z_]{2,30} | [Tt]hink(?:ing)? ) \]
      | (?P<comment> <!--[ ]?\w* ) | (?P<comment_end> --> )
    )
    """,
    re.VERBOSE,
)
_OPENS = re.compile(r"(?:begin|start|open)(?:_of)?(?:_the)?_(?=.)")
_CLOSES = re.compile(r"(?:end|close|stop)(?:_of)?(?:_the)?_(?=.)")
_REASONING = re.compile(
    r"think|thought|reason|reflect|analy[sz]|scratch|draft|plan(?:s|ning)?\b|_plan|monolog|deliberat|ponder|brainstorm|(?:\b|_)cot\b|rumin|mus(?:e|ing)s?\b"
    r"|introspect|cogit|working|rationale|critique|review|note_?s?_to|sketch|contemplat|self_?talk|preliminar|inner_|internal_|comment\b"
)
_KNOWN = re.compile(r"think|thinking|thoughts?|reasoning|reflection|analysis|scratchpad")
_FINAL = re.compile(
    r"answer|final|solution|output|response|reply|result|question|(?:\b|_)q_?(?:and_?)?a|(?:\b|_)[qa]\b|pair|item|example|data|entr(?:y|ies)|list|record|row"
    r"|query|completion|instruction|prompt|topic|set\b"
)
_TEMPLATE_NAMES = """
    s inst sys turn im im_start im_end eos bos eot eot_id eom_id endoftext end return start message call constrain channel sep pad unk cls msg
    utterance text header_id start_header_id end_header_id assistant user system model human bot ai image tool_call role_end of_turn_token
    turn_token
    """
_TEMPLATE = frozenset(_TEMPLATE_NAMES.split())
_MARKUP_NAMES = """
    p div span b i em strong u a br hr sub sup table thead tbody tr td th ul ol li h1 h2 h3 h4 h5 h6 code pre img html body head title section
    article math summary figure caption font center blockquote small mark
    """
_MARKUP = frozenset(_MARKUP_NAMES.split())


_MOST = 50_000
"""Tags that are looked at; more of them is no response, but noise."""


def tags(text: str) -> Iterator[Tag]:
    """The tags of a text in order, as many as any response has. Linear in its length."""
    for found in islice(_TAG.finditer(text), _MOST):
        yield _tag(found)


def _tag(found: re.Match[str]) -> Tag:
    start, end = found.span()
    if found["way"]:
        act = Act.OPEN if found["way"] == "open" else Act.CLOSE
        return Tag(start, end, act, _held(found["said"].lower()), found["said"].lower(), known=True)
    if found["channel"] is not None:
        name = found["channel"].lower() or "thought"
        return Tag(start, end, Act.OPEN, _held(name), name, known=True)
    if found["comment"] or found["comment_end"]:
        act = Act.OPEN if found["comment"] else Act.CLOSE
        return Tag(start, end, act, Holds.REASONING, "comment", known=False)
    return _named(found, start, end)


def _named(found: re.Match[str], start: int, end: int) -> Tag:
    name = (found["name"] or found["square"]).lower().replace("▁", "_")
    special = bool(found["bar"] or found["bar2"])
    act = Act.CLOSE if found["slash"] or found["square_slash"] else Act.OPEN
    if opening := _OPENS.match(name):
        name, special = name[opening.end() :], True
    elif closing := _CLOSES.match(name):
        act, name, special = Act.CLOSE, name[closing.end() :], True
    elif found["bar2"] and not found["bar"]:
        act = Act.CLOSE
        name = "thought" if name == "channel" else name
    if name in _TEMPLATE or name in _MARKUP:
        return Tag(start, end, Act.MARK, Holds.UNKNOWN, name, known=False)
    holds = _held(name)
    known = holds is Holds.REASONING and (
        special or found["left"] == "◁" or _KNOWN.fullmatch(name) is not None
    )
    return Tag(start, end, act, holds, name, known)


def _held(name: str) -> Holds:
    if _REASONING.search(name):
        return Holds.REASONING
    return Holds.FINAL if _FINAL.search(name) else Holds.UNKNOWN
