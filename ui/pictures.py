"""Drawn pictures as HTML, each drawn once for a Reading, with the place of each digit.

Whatever shows digit i carries data-highlight="i"; `highlight.js` shows all of them together.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

from PIL import Image

from digitocr import Digit, Reading
from digitocr.inside.insight import Insight, look_inside
from digitocr.inside.pictures import draw_kernels, draw_neighbours, draw_occlusion
from digitocr.measure.blame import is_page
from digitocr.picture.edit import encoded
from digitocr.reasons import Objection
from digitocr.show import diagrams
from digitocr.show.annotate import annotate
from digitocr.show.canvas import Canvas, Rect
from digitocr.show.charts import tile_image
from digitocr.show.places import along_strips, as_shares, in_working_frame, left_out_places
from digitocr.show.stages import drawn_stages
from ui import parts

MOST_PLACES = 120  # digits; a page of more is looked at as a whole

Shown = TypeVar("Shown")
Picture = TypeVar("Picture")


@dataclass(frozen=True)
class Step:
    """A stage as it is shown."""

    title: str
    picture: str  # HTML
    words: str  # Markdown


def _once(draw: Callable[[Shown], Picture]) -> Callable[[Shown], Picture]:
    """Keep what was drawn of a Reading, or of its digits, for as long as these live.

    A session keeps but a few Readings, so that few are kept here.
    """
    drawn: WeakKeyDictionary[Shown, Picture] = WeakKeyDictionary()

    @wraps(draw)
    def kept(shown: Shown) -> Picture:
        if (picture := drawn.get(shown)) is None:
            picture = drawn[shown] = draw(shown)
        return picture

    return kept


@_once
def steps_of(reading: Reading) -> list[Step]:
    """The stages that had something to work on."""
    steps = []
    for stage, image in drawn_stages(reading):
        spent = reading.stage_ms.get(stage.clock)
        note = f" :gray[· {spent:.1f} ms]" if spent is not None else ""
        picture = _figure(image, stage.title, list(stage.places(reading)))
        steps.append(Step(stage.title, picture, stage.explain(reading) + note))
    return steps


@_once
def answer_picture(reading: Reading) -> str:
    """The picture with a box and a label on each digit, and on what nobody read.

    A page of print stays bare: boxes on all of it would only hide it.
    """
    if is_page(reading):
        return _figure(Canvas(reading.picture.rgb).image, "The page", ())
    left_out: dict[Objection, list[Rect]] = {}  # `answer_view` tells each just once
    for part, rect in zip(reading.left_out, left_out_places(reading), strict=True):
        left_out.setdefault(part.reason, []).append(rect)
    others = {f"left-{at}": rects for at, rects in enumerate(left_out.values())}
    places = list(in_working_frame(reading))
    return _figure(annotate(reading), "Digits in boxes", places, others)


@_once
def along_picture(reading: Reading) -> str:
    """What the line reader says at each step of its first look at the lines."""
    image = diagrams.along([strip.first for strip in reading.strips])
    return _figure(image, "Along the line", list(along_strips(reading)))


@_once
def insight_of(digit: Digit) -> Insight:
    """What goes on inside the classifier on a digit's tile."""
    return look_inside(digit.tile, digit.label)


@_once
def inside_pictures(insight: Insight) -> tuple[str, str, str]:
    """The first layer, which pixels mattered, and what is alike."""
    return (
        _figure(draw_kernels(insight), "Kernels and feature maps", ()),
        _figure(draw_occlusion(insight), "Which pixels mattered", ()),
        _figure(draw_neighbours(insight), "The nearest digits", ()),
    )


@_once
def tile_address(digit: Digit) -> str:
    """A digit's tile in its own size, as the address of a picture."""
    return parts.data_url(encoded(tile_image(digit.tile, digit.tile.shape[0])))


def _figure(
    image: Image.Image,
    title: str,
    places: Sequence[Sequence[Rect]],
    others: dict[str, list[Rect]] | None = None,
) -> str:
    named = (
        {str(at): rects for at, rects in enumerate(places)} if len(places) <= MOST_PLACES else {}
    )
    spots = "".join(
        _spot(name, as_shares(rect, image))
        for name, rects in {**named, **(others or {})}.items()
        for rect in rects
    )
    address = parts.data_url(encoded(image, "JPEG"), "jpeg")
    return (
        f'<figure class="drawn" style="--aspect:{image.width / image.height:.4f}">'
        f'<img src="{address}" alt="{html.escape(title)}">{spots}</figure>'
    )


def _spot(name: str, shares: Rect) -> str:
    left, top, right, bottom = (f"{100 * share:.2f}%" for share in shares)
    inset = f"{top} calc(100% - {right}) calc(100% - {bottom}) {left}"
    return f'<span data-highlight="{name}" style="inset:{inset}"></span>'
