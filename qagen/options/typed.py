"""What is typed on the command line, where it is not the value itself."""

import tomllib
from collections.abc import Sequence
from typing import get_args

from qagen.errors import SettingsError
from qagen.settings import SplitName


def number_or_auto(text: str) -> int | str:
    """Read a number of calls, or `auto`."""
    if text == "auto":
        return text
    if text.isdecimal() and text.isascii() and 1 <= int(text[:5]) <= 4096:
        return int(text[:5])
    raise ValueError("a number from 1 to 4096, or auto")


def least_works(text: str) -> dict[str, int]:
    """Read `validation=2,test=2`; a name alone wants one work."""
    least = {}
    for part in text.split(","):
        name, _, number = (piece.strip() for piece in part.partition("="))
        if name not in get_args(SplitName) or (number and not (number.isdecimal() and number.isascii())):
            raise ValueError("names of splits with the fewest works, as in validation=1,test=1")
        least[name] = int(number or 1)
    return least


def marker_options(texts: Sequence[str]) -> dict[str, object]:
    """Read options of marker's own, each `NAME=VALUE`, the value as TOML has it, or a word.

    Raises:
        SettingsError: where one is not.
    """
    return dict(map(_marker_option, texts))


def _marker_option(text: str) -> tuple[str, object]:
    name, separator, value = text.partition("=")
    if not separator or not name.strip():
        raise SettingsError(
            f"--marker {text!r} is not NAME=VALUE", remedy="write for instance --marker disable_ocr=true"
        )
    try:
        return name.strip(), tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return name.strip(), value
