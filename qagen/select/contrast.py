"""Answers that stand against each other: one that was turned down for its content, and the one that stayed to the same question.

Out of what was paid for and thrown away. The one that stayed is an answer to the same or nearly the same question about the same
chunk; where there is none, one that a later attempt gave, when the model was asked again, with less likeness asked of the question.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from qagen.reasons import Kind
from qagen.records import Record, Rejection, papers_of, record_id
from qagen.select.differences import differ
from qagen.select.question import Question, question_key
from qagen.select.similarity import similarity
from qagen.settings import SelectSettings


@dataclass(frozen=True, slots=True)
class RefutedAnswer:
    """An answer that was turned down for its content and nothing else.

    Attributes:
        id: of the rejection, as the dataset has it.
        question, answer: of the pair.
    """

    id: str
    rejection: Rejection
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Contrast:
    """A record, and an answer to its question that was turned down."""

    chosen: Record
    rejected: RefutedAnswer


def is_refuted(rejection: Rejection) -> bool:
    """Whether a pair was turned down for what its answer says, and its question is sound."""
    return (
        rejection.kind is Kind.PAIR
        and rejection.chunk is not None
        and bool(rejection.question and rejection.answer)
        and len(papers_of(rejection)) == 1  # the other papers may be in other splits
        and all(reason.is_content_fault for reason in (rejection.reason, *rejection.also))
    )


def refuted_answers(
    rejections: Iterable[tuple[str, Rejection]], kept: Collection[str]
) -> Iterator[RefutedAnswer]:
    """The answers of one paper that were turned down for their content, each pair once.

    Args:
        rejections: of the paper, each with its id in the dataset.
        kept: ids of the paper's records: where chunks overlap, what the one does not bear out the other may.
    """
    seen = set(kept)
    for name, rejection in rejections:
        if not is_refuted(rejection):
            continue
        question, answer = rejection.question or "", rejection.answer or ""
        pair = record_id(rejection.paper.sha256, question, answer)
        if pair not in seen:
            seen.add(pair)
            yield RefutedAnswer(name, rejection, question, answer)


def contrasts(
    records: Iterable[Record], refuted: Sequence[RefutedAnswer], settings: SelectSettings
) -> Iterator[Contrast]:
    """For each refuted answer the record that stands against it, where there is one.

    Args:
        records: of the same paper, in the order of their rows.
        refuted: in the order of their rows.
        settings: from when on two questions are nearly the same.
    """
    if not refuted:
        return
    by_chunk: dict[int, list[Record]] = {}
    for record in records:
        if len(record.papers) > 1:
            continue
        by_chunk.setdefault(record.chunk.index, []).append(record)
    for one in refuted:
        chosen = _against(one, _beside(one.rejection, by_chunk), settings)
        if chosen is not None:
            yield Contrast(chosen, one)


def _beside(rejection: Rejection, by_chunk: Mapping[int, Sequence[Record]]) -> list[Record]:
    """The records of the same chunk, or of a rejection that was asked of several, those that need some of them."""
    if rejection.places is not None:
        chunks = [place.chunk for place in rejection.places]
    else:
        chunks = [rejection.chunk] if rejection.chunk is not None else []
    found = [record for chunk in chunks for record in by_chunk.get(chunk.index, ())]
    return [record for record in found if (record.places is None) == (rejection.places is None)]


def _against(one: RefutedAnswer, records: Sequence[Record], settings: SelectSettings) -> Record | None:
    others = [record for record in records if record.answer != one.answer]
    for record in others:
        if record.question == one.question:
            return record
    asked, attempt = Question(one.question), _attempt(one.rejection)
    near = [(1.0, record) for record in others if question_key(record.question) == asked.key]
    near = near or [(similarity(asked, Question(record.question)), record) for record in others]
    near.sort(key=lambda pair: -pair[0])
    later = [(score, record) for score, record in near if _attempt(record) > attempt]
    for wanted, found in ((settings.similarity, near), (settings.retry_similarity, later)):
        for score, record in found:
            if score < wanted:
                break
            if not differ(asked, Question(record.question)):
                return record
    return None


def _attempt(result: Record | Rejection) -> int:
    return (result.generation.attempt if result.generation else None) or 1
