"""Where each digit of the answer stands on a stage's picture, so that it can be shown in all.

One function for each kind of picture in `stages`: a Reading in, for each digit, in the order of
`Reading.digits`, its rectangles in display px of that picture. Only what the Reading holds is
looked up; a digit beyond what a picture shows has no place in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from PIL import Image

from digitocr.geometry import boxes_turned, turned_shape
from digitocr.reading import Digit, Reading
from digitocr.show import charts, diagrams
from digitocr.show.ballots import ballot_places
from digitocr.show.canvas import MOST_LINES, Rect, block_tops, display_scale
from digitocr.types import Arc, Box, Lattice

Places = Sequence[Sequence[Rect]]


def as_shares(rect: Rect, image: Image.Image) -> Rect:
    """A rectangle in a picture's px as shares 0..1 of its sides."""
    left, top, right, bottom = rect
    width, height = image.size
    return left / width, top / height, right / width, bottom / height


def working_box(reading: Reading, box: Box) -> Box:
    """A box in the source frame, in the working frame."""
    along_x, along_y = reading.picture.source_px_per_px
    left, top, right, bottom = box
    return Box(
        round(left / along_x), round(top / along_y), round(right / along_x), round(bottom / along_y)
    )


def nowhere(reading: Reading) -> Places:
    """No digit stands in this picture."""
    return [()] * len(reading.digits)


def in_working_frame(reading: Reading) -> Places:
    """The digits' boxes in a picture of the working frame."""
    boxes = [working_box(reading, digit.box) for digit in reading.digits]
    return _scaled(boxes, display_scale(reading.picture.gray.shape))


def left_out_places(reading: Reading) -> list[Rect]:
    """What nobody read, in a picture of the working frame."""
    boxes = [working_box(reading, part.box) for part in reading.left_out]
    places = _scaled(boxes, display_scale(reading.picture.gray.shape))
    return [rect for (rect,) in places]


def in_finders_frame(reading: Reading) -> Places:
    """The digits' boxes in the picture that the finder saw, which may be turned."""
    gray, turns = reading.finding.maps.gray, reading.finding.quarter_turns
    shape = reading.picture.gray.shape
    along_x, along_y = np.divide(gray.shape, turned_shape(shape, turns))[::-1]
    boxes = [Box(*map(round, working_box(reading, digit.box))) for digit in reading.digits]
    smaller = [
        (left * along_x, top * along_y, right * along_x, bottom * along_y)
        for left, top, right, bottom in boxes_turned(boxes, turns, shape)
    ]
    return _scaled(smaller, display_scale(gray.shape))


def in_sheet_frame(reading: Reading) -> Places:
    """The digits' boxes in a picture of the sheet frame."""
    boxes = [digit.sheet_box for digit in reading.digits]
    return _scaled(boxes, display_scale(reading.sheet.gray.shape))


def _scaled(boxes: Sequence[Rect], scale: float) -> list[tuple[Rect]]:
    return [
        ((left * scale - 2, top * scale - 2, right * scale + 2, bottom * scale + 2),)
        for left, top, right, bottom in boxes
    ]


def among_tiles(reading: Reading) -> Places:
    """The tiles of the very shapes that became digits."""
    count = min(_arc_count(reading), charts.MOST_TILES)
    return [
        [charts.grid_cell(index, count, charts.TILE_CELL_PX) for index in numbers]
        for numbers in _arc_numbers(reading, charts.MOST_TILES)
    ]


def among_judged(reading: Reading) -> Places:
    """The columns of the very shapes that became digits."""
    count = _arc_count(reading)
    shapes = _arc_numbers(reading, charts.MOST_JUDGED)
    return [[charts.judged_cell(index, count) for index in numbers] for numbers in shapes]


def among_candidates(reading: Reading) -> Places:
    """The cells of the digits' own table."""
    count = min(len(reading.digits), charts.MOST_DIGITS)
    return [
        [charts.grid_cell(index, count, charts.CANDIDATES_CELL_PX)] if index < count else []
        for index in range(len(reading.digits))
    ]


def _arc_count(reading: Reading) -> int:
    return sum(len(lattice.arcs) for lattice in reading.lattices)


def _arc_numbers(reading: Reading, most: int) -> Iterator[list[int]]:
    """For each digit the numbers, below `most`, of the arcs that are its shape."""
    before = 0
    for line, lattice in zip(reading.lines, reading.lattices, strict=True):
        for digit in line.digits:
            numbers = [before + at for at, arc in enumerate(lattice.arcs) if _is(arc, digit)]
            yield [number for number in numbers if number < most]
        before += len(lattice.arcs)


def _is(arc: Arc, digit: Digit) -> bool:
    return arc.hypothesis.component.box == digit.sheet_box


def in_lattices(reading: Reading) -> Places:
    """The digits' pieces with the bars above them."""
    layouts = [diagrams.lattice_layout(lattice) for lattice in reading.lattices[:MOST_LINES]]

    def place(number: int, digit: Digit, top: int) -> list[Rect]:
        start, stop = _pieces(reading.lattices[number], digit)
        layout = layouts[number]
        if not start < stop <= diagrams.MOST_PIECES:
            return []
        left, right = (diagrams.MARGIN_PX + node * layout.step for node in (start, stop))
        return [(left, top, right, top + layout.bars_px + diagrams.PIECE_PX + 14)]

    return _line_by_line(reading, [layout.height for layout in layouts], place)


def _pieces(lattice: Lattice, digit: Digit) -> tuple[int, int]:
    """The pieces start <= i < stop that make a digit; if it is none of them, most of it."""
    for arc in lattice.arcs:
        if _is(arc, digit):
            return arc.hypothesis.start, arc.hypothesis.stop
    left, _, right, _ = digit.sheet_box
    middles = [piece.component.box.center_xy[0] for piece in lattice.pieces]
    inside = [number for number, middle in enumerate(middles) if left <= middle < right]
    return (inside[0], inside[-1] + 1) if inside else (0, 0)


def on_strips(reading: Reading) -> Places:
    """The digits on their lines' strips."""
    return _on_strips(reading, diagrams.STRIP_END_PX)


def along_strips(reading: Reading) -> Places:
    """The digits on their lines' strips, with what is said of the steps below them."""
    return _on_strips(reading, diagrams.ALONG_END_PX)


def _on_strips(reading: Reading, below_px: int) -> Places:
    shown = reading.strips[:MOST_LINES]
    scale = diagrams.strip_scale([strip.first for strip in shown])
    heights = [round(strip.strip.shape[0] * scale) for strip in shown]

    def place(number: int, digit: Digit, top: int) -> list[Rect]:
        strip = shown[number]
        per_px = strip.strip.shape[1] * scale / strip.box.width
        left, right = (
            diagrams.GUTTER_PX + (side - strip.box.left) * per_px
            for side in (digit.sheet_box.left, digit.sheet_box.right)
        )
        if right > diagrams.GUTTER_PX + diagrams.MOST_STRIP_PX * scale + 1:
            return []
        bottom = top + heights[number] + max(0, below_px - diagrams.STRIP_END_PX)
        return [(left, top, right, bottom)]

    return _line_by_line(reading, [height + below_px for height in heights], place)


def in_ballots(reading: Reading) -> Places:
    """The digits in the row of the reading that was chosen."""
    tables = [ballot_places(line) for line in reading.lines[:MOST_LINES]]

    def place(number: int, digit: Digit, top: int) -> list[Rect]:
        _, cells = tables[number]
        at = reading.lines[number].digits.index(digit)
        return [
            (left, top + above, right, top + below)
            for left, above, right, below in cells[at : at + 1]
        ]

    return _line_by_line(reading, [height for height, _ in tables], place)


def _line_by_line(
    reading: Reading, heights: Sequence[int], place: Callable[[int, Digit, int], list[Rect]]
) -> Places:
    """Places in a picture that shows the first lines, in blocks of these heights.

    place: a line's number, its digit and the block's top in; its rectangles out.
    """
    tops = block_tops(heights)[:-1]
    places: list[list[Rect]] = []
    for number, line in enumerate(reading.lines):
        for digit in line.digits:
            places.append(place(number, digit, tops[number]) if number < len(tops) else [])
    return places
