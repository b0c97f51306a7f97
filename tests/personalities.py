"""Model servers as they are documented: what each tells of itself, where it puts reasoning, how it treats a prompt that is too long."""

from collections.abc import Callable
from dataclasses import dataclass, field

from qagen.engines.probing.probe import CODE_WORD
from tests.scripted_server import Json, Reply, ScriptedServer

NAME = "deepseek-r1:14b"


@dataclass(frozen=True)
class Personality:
    """A server that gives each call `context` tokens, and counts one for every `per_token` characters.

    Attributes:
        reasoning: the field for it; None leaves it in the text, before a closing tag.
        refusal: the reply to a prompt that does not fit; None cuts it to the last half of the context.
        schema: whether it holds an answer to a schema.
        pages: what it tells of itself, by path, given its context.
    """

    kind: str
    pages: Callable[[int], dict[str, Json]]
    entry: Json = field(default_factory=dict)
    reasoning: str | None = "reasoning_content"
    refusal: Callable[[int, int], Reply] | None = None
    schema: bool = True
    per_token: float = 4.2

    def server(self, context: int) -> ScriptedServer:
        listed = {"id": NAME, "object": "model", "created": 0, **self.entry}
        if "max_model_len" in listed:
            listed["max_model_len"] = context
        models = Reply(body=_json({"object": "list", "data": [listed]}))
        return ScriptedServer(
            lambda request, _: self.answer(request, context),
            models,
            trial=lambda request, _: self.answer(request, context),
            pages=self.pages(context),
        )

    def answer(self, request: Json, context: int) -> Reply:
        prompt = "".join(message["content"] for message in request["messages"])
        tokens = round(len(prompt) / self.per_token)
        if tokens > context and self.refusal is not None:
            return self.refusal(tokens, context)
        if tokens > context:
            tokens = context // 2
            prompt = prompt[-round(tokens * self.per_token) :]
        text = f"The word is {CODE_WORD}." if CODE_WORD in prompt else "I was given no code word."
        if "response_format" in request and self.schema:
            text = '{"pairs": [{"question": "Why does ice float?", "answer": "It is less dense."}]}'
        if self.reasoning is None:
            return Reply(f"Let me think.\n</think>\n\n{text}", usage=(tokens, 20))
        return Reply(text, reasoning="Let me think.", reasoning_field=self.reasoning, usage=(tokens, 20))


def _json(value: Json) -> str:
    import json

    return json.dumps(value)


def _ollama(context: int) -> dict[str, Json]:
    loaded = {"name": NAME, "model": NAME, "size": 9, "digest": "d", "details": {}, "context_length": context}
    shown = {
        "parameters": 'stop "<|end|>"\ntemperature 0.6',
        "model_info": {"general.architecture": "qwen2", "qwen2.context_length": 131072},
        "capabilities": ["completion", "thinking"],
    }
    return {"/api/version": {"version": "0.12.3"}, "/api/ps": {"models": [loaded]}, "/api/show": shown}


def _refused(status: int, error: Callable[[int, int], Json]) -> Callable[[int, int], Reply]:
    return lambda tokens, context: Reply(status=status, body=_json(error(tokens, context)))


OLLAMA = Personality("Ollama", _ollama, {"owned_by": "library"}, reasoning="reasoning")
VLLM = Personality(
    "vLLM",
    lambda _: {"/version": {"version": "0.11.0"}},
    {"owned_by": "vllm", "root": NAME, "parent": None, "max_model_len": 0},
    reasoning="reasoning",
    refusal=_refused(
        400,
        lambda tokens, context: {
            "error": {
                "message": f"This model's maximum context length is {context} tokens. However, your request has {tokens} input tokens. "
                "Please reduce the length of the input messages.",
                "type": "BadRequestError",
                "param": None,
                "code": 400,
            }
        },
    ),
)
SGLANG = Personality(
    "SGLang",
    lambda context: {
        "/get_server_info": {"version": "0.5.3", "max_running_requests": 48, "context_length": context}
    },
    {"owned_by": "sglang", "root": NAME, "max_model_len": 0},
    refusal=_refused(
        400,
        lambda tokens, context: {
            "object": "error",
            "message": f"The input ({tokens} tokens) is longer than the model's context length ({context} tokens).",
            "type": "BadRequestError",
            "param": None,
            "code": 400,
        },
    ),
)
LM_STUDIO = Personality(
    "LM Studio",
    lambda context: {
        "/api/v0/models": {
            "object": "list",
            "data": [
                {
                    "id": NAME,
                    "type": "llm",
                    "state": "loaded",
                    "max_context_length": 131072,
                    "loaded_context_length": context,
                }
            ],
        }
    },
    {"owned_by": "organization_owner"},
    refusal=_refused(
        400,
        lambda tokens, context: {
            "error": f"Trying to keep the first {tokens} tokens when context the overflows. However, the model is loaded with context "
            f"length of only {context} tokens, which is not enough."
        },
    ),
    schema=False,
)
LLAMA_CPP = Personality(
    "llama.cpp",
    lambda context: {
        "/props": {
            "default_generation_settings": {"n_ctx": context, "params": {}},
            "total_slots": 4,
            "build_info": "b6700-a1b2c3",
        }
    },
    {"owned_by": "llamacpp", "meta": {"n_ctx_train": 131072}},
    reasoning=None,
    refusal=_refused(
        400,
        lambda tokens, context: {
            "error": {
                "code": 400,
                "message": f"the request exceeds the available context size ({context} tokens), try increasing it",
                "type": "exceed_context_size_error",
                "n_prompt_tokens": tokens,
                "n_ctx": context,
            }
        },
    ),
)
UNKNOWN = Personality("a server of an unknown kind", lambda _: {}, {"owned_by": "somebody"})
EVERY = (OLLAMA, VLLM, SGLANG, LM_STUDIO, LLAMA_CPP, UNKNOWN)
