"""How each kind of server is told where a model's thoughts end; by its own documentation."""

_OPTIONS = {
    "vLLM": "start it with the --reasoning-parser of this model, or without one",
    "SGLang": "start it with the --reasoning-parser of this model, or without one",
    "llama.cpp": "start it with --reasoning-format none, or another --chat-template",
    "LM Studio": 'turn off "separate reasoning_content" in its developer settings',
    "Ollama": "give the model a template that closes its thoughts, or another tag of it",
}


def parser_remedy(kind: str | None = None) -> str:
    """What to do where a server takes all of an answer for thoughts; for every kind where it is not known."""
    if kind in _OPTIONS:
        return _OPTIONS[kind]
    return "; ".join(f"{name}: {todo}" for name, todo in _OPTIONS.items())
