"""One set from one dataset: records, choices and overlaps, put into a folder."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain, groupby
from pathlib import Path
from typing import Any

from builder.evalset.card import card
from builder.evalset.choices import Choice, ChoiceRules, LeftOut, choice, counted
from builder.evalset.files import refuse_unreadable, texts_of_files, texts_of_splits
from builder.evalset.folder import TOOL, check_place, json_lines, write
from builder.evalset.ngrams import Grams, Overlap
from builder.evalset.papers import PaperText
from builder.evalset.records import SPLIT, SourceRecord, document_of, test_records, version_of, with_context
from builder.evalset.tasks import refuse_name, task_files
from qagen import __version__
from qagen.errors import DatasetError

FORMAT = 1
OVERLAP = "overlap"


@dataclass(frozen=True, slots=True)
class EvalsetJob:
    """What a set is made of.

    Attributes:
        folder: the dataset folder.
        source: the dataset as it is named to others: `name/dataset@revision`, or the folder's own name.
        out: the folder of the set.
        name: what the tasks are called.
        work: a workspace, which may have the papers' documents.
        rules: how choices are made.
        files: what the set is compared with besides the dataset's other splits.
        leave_out_overlaps: whether records that share words with those are left out, or only listed.
    """

    folder: Path
    source: str
    out: Path
    name: str
    work: Path
    rules: ChoiceRules
    files: tuple[Path, ...] = ()
    leave_out_overlaps: bool = False


@dataclass(frozen=True, slots=True)
class Evalset:
    """What became of a dataset's test split.

    Attributes:
        records: how many records the split has.
        open: how many are in the form of open questions; all but those left out for an overlap.
        choice: how many are in the form of multiple choice.
        left_out: by reason how many are not, see `LeftOut`; `overlap` are in neither form.
        overlaps: by split or file how many records share words with it.
    """

    name: str
    source: str
    version: str | None
    records: int
    open: int
    choice: int
    left_out: Mapping[str, int]
    overlaps: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """The same as a JSON object."""
        return asdict(self)


def make_evalset(job: EvalsetJob) -> Evalset:
    """Make the set and write its folder.

    Raises:
        DatasetError: where the dataset has no test split, is damaged, or nothing is left of it; where `out` is somebody else's.
        InputError: where a file to compare with cannot be read.
        SettingsError: where the name cannot be one.
        WorkspaceError: where the folder cannot be written.
    """
    refuse_name(job.name)
    refuse_unreadable(job.files)
    records = test_records(job.folder)
    check_place(job.out)
    grams = Grams(records)
    others = chain(texts_of_splits(job.folder), texts_of_files(job.files))
    overlaps = [overlap for other in others for overlap in grams.overlaps(other)]
    overlapping = {overlap.id for overlap in overlaps}
    taken = [record for record in records if not (job.leave_out_overlaps and record.id in overlapping)]
    if not taken:
        raise DatasetError(
            f"all {len(records):,} records of the split {SPLIT!r} share words with other texts, so nothing is left of it; list them "
            "without --leave-out-overlaps, or name other files with --decontaminate"
        )
    made = list(_choices(taken, job))
    found = _counts(job, records, taken, [result for _, result in made], overlaps)
    write(job.out, _files(job, found, records, made, overlaps), _listing(job, found))
    return found


def _choices(
    records: Iterable[SourceRecord], job: EvalsetJob
) -> Iterator[tuple[SourceRecord, Choice | LeftOut]]:
    """Each record with its multiple choice, or why it has none, paper by paper."""
    for _, group in groupby(records, key=lambda record: (record.paper_sha256, record.document_sha256)):
        listed = list(group)
        document = document_of(listed[0], job.work)
        if document is None:
            yield from ((record, LeftOut.NO_DOCUMENT) for record in listed)
            continue
        placed = tuple(with_context(record, document) for record in listed)
        paper = PaperText(document, placed)
        for record in placed:
            yield record, choice(record, paper, job.rules)


def _counts(
    job: EvalsetJob,
    records: Sequence[SourceRecord],
    taken: Sequence[SourceRecord],
    results: Sequence[Choice | LeftOut],
    overlaps: Sequence[Overlap],
) -> Evalset:
    choices = [result for result in results if isinstance(result, Choice)]
    left_out = counted([result for result in results if isinstance(result, LeftOut)])
    if gone := len(records) - len(taken):
        left_out[OVERLAP] = gone
    by_place = Counter(place for place, _ in {(overlap.where, overlap.id) for overlap in overlaps})
    return Evalset(
        name=job.name,
        source=job.source,
        version=version_of(job.folder),
        records=len(records),
        open=len(taken),
        choice=len(choices),
        left_out=left_out,
        overlaps=dict(sorted(by_place.items())),
    )


def _files(
    job: EvalsetJob,
    found: Evalset,
    records: Sequence[SourceRecord],
    made: Sequence[tuple[SourceRecord, Choice | LeftOut]],
    overlaps: Sequence[Overlap],
) -> dict[str, str]:
    """All files of the folder by path; a form without records has none."""
    taken = {record.id for record, _ in made}
    left_out = [
        _left_out(record, result.value, result.meaning)
        for record, result in made
        if isinstance(result, LeftOut)
    ]
    left_out += [
        _left_out(record, OVERLAP, "shares words with other texts, see overlaps.jsonl")
        for record in records
        if record.id not in taken
    ]
    choices = [result for _, result in made if isinstance(result, Choice)]
    files = {
        "data/open/test.jsonl": json_lines(_open_row(record) for record, _ in made),
        "left_out.jsonl": json_lines(left_out),
        "overlaps.jsonl": json_lines(asdict(overlap) for overlap in overlaps),
        "README.md": card(found.as_json()),
        **task_files(job.name, job.source, choices=len(choices)),
    }
    if choices:
        files["data/choice/test.jsonl"] = json_lines(map(_choice_row, choices))
    return files


def _about(record: SourceRecord) -> dict[str, str]:
    return {"id": record.id, "paper_sha256": record.paper_sha256, "section": " > ".join(record.section)}


def _open_row(record: SourceRecord) -> dict[str, Any]:
    return {**_about(record), "question": record.question, "answer": record.answer}


def _choice_row(made: Choice) -> dict[str, Any]:
    return {
        **_about(made.record),
        "question": made.record.question,
        "choices": list(made.choices),
        "answer_index": made.answer_index,
        "kind": made.kind,
    }


def _left_out(record: SourceRecord, reason: str, detail: str) -> dict[str, str]:
    return {"id": record.id, "reason": reason, "detail": detail}


def _listing(job: EvalsetJob, found: Evalset) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "tool": TOOL,
        "made_by": f"qagen {__version__}",
        "seed": job.rules.seed,
        "choices": job.rules.count,
        "compared_with": [path.name for path in job.files],
        **found.as_json(),
    }
