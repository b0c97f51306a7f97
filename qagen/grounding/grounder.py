"""The stage after the rules: an entailment model reads what they let pass, and turns down what the source does not bear out.

A pair's score is that of its worst claim: one invented sentence makes a record wrong, however well the others are borne out. What the
rules turned down is not read, and gets no score.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from qagen.checks import CheckInput, CheckResult, IndexedSource
from qagen.errors import ModelMissing
from qagen.grounding.model import EntailmentModel, runtime
from qagen.grounding.store import FILE, Scorer, ScoreStore
from qagen.grounding.weights import OFF, Kept, find
from qagen.grounding.windows import Claim, claims
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import GroundingSettings


@dataclass(frozen=True, slots=True)
class Finding:
    """What the model makes of a pair.

    Attributes:
        score: of its worst claim.
        claim: that claim.
    """

    score: float
    claim: Claim


@dataclass(frozen=True)
class Grounder:
    """An entailment model with what is done about its scores.

    Attributes:
        scorer: gives claims their scores.
        least: the score below which a pair is turned down.
        name: of the model, as the settings have it.
        identity: of the model, whatever it is called.
        runtime: what runs it, with versions.
    """

    scorer: Scorer
    least: float
    name: str
    identity: str = ""
    runtime: str = ""

    @property
    def as_manifest(self) -> dict[str, str]:
        """What a manifest says of it."""
        return {"model": self.name, "sha256": self.identity, "runtime": self.runtime}

    def add_scores(self, verdicts: Sequence[CheckResult], source: IndexedSource) -> tuple[CheckResult, ...]:
        """The verdicts on pairs of one source, those that were accepted with a score, and turned down where it is too low."""
        findings = self.findings([one for one in verdicts if one.accepted], source)
        accepted = iter(findings)
        return tuple(self._with(one, next(accepted)) if one.accepted else one for one in verdicts)

    def findings(self, verdicts: Sequence[CheckResult], source: IndexedSource) -> tuple[Finding | None, ...]:
        """What the model makes of each pair; None for one that claims nothing."""
        found = [claims(CheckInput.of(one.pair, source, question_required=False)) for one in verdicts]
        scores = iter(self.scorer([claim for several in found for claim in several]))
        rated = [[Finding(next(scores), claim) for claim in several] for several in found]
        return tuple(min(several, key=lambda one: one.score, default=None) for several in rated)

    def _with(self, verdict: CheckResult, finding: Finding | None) -> CheckResult:
        if finding is None:
            return verdict
        claim = finding.claim
        scored = replace(verdict, grounding=finding.score, claim=(claim.sentence, claim.spans))
        if finding.score >= self.least:
            return scored
        detail = (
            f"{self.name} finds it borne out to {finding.score:.3f}, below {self.least:g}: {claim.sentence!r}"
        )
        fault = Fault(Reason.UNGROUNDED, detail, verdict.pair.answer, claim.sentence, claim.spans)
        return replace(scored, faults=(fault,))


def grounding_key(settings: GroundingSettings) -> str | None:
    """What decides the scores beside the settings: the bytes of the model's files, and the versions that run it; None without a model.

    Raises:
        ModelMissing: where the model's files are not on this machine.
        SettingsError: where its runtime is not installed.
    """
    if settings.model == OFF:
        return None
    return f"{_find(settings.model).identity} {runtime(settings.model)}"


def _find(name: str) -> Kept:
    """The model's files; nobody is sent to fetch what nothing here could run."""
    try:
        return find(name)
    except ModelMissing:
        runtime(name)
        raise


@contextmanager
def open_grounder(settings: GroundingSettings, folder: Path | None) -> Iterator[Grounder | None]:
    """The entailment model of some settings; None where they name none.

    Args:
        settings: which model, and from which score on a pair stays.
        folder: where scores are kept; None keeps none.

    Raises:
        SettingsError: where its runtime is not installed.
        ModelMissing: where its files are not on this machine, or are none.
        WorkspaceError: where scores cannot be kept.
    """
    if settings.model == OFF:
        yield None
        return
    model = EntailmentModel(_find(settings.model))
    if folder is None:
        yield _grounder(model, model.scores, settings)
        return
    folder.mkdir(parents=True, exist_ok=True)
    store = ScoreStore(folder / FILE, model.key, model.scores)
    try:
        yield _grounder(model, store.scores, settings)
    finally:
        store.close()


def _grounder(model: EntailmentModel, scorer: Scorer, settings: GroundingSettings) -> Grounder:
    return Grounder(scorer, settings.min_score, settings.model, model.identity, model.runtime)
