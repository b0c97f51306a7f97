"""Rows as trainers take them: prompt and completion, chosen and rejected. All follow from records and rejections of one paper."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from builder.folder.schema import DECIMALS, Row, solution_row
from qagen.records import Record, Rejection, TracedRecord, canonical_json, sha256
from qagen.select.contrast import contrasts, refuted_answers
from qagen.settings import SelectSettings

CONTRASTING = frozenset({"preference", "kto"})
"""Configs with answers that were turned down."""


def sft_row(record: Record) -> Row:
    """The record as a row of `sft`: trainers learn the completion, and read the prompt."""
    return {
        "id": record.id,
        "prompt": _turn("user", record.question),
        "completion": _turn("assistant", record.answer),
        **_place(record),
        "support": round(record.checks.support, DECIMALS),
        "solution": solution_row(record.solution),
    }


def reasoning_row(record: Record) -> Row | None:
    """The record as a row of `reasoning`; None where no trace of it was kept."""
    if not isinstance(record, TracedRecord) or record.trace is None:
        return None
    thought = {"role": "assistant", "content": record.answer, "reasoning_content": record.trace.reasoning}
    return {
        **sft_row(record),
        "completion": [thought],
        "agreement": round(record.trace.agreement, DECIMALS),
    }


def contrast_rows(
    records: Sequence[Record],
    rejections: Iterable[tuple[str, Rejection]],
    settings: SelectSettings,
    wanted: Collection[str],
) -> Iterator[tuple[str, Row]]:
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
                    "prompt": _turn("user", one.chosen.question),
                    "chosen": _turn("assistant", one.chosen.answer),
                    "rejected": _turn("assistant", one.rejected.answer),
                    **_place(one.chosen),
                    "record": one.chosen.id,
                    "reason": one.rejected.rejection.reason.value,
                },
            )
    if "kto" in wanted:
        for record in records:
            yield "kto", _judged_row(record.id, record.question, record.answer, record, None)
        for answer in refuted:
            rejection = answer.rejection
            yield (
                "kto",
                _judged_row(answer.id, answer.question, answer.answer, rejection, rejection.reason.value),
            )


def _judged_row(name: str, question: str, answer: str, result: Record | Rejection, reason: str | None) -> Row:
    return {
        "id": name,
        "prompt": _turn("user", question),
        "completion": _turn("assistant", answer),
        "label": reason is None,
        **_place(result),
        "reason": reason,
    }


def _turn(role: str, content: str) -> list[Mapping[str, str]]:
    return [{"role": role, "content": content}]


def _place(result: Record | Rejection) -> Row:
    """Where it comes from: the page of the evidence, else the first of the chunk."""
    pages = [one.page for one in result.evidence] if isinstance(result, Record) else []
    pages = pages or list(result.chunk.pages if result.chunk else ())
    return {
        "page": pages[0] if pages else None,
        "section": list(result.section.path) if result.section else [],
        "paper_sha256": result.paper.sha256,
    }
