"""An option: what is said of it beside its name and its type."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Option:
    """An option but for its name and type, which are those of the key that it stands at.

    Attributes:
        help: a sentence for a person.
        place: dotted name of the setting, or the name of a table; None for what is no setting.
        default: where it is not given; None for settings, which have their own.
        metavar: what `--help` shows for its value.
        typed: its type on the command line, where that is another one than the keyword's.
        parse: reads what was typed; raises ValueError with what is wanted.
        given: makes the setting of what was typed.
        command_line: whether the command line has it.
    """

    help: str
    place: str | None = None
    default: Any = None
    metavar: str | None = None
    typed: Any = None
    parse: Callable[[str], Any] | None = None
    given: Callable[[Any], Any] | None = None
    command_line: bool = True
