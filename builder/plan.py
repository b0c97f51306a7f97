"""`qagen plan`: what `build` would do with the same arguments, found out without doing any of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from builder.estimate import Estimate, estimate
from builder.order import Choice, Order, recipe_of, sample_of
from qagen import convert
from qagen.dialogue import Question, replayed
from qagen.errors import ConversionError
from qagen.grounding.grounder import opened_grounder
from qagen.grounding.store import FILE
from qagen.ledger import Ledger
from qagen.papers import find_papers
from qagen.pipeline import kept_body
from qagen.recipe import Recipe, is_asked
from qagen.records import Chunk, Document, Paper
from qagen.settings import Settings
from qagen.talks import body_chunks, chunk_talk
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
        chunks: of the converted papers, those that would be asked about.
        calls: paid (answers in the ledger that the build would use), to_make: the calls that are known to be missing, and left:
            chunks that an offline build leaves without an answer. A chunk whose answer turns out to give too little is asked
            again, which nobody can know before.
        by_prompt: prompt -> paid and to_make of the calls that it makes.
        depends: what further calls depend on: `sections`, papers whose main body the model has still to choose (their chunks
            are those of the rules until then), and `judge`, chunks with answers or labels to come that decide what is judged.
        unknown: labels of the papers that have to be converted before their chunks can be counted.
        estimate: what the calls will cost, with its basis; None where no call is made.
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


@dataclass
class _Counted:
    """What the converted papers come to."""

    chunks: int = 0
    longer: int = 0
    """First calls that chunks of twice the size would take, beyond those that are paid."""
    choices: int = 0
    """Papers whose main body the model chooses."""
    characters: int = 0
    unfinished: int = 0
    by_prompt: dict[str, dict[str, int]] = field(default_factory=dict)
    depends: dict[str, int] = field(default_factory=lambda: {"sections": 0, "judge": 0})

    rules: set[int | None] = field(default_factory=set)

    def add(self, paid: Sequence[Question], to_make: Sequence[Question]) -> None:
        for kind, questions in (("paid", paid), ("to_make", to_make)):
            for question in questions:
                counts = self.by_prompt.setdefault(question.prompt, {"paid": 0, "to_make": 0})
                counts[kind] += 1
        for question in to_make:
            self.characters += sum(len(message.content) for message in question.request.messages)

    def total(self, key: str) -> int:
        return sum(counts[key] for counts in self.by_prompt.values())


def make_plan(
    paths: Sequence[Path], *, settings: Settings, work: Path, choice: Choice, offline: bool = False
) -> Plan:
    """Find out what a build with the same arguments would do.

    Raises:
        QagenError: where the build could not begin.
    """
    kept_scores = work if (work / FILE).is_file() else None
    with opened_grounder(settings.grounding, kept_scores) as grounder:
        papers = find_papers(paths)[: choice.limit]
        return _planned(Order(papers, Workspace(work), settings, choice, offline, grounder))


def _planned(order: Order) -> Plan:
    papers, settings, offline = order.papers, order.settings, order.offline
    order.workspace.refuse_other_format()
    recipe = recipe_of(order)
    undecided = set(papers)
    if (sample := sample_of(order, recipe)) is not None:
        undecided = set(sample.undecided())
        recipe = replace(recipe, sample=sample.chunks())
    fingerprint = convert.fingerprint(settings.convert)
    counts = {"found": len(papers), "to_convert": 0, "converted": 0, "rejected": 0}
    counted = _Counted()
    unknown = []
    for paper in papers:
        folder = order.workspace.conversion(paper.sha256, fingerprint)
        kept = convert.kept(folder, paper.sha256, settings.convert)
        if kept is None:
            counts["to_convert"] += 1
            unknown.append(paper.file)
        elif isinstance(kept, ConversionError):
            counts["rejected"] += 1
        else:
            counts["converted"] += 1
            _count_chunks(paper, kept, recipe, order.workspace, counted, asked=paper in undecided)
    asks = recipe.engine != "extractive"
    missing = counted.total("to_make") if asks else 0
    calls = {
        "paid": counted.total("paid"),
        "to_make": 0 if offline else missing,
        "left": counted.unfinished if offline else 0,
    }
    return Plan(
        recipe.engine,
        recipe.model,
        recipe.prompt.name if recipe.prompt else None,
        counts,
        counted.chunks,
        calls,
        unknown,
        counted.by_prompt if asks else {},
        _estimate(order, recipe, counts, counted) if asks and not offline else None,
        _what_if(order, counts, counted, judges=recipe.judges) if asks else [],
        counted.depends if asks else {},
        recipe.idle_rules(counted.rules),
    )


def _count_chunks(
    paper: Paper, document: Document, recipe: Recipe, workspace: Workspace, counted: _Counted, *, asked: bool
) -> None:
    """Count one paper; its choice of sections only where it is `asked` for or some chunk is looked at."""
    ledger = Ledger(workspace.calls(paper.sha256))
    choice = kept_body(paper, document, recipe, workspace)
    if asked or recipe.looks_at(paper.sha256):
        counted.add(choice.paid, choice.open)
        counted.choices += bool(choice.paid or choice.open)
        counted.depends["sections"] += bool(choice.open)
    longer = replace(
        recipe, settings=_with_chunks(recipe.settings, 2 * recipe.settings.chunk.chars), sample=None
    )
    counted.longer += sum(
        _is_open(paper, chunk, longer, ledger) for chunk in body_chunks(document, choice.value, longer)
    )
    for chunk in body_chunks(document, choice.value, recipe):
        if not is_asked(chunk, paper, recipe):
            continue
        counted.chunks += 1
        counted.rules.add(recipe.rule_for(paper, chunk))
        if recipe.engine != "extractive":
            talked = replayed(chunk_talk(paper, chunk, recipe, verdicts=False), ledger.get)
            counted.add(talked.paid, talked.open)
            counted.unfinished += bool(talked.open)
            counted.depends["judge"] += bool(talked.open) and recipe.judges


def _is_open(paper: Paper, chunk: Chunk, recipe: Recipe, ledger: Ledger) -> bool:
    """Whether a chunk would be asked about now."""
    if recipe.engine == "extractive" or not is_asked(chunk, paper, recipe):
        return False
    return bool(replayed(chunk_talk(paper, chunk, recipe, verdicts=False), ledger.get).open)


def _with_chunks(settings: Settings, chars: int) -> Settings:
    """The same settings with chunks of another size."""
    return settings.model_copy(update={"chunk": settings.chunk.model_copy(update={"chars": chars})})


def _expected(counts: dict[str, int], known: int, sample: int | None) -> int | None:
    """A count over all papers, judged by those that are converted, of no more chunks than the sample; None where none is."""
    most = known if sample is None else min(known, sample)
    if not counts["to_convert"]:
        return most
    if not counts["converted"]:
        return None
    found = round(known * (1 + counts["to_convert"] / counts["converted"]))
    return found if sample is None else min(found, sample)


def _estimate(order: Order, recipe: Recipe, counts: dict[str, int], counted: _Counted) -> Estimate:
    known = counted.total("to_make")
    chunks = _expected(counts, counted.chunks, order.choice.sample)
    expected = None if chunks is None else known + chunks - counted.chunks
    characters = counted.characters * expected // known if known and expected else 0
    return estimate(order.workspace, recipe.model or "", expected, characters)


def _what_if(order: Order, counts: dict[str, int], counted: _Counted, *, judges: bool) -> list[WhatIf]:
    """What changes would cost, each chunk asked about once; a judge's calls depend on answers that nobody knows yet."""
    sample = order.choice.sample
    chunks = _expected(counts, counted.chunks, sample)
    choices = _expected(counts, counted.choices, None)
    anew = None if chunks is None or choices is None else chunks + choices
    paid = counted.choices - counted.depends["sections"]

    def with_choices(calls: int | None) -> int | None:
        """With those of the main bodies that are not chosen yet, which every change leaves to be made."""
        return None if calls is None or choices is None else calls + choices - paid

    to_convert = counts["to_convert"]
    besides = ", besides the judge's" if judges else ""
    return [
        WhatIf(f"another prompt{besides}", to_convert, with_choices(chunks)),
        WhatIf(f"another model{besides}", to_convert, anew),
        WhatIf(
            f"chunks of {2 * order.settings.chunk.chars} characters{besides}",
            to_convert,
            with_choices(_expected(counts, counted.longer, sample)),
        ),
        WhatIf(f"another converter (at most{besides})", counts["found"], anew),
        WhatIf("other checks, thresholds or splits", 0, 0),
    ]


def plan_text(plan: Plan) -> str:
    """The plan for a person."""
    return "\n".join(_lines(plan))


def _lines(plan: Plan) -> Iterator[str]:
    papers, calls = plan.papers, plan.calls
    yield (
        f"papers      {papers['found']}: {papers['to_convert']} to convert, {papers['converted']} converted before, "
        f"{papers['rejected']} rejected before"
    )
    yield f"chunks      {plan.chunks} of the converted papers"
    yield from _call_lines(plan)
    if plan.chunks:
        yield from (f"rules       {rule} fits no chunk of the converted papers" for rule in plan.idle_rules)
    if calls["left"]:
        yield f"offline     {calls['left']} chunks are left without an answer"
    if plan.depends.get("sections"):
        yield f"depends     the chunks of {plan.depends['sections']} papers, on which sections the model chooses"
    if plan.depends.get("judge"):
        yield f"depends     the judge's calls about {plan.depends['judge']} chunks, on answers to come"
    if plan.unknown:
        yield f"unknown     the chunks of {len(plan.unknown)} papers, until they are converted"
    if plan.estimate:
        yield f"estimate    {_estimate_text(plan.estimate)}"
        yield f"  basis: {plan.estimate.basis}"
    for other in plan.what_if:
        calls_text = "calls not known yet" if other.calls is None else f"{other.calls:,} calls"
        yield f"what if     {other.change}: {other.conversions} conversions, {calls_text}"


def _call_lines(plan: Plan) -> Iterator[str]:
    calls = plan.calls
    if plan.engine == "extractive":
        yield "engine      extractive: no call"
    else:
        yield f"engine      {plan.engine}, {plan.model}, prompt {plan.prompt}"
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
    if found.hours is not None:
        parts.append(f"{found.hours:.2f} hours")
    return ", ".join(parts)
