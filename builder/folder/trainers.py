"""Rows as trainers take them: prompt and completion, chosen and rejected. All follow from records and rejections of one paper.

A row is made lean, a text in the place of each conversation, which always has one turn; `whole_row` is what stands in the files.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from builder.folder.schema import DECIMALS, Row, solution_row
from qagen.errors import DatasetError
from qagen.records import Record, Rejection, TracedRecord, canonical_json, sha256
from qagen.select.contrast import contrasts, refuted_answers
from qagen.settings import SelectSettings

CONTRASTING = frozenset({"preference", "kto"})
"""Configs with answers that were turned down."""
ROLES = {"prompt": "user", "completion": "assistant", "chosen": "assistant", "rejected": "assistant"}
"""Columns that hold a conversation of one turn, each with whose it is."""

LeanRow = Row
"""A row with a text, or a `Thought`, in each of the columns of `ROLES`."""


class Thought(NamedTuple):
    """What an assistant's turn says, and the thoughts that led to it."""

    content: str
    reasoning: str


def whole_row(row: LeanRow) -> Row:
    """The row as it stands in the files."""
    return {name: _turns(ROLES[name], value) if name in ROLES else value for name, value in row.items()}


def lean_row(row: Row) -> LeanRow:
    """The lean form of a row of any config as it stands in the files."""
    return {name: _said(value) if name in ROLES else value for name, value in row.items()}


def _said(turns: Any) -> Any:
    if not isinstance(turns, list) or len(turns) != 1 or turns[0] is None:
        raise DatasetError(
            f"a conversation of {len(turns or ())} turns, and not of one", remedy="build the dataset again"
        )
    turn = turns[0]
    return (
        Thought(turn["content"], turn["reasoning_content"])
        if "reasoning_content" in turn
        else turn["content"]
    )


def _turns(role: str, said: str | Thought) -> list[Row]:
    if isinstance(said, Thought):
        return [{"role": role, "content": said.content, "reasoning_content": said.reasoning}]
    return [{"role": role, "content": said}]


def sft_row(record: Record) -> LeanRow:
    """The record as a row of `sft`: trainers learn the completion, and read the prompt."""
    return {
        "id": record.id,
        "prompt": record.question,
        "completion": record.answer,
        **_place(record),
        "support": round(record.checks.support, DECIMALS),
        "solution": solution_row(record.solution),
    }


def record_rows(record: Record, wanted: Collection[str]) -> Iterator[tuple[str, LeanRow]]:
    """`(config, row)` of `sft` and `reasoning`; none of the latter where no trace was kept."""
    trace = record.trace if isinstance(record, TracedRecord) and "reasoning" in wanted else None
    if trace is None and "sft" not in wanted:
        return
    row = sft_row(record)
    if "sft" in wanted:
        yield "sft", row
    if trace is not None:
        thought = Thought(record.answer, trace.reasoning)
        yield "reasoning", {**row, "completion": thought, "agreement": round(trace.agreement, DECIMALS)}


def contrast_rows(
    records: Sequence[Record],
    rejections: Iterable[tuple[str, Rejection]],
    settings: SelectSettings,
    wanted: Collection[str],
) -> Iterator[tuple[str, LeanRow]]:
    """`(config, row)` of `preference` and `kto` of one paper, in the order of the rows of each.

    Args:
        records: of the paper, in the order of their rows.
        rejections: of the paper, each with its id in the dataset, in the order of their rows.
        settings: how alike two questions have to be.
        wanted: which of the two configs.
    """
    if not records:  # only they tell in which split the paper is
        return
    refuted = list(refuted_answers(rejections, {record.id for record in records}))
    if "preference" in wanted:
        for one in contrasts(records, refuted, settings):
            yield (
                "preference",
                {
                    "id": sha256(canonical_json([one.chosen.id, one.rejected.id]))[:32],
                    "prompt": one.chosen.question,
                    "chosen": one.chosen.answer,
                    "rejected": one.rejected.answer,
                    **_place(one.chosen),
                    "record": one.chosen.id,
                    "reason": one.rejected.rejection.reason.value,
                },
            )
    if "kto" in wanted:
        for record in records:
            yield "kto", _labelled(record.id, record.question, record.answer, record, None)
        for answer in refuted:
            why = answer.rejection.reason.value
            yield "kto", _labelled(answer.id, answer.question, answer.answer, answer.rejection, why)


def _labelled(
    name: str, question: str, answer: str, result: Record | Rejection, reason: str | None
) -> LeanRow:
    return {
        "id": name,
        "prompt": question,
        "completion": answer,
        "label": reason is None,
        **_place(result),
        "reason": reason,
    }


def _place(result: Record | Rejection) -> Row:
    """Where it comes from: the page of the evidence, else the first of the chunk."""
    evidence = result.evidence if isinstance(result, Record) else ()
    if evidence:
        page: int | None = evidence[0].page
    else:
        page = result.chunk.pages[0] if result.chunk and result.chunk.pages else None
    return {
        "page": page,
        "section": list(result.section.path) if result.section else [],
        "paper_sha256": result.paper.sha256,
    }
