"""The table of stages: what each is called, how it is drawn, what is said of it, where digits are.

A stage is one entry in the part of the table that its work belongs to, `found_stages`,
`ink_stages`, `shape_stages` or `reader_stages`, with its functions above it. They take a Reading
and compute no stage again. Every picture is RGB at display size: a frame's picture is scaled down
until its longer side is at most LONGEST_PX, a tiny one enlarged to SHORTEST_PX.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from PIL import Image

from digitocr.reading import Reading
from digitocr.show.annotate import annotate
from digitocr.show.found_stages import FOUND_STAGES
from digitocr.show.ink_stages import INK_STAGES
from digitocr.show.reader_stages import READER_STAGES
from digitocr.show.shape_stages import SHAPE_STAGES
from digitocr.show.stage import Stage

STAGES = (*FOUND_STAGES, *INK_STAGES, *SHAPE_STAGES, *READER_STAGES)


def drawn_stages(reading: Reading) -> Iterator[tuple[Stage, Image.Image]]:
    """The stages that this picture took and that had something to work on, with their pictures."""
    for stage in STAGES:
        if stage.works_on(reading) and (picture := stage.draw(reading)) is not None:
            yield stage, picture


def idle_stages(reading: Reading) -> list[Stage]:
    """The stages that had nothing to work on; they come after all the others."""
    return [stage for stage in STAGES if not stage.works_on(reading)]


def stage_pictures(reading: Reading) -> Iterator[tuple[str, Image.Image]]:
    """PNG file names, numbered without a gap, with the pictures; the answer comes last."""
    named = [(stage.title, picture) for stage, picture in drawn_stages(reading)]
    for number, (title, picture) in enumerate([*named, ("answer", annotate(reading))], 1):
        slug = re.sub(r"\W+", "-", title.lower())
        yield f"{number:02}-{slug}.png", picture
