"""The scripts for clusters do what they say: each command that they run is one that qagen takes, for every part once."""

import os
import shlex
import subprocess

import pytest
import typer
import yaml

from builder.cli import app
from tests.conftest import ROOT

JOBS = ROOT / "examples" / "jobs"
PARTS = 3
RECORDS = '#!/bin/sh\nprintf "%s\\n" "$0 $*" >> "$CALLS"\n'


@pytest.fixture
def run(tmp_path):
    """Runs a script with programs that note how they are called; gives its exit code and the calls of qagen."""

    def program(name, code):
        place = tmp_path / "bin" / name
        place.parent.mkdir(exist_ok=True)
        place.write_text(RECORDS + code)
        place.chmod(0o755)

    def run(command, *, qagen=0, vllm="exec sleep 60", **environment):
        program("qagen", f"exit {qagen}\n")
        program("vllm", f"{vllm}\n")
        program(
            "curl", '[ "$(grep -c "curl" "$CALLS")" -gt "$UNANSWERED" ]\n'
        )  # vLLM answers the third time, or whenever the test says
        calls = tmp_path / "calls"
        calls.write_text("")
        environment = {
            "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
            "CALLS": str(calls),
            "POLL": "0",
            "UNANSWERED": "2",
            **environment,
        }
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)
        told = [shlex.split(line) for line in calls.read_text().splitlines()]
        return ended.returncode, [call[1:] for call in told if call[0].endswith("/qagen")], told

    return run


def parsed(call):
    """The options of a call as the command line reads them; whatever it would refuse is an error."""
    root = typer.main.get_command(app)
    command = root.get_command(typer.Context(root), call[0])
    return {name: value for name, value in command.make_context(call[0], call[1:]).params.items() if value}


def slurm(run, task, **more):
    variables = {"PAPERS": "p", "WORK": "/w", "MODEL": "r1", "SLURM_JOB_ID": f"{40 + task}"}
    array = {"SLURM_ARRAY_TASK_ID": str(task), "SLURM_ARRAY_TASK_COUNT": str(PARTS)}
    return run(["bash", JOBS / "slurm.sh"], **variables, **array, **more)


def test_each_task_of_a_slurm_array_fills_its_part_from_its_own_server(run):
    ports = set()
    for task in range(1, PARTS + 1):
        code, (call,), told = slurm(run, task, OPTIONS="--pairs 5")
        given = parsed(call)
        assert (code, str(given["shard"]), str(given["work"])) == (0, f"{task}/{PARTS}", f"/w/part-{task}")
        assert (given["model"], given["pairs"]) == ("r1", 5)
        served = next(line for line in told if line[0].endswith("/vllm"))
        port = served[served.index("--port") + 1]
        assert list(given["base_url"]) == [f"http://127.0.0.1:{port}/v1"]
        ports.add(port)
    assert len(ports) == PARTS


@pytest.mark.parametrize(("of_qagen", "of_task"), [(0, 0), (3, 0), (1, 1), (130, 130)])
def test_a_task_fails_where_its_part_is_not_done(of_qagen, of_task, run):
    assert slurm(run, 1, qagen=of_qagen)[0] == of_task


def test_a_task_whose_server_dies_fails_and_fills_nothing(run):
    code, calls, _ = slurm(run, 1, vllm="exit 1", POLL="0.05", UNANSWERED="1000000")
    assert (code, calls) == (1, [])


def test_slurm_assembles_all_parts(run):
    variables = {"PAPERS": "p", "WORK": "/w", "MODEL": "r1", "PARTS": str(PARTS), "OUT": "/d"}
    code, (call,), _ = run(["bash", JOBS / "slurm_assemble.sh"], **variables)
    given = parsed(call)
    assert (code, str(given["out"])) == (0, "/d")
    assert [str(work) for work in given["work"]] == [f"/w/part-{part}" for part in range(1, PARTS + 1)]


def kubernetes():
    return {
        job["metadata"]["name"]: job for job in yaml.safe_load_all((JOBS / "kubernetes.yaml").read_text())
    }


def container_of(job):
    """Its command and what its environment says."""
    (container,) = job["spec"]["template"]["spec"]["containers"]
    return container["command"], {one["name"]: one["value"] for one in container["env"]}


def test_each_index_of_a_kubernetes_job_fills_its_part(run):
    job = kubernetes()["qagen-fill"]
    command, environment = container_of(job)
    count = job["spec"]["completions"]
    assert environment["PARTS"] == str(count)
    (served,) = job["spec"]["template"]["spec"]["initContainers"]
    for index in (0, 1, count - 1):
        code, (call,), _ = run(command, JOB_COMPLETION_INDEX=str(index), qagen=3, **environment)
        given = parsed(call)
        assert (code, str(given["shard"]), str(given["work"])) == (
            0,
            f"{index + 1}/{count}",
            f"/data/parts/part-{index + 1}",
        )
        assert given["model"] in served["args"]
        assert list(given["base_url"]) == [f"http://127.0.0.1:{served['args'][-1]}/v1"]
    assert run(command, JOB_COMPLETION_INDEX="0", qagen=1, **environment)[0] == 1


def test_kubernetes_assembles_what_its_indices_fill(run):
    fill, assemble = kubernetes().values()
    command, environment = container_of(assemble)
    code, (call,), _ = run(command, **environment)
    given = parsed(call)
    filled = container_of(fill)[0][-1]
    assert code == 0
    assert len(given["work"]) == fill["spec"]["completions"]
    assert f"{given['work'][0]}".replace("part-1", "part-$part") in filled
    assert given["model"] in filled
