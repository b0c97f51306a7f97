"""What killed runs leave beside a dataset folder, and files in it that are not ours: none of it is lost.

Beside `DIR` a staging directory `.DIR.qagen-XXXX/` lives while a dataset is written, with a lock while its run lives:
`new/` is filled, the old `DIR` moves to `old/`, `new/` becomes `DIR`, and what is ours in `old/` is removed.
"""

import glob
import shutil
from pathlib import Path

from filelock import FileLock, Timeout

from builder.folder import manifest
from qagen.errors import DatasetError, WorkspaceError

LOCK = "lock"


def prefix(target: Path) -> str:
    """How the names of the folder's staging directories begin."""
    return f".{target.name}.qagen-"


def mend(target: Path) -> None:
    """Finish or undo what killed runs left beside the target; what belongs to living runs is not touched.

    A dataset that was moved away goes back, together with files that were put in its place since. It is removed only
    where another whole dataset stands in its place.

    Raises:
        WorkspaceError: where it cannot go back, since something else has its files' names.
    """
    for staging in sorted(target.parent.glob(f"{glob.escape(prefix(target))}*")):
        if not (staging / LOCK).is_file():
            continue
        lock = FileLock(staging / LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            continue
        try:
            _mend_one(staging / "old", target)
        finally:
            lock.release()
        if not (staging / "old").exists():
            shutil.rmtree(staging, ignore_errors=True)


def _mend_one(old: Path, target: Path) -> None:
    if not old.is_dir():
        return
    if _is_whole(target):
        keep_foreign(old, target)
    elif not any(old.iterdir()):
        old.rmdir()
    elif not (old / manifest.FILE).is_file():
        return  # no dataset: files of somebody else that had the name of a new one
    elif not target.exists():
        old.rename(target)
    elif target.is_dir() and not _collides(target, old):
        _carry(target, old, set())
        _remove_empty(target)
        old.rename(target)
    else:
        raise kept_apart(target, old)


def kept_apart(target: Path, old: Path) -> WorkspaceError:
    """What to raise where a dataset was moved away and something else stands in its place."""
    return WorkspaceError(
        f"{str(target)!r} is not the dataset that stood there before a run was stopped: that one is kept in {str(old)!r}",
        remedy=f"move away what is at {str(target)!r} now, or remove {str(old.parent)!r} if you do not need it, and run again",
    )


def keep_foreign(old: Path, target: Path) -> None:
    """Move what is not ours from the old folder into the new one, and remove the old one if nothing is left.

    `target` is a whole dataset: what is ours in the old one is removed for good.
    """
    ours = _listed(old)
    if ours is None:
        return
    _carry(old, target, ours)
    for name in sorted(ours - {manifest.FILE}):
        path = old / name
        if path.is_file() and path.parent.resolve().is_relative_to(old.resolve()):
            path.unlink()
    (old / manifest.FILE).unlink(missing_ok=True)
    _remove_empty(old)


def _is_whole(folder: Path) -> bool:
    """Whether a folder is a dataset of ours with all of its data files."""
    names = _listed(folder) or set()
    return bool(names) and all((folder / name).is_file() for name in names if name.startswith("data/"))


def _listed(folder: Path) -> set[str] | None:
    """The files of a dataset folder that are ours; None where its manifest cannot tell."""
    if not (folder / manifest.FILE).is_file():
        return set()
    try:
        return {manifest.FILE, *manifest.read(folder).files}
    except DatasetError:
        return None


def _collides(source: Path, place: Path) -> bool:
    """Whether a file of one folder has the name of something in the other."""
    return any(
        _collides(entry, place / entry.name)
        if _is_folder(entry) and _is_folder(place / entry.name)
        else _is_there(place / entry.name)
        for entry in source.iterdir()
    )


def _carry(source: Path, place: Path, ours: set[str]) -> None:
    """Move the entries that hold nothing of ours; where a new one has the name, the old one stays where it is."""
    for entry in sorted(source.iterdir()):
        new = place / entry.name
        if entry.name in ours:
            continue
        inner = {name.partition("/")[2] for name in ours if name.startswith(f"{entry.name}/")}
        if _is_folder(entry) and (inner or _is_folder(new)):
            _carry(entry, new, inner)
        elif not _is_there(new):
            place.mkdir(parents=True, exist_ok=True)
            entry.rename(new)


def _remove_empty(top: Path) -> None:
    for folder in sorted((path for path in top.rglob("*") if _is_folder(path)), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()
    if not any(top.iterdir()):
        top.rmdir()


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _is_there(path: Path) -> bool:
    return path.exists() or path.is_symlink()
