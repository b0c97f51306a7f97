"""What a report says of a dataset, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from builder.folder.profile import Profile
from builder.reporting.rows import RejectedRow

EXAMPLES = 3
"""Of each reason that are shown."""


@dataclass(frozen=True, slots=True)
class Funnel:
    """From papers to records; of chunks and pairs None where the folder has no rejections, which alone tell of them.

    Attributes:
        papers: that were read.
        with_text: of them, those that gave text to ask about.
        with_records: of them, those that gave a record.
        chunks: that were looked at.
        asked: of them, those that were asked about.
        answered: of them, those about which a pair was read from an answer.
        pairs: that were read from answers.
        passed: of them, those that passed the checks and the judge.
        records: of them, those that the selection took.
    """

    papers: int
    with_text: int | None
    with_records: int
    chunks: int | None
    asked: int | None
    answered: int | None
    pairs: int | None
    passed: int | None
    records: int


@dataclass(frozen=True, slots=True)
class ReasonFigures:
    """Why something was turned down.

    Attributes:
        reason: as the rows have it.
        count: how often.
        kinds: what was turned down, how often each.
        examples: drawn by their ids.
    """

    reason: str
    count: int
    kinds: Mapping[str, int] = field(default_factory=dict)
    examples: tuple[RejectedRow, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionYield:
    """What came of the sections of one kind: pairs read from answers, and records."""

    kind: str
    pairs: int
    records: int


@dataclass(frozen=True, slots=True)
class Lengths:
    """Lengths in characters.

    Attributes:
        bins: how many texts, in bins of `width`; the last has all that are longer.
        median, ninth: the length that half, and nine tenths, of the texts do not exceed.
    """

    width: int
    bins: tuple[int, ...]
    median: int
    ninth: int


@dataclass(frozen=True, slots=True)
class Share:
    """Some of all."""

    count: int
    of: int

    @property
    def percent(self) -> float:
        """0 of none."""
        return 100 * self.count / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class BarrenPaper:
    """A paper that gave no record, with why: what the conversion says, or what became of its chunks and pairs."""

    file: str
    title: str | None
    why: str


@dataclass(frozen=True, slots=True)
class PerPaper:
    """Papers by how many records they gave: `bins` by their names, in order."""

    bins: Mapping[str, int]
    median: int
    most: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What answers cost; None where nobody counted.

    Attributes:
        responses: that were read.
        prompt_tokens, completion_tokens: of all answers, as far as servers counted.
        seconds: of asking, judged by the runs that the workspace knows.
        runs: how many runs that is.
    """

    responses: int | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    seconds: float | None = None
    runs: int = 0


@dataclass(frozen=True, slots=True)
class Made:
    """How it was made, as the manifest says it; empty where it does not."""

    engine: str
    model: str
    prompt: str
    judge: str
    converter: str
    version: str
    qagen: str


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of one dataset.

    Attributes:
        name: as the user named it.
        profile: of its records; its coverage is the manifest's, since only a build knows where main bodies lie.
        unanswerable: questions that their paper does not answer, which are in a config of their own.
        asked: records by what is asked, for instance `why`.
        kinds: records by the dataset's own column `kind`, where it has one.
        questions, answers: their lengths.
        openings: the first words of questions, most frequent first.
        opening_share: questions that begin with one of the openings that are named.
        repeated_answers: records whose answer another record has too, but for case, blanks and punctuation.
        reasons: most frequent first; `other_reasons` are those beyond them.
        barren: papers without a record; `more_barren` are those beyond them.
        has_rejections: whether the folder has the rejections themselves; otherwise only the manifest's counts are known.
    """

    name: str
    made: Made
    splits: Mapping[str, int]
    funnel: Funnel
    profile: Profile
    unanswerable: int
    yields: tuple[SectionYield, ...]
    asked: Mapping[str, int]
    kinds: Mapping[str, int]
    questions: Lengths
    answers: Lengths
    openings: Mapping[str, int]
    opening_share: Share
    repeated_answers: Share
    reasons: tuple[ReasonFigures, ...]
    other_reasons: int
    per_paper: PerPaper
    barren: tuple[BarrenPaper, ...]
    more_barren: int
    cost: Cost
    has_rejections: bool
