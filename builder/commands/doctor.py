"""`qagen doctor`: is everything here that a build needs, with a remedy for what is not."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from builder.commands.demo import example_papers
from builder.commands.doctor_model import examine_engine
from builder.commands.findings import Finding
from qagen import convert
from qagen.errors import ConverterMissing, QagenError
from qagen.grounding.grounder import open_grounder
from qagen.grounding.weights import OFF
from qagen.grounding.windows import Claim
from qagen.papers.papers import find_papers
from qagen.prompts import builtin_prompts, load_prompt
from qagen.settings import AUTO, Settings
from qagen.workspace import translate_os_errors

_PACKAGES = ("pypdfium2", "datasets", "huggingface_hub", "openai")
_OPTIONAL = {"marker-pdf": convert.WITH_MARKER}
"""Packages that not every build needs -> how they are installed."""
_TRIAL = "The crystals were grown from a caesium chloride flux at 900 °C."
_LEAST_FREE = 2 * 2**30
"""Bytes of disk below which a long run is at risk."""


def examine(
    settings: Settings, work: Path, *, quick: bool = False, waiting: Callable[[str], None] = lambda _: None
) -> Iterator[Finding]:
    """Look at all that a build with these settings needs, one finding at a time, as each is found.

    Converts one example paper, opens the engine and asks it a few trial questions.

    Args:
        settings: those of the build.
        work: the workspace that it would use.
        quick: convert nothing and ask no trial question, so that nothing is waited for but the server's own words.
        waiting: is told what is waited for, and how long at most, before anything that may take more than a moment.
    """
    yield from _packages()
    yield _workspace(work)
    if not quick:
        waiting(f"converting an example paper, at most {settings.convert.deadline:g} s")
        yield _conversion(settings)
    yield from _grounding(settings)
    yield from _asking(settings, quick=quick, waiting=waiting)


def _packages() -> Iterator[Finding]:
    for name in _PACKAGES:
        try:
            yield Finding(name, ok=True, detail=version(name))
        except PackageNotFoundError:
            yield Finding(
                name, ok=False, detail="not installed", remedy="install qagen again: pip install qagen"
            )
    for name, command in _OPTIONAL.items():
        try:
            yield Finding(name, ok=True, detail=version(name))
        except PackageNotFoundError:
            yield Finding(name, ok=True, detail=f"not installed, and not needed for `rules`; {command}")


def _workspace(work: Path) -> Finding:
    there = next(folder for folder in (work.absolute(), *work.absolute().parents) if folder.exists())
    try:
        with translate_os_errors(there), tempfile.TemporaryFile(dir=there):
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
            if isinstance(error, ConverterMissing):
                return Finding("conversion", ok=False, detail=error.message, remedy=error.remedy)
            todo = "install qagen again; if that does not help, report it with this line"
            return Finding("conversion", ok=False, detail=str(error), remedy=todo)
    return Finding(
        "conversion",
        ok=True,
        detail=f"{convert.converter_name(document, settings.convert)}; {example.file} gives {len(document.text)} characters",
    )


def _grounding(settings: Settings) -> Iterator[Finding]:
    """Nothing where no entailment model is named; else a trial claim that stands in its source word by word."""
    name = settings.grounding.model
    if name == OFF:
        return
    claim = Claim("What was grown?", _TRIAL, _TRIAL, ())
    try:
        with open_grounder(settings.grounding, None) as grounder:
            assert grounder is not None
            (score,) = grounder.scorer([claim])
    except QagenError as error:
        yield Finding("grounding", ok=False, detail=error.message, remedy=error.remedy)
        return
    said = f"{name}, {grounder.runtime}; a claim that is its own source gets {score:.3f}"
    low = score < settings.grounding.min_score
    remedy = "name another model with --grounding, or lower 'min_score' in [grounding]" if low else ""
    yield Finding("grounding", ok=not low, detail=said, remedy=remedy)


def _asking(settings: Settings, *, quick: bool, waiting: Callable[[str], None]) -> Iterator[Finding]:
    ask = settings.ask
    if ask.engine == "extractive":
        yield Finding("engine", ok=True, detail="extractive: no model, no server")
        return
    try:
        asked = "deep-qa" if ask.prompt == AUTO else ask.prompt  # the longer one
        prompts = [load_prompt(name) for name in (asked, *(rule.prompt for rule in settings.rules))]
        yield Finding("prompt", ok=True, detail=", ".join(prompt.name for prompt in prompts))
    except QagenError as error:
        yield Finding("prompt", ok=False, detail=str(error), remedy="see `qagen prompts list`")
        prompts = [*builtin_prompts()]
    yield from examine_engine(settings, prompts, quick=quick, waiting=waiting)
