"""The walk's first step: which files and rows of a dataset folder are what they should be. The others are told, not fatal."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from builder.card import croissant
from builder.folder import manifest, read
from builder.folder.manifest_parts import File
from builder.folder.nulls import gap
from builder.folder.schema import OF_RECORDS, Row, record_of
from qagen.errors import DatasetError
from qagen.records import Record

_MISSING = "is in the manifest and not there"


class Files:
    """The data files of a dataset folder.

    Attributes:
        faults: what is wrong with a file, by its path inside the folder; grows while rows are read.
        torn: `(id, what is missing)` of rows that no record can be made from; grows likewise.
    """

    def __init__(self, folder: Path) -> None:
        """Compare all files with the manifest.

        Raises:
            DatasetError: where the folder has no whole manifest.
        """
        self._folder = folder
        self._unreadable: set[str] = set()
        self._files: dict[str, dict[str, list[Path]]] = {}
        self.faults = dict(_changed(folder))
        self.torn: list[tuple[str, str]] = []

    def records(self) -> Iterator[Record]:
        """All records that can be read, in the order of configs, splits and rows."""
        for config in OF_RECORDS:
            for paths in read.files(self._folder, config).values():
                for path in paths:
                    yield from self._records_of_file(path, config)

    def _records_of_file(self, path: Path, config: str) -> Iterator[Record]:
        for number, row in enumerate(self._rows_of_file(path, config), 1):
            if column := gap(row, config):
                name = row["id"] or f"{self._name(path)}, row {number}"
                self.torn.append((name, f"its column {column!r} is empty, and no record is without it"))
            else:
                yield record_of(row)

    def has(self, config: str, split: str) -> bool:
        """Whether the manifest lists files of a config's split."""
        return bool(self._paths(config, split))

    def has_damage(self, config: str, split: str) -> bool:
        """Whether a file of a config's split turned out not to be readable to its end."""
        return any(self._name(path) in self._unreadable for path in self._paths(config, split))

    def undamaged_rows(self, config: str, split: str) -> Iterator[Row]:
        """The rows before the first file that cannot be read to its end."""
        for path in self._paths(config, split):
            yield from self._rows_of_file(path, config)
            if self._name(path) in self._unreadable:
                return

    def _paths(self, config: str, split: str) -> list[Path]:
        if config not in self._files:
            self._files[config] = read.files(self._folder, config)
        return self._files[config].get(split, [])

    def _rows_of_file(self, path: Path, config: str) -> Iterator[Row]:
        name = self._name(path)
        if self.faults.get(name) == _MISSING:
            self._unreadable.add(name)
            return
        try:
            yield from read.rows_of_file(path, config)
        except DatasetError as error:
            if name not in self._unreadable:
                self._unreadable.add(name)
                self.faults[name] = "; ".join(filter(None, (self.faults.get(name), str(error))))

    def _name(self, path: Path) -> str:
        return path.relative_to(self._folder).as_posix()


def _changed(folder: Path) -> Iterator[tuple[str, str]]:
    """Data files that are not those of the manifest; the card may be edited by whoever publishes."""
    files = manifest.read(folder).files
    listed = {name for name in files if name.startswith("data/")}
    there = {path.relative_to(folder).as_posix() for path in (folder / "data").rglob("*") if path.is_file()}
    for name in sorted(listed | there):
        if name not in there:
            yield name, _MISSING
        elif name not in listed:
            yield name, "is there and not in the manifest"
        elif fault := _fault(folder / name, files[name].sha256):
            yield name, fault
    if croissant.FILE in files and (fault := _fault_of_croissant(folder / croissant.FILE, files)):
        yield croissant.FILE, fault


def _fault_of_croissant(path: Path, files: Mapping[str, File]) -> str | None:
    """What others would load through a `croissant.json` has to be what the manifest lists; its words may be edited, as the card's."""
    try:
        named = croissant.sums(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return _MISSING
    except (OSError, ValueError) as error:
        return f"cannot be read: {error}"
    listed = {name: file.sha256 for name, file in files.items() if name.startswith("data/")}
    for name in sorted(named.keys() | listed.keys()):
        if named.get(name) != listed.get(name):
            return f"does not say of {name!r} what the manifest says"
    return None


def _fault(path: Path, sha256: str) -> str | None:
    try:
        same = manifest.digest(path) == sha256
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return None if same else "is not the file of the manifest: its sha256 is another"
