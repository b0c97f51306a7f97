"""Python functions whose keywords are the options of a table, and what they say of a call that does not fit."""

import functools
import inspect
import textwrap
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from qagen.errors import InputError
from qagen.options.reading import Declared, options_of, refuse_unknown
from qagen.options.spelling import keywords_of_parameters, keywords_of_table, told_in_keywords

P = ParamSpec("P")
R = TypeVar("R")


def with_keywords(table: type | None = None, **examples: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function's `**options` the options of a table: in its signature, in its docstring, and in what it complains of.

    A call with a keyword that is none, or without what it needs, is an error of ours in one line, and no TypeError. An error
    that tells to use an option of the command line names the keyword instead.

    Args:
        table: of `qagen.options.tables`; None for a function without `**options`.
        examples: parameter -> how one says it, for those that a call needs.
    """

    def declare(function: Callable[P, R]) -> Callable[P, R]:
        found = inspect.signature(function)
        own = [one for one in found.parameters.values() if one.kind is not one.VAR_KEYWORD]
        declared = options_of(table) if table else ()
        signature = found.replace(parameters=[*own, *map(_parameter, declared)])
        words = {**keywords_of_parameters(own), **(keywords_of_table(table) if table else {})}

        @functools.wraps(function)
        def call(*given: P.args, **keywords: P.kwargs) -> R:
            refuse_unknown(keywords, signature.parameters)
            _refuse_wrong_call(function.__name__, own, given, set(keywords), examples)
            with told_in_keywords(words):
                return function(*given, **keywords)

        call.__signature__ = signature  # type: ignore[attr-defined]
        call.__doc__ = _documented(inspect.getdoc(function) or "", declared)
        return call

    return declare


def _parameter(declared: Declared) -> inspect.Parameter:
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(declared.name, kind, default=declared.option.default, annotation=declared.plain)


def _refuse_wrong_call(
    name: str,
    own: list[inspect.Parameter],
    given: tuple[Any, ...],
    keywords: set[str],
    examples: dict[str, str],
) -> None:
    """Refuse a call that lacks something, has it twice, or has too much.

    Raises:
        InputError: with an example of what is missing.
    """
    ordered = [one for one in own if one.kind is not one.KEYWORD_ONLY]
    if len(given) > len(ordered):
        named = ", ".join(one.name for one in ordered)
        raise InputError(
            f"{name}() takes {named} without a name, and {len(given)} values are given so",
            remedy="name the others, as in name=value",
        )
    taken = [one.name for one in ordered[: len(given)]]
    if twice := [one for one in taken if one in keywords]:
        raise InputError(f"{name}() has {twice[0]!r} twice", remedy="leave one of them out")
    for one in own:
        if one.default is one.empty and one.name not in (*taken, *keywords):
            raise InputError(f"{name}() needs {one.name!r}: {examples.get(one.name, one.name)}")


def _documented(text: str, declared: tuple[Declared, ...]) -> str:
    """A docstring with a line for each option."""
    if not declared:
        return text
    lines = [
        textwrap.fill(
            f"{one.name}: {one.option.help}", 120, initial_indent="    ", subsequent_indent="        "
        )
        for one in declared
    ]
    return "\n".join((text.rstrip(), "", "Keywords, None for the default:", *lines, ""))
