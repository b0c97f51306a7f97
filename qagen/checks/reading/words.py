"""Lists of English words that more than one check uses."""


def word_set(listed: str) -> frozenset[str]:
    """The words of a list that is written as text."""
    return frozenset(listed.split())


FUNCTION_WORDS = word_set(
    """
    a an the this that these those it its itself they them their theirs he him his she her hers we us our you your i me my
    who whom whose which what when where why how there here
    and or but nor so yet if then than as because since while whereas although though unless until whether
    of in on at by for with from to into onto upon about over under between among through during within without against
    across along per via toward towards
    is are was were be been being am do does did done doing have has had having can could may might shall should will
    would must
    also too very just only even such both either each all any some other another same own more most
    s t d ll re ve
    """
)
"""Words that carry grammar and no content. Negations and directions are not among them: they decide what is said."""

_UP_TO_TWENTY = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty
"""
_TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety"
NUMBER_WORDS = {word: number for number, word in enumerate(_UP_TO_TWENTY.split())}
NUMBER_WORDS |= {word: 10 * number for number, word in enumerate(_TENS.split())}
REASON_CUES = word_set(
    """
    because since due therefore thus hence so as owing consequently cause causes caused causing lead leads led leading result
    results resulted resulting attributed attributable allows allowed enables enabled prevents prevented responsible reason
    """
)
"""One of these stands in most sentences that give something as a reason."""
