"""What finding near-duplicates costs over the number of questions, and how well it tells them from others.

    python benchmarks/dedup.py cost [QUESTIONS ...]               default 125000 250000 500000 1000000
    python benchmarks/dedup.py pairs PAIRS.jsonl[.gz] [--embed URL MODEL]

`cost` makes questions out of invented words, a tenth of them another one put in other words or with another number, and sends
them through the selection, once with its notes on the disk, as a build does, and once with all of them in memory. Each runs in a process
of its own, so that its peak memory is its own. Flat cost shows as microseconds a question that stay the same.

`pairs` reads lines {"q1", "q2", "label": "duplicate"|"distinct"} and prints, for the score alone, F1 at the best threshold, and for
the decision (score and other numbers or names), precision and recall at the default threshold. `--embed` takes the cosines of
a model at an OpenAI-compatible server instead of the similarity by words.
"""

import argparse
import gzip
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import accumulate, product
from pathlib import Path

import numpy as np

from builder.building.notes import Notes
from qagen.records import (
    ChunkInfo,
    Generation,
    PaperInfo,
    Record,
    Rejection,
    Scores,
    SectionInfo,
    record_id,
)
from qagen.select import select
from qagen.select.differences import differ
from qagen.select.question import Question
from qagen.select.shelf import Memory
from qagen.select.similarity import similarity
from qagen.settings import SelectSettings

SIZES = (125_000, 250_000, 500_000, 1_000_000)
PER_PAPER = 200
WORDS = 30_000
FORMS = (
    "Why does the {0} of {1} {2} {3} when the {4} is raised?",
    "How does {1} {2} affect the {0} of the {3} {4}?",
    "What limits the {0} of {1} in {2} {3} at {5} K?",
    "Which property of {1} explains that {2} {3} has a lower {0} than {4}?",
    "What happens to the {0} when {1} replaces {2} in the {3} of {4}?",
)
AGAIN = (
    ("Why does the", "Why would the"),
    ("affect the", "influence the"),
    ("What limits", "What is it that limits"),
)


class Questions:
    """Records with invented questions, the same ones each time they are gone through."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __iter__(self) -> Iterator[Record | Rejection]:
        rng = random.Random(1)
        syllables = [one + other for one in "bcdfglmnprstv" for other in "aeiou"]
        words = ["".join(rng.choices(syllables, k=rng.randint(2, 4))) for _ in range(WORDS)]
        ranks = list(accumulate(1 / (place + 10) for place in range(WORDS)))
        earlier: list[str] = []
        for paper in range(-(-self.count // PER_PAPER)):
            sha = f"{paper:064x}"
            info = PaperInfo(sha, f"paper:{sha}", "a.pdf")
            for place in range(min(PER_PAPER, self.count - paper * PER_PAPER)):
                question = rng.choice(FORMS).format(
                    *rng.choices(words, cum_weights=ranks, k=5), rng.randint(4, 900)
                )
                if earlier and rng.random() < 0.1:
                    question = rng.choice(earlier)
                    for before, after in AGAIN:
                        question = question.replace(before, after)
                if len(earlier) < 1000:
                    earlier.append(question)
                else:
                    earlier[rng.randrange(1000)] = question
                yield record(info, place, question)


def record(paper: PaperInfo, place: int, question: str) -> Record:
    answer = f"It follows from the {place} parts that the layer has at 300 K."
    return Record(
        record_id(paper.sha256, question, f"{answer} {place}"),
        question,
        answer,
        (),
        paper,
        SectionInfo(("Results",), 0, 9),
        ChunkInfo(place // 10, 1, 9, "cd" * 32, (1,)),
        Generation("server"),
        Scores(0.9),
    )


def split_of(count: int) -> dict[str, str]:
    names = ["test", "validation", *["train"] * 18]
    return {f"{paper:064x}": names[paper % 20] for paper in range(-(-count // PER_PAPER))}


def run(count: int, where: str) -> None:
    questions, splits = Questions(count), split_of(count)
    began = time.process_time()
    for _ in questions:
        pass
    making = 2 * (time.process_time() - began)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    clock, began = time.perf_counter(), time.process_time()
    with Notes(Path(tempfile.gettempdir())) as notes:
        shelf = notes if where == "disk" else Memory()
        chosen = select(questions, SelectSettings(), splits, shelf=shelf)
        turned_down = sum(isinstance(one, Rejection) for one in chosen)
    spent, wall = time.process_time() - began - making, time.perf_counter() - clock
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    said = [count, turned_down, round(spent, 1), round(wall, 1), peak // 1024, (peak - before) // 1024]
    print(json.dumps(said))


def cost(sizes: Sequence[int]) -> None:
    for size, where in product(sizes, ("disk", "memory")):
        command = [sys.executable, __file__, "one", str(size), "--notes", where]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        count, turned_down, spent, wall, peak, grown = json.loads(done.stdout)
        print(
            f"{count:>8} questions, notes {'on the disk' if where == 'disk' else 'in memory':<11}  {turned_down:>7} near-duplicates  "
            f"{spent:>6} s of processor time ({wall} s with making them twice)  {spent / count * 1e6:>4.0f} us each  "
            f"peak {peak} MiB, {grown * 2**20 / count:.0f} bytes each",
            flush=True,
        )


def embedded(url: str, model: str, texts: Sequence[str]) -> np.ndarray:
    import httpx

    rows: list[list[float]] = []
    for start in range(0, len(texts), 256):
        body = {"model": model, "input": list(texts[start : start + 256])}
        reply = httpx.post(f"{url}/embeddings", json=body, timeout=600, trust_env=False).json()
        rows += [row["embedding"] for row in sorted(reply["data"], key=lambda row: row["index"])]
    found = np.array(rows)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def pairs(path: Path, embed: Sequence[str] | None) -> None:
    data = path.read_bytes()
    lines = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    labels = np.array([row["label"] == "duplicate" for row in rows])
    read = [(Question(row["q1"]), Question(row["q2"])) for row in rows]
    settings = SelectSettings()
    if embed:
        ones, others = (embedded(*embed, [row[name] for row in rows]) for name in ("q1", "q2"))
        scores, threshold = (ones * others).sum(1), settings.embedding_similarity
    else:
        scores = np.array([similarity(one, other) for one, other in read])
        threshold = settings.similarity
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(labels[order])
    f1 = 2 * hits / (np.arange(1, len(labels) + 1) + labels.sum())
    print(f"score alone: F1 {f1.max():.4f} at {scores[order][f1.argmax()]:.3f}, {len(rows)} pairs")
    apart = np.array([differ(one, other) for one, other in read])
    for at in sorted({threshold, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95}):
        found = (scores >= at) & ~apart
        mark = "  (default)" if at == threshold else ""
        right = (found & labels).sum()
        print(
            f"decision at {at:.2f}: precision {right / max(1, found.sum()):.3f}, recall {right / labels.sum():.3f}{mark}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = parser.add_subparsers(required=True, dest="command")
    commands.add_parser("cost").add_argument("sizes", type=int, nargs="*", default=SIZES)
    one = commands.add_parser("one")
    one.add_argument("size", type=int)
    one.add_argument("--notes", choices=["disk", "memory"], default="disk")
    told = commands.add_parser("pairs")
    told.add_argument("file", type=Path)
    told.add_argument("--embed", nargs=2, metavar=("URL", "MODEL"))
    given = parser.parse_args()
    if given.command == "cost":
        cost(given.sizes)
    elif given.command == "one":
        run(given.size, given.notes)
    else:
        pairs(given.file, given.embed)


if __name__ == "__main__":
    main()
