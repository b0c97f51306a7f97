"""What was said about a pair, by the checks and by the judges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qagen.records import Fault, Scores

if TYPE_CHECKING:  # the judges take longer to import than small sets take to check
    from qagen.asking.labels import Judgement
    from qagen.checks import CheckResult


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """A pair with all that was said about it.

    Attributes:
        verdict: of the checks.
        scores: of the checks and the judges.
        faults: of the judges; those of the checks stand in the verdict.
        outcome: of the judges: `passed`, `turned_down` or `unjudged`; empty where they were not to be asked.
        problem: why it is unjudged though the judge answered; empty where it is not.
        judgement: of the judge that labels; of several votes the one that decided.
    """

    verdict: CheckResult
    scores: Scores
    faults: tuple[Fault, ...]
    outcome: str = ""
    problem: str = ""
    judgement: Judgement | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A line's pair with what the checks say of it; `number` is the line's."""

    number: int
    id: str | int
    source: str
    verdict: CheckResult
    label: object = None
    kind: object = None


def unjudged(verdict: CheckResult) -> JudgedPair:
    """A pair of which only the checks have said something."""
    return JudgedPair(verdict, Scores(round(verdict.support, 4), grounding=verdict.grounding), ())
