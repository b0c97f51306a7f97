"""What servers say of a model's weights, in the shapes that Ollama, llama.cpp and vLLM have."""

import json

import httpx
import pytest

from qagen.engines.probing.identity import digest_of

META = {
    "n_params": 32_763_876_352,
    "size": 19_000_000_000,
    "n_vocab": 152_064,
    "n_embd": 5120,
    "n_ctx_train": 1,
}
OLLAMA = {"models": [{"name": "r1:32b", "digest": "aa"}, {"name": "r1:latest", "digest": "bb"}]}


def listing(**model):
    return {"object": "list", "data": [{"id": "other"}, {"id": "r1", **model}]}


async def digest(pages, model="r1", key=None):
    asked = []

    def answer(request):
        asked.append((request.url.path, request.headers.get("authorization")))
        page = pages.get(request.url.path)
        if isinstance(page, Exception):
            raise page
        if isinstance(page, bytes):
            return httpx.Response(200, content=page)
        return httpx.Response(404) if page is None else httpx.Response(200, json=page)

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    found = await digest_of("http://127.0.0.1:1/v1", model, api_key=key, http_client=client)
    return found, asked


@pytest.mark.parametrize(("model", "expected"), [("r1:32b", "aa"), ("r1", "bb"), ("r2", None)])
async def test_ollamas_digest_is_that_of_the_tag_which_latest_stands_for(model, expected):
    found, asked = await digest({"/v1/models": listing(), "/api/tags": OLLAMA}, model, "secret")
    assert (found, asked) == (
        expected,
        [("/v1/models", "Bearer secret"), ("/api/tags", "Bearer secret")],
    )


async def test_other_weights_of_llama_cpp_or_another_place_of_vllm_are_another_digest():
    pages = [listing(meta=META), listing(meta={**META, "size": 1}), listing(root="/a"), listing(root="/b")]
    found = [(await digest({"/v1/models": page}))[0] for page in pages]
    assert None not in found
    assert len(set(found)) == 4
    more = listing(meta={**META, "n_ctx": 4096})
    assert (await digest({"/v1/models": more}))[0] == found[0]


@pytest.mark.parametrize(
    "pages",
    [
        {},
        {"/v1/models": httpx.ConnectError("no"), "/api/tags": httpx.ReadTimeout("no")},
        {"/v1/models": b"<html>", "/api/tags": b"[" * 10_000},
        {"/v1/models": [], "/api/tags": {"models": None}},
        {
            "/v1/models": listing(root="r1", meta=None),
            "/api/tags": {"models": [1, {"name": "r1", "digest": 7}]},
        },
        {
            "/v1/models": b'{"data": [{"id": "r1", "meta": {"n_params": NaN, "size": "\\ud800", "n_vocab": []}}]}'
        },
        {"/v1/models": b"{" + b" " * 2**23 + b"}"},
    ],
)
async def test_what_a_server_does_not_say_or_says_in_no_known_shape_is_not_known(pages):
    assert (await digest(pages))[0] is None


async def test_a_place_with_half_a_surrogate_pair_is_a_place():
    found, _ = await digest({"/v1/models": json.dumps(listing(root="\ud800")).encode()})
    assert len(found) == 64
