"""Questions over several places of a paper, from the asking to the walk back."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from builder.building.build import build_dataset
from builder.building.job import EVERYTHING
from builder.building.plan import make_plan, plan_text
from builder.diffing.causes import Cause
from builder.diffing.diff import diff
from builder.folder import read
from builder.folder.read import rows
from builder.verifying.document import fault_in_document
from builder.verifying.page import fault_within
from builder.verifying.verify import VerifyContext, verify
from qagen import convert
from qagen.errors import EngineError, SettingsError
from qagen.papers.papers import find_papers
from qagen.records import BETWEEN_PLACES, PlaceInfo
from qagen.settings import JudgeSettings, Settings
from qagen.workspace import Workspace
from tests.conftest import EXAMPLES
from tests.places import HELD_OUT, SEEN, excerpts_of, made_of, written
from tests.scripted_server import Reply, ScriptedServer, paired

GROUPS = 4


def made_for(request):
    """What the model makes of a request: of pairs with the same question the first, since a response's last would overrule the others."""
    made = made_of(excerpts_of(request), (*SEEN, *HELD_OUT))
    return list({one.question: one for one in reversed(made)}.values())


def reply(request, nth):
    """A model that gives questions over several places, among them some that one place answers."""
    texts = excerpts_of(request)
    if not texts:
        return paired(request, count=2)
    made = [(one.question, one.answer) for one in made_for(request)]
    return Reply(
        written(made or [("What is said of the matter in the first place?", texts[0].split(". ")[0] + ".")])
    )


@pytest.fixture(scope="module")
def made(converted_examples, tmp_path_factory):
    """The example papers, built without and then with questions over several places; with the requests of each."""
    place = tmp_path_factory.mktemp("several")
    shutil.copytree(converted_examples / "papers", place / "w" / "papers")
    with ScriptedServer(reply) as server:
        build(place, settings(server), out="before")
        first = list(server.requests)
        chosen = settings(server, places=GROUPS)
        plan = make_plan([EXAMPLES], settings=chosen, work=place / "w", subset=EVERYTHING)
        build(place, chosen)
        return place, first, server.requests[len(first) :], plan, chosen


def settings(server, **ask):
    plain = {
        "ask": {"model": "r1", "base_url": server.base_url, "concurrency": 4, "enough": 1, **ask},
        "chunk": {"sections": "rules"},
        "judge": {"mode": "off"},
        "dataset": {"plots": False, "with_context": True},
    }
    return Settings.model_validate(plain)


def build(place: Path, chosen: Settings, out: str = "d", **more):
    return build_dataset([EXAMPLES], place / out, settings=chosen, work=place / "w", **more)


def several(place: Path, out: str = "d"):
    return [record for _, record in read.records(place / out) if record.places]


def test_they_are_asked_for_alone_beside_what_was_asked_before_and_the_plan_says_so(made):
    place, first, later, plan, chosen = made
    assert not any(map(excerpts_of, first))
    assert [len(excerpts_of(request)) > 1 for request in later] == [True] * len(later)
    label = next(label for label in plan.by_prompt if label.startswith("places@"))
    assert (plan.calls["to_make"], plan.by_prompt[label]["to_make"], plan.groups) == (len(later),) * 3
    assert f"places      {len(later)} groups of these chunks, asked about together" in plan_text(plan)
    again = make_plan([EXAMPLES], settings=chosen, work=place / "w", subset=EVERYTHING, offline=True)
    assert (again.calls["left"], again.by_prompt[label], again.groups) == (
        0,
        {"paid": len(later), "to_make": 0},
        len(later),
    )


def test_what_was_there_before_stays_as_it_was_and_no_record_of_one_place_names_any(made):
    place = made[0]
    before = {row["id"]: row for _, row in rows(place / "before", "default")}
    after = {row["id"]: row for _, row in rows(place / "d", "default")}
    assert before.keys() & after.keys()
    assert after.keys() - before.keys()
    assert {name: after[name] for name in before.keys() & after.keys()} == {
        name: before[name] for name in before.keys() & after.keys()
    }
    assert {row["places"] is None for row in before.values()} == {True}
    assert all(after[name]["places"] for name in after.keys() - before.keys())


def test_those_that_need_several_places_are_accepted_and_the_others_are_not(made):
    place = made[0]
    wanted, unwanted = set(), set()
    for request in made[2]:
        for one in made_for(request):
            (wanted if one.wanted else unwanted).add((one.question, one.answer))
    accepted = {(record.question, record.answer) for record in several(place)}
    told = {
        (row["question"], row["answer"])
        for _, row in rows(place / "d", "rejected")
        if row["reason"] in ("near_duplicate", "duplicate", "repeated_answer")
    }
    wanted -= told
    assert len(wanted & accepted) >= 0.95 * len(wanted) > 0
    assert len(unwanted & accepted) <= 0.02 * len(unwanted) > 0


def test_a_record_names_its_places_has_evidence_in_each_and_stands_at_its_first(made):
    place = made[0]
    found = several(place)
    assert found
    for record in found:
        assert record.places[0] == PlaceInfo(record.chunk, record.section)
        inside = [
            [item for item in record.evidence if one.chunk.start <= item.start < item.end <= one.chunk.end]
            for one in record.places
        ]
        assert len(record.places) >= 2
        assert all(inside)
        assert sum(map(len, inside)) == len(record.evidence)
        assert len(record.context) == sum(one.chunk.end - one.chunk.start for one in record.places) + len(
            BETWEEN_PLACES
        ) * (len(record.places) - 1)
    order = [(record.paper.sha256, record.chunk.start) for _, record in read.records(place / "d")]
    by_split = {}
    for split, record in read.records(place / "d"):
        by_split.setdefault(split, []).append((record.paper.sha256, record.chunk.start))
    assert {split: sorted(some) for split, some in by_split.items()} == by_split
    assert len(order) == sum(map(len, by_split.values()))


def test_chat_card_and_manifest_know_of_them(made):
    place = made[0]
    chats = {row["id"]: row for _, row in rows(place / "d", "chat")}
    for record in several(place):
        assert [turn["content"] for turn in chats[record.id]["messages"]] == [record.question, record.answer]
    count = len(several(place))
    card = (place / "d/README.md").read_text("utf-8")
    assert f"\n{count:,} records need several places of their paper" in card
    manifest = json.loads((place / "d/manifest.json").read_text("utf-8"))
    assert manifest["profile"]["places"] == count
    assert "places" in [name for name, _ in manifest["made"]["further_prompts"]]
    assert (manifest["settings"]["ask"]["places"], (place / "d/prompts/places.md").exists()) == (GROUPS, True)
    assert "several places of" not in (place / "before/README.md").read_text("utf-8")


def test_the_difference_to_a_version_without_them_is_new_pairs_and_the_setting(made):
    place = made[0]
    found = diff(place / "before", place / "d")
    new = {record.id for record in several(place)}
    assert {change.id: change.cause for change in found.added if change.id in new} == dict.fromkeys(
        new, Cause.NEW_PAIR
    )
    assert found.settings["settings.ask.places"] == (0, GROUPS)
    gone = diff(place / "d", place / "before").removed
    assert {change.cause for change in gone if change.id in new} == {Cause.PAIR_GONE}


def context_of(place, tmp_path, workspace):
    def refuse(paper, folder):
        raise AssertionError("nothing is converted")

    papers = find_papers([EXAMPLES])
    return VerifyContext(papers, Workspace(place / "w") if workspace else None, refuse, tmp_path)


@pytest.mark.parametrize("workspace", [True, False])
def test_verify_walks_each_place_with_the_workspace_and_without(made, tmp_path, workspace):
    report = verify(made[0] / "d", context_of(made[0], tmp_path, workspace))
    assert (report.failed, report.unverifiable, report.not_verified) == (0, 0, ())


def test_a_place_that_was_tampered_with_fails(made):
    place = made[0]
    record = several(place)[0]
    first, *others = record.places
    folder = next(Workspace(place / "w").paper(record.paper.sha256).glob("convert-*"))
    document = convert.load(folder, record.paper.sha256)
    assert (fault_within(record), fault_in_document(record, document)) == (None, None)
    moved = replace(others[0], chunk=replace(others[0].chunk, sha256="0" * 64))
    assert "place 2: the sha256 of its part" in fault_within(replace(record, places=(first, moved)))
    without = replace(record, context=None, places=(first, moved))
    assert fault_in_document(without, document).startswith("place 2: the chunk's sha256 is not")
    assert "it names 1 of several places" in fault_within(replace(record, context=None, places=(first,)))
    one_sided = tuple(item for item in record.evidence if item.end <= first.chunk.end)
    assert fault_within(replace(record, evidence=one_sided)) == "place 2: no evidence lies in it"
    other_way = replace(
        record, context=None, places=(*others, first), chunk=others[0].chunk, section=others[0].section
    )
    assert "overlap, or are out of order" in fault_within(other_way)


def test_the_judge_sees_the_places_one_after_another_and_is_asked_once_for_each_group(made, tmp_path):
    shutil.copytree(made[0] / "w", tmp_path / "w")
    with ScriptedServer(reply) as server:
        chosen = settings(server, places=GROUPS).model_copy(update={"judge": JudgeSettings(mode="all")})
        build(tmp_path, chosen)
        shown = [request["messages"][-1]["content"] for request in server.requests]
    records = several(tmp_path)
    assert records
    for record in records:
        (prompt,) = [one for one in shown if record.question in one]
        assert record.context in prompt
        assert record.checks.judge_accuracy == 1.0


def test_groups_that_got_no_answer_are_listed_and_asked_by_the_next_build_alone(made, tmp_path):
    shutil.copytree(made[0] / "w", tmp_path / "w")
    for calls in (tmp_path / "w").rglob("calls.jsonl"):
        lines = [line for line in calls.read_text("utf-8").splitlines() if '"places@' not in line]
        calls.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    left = len(made[2])

    def refuses_third(request, nth):
        return Reply(status=500) if excerpts_of(request) and nth % 3 == 0 else reply(request, nth)

    with ScriptedServer(refuses_third) as server:
        report = build(tmp_path, settings(server, places=GROUPS, retries=0))
    assert (report.exit_code, len(report.unanswered)) == (3, left // 3)
    with ScriptedServer(reply) as server:
        report = build(tmp_path, settings(server, places=GROUPS))
        assert [len(excerpts_of(request)) > 1 for request in server.requests] == [True] * (left // 3)
    assert report.exit_code == 0
    assert [pq.read_table(path) for path in sorted((tmp_path / "d/data/default").iterdir())] == [
        pq.read_table(path) for path in sorted((made[0] / "d/data/default").iterdir())
    ]


def test_a_model_that_finds_nothing_to_ask_is_asked_once_and_believed(made, tmp_path):
    shutil.copytree(made[0] / "w", tmp_path / "w")

    def nothing(request, nth):
        return Reply("NONE") if excerpts_of(request) else paired(request, count=2)

    with ScriptedServer(nothing) as server:
        report = build(tmp_path, settings(server, places=GROUPS, place_pairs=2))
        assert len(server.requests) == len(made[2])
    assert (report.exit_code, report.rejections["completion"]["nothing_to_ask"], several(tmp_path)) == (
        0,
        len(made[2]),
        [],
    )


def test_an_engine_without_a_model_asks_over_no_places(tmp_path):
    chosen = Settings.model_validate({"ask": {"engine": "extractive", "places": 2}})
    with pytest.raises(SettingsError, match="one sentence at a time"):
        build(tmp_path, chosen)


def vector_of(text):
    """Of a text that has a number the one, of any other the other."""
    return [1.0, 0.1] if any(map(str.isdigit, text)) else [0.1, 1.0]


def with_vectors(request, nth):
    """A server that has an embedding model, too."""
    if "input" not in request:
        return reply(request, nth)
    data = [{"index": number, "embedding": vector_of(text)} for number, text in enumerate(request["input"])]
    return Reply(body=json.dumps({"data": data}))


def test_vectors_of_chunks_are_asked_for_once_and_add_their_groups_alone(made, tmp_path):
    shutil.copytree(made[0] / "w", tmp_path / "w")

    def planned(chosen):
        return make_plan([EXAMPLES], settings=chosen, work=tmp_path / "w", subset=EVERYTHING)

    with ScriptedServer(with_vectors) as server:
        select = {"near_duplicates": False, "embedding_model": "mini"}
        plain = settings(server, places=GROUPS)
        chosen = plain.model_copy(update={"select": plain.select.model_copy(update=select)})
        before = planned(chosen)
        assert not (tmp_path / "w/embeddings.sqlite3").exists()
        build(tmp_path, chosen)
        texts = [text for request in server.requests for text in request.get("input", ())]
        asked = [excerpts_of(request) for request in server.requests if "input" not in request]
        known = planned(chosen)
        first = len(server.requests)
        build(tmp_path, chosen)
        assert len(server.requests) == first
    assert (before.depends["groups"], before.depends["vectors"], before.groups) == (3, len(texts), 0)
    assert f"on {len(texts):,} vectors that the embedding model is asked for first" in plan_text(before)
    assert len(texts) == len(set(texts)) > 0
    old = [excerpts_of(request) for request in made[2]]
    assert [len(some) > 1 and some not in old for some in asked] == [True] * len(asked)
    assert asked
    assert (known.calls["to_make"], known.groups, "vectors" in known.depends) == (
        0,
        before.groups + GROUPS * 3,
        False,
    )
    build(tmp_path, chosen, offline=True)
    (tmp_path / "w/embeddings.sqlite3").unlink()
    with pytest.raises(
        EngineError, match=r"^the workspace has no vector of .* by 'mini', and nobody is asked"
    ):
        build(tmp_path, chosen, offline=True)
