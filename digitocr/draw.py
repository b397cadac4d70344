"""Stored values -> pictures of every stage. Nothing here computes a stage again.

Every picture is RGB at display size: a frame's picture is scaled down until its longer side is at
most LONGEST_PX, a tiny one enlarged to SHORTEST_PX. The stages up to the ink show the working
frame, those from the levelled ink to the chosen boxes the level frame.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PIL import Image

from digitocr import charts, explain
from digitocr.marks import (
    DOUBT,
    FADED,
    LONGEST_PX,
    SERIES,
    Sheet,
    digit_color,
    painted,
    with_legend,
)
from digitocr.types import Box, Reading


@dataclass(frozen=True)
class Stage:
    """One step of the method: what a student is told, and what is shown."""

    title: str
    explain: Callable[[Reading], str]
    draw: Callable[[Reading], Image.Image | None]  # None where a picture took no such step
    clock: str = ""  # key of Reading.stage_ms, on the stage that shows the end of that work


def annotate(reading: Reading, longest_px: int = LONGEST_PX) -> Image.Image:
    """The picture with each digit boxed and labelled; doubt is dashed and carries a "?".

    The working frame's picture, RGB, its longer side scaled down to longest_px where it is above.
    """
    sheet = Sheet(reading.picture.rgb, longest_px)
    along_x, along_y = reading.picture.source_px_per_px
    for digit in reading.digits:
        left, top, right, bottom = digit.box
        box = Box(
            round(left / along_x),
            round(top / along_y),
            round(right / along_x),
            round(bottom / along_y),
        )
        color = digit_color(digit)
        sheet.box(box, color, 3, dashed=not digit.accepted)
        text = digit.label if digit.accepted else f"{digit.label}?"
        sheet.label(box, text, color, filled=digit.accepted)
    return sheet.image


def stage_pictures(reading: Reading) -> Iterator[tuple[str, Image.Image]]:
    """PNG file names, numbered by stage, with the pictures; the answer comes last."""
    for number, stage in enumerate(STAGES, 1):
        picture = stage.draw(reading)
        if picture is not None:
            slug = re.sub(r"\W+", "-", stage.title.lower())
            yield f"{number:02}-{slug}.png", picture
    yield f"{len(STAGES) + 1:02}-answer.png", annotate(reading)


def _original(reading: Reading) -> Image.Image:
    return Sheet(reading.picture.rgb).image


def _gray(reading: Reading) -> Image.Image:
    return Sheet(reading.binarization.gray).image


def _blurred(reading: Reading) -> Image.Image:
    return Sheet(reading.binarization.blurred).image


def _histogram(reading: Reading) -> Image.Image:
    return charts.histogram(reading.binarization)


def _surface(reading: Reading) -> Image.Image | None:
    surface = reading.binarization.surface
    return None if surface is None else Sheet(surface).image


def _ink(reading: Reading) -> Image.Image:
    return Sheet(reading.binarization.ink).image


def _level(reading: Reading) -> Image.Image:
    return Sheet(reading.rectification.ink).image


def _contours(reading: Reading) -> Image.Image:
    sheet = Sheet(painted(reading.rectification.ink, ()))
    sheet.contours(reading.segmentation.contours, SERIES[0])
    return sheet.image


def _dropped(reading: Reading) -> Image.Image:
    dropped = reading.segmentation.dropped
    counts = Counter(one.reason for one in dropped)
    colors = {reason: SERIES[i % len(SERIES)] for i, reason in enumerate(counts)}
    parts = [(one.component.box, one.component.mask, colors[one.reason]) for one in dropped]
    sheet = Sheet(painted(reading.rectification.ink, parts))
    entries = [(colors[reason], f"{reason} ({number})") for reason, number in counts.items()]
    return with_legend(sheet.image, [*entries, (FADED, "kept")])


def _lines(reading: Reading) -> Image.Image:
    parts = [
        (component.box, component.mask, SERIES[index % len(SERIES)])
        for index, line in enumerate(reading.segmentation.lines)
        for component in line.components
    ]
    sheet = Sheet(painted(reading.rectification.ink, parts))
    for index, line in enumerate(reading.segmentation.lines):
        around = line.components[0].box
        for component in line.components[1:]:
            around = around.union(component.box)
        sheet.box(around, SERIES[index % len(SERIES)])
    return sheet.image


def _pieces(reading: Reading) -> Image.Image:
    pieces = [piece for lattice in reading.lattices for piece in lattice.pieces]
    parts = [
        (piece.component.box, piece.component.mask, SERIES[index % 2])
        for index, piece in enumerate(pieces)
    ]
    sheet = Sheet(painted(reading.rectification.ink, parts))
    for piece in pieces:
        if piece.cut_after is not None:
            sheet.path(piece.cut_after, DOUBT, 3)
    return sheet.image


def _boxes(reading: Reading) -> Image.Image:
    sheet = Sheet(reading.rectification.ink)
    for lattice, line in zip(reading.lattices, reading.lines, strict=True):
        for arc, digit in zip(lattice.best_path, line.digits, strict=True):
            box = arc.hypothesis.component.box
            sheet.box(box, digit_color(digit), 3, dashed=not digit.accepted)
    return sheet.image


def _tiles(reading: Reading) -> Image.Image:
    return charts.tiles(reading.digits)


def _bars(reading: Reading) -> Image.Image:
    return charts.bars(reading.digits)


STAGES = (
    Stage("Original picture", explain.original, _original, "load"),
    Stage("Grayscale", explain.gray, _gray),
    Stage("Blurred", explain.blurred, _blurred),
    Stage("Threshold", explain.threshold, _histogram),
    Stage("Local threshold", explain.surface, _surface),
    Stage("Ink", explain.ink, _ink, "binarize"),
    Stage("Levelled ink", explain.level, _level, "rectify"),
    Stage("Contours", explain.contours, _contours, "contours"),
    Stage("Left out", explain.dropped, _dropped),
    Stage("Lines of writing", explain.lines, _lines, "segment"),
    Stage("Candidate cuts", explain.pieces, _pieces, "cut"),
    Stage("Chosen boxes", explain.boxes, _boxes, "lattice"),
    Stage("Tiles", explain.tiles, _tiles, "normalize"),
    Stage("Probabilities", explain.probabilities, _bars, "classify"),
)
