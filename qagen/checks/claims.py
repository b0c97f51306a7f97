"""Which sentences of an answer claim something about the world, so that a source can support them.

"Sure, I can help with that", "Therefore, the answer to the question is:" and "The text does not say" claim nothing of
the kind. They are faults of a record for other checks; counted as unsupported claims they would hide how well the
rest is supported.
"""

import re
from collections.abc import Iterator, Set

from qagen.checks.text import Sentence
from qagen.checks.words import word_set

_SPEECH = re.compile(
    r"\bthe (?:user|prompt|instructions?|system prompt)(?:'s| (?:wants?|asks?|asked|is asking|says?|said|needs?|requires?|mentions?|provided|gave))\b"
    r"|^\W{0,12}(?:okay|ok|alright|all right|hmm+|wait|sure|certainly|of course|great|let me|let's|first, I|now, I|so, I|well,)\b(?=[,.!:]| (?:so|I|let|the user|here|we)\b|(?<=let me)|(?<=let's))"
    r"|\b(?:let me|let's) (?:think|look|see|check|start|go|re-?read|consider|figure|break|try|make sure|formulate|write|draft|move)\b"
    r"|\bI (?:need|have|should|must|will|'ll|want|am going|can|could|might) (?:to )?(?:think|make sure|ensure|answer|formulate|write|create|generate|"
    r"look|check|include|avoid|mention|focus|provide|start|find|consider|come up|explain|note)\b"
    r"|\bI(?:'ll| think| believe| guess| recall| remember| wonder)\b"
    r"|^\W{0,12}(?:final answer|my answer|the answer is|here (?:is|are) (?:the|my|an?|your)|here's (?:the|my|an?)|answer to (?:the )?question)\b ?[^.?!]{0,40}:"
    r"|\b(?:hope this helps|feel free to ask|let me know if)\b",
    re.IGNORECASE | re.MULTILINE,
)
"""The model talks to itself or to its user."""

_TEXT = r"(?:text|passages?|excerpt|context|document|paper|article|study|source|chunk|paragraph|information|material)"
_NOT_SAID = r"(?:contain|provide|mention|specify|state|include|give|discuss|address|offer|explain|describe|indicate|elaborate)"
_REFUSAL = re.compile(
    r"\b(?:as an? (?:AI|artificial intelligence|(?:large )?language model)\b)"
    r"|\bI(?:'m| am)? (?:cannot|can't|can not|could not|couldn't|am unable|was unable|unable|am not able|sorry|apologi[sz]e|do not have|"
    r"don't have|do not know|don't know|won't|am afraid)\b"
    r"|\b(?:unable|impossible|not possible) to (?:answer|determine|provide an answer)\b"
    rf"|\b{_TEXT}(?: (?:provided|given|above))? (?:does|do|did)(?: not|n't) (?:\w+ )?{_NOT_SAID}\b"
    rf"|\b(?:is|are|was|were)(?: not|n't) (?:\w+ )?(?:mentioned|specified|provided|stated|given|discussed|described|available|addressed) "
    rf"(?:in|by|from) (?:the|this) (?:\w+ )?{_TEXT}\b"
    rf"|\b(?:there is|contains|provides|includes) (?:no|not enough|insufficient) (?:\w+ )?(?:information|details?|mention|answer|context)\b"
    rf"|^no (?:\w+ )?(?:information|details?|answer)\b"
    r"|\bcan(?:not|'t| not) be (?:answered|determined from (?:the|this))\b"
    r"|\b(?:insufficient|not enough) (?:information|context|details?) (?:to|is|was|in|provided|given)\b"
    r"|\b(?:please|could you) (?:provide|clarify|share|supply) (?:me |the |more |a |additional |further )",
    re.IGNORECASE,
)
"""The model declines, asks back, or says that the text is silent."""

_ABOUT_THE_ANSWER = re.compile(
    r"\b(?:answer|response|reply) (?:to|is|would|should|could|will)\b[^.]{0,80}\bquestion\b"
    r"|\banswer (?:to )?(?:the|your|this) question\b|\bunable to (?:answer|provide)\b"
    r"|\bI (?:can|could|would|will|must|should|may|might|do|did|am|have|understand|assume|hope|used|found)\b"
    r"|\bbased (?:solely |only )?on (?:the )?(?:given |provided |available )?(?:passages?|information|text|context)\b[^.]{0,40}[.:]?$"
    r"|\b(?:the |this )?information (?:provided|given|available|is sufficient)\b"
    r"|^(?:the )?(?:given |provided )?passages? \d",
    re.IGNORECASE,
)


_ABOUT_CUES = word_set("answer response reply question unable i i'm based information passage passages")
_REFUSAL_CUES = word_set(
    """
    ai intelligence language i i'm unable impossible possible not no don't doesn't didn't isn't aren't wasn't weren't can't cannot
    insufficient enough please could
    """
)
_REFUSAL_TOPICS = word_set(
    """
    ai intelligence language i i'm unable impossible possible contain provide mention specify state include give discuss address
    offer explain describe indicate elaborate mentioned specified provided stated given discussed described available addressed
    information detail details answer context answered determined clarify share supply
    """
)
"""Every refusal has one of its cues and one of these."""
_SPEECH_CUES = word_set(
    """
    user user's prompt prompt's instruction instructions okay ok alright hmm hmmm hmmmm wait sure certainly course great let let's first now
    i i'll i'm so well right final my answer here here's hope feel know
    """
)


def speeches(text: str, words: Set[str]) -> Iterator[str]:
    """What of a plain text is the model talking to itself or its user; `words` are its words in lower case."""
    if not words.isdisjoint(_SPEECH_CUES):
        yield from (found[0] for found in _SPEECH.finditer(text))


def refusals(text: str, words: Set[str]) -> Iterator[str]:
    """What of a plain text declines, asks back, or says that the source is silent."""
    if not (words.isdisjoint(_REFUSAL_CUES) or words.isdisjoint(_REFUSAL_TOPICS)):
        yield from (found[0] for found in _REFUSAL.finditer(text))


def claims_something(sentence: Sentence) -> bool:
    """Whether a sentence claims something that a source could support."""
    words = frozenset(sentence.words)
    if (
        sentence.text.endswith("?")
        or any(speeches(sentence.text, words))
        or any(refusals(sentence.text, words))
    ):
        return False
    return words.isdisjoint(_ABOUT_CUES) or _ABOUT_THE_ANSWER.search(sentence.text) is None
