"""What results there are, counted while they pass by on their way into the dataset."""

from collections import Counter
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field

from builder.building.coverage import Coverage, PaperCoverage
from builder.building.warnings import Traits, TraitsCounter
from qagen.asking.recipe import ExcerptKey, joined_key
from qagen.reasons import Kind, Reason
from qagen.records import Record, Rejection, papers_of

_ASKED_AGAIN = frozenset({Reason.NO_ANSWER, Reason.PROMPT_TRUNCATED})
"""Of a chunk without an answer: the next run asks about it again."""


@dataclass(frozen=True)
class RejectedPaper:
    """A paper that gave no document, or no text to ask about."""

    file: str
    sha256: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class ResultCounts:
    """What went into a dataset.

    Attributes:
        traits: what the records with an answer are like.
        unanswerable: questions without an answer, which are records too.
        coverage: of each paper that gave a record, which tenths of its main body they come from.
        rejections: kind -> reason -> how many.
        rejected_papers: those that gave no document or no text.
        unanswered: the file, the chunk or chunks and what their rejection says, of each without an answer.
    """

    traits: Traits = field(default_factory=Traits)
    unanswerable: int = 0
    coverage: tuple[PaperCoverage, ...] = ()
    rejections: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    rejected_papers: tuple[RejectedPaper, ...] = ()
    unanswered: tuple[tuple[str, ExcerptKey, str], ...] = ()

    @property
    def records(self) -> int:
        """How many, those without an answer too."""
        return self.traits.records + self.unanswerable


def count_results(
    results: Iterable[Record | Rejection], bodies: Mapping[str, tuple[int, int]]
) -> Generator[Record | Rejection, None, ResultCounts]:
    """The same results; what they come to is returned when the last has passed.

    Args:
        results: in the order of the rows.
        bodies: as in `builder.folder.profile.Profiler`.
    """
    coverage, traits = Coverage(bodies), TraitsCounter()
    rejections: dict[str, Counter[str]] = {}
    papers: list[RejectedPaper] = []
    unanswered: list[tuple[str, ExcerptKey, str]] = []
    unanswerable = 0
    for result in results:
        if isinstance(result, Record) and result.is_unanswerable:
            unanswerable += 1
        elif isinstance(result, Record):
            coverage.add(result)
            traits.add(result)
        else:
            paper, kind, reason = result.paper, result.kind, str(result.reason)
            rejections.setdefault(str(kind), Counter())[reason] += 1
            if kind is Kind.PAPER:
                papers.append(RejectedPaper(paper.file, paper.sha256, reason, result.detail))
            elif result.reason in _ASKED_AGAIN and kind is Kind.CHUNK and result.chunk:
                chunks = [place.chunk for place in result.places or ()] or [result.chunk]
                papers_key = joined_key([paper.sha256 for paper in papers_of(result)])
                key = (papers_key, tuple(chunk.index for chunk in chunks))
                unanswered.append((paper.file, key, result.detail))
        yield result
    return ResultCounts(
        traits.traits(), unanswerable, tuple(coverage.papers()), rejections, tuple(papers), tuple(unanswered)
    )
