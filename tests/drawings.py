"""Small drawings for tests: ink and strips from strings, digits from the stroke models."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.found import FoundLine, LineSheet, SheetRow
from digitocr.segments.lattice import build_lattice, hypotheses, runs
from digitocr.types import (
    NO_DIGIT,
    Affine,
    Box,
    Component,
    Gray,
    Ink,
    Lattice,
    LogProbabilities,
    Piece,
    Probabilities,
)
from synthesis.hands.strokes import Hand, render, write_number

# A hand that writes each digit in its plainest way and does not tremble.
PLAIN = Hand(allographs=(0, 1, 0, 0, 0, 0, 0, 0, 0, 0), slant_deg=4, jitter=0, pen_width=0.1)


def ink(*rows: str) -> Ink:
    """Ink from rows of "#" and "."."""
    return np.array([[pixel == "#" for pixel in row] for row in rows], np.bool_)


def rows(mask: Ink) -> tuple[str, ...]:
    """The inverse of `ink`, so that a failed comparison shows the drawing."""
    return tuple("".join("#" if pixel else "." for pixel in row) for row in mask)


def component(left: int, top: int, *drawn: str) -> Component:
    """A component whose drawing's upper left corner is at left, top."""
    mask = ink(*drawn)
    return Component(Box(left, top, left + mask.shape[1], top + mask.shape[0]), mask)


def block(left: int, top: int, width: int, height: int) -> Component:
    """A component that fills its box."""
    box = Box(left, top, left + width, top + height)
    return Component(box, np.ones((height, width), np.bool_))


def page(shape: tuple[int, int], components: Sequence[Component]) -> Ink:
    """The components' ink in a picture (H, W)."""
    drawn = np.zeros(shape, np.bool_)
    for one in components:
        box = one.box
        drawn[box.top : box.bottom, box.left : box.right] |= one.mask
    return drawn


def certain(label: int, share: float) -> Probabilities:
    """The share for one of the eleven classes; what is left goes to the others alike."""
    row = np.full(NO_DIGIT + 1, (1 - share) / NO_DIGIT, np.float32)
    row[label] = share
    return row


def steps(signs: str, share: float = 0.95) -> LogProbabilities:
    """What a line reader might say along a strip: a digit or, for "-", a blank at each step."""
    rows = [certain(NO_DIGIT if sign == "-" else int(sign), share) for sign in signs]
    return np.log(np.array(rows, np.float32))


def spelled(text: str, share: float = 0.95, left: int = 0) -> Lattice:
    """A lattice of blocks, 30 by 50 px with gaps of 10, each of them surely its digit."""
    pieces = [Piece(block(left + 40 * place, 10, 30, 50), None) for place in range(len(text))]
    found = hypotheses(pieces, runs(pieces, 50))
    rows = np.array([certain(int(label), share) for label in text], np.float32).reshape(-1, 11)
    return build_lattice(pieces, found, np.zeros((len(found), 28, 28), np.float32), rows, 50)


def paper(width: int = 400, height: int = 160) -> Gray:
    """A blank white sheet."""
    return np.full((height, width), 255, np.uint8)


def write(
    sheet: Gray, text: str, left: int = 40, top: int = 50, height_px: int = 60, spacing: float = 0.3
) -> list[Box]:
    """Write dark digits on a sheet, in place; the boxes of their ink, left to right."""
    boxes = []
    digits = write_number(np.random.default_rng(1), PLAIN, text, height_px, spacing)
    for strokes in digits:
        placed = [stroke + np.array([left, top + height_px], np.float32) for stroke in strokes]
        coverage = render(placed, sheet.shape, PLAIN.pen_width * height_px)
        sheet[:] = np.minimum(sheet, np.round(255 * (1 - coverage)))
        boxes.append(Box(*bounds(coverage > 0.5)))
    return boxes


def written(text: str, **where: float) -> Gray:
    """A sheet with one line of digits and room around it."""
    sheet = paper(80 + 70 * len(text))
    write(sheet, text, **where)  # type: ignore[arg-type]
    return sheet


def bounds(mask: Ink) -> tuple[int, int, int, int]:
    """left, top, right, bottom of the ink, half-open."""
    down, across = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(across[0]), int(down[0]), int(across[-1]) + 1, int(down[-1]) + 1


def tilted(sheet: Gray, degrees: float) -> Gray:
    """The sheet turned clockwise about its middle, on white, nothing lost."""
    height, width = sheet.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    side = int(np.hypot(width, height)) + 2
    turn[:, 2] += [(side - width) / 2, (side - height) / 2]
    return np.asarray(cv2.warpAffine(sheet, turn, (side, side), borderValue=255), np.uint8)


def found_line(
    start: Sequence[float] | NDArray[np.float64],
    stop: Sequence[float] | NDArray[np.float64],
    digit_height_px: float = 60,
    ink_is_dark: bool = True,
    score: float = 0.9,
) -> FoundLine:
    """A number that was found between two points x, y, working frame."""
    ends = np.array(start, np.float64), np.array(stop, np.float64)
    return FoundLine(*ends, digit_height_px, ink_is_dark, score, True)


def one_row(
    shape: tuple[int, int],
    core: Box | None = None,
    inside: Ink | None = None,
    to_source: Affine | None = None,
) -> LineSheet:
    """A white sheet (H, W) with one row that fills it, in its own pixels unless told otherwise.

    core: the middle of the number's body, unless told everything; inside: unless told everything.
    """
    height, width = shape
    box = Box(0, 0, width, height)
    middle = height / 2
    line = found_line((0, middle), (width, middle), height / 2)
    way = np.eye(2, 3) if to_source is None else to_source
    row = SheetRow(line, box, core or box, np.eye(2, 3), way)
    white = np.full(shape, 255, np.uint8)
    return LineSheet(white, white, np.ones(shape, np.bool_) if inside is None else inside, (row,))


def near(one: Sequence[float], other: Sequence[float], px: float) -> bool:
    """Whether two boxes agree within px on every side."""
    return bool(np.abs(np.subtract(one, other)).max() <= px)


def random_ink(rng: np.random.Generator, height: int, width: int) -> NDArray[np.bool_]:
    """Blobs of ink, as strokes have them, rather than single pixels."""
    soft = cv2.GaussianBlur(rng.random((height, width)), (0, 0), 1.5)
    return np.asarray(soft > np.quantile(soft, 0.7))
