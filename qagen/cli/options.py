"""The options of a command, made of the tables of `qagen.options`."""

import inspect
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args

import typer
from typer.core import TyperCommand

from qagen.options.reading import Declared, options_of
from qagen.options.values import settings_of
from qagen.papers.shard import Shard
from qagen.settings import OcrChoice, Settings

Command = TypeVar("Command", bound=Callable[..., None])


class ConversionCommand(TyperCommand):
    """A command that converts PDFs; `--ocr`, which once took no value, says which ones it takes."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the command line.

        Raises:
            typer.BadParameter: where `--ocr` is not followed by one of its values.
        """
        for place, given in enumerate(args, 1):
            if given == "--":
                break
            if given == "--ocr" and (not args[place:] or args[place] not in get_args(OcrChoice)):
                raise typer.BadParameter(
                    "--ocr takes auto, always or never: write --ocr always to have every page read by OCR",
                    ctx,
                )
        return super().parse_args(ctx, args)


def takes(table: type, only: Collection[str] | None = None) -> Callable[[Command], Command]:
    """Give a command the options of a table, as its `**options`; its own keyword-only parameters come after them.

    Args:
        table: of `qagen.options.tables`, or one like them.
        only: those that the command has; None for all.
    """

    def with_options(command: Command) -> Command:
        own = [
            one for one in inspect.signature(command).parameters.values() if one.kind is not one.VAR_KEYWORD
        ]
        taken = [
            _parameter(declared)
            for declared in options_of(table)
            if declared.option.command_line and (only is None or declared.name in only)
        ]
        first = [one for one in own if one.kind is not one.KEYWORD_ONLY]
        last = [one for one in own if one.kind is one.KEYWORD_ONLY]
        command.__signature__ = inspect.Signature([*first, *taken, *last])  # type: ignore[attr-defined]
        return command

    return with_options


def option(table: type, name: str) -> Any:
    """One option of a table, as Typer wants to have it beside a type."""
    return _info(next(declared for declared in options_of(table) if declared.name == name))


def _parameter(declared: Declared) -> inspect.Parameter:
    option = declared.option
    typed = declared.plain if option.typed is None else option.typed
    default = Path(option.default) if typed is Path else option.default
    return inspect.Parameter(
        declared.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[typed, _info(declared)],
    )


def _info(declared: Declared) -> Any:
    option = declared.option
    bounds = {} if option.parse else declared.bounds
    return typer.Option(
        f"--{declared.name.replace('_', '-')}",
        help=option.help,
        metavar=option.metavar,
        min=bounds.get("ge"),
        max=bounds.get("le"),
        parser=_parser(option.parse) if option.parse else None,
    )


def _shard_of(text: str) -> Shard:
    """A part of the papers, as it is typed.

    Raises:
        typer.BadParameter: where it is none.
    """
    try:
        return Shard.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


ShardOption = Annotated[
    Shard | None,
    typer.Option(
        "--shard",
        help="Only the part I of N of the papers, as in 2/7, counted from 1.",
        metavar="I/N",
        parser=_shard_of,
    ),
]


def _parser(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        try:
            return parse(text)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None

    read.__name__ = parse.__name__
    return read


def given_settings(table: type, options: Mapping[str, object]) -> Settings:
    """The settings that the options of a command make; a list or a text that is empty was not given.

    Raises:
        SettingsError: where one does not fit.
    """
    values: dict[str, Any] = dict(options)
    for declared in options_of(table):
        value, option = values.get(declared.name), declared.option
        if value in ([], "") or value is None:
            values[declared.name] = None
        elif option.given is not None:
            values[declared.name] = option.given(value)
    return settings_of(table, values, typed=True)
