"""Lines as the reader meets them: what it finds on painted pictures and cuts out of them.

A frame's scraps, a neighbour's tail, what is left of a form's lines once they are taken for
lines: all this is there as it will be in reading, and what a strip shows the painter knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.geometry import Box
from digitocr.networks.runtime import Networks
from digitocr.pipeline import line_views
from digitocr.tune.drawn_lines import WIDEST_PX, fits
from digitocr.types import Affine, Gray, Strip
from synthesis.hands.inked_line import write_line
from synthesis.hands.strings import LONGEST, Nuisances, random_text
from synthesis.hands.studio import Studio
from synthesis.scans import scan
from synthesis.scenes.painter import paint

SCANNED = 0.5  # of the pictures: the crop of one line; the others are scenes
SCENES = (  # height and width in px, kind (None: any), how often
    ((128, 640), "filled", 0.24),
    ((224, 112), "filled", 0.2),
    ((160, 480), "form", 0.22),
    ((200, 400), "tally", 0.1),
    ((200, 400), "table", 0.1),
    ((300, 400), None, 0.14),
)
SCALED = 0.5, 1.3  # of these sizes
LEAST_PX = 10.0  # in the picture: of lower digits too little is left to learn from
WITHOUT = 0.08  # of the lines in which there is no digit are kept,
SIGN_PX = 48  # if they are wider: what is left of a ruled line looks like a plain 1
INSIDE = 0.75, 0.6  # of a digit's width and height: it is in the strip,
OUTSIDE = 0.15, 0.25  # or it is not, or the strip is no good

Digits = Sequence[tuple[str, Box]]  # of a picture, with the place of each


class Cutout(NamedTuple):
    """A line that was found and cut out, and what stands in it."""

    views: tuple[Strip, ...]  # as it is looked at first, and where readers differ
    digits: str


def cutouts(
    seed: tuple[int, ...], hands: Studio, nuisances: Nuisances, networks: Networks
) -> Iterator[Cutout]:
    """The lines of one picture; the same arguments give the same."""
    rng = np.random.default_rng(seed)
    if rng.random() < SCANNED:
        line = write_line(rng, hands, random_text(rng, nuisances), nuisances)
        gray, _, to_gray = scan(rng, line.ink, nuisances)
        digits: Digits = [(label, _placed(box, to_gray)) for label, box in line.digits]
    else:
        size_px, kind, _ = SCENES[int(rng.choice(len(SCENES), p=[often for *_, often in SCENES]))]
        scale = rng.uniform(*SCALED)
        scene = paint(
            (*seed, 1), hands, (round(scale * size_px[0]), round(scale * size_px[1])), kind
        )
        gray = scene.gray
        digits = [(one.label, one.box) for number in scene.numbers for one in number.digits]
    for one in _cut_out(gray, digits, networks):
        width = one.views[0].shape[1]
        if not one.digits and (width <= SIGN_PX or rng.random() > WITHOUT):
            continue
        if width <= WIDEST_PX and len(one.digits) <= LONGEST and fits(one.digits, width):
            yield one


def _cut_out(gray: Gray, digits: Digits, networks: Networks) -> Iterator[Cutout]:
    """Every line that is found; what holds part of a digit is left out."""
    sheet, strips = line_views(gray, networks)
    for one in strips:
        row = sheet.row_at(one.box.center_xy[1])
        to_sheet = np.asarray(cv2.invertAffineTransform(row.to_gray), np.float64)
        if row.line.digit_height_px >= LEAST_PX:
            shown = _shown(digits, to_sheet, one.box)
            if shown is not None:
                yield Cutout(tuple(look.strip for look in one.looks), shown)


def _shown(digits: Digits, to_sheet: Affine, box: Box) -> str | None:
    """The digits in a box of the sheet from left to right; None where one is there in part."""
    inside = []
    for label, place in digits:
        left, top, right, bottom = _placed(place, to_sheet)
        wide = (min(right, box.right) - max(left, box.left)) / max(right - left, 1)
        high = (min(bottom, box.bottom) - max(top, box.top)) / max(bottom - top, 1)
        if wide >= INSIDE[0] and high >= INSIDE[1]:
            inside.append((left + right, label))
        elif wide > OUTSIDE[0] and high > OUTSIDE[1]:
            return None
    return "".join(label for _, label in sorted(inside))


def _placed(box: Box, move: Affine) -> Box:
    """The box that holds another one when it is moved."""
    corners = np.array([(box.left, box.right) * 2, (box.top,) * 2 + (box.bottom,) * 2, (1,) * 4])
    moved: NDArray[np.float64] = move @ corners
    (left, top), (right, bottom) = np.rint([moved.min(axis=1), moved.max(axis=1)]).astype(int)
    return Box(int(left), int(top), int(right), int(bottom))
