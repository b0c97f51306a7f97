"""How fast the checks judge, and which of them takes the time.

usage: python benchmarks/checks.py FILE.jsonl[.gz]     lines {"source", "question", "answer"}

Prints items per second of processor time without the start of the interpreter, the index of each source made once, and the
share of each check. Each check is timed on subjects of its own run, so what it is the first to need counts as its.
"""

import gzip
import json
import sys
import time
from collections import Counter
from pathlib import Path

from qagen.checks import CHECKS, CheckInput, IndexedSource, check_pair, clean
from qagen.records import Pair
from qagen.settings import CheckSettings


def read(path: Path) -> list[dict[str, str]]:
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
    return [json.loads(line) for line in text.split("\n") if line]


def rate(rows: list[dict[str, str]], settings: CheckSettings) -> float:
    """Items per second, the sources indexed anew."""
    sources = {row["source"]: IndexedSource(row["source"]) for row in rows}
    start = time.process_time()
    for row in rows:
        check_pair(
            Pair(row["question"], row["answer"]), sources[row["source"]], settings, question_required=False
        )
    return len(rows) / (time.process_time() - start)


def shares(rows: list[dict[str, str]], settings: CheckSettings) -> Counter[str]:
    """Seconds by check, and of the cleanups."""
    sources = {row["source"]: IndexedSource(row["source"]) for row in rows}
    spent: Counter[str] = Counter()
    for row in rows:
        start = time.process_time()
        question, answer, _ = clean(Pair(row["question"], row["answer"]), sources[row["source"]], settings)
        spent["cleanups"] += time.process_time() - start
        subject = CheckInput(question, answer, sources[row["source"]], question_required=False)
        for name, check in CHECKS:
            start = time.process_time()
            next(check(subject, settings), None)
            spent[name] += time.process_time() - start
    return spent


def main() -> None:
    rows, settings = read(Path(sys.argv[1])), CheckSettings()
    rate(rows[:20], settings)
    print(f"{len(rows)} items, {rate(rows, settings):.0f} a second")
    spent = shares(rows, settings)
    for name, seconds in spent.most_common():
        print(f"{seconds / spent.total():6.1%}  {name}")


if __name__ == "__main__":
    main()
