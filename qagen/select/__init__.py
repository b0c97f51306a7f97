"""Selection: no section, paper or kind gives more than its share; of pairs that ask or, in one chunk, answer the same, one stays.

Greedy: records come one after another, and each stays unless one that asks the same has stayed before it, which it then names.
The order is that of what shall win: records of the version before (`incumbents`), so that a dataset's records stay put when
papers come; then `test` before `validation` before `train`, so that nothing held out is asked in training; then that of the rows.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from qagen.question_kinds import Wanted
from qagen.reasons import Reason
from qagen.records import Record, Rejection
from qagen.select.deduplication import GaveWay, Vectors, decide
from qagen.select.displaced import turned_down
from qagen.select.entries import Entries, is_compared
from qagen.select.quota import within_quotas
from qagen.select.shares import over_shares
from qagen.select.shelf import Memory, MemoryTable, Numbers, Rows, Shelf, Table
from qagen.settings import SelectSettings

__all__ = [
    "MemoryTable",
    "Numbers",
    "Rows",
    "Shelf",
    "Table",
    "Vectors",
    "is_compared",
    "select",
    "within_quotas",
]


def select(
    results: Iterable[Record | Rejection],
    settings: SelectSettings,
    split_of: Mapping[str, str],
    incumbents: Collection[str] = (),
    vectors: Vectors | None = None,
    shelf: Shelf | None = None,
    wanted: Sequence[Wanted] = (),
    held: Collection[str] = (),
) -> Iterator[Record | Rejection]:
    """Pass everything on in its order, with every record that is displaced turned into its rejection.

    Args:
        results: in the order of the rows, the quotas applied; gone through twice, so no iterator.
        settings: when two questions are the same.
        split_of: paper sha256 -> test, validation or train.
        incumbents: ids of the base's records; those that are not in `results` win nothing.
        vectors: of questions, where an embedding model is used.
        shelf: where what is known of the records is kept; None keeps it in memory.
        wanted: what was asked for; a quota takes the kinds by their numbers.
        held: ids of records that a person brought back or made: they win over all others, and give way only to themselves.

    Raises:
        ValueError: where `results` are not the same both times: a bug of the caller.
    """
    entries = Entries(shelf or Memory())
    for result in results:
        if isinstance(result, Record):
            split = split_of[result.paper.sha256]
            entries.add(result, split, incumbent=result.id in incumbents, held=result.id in held)
    decisions = decide(entries, settings, vectors)
    over = over_shares(entries, decisions.stays, settings, wanted)
    number = -1
    for result in results:
        if isinstance(result, Rejection):
            yield result
            continue
        number += 1
        if number >= len(entries) or entries.id(number) != result.id:
            raise ValueError("the results are not the same the second time")
        detail, gave_way = over.detail(number), decisions.of(number)
        if detail is not None and not entries.is_held(number):
            yield turned_down(result, Reason.OVER_QUOTA, detail)
        elif gave_way is None:
            yield result
        elif gave_way.by_answer:
            yield _repeats(result, gave_way, entries)
        else:
            yield _displaced(result, gave_way, entries)


def _repeats(record: Record, to: GaveWay, entries: Entries) -> Rejection:
    named, score = entries.id(to.winner), to.score
    said = "answers in the same words" if score == 1 else "answers in nearly the same words"
    return turned_down(
        record,
        Reason.REPEATED_ANSWER,
        f"{said} as record {named} of its chunk, similarity {score:.2f}",
        named,
    )


def _displaced(record: Record, to: GaveWay, entries: Entries) -> Rejection:
    named, split, score = entries.id(to.winner), entries.split(to.winner), to.score
    if score == 1:
        return turned_down(record, Reason.DUPLICATE, f"asks the same as record {named} ({split})", named)
    detail = f"asks nearly the same as record {named} ({split}), similarity {score:.2f}"
    return turned_down(record, Reason.NEAR_DUPLICATE, detail, named)
