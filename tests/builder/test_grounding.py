"""An entailment model in a build, at the command line and from the Hub: real files of a stand-in, no network."""

import json
import subprocess

import pytest

from builder.building.fingerprint import fingerprint
from qagen.errors import HubError, InputError, ModelMissing
from qagen.grounding.pull import fetch, look
from qagen.grounding.store import FILE
from qagen.grounding.weights import find
from qagen.settings import Settings
from tests.command import ENVIRONMENT, QAGEN, build, hashes, qagen, rows
from tests.conftest import EXAMPLES
from tests.entailment_model import write_entailment_model
from tests.hub import running

REPO = "org/tiny-nli"
SOURCE = "The crystals were grown from a flux of caesium chloride. They carry a current below the transition."
PAIRS = [
    {
        "id": "good",
        "source": SOURCE,
        "question": "How were the crystals grown?",
        "answer": "The crystals were grown from a flux of caesium chloride.",
    },
    {
        "id": "wrong",
        "source": SOURCE,
        "question": "How were the crystals grown?",
        "answer": "The crystals carry a current from a flux of hot caesium chloride.",
    },
]


@pytest.fixture
def model(tmp_path):
    return write_entailment_model(tmp_path / "model", SOURCE)


@pytest.fixture
def pairs(tmp_path):
    file = tmp_path / "pairs.jsonl"
    file.write_text("".join(json.dumps(pair) + "\n" for pair in PAIRS))
    return file


def test_check_gives_a_score_and_turns_down_what_is_not_borne_out(pairs, model):
    run = qagen("check", pairs, "--grounding", model)
    found = {row["id"]: row for row in map(json.loads, run.stdout.splitlines())}
    assert (found["good"]["accepted"], found["good"]["grounding"]) == (True, 0.982)
    assert (found["wrong"]["reasons"], found["wrong"]["grounding"]) == (["ungrounded"], 0.018)
    without = [json.loads(row) for row in qagen("check", pairs).stdout.splitlines()]
    assert [row["accepted"] for row in without] == [True, True]
    assert all("grounding" not in row for row in without)


def test_check_explains_the_claim_and_the_window(pairs, model):
    said = qagen("check", pairs, "--grounding", model, "--explain").stdout
    assert "== wrong: turned down, support" in said
    assert "grounding 0.018" in said
    assert "answer | The crystals carry a current from a flux of hot caesium chloride." in said


def test_a_model_that_is_not_here_is_one_line(pairs):
    run = qagen("check", pairs, "--grounding", "org/none")
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.splitlines() == [
        "error: the entailment model 'org/none' is not on this machine; fetch it with `qagen models pull --grounding org/none`, name a "
        "folder with model.onnx, tokenizer.json, config.json, or do without with --grounding off"
    ]


def test_a_build_keeps_scores_says_what_gave_them_and_is_the_same_again(work, tmp_path):
    strict = write_entailment_model(tmp_path / "strict", "the of and in")
    arguments = ("--engine", "extractive", "--grounding", strict)
    plain_code, plain = build(EXAMPLES, tmp_path / "plain", work, "--engine", "extractive")
    code, report = build(EXAMPLES, tmp_path / "d", work, *arguments)
    assert (plain_code, code) == (0, 0)
    assert report["records"] == plain["records"]  # the extractive engine says only what stands there
    assert {row["checks"]["grounding"] for row in rows(tmp_path / "plain")} == {None}
    assert {row["checks"]["grounding"] for row in rows(tmp_path / "d")} == {0.982}
    made = json.loads((tmp_path / "d" / "manifest.json").read_text())["made"]
    assert made["grounding"]["sha256"] == find(str(strict)).identity
    assert made["grounding"]["runtime"].startswith("onnxruntime ")
    assert "grounding" not in json.loads((tmp_path / "plain" / "manifest.json").read_text())["made"]
    before, kept = hashes(tmp_path / "d"), (work / FILE).read_bytes()
    (work / "stamps").rename(work / "forgotten")
    build(EXAMPLES, tmp_path / "d", work, *arguments)
    assert hashes(tmp_path / "d") == before
    assert (work / FILE).read_bytes() == kept


def test_a_changed_model_is_another_build(tmp_path):
    model = write_entailment_model(tmp_path / "m", "one")
    settings = Settings.model_validate({"grounding": {"model": str(model)}})
    before = fingerprint([], settings, {})
    assert before == fingerprint([], settings, {})
    write_entailment_model(tmp_path / "m", "one two")
    assert fingerprint([], settings, {}) != before


def test_doctor_tries_the_model(tmp_path, model):
    (tmp_path / "broken").mkdir()
    for file in ("model.onnx", "tokenizer.json", "config.json"):
        (tmp_path / "broken" / file).write_bytes(b"{}")
    found = {}
    for name in (model, tmp_path / "broken"):
        run = qagen(
            "doctor", "--engine", "extractive", "--grounding", name, "--work", tmp_path / "w", "--json"
        )
        found[name] = next(one for one in json.loads(run.stdout)["findings"] if one["what"] == "grounding")
    good, bad = found.values()
    assert good["ok"]
    assert good["detail"].endswith("a claim that is its own source gets 0.982")
    assert not bad["ok"]
    assert bad["remedy"] == "fetch it again, or name another with --grounding"


@pytest.fixture
def hub(model, tmp_path, monkeypatch):
    monkeypatch.setenv("QAGEN_MODELS", str(tmp_path / "models"))
    files = {file.name: file.read_bytes() for file in model.iterdir()}
    weights = files.pop("model.onnx")
    with running() as hub:
        hub.create(REPO)
        card = {"README.md": b"---\nlicense: apache-2.0\n---\n"}
        hub.commit(REPO, {**files, **card, "onnx/model.onnx": b"full", "onnx/model_quantized.onnx": weights})
        yield hub


def test_a_model_is_shown_and_fetched_with_its_revision_and_licence(hub, tmp_path, model):
    offer = look(REPO, endpoint=hub.url)
    assert (offer.file, offer.license) == ("onnx/model_quantized.onnx", "apache-2.0")
    assert offer.revision == hub.repos[REPO].branches["main"]
    assert not offer.is_here
    got = fetch(offer)
    assert got.identity == find(str(model)).identity
    assert offer.is_here
    said = json.loads((got.place / "source.json").read_text())
    assert (said["repo"], said["revision"], said["license"]) == (REPO, offer.revision, "apache-2.0")


def test_the_command_asks_before_it_fetches(hub, tmp_path):
    env = {
        **ENVIRONMENT,
        "HF_ENDPOINT": hub.url,
        "HF_HOME": str(tmp_path / "hf"),
        "QAGEN_MODELS": str(tmp_path / "models"),
        "HF_HUB_DISABLE_XET": "1",
    }

    def models(*arguments):
        command = [*QAGEN, "models", *arguments, "--grounding"]
        return subprocess.run(
            command, capture_output=True, text=True, env=env, stdin=subprocess.DEVNULL, check=False
        )

    asked = models("pull", REPO)
    assert (asked.returncode, asked.stdout) == (1, "")
    assert (
        asked.stderr.splitlines()[-1]
        == "error: nobody is there to say yes to this download; say it with --yes"
    )
    assert models("pull", REPO, "--yes").returncode == 0
    assert f"  {REPO}  0.00 GB, licence apache-2.0" in models("list").stdout
    assert models("rm", REPO).stdout.startswith(f"deleted     {REPO}: ")
    assert models("list").stdout.startswith("here        0 in ")


def test_a_file_that_comes_otherwise_than_the_hub_says_is_not_kept(hub, tmp_path):
    offer = look(REPO, endpoint=hub.url)
    commit = hub.repos[REPO].commits[offer.revision]
    commit.tree["onnx/model_quantized.onnx"] = commit.tree["onnx/model_quantized.onnx"][:-1] + b"!"
    with pytest.raises(HubError, match="came otherwise than"):
        fetch(offer)
    with pytest.raises(ModelMissing):
        find(REPO)


def test_a_repository_without_weights_for_this_runtime_is_turned_down(hub):
    hub.create("org/safe")
    hub.commit("org/safe", {"model.safetensors": b"x", "tokenizer.json": b"{}", "config.json": b"{}"})
    with pytest.raises(HubError, match="has no ONNX file at all"):
        look("org/safe", endpoint=hub.url)
    with pytest.raises(HubError, match=r"has no 'other.onnx'; its ONNX files are 'onnx/model.onnx'"):
        look(f"{REPO}/other.onnx", endpoint=hub.url)


@pytest.mark.parametrize("name", ["none", "/", "org/"])
def test_what_is_no_name_is_turned_down(name):
    with pytest.raises(InputError, match="is no entailment model's name"):
        look(name)
