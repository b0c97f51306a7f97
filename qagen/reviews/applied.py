"""A pair as the decisions of people leave it: turned down, kept against the checks, or with other words. Pure.

A person's word holds over every check and judge; what the checks have against it is noted in the record. Nothing of this asks a model.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace

from qagen.checks import CheckResult, check_pair
from qagen.checks.reading.joined import source_of
from qagen.checks.reading.whole_paper import WholePaper
from qagen.checks.unanswerable import check_unanswerable
from qagen.question_kinds import QuestionKind
from qagen.reasons import Reason
from qagen.records import (
    Chunk,
    ChunkGroup,
    ChunkInfo,
    Document,
    Edit,
    Excerpt,
    Fault,
    Generation,
    Pair,
    Review,
    Scores,
    Section,
    SectionInfo,
    record_id,
    sha256,
)
from qagen.reviews.decisions import Decision, Origin, Reviews, Verdict, Word
from qagen.settings import CheckSettings

BY = "review"
"""Who made an edit, in a record; the names of people stay in the workspace."""


@dataclass(frozen=True, slots=True)
class ReviewedPair:
    """A pair with all that was said about it, people last.

    Attributes:
        verdict: of the checks about the pair that is left; its edits have those of people.
        scores: those of the pair that is left.
        faults: why it is no record; none where it is one.
        mark: what the record says of its review; None where nobody decided.
    """

    verdict: CheckResult
    scores: Scores
    faults: tuple[Fault, ...]
    mark: Review | None = None


class PaperReviews:
    """The decisions about the pairs of one paper; remembers which of the edits have met their pair."""

    def __init__(
        self, reviews: Reviews, document: Document, checks: CheckSettings, whole: WholePaper
    ) -> None:
        self._whole = whole
        self._reviews, self._document, self._checks = reviews, document, checks
        self._met: set[str] = set()
        self._edits = reviews.edits_of(document.paper_sha256)

    def apply(
        self,
        verdict: CheckResult,
        scores: Scores,
        faults: tuple[Fault, ...],
        chunk: Excerpt,
        whole: WholePaper | None = None,
    ) -> ReviewedPair:
        """What is left of a pair.

        Args:
            verdict: of the checks.
            scores: of checks and judges.
            faults: what they have against it.
            chunk: that it is about, or several.
            whole: what all the papers say that it is about; None where it is this one alone.
        """
        found = ReviewedPair(verdict, scores, faults)
        seen: set[str] = set()
        while (word := self._word(found.verdict.pair)) is not None and word.decision.id not in seen:
            seen.add(word.decision.id)
            found = self._by(word, found, chunk, whole or self._whole)
            if word.verdict is not Verdict.EDIT:
                break
        self._met |= seen
        return found

    def _word(self, pair: Pair) -> Word | None:
        if not self._reviews:
            return None
        try:
            name = record_id(self._document.paper_sha256, pair.question, pair.answer)
        except UnicodeEncodeError:  # halves of surrogate pairs, which no person was shown
            return None
        return self._reviews.word(name)

    def _by(self, word: Word, found: ReviewedPair, chunk: Excerpt, whole: WholePaper) -> ReviewedPair:
        decision = word.decision
        if word.verdict is Verdict.REJECT:
            own = Fault(Reason.TURNED_DOWN_BY_REVIEW, decision.reason or "no reason is given")
            return replace(found, faults=found.faults or (own,), mark=None)
        if word.verdict is Verdict.EDIT:
            found = self._edited(decision, found.verdict, chunk, whole)
        overruled = tuple(dict.fromkeys(str(fault.reason) for fault in found.faults))
        return replace(found, faults=(), mark=Review(str(word.verdict), word.reviewers, overruled))

    def _edited(
        self, decision: Decision, before: CheckResult, chunk: Excerpt, whole: WholePaper
    ) -> ReviewedPair:
        question, answer = decision.new_question or "", decision.new_answer or ""
        pair, source = replace(before.pair, question=question, answer=answer), source_of(chunk)
        if pair.kind is QuestionKind.UNANSWERABLE:
            made = check_unanswerable(pair, source, whole, self._checks)
        else:
            made = check_pair(pair, source, self._checks, paper=whole)
        changes = [
            Edit(BY, name, old)
            for name, old, new in (
                ("question", before.pair.question, question),
                ("answer", before.pair.answer, answer),
            )
            if old != new
        ]
        kept = replace(
            made,
            pair=pair,  # a person's words, not those of a cleanup
            edits=(*before.edits, *changes),
        )
        return ReviewedPair(kept, Scores(round(made.support, 4)), made.faults)

    @property
    def _left(self) -> Sequence[Decision]:
        return [edit for edit in self._edits if edit.id not in self._met]

    def left_of(self, chunk: Chunk) -> Iterator[tuple[ReviewedPair, Generation]]:
        """The edits of pairs of a chunk's text that no model gave this time, with how the pairs had been made."""
        if not self._edits:
            return
        digest = sha256(chunk.text)
        for edit in self._left:
            origin = edit.origin
            if origin is not None and origin.places is None and origin.chunk.sha256 == digest:
                yield self._restored(edit, chunk), origin.generation

    def left_of_group(
        self, group: ChunkGroup, whole: WholePaper
    ) -> Iterator[tuple[ReviewedPair, Generation]]:
        """The same of chunks of several papers that are asked about together; of one paper's see `left_before`."""
        if not self._edits or not group.papers:
            return
        there = {(paper, sha256(chunk.text)) for paper, chunk in zip(group.papers, group.chunks, strict=True)}
        for edit in self._left:
            places = (edit.origin.places if edit.origin else None) or ()
            named = {(place.paper.sha256, place.chunk.sha256) for place in places if place.paper is not None}
            if edit.origin is not None and named and named <= there:
                yield self._restored(edit, group, whole), edit.origin.generation

    def left_before(
        self, start: int | None, cut: Container[tuple[int, int]]
    ) -> Iterator[tuple[ReviewedPair, Generation, Excerpt | None]]:
        """The edits of pairs whose chunk is cut no more, or that were about several.

        Args:
            start: where the chunks of those that are wanted begin before; None for all that are left. Among these are edits
                whose passage the document does not have any more: they have no chunk and are turned down, with a reason of
                their own.
            cut: the spans of the chunks that are cut.
        """
        if not self._edits:
            return
        for edit in sorted(
            self._left, key=lambda one: (one.origin.chunk.start if one.origin else -1, one.id)
        ):
            origin = edit.origin
            if origin is None:
                continue
            place = origin.chunk
            is_cut = origin.places is None and (place.start, place.end) in cut
            if start is not None and (place.start >= start or is_cut):
                continue
            chunk = self._chunk_of(origin)
            if chunk is not None:
                yield self._restored(edit, chunk), origin.generation, chunk
            elif start is None:
                yield _lost(edit, place), origin.generation, None

    def _restored(self, edit: Decision, chunk: Excerpt, whole: WholePaper | None = None) -> ReviewedPair:
        assert edit.origin is not None
        pair = Pair(edit.question, edit.answer, kind=edit.origin.kind, difficulty=edit.origin.difficulty)
        return self.apply(CheckResult(pair, (), 0.0, (), ()), Scores(0.0), (), chunk, whole)

    def _chunk_of(self, origin: Origin) -> Excerpt | None:
        """The chunk that a pair came of, or all of several, where the document still has them in their places."""
        if origin.places is None:
            return self._chunk_at(origin.chunk, origin.section)
        if any(place.paper is not None for place in origin.places):
            return None  # not without the other papers: see `left_of_group`
        found = [self._chunk_at(place.chunk, place.section) for place in origin.places]
        chunks = tuple(chunk for chunk in found if chunk is not None)
        return ChunkGroup(chunks) if len(chunks) == len(found) > 1 else None

    def _chunk_at(self, place: ChunkInfo, section: SectionInfo) -> Chunk | None:
        text = self._document.text
        found = text[place.start : place.end] if 0 <= place.start < place.end <= len(text) else ""
        if not found or sha256(found) != place.sha256:
            return None
        around = Section(section.path, section.start, section.end, section.start, body=True)
        return Chunk(place.index, place.start, place.end, found, around, place.pages)


def _lost(edit: Decision, place: ChunkInfo) -> ReviewedPair:
    said = (
        f"it is of the characters {place.start} to {place.end} of the paper's text, which read otherwise now"
    )
    origin = edit.origin
    if any(one.paper is not None for one in (origin.places if origin else None) or ()):
        said = "it is of several papers, whose chunks are not asked about together any more"
    fault = Fault(Reason.EDIT_WITHOUT_SOURCE, said)
    pair = Pair(edit.new_question or "", edit.new_answer or "")
    if origin is not None:
        pair = replace(pair, kind=origin.kind, difficulty=origin.difficulty)
    return ReviewedPair(CheckResult(pair, (), 0.0, (fault,), ()), Scores(0.0), (fault,))
