"""Which sentences of an answer claim something about the world, so that a source can support them.

"Sure, I can help with that", "Therefore, the answer to the question is:" and "The text does not say" claim nothing of
the kind. They are faults of a record for other checks; counted as unsupported claims they would hide how well the
rest is supported.
"""

import re
from collections.abc import Iterator, Set

from qagen.checks.reading.text import Sentence
from qagen.checks.reading.wordings import Wordings, wording
from qagen.checks.reading.words import word_set
from qagen.text.lexicon import AS_A_MODEL, DECLINES, HAND_OVER, HESITATIONS, LET_ME, OFFERS, SOURCE_NOUNS

_OPENING_SPEECH = re.compile(
    rf"\W{{0,12}}(?:{HESITATIONS}|wait|sure|certainly|of course|great|let me|let's|first, I|now, I|so, I|well,)\b(?=[,.!:]| (?:so|I|let|the user|here|we)\b|(?<=let me)|(?<=let's))"
    r"|\W{0,12}(?:final answer|my answer|the answer is|here (?:is|are) (?:the|my|an?|your)|here's (?:the|my|an?)|answer to (?:the )?question)\b ?[^.?!]{0,40}:",
    re.IGNORECASE,
)
SPEECHES = Wordings(
    wording(
        r"\bthe (?:user|prompt|instructions?|system prompt)(?:'s| (?:wants?|asks?|asked|is asking|says?|said|needs?|requires?|mentions?|provided|gave))\b"
    ),
    wording(rf"\b(?:let me|let's) {LET_ME}\b"),
    wording(
        r"\bI (?:need|have|should|must|will|'ll|want|am going|can|could|might) (?:to )?(?:think|make sure|ensure|answer|formulate|write|create|generate|"
        r"look|check|include|avoid|mention|focus|provide|start|find|consider|come up|explain|note)\b"
    ),
    wording(r"\bI(?:'ll| think| believe| guess| recall| remember| wonder)\b"),
    wording(rf"\b{OFFERS}\b"),
)
"""The model talks to itself or to its user."""

REFUSALS = Wordings(
    wording(rf"\b{AS_A_MODEL}"),
    wording(DECLINES),
    wording(r"\bI (?:could not|couldn't|do not have|don't have|do not know|don't know)\b"),
    wording(r"\b(?:unable|impossible|not possible) to (?:answer|determine|provide an answer)\b"),
    wording(
        rf"\b{SOURCE_NOUNS}(?: (?:provided|given|above))? (?:does|do|did)(?: not|n't) (?:\w+ )?"
        r"(?:contain|provide|mention|specify|state|include|give|discuss|address|offer|explain|describe|indicate|elaborate|say|tell|clarify|reveal)\b"
    ),
    wording(
        r"\b(?:is|are|was|were)(?: not|n't) (?:\w+ )?(?:mentioned|specified|provided|stated|given|discussed|described|available|addressed) "
        rf"(?:in|by|from) (?:the|this) (?:\w+ )?{SOURCE_NOUNS}\b"
    ),
    wording(
        r"\b(?:there is|contains|provides|includes) (?:no|not enough|insufficient) (?:\w+ )?(?:information|details?|mention|answer|context)\b"
    ),
    wording(r"^no (?:\w+ )?(?:information|details?|answer)\b"),
    wording(r"\bcan(?:not|'t| not) be (?:answered|determined from (?:the|this))\b"),
    wording(
        r"\b(?:insufficient|not enough) (?:information|context|details?) (?:to|is|was|in|provided|given)\b"
    ),
    wording(rf"\b(?:please|could you) {HAND_OVER} (?:me |the |more |a |additional |further )"),
)
"""The model declines, asks back, or says that the text is silent."""

CLAIMLESS = Wordings(
    wording(r"\b(?:answer|response|reply) (?:to|is|would|should|could|will)\b[^.]{0,80}\bquestion\b"),
    wording(r"\banswer (?:to )?(?:the|your|this) question\b"),
    wording(r"\bunable to (?:answer|provide)\b"),
    wording(
        r"\bI (?:can|could|would|will|must|should|may|might|do|did|am|have|understand|assume|hope|used|found)\b"
    ),
    wording(
        r"\bbased (?:solely |only )?on (?:the )?(?:given |provided |available )?(?:passages?|information|text|context)\b[^.]{0,40}[.:]?$"
    ),
    wording(r"\b(?:the |this )?information (?:provided|given|available|is sufficient)\b"),
    wording(r"^(?:the )?(?:given |provided )?passages? \d"),
)


def speeches(text: str, words: Set[str]) -> Iterator[str]:
    """What of a plain text is the model talking to itself or its user; `words` are its words in lower case."""
    if opening := _OPENING_SPEECH.match(text):
        yield opening[0]
    yield from (found[0] for found in SPEECHES.search(text, words))


def refusals(text: str, words: Set[str]) -> Iterator[str]:
    """What of a plain text declines, asks back, or says that the source is silent."""
    yield from (found[0] for found in REFUSALS.search(text, words))


_MERE_ASSENT = word_set("yes no hardly barely partly both neither never indeed exactly")
"""Of these alone a sentence may be that leaves what it claims to the next."""


def claims_something(sentence: Sentence) -> bool:
    """Whether a sentence claims something that a source could support; a mere "Yes." or "Hardly." leaves that to what follows."""
    if len(sentence.words) == 1 and sentence.words[0] in _MERE_ASSENT:
        return False
    text, words = sentence.text, frozenset(sentence.words)
    if text.endswith("?") or any(speeches(text, words)) or any(refusals(text, words)):
        return False
    return not any(CLAIMLESS.search(text, words))
