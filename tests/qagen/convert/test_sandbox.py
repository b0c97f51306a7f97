"""What a worker cannot do, tried by one that a hostile PDF took over: in the real worker's confinement, with its real environment."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from qagen.convert import sandbox
from qagen.convert.process import _environment
from qagen.convert.store import take_over

linux = pytest.mark.skipif(
    sys.platform != "linux" or sandbox.missing() != [], reason="this kernel confines nothing"
)

TRIES = """
import json, os, socket, subprocess, sys
from pathlib import Path
from qagen.convert.sandbox import confine
inside, outside, port, parent = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[5]
lacking = confine([inside], json.loads(sys.argv[4]))
def end(what):
    try:
        what()
    except OSError as error:
        return type(error).__name__
    except subprocess.SubprocessError:
        return "SubprocessError"
    return "done"
def connect(port):
    with socket.socket() as made:
        made.settimeout(5)
        made.connect(("127.0.0.1", port))
def listen():
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
print(json.dumps({
    "lacking": lacking,
    "write inside": end(lambda: (inside / "a").write_text("a")),
    "replace inside": end(lambda: (inside / "a").replace(inside / "b")),
    "write outside": end(lambda: (outside / "a").write_text("a")),
    "change outside": end(lambda: (outside / "there").write_text("a")),
    "cut outside": end(lambda: os.truncate(outside / "there", 0)),
    "remove outside": end(lambda: (outside / "there").unlink()),
    "link outside": end(lambda: (inside / "b").rename(outside / "b")),
    "make a folder": end(lambda: (outside / "d").mkdir()),
    "read": end(lambda: (outside / "there").read_text()),
    "connect": end(lambda: connect(port)),
    "connect elsewhere": end(lambda: connect(1)),
    "listen": end(listen),
    "run a program": end(lambda: subprocess.run(["true"], check=True)),
    "the parent's environment": end(lambda: Path(f"/proc/{parent}/environ").read_bytes()),
    "signal the parent": end(lambda: os.kill(int(parent), 0)),
    "privileges": [line.split()[1] for line in Path("/proc/self/status").read_text().splitlines()
                   if line.startswith(("CapPrm", "CapEff", "NoNewPrivs", "Seccomp:"))],
    "environment": sorted(os.environ),
}))
"""


def tried(tmp_path, ports):
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    for folder in (inside, outside):
        folder.mkdir()
    (outside / "there").write_text("text")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        ports = json.dumps([port] if ports else [])
        command = [sys.executable, "-c", TRIES, inside, outside, port, ports, os.getpid()]
        run = subprocess.run(
            [*map(str, command)],
            env=_environment({}),
            capture_output=True,
            text=True,
            check=False,
            cwd=Path.cwd(),
        )
    assert run.returncode == 0, run.stderr
    assert (outside / "there").read_text() == "text"
    return json.loads(run.stdout)


@linux
def test_a_worker_reaches_nothing_and_changes_nothing_but_its_own_folder(tmp_path, monkeypatch):
    for name in ("QAGEN_API_KEY", "HF_TOKEN", "AWS_SECRET_ACCESS_KEY", "QAGEN_PDF_PASSWORD", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "secret-secret")
    for name in [name for name in os.environ if name.startswith("COVERAGE_")]:
        monkeypatch.delenv(name)
    found = tried(tmp_path, ports=False)
    names = set(found.pop("environment"))
    capabilities = f"{1 << 1 if os.geteuid() == 0 else 0:016x}"
    assert found.pop("privileges") == [capabilities, capabilities, "1", "2"]
    refused = {name: end for name, end in found.items() if end != "done"}
    assert refused == {
        "lacking": [],
        "write outside": "PermissionError",
        "change outside": "PermissionError",
        "cut outside": "PermissionError",
        "remove outside": "PermissionError",
        "link outside": refused["link outside"],
        "make a folder": "PermissionError",
        "connect": "PermissionError",
        "connect elsewhere": "PermissionError",
        "listen": "PermissionError",
        "run a program": "PermissionError",
        "the parent's environment": "PermissionError",
        "signal the parent": "PermissionError",
    }
    assert not names & {
        "QAGEN_API_KEY",
        "HF_TOKEN",
        "AWS_SECRET_ACCESS_KEY",
        "QAGEN_PDF_PASSWORD",
        "HTTPS_PROXY",
    }
    assert {"write inside", "replace inside", "read"} <= found.keys() - refused.keys()


@linux
def test_a_worker_of_markers_modes_reaches_its_servers_and_nothing_else(tmp_path):
    found = tried(tmp_path, ports=True)
    ends = {name: found[name] for name in ("connect", "connect elsewhere", "listen", "write outside")}
    assert ends == {
        "connect": "done",
        "connect elsewhere": "PermissionError",
        "listen": "PermissionError",
        "write outside": "PermissionError",
    }


def test_the_ports_are_those_of_the_servers():
    settings = {"A": "http://127.0.0.1:81/v1", "B": "https://far.example/v1", "C": "x", "D": "http://h/v1"}
    assert sandbox.ports_of(settings) == [80, 81, 443]


def test_elsewhere_it_says_what_does_not_hold(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert sandbox.confine([], []) == sandbox.missing() == ["files", "network", "system calls"]


def test_only_the_files_of_a_conversion_are_taken_from_a_worker_and_no_links(tmp_path):
    staged, folder, secret = tmp_path / "staged", tmp_path / "folder", tmp_path / "secret"
    staged.mkdir()
    secret.write_text("secret")
    (staged / "document.md").symlink_to(secret)
    (staged / "calls.jsonl").write_text("forged")
    with pytest.raises(Exception, match="cannot write"):
        take_over(staged, folder)
    assert not folder.exists()


def test_a_fifo_in_a_workers_folder_holds_up_nobody(tmp_path):
    (tmp_path / "staged").mkdir()
    os.mkfifo(tmp_path / "staged" / "document.md")
    take_over(tmp_path / "staged", tmp_path / "folder")
    assert not (tmp_path / "folder").exists()
