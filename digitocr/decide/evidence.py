"""Where each digit of an answer stands, and what either reader says of it there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from digitocr.along.ctc import align
from digitocr.find.components import join, trimmed
from digitocr.segments.lattice import spelled_path
from digitocr.segments.tile import normalize
from digitocr.types import (
    NO_DIGIT,
    Box,
    Component,
    Lattice,
    LineStrip,
    Standing,
    TextLine,
)


def standings(text: str, line: TextLine, lattice: Lattice, strip: LineStrip) -> list[Standing]:
    """For each digit of a line's answer; its ink from the lattice, else by forced alignment."""
    if not text:
        return []
    spans = align(strip.along, text)
    along = np.exp(strip.along[:, :NO_DIGIT].astype(np.float64))
    by_line = [along[start:stop].max(axis=0) for start, stop in spans]
    path = spelled_path(lattice, text)
    if path:
        return [
            Standing(
                arc.hypothesis.component,
                arc.tile,
                seen,
                arc.probabilities[:NO_DIGIT].astype(np.float64),
            )
            for arc, seen in zip(path, by_line, strict=True)
        ]
    cut = [_part(line, box) for box in _boxes(spans, strip)]
    return [
        Standing(part, normalize(part.mask), seen, None)
        for part, seen in zip(cut, by_line, strict=True)
    ]


def _boxes(spans: Sequence[tuple[int, int]], strip: LineStrip) -> list[Box]:
    """The steps of each digit -> a box as high as the line, its sides halfway to its neighbours."""
    step_px = strip.box.width / len(strip.along)
    starts = np.array([start for start, _ in spans]) * step_px
    stops = np.array([stop for _, stop in spans]) * step_px
    height = strip.box.height
    between = (stops[:-1] + starts[1:]) / 2
    left = np.concatenate([[max(0.0, starts[0] - height / 2)], between])
    right = np.concatenate([between, [min(strip.box.width, stops[-1] + height / 2)]])
    sides = strip.box.left + np.rint(np.column_stack([left, right])).astype(int)
    return [
        Box(int(one), strip.box.top, max(int(one) + 1, int(other)), strip.box.bottom)
        for one, other in sides
    ]


def _part(line: TextLine, box: Box) -> Component:
    """The line's ink between the sides of a box; the bare box where there is none."""
    parts = []
    for component in line.components:
        left, right = box.left - component.box.left, box.right - component.box.left
        columns = np.arange(component.box.width)
        inside = component.mask & ((columns >= left) & (columns < right))
        part = trimmed(inside, component.box)
        if part is not None:
            parts.append(part)
    if parts:
        return join(parts)
    return Component(box, np.zeros((box.height, box.width), bool))
