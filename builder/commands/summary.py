"""A build's report as a person reads it on the terminal: one screen, however many papers there are."""

import re
import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from builder.building.report import BuildReport
from qagen.address import address_of
from qagen.progress import duration_text

_MOST_REASONS = 6
"""How many reasons a line names, and how many lines are about papers or chunks of one kind; the run's report has all."""
_MOST_FILES = 2
_PAGES = re.compile(r"^pages? [\d, -]+: ")
"""What a warning of a conversion begins with."""
_LEVELS = "▁▂▃▄▅▆▇█"


def summary(report: BuildReport, paths: Sequence[Path] = ()) -> str:
    """Papers, chunks, calls, yields, what was turned down and why, warnings, and what to do next.

    Args:
        report: of the build.
        paths: the papers, for the next command; without them none is named.
    """
    return "\n".join((*_lines(report), *_next(report, paths)))


def _lines(report: BuildReport) -> Iterator[str]:
    yield from _papers(report)
    yield f"chunks      {report.chunks:,}{_turned_down(report, 'chunk')}"
    yield from _unanswered(report)
    yield from _engine(report)
    yield from (f"rules       {rule} fits no chunk" for rule in report.idle_rules)
    yield from _records(report)
    if report.coverage:
        total = [sum(counts) for counts in zip(*(paper.tenths for paper in report.coverage), strict=True)]
        yield f"coverage    {sparkline(total)} of the main bodies, front to back, in tenths"
    yield from (f"warning     {warning}" for warning in (*_paper_warnings(report), *report.warnings))
    yield f"dataset     {report.out}"
    yield f"workspace   {report.work}"


def _papers(report: BuildReport) -> Iterator[str]:
    papers = report.papers
    yield (
        f"papers      {papers['found']:,}: {papers['converted']:,} converted now, {papers['reused']:,} before, "
        f"{papers['rejected']:,} rejected"
    )
    by_reason: dict[str, list[str]] = {}
    for paper in report.rejected_papers:
        by_reason.setdefault(paper.reason, []).append(paper.file)
    details = {paper.file: paper.detail for paper in report.rejected_papers}
    groups = sorted(by_reason.items(), key=lambda item: (-len(item[1]), item[0]))
    for reason, files in groups[:_MOST_REASONS]:
        yield f"  {_named(files)}: {reason}{f': {details[files[0]]}' if len(files) == 1 else ''}"
    if len(groups) > _MOST_REASONS:
        left = sum(len(files) for _, files in groups[_MOST_REASONS:])
        yield f"  and {_count(left, 'paper')} for {_count(len(groups) - _MOST_REASONS, 'other reason')}"


def _unanswered(report: BuildReport) -> Iterator[str]:
    """The chunks without an answer, a line for each thing that was said of them."""
    details = Counter(chunk.detail for chunk in report.unanswered)
    for detail, chunks in details.most_common(_MOST_REASONS):
        yield f"unanswered  {_count(chunks, 'chunk')}: {detail}"
    if len(details) > _MOST_REASONS:
        left = details.total() - sum(count for _, count in details.most_common(_MOST_REASONS))
        yield f"unanswered  {_count(left, 'chunk')} for other reasons"


def _engine(report: BuildReport) -> Iterator[str]:
    calls = report.calls
    if report.engine == "extractive":
        yield "engine      extractive: sentences of the papers, questions by rule; no model"
    else:
        made = f"{calls['made']:,} calls made"
        if calls["completion_tokens"]:
            made += f", {calls['completion_tokens']:,} tokens in {duration_text(report.seconds)}"
        yield f"engine      {report.engine}, {report.model}: {made}; {calls['reused']:,} answers from the ledger"
    if report.prompt_reason:
        yield f"prompt      {report.prompt}: {report.prompt_reason}"
    if report.sections.get("model") or report.section_faults:
        yield f"sections    main body chosen by the model for {_count(report.sections.get('model', 0), 'paper')}"
        faults: dict[str, list[str]] = {}
        for file, fault in report.section_faults.items():
            faults.setdefault(fault, []).append(file)
        for fault, files in list(faults.items())[:_MOST_REASONS]:
            yield f"  {_named(files)}: by the rules, {fault}"
        if len(faults) > _MOST_REASONS:
            yield f"  and {_count(len(faults) - _MOST_REASONS, 'other fault')}"


def _records(report: BuildReport) -> Iterator[str]:
    pairs, unanswerable = report.pairs, report.splits.get("unanswerable", {})
    if report.records:
        splits = ", ".join(f"{split} {rows:,}" for split, rows in report.splits.get("default", {}).items())
        yield (
            f"records     {report.records:,} of {_count(pairs, 'pair')} ({report.records / pairs:.0%}): {splits}"
        )
    elif not unanswerable:
        why = "no pair passed; the reasons below say why" if pairs else "no paper gave a pair"
        yield f"records     none: {why}"
    if unanswerable:
        splits = ", ".join(f"{split} {rows:,}" for split, rows in unanswerable.items())
        found = _count(sum(unanswerable.values()), "question")
        yield f"no answer   {found} that a paper does not answer: {splits}"
    for kind in ("completion", "pair"):
        if reasons := report.rejections.get(kind):
            yield f"rejected    {_count(sum(reasons.values()), kind)}: {_ranked(reasons)}"
    if report.faults:
        yield f"objections  each reason by itself: {_ranked(report.faults)}"
    if report.edits:
        yield f"cleaned     pairs changed by each cleanup: {_ranked(report.edits)}"
    yield from _judging(report)
    yield from _configs(report)


def _configs(report: BuildReport) -> Iterator[str]:
    """How many rows trainers find in each config, and what came of the traces."""
    counts = {config: sum(rows.values()) for config, rows in report.splits.items()}
    told = [
        f"{config} {count:,}"
        for config, count in counts.items()
        if config not in ("default", "unanswerable", "rejected")
    ]
    if report.records and told:
        yield f"configs     {', '.join(told)}"
    if report.traces:
        others = {outcome: count for outcome, count in report.traces.items() if outcome != "kept"}
        said = f"; {_ranked(others)}".replace("_", " ") if others else ""
        yield f"traces      {report.traces.get('kept', 0):,} of {sum(report.traces.values()):,} kept{said}"


def _judging(report: BuildReport) -> Iterator[str]:
    """What the judge said, and of what it said nothing that could be read."""
    if report.unable:
        yield f"not judged  {report.unable}"
    if report.judged:
        yield f"judged      {', '.join(f'{count:,} {outcome}' for outcome, count in report.judged.items()).replace('_', ' ')}"
    if report.unreadable:
        yield f'  unjudged: {_ranked(report.unreadable)}; `unjudged = "keep"` in [judge] keeps them, which costs no call'


def _paper_warnings(report: BuildReport) -> Iterator[str]:
    """A line for each thing that conversions warn of, however many papers it is said of; the pages only of a single paper."""
    files: dict[str, list[str]] = {}
    for file, warnings in report.paper_warnings.items():
        for warning in warnings:
            files.setdefault(_PAGES.sub("", warning), []).append(file)
    for said, named in sorted(files.items(), key=lambda item: (-len(item[1]), item[0]))[:_MOST_REASONS]:
        alone = [text for text in report.paper_warnings[named[0]] if _PAGES.sub("", text) == said]
        yield f"{_named(list(dict.fromkeys(named)))}: {alone[0] if len(named) == 1 else said}"
    if len(files) > _MOST_REASONS:
        yield f"and {_count(len(files) - _MOST_REASONS, 'other warning')} of papers; the run's report has all"


def _next(report: BuildReport, paths: Sequence[Path]) -> Iterator[str]:
    """What to do next, as it is typed: go on where something is left, else look at what there is."""
    if not paths:
        return
    if report.unanswered:
        yield "next        the same command again: it asks only what has no answer"
    elif not report.records:
        yield f"next        qagen ledger show --work {_quoted(report.work)}"
    else:
        places = (
            list(paths) if len(paths) <= _MOST_FILES else list(dict.fromkeys(path.parent for path in paths))
        )
        papers = " ".join(f"--papers {_quoted(place)}" for place in places)
        yield f"next        qagen verify {_quoted(report.out)} {papers} --work {_quoted(report.work)}"


def _quoted(path: Path | str) -> str:
    return shlex.quote((address_of(path) if isinstance(path, Path) else None) or str(path))


def sparkline(counts: Sequence[int]) -> str:
    """Counts as a row of small bars; a dot where there is none.

    Args:
        counts: not negative.
    """
    most = max(counts, default=0)
    return "".join(_LEVELS[(count * len(_LEVELS) - 1) // most] if count else "·" for count in counts)


def _turned_down(report: BuildReport, kind: str) -> str:
    reasons = report.rejections.get(kind)
    return f", of which {sum(reasons.values()):,} gave no pair: {_ranked(reasons)}" if reasons else ""


def _ranked(counts: Mapping[str, int]) -> str:
    """The most frequent of them, and how many others there are."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    named = ", ".join(f"{name} {count:,}" for name, count in ordered[:_MOST_REASONS])
    left = sum(count for _, count in ordered[_MOST_REASONS:])
    return f"{named}, others {left:,}" if left else named


def _named(files: Sequence[str]) -> str:
    if len(files) <= _MOST_FILES:
        return " and ".join(files)
    return f"{', '.join(files[:_MOST_FILES])} and {len(files) - _MOST_FILES:,} more"


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
