"""Numbers as pictures: the threshold's histogram, the tiles, what is said of each shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from PIL import Image, ImageDraw

from digitocr.reading import Candidate, Digit
from digitocr.show.canvas import (
    DOUBT,
    FADED,
    INK,
    LONGEST_PX,
    PAPER,
    QUIET,
    SERIES,
    Rect,
    class_names,
    digit_color,
    font,
    heat_map,
    message,
    percent,
)
from digitocr.types import NO_DIGIT, Arc, Binarization, Lattice, Tile

MOST_TILES = 28  # in one picture; a page holds more than anyone looks at
MOST_DIGITS = 35
MOST_JUDGED = 39
TILE_SIDE_PX = 112  # four display pixels for each of a tile's 28
COLUMN_PX = TILE_SIDE_PX + 16
CANDIDATES = 4  # of each digit, the answer among them
CANDIDATE_PX = 34
HEAT_PX = 62, 24  # a cell of the shapes that were judged, wide and high
GUTTER_PX = 68  # on their left, for the names of the classes
JUDGED_PX = HEAT_PX[0] + (NO_DIGIT + 1) * HEAT_PX[1] + 18  # a tile with its column of cells
TILE_CELL_PX = TILE_SIDE_PX + 46
CANDIDATES_CELL_PX = TILE_SIDE_PX + 24 + CANDIDATES * CANDIDATE_PX

_Item = TypeVar("_Item")
_DrawCell = Callable[[Image.Image, ImageDraw.ImageDraw, int, int, _Item], None]


def histogram(binarization: Binarization) -> Image.Image:
    """How many pixels have each value, on a square-root scale, and the level that was chosen.

    RGB, LONGEST_PX wide.
    """
    width, height, left, floor = LONGEST_PX, 400, 30, 336
    canvas = Image.new("RGB", (width, height), PAPER)
    draw = ImageDraw.Draw(canvas)
    step = (width - 2 * left) / 256
    heights = np.sqrt(binarization.histogram.astype(np.float64))
    heights *= (floor - 50) / max(float(heights.max()), 1.0)
    adaptive, level = binarization.method == "adaptive", binarization.level
    for value, bar in enumerate(heights):
        is_ink = value > level if adaptive else value < level
        x = left + value * step
        draw.rectangle((x, floor - bar, x + step - 1, floor), fill=INK if is_ink else FADED)
    draw.line((left, floor, width - left, floor), QUIET, 1)
    edge = left + (level + adaptive) * step
    draw.line((edge, 34, edge, floor + 8), DOUBT, 3)
    anchor = "la" if level < 128 else "ra"
    draw.text((edge + (8 if level < 128 else -8), 28), f"level {level}", DOUBT, font(24), anchor)
    ends = ("as bright as its paper", "255 levels darker") if adaptive else ("0 black", "255 white")
    draw.text((left, floor + 12), ends[0], QUIET, font(20), "la")
    draw.text((width - left, floor + 12), ends[1], QUIET, font(20), "ra")
    for x, color, word in ((left, INK, "ink"), (left + 84, FADED, "paper")):
        draw.rectangle((x, floor + 42, x + 16, floor + 58), fill=color)
        draw.text((x + 24, floor + 40), word, QUIET, font(18))
    return canvas


def tiles(lattices: Sequence[Lattice]) -> Image.Image:
    """The tiles as the network sees them, enlarged, their pieces' numbers under each: RGB.

    Pieces are counted from 1, on from line to line.
    """
    named = []
    before = 0
    for lattice in lattices:
        named += [(piece_numbers(arc, before), arc) for arc in lattice.arcs]
        before += len(lattice.pieces)
    return _grid(named[:MOST_TILES], TILE_CELL_PX, _tile_cell)


def piece_numbers(arc: Arc, before: int = 0) -> str:
    """The numbers of the pieces that a hypothesis joins, counted from 1 + before."""
    first, last = arc.hypothesis.start + 1 + before, arc.hypothesis.stop + before
    return f"{first}" if first == last else f"{first}-{last}"


def judged(arcs: Sequence[Arc]) -> Image.Image:
    """What the network holds each shape to be: a column of eleven cells under its tile, RGB."""
    shown = arcs[:MOST_JUDGED]
    if not shown:
        return message("No shapes")
    cell_width, cell_height = HEAT_PX
    columns = _judged_columns(len(shown))
    rows = -(-len(shown) // columns)
    width = GUTTER_PX + columns * cell_width + 4
    canvas = Image.new("RGB", (max(width, 320), rows * JUDGED_PX), PAPER)
    draw = ImageDraw.Draw(canvas)
    for row in range(rows):
        some = shown[row * columns : (row + 1) * columns]
        top = row * JUDGED_PX + cell_width
        heat = heat_map(np.stack([arc.probabilities for arc in some]), HEAT_PX, SERIES[0])
        canvas.paste(heat, (GUTTER_PX, top))
        class_names(draw, GUTTER_PX, top, cell_height, "none")
        for column, arc in enumerate(some):
            x = GUTTER_PX + column * cell_width
            canvas.paste(tile_image(arc.tile, cell_width - 6), (x + 3, top - cell_width + 3))
            draw.line((x, top, x, top + heat.height), FADED)
            best = top + int(arc.probabilities.argmax()) * cell_height
            draw.rectangle((x, best, x + cell_width, best + cell_height), outline=INK, width=2)
    return canvas


def _judged_columns(count: int) -> int:
    return min(count, (LONGEST_PX - GUTTER_PX) // HEAT_PX[0])


def judged_cell(index: int, count: int) -> Rect:
    """Where `judged` draws one of so many shapes, tile and column: display px."""
    row, column = divmod(index, _judged_columns(min(count, MOST_JUDGED)))
    left, top = GUTTER_PX + column * HEAT_PX[0], row * JUDGED_PX
    return left, top, left + HEAT_PX[0], top + JUDGED_PX - 18


def candidates(digits: Sequence[Digit]) -> Image.Image:
    """Each digit's tile, label and confidence, with the next candidates: RGB, to LONGEST_PX."""
    return _grid(digits[:MOST_DIGITS], CANDIDATES_CELL_PX, _candidates_cell)


def tile_image(tile: Tile, side_px: int = TILE_SIDE_PX) -> Image.Image:
    """A tile, dark ink on white, enlarged to side_px with its pixels showing: mode L."""
    gray = np.rint(255 * (1 - tile)).astype(np.uint8)
    return Image.fromarray(gray).resize((side_px, side_px), Image.Resampling.NEAREST)


def _grid(shown: Sequence[_Item], cell_height_px: int, draw_cell: _DrawCell[_Item]) -> Image.Image:
    if not shown:
        return message("No digits")
    columns = _grid_columns(len(shown))
    rows = -(-len(shown) // columns)
    canvas = Image.new("RGB", (max(columns * COLUMN_PX, 320), rows * cell_height_px + 8), PAPER)
    draw = ImageDraw.Draw(canvas)
    for index, item in enumerate(shown):
        left, top, *_ = grid_cell(index, len(shown), cell_height_px)
        draw_cell(canvas, draw, left, top, item)
    return canvas


def _grid_columns(count: int) -> int:
    return min(count, LONGEST_PX // COLUMN_PX)


def grid_cell(index: int, count: int, cell_height_px: int) -> tuple[int, int, int, int]:
    """Where a tile and what is said of it are drawn, one of so many: display px."""
    row, column = divmod(index, _grid_columns(count))
    left, top = column * COLUMN_PX + 8, row * cell_height_px + 8
    return left, top, left + TILE_SIDE_PX, top + cell_height_px - 8


def _paste_tile(canvas: Image.Image, draw: ImageDraw.ImageDraw, x: int, y: int, tile: Tile) -> None:
    canvas.paste(tile_image(tile), (x, y))
    draw.rectangle((x, y, x + TILE_SIDE_PX - 1, y + TILE_SIDE_PX - 1), outline=FADED)


def _tile_cell(
    canvas: Image.Image, draw: ImageDraw.ImageDraw, x: int, y: int, named: tuple[str, Arc]
) -> None:
    numbers, arc = named
    _paste_tile(canvas, draw, x, y, arc.tile)
    draw.text((x, y + TILE_SIDE_PX + 6), numbers, QUIET, font(21))


def _candidates_cell(
    canvas: Image.Image, draw: ImageDraw.ImageDraw, x: int, y: int, digit: Digit
) -> None:
    _paste_tile(canvas, draw, x, y, digit.tile)
    answer = Candidate(digit.label, digit.confidence)
    ranked = (answer, *digit.alternatives[: CANDIDATES - 1])
    for row, candidate in enumerate(ranked):
        is_answer = row == 0
        top = y + TILE_SIDE_PX + 6 + row * CANDIDATE_PX
        label = f"{candidate.label}?" if is_answer and not digit.accepted else candidate.label
        color = digit_color(digit) if is_answer else QUIET
        draw.text((x, top), label, INK if is_answer else QUIET, font(25 if is_answer else 22))
        draw.text((x + TILE_SIDE_PX, top + 4), percent(candidate.confidence), color, font(20), "ra")
        floor = top + CANDIDATE_PX - 5
        draw.line((x, floor, x + TILE_SIDE_PX, floor), FADED, 3)
        length = candidate.confidence * TILE_SIDE_PX
        if length >= 1:
            draw.line((x, floor, x + length, floor), color, 3)
