"""`qagen push`, `qagen retract` and `qagen versions`."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Unpack

import typer

from builder.commands import options as o
from builder.hub.keywords import PushKeywords, RetractKeywords
from qagen.cli.app import say
from qagen.errors import DatasetError
from qagen.options.values import other_options
from qagen.terminal import tell

if TYPE_CHECKING:
    from builder.hub.options import PushResult
    from builder.hub.retraction import Retraction

app = typer.Typer(add_completion=False)

_LISTED = 30

Repo = Annotated[str, typer.Argument(help="The dataset on the Hub: name/dataset.", metavar="REPO")]


@app.command(epilog="Example: qagen push dataset/ me/papers-qa --license cc-by-4.0 --dry-run")
@o.takes(PushKeywords)
def push(
    folder: Annotated[Path, typer.Argument(help="A dataset folder.", metavar="DIR")],
    repo: Repo,
    *,
    as_json: o.AsJson = False,
    **options: Unpack[PushKeywords],
) -> None:
    """Publish a dataset folder: one commit, one tag, and a look at what came back."""
    from builder.hub.hub import Hub
    from builder.hub.options import PushContext, PushOptions
    from builder.hub.push import push as publish

    context = PushContext(Hub(), datetime.now(UTC).date(), time.monotonic, time.sleep, tell)
    how = PushOptions(**other_options(PushKeywords, options))
    done = publish(folder, repo, how, context)
    say(
        json.dumps(asdict(done), sort_keys=True) if as_json else "\n".join(_pushed(done, dry_run=how.dry_run))
    )


def _pushed(done: "PushResult", *, dry_run: bool) -> Iterator[str]:
    if not done.changed:
        yield f"nothing to publish: {done.why}"
        return
    yield f"{'would be' if dry_run else 'published'}   {done.repo} {done.version}: {done.why}"
    for change in done.changes:
        yield f"changes     {change}"
    yield f"records     {done.records:,}"
    if done.files:
        yield f"files       {len(done.files)} new or other, {sum(done.files.values()):,} bytes"
        for path, size in list(done.files.items())[:_LISTED] if dry_run else ():
            yield f"  + {path} ({size:,} bytes)"
    for path in done.deleted[:_LISTED]:
        yield f"  - {path}"
    if done.kept:
        yield f"kept        {', '.join(done.kept[:_LISTED])}"
    if done.pull_request:
        yield f"pull request {done.pull_request}"
        yield "            push again once it is merged: that gives the version its tag"
    elif not dry_run:
        yield f"load        load_dataset({done.repo!r}, revision={done.tag!r})"
        yield f"page        {done.url}"


@app.command(
    epilog="Example: qagen retract me/papers-qa --paper 10.1234/abc --reason 'retracted by the journal'"
)
@o.takes(RetractKeywords)
def retract(
    repo: Repo,
    paper: Annotated[
        str,
        typer.Option("--paper", help="The paper's sha256, 8 or more digits of it, or its DOI.", metavar="ID"),
    ],
    reason: Annotated[str, typer.Option(help="Why, for the card.")] = "",
    *,
    as_json: o.AsJson = False,
    **options: Unpack[RetractKeywords],
) -> None:
    """Take a paper out of a published dataset: a new version without it, and a notice that stays."""
    from builder.hub.hub import Hub
    from builder.hub.options import PushContext, PushOptions
    from builder.hub.retraction import retract as take_out

    how = PushOptions(**other_options(RetractKeywords, options))
    context = PushContext(Hub(), datetime.now(UTC).date(), time.monotonic, time.sleep, tell)
    done = take_out(repo, paper, reason, how, context)
    say(
        json.dumps(asdict(done), sort_keys=True)
        if as_json
        else "\n".join(_retracted(done, dry_run=how.dry_run))
    )


def _retracted(done: "Retraction", *, dry_run: bool) -> Iterator[str]:
    for one in done.papers:
        yield f"paper       {one.title or 'no title'} ({one.doi or one.sha256})"
    yield from _pushed(done.pushed, dry_run=dry_run)
    if done.records:
        held = ", ".join(f"{tag} ({count:,} records)" for tag, count in done.records.items())
        yield f"still held  by {held}: a published version never changes"
        yield "            to have a tag go, too: huggingface_hub.HfApi().delete_tag(REPO, tag=TAG, repo_type='dataset')"
        yield "            what was downloaded stays where it is; docs/publishing.md says what else cannot be undone"


@dataclass(frozen=True)
class _Listed:
    """A published version; what qagen did not publish tells neither records nor papers."""

    version: str
    commit: str
    records: int | None = None
    papers: int | None = None
    changes: list[str] = field(default_factory=list)


@app.command(epilog="Example: qagen versions me/papers-qa")
def versions(repo: Repo, as_json: o.AsJson = False) -> None:
    """List the published versions of a dataset with what is in them, the newest first."""
    from builder.diffing.version_number import Version, changes_of
    from builder.hub.hub import Hub
    from builder.hub.locator import require_repo_id

    require_repo_id(repo)
    hub = Hub()
    remote = hub.look(repo)
    if remote is None:
        raise DatasetError(
            f"{repo} is not on {hub.endpoint}, or cannot be seen with this token",
            remedy="look at the name, or log in with `hf auth login`",
        )
    tagged = {version: oid for tag, oid in remote.tags.items() if (version := Version.of(tag))}
    listed = []
    for version in sorted(tagged, reverse=True):
        made, told = hub.manifest(repo, tagged[version]), _Listed(str(version), tagged[version])
        if made is not None:
            told = replace(
                told, records=made.records, papers=len(made.papers), changes=list(changes_of(made))
            )
        listed.append(told)
    if as_json:
        say(json.dumps({"repo": repo, "versions": [asdict(one) for one in listed]}, sort_keys=True))
        return
    for one in listed:
        counts = (
            f"{one.records:,} records of {one.papers} papers"
            if one.records is not None
            else "not published by qagen"
        )
        say(f"{one.version:<10}{one.commit[:12]}  {'; '.join([counts, *one.changes])}")
    if not listed:
        say(f"{repo} has no version yet")
