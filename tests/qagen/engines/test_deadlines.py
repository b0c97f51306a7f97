"""A server that sends a byte now and then ends in one line, though no single wait is long."""

import hashlib
import socket
import threading
from contextlib import contextmanager

import httpx
import huggingface_hub.utils
import pytest

from qagen.engines.embedded.deadlines import pace
from qagen.engines.embedded.ollama import hand_over
from qagen.engines.embedded.weights import Kept
from qagen.errors import ServerUnreachable

OF_THE_HUB = huggingface_hub.utils.httpx  # httpx2 from its second version on
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
ENDS = "no whole answer within 600 s, but a few bytes now and then"


class Clock:
    """Time that passes with each look at it: as if every byte had been waited for."""

    def __init__(self, step):
        self.now, self.step = 0.0, step

    def __call__(self):
        self.now += self.step
        return self.now


@contextmanager
def dripping(*pieces):
    """An address whose server sends these, each in a segment of its own, and then nothing more, with the connection open."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            connection, _ = server.accept()
            with connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection.recv(65536)
                for piece in pieces:
                    connection.sendall(piece)
                over.wait(30)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            over.set()
            thread.join()


@pytest.mark.parametrize("module", [httpx, OF_THE_HUB], ids=["httpx", "of huggingface_hub"])
@pytest.mark.parametrize(
    ("sent", "step"),
    [([], 300.0), ([HEAD[:20]], 200.0), ([HEAD, b"x"], 200.0)],
    ids=["nothing", "half a head", "half a body"],
)
def test_a_server_that_drips_is_given_up(module, sent, step):
    with dripping(*sent) as address, module.Client(trust_env=False, timeout=300) as client:
        pace(client, 600.0, Clock(step))
        with pytest.raises(module.RemoteProtocolError, match=ENDS):
            client.get(address)


def test_a_wait_that_the_limit_cut_short_is_told_as_such_and_not_as_one_that_is_tried_again():
    with dripping() as address, httpx.Client(trust_env=False, timeout=300) as client:
        pace(client, 600.0, Clock(299.97))  # the wait is for what is left, 0.09 s
        with pytest.raises(httpx.RemoteProtocolError, match=ENDS):
            client.get(address)


def test_each_request_begins_anew_and_data_buys_time():
    body = bytes(4096 * 100)
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    with dripping(whole) as address, httpx.Client(trust_env=False) as client:
        clock = Clock(1.0)
        pace(client, 30.0, clock)
        pace(client, 1.0, clock)  # again is no harm, and changes nothing
        assert len(client.get(address).content) == len(body)


def test_a_hand_over_to_an_ollama_that_drips_ends_in_one_line(tmp_path):
    weights = tmp_path / "small.gguf"
    weights.write_bytes(b"GGUF")
    model = Kept("small", weights, 4, hashlib.sha256(b"GGUF").hexdigest())
    with (
        dripping(HEAD[:9]) as address,
        pytest.raises(ServerUnreachable, match="no whole answer within 1200 s") as caught,
    ):
        hand_over(model, 4096, address, Clock(500.0))
    assert "\n" not in str(caught.value)
