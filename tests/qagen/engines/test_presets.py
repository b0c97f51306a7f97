"""How models of each family are asked."""

import re

import pytest

from qagen.asking.dialogue import next_request
from qagen.engines.presets import OTHER, PRESETS, preset_of, sampling
from qagen.engines.server.http_client import further
from qagen.errors import SettingsError
from qagen.records import Message, Request
from qagen.settings import AskSettings

TURNS = (Message("system", "Be exact."), Message("user", "Ask about this."))


NAMES = (
    ("deepseek-r1:32b", "DeepSeek R1"),
    ("r1", "DeepSeek R1"),
    ("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", "DeepSeek R1"),
    ("DeepSeek-R1-0528-Qwen3-8B-Q4_K_M.gguf", "DeepSeek R1"),
    ("Skywork-OR1-32B", "no family that is known"),
    ("qwq:32b", "QwQ"),
    ("Qwen/QwQ-32B-GGUF", "QwQ"),
    ("qwen3:8b", "Qwen3"),
    ("Qwen/Qwen3-30B-A3B-Thinking-2507", "Qwen3"),
    ("Qwen3-30B-A3B-Instruct-2507", "Qwen3 without thoughts"),
    ("openai/gpt-oss-20b", "gpt-oss"),
    ("gpt-oss:120b", "gpt-oss"),
    ("magistral:24b", "Magistral"),
    ("phi4-reasoning:plus", "Phi-4 reasoning"),
    ("exaone-deep:7.8b", "EXAONE Deep"),
    ("GLM-Z1-9B-0414", "GLM-Z1"),
    ("llama3.3:70b", "no family that is known"),
    ("barrier1-chat", "no family that is known"),
)


@pytest.mark.parametrize(("model", "family"), NAMES)
def test_a_model_belongs_to_the_family_that_its_name_tells(model, family):
    assert preset_of(model).family == family


def test_every_preset_is_reached_by_some_name_and_its_source_is_told():
    from qagen.engines import presets

    assert {preset.family for preset in (*PRESETS, OTHER)} == {family for _, family in NAMES}
    for preset in PRESETS:
        first = re.sub(r"\W.*", "", preset.family)
        assert first in (presets.__doc__ or ""), preset.family


def asked(model: str, **ask) -> Request:
    request = next_request(TURNS, model, AskSettings(**ask), [])
    assert isinstance(request, Request)
    return request


def test_an_r1_has_no_system_turn_and_all_in_the_users():
    assert asked("deepseek-r1:7b").messages == (Message("user", "Be exact.\n\nAsk about this."),)
    assert asked("qwen3:8b").messages == TURNS
    assert asked("deepseek-r1:7b", system="apart").messages == TURNS
    assert asked("qwen3:8b", system="merged").messages == (Message("user", "Be exact.\n\nAsk about this."),)


def test_what_the_makers_say_goes_into_the_request_and_the_settings_overrule_it():
    def values(request):
        return request.temperature, request.top_p, request.top_k, request.min_p, request.max_tokens

    assert values(asked("deepseek-r1:7b")) == (0.6, 0.95, None, None, 8192)
    assert values(asked("qwq")) == (0.6, 0.95, 20, 0.0, 16384)
    assert values(asked("gpt-oss:20b")) == (1.0, 1.0, None, None, 8192)
    own = {"temperature": 0.3, "top_p": 0.5, "top_k": 3, "min_p": 0.2, "max_tokens": 99}
    for model in ("qwq", "gpt-oss:20b", "other"):
        assert values(asked(model, **own)) == (0.3, 0.5, 3, 0.2, 99)


@pytest.mark.parametrize("model", ["qwq:32b", "qwen3:8b", "deepseek-r1:14b"])
def test_models_that_repeat_themselves_are_never_asked_greedily(model):
    with pytest.raises(SettingsError, match=r"repeats itself without end .* at least 0\.1$"):
        sampling(AskSettings(temperature=0.0), model)
    assert sampling(AskSettings(temperature=0.0), "llama3").temperature == 0


def test_what_is_left_to_the_server_is_in_no_key_and_in_no_request():
    plain = asked("llama3")
    assert preset_of("llama3") is OTHER
    assert (plain.optional, further(plain)) == ({}, {})
    keys = {plain.key, *(asked("llama3", **{name: value}).key for name, value in OPTIONS.items())}
    assert len(keys) == 1 + len(OPTIONS)


OPTIONS = {"top_k": 5, "min_p": 0.1, "thinking_budget": 300, "reasoning_effort": "low"}


def test_a_budget_of_thoughts_is_sent_under_each_servers_name_for_it():
    assert further(asked("llama3", **OPTIONS)) == {
        "top_k": 5,
        "min_p": 0.1,
        "reasoning_effort": "low",
        "thinking_budget_tokens": 300,
        "thinking_token_budget": 300,
        "chat_template_kwargs": {"thinking_budget": 300},
    }
