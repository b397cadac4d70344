"""Numbers written on paper and boards: each scene is a function of a generator and a text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from synthesis.hands.allographs import ALLOGRAPHS
from synthesis.hands.strokes import Hand, Strokes, write_number
from synthesis.parts import camera, ink, layers, lighting, paper, rulings
from synthesis.parts.layers import Color, Field, Picture

WHITE = (0.965, 0.962, 0.95)
CREAM = (0.945, 0.925, 0.87)
BLUE_INK = (0.10, 0.16, 0.48)
BLACK_INK = (0.09, 0.09, 0.11)
RED_INK = (0.70, 0.10, 0.12)
GRAPHITE = (0.27, 0.27, 0.29)
RULE_BLUE = (0.62, 0.73, 0.87)

Pen = Callable[[np.random.Generator, Strokes, tuple[int, int], float], Field]


@dataclass(frozen=True)
class Writing:
    """How a number is written, in the middle of a picture: lines of text separated by `|`."""

    text: str
    height_px: float  # of a digit
    pen_px: float
    slant_deg: float = 8.0
    spacing: float = 0.2  # clear paper between digits, in digit heights
    line_px: float = 0.0  # from baseline to baseline
    baseline_px: float | None = None  # of the first line, where it is printed on the paper
    tilt_deg: float = 0.0  # clockwise


def write(rng: np.random.Generator, writing: Writing, size_px: tuple[int, int]) -> list[Strokes]:
    """The strokes of each digit, in px of the picture of that size, all by one hand."""
    hand = person(rng, writing)
    turn = np.deg2rad(writing.tilt_deg)
    matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    digits: list[list[NDArray[np.float64]]] = []
    for number, text in enumerate(writing.text.split("|")):
        start = np.array([rng.normal(0, 0.05 * writing.height_px), number * writing.line_px])
        for digit in write_number(rng, hand, text, writing.height_px, writing.spacing):
            digits.append([(stroke + start) @ matrix for stroke in digit])
    points = np.concatenate([stroke for digit in digits for stroke in digit])
    height, width = size_px
    place = np.array([width, height]) * rng.normal(0.5, 0.012, 2) - np.ptp(points, axis=0) / 2
    place -= points.min(axis=0)
    if writing.baseline_px is not None:
        place[1] = writing.baseline_px
    return [[np.asarray(stroke + place, np.float32) for stroke in digit] for digit in digits]


def person(rng: np.random.Generator, writing: Writing) -> Hand:
    """A careful writer: the allographs and the roundness are chance, the rest is given."""
    usual = []
    for ways in ALLOGRAPHS:
        clear = [i for i, way in enumerate(ways) if way.clear]
        weights = np.array([ways[i].weight for i in clear])
        usual.append(int(rng.choice(clear, p=weights / weights.sum())))
    return Hand(
        allographs=tuple(usual),
        constancy=1.0,
        slant_deg=writing.slant_deg,
        aspect=float(rng.uniform(0.9, 1.12)),
        roundness=float(rng.uniform(0.9, 1.1)),
        jitter=0.013,
        pen_width=writing.pen_px / writing.height_px,
    )


def inked(
    rng: np.random.Generator,
    picture: Picture,
    pen: Pen,
    color: Color,
    writing: Writing,
) -> Picture:
    """The picture with a number written on it."""
    size_px = picture.shape[0], picture.shape[1]
    strokes = [stroke for digit in write(rng, writing, size_px) for stroke in digit]
    return layers.lay(picture, pen(rng, strokes, size_px, writing.pen_px), color)


def ballpoint(rng: np.random.Generator, text: str) -> Picture:
    page = paper.sheet(rng, (330, 760), WHITE)
    page = inked(rng, page, ink.ballpoint, BLUE_INK, Writing(text, 130, 6.5))
    page = layers.light(page, lighting.slope((330, 760), 0.93, 30))
    return camera.photograph(rng, page, 0.6, 0.006)


def pencil(rng: np.random.Generator, text: str) -> Picture:
    page = paper.sheet(rng, (340, 760), (0.95, 0.945, 0.93), 1.4)
    page = inked(rng, page, ink.pencil, GRAPHITE, Writing(text, 130, 6.5, 14))
    page = layers.light(page, lighting.slope((340, 760), 0.9, 200))
    return camera.photograph(rng, page, 0.5, 0.008)


def felt_pen(rng: np.random.Generator, text: str) -> Picture:
    page = paper.sheet(rng, (360, 760), WHITE, 0.8)
    page = inked(rng, page, ink.felt_pen, BLACK_INK, Writing(text, 170, 20, 4, 0.22))
    page = layers.light(page, lighting.slope((360, 760), 0.92, 300))
    return camera.photograph(rng, page, 0.7, 0.006)


def red_pen(rng: np.random.Generator, text: str) -> Picture:
    page = paper.sheet(rng, (300, 600), CREAM)
    page = inked(rng, page, ink.ballpoint, RED_INK, Writing(text, 130, 8, 12))
    page = layers.light(page, lighting.slope((300, 600), 0.92, 140))
    return camera.photograph(rng, page, 0.6, 0.007)


def ruled_paper(rng: np.random.Generator, text: str) -> Picture:
    page = paper.sheet(rng, (420, 760), WHITE)
    page = rulings.rules(page, 74, RULE_BLUE, first_px=40, width_px=2)
    page = rulings.rules(page, 9e3, (0.88, 0.55, 0.55), first_px=84, down=True, width_px=2)
    writing = Writing(text, 66, 5, 6, 0.3, 148, baseline_px=186)
    page = inked(rng, page, ink.ballpoint, BLUE_INK, writing)
    page = layers.light(page, lighting.slope((420, 760), 0.9, 60))
    return camera.photograph(rng, page, 0.6, 0.007)


def squared_paper(rng: np.random.Generator, text: str) -> Picture:
    page = paper.sheet(rng, (380, 760), WHITE)
    for down in (False, True):
        page = rulings.rules(page, 38, (0.70, 0.79, 0.86), first_px=19, down=down)
    writing = Writing(text, 70, 5.5, 4, 0.16)
    page = inked(rng, page, ink.ballpoint, BLACK_INK, writing)
    page = layers.light(page, lighting.slope((380, 760), 0.9, 330))
    return camera.photograph(rng, page, 0.6, 0.007)


def soft_shadow(rng: np.random.Generator, text: str) -> Picture:
    page = paper.sheet(rng, (380, 760), WHITE)
    page = inked(rng, page, ink.ballpoint, BLACK_INK, Writing(text, 125, 7))
    page = layers.light(page, lighting.slope((380, 760), 0.42, 25, 0.55, 0.6))
    return camera.photograph(rng, page, 0.8, 0.009)


def hard_shadow(rng: np.random.Generator, text: str) -> Picture:
    page = paper.sheet(rng, (400, 760), CREAM)
    page = inked(rng, page, ink.felt_pen, BLACK_INK, Writing(text, 125, 11, 10))
    page = layers.light(page, lighting.slope((400, 760), 0.5, 155, 0.52, 0.022))
    page = layers.light(page, lighting.slope((400, 760), 0.9, 20))
    return camera.photograph(rng, page, 0.8, 0.009)


def blackboard(rng: np.random.Generator, text: str) -> Picture:
    size_px = (560, 1000)
    board = paper.sheet(rng, size_px, (0.17, 0.235, 0.21), 2)
    swept = cv2.GaussianBlur(layers.cloud(rng, size_px, 5), (0, 0), 90, sigmaY=5)
    swept = swept / swept.std() * np.clip(layers.cloud(rng, size_px, 260), 0, 2)
    wiped = np.clip(0.05 + 0.03 * layers.cloud(rng, size_px, 220) + 0.018 * swept, 0, 0.2)
    board = layers.lay(board, np.asarray(wiped, np.float32), (0.75, 0.78, 0.76))
    board = inked(rng, board, ink.chalk, (0.94, 0.94, 0.9), Writing(text, 260, 19, 6))
    board = layers.light(board, lighting.vignette(size_px, 0.8))
    return camera.photograph(rng, board, 0.9, 0.012)


def whiteboard(rng: np.random.Generator, text: str) -> Picture:
    size_px = (420, 800)
    board = paper.sheet(rng, size_px, (0.9, 0.915, 0.925), 0.4)
    wiped = np.clip(0.03 * layers.cloud(rng, size_px, 120), 0, 0.1)
    board = layers.lay(board, np.asarray(wiped, np.float32), (0.45, 0.52, 0.68))
    board = inked(rng, board, ink.marker, (0.08, 0.25, 0.62), Writing(text, 140, 14))
    y, x = np.mgrid[: size_px[0], : size_px[1]]
    glare = np.exp(-(((x - 640) / 130) ** 2) - ((y - 70) / 60) ** 2)
    board = layers.lay(board, np.asarray(0.6 * glare, np.float32), (1, 1, 1))
    board = layers.light(board, lighting.slope(size_px, 0.82, 160))
    return camera.photograph(rng, board, 0.8, 0.008)


def tilted(rng: np.random.Generator, text: str) -> Picture:
    page = paper.sheet(rng, (440, 760), WHITE)
    writing = Writing(text, 105, 6, tilt_deg=12)
    page = inked(rng, page, ink.ballpoint, BLUE_INK, writing)
    page = layers.light(page, lighting.slope((440, 760), 0.9, 80))
    return camera.photograph(rng, page, 0.7, 0.007)


def steeply_tilted(rng: np.random.Generator, text: str) -> Picture:
    page = paper.sheet(rng, (520, 700), WHITE, 0.8)
    writing = Writing(text, 110, 12, 3, 0.24, tilt_deg=-25)
    page = inked(rng, page, ink.felt_pen, BLACK_INK, writing)
    page = layers.light(page, lighting.slope((520, 700), 0.9, 290))
    return camera.photograph(rng, page, 0.8, 0.008)
