"""What a build did, counted while its results pass by."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from builder.building.assemble import Assembled
from builder.building.counts import RejectedPaper, ResultCounts
from builder.building.coverage import PaperCoverage
from builder.building.warnings import config_warnings, dataset_warnings
from qagen.asking.recipe import Recipe
from qagen.convert.store import RETRIED
from qagen.engines.server.parsers import parser_remedy
from qagen.errors import EngineError, InputError
from qagen.pipeline.stats import ReplayStats, RunStats, ranked

EXIT_DONE, EXIT_INCOMPLETE = 0, 3


@dataclass(frozen=True)
class Unanswered:
    """A chunk without an answer, or the first of several asked about together, with why, if this run was told."""

    file: str
    chunk: int
    detail: str


@dataclass(frozen=True)
class BuildReport:
    """What a build did; `qagen build --json` prints it with these keys.

    Attributes:
        papers: found, converted, reused, rejected.
        calls: made, reused (answers of earlier runs that this build is made of), prompt_tokens, completion_tokens.
        responses: usable, and each reason for a response without pairs; together all responses.
        attempts: how many attempts chunks took -> how many chunks.
        splits: config -> split -> rows.
        rejections: kind -> reason -> how many.
        coverage: of each paper that gave a record, which tenths of its main body they come from.
        seconds: that converting and asking took.
        sections: by whom the main bodies were chosen (`model`, `rules`, or `unanswered`: by the rules until the model answers)
            -> how many papers.
        section_faults: a paper's file -> why the rules chose, though the model was to.
        judged: pairs that a model was to judge: `passed`, `turned_down`, `unjudged`.
        unreadable: pairs that are unjudged though the judge answered, by what is wrong with its answers.
        unable: that the judge judged nothing, with what to do; empty where it did, or there is none.
        traces: pairs whose question was asked anew for the config `reasoning`: `kept`, and why others were not.
        prompt: the name of the prompt that asks for pairs; None for the extractive engine.
        prompt_reason: why it is this one, where the settings leave it open.
        by_prompt: prompt -> made, prompt_tokens and completion_tokens of the calls of this run.
        faults: reason -> pairs that a check or a judge objects to, whatever else is wrong with them; `rejections` has a pair once,
            by its first reason.
        edits: name of a cleanup -> pairs that it changed.
        idle_rules: those of `[[rules]]` that fit no chunk that was not taken by one before.
        warnings: what a person should look at before trusting the dataset, a line each (`builder.building.warnings`).
        paper_warnings: a paper's file -> what its conversion warns of, for instance text that nobody sees.
    """

    out: str
    work: str
    engine: str
    model: str | None
    papers: dict[str, int]
    chunks: int
    calls: dict[str, int]
    responses: dict[str, int]
    attempts: dict[str, int]
    records: int
    splits: dict[str, dict[str, int]]
    rejections: dict[str, dict[str, int]]
    rejected_papers: list[RejectedPaper] = field(default_factory=list)
    unanswered: list[Unanswered] = field(default_factory=list)
    coverage: list[PaperCoverage] = field(default_factory=list)
    seconds: float = 0.0
    sections: dict[str, int] = field(default_factory=dict)
    section_faults: dict[str, str] = field(default_factory=dict)
    judged: dict[str, int] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)
    edits: dict[str, int] = field(default_factory=dict)
    idle_rules: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    paper_warnings: dict[str, list[str]] = field(default_factory=dict)
    unreadable: dict[str, int] = field(default_factory=dict)
    unable: str = ""
    prompt: str | None = None
    prompt_reason: str = ""
    by_prompt: dict[str, dict[str, int]] = field(default_factory=dict)
    traces: dict[str, int] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """0 when all is done, 3 when papers were rejected or chunks have no answer."""
        return EXIT_INCOMPLETE if self.rejected_papers or self.unanswered else EXIT_DONE

    @property
    def pairs(self) -> int:
        """All pairs that were looked at: records, questions without an answer, and what was turned down."""
        found = self.splits.get("unanswerable", {})
        return self.records + sum(found.values()) + sum(self.rejections.get("pair", {}).values())

    def _repr_html_(self) -> str:
        from builder.building.shown import report_html

        return report_html(self)


@dataclass(frozen=True)
class BuildScope:
    """Between what a build went: papers to folder."""

    out: Path
    work: Path
    recipe: Recipe
    papers: int
    unable: str = ""
    """What there is to say of a judge that judged nothing."""


def remarks(replay_stats: ReplayStats) -> Iterator[str]:
    """What a person should know of all answers together."""
    if replay_stats.answers and replay_stats.thoughts_only == replay_stats.answers:
        yield (
            f"all {replay_stats.answers} answers stand in the field for reasoning, and their texts are empty: the server takes "
            f"everything for thoughts ({parser_remedy()}); then build with --refresh"
        )


def refuse_empty_result(
    counts: ResultCounts, run_stats: RunStats, replay_stats: ReplayStats, out: Path
) -> None:
    """Refuse a result that is empty only because of what the next run may do better; called before it is published.

    Raises:
        EngineError: where no chunk at all has an answer, or all that passed the checks wants a verdict that nobody gave.
        InputError: where all papers failed in a way that is tried again.
    """
    left = f"{str(out)!r} is left as it was"
    if not counts.records and set(replay_stats.judged) == {"unjudged"}:
        raise EngineError(f"{_nothing_judged(replay_stats, run_stats)}; {left}")
    if counts.records or replay_stats.responses:
        return
    if counts.unanswered:
        _, key, detail = counts.unanswered[0]
        raise EngineError(
            f"no chunk has an answer, so there is nothing to publish: {run_stats.unanswered.get(key, detail)}; {left}"
        )
    rejected = counts.rejected_papers
    if rejected and all(paper.reason in RETRIED for paper in rejected) and not replay_stats.chunks:
        first = rejected[0]
        raise InputError(f"no paper could be converted: {first.file}: {first.reason}: {first.detail}; {left}")


def _nothing_judged(replay_stats: ReplayStats, run_stats: RunStats) -> str:
    count = replay_stats.judged["unjudged"]
    pairs = (
        f"none of the {count} pairs that passed the checks is judged"
        if count > 1
        else "the one pair that passed the checks is not judged"
    )
    if not replay_stats.unreadable:
        why = next(iter(run_stats.unanswered.values()), "the ledger has no verdict")
        return f"{pairs}: {why}; build again to ask, or leave the judge out with --judge off, which costs no call"
    problem = next(iter(ranked(replay_stats.unreadable)))
    return (
        f"{pairs}: {problem}; name a model that can judge with `model` in [judge], or leave the judge out with --judge off, which "
        "costs no call"
    )


def unable_judge(recipe: Recipe, replay_stats: ReplayStats, run_stats: RunStats, *, offline: bool) -> str:
    """What to tell of a judge that judged nothing, where the settings leave it open whether there is one; empty elsewhere.

    Where some of its answers are still to come, that is not known yet; an offline build takes what there is.
    """
    left_open = recipe.judges and recipe.settings.judge.mode == "auto"
    if not left_open or set(replay_stats.judged) != {"unjudged"}:
        return ""
    missing = sum(replay_stats.unreadable.values()) < replay_stats.judged["unjudged"]
    if missing and not offline:
        return ""
    return f'{_nothing_judged(replay_stats, run_stats)}; so the records are checked by rules alone, and the card says "not judged"'


def reused_answers(run_stats: RunStats, replay_stats: ReplayStats, recipe: Recipe) -> int:
    """How many answers of earlier runs a build is made of.

    Of a sample, some papers are asked for their main body and turn out to have no chunk in it: nothing reads those answers.
    """
    unread = sum(count for sha256, count in run_stats.choices.items() if not recipe.looks_at(sha256))
    return max(0, replay_stats.answers - (run_stats.calls.made - unread))


def calls_told(run_stats: RunStats, reused: int) -> dict[str, int]:
    """The calls of a run as its report has them."""
    calls = run_stats.calls
    return {
        "made": calls.made,
        "reused": reused,
        "prompt_tokens": calls.prompt_tokens,
        "completion_tokens": calls.completion_tokens,
    }


def make_report(
    ends: BuildScope,
    run_stats: RunStats,
    replay_stats: ReplayStats,
    counts: ResultCounts,
    assembled: Assembled,
    seconds: float,
) -> BuildReport:
    """The report of a build that has ended."""
    rows = assembled.contents.rows
    return BuildReport(
        out=str(ends.out),
        work=str(ends.work),
        engine=ends.recipe.engine,
        model=ends.recipe.model,
        papers={
            "found": ends.papers,
            "converted": run_stats.converted,
            "reused": run_stats.reused,
            "rejected": len(counts.rejected_papers),
        },
        chunks=replay_stats.chunks,
        calls=calls_told(run_stats, reused_answers(run_stats, replay_stats, ends.recipe)),
        responses=dict(sorted(replay_stats.responses.items())),
        attempts={str(attempts): chunks for attempts, chunks in sorted(replay_stats.attempts.items())},
        records=assembled.contents.records,
        splits={config: dict(by_split) for config, by_split in rows.items()},
        rejections={
            kind: dict(sorted(reasons.items())) for kind, reasons in sorted(counts.rejections.items())
        },
        rejected_papers=list(counts.rejected_papers),
        unanswered=[
            Unanswered(file, key[1][0], run_stats.unanswered.get(key, detail))
            for file, key, detail in counts.unanswered
        ],
        coverage=list(counts.coverage),
        seconds=round(seconds, 3),
        sections=dict(sorted(replay_stats.sections.items())),
        section_faults=dict(sorted(replay_stats.section_faults.items())),
        judged=dict(sorted(replay_stats.judged.items())),
        faults=dict(sorted(replay_stats.faults.items())),
        edits=dict(sorted(replay_stats.edits.items())),
        idle_rules=ends.recipe.idle_rules(replay_stats.rules),
        warnings=[
            *dataset_warnings(counts.traits, rows.get("default", {}), ends.recipe.settings.dataset.splits),
            *config_warnings(ends.recipe.settings.dataset.configs, rows),
        ],
        paper_warnings={file: list(said) for file, said in sorted(run_stats.warnings.items())},
        unreadable=ranked(replay_stats.unreadable),
        unable=ends.unable,
        prompt=ends.recipe.prompt.name if ends.recipe.prompt else None,
        prompt_reason=ends.recipe.prompt_reason,
        by_prompt={label: asdict(cost) for label, cost in sorted(run_stats.by_prompt.items())},
        traces=dict(sorted(replay_stats.traces.items())),
    )
