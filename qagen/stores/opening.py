"""What a command does with a workspace or papers in a store: it gets folders here instead, and nothing changes where all are folders."""

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from qagen.address import address_of
from qagen.errors import SettingsError, StoreError
from qagen.papers.shard import Shard
from qagen.records import sha256
from qagen.settings import Settings
from qagen.stores import claims
from qagen.stores.claims import Times
from qagen.stores.mirror import Mirror
from qagen.stores.papers import Index, RemotePapers
from qagen.stores.publishing import PUBLISHED_EVERY, Publisher
from qagen.stores.store import Store
from qagen.terminal import tell
from qagen.workspace import Workspace

SCRATCH = "QAGEN_SCRATCH"
"""The variable that names the folder for mirrors."""
_WHOLE = Shard(1, 1)


@dataclass(frozen=True, slots=True)
class Here:
    """Folders that stand for what was named.

    Attributes:
        paths: of the papers.
        works: of the workspaces, in the order in which they were named.
        names: of the workspaces, as they were named.
        sums: the sha256 of PDFs that are known without being read, by their paths.
    """

    paths: Sequence[Path]
    works: Sequence[Path]
    names: Sequence[str]
    sums: Mapping[Path, str] = field(default_factory=dict)

    def name_of(self, work: str) -> str:
        """How a workspace was named, by its folder."""
        return next(
            (name for place, name in zip(self.works, self.names, strict=True) if place == Path(work)), work
        )

    @property
    def work(self) -> Path:
        """Of the one workspace."""
        (work,) = self.works
        return work


@dataclass(frozen=True, slots=True)
class Means:
    """What stores are reached and mirrored with.

    Attributes:
        scratch: the folder for mirrors.
        options: for fsspec's file systems.
        note: tells a person something.
        times: the clock of claims.
        every: seconds between two publications.
    """

    scratch: Path = field(default_factory=lambda: Path(os.environ.get(SCRATCH) or ".qagen/remote"))
    options: Mapping[str, object] = field(default_factory=dict)
    note: Callable[[str], None] = tell
    times: Times = field(default_factory=Times)
    every: float = PUBLISHED_EVERY

    def store(self, address: str) -> Store:
        """What is at an address."""
        return Store(address, self.options)

    def folder(self, address: str, part: str) -> Path:
        """The mirror of a part of what is at an address."""
        words = re.sub(r"[^a-z0-9.]+", "-", address.lower())[:40].strip("-.")
        return self.scratch.resolve() / f"{words}-{sha256(address)[:12]}" / part


def refuse_vectors(settings: Settings, works: Sequence[Path]) -> None:
    """Refuse, of a workspace in a store, parts in which vectors decide what is asked about together: vectors are not published.

    Raises:
        SettingsError: where they do.
    """
    address = next(filter(None, map(address_of, works)), None)
    if address and settings.ask.groups_chunks and settings.select.embedding_model:
        raise SettingsError(
            f"`embedding_model` in [select] decides which chunks are asked about together, and {address!r} keeps no vectors",
            remedy="leave it out for the parts and for `qagen assemble`, or fill workspaces on disks",
        )


@contextmanager
def filling(
    paths: Sequence[Path],
    work: Path,
    shard: Shard | None = None,
    *,
    limit: int | None = None,
    refresh: bool = False,
    means: Means | None = None,
) -> Iterator[Here]:
    """Folders for a run that fills a workspace; what it does is published as it goes on, and at its end, however it ends.

    Args:
        paths: of papers, folders and addresses.
        work: of the workspace, a folder or an address.
        shard: the part of the papers that it is filled for; None for all.
        limit: only so many of all papers.
        refresh: whether answers are to be asked anew.
        means: what stores are reached with.

    Raises:
        StoreError: where a store cannot be used.
        WorkspaceError: where another process works on the part.
        StoreLost: at the end, where not all could be published.
    """
    means = means or Means()
    address = address_of(work)
    with ExitStack() as stack:
        store, mirrored = None, work
        if address is not None:
            if refresh:
                raise SettingsError(
                    f"--refresh sets answers aside, and what is published at {address!r} stays",
                    remedy="name another workspace with --work",
                )
            store = means.store(address)
            part = shard or _WHOLE
            folder = means.folder(address, f"{part.index}-of-{part.count}")
            stack.enter_context(Workspace(folder).locked())
            mirror = Mirror(folder, store, part)
            mirrored = mirror.work.root
            lease = claims.take(store, part, means.note, mirror.token(), means.times)
            stack.enter_context(Publisher(mirror, lease, means.note, every=means.every))
            mirror.publish(lease.held.number)  # what an earlier run here could not
            mirror.take_in()
        places, remote = _papers(paths, store, means, shard, stack)
        sums = _sums(remote)
        wanted = frozenset(
            sum_ for sum_ in sorted(set(sums.values()))[:limit] if shard is None or shard.holds(sum_)
        )
        for one in remote:
            one.bring(wanted.__contains__)
        yield Here(places, [mirrored], [address or str(work)], sums)


@contextmanager
def reading(
    paths: Sequence[Path],
    works: Sequence[Path],
    *,
    shard: Shard | None = None,
    content: bool = False,
    means: Means | None = None,
) -> Iterator[Here]:
    """Folders for a command that reads workspaces and papers; nothing is published but sums of papers.

    Args:
        paths: of papers, folders and addresses.
        works: of workspaces, folders and addresses.
        shard: the part that is looked at; None for all.
        content: whether the papers themselves are read; else their sums are enough.
        means: what stores are reached with.

    Raises:
        StoreError: where a store cannot be used, or has no workspace.
    """
    means = means or Means()
    with ExitStack() as stack:
        stores = {work: means.store(address) for work in works if (address := address_of(work))}
        mirrored = [_mirrored(stores[work], means, stack) if work in stores else work for work in works]
        places, remote = _papers(paths, next(iter(stores.values()), None), means, shard, stack)
        for one in remote if content else ():
            one.bring(lambda _: True)
        yield Here(places, mirrored, [address_of(work) or str(work) for work in works], _sums(remote))


def _mirrored(store: Store, means: Means, stack: ExitStack) -> Path:
    folder = means.folder(store.address, "all")
    stack.enter_context(Workspace(folder).locked())
    mirror = Mirror(folder, store, None)
    mirror.take_in()
    mirror.take_receipts()
    if not mirror.work.root.exists():
        raise StoreError(f"there is no workspace at {store.address!r}", remedy="check the spelling of --work")
    return mirror.work.root


def _papers(
    paths: Sequence[Path], store: Store | None, means: Means, shard: Shard | None, stack: ExitStack
) -> tuple[list[Path], list[RemotePapers]]:
    """Folders for papers, with all sums known; of the papers' content only what had to be read."""
    there = {path: address for path in paths if (address := address_of(path))}
    remote: dict[Path, RemotePapers] = {}
    part = f"{shard.index}-of-{shard.count}" if shard else "all"
    for path, address in there.items():
        folder = means.folder(address, f"papers-{part}")
        stack.enter_context(Workspace(folder).locked())
        found = RemotePapers(means.store(address), folder / "files", Index(folder / "index", store))
        found.find(shard)
        remote[path] = found
    return [remote[path].path if path in remote else path for path in paths], list(remote.values())


def _sums(remote: Sequence[RemotePapers]) -> dict[Path, str]:
    return {place: sum_ for one in remote for place, sum_ in one.sums.items()}
