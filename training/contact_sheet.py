"""A sheet of written lines as the line reader meets them, to look at what it learns from.

`python -m training.contact_sheet OUT.png [--data mnist.npz] [--pens FOLDER] [--scans]`
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer
from PIL import Image

from digitocr.types import Gray
from synthesis.pens import load_pens
from synthesis.strings import Nuisances
from synthesis.studio import Studio, make_studio
from training.data import load_extra
from training.hand_options import Extra, Pens, Seed
from training.line_batches import EXTRA_WEIGHT, Recipe, line, scanned_line

PAGE_PX = 1600  # width of the sheet
GAP_PX = 6
CAPTION_PX = 14
NARROWEST_PX = 90  # of a place: its digits stand below it in a row
PAGE_GRAY = 190  # so that the edges of a strip are seen
NUISANCES = Nuisances()


def sheet(pictures: Sequence[tuple[Gray, str]]) -> Gray:
    """Pictures in rows, each above its digits in small print; "-" where it has none."""
    places: list[tuple[int, int]] = []
    x, y, deep = GAP_PX, GAP_PX, 0
    for picture, _ in pictures:
        height, width = picture.shape
        if x > GAP_PX and x + width > PAGE_PX:
            x, y, deep = GAP_PX, y + deep, 0
        places.append((x, y))
        x += max(width, NARROWEST_PX) + GAP_PX
        deep = max(deep, height + CAPTION_PX + GAP_PX)
    widest = max((picture.shape[1] for picture, _ in pictures), default=0)
    page = np.full((y + deep, max(PAGE_PX, widest + 2 * GAP_PX)), PAGE_GRAY, np.uint8)
    for (picture, digits), (left, top) in zip(pictures, places, strict=True):
        bottom = top + picture.shape[0]
        page[top:bottom, left : left + picture.shape[1]] = picture
        at = left, bottom + CAPTION_PX - 3
        cv2.putText(page, digits or "-", at, cv2.FONT_HERSHEY_SIMPLEX, 0.35, 0, 1, cv2.LINE_AA)
    return page


def strip_picture(seed: tuple[int, ...], hands: Studio) -> tuple[Gray, str]:
    """The line's strip with its ink in black, and its digits."""
    ready, digits = line(seed, hands, NUISANCES)
    return np.asarray(np.rint(255 * (1 - ready)), np.uint8), digits


def scan_picture(seed: tuple[int, ...], hands: Studio) -> tuple[Gray, str]:
    """The grey crop that the same line's strip is made of, and its digits."""
    gray, _, digits = scanned_line(seed, hands, NUISANCES)
    return gray, digits


def make_hands(data: Path | None, extra: Sequence[Path], pens: Path | None, seed: int) -> Studio:
    """The hands that training draws from; without MNIST, those of the other sources."""
    if data:
        return Recipe(data, tuple(extra), pens, True, NUISANCES, seed).studios()[0]
    recorded = load_pens(pens, True)[0] if pens else {}
    return make_studio([(EXTRA_WEIGHT, load_extra(path)) for path in extra], recorded)


def contact_sheet(
    out: Annotated[Path, typer.Argument(help="Where the picture goes, as .png.")],
    data: Annotated[Path | None, typer.Option(help="MNIST as .npz; left out if absent.")] = None,
    extra: Extra = None,
    pens: Pens = None,
    scans: Annotated[
        bool, typer.Option("--scans", help="The crops that the strips are made of.")
    ] = False,
    seed: Seed = 0,
    count: Annotated[int, typer.Option(min=1)] = 80,
) -> None:
    """Draw a sheet of lines; with stroke models alone where no other hands are given."""
    hands = make_hands(data, extra or (), pens, seed)
    picture = scan_picture if scans else strip_picture
    page = sheet([picture((seed, 0, number), hands) for number in range(count)])
    Image.fromarray(page).save(out)


if __name__ == "__main__":
    typer.run(contact_sheet)
