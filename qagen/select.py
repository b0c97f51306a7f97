"""Selection: of pairs that ask the same, one stays.

Greedy and in the order of the rows: what came first is kept, and what is turned down names what it gave way to. A record of the
version before (`incumbents`) wins over newcomers, so that a dataset's records stay put when papers come.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from qagen.reasons import Kind, Reason
from qagen.records import Record, Rejection


def question_key(question: str) -> str:
    """What two questions have in common that differ only in case, blanks, punctuation or notation of characters."""
    return " ".join(re.sub(r"[^\w\s%°]", " ", unicodedata.normalize("NFKC", question).casefold()).split())


def select(
    results: Iterable[Record | Rejection], incumbents: Mapping[str, str] | None = None
) -> Iterator[Record | Rejection]:
    """Pass everything on, with every record that is displaced turned into its rejection.

    Args:
        results: in the order of the rows.
        incumbents: question key -> id of the base's record, of those records that are in `results` again.
    """
    taken = dict(incumbents or {})
    published: set[str] = set()
    for result in results:
        if isinstance(result, Rejection):
            yield result
            continue
        winner = taken.setdefault(question_key(result.question), result.id)
        if winner == result.id and result.id not in published:
            published.add(result.id)
            yield result
        else:
            yield _displaced(result, winner)


def _displaced(record: Record, winner: str) -> Rejection:
    return Rejection(
        Kind.PAIR,
        Reason.DUPLICATE,
        f"asks the same as record {winner}",
        record.paper,
        question=record.question,
        answer=record.answer,
        section=record.section,
        chunk=record.chunk,
        generation=record.generation,
        displaced_by=winner,
    )
