"""What filling a part of the papers did."""

from dataclasses import dataclass, field

from builder.building.counts import RejectedPaper
from builder.building.report import EXIT_DONE, EXIT_INCOMPLETE, Unanswered
from builder.html import page, table
from qagen.progress import duration_text


@dataclass(frozen=True)
class ShardReport:
    """What filling a workspace for a part of the papers did; `qagen build --shard --json` prints it with these keys.

    Attributes:
        shard: the part, as in `2/7`.
        plan: of what documents and answers are needed; parts of one dataset have the same.
        papers: found (all parts), of_shard, converted, reused, rejected.
        calls: made, reused, prompt_tokens, completion_tokens.
        rejected_papers: those that gave no document.
        unanswered: chunks without an answer.
        seconds: that converting and asking took.
    """

    work: str
    shard: str
    plan: str
    engine: str
    model: str | None
    papers: dict[str, int]
    calls: dict[str, int]
    rejected_papers: list[RejectedPaper] = field(default_factory=list)
    unanswered: list[Unanswered] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def exit_code(self) -> int:
        """0 when all is done, 3 when papers were rejected or chunks have no answer."""
        return EXIT_INCOMPLETE if self.rejected_papers or self.unanswered else EXIT_DONE

    def _repr_html_(self) -> str:
        papers, calls = self.papers, self.calls
        counts = (
            ("papers", papers["of_shard"], f"of {papers['found']:,} in all parts"),
            ("converted now", papers["converted"], f"{papers['reused']:,} before"),
            ("calls made", calls["made"], f"{calls['reused']:,} answers kept from before"),
            ("chunks without an answer", len(self.unanswered), "asked about by the same call again"),
        )
        rejected = [(paper.file, paper.reason, paper.detail) for paper in self.rejected_papers]
        return page(
            f"part {self.shard} of plan {self.plan} in {self.work}",
            table(counts, ("", "count", "")),
            table(rejected, ("rejected paper", "why", "detail")),
        )


def shard_text(report: ShardReport) -> str:
    """The same for a person."""
    papers, calls = report.papers, report.calls
    lines = [
        f"shard       {report.shard} of plan {report.plan}: {papers['of_shard']:,} of {papers['found']:,} papers",
        f"papers      {papers['converted']:,} converted now, {papers['reused']:,} before, {papers['rejected']:,} rejected",
    ]
    lines += [f"  {paper.file}: {paper.reason}: {paper.detail}" for paper in report.rejected_papers]
    if report.engine == "extractive":
        lines.append("engine      extractive: nothing is asked")
    else:
        lines.append(
            f"engine      {report.engine}, {report.model}: {calls['made']:,} calls made, {calls['completion_tokens']:,} tokens in "
            f"{duration_text(report.seconds)}; {calls['reused']:,} answers from the ledger"
        )
    if report.unanswered:
        lines.append(f"unanswered  {len(report.unanswered):,} chunks: {report.unanswered[0].detail}")
    lines.append(f"workspace   {report.work}")
    lines.append(
        "next        the same command again: it asks only what has no answer"
        if report.unanswered
        else "next        when all parts are done: qagen assemble PAPERS --work ... --out dataset/"
    )
    return "\n".join(lines)
