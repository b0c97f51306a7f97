"""Every secret planted in every place that a reply can give it back: it is in no output and in no file that is left."""

import base64
import json
import os
import shutil
import subprocess
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, unquote

import pytest

from builder.hub.hub import Hub
from qagen.engines.probing.probe import CODE_WORD
from qagen.errors import HubError
from tests.command import ENVIRONMENT, QAGEN
from tests.conftest import EXAMPLES
from tests.scripted_server import Reply, ScriptedServer, paired

KEY, TOKEN, PASSWORD = "kq/4711Zebra+1", "gl-9042Okapi.x", "pw7355Tapir=y"
CORES = [word for core in ("4711Zebra", "9042Okapi", "7355Tapir") for word in (core, base64.b64encode(core[:9].encode()).decode())]  # fmt: skip
HOSTILE = "a\x1b]0;owned\x07\x1b[2J\u202efdp.\nok  forged.pdf"


def forms(secret):
    yield secret
    yield json.dumps(secret)[1:-1].replace("/", "\\/")
    yield quote(secret, safe="")
    yield base64.b64encode(f"user:{secret}".encode()).decode()
    yield "".join(f"&#{ord(char)};" for char in secret)


ECHO = " ".join(form for secret in (KEY, TOKEN, PASSWORD) for form in forms(secret))


def found_in(text):
    return [core for core in CORES if core in text or core in unquote(text)]


def run(*arguments):
    environment = {
        **ENVIRONMENT,
        "QAGEN_API_KEY": KEY,
        "HF_TOKEN": TOKEN,
        "https_proxy": f"http://me:{quote(PASSWORD)}@127.0.0.1:9",
    }
    command = [*QAGEN, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def echoing(request, nth):
    """An answer that gives back all secrets somewhere, another place each time."""
    if nth % 5 == 1:
        return Reply(ECHO, status=429, headers={"Retry-After": "0", "X-Echo": KEY})
    answer = json.loads(replace(paired(request), usage=None).payload(request, nth))
    message = answer["choices"][0]["message"]
    message["reasoning_content"] = ECHO
    message["content"] += (
        f"------\n###QUESTION: Which key is {ECHO}?\n###ANSWER: The key is {ECHO}, of course.\n------\n"
    )
    if nth % 5 == 2:
        answer |= {"system_fingerprint": ECHO, "id": ECHO}
        answer["choices"][0]["finish_reason"] = ECHO
    return Reply(body=json.dumps({**answer, "echo": {"Authorization": f"Bearer {ECHO}", ECHO: [ECHO]}}))


@pytest.mark.slow
def test_no_secret_is_left_by_a_build_whose_server_gives_them_all_back(tmp_path, work):
    papers = tmp_path / "papers"
    papers.mkdir()
    shutil.copy(min(EXAMPLES.glob("*.pdf"), key=lambda path: path.stat().st_size), papers / HOSTILE)
    pages = {"/props": {"build_info": ECHO, "default_generation_settings": {"n_ctx": 512}, "total_slots": 1}}
    common = ("--work", work, "--model", "r1", "--base-url")
    with ScriptedServer(
        echoing,
        models=("r1", ECHO),
        pages=pages,
        trial=lambda *_: Reply(f"{CODE_WORD} {ECHO}", ECHO, usage=None),
    ) as server:
        built = run(
            "build",
            papers,
            "--out",
            tmp_path / "out",
            "--sections",
            "rules",
            "--sample",
            "6",
            *common,
            server.base_url,
        )
        doctor = run("doctor", *common, server.base_url)
        assert any(KEY in headers["authorization"] for headers in server.headers)
    assert built.returncode == 0, built.stderr
    for done in (built, doctor):
        said = done.stdout + done.stderr
        assert found_in(said) == []
        assert not set(said) & set("\x1b\x07\u202e")
        assert "ok  forged" not in said.replace("\\nok  forged", "")
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(left) > 10
    assert [(path, found) for path in left if (found := found_in(path.read_bytes().decode("latin-1")))] == []


class _Echo(BaseHTTPRequestHandler):
    status, body = 403, b""

    def _answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = self.body.replace(b"TOKEN", self.headers.get("Authorization", "").encode())
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Error-Message", body.decode("latin-1").replace("\n", " "))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_HEAD = do_PUT = _answer

    def log_message(self, *arguments):
        """Tests keep quiet."""


TRIED_AGAIN = {429, 500, 503}
"""Statuses after which the Hub's client waits by itself, half a minute, when it reads a list page by page."""
BODIES = [b'"TOKEN"', b"TOKEN\x1b[2J\x07", b'{"error": "TOKEN"}', b'{"error": ["TOKEN"], "errors": "x"}', b"[1]", b"null", b"17", b"", b"<html>", b"\xff\xfe"]  # fmt: skip


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 409, 418, 429, 500, 503])
def test_whatever_a_hub_says_is_one_line_without_the_token(status, tmp_path):
    kind = type("Handler", (_Echo,), {"status": status})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    hub = Hub(endpoint=f"http://me:{PASSWORD}@127.0.0.1:{server.server_port}", token=TOKEN, cache=tmp_path)
    pages = (lambda: hub.files("org/qa", "0" * 40), lambda: hub.pull_requests("org/qa"))
    try:
        for kind.body in BODIES:
            for call in (
                hub.user,
                lambda: hub.look("org/qa"),
                *(pages if status not in TRIED_AGAIN else ()),
                lambda: hub.create("org/qa", private=True),
                lambda: hub.tag("org/qa", "v1", "0" * 40, "one"),
                lambda: hub.card_is_valid("card"),
            ):
                said = ""
                try:
                    call()
                except HubError as error:
                    said = str(error)
                assert said.isprintable(), said
                assert found_in(said) == []
    finally:
        server.shutdown()
        server.server_close()


def test_nothing_of_this_process_was_a_secret_before():
    assert not any(core in value for core in CORES for value in os.environ.values())
