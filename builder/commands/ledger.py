"""`qagen ledger`: what was paid for, and tidying on demand."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from builder.commands import options as o
from qagen.cli.app import line as json_line
from qagen.cli.app import say
from qagen.errors import InputError, WorkspaceError
from qagen.question_kinds import without_kind

if TYPE_CHECKING:
    from qagen.ledger.ledger import Line
    from qagen.workspace import Workspace

app = typer.Typer(no_args_is_help=True, help="The answers that were paid for: count, export, tidy on demand.")

Yes = Annotated[bool, typer.Option("--yes", help="Do it; without, only say what would go.")]


@app.command(epilog="Example: qagen ledger show")
def show(work: o.Work = o.DEFAULT_WORK, as_json: o.AsJson = False) -> None:
    """Count answers and tokens by model and prompt."""
    from qagen.ledger.maintenance import count

    found = count(_workspace(work))
    if as_json:
        say(json.dumps(found.as_json(), sort_keys=True))
        return
    say(f"answers     {found.calls:,} about {found.papers} papers, {found.size:,} bytes")
    for model, calls in found.models.most_common():
        tokens = (
            f"{found.prompt_tokens[model]:,} prompt and {found.completion_tokens[model]:,} completion tokens"
        )
        say(f"model       {model}: {calls:,} answers, {tokens}")
    for prompt, calls in found.prompts.most_common():
        say(f"prompt      {prompt}: {calls:,} answers")
    if found.damaged:
        say(f"damaged     {found.damaged} lines are not what was written; `qagen ledger verify` names them")
    if found.repeated or found.torn:
        say(
            f"not used    {found.repeated} repeated answers, {found.torn} torn lines; `qagen ledger compact` removes them"
        )


@app.command(epilog="Example: qagen ledger verify")
def verify(
    set_aside: Annotated[
        bool,
        typer.Option(
            "--set-aside", help="Move damaged lines into a file beside their ledger: they are asked anew."
        ),
    ] = False,
    work: o.Work = o.DEFAULT_WORK,
    as_json: o.AsJson = False,
) -> None:
    """Compare every answer with the sum that was written with it; exit code 1 where one is not what was written."""
    from qagen.ledger.maintenance import count, damages, part_damaged

    workspace = _workspace(work)
    counts, found = count(workspace), list(damages(workspace))
    moved = 0
    if set_aside and found:
        with workspace.locked():
            moved = part_damaged(workspace)
    if as_json:
        named = [{"ledger": str(one.path), "line": one.line, "key": one.key} for one in found]
        told = {"answers": counts.calls, "unsealed": counts.unsealed, "torn": counts.torn, "set_aside": moved}
        say(json.dumps({**told, "damaged": named}, sort_keys=True))
    else:
        say(
            f"answers     {counts.calls:,} about {counts.papers} papers, of which {counts.unsealed:,} have no sum yet"
        )
        for one in found:
            whose = (
                f"the answer to {one.key[:12]}"
                if one.key
                else "whose answer it was, it does not say any more"
            )
            say(f"damaged     {one.path}, line {one.line}: {whose}")
        if moved:
            say(f"set aside   {moved} lines; the next build asks for these answers")
        elif found:
            say(
                "            they are not used, and not asked for again before --set-aside, or a build with --refresh"
            )
    raise typer.Exit(1 if found and not moved else 0)


@app.command(epilog="Example: qagen ledger export > calls.jsonl")
def export(work: o.Work = o.DEFAULT_WORK) -> None:
    """Write every answer that counts as one JSON line: paper, prompt, request, completion."""
    from qagen.ledger.maintenance import entries

    for paper, entry in entries(_workspace(work)):
        completion = asdict(entry.completion)
        completion.pop("raw")
        json_line(
            {
                "paper": paper,
                "key": entry.key,
                "prompt": entry.prompt,
                "request": asdict(entry.request),
                "completion": completion,
            }
        )


@app.command(epilog="Example: qagen ledger merge part-1/ part-2/ --work .qagen")
def merge(
    sources: Annotated[
        list[Path],
        typer.Argument(
            help="Workspaces whose answers are taken over, folders or as in s3://bucket/work; they are left as they are.",
            metavar="DIR|URL...",
        ),
    ],
    work: o.Work = o.DEFAULT_WORK,
    as_json: o.AsJson = False,
) -> None:
    """Take over the answers of other workspaces; of two to one request the one with the smaller sha256 counts."""
    from qagen.ledger.maintenance import ASIDE
    from qagen.ledger.merge import merge_into
    from qagen.stores.opening import reading
    from qagen.workspace import Workspace

    workspace = Workspace(work)
    if any(source.resolve() == work.resolve() for source in sources):
        raise InputError(
            f"{str(work)!r} is named as a source and as what is merged into", remedy="name another --work"
        )
    with ExitStack() as stack:
        others = [_workspace(source) for source in stack.enter_context(reading([], sources)).works]
        for one in (workspace, *others):
            stack.enter_context(one.locked())
        counts = merge_into(workspace, others)
    if as_json:
        say(json.dumps(asdict(counts), sort_keys=True))
        return
    say(
        f"merged      {counts.added:,} answers taken over, {counts.known:,} known before, about {counts.papers:,} papers"
    )
    if counts.replaced:
        say(
            f"replaced    {counts.replaced:,} answers by others to the same requests; they stand beside their ledgers in {ASIDE}"
        )


@app.command(epilog="Example: qagen ledger prune --model r1:7b --yes")
def prune(
    model: Annotated[str | None, typer.Option(help="Answers of this model.")] = None,
    prompt: Annotated[
        str | None, typer.Option(help="Answers to this prompt: its name, or name@hash as `show` lists it.")
    ] = None,
    yes: Yes = False,
    work: o.Work = o.DEFAULT_WORK,
) -> None:
    """Delete answers of a model or prompt for good; they would have to be paid for again."""
    if model is None and prompt is None:
        raise InputError(
            "name what is to go with --model or --prompt", remedy="`qagen ledger show` lists both"
        )

    def goes(line: "Line") -> bool:
        entry = line.entry
        if entry is None or (model is not None and entry.request.model != model):
            return False
        name = (entry.prompt or "").rpartition("@")[0]
        return prompt is None or prompt in (entry.prompt, name, without_kind(name))

    _remove(work, goes, "answers", yes=yes)


@app.command(epilog="Example: qagen ledger compact --yes")
def compact(yes: Yes = False, work: o.Work = o.DEFAULT_WORK) -> None:
    """Delete torn lines and repeated answers; every answer that counts stays."""
    _remove(work, lambda line: line.state in ("answer", "torn") and not line.counts, "lines", yes=yes)


def _remove(work: Path, goes: "Callable[[Line], bool]", what: str, *, yes: bool) -> None:
    from qagen.ledger.ledger import lines
    from qagen.ledger.maintenance import keep, paths

    workspace = _workspace(work)
    if not yes:
        count = sum(bool(goes(line)) for path in paths(workspace) for line in lines(path))
        say(f"{count} {what} would go; --yes deletes them")
        return
    with workspace.locked():
        say(f"{keep(workspace, lambda line: not goes(line))} {what} deleted")


def _workspace(work: Path) -> "Workspace":
    from qagen.workspace import Workspace

    workspace = Workspace(work)
    if not work.is_dir():
        raise WorkspaceError(f"there is no workspace {str(work)!r}", remedy="name it with --work")
    workspace.refuse_other_format()
    return workspace
