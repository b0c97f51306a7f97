"""Scores of claims, kept like answers: by the model, its runtime and the claim, so that a rebuild computes none anew."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path

from qagen.errors import WorkspaceError
from qagen.grounding.windows import Claim
from qagen.records import canonical_json, sha256

FILE = "grounding.sqlite3"
"""Its name in the workspace."""
_TOGETHER = 500
"""Keys of one question to the database."""

Scorer = Callable[[Sequence[Claim]], Sequence[float]]


class ScoreStore:
    """A scorer that remembers: one file for all models; the scores of one request are written together."""

    def __init__(self, place: Path, model: str, scorer: Scorer) -> None:
        """Open or make it.

        Args:
            place: the file.
            model: what the scores are of, with all that can change them.
            scorer: computes those that are missing.

        Raises:
            WorkspaceError: where the file cannot be used.
        """
        self._place = place
        self._model = model
        self._scorer = scorer
        self.computed = 0
        """Scores that were not kept before."""
        with self._explained():
            # In a notebook the thread of the event loop uses it while this one waits, never both.
            self._database = sqlite3.connect(place, check_same_thread=False)
            try:
                self._database.execute(
                    "CREATE TABLE IF NOT EXISTS scores (key BLOB PRIMARY KEY, score REAL NOT NULL) WITHOUT ROWID"
                )
            except sqlite3.Error:
                self._database.close()
                raise

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def scores(self, claims: Sequence[Claim]) -> tuple[float, ...]:
        """The score of each claim.

        Raises:
            WorkspaceError: where the file cannot be read or written.
            QagenError: where the model cannot be run.
        """
        keys = {claim: self._key(claim) for claim in claims}
        known = self._found(list(dict.fromkeys(keys.values())))
        missing = [claim for claim, key in keys.items() if key not in known]
        if missing:
            made = {keys[claim]: score for claim, score in zip(missing, self._scorer(missing), strict=True)}
            with self._explained(), self._database:
                self._database.executemany("INSERT OR IGNORE INTO scores VALUES (?, ?)", made.items())
            known |= made
            self.computed += len(made)
        return tuple(known[keys[claim]] for claim in claims)

    def _found(self, keys: list[bytes]) -> dict[bytes, float]:
        found: dict[bytes, float] = {}
        for start in range(0, len(keys), _TOGETHER):
            part = keys[start : start + _TOGETHER]
            marks = ",".join("?" * len(part))
            with self._explained():
                found |= dict(
                    self._database.execute(f"SELECT key, score FROM scores WHERE key IN ({marks})", part)  # noqa: S608 - marks only
                )
        return found

    def _key(self, claim: Claim) -> bytes:
        question, sentence, window, _ = astuple(claim)
        return bytes.fromhex(sha256(canonical_json([self._model, question, sentence, window])))

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise WorkspaceError(
                f"cannot use the kept scores {str(self._place)!r}: {error}; delete the file, or free space there"
            ) from None
