"""A sheet to print: its pages as pictures, and these as a PDF."""

from __future__ import annotations

from pathlib import Path

import cv2
from PIL import Image, ImageDraw, ImageFont

from digitocr.output.whole import written_whole
from digitocr.sheet.layout import (
    LABEL_MM,
    MARGIN_MM,
    MARK_MM,
    Page,
    Paper,
    dictionary,
    fields,
    mark_corners,
    mark_ids,
)

PX_PER_MM = 10
DPI = 254  # the same
QUALITY = 92  # of the pictures in the PDF, JPEG
PALE, PALER = 130, 185  # gray levels of what is printed: paler than any pen
TEXT_MM = 3.4
WORDS = (
    "Write each number into its box, the way you always write. Leave out what you like.",
    "Then photograph the whole page with its four marks, lying flat, and:",
    "digitocr sheet --read PHOTO --out FOLDER",
)


def write_pdf(out: Path, paper: Paper, pages: int) -> None:
    """Write the first so many pages, 1 .. MOST_PAGES. Raises InputError when that cannot be."""
    first, *others = (draw_page(Page(paper, number)) for number in range(1, pages + 1))
    with written_whole(out) as unfinished:
        first.save(
            unfinished,
            "PDF",
            resolution=DPI,
            quality=QUALITY,
            title="digitocr sheet",
            save_all=True,
            append_images=others,
        )


def draw_page(page: Page) -> Image.Image:
    """A page as it is printed: mode L, PX_PER_MM px for each mm."""
    width, height = (round(side * PX_PER_MM) for side in page.paper.size_mm)
    image = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(image)
    for mark, corners in zip(mark_ids(page), mark_corners(page.paper), strict=True):
        drawn = cv2.aruco.generateImageMarker(dictionary(), mark, round(MARK_MM * PX_PER_MM))
        left, top = (round(float(side) * PX_PER_MM) for side in corners[0])
        image.paste(Image.fromarray(drawn), (left, top))
    _head(draw, page, width)
    for one in fields(page):
        x, y, wide, high = (side * PX_PER_MM for side in one.box)
        draw.rectangle((x, y, x + wide, y + high), outline=PALER, width=2)
        above = y - (LABEL_MM - TEXT_MM) / 2 * PX_PER_MM
        draw.text((x + 4, above), one.number, PALE, _font(TEXT_MM), "ls")
    return image


def _head(draw: ImageDraw.ImageDraw, page: Page, width_px: int) -> None:
    for line, words in enumerate(WORDS):
        y = (MARGIN_MM + TEXT_MM + 1.4 * line * TEXT_MM) * PX_PER_MM
        draw.text((width_px / 2, y), words, PALE, _font(TEXT_MM), "ms")
    foot_mm = page.paper.size_mm[1] - MARGIN_MM - MARK_MM / 2
    words = f"digitocr sheet, page {page.number} ({page.paper.upper()})"
    draw.text((width_px / 2, foot_mm * PX_PER_MM), words, PALE, _font(TEXT_MM), "mm")


def _font(height_mm: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(height_mm * PX_PER_MM)
