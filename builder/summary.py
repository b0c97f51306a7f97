"""A build's report as a person reads it on the terminal."""

from collections.abc import Iterator, Mapping, Sequence

from builder.report import BuildReport

_LISTED = 20
"""How many papers and chunks are listed by name; all of them stand in the run's report."""


def summary(report: BuildReport) -> str:
    """Several lines: papers, chunks, calls, records, what was turned down and why, and where all of it lies."""
    return "\n".join(_lines(report))


def _lines(report: BuildReport) -> Iterator[str]:
    papers, calls = report.papers, report.calls
    yield (
        f"papers      {papers['found']}: {papers['converted']} converted now, {papers['reused']} before, "
        f"{papers['rejected']} rejected"
    )
    yield f"chunks      {report.chunks}"
    if report.engine == "extractive":
        yield "engine      extractive: sentences of the papers, questions by rule; no model"
    else:
        yield f"engine      {report.engine}, {report.model}: {calls['made']} calls made, {calls['reused']} answers from the ledger"
    if report.sections.get("model") or report.section_faults:
        yield f"sections    main body chosen by the model for {_count(report.sections.get('model', 0), 'paper')}"
        for file, fault in list(report.section_faults.items())[:_LISTED]:
            yield f"  {file}: by the rules, {fault}"
        yield from _more(len(report.section_faults), "papers")
    yield from (f"rules       {rule} fits no chunk" for rule in report.idle_rules)
    yield from _judging(report)
    for split, rows in report.splits.get("default", {}).items():
        yield f"{split:<12}{_count(rows, 'record')}"
    if not report.records:
        yield "records     none: no pair passed; the reasons below say why"
    yield from _turned_down(report)
    yield from _coverage(report)
    for paper in report.rejected_papers[:_LISTED]:
        yield f"  {paper.file}: {paper.reason}: {paper.detail}"
    yield from _more(len(report.rejected_papers), "papers")
    for chunk in report.unanswered[:_LISTED]:
        yield f"  {chunk.file}, chunk {chunk.chunk}: {chunk.detail}"
    yield from _more(len(report.unanswered), "chunks")
    yield f"dataset     {report.out}"
    yield f"workspace   {report.work}"


def _judging(report: BuildReport) -> Iterator[str]:
    """Which prompt was taken, and what the judge said."""
    if report.prompt_reason:
        yield f"prompt      {report.prompt}: {report.prompt_reason}"
    if report.unable:
        yield f"not judged  {report.unable}"
    if report.judged:
        yield f"judged      {', '.join(f'{count} {outcome}' for outcome, count in report.judged.items()).replace('_', ' ')}"
    if report.unreadable:
        yield f'  unjudged: {_ranked(report.unreadable)}; `unjudged = "keep"` in [judge] keeps them, which costs no call'


def _turned_down(report: BuildReport) -> Iterator[str]:
    """What was rejected, each by its first reason, then what every check had to say and every cleanup changed."""
    for kind, reasons in report.rejections.items():
        yield f"rejected    {_count(sum(reasons.values()), kind)}: {_ranked(reasons)}"
    if report.faults:
        yield f"objections  each reason by itself: {_ranked(report.faults)}"
    if report.edits:
        yield f"cleaned     pairs changed by each cleanup: {_ranked(report.edits)}"


def _coverage(report: BuildReport) -> Iterator[str]:
    """Which tenths of the papers the records come from: of all together, then of each paper where there are several."""
    if not report.coverage:
        return
    total = [sum(counts) for counts in zip(*(paper.tenths for paper in report.coverage), strict=True)]
    yield f"coverage    records by tenth of the main body, front to back: {_tenths(total)}"
    if len(report.coverage) > 1:
        for paper in report.coverage[:_LISTED]:
            yield f"  {paper.file}: {_tenths(paper.tenths)}"
        yield from _more(len(report.coverage), "papers")


def _ranked(counts: Mapping[str, int]) -> str:
    return ", ".join(
        f"{name} {count}" for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )


def _tenths(counts: Sequence[int]) -> str:
    return " ".join(map(str, counts))


def _more(count: int, what: str) -> Iterator[str]:
    if count > _LISTED:
        yield f"  and {count - _LISTED} more {what}; the run's report in the workspace lists all"


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
