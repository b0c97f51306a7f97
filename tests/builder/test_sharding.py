"""Workspaces that are filled part by part, and the dataset that is made of them: byte for byte that of one build."""

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import builder
from builder.building.build import build_dataset
from builder.sharding.assembling import assemble_dataset
from builder.sharding.filling import fill_shard
from builder.sharding.receipt import plan_id
from qagen.errors import QagenError, SettingsError, WorkspaceError
from qagen.ledger.merge import merge_into
from qagen.papers.shard import Shard
from qagen.records import sha256
from qagen.settings import Settings
from qagen.workspace import Workspace
from tests.command import complaints, hashes, qagen
from tests.conftest import EXAMPLES
from tests.scripted_server import Reply, ScriptedServer, paired

SHA256 = st.binary(min_size=32, max_size=32).map(bytes.hex)

PLAIN = ["--model", "r1", "--sections", "rules", "--judge", "off"]


def asking(server, **tables):
    ask = {"model": "r1", "base_url": server.base_url, "concurrency": 4, **tables.pop("ask", {})}
    return Settings.model_validate(
        {
            "dataset": {"plots": False},
            "chunk": {"sections": "rules"},
            "judge": {"mode": "off"},
            **tables,
            "ask": ask,
        }
    )


@pytest.fixture(scope="module")
def server():
    with ScriptedServer(models=("r1", "other")) as running:
        yield running


@pytest.fixture(scope="module")
def parts(converted_examples, tmp_path_factory, server):
    """One build of all papers, and the same papers in three workspaces; with the calls that each took."""
    root = tmp_path_factory.mktemp("parts")
    whole = workspace(converted_examples, root / "whole")
    before = len(server.requests)
    build_dataset([EXAMPLES], root / "dataset", settings=asking(server), work=whole)
    of_build = len(server.requests) - before
    fill(converted_examples, root, server, 3)
    return root, of_build, len(server.requests) - before - of_build


def workspace(converted_examples, place):
    shutil.copytree(converted_examples / "papers", place / "papers")
    return place


def fill(converted_examples, root, server, count):
    works = [root / f"{number}-of-{count}" for number in range(1, count + 1)]
    for number, work in enumerate(works, 1):
        workspace(converted_examples, work)
        fill_shard([EXAMPLES], Shard(number, count), settings=asking(server), work=work)
    return works


@pytest.fixture
def works(parts, tmp_path):
    """Copies of the three filled workspaces, for tests that change them."""
    for number in (1, 2, 3):
        shutil.copytree(parts[0] / f"{number}-of-3", tmp_path / str(number))
    return [tmp_path / str(number) for number in (1, 2, 3)]


def of_papers(works):
    """The workspaces that have answers, with the part of each."""
    return [
        (number, work) for number, work in enumerate(works, 1) if list(work.glob("papers/*/*/calls.jsonl"))
    ]


@given(SHA256, st.integers(1, 10_000))
def test_every_paper_is_in_exactly_one_part(paper, count):
    part = Shard.of(paper, count)
    assert 1 <= part.index <= count
    near = {Shard(index, count) for index in range(max(1, part.index - 1), min(count, part.index + 1) + 1)}
    assert [one for one in near if one.holds(paper)] == [part]


@given(st.lists(SHA256, min_size=2), st.integers(1, 100))
def test_parts_are_ranges_in_the_order_of_the_papers(papers, count):
    indices = [Shard.of(paper, count).index for paper in sorted(papers)]
    assert indices == sorted(indices)


@pytest.mark.parametrize("text", ["0/3", "4/3", "1/0", "a/3", "1/", "", "-1/3", "1/3/5", "1.0/3"])
def test_what_is_no_part_is_wrong_usage(text, tmp_path):
    run = qagen("plan", EXAMPLES, "--engine", "extractive", "--shard", text, "--work", tmp_path / "w")
    assert run.returncode == 2
    assert "no part" in run.stderr


def test_parts_ask_what_one_build_asks_and_give_its_dataset(parts, tmp_path, server):
    root, of_build, of_parts = parts
    assert of_parts == of_build
    works = [root / f"{number}-of-3" for number in (1, 2, 3)]
    before = len(server.requests)
    report = assemble_dataset([EXAMPLES], tmp_path / "d", settings=asking(server), works=works)
    assert len(server.requests) == before
    assert hashes(tmp_path / "d") == hashes(root / "dataset")
    assert (report.exit_code, report.papers) == (0, {"found": 3, "converted": 0, "reused": 3, "rejected": 0})


@pytest.mark.parametrize("count", [7])
def test_it_is_the_same_dataset_however_many_parts_there_are(
    count, parts, converted_examples, tmp_path, server
):
    works = fill(converted_examples, tmp_path, server, count)
    assemble_dataset([EXAMPLES], tmp_path / "d", settings=asking(server), works=list(reversed(works)))
    assert hashes(tmp_path / "d") == hashes(parts[0] / "dataset")


def test_selection_and_splits_are_of_the_whole_and_may_be_others(works, parts, tmp_path, server):
    other = asking(
        server,
        select={"max_per_section": 1},
        dataset={"plots": False, "splits": {"validation": 40, "test": 30}},
    )
    before = len(server.requests)
    assemble_dataset([EXAMPLES], tmp_path / "a", settings=other, works=works)
    shutil.copytree(parts[0] / "whole", tmp_path / "whole")
    build_dataset([EXAMPLES], tmp_path / "b", settings=other, work=tmp_path / "whole")
    assert len(server.requests) == before
    assert hashes(tmp_path / "a") == hashes(tmp_path / "b")


def test_a_part_that_is_missing_is_named_and_nothing_is_written(works, tmp_path, server):
    (number, gone), *_ = of_papers(works)
    left = [work for work in works if work != gone]
    with pytest.raises(
        WorkspaceError, match=rf"shard {number}/3 is missing: .*qagen build --shard {number}/3"
    ):
        assemble_dataset([EXAMPLES], tmp_path / "d", settings=asking(server), works=left)
    assert not (tmp_path / "d").exists()


def test_a_part_of_another_plan_is_named_with_what_differs(works, tmp_path, server):
    other = asking(server, ask={"pairs": 5})
    with pytest.raises(
        WorkspaceError,
        match=r"shard \d/3 was filled by another plan: pairs in \[ask\] is 10 there and 5 here",
    ):
        assemble_dataset([EXAMPLES], tmp_path / "d", settings=other, works=works)


def test_of_several_other_plans_the_nearest_is_told_of(works, tmp_path, server):
    number, work = of_papers(works)[0]
    place = next(work.glob("receipts/*/*.json"))
    told = json.loads(place.read_text())
    del told["settings"]["ask"]["places"], told["settings"]["judge"]
    told["settings"]["ask"]["pairs"] = 3
    told["plan"] = plan_id(told["settings"])
    older = work / "receipts" / told["plan"] / place.name
    older.parent.mkdir()
    older.write_text(json.dumps(told))
    other = asking(server, ask={"temperature": 0.3})
    with pytest.raises(
        WorkspaceError,
        match=rf"shard {number}/3 was .* plan: temperature in \[ask\] is .* there and 0.3 here",
    ):
        assemble_dataset([EXAMPLES], tmp_path / "d", settings=other, works=works)
    place.unlink()
    with pytest.raises(
        WorkspaceError, match=rf"shard {number}/3 was .* plan: pairs in \[ask\] is 3 there and 10 here"
    ):
        assemble_dataset([EXAMPLES], tmp_path / "d", settings=asking(server), works=works)


def test_parts_of_other_counts_count_by_their_papers(works, parts, tmp_path, server):
    """A workspace of a whole build has a receipt for nothing; one that was filled as 1/1 has all papers."""
    fill_shard([EXAMPLES], Shard(1, 1), settings=asking(server), work=works[0])
    assemble_dataset([EXAMPLES], tmp_path / "d", settings=asking(server), works=[works[0]])
    assert hashes(tmp_path / "d") == hashes(parts[0] / "dataset")


def test_a_paper_that_came_later_is_missed(works, tmp_path, server):
    shutil.copytree(EXAMPLES, tmp_path / "papers")
    first = next((tmp_path / "papers").glob("*.pdf"))
    (tmp_path / "papers/new.pdf").write_bytes(first.read_bytes() + b"\n% another file\n")
    with pytest.raises(
        WorkspaceError, match=r"^shard \d/3 was filled without 1 paper of this dataset, 'new.pdf' the first"
    ):
        assemble_dataset([tmp_path / "papers"], tmp_path / "d", settings=asking(server), works=works)


def test_an_answer_that_was_lost_is_missed_and_asked_again_by_its_part(works, parts, tmp_path, server):
    number, work = of_papers(works)[0]
    ledger = next(work.glob("papers/*/*/calls.jsonl"))
    ledger.write_bytes(b"".join(ledger.read_bytes().splitlines(keepends=True)[1:]))
    with pytest.raises(WorkspaceError, match=rf"shard {number}/3 lacks 1 answer"):
        assemble_dataset([EXAMPLES], tmp_path / "d", settings=asking(server), works=works)
    before = len(server.requests)
    fill_shard([EXAMPLES], Shard(number, 3), settings=asking(server), work=work)
    assert len(server.requests) == before + 1
    assemble_dataset([EXAMPLES], tmp_path / "d", settings=asking(server), works=works)
    assert hashes(tmp_path / "d") == hashes(parts[0] / "dataset")


def half_of(ledger):
    return ledger.read_bytes()[: ledger.stat().st_size // 2]


def bit_changed(ledger):
    data = ledger.read_bytes()
    place = data.index(b'"text":"') + 30
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


@pytest.mark.parametrize("damage", [half_of, bit_changed])
def test_a_ledger_that_was_cut_or_changed_is_missed_by_its_part(damage, works, tmp_path, server):
    number, work = of_papers(works)[0]
    ledger = next(work.glob("papers/*/*/calls.jsonl"))
    ledger.write_bytes(damage(ledger))
    with pytest.raises(WorkspaceError, match=rf"^shard {number}/3 lacks \d+ answers? about the paper"):
        assemble_dataset([EXAMPLES], tmp_path / "d", settings=asking(server), works=works)
    assert not (tmp_path / "d").exists()


def test_a_part_that_is_named_twice_or_was_copied_is_one_part(works, parts, tmp_path, server):
    shutil.copytree(works[0], tmp_path / "copy")
    named = [works[0], *works, tmp_path / "copy"]
    assemble_dataset([EXAMPLES], tmp_path / "d", settings=asking(server), works=named)
    assert hashes(tmp_path / "d") == hashes(parts[0] / "dataset")


def test_workspaces_of_other_papers_are_no_smaller_dataset(works, tmp_path, server):
    (tmp_path / "papers").mkdir()
    for paper in EXAMPLES.rglob("*.pdf"):
        (tmp_path / "papers" / paper.name).write_bytes(paper.read_bytes() + b"\n% another file\n")
    with pytest.raises(WorkspaceError, match=r"^shard \d/3 was filled without \d papers? of this dataset"):
        assemble_dataset([tmp_path / "papers"], tmp_path / "d", settings=asking(server), works=works)
    assert not (tmp_path / "d").exists()


def test_a_document_that_is_gone_is_missed(works, tmp_path, server):
    number, work = of_papers(works)[0]
    paper = next(work.glob("papers/*/*/calls.jsonl")).parent
    for one in works:
        shutil.rmtree(one / paper.relative_to(work))
    said = rf"the document of .* is gone or damaged: shard {number}/3 has .*; run `qagen build --shard {number}/3` again"
    with pytest.raises(WorkspaceError, match=said):
        assemble_dataset([EXAMPLES], tmp_path / "d", settings=asking(server), works=works)


def test_papers_of_the_parts_that_are_not_named_are_told(works, tmp_path, server, capsys):
    first, *others = sorted(EXAMPLES.glob("*.pdf"), key=lambda one: sha256(one.read_bytes()))
    told = (
        f"2 papers of these parts are not named here, and left out ({sha256(others[0].read_bytes())[:12]}...)"
    )
    report = assemble_dataset([first], tmp_path / "d", settings=asking(server), works=works)
    assert (report.papers["found"], capsys.readouterr().err.splitlines().count(told)) == (1, 1)
    assemble_dataset([EXAMPLES], tmp_path / "d", settings=asking(server), works=works, limit=1)
    assert "not named here" not in capsys.readouterr().err


def test_what_a_part_took_is_what_plans_go_by(works, server):
    number, work = of_papers(works)[0]
    plain = (*PLAIN, "--base-url", server.base_url, "--pairs", "4")
    plan = qagen("plan", EXAMPLES, "--shard", f"{number}/3", "--work", work, *plain, "--json").stdout
    assert " calls in 1 run of r1: " in json.loads(plan)["estimate"]["basis"]


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"format": 1}', b'{"format": 9}'])
def test_a_receipt_that_cannot_be_read_is_an_error(damage, works, tmp_path, server):
    receipt = next(works[0].glob("receipts/*/*.json"))
    receipt.write_bytes(damage)
    with pytest.raises(WorkspaceError, match=r"receipt .* is damaged|has the format 9"):
        assemble_dataset([EXAMPLES], tmp_path / "d", settings=asking(server), works=works)


def test_chunks_without_an_answer_are_listed_as_by_a_build(converted_examples, tmp_path):
    """One call of the part fails for good: the part says so, and the dataset has the chunk as a rejection."""

    def reply(request, nth):
        refused = "peat" in json.dumps(request["messages"]) and nth % 2
        return Reply(status=400, body=b'{"error": {"message": "not today"}}') if refused else paired(request)

    with ScriptedServer(reply, models=("r1",)) as server:
        settings = asking(server, ask={"retries": 0})
        work = workspace(converted_examples, tmp_path / "w")
        filled = fill_shard([EXAMPLES], Shard(1, 1), settings=settings, work=work)
    assert filled.exit_code == 3
    report = assemble_dataset([EXAMPLES], tmp_path / "d", settings=settings, works=[work])
    assert report.exit_code == 3
    assert report.unanswered == filled.unanswered != []


def test_a_paper_that_could_not_be_converted_is_a_rejection_with_its_reason(
    converted_examples, tmp_path, server
):
    """What is tried again by the next run is kept in the receipt, and nowhere else."""
    papers = tmp_path / "papers"
    shutil.copytree(EXAMPLES, papers)
    shutil.copytree(converted_examples / "papers", tmp_path / "w/papers")
    (papers / "slow.pdf").write_bytes((papers / "peatland.pdf").read_bytes() + b"\n% slow\n")
    settings = asking(server, convert={"deadline": 0.01})
    filled = fill_shard([papers], Shard(1, 1), settings=settings, work=tmp_path / "w")
    assert [paper.reason for paper in filled.rejected_papers] == ["timed_out"]
    report = assemble_dataset([papers], tmp_path / "d", settings=settings, works=[tmp_path / "w"])
    assert report.rejected_papers == filled.rejected_papers


def test_the_model_may_be_left_to_the_receipts(works, parts, tmp_path):
    open_one = Settings.model_validate(
        {"dataset": {"plots": False}, "chunk": {"sections": "rules"}, "judge": {"mode": "off"}}
    )
    assemble_dataset([EXAMPLES], tmp_path / "d", settings=open_one, works=works)
    assert hashes(tmp_path / "d") == hashes(parts[0] / "dataset")


def test_of_two_models_one_has_to_be_named(works, tmp_path, server):
    fill_shard([EXAMPLES], Shard(1, 3), settings=asking(server, ask={"model": "other"}), work=works[0])
    with pytest.raises(SettingsError, match="answers of 'other' and 'r1'; name the model"):
        assemble_dataset([EXAMPLES], tmp_path / "d", settings=Settings(), works=works)


@pytest.mark.slow
def test_two_workspaces_that_have_answered_the_same_give_one_dataset_in_any_order(
    converted_examples, tmp_path, server
):
    """The second one's server says something else; what counts does not depend on which is named first."""

    def other(request, nth):
        said = paired(request)
        return Reply(said.text.replace("1.", "1. ", 1) + "\n", extra={"id": f"x{nth}"})

    first, second = (workspace(converted_examples, tmp_path / name) for name in "ab")
    fill_shard([EXAMPLES], Shard(1, 1), settings=asking(server), work=first)
    with ScriptedServer(other, models=("r1",)) as another:
        fill_shard([EXAMPLES], Shard(1, 1), settings=asking(another), work=second)
    settings = asking(server)
    assemble_dataset([EXAMPLES], tmp_path / "ab", settings=settings, works=[first, second])
    assemble_dataset([EXAMPLES], tmp_path / "ba", settings=settings, works=[second, first])
    assert hashes(tmp_path / "ab") == hashes(tmp_path / "ba")
    shutil.copytree(first, tmp_path / "both")
    merge_into(Workspace(tmp_path / "both"), [Workspace(second)])
    build_dataset([EXAMPLES], tmp_path / "d", settings=settings, work=tmp_path / "both", offline=True)
    assert hashes(tmp_path / "d") == hashes(tmp_path / "ab")


def test_the_commands_say_what_they_did(works, parts, tmp_path, server):
    plain = (*PLAIN, "--base-url", server.base_url)
    number, work = of_papers(works)[0]
    run = qagen("build", EXAMPLES, "--shard", f"{number}/3", "--work", work, *plain)
    assert (run.returncode, complaints(run)) == (0, [])
    assert run.stdout.splitlines()[0].startswith(f"shard       {number}/3 of plan ")
    said = json.loads(
        qagen("build", EXAMPLES, "--shard", f"{number}/3", "--work", work, *plain, "--json").stdout
    )
    assert (said["shard"], said["calls"]["made"]) == (f"{number}/3", 0)
    planned = json.loads(
        qagen("plan", EXAMPLES, "--shard", f"{number}/3", "--work", work, *plain, "--json").stdout
    )
    assert (planned["papers"]["found"], planned["calls"]["to_make"]) == (said["papers"]["of_shard"], 0)
    places = [part for one in works for part in ("--work", one)]
    run = qagen("assemble", EXAMPLES, *places, "--out", tmp_path / "d", *plain[:6], "--json")
    assert (run.returncode, json.loads(run.stdout)["calls"]["made"]) == (0, 0)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--out", "d"), "--out is for the whole dataset"),
        (("--sample", "3"), "--sample is for the whole dataset"),
        (("--base", "d"), "--base is for the whole dataset"),
    ],
)
def test_a_part_has_nothing_of_the_whole(arguments, said, tmp_path):
    run = qagen(
        "build", EXAMPLES, "--engine", "extractive", "--shard", "1/2", "--work", tmp_path / "w", *arguments
    )
    assert run.returncode == 1
    assert said in run.stderr


def test_without_a_part_and_a_folder_there_is_nothing_to_build(tmp_path):
    run = qagen("build", EXAMPLES, "--engine", "extractive", "--work", tmp_path / "w")
    assert run.returncode == 2
    assert "name the dataset folder with --out, or a part of the papers with --shard" in " ".join(
        run.stderr.split()
    )


def test_documents_are_converted_part_by_part(converted_examples, tmp_path):
    work = workspace(converted_examples, tmp_path / "w")
    found = [
        len(list(Path(tmp_path / f"d{number}").glob("*")))
        for number in (1, 2)
        if qagen(
            "convert", EXAMPLES, "--out", tmp_path / f"d{number}", "--shard", f"{number}/2", "--work", work
        ).returncode
        == 0
    ]
    assert sum(found) == 3


def test_ledgers_are_merged_by_hand(works, tmp_path):
    target = tmp_path / "all"
    run = qagen("ledger", "merge", *works, "--work", target, "--json")
    counts = json.loads(run.stdout)
    assert counts["added"] == sum(
        len(path.read_bytes().splitlines()) for one in works for path in one.glob("papers/*/*/calls.jsonl")
    )
    again = qagen("ledger", "merge", *works, "--work", target)
    assert (
        again.stdout
        == f"merged      0 answers taken over, {counts['added']:,} known before, about 0 papers\n"
    )
    same = qagen("ledger", "merge", target, "--work", target)
    assert (same.returncode, "as a source and as what is merged into" in same.stderr) == (1, True)


def test_the_python_functions_fill_parts_and_assemble_them(converted_examples, tmp_path):
    works = [workspace(converted_examples, tmp_path / name) for name in ("one", "two")]
    for number, work in enumerate(works, 1):
        filled = builder.build(EXAMPLES, shard=f"{number}/2", engine="extractive", work=work)
        assert (filled.shard, filled.exit_code) == (f"{number}/2", 0)
        assert f"part {number}/2 of plan {filled.plan}" in filled._repr_html_()
    builder.assemble(EXAMPLES, tmp_path / "parts", work=works, engine="extractive")
    both = [argument for work in works for argument in ("--work", work)]
    run = qagen("assemble", EXAMPLES, *both, "--engine", "extractive", "--out", tmp_path / "typed")
    assert run.returncode == 0
    assert hashes(tmp_path / "parts") == hashes(tmp_path / "typed")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda d: builder.build(EXAMPLES, shard="4/3", work=d), "'shard': a part of the papers, as in \"2/7\" (given: '4/3')"),
        (lambda d: builder.build(EXAMPLES, shard=3, work=d), "'shard': a part of the papers, as in \"2/7\" (given: 3)"),
        (lambda d: builder.build(EXAMPLES, d / "d", shard="1/3", work=d), "'out' is for the whole dataset"),
        (lambda d: builder.build(EXAMPLES, shard="1/3", sample=3, work=d), "'sample' is for the whole dataset"),
        (lambda d: builder.assemble(EXAMPLES, d / "d"), "assemble() needs 'work'"),
        (lambda d: builder.assemble(EXAMPLES, d / "d", work=[]), "'work' is empty"),
        (lambda d: builder.assemble(EXAMPLES, d / "d", work=5), "'work': the workspaces that"),
        (lambda d: builder.assemble(EXAMPLES, d / "d", work=d / "none"), "there is no workspace"),
        (lambda d: builder.assemble(EXAMPLES, d / "d", work="a\0b"), "'work': a path, as text or as a Path"),
        (lambda d: builder.assemble(EXAMPLES, d / "d", work=d, engine="extractive"), "is in no receipt|are in no receipt"),
    ],
)  # fmt: skip
def test_a_wrong_call_of_them_is_one_line(call, said, tmp_path):
    with pytest.raises(QagenError) as raised:
        call(tmp_path)
    assert any(part in str(raised.value) for part in said.split("|")), str(raised.value)
    assert not (tmp_path / "d").exists()
