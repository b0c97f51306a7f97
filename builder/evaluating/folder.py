"""The folder of a set: what is in it, and how it is put in place.

FOLDER/
  README.md                 the card: configs for `load_dataset` and the Hub, how to run each harness
  eval.yaml                 the Hub's benchmarks, and `inspect eval hf/NAME/DATASET`
  data/open/test.jsonl      questions with their answers
  data/choice/test.jsonl    questions with several answers of which one is true
  inspect_tasks.py          inspect-ai
  lighteval_tasks.py        lighteval
  lm_eval/*.yaml, *.py      lm-evaluation-harness
  left_out.jsonl            records that are not in both forms, and why
  overlaps.jsonl            what shares words with other texts
  evalset.json              what the set was made of, and the sha256 of every file
"""

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from qagen.errors import DatasetError, WorkspaceError
from qagen.records import sha256
from qagen.workspace import make_folder, translate_os_errors, write_atomically

LISTING = "evalset.json"
TOOL = "qagen evalset"


def check_place(out: Path, others: Iterable[Path] = ()) -> None:
    """Refuse a folder that cannot take a set, before one is made.

    Args:
        out: the folder of the set.
        others: folders with files of their own, a dataset and a workspace.

    Raises:
        DatasetError: where `out` is a file, holds something that is no set, or lies in one of the others.
        WorkspaceError: where it cannot be written.
    """
    with _named(out):
        if out.exists() and not out.is_dir():
            raise DatasetError(
                f"{str(out)!r} is a file, and a folder has to go there", remedy="name another with --out"
            )
        if out.is_dir() and any(out.iterdir()) and _listed(out) is None:
            raise DatasetError(
                f"{str(out)!r} has files in it and is no set of `qagen evalset`, so it is left alone",
                remedy="name another or an empty folder with --out",
            )
        for place in others:
            if out.resolve() != place.resolve() and out.resolve().is_relative_to(place.resolve()):
                raise DatasetError(
                    f"{str(out)!r} would lie in {str(place)!r}, which has files of its own",
                    remedy="name a folder elsewhere with --out",
                )
        make_folder(out)
        with tempfile.TemporaryFile(dir=out):
            """It can be written."""


def write(out: Path, files: Mapping[str, str], listing: Mapping[str, Any]) -> None:
    """Write a set's files; those of the set before that are none of this one are removed.

    Args:
        out: a folder that `check_place` let pass.
        files: texts by path inside it.
        listing: what `evalset.json` says besides the files; it is written before them, so that what a killed run leaves is known
            to be a set's, and by the sums not to be whole.

    Raises:
        WorkspaceError: where it cannot be written.
    """
    sums = {name: sha256(text) for name, text in sorted(files.items())}
    with _named(out):
        for name in _listed(out) or ():
            if name not in files and _is_inside(out, name):
                (out / name).unlink(missing_ok=True)
        write_atomically(
            out / LISTING, json.dumps({**listing, "files": sums}, indent=1, sort_keys=True) + "\n"
        )
        for name, text in files.items():
            write_atomically(out / name, text)


def json_lines(rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows as JSON lines in ASCII, in which no text ends a line or a file before its time."""
    return "".join(json.dumps(row) + "\n" for row in rows)


def _listed(out: Path) -> list[str] | None:
    """The files of the set that lies in a folder; None where none does."""
    try:
        value = json.loads((out / LISTING).read_text(encoding="utf-8"))
        files = value["files"]
        return list(files) if value["tool"] == TOOL and isinstance(files, dict) else None
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None


def _is_inside(out: Path, name: str) -> bool:
    """Whether a listed file is one of the folder's own: somebody may have edited the list."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and (out / name).is_file()


@contextmanager
def _named(out: Path) -> Iterator[None]:
    """Errors of the system as one line that names the option."""
    try:
        with translate_os_errors(out):
            yield
    except WorkspaceError as error:
        raise WorkspaceError(
            error.message, remedy="choose a writable place with --out, or free some space"
        ) from None
