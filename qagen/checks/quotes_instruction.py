"""A pair holds no instruction to its reader, a reviewer or a model: papers carry such text, hidden or not, to be obeyed.

What stands right beside such an instruction in the source is of the same hand, and no pair is made of it either.
"""

from collections.abc import Iterator

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.source import IndexedSource
from qagen.checks.reading.wordings import Wordings, wording
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_MODELS = r"(?:AIs?|LLMs?|(?:large )?language models?|AI (?:models?|assistants?|systems?|reviewers?)|chat ?bots?|ChatGPT|GPT|assistants?)"
_ORDERS = Wordings(
    wording(r"\b(?:ignor(?:e|ing)|disregard(?:ing)?|forget(?:ting)?|overrid(?:e|ing)|bypass(?:ing)?|do not (?:follow|obey)|stop following) (?:\w+ ){0,3}(?:previous|prior|above|earlier|preceding|foregoing|former|"
        r"original|your|system|these|all|any) (?:\w+ ){0,3}(?:instructions?|prompts?|directions?|directives?|commands?|guidelines|rules|messages?|orders)\b"),
    wording(r"\b(?:if you are|you are(?: now)?|to(?: all| any| the| every)?|note (?:to|for)(?: all| any| the)?|attention[,:]?(?: all)?|dear|hey|hello) (?:an? )?(?:\w+ )?"
        rf"{_MODELS}(?: \w+){{0,3}}[,:]"),
    wording(r"\b(?:if you are|you are now|as) (?:an? )?(?:large )?(?:language model|LLM|AI|AI language model|AI assistant|chatbot|reviewer|AI reviewer)\b(?= ?(?:,|reading|reviewing|processing|you|and|answer|must|should|then|please))"),
    wording(r"\b(?:answer|reply|respond|end|begin|start)(?: to)? (?:with )?(?:every|all|any|each) (?:(?:further|following|future|other|subsequent) )?(?:questions?|prompts?|requests?|queries|answers?|messages?)\b"
        r"(?= (?:with|by|using|in|that|from|as)\b)|\bevery (?:question|answer|prompt)s? (?:must|should|has to) (?:be|contain|end|begin|include|mention)\w*"),
    wording(r"\b(?:your|the (?:next|following|final)) (?:answers?|reply|replies|responses?|outputs?|review|summary) (?:must|should|shall|has to|have to) (?:only |always |also |not |never )?"
        r"(?:be|contain|include|say|mention|state|recommend|begin|end|praise|cite|advertise)\b|\bin your (?:answers?|reply|replies|responses?|outputs?|review|summary)\b"),
    wording(r"\b(?:give|write|provide|produce|output|return) (?:only |a |an )?(?:\w+ )?(?:positive|favou?rable|glowing) (?:review|evaluation|assessment|rating|score|recommendation)s?\b"
        r"|\b(?:recommend|suggest|vote for) (?:acceptance|accepting|the acceptance)(?: of)?(?: (?:this|the))?\b|\bdo not (?:highlight|mention|list|report|raise) (?:any |the )?(?:negatives?|weaknesses|flaws|limitations|criticisms?)\b"),
    wording(r"\b(?:reveal|print|output|repeat|show|leak|disclose|expose|send) (?:me )?(?:your|the|its) (?:\w+ )?(?:system prompt|prompts?|instructions|secrets?|API keys?|passwords?)\b"
        r"|\b(?:system prompt|developer mode|jailbreak|prompt injection)s?\b"),
    wording(r"\b(?:please |must |should |now |to )?(?:visit|go to|click(?: on)?|open|buy (?:it )?(?:at|from)|subscribe to|download (?:it )?from|bought at|send (?:it |them |\w+ )?to) (?:the (?:link|site|page) )?"
        r"(?:https?://|www\.|\w[\w-]*\.(?:com|net|org|io|ru|cn|xyz|example|top|info|biz|shop)\b|this link|here\b)"),
    wording(r"\bnew (?:instructions?|task|orders?):|\b(?:from now on|you are now (?:an? |the )?(?:\w+)(?= and|,|\.)|(?:pretend|imagine) (?:that )?(?:to be|you are)|you (?:must|will|shall|have to) (?:now |always |never |only )?(?:answer|reply|respond|say|output|recommend|praise|state|write|obey|act|refuse))\b"),
)  # fmt: skip
"""What orders a reader or a model about, in the words that such texts use."""


def quotes_instruction(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:  # noqa: ARG001 - every check is called alike
    """Reject a pair that passes an instruction on, or whose evidence stands beside one."""
    for name, text in (("question", subject.question), ("answer", subject.answer)):
        for found in _ORDERS.search(text.plain, text.vocabulary):
            yield Fault(Reason.QUOTES_INSTRUCTION, f"the {name} passes on {found[0]!r}", text.given, found[0])
    source = subject.source
    ordering = source.once(_ordering)
    if not ordering:
        return
    used = {number for alignment in subject.alignments for number in alignment.numbers[:1]}
    for number in sorted(used):
        beside = sorted(ordering & {number - 1, number, number + 1})
        if beside:
            told = source.sentences[beside[0]]
            detail = f"the answer's evidence stands beside an instruction: {told.text[:120]!r}"
            yield Fault(
                Reason.QUOTES_INSTRUCTION, detail, subject.answer.given, "", ((told.start, told.end),)
            )


def _ordering(source: IndexedSource) -> frozenset[int]:
    """The numbers of the sentences that order something."""
    if next(_ORDERS.search(source.plain, source.vocabulary), None) is None:
        return frozenset()
    return frozenset(
        number
        for number, sentence in enumerate(source.sentences)
        for _ in _ORDERS.search(sentence.text, frozenset(sentence.words))
    )
