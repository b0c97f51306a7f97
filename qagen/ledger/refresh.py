"""Refreshes that were begun and are not ended: the same command again goes on, instead of setting aside what it has paid for.

`refresh.json` in the workspace names, by model, the papers whose old answers are set aside already: whatever stands in their
ledgers now was asked since then.
"""

import json
from collections.abc import Iterable

from qagen.errors import WorkspaceError
from qagen.ledger.maintenance import set_aside
from qagen.workspace import Workspace, read_file, translate_os_errors, write_atomically

FILE = "refresh.json"
_FORMAT = 1


class Refreshes:
    """The refreshes of a workspace that is held by this process."""

    def __init__(self, workspace: Workspace) -> None:
        """Read which are under way.

        Raises:
            WorkspaceError: where the file cannot be read, is damaged, or a newer qagen wrote it.
        """
        self._workspace = workspace
        self._path = workspace.root / FILE
        self._begun = self._read()

    def begin(self, papers: Iterable[str], model: str) -> tuple[int, bool]:
        """Set a model's answers about papers aside, but for the papers where that is done.

        Returns:
            How many answers were set aside, and whether an earlier refresh goes on.

        Raises:
            WorkspaceError: where a ledger cannot be read or written.
        """
        done = self._begun.get(model, set())
        wanted = set(papers)
        moved = set_aside(self._workspace, sorted(wanted - done), model)
        # Only now: what a killed process did not set aside is set aside by the next one, since nothing was asked yet.
        self._begun[model] = done | wanted
        self._write()
        return moved, bool(done & wanted)

    def end(self, papers: Iterable[str], models: Iterable[str]) -> None:
        """Every question about these papers has its answer."""
        if not self._begun:
            return
        ended = set(papers)
        for model in models:
            self._begun[model] = self._begun.get(model, set()) - ended
        self._write()

    def drop(self) -> None:
        """Another model answers meanwhile: the next refresh begins anew."""
        if self._begun:
            self._begun = {}
            self._write()

    def _write(self) -> None:
        begun = {model: sorted(papers) for model, papers in sorted(self._begun.items()) if papers}
        if begun:
            write_atomically(self._path, json.dumps({"format": _FORMAT, "models": begun}, indent=1) + "\n")
        else:
            with translate_os_errors(self._path):
                self._path.unlink(missing_ok=True)

    def _read(self) -> dict[str, set[str]]:
        data = read_file(self._path)
        if data is None:
            return {}
        try:
            value = json.loads(data)
            if value["format"] == _FORMAT:
                return {str(model): set(map(str, papers)) for model, papers in value["models"].items()}
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            pass
        raise WorkspaceError(
            f"{str(self._path)!r} cannot be read by this qagen: it says which answers a --refresh has set aside",
            remedy="remove it, and the next --refresh begins anew",
        )
