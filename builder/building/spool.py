"""Where a build's results wait on the disk while the selection decides about them: written once, gone through as often as wanted."""

import pickle
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from itertools import islice
from types import NotImplementedType
from typing import Any

from builder.building.nameless import NamelessFile
from qagen.records import Record, Rejection

_BATCH = 256
"""Results that are packed together: what they share, such as their paper, is written once."""


class _Packer(pickle.Pickler):
    """Packs a dataclass as a call of its class: done in half of the time in which a frozen one is filled with its fields."""

    def reducer_override(self, obj: object) -> tuple[type, tuple[object, ...]] | NotImplementedType:
        """How an object is made again."""
        kind: Any = type(obj)
        names = _field_names(kind)
        return (kind, tuple([getattr(obj, name) for name in names])) if names else NotImplemented


@cache
def _field_names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


class Spool(NamelessFile):
    """Results in their order; `length` is how many."""

    length = 0

    def fill(self, results: Iterable[Record | Rejection]) -> None:
        """Append results.

        Raises:
            WorkspaceError: where the disk does not take them.
        """
        left = iter(results)
        while batch := list(islice(left, _BATCH)):
            self.length += len(batch)
            try:
                _Packer(self._file, pickle.HIGHEST_PROTOCOL).dump(batch)
            except OSError as error:
                raise self._full(error) from None

    def clear(self) -> None:
        """Throw all of it away.

        Raises:
            WorkspaceError: where the disk does not do that.
        """
        try:
            self._file.seek(0)
            self._file.truncate()
        except OSError as error:
            raise self._full(error) from None
        self.length = 0

    def __iter__(self) -> Iterator[Record | Rejection]:
        """All results in their order; one iteration at a time."""
        try:
            self._file.seek(0)
        except OSError as error:
            raise self._full(error) from None
        while True:
            try:
                batch = pickle.load(self._file)  # noqa: S301 - our own file, which nobody else can open
            except EOFError:
                return
            yield from batch
