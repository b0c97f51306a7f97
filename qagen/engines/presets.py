"""How each family of models wants to be sampled, as its makers say; a value in the settings overrules it. Pure.

Each family's source is the model card on the Hub, or the README of the repository, that its maker keeps:

| family | source, and what it says |
| --- | --- |
| DeepSeek R1 and its distills | deepseek-ai/DeepSeek-R1, "Usage Recommendations": temperature 0.5 to 0.7, best 0.6, against endless repetition; no system prompt, all instructions in the user's turn; top_p 0.95 in its evaluations |
| QwQ | Qwen/QwQ-32B, "Usage Guidelines": temperature 0.6, top_p 0.95, min_p 0, top_k 20 to 40, never greedy |
| Qwen3, thinking | Qwen/Qwen3-32B, "Best Practices": temperature 0.6, top_p 0.95, top_k 20, min_p 0, never greedy |
| Qwen3, without thoughts | Qwen/Qwen3-30B-A3B-Instruct-2507, "Best Practices": temperature 0.7, top_p 0.8, top_k 20, min_p 0 |
| gpt-oss | openai/gpt-oss, README: temperature 1.0, top_p 1.0 |
| Magistral | mistralai/Magistral-Small-2506: temperature 0.7, top_p 0.95 |
| Phi-4 reasoning | microsoft/Phi-4-reasoning: temperature 0.8, top_k 50, top_p 0.95 |
| EXAONE Deep | LGAI-EXAONE/EXAONE-Deep-32B, "Usage Guideline": temperature 0.6, top_p 0.95, no system prompt |
| GLM-Z1 | THUDM/GLM-Z1-32B-0414: temperature 0.6, top_p 0.95, top_k 40 |

`max_tokens` is our own: what ten pairs take (about 2,000 tokens) with room for the thoughts before them; models that are known to think
long get twice the room.
"""

import re
from dataclasses import dataclass

from qagen.errors import SettingsError
from qagen.records import Message
from qagen.settings import AskSettings

ROOM = 8192
"""Tokens for thoughts and answer."""
MUCH_ROOM = 16384


@dataclass(frozen=True, slots=True)
class Preset:
    """How a family of models is sampled.

    Attributes:
        family: its name, for a person.
        pattern: what the lower-case names of its models hold, whoever serves them.
        top_k, min_p: None leaves them to the server.
        merged: whether the system's turn is put before the user's instead of standing apart.
        greedy: whether it may be asked with a temperature of 0.
        thinks: whether it thinks before it answers.
        efforts: whether it can be told how hard to think, in a word.
    """

    family: str
    pattern: str
    temperature: float = 0.6
    top_p: float = 0.95
    top_k: int | None = None
    min_p: float | None = None
    max_tokens: int = ROOM
    merged: bool = False
    greedy: bool = True
    thinks: bool = True
    efforts: bool = False


PRESETS = (
    Preset("DeepSeek R1", r"(?<![a-z])r1(?![0-9a-z])|deepseek[-_ ]?reasoner", merged=True, greedy=False),
    Preset("QwQ", r"(?<![a-z])qwq", top_k=20, min_p=0.0, max_tokens=MUCH_ROOM, greedy=False),
    Preset(
        "Qwen3 without thoughts",
        r"qwen-?3.*instruct",
        temperature=0.7,
        top_p=0.8,
        top_k=20,
        min_p=0.0,
        thinks=False,
    ),
    Preset("Qwen3", r"qwen-?3", top_k=20, min_p=0.0, greedy=False),
    Preset("gpt-oss", r"gpt-?oss", temperature=1.0, top_p=1.0, efforts=True),
    Preset("Magistral", r"magistral", temperature=0.7),
    Preset("Phi-4 reasoning", r"phi-?4.*reason", temperature=0.8, top_k=50),
    Preset("EXAONE Deep", r"exaone-?deep", max_tokens=MUCH_ROOM, merged=True),
    Preset("GLM-Z1", r"glm-?z1", top_k=40, max_tokens=MUCH_ROOM),
)
"""The first that fits counts; a distill of R1 is an R1 whatever its base model."""
OTHER = Preset("no family that is known", "", thinks=False)


@dataclass(frozen=True, slots=True)
class Sampling:
    """What a model is really asked with: its preset, and the settings that overrule it."""

    temperature: float
    top_p: float
    top_k: int | None
    min_p: float | None
    max_tokens: int
    merged: bool


def preset_of(model: str) -> Preset:
    """The preset of a model's family by its name, or one for any model that follows instructions."""
    name = model.lower()
    return next((preset for preset in PRESETS if re.search(preset.pattern, name)), OTHER)


def sampling(ask: AskSettings, model: str) -> Sampling:
    """The sampling of a model: the settings' value where they give one, else its family's.

    Raises:
        SettingsError: for a temperature of 0 with a model that repeats itself without end at it.
    """
    preset = preset_of(model)
    if ask.temperature == 0 and not preset.greedy:
        raise SettingsError(
            f"'ask.temperature' is 0, but {model!r} ({preset.family}) repeats itself without end when it is sampled greedily",
            remedy=f"leave it out for {preset.temperature:g}, or set it to at least 0.1",
        )
    return Sampling(
        temperature=preset.temperature if ask.temperature is None else ask.temperature,
        top_p=preset.top_p if ask.top_p is None else ask.top_p,
        top_k=preset.top_k if ask.top_k is None else ask.top_k,
        min_p=preset.min_p if ask.min_p is None else ask.min_p,
        max_tokens=preset.max_tokens if ask.max_tokens is None else ask.max_tokens,
        merged=preset.merged if ask.system == "auto" else ask.system == "merged",
    )


def briefly(ask: AskSettings, model: str, budget: int) -> AskSettings:
    """The same settings with a model's thoughts kept short, where its family can be told so.

    Args:
        ask: as for pairs.
        model: whose family decides.
        budget: the most tokens of thoughts.
    """
    preset = preset_of(model)
    change: dict[str, object] = {}
    if preset.efforts or ask.reasoning_effort is not None:
        change["reasoning_effort"] = "low"
    if (preset.thinks and not preset.efforts) or ask.thinking_budget is not None:
        change["thinking_budget"] = min(budget, ask.thinking_budget or budget)
    return ask.model_copy(update=change)


def merge_system_turn(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """The same turns with the text of a system's turn at the head of the user's turn that follows it."""
    if len(messages) < 2 or messages[0].role != "system" or messages[1].role != "user":
        return messages
    system, user, *others = messages
    return (Message("user", f"{system.content}\n\n{user.content}"), *others)
