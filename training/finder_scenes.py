"""Painted scenes with the maps that the finder shall make of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.find.finder import MAP_PX, USUAL_PX
from digitocr.found import CORE, SHORTER
from digitocr.types import Gray
from synthesis.hands.studio import Studio
from synthesis.parts.layers import Size
from synthesis.scenes.painter import paint
from synthesis.scenes.truth import Number, Scene

BAND = (1 - CORE) / 2, (1 + CORE) / 2  # of a number's height: its core lies between,
LEAST_LENGTH = 0.35  # and is at least so long, of its height
LEAST_PX = 7.0  # lower digits are not worth finding, and no mistake to find
COVERED = 0.4  # of a cell: so much of a core makes it one of the core's
NEAR_PX = 5  # kernel that tells a cell at a core's edge whose it is

ZOOM = 0.3  # of a scene seen anew, at most: natural logarithm of its scale
MOVED = 0.12  # of its sides, at most
OVEREXPOSED = 0.25  # of the scenes seen anew: their paper is pure white, as in a drawing
NEGATIVE = 0.12  # of them: dark for light
TURNED = 0.1  # of them: they lie on their side or upside down, and there is no number in them
EITHER_WAY = frozenset("01689")  # digits that are some upside down
NOBODY, IGNORED = 0, 255  # in a label map; between them, a number's place in the list, from 1

Maps = NDArray[np.float32]  # (H / 4, W / 4, 4): core, ink is dark, height, and what counts


class Format(NamedTuple):
    """A shape of pictures: a batch holds one alone."""

    size_px: Size
    batch: int  # pictures
    often: float  # share of the batches
    filled: float  # how often a number fills it
    smallest: float  # of the scale at which a scene is painted
    turn_deg: float  # of a scene seen anew, standard deviation


FORMATS = (
    Format((384, 512), 4, 0.35, 0.05, 0.5, 3.0),
    Format((320, 320), 8, 0.25, 0.1, 0.5, 3.0),
    Format((128, 640), 8, 0.15, 0.7, 0.2, 1.0),
    Format((192, 320), 8, 0.15, 0.6, 0.25, 1.5),
    Format((224, 112), 8, 0.1, 0.9, 0.15, 1.5),
)


@dataclass(frozen=True, eq=False)
class Labelled:
    """A scene and whose core each of its pixels is."""

    gray: Gray
    owners: NDArray[np.uint8]  # (H, W), a number's place in the lists from 1, NOBODY or IGNORED
    dark: NDArray[np.bool_]  # (N,) of each number: whether its ink is darker than its paper
    octaves: NDArray[np.float32]  # (N,) of each number: log2 of a digit's height / USUAL_PX
    either_way: NDArray[np.bool_]  # (N,) of each number: whether it is one upside down as well

    def maps(self) -> Maps:
        """What the finder shall make of it; H and W are whole multiples of MAP_PX.

        The last map is 0 where nothing is learnt: at numbers too small, and beyond the scene.
        """
        size = self.gray.shape[1] // MAP_PX, self.gray.shape[0] // MAP_PX
        core = np.logical_and(self.owners != NOBODY, self.owners != IGNORED)
        cover = cv2.resize(core.astype(np.float32), size, interpolation=cv2.INTER_AREA)
        near = np.ones((NEAR_PX, NEAR_PX), np.uint8)
        wide = cv2.dilate(np.where(core, self.owners, NOBODY).astype(np.uint8), near)
        owner = cv2.resize(wide, size, interpolation=cv2.INTER_NEAREST)
        ignored = (self.owners == IGNORED).astype(np.float32)
        counts = cv2.resize(ignored, size, interpolation=cv2.INTER_AREA) < 0.5
        inside = np.logical_and(cover > COVERED, owner != NOBODY)
        place = np.where(inside, owner, 1) - 1  # outside any number's will do, if there is one
        dark = np.append(self.dark, False)[place]
        octaves = np.append(self.octaves, 0)[place]
        return np.stack([inside, dark, octaves, counts], axis=-1).astype(np.float32)


def core(number: Number) -> NDArray[np.float32]:
    """The shrunken body of a number, (4, 2) x, y, clockwise, in the frame of its scene.

    After Liao and others: Real-time scene text detection with differentiable binarization, 2020.
    """
    left_top, right_top, right_bottom, left_bottom = number.quad
    height = float(np.linalg.norm(left_bottom - left_top))
    width = float(np.linalg.norm(right_top - left_top))
    short = min(SHORTER * height, (width - LEAST_LENGTH * height) / 2) / max(width, 1e-6)
    starts = [left_top + share * (left_bottom - left_top) for share in BAND]
    stops = [right_top + share * (right_bottom - right_top) for share in BAND]
    sides = [
        (start + short * (stop - start), stop - short * (stop - start))
        for start, stop in zip(starts, stops, strict=True)
    ]
    (upper_left, upper_right), (lower_left, lower_right) = sides
    return np.array([upper_left, upper_right, lower_right, lower_left], np.float32)


def labelled(scene: Scene) -> Labelled:
    """A scene with its numbers' cores; what is too small to be learnt is IGNORED."""
    owners = np.full(scene.gray.shape, NOBODY, np.uint8)
    kept = [one for one in scene.numbers if one.digit_height_px >= LEAST_PX][: IGNORED - 1]
    for number in scene.numbers:
        place = core(number) if number in kept else number.quad
        label = kept.index(number) + 1 if number in kept else IGNORED
        cv2.fillPoly(owners, [np.rint(place).astype(np.int32)], label)
    heights = np.array([one.digit_height_px for one in kept], np.float32)
    dark = np.array([one.ink_is_dark for one in kept], bool)
    either_way = np.array([EITHER_WAY.issuperset(one.text) for one in kept], bool)
    octaves = np.log2(heights / np.float32(USUAL_PX))
    return Labelled(scene.gray, owners, dark, octaves, either_way)


def scene_of(
    seed: tuple[int, ...], hands: Studio, shape: Format, without: Collection[str] = ()
) -> Labelled:
    """One scene of a format, painted at some scale; the same seed makes the same.

    without: kinds that are left out, as `paint` takes them.
    """
    rng = np.random.default_rng((*seed, 1))
    scale = float(rng.uniform(shape.smallest, 1.0)) if rng.random() < 0.5 else 1.0
    size = max(24, round(scale * shape.size_px[0])), max(24, round(scale * shape.size_px[1]))
    kind = "filled" if rng.random() < shape.filled and "filled" not in without else None
    return resized(labelled(paint(seed, hands, size, kind, without)), shape.size_px)


def resized(one: Labelled, size_px: Size) -> Labelled:
    """The same at another size; heights go with that of the picture."""
    rows, columns = size_px
    if one.gray.shape == size_px:
        return one
    step = np.float32(np.log2(rows / one.gray.shape[0]))
    gray = cv2.resize(one.gray, (columns, rows), interpolation=cv2.INTER_LINEAR)
    owners = cv2.resize(one.owners, (columns, rows), interpolation=cv2.INTER_NEAREST)
    return replace(
        one,
        gray=np.asarray(gray, np.uint8),
        owners=np.asarray(owners, np.uint8),
        octaves=one.octaves + step,
    )


def seen_anew(rng: np.random.Generator, one: Labelled, turn_deg: float) -> Labelled:
    """The same from another distance, turned a little, lit otherwise, by chance a negative.

    Some lie on their side or upside down: that is no place to read digits, though they be some;
    of what may be read that way, too, nothing is learnt.
    turn_deg: standard deviation of the turn. Where the scene does not reach, nothing is learnt.
    """
    rows, columns = one.gray.shape
    scale = float(np.exp(rng.uniform(-ZOOM, ZOOM)))
    turn = float(rng.normal(0, turn_deg))
    middle = (columns - 1) / 2, (rows - 1) / 2
    move = np.asarray(cv2.getRotationMatrix2D(middle, turn, scale), np.float64)
    move[:, 2] += rng.uniform(-MOVED, MOVED, 2) * np.array([columns, rows])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    gray = cv2.warpAffine(
        one.gray, move, (columns, rows), flags=how, borderMode=cv2.BORDER_REPLICATE
    )
    owners = cv2.warpAffine(
        one.owners, move, (columns, rows), flags=cv2.INTER_NEAREST, borderValue=IGNORED
    )
    shown = (gray / np.float32(255)) ** np.exp(rng.normal(0, 0.25))
    if rng.random() < OVEREXPOSED:
        shown = shown / max(0.05, float(np.quantile(shown, rng.uniform(0.15, 0.6))))
    else:
        shown = 0.5 + (shown - 0.5) * rng.uniform(0.6, 1.1) + rng.normal(0, 0.05)
    dark = one.dark
    if rng.random() < NEGATIVE:
        shown, dark = 1 - shown, ~dark
    levels = np.asarray(np.clip(np.rint(255 * shown), 0, 255), np.uint8)
    octaves = one.octaves + np.float32(np.log2(scale))
    owner = np.asarray(owners, np.uint8)
    if rng.random() < TURNED:
        turns = int(rng.choice([1, 2, 3])) if rows == columns else 2
        levels, owner = (np.ascontiguousarray(np.rot90(part, turns)) for part in (levels, owner))
        ignored = np.flatnonzero(one.either_way) + 1
        owner = np.where(np.isin(owner, [*ignored, IGNORED]), IGNORED, NOBODY).astype(np.uint8)
    return replace(one, gray=levels, owners=owner, dark=dark, octaves=octaves)
