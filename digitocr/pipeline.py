"""read(): a picture in, a Reading out, the stages in order."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from digitocr.along.ctc import best_path, single_digits
from digitocr.along.strip import WIDE, Surroundings, cut_out, strip, strip_box, upright
from digitocr.budget import affordable, likeliest, seen_again
from digitocr.decide.answer import answers, decide
from digitocr.decide.objections import object_to
from digitocr.find.binarize import binarize
from digitocr.find.components import MOST_MASK_PX, Found, digit_height, find_components, frames
from digitocr.find.lines import group_lines
from digitocr.find.rectify import rectify
from digitocr.find.rules import find_edge_rules, find_rule
from digitocr.networks.runtime import LineReader, load_classifier, load_line_reader
from digitocr.picture.load import Source, load
from digitocr.reading import Reading
from digitocr.reasons import DropReason
from digitocr.segments.cuts import cut
from digitocr.segments.lattice import build_lattice, hypotheses, runs
from digitocr.segments.tile import TILE_PX, normalize
from digitocr.settings import Settings
from digitocr.types import (
    Box,
    Component,
    Dropped,
    Ink,
    LineStrip,
    LogProbabilities,
    Piece,
    Segmentation,
    Strip,
    TextLine,
)


def read(
    source: Source, settings: Settings | None = None, model: str | Path | None = None
) -> Reading:
    """Read the handwritten numbers in a picture.

    source: a path, an encoded file's bytes, a Pillow image, or an array (H, W), (H, W, 3) RGB or
    (H, W, 4) RGBA. model: a .keras file in place of the shipped classifier. Raises InputError,
    in a sentence for the user, when the picture cannot be decoded. A picture without writing is
    no error: it gives a Reading with no digits.
    """
    settings = settings or Settings()
    classifier = load_classifier(Path(model) if model else None)
    line_reader = load_line_reader()
    clock = _Clock()
    with clock("load"):
        picture = load(source)
    with clock("binarize"):
        binarization = binarize(picture.gray, settings)
    with clock("contours"):
        found = find_components(binarization.ink)
    with clock("rectify"):
        rectification = rectify(
            binarization.ink, found.components, picture.source_px_per_px, settings.max_skew_deg
        )
        if rectification.skew_deg:
            found = find_components(rectification.ink)
    with clock("segment"):
        segmentation, boxes = affordable(segment(found, rectification.ink.shape))

    def cut_ink(box: Box) -> Strip:
        gray = cut_out(binarization.gray, box, rectification.to_gray)
        return strip(gray, binarization.ink_is_dark)

    with clock("strip"):
        cut_outs = [(box, cut_ink(box)) for box in boxes]
    with clock("read along"):
        strips = tuple(LineStrip(box, one, line_reader.along(one)) for box, one in cut_outs)
    with clock("cut"):
        pieces = [
            _pieces(line, seen, settings.split_touching)
            for line, seen in zip(segmentation.lines, strips, strict=True)
        ]
        worth, are_all = likeliest(
            [
                runs(parts, line.digit_height_px)
                for parts, line in zip(pieces, segmentation.lines, strict=True)
            ],
            segmentation.lines,
        )
        candidates = [hypotheses(parts, some) for parts, some in zip(pieces, worth, strict=True)]
    with clock("normalize"):
        hypothesis_tiles = [normalize(one.component.mask) for line in candidates for one in line]
        tiles = np.array(hypothesis_tiles, np.float32).reshape(-1, TILE_PX, TILE_PX)
    with clock("classify"):
        probabilities = classifier.probabilities(tiles)
    with clock("lattice"):
        starts = np.cumsum([0, *(len(line) for line in candidates)])
        lattices = tuple(
            build_lattice(
                parts, found, tiles[start:stop], probabilities[start:stop], line.digit_height_px
            )
            for line, parts, found, start, stop in zip(
                segmentation.lines, pieces, candidates, starts[:-1], starts[1:], strict=True
            )
        )
    with clock("decide"):
        disputed = [
            best_path(seen.along) != lattice.text
            for seen, lattice in zip(strips, lattices, strict=True)
        ]
        around = Surroundings(segmentation.dropped)
        again = seen_again(disputed, strips, segmentation.lines)
        are_settled = [one <= other for one, other in zip(disputed, again, strict=True)]
        strips = tuple(
            replace(seen, again=_other_views(seen, line, around, cut_ink, line_reader))
            if is_again
            else seen
            for seen, line, is_again in zip(strips, segmentation.lines, again, strict=True)
        )
        decisions = [
            decide(*parts, settings.constraint)
            for parts in zip(segmentation.lines, lattices, strips, strict=True)
        ]
        to_source, size_px = rectification.to_source, picture.source_size_px
        too_much = [
            one.box
            for one, *is_whole in zip(strips, are_all, are_settled, strict=True)
            if not all(is_whole)
        ]
        objections, left_out = object_to(
            decisions,
            replace(segmentation, left_out=(*segmentation.left_out, *too_much)),
            rectification,
            picture.gray,
            binarization.ink_is_dark,
            size_px,
        )
        lines = answers(decisions, objections, settings, to_source, size_px)
    return Reading(
        settings,
        picture,
        binarization,
        rectification,
        segmentation,
        lattices,
        strips,
        lines,
        left_out,
        stage_ms=clock.elapsed_ms,
    )


def segment(found: Found, shape: tuple[int, int]) -> Segmentation:
    """Take ruled lines out of the components, then sort them into lines of writing.

    found: level frame, a picture of this shape (H, W).
    """
    inner, edges, beyond = _without(found.components, find_edge_rules(found.components, shape))
    typical_px = digit_height(inner)
    kept, rules, beyond_too = _without(
        inner,
        [
            find_rule(one, typical_px, is_frame)
            for one, is_frame in zip(inner, frames(inner), strict=True)
        ],
    )
    dropped = [Dropped(part, DropReason.RULE) for part in (*edges, *rules)]
    lines, marks = group_lines(kept, shape)
    texture = [one.component.box for one in marks if one.reason is DropReason.TEXTURE]
    unread = *found.left_out, *beyond, *beyond_too, *texture
    return Segmentation(tuple(found.contours), tuple(lines), (*dropped, *marks), unread)


def _without(
    components: Sequence[Component], rules: Sequence[Ink]
) -> tuple[list[Component], list[Component], list[Box]]:
    """What is left of the components when their rules are taken out, these rules, and the boxes
    of what is left out."""
    kept: list[Component] = []
    taken: list[Component] = []
    left_out: list[Box] = []
    most_px = MOST_MASK_PX
    for component, rule in zip(components, rules, strict=True):
        if not rule.any():
            kept.append(component)
            continue
        origin = component.box.left, component.box.top
        parts = find_components(rule, origin, most_px)
        rest = find_components(component.mask & ~rule, origin, most_px)
        taken += parts.components
        kept += rest.components
        left_out += rest.left_out
        most_px -= sum(one.mask.size for one in (*parts.components, *rest.components))
    return kept, taken, left_out


def _other_views(
    seen: LineStrip,
    line: TextLine,
    around: Surroundings,
    cut_ink: Callable[[Box], Strip],
    line_reader: LineReader,
) -> tuple[LogProbabilities, ...]:
    """A third look at a line that the readers differ on: with more around it, and upright."""
    wide = cut_ink(strip_box(line, around, WIDE))
    return line_reader.along(wide), line_reader.along(upright(seen.strip, line))


def _pieces(line: TextLine, seen: LineStrip, split_touching: bool) -> list[Piece]:
    if not split_touching:
        return [Piece(component, None) for component in line.components]
    left, width = seen.box.left, seen.box.width
    spans = [
        ((component.box.left - left) / width, (component.box.right - left) / width)
        for component in line.components
    ]
    return cut(line.components, line.digit_height_px, single_digits(seen.along, spans))


class _Clock:
    """Wall time of each stage in ms."""

    def __init__(self) -> None:
        self.elapsed_ms: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.elapsed_ms[stage] = (time.perf_counter() - start) * 1000
