import json
from typing import Any

import pytest

from qagen.engines.embedding import EmbeddingServer
from qagen.errors import NoAnswer, ServerRefused
from qagen.settings import AskSettings
from tests.scripted_server import Reply, ScriptedServer


def listed(*vectors: object, **more: object) -> Reply:
    data = [{"index": place, "embedding": vector} for place, vector in enumerate(vectors)]
    return Reply(body=json.dumps({"data": data, **more}))


async def embed(*replies: Reply, retries: int = 1) -> tuple[object, list[dict[str, Any]], list[float]]:
    """What comes of asking for two texts, what the server was sent, and how long was waited between tries."""
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    with ScriptedServer(reply=lambda request, nth: replies[min(nth, len(replies)) - 1]) as server:
        settings = AskSettings(base_url=server.base_url, retries=retries)
        async with EmbeddingServer(settings, "mini", sleep=sleep) as asked:
            try:
                found: object = await asked.embed(["a", "b"])
            except (NoAnswer, ServerRefused) as error:
                found = error
        return found, list(server.requests), pauses


async def test_vectors_come_in_the_order_of_the_texts_whatever_the_order_of_the_reply():
    data = [{"index": 1, "embedding": [0, 2]}, {"index": 0, "embedding": [1, 0.5]}]
    found, sent, _ = await embed(Reply(body=json.dumps({"data": data})))
    assert found == [[1.0, 0.5], [0.0, 2.0]]
    assert sent == [{"model": "mini", "input": ["a", "b"], "encoding_format": "float"}]


async def test_a_server_that_is_busy_is_asked_again():
    found, sent, pauses = await embed(Reply(status=503, body="loading"), listed([1], [2]))
    assert (found, len(sent), pauses) == ([[1.0], [2.0]], 2, [0.5])


@pytest.mark.parametrize(
    "reply",
    [
        listed([1]),
        listed([1], [1, 2]),
        listed([1], [0]),
        listed([1], []),
        listed([1], "AAAA"),
        listed([1], [True]),
        listed([1], [1e300]),
        Reply(body='{"data": [{"embedding": [1]}, {"embedding": [NaN]}]}'),
        Reply(body='{"data": [1, 2]}'),
        Reply(body='{"data": [{"index": [0], "embedding": [1]}, {"index": {}, "embedding": [2]}]}'),
        Reply(body='{"error": "no embeddings here"}'),
        Reply(body="<html>"),
        Reply(drop="in body", body=b"{" + b" " * 100),
    ],
)
async def test_a_reply_that_is_no_vectors_is_no_answer(reply):
    found, sent, _ = await embed(reply)
    assert str(found).startswith("the embedding model 'mini' at 'http://127.0.0.1:")
    assert str(found).endswith("start its server, or leave out 'embedding_model' in [select]")
    assert len(sent) == 2


async def test_a_server_that_refuses_is_not_asked_again():
    found, sent, _ = await embed(Reply(status=401, body='{"error": "no key"}'))
    assert isinstance(found, ServerRefused)
    assert len(sent) == 1
