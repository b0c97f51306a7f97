import json
import os
import re
from dataclasses import replace

import pyarrow.parquet as pq
import pytest
from filelock import FileLock
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from builder.building.assemble import assemble
from builder.folder import manifest, read
from builder.folder.parquet import Tables
from builder.folder.replace import replacing
from builder.folder.schema import SCHEMAS, chat_row, row_of
from builder.folder.trainers import record_rows
from qagen.errors import DatasetError, WorkspaceError
from qagen.reasons import Kind, Reason
from qagen.records import Rejection, Trace, TracedRecord, sha256
from qagen.settings import CONFIGS, DatasetSettings, Settings, SplitShares
from tests.builder.corpora import PAPERS, SETTINGS, about, contents, folder, many, paper, record, rejection

ALL_TRAIN = Settings(dataset=DatasetSettings(splits=SplitShares(train=100, validation=0, test=0)))
ONE = paper("one")


def test_a_folder_has_the_configs_splits_card_manifest_and_prompt(tmp_path):
    folder(tmp_path / "d", [record(ONE, "Why is it so?"), rejection(ONE)], settings=ALL_TRAIN)
    assert list(contents(tmp_path / "d")) == [
        "README.md",
        "croissant.json",
        "data/chat/train-00000-of-00001.parquet",
        "data/default/train-00000-of-00001.parquet",
        "data/rejected/train-00000-of-00001.parquet",
        "data/sft/train-00000-of-00001.parquet",
        "manifest.json",
        "plots/sections.png",
        "plots/support.png",
        "prompts/deep-qa.md",
    ]
    assert (tmp_path / "d/prompts/deep-qa.md").read_text() == "The prompt.\n"
    assert [path.name for path in tmp_path.iterdir()] == ["d"]


def test_the_same_results_give_the_same_bytes_and_other_folder_names_do_not_matter(tmp_path):
    results = [record(paper(f"p{n}"), f"Why does {n} hold?") for n in range(30)]
    folder(tmp_path / "a", results)
    folder(tmp_path / "other name", results)
    assert contents(tmp_path / "a") == contents(tmp_path / "other name")


def test_the_manifest_says_what_went_in_and_what_came_out(tmp_path):
    more = [rejection(ONE, "2 characters"), rejection(ONE, "3 characters")]
    none = paper("two", title="A title of a paper")
    folder(tmp_path / "d", [record(ONE, "Why is it so?"), *more], none, settings=ALL_TRAIN, base="before/")
    value = manifest.read(tmp_path / "d").as_json()
    files = value.pop("files")
    assert {name: entry["sha256"] for name, entry in files.items()} == {
        name: sha256(data) for name, data in contents(tmp_path / "d").items() if name != "manifest.json"
    }
    assert {paper["sha256"]: paper["records"] for paper in value.pop("papers")} == {
        ONE.sha256: 1,
        none.sha256: 0,
    }
    assert value.pop("settings")["chunk"] == SETTINGS.chunk.model_dump(mode="json")
    assert value.pop("tool")["name"] == "qagen"
    assert {config: list(sizes) for config, sizes in value.pop("num_bytes").items()} == {
        config: list(rows) for config, rows in value["configs"].items()
    }
    assert value == {
        "format": 1,
        "schema": 1,
        "made": {
            "engine": "server",
            "model": "m:7b",
            "prompt": "deep-qa",
            "prompt_sha256": sha256("t"),
            "rule_prompts": [],
            "further_prompts": [],
            "judge_model": None,
            "converter": "rules-1",
            "base": "before/",
        },
        "configs": {
            "default": {"train": 1},
            "chat": {"train": 1},
            "sft": {"train": 1},
            "rejected": {"train": 2},
        },
        "rejections": {"too_short": 2},
        "profile": {
            "sections": {"methods": 1},
            "support": [0, 0, 0, 0, 0, 0, 0, 1, 0, 0],
            "coverage": [0] * 10,
            "openings": {"why": 1},
            "ocr": 0,
            "solutions": 0,
        },
        "example": record(ONE, "Why is it so?").id,
        "examples": [record(ONE, "Why is it so?").id],
        "answers": {"responses": 0, "prompt_tokens": 0, "completion_tokens": 0},
    }


def test_nothing_in_the_folder_tells_of_the_machine(tmp_path):
    secret = Settings.model_validate(
        {"ask": {"base_url": "http://secret.host:1/v1", "concurrency": 77, "prompt": "/home/me/p.md"}}
    )
    folder(tmp_path / "d", [record(ONE, "Why is it so?")], settings=secret)
    text = b"".join(contents(tmp_path / "d").values())
    assert b"secret.host" not in text
    assert b"/home/me" not in text
    assert str(tmp_path).encode() not in text


def test_rows_of_all_splits_together_are_the_records_in_order(tmp_path):
    results = list(many(40, 3))
    folder(
        tmp_path / "d",
        results,
        settings=Settings.model_validate({"dataset": {"splits": {"validation": 30, "test": 30}}}),
    )
    found = list(read.records(tmp_path / "d"))
    assert (
        sorted((one for _, one in found), key=lambda one: (one.paper.sha256, results.index(one))) == results
    )
    for split in ("train", "validation", "test"):
        rows = [one for name, one in found if name == split]
        assert rows
        assert rows == [one for one in results if one in rows]
    chats = [(split, row["id"]) for split, row in read.rows(tmp_path / "d", "chat")]
    assert chats == [(split, one.id) for split, one in found]


def test_a_long_split_goes_on_in_further_files_also_inside_a_paper(tmp_path):
    results = list(many(1, 25))
    assemble(results, tmp_path / "d", about=about(results[0].paper), settings=ALL_TRAIN, shard_bytes=1500)
    names = [path.name for path in read.files(tmp_path / "d", "default")["train"]]
    assert len(names) > 2
    assert names == [f"train-{number:05d}-of-{len(names):05d}.parquet" for number in range(len(names))]
    assert [one for _, one in read.records(tmp_path / "d")] == results


def test_a_paper_more_leaves_all_files_but_one_or_two_as_they_were(tmp_path):
    """Files end after papers that their own hashes choose, so that nothing shifts behind the new one."""
    results = list(many(300, 3))
    papers = list(dict.fromkeys(one.paper for one in results))
    without = [one for one in results if one.paper != papers[40]]
    for name, rows in (("a", without), ("b", results)):
        assemble(rows, tmp_path / name, about=about(*papers), settings=ALL_TRAIN, shard_bytes=20_000)
    old, new = (
        {path.read_bytes() for path in read.files(tmp_path / name, "default")["train"]} for name in ("a", "b")
    )
    assert len(new) > 8
    assert len(new - old) <= 2


def test_files_are_about_as_large_as_wanted(tmp_path):
    results = list(many(400, 5))
    papers = dict.fromkeys(one.paper for one in results)
    assemble(results, tmp_path / "d", about=about(*papers), settings=ALL_TRAIN, shard_bytes=100_000)
    rows = [pq.ParquetFile(path).metadata.num_rows for path in read.files(tmp_path / "d", "default")["train"]]
    assert sum(rows) == 2000
    assert max(rows) <= 2 * 100_000 / 250
    assert 3 <= len(rows) <= 20


def test_no_row_group_is_larger_than_what_the_viewer_of_the_hub_reads_wherever_the_long_texts_stand(tmp_path):
    long = "x" * 6_000_000
    one = record(ONE, "Why is it so?", "So it is.")
    with_text = replace(one, evidence=(replace(one.evidence[1], text=long),))
    thoughts = dict(record_rows(TracedRecord.of(one, Trace(long, 0.9)), {"reasoning"}))
    rows = {"default": row_of(with_text), "chat": chat_row(replace(one, answer=long)), **thoughts}
    with Tables(tmp_path) as tables:
        for config, row in rows.items():
            for _ in range(4):
                tables.add(config, "train", ONE.sha256, row)
    for config in rows:
        with pq.ParquetFile(tmp_path / config / "train-00000-of-00001.parquet") as file:
            groups = [file.metadata.row_group(number) for number in range(file.num_row_groups)]
        assert [group.num_rows for group in groups] == [3, 1]
        assert all(groups[0].column(number).has_offset_index for number in range(groups[0].num_columns))


def test_huge_texts_end_a_row_group_early(tmp_path):
    giants = [
        Rejection(Kind.COMPLETION, Reason.NO_PAIRS, f"giant {n}", ONE, text=f"{n}" * 9_000_000)
        for n in range(4)
    ]
    folder(tmp_path / "d", giants)
    path = read.files(tmp_path / "d", "rejected")["train"][0]
    assert pq.ParquetFile(path).metadata.num_row_groups == 2
    assert [one for _, one in read.rejections(tmp_path / "d")] == giants


def test_a_paper_is_on_one_side_of_the_split_in_every_config(tmp_path):
    results = []
    for number in range(40):
        of = paper(f"p{number}")
        kept = record(of, f"Why does effect {number} occur?")
        refuted = replace(
            rejection(of),
            question=kept.question,
            reason=Reason.NEGATED,
            chunk=kept.chunk,
            section=kept.section,
        )
        results += [TracedRecord.of(kept, Trace("Hm.", 0.9)), refuted]
    chosen = {"configs": list(CONFIGS), "plots": False, "splits": {"validation": 30, "test": 30}}
    folder(tmp_path / "d", results, settings=Settings.model_validate({"dataset": chosen}))
    sides = {
        config: {
            row.get("paper_sha256") or row["paper"]["sha256"]: split
            for split, row in read.rows(tmp_path / "d", config)
        }
        for config in CONFIGS
        if config != "rejected"
    }
    assert len(sides["default"]) == 40
    assert set(sides["default"].values()) == {"train", "validation", "test"}
    assert all(side == sides["default"] for side in sides.values())


def test_a_paper_without_a_record_gives_nothing_to_contrast(tmp_path):
    refuted = replace(rejection(ONE), reason=Reason.NEGATED)
    dataset = ALL_TRAIN.dataset.model_copy(update={"configs": CONFIGS})
    folder(tmp_path / "d", [refuted], settings=ALL_TRAIN.model_copy(update={"dataset": dataset}))
    assert list(manifest.read(tmp_path / "d").configs) == ["rejected"]


def test_the_schema_of_the_files_is_the_schema(tmp_path):
    kept = record(ONE, "Why is it so?")
    dataset = ALL_TRAIN.dataset.model_copy(update={"configs": CONFIGS})
    refuted = replace(rejection(ONE), question="Why is it so?", reason=Reason.NEGATED, chunk=kept.chunk)
    traced = TracedRecord.of(kept, Trace("Hm.", 0.9))
    nothing = replace(record(ONE, "What is its mass?", "Not stated."), kind="unanswerable")
    folder(
        tmp_path / "d", [traced, nothing, refuted], settings=ALL_TRAIN.model_copy(update={"dataset": dataset})
    )
    for config, schema in SCHEMAS.items():
        assert pq.read_schema(read.files(tmp_path / "d", config)["train"][0]).equals(schema)


def test_what_was_turned_down_twice_for_the_same_reason_is_there_twice_with_two_ids(tmp_path):
    folder(tmp_path / "d", [rejection(ONE)] * 3)
    ids = [name for name, _ in read.rejections(tmp_path / "d")]
    assert len(ids) == len(set(ids)) == 3
    assert ids[0] == rejection(ONE).id


def test_results_out_of_order_and_ids_that_come_twice_are_bugs_and_leave_nothing(tmp_path):
    one, other = sorted([paper("a"), paper("b")], key=lambda info: info.sha256)
    for results in ([record(other, "Why?"), record(one, "Why?")], [record(one, "Why?"), record(one, "Why?")]):
        with pytest.raises(ValueError, match=r"out of order|have the id"):
            assemble(results, tmp_path / "d", about=about(one, other), settings=SETTINGS)
    assert list(tmp_path.iterdir()) == []


def test_without_any_result_there_is_a_card_and_a_manifest_that_say_so(tmp_path):
    folder(tmp_path / "d", [], ONE)
    names = ["README.md", "croissant.json", "manifest.json", "prompts/deep-qa.md"]
    assert sorted(contents(tmp_path / "d")) == names
    assert "**This dataset is empty.** 1 paper was read" in (tmp_path / "d/README.md").read_text()
    assert list(read.records(tmp_path / "d")) == []


def test_a_prompt_of_any_name_stays_inside_its_folder(tmp_path):
    folder(tmp_path / "d", [], ONE, prompt="../../evil/.. \n|name.md")
    (name,) = (tmp_path / "d/prompts").iterdir()
    assert re.fullmatch(r"[\w-]+\.md", name.name)


# ---- one paper more


@hypothesis_settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PAPERS, st.integers(0, 10_000))
def test_one_paper_more_leaves_all_rows_of_the_others_as_they_are(tmp_path_factory, papers, number):
    place = tmp_path_factory.mktemp("more")
    new = paper(f"new{number}")
    rows = {}
    for name, corpus in (("before", papers), ("after", [*papers, new])):
        results = [record(one, f"Why does effect {n} occur?", one.file) for one in corpus for n in range(2)]
        folder(place / name, results)
        rows[name] = [
            (split, row_of(one))
            for split, one in read.records(place / name)
            if one.paper.sha256 != new.sha256
        ]
    assert rows["after"] == rows["before"]


def test_with_a_base_its_works_stay_in_their_splits_whatever_the_shares(tmp_path):
    papers = [paper(f"p{n}") for n in range(30)]
    results = [record(one, f"Why {one.file}?") for one in papers]
    half = Settings.model_validate({"dataset": {"splits": {"validation": 50, "test": 50}}})
    folder(tmp_path / "a", results, settings=half)
    folder(tmp_path / "b", results, settings=ALL_TRAIN, assigned=read.assignments(tmp_path / "a"))
    assert list(read.records(tmp_path / "a")) == list(read.records(tmp_path / "b"))


# ---- where it goes


def test_a_dataset_folder_of_ours_is_replaced_as_a_whole(tmp_path):
    folder(tmp_path / "d", [record(ONE, "Why is it so?"), rejection(ONE)])
    folder(tmp_path / "d", [record(ONE, "Why is it otherwise?")])
    folder(tmp_path / "fresh", [record(ONE, "Why is it otherwise?")])
    assert contents(tmp_path / "d") == contents(tmp_path / "fresh")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["d", "fresh"]


def test_an_empty_folder_and_a_folder_below_missing_ones_are_fine(tmp_path):
    (tmp_path / "empty").mkdir()
    folder(tmp_path / "empty", [record(ONE, "Why is it so?")])
    folder(tmp_path / "x/y/z", [record(ONE, "Why is it so?")])
    assert contents(tmp_path / "empty") == contents(tmp_path / "x/y/z")


@pytest.mark.parametrize("foreign", ["thesis.pdf", "manifest.json"])
def test_a_folder_of_somebody_else_is_left_alone(tmp_path, foreign):
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / foreign).write_text('{"name": "a web app"}')
    with pytest.raises(DatasetError, match=r"no dataset folder|not a manifest of qagen"):
        folder(tmp_path / "d", [record(ONE, "Why is it so?")])
    assert contents(tmp_path / "d") == {foreign: b'{"name": "a web app"}'}
    assert [path.name for path in tmp_path.iterdir()] == ["d"]


def test_a_file_where_the_folder_has_to_go_is_left_alone(tmp_path):
    (tmp_path / "d").write_text("mine")
    with pytest.raises(DatasetError, match="is a file"):
        folder(tmp_path / "d", [])
    assert (tmp_path / "d").read_text() == "mine"


def test_files_that_somebody_put_into_a_dataset_folder_stay_there(tmp_path):
    folder(tmp_path / "d", [record(ONE, "Why is it so?"), rejection(ONE)])
    (tmp_path / "d/notes.txt").write_text("mine")
    (tmp_path / "d/.git/refs/tags").mkdir(parents=True)
    (tmp_path / "d/data/default/sketch.txt").write_text("mine too")
    (tmp_path / "d/link").symlink_to("/nowhere")
    (tmp_path / "d/prompts/other.md").write_text("another")
    folder(tmp_path / "d", [record(ONE, "Why is it otherwise?")], prompt="new", prompt_text="New.")
    assert (tmp_path / "d/notes.txt").read_text() == "mine"
    assert (tmp_path / "d/.git/refs/tags").is_dir()
    assert (tmp_path / "d/data/default/sketch.txt").read_text() == "mine too"
    assert (tmp_path / "d/link").is_symlink()
    assert sorted(path.name for path in (tmp_path / "d/prompts").iterdir()) == ["new.md", "other.md"]
    assert not (tmp_path / "d/data/rejected").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["d"]


def test_a_foreign_file_in_the_way_of_a_new_one_is_kept_beside(tmp_path):
    folder(tmp_path / "d", [], ONE, prompt=None, prompt_text=None)
    (tmp_path / "d/prompts").write_text("mine")
    folder(tmp_path / "d", [], ONE)
    assert (tmp_path / "d/prompts/deep-qa.md").is_file()
    (staging,) = [path for path in tmp_path.iterdir() if path.name != "d"]
    assert contents(staging)["old/prompts"] == b"mine"


def test_an_error_in_the_stream_leaves_the_old_folder_as_it_was(tmp_path):
    folder(tmp_path / "d", [record(ONE, "Why is it so?")])
    before = contents(tmp_path / "d")

    def broken():
        yield record(ONE, "Why is it otherwise?")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        assemble(broken(), tmp_path / "d", about=about(ONE), settings=SETTINGS)
    assert contents(tmp_path / "d") == before
    assert [path.name for path in tmp_path.iterdir()] == ["d"]


def test_a_new_folder_that_cannot_be_put_in_place_leaves_the_old_one(tmp_path):
    folder(tmp_path / "d", [record(ONE, "Why is it so?")])
    before = contents(tmp_path / "d")
    with pytest.raises(WorkspaceError), replacing(tmp_path / "d") as new:
        new.rmdir()
    assert contents(tmp_path / "d") == before
    assert [path.name for path in tmp_path.iterdir()] == ["d"]


def killed(tmp_path, *, moved):
    """What a run leaves that was killed while it wrote, or between its two renames."""
    staging = tmp_path / ".d.qagen-killed"
    (staging / "new/data").mkdir(parents=True)
    (staging / "new/data/half.parquet").write_bytes(b"PAR1")
    (staging / "lock").touch()
    if moved:
        (tmp_path / "d").rename(staging / "old")
    return staging


@pytest.mark.parametrize("moved", [False, True])
def test_what_a_killed_run_left_is_mended_by_the_next(tmp_path, moved):
    folder(tmp_path / "d", [record(ONE, "Why is it so?")])
    (tmp_path / "d/notes.txt").write_text("mine")
    killed(tmp_path, moved=moved)
    folder(tmp_path / "d", [record(ONE, "Why is it otherwise?")])
    assert (tmp_path / "d/notes.txt").read_text() == "mine"
    assert [one.question for _, one in read.records(tmp_path / "d")] == ["Why is it otherwise?"]
    assert [path.name for path in tmp_path.iterdir()] == ["d"]


def test_a_run_killed_after_its_renames_loses_no_foreign_file(tmp_path):
    folder(tmp_path / "d", [record(ONE, "Why is it so?")])
    (tmp_path / "d/notes.txt").write_text("mine")
    killed(tmp_path, moved=True)
    folder(tmp_path / "fresh", [record(ONE, "Why is it otherwise?")])
    (tmp_path / "fresh").rename(tmp_path / "d")
    folder(tmp_path / "d", [])
    assert (tmp_path / "d/notes.txt").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["d"]


def test_the_holder_of_a_living_run_is_not_touched(tmp_path):
    staging = killed(tmp_path, moved=False)
    with FileLock(staging / "lock"):
        folder(tmp_path / "d", [record(ONE, "Why is it so?")])
        assert (staging / "new/data/half.parquet").read_bytes() == b"PAR1"


def test_the_new_folder_can_be_read_by_whoever_may_read_new_folders(tmp_path):
    (tmp_path / "probe").mkdir()
    folder(tmp_path / "d", [])
    assert (tmp_path / "d").stat().st_mode == (tmp_path / "probe").stat().st_mode


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_an_error_that_says_what_to_do(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(WorkspaceError, match="choose a writable place"):
        folder(tmp_path / "d", [])


def test_a_file_above_the_folder_is_an_error_that_says_what_to_do(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(WorkspaceError, match="a file stands where a folder is needed"):
        folder(tmp_path / "file/d", [])


def test_a_link_to_a_dataset_folder_is_followed(tmp_path):
    folder(tmp_path / "real", [record(ONE, "Why is it so?")])
    (tmp_path / "link").symlink_to("real")
    folder(tmp_path / "link", [record(ONE, "Why is it otherwise?")])
    assert (tmp_path / "link").is_symlink()
    assert [one.question for _, one in read.records(tmp_path / "real")] == ["Why is it otherwise?"]


# ---- reading back


def test_reading_a_folder_that_is_no_dataset_says_so(tmp_path):
    with pytest.raises(DatasetError, match="is not a dataset folder of qagen"):
        list(read.records(tmp_path))
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(DatasetError, match="is damaged"):
        list(read.records(tmp_path))


def test_a_manifest_of_a_newer_version_says_upgrade(tmp_path):
    (tmp_path / "manifest.json").write_text(
        json.dumps({"format": 99, "tool": {"name": "qagen"}, "files": {}})
    )
    with pytest.raises(DatasetError, match="upgrade qagen"):
        list(read.records(tmp_path))


def test_a_data_file_that_is_missing_cut_or_of_another_schema_says_so(tmp_path):
    folder(tmp_path / "d", [record(ONE, "Why is it so?")], settings=ALL_TRAIN)
    default, chat = (read.files(tmp_path / "d", config)["train"][0] for config in ("default", "chat"))
    default.write_bytes(chat.read_bytes())
    with pytest.raises(DatasetError, match="has other columns than version"):
        list(read.records(tmp_path / "d"))
    default.write_bytes(default.read_bytes()[:100])
    with pytest.raises(DatasetError, match="damaged"):
        list(read.records(tmp_path / "d"))
    default.unlink()
    with pytest.raises(DatasetError, match="is in the manifest and not there"):
        list(read.records(tmp_path / "d"))
