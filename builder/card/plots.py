"""The card's plots: small PNG files that the Hub shows, drawn the same way whatever the user's matplotlib settings are."""

import logging
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from builder.folder.profile import BINS, Profile

_log = logging.getLogger(__name__)

FOLDER = "plots"
_INK, _BAR, _FAINT = "#1f2933", "#2f6f9f", "#d5dbe1"
_WIDTH, _HEIGHT = 704, 286
"""Pixels."""
_MARGIN, _TITLE, _LABEL = 22, 15, 12
"""The space around the bars in pixels, and the sizes of the title's and the labels' letters."""
_BAR_SHARE = 0.75
"""How much of its place a bar takes."""


@dataclass(frozen=True, slots=True)
class Bars:
    """Counts to be shown as bars, on a card or in a report.

    Attributes:
        name: of the chart, for instance as a file's stem.
        title: what is counted.
        labels: one below or beside each bar.
        counts: how high each is.
        axis: what the labels are; empty where they say it themselves.
    """

    name: str
    title: str
    labels: tuple[str, ...]
    counts: tuple[int, ...]
    axis: str = ""


def bars_of(profile: Profile) -> tuple[Bars, ...]:
    """What a profile has counts for, in the order of the card."""
    tenths = tuple(f"{10 * number}-{10 * number + 10}" for number in range(BINS))
    scores = tuple(f"{number / 10:.1f}-{number / 10 + 0.1:.1f}" for number in range(BINS))
    place = "place in the main body, in percent from its beginning"
    found = (
        Bars(
            "sections",
            "Records by kind of section",
            tuple(profile.sections),
            tuple(profile.sections.values()),
        ),
        Bars("support", "Records by support score", scores, profile.support, "support"),
        Bars("coverage", "Where in the papers the evidence lies", tenths, profile.coverage, place),
    )
    return tuple(bars for bars in found if sum(bars.counts))


def draw(folder: Path, profile: Profile) -> list[str]:
    """Draw what a profile has counts for. A plot that cannot be drawn is told of and left out: it decorates a dataset.

    Args:
        folder: the dataset folder; `plots/` is made in it where there is something to draw.
        profile: of its records.

    Returns:
        The files' names below `plots/`, in the order of the card.
    """
    return [
        f"{bars.name}.png" for bars in bars_of(profile) if _drawn(folder / FOLDER / f"{bars.name}.png", bars)
    ]


def _drawn(path: Path, bars: Bars) -> bool:
    try:
        path.parent.mkdir(exist_ok=True)
        _paint(path, bars)
    except Exception as error:  # noqa: BLE001 -- hours of answers are worth more than whatever a drawing library raises
        with suppress(OSError):
            path.unlink(missing_ok=True)
            path.parent.rmdir()
        _log.warning("the card goes without %s: %s: %s", path.name, type(error).__name__, error)
        return False
    return True


def _paint(path: Path, bars: Bars) -> None:
    """Bars with their counts above them, since a card is read without a mouse."""
    # Imported here, since most commands draw nothing. Pillow's own font and no settings of anybody: the same bytes everywhere.
    from PIL import Image, ImageDraw, ImageFont

    large, small = ImageFont.load_default(_TITLE), ImageFont.load_default(_LABEL)
    image = Image.new("RGB", (_WIDTH, _HEIGHT), "white")
    pen = ImageDraw.Draw(image)
    pen.text((_MARGIN, _MARGIN / 2), bars.title, _INK, large)
    floor = _HEIGHT - (3.2 if bars.axis else 1.7) * _MARGIN
    height = floor - 3.2 * _MARGIN
    place = (_WIDTH - 2 * _MARGIN) / len(bars.counts)
    for number, (count, label) in enumerate(zip(bars.counts, bars.labels, strict=True)):
        middle = _MARGIN + (number + 0.5) * place
        top = floor - max(1, height * count / max(bars.counts))  # the least bar is seen, too
        half = place * _BAR_SHARE / 2
        if count:
            pen.rectangle((middle - half, top, middle + half, floor), _BAR)
        pen.text((middle, top - 4), f"{count:,}", _INK, small, anchor="ms")
        pen.text((middle, floor + 6), label, _INK, small, anchor="mt")
    pen.line((_MARGIN, floor, _WIDTH - _MARGIN, floor), _FAINT)
    pen.text((_WIDTH / 2, _HEIGHT - _MARGIN), bars.axis, _INK, small, anchor="mm")
    image.save(path, format="PNG", optimize=True)
