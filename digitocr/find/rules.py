"""Ruled lines, frames and squared paper: long straight ink goes, strokes that cross it stay.

Long runs are found by morphological opening (Serra: Image Analysis and Mathematical Morphology,
1982); a rule's pixel stays where the ink goes on across the rule, as in staff-line removal
(Dalitz and others: "A comparative study of staff removal algorithms", IEEE TPAMI, 2008).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from digitocr.find.components import WRITING_PX, digit_height
from digitocr.types import Component, Ink

RULE_LENGTH = 2.2  # digit heights; no stroke of a digit runs straight for so long
RULE_HEIGHT = 1.6  # the same upright: a 1 is straight, but not so much taller than the rest
SHORTEST_PX = 12
FRAME_LENGTH = 1.3  # the same in a frame, whose sides may be little longer than a digit
SLOPE = 0.015  # of the length, to either side: a rule need not be quite level
EDGE_SHARE = 0.8  # of a side: no stroke of a digit runs along so much of the picture's edge
EDGE_CLEAR = 0.08  # of the shorter side: so far a rule goes on beyond the writing, both ways
ACROSS = 3.0  # times as tall as all else
EDGE_THICKNESS = 0.15  # of the shorter side: what is broader is no rule
CROSSING = 1.6  # ink deeper than this many thicknesses of the rule is a stroke across it


def find_rule(component: Component, digit_height_px: float, is_frame: bool) -> Ink:
    """The component's pixels that belong to ruled lines or a frame: bool, of its mask's shape.

    is_frame: it is known to surround other ink, so shorter lines count too.
    """
    across, down = (FRAME_LENGTH, FRAME_LENGTH) if is_frame else (RULE_LENGTH, RULE_HEIGHT)
    ink = component.mask.astype(np.uint8)
    flat = _horizontal(ink, across * digit_height_px)
    upright = _horizontal(np.ascontiguousarray(ink.T), down * digit_height_px).T
    return flat | upright


def find_edge_rules(components: Sequence[Component], shape: tuple[int, int]) -> list[Ink]:
    """Each component's pixels that run along an edge of the picture, bool of its mask's shape.

    A form's frame does where one field was cut out. shape: the picture's (H, W).
    """
    rules = [np.zeros_like(one.mask) for one in components]
    sides = [_Side.of(components, shape, side) for side in range(4)]
    framing = {index for edge in sides if edge.is_straight for index in edge.depths}
    _mark_long_runs(rules, components, sides)
    for side, edge in enumerate(sides):
        if not edge.is_straight:
            continue
        meets_another = sides[side - 1].is_straight or sides[(side + 1) % 4].is_straight
        # A 1 may fill one side of a number that was cut out closely, but no more than that.
        if not meets_another and not edge.goes_on_beyond(
            {i: one for i, one in enumerate(components) if i in edge.depths or i not in framing},
            EDGE_CLEAR * min(shape),
        ):
            continue
        for index, depth in edge.depths.items():
            rule = _from_side(rules[index], side)
            if edge.thickness_px > EDGE_THICKNESS * min(shape):  # the table around a sheet
                rule |= len(components) > 1 and 2 * (depth > 0).sum() > edge.length_px
                continue
            reach = np.where(depth <= edge.crossing_px, depth, round(edge.thickness_px))
            rule |= np.arange(rule.shape[1]) < reach[:, None]
    # From top to bottom, as the edge of a sheet on a table: nothing written is so much taller.
    tall = {i for i, one in enumerate(components) if one.box.height == shape[0]}
    tallest = max([0, *(one.box.height for i, one in enumerate(components) if i not in tall)])
    for index in tall if shape[0] > ACROSS * tallest >= ACROSS * WRITING_PX else ():
        if components[index].box.width <= EDGE_THICKNESS * min(shape):
            rules[index][...] = True
    return rules


@dataclass(frozen=True, eq=False)
class _Side:
    """The ink along one side of the picture: left, top, right or bottom, in this order."""

    side: int
    length_px: int
    depths: dict[int, NDArray[np.intp]]  # of the components that touch it: ink from the very edge
    thickness_px: float
    is_straight: bool

    @classmethod
    def of(cls, components: Sequence[Component], shape: tuple[int, int], side: int) -> _Side:
        depths: dict[int, NDArray[np.intp]] = {}
        for index, one in enumerate(components):
            left, top, right, bottom = one.box
            if (left, top, shape[1] - right, shape[0] - bottom)[side] == 0:
                ink = _from_side(one.mask, side)
                depths[index] = np.where(ink.all(axis=1), ink.shape[1], ink.argmin(axis=1))
        runs = np.concatenate([np.zeros(0), *(depth[depth > 0] for depth in depths.values())])
        thickness_px = float(np.median(runs)) if runs.size else 0.0
        length_px = shape[side % 2]
        is_straight = runs.size >= EDGE_SHARE * length_px
        return cls(side, length_px, depths, thickness_px, is_straight)

    @property
    def crossing_px(self) -> float:
        return CROSSING * self.thickness_px + 1

    def goes_on_beyond(self, writing: Mapping[int, Component], clear_px: float) -> bool:
        """Whether both its ends lie so far beyond everything else."""
        along = [np.zeros(0, np.intp)]
        for index, one in writing.items():
            first = int(self.crossing_px) if index in self.depths else 0
            start = one.box.left if self.side % 2 else one.box.top
            deep = _from_side(one.mask, self.side)[:, first:].any(axis=1)
            along.append(start + np.flatnonzero(deep))
        places = np.concatenate(along)
        return bool(
            len(places)
            and places.min() >= clear_px
            and self.length_px - 1 - places.max() >= clear_px
        )


def _mark_long_runs(
    rules: Sequence[Ink], components: Sequence[Component], sides: Sequence[_Side]
) -> None:
    """Mark, in rules, what runs along the picture's edge for longer than any digit: a table."""
    inked = [np.count_nonzero(depth) for edge in sides for depth in edge.depths.values()]
    if max(inked, default=0) <= RULE_LENGTH * WRITING_PX:
        return
    touching = {index for edge in sides for index in edge.depths}
    writing_px = digit_height([one for i, one in enumerate(components) if i not in touching])
    if writing_px < WRITING_PX:
        return
    for edge in sides:
        for index, depth in edge.depths.items():
            bounds = np.flatnonzero(np.diff(depth > 0, prepend=False, append=False))
            rule = _from_side(rules[index], edge.side)
            for start, stop in bounds.reshape(-1, 2):
                if stop - start > RULE_LENGTH * writing_px:
                    rule[start:stop] |= np.arange(rule.shape[1]) < depth[start:stop, None]


def _from_side(mask: Ink, side: int) -> Ink:
    """A view of a mask that has its left, top, right or bottom side, 0 to 3, on its left."""
    upright = mask.T if side % 2 else mask
    return upright[:, ::-1] if side >= 2 else upright


def _horizontal(ink: NDArray[np.uint8], shortest_px: float) -> Ink:
    """Pixels of horizontal rules in uint8 ink (H, W)."""
    length_px = max(SHORTEST_PX, round(shortest_px))
    if ink.shape[1] < length_px:
        return np.zeros(ink.shape, np.bool_)
    # Kernels of odd size, as an even one would shift what it opens by a pixel.
    run = cv2.getStructuringElement(cv2.MORPH_RECT, (length_px | 1, 1))
    # A gentle slope or a rough edge breaks runs: bridge a little up and down first.
    bridge_px = max(1, round(SLOPE * length_px))
    thick = cv2.dilate(ink, np.ones((2 * bridge_px + 1, 1), np.uint8))
    rule = np.asarray(cv2.morphologyEx(thick, cv2.MORPH_OPEN, run, borderValue=0), np.uint8) & ink
    if not rule.any():
        return np.zeros(ink.shape, np.bool_)
    stats = cv2.connectedComponentsWithStats(rule, connectivity=8)[2][1:]
    thickness = float((stats[:, cv2.CC_STAT_AREA] / stats[:, cv2.CC_STAT_WIDTH]).max())
    deep = cv2.getStructuringElement(cv2.MORPH_RECT, (1, (round(CROSSING * thickness) + 1) | 1))
    # Beyond the mask's edge there is paper; by default erosion takes it for ink.
    strokes = cv2.morphologyEx(ink, cv2.MORPH_OPEN, deep, borderValue=0)
    return np.asarray((rule == 1) & (strokes == 0), np.bool_)
