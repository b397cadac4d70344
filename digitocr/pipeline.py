"""read(): a picture in, a Reading out, the stages in order."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, ParamSpec, TypeVar

import numpy as np

from digitocr.along.looks import cut_strips, look, look_again, sure_singles
from digitocr.budget import affordable, hypothesize, out_of_reach, seen_again
from digitocr.decide.answer import decide, disputed
from digitocr.decide.conclude import conclude, unread_strokes
from digitocr.decide.turn import choose_turn, surest, tells_turn
from digitocr.find.binarize import binarize
from digitocr.find.components import find_components
from digitocr.find.extend import extended
from digitocr.find.line_sheet import set_out
from digitocr.find.look import look_and_find, look_closer
from digitocr.find.segment import segment
from digitocr.find.turned import as_it_came, find_turned, level
from digitocr.found import Finding, LineSheet
from digitocr.geometry import boxes_turned
from digitocr.networks.runtime import Networks, load_networks
from digitocr.picture.load import Readable, load
from digitocr.reading import Reading
from digitocr.segments.cuts import cut_lines
from digitocr.segments.lattice import build_lattices
from digitocr.segments.tile import tiles_of
from digitocr.settings import Settings
from digitocr.types import (
    Binarization,
    Box,
    Gray,
    LineStrip,
    LogProbabilities,
    Picture,
    Segmentation,
    Strip,
)

P = ParamSpec("P")
R = TypeVar("R")


def read(
    source: Readable, settings: Settings | None = None, model: str | Path | None = None
) -> Reading:
    """Read the handwritten numbers in a picture.

    source: a path, an encoded file's bytes, a Pillow image, or an array (H, W), (H, W, 3) RGB or
    (H, W, 4) RGBA. model: a model folder, the name of an installed model, or a .keras file in
    place of the shipped classifier; without, what `digitocr models use` chose, or what ships.
    Raises InputError, in a sentence for the user, when the picture cannot be decoded. A picture
    without writing is no error: it gives a Reading with no digits.
    """
    settings, run = settings or Settings(), _Clock()
    networks = load_networks(model)
    picture = run("load", load, source)
    reading = _turned(picture, 0, settings, networks, run)
    if not any(line.accepted for line in reading.lines):
        seen = settings, reading.finding
        closer = run("find", look_closer, picture.gray, networks.finder.maps, *seen)
        nearer = [_read(picture, one, settings, networks, run) for one in closer]
        reading = run("decide", surest, [reading, *nearer])
    if tells_turn(reading):
        return reading
    sure = settings, reading.finding, reading.accepted
    turned = run("find", find_turned, picture.gray, networks.finder.maps, *sure)
    others = [_read(picture, one, settings, networks, run) for one in turned]
    chosen = run("decide", choose_turn, reading, others)
    turns = chosen.finding.quarter_turns
    if not turns:
        return chosen
    return run("decide", choose_turn, reading, [_turned(picture, turns, settings, networks, run)])


def _turned(
    picture: Picture, quarter_turns: int, settings: Settings, networks: Networks, run: _Clock
) -> Reading:
    """Read the numbers that are level when a picture is turned so often counterclockwise."""
    gray, shape = level(picture.gray, quarter_turns), picture.gray.shape
    finding = run("find", look_and_find, gray, networks.finder.maps, settings)
    found = as_it_came(finding, quarter_turns, shape)
    reading = _read(picture, found, settings, networks, run)
    strokes = boxes_turned(unread_strokes(reading), quarter_turns, shape)
    longer = run("find", extended, finding, strokes, gray)
    if not longer:
        return reading
    return _read(picture, as_it_came(longer, quarter_turns, shape), settings, networks, run)


def line_views(gray: Gray, networks: Networks) -> tuple[LineSheet, tuple[LineStrip, ...]]:
    """The lines of a picture as the line reader would look at them; nothing is read.

    gray: uint8 (H, W). Each LineStrip has all its views, the first one and the others, and says
    nothing along them.
    """
    settings, picture = Settings(), load(gray)
    finding = look_and_find(picture.gray, networks.finder.maps, settings)
    cut = _cut_out(picture, finding, settings, _Clock())
    looks = look(cut.boxes, cut.strips, _unheard)
    every = [True] * len(looks)
    return cut.sheet, look_again(looks, every, cut.segmented, cut.sheet, _unheard)


def _unheard(_: Strip) -> LogProbabilities:
    return np.zeros((0, 11), np.float32)


class _Cut(NamedTuple):
    """The lines of a picture, cut out."""

    sheet: LineSheet
    binary: Binarization
    segmented: Segmentation
    boxes: list[Box]
    strips: list[Strip]


def _cut_out(picture: Picture, finding: Finding, settings: Settings, run: _Clock) -> _Cut:
    """The stages as far as the strips that the line reader looks at first."""
    sheet = run("set out", set_out, picture, finding.lines)
    binary = run("binarize", binarize, sheet.gray, sheet.inside, settings)
    found = run("contours", find_components, binary.ink)
    segmented = run("segment", segment, found, sheet)
    segmented, boxes = run("segment", affordable, segmented)
    strips = run("strip", cut_strips, boxes, sheet, segmented.dropped)
    return _Cut(sheet, binary, segmented, boxes, strips)


def _read(
    picture: Picture, finding: Finding, settings: Settings, networks: Networks, run: _Clock
) -> Reading:
    """Read the numbers that were found in a picture."""
    along = networks.line_reader.along
    sheet, binary, segmented, boxes, strips = _cut_out(picture, finding, settings, run)
    looks = run("read along", look, boxes, strips, along)
    singles = run("cut", sure_singles, segmented.lines, looks)
    pieces = run("cut", cut_lines, segmented.lines, singles, settings.split_touching)
    hypotheses, are_all = run("cut", hypothesize, pieces, segmented.lines)
    tiles = run("normalize", tiles_of, hypotheses)
    shares = run("classify", networks.classifier.probabilities, tiles)
    lattices = run("lattice", build_lattices, segmented.lines, pieces, hypotheses, tiles, shares)
    differ = run("decide", disputed, looks, lattices)
    again = run("decide", seen_again, differ, looks, segmented.lines)
    looks = run("decide", look_again, looks, again, segmented, sheet, along)
    decided = run("decide", decide, segmented.lines, lattices, looks, settings.constraint)
    doubtful = run("decide", out_of_reach, segmented, boxes, are_all, differ, again)
    parts = decided, doubtful, finding, sheet, picture, settings, networks.calibration
    lines, left_out = run("decide", conclude, *parts)
    stages = picture, finding, sheet, binary, segmented, lattices, looks
    return Reading(settings, *stages, lines, left_out, run.elapsed_ms)


class _Clock:
    """Runs stages, and adds up the wall time of each in ms."""

    def __init__(self) -> None:
        self.elapsed_ms: dict[str, float] = {}

    def __call__(self, stage: str, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        start = time.perf_counter()
        done = work(*args, **kwargs)
        spent = (time.perf_counter() - start) * 1000
        self.elapsed_ms[stage] = self.elapsed_ms.get(stage, 0.0) + spent
        return done
