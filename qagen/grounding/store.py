"""Scores of claims, kept like answers: by the model, its runtime and the claim, so that a rebuild computes none anew."""

from collections.abc import Callable, Sequence
from pathlib import Path

from qagen.grounding.windows import Claim
from qagen.ledger.keyed_store import KeyedStore

FILE = "grounding.sqlite3"
"""Its name in the workspace."""
Scorer = Callable[[Sequence[Claim]], Sequence[float]]


class ScoreStore(KeyedStore[float]):
    """A scorer that remembers: one file for all models; the scores of one request are written together."""

    TABLE = "scores"
    COLUMN = "score REAL"

    def __init__(self, place: Path, model: str, scorer: Scorer) -> None:
        """Open or make it.

        Args:
            place: the file.
            model: what the scores are of, with all that can change them.
            scorer: computes those that are missing.

        Raises:
            WorkspaceError: where the file cannot be used.
        """
        super().__init__(place)
        self._model = model
        self._scorer = scorer

    def scores(self, claims: Sequence[Claim]) -> tuple[float, ...]:
        """The score of each claim.

        Raises:
            WorkspaceError: where the file cannot be read or written.
            QagenError: where the model cannot be run.
        """
        keys = {
            claim: self._key(self._model, claim.question, claim.sentence, claim.window) for claim in claims
        }
        known = self._find(list(dict.fromkeys(keys.values())))
        missing = [claim for claim, key in keys.items() if key not in known]
        if missing:
            made = {keys[claim]: score for claim, score in zip(missing, self._scorer(missing), strict=True)}
            self._keep(made.items())
            known |= made
        return tuple(known[keys[claim]] for claim in claims)
