"""`qagen convert`: the documents of some papers, copied out of the workspace for a person to look at."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from qagen import convert
from qagen.asking.recipe import Recipe
from qagen.engines import event_loop
from qagen.papers.papers import find_papers
from qagen.papers.shard import Shard
from qagen.pipeline.run import Run
from qagen.pipeline.stats import RunStats
from qagen.progress import Watch, progress
from qagen.records import Paper
from qagen.settings import Settings
from qagen.workspace import Workspace, refuse_address, write_atomically

_NAME_CHARS = 80


def convert_documents(
    paths: Sequence[Path],
    out: Path,
    work: Path,
    settings: Settings,
    shard: Shard | None = None,
    sums: Mapping[Path, str] = MappingProxyType({}),
) -> tuple[list[Path], list[tuple[Paper, str]]]:
    """Convert papers, or a part of them, and copy each document into a folder of its own below `out`.

    Returns:
        The folders in the order of the papers, and the papers that were rejected with the reason.

    Raises:
        QagenError: where nothing can be converted, or written there.
    """
    refuse_address(out)
    papers = [paper for paper in find_papers(paths, sums) if shard is None or shard.holds(paper.sha256)]
    workspace = Workspace(work)
    with workspace.locked(), progress() as watch:
        watch.converting(0, len(papers))
        stats = event_loop.run(_convert_all(papers, workspace, settings, watch))
        for file, warnings in sorted(stats.warnings.items()):
            for warning in warnings:
                watch.note(f"{file}: {warning}")
    folders = []
    rejected = []
    for paper in papers:
        failure = stats.failures.get(paper.sha256)
        if failure:
            rejected.append((paper, str(failure)))
            continue
        source = workspace.conversion(paper.sha256, convert.fingerprint(settings.convert))
        folder = out / _folder_name(paper)
        for name in ("document.md", "blocks.jsonl", "meta.json"):
            write_atomically(folder / name, (source / name).read_bytes())
        folders.append(folder)
    return folders, rejected


async def _convert_all(
    papers: Sequence[Paper], workspace: Workspace, settings: Settings, watch: Watch
) -> RunStats:
    # The converter ends inside the loop: a thread that waits for one of its processes would hold up the exit.
    with convert.Converter(settings.convert) as converter:
        run = Run(workspace, Recipe(settings, engine="extractive"), converter, watch)
        await run.convert_all(papers)
        return run.stats


def _folder_name(paper: Paper) -> str:
    """The paper's file name and the beginning of its sha256, so that two papers of one name are two folders."""
    stem = re.sub(r"[^\w.-]+", "_", Path(paper.file).stem)[:_NAME_CHARS]
    return f"{stem}-{paper.sha256[:8]}"
