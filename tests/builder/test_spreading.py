"""Builds whose units are worked on side by side: in this process, and on Ray where it is installed."""

import json
import shutil
import signal
import threading
from contextlib import ExitStack, closing
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import pyarrow.parquet as pq
import pytest

from builder.building.build import build_dataset
from builder.sharding import on_ray
from builder.sharding.halves import Asking, Converting, UnitOutcome
from builder.sharding.spreading import build_spread
from builder.sharding.units import UnitPlan, UnitWorkspace, count_of, laid_out, lay_out, parts_of
from qagen.errors import EngineError, InputError, ModelChanged, SettingsError, WorkspaceError
from qagen.papers.papers import find_papers
from qagen.papers.shard import Shard
from qagen.records import Paper
from qagen.reviews import Decision, Verdict
from qagen.reviews.file import ReviewFile
from qagen.settings import Settings
from tests.builder.test_several_places import with_vectors
from tests.command import hashes, qagen
from tests.conftest import EXAMPLES
from tests.scripted_server import Reply, ScriptedServer, paired

pytestmark = pytest.mark.slow

EXTRACTIVE = Settings.model_validate(
    {"ask": {"engine": "extractive"}, "chunk": {"sections": "rules"}, "dataset": {"plots": False}}
)


def here(names, about, address):
    """Works on units in this process, one half after the other, as Ray does elsewhere."""
    converting, asking = Converting(about), Asking(about)
    with closing(converting):
        for name in names:
            yield asking(converting(UnitOutcome(name)))


@pytest.fixture
def without_ray(monkeypatch):
    """Whether Ray is installed makes no difference to who gives the function that works on units."""
    monkeypatch.setattr(on_ray, "refuse_missing", lambda: None)


@pytest.fixture(scope="module")
def whole(converted_examples, tmp_path_factory):
    """The dataset of one build on this machine, without a model."""
    root = tmp_path_factory.mktemp("whole")
    shutil.copytree(converted_examples / "papers", root / "w/papers")
    build_dataset([EXAMPLES], root / "d", settings=EXTRACTIVE, work=root / "w")
    return hashes(root / "d")


def asking(server, **ask):
    return Settings.model_validate(
        {
            "ask": {"model": "r1", "base_url": server.base_url, "concurrency": 4, **ask},
            "chunk": {"sections": "rules"},
            "judge": {"mode": "off"},
            "dataset": {"plots": False},
        }
    )


def spread(work, out, settings, **options):
    return build_spread([EXAMPLES], out, **{"on": "ray", "run_units": here, **options}, settings=settings, work=work)  # fmt: skip


@pytest.mark.parametrize("count", [1, 3, None])
def test_units_fill_one_workspace_and_give_the_dataset_of_one_build(count, work, tmp_path, without_ray):
    with ScriptedServer() as server:
        report = spread(work, tmp_path / "spread", asking(server), units=count)
        made = len(server.requests)
        build_dataset([EXAMPLES], tmp_path / "local", settings=asking(server), work=work)
        assert len(server.requests) == made > 0
    assert report.exit_code == 0
    assert hashes(tmp_path / "spread") == hashes(tmp_path / "local")


def test_what_is_done_is_not_worked_on_again(work, tmp_path, without_ray, whole):
    given = []

    def noted(names, about, address):
        given.append(list(names))
        return here(names, about, address)

    for _ in range(2):
        spread(work, tmp_path / "d", EXTRACTIVE, units=3, run_units=noted)
        assert hashes(tmp_path / "d") == whole
    assert len(given) == 1


def test_another_number_of_units_asks_nothing_again(work, tmp_path, without_ray):
    with ScriptedServer() as server:
        spread(work, tmp_path / "a", asking(server), units=3)
        made = len(server.requests)
        spread(work, tmp_path / "b", asking(server), units=2)
        assert len(server.requests) == made
    assert hashes(tmp_path / "a") == hashes(tmp_path / "b")


def test_chunks_without_an_answer_end_as_in_a_local_build_and_are_asked_by_the_next(
    work, tmp_path, without_ray
):
    refusing = threading.Event()
    refusing.set()

    def reply(request, nth):
        refused = refusing.is_set() and "peat" in json.dumps(request["messages"]) and nth % 2
        return Reply(status=400, body=b'{"error": {"message": "not today"}}') if refused else paired(request)

    with ScriptedServer(reply) as server:
        settings = asking(server, retries=0)
        report = spread(work, tmp_path / "d", settings, units=3)
        assert (report.exit_code, report.unanswered != []) == (3, True)
        refusing.clear()
        made = len(server.requests)
        again = spread(work, tmp_path / "d", settings, units=3)
        assert (again.exit_code, again.unanswered) == (0, [])
        assert len(server.requests) - made == len(report.unanswered)


def leaving_after_first(server):
    """Works on units in this process; the server goes away after the first."""

    def run(names, about, address):
        for outcome in here(names, about, address):
            yield outcome
            server.close()

    return run


def test_a_server_that_goes_away_ends_the_asking_and_not_the_build(work, tmp_path, without_ray):
    with ExitStack() as there:
        server = there.enter_context(ScriptedServer())
        settings = asking(server, reconnect_timeout=0.0)
        report = spread(work, tmp_path / "d", settings, units=3, run_units=leaving_after_first(there))
        made = len(server.requests)
    assert (report.exit_code, report.calls["made"], made > 0) == (3, 0, True)
    assert {"gone" in one.detail or "answers" in one.detail for one in report.unanswered} == {True}
    with ScriptedServer() as server:
        again = spread(work, tmp_path / "d", asking(server), units=3)
        assert (again.exit_code, again.unanswered) == (0, [])
        asked = len(server.requests)
        build_dataset([EXAMPLES], tmp_path / "local", settings=asking(server), work=work)
        assert len(server.requests) == asked == len(report.unanswered)
    assert hashes(tmp_path / "d") == hashes(tmp_path / "local")


def test_where_nothing_was_answered_a_server_that_goes_away_makes_no_dataset(work, tmp_path, without_ray):
    with ExitStack() as there:
        server = there.enter_context(ScriptedServer())

        def run(names, about, address):
            there.close()
            yield from here(names, about, address)

        with pytest.raises(
            EngineError, match=r"unit 1/3 was not done \(and 1 more\): no model server answers"
        ):
            spread(work, tmp_path / "d", asking(server, reconnect_timeout=0.0), units=3, run_units=run)
    assert not (tmp_path / "d").exists()


def test_a_server_that_is_away_when_a_unit_has_its_turn_is_waited_for_once(work, tmp_path):
    with ScriptedServer() as server:
        settings = asking(server, reconnect_timeout=40.0)
    now, slept = [0.0], []

    def sleep(seconds):
        slept.append(seconds)
        now[0] += seconds

    names = lay_out_all(work)
    without_patience = settings.model_copy(
        update={"ask": settings.ask.model_copy(update={"reconnect_timeout": 0.0})}
    )
    made = plan_of(names[0], plan(work, without_patience), UnitOutcome(names[0]))
    half = Asking(plan(work, settings, made), clock=lambda: now[0], sleep=sleep)
    outcomes = [half(UnitOutcome(unit)) for unit in names]
    assert [one.error for one in outcomes] == ["ServerUnreachable", "ServerUnreachable"]
    assert slept == [15.0, 15.0, 15.0]


def test_an_offline_build_leaves_what_is_missing_to_the_next(work, tmp_path, without_ray):
    with ScriptedServer() as server:
        with pytest.raises(EngineError, match="no chunk has an answer"):
            spread(work, tmp_path / "d", asking(server), units=3, offline=True)
        assert server.requests == []
        assert spread(work, tmp_path / "d", asking(server), units=3).exit_code == 0


def test_each_unit_keeps_its_vectors_of_chunks_and_all_give_the_dataset_of_one_build(
    work, tmp_path, without_ray
):
    def texts_of(requests):
        return [text for request in requests for text in request.get("input", ())]

    shutil.copytree(work, tmp_path / "whole")
    with ScriptedServer(with_vectors) as server:
        plain = asking(server, places=4, enough=1)
        select = {"near_duplicates": False, "embedding_model": "mini"}
        chosen = plain.model_copy(update={"select": plain.select.model_copy(update=select)})
        build_dataset([EXAMPLES], tmp_path / "alone", settings=chosen, work=tmp_path / "whole")
        alone = list(server.requests)
        spread(work, tmp_path / "d", chosen, units=3)
        shared = server.requests[len(alone) :]
        before = len(server.requests)
        spread(work, tmp_path / "again", chosen, units=3)
        again = server.requests[before:]
    assert hashes(tmp_path / "d") == hashes(tmp_path / "alone") == hashes(tmp_path / "again")
    assert (sorted(texts_of(shared)), len(shared), again) == (sorted(texts_of(alone)), len(alone), [])
    kept = sorted(str(path.relative_to(work)) for path in work.glob("units/*/embeddings.sqlite3"))
    assert kept == ["units/1-of-3/embeddings.sqlite3", "units/2-of-3/embeddings.sqlite3"]


def test_decisions_of_people_count(work, tmp_path, without_ray, whole):
    spread(work, tmp_path / "before", EXTRACTIVE)
    row = next(iter(pq.read_table(next((tmp_path / "before/data/default").glob("train*"))).to_pylist()))
    said = Decision(row["paper"]["sha256"], row["question"], row["answer"], "ada", Verdict.REJECT)
    ReviewFile(work / "reviews.jsonl").append([said])
    spread(work, tmp_path / "spread", EXTRACTIVE)
    build_dataset([EXAMPLES], tmp_path / "local", settings=EXTRACTIVE, work=work)
    assert hashes(tmp_path / "spread") == hashes(tmp_path / "local") != whole


def test_a_paper_that_kills_its_converter_is_tried_by_the_first_half_only(tmp_path, without_ray):
    """What is tried again by the next build is told from half to half."""
    slow = EXTRACTIVE.model_copy(update={"convert": EXTRACTIVE.convert.model_copy(update={"deadline": 0.01})})
    about = plan(tmp_path / "w", settings=slow)
    for unit in lay_out_all(tmp_path / "w"):
        first = converted(unit, about)
        assert {one.reason for one in first.failed} == {"timed_out"}
        patient = replace(about, settings=EXTRACTIVE)  # who would try again now, would have a document
        second = Asking(replace(patient, plan=plan_of(unit, patient, first)))(first)
        assert (second.error, second.failed, second.converted) == ("", first.failed, 0)


def plan(work, settings=EXTRACTIVE, name="p"):
    return UnitPlan(work, settings, name)


def plan_of(unit, about, before):
    """The plan that the settings make, as an attempt with another one says."""
    return Asking(about)(before).message.partition("(")[2].partition(",")[0]


def converted(unit, about):
    with closing(Converting(about)) as converting:
        return converting(UnitOutcome(unit))


def lay_out_all(work, count=3):
    parts = parts_of(find_papers([EXAMPLES]), count)
    for part in parts:
        lay_out(part, work)
    return [str(part.shard) for part in parts]


def test_errors_of_a_unit_are_values(tmp_path, capfd):
    about = plan(tmp_path / "w")
    missing = converted("1/3", about)
    assert (missing.error, "does not see" in missing.message) == ("WorkspaceError", True)
    unit = lay_out_all(tmp_path / "w")[0]
    place = UnitWorkspace(tmp_path / "w", Shard.parse(unit)).own / "papers.json"
    place.write_text("[]")
    bug = converted(unit, about)
    assert (bug.error, bug.message.partition(":")[0], "\n" in bug.message) == ("bug", "TypeError", False)
    assert "Traceback" in capfd.readouterr().err
    assert Asking(about)(bug) == bug


def test_a_unit_under_which_processes_die_again_and_again_ends(work, tmp_path):
    unit = lay_out_all(work)[0]
    own = UnitWorkspace(work, Shard.parse(unit)).own
    (own / "attempts").write_text("begun\n" * 40)
    ended = converted(unit, plan(work))
    assert (ended.error, "40 attempts" in ended.message) == ("WorkspaceError", True)
    lay_out_all(work)
    assert converted(unit, plan(work)).error == ""


def test_two_attempts_at_a_unit_wait_for_each_other_and_ask_once(work, tmp_path, without_ray):
    arrived, go_on = threading.Event(), threading.Event()

    def reply(request, nth):
        arrived.set()
        return replace(paired(request), gate=go_on)

    ended = []

    def twice(names, about, address):
        def attempt():
            ended.append([Asking(about)(UnitOutcome(name)) for name in names])

        threads = [threading.Thread(target=attempt) for _ in range(2)]
        for thread in threads:
            thread.start()
        assert arrived.wait(30)
        go_on.set()
        for thread in threads:
            thread.join()
        yield from ended[0]

    with ScriptedServer(reply) as server:
        spread(work, tmp_path / "d", asking(server), units=1, run_units=twice)
        bodies = [json.dumps(request) for request in server.requests]
    assert len(set(bodies)) == len(bodies)
    assert sorted(one.calls for outcomes in ended for one in outcomes) == [0, len(bodies)]


@pytest.mark.parametrize(
    ("outcomes", "kind", "said"),
    [
        (
            [UnitOutcome("2/3", error="EngineError", message="no disk", remedy="free some"), UnitOutcome("1/3")],
            EngineError,
            "unit 2/3 was not done: no disk; free some",
        ),
        (
            [UnitOutcome(f"{n}/3", error="bug", message="KeyError: 'x'") for n in (3, 1)],
            EngineError,
            r"unit 1/3 was not done \(and 1 more\): KeyError: 'x'; the same command again",
        ),
        ([UnitOutcome("1/3", error="ModelChanged", message="another")], ModelChanged, "another"),
    ],
)  # fmt: skip
def test_a_unit_that_was_not_done_is_one_line_and_no_smaller_dataset(
    outcomes, kind, said, work, tmp_path, without_ray
):
    with pytest.raises(kind, match=said):
        spread(work, tmp_path / "d", EXTRACTIVE, run_units=lambda *_: iter(outcomes))
    assert not (tmp_path / "d").exists()


@pytest.mark.parametrize(
    ("options", "kind", "said"),
    [
        ({"on": "spark"}, SettingsError, "'spark' is nothing that a build could be spread on"),
        ({"on": "ray://"}, SettingsError, "ray://HOST:PORT"),
        ({"model_change": "refresh"}, InputError, "--refresh sets answers aside in one run"),
        ({"settings": Settings.model_validate({"ask": {"engine": "embedded"}})}, SettingsError, "embedded"),
        ({"on": "ray://auto", "work": "w"}, WorkspaceError, "the workspace 'w' is a path from the folder"),
        ({"work": "s3://bucket/w"}, InputError, "'s3://bucket/w' is an address, and --on takes"),
    ],
)
def test_what_cannot_be_spread_is_refused(options, kind, said, tmp_path):
    given = {"on": "ray", "settings": EXTRACTIVE, "work": tmp_path / "w", **options}
    with pytest.raises(kind, match=said):
        build_spread([EXAMPLES], tmp_path / "d", **{**given, "work": type(tmp_path)(given["work"])})


def test_without_ray_one_line_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with pytest.raises(SettingsError, match=r"Ray, which is not installed here \(ray\); pip install 'qagen\[ray\]'"):  # fmt: skip
        spread(tmp_path / "w", tmp_path / "d", EXTRACTIVE)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--units", "2", "--out", "d"), "--units is of --on"),
        (("--on", "ray", "--shard", "1/2"), "--on does all parts"),
        (("--on", "ray", "--sample", "3", "--out", "d"), "--sample is of all papers"),
    ],
)
def test_options_that_exclude_each_other_are_wrong_usage(arguments, said):
    run = qagen("build", EXAMPLES, "--engine", "extractive", *arguments)
    assert (run.returncode, said in " ".join(run.stderr.split())) == (2, True)


@pytest.mark.parametrize(("papers", "count"), [(1, 1), (3, 3), (100, 8), (200, 10), (10_001, 501)])
def test_the_number_of_units_follows_the_papers(papers, count):
    assert count_of(papers) == count


@pytest.mark.parametrize(
    ("tables", "units_left", "cpus", "gpus", "pools"),
    [
        ({"ask": {"concurrency": 10}}, 100, 16, 0, on_ray.Pools(16, 0.0, 4, 2)),
        ({"ask": {"concurrency": 3}}, 100, 16, 0, on_ray.Pools(16, 0.0, 3, 1)),
        ({"ask": {"concurrency": 64}}, 2, 1, 0, on_ray.Pools(1, 0.0, 2, 32)),
        ({"ask": {"concurrency": "auto"}}, 100, 16, 0, on_ray.Pools(16, 0.0, 1, None)),
        ({"ask": {"engine": "extractive"}}, 100, 4, 0, on_ray.Pools(4, 0.0, 0, None)),
        ({}, 100, 16, 2, on_ray.Pools(2, 1.0, 1, None)),
    ],
)  # fmt: skip
def test_calls_under_way_are_capped_over_all_processes(tables, units_left, cpus, gpus, pools):
    found = on_ray.pools_of(Settings.model_validate(tables), units_left, cpus, gpus)
    assert found == pools


def test_papers_come_through_the_workspace_as_they_are(tmp_path):
    stated = (("title", "Torf"), ("authors", ("A", "B")), ("year", 2020), ("doi", None))
    paper = Paper("ab" * 32, tmp_path / "ä\udcff.pdf", "ä.pdf", stated)
    part = parts_of([paper], 5)[0]
    lay_out(part, tmp_path)
    assert laid_out(UnitWorkspace(tmp_path, part.shard), part.shard) == part


class Rows:
    """What a data set of Ray does, in this process: one row after the other through processes that are none."""

    def __init__(self, rows):
        self.rows, self.pools = rows, []

    def map(self, half, *, compute, num_cpus, num_gpus):
        self.pools.append((compute["min_size"], compute["max_size"], num_cpus, num_gpus))
        self.rows = self._through(half, self.rows)
        return self

    @staticmethod
    def _through(half, rows):
        work = half()
        try:
            for row in rows:
                yield work(row)
        finally:
            del work  # as Ray lets go of a process

    def iter_rows(self):
        return iter(self.rows)


class FakeRay:
    """As much of Ray as is used; `came` says what was called."""

    class exceptions:
        class RayError(Exception):
            pass

    def __init__(self, *, running=False, refuses=None, dies=False):
        self.running, self.refuses, self.dies, self.came, self.spread = running, refuses, dies, [], None
        self.data = SimpleNamespace(
            DataContext=SimpleNamespace(get_current=SimpleNamespace),
            ActorPoolStrategy=dict,
            from_items=self._from_items,
        )

    def _from_items(self, items, override_num_blocks):
        assert override_num_blocks == len(items)
        self.spread = Rows(self._dying() if self.dies else items)
        return self.spread

    def _dying(self):
        raise self.exceptions.RayError
        yield

    def is_initialized(self):
        return self.running

    def init(self, **options):
        self.came.append(options["address"])
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if self.refuses:
            raise self.refuses

    def shutdown(self):
        self.came.append("shutdown")

    def cluster_resources(self):
        return {"CPU": 4.0, "GPU": 2.0}


@pytest.mark.parametrize(
    ("on", "running", "came"),
    [
        ("ray", False, ["local", "shutdown"]),
        ("ray://head:6379", False, ["head:6379", "shutdown"]),
        ("ray://auto", True, []),
    ],
)
def test_ray_is_started_or_joined_and_left_as_it_was(on, running, came, work, tmp_path, without_ray, whole):
    ray, before = FakeRay(running=running), signal.getsignal(signal.SIGTERM)
    spread(
        work,
        tmp_path / "d",
        EXTRACTIVE,
        units=3,
        on=on,
        run_units=partial(on_ray.run_units, engine=lambda: ray),
    )
    assert hashes(tmp_path / "d") == whole
    assert ray.came == came
    assert ray.spread.pools == [(1, 2, 1.0, 0.0)]
    assert signal.getsignal(signal.SIGTERM) == before


@pytest.mark.parametrize(
    ("ray", "on", "said"),
    [
        (FakeRay(refuses=ConnectionError("no\n answer")), "ray://h:1", "no Ray at 'h:1': no answer; look"),
        (FakeRay(refuses=Exception("timed out")), "ray", "no Ray on this machine: timed out; run it again"),
        (FakeRay(dies=True), "ray", r"Ray gave up \(RayError\); the same command again"),
    ],
)
def test_a_ray_that_is_not_there_or_gives_up_is_one_line(ray, on, said, work, tmp_path, without_ray):
    with pytest.raises(EngineError, match=said):
        spread(work, tmp_path / "d", EXTRACTIVE, on=on, run_units=partial(on_ray.run_units, engine=lambda: ray))  # fmt: skip
    assert not (tmp_path / "d").exists()
