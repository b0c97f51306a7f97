"""The records that a set is made of, and the text behind each as far as it is known here."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from builder.folder import manifest
from builder.folder.read import files, rows_of_any_version
from builder.folder.schema import Row
from qagen.errors import DatasetError
from qagen.records import sha256
from qagen.workspace import Workspace, read_file

SPLIT = "test"


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """What a set takes of a record of any version of the schema.

    Attributes:
        section: the headings above its chunk, from the top down.
        document_sha256: of the document that the chunk is a slice of; None where the record does not say.
        chunk: where the chunk begins and ends there, and its sha256.
        context: the chunk's text; None until its document is at hand.
    """

    id: str
    question: str
    answer: str
    paper_sha256: str
    section: tuple[str, ...] = ()
    document_sha256: str | None = None
    chunk: tuple[int, int, str] | None = None
    context: str | None = None


def test_records(folder: Path) -> tuple[SourceRecord, ...]:
    """The records of the split `test`, in the order of its rows.

    Raises:
        DatasetError: where the folder is no dataset or damaged, or has no such split.
    """
    found = files(folder, "default")
    if SPLIT not in found:
        has = ", ".join(f"{name!r}" for name in found) or "no records at all"
        raise DatasetError(
            f"{str(folder)!r} has no split {SPLIT!r} (it has {has}), and a set is made of that split alone; build it with "
            f"--require-splits {SPLIT}=1 and more papers, or give it a larger share with splits = {{ {SPLIT} = 20 }} in [dataset]"
        )
    return tuple(_record(row, path) for path in found[SPLIT] for row in rows_of_any_version(path, "default"))


def _record(row: Row, path: Path) -> SourceRecord:
    if not (row["question"] and row["answer"]):
        raise DatasetError(
            f"{str(path)!r} is damaged: the record {row['id']!r} has no question or no answer; build the dataset again"
        )
    chunk, paper = row["chunk"] or {}, row["paper"]
    start, end, digest = chunk.get("start"), chunk.get("end"), chunk.get("sha256")
    return SourceRecord(
        id=row["id"],
        question=row["question"],
        answer=row["answer"],
        paper_sha256=paper["sha256"],
        section=tuple((row["section"] or {}).get("path") or ()),
        document_sha256=paper.get("document_sha256"),
        chunk=None if start is None or end is None or digest is None else (start, end, digest),
    )


def document_of(record: SourceRecord, work: Path) -> str | None:
    """The document that a record was made from, out of a workspace; None where it does not have just that one."""
    if record.document_sha256 is None:
        return None
    for file in sorted(Workspace(work).paper(record.paper_sha256).glob("convert-*/document.md")):
        data = read_file(file)
        if data is not None and sha256(data) == record.document_sha256:
            return data.decode("utf-8")
    return None


def with_context(record: SourceRecord, document: str) -> SourceRecord:
    """The record with the text of its chunk, where its document has that at the chunk's place."""
    if record.chunk is None:
        return record
    start, end, digest = record.chunk
    text = document[start:end]
    return replace(record, context=text) if sha256(text) == digest else record


def version_of(folder: Path) -> str | None:
    """The published version that a dataset folder is; None for one that was only built."""
    version = manifest.read(folder).get("version")
    return version if isinstance(version, str) else None


def other_texts(folder: Path) -> Iterator[tuple[str, str, tuple[str, str]]]:
    """`(split, id, (question, answer))` of the records outside the split.

    Raises:
        DatasetError: where a file is damaged.
    """
    for split, paths in files(folder, "default").items():
        if split != SPLIT:
            for path in paths:
                for row in rows_of_any_version(path, "default"):
                    yield split, row["id"], (row["question"] or "", row["answer"] or "")
