import dataclasses
import hashlib
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from filelock import FileLock
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from builder.building.base import Base
from builder.building.build import build_dataset
from builder.folder import read
from builder.folder.schema import SCHEMAS
from builder.verifying.verify import RecordCheck, Status, VerifyContext, VerifyReport, verify
from qagen import convert
from qagen.errors import ConversionError, DatasetError
from qagen.papers.papers import find_papers
from qagen.reasons import Reason
from qagen.records import Document, record_id, sha256
from qagen.settings import Settings
from qagen.workspace import Workspace
from tests.builder.corpora import folder
from tests.conftest import EXAMPLES, shared_folder

PAPERS = find_papers([EXAMPLES])
PLAIN = Settings.model_validate({"ask": {"engine": "extractive"}})
WITH_CONTEXT = PLAIN.model_copy(update={"dataset": PLAIN.dataset.model_copy(update={"with_context": True})})


@pytest.fixture(scope="module")
def built(converted_examples, tmp_path_factory) -> Path:
    """Two datasets of the example papers, made once for all test processes: `plain` and `context`."""
    shared = shared_folder(tmp_path_factory) / "built-examples"
    with FileLock(f"{shared}.lock"):
        if not (shared / "done").exists():
            shutil.copytree(converted_examples / "papers", shared / "work/papers")
            for name, settings in (("plain", PLAIN), ("context", WITH_CONTEXT)):
                build_dataset([EXAMPLES], shared / name, settings=settings, work=shared / "work")
            (shared / "done").touch()
    return shared


def documents(built) -> dict[str, Document]:
    fingerprint = convert.fingerprint(PLAIN.convert)
    workspace = Workspace(built / "work")
    found = {}
    for paper in PAPERS:
        document = convert.load(workspace.conversion(paper.sha256, fingerprint), paper.sha256)
        assert isinstance(document, Document)
        found[paper.sha256] = document
    return found


def no_conversion(paper, place):
    raise AssertionError("nothing had to be converted")


def walk(place, built, tmp_path, *, papers=PAPERS, workspace=True, convert=no_conversion) -> VerifyReport:
    return verify(
        place,
        VerifyContext(
            papers, Workspace(built / "work") if workspace else None, convert, tmp_path / "scratch"
        ),
    )


def count(place) -> int:
    return sum(1 for _ in read.records(place))


def changed(built, tmp_path, kind="plain", **fields) -> Path:
    """A dataset whose first record is another, its hashes and files made to fit: no checksum gives it away."""
    records = [one for _, one in read.records(built / kind)]
    first = replace(records[0], **fields)
    folder(tmp_path / "tampered", [first, *records[1:]])
    return tmp_path / "tampered"


def failures(report) -> list[str]:
    assert report.exit_code == 1
    assert [verdict.status for verdict in report.not_verified] == [Status.FAILED] * report.failed
    assert report.failed + report.verified == report.records
    return [verdict.reason for verdict in report.not_verified]


@pytest.mark.parametrize("kind", ["plain", "context"])
def test_every_record_of_a_build_is_walked_back_exactly_with_its_workspace(built, tmp_path, kind):
    records = count(built / kind)
    assert records > 20
    assert walk(built / kind, built, tmp_path) == VerifyReport(records, records, 0, 0)


def test_without_a_workspace_records_with_texts_are_found_on_their_pages(built, tmp_path):
    records = count(built / "context")
    report = walk(built / "context", built, tmp_path, workspace=False)
    assert report == VerifyReport(records, records, 0, 0)
    assert report.exit_code == 0


def test_without_a_workspace_and_texts_the_pdfs_are_converted_anew_once_each(built, tmp_path):
    made = []

    def convert_anew(paper, place):
        assert list(place.iterdir()) == []
        made.append(paper.file)
        return documents(built)[paper.sha256]

    records = count(built / "plain")
    assert walk(built / "plain", built, tmp_path, workspace=False, convert=convert_anew) == VerifyReport(
        records, records, 0, 0
    )
    assert sorted(made) == sorted(paper.file for paper in PAPERS)


def test_a_pdf_that_converts_otherwise_today_makes_its_records_unverifiable(built, tmp_path):
    def otherwise(paper, place):
        return replace(documents(built)[paper.sha256], text="other", converter="rules-99")

    report = walk(built / "plain", built, tmp_path, workspace=False, convert=otherwise)
    assert (report.unverifiable, report.exit_code) == (report.records, 3)
    assert "converts to another document today (rules-99; the record's was" in report.not_verified[0].reason


def test_a_pdf_that_does_not_convert_today_makes_its_records_unverifiable(built, tmp_path):
    def fails(paper, place):
        raise ConversionError(Reason.TIMED_OUT, "took too long")

    report = walk(built / "plain", built, tmp_path, workspace=False, convert=fails)
    assert report.unverifiable == report.records
    assert "cannot be converted anew: timed_out: took too long" in report.not_verified[0].reason


def test_a_paper_that_is_not_given_makes_its_records_unverifiable(built, tmp_path):
    report = walk(built / "plain", built, tmp_path, papers=PAPERS[1:])
    missing = [one for _, one in read.records(built / "plain") if one.paper.sha256 == PAPERS[0].sha256]
    assert report.exit_code == 3
    assert [verdict.id for verdict in report.not_verified] == [one.id for one in missing]
    assert f"the paper {PAPERS[0].file!r}" in report.not_verified[0].reason


def test_a_pdf_that_cannot_be_opened_makes_its_records_unverifiable(built, tmp_path):
    (tmp_path / "p.pdf").write_text("no PDF")
    papers = [replace(paper, path=tmp_path / "p.pdf") for paper in PAPERS]
    report = walk(built / "context", built, tmp_path, papers=papers, workspace=False)
    assert report.unverifiable == report.records
    assert "cannot be opened" in report.not_verified[0].reason


# ---- tampering


def first(built, kind="plain"):
    return next(one for _, one in read.records(built / kind))


@pytest.mark.parametrize("field", ["question", "answer"])
@pytest.mark.parametrize("workspace", [True, False])
def test_another_question_or_answer_fails(built, tmp_path, field, workspace):
    place = changed(built, tmp_path, "context", **{field: "Something else entirely"})
    assert failures(walk(place, built, tmp_path, workspace=workspace)) == [
        "the id is not that of its paper, question and answer"
    ]


def with_evidence(built, kind, **fields):
    item, *others = first(built, kind).evidence
    return (replace(item, **fields), *others)


def test_evidence_elsewhere_in_the_document_fails(built, tmp_path):
    chunk, (item, *_) = first(built).chunk, first(built).evidence
    for shifted, reason in (
        (
            with_evidence(built, "plain", start=item.start + 1),
            "evidence 1: its sha256 is not that of the document's",
        ),
        (with_evidence(built, "plain", end=chunk.end + 1), "is not inside the chunk"),
        (
            with_evidence(built, "plain", sha256=sha256("x")),
            "evidence 1: its sha256 is not that of the document's",
        ),
        (with_evidence(built, "plain", bbox=(1.0, 2.0, 3.0, 4.0)), "evidence 1: its box is"),
        (with_evidence(built, "plain", bbox=(1.0,)), "evidence 1: its box has 1 sides"),
        (with_evidence(built, "plain", page=99), "evidence 1: page 99 is none of the chunk's pages"),
        ((), "it names no evidence"),
    ):
        (said,) = failures(walk(changed(built, tmp_path, evidence=shifted), built, tmp_path))
        assert reason in said


def test_another_page_fails_also_when_the_chunk_names_it_too(built, tmp_path):
    chunk = first(built).chunk
    more = replace(chunk, pages=(*chunk.pages, 99))
    place = changed(built, tmp_path, evidence=with_evidence(built, "plain", page=99), chunk=more)
    (said,) = failures(walk(place, built, tmp_path))
    assert said.startswith("the chunk stands on pages")


def test_another_chunk_section_or_document_fails(built, tmp_path):
    one = first(built)
    for fields, reason in (
        ({"chunk": replace(one.chunk, sha256=sha256("x"))}, "the chunk's sha256 is not that"),
        ({"chunk": replace(one.chunk, end=10**6)}, "is not inside the document's"),
        ({"section": replace(one.section, end=one.chunk.start)}, "is not inside its section"),
        (
            {"section": replace(one.section, start=one.section.start - 1)},
            "no block of the document begins at",
        ),
        (
            {"section": replace(one.section, path=("9. Elsewhere",))},
            "heading '9. Elsewhere' does not stand at",
        ),
        ({"section": replace(one.section, path=("9. X", *one.section.path))}, "9. X"),
        ({"section": replace(one.section, end=10**6)}, "the section ends at"),
    ):
        (said,) = failures(walk(changed(built, tmp_path, **fields), built, tmp_path))
        assert reason in said


def test_another_context_or_evidence_text_fails(built, tmp_path):
    text = "Something else entirely"
    one = first(built, "context")
    forged = with_evidence(built, "context", text=text, sha256=sha256(text))
    both = replace(one.chunk, sha256=sha256(text))
    for fields, workspace, reason in (
        ({"context": text}, True, "the context's sha256 is not the chunk's"),
        ({"context": text, "chunk": both}, True, "the chunk's sha256 is not that of the document's"),
        (
            {"evidence": with_evidence(built, "context", text=text)},
            False,
            "evidence 1: its sha256 is not that of its text",
        ),
        ({"evidence": forged}, True, "evidence 1: its sha256 is not that of the document's"),
        ({"evidence": forged}, False, "evidence 1: its text is not on page"),
    ):
        place = changed(built, tmp_path, "context", **fields)
        (said,) = failures(walk(place, built, tmp_path, workspace=workspace))
        assert reason in said


def test_without_a_workspace_another_box_or_page_fails(built, tmp_path):
    one = first(built, "context")
    x0, y0, x1, y1 = one.evidence[0].bbox
    away = (x0, y0 + 200, x1, y1 + 200) if y1 < 500 else (x0, y0 - 200, x1, y1 - 200)
    chunk = replace(one.chunk, pages=(1, 2, 3))
    other = 3 if one.evidence[0].page != 3 else 1
    for fields, reason in (
        ({"evidence": with_evidence(built, "context", bbox=away)}, "but not in the box"),
        ({"evidence": with_evidence(built, "context", bbox=(x0, y0, x1, y1 + 5000))}, "is not on page"),
        (
            {"evidence": with_evidence(built, "context", page=other), "chunk": chunk},
            f"its text is not on page {other}",
        ),
    ):
        (said,) = failures(
            walk(changed(built, tmp_path, "context", **fields), built, tmp_path, workspace=False)
        )
        assert reason in said


def test_a_record_of_another_document_of_the_paper_is_not_walked_by_this_one(built, tmp_path):
    paper = replace(first(built, "context").paper, document_sha256=sha256("x"))
    place = changed(built, tmp_path, "context", paper=paper)
    assert walk(place, built, tmp_path).exit_code == 0, "its texts are still found on their pages"


def test_a_record_of_a_paper_that_is_not_its_own_fails_by_its_id(built, tmp_path):
    paper = replace(first(built).paper, sha256=PAPERS[-1].sha256)
    place = changed(built, tmp_path, paper=paper)
    (verdict,) = walk(place, built, tmp_path).not_verified
    assert verdict.reason == "the id is not that of its paper, question and answer"
    answered = record_id(PAPERS[-1].sha256, first(built).question, first(built).answer)
    place = changed(built, tmp_path, paper=paper, id=answered)
    report = walk(place, built, tmp_path, convert=lambda paper, place: documents(built)[paper.sha256])
    assert (report.unverifiable, report.verified) == (1, report.records - 1)


def test_headings_out_of_order_fail(built, tmp_path):
    records = [one for _, one in read.records(built / "plain")]
    place = next(number for number, one in enumerate(records) if len(one.section.path) > 1)
    path = records[place].section.path
    swapped = replace(records[place], section=replace(records[place].section, path=("9. X", path[-1])))
    folder(tmp_path / "tampered", [*records[:place], swapped, *records[place + 1 :]])
    (said,) = failures(walk(tmp_path / "tampered", built, tmp_path))
    assert said.startswith(f"the headings {['9. X', path[-1]]} do not stand above")


def test_changed_missing_and_added_data_files_are_told(built, tmp_path):
    shutil.copytree(built / "plain", tmp_path / "d")
    (tmp_path / "d/README.md").write_text("edited by whoever publishes")
    (tmp_path / "d/data/stray.parquet").write_text("stray")
    (chat,) = read.files(tmp_path / "d", "chat")["train"]
    shutil.copy(chat, tmp_path / "chat.parquet")
    shutil.copy(read.files(built / "context", "chat")["train"][0], chat)
    report = walk(tmp_path / "d", built, tmp_path)
    assert report.not_verified == (
        RecordCheck("data/stray.parquet", Status.FAILED, "is there and not in the manifest"),
    )
    chat.unlink()
    report = walk(tmp_path / "d", built, tmp_path)
    name = chat.relative_to(tmp_path / "d").as_posix()
    assert RecordCheck(name, Status.FAILED, "is in the manifest and not there") in report.not_verified
    assert len(report.not_verified) == 2
    assert (report.verified, report.exit_code) == (report.records, 1)
    assert report.records == count(built / "plain")


def damaged(built, tmp_path, change) -> Path:
    """A dataset of which one data file of `default` was changed, and that file's name."""
    shutil.copytree(built / "plain", tmp_path / "d")
    path = next(iter(read.files(tmp_path / "d", "default").values()))[0]
    change(path)
    return path


@pytest.mark.parametrize("kind", ["missing", "cut", "flipped", "a pipe", "a folder"])
def test_a_damaged_file_fails_and_the_other_files_are_walked(built, tmp_path, kind):
    def change(path):
        data = path.read_bytes()
        path.unlink()
        if kind == "cut":
            path.write_bytes(data[: len(data) // 2])
        elif kind == "flipped":
            path.write_bytes(data[:-9] + bytes([data[-9] ^ 255]) + data[-8:])
        elif kind == "a pipe":
            os.mkfifo(path)
        elif kind == "a folder":
            path.mkdir()

    path = damaged(built, tmp_path, change)
    split = path.name.partition("-")[0]
    others = sum(1 for name, _ in read.records(built / "plain") if name != split)
    report = walk(tmp_path / "d", built, tmp_path)
    assert (report.records, report.verified, report.exit_code) == (others, others, 1)
    (verdict,) = report.not_verified
    assert (verdict.id, verdict.status) == (path.relative_to(tmp_path / "d").as_posix(), Status.FAILED)
    assert "\n" not in verdict.reason
    with pytest.raises(DatasetError, match="build the dataset again"):
        list(read.records(tmp_path / "d"))
    with pytest.raises(DatasetError, match="build the dataset again"):
        Base.read(tmp_path / "d")


NESTED = ("evidence", "paper", "section", "chunk", "generation", "checks")


def emptied(place, *columns, config="default") -> str:
    """Empty columns of the first row of a config, with a manifest that fits, as one without a croissant.json; returns the row's id."""
    path = next(iter(read.files(place, config).values()))[0]
    rows = pq.read_table(path).to_pylist()
    rows[0] |= dict.fromkeys(columns)
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMAS[config]), path)
    value = json.loads((place / "manifest.json").read_text())
    entry = value["files"][path.relative_to(place).as_posix()]
    entry |= {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "bytes": path.stat().st_size}
    del value["files"]["croissant.json"]  # which would tell
    (place / "manifest.json").write_text(json.dumps(value))
    return rows[0]["id"]


@pytest.mark.parametrize("column", [*NESTED, "question", "answer"])
def test_a_row_without_one_of_its_columns_fails_and_the_others_are_walked(built, tmp_path, column):
    shutil.copytree(built / "plain", tmp_path / "d")
    name = emptied(tmp_path / "d", column)
    report = walk(tmp_path / "d", built, tmp_path)
    records = count(built / "plain")
    assert (report.records, report.verified, report.failed) == (records, records - 1, 1)
    reason = (
        "it names no evidence"
        if column == "evidence"
        else f"its column {column!r} is empty, and no record is without it"
    )
    assert report.not_verified == (RecordCheck(name, Status.FAILED, reason),)


def test_a_row_without_anything_is_named_by_its_place(built, tmp_path):
    shutil.copytree(built / "plain", tmp_path / "d")
    emptied(tmp_path / "d", *SCHEMAS["default"].names)
    (verdict,) = walk(tmp_path / "d", built, tmp_path).not_verified
    assert verdict.id.startswith("data/default/")
    assert verdict.id.endswith(".parquet, row 1")
    assert verdict.reason == "its column 'id' is empty, and no record is without it"


@pytest.mark.parametrize("column", ["paper", "checks", "id"])
def test_a_base_with_a_row_that_lacks_something_is_one_line(built, tmp_path, column):
    shutil.copytree(built / "plain", tmp_path / "d")
    emptied(tmp_path / "d", column)
    with pytest.raises(DatasetError, match=rf"is damaged: '{column}' of its row 1 is empty; build") as raised:
        Base.read(tmp_path / "d")
    assert "\n" not in str(raised.value)


def test_a_chat_row_without_anything_is_not_that_of_its_record(built, tmp_path):
    shutil.copytree(built / "plain", tmp_path / "d")
    emptied(tmp_path / "d", *SCHEMAS["chat"].names, config="chat")
    (verdict,) = walk(tmp_path / "d", built, tmp_path).not_verified
    assert verdict.reason == "its row in `chat` is not that of `default`"


@hypothesis_settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    place=st.floats(0, 1, exclude_max=True),
    flip=st.integers(1, 255),
    config=st.sampled_from(["default", "chat"]),
)
def test_whichever_byte_is_flipped_the_file_fails_and_nothing_ends_the_walk(
    built, tmp_path_factory, place, flip, config
):
    folder = tmp_path_factory.mktemp("flipped")
    shutil.copytree(built / "plain", folder / "d")
    path = next(iter(read.files(folder / "d", config).values()))[0]
    data = bytearray(path.read_bytes())
    data[int(place * len(data))] ^= flip
    path.write_bytes(data)
    report = walk(folder / "d", built, folder, papers=())
    assert path.relative_to(folder / "d").as_posix() in {verdict.id for verdict in report.not_verified}
    assert report.exit_code == 1


def test_a_chat_that_is_not_that_of_the_records_fails(built, tmp_path):
    records = [one for _, one in read.records(built / "plain")]
    folder(tmp_path / "other", [replace(records[0], answer="An answer of another dataset."), *records[1:]])
    shutil.copytree(built / "plain", tmp_path / "d")
    for ours, theirs in zip(
        read.files(tmp_path / "d", "chat").values(),
        read.files(tmp_path / "other", "chat").values(),
        strict=True,
    ):
        shutil.copy(theirs[0], ours[0])
    report = walk(tmp_path / "d", built, tmp_path)
    assert {verdict.reason for verdict in report.not_verified} == {
        "its row in `chat` is not that of `default`",
        "is not the file of the manifest: its sha256 is another",
    }
    assert (report.verified, report.exit_code) == (report.records, 1)


def test_the_report_is_json(built, tmp_path):
    report = walk(built / "plain", built, tmp_path, papers=())
    assert set(report.as_json()) == {field.name for field in dataclasses.fields(VerifyReport)}
    assert report.as_json()["not_verified"][0]["status"] == "unverifiable"
