"""The options of a table as values, for whoever makes a command line, a class or a signature of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from qagen.errors import SettingsError
from qagen.options.option import Option
from qagen.settings import RENAMED, Settings


@dataclass(frozen=True, slots=True)
class Declared:
    """An option with its name and its type.

    Attributes:
        name: the keyword.
        annotation: its type as a keyword.
        plain: the same without bounds.
        bounds: `ge` and `le`, as far as there are any: its own, or those of the setting.
        option: all else.
    """

    name: str
    annotation: Any
    plain: Any
    bounds: Mapping[str, int]
    option: Option


@cache
def options_of(table: type) -> tuple[Declared, ...]:
    """The options of a table of `qagen.options.tables`, in its order."""
    return tuple(_declared(name, hint) for name, hint in get_type_hints(table, include_extras=True).items())


def _declared(name: str, hint: Any) -> Declared:
    annotation, *beside, option = get_args(hint)  # one `Annotated` in another is one
    for constraint in beside:
        annotation = Annotated[annotation, constraint]
    setting = Settings.model_fields
    bounds = _bounds(annotation)
    if option.place is not None and "." in option.place:
        table, _, key = option.place.partition(".")
        field = type(setting[table].default).model_fields[key]
        bounds = _bounds_among(field.metadata) | _bounds(field.annotation)
    return Declared(name, annotation, without_bounds(annotation), bounds, option)


def without_bounds(annotation: Any) -> Any:
    """A type without what `Annotated` says beside it."""
    if get_origin(annotation) is Annotated:
        return get_args(annotation)[0]
    if get_origin(annotation) in (Union, UnionType):
        first, *others = map(without_bounds, get_args(annotation))
        for other in others:
            first = first | other
        return first
    return annotation


def _bounds(annotation: Any) -> dict[str, int]:
    if get_origin(annotation) is Annotated:
        return _bounds_among(get_args(annotation)[1:])
    if get_origin(annotation) in (Union, UnionType):
        return {key: value for one in get_args(annotation) for key, value in _bounds(one).items()}
    return {}


def _bounds_among(said: Iterable[Any]) -> dict[str, int]:
    """The `ge` and `le` of what stands beside a type: constraints, or a field that holds some."""
    parts = [part for one in said for part in getattr(one, "metadata", (one,))]
    return {key: getattr(part, key) for part in parts for key in ("ge", "le") if hasattr(part, key)}


def refuse_unknown(given: Iterable[str], known: Iterable[str]) -> None:
    """Refuse keywords that nobody takes.

    Raises:
        SettingsError: for the first one, with the keyword that was meant, or the table that has such a key.
    """
    names = tuple(known)
    for name in given:
        if name not in names:
            raise SettingsError(f"unknown keyword {name!r}", remedy=_meant(name, names))


def _meant(name: str, known: tuple[str, ...]) -> str:
    tables = {table: field.default for table, field in Settings.model_fields.items() if table in known}
    homes = [table for table, part in tables.items() if name in getattr(type(part), "model_fields", ())]
    if homes:
        return f"it is a key of a table: write {homes[0]}={{{name!r}: ...}}"
    renamed = [now for key, now in RENAMED.items() if key.partition(".")[2] == name]
    if renamed:
        return f"it is called {renamed[0]} now"
    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(known))}"
