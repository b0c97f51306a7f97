"""Several workspaces as one, to be read: of two conversions of a paper, or two answers to a request, always the same one counts."""

from collections.abc import Sequence
from pathlib import Path

from qagen.ledger.merge import write_merged
from qagen.stores.mirror import conversion_rank
from qagen.workspace import Workspace


class MergedWorkspace(Workspace):
    """Workspaces that are read as one; nothing is written into them but what a build of the first one keeps for itself."""

    def __init__(self, works: Sequence[Workspace], scratch: Path) -> None:
        """Read some workspaces.

        Args:
            works: at least one, each held by this process.
            scratch: an empty folder, for the ledgers of papers that several workspaces have answers about.
        """
        super().__init__(works[0].root)
        self._works = works
        self._scratch = Workspace(scratch)
        self._chosen: dict[tuple[str, str], Path] = {}

    def conversion(self, paper_sha256: str, fingerprint: str) -> Path:
        """The folder of the conversion that counts: a document before a failure, and of two that whose meta.json has the smaller sha256."""
        key = (paper_sha256, fingerprint)
        if key not in self._chosen:
            self._chosen[key] = self._choose(*key)
        return self._chosen[key]

    def _choose(self, paper_sha256: str, fingerprint: str) -> Path:
        folders = [work.conversion(paper_sha256, fingerprint) for work in self._works]
        there = [folder for folder in folders if folder.is_dir()] or folders[:1]
        if len(there) == 1:
            return there[0]
        return min(there, key=lambda folder: conversion_rank(folder, paper_sha256))

    def calls(self, paper_sha256: str) -> Path:
        """The paper's ledger: that of the one workspace which has one, else a merged one."""
        ledgers = [work.calls(paper_sha256) for work in self._works]
        there = [ledger for ledger in ledgers if ledger.exists()] or ledgers[:1]
        if len(there) == 1:
            return there[0]
        place = self._scratch.calls(paper_sha256)
        if not place.exists():
            write_merged(there, place)
        return place
