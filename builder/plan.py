"""`qagen plan`: what `build` would do with the same arguments, found out without doing any of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.order import Choice, Order, choose_chunks, recipe_of
from qagen import convert
from qagen.errors import ConversionError
from qagen.ledger import Ledger
from qagen.papers import find_papers
from qagen.pipeline import Recipe, body_chunks, is_asked, replay
from qagen.records import Document, Paper
from qagen.settings import Settings
from qagen.workspace import Workspace


@dataclass(frozen=True)
class Plan:
    """What a build would do; `qagen plan --json` prints it with these keys.

    Attributes:
        papers: found, to_convert, converted (kept from before), rejected (kept from before).
        chunks: of the converted papers, those that would be asked about.
        calls: paid (answers in the ledger that the build would use) and to_make: the next call of every chunk that is not
            finished. A chunk whose answer turns out to give too little is asked again, which nobody can know before.
        unknown: labels of the papers that have to be converted before their chunks can be counted.
    """

    engine: str
    model: str | None
    prompt: str | None
    papers: dict[str, int]
    chunks: int
    calls: dict[str, int]
    unknown: list[str]


def make_plan(
    paths: Sequence[Path], *, settings: Settings, work: Path, choice: Choice, offline: bool = False
) -> Plan:
    """Find out what a build with the same arguments would do.

    Raises:
        QagenError: where the build could not begin.
    """
    papers = find_papers(paths)[: choice.limit]
    order = Order(papers, Workspace(work), settings, choice, offline)
    recipe = choose_chunks(order, recipe_of(order))
    fingerprint = convert.fingerprint(settings.convert)
    counts = {"found": len(papers), "to_convert": 0, "converted": 0, "rejected": 0}
    calls = {"paid": 0, "to_make": 0}
    chunks = 0
    unknown = []
    for paper in papers:
        kept = convert.load(order.workspace.conversion(paper.sha256, fingerprint), paper.sha256)
        if kept is None:
            counts["to_convert"] += 1
            unknown.append(paper.file)
        elif isinstance(kept, ConversionError):
            counts["rejected"] += 1
        else:
            counts["converted"] += 1
            for paid, finished in _chunks(paper, kept, recipe, order.workspace):
                chunks += 1
                calls["paid"] += paid
                calls["to_make"] += not finished
    prompt = recipe.prompt.name if recipe.prompt else None
    return Plan(recipe.engine, recipe.model, prompt, counts, chunks, calls, unknown)


def _chunks(
    paper: Paper, document: Document, recipe: Recipe, workspace: Workspace
) -> Iterator[tuple[int, bool]]:
    """For each chunk: answers in the ledger, and whether nothing more would be asked."""
    ledger = Ledger(workspace.calls(paper.sha256))
    for chunk in body_chunks(document, recipe.settings):
        if not is_asked(chunk, paper, recipe):
            continue
        if recipe.engine == "extractive":
            yield 0, True
        else:
            history, finished = replay(paper, chunk, recipe, ledger)
            yield len(history), finished


def plan_text(plan: Plan) -> str:
    """The plan for a person."""
    papers, calls = plan.papers, plan.calls
    lines = [
        f"papers      {papers['found']}: {papers['to_convert']} to convert, {papers['converted']} converted before, "
        f"{papers['rejected']} rejected before",
        f"chunks      {plan.chunks} of the converted papers",
    ]
    if plan.engine == "extractive":
        lines.append("engine      extractive: no call")
    else:
        lines.append(f"engine      {plan.engine}, {plan.model}, prompt {plan.prompt}")
        lines.append(f"calls       at least {calls['to_make']} to make, {calls['paid']} paid before")
    if plan.unknown:
        lines.append(f"unknown     the chunks of {len(plan.unknown)} papers, until they are converted")
    return "\n".join(lines)
