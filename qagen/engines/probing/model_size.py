"""How many parameters a model has, as its name says; servers and model files say it in their own ways (`facts.py`, `gguf.py`).

| name | parameters |
| --- | --- |
| `qwen3:0.6b`, `Qwen2.5-Coder-0.5B-Instruct-GGUF` | 0.6, 0.5 billion |
| `SmolLM2-135M-Instruct.Q4_1` | 135 million |
| `Qwen3-30B-A3B`, `mixtral-8x7b` | 30 and 56 billion: all that are there, not those that work at a time |
| `Qwen2.5-7B-Instruct-1M` | 7 billion: a million is the context |
"""

import re

SMALL = 3 * 10**9
"""Parameters below which a model gets the short prompt: smaller ones copy the rules of the long one back."""

_SIZE = re.compile(
    r"(?<![0-9._])(?:e|(?P<experts>\d{1,3})x)?(?P<number>\d{1,4}(?:[._]\d{1,3})?)(?P<unit>[bmt])(?![a-z0-9])",
    re.IGNORECASE,
)
_UNITS = {"m": 10**6, "b": 10**9, "t": 10**12}
_LEAST = 10**7
"""Of a million parameters there is no model that answers, but there are contexts of a million tokens."""


def parameters_of(name: str) -> int | None:
    """The number of parameters that a model's name gives, the largest of several; None where it gives none."""
    found = []
    for size in _SIZE.finditer(name):
        number = float(size["number"].replace("_", ".")) * int(size["experts"] or 1)
        found.append(round(number * _UNITS[size["unit"].lower()]))
    return max((count for count in found if count >= _LEAST), default=None)


def in_words(parameters: int) -> str:
    """A number of parameters for a person: `135 million`, `1.5 billion`."""
    unit, name = (10**9, "billion") if parameters >= 10**9 else (10**6, "million")
    return f"{parameters / unit:.3g} {name}"
