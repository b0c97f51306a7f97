"""Questions across papers, from the asking to the walk back."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest

from builder.building.base import Base
from builder.building.build import build_dataset
from builder.building.job import EVERYTHING
from builder.building.plan import make_plan, plan_text
from builder.building.sides import OnOneSide, papers_joined
from builder.diffing.causes import Cause
from builder.diffing.diff import diff
from builder.evaluating.records import _record as source_record
from builder.folder import manifest, read
from builder.folder.schema import record_of, row_of
from builder.hub.licenses import doubtful
from builder.hub.retraction import RetractedPaper, _without
from builder.reporting.rows import RecordRow
from builder.reviewing.desk import Desk, origin_of
from builder.sharding.assembling import assemble_dataset
from builder.sharding.filling import fill_shard
from builder.verifying.document import fault_in_document
from builder.verifying.page import fault_within
from builder.verifying.places import parts_of
from builder.verifying.verify import VerifyContext, verify
from qagen import convert
from qagen.errors import InputError, PictureError
from qagen.papers.papers import find_papers
from qagen.papers.shard import Shard
from qagen.reasons import Reason
from qagen.records import Metadata
from qagen.reviews import Decision, Verdict
from qagen.reviews.file import ReviewFile
from qagen.settings import Settings
from qagen.workspace import Workspace
from tests.across import FILMS, lay
from tests.places import SEEN, excerpts_of, made_of, written
from tests.scripted_server import Reply, ScriptedServer, paired

TOGETHER = {("seeded.pdf", "spun.pdf"), ("cells.pdf", "films.pdf")}
FORBIDDEN = {"films": Metadata(title="Films of MAPbI3 from vapour", license="CC BY-ND 4.0")}
"""What nobody may make something new from."""


_BOTH, _IN_OTHER_WORDS, _WITHIN, _TACKED_ON = SEEN[0], SEEN[3], SEEN[5], SEEN[8]


def made_for(request):
    """What the model makes of a request: of each form the first two."""
    texts = excerpts_of(request)
    forms = (_BOTH, _IN_OTHER_WORDS, _WITHIN, _TACKED_ON)
    return [one for form in forms for one in made_of(texts, [form])[:2]]


def reply(request, nth):
    """A model that gives questions across papers, among them some that one paper answers."""
    if not excerpts_of(request):
        return paired(request, count=1)
    return Reply(written((one.question, one.answer) for one in made_for(request)))


def settings(server=None, across=3, **tables):
    plain = {
        "ask": {
            "model": "r1",
            "base_url": server.base_url if server else "http://127.0.0.1:9/v1",
            "enough": 1,
            "across_papers": across,
        },
        "chunk": {"sections": "rules"},
        "judge": {"mode": "off"},
        "dataset": {"plots": False, "with_context": True},
        **tables,
    }
    return Settings.model_validate(plain)


def build(place, chosen, out="d", pdf="pdf", **more):
    return build_dataset([place / pdf], place / out, settings=chosen, work=place / "w", **more)


def across(place, out="d"):
    return [record for _, record in read.records(place / out) if record.places]


def papers_in(some):
    return {tuple(sorted(paper.file for paper in record.papers)) for record in some}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Five papers, of which two and two speak of the same thing, built without and then with questions across them."""
    place = tmp_path_factory.mktemp("across")
    lay(place, settings(), **FORBIDDEN)
    with ScriptedServer(reply) as server:
        build(place, settings(server, across=0), out="before")
        first = list(server.requests)
        chosen = settings(server)
        plan = make_plan([place / "pdf"], settings=chosen, work=place / "w", subset=EVERYTHING)
        build(place, chosen)
    return place, first, server.requests[len(first) :], plan


@pytest.fixture
def own(made, tmp_path):
    """The same papers and answers in a place of the test's own."""
    for name in ("w", "pdf"):
        shutil.copytree(made[0] / name, tmp_path / name)
    return tmp_path


def rows_of(folder):
    return [pq.read_table(path) for path in sorted((folder / "data").rglob("*.parquet"))]


def test_they_are_asked_for_alone_beside_what_was_asked_before_and_the_plan_says_so(made):
    place, first, later, plan = made
    assert (len(first), [len(excerpts_of(request)) for request in later]) == (10, [2, 2])
    label = next(label for label in plan.by_prompt if label.startswith("across@"))
    assert (plan.calls["to_make"], plan.by_prompt[label]["to_make"], plan.groups_across) == (2, 2, 2)
    assert "across      2 groups of chunks of two papers, asked about together" in plan_text(plan)
    before = {row["id"]: row for _, row in read.rows(place / "before", "default")}
    after = {row["id"]: row for _, row in read.rows(place / "d", "default")}
    assert {name: after[name] for name in before} == before
    assert all(after[name]["places"] for name in after.keys() - before.keys())


def test_those_that_need_both_papers_are_accepted_and_the_others_are_not(made):
    wanted, unwanted = set(), set()
    for request in made[2]:
        for one in made_for(request):
            (wanted if one.wanted else unwanted).add((one.question, one.answer))
    accepted = {(record.question, record.answer) for record in across(made[0])}
    told = {
        (row["question"], row["answer"]) for _, row in read.rows(made[0] / "d", "rejected") if row["places"]
    }
    assert accepted < wanted
    assert {papers_in([record]).pop() for record in across(made[0])} == TOGETHER
    assert unwanted <= told
    repeated = [
        row["reason"]
        for _, row in read.rows(made[0] / "d", "rejected")
        if (row["question"], row["answer"]) in wanted
    ]
    assert set(repeated) <= {"repeated_answer", "near_duplicate"}
    assert (len(accepted) + len(repeated), len(unwanted)) == (len(wanted), 8)


def test_a_record_names_both_papers_with_evidence_in_each_and_stands_with_the_first(made):
    found = across(made[0])
    assert papers_in(found) == TOGETHER
    for record in found:
        first, second = record.places
        assert (first.chunk, first.section, first.paper, first.evidence) == (
            record.chunk,
            record.section,
            record.paper,
            record.evidence,
        )
        assert first.paper.sha256 < second.paper.sha256
        assert all(place.evidence for place in record.places)
        row = row_of(record)
        assert record_of(row) == record
        shown = RecordRow.model_validate(row).shown
        assert [(paper.file, len(evidence)) for paper, evidence in shown] == [
            (place.paper.file, len(place.evidence)) for place in record.places
        ]
    splits = {split: paper.file for split, record in read.records(made[0] / "d") for paper in record.papers}
    assert len(splits) == len(set(splits))


def test_card_manifest_and_licences_know_the_papers_of_each(made):
    told = manifest.read(made[0] / "d")
    count = len(across(made[0]))
    assert (told.profile.places, told.profile.across) == (count, count)
    assert f"\n{count:,} records need two papers: " in (made[0] / "d/README.md").read_text("utf-8")
    assert "across" in [name for name, _ in told.as_json()["made"]["further_prompts"]]
    records = {paper.file: paper.records for paper in told.papers}
    own = {paper.file: paper.records for paper in manifest.read(made[0] / "before").papers}
    shared = {file: sum(file in names for names in map(_files, across(made[0]))) for file in records}
    assert records == {file: own[file] + shared[file] for file in records}
    assert ("films.pdf", "CC BY-ND 4.0 forbids derivatives") in doubtful(told.papers)


def _files(record):
    return {paper.file for paper in record.papers}


def context_of(place, tmp_path, *, pdf="pdf", workspace=True):
    def refuse(paper, folder):
        raise AssertionError("nothing is converted")

    return VerifyContext(
        find_papers([place / pdf]), Workspace(place / "w") if workspace else None, refuse, tmp_path
    )


def test_verify_walks_each_place_in_its_own_paper(made, tmp_path):
    report = verify(made[0] / "d", context_of(made[0], tmp_path))
    assert (report.failed, report.unverifiable, report.not_verified) == (0, 0, ())
    (tmp_path / "some").mkdir()
    for name in ("spun", "cells", "fields"):
        shutil.copy(made[0] / f"pdf/{name}.pdf", tmp_path / "some")
    report = verify(made[0] / "d", context_of(made[0], tmp_path, pdf=tmp_path / "some"))
    missing = {one.id: one.reason for one in report.not_verified}
    assert report.failed == 0
    assert {record.id for record in across(made[0])} <= missing.keys()
    assert all("is not among those given" in reason for reason in missing.values())


def test_a_place_that_was_tampered_with_fails(made):
    record = across(made[0])[0]
    workspace = Workspace(made[0] / "w")
    documents = [
        convert.load(next(workspace.paper(paper.sha256).glob("convert-*")), paper.sha256)
        for paper in record.papers
    ]

    def faults(changed):
        walked = [fault_in_document(*pair) for pair in zip(parts_of(changed), documents, strict=True)]
        return fault_within(changed) or next((fault for fault in walked if fault), None)

    first, second = record.places
    assert faults(record) is None
    bare = replace(record, context=None)
    for other, said in (
        (replace(second, chunk=replace(second.chunk, sha256="0" * 64)), "the chunk's sha256 is not that"),
        (replace(second, section=replace(second.section, path=("Methods",))), "'Methods' does not stand"),
        (replace(second, paper=first.paper), "not different ones, or out of order"),
        (replace(second, paper=None), "place 2: it names no paper"),
        (replace(second, evidence=()), "place 2: no evidence lies in it"),
        (replace(second, evidence=first.evidence), "evidence 1: "),
    ):
        assert said in faults(replace(bare, places=(first, other)))
    assert "not those of its first place" in faults(replace(bare, evidence=second.evidence))
    assert "the sha256 of its part of the context" in faults(replace(record, context=record.context[::-1]))


def test_a_paper_that_goes_takes_its_records_along_and_nothing_is_asked_again(made, own):
    (own / "pdf/films.pdf").rename(own / "films.pdf")
    with ScriptedServer(reply) as server:
        report = build(own, settings(server))
        assert (server.requests, report.exit_code) == ([], 0)
    assert papers_in(across(own)) == {("seeded.pdf", "spun.pdf")}
    found = diff(made[0] / "d", own / "d")
    gone = {record.id for record in across(made[0]) if "films.pdf" in _files(record)}
    assert {change.id: change.cause for change in found.removed if change.id in gone} == dict.fromkeys(
        gone, Cause.PAPER_REMOVED
    )
    back = diff(own / "d", made[0] / "d")
    assert {change.cause for change in back.added if change.id in gone} == {Cause.PAPER_ADDED}
    assert (found.moved, found.changed) == ((), ())
    (own / "films.pdf").rename(own / "pdf/films.pdf")
    with ScriptedServer(reply) as server:
        build(own, settings(server))
        assert server.requests == []
    assert rows_of(own / "d") == rows_of(made[0] / "d")


def test_a_paper_that_comes_is_asked_about_with_those_that_it_shares_something_with_alone(own):
    newcomer = FILMS.replace("Vapour deposition", "Close-space sublimation").replace("8 nm", "31 nm")
    newcomer = newcomer.replace("2 microseconds", "half a microsecond").replace("dilute acid", "dry ice")
    lay(own, settings(), {"sublimed": newcomer.replace("roughness", "thickness of each grain")})
    with ScriptedServer(reply) as server:
        build(own, settings(server))
        asked = [excerpts_of(request) for request in server.requests]
    assert sum(not texts for texts in asked) == 2
    assert all(any("sublimation" in text for text in texts) for texts in asked if texts)
    assert {("seeded.pdf", "spun.pdf")} < papers_in(across(own))


def test_a_document_that_reads_otherwise_is_asked_about_anew_and_no_old_answer_counts(made, own):
    lay(own, settings(), {"films": FILMS.replace("8 nm", "9 nm")}, **FORBIDDEN)
    with ScriptedServer(reply) as server:
        build(own, settings(server))
        assert sorted(len(excerpts_of(request)) for request in server.requests) == [0, 2]
    contexts = [record.context for record in across(own) if "films.pdf" in _files(record)]
    assert contexts
    assert not any("8 nm" in text for text in contexts)


def test_switched_off_nothing_is_asked_and_the_records_are_gone(made, own):
    with ScriptedServer(reply) as server:
        build(own, settings(server, across=0))
        assert server.requests == []
    assert rows_of(own / "d") == rows_of(made[0] / "before")


def test_groups_without_an_answer_are_listed_and_asked_by_the_next_build_alone(made, own):
    for calls in (own / "w").rglob("calls.jsonl"):
        lines = [line for line in calls.read_text("utf-8").splitlines() if '"across@' not in line]
        calls.write_text("".join(f"{line}\n" for line in lines), "utf-8")

    def refuses(request, nth):
        return Reply(status=500) if nth == 1 else reply(request, nth)

    with ScriptedServer(refuses) as server:
        chosen = settings(server)
        report = build(own, chosen.model_copy(update={"ask": chosen.ask.model_copy(update={"retries": 0})}))
        assert (len(server.requests), report.exit_code, len(report.unanswered)) == (2, 3, 1)
        assert "500" in report.unanswered[0].detail
    with ScriptedServer(reply) as server:
        report = build(own, settings(server))
        assert (len(server.requests), report.exit_code) == (1, 0)
    assert rows_of(own / "d") == rows_of(made[0] / "d")


def test_papers_of_one_record_are_in_one_split_or_it_is_turned_down(own, made):
    halves = {"plots": False, "splits": {"validation": 30, "test": 30}}
    build(own, settings(dataset=halves), offline=True)
    split_of = {paper.sha256: split for split, one in read.records(own / "d") for paper in one.papers}
    assert all(
        split_of[paper.sha256] == split for split, one in read.records(own / "d") for paper in one.papers
    )
    assert papers_in(across(own)) == TOGETHER
    # A version before has them on different sides, and its sides stay.
    sides = {"spun.pdf": "test", "seeded.pdf": "train"}
    records = across(made[0])
    split_by_paper = {paper.sha256: sides.get(paper.file, "train") for one in records for paper in one.papers}
    results = list(OnOneSide(records, split_by_paper))
    down = [one for one in results if getattr(one, "reason", None) is Reason.ACROSS_SPLITS]
    assert {one.detail for one in down} == {"its papers are in the splits test and train"}
    assert [one.evidence for down_ in down for one in down_.places] == [None] * 2 * len(down)
    assert [papers_in([one]) for one in results if one not in down] == [{("cells.pdf", "films.pdf")}] * (
        len(results) - len(down)
    )
    assert len(papers_joined(records)) == 2


def test_a_base_tells_the_splits_of_all_papers_of_its_records(made):
    base = Base.read(made[0] / "d")
    named = {key for key in base.assigned if key.startswith("paper:")}
    assert named == {f"paper:{paper.sha256}" for paper in manifest.read(made[0] / "d").papers}


def test_a_retracted_paper_takes_the_records_of_several_papers_along(made, tmp_path):
    gone = next(paper for paper in manifest.read(made[0] / "d").papers if paper.file == "films.pdf")
    _without(made[0] / "d", tmp_path / "d", [RetractedPaper(gone.sha256, gone.title, None, "", ())])
    assert papers_in(across(tmp_path)) == {("seeded.pdf", "spun.pdf")}
    told = manifest.read(tmp_path / "d")
    left = {record.id for _, record in read.records(tmp_path / "d")}
    for config in ("chat", "sft"):
        assert {row["id"] for _, row in read.rows(tmp_path / "d", config)} == left
    text = json.dumps([row for config in told.configs for _, row in read.rows(tmp_path / "d", config)])
    assert gone.sha256 not in text
    assert {paper.file: paper.records for paper in told.papers} == {
        paper.file: sum(paper.file in _files(record) for _, record in read.records(tmp_path / "d"))
        for paper in told.papers
    }
    assert list(manifest.faults(tmp_path / "d", told)) == []


def test_a_shard_says_that_it_does_not_know_all_papers(own):
    part = replace(EVERYTHING, shard=Shard(1, 2))
    said = r"^`across_papers` in \[ask\] is 3, and which papers .*ledger merge"
    with pytest.raises(InputError, match=said):
        fill_shard([own / "pdf"], Shard(1, 2), settings=settings(), work=own / "w")
    with pytest.raises(InputError, match=said):
        make_plan([own / "pdf"], settings=settings(), work=own / "w", subset=part)
    with pytest.raises(InputError, match=said):
        assemble_dataset([own / "pdf"], own / "d", settings=settings(), works=[own / "w"])


def test_of_a_sample_none_are_asked(own):
    chosen = replace(EVERYTHING, sample=3)
    plan = make_plan([own / "pdf"], settings=settings(), work=own / "w", subset=chosen, offline=True)
    assert (plan.groups_across, plan.calls["left"]) == (0, 0)


def test_a_plan_of_papers_that_are_not_read_yet_says_how_many_groups_there_are_at_most(own):
    shutil.rmtree(next((own / "w/papers").iterdir()))
    plan = make_plan([own / "pdf"], settings=settings(), work=own / "w", subset=EVERYTHING, offline=True)
    assert (plan.groups_across, plan.depends["across"]) == (0, 7)
    assert "depends     which chunks of two papers are asked about together, at most 7 groups" in plan_text(
        plan
    )


def test_no_answer_about_several_papers_stands_against_another_and_no_choice_is_made_of_one(made, own):
    configs = ["default", "preference", "kto", "rejected"]
    build(own, settings(dataset={"plots": False, "configs": configs}), offline=True)
    several = {row["id"] for _, row in read.rows(own / "d", "rejected") if row["places"]}
    records = {record.id for record in across(own)}
    kto = {row["id"]: row["label"] for _, row in read.rows(own / "d", "kto")}
    assert several
    assert not several & kto.keys()
    assert records <= kto.keys()
    row = next(row for _, row in read.rows(own / "d", "default") if row["places"])
    assert source_record(row, own).is_across
    assert verify(own / "d", context_of(own, own / "scratch")).not_verified == ()


def desk_of(place):
    return Desk(place / "d", Workspace(place / "w"), "ada", now=lambda: datetime(2026, 1, 1, tzinfo=UTC))


def test_a_review_shows_both_places_and_its_words_outlive_the_model_but_not_the_setting(made, own):
    shutil.copytree(made[0] / "d", own / "d")
    desk = desk_of(own)
    table = desk.table("default")
    record = across(own)[0]
    item = desk.item("default", table.by_id[record.id])
    assert [passage.title for passage in item.passages] == [
        f"Place {number} of 2: {paper.title}: Results" for number, paper in enumerate(record.papers, 1)
    ]
    assert "".join(piece.text for piece in item.passage) == record.context.replace("\n\n", "", 1)
    assert [any(piece.marked for piece in passage.pieces) for passage in item.passages] == [True, True]
    assert [(page.place, page.paper) for page in item.pages] == list(enumerate(record.papers))
    with pytest.raises(PictureError, match=r"^the PDFs are not named"):
        desk.picture("default", table.by_id[record.id], item.pages[1].page, 1)
    with pytest.raises(PictureError, match=r"^the pair does not stand on page"):
        desk.picture("default", table.by_id[record.id], item.pages[1].page, 2)
    new = record.answer.replace("In contrast", "By contrast") + " Both were measured."
    decision, _ = desk.decide("default", table.by_id[record.id], Verdict.EDIT, new=(record.question, new))
    assert decision.origin == origin_of(record)
    assert all(place.evidence is None for place in decision.origin.places)
    down = next(
        rejection
        for _, rejection in read.rejections(own / "d")
        if rejection.places and Reason.ONE_PLACE_ENOUGH in (rejection.reason, *rejection.also)
    )
    back = Decision(down.paper.sha256, down.question, down.answer, "ada", Verdict.BRING_BACK)
    ReviewFile(Workspace(own / "w").reviews).append([back])
    build(own, settings(), offline=True)
    by_answer = {one.answer: one for one in across(own)}
    assert by_answer[new].review.decision == "edit"
    brought = by_answer[down.answer]
    assert (brought.papers, len(brought.places), brought.review.overruled) == (
        tuple(place.paper for place in down.places),
        2,
        tuple(dict.fromkeys(map(str, (down.reason, *down.also)))),
    )
    assert verify(own / "d", context_of(own, own / "scratch")).not_verified == ()

    def otherwise(request, nth):
        return Reply("NONE") if excerpts_of(request) else reply(request, nth)

    with ScriptedServer(otherwise) as server:
        chosen = settings(server)
        build(own, chosen.model_copy(update={"ask": chosen.ask.model_copy(update={"place_pairs": 2})}))
    (left,) = across(own)
    assert (left.answer, left.papers, left.review.decision) == (new, record.papers, "edit")
    assert verify(own / "d", context_of(own, own / "scratch")).not_verified == ()
    build(own, settings(across=0), offline=True)
    assert across(own) == []
    told = [
        row["detail"] for _, row in read.rows(own / "d", "rejected") if row["reason"] == "edit_without_source"
    ]
    assert told == ["it is of several papers, whose chunks are not asked about together any more"]
