"""The settings that some options make."""

import os
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from qagen.errors import SettingsError
from qagen.options.reading import Declared, options_of
from qagen.settings import Settings, load_settings, settings_from


def settings_of(
    table: type, options: Mapping[str, object], settings: Settings | None = None, *, typed: bool = False
) -> Settings:
    """The settings of a file, or of a value, with the options that were given laid over them.

    Args:
        table: that declares the options.
        options: name -> value; None where one was not given.
        settings: what they are laid over; None takes the file that the option `config` names, or the defaults.
        typed: whether they come from the command line, so that an error names the setting and not the keyword.

    Raises:
        SettingsError: where one does not fit, one setting is given twice, or there are a file and a value.
    """
    config: Any = options.get("config")
    if settings is not None and not isinstance(settings, Settings):
        raise SettingsError(
            f"'settings' is a {type(settings).__name__}, and not a qagen.Settings",
            remedy='tables are keywords of their own, as in checks={"min_support": 0.5}',
        )
    if settings is not None and config is not None:
        raise SettingsError("'settings' and 'config' both say all settings", remedy="leave one of them out")
    if config is not None and not isinstance(config, str | os.PathLike):
        raise SettingsError(f"'config' is {config!r}, and not a path", remedy="name a qagen.toml")
    below = settings or load_settings(None if config is None else Path(config))
    tables: dict[str, Any] = below.model_dump(exclude_unset=True)
    spelled: dict[str, str] = {}
    for name, place, value in _placed(table, options):
        if place in spelled:
            raise SettingsError(
                f"{spelled[place]!r} and {name!r} say the same setting, {place!r}",
                remedy="leave one of them out",
            )
        spelled[place] = name
        part, _, key = place.partition(".")
        if key:
            tables[part] = {**tables.get(part, {}), key: value}
        else:
            tables[part] = value
    return settings_from(tables, spelled={} if typed else spelled)


def _placed(table: type, options: Mapping[str, object]) -> Iterator[tuple[str, str, Any]]:
    """How each option was spelled, which setting it is, and its value."""
    for declared in options_of(table):
        name, place = declared.name, declared.option.place
        value = _plain(options.get(name))
        if place is None or value is None:
            continue
        if name not in Settings.model_fields or name == "rules":
            yield name, place, value
        elif isinstance(value, Mapping):
            for key, inner in value.items():
                yield f"{name}.{key}", f"{name}.{key}", _plain(inner)
        elif "." in place:
            yield name, place, value
        else:
            raise SettingsError(
                f"{name!r}: the keys of the table [{name}] with their values, as a dictionary (given: {value!r})"
            )


def _plain(value: Any) -> Any:
    """A path as text, a part of the settings as its keys, and the same in a list."""
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, BaseModel):
        return value.model_dump(exclude_unset=True)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def other_options(table: type, options: Mapping[str, object]) -> dict[str, Any]:
    """The options that are no settings, each with its value or its default.

    Raises:
        SettingsError: where one is of another type than it is declared.
    """
    return {
        declared.name: _checked(declared, options.get(declared.name))
        for declared in options_of(table)
        if declared.option.place is None
    }


def _checked(declared: Declared, value: Any) -> Any:
    if value is None:
        return declared.option.default
    try:
        return _adapter(declared.name, declared.annotation).validate_python(value, strict=True)
    except ValidationError as error:
        said = error.errors()[0]["msg"]
        raise SettingsError(f"{declared.name!r}: {said} (given: {value!r})") from None


@cache
def _adapter(name: str, annotation: Any) -> TypeAdapter[Any]:
    del name  # tells two options of one type apart, which may have other bounds
    return TypeAdapter(annotation)
