"""`qagen plan`: what `build` would do with the same arguments, found out without doing any of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from builder.building.estimate import Estimate, estimate, estimate_judge, estimate_traces
from builder.building.job import BuildJob, Subset, recipe_of, sample_of
from builder.building.plan_counts import PlanCounts, count_across, count_paper, judge_calls, trace_calls
from builder.building.sides import refuse_across
from qagen import convert
from qagen.asking.across import MOST_PAPERS
from qagen.asking.nearness import open_chunk_vectors
from qagen.asking.recipe import Recipe
from qagen.errors import ConversionError
from qagen.grounding.grounder import open_grounder
from qagen.grounding.store import FILE
from qagen.papers.papers import find_papers
from qagen.pipeline.replay import judge_characters, trace_characters
from qagen.progress import duration_text
from qagen.settings import Settings
from qagen.workspace import Workspace


@dataclass(frozen=True)
class WhatIf:
    """What another build of the same papers would cost.

    Attributes:
        change: what would be changed, beside nothing else.
        conversions: papers that would be converted.
        calls: first calls of chunks; None where their number is not known yet.
    """

    change: str
    conversions: int
    calls: int | None


@dataclass(frozen=True)
class Plan:
    """What a build would do; `qagen plan --json` prints it with these keys.

    Attributes:
        papers: found, to_convert, converted (kept from before), rejected (kept from before).
        chunks: of the converted papers, as a build counts them.
        groups: groups of these chunks that are asked about together, for questions that need several places.
        groups_across: those of them that are of several papers, for questions that need each of these.
        not_asked: reason -> how many of them would not be asked about.
        calls: paid (answers in the ledger that the build would use), to_make: the calls that are known to be missing, and left:
            chunks that an offline build leaves without an answer. A chunk whose answer turns out to give too little is asked
            again, which nobody can know before.
        by_prompt: prompt -> paid and to_make of the calls that it makes.
        depends: what further calls depend on: `sections`, papers whose main body the model has still to choose (their chunks
            are those of the rules until then), `judge`, chunks with answers or labels to come that decide what is judged, and where
            an embedding model is named, `vectors`: texts that it has to be asked for first, and `groups`: papers whose groups hang on
            them; `across`: groups of several papers, at most, where all papers have to be read before they are known.
        unknown: labels of the papers that have to be converted before their chunks can be counted.
        estimate: what the calls will cost, those of the judge and for traces counted in, with its basis; None where no call is made.
        judge: what of it the judge will cost; None where nobody judges.
        traces: what of it the config `reasoning` will cost; None where it is not chosen.
        what_if: what other changes would cost.
        idle_rules: those of `[[rules]]` that fit no chunk of the converted papers that was not taken by one before.
    """

    engine: str
    model: str | None
    prompt: str | None
    papers: dict[str, int]
    chunks: int
    calls: dict[str, int]
    unknown: list[str]
    by_prompt: dict[str, dict[str, int]] = field(default_factory=dict)
    estimate: Estimate | None = None
    what_if: list[WhatIf] = field(default_factory=list)
    depends: dict[str, int] = field(default_factory=dict)
    idle_rules: list[str] = field(default_factory=list)
    not_asked: dict[str, int] = field(default_factory=dict)
    judge: Estimate | None = None
    prompt_reason: str = ""
    traces: Estimate | None = None
    groups: int = 0
    groups_across: int = 0

    def _repr_html_(self) -> str:
        from builder.building.shown import plan_html

        return plan_html(self)


def make_plan(
    paths: Sequence[Path],
    *,
    settings: Settings,
    work: Path,
    subset: Subset,
    offline: bool = False,
    sums: Mapping[Path, str] = MappingProxyType({}),
) -> Plan:
    """Find out what a build with the same arguments would do.

    Raises:
        QagenError: where the build could not begin.
    """
    if subset.shard is not None:
        refuse_across(settings)
    kept_scores = work if (work / FILE).is_file() else None
    with (
        open_grounder(settings.grounding, kept_scores) as grounder,
        open_chunk_vectors(settings, [work], plan=True) as vectors,
    ):
        papers = subset.of(find_papers(paths, sums))
        return _planned(BuildJob(papers, Workspace(work), settings, subset, offline, grounder, vectors))


def _planned(job: BuildJob) -> Plan:
    papers, settings, offline = job.papers, job.settings, job.offline
    job.workspace.refuse_other_format()
    recipe = recipe_of(job)
    undecided = set(papers)
    if (sample := sample_of(job, recipe)) is not None:
        undecided = set(sample.undecided())
        recipe = replace(recipe, sample=sample.chunks())
    fingerprint = convert.fingerprint(settings.convert)
    counts = {"found": len(papers), "to_convert": 0, "converted": 0, "rejected": 0}
    counted = PlanCounts()
    unknown = []
    for paper in papers:
        folder = job.workspace.conversion(paper.sha256, fingerprint)
        kept = convert.load_conversion(folder, paper.sha256, settings.convert)
        if kept is None:
            counts["to_convert"] += 1
            unknown.append(paper.file)
        elif isinstance(kept, ConversionError):
            counts["rejected"] += 1
        else:
            counts["converted"] += 1
            counted += count_paper(paper, kept, recipe, job.workspace, asked=paper in undecided)
    if recipe.asks_across and not (counts["to_convert"] or counted.sections or counted.unembedded):
        counted += count_across(job, recipe)
    asks = recipe.engine != "extractive"
    missing = counted.calls.to_make if asks else 0
    calls = {
        "paid": counted.calls.paid,
        "to_make": 0 if offline else missing,
        "left": counted.unfinished if offline else 0,
    }
    costs = _estimates(job, recipe, counts, counted) if asks and not offline else (None, None, None)
    return Plan(
        recipe.engine,
        recipe.model,
        recipe.prompt.name if recipe.prompt else None,
        counts,
        counted.chunks + sum(counted.not_asked.values()),
        calls,
        unknown,
        {label: asdict(calls) for label, calls in counted.by_prompt.items()} if asks else {},
        costs[0],
        _what_if(job, counts, counted, recipe) if asks else [],
        _depends(counted, counts, recipe) if asks else {},
        recipe.idle_rules(counted.rules),
        dict(sorted(counted.not_asked.items())),
        costs[1],
        recipe.prompt_reason,
        costs[2],
        counted.groups if asks else 0,
        counted.groups_across if asks else 0,
    )


def _depends(counted: PlanCounts, counts: dict[str, int], recipe: Recipe) -> dict[str, int]:
    found = {"sections": counted.sections, "judge": counted.judge}
    if counted.unembedded:
        found |= {"vectors": counted.unembedded, "groups": counted.ungrouped}
    if recipe.asks_across and (counts["to_convert"] or counted.sections or counted.unembedded):
        found["across"] = (
            (counts["converted"] + counts["to_convert"]) * recipe.settings.ask.across_papers // MOST_PAPERS
        )
    return found


def _expected(counts: dict[str, int], known: int, sample: int | None) -> int | None:
    """A count over all papers, judged by those that are converted, of no more chunks than the sample; None where none is."""
    most = known if sample is None else min(known, sample)
    if not counts["to_convert"]:
        return most
    if not counts["converted"]:
        return None
    found = round(known * (1 + counts["to_convert"] / counts["converted"]))
    return found if sample is None else min(found, sample)


def _estimates(
    job: BuildJob, recipe: Recipe, counts: dict[str, int], counted: PlanCounts
) -> tuple[Estimate, Estimate | None, Estimate | None]:
    """What all calls will cost, the judge's of them, and those for traces."""
    known = counted.calls.to_make - counted.judge_calls - counted.trace_calls
    chunks = _expected(counts, counted.chunks, job.subset.sample)
    own = counted.groups - counted.groups_across
    groups = _expected(counts, own + counted.ungrouped * job.settings.ask.places, None)
    unconverted = None if chunks is None else chunks - counted.chunks
    together = (groups or 0) - own + _depends(counted, counts, recipe).get("across", 0)
    expected = None if unconverted is None else known + unconverted * len(recipe.wanted) + together
    characters = counted.characters * expected // known if known and expected else 0
    total = estimate(job.workspace, recipe.model or "", expected, characters, counted.answers)
    judge = traces = None
    if recipe.judges:
        each = _judge_calls_each(recipe)
        calls = _with_later(counted.judge_calls, counted.unjudged, unconverted, each)
        size, pairs = judge_characters(recipe), recipe.settings.ask.pairs
        judge = estimate_judge(job.workspace, recipe.model or "", calls, size, pairs)
        total += judge
    if recipe.reasoning is not None:
        each = _trace_calls_each(recipe)
        calls = _with_later(counted.trace_calls, counted.untraced, unconverted, each)
        traces = estimate_traces(job.workspace, recipe.model or "", calls, trace_characters(recipe))
        total += traces
    return total, judge, traces


def _with_later(known: int, later: int, unconverted: int | None, each: int) -> int | None:
    """Calls that are known to be missing, those that follow them, and those of chunks that are not known yet, so many `each`."""
    return None if unconverted is None else known + later + unconverted * each


def _trace_calls_each(recipe: Recipe) -> int:
    """Calls for traces of all pairs of one chunk, at most."""
    return sum(map(trace_calls, recipe.wanted))


def _judge_calls_each(recipe: Recipe) -> int:
    """Calls of the judge about all pairs of one chunk."""
    return sum(judge_calls(recipe, wanted) for wanted in recipe.wanted)


def _what_if(job: BuildJob, counts: dict[str, int], counted: PlanCounts, recipe: Recipe) -> list[WhatIf]:
    """What changes would cost, each chunk asked about once; a judge's calls depend on answers that nobody knows yet."""
    sample = job.subset.sample
    chunks = _expected(counts, counted.chunks, sample)
    choices = _expected(counts, counted.choices, None)
    first = None if chunks is None else chunks * len(recipe.wanted)
    anew = None if first is None or choices is None else first + choices
    paid = counted.choices - counted.sections

    def with_choices(calls: int | None) -> int | None:
        """With those of the main bodies that are not chosen yet, which every change leaves to be made."""
        return None if calls is None or choices is None else calls + choices - paid

    to_convert = counts["to_convert"]
    others = [
        name
        for name, there in (("the judge's", recipe.judges), ("those for traces", recipe.reasoning))
        if there
    ]
    besides = f", besides {' and '.join(others)}" if others else ""
    return [
        WhatIf(f"another prompt{besides}", to_convert, with_choices(first)),
        WhatIf(f"another model{besides}", to_convert, anew),
        WhatIf(
            f"chunks of {2 * job.settings.chunk.chars} characters{besides}",
            to_convert,
            with_choices(_expected(counts, counted.longer, sample)),
        ),
        WhatIf(f"another converter (at most{besides})", counts["found"], anew),
        *_what_if_checked_otherwise(chunks, recipe),
    ]


def _what_if_checked_otherwise(chunks: int | None, recipe: Recipe) -> Iterator[WhatIf]:
    """What follows the pairs: a judge is shown together what passed of a chunk, so that another pair has all of them judged anew."""
    traces = _trace_calls_each(recipe)
    each = _judge_calls_each(recipe) + (traces if recipe.reasoning is not None else 0)
    if each == 0:
        yield WhatIf("other checks, thresholds or splits", 0, 0)
    else:
        most = None if chunks is None else chunks * each
        whose = (
            "the judge's"
            if recipe.reasoning is None
            else "the judge's and traces"
            if recipe.judges
            else "traces"
        )
        yield WhatIf(f"other checks or cleanups (at most, {whose})", 0, most)
        yield WhatIf("other thresholds of the judge, splits, or no judge", 0, 0)
    if recipe.reasoning is None:
        most = None if chunks is None else chunks * traces
        yield WhatIf("the config `reasoning` (at most; other configs take no call)", 0, most)


def plan_text(plan: Plan) -> str:
    """The plan for a person."""
    return "\n".join(_lines(plan))


def _lines(plan: Plan) -> Iterator[str]:
    papers, calls = plan.papers, plan.calls
    yield (
        f"papers      {papers['found']}: {papers['to_convert']} to convert, {papers['converted']} converted before, "
        f"{papers['rejected']} rejected before"
    )
    yield from _chunk_lines(plan)
    yield from _call_lines(plan)
    if plan.chunks:
        yield from (f"rules       {rule} fits no chunk of the converted papers" for rule in plan.idle_rules)
    if calls["left"]:
        yield f"offline     {calls['left']} chunks are left without an answer"
    yield from _depend_lines(plan.depends)
    if plan.unknown:
        yield f"unknown     the chunks of {len(plan.unknown)} papers, until they are converted"
    if plan.estimate:
        yield f"estimate    {_estimate_text(plan.estimate)}"
        yield f"  basis: {plan.estimate.basis}"
    if plan.judge:
        yield f"  of which the judge: {_estimate_text(plan.judge)}; none with --judge off"
        yield f"  basis: {plan.judge.basis}"
    if plan.traces:
        yield f"  of which traces: {_estimate_text(plan.traces)}; none without `reasoning` in `configs` of [dataset]"
        yield f"  basis: {plan.traces.basis}"
    for other in plan.what_if:
        calls_text = "calls not known yet" if other.calls is None else f"{other.calls:,} calls"
        yield f"what if     {other.change}: {other.conversions} conversions, {calls_text}"


def _depend_lines(depends: Mapping[str, int]) -> Iterator[str]:
    if depends.get("sections"):
        yield f"depends     the chunks of {depends['sections']} papers, on which sections the model chooses"
    if depends.get("judge"):
        yield f"depends     the judge's calls about {depends['judge']} chunks, on answers to come"
    if depends.get("across"):
        yield f"depends     which chunks of two papers are asked about together, at most {depends['across']} groups, on all papers"
    if depends.get("groups"):
        yield (
            f"depends     which chunks of {depends['groups']} papers are asked about together, on {depends['vectors']:,} vectors "
            "that the embedding model is asked for first"
        )


def _chunk_lines(plan: Plan) -> Iterator[str]:
    left = ", ".join(f"{reason} {count:,}" for reason, count in plan.not_asked.items())
    not_asked = f", of which {sum(plan.not_asked.values()):,} are not asked about: {left}" if left else ""
    yield f"chunks      {plan.chunks:,} of the converted papers{not_asked}"
    if own := plan.groups - plan.groups_across:
        yield f"places      {own:,} groups of these chunks, asked about together"
    if plan.groups_across:
        yield f"across      {plan.groups_across:,} groups of chunks of two papers, asked about together"


def _call_lines(plan: Plan) -> Iterator[str]:
    calls = plan.calls
    if plan.engine == "extractive":
        yield "engine      extractive: no call"
    else:
        because = f" ({plan.prompt_reason})" if plan.prompt_reason else ""
        yield f"engine      {plan.engine}, {plan.model}, prompt {plan.prompt}{because}"
        least = "at least " if calls["to_make"] or plan.unknown or any(plan.depends.values()) else ""
        yield f"calls       {least}{calls['to_make']} to make, {calls['paid']} paid before"
        if len(plan.by_prompt) > 1:
            for prompt, counts in sorted(plan.by_prompt.items()):
                yield f"  {prompt}: {counts['to_make']} to make, {counts['paid']} paid before"


def _estimate_text(found: Estimate) -> str:
    if found.calls is None:
        return "not possible before papers are converted"
    parts = [f"{found.calls:,} calls"]
    if found.prompt_tokens is not None:
        parts.append(f"{found.prompt_tokens:,} prompt tokens")
    if found.completion_tokens is not None:
        parts.append(f"{found.completion_tokens:,} completion tokens")
    if found.hours:
        parts.append(duration_text(found.hours * 3600))
    return ", ".join(parts)
