"""Questions to a parsed sentence, the same in other words, and what is wrong in the ways that models are wrong.

Used by `make_grounding_pairs.py`. A change takes the sentence, the sentences around it and a source of chance, and gives None where
it has no hold. Needs spacy's parse and lemminflect.
"""

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lemminflect import getInflection, getLemma

_WORDS = json.loads(Path(__file__).with_name("grounding_words.json").read_text(encoding="utf-8"))
_PAIRS = [pair.split("/") for pair in _WORDS["opposites"].split()]
OPPOSITES = dict(_PAIRS) | {other: one for one, other in _PAIRS}
SYNONYMS = {one: others.split(", ") for one, others in _WORDS["synonyms"].items()}
WEAK = re.compile(
    r"\b(?:some|most|many|several|often|sometimes|usually|typically|generally|frequently|partly|mostly|may|might"
    r"|can|could|a few|a number of|"
    r"almost|nearly|approximately|about|likely|probably|possibly|in some cases)\b ?",
    re.IGNORECASE,
)
NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)?(?![\w.])")
REASONS = re.compile(
    r"(?:,? (?:because|since|as) (?=[a-z])|,? (?:due to|owing to|because of|as a result of) )"
)


@dataclass(frozen=True)
class Sent:
    """A parsed sentence of a passage."""

    text: str
    doc: Any

    @property
    def root(self) -> Any:
        return next(token for token in self.doc if token.dep_ == "ROOT")

    def part(self, *deps: str) -> Any | None:
        return next((token for token in self.root.children if token.dep_ in deps), None)

    def subtree(self, token: Any) -> str:
        inside = list(token.subtree)
        return self.doc[inside[0].i : inside[-1].i + 1].text

    @property
    def chunks(self) -> list[Any]:
        return [
            chunk
            for chunk in self.doc.noun_chunks
            if chunk.root.pos_ in ("NOUN", "PROPN") and 1 < len(chunk.text) < 60 and "," not in chunk.text
        ]


def capital(text: str) -> str:
    text = text.strip()
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """The text as it goes on in a sentence; names and acronyms keep their capitals."""
    first = text.split(" ", 1)[0]
    return (
        text
        if sum(map(str.isupper, first)) > 1 or any(map(str.isdigit, first))
        else text[:1].lower() + text[1:]
    )


def sentence(text: str) -> str:
    text = re.sub(r"\s+([,.;)])", r"\1", re.sub(r"\s{2,}", " ", text)).strip(" ,;.")
    return capital(text) + "."


def questions(sent: Sent) -> list[tuple[str, str]]:
    """Questions that the sentence answers, each with what it asks for."""
    root = sent.root
    subject = sent.part("nsubj", "nsubjpass")
    if subject is None or subject.pos_ == "PRON" or root.pos_ not in ("VERB", "AUX"):
        return []
    about = sent.subtree(subject)
    if len(about) > 90:
        return []
    named = lower_first(about)
    after = sent.doc[subject.right_edge.i + 1 :].text.strip(" .")
    plural = subject.tag_ in ("NNS", "NNPS")
    found = [(f"What {after}?", "subject")] if len(after) < 130 and subject.right_edge.i < root.i else []
    aux = sent.part("auxpass", "aux")
    verb = root.text
    if aux is not None and aux.i > subject.i and aux.text.lower() not in ("to",):
        tail = sent.doc[aux.i + 1 : root.i + 1].text
        asked = f"{aux.text.lower()} {named} {tail}"
    elif root.pos_ == "AUX":
        complement = sent.part("acomp", "attr")
        asked = f"{root.text.lower()} {named}" + (
            f" {sent.subtree(complement)}" if complement is not None else ""
        )
    else:
        do = "did" if root.tag_ == "VBD" else "do" if plural else "does"
        thing = sent.part("dobj")
        asked = f"{do} {named} {getLemma(verb, upos='VERB')[0]}" + (
            f" {sent.subtree(thing)}" if thing is not None else ""
        )
    if len(asked) < 140:
        if any(token.dep_ == "advcl" or token.text.lower() in ("because", "due") for token in root.children):
            found.append((f"Why {asked}?", "cause"))
        if any(token.dep_ in ("agent", "prep", "advmod", "advcl") for token in root.children):
            found.append((f"How {asked}?", "way"))
        if root.pos_ == "VERB" and sent.part("dobj") is not None and aux is None:
            found.append((f"What {do} {named} {getLemma(verb, upos='VERB')[0]}?", "object"))
    found.append((f"What is reported about {named}?", "about"))
    return found


def passive(sent: Sent, swap: bool = False) -> str | None:
    """Active to passive and back; with `swap` who does what to whom is exchanged, in the other voice or in the same."""
    root = sent.root
    subject, thing = sent.part("nsubj"), sent.part("dobj")
    if (
        subject is None
        or thing is None
        or root.tag_ not in ("VBZ", "VBD", "VBP")
        or subject.pos_ == "PRON"
        or thing.pos_ == "PRON"
    ):
        return None
    if any(token.dep_ in ("conj", "neg", "aux", "prt") for token in root.children):
        return None
    one, other = sent.subtree(subject), sent.subtree(thing)
    if len(one) > 70 or len(other) > 70:
        return None
    rest = sent.doc[thing.right_edge.i + 1 :].text.strip(" .")
    if swap:
        return sentence(f"{other} {root.text} {lower_first(one)} {rest}")
    participle = getInflection(getLemma(root.text, upos="VERB")[0], tag="VBN")
    if not participle:
        return None
    plural = thing.tag_ in ("NNS", "NNPS")
    be = ("were" if plural else "was") if root.tag_ == "VBD" else ("are" if plural else "is")
    return sentence(f"{other} {be} {participle[0]} by {lower_first(one)} {rest}")


def synonyms(text: str, rng: random.Random, most: float) -> str:
    def other(match: re.Match[str]) -> str:
        known = SYNONYMS.get(match[0].lower())
        if known is None or rng.random() > most:
            return match[0]
        word = rng.choice(known)
        return capital(word) if match[0][0].isupper() else word

    return re.sub(r"[A-Za-z]+", other, text)


def moved(sent: Sent) -> str | None:
    """A phrase from the end of the sentence to its front."""
    for token in sent.root.children:
        inside = list(token.subtree)
        if (
            token.dep_ in ("prep", "advcl")
            and inside[-1].i >= len(sent.doc) - 2
            and 2 < len(inside) < len(sent.doc) - 4
        ):
            rest = sent.doc[: inside[0].i].text.strip(" ,.")
            return sentence(f"{sent.subtree(token)}, {lower_first(rest)}")
    return None


def shorter(sent: Sent) -> str | None:
    """Without a clause or phrase that only adds."""
    for token in sent.doc:
        inside = list(token.subtree)
        if (
            token.dep_ in ("relcl", "appos", "advcl")
            and 2 < len(inside) < len(sent.doc) - 6
            and inside[0].i > 0
        ):
            if token.dep_ == "advcl" and any(
                child.dep_ == "mark" and child.text.lower() in ("if", "unless", "when")
                for child in token.children
            ):
                continue
            text = sent.doc[: inside[0].i].text.rstrip(" ,(") + sent.doc[
                inside[-1].i + 1 :
            ].text_with_ws.replace(" ,", ",").lstrip("")
            if text.count("(") == text.count(")"):
                return sentence(
                    re.sub(
                        r"\s+,",
                        ",",
                        sent.doc[: inside[0].i].text.rstrip(" ,(")
                        + " "
                        + sent.doc[inside[-1].i + 1 :].text.lstrip(" ,"),
                    )
                )
    return None


def pronoun(sent: Sent) -> str | None:
    """The subject as a pronoun: the question names it."""
    subject = sent.part("nsubj", "nsubjpass")
    if subject is None or subject.pos_ == "PRON" or subject.left_edge.i > 2:
        return None
    word = "They" if subject.tag_ in ("NNS", "NNPS") else "It"
    return sentence(f"{word} {sent.doc[subject.right_edge.i + 1 :].text}")


def reworded(sent: Sent, rng: random.Random) -> str:
    """The sentence in other words; sometimes as it is."""
    for change in rng.sample([moved, shorter, passive, pronoun, lambda one: None], 5):
        text = change(sent)
        if text is None and change in (moved, shorter, passive, pronoun):
            continue
        return synonyms(text or sent.text, rng, rng.choice((0.0, 0.4, 0.8)))
    return sent.text


Change = Callable[[Sent, list[Sent], random.Random], str | None]


def other_name(sent: Sent, passage: list[Sent], rng: random.Random) -> str | None:
    """A thing of the passage in the place of another one."""
    own = sent.chunks
    if not own:
        return None
    chunk = rng.choice(own)
    others = [
        one.text
        for item in passage
        for one in item.chunks
        if one.root.tag_ == chunk.root.tag_
        and one.root.lemma_ != chunk.root.lemma_
        and one.text.lower() not in sent.text.lower()
    ]
    if not others:
        return None
    new = lower_first(rng.choice(others)) if chunk.start else capital(rng.choice(others))
    return sentence(sent.doc[: chunk.start].text_with_ws + new + " " + sent.doc[chunk.end :].text)


def two_names(sent: Sent, _passage: list[Sent], rng: random.Random) -> str | None:
    """Two things of the sentence change places."""
    own = [
        chunk for chunk in sent.chunks if chunk.root.dep_ in ("nsubj", "nsubjpass", "dobj", "pobj", "attr")
    ]
    pairs = [(a, b) for a in own for b in own if a.end <= b.start and a.root.lemma_ != b.root.lemma_]
    if not pairs:
        return None
    a, b = rng.choice(pairs)
    doc = sent.doc
    return sentence(
        f"{doc[: a.start].text} {lower_first(b.text)} {doc[a.end : b.start].text} {lower_first(a.text)} {doc[b.end :].text}"
    )


def roles(sent: Sent, _passage: list[Sent], _rng: random.Random) -> str | None:
    return passive(sent, swap=True)


def number(sent: Sent, passage: list[Sent], rng: random.Random) -> str | None:
    own = list(NUMBER.finditer(sent.text))
    if not own:
        return None
    match = rng.choice(own)
    others = [
        found[0] for item in passage for found in NUMBER.finditer(item.text) if found[0] not in sent.text
    ]
    if not others:
        return None
    return sent.text[: match.start()] + rng.choice(others) + sent.text[match.end() :]


def opposite(sent: Sent, _passage: list[Sent], rng: random.Random) -> str | None:
    own = [match for match in re.finditer(r"[A-Za-z]+", sent.text) if match[0].lower() in OPPOSITES]
    if not own:
        return None
    match = rng.choice(own)
    new = OPPOSITES[match[0].lower()]
    return (
        sent.text[: match.start()]
        + (capital(new) if match[0][0].isupper() else new)
        + sent.text[match.end() :]
    )


def denied(sent: Sent, _passage: list[Sent], _rng: random.Random) -> str | None:
    """A denial put in or taken out."""
    if re.search(r"\b(?:not|no)\b", sent.text):
        text = re.sub(
            r"\b(?:did|does|do) not (\w+)|\bnot |\bno ",
            lambda m: m[1] + " " if m[1] else "",
            sent.text,
            count=1,
        )
        return sentence(text)
    verb = next((token for token in sent.root.children if token.dep_ in ("aux", "auxpass")), None)
    verb = sent.root if verb is None and sent.root.pos_ == "AUX" else verb
    if verb is not None:
        return sentence(sent.doc[: verb.i + 1].text + " not " + sent.doc[verb.i + 1 :].text)
    do = {"VBZ": "does", "VBP": "do", "VBD": "did"}.get(sent.root.tag_)
    if do is None:
        return None
    return sentence(
        f"{sent.doc[: sent.root.i].text} {do} not {getLemma(sent.root.text, upos='VERB')[0]} {sent.doc[sent.root.i + 1 :].text}"
    )


def scope(sent: Sent, passage: list[Sent], rng: random.Random) -> str | None:
    """A circumstance of another sentence in the place of its own."""
    own = [
        token
        for token in sent.doc
        if token.dep_ == "prep"
        and token.text.lower() in ("in", "for", "during", "after", "at", "on", "with", "before", "under")
    ]
    others = [
        (token.text.lower(), item.subtree(token))
        for item in passage
        if item is not sent
        for token in item.doc
        if token.dep_ == "prep" and len(list(token.subtree)) < 10
    ]
    rng.shuffle(own)
    for token in own:
        if len(list(token.subtree)) > 10:
            continue
        fitting = [
            text
            for word, text in others
            if word == token.text.lower() and text.lower() not in sent.text.lower()
        ]
        if fitting:
            inside = list(token.subtree)
            return sentence(
                f"{sent.doc[: inside[0].i].text} {lower_first(rng.choice(fitting))} {sent.doc[inside[-1].i + 1 :].text}"
            )
    return None


def joined(sent: Sent, passage: list[Sent], rng: random.Random) -> str | None:
    """The subject of one sentence with what is said of another."""
    subject = sent.part("nsubj", "nsubjpass")
    others = [item for item in passage if item is not sent and item.part("nsubj", "nsubjpass") is not None]
    if subject is None or subject.pos_ == "PRON" or not others:
        return None
    other = rng.choice(others)
    theirs = other.part("nsubj", "nsubjpass")
    if (
        theirs.lemma_ == subject.lemma_
        or theirs.pos_ == "PRON"
        or (theirs.tag_ in ("NNS", "NNPS")) != (subject.tag_ in ("NNS", "NNPS"))
    ):
        return None
    return sentence(f"{sent.subtree(subject)} {other.doc[theirs.right_edge.i + 1 :].text}")


CORRUPTIONS: tuple[tuple[str, Change, float], ...] = (
    ("recombined", other_name, 3),
    ("recombined", joined, 3),
    ("swapped_roles", two_names, 2),
    ("swapped_roles", roles, 4),
    ("number", number, 2),
    ("direction", opposite, 3),
    ("negation", denied, 2),
    ("wrong_scope", scope, 2),
)


def over_generalised(sent: Sent, rng: random.Random) -> str | None:
    subject = sent.part("nsubj", "nsubjpass")
    if WEAK.search(sent.text):
        text = WEAK.sub(
            lambda match: rng.choice(("always ", "all ", "")) if match[0][0].islower() else "All ",
            sent.text,
            count=1,
        )
        return sentence(text)
    verb = next((token for token in sent.root.children if token.dep_ in ("aux", "auxpass")), None)
    if verb is not None and rng.random() < 0.5:
        return sentence(
            f"{sent.doc[: verb.i + 1].text} {rng.choice(('always', 'only', 'exclusively', 'in all cases'))} {sent.doc[verb.i + 1 :].text}"
        )
    if subject is not None and subject.tag_ == "NNS" and subject.left_edge.i == 0:
        return sentence(
            f"{rng.choice(('All', 'Only the', 'Without exception, all'))} {lower_first(sent.text)}".replace(
                "the the", "the"
            )
        )
    return None


def reason_of(text: str) -> tuple[str, str] | None:
    """What is so, and why."""
    parts = REASONS.split(text, maxsplit=1)
    return (
        (parts[0], parts[1].rstrip("."))
        if len(parts) == 2 and len(parts[0]) > 25 < len(parts[1]) + 5
        else None
    )
