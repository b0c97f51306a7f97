"""Which sentences of an answer claim something about the world, so that a source can support them.

"Sure, I can help with that", "Therefore, the answer to the question is:" and "The text does not say" claim nothing of
the kind. They are faults of a record for other checks; counted as unsupported claims they would hide how well the
rest is supported.
"""

import re
from collections.abc import Iterator, Set

from qagen.checks.reading.text import Sentence
from qagen.checks.reading.wordings import Wordings, wording

_OPENING_SPEECH = re.compile(
    r"\W{0,12}(?:okay|ok|alright|all right|hmm+|wait|sure|certainly|of course|great|let me|let's|first, I|now, I|so, I|well,)\b(?=[,.!:]| (?:so|I|let|the user|here|we)\b|(?<=let me)|(?<=let's))"
    r"|\W{0,12}(?:final answer|my answer|the answer is|here (?:is|are) (?:the|my|an?|your)|here's (?:the|my|an?)|answer to (?:the )?question)\b ?[^.?!]{0,40}:",
    re.IGNORECASE,
)
SPEECHES = Wordings(
    wording(
        r"\bthe (?:user|prompt|instructions?|system prompt)(?:'s| (?:wants?|asks?|asked|is asking|says?|said|needs?|requires?|mentions?|provided|gave))\b",
        "user user's prompt prompt's instruction instruction's instructions instructions's",
    ),
    wording(
        r"\b(?:let me|let's) (?:think|look|see|check|start|go|re-?read|consider|figure|break|try|make sure|formulate|write|draft|move)\b",
        "let let's",
        "think look see check start go re reread consider figure break try make formulate write draft move",
    ),
    wording(
        r"\bI (?:need|have|should|must|will|'ll|want|am going|can|could|might) (?:to )?(?:think|make sure|ensure|answer|formulate|write|create|generate|"
        r"look|check|include|avoid|mention|focus|provide|start|find|consider|come up|explain|note)\b",
        "i",
        "think make ensure answer formulate write create generate look check include avoid mention focus provide start find "
        "consider come explain note",
    ),
    wording(
        r"\bI(?:'ll| think| believe| guess| recall| remember| wonder)\b",
        "i i'll",
        "i'll think believe guess recall remember wonder",
    ),
    wording(r"\b(?:hope this helps|feel free to ask|let me know if)\b", "hope feel know", "this free let"),
)
"""The model talks to itself or to its user."""

_TEXT = r"(?:text|passages?|excerpt|context|document|paper|article|study|source|chunk|paragraph|information|material)"
_TEXT_WORDS = "text passage passages excerpt context document paper article study source chunk paragraph information material"
REFUSALS = Wordings(
    wording(
        r"\b(?:as an? (?:AI|artificial intelligence|(?:large )?language model)\b)",
        "ai intelligence model",
        "as",
    ),
    wording(
        r"\bI(?:'m| am)? (?:cannot|can't|can not|could not|couldn't|am unable|was unable|unable|am not able|sorry|apologi[sz]e|do not have|"
        r"don't have|do not know|don't know|won't|am afraid)\b",
        "i i'm",
        "cannot can't can could couldn't unable able sorry apologize apologise have know won't afraid",
    ),
    wording(
        r"\b(?:unable|impossible|not possible) to (?:answer|determine|provide an answer)\b",
        "unable impossible possible",
        "answer determine provide",
    ),
    wording(
        rf"\b{_TEXT}(?: (?:provided|given|above))? (?:does|do|did)(?: not|n't) (?:\w+ )?"
        r"(?:contain|provide|mention|specify|state|include|give|discuss|address|offer|explain|describe|indicate|elaborate|say|tell|clarify|reveal)\b",
        "does do did doesn't don't didn't",
        _TEXT_WORDS,
        "contain provide mention specify state include give discuss address offer explain describe indicate elaborate say tell "
        "clarify reveal",
    ),
    wording(
        r"\b(?:is|are|was|were)(?: not|n't) (?:\w+ )?(?:mentioned|specified|provided|stated|given|discussed|described|available|addressed) "
        rf"(?:in|by|from) (?:the|this) (?:\w+ )?{_TEXT}\b",
        "not isn't aren't wasn't weren't",
        "mentioned specified provided stated given discussed described available addressed",
        _TEXT_WORDS,
    ),
    wording(
        r"\b(?:there is|contains|provides|includes) (?:no|not enough|insufficient) (?:\w+ )?(?:information|details?|mention|answer|context)\b",
        "no enough insufficient",
        "information detail details mention answer context",
    ),
    wording(r"^no (?:\w+ )?(?:information|details?|answer)\b", "no", "information detail details answer"),
    wording(
        r"\bcan(?:not|'t| not) be (?:answered|determined from (?:the|this))\b",
        "answered determined",
        "can cannot can't",
    ),
    wording(
        r"\b(?:insufficient|not enough) (?:information|context|details?) (?:to|is|was|in|provided|given)\b",
        "insufficient enough",
        "information context detail details",
    ),
    wording(
        r"\b(?:please|could you) (?:provide|clarify|share|supply) (?:me |the |more |a |additional |further )",
        "please could",
        "provide clarify share supply",
    ),
)
"""The model declines, asks back, or says that the text is silent."""

CLAIMLESS = Wordings(
    wording(
        r"\b(?:answer|response|reply) (?:to|is|would|should|could|will)\b[^.]{0,80}\bquestion\b",
        "question",
        "answer response reply",
    ),
    wording(r"\banswer (?:to )?(?:the|your|this) question\b", "question", "answer"),
    wording(r"\bunable to (?:answer|provide)\b", "unable", "answer provide"),
    wording(
        r"\bI (?:can|could|would|will|must|should|may|might|do|did|am|have|understand|assume|hope|used|found)\b",
        "i",
        "can could would will must should may might do did am have understand assume hope used found",
    ),
    wording(
        r"\bbased (?:solely |only )?on (?:the )?(?:given |provided |available )?(?:passages?|information|text|context)\b[^.]{0,40}[.:]?$",
        "based",
        "passage passages information text context",
    ),
    wording(
        r"\b(?:the |this )?information (?:provided|given|available|is sufficient)\b",
        "information",
        "provided given available sufficient",
    ),
    wording(r"^(?:the )?(?:given |provided )?passages? \d", "passage passages"),
)


def speeches(text: str, words: Set[str]) -> Iterator[str]:
    """What of a plain text is the model talking to itself or its user; `words` are its words in lower case."""
    if opening := _OPENING_SPEECH.match(text):
        yield opening[0]
    yield from (found[0] for found in SPEECHES.search(text, words))


def refusals(text: str, words: Set[str]) -> Iterator[str]:
    """What of a plain text declines, asks back, or says that the source is silent."""
    yield from (found[0] for found in REFUSALS.search(text, words))


_MERE_ASSENT = frozenset({("yes",), ("no",)})


def claims_something(sentence: Sentence) -> bool:
    """Whether a sentence claims something that a source could support; a mere "Yes." leaves that to what follows."""
    if sentence.words in _MERE_ASSENT:
        return False
    text, words = sentence.text, frozenset(sentence.words)
    if text.endswith("?") or any(speeches(text, words)) or any(refusals(text, words)):
        return False
    return not any(CLAIMLESS.search(text, words))
