"""Which model really answered under a name: the server's own name and fingerprint, kept in the workspace.

    WORK/models.json    {"format": 1, "models": {"r1:32b": [{"served_model": ..., "fingerprint": ...}]}}

A name such as `latest` may mean another model tomorrow. Answers of two models in one dataset under one name would be a lie.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from qagen.errors import ModelChanged, WorkspaceError
from qagen.records import Completion
from qagen.workspace import Workspace, explained, write_atomically

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Served:
    """What a server says of the model that answered; None where it does not say."""

    served_model: str | None
    fingerprint: str | None

    def fits(self, other: "Served") -> bool:
        """Whether nothing that both say differs."""
        pairs = ((self.served_model, other.served_model), (self.fingerprint, other.fingerprint))
        return all(mine is None or theirs is None or mine == theirs for mine, theirs in pairs)

    def __str__(self) -> str:
        return f"{self.served_model or 'no name'} (fingerprint {self.fingerprint or 'not given'})"


class ServedModels:
    """The models that answered in a workspace, by the name that the user declares."""

    def __init__(self, workspace: Workspace, *, accept: bool = False) -> None:
        """Read what is known.

        Args:
            workspace: the workspace.
            accept: take a model that changed under its name as one more that may answer.

        Raises:
            WorkspaceError: where the file cannot be read, or a newer qagen wrote it.
        """
        self._path = workspace.root / "models.json"
        self._accept = accept
        self._known = _read(self._path)

    def check(self, declared: str, completion: Completion) -> None:
        """Compare an answer's model with those that answered before under the same name; the first is remembered.

        Raises:
            ModelChanged: where it is another.
        """
        served = Served(completion.served_model, completion.fingerprint)
        known = self._known.setdefault(declared, [])
        if any(served.fits(one) for one in known):
            return
        if known and not self._accept:
            raise ModelChanged(
                f"the server answers for {declared!r} with {served}, and answers in this workspace are from "
                f"{' and '.join(map(str, known))}: another model under the same name; go on with both with "
                "--accept-model-change, or ask everything anew with --refresh (the old answers are set aside)"
            )
        known.append(served)
        self._write()

    def forget(self, declared: str) -> None:
        """Take whatever answers next under a name as its model."""
        if self._known.pop(declared, None):
            self._write()

    def _write(self) -> None:
        models = {name: [asdict(one) for one in known] for name, known in sorted(self._known.items())}
        write_atomically(self._path, json.dumps({"format": _FORMAT, "models": models}, indent=1) + "\n")


def _read(path: Path) -> dict[str, list[Served]]:
    with explained(path):
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
    try:
        value = json.loads(text)
        if value["format"] > _FORMAT:
            raise WorkspaceError(
                f"{str(path)!r} has the format {value['format']}, and this version reads up to {_FORMAT}; update qagen, or choose "
                "another workspace with --work"
            )
        return {
            str(name): [Served(one["served_model"], one["fingerprint"]) for one in known]
            for name, known in value["models"].items()
        }
    except (ValueError, TypeError, LookupError, AttributeError):
        raise WorkspaceError(
            f"{str(path)!r} is damaged: it says which models answered; move it away, and what answers next is taken for the model"
        ) from None
