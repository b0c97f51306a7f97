"""What models say around the pairs: planning, introductions, sign-offs, refusals, questions back, placeholders.

All patterns are anchored or start with a literal, and none has a repetition inside a repetition, so that each
reads its text once.
"""

import re

from qagen.text.lexicon import AS_A_MODEL, DECLINES, HAND_OVER, HANDED_NOUNS, HESITATIONS, LET_ME, OFFERS

_I = re.IGNORECASE

_TALK = (
    r"(?:i hope\b|hope (?:this|these|that)\b|let me know\b|feel free\b|please (?:let me|feel free|note that (?:these|this|the|all) [^\n]{0,40}(?:questions?|answers?|pairs?))"
    r"|(?:if|should) (?:you|there|any|further)(?:'d| would| are| is)?(?: (?:need|have|like|want|any|require|further|wish|prefer|anything))*\b[^\n]{0,80}(?:adjust|modif|help\b|clarif|elaborat|question|more pairs|let me|feel free|else\b)"
    r"|(?:please )?(?:don't|do not) hesitate\b|as requested,|in this response,|remember to\b|(?:to be )?continued (?:in|with|below)\b|done[.!]*$"
    r"|(?:would|do) you (?:like|want|need)\b|is there anything\b|thank(?:s| you)\b[^\n]{0,60}$|good luck\b|happy (?:studying|learning|reading)"
    r"|best regards|(?:this|that) (?:concludes|completes|wraps up|should (?:cover|give you|be enough|do it)|makes (?:ten|\d))\b|that'?s (?:all|it)\b|there you (?:have|go)\b|here you (?:have|go)\b"
    r"|\[?(?:the )?end of (?:the )?(?:q ?& ?a|questions?|response|list|output|pairs|document|answers?|set|excerpt)\b|\[end\]|\(end\)|以上|这些问|希望这|如果您|如需)"
)
_PLANNING = (
    r"(?:i(?:'ve|'ll|'m| have| will| am| need| should (?:also|now|make|check|ensure)| think| believe| made sure| tried| aimed| ensured| focused| kept| avoided)\b(?! the (?:current|intensity)\b)"
    r"|wait[,.…]|hmm+\b|ok(?:ay)?[,.]|alright[,.]|now,? (?:i|let me|let's|on to|for the|the (?:next|last|final) (?:question|pair|one))\b"
    rf"|let me {LET_ME}\b"
    r"|let's (?:move|go|write|draft|check|see|try|proceed)\b"
    r"|next,? (?:i|let me|question|pair)\b|moving on to (?:the next|question|pair)\b"
    r"|(?:the|this) user\b|(?:now )?(?:for )?the (?:next|second|third|fourth|fifth|last) (?:question|pair)\b)"
)
_NAMES = r"(?:q ?& ?as?\b|(?:q/a|q and a|qa)[ -]pairs?\b|question[-–/ ](?:and[- ])?answer|questions? (?:and|with|&) (?:their |the |detailed |corresponding )?answers?\b)"
_THE = (
    r"(?:these|those|each|every|all|both|above|the|of|my|ten|provided|given|formulated|generated|\d{1,2}) "
    r"(?:of )?(?:these |the |above |following |provided |formulated |generated |ten |\d{1,2} ){0,2}"
)
_MADE = (
    r"(?:(?:is|are|was|were|has been|have been) (?:\w+ )?(?:design|formulat|craft|written|meant|intend|structur|tailor|drawn|chosen|framed|formatted"
    r"|diverse|thorough|unique|self-contained|rich in|detailed|based on|grounded|followed by|accompanied)|above\b|cover|delve|explore|aim|span|adhere)"
)
_DO = (
    r"(?:here\b|and answers|avoid|probe|require|encourage|stimulate|draw|touch|encompass|capture|paint|offer|provide|give|highlight|address|build|focus"
    r"|emphasi[sz]e|ensure|illuminate|challenge|promote|invite)"
)
_OWN_WORK = (
    rf"(?:{_NAMES}|\b{_THE}(?:(?:questions?|answers) (?:{_MADE}|{_DO})|answer {_MADE}|pairs? {_MADE}"
    r"|(?:questions|answers|responses|pairs) [^\n]{0,120}(?:the (?:paper|excerpt|passage|user|instructions|guidelines|prompt)|(?:provided|given) (?:text|excerpt|paper)))"
    r"|\b(?:by|through|with) (?:\w+ing )?(?:these|the above) (?:ten )?questions\b|\b(?:i|we|that'?s|makes|is) (?:now )?(?:have )?(?:ten|\d{1,2}) (?:questions|pairs)\b"
    r"|\bnote:?[*_]{0,2}:? [^\n]{0,60}(?:these pairs|the above|provided text)\b)"
)
OWN_WORK = re.compile(rf"\n[^\n.!?]{{0,70}}?{_OWN_WORK}", _I)
"""A line inside an answer whose first sentence is about the pairs themselves."""
NAMES_OF_WORK = ("question", "answer", "pair", "response", "q&a", "q & a", "note")
"""Lower-case words without which no text holds such a line."""
_CLOSING_HEADING = (
    r"(?:[#*_]+[ \t]*(?:key (?:take-?aways?|points|insights)|closing (?:remarks?|notes?)|final (?:remarks?|notes?|thoughts?)|additional notes?"
    r"|(?:notes?|summary|explanation|rationale|comments?) (?:on|of|about|for) (?:the )?(?:q ?& ?a|questions?|pairs?|answers?|choices))\b[^\n]{0,40}$)"
)
SIGN_OFF = re.compile(
    rf"\n[ \t>]*+(?:[*_(]{{0,3}}(?:{_TALK}|{_PLANNING})|{_CLOSING_HEADING})", _I | re.MULTILINE
)
"""A line inside an answer from which on the model speaks about its work, no longer about the matter."""

LAST_HEADING = re.compile(
    r"\n[ \t]*+[#*_]+[ \t]*+(?:summary|conclusions?|notes?|overall|takeaways?|references|sources)\b[ \t]*[:.]?[ \t]*[*_]*[ \t]*(?=\n|\Z)",
    _I,
)
"""A heading that closes a response where the last answer has no headings of its own."""

GENERALITIES = re.compile(
    r"(?<=[.!?)*])(?:[ \t]*+\n){2,}+[*_(]{0,3}(?:these|this|overall|by|together|in (?:summary|conclusion|essence)|to (?:sum|conclude)|through|collectively"
    r"|such|understanding|with|the above|all of)\b",
    _I,
)
"""A paragraph of generalities, which closes a response where all answers but the last have one paragraph."""

GLUED_SIGN_OFF = re.compile(
    rf"[.!?)\]*](?=[ \t]+(?:{OFFERS}"
    r"|if you (?:have|need) (?:any )?(?:further|more|additional|other|any) |please let me know|thank you for|"
    rf"would you like me to|(?:these|this|those|each|all|the|overall|together)\b[^\n.!?]{{0,60}}?{_NAMES}))",
    _I,
)
"""The same behind the last sentence of the last answer, on its line."""

REFUSAL = re.compile(
    rf"(?:{DECLINES}|{AS_A_MODEL}|my apologies|sorry[,.]|unfortunately,? i)",
    _I,
)
ASKS_BACK = re.compile(
    rf"(?:(?:could|can|would|will) you (?:please |kindly )?(?:{HAND_OVER}|confirm|tell|give|let me know)"
    rf"|please (?:{HAND_OVER}|give me)"
    rf"|(?:don't|do not|didn't|did not|cannot|can't|not) (?:see|find|have|receive|contain)[^\n.]{{0,40}}{HANDED_NOUNS}"
    rf"|{HANDED_NOUNS} (?:is|seems|appears|was|wasn't|is not|isn't)[^\n.]{{0,30}}(?:missing|cut off|incomplete|included|provided|attached|empty)"
    r"|(?:you )?(?:haven't|have not|didn't|did not) (?:provided?|included?|shared?|attached?|pasted?)|need (?:more|additional|further) (?:information|details|context|text)"
    r"|which (?:part|section|format|language|paper|topic)[^\n.]{0,60}\?|what (?:would you like|do you want|should i)|do you want me to|would you like me to)",
    _I,
)
READS_LIKE_REASONING = re.compile(
    rf"(?:{HESITATIONS}\b|so,? (?:i|the user|let)|first,? (?:i|let)|let(?:'s| me| us) |i (?:need|have|should|want|will|must|am going|can|think|'ll) ?"
    r"|i(?:'ll|'ve|'m) |the (?:user|task|query|prompt|request|instructions?|question is asking)\b|this (?:is a (?:prompt|task|request)|task|request|user)\b|to (?:begin|start|address|fulfil|complete|tackle|do this|answer this|create|formulate)\b|we (?:need|have to|are asked|must|should)\b|given (?:this|the)\b|now,? (?:i|let|the)\b|looking at\b|considering\b|based on the (?:user|prompt|instructions))",
    _I,
)
"""How reasoning that no tag marks begins."""


def reads_like_reasoning(text: str) -> bool:
    """Whether a text begins as models begin to think."""
    return bool(READS_LIKE_REASONING.match(text.lstrip(" \t\r\n*#>-")))


FINAL_HEADING = re.compile(
    r"[#*_>\[( \t]*+(?:(?:my|the|here is the|here are the|now the) )?final (?:answers?|output|response|version|set|list|pairs|questions?|q ?& ?as?|qa)"
    r"(?: (?:of|with|for|q ?& ?as?|qa|pairs?|questions?|and|answers?|the|ten|\d{1,2}|list|set|format|version|output))*[ \t]*[:.*_\])# \t]*",
    _I,
)
"""A line that says: what comes now is meant to be read."""
INTRODUCTION = re.compile(
    r"[#*_>\[( \t]*+(?:sure[,!.]? |certainly[,!.]? |now,? )?(?:here(?:'s|’s| are| is)|below (?:are|is)|these are)\b"
    r"(?![^\n]{0,80}\b(?:more|additional|next|another|remaining|other)\b)[^\n]{0,120}?"
    r"\b(?:q ?& ?as?|qa pairs?|question[- ](?:and[- ])?answers?|questions? and (?:their |the )?answers?"
    r"|(?:\d{1,2}|ten|five|final|requested|formulated)(?: \w+)? pairs|final (?:output|response|answer|version|set))\b[^\n]{0,120}",
    _I,
)
"""A line that announces the pairs."""
_PLACEHOLDER_NAMES = (
    "a an answer answers question questions here your the insert text goes write in of to first second third next number n x y"
    " detailed thorough rich corresponding placeholder content example sample template one two etc and so on generated"
    " your_question your_answer question_here answer_here question_text answer_text"
)
PLACEHOLDER_WORDS = frozenset(_PLACEHOLDER_NAMES.split())
_WORD = re.compile(r"[A-Za-z_]+")


def is_placeholder(text: str) -> bool:
    """Whether the text only holds the place of a question or an answer: `<question here>`, `[Answer]`, `...`."""
    if len(text) > 80:
        return False
    words = _WORD.findall(text.lower())
    if not words:
        return not any(char.isalnum() for char in text)
    if not all(word in PLACEHOLDER_WORDS for word in words):
        return False
    return (
        text[0] in "<[{(`"
        or "..." in text
        or "…" in text
        or "question" in text.lower()
        or "answer" in text.lower()
    )
