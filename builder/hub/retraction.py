"""Taking a paper out of a published dataset: a version without it, and a notice that every later version keeps.

A published version never changes, so those that hold the paper go on holding it; which ones they are is told, on the card too.
"""

import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from builder.card import plots
from builder.card.texts import write_texts
from builder.diffing.version_number import Version
from builder.folder import manifest, read
from builder.folder.examples import ExampleDraw
from builder.folder.manifest import Manifest
from builder.folder.manifest_parts import ManifestPaper
from builder.folder.parquet import Tables
from builder.folder.profile import Profiler
from builder.folder.retraction_notices import KEY, with_retracted
from builder.folder.schema import OF_RECORDS, record_of
from builder.folder.trainers import lean_row
from builder.hub.history import Published, release_history
from builder.hub.locator import require_repo_id
from builder.hub.options import PushContext, PushOptions, PushResult
from builder.hub.push import push
from qagen.errors import DatasetError
from qagen.papers.works import doi_key
from qagen.workspace import translate_os_errors

_SHA256 = re.compile(r"[0-9a-f]{8,64}")
_MADE_ANEW = ("files", "version", "why", "releases")
"""What the manifest of the version before says of that version alone."""


@dataclass(frozen=True, slots=True)
class RetractedPaper:
    """A paper that was taken out.

    Attributes:
        sha256, title, doi: of the paper; the last two None where it states none.
        reason: why, in the publisher's words; may be empty.
        tags: the published versions that hold it, oldest first.
    """

    sha256: str
    title: str | None
    doi: str | None
    reason: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Retraction:
    """What a retraction did, or would do.

    Attributes:
        repo: `name/dataset`.
        papers: those that were named.
        records: tag -> how many records of these papers the version holds.
        pushed: the version without them.
    """

    repo: str
    papers: tuple[RetractedPaper, ...]
    records: Mapping[str, int]
    pushed: PushResult


def retract(repo: str, named: str, reason: str, options: PushOptions, context: PushContext) -> Retraction:
    """Publish a version without a paper.

    Args:
        repo: `name/dataset`.
        named: the paper's sha256 or its first 8 or more hex digits, or its DOI.
        reason: why, for the card; may be empty.
        options: how to publish; the licence is that of the last version where none is named.
        context: what publishing needs from outside.

    Raises:
        DatasetError: where no version has the paper, or its name fits several.
        HubError: where the Hub refuses, or cannot be reached until the deadline.
    """
    require_repo_id(repo)
    remote = context.hub.look(repo, options.branch)
    history = release_history(context.hub, repo, remote.tags) if remote else None
    if remote is None or history is None or history.ours is None:
        raise DatasetError(
            f"{repo} has no version that `qagen push` published on {context.hub.endpoint}",
            remedy="look at the name and the token",
        )
    holding = _holding(repo, remote.tags, named, context)
    papers = _papers(holding, history.ours, named, reason, repo)
    with translate_os_errors(Path(repo)), tempfile.TemporaryDirectory(prefix="qagen-retract-") as place:
        folder = Path(place) / "dataset"
        _without(history.ours.fetched(context.hub, repo), folder, papers)
        license_ = options.license or history.ours.made.license
        pushed = push(
            folder, repo, replace(options, license=license_, allow_extractive=True, yes=True), context
        )
    records = {tag: sum(paper.records for paper in found) for tag, found in holding.items()}
    return Retraction(repo, papers, records, pushed)


def _holding(
    repo: str, tags: Mapping[str, str], named: str, context: PushContext
) -> dict[str, list[ManifestPaper]]:
    """The versions that hold a paper of this name, oldest first, each with what its manifest says of it."""
    found: dict[str, list[ManifestPaper]] = {}
    for version in sorted(version for tag in tags if (version := Version.of(tag)) and version.tag == tag):
        made = context.hub.manifest(repo, context.hub.commit_of(repo, version.tag))
        papers = [paper for paper in made.papers if _is_named(paper, named)] if made else []
        if papers:
            found[version.tag] = papers
    return found


def _is_named(paper: ManifestPaper, named: str) -> bool:
    if _SHA256.fullmatch(named.lower()):
        return paper.sha256.startswith(named.lower())
    wanted = doi_key(named)
    return wanted is not None and doi_key(paper.doi) == wanted


def _papers(
    holding: Mapping[str, Sequence[ManifestPaper]], last: Published, named: str, reason: str, repo: str
) -> tuple[RetractedPaper, ...]:
    papers = {paper.sha256: paper for found in holding.values() for paper in found}
    if not papers:
        raise DatasetError(
            f"no version of {repo} has a paper {named!r}",
            remedy="name its sha256 (at least 8 digits of it) or its DOI, as the table of "
            f"sources of {last.version.tag} has them",
        )
    if _SHA256.fullmatch(named.lower()) and len(papers) > 1:
        raise DatasetError(
            f"{named!r} is the beginning of {len(papers)} papers' sha256", remedy="name more digits"
        )
    return tuple(
        RetractedPaper(
            sha256,
            paper.title,
            paper.doi,
            reason,
            tuple(tag for tag, found in holding.items() if any(one.sha256 == sha256 for one in found)),
        )
        for sha256, paper in sorted(papers.items())
    )


def _without(folder: Path, out: Path, papers: Sequence[RetractedPaper]) -> None:
    """Write a dataset folder again without some papers; of all other records every value stays."""
    gone = {paper.sha256 for paper in papers}
    made = manifest.read(folder)
    profiler = Profiler({})
    examples = ExampleDraw()
    best: tuple[float, str | None] = (-1.0, None)
    reasons: dict[str, int] = {}
    lost = frozenset(_across(folder, gone))
    records: Counter[str] = Counter()
    with Tables(out / "data") as tables:
        for config in made.configs:
            for split, row in read.rows(folder, config):
                sha256 = row["paper_sha256"] if "paper_sha256" in row else row["paper"]["sha256"]
                if sha256 in gone or not lost.isdisjoint((row["id"], row.get("record"))):
                    continue
                tables.add(config, split, sha256, lean_row(row))
                if config == "default":
                    record = record_of(row)
                    records.update({paper.sha256 for paper in record.papers})
                    profiler.add(record)
                    examples.add(record)
                    best = max(best, (record.checks.support, record.id), key=lambda one: one[0])
                elif config == "rejected":
                    reasons[row["reason"]] = reasons.get(row["reason"], 0) + 1
    profile = profiler.profile()
    kept = {key: part for key, part in made.as_json().items() if key not in _MADE_ANEW}
    told = {
        "papers": [
            {**paper.as_json(), "records": records[paper.sha256]}
            for paper in made.papers
            if paper.sha256 not in gone
        ],
        "configs": tables.counts("rows"),
        "num_bytes": tables.counts("num_bytes"),
        "rejections": reasons if "rejected" in made.configs else made.rejections,
        "profile": profile.as_json(),
        "example": best[1],
        "examples": list(examples.ids),
        KEY: [asdict(paper) for paper in papers],
        "files": {},
    }
    value = with_retracted(Manifest.of({**kept, **told}), made)
    if (folder / "prompts").is_dir():
        shutil.copytree(folder / "prompts", out / "prompts")
    if (folder / plots.FOLDER).is_dir():
        plots.draw(out, profile)
    write_texts(out, value)


def _across(folder: Path, gone: Collection[str]) -> Iterator[str]:
    """The ids of rows of other papers that need one of those that go."""
    for config in (*OF_RECORDS, "rejected"):
        for _, row in read.rows(folder, config):
            papers = (place["paper"] for place in row["places"] or () if place["paper"])
            if any(paper["sha256"] in gone for paper in papers):
                yield row["id"]
