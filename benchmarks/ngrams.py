"""What looking for a set's n-grams in other texts costs over the size of both.

    python benchmarks/ngrams.py [WORDS ...]                default 1000000 2000000 4000000 8000000

Makes sets and texts out of invented words whose frequencies fall as those of a language do (Zipf), one text of 100 in which
stands a passage of the set, and times `builder.evaluating.ngrams` in CPU seconds. Linear time shows as microseconds a word that
stay the same; every planted passage has to be found.
"""

import random
import resource
import sys
import time
from collections.abc import Iterator
from itertools import accumulate

from builder.evaluating.ngrams import Grams, OtherText
from builder.evaluating.records import SourceRecord

SET = 2_000
WORDS_OF_TEXT = 400
VOCABULARY = 50_000


def made(count: int, draw: random.Random) -> Iterator[list[str]]:
    names = [f"w{number:x}" for number in range(VOCABULARY)]
    weights = list(accumulate(1 / (rank + 1) for rank in range(VOCABULARY)))
    for _ in range(count):
        yield draw.choices(names, cum_weights=weights, k=WORDS_OF_TEXT)


def records(count: int) -> list[SourceRecord]:
    draw = random.Random(1)
    return [
        SourceRecord(
            id=str(number),
            question=" ".join(words[: 8 + number % 9]),
            answer=" ".join(words[30:70]),
            paper_sha256="",
        )
        for number, words in enumerate(made(count, draw))
    ]


def measure(total: int, size: int) -> None:
    draw = random.Random(total)
    kept = records(size)
    texts, planted = [], 0
    for number, words in enumerate(made(total // WORDS_OF_TEXT, draw)):
        if number % 100 == 0:
            words[50:50] = kept[number // 100 % size].answer.split()[5:25]
            planted += 1
        texts.append(OtherText("file", str(number), " ".join(words)))
    begun = time.process_time()
    grams = Grams(kept)
    indexed = time.process_time()
    found = {
        (overlap.other, overlap.id)
        for text in texts
        for overlap in grams.overlaps(text)
        if overlap.field == "answer"
    }
    done = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{total:>11,} words, {size:>6,} records: set {indexed - begun:6.2f} s, texts {done - indexed:6.2f} s, "
        f"{(done - indexed) / total * 1e6:5.2f} us a word, {len(found):,} of {planted:,} found, peak {peak:,} MB"
    )
    assert len(found) >= planted


if __name__ == "__main__":
    sizes = [int(word) for word in sys.argv[1:]] or [1_000_000, 2_000_000, 4_000_000, 8_000_000]
    for words in sizes:
        measure(words, SET)
    for count in (4 * SET, 16 * SET):
        measure(sizes[0], count)
