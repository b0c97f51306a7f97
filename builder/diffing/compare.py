"""Two prompts or models side by side on the same chunks: what somebody looks at before asking about everything anew."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from statistics import mean, median

import jinja2

from builder.folder import manifest, read
from builder.folder.manifest import Manifest
from builder.folder.manifest_parts import Provenance
from builder.folder.schema import Row
from qagen.errors import DatasetError
from qagen.reasons import Reason
from qagen.records import sha256

_UNANSWERED = frozenset({Reason.NO_ANSWER.value, Reason.PROMPT_TRUNCATED.value})

ChunkPlace = tuple[str, int, int]
"""A chunk by its paper's sha256, its start and its end."""


@dataclass(frozen=True, slots=True)
class Example:
    """A record as it is shown."""

    question: str
    answer: str
    support: float


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two, on the chunks that both were asked about.

    Attributes:
        name: as the user named it.
        chunks: how many; both sides have the same.
        records: of these chunks.
        per_chunk: records per chunk.
        chunks_without: chunks that gave no record.
        rejections: by reason, most frequent first.
        support: mean and median; None without records.
        question_chars, answer_chars: medians; None without records.
        tokens_per_record: completion tokens of the whole dataset per record of it; None where no server counted.
        openings: share of the questions that begin with their most frequent first word, and the word.
    """

    name: str
    engine: str
    model: str | None
    prompt: str | None
    chunks: int
    records: int
    per_chunk: float
    chunks_without: int
    rejections: Mapping[str, int]
    support: tuple[float, float] | None
    question_chars: float | None
    answer_chars: float | None
    tokens_per_record: float | None
    openings: tuple[str, float] | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A chunk with what both sides made of it."""

    file: str
    section: str
    pages: tuple[int, ...]
    records: tuple[tuple[Example, ...], tuple[Example, ...]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both sides, and some chunks in full.

    Attributes:
        only: chunks that only one of the sides was asked about; they are not counted.
        unanswered: chunks that both were asked about, and about which the one or the other has no answer; nor are they.
    """

    sides: tuple[Side, Side]
    only: tuple[int, int]
    examples: tuple[Shown, ...]
    unanswered: tuple[int, int] = (0, 0)

    def as_json(self) -> dict[str, object]:
        """The same as a JSON object."""
        return asdict(self)


@dataclass(slots=True)
class _Chunk:
    rows: list[Row] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    place: Row | None = None

    @property
    def answered(self) -> bool:
        return not _UNANSWERED & self.reasons.keys()


def compare(places: tuple[Path, Path], names: tuple[str, str], examples: int = 3) -> Comparison:
    """Put two datasets side by side on the chunks that both were asked about.

    Args:
        places: dataset folders; with their rejections, so that chunks without a record are seen.
        names: how they are called.
        examples: how many chunks are shown in full, the same ones for every comparison of the same papers.

    Raises:
        DatasetError: where one is no dataset folder, or they have no chunk in common.
    """
    chunks = tuple(_chunks(place) for place in places)
    shared = sorted(set(chunks[0]) & set(chunks[1]))
    if not shared:
        raise DatasetError(
            f"{names[0]!r} and {names[1]!r} have no chunk in common",
            "compare builds of the same papers with the same chunk size and the same --sample",
            ": ",
        )
    common = [place for place in shared if all(found[place].answered for found in chunks)]
    if not common:
        raise DatasetError(
            f"{names[0]!r} and {names[1]!r} have no chunk in common that both have an answer about",
            remedy="build again what has none",
        )
    unanswered = tuple(sum(not found[place].answered for place in shared) for found in chunks)
    sides = tuple(
        _side(name, manifest.read(place), found, common)
        for name, place, found in zip(names, places, chunks, strict=True)
    )
    only = tuple(len(found) - len(shared) for found in chunks)
    chosen = sorted(
        common,
        key=lambda place: (
            not all(found[place].rows for found in chunks),  # what both made something of says most
            sha256(f"{place[0]} {place[1]} {place[2]}"),
        ),
    )[:examples]
    shown = tuple(_shown(place, chunks) for place in chosen)
    return Comparison((sides[0], sides[1]), (only[0], only[1]), shown, (unanswered[0], unanswered[1]))


def _chunks(folder: Path) -> dict[ChunkPlace, _Chunk]:
    found: dict[ChunkPlace, _Chunk] = {}
    for config in ("default", "rejected"):
        for _, row in read.rows(folder, config):
            chunk = row["chunk"]
            if not chunk or chunk["start"] is None or row.get("places"):
                continue
            one = found.setdefault((row["paper"]["sha256"], chunk["start"], chunk["end"]), _Chunk())
            one.place = one.place or row
            if config == "default":
                one.rows.append(row)
            else:
                one.reasons[row["reason"]] += 1
    return found


def _side(name: str, made: Manifest, found: Mapping[ChunkPlace, _Chunk], common: list[ChunkPlace]) -> Side:
    rows = [row for place in common for row in found[place].rows]
    reasons: Counter[str] = sum((found[place].reasons for place in common), Counter())
    support = [row["checks"]["support"] for row in rows]
    words = Counter(row["question"].split()[0].lower() for row in rows if row["question"].split())
    tokens, total = made.answers.get("completion_tokens"), made.records
    how = made.provenance
    return Side(
        name=name,
        engine=how.engine,
        model=how.model,
        prompt=_prompts(how),
        chunks=len(common),
        records=len(rows),
        per_chunk=round(len(rows) / len(common), 2),
        chunks_without=sum(not found[place].rows for place in common),
        rejections=dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        support=(round(mean(support), 4), round(median(support), 4)) if support else None,
        question_chars=median(len(row["question"]) for row in rows) if rows else None,
        answer_chars=median(len(row["answer"]) for row in rows) if rows else None,
        tokens_per_record=round(tokens / total, 1) if tokens and total else None,
        openings=(words.most_common(1)[0][0], round(words.most_common(1)[0][1] / len(rows), 4))
        if words
        else None,
    )


def _prompts(how: Provenance) -> str | None:
    """The prompt for everything, then those of the rules."""
    names = [how.prompt, *(name for name, _ in how.rule_prompts)]
    return ", ".join(dict.fromkeys(name for name in names if name)) or None


def _shown(place: ChunkPlace, chunks: tuple[dict[ChunkPlace, _Chunk], ...]) -> Shown:
    row = chunks[0][place].place
    assert row is not None
    both = [
        tuple(Example(one["question"], one["answer"], one["checks"]["support"]) for one in found[place].rows)
        for found in chunks
    ]
    return Shown(
        row["paper"]["file"],
        " > ".join((row["section"] or {}).get("path") or ()),
        tuple(row["chunk"]["pages"] or ()),
        (both[0], both[1]),
    )


def rows_of(found: Comparison) -> Iterator[tuple[str, str, str]]:
    """The table of a comparison: what, and both sides as text."""
    for label, value in _ROWS:
        left, right = (value(side) for side in found.sides)
        yield label, left, right
    reasons = dict.fromkeys(reason for side in found.sides for reason in side.rejections)
    for reason in reasons:
        left, right = (str(side.rejections.get(reason, 0)) for side in found.sides)
        yield f"rejected: {reason}", left, right


def _number(value: float | None, places: int = 0) -> str:
    return "-" if value is None else f"{value:,.{places}f}"


_ROWS: tuple[tuple[str, Callable[[Side], str]], ...] = (
    ("model", lambda side: side.model or side.engine),
    ("prompt", lambda side: side.prompt or "-"),
    ("chunks asked", lambda side: f"{side.chunks:,}"),
    ("records", lambda side: f"{side.records:,}"),
    ("records per chunk", lambda side: _number(side.per_chunk, 2)),
    ("chunks without a record", lambda side: f"{side.chunks_without:,}"),
    ("support, mean", lambda side: _number(side.support[0] if side.support else None, 2)),
    ("support, median", lambda side: _number(side.support[1] if side.support else None, 2)),
    ("question, characters", lambda side: _number(side.question_chars)),
    ("answer, characters", lambda side: _number(side.answer_chars)),
    ("tokens per record", lambda side: _number(side.tokens_per_record, 1)),
    (
        "most frequent first word",
        lambda side: f"{side.openings[0]} ({side.openings[1]:.0%})" if side.openings else "-",
    ),
)


def comparison_text(found: Comparison, width: int = 34) -> str:
    """The comparison for a terminal."""
    names = [side.name for side in found.sides]
    lines = [f"{'':<28}{_cut(names[0], width):<{width + 2}}{_cut(names[1], width)}"]
    lines += [
        f"{_cut(label, 26):<28}{_cut(left, width):<{width + 2}}{_cut(right, width)}"
        for label, left, right in rows_of(found)
    ]
    if any(found.only):
        lines.append(
            f"not counted: {found.only[0]} chunks of the first only, {found.only[1]} of the second only; tokens are those of all"
        )
    if any(found.unanswered):
        lines.append(
            f"not counted: {found.unanswered[0]} chunks about which the first has no answer, {found.unanswered[1]} of the second"
        )
    for shown in found.examples:
        pages = ", ".join(map(str, shown.pages))
        lines += ["", f"== {shown.file}, {shown.section or 'opening'}, page {pages}"]
        for name, records in zip(names, shown.records, strict=True):
            lines.append(f"-- {name}: {len(records)} records")
            for one in records:
                lines += [f"   Q {one.question}", f"   A {one.answer} ({one.support:.2f})"]
    return "\n".join(lines)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def comparison_page(found: Comparison) -> str:
    """The comparison as an HTML page that needs nothing else; everything in it is escaped."""
    return _environment().get_template("compare.html.jinja").render(found=found, rows=list(rows_of(found)))


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("dataset_card", ""),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
    )
