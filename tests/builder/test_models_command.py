"""`qagen models` against a Hub that speaks to the real huggingface_hub and hf_transfer, and an Ollama as documented."""

import hashlib
import json
import random
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from qagen.engines.embedded.ollama import hand_over
from qagen.engines.embedded.pull import fetch, look
from qagen.engines.embedded.weights import Kept, note_of
from qagen.errors import HubError, QagenError, ServerUnreachable
from tests.command import ENVIRONMENT, QAGEN
from tests.hub import OWNER, Fault, running
from tests.tiny_model import write_model

REPO = "org/Tiny-R1-GGUF"
FILE = "Tiny-R1-Q4_K_M.gguf"
PIECE = 2**19


@pytest.fixture(scope="module")
def weights(tmp_path_factory) -> bytes:
    """The header of a model and as many bytes as make a few pieces; real weights have no long runs of zeros either."""
    path = write_model(tmp_path_factory.mktemp("weights") / "m.gguf", ["a step\n"])
    return path.read_bytes()[:50_000] + random.Random(7).randbytes(8 * PIECE)


@pytest.fixture
def hub(weights):
    with running() as hub:
        hub.create(REPO)
        hub.commit(REPO, {FILE: weights, "README.md": b"---\nlicense: mit\n---\n", "Tiny-R1-Q8_0.gguf": b"x"})
        yield hub


def environment(hub, tmp_path, **more) -> dict[str, str]:
    own = {"HF_ENDPOINT": hub.url, "HF_HOME": str(tmp_path / "hf"), "QAGEN_MODELS": str(tmp_path / "models")}
    return {**ENVIRONMENT, **own, "HF_HUB_DISABLE_XET": "1", **more}


def models(hub, tmp_path, *arguments, **more):
    command = [*QAGEN, "models", *map(str, arguments)]
    env = environment(hub, tmp_path, **more)
    return subprocess.run(
        command, capture_output=True, text=True, env=env, stdin=subprocess.DEVNULL, check=False
    )


@pytest.mark.slow
def test_a_model_is_shown_fetched_listed_and_removed(hub, tmp_path, weights):
    asked = models(hub, tmp_path, "pull", REPO)
    assert (asked.returncode, asked.stdout) == (1, "")
    place = tmp_path / "models" / REPO / FILE
    assert asked.stderr.splitlines() == [
        f"model       {REPO}/{FILE}, revision {hub.repos[REPO].branches['main'][:12]}",
        f"size        {len(weights) / 1e9:.2f} GB ({len(weights):,} bytes)",
        "licence     mit",
        f"to          {place}",
        "error: nobody is there to say yes to this download; say it with --yes",
    ]
    assert not place.exists()
    pulled = models(hub, tmp_path, "pull", f"{REPO}:q4_k_m", "--yes", "--json")
    assert pulled.returncode == 0, pulled.stderr
    assert json.loads(pulled.stdout) == {
        "name": "Tiny-R1-Q4_K_M",
        "path": str(place),
        "size": len(weights),
        "repo": REPO,
        "revision": hub.repos[REPO].branches["main"],
        "sha256": hashlib.sha256(weights).hexdigest(),
        "license": "mit",
        "ollama": None,
    }
    assert place.read_bytes() == weights
    requests = len(hub.requests)
    assert "file" not in hub.steps()[requests:]
    listed = models(hub, tmp_path, "list").stdout
    assert f"  Tiny-R1-Q4_K_M  {len(weights) / 1e9:.2f} GB, licence mit, from {REPO}\n" in listed
    removed = models(hub, tmp_path, "rm", "Tiny-R1-Q4_K_M")
    assert removed.stdout.startswith(f"deleted     {place}")
    assert list((tmp_path / "models" / REPO).iterdir()) == []


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("QAGEN_MODELS", str(tmp_path / "models"))
    return tmp_path / "models" / REPO / FILE


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nothing", r"^'nothing' is no model's name; take one of r1-1.5b, qwen3-4b, "),
        ("org/absent", r"^org/absent is not on http\S+, or cannot be seen with this token; look at the name"),
        (f"{REPO}:Q2_K", rf"^{REPO} has '{FILE}', 'Tiny-R1-Q8_0.gguf', of which 'Q2_K' does not name one"),
        (f"{REPO}/none.gguf", rf"^{REPO} has '{FILE}', 'Tiny-R1-Q8_0.gguf', of which 'none.gguf' does not"),
    ],
)
def test_what_cannot_be_fetched_is_one_line(hub, name, said):
    with pytest.raises(QagenError, match=said) as told:
        look(name, endpoint=hub.url)
    assert "\n" not in str(told.value)


def test_a_private_model_wants_a_token_which_is_shown_nowhere(hub, place, weights):
    hub.repos[REPO].private = True
    with pytest.raises(HubError, match="cannot be seen with this token"):
        look(REPO, endpoint=hub.url)
    offer = look(REPO, endpoint=hub.url, token=OWNER)
    assert OWNER not in repr(offer)
    fetch(offer)
    assert place.read_bytes() == weights


def test_without_xet_a_large_file_comes_in_pieces_side_by_side(hub, place, weights):
    offer = look(REPO, piece=PIECE, endpoint=hub.url)
    got: list[int] = []
    model = fetch(offer, piece=PIECE, progress=got.append)
    pieces = -(-len(weights) // PIECE)
    assert offer.parallel
    assert (model.name, model.path, place.read_bytes() == weights) == ("Tiny-R1-Q4_K_M", place, True)
    assert len(weights) - pieces <= sum(got) <= len(weights)  # hf_transfer counts a byte less per piece
    assert hub.steps().count("file") == pieces + 1  # its first look at the size
    assert [path for path in place.parents[2].rglob("*") if path.is_file()] == [place, note_of(place)]


def test_pieces_that_failed_are_fetched_again_and_those_that_came_are_not(hub, place, weights):
    hub.faults = [Fault("file", 404, 4)]
    fetch(look(REPO, piece=PIECE, endpoint=hub.url), piece=PIECE)
    assert place.read_bytes() == weights
    assert hub.steps().count("file") <= 2 * -(-len(weights) // PIECE) + 2


def test_a_killed_download_goes_on_from_what_it_has(hub, place, weights):
    offer = look(REPO, piece=PIECE, endpoint=hub.url)
    part = place.parents[2] / ".partial" / REPO / f"{offer.revision[:12]}-{FILE}"
    part.parent.mkdir(parents=True)
    part.write_bytes(weights[: 3 * PIECE] + bytes(2 * PIECE) + weights[5 * PIECE : 6 * PIECE + 9])
    before = hub.steps().count("file")
    got: list[int] = []
    fetch(offer, piece=PIECE, progress=got.append)
    assert place.read_bytes() == weights
    assert sum(got) == 2 * PIECE + len(weights) - 6 * PIECE
    assert hub.steps().count("file") - before == len(got)


@pytest.mark.parametrize("piece", [PIECE, 2**30])
def test_bytes_that_are_not_those_of_the_hub_are_deleted(hub, place, weights, piece):
    sha256 = hashlib.sha256(weights).hexdigest()
    hub.objects[sha256] = weights[:-1] + b"?"
    with pytest.raises(
        HubError, match=rf"the Hub says {len(weights):,} bytes and {sha256}; what came is del"
    ):
        fetch(look(REPO, piece=piece, endpoint=hub.url), piece=piece)
    assert list(place.parents[2].rglob("*.gguf")) == []


class Ollama(BaseHTTPRequestHandler):
    blobs: dict[str, bytes]
    created: list

    def log_message(self, *arguments):
        pass

    def do_HEAD(self):
        self.send_response(200 if self.path.rpartition("/")[2] in self.blobs else 404)
        self.end_headers()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/api/create":
            self.created.append(json.loads(body))
            reply = b'{"status":"success"}'
        else:
            digest = self.path.rpartition("/")[2]
            assert digest == f"sha256:{hashlib.sha256(body).hexdigest()}"
            self.blobs[digest] = body
            reply = b""
        self.send_response(200)
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)


def test_a_model_is_made_known_to_an_ollama_with_a_context_that_is_long_enough(tmp_path, weights):
    path = tmp_path / FILE
    path.write_bytes(weights)
    model = Kept("Tiny-R1", path, len(weights))
    handler = type("Bound", (Ollama,), {"blobs": {}, "created": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    try:
        names = [hand_over(model, 12288, address) for _ in range(2)]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    digest = f"sha256:{hashlib.sha256(weights).hexdigest()}"
    recipe = {
        "model": "tiny-r1",
        "files": {FILE: digest},
        "parameters": {"num_ctx": 12288},
        "stream": False,
    }
    assert (names, handler.blobs, handler.created) == (["tiny-r1"] * 2, {digest: weights}, [recipe] * 2)
    with pytest.raises(ServerUnreachable, match=r"^no Ollama answers at .* start it"):
        hand_over(model, 12288, address)
