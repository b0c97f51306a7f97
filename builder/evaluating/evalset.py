"""One set from one dataset: records, choices and overlaps, put into a folder."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain, groupby
from pathlib import Path
from typing import Any, Self

from builder.evaluating.card import card
from builder.evaluating.choices import Choice, ChoiceRules, LeftOut, choice, counted
from builder.evaluating.files import names_of, refuse_unreadable, texts_of_files, texts_of_splits
from builder.evaluating.folder import TOOL, check_place, json_lines, write
from builder.evaluating.ngrams import Grams, Overlap
from builder.evaluating.papers import PaperText
from builder.evaluating.records import (
    LABELS,
    SPLIT,
    SourceRecord,
    document_of,
    test_records,
    version_of,
    with_context,
)
from builder.evaluating.tasks import name_of, refuse_name, task_files
from builder.html import page, table
from builder.hub.locator import folder_of, parse_dataset_ref
from qagen import __version__
from qagen.errors import DatasetError
from qagen.records import encodable

FORMAT = 1
OVERLAP = "overlap"
OVERLAPS = "shares words with other texts; in neither form"


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

    @classmethod
    def of(cls, folder: Path, out: Path, options: Mapping[str, Any]) -> Self:
        """The job that the options of `EvalsetKeywords` make; a version on the Hub is fetched.

        Args:
            folder: a dataset folder, or `name/dataset@revision`.
            out: the folder of the set.
            options: all of them, each with its value or default.

        Raises:
            DatasetError: where the Hub does not have the version.
            SettingsError: where the name cannot be one.
        """
        if options["name"] is not None:
            refuse_name(options["name"])
        place = folder_of(folder)
        source = encodable(str(folder) if parse_dataset_ref(folder) else place.resolve().name)
        return cls(
            folder=place,
            source=source,
            out=out,
            name=options["name"] or name_of(source.partition("@")[0]),
            work=Path(options["work"]).expanduser(),
            rules=ChoiceRules(options["choices"], options["seed"]),
            files=tuple(Path(file).expanduser() for file in options["decontaminate"] or ()),
            leave_out_overlaps=options["leave_out_overlaps"],
        )


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

    def reasons(self) -> Iterator[tuple[str, int, str]]:
        """Of what is left out the reason, how many records, and what it means."""
        for reason, count in self.left_out.items():
            yield reason, count, OVERLAPS if reason == OVERLAP else LeftOut(reason).meaning

    def _repr_html_(self) -> str:
        forms = [("records", self.records), ("open", self.open), ("multiple choice", self.choice)]
        return page(
            f"{self.name}: {self.source} as a set that measures",
            table(forms),
            table(self.reasons(), ("left out", "records", "")),
            table(self.overlaps.items(), ("shares words with", "records")),
        )


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
    check_place(job.out, (job.folder, job.work))
    grams = Grams(records)
    others = chain(texts_of_splits(job.folder), texts_of_files(job.files))
    overlaps = [overlap for other in others for overlap in grams.overlaps(other)]
    overlapping = {overlap.id for overlap in overlaps}
    taken = [record for record in records if not (job.leave_out_overlaps and record.id in overlapping)]
    if not taken:
        raise DatasetError(
            f"all {len(records):,} records of the split {SPLIT!r} share words with other texts, so nothing is left of it",
            remedy="list them without --leave-out-overlaps, or name other files with --decontaminate",
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
            if record.is_across:
                yield record, LeftOut.SEVERAL_PAPERS
            else:
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
    left_out += [_left_out(record, OVERLAP, OVERLAPS) for record in records if record.id not in taken]
    choices = [result for _, result in made if isinstance(result, Choice)]
    had = {name for record in records for name, _ in record.labels}
    labels = [name for name in LABELS if name in had]
    files = {
        "data/open/test.jsonl": json_lines(_open_row(record, labels) for record, _ in made),
        "left_out.jsonl": json_lines(left_out),
        "overlaps.jsonl": json_lines(asdict(overlap) for overlap in overlaps),
        "README.md": card(found.as_json(), list(found.reasons()), labels),
        **task_files(job.name, job.source, choices=len(choices)),
    }
    if choices:
        files["data/choice/test.jsonl"] = json_lines(_choice_row(one, labels) for one in choices)
    return files


def _about(record: SourceRecord, labels: Sequence[str]) -> dict[str, Any]:
    own = dict(record.labels)
    return {
        "id": record.id,
        "paper_sha256": record.paper_sha256,
        "section": " > ".join(record.section),
        **{name: own.get(name) for name in labels},
    }


def _open_row(record: SourceRecord, labels: Sequence[str]) -> dict[str, Any]:
    return {**_about(record, labels), "question": record.question, "answer": record.answer}


def _choice_row(made: Choice, labels: Sequence[str]) -> dict[str, Any]:
    return {
        **_about(made.record, labels),
        "question": made.record.question,
        "choices": list(made.choices),
        "answer_index": made.answer_index,
        "differs_in": made.differs_in,
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
        "compared_with": list(names_of(job.files)),
        **found.as_json(),
    }
