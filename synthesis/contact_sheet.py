"""A sheet of painted pictures with what is known of them: to look at what is learnt from.

`python -m synthesis.contact_sheet --out FILE.png [--seed N] [--kind KIND] [--pens FOLDER]
[--count N]`
KIND: one of the scenes' kinds, "line" for the crops of lines, "strip" for what of them the line
reader sees; left out, scenes of all kinds. In scenes the numbers' ink is coloured, blue where it is
dark and orange where it is light; each number has its quad, each digit its box.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer
from numpy.typing import NDArray
from PIL import Image

from digitocr.along.strip import strip
from digitocr.types import Gray, Rgb
from synthesis.hands.inked_line import write_line
from synthesis.hands.pens import load_pens
from synthesis.hands.strings import Nuisances, random_text
from synthesis.hands.studio import Studio, make_studio
from synthesis.scans import enlarged, scan
from synthesis.scenes.painter import KINDS, paint
from synthesis.scenes.truth import Scene

PAGE_PX = 1640  # width of the sheet
GAP_PX = 6
CAPTION_PX = 14
NARROWEST_PX = 90  # of a place: its caption stands below it in a row
PAGE_GRAY = 190  # so that the edges of a picture are seen
DARK_INK, LIGHT_INK, QUAD = (0, 90, 255), (255, 120, 0), (0, 170, 60)
LINES = "line", "strip"
Captioned = tuple[Gray | Rgb, str]


def sheet(pictures: Sequence[Captioned]) -> Rgb:
    """Pictures in rows, each above its caption in small print; "-" where it has none."""
    places: list[tuple[int, int]] = []
    x, y, deep = GAP_PX, GAP_PX, 0
    for picture, _ in pictures:
        height, width = picture.shape[:2]
        if x > GAP_PX and x + width > PAGE_PX:
            x, y, deep = GAP_PX, y + deep, 0
        places.append((x, y))
        x += max(width, NARROWEST_PX) + GAP_PX
        deep = max(deep, height + CAPTION_PX + GAP_PX)
    widest = max((picture.shape[1] for picture, _ in pictures), default=0)
    page = np.full((y + deep, max(PAGE_PX, widest + 2 * GAP_PX), 3), PAGE_GRAY, np.uint8)
    for (picture, caption), (left, top) in zip(pictures, places, strict=True):
        bottom = top + picture.shape[0]
        shown = picture if picture.ndim == 3 else picture[..., None]
        page[top:bottom, left : left + picture.shape[1]] = shown
        at = left, bottom + CAPTION_PX - 3
        font, black = cv2.FONT_HERSHEY_SIMPLEX, (0, 0, 0)
        cv2.putText(page, caption or "-", at, font, 0.35, black, 1, cv2.LINE_AA)
    return page


def marked(scene: Scene) -> Rgb:
    """The scene beside itself with its truth drawn over it."""
    shown = np.repeat(scene.gray[..., None], 3, axis=2)
    over = shown.copy()
    for number in scene.numbers:
        color = DARK_INK if number.ink_is_dark else LIGHT_INK
        for digit in number.digits:
            box = digit.box
            part = slice(box.top, box.bottom), slice(box.left, box.right)
            over[part][scene.mask[part]] = color
            cv2.rectangle(over, box[:2], (box.right - 1, box.bottom - 1), color, 1)
        corners = np.rint(number.quad * 16 - 8).astype(np.int32)
        cv2.polylines(over, [corners], True, QUAD, 1, cv2.LINE_AA, 4)
    return np.concatenate([shown, np.full((len(shown), 2, 3), PAGE_GRAY, np.uint8), over], axis=1)


def scene_picture(seed: tuple[int, ...], hands: Studio, kind: str | None) -> Captioned:
    """A scene with its truth, and its numbers with their tilts and heights."""
    scene = paint(seed, hands, kind=kind)
    cut = {True: "", False: "~"}
    said = (
        f"{one.text}{cut[one.is_whole]} {one.tilt_deg:.0f}d {one.digit_height_px:.0f}px"
        for one in scene.numbers
    )
    return marked(scene), f"{scene.kind}: {', '.join(said)}"[:130]


def line_picture(seed: tuple[int, ...], hands: Studio, kind: str) -> Captioned:
    """A line's grey crop, or its strip with the ink in black, and its digits."""
    rng, nuisances = np.random.default_rng(seed), Nuisances()
    text = random_text(rng, nuisances)
    gray, ink_is_dark, _ = scan(rng, write_line(rng, hands, text, nuisances).ink, nuisances)
    if kind == "line":
        return gray, text.digits
    return np.asarray(
        np.rint(255 * (1 - strip(enlarged(gray), ink_is_dark))), np.uint8
    ), text.digits


def contact_sheet(
    out: Annotated[Path, typer.Option(help="Where the picture goes, as .png.", dir_okay=False)],
    kind: Annotated[
        str | None, typer.Option(help=f"One of {', '.join((*KINDS, *LINES))}; left out, all.")
    ] = None,
    pens: Annotated[Path | None, typer.Option(help="Folder with recorded pen strokes.")] = None,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    count: Annotated[int, typer.Option(min=1)] = 24,
) -> None:
    """Draw a sheet of pictures; with stroke models alone where no other hands are given."""
    if kind not in (None, *KINDS, *LINES):
        raise typer.BadParameter(f"{kind} is none of {', '.join((*KINDS, *LINES))}.")
    if not out.parent.is_dir():
        raise typer.BadParameter(f"There is no folder {out.parent}: make it first.")
    _try_to_save(out)
    if pens and not pens.is_dir():
        raise typer.BadParameter(f"There is no folder {pens}: name that of the pen strokes.")
    try:
        hands = make_studio([], load_pens(pens, True)[0] if pens else {})
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    pictures = [
        line_picture((seed, number), hands, kind)
        if kind in LINES
        else scene_picture((seed, number), hands, kind)
        for number in range(count)
    ]
    drawn: NDArray[np.uint8] = sheet(pictures)
    Image.fromarray(drawn).save(out)


def _try_to_save(out: Path) -> None:
    """What Pillow can't write is told before anything is painted."""
    try:
        Image.new("RGB", (1, 1)).save(
            io.BytesIO(), Image.registered_extensions()[out.suffix.lower()]
        )
    except (LookupError, OSError) as error:
        raise typer.BadParameter(f"{out.name} is no kind of picture: name it .png.") from error


if __name__ == "__main__":
    typer.run(contact_sheet)
