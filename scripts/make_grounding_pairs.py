"""Make labelled pairs for the grounding model out of papers' text and open sets, and write them as JSON lines.

usage: python scripts/make_grounding_pairs.py --out PAIRS.jsonl --papers FOLDER [--evidence-inference FOLDER] [--pubmedqa FILE]
           [--covidqa FILE] [--scitldr FILE] [--most N]

A line is {"paper", "kind", "label": 1|0, "question", "sentence", "window"}: one sentence of an answer under its question, with the
sentences of the source that it is held to (`qagen.grounding.windows`). Needs spacy, an English pipeline of it (named with --spacy) and
lemminflect.

    --papers              a folder of plain texts, one paper each
    --evidence-inference  its folder `annotations` (MIT): which of two treatments did more, with the words that say so
    --pubmedqa            ori_pqal.json (MIT): questions and conclusions of abstracts
    --covidqa             a SQuAD file (Apache-2.0): experts' questions to papers
    --scitldr             SciTLDR-A's train.jsonl (Apache-2.0): abstracts, and what they come to in a reader's words

Every corruption is made on either side: half of the time it is the source that is changed and the answer that reads as it was
written, so that what reads oddly is no sign of what is wrong; and where both are changed alike, the pair is a good one.
"""

import argparse
import csv
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import spacy
from lemminflect import getInflection, getLemma

from qagen.checks.source import Source
from qagen.checks.subject import Subject
from qagen.grounding.windows import claims
from qagen.records import Pair

OPPOSITES = dict(
    pair.split("/")
    for pair in [
        "higher/lower",
        "increase/decrease",
        "increases/decreases",
        "increased/decreased",
        "increasing/decreasing",
        "more/less",
        "larger/smaller",
        "greater/smaller",
        "longer/shorter",
        "stronger/weaker",
        "faster/slower",
        "better/worse",
        "high/low",
        "large/small",
        "long/short",
        "strong/weak",
        "rapid/slow",
        "early/late",
        "positive/negative",
        "before/after",
        "above/below",
        "maximum/minimum",
        "most/least",
        "upregulated/downregulated",
        "activates/inhibits",
        "activate/inhibit",
        "enhances/suppresses",
        "enhance/suppress",
        "enhanced/reduced",
        "improves/impairs",
        "improved/impaired",
        "gain/loss",
        "presence/absence",
        "wider/narrower",
        "thicker/thinner",
        "hot/cold",
        "dry/wet",
        "upper/lower",
        "rise/fall",
        "rises/falls",
        "same/different",
        "similar/different",
        "more/fewer",
        "easily/hardly",
    ]
)
OPPOSITES |= {other: one for one, other in OPPOSITES.items()}
SYNONYMS = {
    one: other.split(",")
    for one, other in (
        item.split("=")
        for item in [
            "used=employed,applied",
            "use=employ,apply",
            "using=with,by_means_of",
            "show=demonstrate,indicate",
            "shows=demonstrates,indicates",
            "showed=demonstrated,indicated",
            "shown=demonstrated,found",
            "found=observed,seen",
            "observed=seen,found",
            "performed=carried_out,conducted",
            "conducted=carried_out,performed",
            "investigated=studied,examined",
            "examined=studied,investigated",
            "determined=established,found",
            "obtained=gained,acquired",
            "measured=quantified,recorded",
            "higher=greater,more_elevated",
            "lower=smaller,reduced",
            "larger=bigger,greater",
            "increase=rise,grow",
            "increased=rose,grew",
            "decrease=decline,fall",
            "decreased=declined,fell",
            "significant=marked,notable",
            "significantly=markedly,considerably",
            "important=crucial,essential",
            "several=a_number_of,multiple",
            "many=numerous",
            "various=different,diverse",
            "about=approximately,around",
            "approximately=about,roughly",
            "because=since,as",
            "since=because",
            "due_to=owing_to",
            "therefore=thus,hence",
            "however=but",
            "compared=relative",
            "method=approach,procedure",
            "methods=approaches,techniques",
            "approach=method,strategy",
            "result=outcome,finding",
            "results=outcomes,findings",
            "effect=influence,impact",
            "effects=influences,impacts",
            "caused=brought_about,produced",
            "causes=brings_about,produces",
            "leads_to=results_in",
            "led_to=resulted_in",
            "contains=comprises,holds",
            "contained=comprised,held",
            "consists_of=is_made_up_of",
            "includes=comprises",
            "requires=needs,demands",
            "required=needed,necessary",
            "improve=enhance,better",
            "improved=enhanced",
            "reduce=lower,diminish",
            "reduced=lowered,diminished",
            "provides=offers,gives",
            "provide=offer,give",
            "suggest=imply,indicate",
            "suggests=implies,indicates",
            "suggested=implied,indicated",
            "allows=permits,enables",
            "allow=permit,enable",
            "after=following",
            "before=prior_to",
            "during=in_the_course_of",
            "within=inside",
            "between=among",
            "both=the_two",
            "all=every",
            "small=minor,little",
            "large=big,considerable",
            "rapid=fast,quick",
            "rapidly=quickly,fast",
            "main=chief,principal",
            "mainly=chiefly,primarily",
            "primarily=mainly",
            "only=solely",
            "also=additionally,likewise",
            "often=frequently",
            "usually=typically",
            "possible=feasible",
            "likely=probably",
            "evaluate=assess",
            "evaluated=assessed",
            "assessed=evaluated,rated",
            "developed=designed,created",
            "proposed=put_forward,suggested",
            "generated=produced,created",
            "prepared=made,produced",
            "treated=exposed,subjected",
            "selected=chosen,picked",
            "chosen=selected",
            "divided=split,separated",
            "removed=taken_out,eliminated",
            "added=put_in,supplemented",
            "kept=held,maintained",
            "maintained=kept,held",
            "reported=described,noted",
            "described=reported",
            "known=recognised",
            "different=distinct,unlike",
            "similar=comparable,alike",
            "total=overall",
            "entire=whole",
            "number=count",
            "amount=quantity",
            "size=extent",
            "shape=form",
            "area=region",
            "region=area",
            "part=portion",
            "types=kinds",
            "type=kind",
        ]
    )
}
STRONGER = ("All", "Every one of", "Only", "In every case,", "Always,")
WEAK = re.compile(
    r"\b(?:some|most|many|several|often|sometimes|usually|typically|generally|frequently|partly|mostly|may|might|can|could|a few|a number of|"
    r"almost|nearly|approximately|about|likely|probably|possibly|in some cases)\b ?",
    re.IGNORECASE,
)
NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)?(?![\w.])")
REASONS = re.compile(
    r"(?:,? (?:because|since|as) (?=[a-z])|,? (?:due to|owing to|because of|as a result of) )"
)
HEADING = re.compile(r"\b(?:ABSTRACT|BODY|TITLE)[.:][^:\n]{0,60}:+")
"""How that set's texts mark their sections."""
FACTS_OF_ELSEWHERE = 0.3


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


@dataclass(frozen=True)
class Item:
    """A pair before its window is chosen: the source as a list of sentences."""

    kind: str
    label: int
    question: str
    answer: str
    source: tuple[str, ...]


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
        word = rng.choice(known).replace("_", " ")
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


def of_sentence(sent: Sent, passage: list[Sent], foreign: list[Sent], rng: random.Random) -> Iterator[Item]:
    asked = questions(sent)
    if not asked:
        return
    texts = tuple(item.text for item in passage)
    place = next(number for number, item in enumerate(passage) if item is sent)
    question, wants = rng.choice(asked)
    good = reworded(sent, rng)
    if wants == "subject" and good.startswith(("It ", "They ")):
        good = sent.text
    yield Item("good", 1, question, good, texts)
    names = [name for name, _, _ in CORRUPTIONS]
    for index in rng.choices(range(len(names)), [weight for *_, weight in CORRUPTIONS], k=2):
        name, change, _ = CORRUPTIONS[index]
        changed = change(sent, passage, rng)
        if changed is None or changed.lower() == sent.text.lower():
            continue
        other = (*texts[:place], changed, *texts[place + 1 :])
        side = rng.random()
        if side < 0.5:
            yield Item(name, 0, question, synonyms(changed, rng, rng.choice((0.0, 0.4))), texts)
        elif side < 0.8:
            yield Item(name, 0, question, good, other)
        else:
            yield Item("good", 1, question, synonyms(changed, rng, 0.4), other)
    yield from _of_question(sent, passage, question, wants, good, rng)
    yield from _of_reason(sent, passage, foreign, rng)
    if rng.random() < 0.5 and (text := over_generalised(sent, rng)) is not None:
        if rng.random() < 0.7:
            yield Item("over_generalised", 0, question, text, texts)
        else:
            yield Item("good", 1, question, text, (*texts[:place], text, *texts[place + 1 :]))
    if rng.random() < 0.15:
        yield Item("outside_knowledge", 0, question, rng.choice(foreign).text, texts)


def _of_question(
    sent: Sent, passage: list[Sent], question: str, wants: str, good: str, rng: random.Random
) -> Iterator[Item]:
    texts = tuple(item.text for item in passage)
    others = [item for item in passage if item is not sent]
    if others and rng.random() < 0.5:
        yield Item("non_answer", 0, question, reworded(rng.choice(others), rng), texts)
    if rng.random() < 0.6:
        wrong = other_name(sent, passage, rng)
        own = [chunk.text for chunk in sent.chunks if chunk.text.lower() in question.lower()]
        if wrong is not None and own:
            foreign = [
                chunk.text
                for item in others
                for chunk in item.chunks
                if chunk.text.lower() not in sent.text.lower()
            ]
            if foreign:
                asked = re.sub(
                    re.escape(rng.choice(own)),
                    lower_first(rng.choice(foreign)).replace("\\", ""),
                    question,
                    count=1,
                    flags=re.IGNORECASE,
                )
                if asked != question:
                    yield Item(
                        "wrong_premise",
                        0,
                        asked,
                        good if rng.random() < 0.5 else (pronoun(sent) or good),
                        texts,
                    )
    if wants in ("cause", "way") and rng.random() < 0.6:
        subject = sent.part("nsubj", "nsubjpass")
        main = question.split(" ", 1)[1].rstrip("?")
        about = lower_first(sent.subtree(subject)) if subject is not None else "it"
        echo = rng.choice(
            (
                f"{about} {sent.root.text} because {synonyms(main, rng, 0.6)}",
                f"This is because of the way in which {about} {sent.root.text}",
                f"{shorter(sent) or sent.text}".rstrip(".") + f" because {about} {sent.root.text}",
            )
        )
        yield Item("circular", 0, f"Why {main}?", sentence(echo), texts)


def _of_reason(sent: Sent, passage: list[Sent], foreign: list[Sent], rng: random.Random) -> Iterator[Item]:
    texts = tuple(item.text for item in passage)
    parts = reason_of(sent.text)
    if parts is not None:
        fact, reason = parts
        asked = [question for question, wants in questions(sent) if wants == "cause"] or [
            f"Why is it that {lower_first(fact)}?"
        ]
        yield Item("good", 1, asked[0], synonyms(sent.text, rng, 0.4), texts)
        if re.match(
            r"\w+ (?:is|are|was|were|has|have|can)\b|(?:the|it|they|this|these)\b", reason, re.IGNORECASE
        ):
            yield Item("good", 1, asked[0], sentence(f"The reason is that {reason}"), texts)
            yield Item("swapped_roles", 0, asked[0], sentence(f"{reason} because {lower_first(fact)}"), texts)
        yield Item(
            "circular",
            0,
            asked[0],
            sentence(f"{fact} because {lower_first(synonyms(fact, rng, 0.7))}"),
            texts,
        )
    others = [item for item in passage if item is not sent and 30 < len(item.text) < 140]
    if rng.random() < (0.9 if parts else 0.25):
        fact = parts[0] if parts else sent.text.rstrip(".")
        pool = foreign if rng.random() < FACTS_OF_ELSEWHERE or not others else others
        why = lower_first(rng.choice(pool).text.rstrip("."))
        asked = [question for question, wants in questions(sent) if wants == "cause"] or [
            f"Why is it that {lower_first(fact)}?"
        ]
        yield Item(
            "invented_reason",
            0,
            asked[0],
            sentence(f"{fact} {rng.choice(('because', 'since', 'as'))} {why}"),
            texts,
        )


def sentences_of(text: str) -> list[str]:
    return [one.text for one in Source(text).sentences if 30 < len(one.text) < 400]


def evidence_inference(folder: Path, rng: random.Random) -> Iterator[tuple[str, Item]]:
    """Which of two treatments did more: said by a template, beside the words of the paper."""
    prompts = {
        row["PromptID"]: row for row in csv.DictReader((folder / "prompts_merged.csv").open(encoding="utf-8"))
    }
    said = {
        1: (
            "{o} was higher with {i} than with {c}",
            "{i} led to more {o} than {c}",
            "compared with {c}, {i} increased {o}",
            "{o} was lower with {c} than with {i}",
        ),
        -1: (
            "{o} was lower with {i} than with {c}",
            "{i} led to less {o} than {c}",
            "compared with {c}, {i} reduced {o}",
            "{o} was higher with {c} than with {i}",
        ),
        0: (
            "{o} did not differ significantly between {i} and {c}",
            "{i} and {c} had a similar effect on {o}",
            "no significant difference in {o} was found between {i} and {c}",
        ),
    }
    asked = (
        "How did {i} affect {o} compared with {c}?",
        "How does {o} with {i} compare with that with {c}?",
        "What was the effect of {i} on {o}, compared with {c}?",
    )
    done: set[str] = set()
    for row in csv.DictReader((folder / "v2_annotations.csv").open(encoding="utf-8")):
        prompt = prompts.get(row["PromptID"])
        place = folder / "txt_files" / f"PMC{row['PMCID']}.txt"
        if (
            prompt is None
            or row["Valid Label"] != "True"
            or row["Valid Reasoning"] != "True"
            or row["PromptID"] in done
            or not place.is_file()
        ):
            continue
        names = {
            "o": prompt["Outcome"].strip(),
            "i": prompt["Intervention"].strip(),
            "c": prompt["Comparator"].strip(),
        }
        evidence = " ".join(row["Annotations"].split())
        if (
            max(map(len, names.values())) > 80
            or not 60 < len(evidence) < 500
            or min(map(len, names.values())) < 3
        ):
            continue
        done.add(row["PromptID"])
        text = re.sub(HEADING, " ", place.read_text(encoding="utf-8", errors="replace"))
        text = " ".join(text.split())
        at = text.find(evidence[:60])
        around = text[max(0, at - 500) : at + len(evidence) + 500] if at >= 0 else evidence
        source = tuple(sentences_of(around))[1:-1] if at >= 0 else (evidence,)
        source = source or (evidence,)
        right = int(row["Label Code"])
        question = rng.choice(asked).format(**names)
        yield (
            row["PMCID"],
            Item("good_comparison", 1, question, sentence(rng.choice(said[right]).format(**names)), source),
        )
        wrong = rng.choice([code for code in said if code != right])
        yield (
            row["PMCID"],
            Item("wrong_comparison", 0, question, sentence(rng.choice(said[wrong]).format(**names)), source),
        )
        if right and rng.random() < 0.5:
            swapped = {"o": names["o"], "i": names["c"], "c": names["i"]}
            yield (
                row["PMCID"],
                Item(
                    "wrong_comparison",
                    0,
                    question,
                    sentence(rng.choice(said[right]).format(**swapped)),
                    source,
                ),
            )


def covidqa(path: Path, rng: random.Random) -> Iterator[tuple[str, Item]]:
    for number, article in enumerate(json.loads(path.read_text(encoding="utf-8"))["data"]):
        for paragraph in article["paragraphs"]:
            context = paragraph["context"]
            for asked in paragraph["qas"]:
                answer = asked["answers"][0]
                text, at = answer["text"].strip(), answer["answer_start"]
                if len(text.split()) < 5 or len(text) > 250:
                    continue
                source = tuple(sentences_of(context[max(0, at - 700) : at + len(text) + 700])[1:-1])
                words = set(text.lower().split())
                others = [one for one in source if len(words & set(one.lower().split())) < 0.4 * len(words)]
                if len(source) < 3:
                    continue
                yield f"covidqa-{number}", Item("good", 1, asked["question"].strip(), sentence(text), source)
                if others:
                    yield (
                        f"covidqa-{number}",
                        Item("non_answer", 0, asked["question"].strip(), rng.choice(others), source),
                    )


def pubmedqa(path: Path, nlp: Any, rng: random.Random) -> Iterator[tuple[str, Item]]:
    rows = json.loads(path.read_text(encoding="utf-8"))
    for key, row in rows.items():
        source = tuple(one for part in row["CONTEXTS"] for one in sentences_of(part))
        said = sentences_of(row["LONG_ANSWER"])
        if row["final_decision"] == "maybe" or not said or len(source) < 3:
            continue
        parsed = Sent(said[0], nlp(said[0]))
        yield key, Item("good", 1, row["QUESTION"], said[0], source)
        change = rng.choice((denied, opposite, denied))
        wrong = change(parsed, [], rng)
        if wrong is not None:
            yield (
                key,
                Item("negation" if change is denied else "direction", 0, row["QUESTION"], wrong, source),
            )


def scitldr(path: Path, nlp: Any, rng: random.Random) -> Iterator[tuple[str, Item]]:
    rows = [json.loads(line) for line in path.open(encoding="utf-8")]
    for number, row in enumerate(rows):
        source = tuple(row["source"])
        title = row["title"].strip(" .")
        for target in row["target"][:1]:
            text = re.sub(
                r"^(?:In this (?:paper|work),? )?[Ww]e (?:show|find|demonstrate|argue|prove|observe|propose|present|introduce|develop|study|investigate|describe) (?:that )?",
                "",
                target,
            )
            text = re.sub(r"\b[Ww]e\b", "the authors", re.sub(r"\b[Oo]ur\b", "the", text))
            if not 40 < len(text) < 300 or len(source) < 3:
                continue
            question = rng.choice(
                (
                    f"What is contributed by the work on {lower_first(title)}?",
                    f"What is shown about {lower_first(title)}?",
                )
            )
            parsed = [Sent(one, nlp(one)) for one in (sentence(text), *source[:6])]
            yield f"scitldr-{number}", Item("good", 1, question, parsed[0].text, source)
            name, change, _ = rng.choice(CORRUPTIONS)
            wrong = change(parsed[0], parsed[1:], rng)
            if wrong is not None:
                yield f"scitldr-{number}", Item(name, 0, question, wrong, source)
            other = rng.choice(rows)["target"][0]
            if rng.random() < 0.1:
                yield f"scitldr-{number}", Item("outside_knowledge", 0, question, other, source)


def passages(text: str, rng: random.Random) -> Iterator[list[str]]:
    """Runs of 5 to 9 sentences of prose."""
    found = [
        one
        for one in sentences_of(text)
        if one[0].isupper() and one[-1] == "." and sum(map(str.isalpha, one)) > 0.7 * len(one)
    ]
    start = rng.randrange(4)
    while start + 5 < len(found):
        size = rng.randint(5, 9)
        yield found[start : start + size]
        start += size + rng.randrange(30)


def papers(folder: Path, nlp: Any, rng: random.Random, most: int) -> Iterator[tuple[str, Item]]:
    foreign: list[Sent] = []
    files = sorted(folder.glob("*.txt"))
    rng.shuffle(files)
    given = 0
    for place in files:
        text = place.read_text(encoding="utf-8", errors="replace")
        for passage in list(passages(text, rng))[:6]:
            parsed = [Sent(doc.text, doc) for doc in nlp.pipe(passage)]
            foreign = (foreign + rng.sample(parsed, 2))[-200:]
            if len(foreign) < 40:
                continue
            for sent in rng.sample(parsed, 3):
                for item in of_sentence(sent, parsed, foreign[:-4], rng):
                    given += 1
                    yield place.stem, item
        if given >= most:
            return


def main() -> None:
    """Read the command line, make the pairs, write them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--papers", type=Path, required=True)
    parser.add_argument("--evidence-inference", type=Path)
    parser.add_argument("--pubmedqa", type=Path)
    parser.add_argument("--covidqa", type=Path)
    parser.add_argument("--scitldr", type=Path)
    parser.add_argument("--spacy", default="en_core_web_sm")
    parser.add_argument("--most", type=int, default=20_000, help="pairs out of the papers' sentences")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    rng = random.Random(given.seed)
    nlp = spacy.load(given.spacy, exclude=["ner"])
    sets: list[Iterator[tuple[str, Item]]] = [papers(given.papers, nlp, rng, given.most)]
    if given.evidence_inference:
        sets.append(evidence_inference(given.evidence_inference, rng))
    if given.covidqa:
        sets.append(covidqa(given.covidqa, rng))
    if given.pubmedqa:
        sets.append(pubmedqa(given.pubmedqa, nlp, rng))
    if given.scitldr:
        sets.append(scitldr(given.scitldr, nlp, rng))
    counts: dict[str, int] = {}
    with given.out.open("w", encoding="utf-8") as out:
        for made in sets:
            for paper, item in made:
                source = Source(" ".join(item.source))
                shown = claims(Subject.of(Pair(item.question, item.answer), source))[:1]
                for claim in shown:
                    line = {
                        "paper": paper,
                        "kind": item.kind,
                        "label": item.label,
                        "question": claim.question,
                    }
                    out.write(
                        json.dumps(
                            line | {"sentence": claim.sentence, "window": claim.window}, ensure_ascii=False
                        )
                        + "\n"
                    )
                    counts[item.kind] = counts.get(item.kind, 0) + 1
    print(json.dumps(counts))


if __name__ == "__main__":
    main()
