"""How PDFs are read on this machine: found out once, quickly, and without loading or starting anything.

marker itself finds out page by page: without weights it waits five minutes for a server that has died, and leaves the reason
in a log file. Here the files and the servers that a mode needs are looked for first.
"""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from qagen.convert import sandbox
from qagen.convert.job import Mode, Name, Ocr
from qagen.convert.ocr.packages import INSTALL, missing
from qagen.convert.options import refuse_unknown_options, refuse_unknown_settings
from qagen.convert.parts import (
    INFERENCE,
    LAYOUT,
    PARTS,
    READABILITY,
    WEIGHTS_LICENSE,
    WITH_MARKER,
    Part,
    Surroundings,
    has_gpu,
    is_remote,
)
from qagen.errors import ConverterMissing
from qagen.records import canonical_json
from qagen.settings import ConvertSettings

_NO_MARKER = "instead of marker's models: marker is not installed"
_RANGE = {"rules": 200, "marker-fast": 40, "marker-balanced": 40}


@dataclass(frozen=True)
class _Sight:
    """What was found: for each part of marker why it cannot be had, or nothing."""

    missing: Callable[[Part], str]
    gpu: bool


def mode_of(settings: ConvertSettings) -> Mode:
    """The mode that the settings ask for, and that can run here; the same for the whole life of a process.

    Raises:
        ConverterMissing: where the converter was named, or OCR is wanted, and cannot run here.
        SettingsError: where an option is unknown.
    """
    return _mode_of(canonical_json(settings.model_dump(mode="json")))


def remarks(settings: ConvertSettings) -> list[str]:
    """What a person should know about how the PDFs will be read, a sentence each."""
    mode = mode_of(settings)
    found = [f"PDFs are read by rules {mode.note}"] if mode.note else []
    if mode.note == _NO_MARKER:
        found = [
            f"PDFs are read by rules {mode.note}; where there is a GPU: {WITH_MARKER}"
            + (
                f"; where scans are to be read without one: {INSTALL}"
                if mode.ocr == "none" and missing()
                else ""
            )
        ]
    if mode.name == "rules" and settings.marker:
        found.append(
            f"the rules read none of marker's options, so these do nothing: {', '.join(sorted(settings.marker))}"
        )
    if settings.download and mode.name != "rules":
        found.append(f"weights of marker's models that are not here are fetched; {WEIGHTS_LICENSE}")
    if lacking := sandbox.missing():
        found.append(
            f"this system cannot keep the processes that read PDFs from everything ({', '.join(lacking)}); docs/security.md says what holds"
        )
    around = Surroundings(settings.surya)
    for part in PARTS if mode.name != "rules" else ():
        url = around.setting(part.url)
        if url and is_remote(url):
            found.append(f"the papers' pages go to {url}, which {part.url} names")
    return found


@functools.cache
def _mode_of(settings: str) -> Mode:
    return find_mode(ConvertSettings.model_validate_json(settings))


def find_mode(
    settings: ConvertSettings,
    around: Surroundings | None = None,
    ocr_missing: Callable[[], str] = missing,
) -> Mode:
    """What `mode_of` answers, found out anew.

    Args:
        settings: those of the run.
        around: the environment and what can be looked at in it; None for this machine.
        ocr_missing: why the rules cannot read pages by OCR; empty where they can.
    """
    around = around or Surroundings(settings.surya, download=settings.download)
    if around.marker:
        refuse_unknown_options(settings.marker)
        refuse_unknown_settings(settings.surya)
    if settings.converter == "rules":
        return _rules(settings, ocr_missing)
    if not around.marker:
        return _without_marker(settings, ocr_missing)
    sight = _Sight(functools.cache(around.missing), around.gpu if around.gpu is not None else has_gpu())
    if settings.converter != "auto":
        return _named(settings.converter, settings, sight)
    return _best(settings, sight, ocr_missing)


def _without_marker(settings: ConvertSettings, ocr_missing: Callable[[], str]) -> Mode:
    """The rules, where nothing else was asked for.

    Raises:
        ConverterMissing: where a mode of marker's was named, or every page is to be read by OCR, and that is not here.
    """
    if settings.converter == "auto":
        return _rules(settings, ocr_missing, note=_NO_MARKER)
    raise ConverterMissing(
        f"--converter {settings.converter} needs marker, which is not installed", WITH_MARKER, ": "
    )


def _rules(settings: ConvertSettings, ocr_missing: Callable[[], str], note: str = "") -> Mode:
    """The rules, with OCR on the processor where it is wanted or can be had.

    Raises:
        ConverterMissing: where every page is to be read by OCR, and that is not here.
    """
    wanted: dict[str, Ocr] = {"auto": "needed", "always": "all", "never": "none"}
    ocr = wanted[settings.ocr]
    if ocr != "none" and (why := ocr_missing()):
        if ocr == "all":
            todo = f"{why}; or leave it out (see docs/conversion.md)"
            raise ConverterMissing("--ocr always cannot run here", todo, ": ")
        ocr = "none"
    return Mode("rules", ocr, range_pages=settings.range_pages or _RANGE["rules"], note=note)


def _named(name: Name, settings: ConvertSettings, sight: _Sight) -> Mode:
    """A mode of marker's.

    Raises:
        ConverterMissing: where something that it needs is not here.
    """
    needed = [INFERENCE, READABILITY] if name == "marker-balanced" else [LAYOUT]
    if settings.ocr == "always":
        needed += [part for part in (INFERENCE, READABILITY) if part not in needed]
    faults = [fault for part in needed if (fault := sight.missing(part))]
    if faults:
        always = settings.ocr == "always"
        ocr = " --ocr always" if always else ""
        without = "leave --ocr out" if always and name == "marker-fast" else "use --converter rules"
        todo = f"{'; '.join(faults)}; or {without} (see docs/conversion.md)"
        raise ConverterMissing(f"--converter {name}{ocr} cannot run here", todo, ": ")
    mode = Mode(
        name,
        options=settings.marker,
        surya=settings.surya,
        range_pages=settings.range_pages or _RANGE[name],
    )
    if settings.ocr == "always":
        return replace(mode, ocr="all")
    if settings.ocr == "never":
        return mode
    ocr_missing = [part for part in (INFERENCE, READABILITY) if sight.missing(part)]
    if ocr_missing or settings.marker.get("disable_ocr"):
        return mode
    return replace(mode, ocr="needed")


def _best(settings: ConvertSettings, sight: _Sight, ocr_missing: Callable[[], str]) -> Mode:
    """The best mode that can run here; the rules, where none of marker's can, say why in their note."""
    names: list[Name] = ["marker-balanced", "marker-fast"] if sight.gpu else ["marker-fast"]
    for name in names:
        try:
            return _named(name, settings, sight)
        except ConverterMissing:
            continue
    return _rules(settings, ocr_missing, note=f"instead of marker's models: {'; '.join(_briefly(sight))}")


def _briefly(sight: _Sight) -> Iterator[str]:
    parts = [INFERENCE, LAYOUT] if sight.gpu else [LAYOUT]
    for part in parts:
        if sight.missing(part):
            yield f"no {part.what} here"
