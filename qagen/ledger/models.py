"""Which model really answered under a name: the server's own name, fingerprint and digest, kept in the workspace.

    WORK/models.json    {"format": 1, "models": {"r1:32b": [{"served_model": ..., "fingerprint": ..., "digest": ...}]}}

Beside them stand the numbers of parameters, by which the prompt is chosen where the settings leave it open (`"sizes"`): what was
known at the first build holds for all later ones, whatever a server says by then.

A name such as `latest` may mean another model tomorrow. Answers of two models in one dataset under one name would be a lie.
"""

import json
from collections.abc import Collection
from dataclasses import asdict, astuple, dataclass, replace
from pathlib import Path

from qagen.errors import ModelChanged, WorkspaceError
from qagen.records import Completion
from qagen.workspace import Workspace, read_file, write_atomically

FILE = "models.json"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """What a server says of the model that answers; None where it does not say."""

    served_model: str | None = None
    fingerprint: str | None = None
    digest: str | None = None

    @classmethod
    def of(cls, completion: Completion) -> "ModelIdentity":
        """What stands beside an answer."""
        return cls(completion.served_model, completion.fingerprint, completion.digest)

    def fits(self, other: "ModelIdentity") -> bool:
        """Whether nothing that both say differs."""
        pairs = zip(astuple(self), astuple(other), strict=True)
        return all(mine is None or theirs is None or mine == theirs for mine, theirs in pairs)

    def with_what(self, other: "ModelIdentity") -> "ModelIdentity":
        """The same with what only the other says: one model that did not say everything every time."""
        return ModelIdentity(
            *(mine or theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True))
        )

    def __str__(self) -> str:
        digest = f", digest {self.digest[:12]}" if self.digest else ""
        if self == ModelIdentity(digest=self.digest):
            return f"weights with the digest {self.digest}"
        return f"{self.served_model or 'no name'} (fingerprint {self.fingerprint or 'not given'}{digest})"


class ModelRegistry:
    """The models that answered in a workspace, by the name that the user declares."""

    def __init__(self, workspace: Workspace, *, accept: bool = False) -> None:
        """Read what is known.

        Args:
            workspace: the workspace.
            accept: take a model that changed under its name as one more that may answer.

        Raises:
            WorkspaceError: where the file cannot be read, or a newer qagen wrote it.
        """
        self._path = workspace.root / FILE
        self._accept = accept
        self._known, self._sizes = _read(self._path)
        self._digests: dict[str, str] = {}

    def expect(self, declared: str, digests: Collection[str | None]) -> None:
        """Take up what the servers say of a model's weights before they are asked, and compare it with what is known.

        Args:
            declared: the model's name.
            digests: one for each server; None where it does not say.

        Raises:
            ModelChanged: where it is another, or the servers do not have the same.
        """
        said = {digest for digest in digests if digest is not None}
        for digest in sorted(said):
            self._fitting(declared, ModelIdentity(digest=digest), "the server has")
        if len(said) > 1 and not self._accept:
            raise ModelChanged(
                f"the servers have different models under the name {declared!r} (digests {', '.join(sorted(said))})",
                remedy="name those that "
                "have the same with --base-url, or go on with all of them with --accept-model-change",
            )
        if len(said) == 1 and None not in digests:
            (self._digests[declared],) = said

    def check_answer(self, declared: str, completion: Completion) -> Completion:
        """An answer with the digest beside it, compared with those before under the same name; the first is remembered.

        Raises:
            ModelChanged: where it is another model's.
        """
        completion = replace(completion, digest=completion.digest or self._digests.get(declared))
        self._compare(declared, ModelIdentity.of(completion), "the server answers with")
        return completion

    def check_kept(self, declared: str, served: ModelIdentity) -> None:
        """Compare the model of an answer of the ledger with the others: after a `--refresh` of some papers they may be two.

        Raises:
            ModelChanged: where it is another.
        """
        self._compare(declared, served, "an answer that is kept here is from")

    def _compare(self, declared: str, served: ModelIdentity, how: str) -> None:
        """Compare, and remember what was not known."""
        known = self._known.setdefault(declared, [])
        if served in known or served == ModelIdentity():
            return
        place = self._fitting(declared, served, how)
        if place is None:
            known.append(served)
        elif known[place] != (both := known[place].with_what(served)):
            known[place] = both
        else:
            return
        self._write()

    def _fitting(self, declared: str, served: ModelIdentity, how: str) -> int | None:
        """The place of the known model that an answer may be from; None where it is the first, or one more that is accepted."""
        known = self._known.get(declared, [])
        place = next((place for place, one in enumerate(known) if served.fits(one)), None)
        if place is None and known and not self._accept:
            raise ModelChanged(
                f"for {declared!r} {how} {served}, and answers in this workspace are from {' and '.join(map(str, known))}: "
                "another model under the same name",
                remedy="go on with both with --accept-model-change, or ask everything anew with "
                "--refresh (the old answers are set aside)",
            )
        return place

    def forget(self, declared: str) -> None:
        """Take whatever answers next under a name as its model."""
        known, size = self._known.pop(declared, None), self._sizes.pop(declared, None)
        if known or size is not None:
            self._write()

    def size(self, declared: str, said: int | None) -> int | None:
        """How many parameters a model has: as was known first in this workspace, else as is `said` now."""
        return self._sizes.get(declared, said or 0) or None

    def keep_size(self, declared: str, said: int | None) -> None:
        """Remember how many parameters a model has, also that nobody says it."""
        if declared not in self._sizes:
            self._sizes[declared] = said or 0
            self._write()

    def _write(self) -> None:
        models = {name: [asdict(one) for one in known] for name, known in sorted(self._known.items())}
        value = {"format": _FORMAT, "models": models}
        if self._sizes:
            value["sizes"] = dict(sorted(self._sizes.items()))
        write_atomically(self._path, json.dumps(value, indent=1) + "\n")


def _read(path: Path) -> tuple[dict[str, list[ModelIdentity]], dict[str, int]]:
    data = read_file(path)
    if data is None:
        return {}, {}
    try:
        value = json.loads(data)
        if value["format"] > _FORMAT:
            raise WorkspaceError(
                f"{str(path)!r} has the format {value['format']}, and this version reads up to {_FORMAT}",
                remedy="update qagen, or choose another workspace with --work",
            )
        models = {
            str(name): [
                ModelIdentity(one["served_model"], one["fingerprint"], one.get("digest")) for one in known
            ]
            for name, known in value["models"].items()
        }
        return models, {str(name): int(size) for name, size in value.get("sizes", {}).items()}
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise WorkspaceError(
            f"{str(path)!r} is damaged: it says which models answered",
            remedy="move it away, and what answers next is taken for the model",
        ) from None
