"""Subject, verb and rest of a clause, or nothing where the rules do not see them.

There is no tagger: a verb is a word of the list in `verbs` in a place where it can hardly be anything else. A word
that may be a noun or a participle counts only where no surer verb follows before the clause ends.
"""

import re
from dataclasses import dataclass

from qagen.extractive.verbs import ATTAINING, FORMS, HOLDING, PARTICIPLES, Form

BE = frozenset({"is", "are", "was", "were"})
MODAL = frozenset({"can", "could", "may", "might", "will", "would", "must", "should", "cannot"})
_HELPING = frozenset({"do", "does", "did"})
_HAVE = frozenset({"has", "have", "had"})
_PARTICIPLE = re.compile(
    r"(?:\w+ly |not |long |already |only )?(?:\w+ed|been|shown|become|led|made|grown|given|found|taken|known|seen)\b"
)
_BOUNDARY = re.compile(
    r"(?:that|which|who|whom|whose|where|when|while|whereas|because|since|although|though|and|but|or|if|unless|so|than|until|after|before|once|as)$"
)
_OPENS_OBJECT = re.compile(
    r"(?:the|a|an|all|both|no|its|their|each|every|any|some|most|more|less|only|about|to|in|from|with|by|as|at|on|into|"
    r"between|faster|when|because|for|over|under|toward|towards|within|up|\d\S*|\w+ly)$",
    re.IGNORECASE,
)
_DETERMINER = re.compile(
    r"(?:the|a|an|of|in|for|no|by|with|and|or|to|from|this|each|any|its|their|on|at|between|per|as|more|less)$",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(
    r"(?:by|in|for|from|at|with|to|on|during|under|between|using|over|as|through|within|into|of|after|before)$"
)
_PLURAL = re.compile(
    r"[\w-]*[a-rt-z0-9]s$|data$|bacteria$|media$|people$|mice$|phenomena$|spectra$|children$", re.IGNORECASE
)
_NOT_IN_SUBJECT = re.compile(
    r"[,;:()\"“”]|\b(?:that|which|who|whom|whose|where|when|while|how|why|whether|because|since|although|if|than|is|are|was|were|be|has|"
    r"as|yet|have|had|it|they|he|she|we|there|this|these|those|them|such|not|can|may|will|should|could|would|must|do|does|did|both|either|neither|then|but|so|i\.e|e\.g)\b",
    re.IGNORECASE,
)
_HIDDEN_VERB = re.compile(
    r" (?:The|A|An|In|All|We|This|These|For|To|Our|It)\b"  # a heading that ran into the sentence
    r"|\b\w+ed (?:the|a|an|nearly|all|its|their|no|only)\b|\b(?:means(?! of)|shows|suggests|indicates|leads|results in|uses|takes|makes)\b"
)
_UNRESOLVED = re.compile(
    r"\b(?:it|its|they|them|their|this|these|those|such|former|latter|same|other|others|another|here|itself|themselves|there|"
    r"majority(?! of)|remaining|rest(?! of)|again|said|one|ones|respective|corresponding|both|(?<=the )above|resulting|observed)\b",
    re.IGNORECASE,
)
_INTRODUCTION = re.compile(
    r"(?P<lead>(?i:In|At|Under|For|During|After|Before|With|Without|On|Above|Below|Between|Within|Among|By|Over|From) [^,;:()]{3,70}), (?P<main>.+)$"
)
_PLACE = re.compile(
    r"(?:in|at|under|for|during|after|before|with|without|on|above|below|between|within|among)$",
    re.IGNORECASE,
)
_NO_PLACE = re.compile(
    r"(?:In (?:addition|contrast|particular|general|fact|turn|short|summary|conclusion|total|principle|practice|comparison|other|"
    r"order|recent|light|most|many|some|several|line|agreement)|For (?:example|instance|simplicity|\w+ing)|On (?:average|the (?:other|one|contrary))|"
    r"At (?:first|last|least)|By (?:contrast|comparison|\w+ing)|With (?:this|respect)|After \w+ing|Before \w+ing|From (?:this|these|the (?:above|results?)))\b",
    re.IGNORECASE,
)
MAX_SUBJECT_WORDS, MAX_REST_WORDS = 14, 24


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause taken apart; the words are those of the sentence.

    Attributes:
        lead: what stands before the subject, as "At 250 m", or "".
        subject: the noun phrase before the verb, its first word still as it stood.
        word: the finite verb as it stands.
        form: what the finite verb is; None for be, have and modals as auxiliaries.
        rest: everything after the finite verb.
    """

    lead: str
    subject: str
    word: str
    form: Form | None
    rest: str

    @property
    def is_past(self) -> bool:
        """Whether the clause speaks of what was."""
        return self.word in {"was", "were", "had", "did"} or (
            self.form is not None and self.form.helper == "did"
        )

    @property
    def helper(self) -> str:
        """The auxiliary that asks about the clause with do, does or did."""
        if self.form is not None:
            return self.form.helper
        return {"is": "does", "has": "does", "does": "does", "are": "do", "have": "do", "do": "do"}.get(
            self.word, "did" if self.is_past else self.word.replace("cannot", "can")
        )

    def behind_question_word(self, rest: str | None = None) -> str:
        """The clause as it stands after a question word: `is the noise lower`, `did voids shrink the contact`."""
        after = self.rest if rest is None else rest
        if self.form is None:
            word, negation = ("can", "not ") if self.word == "cannot" else (self.word, "")
            return f"{word} {self.subject} {negation}{after}".strip()
        return f"{self.form.helper} {self.subject} {self.form.base} {after}".strip()


def clause(text: str) -> Clause | None:
    """Take the first clause of a plain text apart, or return None where that isn't safe."""
    lead, main = "", text
    if found := _INTRODUCTION.match(text):
        if _NO_PLACE.match(text) or _UNRESOLVED.search(found["lead"]):
            return None
        lead, main = found["lead"], found["main"]
    words = main.split(" ")
    place = _verb_place(words)
    if place is None:
        return None
    first = _subject_place(words, place) if not lead else 0
    lead = lead or " ".join(words[:first])
    subject, rest = " ".join(words[first:place]), " ".join(words[place + 1 :])
    if not is_noun_phrase(subject) or (lead and _is_clause_lead(lead)):
        return None
    word = words[place]
    auxiliary = word in BE or word in MODAL or word in _HELPING or (word in _HAVE and _PARTICIPLE.match(rest))
    return Clause(lead, subject, word, None if auxiliary else FORMS[word], rest)


def is_noun_phrase(text: str) -> bool:
    """Whether a text may stand in a question as a noun phrase that needs nothing outside of the question."""
    words = text.split()
    return (
        0 < len(words) <= MAX_SUBJECT_WORDS
        and not _NOT_IN_SUBJECT.search(text)
        and not _UNRESOLVED.search(text)
        and not _HIDDEN_VERB.search(text)
        and not _DETERMINER.match(words[-1])
        and not re.match(
            r"(?:to|by|as|of|\w+ly|and|or|in|on|at|for|with|from|during|under|after|before|without|above|below|between|within|among|even|not|only|how|what|\d)\b",
            text,
            re.IGNORECASE,
        )
    )


def is_resolved(text: str) -> bool:
    """Whether a text holds no word that stands for something said elsewhere."""
    return not _UNRESOLVED.search(text)


def _subject_place(words: list[str], verb: int) -> int:
    """Where the subject begins, in a clause that begins with a place or time without a comma: "At 50 m the removal"."""
    if not _PLACE.match(words[0]) or any(word[-1:] in ",;:)" for word in words[:verb]):
        return 0
    articles = [
        i for i in range(2, verb) if words[i] in {"the", "a", "an"} and not _DETERMINER.match(words[i - 1])
    ]
    is_safe = (
        articles and not _NO_PLACE.match(" ".join(words)) and is_resolved(" ".join(words[: articles[-1]]))
    )
    return articles[-1] if is_safe else 0


def _is_clause_lead(lead: str) -> bool:
    return any(word in BE or word in MODAL for word in lead.split())


def _verb_place(words: list[str]) -> int | None:
    """The index of the finite verb."""
    unsure: int | None = None
    for index, word in enumerate(words):
        if index == 0:
            continue
        bare = word.rstrip(",;:")
        if unsure is not None and (words[index - 1][-1] in ",;:" or _BOUNDARY.match(word)):
            return unsure
        if bare in BE or bare in MODAL or bare in _HAVE or bare in _HELPING:
            return index if bare == word else None
        form = FORMS.get(word)
        if form is None or _DETERMINER.match(words[index - 1]):
            continue
        if not form.ambiguous:
            return index
        if unsure is None and _may_be_finite(words, index, form):
            unsure = index
    return unsure


def _may_be_finite(words: list[str], index: int, form: Form) -> bool:
    """Whether a word that may be a noun or a participle stands where a verb stands."""
    before, after = words[index - 1], words[index + 1] if index + 1 < len(words) else ""
    if form.helper == "do":
        return bool(_PLURAL.match(before) and _OPENS_OBJECT.match(after)) and not before.endswith("'s")
    if form.helper == "does":
        return bool(_OPENS_OBJECT.match(after))
    transitive_only = words[index] in PARTICIPLES and form.base in (ATTAINING | HOLDING)
    if after in {"by", "using", "via"}:
        return (
            False
            if transitive_only
            else bool(
                re.match(
                    r"\d|about|approximately|more|a|up|nearly|roughly|only|less",
                    " ".join(words[index + 2 : index + 3]),
                )
            )
        )
    return not (transitive_only and _PREPOSITION.match(after))
