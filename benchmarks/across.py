"""What the checks make of pairs over places of two papers, built by code out of the sentences of real papers.

    python -m benchmarks.across PAPERS... --work W      # W: a workspace, in which what is not converted yet is converted

A chunk of each of two papers at a time, whatever they are about, and of each the facts that a question about it alone could be answered
with. Forms of pairs as in `benchmarks.places`, and one more: what the second
paper says is said by the first one too, in another place, so that this one alone would do. Papers are in two halves, pairs of papers of
the same half are looked at.
"""

import argparse
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations, islice
from pathlib import Path

from benchmarks.places import Read, papers
from qagen.asking.dialogues import whole_paper
from qagen.checks import IndexedSource, JoinedSource, check_pair
from qagen.checks.reading.several_papers import SeveralPapers
from qagen.checks.reading.whole_paper import WholePaper
from qagen.records import Pair
from qagen.settings import Settings
from tests.places import HELD_OUT, SEEN, WRITTEN_LAST, Fact, Form, Made, facts, facts_of_places

GROUPS = 3
"""Of two papers."""
PER_GROUP = 1
"""Pairs of a form and a group, at most."""
SAID_TWICE = "said by the first paper too"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("papers", nargs="+", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument(
        "--wrong", action="store_true", help="Show what is judged otherwise than it was made."
    )
    given = parser.parse_args()
    read = list(papers(given.papers, given.work))
    for half in (0, 1):
        some = [one for one in read if zlib.crc32(one[0].encode()) % 2 == half]
        for which, forms in (
            ("seen", SEEN),
            ("held out", HELD_OUT),
            ("written last", WRITTEN_LAST),
        ):
            print(f"\nforms {which}, papers {('seen', 'held out')[half]} ({len(some)})")
            told(forms, some, wrong=given.wrong)


def told(forms: Sequence[Form], read: Sequence[Read], *, wrong: bool) -> None:
    """Print what is accepted of the pairs that some forms make of some papers."""
    counts: Counter[tuple[str, bool, bool]] = Counter()
    settings = Settings().checks
    wholes = {name: whole_paper(document) for name, document, _ in read}
    for made, texts, whole in _all_made(forms, read, wholes):
        verdict = check_pair(Pair(made.question, made.answer), JoinedSource(texts), settings, paper=whole)
        counts[made.form, made.wanted, verdict.accepted] += 1
        if wrong and made.wanted != verdict.accepted:
            faults = [f"{fault.reason} {fault.detail[:120]}" for fault in verdict.faults[:2]]
            print(f"    {made.form} | {made.question} | {made.answer} | {faults}")
    for form, wanted in dict.fromkeys((form, wanted) for form, wanted, _ in counts):
        accepted, turned_down = counts[form, wanted, True], counts[form, wanted, False]
        print(
            f"  {form:32} {'needs both' if wanted else 'does not':14} {accepted:4} of {accepted + turned_down:4}"
        )
    for wanted in (True, False):
        sides = [
            sum(count for key, count in counts.items() if key[1:] == (wanted, side)) for side in (True, False)
        ]
        share = sides[0] / max(1, sum(sides))
        print(f"  {'needed' if wanted else 'not needed'}: {sides[0]} of {sum(sides)} accepted, {share:.3f}")


def _all_made(
    forms: Sequence[Form], read: Sequence[Read], wholes: dict[str, WholePaper]
) -> Iterator[tuple[Made, list[str], SeveralPapers]]:
    telling = {name: [chunk.text for chunk in found if len(facts(chunk.text)) > 1] for name, _, found in read}
    for number, (one, other) in enumerate(combinations([one for one in read if telling[one[0]]], 2)):
        strangers = [some for name, _, some in read if name not in (one[0], other[0]) and telling[name]]
        strange = [fact for chunk in strangers[number % len(strangers)] for fact in facts(chunk.text)]
        whole = SeveralPapers([wholes[one[0]], wholes[other[0]]])
        for place in range(GROUPS):
            texts = [some[(number + place) % len(some)] for some in (telling[one[0]], telling[other[0]])]
            places = [_sound(some, text) for some, text in zip(facts_of_places(texts), texts, strict=True)]
            for form in forms:
                for made in islice(form(places[0], places[1], strange), PER_GROUP):
                    yield made, texts, whole
            if forms is SEEN:
                yield from _said_twice(texts, places, one, whole)


def _sound(some: Sequence[Fact], text: str) -> tuple[Fact, ...]:
    """The facts of a chunk that a question about it alone may be answered with: no other pair could state the others."""
    source, settings = IndexedSource(text), Settings().checks
    return tuple(
        fact
        for fact in some
        if check_pair(Pair(f"What is known about {fact.subject}?", fact.text), source, settings).accepted
    )


def _said_twice(
    texts: list[str], places: Sequence[Sequence[Fact]], one: Read, whole: SeveralPapers
) -> Iterator[tuple[Made, list[str], SeveralPapers]]:
    """A pair over both places, where the first paper says in its last section what the second says."""
    for a, b in islice(zip(*places, strict=False), PER_GROUP):
        question = f"How does what is known about {a.subject} compare with what is known about {b.subject}?"
        made = Made(SAID_TWICE, question, f"{a.text} In contrast, {b.text}", wanted=False)
        says_too = WholePaper(f"{one[1].text}\n\nOthers found the same. {b.text}")
        yield made, texts, SeveralPapers([says_too, whole.papers[1]])


if __name__ == "__main__":
    main()
