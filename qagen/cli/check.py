"""What `qagen check` does with its lines: the checks alone, or with one's own model as the judge, and figures of a labelled set."""

import os
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qagen.asking.judged import Checked, JudgedPair, unjudged
from qagen.checks import check_pair
from qagen.checks.explain import explanation_lines
from qagen.checks.reading.sources import SourceCache
from qagen.checks.reading.whole_paper import whole_paper
from qagen.cli.figures import Figures
from qagen.cli.pair_lines import Row
from qagen.engines import event_loop
from qagen.errors import SettingsError
from qagen.grounding.grounder import Grounder, open_grounder
from qagen.records import Fault, Pair
from qagen.settings import API_KEY_VARIABLE, Settings

if TYPE_CHECKING:  # judges, and the client of servers, take longer to import than small sets take to check
    from qagen.asking.recipe import Recipe
    from qagen.cli.judged_lines import Calls
    from qagen.engines.probing.truncation_guard import TruncationGuard


@dataclass(frozen=True)
class JudgeOrder:
    """How lines are judged by a model.

    Attributes:
        work: the workspace that keeps its answers.
        everything: whether pairs that the checks turn down are judged too.
        offline: whether only answers that are kept count.
    """

    work: Path
    everything: bool = False
    offline: bool = False


@dataclass
class Outcome:
    """What went through.

    Attributes:
        unreadable: lines that were left out.
        calls: of the judge; None where there was none.
    """

    figures: Figures
    unreadable: int = 0
    calls: "Calls | None" = None

    @property
    def complete(self) -> bool:
        """Whether every line was read, and judged where that was asked for."""
        return not self.unreadable and not (self.calls and self.calls.outcomes.get("unjudged"))


def check_lines(
    rows: Iterable[Row],
    settings: Settings,
    order: JudgeOrder | None,
    *,
    sources: SourceCache,
    line: Callable[[Checked, JudgedPair], None],
    complain: Callable[[int, str], None],
    note: Callable[[str], None],
) -> Outcome:
    """Check every line, have those judged that the order says, and hand each on in its order.

    Args:
        rows: as read.
        settings: those of the checks and the judge.
        order: None leaves the judge out.
        sources: those that are indexed already.
        line: takes each line that could be read.
        complain: takes each that could not.
        note: tells a person how the servers fare.

    Raises:
        QagenError: where no judge can be asked that was ordered.
    """
    outcome = Outcome(Figures())

    def done(row: Checked, one: JudgedPair) -> None:
        outcome.figures.add(row.label, row.kind, accepted=one.verdict.accepted and not one.faults)
        line(row, one)

    with open_grounder(settings.grounding, None) as grounder:
        checked = _checked(rows, settings, outcome, sources, complain, grounder)
        if order is None:
            for row in checked:
                done(row, unjudged(row.verdict))
        else:
            event_loop.run(_with_judge(checked, settings, order, outcome, done, note))
    return outcome


def _checked(
    rows: Iterable[Row],
    settings: Settings,
    outcome: Outcome,
    sources: SourceCache,
    complain: Callable[[int, str], None],
    grounder: Grounder | None,
) -> Iterator[Checked]:
    for number, row in rows:
        if isinstance(row, str):
            outcome.unreadable += 1
            complain(number, row)
            continue
        source = sources.of(row.source)
        pair = Pair(row.question, row.answer)
        paper = whole_paper(row.paper) if row.paper else None
        verdict = check_pair(pair, source, settings.checks, paper=paper, question_required=False)
        if grounder is not None:
            verdict = grounder.add_scores([verdict], source)[0]
        yield Checked(number, row.id, row.source, verdict, row.label, row.kind)


async def _with_judge(
    rows: Iterable[Checked],
    settings: Settings,
    order: JudgeOrder,
    outcome: Outcome,
    done: Callable[[Checked, JudgedPair], None],
    note: Callable[[str], None],
) -> None:
    from qagen.cli.judged_lines import LineJudge
    from qagen.workspace import Workspace

    workspace = Workspace(order.work)
    with workspace.locked():
        async with AsyncExitStack() as stack:
            recipe, engine = await _judge(settings, order, stack, note)
            judge = LineJudge(workspace, recipe, engine, everything=order.everything)
            outcome.calls = judge.calls
            lines: AsyncIterator[tuple[Checked, JudgedPair]] = judge.lines(rows)
            async for row, one in lines:
                done(row, one)


async def _judge(
    settings: Settings, order: JudgeOrder, stack: AsyncExitStack, note: Callable[[str], None]
) -> "tuple[Recipe, TruncationGuard | None]":
    """The recipe of a judge that the settings name, and the engine that it is asked through."""
    from qagen.engines.embedded.weights import name_of
    from qagen.engines.opening import open_engine
    from qagen.engines.presets import sampling
    from qagen.engines.probing.truncation_guard import TruncationGuard
    from qagen.pipeline.replay import judge_characters

    if settings.ask.engine == "extractive":
        raise SettingsError(
            "the extractive engine has no model that could judge",
            remedy="name a model with --model, or leave --judge out",
        )
    mode = settings.judge.mode
    wanted = settings.judge.model_copy(update={"mode": mode if mode == "grey" else "all"})
    settings = settings.model_copy(update={"judge": wanted})
    named = wanted.model or settings.ask.model
    if order.offline:
        if named is None:
            raise SettingsError(
                "--offline asks nobody", remedy="name the model whose verdicts are kept with --model"
            )
        return _recipe(settings, "server", name_of(named)), None
    engine = await stack.enter_async_context(open_engine(settings, os.environ.get(API_KEY_VARIABLE), note))
    recipe = _recipe(settings, engine.chosen.engine, engine.chosen.model)
    if wanted.model is not None:
        await engine.server.resolve_model(wanted.model)
        sampling(settings.ask, wanted.model)
    model = wanted.model or engine.chosen.model
    return recipe, TruncationGuard(engine.server, settings.ask, model, judge_characters(recipe), note)


def _recipe(settings: Settings, engine: str, model: str) -> "Recipe":
    from qagen.asking.recipe import Recipe
    from qagen.prompts import load_prompt

    judge = settings.judge
    return Recipe(
        settings,
        engine,
        model,
        judge=load_prompt("judge", "judge") if judge.labels else None,
        round_trip=load_prompt("round-trip", "round-trip") if judge.round_trip else None,
        judge_model=judge.model,
    )


def as_json(row: Checked, one: JudgedPair, *, judged: bool) -> dict[str, object]:
    """A line's verdict; with what the judge says where there is one."""
    faults = (*one.verdict.faults, *one.faults)
    value: dict[str, object] = {
        "id": row.id,
        "accepted": not faults,
        "support": round(one.verdict.support, 4),
        **({} if one.verdict.grounding is None else {"grounding": one.verdict.grounding}),
        "reasons": list(dict.fromkeys(fault.reason for fault in faults)),
        "evidence": [{"start": start, "end": end} for start, end in one.verdict.evidence],
    }
    if judged:
        value["judge"] = _judge_said(one)
    return value


def _judge_said(one: JudgedPair) -> dict[str, object] | None:
    """The judge's labels, the kind of fault and its words; None where it was not to be asked."""
    if not one.outcome:
        return None
    said = one.judgement
    labels = {
        name.removeprefix("judge_"): value
        for name, value in asdict(one.scores).items()
        if name.startswith("judge_")
    }
    return {
        "outcome": one.outcome,
        "fault": (said.fault or None) if said else None,
        "why": (said.why or None) if said else None,
        "problem": one.problem or None,
        **labels,
    }


def explain_line(row: Checked, one: JudgedPair, sources: SourceCache) -> Iterator[str]:
    """A line's verdict for a person."""
    first, *others = explanation_lines(one.verdict, sources.of(row.source))
    yield first if not one.faults else first.replace("accepted", "turned down by the judge", 1)
    yield from others
    yield from (f"  {_rule(fault)}" for fault in one.faults)
    if one.outcome == "passed":
        yield "  the judge lets it pass"


def _rule(fault: Fault) -> str:
    return f"{fault.reason}: {fault.reason.meaning} ({fault.detail})"
