"""What coding agents are told: valid in its form, and every command and every piece of Python of it does what it says."""

import io
import json
import re
import shlex
import shutil
import tomllib
from contextlib import redirect_stdout

import pytest
import yaml

from qagen.reasons import Reason
from qagen.settings import AskSettings
from tests.command import complaints, qagen
from tests.conftest import EXAMPLES, ROOT
from tests.scripted_server import ScriptedServer, paired

pytestmark = pytest.mark.slow

SKILL = ROOT / "skills" / "qagen" / "SKILL.md"
FIELDS = {"name", "description", "license", "compatibility", "metadata", "allowed-tools"}
KEYS = {
    "doctor": {"ok", "findings"},
    "plan": {"papers", "calls"},
    "build": {"records", "papers", "warnings", "rejected_papers", "unanswered", "rejections", "responses"},
    "verify": {"records", "verified", "unverifiable", "failed", "not_verified"},
    "diff": {"added", "removed", "moved", "changed", "same"},
    "parse": {"id", "pairs", "rejections"},
    "check": {"id", "accepted", "support", "reasons", "evidence"},
}
"""What the skill says each command prints."""


def blocks():
    """Each fenced block of the skill: its language and its text."""
    return re.findall(r"^```(\w+)\n(.*?)^```$", SKILL.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def test_the_skill_has_the_form_of_the_agent_skills_specification():
    head, _, body = SKILL.read_text("utf-8").removeprefix("---\n").partition("\n---\n")
    told = yaml.safe_load(head)
    assert told.keys() <= FIELDS
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", told["name"])
    assert told["name"] == SKILL.parent.name
    assert 0 < len(told["description"]) <= 1024
    assert len(told["compatibility"]) <= 500
    assert body.count("\n") < 500
    assert body.lstrip().startswith("# ")


def run(line, server, where):
    """Run a line of a console block, its server exchanged for the test's; what it prints goes where it says."""
    command, _, target = line.removeprefix("$ ").partition(" > ")
    words = shlex.split(command.replace("http://127.0.0.1:11434/v1", server.base_url))
    assert words[0] == "qagen"
    done = qagen(*words[1:])
    assert done.returncode == 0, (line, complaints(done), done.stdout[:2000])
    assert KEYS[words[1]] <= json.loads(done.stdout).keys(), line
    if target:
        (where / target.strip()).write_text(done.stdout)


def test_every_command_and_all_python_of_the_skill_run_in_their_order(work, tmp_path, monkeypatch):
    papers = tmp_path / "papers"
    papers.mkdir()
    shutil.copy(min(EXAMPLES.glob("*.pdf")), papers)
    shutil.copytree(work / "papers", tmp_path / ".qagen" / "papers")
    (tmp_path / "answer.txt").write_text(
        "###QUESTION: Why is it so?\n###ANSWER: Since it cannot be otherwise.\n"
    )
    pair = {
        "id": "1",
        "source": "It is so since heat flows.",
        "question": "Why is it so?",
        "answer": "Heat flows.",
    }
    (tmp_path / "pairs.jsonl").write_text(json.dumps(pair) + "\n")
    monkeypatch.chdir(tmp_path)
    printed = io.StringIO()
    with (
        ScriptedServer(lambda request, _: paired(request, 3), models=("deepseek-r1:14b",)) as server,
        redirect_stdout(printed),
    ):
        for language, text in blocks():
            if language == "console":
                for line in text.splitlines():
                    run(line, server, tmp_path)
            else:
                exec(text, {})
    report = json.loads((tmp_path / "build.json").read_text())
    assert json.loads((tmp_path / "again.json").read_text())["calls"]["made"] == 0
    assert f"{report['records']} records; {{'converted': 0, 'found': 1" in printed.getvalue()
    assert {language for language, _ in blocks()} == {"console", "python"}


def test_the_faults_that_the_skill_mends_are_reasons_and_keys_of_the_report():
    table = SKILL.read_text("utf-8").partition("## 3. Mend")[2].partition("## 4")[0]
    named = {word for word in re.findall(r"`(\w+)`", table) if "_" in word}
    known = {reason.value for reason in Reason} | KEYS["build"] | set(AskSettings.model_fields)
    assert len(named) > 8
    assert named <= known


def test_llms_txt_has_its_form_and_links_to_what_is_there():
    lines = (ROOT / "llms.txt").read_text("utf-8").splitlines()
    assert re.fullmatch(r"# \S.*", lines[0])
    assert next(line for line in lines[1:] if line).startswith("> ")
    links = [line for line in lines if line.startswith("- [")]
    found = [re.fullmatch(r"- \[[^\]]+\]\(([^)]+)\): \S.*", line) for line in links]
    assert len(links) > 10
    assert [
        link for link, match in zip(links, found, strict=True) if not (match and (ROOT / match[1]).is_file())
    ] == []


def test_both_travel_in_the_wheel():
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"][
        "wheel"
    ]
    shipped = wheel["force-include"]
    assert shipped["llms.txt"] == "qagen/llms.txt"
    assert shipped["skills/qagen/SKILL.md"] == "qagen/skills/qagen/SKILL.md"
    assert all((ROOT / path).exists() for path in shipped)
