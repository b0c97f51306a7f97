"""`qagen doctor`: is everything here that a build needs, with a remedy for what is not."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from builder.demo import example_papers
from builder.order import server_of
from qagen import convert
from qagen.errors import ConverterMissing, EngineError, QagenError
from qagen.papers import find_papers
from qagen.prompts import load_prompt
from qagen.settings import Settings
from qagen.workspace import explained

_PACKAGES = ("marker-pdf", "pypdfium2", "torch", "transformers", "datasets", "huggingface_hub", "openai")
_LEAST_FREE = 2 * 2**30
"""Bytes of disk below which a long run is at risk."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        what: its name.
        ok: whether a build can use it.
        detail: what was found.
        remedy: what to do where it is not ok; else empty.
    """

    what: str
    ok: bool
    detail: str
    remedy: str = ""


def examine(settings: Settings, work: Path) -> list[Finding]:
    """Look at all that a build with these settings needs; converts one example paper, asks the server for its models.

    Args:
        settings: those of the build.
        work: the workspace that it would use.
    """
    return [*_packages(), _workspace(work), _conversion(settings), *_asking(settings)]


def _packages() -> Iterator[Finding]:
    for name in _PACKAGES:
        try:
            yield Finding(name, ok=True, detail=version(name))
        except PackageNotFoundError:
            yield Finding(
                name, ok=False, detail="not installed", remedy="install qagen again: pip install qagen"
            )


def _workspace(work: Path) -> Finding:
    there = next(folder for folder in (work.absolute(), *work.absolute().parents) if folder.exists())
    try:
        with explained(there), tempfile.TemporaryFile(dir=there):
            free = shutil.disk_usage(there).free
    except (QagenError, OSError) as error:
        return Finding(
            "workspace", ok=False, detail=str(error), remedy="choose a writable folder with --work"
        )
    said = f"{str(work)!r}, {free / 2**30:.1f} GiB free"
    if free < _LEAST_FREE:
        return Finding(
            "workspace", ok=False, detail=said, remedy="free some space, or choose another disk with --work"
        )
    return Finding("workspace", ok=True, detail=said)


def _conversion(settings: Settings) -> Finding:
    example = find_papers([min(example_papers().glob("*.pdf"))])[0]
    with tempfile.TemporaryDirectory(prefix="qagen-doctor-") as scratch:
        try:
            document = convert.convert(example, Path(scratch), settings.convert)
        except QagenError as error:
            what, _, remedy = str(error).partition(": ")
            if not isinstance(error, ConverterMissing):
                what, remedy = (
                    str(error),
                    "install qagen again; if that does not help, report it with this line",
                )
            return Finding("conversion", ok=False, detail=what, remedy=remedy)
    return Finding(
        "conversion",
        ok=True,
        detail=f"{convert.named(document, settings.convert)}; {example.file} gives {len(document.text)} characters",
    )


def _asking(settings: Settings) -> Iterator[Finding]:
    ask = settings.ask
    if ask.engine == "extractive":
        yield Finding("engine", ok=True, detail="extractive: no model, no server")
        return
    try:
        yield Finding("prompt", ok=True, detail=load_prompt(ask.prompt).name)
    except QagenError as error:
        yield Finding("prompt", ok=False, detail=str(error), remedy="see `qagen prompts list`")
    try:
        models, model = asyncio.run(_models(settings))
    except EngineError as error:
        what, _, remedy = str(error).partition("; ")
        yield Finding("server", ok=False, detail=what, remedy=remedy or "see docs/servers.md")
        return
    yield Finding("server", ok=True, detail=f"{', '.join(ask.base_url)} offers {len(models)} models")
    if isinstance(model, str):
        yield Finding("model", ok=True, detail=model)
    else:
        what, _, remedy = str(model).partition("; ")
        yield Finding("model", ok=False, detail=what, remedy=remedy or "name one with --model")


async def _models(settings: Settings) -> tuple[tuple[str, ...], str | EngineError]:
    async with server_of(settings) as server:
        models = await server.models()
        try:
            return models, await server.resolve_model()
        except EngineError as error:
            return models, error


def findings_text(findings: list[Finding]) -> str:
    """A table for a person; below each bad line, what to do."""
    width = max(len(finding.what) for finding in findings)
    lines = []
    for finding in findings:
        lines.append(f"{'ok  ' if finding.ok else 'BAD '} {finding.what:<{width}}  {finding.detail}")
        if not finding.ok:
            lines.append(f"     {'':<{width}}  -> {finding.remedy}")
    return "\n".join(lines)
