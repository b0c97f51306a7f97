"""The models of the embedded engine: those that are known by a short name, and those whose weights are on this disk.

    FOLDER/<owner>/<repository>/<file>.gguf         as on the Hub
    FOLDER/<owner>/<repository>/<file>.gguf.json    where it came from: repository, revision, sha256, licence

FOLDER is what the environment variable QAGEN_MODELS names, else `qagen/models` in the user's cache folder.
"""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qagen.errors import InputError, ModelMissing

FOLDER_VARIABLE = "QAGEN_MODELS"
_GB = 2**30


@dataclass(frozen=True, slots=True)
class Known:
    """A model that is known by a short name.

    Attributes:
        memory: GiB of the machine from which on it is a sensible choice.
        about: family and size, for a person.
        default: whether it is what a machine of that memory gets without a name.
    """

    name: str
    repo: str
    file: str
    memory: int
    about: str
    default: bool = False


_R1 = "bartowski/DeepSeek-R1-Distill-Qwen-{0}-GGUF", "DeepSeek-R1-Distill-Qwen-{0}-Q4_K_M.gguf"
_QWEN = "Qwen/Qwen3-{0}-GGUF", "Qwen3-{0}-Q4_K_M.gguf"


def _known(family: tuple[str, str], prefix: str, size: str, memory: int, *, default: bool = False) -> Known:
    repo, file = (pattern.format(size) for pattern in family)
    about = f"{'a distill of DeepSeek R1' if prefix == 'r1' else 'Qwen3'}, {size} parameters, 4 bits"
    return Known(f"{prefix}-{size.lower()}", repo, file, memory, about, default)


KNOWN = (
    _known(_R1, "r1", "1.5B", 0, default=True),
    _known(_QWEN, "qwen3", "4B", 8, default=True),
    _known(_R1, "r1", "7B", 16),
    _known(_QWEN, "qwen3", "8B", 16, default=True),
    _known(_QWEN, "qwen3", "14B", 24),
    _known(_R1, "r1", "14B", 24, default=True),
    _known(_QWEN, "qwen3", "32B", 48),
    _known(_R1, "r1", "32B", 48, default=True),
)
"""By the memory that they take: weights of 4 bits, and a few slots of context."""


def suggestion(memory: int | None) -> Known:
    """The default for so many bytes of memory; for an unknown amount the smallest."""
    # A machine sold with 8 GiB says a little less.
    rounded = (memory or 0) / _GB * 1.1
    return [known for known in KNOWN if known.default and known.memory <= rounded][-1]


@dataclass(frozen=True, slots=True)
class Kept:
    """A model whose weights are here; what came without a note (a file of the user's own) has no source.

    Attributes:
        name: what `--model` calls it, and what stands in the records.
    """

    name: str
    path: Path
    size: int
    repo: str | None = None
    revision: str | None = None
    sha256: str | None = None
    license: str | None = None


def folder() -> Path:
    """Where weights are kept."""
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "qagen" / "models"


def installed_models() -> tuple[Kept, ...]:
    """The models whose weights are in the folder, by name."""
    found = [_kept(path) for path in folder().glob("*/*/*.gguf")]
    return tuple(sorted(found, key=lambda one: (one.name, str(one.path))))


def find(name: str) -> Kept:
    """A model by its short name, its file's name or `owner/repository/file`, or a GGUF anywhere by its path.

    Raises:
        InputError: where a path names no file.
        ModelMissing: where its weights are not here; nothing is fetched.
    """
    if name.endswith(".gguf") and Path(name).is_file():
        return Kept(Path(name).stem, Path(name), Path(name).stat().st_size)
    fitting = [one for one in installed_models() if name in _names(one)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        places = ", ".join(repr(f"{one.repo}/{one.path.name}") for one in fitting)
        raise ModelMissing(
            f"the name {name!r} fits several models here: {places}", remedy="name one of these with --model"
        )
    if name.endswith(".gguf") and not Path(name).name == name and not _on_the_hub(name):
        raise InputError(
            f"the model file {name!r} is not there", remedy="see `qagen models list` for those that are"
        )
    raise ModelMissing(
        f"the weights of {name!r} are not on this machine",
        remedy=f"fetch them with `qagen models pull {name}`, or name a GGUF file or "
        "one of `qagen models list` with --model",
    )


def name_of(model: str) -> str:
    """The name that a model has in requests and records, whether or not its weights are here."""
    try:
        return find(model).name
    except (ModelMissing, InputError):
        return Path(model).stem if model.endswith(".gguf") else model


def remove(name: str) -> Kept:
    """Delete a model's weights and the note beside them; gives what was deleted.

    Raises:
        ModelMissing: where they are not in the folder: a file elsewhere is the user's own.
    """
    model = find(name)
    if not model.path.is_relative_to(folder()):
        raise ModelMissing(
            f"{name!r} is not in {str(folder())!r}, so it stays",
            remedy="delete the file itself if you mean it",
        )
    model.path.unlink()
    note_of(model.path).unlink(missing_ok=True)
    return model


def note_of(path: Path) -> Path:
    """Where the note about a model's file lies."""
    return path.with_name(f"{path.name}.json")


def _names(model: Kept) -> Iterator[str]:
    yield from (model.name, model.path.stem, model.path.name)
    if model.repo:
        yield f"{model.repo}/{model.path.name}"


def _on_the_hub(name: str) -> bool:
    return name.count("/") == 2 and not name.startswith((".", "/", "~"))


def _kept(path: Path) -> Kept:
    try:
        said = json.loads(note_of(path).read_text(encoding="utf-8"))
        texts = {key: said.get(key) for key in ("revision", "sha256", "license")}
    except (OSError, ValueError, AttributeError):
        texts = {}
    repo = f"{path.parents[1].name}/{path.parent.name}"
    name = next((one.name for one in KNOWN if (one.repo, one.file) == (repo, path.name)), path.stem)
    told = {key: value for key, value in texts.items() if isinstance(value, str)}
    return Kept(name, path, path.stat().st_size, repo, **told)
