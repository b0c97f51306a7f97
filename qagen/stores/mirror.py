"""A folder here that mirrors a workspace in a store: an ordinary workspace, and beside it what of it the store has.

    MIRROR/work/            the workspace that a run works on as on any other
    MIRROR/work/store.json  which segments were taken in, and how much of each file is published
    MIRROR/papers/          PDFs of a store, where they come from one

What is here and not in the store is published before anything is taken in. So of a ledger all lines up to a place are in the store, and
all behind it are new.
"""

import json
import re
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Lock

from pydantic import TypeAdapter

from qagen import convert
from qagen.errors import WorkspaceError
from qagen.ledger.merge import merge_into
from qagen.ledger.models import FILE as MODELS
from qagen.ledger.sums import SEAL, has_valid_sum
from qagen.papers.shard import Shard
from qagen.records import Document, sha256
from qagen.stores.segments import LARGEST, conversions, pack, unpack
from qagen.stores.store import NAMED, Store, Stored
from qagen.workspace import Workspace, make_folder, read_file, sync, translate_os_errors, write_atomically

SEGMENT = 32 << 20
"""Bytes of files after which a segment is full; the last file may be larger."""
_FOLDER = re.compile(
    r"(?P<kind>segments|receipts/[0-9a-f]{16})/(?P<index>[0-9]{1,9})-of-(?P<count>[0-9]{1,9})"
)
_MOST_OF_RECEIPT = 1 << 28


@dataclass(slots=True)
class _State:
    """What of a mirror the store has.

    Attributes:
        taken: names of segments whose content is here.
        ledgers: paper -> bytes of its ledger that the store has.
        files: names of other files of the workspace -> their time and size when they were published.
        claim: the token of this mirror's claims; None before the first.
    """

    taken: set[str] = field(default_factory=set)
    ledgers: dict[str, int] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    claim: str | None = None


_STATE: TypeAdapter[_State] = TypeAdapter(_State)


class Mirror:
    """A mirror of the parts of a workspace in a store that concern one part; or of all of it, to be read."""

    def __init__(self, root: Path, store: Store, shard: Shard | None) -> None:
        """Read what was mirrored before.

        Args:
            root: the mirror's folder, held by this process.
            store: of the workspace.
            shard: the part; None for all of it.

        Raises:
            WorkspaceError: where its state cannot be read.
        """
        self.work = Workspace(root / "work")
        self._root, self._store, self._shard = root, store, shard
        self._place = self.work.root / "store.json"
        self._state = _state(self._place)
        self._sequence = 0
        self._busy = Lock()

    def token(self) -> str:
        """The token of this mirror's claims. It is kept before the first is written.

        So a claim with it is of this run or of one that has ended, however it did, since this process holds the mirror.

        Raises:
            WorkspaceError: where it cannot be kept.
        """
        if self._state.claim is None:
            self._state.claim = secrets.token_hex(16)
            self._keep()
        return self._state.claim

    def publish(self, claim: int, *, patient: bool = True) -> int:
        """Write what is new into segments; gives their number.

        Args:
            claim: the number of the claim, by which segments of one part are ordered.
            patient: wait while something is taken in or published; else nothing is done then.

        Raises:
            StoreError: where the store cannot be written.
        """
        if not self._busy.acquire(blocking=patient):
            return 0
        try:
            return self._publish(claim)
        finally:
            self._busy.release()

    def _publish(self, claim: int) -> int:
        assert self._shard is not None
        written = 0
        for batch in _batches(self._news()):
            data = pack((name, content) for name, content, _ in batch)
            name = self._store.put(_folder("segments", self._shard), self._stem(claim), "zip", data)
            self._state.taken.add(name)
            for *_, note in batch:
                note()
            self._keep()
            written += 1
        return written

    def publish_receipts(self, claim: int) -> None:
        """Write receipts that are new; what they tell of has to be published before.

        Raises:
            StoreError: where the store cannot be written.
        """
        assert self._shard is not None
        for place in sorted(
            self.work.root.glob(f"receipts/*/{self._shard.index}-of-{self._shard.count}.json")
        ):
            name, mark = self._relative(place), _mark(place)
            if self._state.files.get(name) != mark:
                folder = _folder(f"receipts/{place.parent.name}", self._shard)
                data = read_file(place) or b""
                self._store.put(folder, self._stem(claim), "json", data)
                self._state.files[name] = mark
                self._keep()

    def take_in(self) -> None:
        """Bring what the store has and is not here yet; of segments only what is of papers of the part.

        Raises:
            StoreError: where the store cannot be read, or an object there is not what was written; names it.
            WorkspaceError: where something cannot be written here.
        """
        with self._busy:
            self._take_in()

    def _take_in(self) -> None:
        for left in self._root.glob("taking-*"):  # of a run that was killed
            shutil.rmtree(left, ignore_errors=True)
        new = [
            one
            for one in self._store.list("segments")
            if one.name not in self._state.taken and self._concerns(_part_of(one.name, self._store))
        ]
        for one in new:
            self._take_segment(one)
            self._state.taken.add(one.name)
        if new:
            self._keep()

    def take_receipts(self) -> None:
        """Bring the receipts; of those of one plan and part the last one counts.

        Raises:
            StoreError: where the store cannot be read, or an object there is not what was written.
        """
        last: dict[str, Stored] = {}
        for one in self._store.list("receipts"):
            _part_of(one.name, self._store)
            last[one.name.rpartition("/")[0]] = one  # sorted by name, and so by claim
        with translate_os_errors(self.work.root):
            shutil.rmtree(self.work.root / "receipts", ignore_errors=True)
        for folder, one in last.items():
            if one.size > _MOST_OF_RECEIPT:
                raise self._store.damaged(one.name, f"no receipt has {one.size:,} bytes")
            data = self._store.read(one.name)
            if sha256(data) != _named(one.name)["sha256"]:
                raise self._store.damaged(one.name, "its sha256 is not the one in its name")
            write_atomically(self.work.root / f"{folder}.json", data)

    def _concerns(self, part: Shard) -> bool:
        """Whether a part of any count has papers that this one has."""
        mine = self._shard
        if mine is None:
            return True
        return (mine.index - 1) * part.count < part.index * mine.count and (
            part.index - 1
        ) * mine.count < mine.index * part.count

    def _wants(self, paper: str) -> bool:
        return self._shard is None or self._shard.holds(paper)

    def _stem(self, claim: int) -> str:
        self._sequence += 1
        return f"{claim:06d}-{self._sequence:06d}-"

    def _relative(self, place: Path) -> str:
        return place.relative_to(self.work.root).as_posix()

    def _keep(self) -> None:
        write_atomically(
            self._place, json.dumps({**asdict(self._state), "taken": sorted(self._state.taken)}) + "\n"
        )

    # What is new here

    def _news(self) -> Iterator["_News"]:
        for paper in self.work.root.glob("papers/??/*"):
            yield from self._new_conversions(paper.name)
            yield from self._new_lines(paper.name)
        place = self.work.root / MODELS
        if place.exists() and self._state.files.get(MODELS) != (mark := _mark(place)):
            yield MODELS, read_file(place) or b"", self._noting(MODELS, mark)

    def _new_conversions(self, paper: str) -> Iterator["_News"]:
        for folder in conversions(self.work, paper):
            of_document, of_failure = folder / "meta.json", folder / "failure.json"
            place = of_document if of_document.exists() else of_failure
            name = self._relative(folder)
            if not place.exists() or self._state.files.get(name) == (mark := _mark(place)):
                continue
            if convert.load(folder, paper) is None:  # cut off, or worth another try
                continue
            names = (
                ("document.md", "blocks.jsonl", "meta.json") if place == of_document else ("failure.json",)
            )
            *first, last = [(f"{name}/{one}", read_file(folder / one) or b"") for one in names]
            yield from ((one, data, _nothing) for one, data in first)
            yield *last, self._noting(name, mark)

    def _new_lines(self, paper: str) -> Iterator["_News"]:
        place = self.work.calls(paper)
        start = self._state.ledgers.get(paper, 0)
        if not place.exists() or place.stat().st_size == start:
            return
        with place.open("rb") as file:
            file.seek(max(0, start - 1))
            if start and file.read(1) != b"\n":  # written anew: what is published twice counts once
                file.seek(0)
                start = 0
            data = file.read()
        data = data[: data.rfind(b"\n") + 1]  # the last line may be under way
        end = start + len(data)
        kept = [
            line
            for line in data.splitlines(keepends=True)
            if has_valid_sum(line) and not line.startswith(SEAL)
        ]

        def note() -> None:
            self._state.ledgers[paper] = end

        if kept:
            yield self._relative(place), b"".join(kept), note

    def _noting(self, name: str, mark: str) -> Callable[[], None]:
        def note() -> None:
            self._state.files[name] = mark

        return note

    # What is new there

    def _take_segment(self, one: Stored) -> None:
        if one.size > LARGEST:
            raise self._store.damaged(one.name, f"no segment has {one.size:,} bytes")
        with translate_os_errors(self._root):
            make_folder(self.work.root)
            with tempfile.TemporaryDirectory(dir=self._root, prefix="taking-") as scratch:
                file, into = Path(scratch) / "segment.zip", Path(scratch) / "work"
                if self._store.fetch(one.name, file) != _named(one.name)["sha256"]:
                    raise self._store.damaged(one.name, "its sha256 is not the one in its name")
                try:
                    papers = unpack(file, into, self._wants)
                except ValueError as error:
                    raise self._store.damaged(one.name, str(error)) from None
                self._merge(Workspace(into), papers)
                self._take_models(into / MODELS, _part_of(one.name, self._store))

    def _merge(self, new: Workspace, papers: Iterable[str]) -> None:
        for paper in papers:
            for folder in conversions(new, paper):
                self._take_conversion(
                    folder, self.work.conversion(paper, folder.name.removeprefix("convert-")), paper
                )
            calls = self.work.calls(paper)
            if not calls.exists() and new.calls(paper).exists():
                _move(new.calls(paper), calls)
        merge_into(self.work, [new])
        for paper in papers:
            if (calls := self.work.calls(paper)).exists():
                self._state.ledgers[paper] = calls.stat().st_size

    def _take_conversion(self, new: Path, place: Path, paper: str) -> None:
        """Of two conversions the same one counts as where workspaces are assembled."""
        if place.exists():
            if conversion_rank(place, paper) <= conversion_rank(new, paper):
                return
            shutil.rmtree(place)
        for file in new.iterdir():
            sync(file)
        _move(new, place)
        of_document = place / "meta.json"
        mark = _mark(of_document if of_document.exists() else place / "failure.json")
        self._state.files[self._relative(place)] = mark

    def _take_models(self, new: Path, part: Shard) -> None:
        """Which models answered: of this part the last word counts, of others the first one, as of workspaces that are assembled."""
        place = self.work.root / MODELS
        if new.exists() and (part == self._shard or not place.exists()):
            new.replace(place)
            self._state.files[MODELS] = _mark(place)


_News = tuple[str, bytes, Callable[[], None]]
"""The name of a file of the workspace, what is new in it, and what notes that it is published."""


def conversion_rank(folder: Path, paper_sha256: str) -> tuple[int, str]:
    """By which of two conversions of a paper counts, the smaller one: a document before a failure, else by the sha256 of its meta.json."""
    found = convert.load(folder, paper_sha256)
    if isinstance(found, Document):
        return 0, sha256((folder / "meta.json").read_text(encoding="utf-8"))
    return (2, "") if found is None else (1, str(found))


def _move(new: Path, place: Path) -> None:
    """Bring a file or a folder to where it belongs, so that it is there after a power cut."""
    make_folder(place.parent)
    sync(new)
    new.replace(place)
    sync(place.parent)


def _nothing() -> None:
    """Note nothing."""


def _batches(news: Iterable[_News]) -> Iterator[list[_News]]:
    """What fits into a segment; the files of one conversion stay together, since only the last of them notes something."""
    batch: list[_News] = []
    size = 0
    for one in news:
        batch.append(one)
        size += len(one[1])
        if size >= SEGMENT and one[2] is not _nothing:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _mark(place: Path) -> str:
    status = place.stat()
    return f"{status.st_mtime_ns} {status.st_size}"


def _folder(kind: str, shard: Shard) -> str:
    return f"{kind}/{shard.index}-of-{shard.count}"


def _named(name: str) -> re.Match[str]:
    found = NAMED.fullmatch(name.rpartition("/")[2])
    assert found is not None
    return found


def _part_of(name: str, store: Store) -> Shard:
    """The part that an object is of.

    Raises:
        StoreError: where its name is none of ours.
    """
    folder, _, last = name.rpartition("/")
    found = _FOLDER.fullmatch(folder)
    try:
        if found is None or NAMED.fullmatch(last) is None:
            raise ValueError
        return Shard.parse(f"{found['index']}/{found['count']}")
    except ValueError:
        raise store.damaged(name, "its name is none that a run gives") from None


def _state(place: Path) -> _State:
    data = read_file(place)
    if data is None:
        return _State()
    try:
        return _STATE.validate_json(data)
    except ValueError:
        raise WorkspaceError(
            f"{str(place)!r} is damaged: it says what of this mirror its store has",
            remedy=f"remove {str(place.parent)!r}, once what is new in its ledgers is saved",
        ) from None
