"""The options of the commands that convert PDFs, and the settings that they make."""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperCommand

from qagen.errors import SettingsError

Converter = Annotated[
    Literal["auto", "marker-balanced", "marker-fast", "rules"] | None,
    typer.Option(help="How PDFs are read: marker's own modes need its models, `rules` needs none."),
]
Ocr = Annotated[
    Literal["auto", "always", "never"] | None,
    typer.Option(
        "--ocr",
        help="Which pages are read by OCR: those without a readable text layer, all, or none.",
    ),
]
Marker = Annotated[
    list[str] | None,
    typer.Option(
        "--marker", help="An option of marker's own, by its name; may be repeated.", metavar="NAME=VALUE"
    ),
]
Download = Annotated[
    bool | None,
    typer.Option(
        "--download",
        help="Fetch weights of marker's models that are not here; their licence is free for research, personal use and "
        "small companies.",
    ),
]
PasswordFile = Annotated[
    Path | None,
    typer.Option(
        "--password-file", help="Passwords of PDFs, one a line; or set QAGEN_PDF_PASSWORD.", metavar="FILE"
    ),
]

_OCR = ("auto", "always", "never")


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
            if given == "--ocr" and (not args[place:] or args[place] not in _OCR):
                raise typer.BadParameter(
                    "--ocr takes auto, always or never: write --ocr always to have every page read by OCR",
                    ctx,
                )
        return super().parse_args(ctx, args)


def conversion_overrides(
    *,
    converter: str | None = None,
    ocr: str | None = None,
    marker: list[str] | None = None,
    download: bool | None = None,
    password_file: Path | None = None,
) -> dict[str, object]:
    """What these options say in `[convert]`; None where one was not given.

    Raises:
        SettingsError: where an option of marker's is not NAME=VALUE.
    """
    return {
        "converter": converter,
        "ocr": ocr,
        "marker": dict(map(_option, marker)) if marker else None,
        "download": download,
        "password_file": str(password_file) if password_file else None,
    }


def _option(text: str) -> tuple[str, Any]:
    name, separator, value = text.partition("=")
    if not separator or not name.strip():
        raise SettingsError(
            f"--marker {text!r} is not NAME=VALUE", remedy="write for instance --marker disable_ocr=true"
        )
    try:
        return name.strip(), tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return name.strip(), value
