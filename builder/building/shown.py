"""A build's report and a plan as a notebook shows them."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from builder.folder import read
from builder.folder.schema import Row
from builder.html import Markup, bar, code, listing, page, table
from qagen.errors import DatasetError
from qagen.options.spelling import in_keywords, keywords_of_table
from qagen.options.tables import BuildOptions
from qagen.progress import duration_text
from qagen.reasons import Reason

if TYPE_CHECKING:
    from builder.building.estimate import Estimate
    from builder.building.plan import Plan
    from builder.building.report import BuildReport

_SAMPLES = 3
_LOOKED_AT = 500
"""Records among which samples of different papers are looked for."""
_LISTED = 10
_MEANINGS = {str(reason): reason.meaning for reason in Reason}


def report_html(report: "BuildReport") -> str:
    """Yields, what was turned down and why, some records, warnings, and what to do next."""
    pairs = report.pairs
    share = f" of {pairs:,} pairs ({report.records / pairs:.0%})" if pairs else ""
    return page(
        f"{report.records:,} records{share} in {report.out}",
        table(_yields(report), ("", "count", "")),
        table(_rejections(report), ("turned down", "why", "count", "of its kind", "meaning")),
        table(_samples(Path(report.out)), ("question", "answer", "where", "support"), "Some records"),
        listing(_warnings(report)),
        code(_next(report)),
    )


def _yields(report: "BuildReport") -> Iterator[tuple[object, ...]]:
    papers, calls = report.papers, report.calls
    yield (
        "papers",
        papers["found"],
        f"{papers['converted']:,} converted now, {papers['reused']:,} before, {papers['rejected']:,} rejected",
    )
    turned_down = sum(report.rejections.get("chunk", {}).values())
    yield "chunks", report.chunks, f"{turned_down:,} gave no pair" if turned_down else ""
    if report.engine == "extractive":
        yield "calls", 0, "extractive: questions by rule, no model"
    else:
        took = f" in {duration_text(report.seconds)}" if calls["made"] else ""
        yield (
            "calls",
            calls["made"],
            f"{report.engine}, {report.model}: {calls['completion_tokens']:,} tokens{took}; {calls['reused']:,} answers kept from before",
        )
    splits = report.splits.get("default", {})
    yield "records", report.records, ", ".join(f"{split} {rows:,}" for split, rows in splits.items())
    if unanswerable := report.splits.get("unanswerable"):
        told = ", ".join(f"{split} {rows:,}" for split, rows in unanswerable.items())
        yield "without an answer", sum(unanswerable.values()), told
    if report.judged:
        judged = ", ".join(f"{count:,} {outcome}" for outcome, count in report.judged.items())
        yield "judged", sum(report.judged.values()), judged.replace("_", " ")


def _rejections(report: "BuildReport") -> Iterator[tuple[object, ...]]:
    most = max((count for reasons in report.rejections.values() for count in reasons.values()), default=0)
    for kind, reasons in sorted(report.rejections.items(), key=lambda item: -sum(item[1].values())):
        of = sum(reasons.values())
        for reason, count in sorted(reasons.items(), key=lambda item: (-item[1], item[0])):
            yield kind, reason, count, bar(count, most, of), _MEANINGS.get(reason)


def _samples(folder: Path) -> Iterator[tuple[object, ...]]:
    """Records of different papers, where the folder is still there."""
    try:
        found = [row for _, row in islice(read.rows(folder, "default"), _LOOKED_AT)]
    except DatasetError:
        return
    by_paper = {row["paper"]["sha256"]: row for row in reversed(found)}
    first = list(reversed(by_paper.values()))[:_SAMPLES]
    others = [row for row in found if row not in first][: _SAMPLES - len(first)]
    for row in [*first, *others]:
        yield row["question"], row["answer"], _where(row), f"{row['checks']['support']:.2f}"


def _where(row: Row) -> str:
    pages = sorted({item["page"] for item in row["evidence"]})
    on = f", page {', '.join(map(str, pages))}" if pages else ""
    return f"{row['paper']['file']}{on}"


def _warnings(report: "BuildReport") -> list[str]:
    files = [f"{paper.file}: {paper.reason}: {paper.detail}" for paper in report.rejected_papers]
    said = [f"{file}: {warning}" for file, warnings in report.paper_warnings.items() for warning in warnings]
    unanswered = [f"{one.file}, chunk {one.chunk} has no answer: {one.detail}" for one in report.unanswered]
    found = [*filter(None, [report.unable]), *report.warnings]
    for group in (unanswered, files, said):
        found += group[:_LISTED]
        if len(group) > _LISTED:
            found.append(f"and {len(group) - _LISTED:,} more of this kind")
    words = keywords_of_table(BuildOptions)
    return [in_keywords(line, words) for line in found]


def _next(report: "BuildReport") -> Iterator[str]:
    if report.unanswered:
        yield "# the same builder.build(...) again asks only what has no answer"
    if report.records:
        yield f"builder.verify({report.out!r}, papers, work={report.work!r})  # walks every record back to its page"
        yield f"datasets.load_dataset({report.out!r})"


def plan_html(plan: "Plan") -> str:
    """Papers, chunks and calls, what they will cost, and what other changes would."""
    costs = [("all calls", plan.estimate), ("of which the judge", plan.judge)]
    return page(
        f"{plan.papers['to_convert']:,} papers to convert, {plan.calls['to_make']:,} calls known to be missing",
        table(_planned(plan), ("", "count", "")),
        table(
            [_cost(name, cost) for name, cost in costs if cost is not None],
            ("estimate", "calls", "prompt tokens", "completion tokens", "time", "basis"),
        ),
        table(
            [(other.change, other.conversions, _known(other.calls)) for other in plan.what_if],
            ("what if", "conversions", "calls"),
        ),
        _open(plan),
    )


def _planned(plan: "Plan") -> Iterator[tuple[object, ...]]:
    papers, calls = plan.papers, plan.calls
    yield (
        "papers",
        papers["found"],
        f"{papers['to_convert']:,} to convert, {papers['converted']:,} converted before, {papers['rejected']:,} rejected before",
    )
    left = ", ".join(f"{reason} {count:,}" for reason, count in plan.not_asked.items())
    yield "chunks", plan.chunks, f"not asked about: {left}" if left else "of the converted papers"
    if plan.engine == "extractive":
        yield "calls", 0, "extractive: no call"
        return
    yield "calls to make", calls["to_make"], f"{plan.engine}, {plan.model}, prompt {plan.prompt}"
    yield "calls paid", calls["paid"], "answers in the ledger"
    for prompt, counts in sorted(plan.by_prompt.items()) if len(plan.by_prompt) > 1 else ():
        yield "", counts["to_make"], f"{prompt}; {counts['paid']:,} paid before"


def _cost(name: str, cost: "Estimate") -> tuple[object, ...]:
    hours = duration_text(cost.hours * 3600) if cost.hours else ""
    return name, _known(cost.calls), cost.prompt_tokens, cost.completion_tokens, hours, cost.basis


def _known(count: int | None) -> object:
    return "not known yet" if count is None else count


def _open(plan: "Plan") -> Markup:
    said = [f"{rule} fits no chunk of the converted papers" for rule in plan.idle_rules if plan.chunks]
    if plan.calls["left"]:
        said.append(f"{plan.calls['left']:,} chunks are left without an answer, offline")
    if plan.depends.get("sections"):
        said.append(
            f"the chunks of {plan.depends['sections']:,} papers depend on which sections the model chooses"
        )
    if plan.depends.get("judge"):
        said.append(f"the judge's calls about {plan.depends['judge']:,} chunks depend on answers to come")
    if plan.unknown:
        said.append(f"the chunks of {len(plan.unknown):,} papers are not known until they are converted")
    return listing(said)
