"""The records that a set is made of, and the text behind each as far as it is known here."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from builder.folder import manifest
from builder.folder.read import files, rows_of_any_version
from builder.folder.schema import Row
from qagen import convert
from qagen.errors import DatasetError
from qagen.records import is_sha256, sha256
from qagen.workspace import Workspace

SPLIT = "test"
LABELS = ("kind", "difficulty")
"""Columns that datasets may have, for groups of questions."""


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """What a set takes of a record of any version of the schema.

    Attributes:
        section: the headings above its chunk, from the top down.
        document_sha256: of the document that the chunk is a slice of; None where the record does not say.
        chunk: where the chunk begins and ends there, and its sha256.
        context: the chunk's text; None until its document is at hand.
        is_across: whether it needs several papers.
        labels: what else the record says of its question, for scores by group: of `LABELS` those that it has.
    """

    id: str
    question: str
    answer: str
    paper_sha256: str
    section: tuple[str, ...] = ()
    document_sha256: str | None = None
    chunk: tuple[int, int, str] | None = None
    context: str | None = None
    labels: tuple[tuple[str, str | int], ...] = ()
    is_across: bool = False


def test_records(folder: Path) -> tuple[SourceRecord, ...]:
    """The records of the split `test`, in the order of its rows.

    Raises:
        DatasetError: where the folder is no dataset or damaged, or has no such split.
    """
    found = files(folder, "default")
    if SPLIT not in found:
        has = ", ".join(f"{name!r}" for name in found) or "no records at all"
        raise DatasetError(
            f"{str(folder)!r} has no split {SPLIT!r} (it has {has}), and a set is made of that split alone",
            remedy=f"build it with --require-splits {SPLIT}=1 and more papers, or give it a larger share with splits = "
            f"{{ {SPLIT} = 20 }} in [dataset]",
        )
    made: dict[str, SourceRecord] = {}
    for path in found[SPLIT]:
        for row in rows_of_any_version(path, "default"):
            one = _record(row, path)
            if one.id in made:
                raise _damaged(path, f"it has the record {one.id!r} twice")
            made[one.id] = one
    if not made:
        raise DatasetError(
            f"the split {SPLIT!r} of {str(folder)!r} has no rows", remedy="build the dataset again"
        )
    return tuple(made.values())


def _record(row: Row, path: Path) -> SourceRecord:
    """What is taken of a row; what only serves multiple choice may be absent, or something else in other versions.

    Raises:
        DatasetError: where the row has no question, answer, id or paper.
    """
    paper = row["paper"]
    for name, value in (("question", row["question"]), ("answer", row["answer"]), ("id", row["id"])):
        if not (isinstance(value, str) and value.strip()):
            raise _damaged(path, f"the record {str(row['id'])[:64]!r} has no {name}")
    if not is_sha256(str(paper["sha256"])):
        raise _damaged(path, f"the record {row['id']!r} names the paper {str(paper['sha256'])[:64]!r}")
    section = row["section"].get("path") if isinstance(row["section"], dict) else None
    document = paper.get("document_sha256")
    return SourceRecord(
        id=row["id"],
        question=row["question"],
        answer=row["answer"],
        paper_sha256=paper["sha256"],
        section=tuple(map(str, section)) if isinstance(section, list) else (),
        document_sha256=document if isinstance(document, str) else None,
        chunk=_chunk(row["chunk"]),
        labels=tuple((name, row[name]) for name in LABELS if isinstance(row.get(name), str | int)),
        is_across=any(isinstance(place, dict) and place.get("paper") for place in row.get("places") or ()),
    )


def _chunk(value: object) -> tuple[int, int, str] | None:
    if not isinstance(value, dict):
        return None
    start, end, digest = value.get("start"), value.get("end"), value.get("sha256")
    if not (isinstance(start, int) and isinstance(end, int) and isinstance(digest, str)):
        return None
    return (start, end, digest) if 0 <= start <= end else None


def _damaged(path: Path, how: str) -> DatasetError:
    return DatasetError(f"{str(path)!r} is damaged: {how}", remedy="build the dataset again")


def document_of(record: SourceRecord, work: Path) -> str | None:
    """The document that a record was made from, out of a workspace; None where it does not have just that one."""
    if record.document_sha256 is None:
        return None
    found = convert.find(
        Workspace(work).paper(record.paper_sha256), record.paper_sha256, record.document_sha256
    )
    return None if found is None else found.text


def with_context(record: SourceRecord, document: str) -> SourceRecord:
    """The record with the text of its chunk, where its document has that at the chunk's place."""
    if record.chunk is None:
        return record
    start, end, digest = record.chunk
    text = document[start:end]
    return replace(record, context=text) if sha256(text) == digest else record


def version_of(folder: Path) -> str | None:
    """The published version that a dataset folder is; None for one that was only built."""
    return manifest.read(folder).version


def other_texts(folder: Path) -> Iterator[tuple[str, str, tuple[str, str]]]:
    """`(split, id, (question, answer))` of the records outside the split.

    Raises:
        DatasetError: where a file is damaged.
    """
    for split, paths in files(folder, "default").items():
        if split != SPLIT:
            for path in paths:
                for row in rows_of_any_version(path, "default"):
                    yield split, str(row["id"]), (_text(row["question"]), _text(row["answer"]))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
