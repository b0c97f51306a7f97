"""Prompts: files with a front matter (`name`, `description`, optionally `system` and `use`) and the user's turn below it.

Both turns are Jinja2 templates. What they may use depends on what the prompt is for, its `use`, and any other name is an error:

| use | asks for | may use |
| --- | --- | --- |
| `pairs` (where none is given) | pairs about a chunk | `pairs` (how many), `chunk` (the text), `section` (the headings above it, a list), `format` (text or json), `language` (its English name) |
| `places` | pairs that need several places of a paper | `pairs`, `parts` (each with `name`, `section`, `text`), `fence`, `format`, `language` |
| `sections` | the headings of the main body | `headings` (a list), `fence` |
| `judge` | verdicts on pairs | `chunk`, `section`, `pairs` (each with `id`, `question`, `answer`), `fence`, `problem` (why an earlier answer could not be read; mostly empty) |
| `round-trip` | an answer to a pair's question | `chunk`, `section`, `question`, `fence`, `language` |

`fence` are hex digits that nothing between them can hold, since they are a hash of it. Constant text goes first and the chunk
last, so that a server can reuse what it has computed for the beginning.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from string import ascii_uppercase

import yaml
from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from qagen.errors import SettingsError
from qagen.question_kinds import Wanted
from qagen.records import Chunk, ChunkGroup, Message, sha256

_ENVIRONMENT = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False, trim_blocks=True
)

_TRIAL_PAIR = {"id": "the id", "question": "the question", "answer": "the answer"}
_TRIALS: Mapping[str, Mapping[str, object]] = {
    "pairs": {"pairs": 1, "chunk": "the chunk", "section": [], "format": "text", "language": "English"},
    "places": {
        "pairs": 1,
        "parts": [{"name": "A", "section": [], "text": "the text"}],
        "fence": "0",
        "format": "text",
        "language": "English",
    },
    "sections": {"headings": ["the heading"], "fence": "0"},
    "judge": {"chunk": "the chunk", "section": [], "pairs": [_TRIAL_PAIR], "fence": "0", "problem": ""},
    "round-trip": {
        "chunk": "the chunk",
        "section": [],
        "question": "the question",
        "fence": "0",
        "language": "English",
    },
}
"""For each use the names that a prompt may use, with values to try it with."""
_SHOWN: Mapping[str, Mapping[str, str]] = {
    "pairs": {"the chunk": "chunk"},
    "places": {"the text": "parts"},
    "sections": {"the heading": "headings"},
    "judge": {"the chunk": "chunk", "the id": "pairs", "the question": "pairs", "the answer": "pairs"},
    "round-trip": {"the chunk": "chunk", "the question": "question"},
}
"""For each use what the model has to be shown, and the name that shows it."""


@dataclass(frozen=True)
class Prompt:
    """A prompt as its file says it; `text` is the whole file."""

    name: str
    description: str
    system: str | None
    user: str
    text: str
    use: str = "pairs"

    @cached_property
    def sha256(self) -> str:
        """The sha256 of the file's text."""
        return sha256(self.text)

    @property
    def label(self) -> str:
        """How the ledger names it: its name and the beginning of its hash."""
        return f"{self.name}@{self.sha256[:12]}"

    def label_for(self, wanted: Wanted) -> str:
        """The same of calls that ask for one kind of pairs: `deep-qa+cause@` and the hash."""
        kind = f"+{wanted.name}" if wanted.name else ""
        return f"{self.name}{kind}@{self.sha256[:12]}"

    def messages(
        self, chunk: Chunk, pairs: int, response_format: str = "text", language: str = "English"
    ) -> tuple[Message, ...]:
        """The turns that ask for `pairs` pairs about a chunk in a language, as text or as JSON.

        Raises:
            SettingsError: where a template uses a name that there is not.
        """
        names = {
            "pairs": pairs,
            "chunk": chunk.text,
            "section": list(chunk.section.path),
            "format": response_format,
            "language": language,
        }
        return self.turns(names)

    def messages_of_group(
        self,
        group: ChunkGroup,
        pairs: int,
        fence: str,
        response_format: str = "text",
        language: str = "English",
    ) -> tuple[Message, ...]:
        """The turns that ask for up to `pairs` pairs about several chunks, each of them named; as `messages`.

        Args:
            group: the chunks.
            pairs: how many at most.
            fence: hex digits that no chunk can hold.
            response_format: text or json.
            language: its English name.
        """
        parts = [
            {"name": name, "section": list(chunk.section.path), "text": chunk.text}
            for name, chunk in zip(ascii_uppercase, group.chunks, strict=False)
        ]
        return self.turns(
            {"pairs": pairs, "parts": parts, "fence": fence, "format": response_format, "language": language}
        )

    def turns(self, names: Mapping[str, object]) -> tuple[Message, ...]:
        """The turns with the names of the prompt's use filled in.

        Raises:
            SettingsError: where a template uses a name that there is not.
        """
        turns = (("system", self.system), ("user", self.user))
        return tuple(Message(role, self._render(template, names)) for role, template in turns if template)

    def _render(self, template: str, names: Mapping[str, object]) -> str:
        try:
            return _compiled(template).render(dict(names)).strip()
        except _OF_A_TEMPLATE as error:
            known = ", ".join(sorted(names))
            raise SettingsError(
                f"the prompt {self.name!r} cannot be rendered: {' '.join(str(error).split())}",
                remedy=f"it may use {known}",
            ) from None


_OF_A_TEMPLATE = (
    TemplateError,
    TypeError,
    ValueError,
    ArithmeticError,
    LookupError,
    AttributeError,
    RecursionError,
)
"""What a template's own expressions may raise."""


@lru_cache(maxsize=64)
def _compiled(template: str) -> Template:
    """Compiling takes ten times as long as rendering, and every chunk is rendered more than once."""
    return _ENVIRONMENT.from_string(template)


def load_prompt(name: str, use: str = "pairs") -> Prompt:
    """A built-in prompt by its name, or a prompt file by its path; rendered once, so that mistakes show at once.

    Args:
        name: the built-in prompt's name, or the file's path.
        use: what it has to be for.

    Raises:
        SettingsError: where there is none of that name, it is not a prompt, or is for something else.
    """
    prompt = any_prompt(name)
    if prompt.use != use:
        raise SettingsError(
            f"the prompt {name!r} is for {prompt.use!r}, and one for {use!r} is wanted",
            remedy="see `qagen prompts list`",
        )
    return prompt


def any_prompt(name: str) -> Prompt:
    """As `load_prompt`, whatever the prompt is for.

    Raises:
        SettingsError: where there is none of that name, or it is not a prompt.
    """
    prompt = _parse(_read(name), name)
    shown = "\n".join(message.content for message in prompt.turns(_TRIALS[prompt.use]))
    for value, needed in _SHOWN[prompt.use].items():
        if value not in shown:
            what = needed if needed == value.removeprefix("the ") else f"{needed} ({value})"
            raise SettingsError(
                f"the prompt {name!r} never shows the {what} to the model",
                remedy=f"put {{{{ {needed} }}}} into it",
            )
    return prompt


def with_name(prompt: Prompt, name: str) -> str:
    """A prompt's text with another name in its front matter."""
    head, separator, body = prompt.text.removeprefix("---\n").partition("\n---\n")
    front = {**yaml.safe_load(head), "name": name}
    written = yaml.safe_dump(front, sort_keys=False, allow_unicode=True, width=1000).strip()
    return f"---\n{written}{separator}{body}"


def builtin_prompts() -> tuple[Prompt, ...]:
    """The prompts that come with the package, by name."""
    return tuple(any_prompt(name) for name in _builtin_names())


def _builtin_names() -> list[str]:
    return sorted(
        file.name.removesuffix(".md") for file in files(__name__).iterdir() if file.name.endswith(".md")
    )


def _read(name: str) -> str:
    builtin = files(__name__).joinpath(f"{name}.md")
    if "/" not in name and "\\" not in name and builtin.is_file():
        return builtin.read_text(encoding="utf-8")
    if Path(name).exists() and not Path(name).is_file():
        raise SettingsError(
            f"the prompt {name!r} is no file",
            remedy=f"built in: {', '.join(_builtin_names())}; or give a file's path",
        )
    try:
        return Path(name).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"the prompt file {name!r} is not UTF-8 ({error.reason})", remedy="save it as UTF-8"
        ) from None
    except (OSError, ValueError) as error:
        known = ", ".join(_builtin_names())
        cause = getattr(error, "strerror", None) or str(error)
        raise SettingsError(
            f"there is no prompt {name!r} ({cause})", remedy=f"built in: {known}; or give a file's path"
        ) from None


def _parse(text: str, name: str) -> Prompt:
    head, separator, body = text.removeprefix("---\n").partition("\n---\n")
    if not text.startswith("---\n") or not separator:
        raise SettingsError(
            f"the prompt {name!r} has no front matter",
            remedy="begin it with `---`, `name: ...`, `description: ...`, `---`",
        )
    try:
        front = yaml.safe_load(head)
    except yaml.YAMLError as error:
        raise SettingsError(
            f"the front matter of the prompt {name!r} is not YAML: {' '.join(str(error).split())}"
        ) from None
    if not isinstance(front, dict) or not all(isinstance(value, str) for value in front.values()):
        raise SettingsError(f"the front matter of the prompt {name!r} has to be `key: text` lines")
    missing, unknown = (
        {"name", "description"} - front.keys(),
        front.keys() - {"name", "description", "system", "use"},
    )
    if missing or unknown:
        wrong = f"lacks {sorted(missing)}" if missing else f"has the unknown {sorted(map(str, unknown))}"
        raise SettingsError(
            f"the front matter of the prompt {name!r} {wrong}",
            remedy="it takes name, description and, if you like, system and use",
        )
    use = front.get("use", "pairs")
    if use not in _TRIALS:
        raise SettingsError(
            f"the prompt {name!r} is for {use!r}, which there is not",
            remedy=f"`use` is one of {', '.join(_TRIALS)}",
        )
    return Prompt(front["name"], front["description"], front.get("system"), body.strip(), text, use)
