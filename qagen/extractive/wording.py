"""Which sentences can be asked about, and how they read without citations and asides."""

import re

_LEADING = re.compile(
    r"^(?:Moreover|Furthermore|In addition|Additionally|Notably|Interestingly|Importantly|Remarkably|Surprisingly|"
    r"Specifically|In particular|In general|Generally|Typically|Overall|In fact|Indeed|Finally|Similarly|Also|Besides|"
    r"As expected|Further|Strikingly|Intriguingly|Unsurprisingly|Unexpectedly|Briefly|In conclusion|In summary|Currently|In brief|In short|To date|Clearly|Obviously|Accordingly|First|Second|Third|Firstly|Secondly|Thirdly|Lastly), (?=\w)"
)
_LEANING = re.compile(
    r"(?:(?:However|Therefore|Thus|Hence|Consequently|Nevertheless|Nonetheless|As a result|As a consequence),? )?"
    r"(?:(?:[Hh]ere, )?(?:[Ww]e|[Oo]ur (?:results|data|findings|analys[ei]s|observations|experiments|measurements|simulations)|"
    r"[Tt]hese (?:results|data|findings|observations)|[Tt]he (?:results|data|findings)|[Rr]esults) (?:\w+ ){0,2}?"
    r"(?:f(?:ou|i)nd|show(?:ed|s|n)?|observed?|concluded?|demonstrated?|suggest(?:ed)?|indicated?|reveal(?:ed)?|confirm(?:ed)?|"
    r"reported?|hypothesi[sz]ed?|imply|implied|noted?|saw|see|believe|expect|propose) that )?"
)
_CONNECTIVE = re.compile(
    r"^(?:However|In contrast|By contrast|Conversely|On the other hand|Therefore|Thus|Hence|Consequently|As a result|"
    r"As a consequence|For example|For instance|Instead|Nevertheless|Nonetheless|In turn|Accordingly)\b"
)
_DEPENDENT_START = re.compile(
    r"^(?:(?:This|That|These|Those|It|They|He|She|Its|Their|His|Her|Such|There|Here|Both|Neither|Either|Each|Another|One|"
    r"Some|Others?|Similar|Same|We|Our|I|You|Your|Let|Note|See|Consider|Recall|Suppose|Assume|Given|So|But|And|Or|"
    r"Yet|Then|Also|Again|Now|Although|Though|Despite|Unlike|Like|Rather|Because of this|Due to this|"
    r"The (?:latter|former|above|following|same|other|others|next|previous|present|current|authors?|two|three|four|first|second|"
    r"third|last|rest|remaining|results?|findings?|study|paper|work|data|former|observed)|"
    r"(?:In|At|For|By|From|With|On|To|After|During|Under|Among|Of) (?:this|these|that|those|such|each|both|all|our|the (?:latter|"
    r"former|following|above|present|current|same|other|next|previous))|According to|To our|To the best|In (?:contrast|comparison)|"
    r"Results?|Findings?|Studies|Study|Recent|Previous|Earlier|Several|Many|Most|Few|Various|Other|Similarly|Likewise|"
    r"However|Therefore|Thus|Hence|Consequently|Nevertheless|Nonetheless|Instead|Conversely|Meanwhile|Otherwise)\b|"
    r"Compared|Based|Using|Taken|Together)"
)
_POINTS_OUT = re.compile(
    r"\b(?:we|our|us|ours|I|my|you|your|he|she|his|her|here|herein|hereafter|this|these|aforementioned|abovementioned|former|latter|"
    r"authors?|paper|article|manuscript|preprint|thesis|supplementary|supplemental|appendix|respectively|et al|"
    r"previously|above-mentioned|aforesaid|following|study|studies|literature|future work|further (?:research|work|experiments|investigations?))\b|\b(?:as|was|were|is|are) (?:shown|seen|described|discussed|"
    r"mentioned|noted|listed|reported|given|defined)\b|\b(?:mentioned|described|discussed|shown|reported|listed|given|defined) "
    r"(?:above|below|in|by|earlier)\b|\babove[.,;]|\bbelow[.,;]",
    re.IGNORECASE,
)
_POINTS_AT = re.compile(
    r"\b(?:Figs?|Figures?|Tables?|Tab|Eqs?|Eqn|Equations?|Sections?|Sect?|Refs?|References?|Schemes?|Appendix|Chapters?|"
    r"Algorithms?|Listings?|Videos?|Theorem|Lemma|Proposition|Panels?|Box|Step|Movie|Chart|Ext|https?|www)\b|"
    r"\bfig(?:ure|s|\.)|\bequations? [\d(]|\btables? [\dS]|[§†‡©]|doi|@|\b(?:left|right|top|bottom|upper|lower|inset)\b[^.]{0,12}\bpanels?\b|\b(?:inset|[Ss]chematic|[Dd]otted|[Dd]ashed|(?:green|red|blue|black|yellow|orange|gr[ea]y|white) (?:circles?|lines?|dots?|boxes|squares?|triangles?|bars?|symbols?)|solid lines?|curves?|scale bars?|arrows?)\b",
)
_BROKEN = re.compile(
    r"[\ufffd\x00-\x08\ufffe\uffff|{}\\∑∫√→↔⇒∂∇]|=.*=|\w=\w|\w- \w|\S{45}|\.\.\.|…|\?|!|\b[a-z] [a-z] [a-z]\b|\b(\w+) \1\b|"
    r"[a-z][.,][A-Za-z]{2}|\b[A-Z][A-Z ]{14}|^\W|\b\w+ ?/ ?\w+ ?/|\(\s*\)|\(cid|/uni|[a-z]{3}\d{2}\b"
)
_CITATION = re.compile(
    r"\s*\[[\d,;–\- ]{1,40}\](?:\([^)\s]{0,80}\))?|\s*\((?:see |e\.g\.,? |cf\.? )?[A-Z][^()]{1,200}?\b(?:19|20)\d\d[a-z]?[^()]{0,80}\)"
    r"|<sup>[\d,;–\- *]{1,20}</sup>(?=[\s.,;:)]|$)"
)
_UNIT_BEFORE = re.compile(r"(?:^|[\s(/·⋅])[a-zA-Zµμ°Ω]{1,3}$")
_ASIDE = re.compile(r" \([^()]{1,120}\)")
_INSERTED = re.compile(
    r", (?:however|by contrast|in contrast|therefore|in turn|for example|for instance|on the other hand|thus|hence|of course|"
    r"moreover|furthermore|in particular|consequently|indeed|on average|in addition),"
)
_FILLER = re.compile(
    r" (?:also|therefore|thus|hence|consequently|likewise|accordingly|thereby|furthermore|moreover|clearly)(?= )"
)
_MARKUP = re.compile(
    r"</?(?:i|b|em|strong|span|u)(?: [^>]{0,60})?>|(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)"
)
_RAISED = str.maketrans("0123456789+-−–n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻ⁿ")
_LOWERED = str.maketrans("0123456789+-−x", "₀₁₂₃₄₅₆₇₈₉₊₋₋ₓ")
_TAG = re.compile(r"<(sup|sub)>([^<>]{1,20})</(?:sup|sub)>")
_SPELLED = re.compile(r"[\d+\-−–nx]+")
_WORD = re.compile(r"[^\W\d_]{2,}")
_KEPT_CAPITAL = re.compile(
    r"[A-Z].*[A-Z0-9]|[A-Z]$|[A-Z]\w*(?:ian|ean)$|[A-Z]\w*['’]s$|[A-Z]-|.*[\d/]|[IVX]+$"
)
_FUNCTION_WORD = re.compile(
    r"(?:The|A|An|In|At|On|For|With|Without|By|From|To|After|Before|During|Under|Over|Between|Among|Above|Below|When|If|While|As|Because|Since|Once|All|Increasing|Decreasing|Higher|Lower|High|Low|Large|Small|More|Less|No|Not|Only|Even)$"
)

MIN_CHARS, MAX_CHARS, MIN_WORDS = 45, 420, 8


def plain(sentence: str) -> str:
    """The sentence on one line without citations, asides, markup and inserted connectives, for use in a question."""
    text = " ".join(sentence.split())
    text = _TAG.sub(_in_unicode, _MARKUP.sub("", _CITATION.sub(_unless_power, text)))
    text = _INSERTED.sub("", _ASIDE.sub("", text))
    return _FILLER.sub("", _LEADING.sub("", text)).replace(" ,", ",").replace(" .", ".").rstrip(" .")


def _unless_power(citation: re.Match[str]) -> str:
    """What takes the place of a citation: nothing; a raised number after a unit is a power and stays."""
    is_power = citation[0].startswith("<sup>") and _UNIT_BEFORE.search(citation.string, 0, citation.start())
    return citation[0] if is_power else ""


def _in_unicode(tag: re.Match[str]) -> str:
    table = _RAISED if tag[1] == "sup" else _LOWERED
    return tag[2].translate(table) if _SPELLED.fullmatch(tag[2]) else tag[2]


def asks_for_nothing_else(sentence: str) -> bool:
    """Whether the sentence is whole, and can be understood without its neighbours, figures and the paper."""
    if not (MIN_CHARS <= len(sentence) <= MAX_CHARS and sentence[0].isupper()):
        return False
    stripped = _LEADING.sub("", " ".join(sentence.split()))
    stripped = stripped[:1].upper() + stripped[1:]
    return not _DEPENDENT_START.match(stripped) and can_follow(sentence)


def without_leaning(sentence: str) -> str:
    """The sentence without a connective or the authors' "We found that" before it; as it stood where there is none."""
    if not sentence[:1].isupper():
        return sentence
    rest = _LEANING.sub("", " ".join(sentence.split()), count=1)
    return rest[:1].upper() + rest[1:]


def can_follow(sentence: str) -> bool:
    """Whether the sentence is whole and points at nothing but the sentence before it."""
    flat = " ".join(sentence.split())
    text = plain(sentence)
    return (
        flat.rstrip("\"'”’)]*_⁰¹²³⁴⁵⁶⁷⁸⁹0123456789,–").endswith(".")
        and len(_WORD.findall(text)) >= MIN_WORDS
        and all(flat.count(left) == flat.count(right) for left, right in ("()", "[]"))
        and not (
            _POINTS_OUT.search(_CITATION.sub("", flat)) or _POINTS_AT.search(flat) or _BROKEN.search(text)
        )
        and flat.count("$") == 0
    )


def is_connected(sentence: str) -> bool:
    """Whether the sentence goes on with the one before it: However, Therefore, In contrast, ..."""
    return bool(_CONNECTIVE.match(sentence))


def has_citation(sentence: str) -> bool:
    """Whether the sentence cites."""
    return bool(_CITATION.search(sentence))


def uncapitalise(text: str, context: str) -> str:
    """The text as it reads in the middle of a sentence: its first word small, unless it is a name there too."""
    word, space, rest = text.partition(" ")
    if not word[:1].isupper() or (word != "A" and _KEPT_CAPITAL.match(word.rstrip(","))):
        return text
    small = word[0].lower() + word[1:]
    is_name = not _FUNCTION_WORD.match(word) and (
        re.search(rf"[a-z,] {re.escape(word)}\b", context) or (rest[:1].isupper() and not rest[1:2].isupper())
    )
    return text if is_name and not re.search(rf"\b{re.escape(small)}\b", context) else small + space + rest
