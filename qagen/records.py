"""The values that travel between the stages. All are frozen; none knows how it is stored.

Offsets are Unicode code points, half-open, into the document's text. Pages are 1-based. Boxes are
`(x0, y0, x1, y1)` in PDF points, origin top left, of the page as displayed (crop box, rotation applied).
"""

import hashlib
import json
import re
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from qagen.question_kinds import Difficulty, QuestionKind
from qagen.reasons import Kind, Reason

_SHA256 = re.compile(r"[0-9a-f]{64}")

BBox = tuple[float, float, float, float]


def sha256(data: str | bytes) -> str:
    """The sha256 of bytes, or of a text in UTF-8, as 64 hex digits."""
    return hashlib.sha256(data.encode("utf-8") if isinstance(data, str) else data).hexdigest()


def is_sha256(text: str) -> bool:
    """Whether a text has the shape of a sha256: 64 hex digits; what a dataset of others says is a path otherwise."""
    return _SHA256.fullmatch(text) is not None


def encodable(text: str) -> str:
    """The text as UTF-8 can hold it: halves of surrogate pairs, which models do send, become U+FFFD."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def canonical_json(value: Any) -> str:
    """One text for one value: keys sorted, no blanks, no escapes, and 1.0 written as 1.

    Written out here, since the key of every answer that is kept is the hash of such a text: a library that ordered keys or
    wrote numbers otherwise in its next version would have all of them asked again.

    Raises:
        ValueError: for NaN and infinities, which JSON does not know.
        TypeError: for anything that is not JSON.
    """
    return json.dumps(
        _plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


# ---- papers and documents


@dataclass(frozen=True, slots=True)
class Paper:
    """One PDF. Its identity is the sha256 of its bytes; the path is a label."""

    sha256: str
    path: Path
    file: str
    """The label in records: the path relative to the folder that was named, with forward slashes."""
    stated: tuple[tuple[str, "Stated"], ...] = ()
    """What a person says of the paper in `papers.csv`: fields of its `Metadata`, which count before what the PDF says."""


Stated = str | int | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the PDF as it stands in the document."""

    start: int
    end: int
    bbox: BBox


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a block that stands on one page in one column.

    Attributes:
        lines: in document order.
        ocr: whether its text was read off a picture of the page, and not from the PDF's text layer.
    """

    start: int
    end: int
    page: int
    bbox: BBox
    lines: tuple[Line, ...] = ()
    ocr: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A slice of the document with its trailing separator; the blocks of a document tile it.

    Attributes:
        type: marker's name of the block type: SectionHeader, Text, Table, Equation, Caption, ListGroup, Code, ...
        level: for a SectionHeader its depth in the document, 1 for the title; else None.
        regions: where the block's text stands in the PDF, in document order.
        quality: how readable its text is, from 0 (scrambled, lost, misread) to 1.
    """

    start: int
    end: int
    type: str
    level: int | None = None
    regions: tuple[Region, ...] = ()
    quality: float = 1.0


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the PDF says about the paper itself; None where it does not.

    Attributes:
        license: as the paper prints it, written as Creative Commons does, for instance `CC BY 4.0`.
        language: of the text, as a code of two or three letters, for instance `en`.
        origins: where each came from: `PDF`, its own fields; `first page`, `last pages`, `text`, `papers.csv`.
    """

    title: str | None = None
    authors: tuple[str, ...] = ()
    year: int | None = None
    doi: str | None = None
    license: str | None = None
    language: str | None = None
    pages: int = 0
    origins: dict[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Document:
    """A paper's text with its places."""

    paper_sha256: str
    text: str
    blocks: tuple[Block, ...]
    metadata: Metadata
    converter: str
    """How it was made, with versions, for instance `rules-2 pypdfium2-5.10.1`."""
    warnings: tuple[str, ...] = field(default=(), compare=False)
    """What a reader should know, one sentence each, the pages first: `pages 1-3: text that nobody sees was left out`."""

    @cached_property
    def sha256(self) -> str:
        """The sha256 of the text."""
        return sha256(self.text)


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the document below one heading, which belongs to it.

    Attributes:
        path: the headings from the top down to this section's own; empty for text before the first heading.
        body: whether it is part of the paper's main body.
        text_start: where the text below the heading begins.
    """

    path: tuple[str, ...]
    start: int
    end: int
    text_start: int
    body: bool


@dataclass(frozen=True, slots=True)
class Chunk:
    """A slice of the document inside one section: `document.text[start:end] == text`, always.

    Attributes:
        index: 0-based place among the document's chunks.
        pages: the pages it stands on, ascending.
        quality: the lowest of its blocks' qualities.
    """

    index: int
    start: int
    end: int
    text: str
    section: Section
    pages: tuple[int, ...]
    quality: float = 1.0

    @property
    def chunks(self) -> tuple["Chunk", ...]:
        """What is asked about with it: itself alone."""
        return (self,)

    def in_document(self, span: tuple[int, int]) -> tuple[int, int]:
        """Where a span of its text stands in the document."""
        return self.start + span[0], self.start + span[1]


BETWEEN_PLACES = "\n\n"
"""What stands between the texts of chunks that are asked about together."""


@dataclass(frozen=True)
class ChunkGroup:
    """Several chunks that are asked about together: of one paper in their order, none overlapping another, or each of another paper.

    Attributes:
        papers: of chunks of several papers the sha256 of each one's, ascending; empty where all are of one.
    """

    chunks: tuple[Chunk, ...]
    papers: tuple[str, ...] = ()

    @cached_property
    def text(self) -> str:
        """Their texts, one after another."""
        return BETWEEN_PLACES.join(chunk.text for chunk in self.chunks)

    @property
    def section(self) -> Section:
        """That of the first."""
        return self.chunks[0].section

    @property
    def index(self) -> int:
        """That of the first."""
        return self.chunks[0].index

    def in_document(self, span: tuple[int, int]) -> tuple[int, int]:
        """Where a span of the text stands in its chunk's document; it lies in one of the chunks.

        Raises:
            ValueError: where it does not.
        """
        return self.placed(span)[1]

    def placed(self, span: tuple[int, int]) -> tuple[int, tuple[int, int]]:
        """The number of the chunk that a span of the text lies in, and where it stands in that one's document.

        Raises:
            ValueError: where it lies in none.
        """
        begin = 0
        for number, chunk in enumerate(self.chunks):
            if begin <= span[0] and span[1] <= begin + len(chunk.text):
                return number, (chunk.start + span[0] - begin, chunk.start + span[1] - begin)
            begin += len(chunk.text) + len(BETWEEN_PLACES)
        raise ValueError(f"the span {span} lies in none of the {len(self.chunks)} chunks")


Excerpt = Chunk | ChunkGroup
"""What is asked about in one dialogue."""


# ---- asking


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation; role is system, user or assistant."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Request:
    """All that can change what a model answers, and nothing else: its key is the ledger's key.

    Attributes:
        model: as declared by the user.
        max_tokens: the most tokens of the answer, thoughts included.
        top_k, min_p, thinking_budget, reasoning_effort: None leaves them to the server; then they are no part of the key.
        response_format: a JSON schema's name (`json` for pairs, `labels` for a judge's) or `text`.
        label_ids: with `labels` the only ids that the schema allows; no part of the key where there are none.
        most_pairs: with `json` the most pairs that the schema allows; no part of the key where no schema is sent.
        attempt: 1 for the first time this chunk is asked about.
    """

    model: str
    messages: tuple[Message, ...]
    temperature: float
    top_p: float
    max_tokens: int
    seed: int
    attempt: int = 1
    response_format: str = "text"
    top_k: int | None = None
    min_p: float | None = None
    thinking_budget: int | None = None
    reasoning_effort: str | None = None
    label_ids: tuple[str, ...] = ()
    most_pairs: int | None = None

    @property
    def optional(self) -> dict[str, int | float | str | list[str]]:
        """What not every request says, without what this one leaves to the server."""
        said = {
            "top_k": self.top_k,
            "min_p": self.min_p,
            "thinking_budget": self.thinking_budget,
            "reasoning_effort": self.reasoning_effort,
            "label_ids": list(self.label_ids) or None,
            "most_pairs": self.most_pairs,
        }
        return {name: value for name, value in said.items() if value is not None}

    @property
    def key(self) -> str:
        """The sha256 of the request's canonical JSON."""
        return sha256(
            canonical_json(
                {
                    "model": self.model,
                    "messages": [[message.role, message.content] for message in self.messages],
                    "temperature": self.temperature,
                    "top_p": self.top_p,
                    "max_tokens": self.max_tokens,
                    "response_format": self.response_format,
                    "seed": self.seed,
                    "attempt": self.attempt,
                    **self.optional,
                }
            )
        )


EMBEDDED = "embedded/"
"""What the served name of a model begins with that ran in the process itself."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What the model gave for one request.

    Attributes:
        text: the final text as the server sent it; reasoning tags may still stand in it.
        reasoning: what the server sent apart as reasoning, or None.
        finish_reason: stop, length, ... or None where the server does not say.
        served_model: the server's own name of the model.
        fingerprint: the server's fingerprint of the model or system, or None.
        digest: what the server said of the model's weights before it was asked, or None.
        raw: the response's body as it came, JSON; kept in the ledger, compared by nobody.
    """

    text: str
    reasoning: str | None = None
    finish_reason: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    served_model: str | None = None
    fingerprint: str | None = None
    digest: str | None = None
    raw: str | None = field(default=None, compare=False, repr=False)

    @property
    def is_thoughts_only(self) -> bool:
        """Whether the server took all of the answer for reasoning, though the model came to its end."""
        thought = bool((self.reasoning or "").strip())
        return thought and not self.text.strip() and self.finish_reason != "length"

    @property
    def engine(self) -> str:
        """The engine that gave it, whichever one a later build would ask."""
        return "embedded" if (self.served_model or "").startswith(EMBEDDED) else "server"


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and its answer as parsed, nothing judged yet; `place` is its 0-based place in the response.

    `kind` and `difficulty` are what was asked for; None where anything was.
    """

    question: str
    answer: str
    place: int = 0
    kind: QuestionKind | None = None
    difficulty: Difficulty | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """A reason and a detail: what a parser or a check has to say against something.

    `text` is what it is about, as it stood in the response; `found` are the words of it that are objected to, `spans` the
    places of the source that speak against them, where a check knows any.
    """

    reason: Reason
    detail: str
    text: str = ""
    found: str = ""
    spans: tuple[tuple[int, int], ...] = ()


# ---- records: the closed schema, the same names as the columns


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place in the paper that supports the answer; one per region.

    Attributes:
        text: only with context.
        ocr: True where OCR read it; None where the PDF itself says it.
    """

    start: int
    end: int
    page: int
    bbox: BBox
    sha256: str
    text: str | None = None
    ocr: bool | None = None


@dataclass(frozen=True, slots=True)
class PaperInfo:
    """The paper as a record names it."""

    sha256: str
    work: str | None
    file: str
    title: str | None = None
    authors: tuple[str, ...] = ()
    year: int | None = None
    doi: str | None = None
    license: str | None = None
    document_sha256: str | None = None
    converter: str | None = None


@dataclass(frozen=True, slots=True)
class ListedPaper(PaperInfo):
    """The paper as the manifest lists it: with the language, and where each of the fields came from (`Metadata.origins`)."""

    language: str | None = None
    origins: dict[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class SectionInfo:
    """The section as a record names it."""

    path: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ChunkInfo:
    """The chunk as a record names it."""

    index: int
    start: int
    end: int
    sha256: str
    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PlaceInfo:
    """One of several places that a record's answer needs: its chunk and that one's section.

    Attributes:
        paper: that it is of, where the places are of several papers; None where all are of the record's own.
        evidence: in that paper, where the places are of several; None where the record's own has that of all places.
    """

    chunk: ChunkInfo
    section: SectionInfo
    paper: PaperInfo | None = None
    evidence: tuple[Evidence, ...] | None = None


@dataclass(frozen=True, slots=True)
class Generation:
    """How the pair was made; what does not apply to the engine is None."""

    engine: str
    model: str | None = None
    prompt: str | None = None
    prompt_sha256: str | None = None
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    attempt: int | None = None


@dataclass(frozen=True, slots=True)
class Scores:
    """One fixed column per scored check, each in [0, 1]; None where a model that judges was not asked.

    Attributes:
        support: how well the chunk supports the answer.
        grounding: how far an entailment model finds the answer's worst claim borne out; None where none was asked.
        judge_relevance: the judge's label, as the four below it.
        round_trip: how far the answer agrees with one given anew from the chunk alone.
    """

    support: float
    judge_relevance: float | None = None
    judge_context_independence: float | None = None
    judge_completeness: float | None = None
    judge_accuracy: float | None = None
    judge_reasonableness: float | None = None
    round_trip: float | None = None
    grounding: float | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """A change that a check made to a field, with the text before it."""

    by: str
    field: str
    before: str


@dataclass(frozen=True, slots=True)
class Review:
    """What people decided about a pair that is a record.

    Attributes:
        decision: `accept`, `edit`, or `bring_back` of one that had been turned down.
        reviewers: how many people decided about it.
        overruled: reasons that checks and judges have against it.
    """

    decision: str
    reviewers: int
    overruled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Solution:
    """The one value that a question asks for and its answer states.

    Attributes:
        value: with its sign, in `unit`; never rounded.
        unit: as the answer writes it, in plain notation; None for a count and for a pH.
        tolerance: how far another value in the same unit may be off and still be right: half of what the last digit is worth, the
            spread that the answer gives with "±", or 0 for a count and for a value of one digit.
    """

    value: float
    unit: str | None
    tolerance: float


@dataclass(frozen=True, slots=True)
class Trace:
    """What a model thought when a record's question was asked anew with its chunk.

    Attributes:
        reasoning: its thoughts.
        agreement: how far the answer that they led to agrees with the record's, in [0, 1].
    """

    reasoning: str
    agreement: float


@dataclass(frozen=True, slots=True)
class Record:
    """A pair that passed every check and the selection, with its provenance.

    Attributes:
        kind: what was asked for, one of `QuestionKind`, borne out by the checks; None where anything was. So `difficulty`.
        solution: of a question for an amount, the value that answers it; None where there is no single one.
    """

    id: str
    question: str
    answer: str
    evidence: tuple[Evidence, ...]
    paper: PaperInfo
    section: SectionInfo
    chunk: ChunkInfo
    generation: Generation
    checks: Scores
    edits: tuple[Edit, ...] = ()
    context: str | None = None
    reasoning: str | None = None
    kind: str | None = None
    difficulty: str | None = None
    solution: Solution | None = None
    places: tuple[PlaceInfo, ...] | None = None
    """Where the answer needs several places, all of them; `section` and `chunk` are then those of the first, and where the places are of
    several papers so are `paper` and `evidence`."""
    review: Review | None = None

    @property
    def is_unanswerable(self) -> bool:
        """Whether the paper does not answer its question; such records are a config of their own."""
        return self.kind == QuestionKind.UNANSWERABLE

    @property
    def papers(self) -> tuple[PaperInfo, ...]:
        """The papers that its answer needs: its own, but for a record whose places are of several."""
        return papers_of(self)


@dataclass(frozen=True, slots=True)
class TracedRecord(Record):
    """A record with a trace of the thoughts that lead to its answer, which is no column of `default`."""

    trace: Trace | None = None

    @classmethod
    def of(cls, record: Record, trace: Trace) -> "TracedRecord":
        """The same record with a trace."""
        return cls(**{part.name: getattr(record, part.name) for part in fields(Record)}, trace=trace)


@dataclass(frozen=True, slots=True)
class Rejection:
    """What did not become a record, with why and its provenance as far as it goes.

    Attributes:
        displaced_by: the id of the record that a duplicate gave way to.
        also: what else is wrong with it, without its own reason, in the order in which it was found.
        question_kind, difficulty: of a pair, what was asked for, as `kind` and `difficulty` of a record.
    """

    kind: Kind
    reason: Reason
    detail: str
    paper: PaperInfo
    question: str | None = None
    answer: str | None = None
    section: SectionInfo | None = None
    chunk: ChunkInfo | None = None
    generation: Generation | None = None
    text: str | None = None
    displaced_by: str | None = None
    also: tuple[Reason, ...] = ()
    places: tuple[PlaceInfo, ...] | None = None
    question_kind: str | None = None
    difficulty: str | None = None

    @property
    def id(self) -> str:
        """First 32 hex digits over what was rejected, where and why."""
        place = self.chunk.index if self.chunk else None
        attempt = self.generation.attempt if self.generation else None
        return sha256(
            canonical_json(
                [
                    self.paper.sha256,
                    place,
                    attempt,
                    self.kind,
                    self.reason,
                    self.detail,
                    self.question,
                    self.answer,
                ]
            )
        )[:32]


def record_id(paper_sha256: str, question: str, answer: str) -> str:
    """The identity of a record: first 32 hex digits of the sha256 of [paper, question, answer] as published."""
    return sha256(canonical_json([paper_sha256, question, answer]))[:32]


def papers_of(result: Record | Rejection) -> tuple[PaperInfo, ...]:
    """The papers that a result is of, in the order of its places: its own, but for one whose places are of several."""
    named = tuple(place.paper for place in result.places or () if place.paper is not None)
    return named or (result.paper,)
