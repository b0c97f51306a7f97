"""Put a folder in its place as a whole: what stood there before is replaced only when it is ours."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import takewhile
from pathlib import Path

from filelock import FileLock

from builder.folder import manifest
from builder.folder.recover import LOCK, keep_foreign, kept_apart, mend, prefix
from qagen.errors import DatasetError, WorkspaceError
from qagen.workspace import make_folder, sync, translate_os_errors

_KEPT_IN_WORKSPACES = ("papers", "runs", "lock")
"""What a workspace keeps for itself at its top; a dataset folder may lie beside these."""
_DEEPEST = "new/data/rejected/validation-00000-of-00001.parquet"
"""About as deep as the paths of a dataset become while it is written."""


def check_target(out: Path, work: Path | None = None) -> None:
    """Find out before a long build whether its dataset folder can be put in place at the end.

    What killed runs left beside it is mended.

    Args:
        out: where the dataset folder goes.
        work: the workspace of the build; None where there is none.

    Raises:
        DatasetError: where `out` is no place for a dataset folder, or holds something that is none.
        WorkspaceError: where it cannot be written.
    """
    target = _place(out)
    if work is not None:
        _refuse_overlap(target, work)
    with translate_os_errors(target):
        _examine(target)
        _try_to_write(target)


def _is_text(out: Path) -> bool:
    """Whether a path can be written as UTF-8: not every name that a file system allows is one."""
    try:
        str(out.absolute()).encode()
    except UnicodeEncodeError:
        return False
    return True


@contextmanager
def replacing(out: Path) -> Iterator[Path]:
    """Give an empty folder to fill; when the block ends well, it stands at `out`.

    Files in `out` that its manifest does not list are somebody else's: they are kept and stand in the new
    folder too, unless a new file has their name.

    Raises:
        DatasetError: where `out` holds something that is no dataset folder of qagen, or can hold none.
        WorkspaceError: where it cannot be written.
    """
    target = _place(out)
    with translate_os_errors(target):
        _examine(target)
        make_folder(target.parent)
        staging = _new_staging(target)
        lock = FileLock(staging / LOCK)
        lock.acquire(timeout=0)
        try:
            new = staging / "new"
            new.mkdir()
            yield new
            _settle(new)
            _must_be_ours(target)
            _exchange_folders(target, new, staging / "old")
        finally:
            lock.release()
            if not (staging / "old").exists():
                shutil.rmtree(staging, ignore_errors=True)


def _place(out: Path) -> Path:
    """Where `out` really is: absolute, links followed, and not the ground that this run stands on."""
    if not _is_text(out):
        raise DatasetError(
            f"the path {str(out.absolute())!r} holds a character that is no text, and `datasets` could not open what is built there",
            remedy="name another folder with --out",
        )
    with translate_os_errors(out):
        try:
            target = Path(os.path.realpath(out.expanduser().absolute()))
            with suppress(FileNotFoundError):
                target.stat()
        except RuntimeError:
            raise DatasetError(
                f"{str(out)!r} begins with the home folder of a user who is not known here",
                remedy="write it in full with --out",
            ) from None
        except ValueError as error:
            raise DatasetError(
                f"{str(out)!r} is no name that a folder can have ({error})", remedy="name another with --out"
            ) from None
        except OSError as error:
            if error.errno != errno.ELOOP:
                raise
            raise DatasetError(
                f"{str(out)!r} is a link that leads in a circle",
                remedy="remove it, or name another folder with --out",
            ) from None
        if Path.cwd().is_relative_to(target):
            raise DatasetError(
                f"{str(target)!r} is the folder that this runs in, or is above it, and cannot be replaced as a whole",
                remedy="name another with --out, or run from elsewhere",
            )
    return target


def _refuse_overlap(target: Path, work: Path) -> None:
    """A workspace inside the dataset folder would be moved away with it, under the feet of its own run."""
    root = Path(os.path.realpath(work))
    if root.is_relative_to(target):
        raise WorkspaceError(
            f"the workspace {str(work)!r} lies in the dataset folder {str(target)!r}, which is replaced as a whole",
            remedy=f"name a folder outside with --work, for instance {str(target.with_name('.qagen'))!r}",
        )
    for name in _KEPT_IN_WORKSPACES:
        if target.is_relative_to(root / name):
            raise DatasetError(
                f"{str(target)!r} is where the workspace {str(work)!r} keeps its own files",
                remedy="name another folder with --out",
            )


def _examine(target: Path) -> None:
    """Refuse what must not or cannot be replaced, after mending what killed runs left."""
    if os.path.ismount(target):
        raise _is_mount(target)
    mend(target)
    _must_be_ours(target)


def _is_mount(target: Path) -> WorkspaceError:
    return WorkspaceError(
        f"{str(target)!r} is where another file system is mounted and cannot be replaced as a whole",
        remedy="name a folder below it with --out",
    )


def _must_be_ours(target: Path) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise DatasetError(
            f"{str(target)!r} is a file, and a folder has to go there", remedy="name another with --out"
        )
    if (target / manifest.FILE).is_file():
        manifest.read(target)
    elif any(target.iterdir()):
        raise DatasetError(
            f"{str(target)!r} has files in it and no {manifest.FILE}, so it is no dataset folder of qagen and is "
            "left alone",
            remedy="name another or an empty folder with --out",
        )


def _try_to_write(target: Path) -> None:
    """Do beside the target what replacing it does, and undo it."""
    with ExitStack() as undone:
        for folder in reversed(list(takewhile(lambda path: not path.exists(), target.parents))):
            folder.mkdir(exist_ok=True)
            undone.callback(_remove_if_empty, folder)
        staging = _new_staging(target)
        undone.callback(shutil.rmtree, staging, ignore_errors=True)
        (staging / _DEEPEST).mkdir(parents=True)
    names = manifest.read(target).files if (target / manifest.FILE).is_file() else ()
    for folder in sorted({target, *((target / name).parent for name in names)}):
        if folder.exists() and not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))


def _remove_if_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def _new_staging(target: Path) -> Path:
    try:
        return Path(tempfile.mkdtemp(prefix=prefix(target), dir=target.parent))
    except OSError as error:  # names the staging, which nobody has asked for
        raise type(error)(error.errno, error.strerror, str(target)) from error


def _settle(folder: Path) -> None:
    """Have the disk hold all of a folder before anything is removed for it."""
    for place in [*folder.rglob("*"), folder]:
        sync(place)


def _exchange_folders(target: Path, new: Path, old: Path) -> None:
    try:
        if target.exists():
            target.rename(old)
        new.rename(target)
        sync(target.parent)
    except BaseException as error:
        if old.exists() and not target.exists():
            old.rename(target)
        if isinstance(error, OSError) and error.errno in (errno.EBUSY, errno.EXDEV):
            raise _is_mount(target) from error
        if isinstance(error, OSError) and old.exists():
            raise kept_apart(target, old) from error
        raise
    if old.exists():
        keep_foreign(old, target)
