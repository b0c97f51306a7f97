"""A real llama.cpp in the process, asked like any server; what its file says is read before it is loaded."""

import asyncio
import gc
from pathlib import Path

import psutil
import pytest

from qagen.engines.embedded.engine import Plan, plan_for, served_name, serving
from qagen.engines.embedded.gguf import ModelFile, read_gguf
from qagen.engines.embedded.memory import total_memory, usable_cores
from qagen.engines.embedded.weights import KNOWN, suggestion
from qagen.engines.server.engine import ServerEngine
from qagen.errors import InputError, NoAnswer
from qagen.records import Message, Request
from qagen.settings import AskSettings, EmbeddedSettings
from tests.tiny_model import R1_TEMPLATE, THINKING_TEMPLATE, write_model

SCRIPT = ["Let me see.\n", "</think>", "\n\n", "###QUESTION: Why?\n", "###ANSWER: Because.\n"]
SMALL = EmbeddedSettings(context=1024, slots=2, threads=1)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory) -> Path:
    return write_model(tmp_path_factory.mktemp("model") / "Tiny-R1.gguf", SCRIPT, template=THINKING_TEMPLATE)


def request(text: str = "Ask.", **more) -> Request:
    return Request("r1", (Message("user", text),), 0.6, 0.95, max_tokens=200, seed=1, **more)


def ask(path: Path, *requests: Request, settings: EmbeddedSettings = SMALL) -> list:
    async def all_of(url: str) -> list:
        async with ServerEngine(AskSettings(base_url=url, retries=0)) as engine:
            return await asyncio.gather(*map(engine.ask, requests), return_exceptions=True)

    with serving(path, "r1", settings) as (url, _):
        return asyncio.run(all_of(url))


def test_it_answers_as_a_server_does_with_the_reasoning_apart_and_its_own_name(tiny):
    answers = ask(tiny, request(), request("Ask again."), request("And again."))
    assert {(answer.text, answer.reasoning, answer.finish_reason) for answer in answers} == {
        ("###QUESTION: Why?\n###ANSWER: Because.\n", "Let me see.\n", "stop")
    }
    served = served_name(read_gguf(tiny), "r1")
    assert {(answer.served_model, answer.engine) for answer in answers} == {(served, "embedded")}


def test_a_template_that_opens_the_thoughts_leaves_a_closing_tag_in_the_text(tmp_path):
    path = write_model(tmp_path / "m.gguf", SCRIPT, template=R1_TEMPLATE)
    (answer,) = ask(path, request())
    assert (answer.text, answer.reasoning) == ("".join(SCRIPT), None)


def test_a_budget_of_thoughts_ends_them(tiny):
    free, held = ask(tiny, request(), request(thinking_budget=1))
    assert (free.reasoning, held.reasoning) == ("Let me see.\n", None)
    assert free.text == held.text


def test_a_prompt_beyond_a_slots_share_of_the_context_is_no_answer(tiny):
    (error,) = ask(tiny, request("x" * 1100))
    assert isinstance(error, NoAnswer)
    assert "exceeds the available context size (1024 tokens)" in str(error)


@pytest.mark.slow
def test_when_it_stops_no_thread_port_process_or_memory_stays(tiny):
    process = psutil.Process()

    def left() -> tuple[int, int, int]:
        gc.collect()
        ports = [one for one in process.net_connections() if one.status == psutil.CONN_LISTEN]
        return process.num_threads(), len(ports), len(process.children())

    settings = EmbeddedSettings(context=16384, slots=4, threads=1)
    cache = 16384 * 4 * 1152
    ask(tiny, request(), settings=settings)  # what the library allocates once, and asyncio's own threads
    before, resident = left(), process.memory_info().rss
    for _ in range(2):
        with serving(tiny, "r1", settings):
            assert left() > before
            serving_takes = process.memory_info().rss - resident
            assert serving_takes > cache // 2
        assert left() == before
    assert process.memory_info().rss - resident < cache // 4


@pytest.mark.slow
def test_a_server_that_is_stopped_at_once_ends(tiny):
    for _ in range(20):  # llama.cpp waits for ever where its loop begins only after it was told to stop
        with serving(tiny, "r1", SMALL) as (url, _):
            assert url.startswith("http://127.0.0.1:")


async def test_an_interrupt_while_it_reads_a_prompt_leaves_nothing_either(tiny):
    process = psutil.Process()
    others = process.children()
    settings = EmbeddedSettings(context=16384, slots=1, threads=1)
    with serving(tiny, "r1", settings) as (url, _):
        async with ServerEngine(AskSettings(base_url=(url,), retries=0)) as engine:
            task = asyncio.create_task(engine.ask(request("x" * 15_000)))
            await asyncio.sleep(0)
            assert engine.hosts[0].under_way == 1
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
    ports = [one for one in process.net_connections() if one.status == psutil.CONN_LISTEN]
    assert (task.cancelled(), ports, process.children()) == (True, [], others)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (None, r"^the model file '.*' is not there; see `qagen models list`"),
        (b"", r"is no GGUF: it begins with b'' instead of b'GGUF'"),
        (b"<html>not found</html>", r"is no GGUF: it begins with b'<htm' instead of b'GGUF'"),
        (b"GGUF\x09\0\0\0" + bytes(16), r"is a GGUF of version 9, and versions 2 and 3 can be read"),
        (b"GGUF\x03\0\0\0" + b"\xff" * 16, r"has a damaged header"),
        (b"GGUF\x03\0\0\0" + bytes(8) + b"\x01" + bytes(7) + b"\xff" * 8, r"has a damaged header"),
    ],
)
def test_a_file_that_is_no_model_is_named_with_its_fault_before_it_is_loaded(tmp_path, data, said):
    path = tmp_path / "m.gguf"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(InputError, match=said), serving(path, "m", SMALL):
        pass


def test_a_model_cut_anywhere_is_told_from_a_whole_one(tiny, tmp_path):
    data, path = tiny.read_bytes(), tmp_path / "cut.gguf"
    for length in [*range(4, 400, 7), *range(400, len(data), len(data) // 60), len(data) - 1]:
        path.write_bytes(data[:length])
        with pytest.raises(InputError, match=r"is not whole|damaged header"):
            read_gguf(path)


def test_a_model_without_a_chat_template_is_turned_down(tmp_path):
    path = write_model(tmp_path / "base.gguf", SCRIPT, template=None)
    with pytest.raises(InputError, match="has no chat template"), serving(path, "m", SMALL):
        pass


def test_the_header_says_what_a_slot_takes(tiny):
    model = read_gguf(tiny)
    told = (model.architecture, model.name, model.license, model.context, model.chat)
    assert told == ("llama", "tiny", "mit", 16384, True)
    width = 288
    assert model.cache_bytes == 2 * (width + width)  # one layer, keys and values, two bytes each


GB = 2**30
SEVEN = ModelFile(Path("7b.gguf"), 5 * GB, "qwen2", None, None, 131072, 57344, chat=True)


@pytest.mark.parametrize(
    ("settings", "memory", "cores", "plan"),
    [
        ({}, 8 * GB, 8, Plan(12288, 3, 8)),
        ({}, 64 * GB, 8, Plan(12288, 4, 8)),
        ({}, 64 * GB, 2, Plan(12288, 2, 2)),
        ({}, 4 * GB, 8, Plan(12288, 1, 8)),
        ({}, None, 8, Plan(12288, 1, 8)),
        ({"context": 4096, "slots": 9, "threads": 3}, 4 * GB, 8, Plan(4096, 9, 3)),
    ],
)
def test_slots_are_as_many_as_the_memory_and_the_cores_feed(settings, memory, cores, plan):
    assert plan_for(SEVEN, EmbeddedSettings(**settings), memory, cores) == plan


def test_another_file_of_the_same_name_is_another_model(tiny, tmp_path):
    other = write_model(tmp_path / tiny.name, [*SCRIPT, "More.\n"], template=THINKING_TEMPLATE)
    names = {served_name(read_gguf(path), "r1") for path in (tiny, other, tiny)}
    assert len(names) == 2


@pytest.mark.parametrize(
    ("memory", "name"),
    [
        (None, "r1-1.5b"),
        (4, "r1-1.5b"),
        (7.6, "qwen3-4b"),
        (16, "qwen3-8b"),
        (32, "r1-14b"),
        (48, "r1-32b"),
        (999, "r1-32b"),
    ],
)
def test_the_default_is_what_the_memory_holds(memory, name):
    assert suggestion(None if memory is None else int(memory * GB)).name == name


def test_known_models_have_names_of_their_own():
    assert len({known.name for known in KNOWN}) == len({known.file for known in KNOWN}) == len(KNOWN)


def test_a_containers_limit_counts_as_the_memory(tmp_path):
    limit = tmp_path / "memory.max"
    limit.write_text("max\n")
    whole = total_memory((limit, tmp_path / "absent"))
    limit.write_text("1000000\n")
    assert (total_memory((limit,)), whole) == (1000000, total_memory(()))
    assert usable_cores(tmp_path) >= 1
