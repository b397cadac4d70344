"""Ways in which paper, light and cameras spoil a picture; those of `benchmarks.disturbed`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from synthesis.parts import camera, lighting, paper, things
from synthesis.parts.layers import lay, size_of

Levels = NDArray[np.float32]  # (H, W, 3) grey levels 0..255


class Page(NamedTuple):
    """A picture that was read well."""

    name: str
    levels: Levels
    truth: str  # lines of writing, parted by "\\n"
    digit_px: float
    ink_is_dark: bool


Disturbance = Callable[[Page, np.random.Generator], Levels]


def _shaded(levels: Levels, light: Levels) -> Levels:
    return np.asarray(levels * light[..., None], np.float32)


def falling(lowest: float, side: int) -> Disturbance:
    """Light that falls off to a share of itself, from the left, top, right or bottom, 0 to 3."""

    def disturb(page: Page, rng: np.random.Generator) -> Levels:
        return _shaded(page.levels, lighting.falling(size_of(page.levels), lowest, side))

    return disturb


def shadow(darkness: float, softness: float) -> Disturbance:
    """A slanting band in the shade; softness: of its edges, in widths of the picture."""

    def disturb(page: Page, rng: np.random.Generator) -> Levels:
        slant, middle, width = rng.uniform(-0.5, 0.5), rng.uniform(0.2, 0.8), rng.uniform(0.15, 0.5)
        shade = lighting.band(size_of(page.levels), middle, width, slant, softness)
        return _shaded(page.levels, np.asarray(1 - darkness * shade, np.float32))

    return disturb


def fold(page: Page, rng: np.random.Generator) -> Levels:
    """A crease from side to side, and the paper beyond it turned from the light."""
    size = size_of(page.levels)
    height, width = size[0] - 1, size[1] - 1  # from the first pixel to the last
    steep, is_upright = rng.uniform(-0.15, 0.15), rng.random() < 0.5
    place = 0.5 + rng.uniform(-0.3, 0.3)
    through = (place * width, 0.0) if is_upright else (0.0, place * height)
    # The fold leans by `steep` of a side on its way from side to side.
    lean = np.arctan2(steep * width, height) if is_upright else np.arctan2(width, steep * height)
    line_px = 0.004 * (width * np.cos(lean) if is_upright else height * np.sin(lean))
    turn_deg = float(np.rad2deg(lean))
    return _shaded(page.levels, paper.crease(size, through, turn_deg, 0.2, float(line_px), 0.45, 0))


def surroundings(sides: Sequence[int]) -> Disturbance:
    """A darker table beyond the sheet's edge, on the left, top, right or bottom, 0 to 3."""

    def disturb(page: Page, rng: np.random.Generator) -> Levels:
        margin = int(rng.uniform(0.08, 0.2) * min(page.levels.shape[:2]))
        top, bottom, left, right = (margin * (side in sides) for side in (1, 3, 0, 2))
        color = rng.uniform(40, 110)
        table = cv2.copyMakeBorder(
            page.levels, top, bottom, left, right, cv2.BORDER_CONSTANT, value=[color] * 3
        )
        return np.asarray(cv2.GaussianBlur(table, (0, 0), 0.7), np.float32)

    return disturb


def finger(page: Page, rng: np.random.Generator) -> Levels:
    """A dark round object that reaches in from the picture's border."""
    height, width = size = size_of(page.levels)
    radius = rng.uniform(0.08, 0.16) * min(size)
    tip = float(rng.choice([0.0, 1.0])) * width, rng.uniform(0, 1) * height
    return lay(page.levels, things.finger(size, tip, radius, 1.6), (120, 80, 60))


def glare(page: Page, rng: np.random.Generator) -> Levels:
    """A lamp mirrored in the paper: a bright spot, white in its middle."""
    x, y, reach = rng.uniform(0.1, 0.9), rng.uniform(0.1, 0.9), rng.uniform(0.1, 0.3)
    spot = 1.3 * lighting.glare(size_of(page.levels), (x, y), reach)[..., None]
    return np.asarray(np.clip(page.levels + 255 * spot, 0, 255), np.float32)


def tilt(degrees: float) -> Disturbance:
    """The whole picture turned, what is beyond its edge as the edge."""

    def disturb(page: Page, rng: np.random.Generator) -> Levels:
        height, width = page.levels.shape[:2]
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
        cos, sin = abs(turn[0, 0]), abs(turn[0, 1])
        size = int(width * cos + height * sin), int(height * cos + width * sin)
        turn[:, 2] += [(size[0] - width) / 2, (size[1] - height) / 2]
        edge = cv2.BORDER_REPLICATE
        return np.asarray(cv2.warpAffine(page.levels, turn, size, borderMode=edge), np.float32)

    return disturb


def lying(turns: int) -> Disturbance:
    """On its side or upside down: so many quarter turns, counterclockwise."""

    def disturb(page: Page, rng: np.random.Generator) -> Levels:
        return np.ascontiguousarray(np.rot90(page.levels, turns))

    return disturb


def contrast(share: float) -> Disturbance:
    """Ink and paper closer together, about the paper's brightness."""

    def disturb(page: Page, rng: np.random.Generator) -> Levels:
        usual = float(np.median(page.levels))
        return np.asarray(usual + share * (page.levels - usual), np.float32)

    return disturb


def jpeg(page: Page, rng: np.random.Generator) -> Levels:
    """Compressed strongly."""
    return np.asarray(camera.jpeg(page.levels.astype(np.uint8), 12), np.float32)


def coarse(page: Page, rng: np.random.Generator) -> Levels:
    """Digits 18 px high."""
    share = min(1.0, 18 / page.digit_px)
    return np.asarray(cv2.resize(page.levels, None, fx=share, fy=share, interpolation=3), "f4")


def noise(page: Page, rng: np.random.Generator) -> Levels:
    """A sensor's grain in a dark room."""
    return np.asarray(page.levels + rng.normal(0, 18, page.levels.shape), np.float32)


def blur(page: Page, rng: np.random.Generator) -> Levels:
    """Out of focus, by a share of the digits' height."""
    return np.asarray(cv2.GaussianBlur(page.levels, (0, 0), 0.05 * page.digit_px), np.float32)


DISTURBANCES: dict[str, tuple[Disturbance, ...]] = {
    "light falling to a half": tuple(falling(0.5, side) for side in range(4)),
    "light falling to a quarter": tuple(falling(0.25, side) for side in range(4)),
    "hard shadow": (shadow(0.55, 0.005), shadow(0.4, 0.01)),
    "soft shadow": (shadow(0.6, 0.3), shadow(0.45, 0.15)),
    "fold": (fold, fold),
    "table on one side": tuple(surroundings([side]) for side in range(4)),
    "table all around": (surroundings(range(4)),),
    "finger at the border": (finger, finger),
    "glare": (glare, glare),
    "tilt of 15 degrees": (tilt(15), tilt(-15)),
    "on its side": (lying(1), lying(3)),
    "upside down": (lying(2),),
    "contrast of 30%": (contrast(0.3),),
    "strong JPEG": (jpeg,),
    "low resolution": (coarse,),
    "noise": (noise,),
    "blur": (blur,),
}
