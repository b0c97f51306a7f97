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
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import spacy
from grounding_changes import (
    CORRUPTIONS,
    Sent,
    denied,
    lower_first,
    opposite,
    other_name,
    over_generalised,
    pronoun,
    questions,
    reason_of,
    reworded,
    sentence,
    shorter,
    synonyms,
)

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.source import IndexedSource
from qagen.grounding.windows import claims
from qagen.records import Pair

HEADING = re.compile(r"\b(?:ABSTRACT|BODY|TITLE)[.:][^:\n]{0,60}:+")
"""How that set's texts mark their sections."""
FACTS_OF_ELSEWHERE = 0.3


@dataclass(frozen=True)
class Item:
    """A pair before its window is chosen: the source as a list of sentences."""

    kind: str
    label: int
    question: str
    answer: str
    source: tuple[str, ...]


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
    return [one.text for one in IndexedSource(text).sentences if 30 < len(one.text) < 400]


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
                r"^(?:In this (?:paper|work),? )?[Ww]e (?:show|find|demonstrate|argue|prove|observe|propose|present"
                r"|introduce|develop|study|investigate|describe) (?:that )?",
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
                source = IndexedSource(" ".join(item.source))
                shown = claims(CheckInput.of(Pair(item.question, item.answer), source))[:1]
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
