"""Parts whose workspace and papers are in an object store that speaks S3: one dataset, whoever was killed, and what a person is told."""

import json
import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest

from builder.building.build import build_dataset
from builder.sharding.assembling import assemble_dataset
from builder.sharding.filling import fill_shard
from qagen.errors import StoreLost, WorkspaceError
from qagen.ledger.maintenance import count
from qagen.papers.shard import Shard
from qagen.records import sha256
from qagen.settings import Settings
from qagen.stores import claims
from qagen.stores.claims import Times
from qagen.stores.mirror import Mirror
from qagen.stores.opening import Means, filling, reading
from qagen.stores.store import Store
from qagen.workspace import Workspace
from tests.command import ENVIRONMENT, complaints, hashes, qagen
from tests.conftest import EXAMPLES
from tests.object_store import object_store
from tests.scripted_server import ScriptedServer, paired

pytestmark = pytest.mark.slow

PAPERS = Path("s3://bucket/papers")
PAPER = PAPERS / "peatland.pdf"
PLAIN = ["--model", "r1", "--sections", "rules", "--judge", "off", "--pairs", "2", "--chunk-chars", "8000"]


@pytest.fixture(scope="module")
def running():
    with object_store() as running:
        import fsspec

        fsspec.filesystem("s3", skip_instance_cache=True, **running.options).mkdir("bucket")
        for file in EXAMPLES.glob("*.pdf"):
            Store(str(PAPERS).replace(":/", "://"), running.options).create(file.name, file.read_bytes())
        yield running


def few(request, nth):
    """Two pairs: what is looked at here does not hang on how many there are."""
    return paired(request, 2)


@pytest.fixture(scope="module")
def server():
    with ScriptedServer(few, models=("r1",)) as running:
        yield running


@pytest.fixture(scope="module")
def local(converted_examples, server, tmp_path_factory):
    """The dataset of a build without a store, and the calls that it took."""
    root = tmp_path_factory.mktemp("local")
    shutil.copytree(converted_examples / "papers", root / "work/papers")
    before = len(server.requests)
    build_dataset([EXAMPLES], root / "d", settings=asking(server), work=root / "work")
    return hashes(root / "d"), len(server.requests) - before


@pytest.fixture
def address(running, converted_examples, tmp_path):
    """A workspace in the store that has the conversions of the examples."""
    address = f"s3://bucket/{tmp_path.name}"
    mirror = Mirror(tmp_path / "seed", Store(address, running.options), Shard(1, 1))
    shutil.copytree(converted_examples / "papers", mirror.work.root / "papers")
    mirror.publish(0)
    return address


def asking(server):
    return Settings.model_validate(
        {
            "dataset": {"plots": False, "configs": ["default"]},
            "chunk": {"sections": "rules", "chars": 8000},
            "judge": {"mode": "off"},
            "ask": {"model": "r1", "base_url": server.base_url, "concurrency": 4, "pairs": 2},
        }
    )


def means(running, scratch, **more):
    return Means(scratch=scratch, options=running.options, note=lambda _: None, **more)


def fill(papers, address, shard, server, given):
    with filling([papers], Path(address), shard, means=given) as here:
        return fill_shard(here.paths, shard, settings=asking(server), work=here.work, sums=here.sums)


def assembled(papers, address, out, server, given):
    with reading([papers], [Path(address)], means=given) as here:
        assemble_dataset(
            here.paths, out, settings=asking(server), works=here.works, names=here.names, sums=here.sums
        )
    return hashes(out)


@contextmanager
def calls(server):
    """The number of requests that are made meanwhile."""
    before, made = len(server.requests), []
    yield made
    made.append(len(server.requests) - before)


def test_parts_in_a_store_ask_what_one_build_asks_and_give_its_dataset(
    running, address, local, server, tmp_path
):
    """The last part that has papers is missing at first, and named."""
    given = means(running, tmp_path / "another")
    parts = sorted({Shard.of(sha256(file.read_bytes()), 3) for file in EXAMPLES.glob("*.pdf")})
    with calls(server) as made:
        for shard in parts[:-1]:
            fill(PAPERS, address, shard, server, means(running, tmp_path / f"machine-{shard.index}"))
        with pytest.raises(
            WorkspaceError, match=rf"shard {parts[-1]} is missing: none of {address} has its receipt"
        ):
            assembled(PAPERS, address, tmp_path / "d", server, given)
        fill(PAPERS, address, parts[-1], server, means(running, tmp_path / "machine"))
    assert assembled(PAPERS, address, tmp_path / "d", server, given) == local[0]
    assert made == [local[1]]
    here = [path for path in (tmp_path / "another").rglob("*.pdf") if path.stat().st_size]
    assert here == []  # sums of papers are enough, and they are known by now


def test_what_a_machine_published_before_it_was_killed_is_not_asked_again(
    running, address, local, server, tmp_path
):
    """It publishes at its tenth request, goes on, and is gone with its disk; its claim is dead by now."""
    store, whole = Store(address, running.options), Shard(1, 1)
    lost = Mirror(tmp_path / "lost", store, whole)
    lost.take_in()
    claims.take(store, whole, lambda _: None)

    def reply(request, nth):
        if nth == 10:
            lost.publish(1)
        return few(request, nth)

    with ScriptedServer(reply, models=("r1",)) as dying:
        fill_shard([EXAMPLES], whole, settings=asking(dying), work=lost.work.root)
    with reading([], [Path(address)], means=means(running, tmp_path / "m")) as here:
        published = count(Workspace(here.work)).calls
    assert 0 < published < local[1]
    given = means(running, tmp_path / "new", times=Times(lambda: 4e9, lambda _: None))
    with calls(server) as made:
        fill(PAPERS, address, whole, server, given)
    assert made == [local[1] - published]
    assert assembled(PAPERS, address, tmp_path / "d", server, given) == local[0]


def test_a_store_that_goes_away_in_the_middle_costs_nothing(running, address, server, tmp_path):
    """The run goes on without it; the next one publishes what that has answered, and asks nothing."""
    with object_store() as gone:

        def reply(request, nth):
            gone.stop()
            return few(request, nth)

        given = Means(scratch=tmp_path / "m", options=gone.options, note=lambda _: None)
        with ScriptedServer(reply, models=("r1",)) as asked:
            with pytest.raises(StoreLost, match="not all could be published"):
                fill(PAPER, address, Shard(1, 1), asked, given)
    with calls(server) as made:
        fill(PAPER, address, Shard(1, 1), server, means(running, tmp_path / "m"))
    assert made == [0]
    with reading([], [Path(address)], means=means(running, tmp_path / "other")) as here:
        assert count(Workspace(here.work)).calls == len(asked.requests) > 10


def test_a_command_whose_store_goes_away_says_what_to_do_and_ends_as_unfinished(
    running, address, server, tmp_path
):
    with object_store() as gone:

        def reply(request, nth):
            gone.stop()
            return few(request, nth)

        scratch = {"QAGEN_SCRATCH": str(tmp_path / "m")}
        command = ("build", EXAMPLES / PAPER.name, "--shard", "1/1", "--work", address, *PLAIN)
        with ScriptedServer(reply, models=("r1",)) as asked:
            environment = {**ENVIRONMENT, **gone.environment, **scratch}
            lost = qagen(*command, "--base-url", asked.base_url, env=environment)
    said = complaints(lost)[-1]
    assert (lost.returncode, said.startswith("error: not all could be published: ")) == (3, True), said
    assert said.endswith("the same command, on this machine, publishes it and goes on"), said
    with calls(server) as made:
        environment = {**ENVIRONMENT, **running.environment, **scratch}
        again = qagen(*command, "--base-url", server.base_url, env=environment)
    assert (again.returncode, made) == (0, [0])


def test_the_commands_take_addresses(running, address, server, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    environment = {**ENVIRONMENT, **running.environment}
    base = ("--base-url", server.base_url)
    run = qagen("build", PAPER, "--shard", "1/1", "--work", address, *PLAIN, *base, "--json", env=environment)
    assert (run.returncode, complaints(run)) == (0, [])
    said = json.loads(run.stdout)
    made = said["calls"]["made"]
    assert (said["work"], made > 10) == (address, True)
    run = qagen("plan", PAPER, "--work", address, *PLAIN, *base, "--json", env=environment)
    assert json.loads(run.stdout)["calls"] == {"left": 0, "paid": made, "to_make": 0}
    run = qagen("assemble", PAPER, "--work", address, "--out", "d", *PLAIN, env=environment)
    named = f"--papers s3://bucket/papers/{PAPER.name} --work {address}"
    assert run.stdout.splitlines()[-1] == f"next        qagen verify d {named}"
    run = qagen("ledger", "merge", address, "--work", "own", env=environment)
    assert (run.returncode, count(Workspace(Path("own"))).calls) == (0, made)
    run = qagen("ledger", "show", "--work", address, env=environment)
    assert (run.returncode, "is an address" in run.stderr) == (1, True)


@pytest.mark.parametrize(
    ("change", "work", "said"),
    [
        ({}, "s3://nosuchbucket/work", "the specified bucket does not exist"),
        ({"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, "s3://bucket/work", "no credentials for 's3://bucket/work"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "s3://bucket/work", "cannot be reached"),
    ],
)  # fmt: skip
def test_a_store_that_cannot_be_used_is_one_line(change, work, said, running, tmp_path):
    environment = {**ENVIRONMENT, **running.environment, **change, "QAGEN_SCRATCH": str(tmp_path)}
    environment = {name: value for name, value in environment.items() if value}
    run = qagen(
        "build", EXAMPLES, "--shard", "1/2", "--work", work, "--engine", "extractive", env=environment
    )
    (line,) = complaints(run)
    assert (run.returncode, run.stdout) == (1, "")
    assert said in line.lower()


def test_what_takes_no_address_makes_no_folder_of_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    address, plain = "s3://bucket/x", ("--engine", "extractive")
    said = {
        "a dataset folder is on a disk": ("build", EXAMPLES, "--out", address, *plain),
        "--on takes papers and a workspace on disks": (
            "build",
            EXAMPLES,
            "--out",
            "d",
            "--on",
            "ray",
            "--work",
            address,
            *plain,
        ),
        "this takes a workspace on a disk": ("demo", "--work", address),
        "this is written to a disk; name a path with --out": ("convert", EXAMPLES, "--out", address),
        "this is written to a disk; name another file": ("prompts", "new", f"{address}.md"),
    }
    for text, command in said.items():
        run = qagen(*command)
        assert (run.returncode, text in run.stderr) == (1, True)
    assert list(tmp_path.iterdir()) == []
