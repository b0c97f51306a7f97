"""Why a pair is in one version of a dataset and not in the other, from what both say about its paper and chunk."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from builder.folder.schema import Row
from qagen.reviews.applied import BY


class Cause(StrEnum):
    """Why a record is there that was not, or is not there that was; the first that holds, in this order."""

    PAPER_ADDED = "paper_added"
    PAPER_REMOVED = "paper_removed"
    PAPER_CHANGED = "paper_changed"
    """Its PDF has other bytes: another of the same work or file name took its place."""
    REVIEWED = "reviewed"
    """A person turned it down, edited it or brought it back."""
    DISPLACED = "displaced"
    WAS_REJECTED = "was_rejected"
    REJECTED = "rejected"
    EDITED = "edited"
    """The same pair as the model gave it, mended in another way."""
    CONVERTER = "converter"
    """The paper's text is another."""
    CHUNKING = "chunking"
    """Its chunk is not in the other version, and chunks are cut otherwise."""
    MODEL = "model"
    PROMPT = "prompt"
    CHECKS = "checks"
    """Nothing but the checks' settings differs."""
    NEW_PAIR = "new_pair"
    PAIR_GONE = "pair_gone"


_CHECKED = ("settings.checks.", "settings.judge.", "settings.grounding.", "made.grounding")


@dataclass(slots=True)
class PaperState:
    """What one version says about one paper.

    Attributes:
        documents: sha256 of the texts that its chunks are cut from.
        chunks: a chunk's `(start, end)` -> how it was asked about: models, and prompts as they were sent.
        originals: a pair as the model gave it, with its chunk.
        is_asked_together: whether any of its chunks were asked about together.
        reviewed: those of them that are there, or read as they do, because of a person.
    """

    documents: set[str] = field(default_factory=set)
    chunks: dict[tuple[int, int], tuple[set[str], set[str]]] = field(default_factory=dict)
    originals: set[tuple[Any, ...]] = field(default_factory=set)
    is_asked_together: bool = False
    reviewed: set[tuple[Any, ...]] = field(default_factory=set)

    def add(self, row: Row) -> None:
        """Look at a record or a rejection."""
        if document := (row["paper"] or {}).get("document_sha256"):
            self.documents.add(document)
        self.is_asked_together |= bool(row.get("places"))
        if (chunk := span(row)) is not None:
            models, prompts = self.chunks.setdefault(chunk, (set(), set()))
            asked = row.get("generation") or {}
            models.update([asked["model"]] if asked.get("model") else [])
            prompts.update([asked["prompt_sha256"]] if asked.get("prompt_sha256") else [])
        if row.get("edits") is not None and row.get("question"):
            self.originals.add(original(row))
            self.reviewed.update([original(row)] if by_review(row) else [])


def span(row: Row) -> tuple[int, int] | None:
    """From where to where a row's chunk goes; None where it is about no chunk, or about several together."""
    chunk = None if row.get("places") else row.get("chunk")
    return (chunk["start"], chunk["end"]) if chunk and chunk.get("start") is not None else None


def original(row: Row) -> tuple[Any, ...]:
    """A record's pair before anything in it was mended, with its chunk."""
    before = {"question": row["question"], "answer": row["answer"]}
    for edit in reversed(row["edits"] or ()):
        before[edit["field"]] = edit["before"]
    return (span(row), before["question"], before["answer"])


def by_review(row: Row) -> bool:
    """Whether a record is there, or reads as it does, because of a person: a mark of an agreeing one changes neither."""
    review = row.get("review") or {}
    decided = review.get("decision") not in (None, "accept") or review.get("overruled")
    return bool(decided) or any(edit["by"] == BY for edit in row.get("edits") or ())


def pair_cause(
    row: Row, mine: PaperState, other: PaperState, differing: Mapping[str, object], default: Cause
) -> Cause:
    """Why a pair of a paper that both versions have is in one of them only, where no rejection says it.

    Args:
        row: the record.
        mine: what its own version says about the paper.
        other: what the other version says.
        differing: settings and other facts in which the versions differ, by dotted name.
        default: `new_pair` or `pair_gone`.
    """
    if by_review(row) or original(row) in other.reviewed:
        return Cause.REVIEWED
    if original(row) in other.originals:
        return Cause.EDITED
    if mine.documents and other.documents and not mine.documents & other.documents:
        return Cause.CONVERTER
    if not other.documents and "made.converter" in differing:
        return Cause.CONVERTER
    chunk = span(row)
    cut_otherwise = any(name.startswith("settings.chunk.") for name in differing)
    if chunk not in other.chunks and cut_otherwise:
        return Cause.CHUNKING
    asked = row["generation"] or {}
    models, prompts = other.chunks.get(chunk, (set(), set())) if chunk else (set(), set())
    if (models and asked.get("model") not in models) or (not models and "made.model" in differing):
        return Cause.MODEL
    if row.get("places"):
        asked_otherwise = other.is_asked_together and "made.further_prompts" in differing
    else:
        asked_otherwise = "made.prompt_sha256" in differing or "made.rule_prompts" in differing
    if (prompts and asked.get("prompt_sha256") not in prompts) or (not prompts and asked_otherwise):
        return Cause.PROMPT
    told = [name for name in differing if name != "made.reviews"]
    if told and all(name.startswith(_CHECKED) for name in told):
        return Cause.CHECKS
    return default
