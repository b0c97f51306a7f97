"""An entailment model from the Hub: weights, tokenizer and labels at one commit, each file checked against what the Hub says it is."""

import hashlib
import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import huggingface_hub as hf

from qagen.engines.embedded.pull import translate_hub_errors
from qagen.errors import HubError, InputError, WorkspaceError
from qagen.grounding.weights import (
    CONFIG,
    KNOWN,
    SOURCE,
    TOKENIZER,
    WEIGHTS,
    Kept,
    find,
    place_of,
    repository,
)
from qagen.workspace import translate_os_errors

_TIMEOUT = 60.0
_PREFERRED = ("quint8_avx2", "quantized", "int8", "model.onnx")
"""Of several files of weights that is taken whose name has the first of these: int8 before full precision."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the Hub.

    Attributes:
        path: in the repository.
        name: here.
        sha256: of files in the Hub's large storage; of others `git_sha1`, which git computes over their bytes.
    """

    path: str
    name: str
    size: int
    sha256: str | None
    git_sha1: str | None

    def is_intact(self, place: Path) -> bool:
        """Whether a file is what the Hub says it is."""
        data = place.read_bytes()
        if self.sha256 is not None:
            return hashlib.sha256(data).hexdigest() == self.sha256
        whole = b"blob %d\0" % len(data) + data
        return (
            len(data) == self.size and hashlib.sha1(whole, usedforsecurity=False).hexdigest() == self.git_sha1
        )


@dataclass(frozen=True, slots=True)
class Offer:
    """A model of the Hub that could be fetched.

    Attributes:
        revision: the commit that all files are taken from.
        license: as the repository's card names it; None where it does not.
        token: goes to the Hub and nowhere else.
    """

    name: str
    repo: str
    revision: str
    license: str | None
    parts: tuple[Part, ...]
    endpoint: str
    token: str | None = field(repr=False)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(part.size for part in self.parts)

    @property
    def file(self) -> str:
        """The weights, as a person finds them in the repository."""
        return next(part.path for part in self.parts if part.name == WEIGHTS)

    @property
    def path(self) -> Path:
        """The folder that it will lie in."""
        return place_of(self.repo)

    @property
    def is_here(self) -> bool:
        """Whether all its files are in that folder already, byte for byte."""
        return all(
            (place := self.path / part.name).is_file() and part.is_intact(place) for part in self.parts
        )


def look(name: str, *, endpoint: str | None = None, token: str | None = None) -> Offer:
    """Ask the Hub about a model; fetches nothing.

    Args:
        name: a short name, `owner/repository` or `owner/repository/file.onnx`.
        endpoint: the Hub; None takes that of the environment.
        token: None takes that of huggingface_hub's own places.

    Raises:
        InputError: where the name is none of these.
        HubError: where the Hub does not have it, or no weights for this runtime.
    """
    repo, wanted = repository(name)
    if repo.count("/") != 1 or not all(repo.split("/")):
        raise InputError(
            f"{name!r} is no entailment model's name",
            remedy=f"take one of {', '.join(one.name for one in KNOWN)}, or owner/repository, or "
            "owner/repository/file.onnx",
        )
    token = token or hf.get_token()
    api = hf.HfApi(endpoint=endpoint, token=token or False, library_name="qagen")
    place = str(api.endpoint)
    with translate_hub_errors(repo, place):
        info = api.model_info(repo, files_metadata=True, timeout=_TIMEOUT)
    entries = {entry.rfilename: entry for entry in info.siblings or ()}
    chosen = {_weights(repo, wanted, tuple(entries)): WEIGHTS, TOKENIZER: TOKENIZER, CONFIG: CONFIG}
    for path in chosen:
        if path not in entries:
            raise HubError(
                f"{repo} has no {path}, without which its model cannot be read", remedy="name another model"
            )
    license_ = getattr(info.card_data, "license", None)
    return Offer(
        name=name,
        repo=repo,
        revision=str(info.sha),
        license=license_ if isinstance(license_, str) else None,
        parts=tuple(
            Part(path, here, entry.size or 0, entry.lfs.sha256 if entry.lfs else None, entry.blob_id)
            for path, here in chosen.items()
            for entry in (entries[path],)
        ),
        endpoint=place,
        token=token,
    )


def _weights(repo: str, wanted: str | None, files: tuple[str, ...]) -> str:
    found = [path for path in files if path.endswith(".onnx")]
    if wanted is not None:
        if wanted in found:
            return wanted
        raise HubError(
            f"{repo} has no {wanted!r}", remedy=f"its ONNX files are {', '.join(map(repr, found)) or 'none'}"
        )
    for words in _PREFERRED:
        fitting = [path for path in found if words in path.rsplit("/", 1)[-1]]
        if len(fitting) == 1:
            return fitting[0]
    if len(found) == 1:
        return found[0]
    raise HubError(
        f"{repo} has {', '.join(map(repr, found)) or 'no ONNX file at all'}",
        remedy=f"name one as {repo}/FILE.onnx, or export the model to ONNX and name the folder",
    )


def fetch(offer: Offer) -> Kept:
    """Fetch the files of a model, or what is missing of them, check each, and put them into its folder together.

    Raises:
        HubError: where one cannot be had, or is not what the Hub says it is.
        WorkspaceError: where the disk has no room for them.
    """
    place = offer.path
    with translate_os_errors(place):
        place.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(place).free
        if free < offer.size:
            raise WorkspaceError(
                f"{offer.repo} has {offer.size:,} bytes, and {str(place)!r} has {free:,} free",
                remedy="free some, or name another folder with QAGEN_MODELS",
            )
        got = [(_fetched(part, offer), part) for part in offer.parts]
        for source, part in got:
            source.replace(place / part.name)
        said = {
            "repo": offer.repo,
            "revision": offer.revision,
            "license": offer.license,
            "files": {part.name: [part.path, part.sha256 or part.git_sha1] for part in offer.parts},
        }
        (place / SOURCE).write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    return find(offer.repo)


def _fetched(part: Part, offer: Offer) -> Path:
    with translate_hub_errors(offer.repo, offer.endpoint):
        found = hf.hf_hub_download(
            offer.repo,
            part.path,
            revision=offer.revision,
            local_dir=offer.path / ".partial",
            endpoint=offer.endpoint,
            token=offer.token or False,
        )
    place = Path(found)
    if not part.is_intact(place):
        place.unlink()
        raise HubError(
            f"{offer.repo}/{part.path} came otherwise than {offer.endpoint} says it is",
            remedy="what came is deleted: fetch it again, or from another mirror with HF_ENDPOINT",
        )
    return place
