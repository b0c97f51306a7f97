"""Options as Python writes them: what tells a person to do something names them as they are typed on the command line."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from inspect import Parameter
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from qagen.errors import QagenError
from qagen.options.reading import options_of
from qagen.settings import Settings

_QUOTED = re.compile(r"(`[^`]*`|(?<!\w)'[^']*'(?!\w)(?! in \[))")
"""Commands to be typed, which stay as they are, and values."""
_OPTION = re.compile(r"--(?P<name>[a-z][a-z-]*)(?: (?P<value>[a-z][a-z0-9-]*))?")
_KEY = re.compile(r"[`'](?P<key>\w+)[`'] in \[(?P<table>\w+)\]")


def in_keywords(text: str, words: Mapping[str, frozenset[str] | None]) -> str:
    """A text with the keywords of a function in place of the options of a command.

    `--out` becomes `'out'`, `--refresh` `refresh=True`, `--judge off` `judge="off"`, and a key `in [judge]` `judge={"key": ...}`.
    What the function does not take, values in quotes and whole commands stay as they are.

    Args:
        text: of one or several sentences.
        words: as `keywords_of` gives them.
    """

    def option(found: re.Match[str]) -> str:
        name, value = found["name"].replace("-", "_"), found["value"]
        if name not in words:
            return found[0]
        values, behind = words[name], f" {value}" if value else ""
        if values is None:
            return f"{name}=True{behind}"
        return f'{name}="{value}"' if value in values else f"{name!r}{behind}"

    def key(found: re.Match[str]) -> str:
        table = found["table"]
        return (
            f'{table}={{"{found["key"]}": ...}}'
            if table in words and table in Settings.model_fields
            else found[0]
        )

    def part(text: str) -> str:
        if not _QUOTED.fullmatch(text):
            return _OPTION.sub(option, text)
        if text.startswith("`--") and (said := _OPTION.sub(option, text)) != text:
            return said.strip("`")
        return text

    return "".join(map(part, _QUOTED.split(_KEY.sub(key, text))))


def keywords_of(parameters: Iterable[tuple[str, Any, str]]) -> Mapping[str, frozenset[str] | None]:
    """The keywords of a function: None for a switch, else the words that it takes beside other values.

    Args:
        parameters: name, type and metavar of each.
    """
    return {
        name: None if annotation is bool else frozenset(_literals(annotation)) | _plain_words(metavar)
        for name, annotation, metavar in parameters
    }


def keywords_of_table(table: type) -> Mapping[str, frozenset[str] | None]:
    """The keywords that a table of options declares."""
    return keywords_of((one.name, one.plain, one.option.metavar or "") for one in options_of(table))


def keywords_of_parameters(parameters: Iterable[Parameter]) -> Mapping[str, frozenset[str] | None]:
    """The keywords of parameters that no table declares."""
    return keywords_of((one.name, one.annotation, "") for one in parameters)


@contextmanager
def told_in_keywords(words: Mapping[str, frozenset[str] | None]) -> Iterator[None]:
    """Raise errors of ours with keywords in place of options."""
    try:
        yield
    except QagenError as error:
        said = error.reworded(lambda text: in_keywords(text, words))
        if said.args == error.args:
            raise
        raise said.with_traceback(error.__traceback__) from error.__cause__


def _literals(annotation: Any) -> Iterator[str]:
    if get_origin(annotation) is Literal:
        yield from (value for value in get_args(annotation) if isinstance(value, str))
    elif get_origin(annotation) in (Union, UnionType, Annotated):
        for one in get_args(annotation):
            yield from _literals(one)


def _plain_words(metavar: str) -> frozenset[str]:
    return frozenset(word for word in metavar.split("|") if word.islower())
