"""Numbers as pictures: the threshold's histogram, the tiles, the network's probabilities."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageDraw

from digitocr.marks import (
    DOUBT,
    FADED,
    INK,
    LONGEST_PX,
    PAPER,
    QUIET,
    Color,
    digit_color,
    font,
    percent,
)
from digitocr.types import Binarization, Digit, Tile

MOST_DIGITS = 56  # in one picture of tiles or bars; a page holds more than anyone looks at
TILE_SIDE_PX = 112  # four display pixels for each of a tile's 28
COLUMN_PX = TILE_SIDE_PX + 16

_DrawCell = Callable[[Image.Image, ImageDraw.ImageDraw, int, int, Digit], None]


def histogram(binarization: Binarization) -> Image.Image:
    """How many pixels have each value, on a square-root scale, and the level that was chosen.

    RGB, LONGEST_PX wide.
    """
    width, height, left, floor = LONGEST_PX, 400, 30, 336
    sheet = Image.new("RGB", (width, height), PAPER)
    draw = ImageDraw.Draw(sheet)
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
    return sheet


def tiles(digits: Sequence[Digit]) -> Image.Image:
    """The tiles as the network sees them, enlarged, the label under each: RGB, up to LONGEST_PX."""
    return _grid(digits, TILE_SIDE_PX + 44, _tile_cell)


def bars(digits: Sequence[Digit]) -> Image.Image:
    """The ten probabilities of each digit as horizontal bars: RGB, up to LONGEST_PX wide."""
    return _grid(digits, 64 + 10 * 22, _bars_cell)


def tile_image(tile: Tile, side_px: int = TILE_SIDE_PX) -> Image.Image:
    """A tile, dark ink on white, enlarged to side_px with its pixels showing: mode L."""
    gray = np.rint(255 * (1 - tile)).astype(np.uint8)
    return Image.fromarray(gray).resize((side_px, side_px), Image.Resampling.NEAREST)


def _grid(digits: Sequence[Digit], cell_height_px: int, draw_cell: _DrawCell) -> Image.Image:
    shown = digits[:MOST_DIGITS]
    columns = max(1, min(len(shown), LONGEST_PX // COLUMN_PX))
    rows = -(-len(shown) // columns)
    sheet = Image.new("RGB", (max(columns * COLUMN_PX, 320), max(rows, 1) * cell_height_px), PAPER)
    draw = ImageDraw.Draw(sheet)
    for index, digit in enumerate(shown):
        row, column = divmod(index, columns)
        draw_cell(sheet, draw, column * COLUMN_PX + 8, row * cell_height_px + 8, digit)
    if not shown:
        draw.text((16, cell_height_px // 2 - 12), "No digits", QUIET, font(22))
    return sheet


def _caption(draw: ImageDraw.ImageDraw, x: int, y: int, digit: Digit) -> None:
    text = digit.label if digit.accepted else f"{digit.label}?"
    draw.text((x, y), text, INK, font(26))
    words = percent(digit.confidence)
    draw.text((x + TILE_SIDE_PX, y + 7), words, digit_color(digit), font(17), "ra")


def _tile_cell(sheet: Image.Image, draw: ImageDraw.ImageDraw, x: int, y: int, digit: Digit) -> None:
    sheet.paste(tile_image(digit.tile), (x, y))
    draw.rectangle((x, y, x + TILE_SIDE_PX - 1, y + TILE_SIDE_PX - 1), outline=FADED)
    _caption(draw, x, y + TILE_SIDE_PX + 2, digit)


def _bars_cell(sheet: Image.Image, draw: ImageDraw.ImageDraw, x: int, y: int, digit: Digit) -> None:
    _caption(draw, x, y, digit)
    for label, probability in enumerate(digit.probabilities):
        top = y + 38 + 22 * label
        best = str(label) == digit.label
        color: Color = digit_color(digit) if best else FADED
        draw.text((x, top - 2), str(label), INK if best else QUIET, font(18))
        draw.line((x + 18, top, x + 18, top + 16), FADED)
        length = float(probability) * (TILE_SIDE_PX - 22)
        if length >= 1:
            draw.rectangle((x + 20, top, x + 20 + length, top + 16), fill=color)
