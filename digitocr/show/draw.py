"""Stored values -> pictures of every stage. Nothing here computes a stage again.

Every picture is RGB at display size: a frame's picture is scaled down until its longer side is at
most LONGEST_PX, a tiny one enlarged to SHORTEST_PX. The stages up to the ink and the chosen boxes
show the working frame, those from the levelled ink to the candidate cuts the level frame. `places`
tells where each digit stands on them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PIL import Image

from digitocr.reading import Reading
from digitocr.show import ballots, charts, diagrams, explain, places
from digitocr.show.canvas import (
    DOUBT,
    FADED,
    LONGEST_PX,
    SERIES,
    SURE,
    UNSURE,
    Sheet,
    digit_color,
    painted,
    with_legend,
)
from digitocr.show.places import Places, working_box
from digitocr.words import DROP_REASONS


@dataclass(frozen=True)
class Stage:
    """One step of the method: what a student is told, and what is shown."""

    title: str
    explain: Callable[[Reading], str]
    draw: Callable[[Reading], Image.Image | None]  # None where a picture took no such step
    clock: str = ""  # key of Reading.stage_ms, on the stage that shows the end of that work
    places: Callable[[Reading], Places] = places.nowhere  # of the digits, in the picture's px
    works_on: Callable[[Reading], bool] = bool  # whether there was anything to work on


def annotate(reading: Reading, longest_px: int = LONGEST_PX) -> Image.Image:
    """The picture with each digit boxed and labelled; doubt is dashed and carries a "?".

    The working frame's picture, RGB, its longer side scaled down to longest_px where it is above.
    """
    sheet = Sheet(reading.picture.rgb, longest_px)
    for digit in reading.digits:
        box = working_box(reading, digit.box)
        color = digit_color(digit)
        sheet.box(box, color, 3, dashed=not digit.accepted)
        text = digit.label if digit.accepted else f"{digit.label}?"
        sheet.label(box, text, color, filled=digit.accepted)
    for part in reading.left_out:
        box = working_box(reading, part.box)
        sheet.box(box, DOUBT, 3, dashed=True)
        sheet.label(box, "?", DOUBT, filled=False)
    return sheet.image


def drawn_stages(reading: Reading) -> Iterator[tuple[Stage, Image.Image]]:
    """The stages that this picture took and that had something to work on, with their pictures."""
    for stage in STAGES:
        if stage.works_on(reading) and (picture := stage.draw(reading)) is not None:
            yield stage, picture


def idle_stages(reading: Reading) -> list[Stage]:
    """The stages that had nothing to work on; they come after all the others."""
    return [stage for stage in STAGES if not stage.works_on(reading)]


def stage_pictures(reading: Reading) -> Iterator[tuple[str, Image.Image]]:
    """PNG file names, numbered without a gap, with the pictures; the answer comes last."""
    named = [(stage.title, picture) for stage, picture in drawn_stages(reading)]
    for number, (title, picture) in enumerate([*named, ("answer", annotate(reading))], 1):
        slug = re.sub(r"\W+", "-", title.lower())
        yield f"{number:02}-{slug}.png", picture


def _has_ink(reading: Reading) -> bool:
    return bool(reading.binarization.ink.any())


def _has_lines(reading: Reading) -> bool:
    return bool(reading.lines)


def _has_digits(reading: Reading) -> bool:
    return bool(reading.digits)


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
    entries = [
        (colors[reason], f"{DROP_REASONS[reason]} ({number})") for reason, number in counts.items()
    ]
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


def _tiles(reading: Reading) -> Image.Image:
    return charts.tiles(reading.lattices)


def _judged(reading: Reading) -> Image.Image:
    return charts.judged([arc for lattice in reading.lattices for arc in lattice.arcs])


def _lattices(reading: Reading) -> Image.Image:
    return diagrams.lattices(reading.lattices)


def _strips(reading: Reading) -> Image.Image:
    return diagrams.strips(reading.strips)


def _along(reading: Reading) -> Image.Image:
    return diagrams.along(reading.strips)


def _ballots(reading: Reading) -> Image.Image:
    return ballots.ballots(reading.lines, reading.settings.one_wrong_in)


def _boxes(reading: Reading) -> Image.Image:
    sheet = Sheet(reading.picture.rgb)
    for digit in reading.digits:
        box = working_box(reading, digit.box)
        sheet.box(box, digit_color(digit), 3, dashed=not digit.accepted)
    for part in reading.left_out:
        sheet.box(working_box(reading, part.box), SERIES[0], 3, dashed=True)
    colors = {digit_color(digit) for digit in reading.digits}
    if reading.left_out:
        colors.add(SERIES[0])
    words = {SURE: "sure", UNSURE: "less sure", DOUBT: "in doubt", SERIES[0]: "not read"}
    entries = [(color, word) for color, word in words.items() if color in colors]
    return with_legend(sheet.image, entries) if entries else sheet.image


def _candidates(reading: Reading) -> Image.Image:
    return charts.candidates(reading.digits)


_WORKING, _LEVEL = places.in_working_frame, places.in_level_frame

STAGES = (
    Stage("Original picture", explain.original, _original, "load", _WORKING),
    Stage("Grayscale", explain.gray, _gray, "", _WORKING),
    Stage("Blurred", explain.blurred, _blurred, "", _WORKING),
    Stage("Threshold", explain.threshold, _histogram, "", places.nowhere),
    Stage("Local threshold", explain.surface, _surface, "", _WORKING),
    Stage("Ink", explain.ink, _ink, "binarize", _WORKING),
    Stage("Levelled ink", explain.level, _level, "rectify", _LEVEL, _has_ink),
    Stage("Contours", explain.contours, _contours, "contours", _LEVEL, _has_ink),
    Stage("Left out", explain.dropped, _dropped, "", _LEVEL, _has_ink),
    Stage("Lines of writing", explain.lines, _lines, "segment", _LEVEL, _has_lines),
    Stage("Candidate cuts", explain.pieces, _pieces, "cut", _LEVEL, _has_lines),
    Stage("Tiles", explain.tiles, _tiles, "normalize", places.among_tiles, _has_lines),
    Stage("Shapes judged", explain.judged, _judged, "classify", places.among_judged, _has_lines),
    Stage(
        "Recognition lattice",
        explain.lattices,
        _lattices,
        "lattice",
        places.in_lattices,
        _has_lines,
    ),
    Stage("Strip", explain.strips, _strips, "strip", places.on_strips, _has_lines),
    Stage("Along the line", explain.along, _along, "read along", places.along_strips, _has_lines),
    Stage("Two readers", explain.ballots, _ballots, "decide", places.in_ballots, _has_lines),
    Stage("Chosen boxes", explain.boxes, _boxes, "", _WORKING, _has_digits),
    Stage(
        "Probabilities", explain.candidates, _candidates, "", places.among_candidates, _has_digits
    ),
)
