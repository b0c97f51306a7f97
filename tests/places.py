"""Pairs over several places of a paper, made by code out of its real sentences, each with whether it needs several places.

A fact is a sentence that states something by itself: of it come its subject (what stands before its verb) and its answer. What a pair needs
is known by how it is made: of facts of two places, of one, of two with a value changed.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from qagen.checks.reading.names import is_name, tokens
from qagen.checks.reading.quantities import quantities
from qagen.checks.reading.text import Prose, plain
from qagen.checks.reading.text import words as words_of

NEEDS_SEVERAL, NEEDS_NOT = "needs several places", "does not"


@dataclass(frozen=True)
class Fact:
    """A sentence that states something: its text, what it is about, and the rest of it."""

    text: str
    subject: str
    rest: str
    verb: str


@dataclass(frozen=True)
class Made:
    """A pair that was made, the form that made it, and whether it is to be accepted."""

    form: str
    question: str
    answer: str
    wanted: bool


_VERB = re.compile(
    r" (is|are|was|were|has|have|had|shows?|showed|increases?|increased|decreases?|decreased|reached|reaches|exhibits?|exhibited|contains?|"
    r"contained|requires?|required|leads? to|led to|results? in|resulted in|depends? on|depended on|follows?|followed|occurs?|occurred|"
    r"remains?|remained|yields?|yielded|provides?|provided|produces?|produced|plays?|played|rose|rises?|fell|falls?|grew|grows?|can|may|must) "
)
_DEPENDENT = re.compile(
    r"^(?:it|its|this|these|that|those|they|their|he|she|we|our|i|here|there|such|both|each|one|some|another|other|as|if|when|while|since|because|"
    r"although|however|thus|therefore|hence|moreover|furthermore|in addition|also|then|next|finally|first|second|third|to|for|in|at|on|by|with|from|"
    r"after|before|during|similarly|interestingly|notably|importantly|what|which|where|how|but|and|or|only|all|most|many|several|let|note|see)\b",
    re.IGNORECASE,
)
_OF_PAPER = re.compile(
    r"\b(?:we|our|us|fig|figs|figure|figures|table|tables|eq|eqs|equation|equations|section|sections|ref|refs|supplementary|appendix|scheme|"
    r"study|studies|paper|papers|article|work|authors?|et al|previous|previously|above|below|here|hereafter|this|these|those|respectively|i\.e|e\.g)\b|"
    r"\[\d|\(\d|et al|http|[|#=\\$<>{}]|\bal\.",
    re.IGNORECASE,
)


_VAGUE = re.compile(
    r"\b(?:remaining|former|latter|same|following|other|first|second|third|fourth|last|next|such|corresponding|resulting|new|proposed|that|which|who|belongs|whose)\b",
    re.IGNORECASE,
)
"""In a subject: it names nothing that can be known without the text."""


def facts(text: str) -> tuple[Fact, ...]:
    """The facts of a chunk."""
    return tuple(fact for sentence in Prose(text).sentences if (fact := _fact(sentence.text)) is not None)


def _fact(text: str) -> Fact | None:
    if not (60 <= len(text) <= 260) or not text.endswith(".") or not text[0].isupper() or text.count(".") > 2:
        return None
    if _DEPENDENT.match(text) or _OF_PAPER.search(text):
        return None
    verb = _VERB.search(text)
    if verb is None or not 2 <= len(text[: verb.start()].split()) <= 9 or "," in text[: verb.start()]:
        return None
    if _VAGUE.search(text[: verb.start()]):
        return None
    subject, rest = text[: verb.start()], text[verb.end() :].rstrip(".")
    if len(rest.split()) < 5:
        return None
    first = subject.split()[0]
    if not is_name(first) and not any(is_name(token) for token in tokens(first)):
        subject = subject[0].lower() + subject[1:]
    return Fact(text, subject, rest, verb[1])


def facts_of_places(texts: Sequence[str]) -> list[tuple[Fact, ...]]:
    """The facts of each of several chunks, without those that another one of them says as well."""
    sentences = [Prose(text).sentences for text in texts]
    stems = [[set(sentence.stems) for sentence in some] for some in sentences]
    return [
        tuple(
            fact
            for fact in facts(text)
            if not any(_says(fact, some) for other, some in enumerate(stems) if other != number)
        )
        for number, text in enumerate(texts)
    ]


def _says(fact: Fact, sentences: Sequence[set[str]]) -> bool:
    said = set(Prose(fact.text).stems)
    beside = [one | other for one, other in pairwise(sentences)] or list(sentences)
    return any(len(said & some) > 0.5 * len(said) for some in beside)


def _told_apart(one: Sequence[Fact], other: Sequence[Fact]) -> list[tuple[Fact, Fact]]:
    """A fact of each of two places, neither of which says again what the other says."""
    found, left = [], list(other)
    for a in one:
        for b in left:
            stems = [set(Prose(fact.text).stems) for fact in (a, b)]
            if len(stems[0] & stems[1]) <= 0.4 * min(map(len, stems)):
                found.append((a, b))
                left.remove(b)
                break
    return found


_OTHERWISE = {
    "measured": "determined", "different": "distinct", "high": "elevated", "low": "small", "calculated": "computed",
    "increased": "rose", "decreased": "dropped", "identified": "recognised", "between": "among", "after": "following", "before": "prior to",
    "showed": "exhibited", "shows": "exhibits", "show": "exhibit", "used": "employed", "approximately": "about", "about": "roughly",
    "obtained": "acquired", "performed": "carried out", "additional": "further", "several": "various", "large": "big", "because": "since",
    "whereas": "while", "important": "essential", "due": "owing", "found": "observed", "demonstrated": "proved", "larger": "bigger",
    "allows": "permits", "significantly": "markedly", "mainly": "mostly", "requires": "needs", "contains": "holds", "very": "quite",
}  # fmt: skip


def otherwise(text: str) -> str:
    """The same in slightly other words."""
    return " ".join(_OTHERWISE.get(word, word) for word in text.split(" "))


def shortened(text: str) -> str:
    """Without what follows its last comma, where more than half stays."""
    head, comma, _ = text.rstrip(".").rpartition(",")
    return f"{head}." if comma and len(head) > 0.6 * len(text) else text


def _low(fact: Fact) -> str:
    return f"{fact.subject} {fact.verb} {fact.rest}"


def _changed(text: str) -> str | None:
    """With one number made another."""
    for number in quantities(plain(text)):
        if number.in_name or number.is_word or number.is_pointer or number.value < 13:
            continue
        other = f"{number.value * 1.7 + 3:g}"
        shown = words_of(number.text)[0]
        if shown in text:
            return text.replace(shown, other, 1)
    return None


Form = Callable[[Sequence[Fact], Sequence[Fact], Sequence[Fact]], Iterator[Made]]
"""Facts of one place, of another, and of another paper -> pairs."""


def _two(form: str, question: str, answer: str) -> Form:
    def make(one: Sequence[Fact], other: Sequence[Fact], strange: Sequence[Fact]) -> Iterator[Made]:
        for a, b in _told_apart(one, other):
            names = {"a": a.subject, "b": b.subject, "A": a.text, "B": b.text, "la": _low(a), "lb": _low(b)}
            names |= {
                "oA": otherwise(a.text),
                "oB": otherwise(b.text),
                "sA": shortened(a.text),
                "sB": shortened(b.text),
            }
            names |= {"verb": a.verb, "rest": b.rest, "LA": _low(a)[0].upper() + _low(a)[1:]}
            yield Made(
                form, _capital(question.format(**names)), _capital(answer.format(**names)), wanted=True
            )

    return make


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _one_place(one: Sequence[Fact], other: Sequence[Fact], strange: Sequence[Fact]) -> Iterator[Made]:
    for fact in one[:1] + other[:1]:
        yield Made("one place", f"What is known about {fact.subject}?", fact.text, wanted=False)


def _within(one: Sequence[Fact], other: Sequence[Fact], strange: Sequence[Fact]) -> Iterator[Made]:
    for facts_ in (one, other):
        if len(facts_) > 1:
            a, b = facts_[:2]
            question = (
                f"How does what is known about {a.subject} compare with what is known about {b.subject}?"
            )
            yield Made("compared within one place", question, f"{a.text} {b.text}", wanted=False)


def _within_in_one_sentence(
    one: Sequence[Fact], other: Sequence[Fact], strange: Sequence[Fact]
) -> Iterator[Made]:
    for facts_ in (one, other):
        if len(facts_) > 1:
            a, b = facts_[-2:]
            question = f"How do {a.subject} and {b.subject} differ?"
            yield Made("one place in one sentence", question, f"While {_low(a)}, {_low(b)}.", wanted=False)


def _within_in_other_words(
    one: Sequence[Fact], other: Sequence[Fact], strange: Sequence[Fact]
) -> Iterator[Made]:
    for facts_ in (one, other):
        for a, b in zip(facts_[::2], facts_[1::2], strict=False):
            answer = f"{otherwise(shortened(a.text))} By comparison, {otherwise(_low(b))}."
            question = f"How do {a.subject} and {b.subject} compare?"
            yield Made("one place in other words", question, answer, wanted=False)


def _tacked_on(one: Sequence[Fact], other: Sequence[Fact], strange: Sequence[Fact]) -> Iterator[Made]:
    for a, b in _told_apart(one, other):
        yield Made("tacked on", f"What is known about {a.subject}?", f"{a.text} {b.text}", wanted=False)


def _number_changed(one: Sequence[Fact], other: Sequence[Fact], strange: Sequence[Fact]) -> Iterator[Made]:
    for a, b in _told_apart(one, other):
        changed = _changed(b.text)
        if changed is not None:
            question = f"How do {a.subject} and {b.subject} compare?"
            yield Made("number changed", question, f"{a.text} In contrast, {changed}", wanted=False)


def _of_another_paper(one: Sequence[Fact], other: Sequence[Fact], strange: Sequence[Fact]) -> Iterator[Made]:
    for a, b in zip(one, strange, strict=False):
        question = f"How do {a.subject} and {b.subject} compare?"
        yield Made("claim of another paper", question, f"{a.text} In contrast, {b.text}", wanted=False)


def _third_of_another_paper(
    one: Sequence[Fact], other: Sequence[Fact], strange: Sequence[Fact]
) -> Iterator[Made]:
    for (a, b), c in zip(_told_apart(one, other), strange, strict=False):
        question = f"How are {a.subject} and {b.subject} related?"
        yield Made(
            "third claim of another paper",
            question,
            f"{a.text} {b.text} The reason is that {_low(c)}.",
            wanted=False,
        )


def _spoken_of(one: Sequence[Fact], other: Sequence[Fact], strange: Sequence[Fact]) -> Iterator[Made]:
    for a, b in _told_apart(one, other):
        question = f"How does {a.subject} in excerpt A compare with {b.subject} in excerpt B?"
        yield Made("names the excerpts", question, f"{a.text} In contrast, {b.text}", wanted=False)


def _swapped(one: Sequence[Fact], other: Sequence[Fact], strange: Sequence[Fact]) -> Iterator[Made]:
    for a, b in _told_apart(one, other):
        question = f"How do {a.subject} and {b.subject} differ?"
        answer = f"{_capital(a.subject)} {b.verb} {b.rest}, whereas {b.subject} {a.verb} {a.rest}."
        yield Made("subjects exchanged", question, answer, wanted=False)


def _asked_of_one(one: Sequence[Fact], other: Sequence[Fact], strange: Sequence[Fact]) -> Iterator[Made]:
    for a, b in _told_apart(one, other):
        yield Made(
            "tacked on before",
            f"What can be said of {b.subject}?",
            f"{a.text} Besides, {_low(b)}.",
            wanted=False,
        )


def _values_exchanged(one: Sequence[Fact], other: Sequence[Fact], strange: Sequence[Fact]) -> Iterator[Made]:
    for a, b in _told_apart(one, other):
        first, second = (_first_number(fact.text) for fact in (a, b))
        if first and second and first != second:
            answer = f"{a.text.replace(first, second)} In contrast, {b.text.replace(second, first)}"
            yield Made(
                "values exchanged", f"How do {a.subject} and {b.subject} compare?", answer, wanted=False
            )


def _first_number(text: str) -> str | None:
    found = (
        words_of(number.text)[0]
        for number in quantities(plain(text))
        if not number.in_name and not number.is_word
    )
    return next((shown for shown in found if text.count(shown) == 1 and len(shown) > 1), None)


SEEN: tuple[Form, ...] = (
    _two(
        "compared",
        "How does what is known about {a} compare with what is known about {b}?",
        "{A} In contrast, {lb}.",
    ),
    _two("both asked", "What is known about {a}, and what is known about {b}?", "{A} {B}"),
    _two("in one sentence", "How do {a} and {b} differ?", "While {la}, {lb}."),
    _two("in other words", "How do {a} and {b} compare?", "{oA} By comparison, {oB}"),
    _one_place,
    _within,
    _within_in_one_sentence,
    _within_in_other_words,
    _tacked_on,
    _number_changed,
    _values_exchanged,
    _of_another_paper,
)
"""Forms that the checks were tuned on."""

HELD_OUT: tuple[Form, ...] = (
    _two("related", "In what way is {a} related to {b}?", "{LA}, and {lb}."),
    _two("shortened", "What distinguishes {a} from {b}?", "{sA} {sB}"),
    _two(
        "in the light of",
        "Given what is known about {a}, what can be said of {b}?",
        "{B} This has to be seen beside the fact that {la}.",
    ),
    _two(
        "turned round",
        "What do {a} and {b} tell together?",
        "On the one hand, {lb}; on the other hand, {la}.",
    ),
    _asked_of_one,
    _third_of_another_paper,
    _spoken_of,
    _swapped,
)
"""Forms that nothing was tuned on."""


def _both_of_one(one: Sequence[Fact], other: Sequence[Fact], strange: Sequence[Fact]) -> Iterator[Made]:
    for facts_ in (one, other):
        if len(facts_) > 1:
            a, b = facts_[0], facts_[-1]
            question = f"Which statements can be made on {a.subject} and on {b.subject}?"
            yield Made("both of one place", question, f"{b.text} Likewise, {_low(a)}.", wanted=False)


def _denied(one: Sequence[Fact], other: Sequence[Fact], strange: Sequence[Fact]) -> Iterator[Made]:
    for a, b in _told_apart(one, other):
        if b.verb in ("is", "are", "was", "were", "has", "have", "had", "can", "may", "must"):
            question = f"What holds for {a.subject}, and what for {b.subject}?"
            answer = f"{a.text} As to the other, {b.subject} {b.verb} not {b.rest}."
            yield Made("denied", question, answer, wanted=False)


def _of_a_strange_thing(
    one: Sequence[Fact], other: Sequence[Fact], strange: Sequence[Fact]
) -> Iterator[Made]:
    for (a, b), c in zip(_told_apart(one, other), strange, strict=False):
        question = f"How should {a.subject} and {c.subject} be seen beside each other?"
        answer = f"{a.text} Beside it stands that {c.subject} {b.verb} {b.rest}."
        yield Made("told of a strange thing", question, answer, wanted=False)


def _and_moreover(one: Sequence[Fact], other: Sequence[Fact], strange: Sequence[Fact]) -> Iterator[Made]:
    for a, b in _told_apart(one, other):
        yield Made(
            "and moreover",
            f"How would one describe {b.subject}?",
            f"{b.text} Moreover, {_low(a)}.",
            wanted=False,
        )


WRITTEN_LAST: tuple[Form, ...] = (
    _two("what holds for each", "What holds for {a}, and what for {b}?", "{LA}. As to the other, {lb}."),
    _two(
        "beside each other",
        "How should {a} and {b} be seen beside each other?",
        "Beside the fact that {la} stands that {lb}.",
    ),
    _two("statements on each", "Which statements can be made on {a} and on {b}?", "{oB} {sA}"),
    _two("contrasted", "Contrast {a} with {b}.", "{sB} As opposed to this, {la}."),
    _both_of_one,
    _denied,
    _of_a_strange_thing,
    _and_moreover,
)
"""Forms that were written when all else was done."""

_FENCE = re.compile(r"^=== (\w+) excerpt A", re.MULTILINE)

_SEVERAL = re.compile(r"several excerpts of one scientific paper|excerpts of several scientific papers")


def excerpts_of(request: dict[str, Any]) -> list[str]:
    """The texts of the places that a request shows, where it asks for questions over several; none where it asks anything else."""
    content = request["messages"][-1]["content"]
    if not (fence := _FENCE.search(content)) or not _SEVERAL.search(content):
        return []
    parts = content.split(f"=== {fence[1]} ")[1:-1]
    return [part.partition("\n")[2].strip() for part in parts]


def written(pairs: Iterable[tuple[str, str]]) -> str:
    """Pairs as a model writes them."""
    return "".join(
        f"------\n###QUESTION: {question}\n###ANSWER: {answer}\n------\n\n" for question, answer in pairs
    )


def made_of(texts: Sequence[str], forms: Sequence[Form], strange: Sequence[Fact] = ()) -> list[Made]:
    """What some forms make of the first two of several places that have facts of their own."""
    told = [some for some in facts_of_places(texts) if some]
    return [made for form in forms for made in form(*told[:2], strange)] if len(told) > 1 else []
