"""The reference of the documentation, made of the code: commands, settings, reasons, columns, Python.

`pages()` gives each page's Markdown by its path in the site. What stands there is what the code says of itself: `--help` of each command,
the docstrings of settings and functions, the meaning of a reason, the schema. Only what a column means is read from docs/dataset.md.
"""

import inspect
import logging
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import griffe
import typer
from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from typer.cli import get_docs_for_click

import builder
import qagen
from builder.cli import app
from builder.folder.schema import CONFIGS, LATER, column_names
from qagen.options.reading import options_of
from qagen.options.tables import LoadOptions
from qagen.reasons import Reason
from qagen.settings import RuleSettings, Settings

ROOT = Path(__file__).resolve().parents[1]
_COLUMN = re.compile(r"^\| `([\w.\[\]]+)` \| \w+ \| (.*?) ?\|$", re.MULTILINE)
_PAGE_NAMES = ("commands", "settings", "reasons", "columns", "python")
_BOUNDS = {Ge: "≥ {0.ge:g}", Gt: "> {0.gt:g}", Le: "≤ {0.le:g}", Lt: "< {0.lt:g}"}
_LENGTHS = {MinLen: "at least {0.min_length} character", MaxLen: "at most {0.max_length} characters"}


def pages() -> dict[str, str]:
    """Each page's Markdown, by its path in the site."""
    return {f"reference/{name}.md": globals()[name]() for name in _PAGE_NAMES}


def commands() -> str:
    """What `--help` says of each command, as typer lays it out."""
    root = typer.main.get_command(app)
    said = get_docs_for_click(obj=root, ctx=typer.Context(root, info_name="qagen"), name="qagen", title=None)
    said = re.sub(r"\*\*Commands\*\*:\n\n(\* .*\n)+\n", "", said)
    said = re.sub(r"^(#+) `(.*)`$", r"\1 \2", said, flags=re.MULTILINE)
    said = re.sub(r"<(?=[a-z])([^<>\n]*)>(?=`)", r"\1", said)
    rest = said.partition("## qagen ")
    table = "\n".join(
        f"| [`{name}`](#{_slug(name)}) | {_first(one.help)} |" for name, one in _walk(root, "qagen")
    )
    return f"# Commands\n\nWhat `--help` says.\n\n| command | does |\n| --- | --- |\n{table}\n\n{''.join(rest[1:])}"


def _walk(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    for key, one in getattr(command, "commands", {}).items():
        if not hasattr(one, "commands"):
            yield f"{name} {key}", one
        yield from _walk(one, f"{name} {key}")


def _first(text: str | None) -> str:
    return " ".join(re.split(r"(?<=\.)\s|\n\n", (text or "").strip())[0].split())


def _slug(heading: str) -> str:
    return re.sub(r"[^\w]+", "-", heading.lower()).strip("-")


def settings() -> str:
    """Every key of `qagen.toml`, with its type, range and default."""
    options = {one.option.place: one.name for one in options_of(LoadOptions) if one.option.command_line}
    parts = [
        "# Settings",
        "Every value that can change a result. They stand in `qagen.toml`, which is given with `--config`; options of the command line "
        "come before them, and keywords in Python are laid over them. A key that is not listed is an error.",
    ]
    for table, field in Settings.model_fields.items():
        model = RuleSettings if table == "rules" else type(field.default)
        parts += [
            f"## [[{table}]]" if table == "rules" else f"## [{table}]",
            inspect.cleandoc(model.__doc__ or ""),
        ]
        parts.append(_settings_table(model, table, options))
        parts += [
            _settings_table(type(inner.default), f"{table}.{key}", options, f"In `[{table}.{key}]`:\n\n")
            for key, inner in model.model_fields.items()
            if isinstance(inner.default, BaseModel)
        ]
    return "\n\n".join(parts) + "\n"


def _settings_table(
    model: type[BaseModel], table: str, options: dict[str | None, str], head: str = ""
) -> str:
    said = attribute_docs(model)
    rows = [
        f"| `{key}` | {_cell(_type(field))} | {_default(field)} | {_cell(said.get(key, ''))}{_option(options, f'{table}.{key}')} |"
        for key, field in model.model_fields.items()
    ]
    return head + "\n".join(["| key | value | default | meaning |", "| --- | --- | --- | --- |", *rows])


def _option(options: dict[str | None, str], place: str) -> str:
    return f" Option `--{options[place].replace('_', '-')}`." if place in options else ""


@cache
def attribute_docs(model: type) -> dict[str, str]:
    """What stands below each attribute of a class, on one line."""
    path = ROOT / f"{model.__module__.replace('.', '/')}.py"
    found = griffe.visit(path.stem, filepath=path, code=path.read_text("utf-8"))[model.__qualname__]
    return {
        name: " ".join(one.docstring.value.split()) for name, one in found.attributes.items() if one.docstring
    }


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "must be given"
    value = field.default
    if value is None or isinstance(value, BaseModel):
        return ""
    return f"`{_toml(value)}`"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, float):
        return f"{value:g}"
    return "{}" if value == {} else f'"{value}"' if isinstance(value, str) else f"{value}"


def _type(field: FieldInfo) -> str:
    bounds = [_bound(one) for one in field.metadata]
    return ", ".join([_named(field.annotation), *filter(None, bounds)])


def _bound(constraint: Any) -> str:
    return ({**_BOUNDS, **_LENGTHS}).get(type(constraint), "").format(constraint)


_NAMES = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "`true` or `false`",
    type(None): "",
    Any: "any",
}


def _named(kind: Any) -> str:
    """A type in the words of a settings file."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return ", ".join(
            filter(None, [_named(inner[0]), *map(_bound, getattr(inner[1], "metadata", inner[1:]))])
        )
    if origin is Literal:
        return ", ".join(f"`{_toml(one)}`" for one in inner)
    if origin in (Union, UnionType):
        return " or ".join(filter(None, map(_named, inner)))
    if origin is tuple:
        one = _named(inner[0])
        return f"list of {one}" if inner[-1] is Ellipsis else f"list of {len(inner)}: {one}"
    if origin is dict:
        return f"table: {_named(inner[0])} = {_named(inner[1])}"
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return "table"
    return _NAMES.get(kind, "a value of TOML")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def reasons() -> str:
    """Every reason with its meaning."""
    rows = "\n".join(
        f"| `{one.value}` | {one.meaning} | {'yes' if one.is_content_fault else ''} |" for one in Reason
    )
    return (
        "# Reasons\n\nWhy something did not become a record: the closed list that `rejected`, reports and cards take. What to do about "
        "each stands in [troubleshooting](../troubleshooting.md#every-reason), what the checks look at in [checks](../checks.md). A "
        "*fault of content* says that an answer to a sound question tells something else than its source; such answers make rows "
        "of `preference` and `kto`.\n\n"
        f"| reason | meaning | fault of content |\n| --- | --- | --- |\n{rows}\n"
    )


def columns() -> str:
    """Every column of every config: its type, what it means, where it is."""
    meanings: dict[str, str] = {}
    for name, meaning in _COLUMN.findall((ROOT / "docs/dataset.md").read_text("utf-8")):
        if meaning and not re.match(r"as (in|`)|the record's", meaning):
            meanings.setdefault(name, re.sub(r"\]\((?!https?:)", "](../", meaning))
    parts = [
        "# Columns\n\nOf each config of a dataset, as the schema has them. Types are Arrow's; `[]` is a list, `.` a member of a struct. "
        "[The dataset folder](../dataset.md) says how they belong together. Every column is always there. Those marked † are "
        "not in the first datasets: there they are read as null."
    ]
    for config in CONFIGS:
        rows = [
            f"| `{name}`{'†' if (config, re.split(r'[.[]', name)[0]) in LATER else ''} | {kind} | {meanings.get(name, '')} |"
            for name, kind in column_names(config)
        ]
        parts.append(
            "\n".join([f"## {config}\n", "| column | type | meaning |", "| --- | --- | --- |", *rows])
        )
    return "\n\n".join(parts) + "\n"


def python() -> str:
    """What `builder` and `qagen` offer, from their docstrings."""
    parts = [
        "# Python\n\n`builder` makes and handles datasets, `qagen` has settings, the reader of responses, the checks and the errors. "
        "How they go together is told in [Python and notebooks](../python.md)."
    ]
    for module in (builder, qagen):
        parts.append(f"## {module.__name__}\n\n{_opening(inspect.getdoc(module) or '')}")
        for name in sorted(module.__all__, key=lambda one: (one[0].isupper(), one)):
            parts.append(_documented(module.__name__, name, getattr(module, name)))
    return "\n\n".join(parts) + "\n"


def _opening(text: str) -> str:
    return _fenced(griffe.Docstring(text).value)


def _fenced(text: str) -> str:
    """Markdown whose indented code stands in fences."""
    return re.sub(
        r"(?:^|(?<=\n\n))((?:    .*\n?|\n(?=    ))+)",
        lambda found: f"```python\n{inspect.cleandoc(found[1])}\n```\n",
        text,
    )


def _documented(module: str, name: str, value: Any) -> str:
    logging.getLogger("griffe").setLevel(logging.ERROR)
    text = (inspect.getdoc(value) or "").replace("\nKeywords, None for the default:", "\nKeyword Args:")
    if inspect.isclass(value) and issubclass(value, (BaseModel, Reason)):
        text = _first(text)
    head = f"### {module}.{name} {{ #{module}-{name} }}\n"
    return "\n".join(
        [head, *(_section(one) for one in griffe.Docstring(text).parse("google", warnings=False))]
    )


def _section(section: griffe.DocstringSection) -> str:
    kind, value = section.kind.value, section.value
    if kind == "text":
        return _fenced(value) + "\n"
    if kind == "returns":
        return f"**Returns**: {' '.join(_markdown(one.description) for one in value)}\n"
    if kind == "admonition":
        return f"**{section.title}**: {value.contents}\n"
    titles = {
        "parameters": "Arguments",
        "other parameters": "Keywords",
        "raises": "Raises",
        "attributes": "Attributes",
    }
    rows = [
        f"* `{one.annotation if kind == 'raises' else one.name}`: {_markdown(one.description)}"
        for one in value
    ]
    return "\n".join([f"**{titles[kind]}**\n", *rows, ""])


def _markdown(text: str) -> str:
    return " ".join(text.split())
