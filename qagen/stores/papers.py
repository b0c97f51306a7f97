"""PDFs in a store: which there are and what their sums are, and those of a part brought here.

All of them stand in a folder here under their names, so that labels, `papers.csv` and the order of papers are those of any folder. Only
those of the part have content; the others are empty, and their sums are known without it.

Sums are kept in an index, in the workspace's store where there is one, by name, size and version of the object. Of several parts that begin
at the same time each begins to read at another place and looks for what others have read before every block, so that together they
read each paper about once.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from qagen.errors import InputError
from qagen.papers.overrides import NAME as PAPERS_CSV
from qagen.papers.shard import Shard
from qagen.stores.store import NAMED, Store, Stored
from qagen.terminal import printable_line
from qagen.workspace import read_file, translate_os_errors, write_atomically

_BLOCK = 64
"""Papers that are read before their sums are published."""
_AT_A_TIME = 8
_MOST_OF_INDEX = 1 << 28


@dataclass(frozen=True, slots=True)
class Sum:
    """The sha256 of a version of an object."""

    address: str
    size: int
    version: str
    sha256: str


_SUM: TypeAdapter[Sum] = TypeAdapter(Sum)


class Index:
    """Sums that are known, in a folder here and in a store."""

    def __init__(self, folder: Path, store: Store | None) -> None:
        """Read what is known.

        Args:
            folder: here.
            store: of the workspace; None where that is a folder, so that nobody else reads them.

        Raises:
            StoreError: where the store cannot be read, or an object there is not what was written.
        """
        self._folder, self._store = folder, store
        self._known: dict[tuple[str, int, str], str] = {}
        self._read: set[str] = set()
        for place in sorted(folder.glob("*.jsonl")):
            self._take(place.name, read_file(place) or b"")
        self.refresh()

    def refresh(self) -> None:
        """Take in what others have found out meanwhile."""
        if self._store is None:
            return
        for one in self._store.list("index"):
            name = one.name.removeprefix("index/")
            if name in self._read:
                continue
            found = NAMED.fullmatch(name)
            if found is None or one.size > _MOST_OF_INDEX:
                raise self._store.damaged(one.name, "it is no index that a run writes")
            data = self._store.read(one.name)
            if hashlib.sha256(data).hexdigest() != found["sha256"]:
                raise self._store.damaged(one.name, "its sha256 is not the one in its name")
            write_atomically(self._folder / name, data)
            self._take(name, data)

    def get(self, address: str, one: Stored) -> str | None:
        """The sum of an object as it is now, or None."""
        return (
            None if one.version is None else self._known.get((f"{address}/{one.name}", one.size, one.version))
        )

    def add(self, address: str, sums: Iterable[tuple[Stored, str]]) -> None:
        """Keep sums, and publish them.

        Raises:
            StoreError: where the store cannot be written.
        """
        found = [
            Sum(f"{address}/{one.name}", one.size, one.version, sha256)
            for one, sha256 in sums
            if one.version is not None
        ]
        data = "".join(json.dumps(_SUM.dump_python(one)) + "\n" for one in found).encode()
        if not data:
            return
        name = f"{hashlib.sha256(data).hexdigest()}.jsonl"
        if self._store is not None:
            self._store.put("index", "", "jsonl", data)
        write_atomically(self._folder / name, data)
        self._take(name, data)

    def _take(self, name: str, data: bytes) -> None:
        self._read.add(name)
        for line in data.splitlines():
            try:
                one = _SUM.validate_json(line)
            except ValidationError:
                continue  # what is not known is read
            self._known[one.address, one.size, one.version] = one.sha256


class RemotePapers:
    """The PDFs below one address, with a folder here that stands for it."""

    def __init__(self, store: Store, folder: Path, index: Index) -> None:
        self._store, self._folder, self._index = store, folder, index
        self._objects: dict[Path, Stored] = {}
        self._sums: dict[Path, str] = {}

    @property
    def path(self) -> Path:
        """The folder here, or the file where the address is that of a PDF."""
        only = next(iter(self._objects), None)
        return only if only is not None and not self._objects[only].name else self._folder

    @property
    def sums(self) -> Mapping[Path, str]:
        """The sha256 of every PDF, by its path here."""
        return self._sums

    def find(self, shard: Shard | None) -> None:
        """List the PDFs, bring every `papers.csv`, and find out all sums; reads those PDFs whose sums nobody knows.

        Args:
            shard: the part, which says where to begin.

        Raises:
            InputError: where there is no PDF, or a name that no file can have.
            StoreError: where the store cannot be read.
        """
        self._objects = {self._local(one.name): one for one in self._store.list() if _is_paper(one.name)}
        if not any(_is_pdf(place.name) for place in self._objects):
            raise InputError(
                f"no PDF in {self._store.address!r}", remedy="check the address; names end in .pdf"
            )
        self._lay_out()
        pdfs = [(place, one) for place, one in self._objects.items() if _is_pdf(place.name)]
        self._sums = {
            place: known for place, one in pdfs if (known := self._index.get(self._store.address, one))
        }
        unknown = [(place, one) for place, one in pdfs if place not in self._sums]
        start = len(unknown) * (shard.index - 1) // shard.count if shard else 0
        for block in _blocks(unknown[start:] + unknown[:start]):
            self._read_block(block, shard)
        self._sums = {place: self._sums[place] for place, _ in pdfs}

    def bring(self, wanted: Callable[[str], bool]) -> None:
        """Bring the content of papers that is not here.

        Args:
            wanted: whether a paper, by its sha256, is needed.

        Raises:
            InputError: where a paper is another than before.
            StoreError: where the store cannot be read.
        """
        missing = [
            place for place, sha256 in self._sums.items() if wanted(sha256) and not self._is_here(place)
        ]
        with ThreadPoolExecutor(_AT_A_TIME) as pool:
            for place, sha256 in zip(missing, pool.map(self._fetch, missing), strict=True):
                if sha256 != self._sums[place]:
                    raise InputError(
                        f"{self._shown(place)} is not the paper {self._sums[place][:12]} any more, or an index in the workspace is wrong",
                        remedy="run again; where that does not help, remove index/ in the store of the workspace",
                    )

    def _lay_out(self) -> None:
        """A file for each object: those that are gone go, new ones are empty, and a `papers.csv` is brought."""
        for place in sorted(self._folder.rglob("*"), reverse=True):
            if place.is_file() and place not in self._objects:
                place.unlink()
        for place, one in self._objects.items():
            try:
                place.parent.mkdir(parents=True, exist_ok=True)
                if place.name == PAPERS_CSV:
                    self._fetch(place)
                elif not place.exists():
                    place.open("xb").close()
            except (FileExistsError, NotADirectoryError, IsADirectoryError, UnicodeEncodeError):
                raise self._impossible(one.name) from None
            with translate_os_errors(place):
                if not place.is_file():
                    raise self._impossible(one.name)

    def _read_block(self, block: Sequence[tuple[Path, Stored]], shard: Shard | None) -> None:
        self._index.refresh()
        left = []
        for place, one in block:
            if known := self._index.get(self._store.address, one):
                self._sums[place] = known
            else:
                left.append((place, one))
        places = [place for place, _ in left]
        with ThreadPoolExecutor(_AT_A_TIME) as pool:
            sums = list(pool.map(self._fetch, places))
        self._sums.update(zip(places, sums, strict=True))
        for place, sha256 in zip(places, sums, strict=True):
            if shard is not None and not shard.holds(sha256):
                place.write_bytes(b"")
        self._index.add(
            self._store.address, [(one, sha256) for (_, one), sha256 in zip(left, sums, strict=True)]
        )

    def _fetch(self, place: Path) -> str:
        """Bring an object's content; what is cut off leaves none."""
        temporary = place.with_name(f".{hashlib.sha256(place.name.encode()).hexdigest()[:16]}.tmp")
        try:
            sha256 = self._store.fetch(self._objects[place].name, temporary)
            temporary.replace(place)
        finally:
            temporary.unlink(missing_ok=True)
        return sha256

    def _is_here(self, place: Path) -> bool:
        if place.stat().st_size != self._objects[place].size:
            return False
        with place.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == self._sums[place]

    def _local(self, name: str) -> Path:
        """The file here that stands for an object.

        Raises:
            InputError: where its name is none of a file below the folder.
        """
        if not name:
            return self._folder / self._local_name(self._store.address.rpartition("/")[2])
        return self._folder.joinpath(*map(self._local_name, name.split("/")))

    def _local_name(self, part: str) -> str:
        if (
            part in ("", ".", "..")
            or "\0" in part
            or "\\" in part
            or len(part.encode("utf-8", "replace")) > 250
        ):
            raise self._impossible(part)
        return part

    def _impossible(self, name: str) -> InputError:
        return InputError(
            f"{printable_line(name)[:200]!r} in {self._store.address!r} cannot be the name of a file, or another one stands there",
            remedy="give the object another name",
        )

    def _shown(self, place: Path) -> str:
        return repr(printable_line(f"{self._store.address}/{self._objects[place].name}"))


def _is_paper(name: str) -> bool:
    """Whether an object is a PDF, or says something of some; as in a folder, names that begin with a dot are passed over."""
    parts = name.split("/")
    hidden = any(part.startswith(".") and part not in (".", "..") for part in parts)
    return not hidden and (not name or _is_pdf(parts[-1]) or parts[-1] == PAPERS_CSV)


def _is_pdf(name: str) -> bool:
    return name.lower().endswith(".pdf")


def _blocks(items: Sequence[tuple[Path, Stored]]) -> Iterator[Sequence[tuple[Path, Stored]]]:
    return (items[start : start + _BLOCK] for start in range(0, len(items), _BLOCK))
