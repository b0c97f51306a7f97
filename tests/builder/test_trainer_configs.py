"""A build with all configs: what they hold, what they cost, and that each row of them walks back."""

import copy
import json
import re
import shutil
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import builder
from builder.building.build import build_dataset
from builder.building.job import Subset
from builder.building.plan import make_plan, plan_text
from builder.commands.summary import summary
from builder.diffing.diff import diff
from builder.diffing.version_number import Columns, Version, next_version
from builder.folder import manifest, read
from builder.folder.read import rows
from builder.verifying.verify import VerifyContext, verify
from qagen.errors import ConversionError, DatasetError, SettingsError
from qagen.papers.papers import find_papers
from qagen.reasons import Reason
from qagen.settings import CONFIGS, Settings
from qagen.workspace import Workspace
from tests.conftest import EXAMPLES
from tests.scripted_server import Reply, ScriptedServer, paired

SAMPLE = Subset(sample=3)
FEW = ("default", "chat", "rejected")
PLAIN = ("default", "chat", "sft", "preference", "kto", "rejected")
PAIR = re.compile(r"###QUESTION: (.*)\n###ANSWER: (.*)\n")
ASKED_ANEW = "Work out the answer to a question"


def prepared(converted_examples, folder):
    (folder / "papers").mkdir()
    shutil.copy(EXAMPLES / "interlayer.pdf", folder / "papers")
    shutil.copytree(converted_examples / "papers", folder / "w" / "papers")
    return folder


@pytest.fixture
def place(converted_examples, tmp_path):
    return prepared(converted_examples, tmp_path)


class Model:
    """Makes pairs of which one is given twice, once with a number that nobody stated; thinks when asked anew."""

    def __init__(self):
        self.answers = {}

    def __call__(self, request, nth):
        content = request["messages"][-1]["content"]
        if content.startswith(ASKED_ANEW):
            question = content.split(" question\n")[1].splitlines()[0]
            return Reply(self.answers[question], reasoning=f"They ask: {question} I see.")
        reply = paired(request)
        found = PAIR.findall(reply.text)
        self.answers |= dict(found)
        if not found:
            return reply
        question, answer = found[0]
        wrong = f"{answer} All of it took 98,765 kelvin."
        more = f"------\n###QUESTION: {question.replace('why?', 'why so?')}\n###ANSWER: {wrong}\n------\n"
        return replace(reply, text=reply.text + more)


def settings(server, configs, **tables):
    ask = {"model": "r1", "base_url": server.base_url, "concurrency": 4, "pairs": 5}
    dataset = {"plots": False, "configs": list(configs), **tables.pop("dataset", {})}
    plain = {"ask": ask, "chunk": {"sections": "rules"}, "judge": {"mode": "off"}, "dataset": dataset}
    return Settings.model_validate({**plain, **tables})


def build(place, chosen, out="d", **more):
    return build_dataset(
        [place / "papers"], place / out, settings=chosen, work=place / "w", subset=SAMPLE, **more
    )


def told(place, config, out="d"):
    return [row for _, row in rows(place / out, config)]


def never(paper, folder):
    raise ConversionError(Reason.CRASHED, "nothing is converted here")


def walked(place, out="d"):
    context = VerifyContext(find_papers([place / "papers"]), Workspace(place / "w"), never, place / "scratch")
    return verify(place / out, context)


@pytest.fixture(scope="module")
def built(converted_examples, tmp_path_factory):
    """Built once for all tests of a process; not to be written to."""
    place = prepared(converted_examples, tmp_path_factory.mktemp("built"))
    with ScriptedServer(Model()) as server:
        build(place, settings(server, CONFIGS))
    return place


@pytest.fixture
def all_configs(built, tmp_path):
    return shutil.copytree(built, tmp_path / "copy")


def test_each_config_holds_what_it_says_and_papers_stay_on_their_side(all_configs):
    records, sft = told(all_configs, "default"), told(all_configs, "sft")
    assert [(row["id"], row["prompt"], row["completion"]) for row in sft] == [
        (
            row["id"],
            [{"role": "user", "content": row["question"]}],
            [{"role": "assistant", "content": row["answer"]}],
        )
        for row in records
    ]
    assert [(row["page"], row["section"], row["paper_sha256"], row["solution"]) for row in sft] == [
        (row["evidence"][0]["page"], row["section"]["path"], row["paper"]["sha256"], row["solution"])
        for row in records
    ]
    traces = told(all_configs, "reasoning")
    assert [row["id"] for row in traces] == [row["id"] for row in records]
    assert [row["completion"][0]["reasoning_content"] for row in traces] == [
        f"They ask: {row['question']} I see." for row in records
    ]
    by_id = {row["id"]: row for row in records}
    refuted = [row for row in told(all_configs, "rejected") if row["reason"] == "ungrounded_number"]
    preferences = told(all_configs, "preference")
    assert preferences
    for row in preferences:
        chosen = by_id[row["record"]]
        assert (row["prompt"][0]["content"], row["chosen"][0]["content"]) == (
            chosen["question"],
            chosen["answer"],
        )
        assert row["rejected"][0]["content"] == f"{chosen['answer']} All of it took 98,765 kelvin."
        assert row["reason"] == "ungrounded_number"
    judged = told(all_configs, "kto")
    assert [row["id"] for row in judged if row["label"]] == list(by_id)
    assert {row["id"] for row in judged if not row["label"]} == {row["id"] for row in refuted}
    splits = {
        row["paper"]["sha256"] if "paper" in row else row["paper_sha256"]: split
        for config in CONFIGS
        if config != "rejected"
        for split, row in rows(all_configs / "d", config)
    }
    assert len(splits) == 1
    assert {
        split for config in CONFIGS if config != "rejected" for split, _ in rows(all_configs / "d", config)
    } == set(splits.values())


def test_adding_a_config_asks_nothing_and_adding_reasoning_its_own_calls_which_the_plan_has_counted(place):
    with ScriptedServer(Model()) as server:
        few = build(place, settings(server, FEW))
        assert list(few.splits) == list(FEW)
        paid = len(server.requests)
        more = build(place, settings(server, PLAIN))
        assert (len(server.requests), more.calls["made"], list(more.splits)) == (paid, 0, list(PLAIN))
        wanted = settings(server, CONFIGS)
        plan = make_plan([place / "papers"], settings=wanted, work=place / "w", subset=SAMPLE)
        assert plan.calls["to_make"] == plan.traces.calls > 0
        assert f"  of which traces: {plan.traces.calls} calls" in plan_text(plan)
        report = build(place, wanted)
        asked = server.requests[paid:]
        assert len(asked) == report.calls["made"] == plan.calls["to_make"]
        assert all(request["messages"][-1]["content"].startswith(ASKED_ANEW) for request in asked)
        assert report.traces == {"kept": len(asked)}
        assert f"traces      {len(asked)} of {len(asked)} kept" in summary(report)
        done = make_plan([place / "papers"], settings=wanted, work=place / "w", subset=SAMPLE)
        assert (done.calls["to_make"], done.traces.calls) == (0, 0)
        assert done.traces.basis.startswith(f"{len(asked)} calls for traces: 100 prompt and 50 completion")
        build(place, settings(server, FEW), "few")
        assert len(server.requests) == paid + len(asked)
    assert told(place, "default", "few") == told(place, "default")


def test_a_plan_says_before_what_traces_would_cost(place):
    with ScriptedServer(Model()) as server:
        wanted = settings(server, FEW)
        build(place, wanted)
        plan = make_plan([place / "papers"], settings=wanted, work=place / "w", subset=SAMPLE)
        costs = {other.change: other.calls for other in plan.what_if}
        assert costs["the config `reasoning` (at most; other configs take no call)"] == 3 * 5
        fresh = make_plan(
            [place / "papers"], settings=settings(server, CONFIGS), work=place / "new", subset=SAMPLE
        )
        assert (fresh.traces.calls, fresh.traces.completion_tokens) == (None, None)


def test_an_offline_build_without_traces_says_which_chunks_lack_them_and_keeps_the_records(place):
    with ScriptedServer(Model()) as server:
        few = build(place, settings(server, FEW))
        report = build(place, settings(server, CONFIGS), "offline", offline=True)
    assert (report.records, report.exit_code, len(report.unanswered)) == (few.records, 3, 3)
    assert (set(report.traces), "reasoning" in report.splits) == ({"waiting"}, False)


def test_a_judge_that_cannot_be_read_costs_no_trace(place):
    """The build goes on without the judge, and every pair that it then keeps was asked about."""

    class Mute(Model):
        def __call__(self, request, nth):
            is_judge = request["messages"][-1]["content"].startswith("You examine")
            return Reply("They look fine.") if is_judge else super().__call__(request, nth)

    with ScriptedServer(Mute()) as server:
        report = build(place, settings(server, CONFIGS, judge={"mode": "auto"}))
    assert report.unable
    assert (report.exit_code, report.traces) == (0, {"kept": len(told(place, "default"))})


def test_every_row_of_every_config_walks_back(all_configs):
    report = walked(all_configs)
    assert (report.failed, report.not_verified) == (0, ())


def spoil(place, config, change):
    """Change the first row of a config, and let the manifest know; a croissant.json would tell."""
    ((_, paths),) = read.files(place, config).items()
    table = pq.read_table(paths[0]).to_pylist()
    change(table)
    pq.write_table(pa.Table.from_pylist(table, schema=pq.read_schema(paths[0])), paths[0])
    value = manifest.read(place)
    (place / "croissant.json").unlink(missing_ok=True)
    manifest.write(place, value)


def said(name):
    def change(table):
        table[0][name][0]["content"] += " Or not."

    return change


@pytest.mark.parametrize(
    ("config", "change", "why"),
    [
        ("chat", said("messages"), "its row in `chat` is not that of `default`"),
        ("sft", said("completion"), "its row in `sft` is not that of `default`"),
        ("sft", lambda table: table.pop(), "its row in `sft` is not that of `default`"),
        (
            "reasoning",
            said("completion"),
            "its row in `reasoning` is not that of `default` with a trace",
        ),
        (
            "reasoning",
            lambda table: table[0].update(id="0" * 32),
            "its row in `reasoning` is of no record of `default`",
        ),
        (
            "reasoning",
            lambda table: table[0]["completion"][0].update(reasoning_content=""),
            "its row in `reasoning` is not that of `default` with a trace",
        ),
        (
            "preference",
            said("rejected"),
            "its row in `preference` does not follow from `default` and `rejected`",
        ),
        (
            "preference",
            lambda table: table.pop(),
            "its row in `preference` does not follow from `default` and `rejected`",
        ),
        (
            "kto",
            lambda table: table[0].update(label=False),
            "its row in `kto` does not follow from `default` and `rejected`",
        ),
        (
            "rejected",
            lambda table: [row.update(answer="Another.") for row in table],
            "its row in `preference` does not follow from `default` and `rejected`",
        ),
    ],
)
def test_a_row_that_does_not_follow_fails(all_configs, config, change, why):
    spoil(all_configs / "d", config, change)
    assert why in [result.reason for result in walked(all_configs).not_verified]


@pytest.mark.parametrize(
    ("config", "change"),
    [
        ("preference", said("chosen")),
        ("kto", lambda table: table[0].update(label=False)),
        ("kto", lambda table: table[-1].update(label=True)),
    ],
)
def test_where_the_rejections_are_not_there_what_rows_say_of_records_is_compared(place, config, change):
    with ScriptedServer(Model()) as server:
        build(place, settings(server, [name for name in CONFIGS if name not in ("rejected", "reasoning")]))
    assert walked(place).not_verified == ()
    spoil(place / "d", config, change)
    (found,) = walked(place).not_verified
    assert found.reason == f"its row in `{config}` is not that of `default`"


@pytest.mark.parametrize(
    ("config", "change", "why"),
    [
        (
            "rejected",
            lambda table: [row.update(reason="odd") for row in table],
            "does not know .'pair', 'odd'.; upgrade",
        ),
        (
            None,
            {"settings": {"select": {"similarity": "much"}, "dataset": {}}},
            "'settings.select' of the manifest says",
        ),
    ],
)
def test_what_this_version_does_not_know_is_one_line(all_configs, config, change, why):
    if config:
        spoil(all_configs / "d", config, change)
    else:
        manifest.write(all_configs / "d", manifest.read(all_configs / "d").having(**change))
    with pytest.raises(DatasetError, match=why):
        walked(all_configs)


@pytest.mark.parametrize("settings", [{}, {"dataset": "x", "select": 7}, {"dataset": {"configs": "chat"}}])
def test_a_manifest_whose_settings_somebody_edited_is_walked_all_the_same(all_configs, settings):
    manifest.write(all_configs / "d", manifest.read(all_configs / "d").having(settings=settings))
    assert walked(all_configs).not_verified == ()


@pytest.mark.parametrize("config", ["default", "sft", "reasoning", "kto", "preference", "rejected"])
def test_a_file_that_cannot_be_read_fails_and_is_no_reason_to_blame_the_others(all_configs, config):
    ((_, (path, *_)),) = read.files(all_configs / "d", config).items()
    path.write_bytes(b"PAR1")
    report = walked(all_configs)
    assert [one.id for one in report.not_verified] == [path.relative_to(all_configs / "d").as_posix()]


def earlier(place, out):
    """The dataset as an earlier qagen wrote it: without the columns and the file that came later, and without `sft`."""
    shutil.copytree(place / "d", place / out)
    (place / out / "croissant.json").unlink()
    for config, column in (("default", "solution"), ("rejected", "also"), ("rejected", "question_kind")):
        for paths in read.files(place / out, config).values():
            for path in paths:
                pq.write_table(pq.read_table(path).drop_columns(column), path)
    value = manifest.read(place / out)
    told = copy.deepcopy(value.as_json()["settings"])
    del told["dataset"]["configs"], told["select"]["retry_similarity"]
    manifest.write(place / out, value.having(settings=told))


def test_a_dataset_of_an_earlier_version_is_verified_compared_and_followed(place):
    with ScriptedServer(Model()) as server:
        build(place, settings(server, FEW))
        earlier(place, "old")
        assert walked(place, "old").not_verified == ()
        report = build(place, settings(server, PLAIN), "new", base=place / "old")
    changes = diff(place / "old", place / "new")
    assert (changes.added, changes.removed, changes.moved) == ((), (), ())
    assert {name for edit in changes.changed for name in edit.columns} <= {"solution"}
    columns = Columns.between(
        *({config: read.columns(place / out, config) for config in CONFIGS} for out in ("old", "new"))
    )
    assert {name for name in columns.added if name.startswith("default.")} == {
        "default.solution.value",
        "default.solution.unit",
        "default.solution.tolerance",
    }
    assert (columns.removed, columns.retyped, columns.configs_removed) == ((), {}, ())
    assert columns.configs_added == ("sft", "preference", "kto")
    assert next_version(Version(1, 0, 0), changes, columns) == (Version(1, 1, 0), "columns added")
    assert report.records == changes.same + len(changes.changed)


def test_a_config_that_comes_makes_a_minor_version_and_one_that_goes_a_major_one(place):
    with ScriptedServer(Model()) as server:
        build(place, settings(server, FEW), "few")
        build(place, settings(server, PLAIN), "more")

    def version(one, other):
        columns = Columns.between(
            *({config: read.columns(place / out, config) for config in CONFIGS} for out in (one, other))
        )
        return next_version(Version(1, 2, 3), diff(place / one, place / other), columns)

    assert version("few", "more") == (Version(1, 3, 0), "configs added")
    assert version("more", "few") == (Version(2, 0, 0), "no sft any more")


def test_loading_a_config_builds_it_whether_the_settings_choose_it_or_not(place):
    with ScriptedServer(Model()) as server:
        file = place / "qagen.toml"
        file.write_text(
            '[chunk]\nsections = "rules"\n[judge]\nmode = "off"\n[dataset]\nplots = false\nconfigs = ["default"]\n'
        )
        how = {
            "config": str(file),
            "model": "r1",
            "base_url": server.base_url,
            "work": str(place / "w"),
            "sample": 3,
            "pairs": 5,
            "cache_dir": str(place / "hf"),
        }
        records = builder.load(str(place / "papers"), **how)
        calls = len(server.requests)
        sft = builder.load(str(place / "papers"), "sft", **how)
        kto = builder.load(str(place / "papers"), "kto", **how)
        assert len(server.requests) == calls
        traces = builder.load(str(place / "papers"), "reasoning", **how)
    assert list(records) == list(sft) == list(kto) == list(traces)
    split = next(iter(records))
    assert sft[split]["id"] == records[split]["id"] == traces[split]["id"]
    assert set(kto[split]["label"]) == {True, False}


@pytest.mark.parametrize(
    ("configs", "why"),
    [
        (["sft"], r"'dataset.configs' in .*: a list with 'default' in it"),
        (
            ["default", "dpo"],
            r"'dataset.configs.1' in .*: Input should be 'default', 'chat', 'sft', 'reasoning'",
        ),
        ([], r"'dataset.configs' in .*: a list with 'default' in it"),
    ],
)
def test_configs_that_cannot_be_are_refused_in_one_line(tmp_path, configs, why):
    from qagen.settings import load_settings

    file = tmp_path / "qagen.toml"
    file.write_text(f"[dataset]\nconfigs = {json.dumps(configs)}\n")
    with pytest.raises(SettingsError, match=why):
        load_settings(file)


def test_configs_are_listed_in_one_order_and_once():
    chosen = Settings.model_validate({"dataset": {"configs": ["kto", "default", "sft", "kto"]}})
    assert chosen.dataset.configs == ("default", "sft", "kto")


def test_traces_of_an_engine_without_a_model_are_refused(place):
    wanted = Settings.model_validate(
        {"ask": {"engine": "extractive"}, "dataset": {"configs": ["default", "reasoning"]}}
    )
    with pytest.raises(
        SettingsError, match="has no model that could reason; leave 'reasoning' out of `configs`"
    ):
        build(place, wanted)
