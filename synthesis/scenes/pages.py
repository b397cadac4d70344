"""Pages with numbers on them, seen from straight above: notes, columns, boards, strips.

Each is a function of a generator, the hands to write in and a size in px.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from synthesis.hands.studio import Studio
from synthesis.parts import layers, paper, rulings
from synthesis.parts.layers import Field, Size
from synthesis.parts.lettering import line_of_print, phrase
from synthesis.scenes import writing
from synthesis.scenes.surface import Surface, patch
from synthesis.scenes.writing import PLAIN, Scribe, number, scatter, set_down

LONE_MARKS = "=", "#", "$", "~"  # a dash on its side would be a 1
PATTERNED = 0.08  # of the papers
LONE = 0.4  # of the close crops: a single digit
SPACED = 0.2  # of a note's numbers: their digits stand far apart

Page = Callable[[np.random.Generator, Studio, Size], Surface]


def height(
    rng: np.random.Generator, size_px: Size, least_px: float = 9, share: float = 0.3
) -> float:
    """Of a digit: from tiny up to that share of the page's shorter side."""
    most = max(least_px + 1, share * min(size_px))
    return float(np.exp(rng.uniform(np.log(least_px), np.log(most))))


def blank(rng: np.random.Generator, size_px: Size, level: float | None = None) -> Surface:
    """A paper, by chance ruled, squared, creased or crumpled, or printed on from behind."""
    bright = rng.uniform(0.5, 0.99) if level is None else level
    if rng.random() < 0.3:
        grain = rng.uniform(0.3, 2.5) * paper.grain(rng, size_px)
    else:
        grain = rng.uniform(0, 0.03) * layers.cloud(rng, size_px, rng.uniform(1.5, 40))
    levels: Field = np.asarray(bright * (1 + grain), np.float32)
    kind = rng.random()
    strong = float(rng.uniform(0.15, 0.9))
    step = float(np.exp(rng.uniform(np.log(8), np.log(70))))
    if kind < 0.3:
        width = int(rng.integers(1, 3))
        first, shade = float(rng.uniform(0, step)), float(bright * rng.uniform(0.3, 0.85))
        for down in (False, True)[: 1 + int(rng.random() < 0.5)]:
            levels = rulings.rules(
                levels, step, shade, first_px=first, down=down, width_px=width, strength=strong
            )
    elif kind < 0.42:
        waves = rng.uniform(0.1, 0.5) * rulings.waves(rng, size_px)
        levels = layers.lay(levels, np.asarray(waves, np.float32), 0.3 * bright)
    if rng.random() < PATTERNED:
        levels = layers.lay(levels, _pattern(rng, size_px), 0.3 * bright)
    if rng.random() < 0.15:
        depth = rng.uniform(0.04, 0.2)
        levels = layers.light(levels, paper.crumples(rng, size_px, depth))
    for _ in range(int(rng.choice(3, p=[0.8, 0.12, 0.08]))):
        through = float(rng.uniform(0, size_px[1])), float(rng.uniform(0, size_px[0]))
        turn = float(rng.choice([0, 90, 180, 270]) + rng.normal(0, 4))
        levels = layers.light(
            levels,
            paper.crease(
                size_px, through, turn, rng.uniform(0.05, 0.3), line=rng.uniform(0.05, 0.45)
            ),
        )
    return Surface(np.asarray(np.clip(levels, 0, 1), np.float32))


def _pattern(rng: np.random.Generator, size_px: Size) -> Field:
    """The same few words pale all over the paper, as forms have them against copying."""
    words = line_of_print(rng, phrase(rng), float(rng.uniform(7, 40)))
    height, width = words.shape
    gap = round(height * rng.uniform(0.3, 3)), round(height * rng.uniform(0.5, 4))
    words = np.pad(words, ((0, gap[0]), (0, gap[1])))
    shift = round(rng.uniform(0, 1) * width)
    rows = [
        np.tile(np.roll(words, row * shift, axis=1), size_px[1] // words.shape[1] + 1)
        for row in range(size_px[0] // len(words) + 1)
    ]
    pale = np.concatenate(rows)[: size_px[0], : size_px[1]] * rng.uniform(0.05, 0.4)
    return np.asarray(pale, np.float32)


def note(rng: np.random.Generator, studio: Studio, size_px: Size) -> Surface:
    """Some numbers anywhere on a paper, of like or unlike sizes, words among them."""
    page = blank(rng, size_px)
    if rng.random() < 0.15:
        bleed_through(rng, page, studio)
    scribe = Scribe.anybody(rng, studio)
    usual, same = height(rng, size_px, share=0.4), rng.random() < 0.6
    tilt = float(rng.normal(0, 4) if rng.random() < 0.85 else rng.uniform(-45, 45))
    for _ in range(int(rng.choice([1, 2, 3, 5, 8], p=[0.35, 0.25, 0.2, 0.12, 0.08]))):
        if rng.random() < 0.25:
            scribe = Scribe.anybody(rng, studio)
        high = usual * rng.uniform(0.85, 1.15) if same else height(rng, size_px)
        turn = 0.0 if rng.random() < 0.15 else tilt + rng.normal(0, 2)
        if rng.random() < SPACED:
            pitch = high * rng.uniform(0.9, 2.2)
            most = int(np.clip(0.85 * size_px[1] / pitch, 1, 10))
            one = writing.spread(rng, scribe, int(rng.integers(1, most + 1)), high, pitch)
        else:
            one = number(rng, scribe, high, 0.85 * size_px[1])
        scatter(rng, page, scribe, one, turn)
    for _ in range(int(rng.choice(4, p=[0.5, 0.25, 0.15, 0.1]))):
        beside(rng, page, scribe, usual)
    return page


def columns(rng: np.random.Generator, studio: Studio, size_px: Size) -> Surface:
    """Numbers in columns and rows, as in a sum or a list of results."""
    page = blank(rng, size_px)
    scribe = Scribe.anybody(rng, studio)
    high = height(rng, size_px, share=0.16)
    step, slope = high * rng.uniform(1.0, 2.6), rng.normal(0, 0.03)
    wide = max(high * rng.uniform(1.2, 6), 0.2 * high + 12)
    lefts = np.arange(rng.uniform(0, wide / 2), size_px[1] - wide, wide + rng.uniform(1, 4) * high)
    for left in lefts[: int(rng.integers(1, 5))]:
        right_aligned = rng.random() < 0.5
        rows = np.arange(rng.uniform(2, step), size_px[0] - 1.5 * high, step)
        rows = rows[: int(rng.integers(2, 12))]
        for y in rows:
            one = number(rng, scribe, high * rng.uniform(0.9, 1.1), wide, PLAIN)
            x = left + right_aligned * (wide - one.size_px[1]) + rng.normal(0, 0.15) * high
            set_down(rng, page, scribe, one, round(x), round(y + slope * x))
        if rng.random() < 0.3 and rows.size:  # a line below the sum
            canvas = np.zeros(size_px, np.uint8)
            below = float(rows[-1]) + 1.4 * high
            ends = [(left, below), (left + wide, below + rng.normal(0, 2))]
            rulings.ruler(rng, canvas, ends, rulings.Line(max(1, round(0.08 * high))))
            shade = writing.tone(scribe, page.level())
            page.levels = layers.lay(page.levels, rulings.printed(canvas), shade)
    return page


def board(rng: np.random.Generator, studio: Studio, size_px: Size) -> Surface:
    """A blackboard, a screen or a dark plate, with light writing."""
    dark = np.float32(rng.uniform(0.04, 0.35))
    swept = np.float32(rng.uniform(0, 0.03)) * layers.cloud(rng, size_px, rng.uniform(3, 90))
    page = Surface(np.asarray(np.clip(dark + swept, 0, 1), np.float32))
    if rng.random() < 0.2:
        step = float(rng.uniform(20, 60))
        page.levels = rulings.rules(page.levels, step, float(dark) + 0.25, strength=0.6)
    scribe = Scribe.anybody(rng, studio, ink_is_dark=False)
    usual = height(rng, size_px, 12, 0.4)
    for _ in range(int(rng.integers(1, 5))):
        one = number(rng, scribe, usual * rng.uniform(0.8, 1.2), 0.9 * size_px[1])
        scatter(rng, page, scribe, one, float(rng.normal(0, 3)))
    if rng.random() < 0.3:
        scatter(rng, page, scribe, writing.words(rng, scribe, usual))
    return page


def strip(rng: np.random.Generator, studio: Studio, size_px: Size) -> Surface:
    """One number that fills the picture, with little paper around it."""
    page = blank(rng, size_px)
    scribe = Scribe.anybody(rng, studio)
    high = rng.uniform(0.45, 0.85) * size_px[0]
    if rng.random() < LONE:
        one = writing.spread(rng, scribe, 1, high, high)
    else:
        one = number(rng, scribe, high, size_px[1] - 4)
    if rng.random() < 0.35:
        bright, gap = page.level(), float(rng.uniform(1, 0.12 * size_px[0]))
        box = gap, gap, size_px[1] - gap, size_px[0] - gap
        lines = rulings.frame_around(rng, size_px, box, rulings.random_line(rng))
        page.levels = layers.lay(page.levels, lines, bright * float(rng.uniform(0.05, 0.7)))
    x = rng.uniform(0.1, 0.9) * (size_px[1] - one.size_px[1])
    y = (size_px[0] - one.size_px[0]) / 2 + rng.normal(0, 0.03) * size_px[0]
    set_down(rng, page, scribe, one, round(x), round(y))
    return page


def beside(rng: np.random.Generator, page: Surface, scribe: Scribe, high: float) -> None:
    """Words or a lone mark somewhere on the page, by hand, or words in print."""
    kind = rng.random()
    if kind < 0.2:
        sign = str(rng.choice(LONE_MARKS))
        one = writing.written(rng, scribe, [sign], high * rng.uniform(0.7, 1.2))
        scatter(rng, page, scribe, patch(one, 2.2 * high), rng.normal(0, 4))
        return
    if kind < 0.6:
        scatter(rng, page, scribe, writing.words(rng, scribe, high * rng.uniform(0.6, 1.2)))
        return
    x, y = rng.uniform(0, 0.7) * page.size_px[1], rng.uniform(0, 0.9) * page.size_px[0]
    shade = writing.tone(scribe, page.level())
    writing.label(rng, page, x, y, float(np.clip(high * rng.uniform(0.5, 1.2), 7, 50)), shade)


def bleed_through(rng: np.random.Generator, page: Surface, studio: Studio) -> None:
    """Writing on the back that shines through, mirrored: no number of this page."""
    scribe = Scribe.anybody(rng, studio)
    for _ in range(int(rng.integers(1, 5))):
        one = number(rng, scribe, height(rng, page.size_px), page.size_px[1])
        ghost = np.asarray(one.ink[:, ::-1] / np.float32(255), np.float32)
        y = int(rng.integers(0, max(1, page.size_px[0] - ghost.shape[0])))
        x = int(rng.integers(0, max(1, page.size_px[1] - ghost.shape[1])))
        there = page.levels[y : y + ghost.shape[0], x : x + ghost.shape[1]]
        there -= rng.uniform(0.05, 0.15) * there * ghost[: there.shape[0], : there.shape[1]]


def card(rng: np.random.Generator, studio: Studio, size_px: Size) -> Surface:
    """A plain white card with one number that nearly fills it."""
    page = blank(rng, size_px, float(rng.uniform(0.75, 0.98)))
    scribe = Scribe.anybody(rng, studio)
    high = float(rng.uniform(0.3, 0.6) * size_px[0])
    scatter(rng, page, scribe, number(rng, scribe, high, 0.8 * size_px[1], PLAIN))
    return page
