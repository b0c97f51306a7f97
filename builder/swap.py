"""Put a folder in its place as a whole: what stood there before is replaced only when it is ours.

Beside `DIR` a holder folder `.DIR.qagen-XXXX/` lives while a dataset is written: `new/` is filled, the old `DIR`
moves to `old/`, `new/` becomes `DIR`. A killed run leaves its holder behind; the next one mends and removes it.
"""

import errno
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from builder import manifest
from qagen.errors import DatasetError, WorkspaceError
from qagen.workspace import explained

_LOCK = "lock"


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give an empty folder to fill; when the block ends well, it stands at `target`.

    Files in `target` that its manifest does not list are somebody else's: they are kept and stand in the new
    folder too, unless a new file has their name.

    Raises:
        DatasetError: where `target` holds something that is no dataset folder of qagen.
        WorkspaceError: where it cannot be written.
    """
    target = target.expanduser().absolute()
    target = target.resolve() if target.is_symlink() else target
    with explained(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        _mend_leftovers(target)
        _must_be_ours(target)
        holder = Path(tempfile.mkdtemp(prefix=_prefix(target), dir=target.parent))
        lock = FileLock(holder / _LOCK)
        lock.acquire(timeout=0)
        try:
            new = holder / "new"
            new.mkdir()
            yield new
            _must_be_ours(target)
            _swap(target, new, holder / "old")
        finally:
            lock.release()
            if not (holder / "old").exists():
                shutil.rmtree(holder, ignore_errors=True)


def _prefix(target: Path) -> str:
    return f".{target.name}.qagen-"


def _must_be_ours(target: Path) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise DatasetError(
            f"{str(target)!r} is a file, and a folder has to go there; name another with --out"
        )
    if any(target.iterdir()) and not (target / manifest.FILE).is_file():
        raise DatasetError(
            f"{str(target)!r} has files in it and no {manifest.FILE}, so it is no dataset folder of qagen and is "
            "left alone; name another or an empty folder with --out"
        )
    if (target / manifest.FILE).is_file():
        manifest.read(target)


def _swap(target: Path, new: Path, old: Path) -> None:
    try:
        if target.exists():
            target.rename(old)
        new.rename(target)
    except OSError as error:
        if old.exists() and not target.exists():
            old.rename(target)
        if error.errno in (errno.EBUSY, errno.EXDEV):
            raise WorkspaceError(
                f"{str(target)!r} cannot be replaced as a whole ({error.strerror}); is it a mount point? "
                "Name a folder below it with --out"
            ) from error
        raise
    _keep_foreign(old, target)


def _mend_leftovers(target: Path) -> None:
    """Finish or undo what killed runs left beside the target; those of living runs are not touched."""
    for holder in sorted(target.parent.glob(f"{_glob_escaped(_prefix(target))}*")):
        if not (holder / _LOCK).is_file():
            continue
        lock = FileLock(holder / _LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            continue
        try:
            old = holder / "old"
            if old.exists() and not target.exists():
                old.rename(target)
            elif old.exists():
                _keep_foreign(old, target)
        finally:
            lock.release()
        if not old.exists():
            shutil.rmtree(holder, ignore_errors=True)


def _glob_escaped(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _keep_foreign(old: Path, target: Path) -> None:
    """Move what is not ours from the old folder into the new one, and remove the old one if nothing is left."""
    if not old.exists():
        return
    ours = _listed(old)
    _carry(old, target, ours)
    for name in sorted(ours - {manifest.FILE}):
        (old / name).unlink(missing_ok=True)
    (old / manifest.FILE).unlink(missing_ok=True)
    for folder in sorted((path for path in old.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()
    if not any(old.iterdir()):
        old.rmdir()


def _carry(source: Path, place: Path, ours: set[str]) -> None:
    """Move the entries that hold nothing of ours; where a new one has the name, the old one stays where it is."""
    for entry in sorted(source.iterdir()):
        new = place / entry.name
        if entry.name in ours:
            continue
        inner = {name.partition("/")[2] for name in ours if name.startswith(f"{entry.name}/")}
        if entry.is_dir() and not entry.is_symlink() and (inner or new.is_dir()):
            _carry(entry, new, inner)
        elif not new.exists() and not new.is_symlink():
            place.mkdir(parents=True, exist_ok=True)
            entry.rename(new)


def _listed(folder: Path) -> set[str]:
    """The files of a dataset folder that are ours; names that lead out of it are not."""
    if not (folder / manifest.FILE).is_file():
        return set()
    names = manifest.read(folder)["files"]
    return {
        manifest.FILE,
        *(name for name in names if ".." not in Path(name).parts and not Path(name).is_absolute()),
    }
