"""The entailment models: those that are known by a short name, and where the files of one lie.

    FOLDER/<owner>/<repository>/grounding/model.onnx      the weights
                                          tokenizer.json  how text becomes tokens, of the `tokenizers` library
                                          config.json     what its labels mean
                                          source.json     where they came from: repository, revision, file, licence

FOLDER is that of the other weights (`QAGEN_MODELS`). A folder of one's own with the first three files is named by its path.
"""

import hashlib
import json
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from qagen.engines.embedded.weights import folder
from qagen.errors import ModelMissing
from qagen.records import canonical_json, sha256

WEIGHTS, TOKENIZER, CONFIG, SOURCE = "model.onnx", "tokenizer.json", "config.json", "source.json"
FILES = (WEIGHTS, TOKENIZER, CONFIG)
OFF = "off"
"""The name that stands for no model."""


@dataclass(frozen=True, slots=True)
class Known:
    """A model of the Hub that is known by a short name.

    Attributes:
        file: its weights: the int8 ones that every x86 processor computes alike.
        about: what it is, and what its authors measured, for a person.
    """

    name: str
    repo: str
    file: str
    about: str


KNOWN = (
    Known(
        "nli-xsmall",
        "cross-encoder/nli-deberta-v3-xsmall",
        "onnx/model_quint8_avx2.onnx",
        "DeBERTa-v3-xsmall on SNLI and MultiNLI, 87 MB, Apache-2.0; its authors: accuracy 0.90 on their development set",
    ),
)
"""The smallest that publish weights for this runtime; checkpoints without an ONNX file are named once they are exported."""


@dataclass(frozen=True)
class Kept:
    """A model whose files are on this machine.

    Attributes:
        name: what `--grounding` calls it.
        place: its folder.
    """

    name: str
    place: Path

    @cached_property
    def identity(self) -> str:
        """What the model is, whatever it is called: a hash over the bytes of its files."""
        digests = [_digest(self.place / name) for name in FILES]
        return sha256(canonical_json(digests))


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while data := file.read(2**20):
            digest.update(data)
    return digest.hexdigest()


def repository(name: str) -> tuple[str, str | None]:
    """The repository that a name stands for, and the file of its weights where the name says it: `owner/repository[/file.onnx]`."""
    for known in KNOWN:
        if name == known.name:
            return known.repo, known.file
    parts = name.split("/")
    return "/".join(parts[:2]), "/".join(parts[2:]) or None


def place_of(repo: str) -> Path:
    """Where the files of a repository's model lie."""
    return folder() / repo / "grounding"


def find(name: str) -> Kept:
    """A model by its short name, as `owner/repository`, or by the path of a folder that has its files.

    Raises:
        ModelMissing: where its files are not here; nothing is fetched.
    """
    own = Path(name)
    place = own if own.is_dir() else place_of(repository(name)[0])
    missing = [file for file in FILES if not (place / file).is_file()]
    if not missing:
        return Kept(name, place)
    if own.is_dir():
        raise ModelMissing(
            f"the folder {name!r} has no {', '.join(missing)}",
            remedy=f"an entailment model is a folder with {', '.join(FILES)}",
        )
    raise ModelMissing(
        f"the entailment model {name!r} is not on this machine",
        remedy=f"fetch it with `qagen models pull --grounding {name}`, name a folder "
        f"with {', '.join(FILES)}, or do without with --grounding off",
    )


def installed_models() -> tuple[Kept, ...]:
    """The fetched models that are here, by name."""
    names = {known.repo: known.name for known in KNOWN}
    found = []
    for place in folder().glob("*/*/grounding"):
        repo = f"{place.parents[1].name}/{place.parents[0].name}"
        if all((place / file).is_file() for file in FILES):
            found.append(Kept(names.get(repo, repo), place))
    return tuple(sorted(found, key=lambda one: one.name))


def remove(name: str) -> Kept:
    """Delete a fetched model's files; gives what was deleted.

    Raises:
        ModelMissing: where they are not in the folder: a folder elsewhere is the user's own.
    """
    model = find(name)
    if not model.place.is_relative_to(folder()):
        raise ModelMissing(
            f"{name!r} is not in {str(folder())!r}, so it stays",
            remedy="delete the folder itself if you mean it",
        )
    shutil.rmtree(model.place)
    return model


def licence_of(model: Kept) -> str | None:
    """The licence that the model's source named; None where nobody said."""
    try:
        said = json.loads((model.place / SOURCE).read_text(encoding="utf-8"))["license"]
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return said if isinstance(said, str) else None
