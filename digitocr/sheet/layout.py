"""Where everything stands on a sheet, in mm from the paper's upper left corner, and what to write.

What a sheet's marks say has to hold for as long as there are sheets on paper: nothing here may
depend on a random generator or be changed without new marks.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

MOST_PAGES = 40
MARK_MM, MARGIN_MM = 14.0, 10.0  # a mark's side; white paper between it and the paper's edges
HEAD_MM, FOOT_MM = 34.0, 30.0  # above the first field and below the last
GUTTER_MM = 8.0  # between the columns
LABEL_MM, SPACE_MM = 4.2, 1.8  # the number to write above its box, and free paper below that
COLUMNS = 2
LENGTHS = (1, 2, 3, 4, 5, 6)  # digits, all as often
MARKS = 4  # one in each corner


class Paper(StrEnum):
    """What a sheet is printed on."""

    a4 = "a4"
    letter = "letter"

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height."""
        return {Paper.a4: (210.0, 297.0), Paper.letter: (215.9, 279.4)}[self]

    @property
    def rows(self) -> int:
        """Of fields on a page."""
        return {Paper.a4: 12, Paper.letter: 11}[self]


class Rect(NamedTuple):
    """A rectangle, mm."""

    left: float
    top: float
    width: float
    height: float


class Field(NamedTuple):
    """A number to write, and the box for it."""

    number: str
    box: Rect


class Page(NamedTuple):
    """One page of the sheet; every copy of it has the same numbers."""

    paper: Paper
    number: int  # counted from 1, at most MOST_PAGES


def mark_ids(page: Page) -> list[int]:
    """The numbers of the four marks, upper left first, clockwise; no other page has any of them."""
    first = MARKS * ((page.number - 1) * len(Paper) + list(Paper).index(page.paper))
    return list(range(first, first + MARKS))


def page_of(mark: int) -> Page | None:
    """The page that a mark belongs to; None where none of ours has it."""
    place = mark // MARKS
    number, paper = place // len(Paper) + 1, list(Paper)[place % len(Paper)]
    return Page(paper, number) if mark >= 0 and number <= MOST_PAGES else None


def mark_corners(paper: Paper) -> NDArray[np.float64]:
    """(4, 4, 2): of each mark the corners, clockwise from its upper left one, as x, y in mm."""
    width, height = paper.size_mm
    far = MARGIN_MM + MARK_MM
    firsts = [
        (MARGIN_MM, MARGIN_MM),
        (width - far, MARGIN_MM),
        (width - far, height - far),
        (MARGIN_MM, height - far),
    ]
    square = MARK_MM * np.array([(0, 0), (1, 0), (1, 1), (0, 1)])
    return np.array([np.array(first) + square for first in firsts])


def dictionary() -> cv2.aruco.Dictionary:
    """Where the marks are from: Garrido-Jurado and others: Automatic generation and detection of
    highly reliable fiducial markers under occlusion, 2014."""
    return cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_5X5_1000)


def fields(page: Page) -> list[Field]:
    """The fields of a page, row by row."""
    width, height = page.paper.size_mm
    count = COLUMNS * page.paper.rows
    wide = (width - 2 * MARGIN_MM - (COLUMNS - 1) * GUTTER_MM) / COLUMNS
    pitch = (height - HEAD_MM - FOOT_MM) / page.paper.rows
    found = []
    for place, number in enumerate(_numbers(page.number, count)):
        row, column = divmod(place, COLUMNS)
        left = MARGIN_MM + column * (wide + GUTTER_MM)
        top = HEAD_MM + row * pitch + LABEL_MM
        found.append(Field(number, Rect(left, top, wide, pitch - LABEL_MM - SPACE_MM)))
    return found


def _numbers(page: int, count: int) -> list[str]:
    """So many numbers, in which every digit comes as often as any other, give or take one."""
    lengths = [LENGTHS[place % len(LENGTHS)] for place in range(count)]
    digits = _mixed([str(place % 10) for place in range(sum(lengths))], f"digits {page}")
    ends = np.cumsum(lengths).tolist()
    numbers = [
        "".join(digits[end - length : end]) for length, end in zip(lengths, ends, strict=True)
    ]
    return _mixed(numbers, f"numbers {page}")


def _mixed(items: list[str], name: str) -> list[str]:
    """In an order that the name decides, on every machine and for ever."""
    keys = [hashlib.sha256(f"{name} {place}".encode()).digest() for place in range(len(items))]
    return [item for _, item in sorted(zip(keys, items, strict=True))]
