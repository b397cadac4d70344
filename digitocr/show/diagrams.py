"""Lines of writing as pictures: the recognition lattice, the strip, what is said along it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from digitocr.geometry import hull
from digitocr.show.canvas import (
    DOUBT,
    FADED,
    INK,
    LONGEST_PX,
    MOST_LINES,
    PAPER,
    QUIET,
    SERIES,
    SURE,
    class_names,
    font,
    heat_map,
    line_by_line,
    percent,
    with_legend,
)
from digitocr.types import Arc, Lattice, Look, Piece, Probabilities

MARGIN_PX = 16
MOST_PIECES = 12  # of a line, in its lattice
MOST_ROWS = 5  # of bars; the least likely that overlap so many others are left out
WIDEST_PIECE_PX = 170
PIECE_PX = 96  # height of the pieces
BAR_PX, BAR_GAP_PX = 60, 6

GUTTER_PX = 40  # left of a strip, for the names of the classes below it
MOST_STRIP_PX = 430  # of a strip's own pixels; a longer one is cut short
LARGEST_SCALE = 7.0
PEAKS_PX = 66  # between the strip and the heat map
PERCENT_PX = 56  # between peaks: room for their percentages
HEAT_ROW_PX = 25
STRIP_END_PX = 14  # paper under a strip
ALONG_END_PX = PEAKS_PX + 11 * HEAT_ROW_PX + STRIP_END_PX


def lattices(lattices: Sequence[Lattice]) -> Image.Image:
    """The pieces of each line and the candidates above them, the best path lowest: RGB."""
    blocks = []
    before = 0
    for lattice in lattices[:MOST_LINES]:
        blocks.append(_lattice(lattice, before))
        before += len(lattice.pieces)
    words = [
        (SURE, "on the best path: read as this digit"),
        (QUIET, "on the best path, but no digit: passed over"),
        (FADED, "other candidates, of those that overlap the likelier lower"),
    ]
    return with_legend(line_by_line(blocks), words)


def _lattice(lattice: Lattice, before: int) -> Image.Image:
    """One line's lattice; its pieces are counted from 1 + before."""
    pieces = lattice.pieces[:MOST_PIECES]
    rows, notes, step, bars_px, height = lattice_layout(lattice)
    canvas = Image.new("RGB", (LONGEST_PX, height), PAPER)
    draw = ImageDraw.Draw(canvas)
    for node in range(len(pieces) + 1):
        draw.line((x := MARGIN_PX + node * step, 0, x, bars_px + PIECE_PX + 14), FADED)
    for index, row in enumerate(rows):
        top = bars_px - (index + 1) * (BAR_PX + BAR_GAP_PX)
        for arc in row:
            _bar(draw, arc, step, top)
    _pieces(canvas, draw, pieces, step, bars_px + 8)
    for index in range(len(pieces)):
        x, y = MARGIN_PX + (index + 0.5) * step, bars_px + PIECE_PX + 30
        draw.text((x, y), str(before + index + 1), QUIET, font(21), "mm")
    for index, note in enumerate(notes):
        draw.text((MARGIN_PX, bars_px + PIECE_PX + 48 + 30 * index), note, QUIET, font(22))
    return canvas


class LatticeLayout(NamedTuple):
    """How one line's lattice is drawn, in display px."""

    rows: list[list[Arc]]  # of bars, lowest first
    notes: list[str]
    step: float  # width of a piece
    bars_px: int  # height of all the bars
    height: int


def lattice_layout(lattice: Lattice) -> LatticeLayout:
    """How this lattice is drawn."""
    count = min(len(lattice.pieces), MOST_PIECES)
    rows, left_out = _rows([arc for arc in lattice.arcs if arc.hypothesis.stop <= count])
    notes = _notes(len(lattice.pieces), left_out)
    step = min(WIDEST_PIECE_PX, (LONGEST_PX - 2 * MARGIN_PX) / count)
    bars_px = len(rows) * (BAR_PX + BAR_GAP_PX)
    return LatticeLayout(rows, notes, step, bars_px, bars_px + PIECE_PX + 54 + 30 * len(notes))


def _notes(piece_count: int, left_out: int) -> list[str]:
    """What the picture of a lattice keeps silent about."""
    notes = []
    if piece_count > MOST_PIECES:
        notes.append(f"The first {MOST_PIECES} of {piece_count} pieces are shown.")
    if left_out == 1:
        notes.append("1 less likely candidate is not shown.")
    elif left_out:
        notes.append(f"{left_out} less likely candidates are not shown.")
    return notes


def _rows(arcs: Sequence[Arc]) -> tuple[list[list[Arc]], int]:
    """Rows of arcs that do not overlap: the best path, then the others, the likelier the earlier.

    Also how many found no place in MOST_ROWS.
    """
    rows: list[list[Arc]] = []
    left_out = 0
    for arc in sorted(arcs, key=lambda arc: (not arc.on_best_path, -arc.scores.max())):
        row = next((row for row in rows if not any(_overlap(arc, other) for other in row)), None)
        if row is not None:
            row.append(arc)
        elif len(rows) < MOST_ROWS:
            rows.append([arc])
        else:
            left_out += 1
    return rows, left_out


def _overlap(first: Arc, second: Arc) -> bool:
    mine, others = first.hypothesis, second.hypothesis
    return mine.start < others.stop and others.start < mine.stop


def _bar(draw: ImageDraw.ImageDraw, arc: Arc, step: float, top: float) -> None:
    """An arc over the pieces that it joins: its best label, and the score of that."""
    left = MARGIN_PX + arc.hypothesis.start * step + 3
    right = MARGIN_PX + arc.hypothesis.stop * step - 3
    fill = PAPER
    if arc.on_best_path:
        fill = SURE if arc.label else QUIET
    outline = fill if arc.on_best_path else FADED
    draw.rounded_rectangle((left, top, right, top + BAR_PX), 8, fill, outline, 2)
    label, size = (arc.label, 28) if arc.label else ("none", 22)
    middle = (left + right) / 2
    color, quiet = (PAPER, PAPER) if arc.on_best_path else (INK if arc.label else QUIET, QUIET)
    draw.text((middle, top + 19), label, color, font(size), "mm")
    draw.text((middle, top + 45), f"{arc.scores.max():.2f}", quiet, font(20), "mm")


def _pieces(
    canvas: Image.Image, draw: ImageDraw.ImageDraw, pieces: Sequence[Piece], step: float, top: int
) -> None:
    """The pieces' ink side by side, at one scale and as high on their line as they stand."""
    boxes = [piece.component.box for piece in pieces]
    around = hull(boxes)
    scale = min(PIECE_PX / around.height, *((step - 12) / box.width for box in boxes))
    for index, (piece, box) in enumerate(zip(pieces, boxes, strict=True)):
        size = max(1, round(box.width * scale)), max(1, round(box.height * scale))
        mask = Image.fromarray(np.where(piece.component.mask, 255, 0).astype(np.uint8))
        x = MARGIN_PX + round((index + 0.5) * step - size[0] / 2)
        y = top + round((box.top - around.top) * scale)
        canvas.paste(SERIES[index % 2], (x, y), mask.resize(size, Image.Resampling.BOX))
        if piece.cut_after is not None:
            edge = MARGIN_PX + (index + 1) * step
            draw.line((edge, top - 4, edge, top + PIECE_PX), DOUBT, 3)


def strips(looks: Sequence[Look]) -> Image.Image:
    """What the line network sees, enlarged: RGB."""
    blocks = []
    for look in (shown := looks[:MOST_LINES]):
        picture = _strip(look, strip_scale(shown))
        block = Image.new("RGB", (LONGEST_PX, picture.height + STRIP_END_PX), PAPER)
        _paste_framed(block, picture)
        blocks.append(block)
    return line_by_line(blocks)


def along(looks: Sequence[Look], of_what: str = "Line") -> Image.Image:
    """Under each strip the probabilities of the digits and of the blank at each step: RGB."""
    shown = looks[:MOST_LINES]
    return line_by_line([_along(look, strip_scale(shown)) for look in shown], of_what)


def strip_scale(looks: Sequence[Look]) -> float:
    """How much strips are enlarged, all alike."""
    widest = max((min(look.strip.shape[1], MOST_STRIP_PX) for look in looks), default=1)
    return min(LARGEST_SCALE, (LONGEST_PX - GUTTER_PX - MARGIN_PX) / widest)


def _strip(look: Look, scale: float) -> Image.Image:
    start = look.strip[:, :MOST_STRIP_PX]
    gray = Image.fromarray(np.rint(255 * (1 - start)).astype(np.uint8))
    return gray.resize([round(side * scale) for side in gray.size], Image.Resampling.NEAREST)


def _paste_framed(block: Image.Image, picture: Image.Image) -> None:
    block.paste(picture, (GUTTER_PX, 0))
    frame = GUTTER_PX - 1, 0, GUTTER_PX + picture.width, picture.height
    ImageDraw.Draw(block).rectangle(frame, outline=FADED)


def _along(look: Look, scale: float) -> Image.Image:
    picture = _strip(look, scale)
    step = look.strip.shape[1] * scale / len(look.along)
    shares = np.exp(look.along[: round(picture.width / step)])
    top = picture.height + PEAKS_PX
    blank = top + (shares.shape[1] - 1) * HEAT_ROW_PX
    left, right, bottom = GUTTER_PX, GUTTER_PX + picture.width, blank + HEAT_ROW_PX
    block = Image.new("RGB", (LONGEST_PX, picture.height + ALONG_END_PX), PAPER)
    _paste_framed(block, picture)
    draw = ImageDraw.Draw(block)
    block.paste(heat_map(shares[:, :-1], (step, HEAT_ROW_PX), SERIES[0]), (left, top))
    block.paste(heat_map(shares[:, -1:], (step, HEAT_ROW_PX), QUIET), (left, blank))
    draw.line((left, blank, right, blank), FADED)
    draw.rectangle((left - 1, top - 1, right, bottom), outline=FADED)
    class_names(draw, left, top, HEAT_ROW_PX, "-")
    peaks = _peaks(shares)
    gaps = [(after - before) * step for (before, _), (after, _) in pairwise(peaks)]
    for at, label in peaks:
        x = left + (at + 0.5) * step
        draw.line((x, 0, x, picture.height + 6), SERIES[1], 2)
        draw.text((x, picture.height + 20), str(label), INK, font(28), "mm")
        if min(gaps, default=PERCENT_PX) >= PERCENT_PX:
            share = percent(float(shares[at, label]))
            draw.text((x, picture.height + 46), share, QUIET, font(20), "mm")
    return block


def _peaks(shares: Probabilities) -> list[tuple[int, int]]:
    """Step and digit at the height of each run of steps where that digit is the likeliest."""
    peaks: list[tuple[int, int]] = []
    blank = previous = shares.shape[1] - 1
    for step, label in enumerate(map(int, shares.argmax(axis=1))):
        if label != blank:
            if label != previous:
                peaks.append((step, label))
            elif shares[step, label] > shares[peaks[-1][0], label]:
                peaks[-1] = step, label
        previous = label
    return peaks
