"""Photos of pages: how they lie, what lies on them, the light, and the camera."""

from __future__ import annotations

import cv2
import numpy as np

from digitocr.types import Gray
from synthesis.hands.studio import Studio
from synthesis.parts import camera, grounds, layers, lighting, paper
from synthesis.parts.layers import Field, Size
from synthesis.parts.things import THINGS
from synthesis.parts.warps import Bow, Chain, Fold, Lens, Perspective, Points, Warp
from synthesis.scenes.pages import Page
from synthesis.scenes.surface import Surface, laid_on, warped

UNIT = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float64)


def page_fills(rng: np.random.Generator, studio: Studio, size_px: Size, page: Page) -> Surface:
    """A page that fills the picture, seen a little askew, bowed or through a lens, or scanned."""
    surface = page(rng, studio, size_px)
    if rng.random() < 0.4:
        return surface
    corners = _size(size_px)
    turn = np.deg2rad(rng.normal(0, 3))
    seen = _turned(UNIT - 0.5, turn) * rng.uniform(0.92, 1.02) + 0.5 + rng.normal(0, 0.015, (4, 2))
    warps: list[Warp] = [Perspective.between(seen * corners, UNIT * corners)]
    return warped(surface, Chain(_bends(rng, surface) + warps), size_px)[0]


def sheet_lies(rng: np.random.Generator, studio: Studio, size_px: Size, page: Page) -> Surface:
    """A sheet on a table, whole or running out of the picture."""
    ground = Surface(grounds.random_ground(rng, size_px))
    share = rng.uniform(0.5, 1.25, 2) if rng.random() < 0.75 else rng.uniform(0.85, 1.1, 2)
    middle = rng.uniform(0.3, 0.7, 2) if share.max() > 0.9 else rng.uniform(0.42, 0.58, 2)
    return _laid(rng, studio, ground, page, middle, share, rng.normal(0, 9))


def cards_lie(rng: np.random.Generator, studio: Studio, size_px: Size, page: Page) -> Surface:
    """White cards on a dark table, several of them or one."""
    dark = rng.uniform(0.03, 0.35) + 0.02 * layers.cloud(rng, size_px, 40)
    ground = Surface(np.asarray(np.clip(dark, 0.01, 1), np.float32))
    across, down = int(rng.integers(1, 4)), int(rng.integers(1, 4))
    for row in range(down):
        for column in range(across):
            if rng.random() < 0.85:
                place = np.array([(column + 0.5) / across, (row + 0.5) / down])
                place += rng.normal(0, 0.012, 2)
                share = rng.uniform(0.6, 0.85, 2) / (across, down)
                ground = _laid(rng, studio, ground, page, place, share, rng.normal(0, 5))
    return ground


def _laid(
    rng: np.random.Generator,
    studio: Studio,
    ground: Surface,
    page: Page,
    middle: Points,
    share: Points,
    turn_deg: float,
) -> Surface:
    """A page with its shadow on a ground; its middle and size are shares of the picture's."""
    corners = _size(ground.size_px)
    sides = share * corners
    size = max(24, round(sides[1])), max(24, round(sides[0]))
    surface = page(rng, studio, size)
    lying = _turned((UNIT - 0.5) * sides, np.deg2rad(turn_deg)) + middle * corners
    lying += rng.normal(0, 0.02, (4, 2)) * sides
    warps = [*_bends(rng, surface), Perspective.between(UNIT * _size(size), lying)]
    seen, cover = warped(surface, Chain(warps), ground.size_px)
    if rng.random() < 0.7:
        aside = np.array([[1, 0, rng.normal(0, 4)], [0, 1, rng.normal(0, 4)]], np.float32)
        dark = cv2.warpAffine(cover, aside, ground.size_px[::-1])
        dark = cv2.GaussianBlur(dark, (0, 0), rng.uniform(1, 8)) * rng.uniform(0.1, 0.6)
        ground.levels = layers.light(ground.levels, np.asarray(1 - dark, np.float32))
    return laid_on(ground, seen, cover)


def _bends(rng: np.random.Generator, surface: Surface) -> list[Warp]:
    """A page's own bends; a fold's crease is painted on it."""
    height, width = surface.size_px
    bends: list[Warp] = []
    if rng.random() < 0.15:
        turn = float(rng.choice([0, 90, 180, 270]) + rng.normal(0, 5))
        through = float(rng.uniform(0.2, 0.8) * width), float(rng.uniform(0.2, 0.8) * height)
        bends.append(Fold(through, turn, rng.uniform(0.8, 0.98), rng.normal(0, 0.05)))
        shade = paper.crease(
            surface.size_px, through, turn, rng.uniform(0.05, 0.25), line=rng.uniform(0.05, 0.45)
        )
        surface.levels = layers.light(surface.levels, shade)
    if rng.random() < 0.2:
        bends.append(
            Bow(rng.normal(0, 0.015) * height, rng.uniform(0.8, 3) * width, rng.uniform(0, 6))
        )
    if rng.random() < 0.2:
        middle = (width - 1) / 2, (height - 1) / 2
        bends.append(Lens(middle, float(np.hypot(*middle)), rng.uniform(-0.08, 0.12)))
    return bends


def _size(size_px: Size) -> Points:
    """The lower right corner, x, y; pixel centres are whole numbers."""
    return np.array([size_px[1] - 1, size_px[0] - 1], np.float64)


def _turned(points: Points, turn: float) -> Points:
    cos, sin = np.cos(turn), np.sin(turn)
    return np.asarray(points @ np.array([[cos, sin], [-sin, cos]]), np.float64)


def strewn(rng: np.random.Generator, surface: Surface, most: int = 3) -> None:
    """Things that lie about, where no number is covered; each casts a shadow."""
    height, width = surface.size_px
    written = np.maximum(surface.ink[..., 0], surface.ink[..., 1])
    for _ in range(int(rng.integers(1, most + 1))):
        thing = THINGS[int(rng.integers(len(THINGS)))]
        cover, levels = thing(rng, surface.size_px)
        near = cv2.dilate((cover > 0.02).astype(np.uint8), np.ones((7, 7), np.uint8))
        if np.logical_and(near, written).any():
            continue
        shift = np.array([[1, 0, rng.normal(0, 3)], [0, 1, rng.normal(0, 3)]], np.float32)
        dark = cv2.GaussianBlur(cv2.warpAffine(cover, shift, (width, height)), (0, 0), 3)
        shaded = layers.light(surface.levels, np.asarray(1 - rng.uniform(0, 0.5) * dark, "f4"))
        surface.levels = np.asarray(shaded * (1 - cover) + levels * cover, np.float32)


def lit(rng: np.random.Generator, levels: Field) -> Field:
    """The picture under uneven light, with shadows and glare by chance."""
    size = layers.size_of(levels)
    factors = np.ones(size, np.float32)
    if rng.random() < 0.7:
        factors *= lighting.slope(size, rng.uniform(0.3, 1), rng.uniform(0, 360))
    if rng.random() < 0.25:
        factors *= lighting.vignette(size, rng.uniform(0.5, 0.95))
    for _ in range(int(rng.choice(3, p=[0.6, 0.3, 0.1]))):
        factors *= 1 - np.float32(rng.uniform(0.15, 0.7)) * lighting.cast(rng, size)
    if rng.random() < 0.08:
        middle, width = rng.uniform(0, 1), rng.uniform(0.1, 0.5)
        shade = lighting.band(size, middle, width, rng.normal(0, 0.3), rng.uniform(0.005, 0.3))
        factors *= 1 - np.float32(rng.uniform(0.2, 0.6)) * shade
    if rng.random() < 0.05:
        through = float(rng.uniform(0, size[1])), float(rng.uniform(0, size[0]))
        factors *= paper.crease(
            size, through, rng.uniform(0, 360), rng.uniform(0.05, 0.3), line=rng.uniform(0.05, 0.45)
        )
    shown = layers.light(levels, factors)
    if rng.random() < 0.12:
        spot = lighting.glare(size, (rng.uniform(0, 1), rng.uniform(0, 1)), rng.uniform(0.08, 0.35))
        shown = np.asarray(np.clip(shown + rng.uniform(0.1, 0.5) * spot, 0, 1), np.float32)
    return shown


def taken(rng: np.random.Generator, levels: Field) -> Gray:
    """What a camera makes of it: soft, grainy, coarse, compressed, brighter or darker."""
    shot = levels
    if rng.random() < 0.15:
        shot = camera.coarse(shot, rng.uniform(0.45, 0.9))
    blur_px, noise = 0.25 + 1.3 * rng.beta(1.2, 3), float(np.exp(rng.uniform(-6, -3.5)))
    shot = camera.photograph(rng, shot, blur_px, noise)
    gamma = float(np.exp(rng.normal(0, 0.2)))
    gray = np.asarray(np.rint(255 * shot**gamma), np.uint8)
    return camera.jpeg(gray, int(rng.integers(25, 92))) if rng.random() < 0.35 else gray
