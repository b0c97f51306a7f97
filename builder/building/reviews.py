"""What people decided, in a build: read once, and counted where their pairs come up."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from builder.building.base import Base
from builder.folder.review_counts import ReviewCounts, SampleCounts
from qagen.pipeline.stats import ranked
from qagen.reasons import Kind, Reason
from qagen.records import Record, Rejection, record_id
from qagen.reviews import Reviews, Verdict
from qagen.reviews.applied import BY
from qagen.reviews.figures import is_right
from qagen.reviews.file import ReviewFile
from qagen.workspace import Workspace

_LISTED = 3


@dataclass(frozen=True, slots=True)
class Standing:
    """Records that win in the selection, by id.

    Attributes:
        incumbents: those of the version before, and those that a person accepted or holds.
        held: those that a person brought back or made.
    """

    incumbents: frozenset[str]
    held: frozenset[str]

    @classmethod
    def of(cls, base: Base | None, reviews: Reviews) -> "Standing":
        """Those of a base and of the reviews."""
        accepted, held = reviews.kept()
        return cls((base.ids if base else frozenset()) | accepted | held, held)


def read_reviews(workspaces: Sequence[Workspace], note: Callable[[str], None]) -> Reviews:
    """The reviews of some workspaces as they are now, one after the other; a person is told of lines that cannot be read.

    Raises:
        WorkspaceError: where a file cannot be read.
    """
    files = [ReviewFile(workspace.reviews) for workspace in workspaces]
    reviews = Reviews.of(entry for file in files for entry in file.read_last())
    for file in files:
        if file.damaged:
            listed = ", ".join(f"line {one.number}: {one.why}" for one in file.damaged[:_LISTED])
            note(
                f"{len(file.damaged)} line(s) of {str(file.path)!r} cannot be read and count for nothing ({listed})"
            )
    return reviews


def review_remarks(counts: ReviewCounts) -> Iterator[str]:
    """What a person should know of what became of the reviews."""
    if counts.disputed:
        yield (
            f"reviewers do not agree about {counts.disputed} pair(s): turned down by one of them is turned down, edited by one is "
            "edited; see `qagen review DIR --figures`"
        )
    if counts.overruled:
        against = ", ".join(f"{reason} {count}" for reason, count in ranked(counts.overruled).items())
        yield f"kept because a person says so, though checks or judges object: {against}"
    if counts.lost:
        yield (
            f"{counts.lost} edit(s) by people are no record: their passage is not in the paper's text any more "
            "(edit_without_source)"
        )


@dataclass(slots=True)
class ReviewCounter:
    """Counts what people decided about while results pass by."""

    reviews: Reviews
    _decisions: Counter[str] = field(default_factory=Counter)
    _overruled: Counter[str] = field(default_factory=Counter)
    _back: set[str] = field(default_factory=set)
    _reviewers: set[str] = field(default_factory=set)

    def add(self, result: Record | Rejection) -> None:
        """Look at a result."""
        if not self.reviews:
            return
        for name in _content_ids(result):
            word = self.reviews.word(name)
            if word is None or name in self._back:
                continue
            self._back.add(name)
            self._reviewers.update(self.reviews.of_pair(name))
            self._decisions["disputed"] += word.disputed
        if isinstance(result, Record) and result.review is not None:
            self._decisions[_decided(result)] += 1
            self._overruled.update(result.review.overruled)
        elif isinstance(result, Rejection):
            self._decisions[str(result.reason)] += 1

    def counts(self) -> ReviewCounts:
        """What there was."""
        return ReviewCounts(
            accepted=self._decisions["accept"],
            edited=self._decisions["edit"],
            brought_back=self._decisions["bring_back"],
            turned_down=self._decisions[Reason.TURNED_DOWN_BY_REVIEW],
            disputed=self._decisions["disputed"],
            reviewers=len(self._reviewers),
            overruled=dict(sorted(self._overruled.items())),
            lost=self._decisions[Reason.EDIT_WITHOUT_SOURCE],
            sample=self._sample(),
        )

    def _sample(self) -> SampleCounts | None:
        drawn = self.reviews.sample
        if drawn is None:
            return None
        words = {name: word for name in drawn.ids if (word := self.reviews.word(name)) is not None}
        if words and not words.keys() & self._back:  # it was drawn from a dataset of other papers
            return None
        return SampleCounts(
            seed=drawn.seed,
            size=len(drawn.ids),
            of=drawn.of,
            judged=len(words),
            right=sum(is_right(word) for word in words.values()),
            back=len(words.keys() & self._back),
        )


def _decided(record: Record) -> str:
    """What a record is counted as: an edit that was accepted afterwards is an edit."""
    edited = any(edit.by == BY for edit in record.edits)
    return str(Verdict.EDIT) if edited or record.review is None else record.review.decision


def _content_ids(result: Record | Rejection) -> Iterator[str]:
    """The ids of a pair as it is now and as it was before each edit by a person."""
    if result.question is None or result.answer is None:
        return
    if isinstance(result, Rejection) and result.kind is not Kind.PAIR:
        return
    pair = {"question": result.question, "answer": result.answer}
    yield _id(result.paper.sha256, pair)
    for edit in reversed(result.edits if isinstance(result, Record) else ()):
        if edit.by == BY:
            pair[edit.field] = edit.before
            yield _id(result.paper.sha256, pair)


def _id(paper: str, pair: dict[str, str]) -> str:
    try:
        return record_id(paper, pair["question"], pair["answer"])
    except UnicodeEncodeError:  # halves of surrogate pairs, which no person was shown
        return ""
