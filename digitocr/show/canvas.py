"""What every drawn stage is made of: a base picture at display size, boxes, labels, heat maps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from digitocr.reading import Digit
from digitocr.types import Box, Gray, Ink, Probabilities, Rgb

Color = tuple[int, int, int]  # RGB, 0..255
Rect = tuple[float, float, float, float]  # left, top, right, bottom

LONGEST_PX = 900  # of a drawn stage; more would cost time and show no more on a screen
SHORTEST_PX = 320  # of the longer side: tiny pictures are enlarged with their pixels showing
MOST_LINES = 3  # of writing, where each has a diagram of its own

PAPER: Color = (255, 255, 255)
INK: Color = (31, 42, 55)
FADED: Color = (203, 208, 214)
QUIET: Color = (107, 114, 128)
SURE: Color = (31, 122, 112)
UNSURE: Color = (184, 130, 36)
DOUBT: Color = (190, 70, 44)
QUITE_SURE = 0.9  # confidence of an accepted digit that is shown as SURE
SERIES: tuple[Color, ...] = (  # distinct also for colour-blind eyes (Okabe, Ito: 2002)
    (0, 114, 178),
    (213, 94, 0),
    (0, 158, 115),
    (204, 121, 167),
    (150, 110, 0),
    (86, 160, 210),
)


def digit_color(digit: Digit) -> Color:
    """Brick for a digit in doubt; green or ochre for an accepted one, by its confidence."""
    if not digit.accepted:
        return DOUBT
    return SURE if digit.confidence >= QUITE_SURE else UNSURE


def percent(confidence: float) -> str:
    """A confidence 0..1 for people, never quite certain and never quite impossible."""
    if confidence > 0.99:
        return ">99 %"
    return "<1 %" if confidence < 0.01 else f"{100 * confidence:.0f} %"


@lru_cache(maxsize=32)
def font(size_px: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own typeface, so that a picture looks alike on every machine."""
    return ImageFont.load_default(size_px)


def display_scale(shape: tuple[int, ...], longest_px: int = LONGEST_PX) -> float:
    """Display pixels for each pixel of a picture of this shape (H, W, ..)."""
    longest = max(*shape[:2], 1)
    return SHORTEST_PX / longest if longest < SHORTEST_PX else min(1.0, longest_px / longest)


class Canvas:
    """A picture at display size, drawn on in the coordinates of the picture it shows."""

    def __init__(self, base: Rgb | Gray | Ink, longest_px: int = LONGEST_PX) -> None:
        """base: RGB, gray, or ink, which is drawn dark on white."""
        self.scale = display_scale(base.shape, longest_px)
        self.image = Image.fromarray(_resized(base, self.scale))
        self._draw = ImageDraw.Draw(self.image)

    def box(self, box: Box, color: Color, width_px: int = 2, dashed: bool = False) -> None:
        """An outline around a box, one display pixel of air around it."""
        left, top, right, bottom = (side * self.scale for side in box)
        left, top, right, bottom = left - 2, top - 2, right + 1, bottom + 1
        if dashed:
            ends = ((left, top), (right, top), (right, bottom), (left, bottom))
            self._dashes(np.array(ends), color, width_px)
        else:
            self._draw.rectangle((left, top, right, bottom), outline=color, width=width_px)

    def outline(
        self, corners: NDArray[np.float64], color: Color, width_px: int = 2, dashed: bool = False
    ) -> None:
        """A closed outline through corners (N, 2), x, y."""
        scaled = (corners + 0.5) * self.scale
        if dashed:
            self._dashes(scaled, color, width_px)
        else:
            ends = [(x, y) for x, y in (*scaled.tolist(), *scaled[:2].tolist())]
            self._draw.line(ends, color, width_px, joint="curve")

    def _dashes(self, corners: NDArray[np.float64], color: Color, width_px: int) -> None:
        """A dashed outline through corners (N, 2), display px."""
        for start, stop in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            length = float(np.hypot(*(stop - start)))
            way = (stop - start) / max(length, 1e-9)
            for along in np.arange(0, length, 10):
                dash = start + way * along, start + way * min(along + 6, length)
                self._draw.line([(x, y) for x, y in np.array(dash).tolist()], color, width_px)

    def path(self, points: NDArray[np.int32], color: Color, width_px: int = 2) -> None:
        """A line through points (N, 2), x, y."""
        scaled = [(float(x) * self.scale, float(y) * self.scale) for x, y in points]
        if len(scaled) > 1:
            self._draw.line(scaled, color, width_px)

    def contours(self, contours: Iterable[NDArray[np.int32]], color: Color) -> None:
        """Closed outlines, each (N, 2), x, y."""
        array = np.array(self.image)
        scaled = [np.rint(contour * self.scale).astype(np.int32) for contour in contours]
        cv2.polylines(array, scaled, True, color, 2, cv2.LINE_AA)
        self.image = Image.fromarray(array)
        self._draw = ImageDraw.Draw(self.image)

    def label(self, box: Box, text: str, color: Color, filled: bool = True) -> None:
        """A tag above the middle of a box; its size follows the box."""
        size = int(np.clip(box.height * self.scale * 0.3, 13, 26))
        pad = size // 4
        left, top, right, bottom = self._draw.textbbox((0, 0), text, font(size))
        width, height = right - left + 2 * pad, bottom - top + 2 * pad
        x = box.center_xy[0] * self.scale - width / 2
        x = min(max(0.0, x), max(0.0, self.image.width - width))
        y = max(0.0, box.top * self.scale - height - 3)
        corners = (x, y, x + width, y + height)
        self._draw.rounded_rectangle(
            corners, 4, fill=color if filled else PAPER, outline=color, width=2
        )
        self._draw.text(
            (x + pad - left, y + pad - top), text, PAPER if filled else color, font(size)
        )


def _resized(base: Rgb | Gray | Ink, scale: float) -> Rgb:
    values = np.where(base, 0, 255).astype(np.uint8) if base.dtype == np.bool_ else base
    values = np.asarray(values, np.uint8)
    if scale != 1:
        size = (max(1, round(base.shape[1] * scale)), max(1, round(base.shape[0] * scale)))
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST
        values = np.asarray(cv2.resize(values, size, interpolation=how), np.uint8)
    if values.ndim == 3:
        return values
    darkest = np.array(INK if base.dtype == np.bool_ else (0, 0, 0))
    shades = np.linspace(darkest, PAPER, 256).astype(np.uint8)  # (256, 3)
    return shades[values]


def painted(ink: Ink, parts: Sequence[tuple[Box, Ink, Color]], rest: Color = FADED) -> Rgb:
    """Ink on white, some parts of it in a colour of their own: uint8 (H, W, 3)."""
    picture = np.full((*ink.shape, 3), 255, np.uint8)
    picture[ink] = rest
    for box, mask, color in parts:
        picture[box.top : box.bottom, box.left : box.right][mask] = color
    return picture


def with_legend(image: Image.Image, entries: Sequence[tuple[Color, str]]) -> Image.Image:
    """The picture with a coloured square and a word or two for each entry under it."""
    size, step = 20, 32
    width = max([image.width, 420, *(46 + round(font(22).getlength(word)) for _, word in entries)])
    canvas = Image.new("RGB", (width, image.height + 12 + step * len(entries)), PAPER)
    canvas.paste(image, (0, 0))
    draw = ImageDraw.Draw(canvas)
    for row, (color, text) in enumerate(entries):
        y = image.height + 10 + step * row
        draw.rectangle((8, y, 8 + size, y + size), fill=color)
        draw.text((38, y - 2), text, INK, font(22))
    return canvas


def heat_map(probabilities: Probabilities, cell_px: tuple[float, int], color: Color) -> Image.Image:
    """Probabilities (N, K) as N columns of K cells, cell_px wide and high: RGB.

    The colour deepens with the square root, so that a slim chance can still be seen.
    """
    shares = np.sqrt(np.clip(probabilities.T, 0, 1))[..., None]
    shades = np.rint(np.array(PAPER) + shares * (np.array(color) - PAPER)).astype(np.uint8)
    rows, columns = shades.shape[:2]
    size = max(1, round(columns * cell_px[0])), rows * cell_px[1]
    return Image.fromarray(shades).resize(size, Image.Resampling.NEAREST)


def class_names(
    draw: ImageDraw.ImageDraw, right: int, top: int, row_px: int, eleventh: str
) -> None:
    """The ten digits and the class after them, left of the rows of a heat map."""
    for row, name in enumerate([*map(str, range(10)), eleventh]):
        draw.text((right - 10, top + row_px / 2 + row * row_px), name, INK, font(21), "rm")


def line_by_line(blocks: Sequence[Image.Image], of_what: str = "Line") -> Image.Image:
    """Diagrams of lines of writing, at least one, one above the other; several are numbered.

    LONGEST_PX wide. of_what: what is numbered, in a word.
    """
    *tops, end = block_tops([block.height for block in blocks])
    heading_px = tops[0]
    canvas = Image.new("RGB", (LONGEST_PX, end - heading_px), PAPER)
    draw = ImageDraw.Draw(canvas)
    for number, (top, block) in enumerate(zip(tops, blocks, strict=True), 1):
        if len(blocks) > 1:
            y = top - heading_px
            draw.line((0, y, LONGEST_PX, y), FADED)
            draw.text((12, y + 7), f"{of_what} {number}", QUIET, font(24))
        canvas.paste(block, (0, top))
    return canvas


def block_tops(heights: Sequence[int]) -> list[int]:
    """Where `line_by_line` puts blocks of these heights, and where one more would begin."""
    heading_px = 40 if len(heights) > 1 else 12
    return list(
        accumulate(heights, lambda top, height: top + height + heading_px, initial=heading_px)
    )


def message(text: str) -> Image.Image:
    """A few words in place of a diagram that has nothing to show."""
    canvas = Image.new("RGB", (SHORTEST_PX, 90), PAPER)
    ImageDraw.Draw(canvas).text((16, 30), text, QUIET, font(24))
    return canvas
