"""Numbers and words in someone's hand, put on a surface."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from synthesis.hands.inked_line import Placed, compose
from synthesis.hands.strings import SHARES, Nuisances, Text, random_style, random_text
from synthesis.hands.studio import Studio
from synthesis.hands.writers import HEIGHT_PX, Style, Writer
from synthesis.parts.ink import uneven
from synthesis.parts.layers import Field
from synthesis.parts.lettering import line_of_print, phrase
from synthesis.scenes.surface import LEAST_CONTRAST, Patch, Surface, is_free, patch, put, turned

# Ties would be a number's ink and no digit's.
NUISANCES = Nuisances(ties=0.0, words=0.08)
DRAWN_PX = 72  # height at which digits are drawn, at least
NARROWEST = 0.4  # of digits and the gaps between them, in digit heights
FINEST_PX = 1.3  # of a pen's line: a finer one would hardly show
PLAIN = replace(NUISANCES, separators=0.1, marks=0.05, words=0.0)


@dataclass(frozen=True, eq=False)
class Scribe:
    """Someone who writes on a page, with a pen."""

    studio: Studio
    writer: Writer
    style: Style
    ink_is_dark: bool
    depth: float  # of the ink, share of the way from the paper to black, or to white

    @classmethod
    def anybody(cls, rng: np.random.Generator, studio: Studio, ink_is_dark: bool = True) -> Scribe:
        """A hand, a pen and an ink, most of them clear."""
        depth = float(rng.uniform(0.5, 0.95) if rng.random() < 0.7 else rng.uniform(0.2, 0.5))
        style = random_style(rng, NUISANCES)
        return cls(studio, studio.writer(rng), style, ink_is_dark, depth)


def number(
    rng: np.random.Generator,
    scribe: Scribe,
    height_px: float,
    width_px: float,
    nuisances: Nuisances = NUISANCES,
) -> Patch:
    """A number whose digits are about so high, no wider than that but for its last digit."""
    text = random_text(rng, nuisances)
    while not text.digits:
        text = random_text(rng, nuisances)
    # Of digits as narrow as can be no more would fit.
    most = int(width_px / (NARROWEST * height_px)) + 1
    digits = np.cumsum([sign.isdigit() for sign in text.signs])
    signs = [sign for sign, before in zip(text.signs, digits, strict=True) if before <= most]
    line = written(rng, scribe, signs, height_px)
    fitting = [one for one in line if one.x + one.ink.shape[1] <= line[0].x + width_px]
    if not any(one.digit for one in fitting):
        fitting = next([one] for one in line if one.digit)
    return patch(fitting, 2.2 * height_px)


def written(
    rng: np.random.Generator, scribe: Scribe, signs: Sequence[str], height_px: float
) -> list[Placed]:
    """Signs, as in `Text`, side by side on one canvas."""
    # A pen's width is rounded to whole px: small writing is drawn larger.
    finer = math.ceil(DRAWN_PX / height_px)
    pen = max(scribe.style.pen, FINEST_PX / height_px)
    style = replace(scribe.style, size=finer * height_px / HEIGHT_PX, pen=pen)
    digits = "".join(sign for sign in signs if sign.isdigit())
    text = Text(list(signs), digits)
    line = compose(rng, scribe.studio, scribe.writer, style, text, NUISANCES, finer * height_px)
    return [_smaller(one, finer) for one in line.placed]


def _smaller(one: Placed, times: int) -> Placed:
    """The sign at a fraction of its size."""
    if times == 1:
        return one
    x, top = one.x // times, one.top // times
    before, above = one.x - x * times, one.top - top * times
    height, width = above + one.ink.shape[0], before + one.ink.shape[1]
    room = (above, -height % times), (before, -width % times)
    padded = np.pad(one.ink, room)
    size = padded.shape[1] // times, padded.shape[0] // times
    return Placed(x, top, np.asarray(cv2.resize(padded, size, interpolation=3), "u1"), one.digit)


def words(rng: np.random.Generator, scribe: Scribe, height_px: float) -> Patch:
    """Letters side by side: nothing of them is a number."""
    signs = ["letter"] * int(rng.integers(1, 8))
    return patch(written(rng, scribe, signs, height_px), 2.2 * height_px)


def spread(
    rng: np.random.Generator, scribe: Scribe, count: int, height_px: float, pitch_px: float
) -> Patch:
    """A number with each digit in the middle of its own place, as in a comb."""
    placed: list[Placed] = []
    for index, label in enumerate(rng.choice(10, count, p=SHARES)):
        (one,) = written(rng, scribe, [str(label)], height_px * rng.uniform(0.88, 1.12))
        x = round((index + 0.5) * pitch_px + rng.normal(0, 0.06) * pitch_px - one.ink.shape[1] / 2)
        top = round(2.2 * height_px + rng.normal(0, 0.05) * height_px - one.ink.shape[0])
        placed.append(one._replace(x=x, top=top))
    return patch(placed, 2.2 * height_px)


def tone(scribe: Scribe, paper: float) -> float:
    """The grey level of the ink on a paper of that level."""
    if scribe.ink_is_dark:
        return float(max(0.0, paper - max(LEAST_CONTRAST, scribe.depth * paper)))
    return float(min(1.0, paper + max(LEAST_CONTRAST, scribe.depth * (1 - paper))))


def set_down(
    rng: np.random.Generator, surface: Surface, scribe: Scribe, one: Patch, x: int, y: int
) -> bool:
    """Write a patch with its upper left corner at x, y; False where it would cross writing."""
    look = np.clip(uneven(rng, np.asarray(one.ink / np.float32(255), np.float32)), 0, 1)
    under = surface.levels[max(y, 0) : y + one.size_px[0], max(x, 0) : x + one.size_px[1]]
    paper = float(np.median(under)) if under.size else 0.5
    return put(surface, one, x, y, tone(scribe, paper), np.asarray(look, np.float32))


def scatter(
    rng: np.random.Generator,
    surface: Surface,
    scribe: Scribe,
    one: Patch,
    tilt_deg: float = 0.0,
    margin_px: int = 3,
) -> bool:
    """Write a patch where there is room for it; False where there is none."""
    if tilt_deg:
        one = turned(one, tilt_deg)
    (height, width), (rows, columns) = surface.size_px, one.size_px
    for _ in range(12):
        x = int(rng.integers(0, max(1, width - columns + 1)))
        y = int(rng.integers(0, max(1, height - rows + 1)))
        if is_free(surface, (x, y, x + columns, y + rows), margin_px):
            return set_down(rng, surface, scribe, one, x, y)
    return False


def label(
    rng: np.random.Generator, surface: Surface, x: float, y: float, size_px: float, level: float
) -> None:
    """Print a word or two with its upper left corner there, unless something stands in the way."""
    print_at(surface, line_of_print(rng, phrase(rng), size_px), x, y, level)


def print_at(surface: Surface, coverage: Field, x: float, y: float, level: float) -> bool:
    """Lay print on a surface where it is free; what would lie beyond its right edge is left out."""
    left, top = round(x), round(y)
    width = min(coverage.shape[1], surface.size_px[1] - left)
    box = left, top, left + width, top + coverage.shape[0]
    if width <= 0 or not is_free(surface, box):
        return False
    there = slice(top, box[3]), slice(left, box[2])
    alpha = coverage[:, :width]
    surface.levels[there] = surface.levels[there] * (1 - alpha) + np.float32(level) * alpha
    surface.taken[there] = True
    return True
