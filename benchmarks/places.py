"""What the checks make of pairs over several places, built by code out of the sentences of real papers.

    python -m benchmarks.places PAPERS... --work W      # W: a workspace, in which what is not converted yet is converted

Forms of pairs and papers are each in two halves: those that the checks were made with, and those held out. For each form it says how many
of its pairs are accepted, and for each half how many of those that need several places, and of the others.
"""

import argparse
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from qagen import convert
from qagen.asking.dialogues import whole_paper
from qagen.asking.grouping import chunk_groups
from qagen.asking.recipe import unfit
from qagen.checks import JoinedSource, check_pair
from qagen.chunking.chunks import chunks
from qagen.chunking.sections import sections
from qagen.cli.documents import convert_documents
from qagen.papers.papers import find_papers
from qagen.records import Chunk, Document, Pair
from qagen.settings import Settings
from qagen.workspace import Workspace
from tests.places import HELD_OUT, SEEN, WRITTEN_LAST, Fact, Form, Made, facts, facts_of_places

GROUPS = 6
"""Of each paper."""
PER_PAPER = 5
"""Pairs of a form and a paper, at most."""

Read = tuple[str, Document, Sequence[Chunk]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("papers", nargs="+", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    given = parser.parse_args()
    read = list(papers(given.papers, given.work))
    for which, forms in (
        ("forms seen", SEEN),
        ("forms held out", HELD_OUT),
        ("forms written last", WRITTEN_LAST),
    ):
        for half in (0, 1):
            some = [one for one in read if zlib.crc32(one[0].encode()) % 2 == half]
            print(f"\n{which}, papers {('seen', 'held out')[half]} ({len(some)})")
            told(forms, some)


def papers(paths: Sequence[Path], work: Path) -> Iterator[Read]:
    """Name, document and chunks of each paper that can be converted."""
    settings = Settings.model_validate({"convert": {"converter": "rules"}})
    with TemporaryDirectory() as out:
        convert_documents(paths, Path(out), work, settings)
    for paper in sorted(find_papers(paths), key=lambda one: Path(one.file).name):
        folder = Workspace(work).conversion(paper.sha256, convert.fingerprint(settings.convert))
        document = convert.load(folder, paper.sha256)
        if isinstance(document, Document):
            found = chunks(document, sections(document), settings.chunk)
            yield (
                Path(paper.file).name,
                document,
                [chunk for chunk in found if unfit(chunk, settings.chunk) is None],
            )


def told(forms: Sequence[Form], read: Sequence[Read]) -> None:
    """Print what is accepted of the pairs that some forms make of some papers."""
    counts: Counter[tuple[str, bool, bool]] = Counter()
    taken: Counter[tuple[str, str]] = Counter()
    strange = {name: [fact for chunk in found for fact in facts(chunk.text)] for name, _, found in read}
    settings = Settings().checks
    for name, document, found in read:
        others = [many for other, many in strange.items() if other != name and many]
        whole = whole_paper(document)
        for number, group in enumerate(chunk_groups(found, GROUPS)):
            texts = [chunk.text for chunk in group.chunks]
            source = JoinedSource(texts)
            for made in _made(texts, forms, others[number % len(others)], taken, name):
                verdict = check_pair(Pair(made.question, made.answer), source, settings, paper=whole)
                counts[made.form, made.wanted, verdict.accepted] += 1
    for form, wanted in dict.fromkeys((form, wanted) for form, wanted, _ in counts):
        accepted, turned_down = counts[form, wanted, True], counts[form, wanted, False]
        print(
            f"  {form:32} {'needs several' if wanted else 'does not':14} {accepted:4} of {accepted + turned_down:4}"
        )
    for wanted in (True, False):
        sides = [
            sum(count for key, count in counts.items() if key[1:] == (wanted, side)) for side in (True, False)
        ]
        share = sides[0] / max(1, sum(sides))
        print(f"  {'needed' if wanted else 'not needed'}: {sides[0]} of {sum(sides)} accepted, {share:.3f}")


def _made(
    texts: Sequence[str],
    forms: Sequence[Form],
    strange: Sequence[Fact],
    taken: Counter[tuple[str, str]],
    name: str,
) -> Iterator[Made]:
    places = [some for some in facts_of_places(texts) if some]
    if len(places) < 2:
        return
    for form in forms:
        for made in form(*places[:2], strange):
            if taken[made.form, name] < PER_PAPER:
                taken[made.form, name] += 1
                yield made


if __name__ == "__main__":
    main()
