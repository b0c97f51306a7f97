"""What several rules look for, each list once: how models decline, ask back, think aloud and offer help; questions for amounts.

A model does so in much the same words whether it is all of its response, where parsing looks, or one sentence of an
answer, where the checks look. The lists are parts of regular expressions, to be compiled without regard to case; who uses
them says where they have to stand.
"""

REFERENCE_HEADINGS = frozenset(
    {
        "references", "reference", "bibliography", "literature", "literature cited", "works cited", "references cited",
        "cited references", "references and notes", "notes and references",
    }
)  # fmt: skip
"""Names of the section that lists what is cited, in lower case and without numbering.

The rules that convert PDFs (`qagen/convert/rules/patterns.py`) keep a list of their own, since their source is part of the
key of every kept conversion; a test holds it to this one.
"""

_HANDED = r"text|passages?|excerpt|paper|document|content|attachment"
HANDED_NOUNS = rf"(?:{_HANDED})"
"""What models call a text that they should have been given."""
SOURCE_NOUNS = rf"(?:{_HANDED}|context|article|study|source|chunk|paragraph|information|material)"
"""What models call the text that they were given, inside an answer."""

AS_A_MODEL = r"as an? (?:ai|artificial intelligence|(?:large )?language model)\b"
DECLINES = (
    r"\bi(?:'m| am)? (?:(?:very |really |truly )?(?:sorry|afraid)|apologi[sz]e|cannot|can't|can not|won't|will not"
    r"|(?:am |was )?(?:unable|not able)|not allowed|not permitted|(?:do not|don't) feel comfortable|decline"
    r"|(?:have to|must|need to) (?:decline|refuse))\b"
)
"""The model speaks of itself and says no."""
HAND_OVER = r"(?:provide|share|paste|clarify|specify|supply|send|upload)"
"""What a model that asks back wants of its user."""

HOW_MUCH = r"(?:many|much|long|short|often|large|big|small|high|low|tall|far|fast|old|thick|wide|deep|heavy|hot|cold)"
"""What stands behind "how" where a question asks for an amount."""

HESITATIONS = r"(?:ok(?:ay)?|alright|all right|hmm+)"
"""How thoughts begin that are written down as they come."""
LET_ME = (
    r"(?:now|also|check|make|double|verify|think|write|draft|ensure|see|move|go|try|start|proceed|consider|look|re-?read"
    r"|figure|break|formulate)"
)
"""What follows "let me" where a model plans its work."""
OFFERS = (
    r"(?:let me know (?:if|whether|should)|i hope (?:this|these|that)|hope (?:this|these|that) helps"
    r"|feel free to (?:ask|reach|let))"
)
"""How a model takes leave of its user."""
