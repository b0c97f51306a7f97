"""Sets in their real harnesses, each in a process of its own, against a server that says what the test wants.

The harnesses are in the dependency group `evals`, which stands in an environment of its own; `make test-evals` makes it and names its
interpreter in QAGEN_EVALS_PYTHON. Without it the tests look beside themselves, and skip what is not there.
"""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builder.test_evalset import ANSWER, LISTED, LONG, NASTY, QUESTION, dataset, evalset, lines
from tests.command import ENVIRONMENT
from tests.hub import running
from tests.scripted_server import ScriptedServer

__all__ = ["dataset"]

PYTHON = os.environ.get("QAGEN_EVALS_PYTHON")


def needs(package: str) -> pytest.MarkDecorator:
    missing = PYTHON is None and importlib.util.find_spec(package) is None
    return pytest.mark.skipif(missing, reason=f"{package} is not installed: `make test-evals` brings it")


@pytest.fixture
def made(dataset) -> Path:
    return evalset(dataset)[1]


@pytest.fixture
def server(made) -> Iterator[ScriptedServer]:
    """Knows one of the open questions word for word, nothing of the others, and every letter."""
    (chosen,) = lines(made / "data/choice/test.jsonl")
    letter = "ABCD"[chosen["answer_index"]]

    def reply(request: dict, nth: int) -> str:
        asked = request["messages"][-1]["content"]
        if "A)" in asked:
            return f"<think>It could be any, Answer: Z.</think>Since the paper says so.\n\nANSWER: {letter}"
        return ANSWER if asked == QUESTION else "zzz"

    with ScriptedServer(reply) as scripted:
        yield scripted


def run(
    module: str, *arguments: object, server: ScriptedServer, home: Path, at: Path | None = None, **more: str
) -> str:
    own = {
        "HF_HOME": str(home / "hf"),
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "LOCAL_BASE_URL": server.base_url,
        "LOCAL_API_KEY": "none",
        "OPENAI_API_KEY": "none",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "COVERAGE_PROCESS_START": "",
        **({} if "HF_ENDPOINT" in more else {"HF_HUB_OFFLINE": "1"}),
        **more,
    }
    done = subprocess.run(
        [PYTHON or sys.executable, "-c", f"import sys; from {module}; sys.exit(run())", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**ENVIRONMENT, **own},
        cwd=at or home,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
    return done.stdout


def asked(server: ScriptedServer) -> set[str]:
    """What reached the server, word for word."""
    return {request["messages"][-1]["content"] for request in server.requests}


INSPECT = "inspect_ai._cli.main import main as run"
LM_EVAL = "lm_eval.__main__ import cli_evaluate as run"
LIGHTEVAL = "lighteval.__main__ import app as run"


def inspect_scores(logs: Path) -> dict[str, dict[str, float]]:
    """By task and scorer the mean of every metric but the error, as inspect-ai's own logs have it."""
    found = {}
    for file in logs.glob("*.json"):
        header = json.loads(file.read_text(encoding="utf-8"))
        assert header["status"] == "success"
        found[header["eval"]["task"].rpartition("/")[2]] = {
            score["name"]: next(
                m["value"] for name, m in score["metrics"].items() if name in ("mean", "accuracy")
            )
            for score in header["results"]["scores"]
        }
    return found


@needs("inspect_ai")
def test_inspect_ai_runs_both_forms_and_scores_what_was_answered(made, server, tmp_path):
    run(
        INSPECT,
        *("eval", "inspect_tasks.py", "--model", "openai-api/local/m", "--log-dir", tmp_path / "logs"),
        *("--display", "none", "--log-format", "json"),
        server=server,
        home=tmp_path,
        at=made,
    )
    assert inspect_scores(tmp_path / "logs") == {
        "papers_qa_open": {"f1": pytest.approx(1 / 3, abs=1e-3)},
        "papers_qa_choice": {"choice": 1.0},
    }
    assert len(server.requests) == 4
    assert NASTY in asked(server)


@needs("inspect_ai")
def test_the_folder_on_the_hub_is_a_benchmark_that_inspect_ai_runs_by_its_eval_yaml(made, server, tmp_path):
    with running() as hub:
        hub.create("org/set")
        hub.commit(
            "org/set", {str(p.relative_to(made)): p.read_bytes() for p in made.rglob("*") if p.is_file()}
        )
        run(
            INSPECT,
            *("eval", "hf/org/set", "--model", "openai-api/local/m", "--log-dir", tmp_path / "logs"),
            *("--display", "none", "--log-format", "json"),
            server=server,
            home=tmp_path,
            HF_ENDPOINT=hub.url,
        )
    assert inspect_scores(tmp_path / "logs") == {
        "papers_qa_open": {"f1": pytest.approx(1 / 3, abs=1e-3)},
        "papers_qa_choice": {"choice": 1.0},
    }


def lm_eval_results(folder: Path) -> dict[str, dict[str, float]]:
    (file,) = folder.rglob("results_*.json")
    results = json.loads(file.read_text())["results"]
    return {
        task: {
            name.removesuffix(",none"): value
            for name, value in metrics.items()
            if name.endswith(",none") and "stderr" not in name
        }
        for task, metrics in results.items()
    }


@needs("lm_eval")
def test_lm_evaluation_harness_runs_open_questions_and_letters_and_scores_what_was_answered(
    made, server, tmp_path
):
    run(
        LM_EVAL,
        *("run", "--include_path", made / "lm_eval", "--tasks", "papers_qa_open,papers_qa_choice_letter"),
        *(
            "--model",
            "local-chat-completions",
            "--apply_chat_template",
            "--output_path",
            tmp_path / "results",
            "--log_samples",
        ),
        *("--model_args", f"base_url={server.base_url}/chat/completions,model=m"),
        server=server,
        home=tmp_path,
    )
    third = pytest.approx(1 / 3)
    assert lm_eval_results(tmp_path / "results") == {
        "papers_qa_open": {"f1": third, "exact_match": third},
        "papers_qa_choice_letter": {"acc": 1.0},
    }
    assert NASTY in asked(server)
    (samples,) = (tmp_path / "results").rglob("samples_papers_qa_open_*.jsonl")
    assert {sample["target"] for sample in lines(samples)} == {ANSWER, LISTED, LONG}


@needs("lm_eval")
def test_lm_evaluation_harness_compares_the_likelihoods_of_the_choices(made, server, tmp_path):
    run(
        LM_EVAL,
        *("run", "--include_path", made / "lm_eval", "--tasks", "papers_qa_choice", "--model", "dummy"),
        *("--output_path", tmp_path / "results", "--log_samples"),
        server=server,
        home=tmp_path,
    )
    (metrics,) = lm_eval_results(tmp_path / "results").values()
    assert set(metrics) == {"acc", "acc_norm"}
    (sample,) = lines(next((tmp_path / "results").rglob("samples_*.jsonl")))
    (chosen,) = lines(made / "data/choice/test.jsonl")
    compared = [list(arguments.values()) for arguments in sample["arguments"].values()]
    assert compared == [[f"Question: {QUESTION}\nAnswer:", f" {answer}"] for answer in chosen["choices"]]
    assert int(sample["target"]) == chosen["answer_index"]


@needs("lighteval")
def test_lighteval_runs_both_forms_and_scores_what_was_answered(made, server, tmp_path):
    run(
        LIGHTEVAL,
        *("endpoint", "litellm", f"model_name=openai/m,base_url={server.base_url}"),
        *("papers_qa_open|0,papers_qa_choice|0", "--custom-tasks", made / "lighteval_tasks.py"),
        *("--output-dir", tmp_path / "results"),
        server=server,
        home=tmp_path,
    )
    (file,) = (tmp_path / "results").rglob("results_*.json")
    results = json.loads(file.read_text())["results"]
    assert results["papers_qa_open|0"]["f1"] == pytest.approx(1 / 3)
    assert results["papers_qa_choice|0"]["extractive_match"] == 1.0
    assert NASTY in asked(server)
