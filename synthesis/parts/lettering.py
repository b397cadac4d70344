"""Print: words, labels, pages, stamps and single letters, in the machine's typefaces."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from synthesis.parts.camera import snapshot
from synthesis.parts.layers import Field

FONTS = "DejaVuS*.ttf", "NotoSans-*.ttf", "NotoSerif-*.ttf", "Liberation*.ttf", "*Hand*.ttf"
LIKE_DIGITS = "OoDIlISsZzBbqgG"
WORDS = [
    *("Hello", "OK", "Oslo", "Zoo", "Bill", "Sill", "BIO", "Solo", "Igloo", "lilies", "Sizzle"),
    *("LOGO", "Boss", "hobby", "quiz", "goose", "Total", "Paris", "Signature", "Date", "Name"),
    *("School", "cafe", "Exit", "Open", "Closed", "Taxi", "Bank", "Notes", "Physics"),
]
Canvas = NDArray[np.uint8]  # (H, W, 3)
Paint = tuple[int, int, int]  # RGB, 0..255


def any_paper(rng: np.random.Generator, height: int = 480, width: int = 640) -> Canvas:
    tone = rng.integers(190, 256)
    return np.full((height, width, 3), tone, np.uint8)


def any_color(rng: np.random.Generator, low: int = 0, high: int = 160) -> Paint:
    red, green, blue = map(int, rng.integers(low, high, 3))
    return red, green, blue


def shot(rng: np.random.Generator, picture: Canvas) -> Canvas:
    """As a camera sees it: soft, with a little grain."""
    return snapshot(rng, picture, rng.uniform(0.5, 1.2), rng.uniform(0, 4))


@cache
def fonts() -> list[str]:
    """Paths of the machine's plain typefaces."""
    root = Path("/usr/share/fonts")
    return sorted({str(path) for pattern in FONTS for path in root.rglob(pattern)})


def _font(rng: np.random.Generator, px: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    found = fonts()
    return _opened(str(rng.choice(found)), px) if found else ImageFont.load_default(px)


@lru_cache(256)
def _opened(path: str, px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, px)


def lettered(
    rng: np.random.Generator, text: str, size_px: int, place: tuple[int, int], page: Canvas
) -> Canvas:
    image = Image.fromarray(page)
    ImageDraw.Draw(image).text(place, text, any_color(rng, 0, 90), _font(rng, size_px))
    return np.array(image)


def word(rng: np.random.Generator) -> Canvas:
    """One word, or three, in large letters."""
    text = " ".join(rng.choice(WORDS, int(rng.integers(1, 4))))
    return shot(rng, lettered(rng, text, 64, (40, 60), any_paper(rng, 200, 60 + 48 * len(text))))


def printed(rng: np.random.Generator) -> Canvas:
    """A page of print."""
    lines = [" ".join(rng.choice(WORDS, 8)) for _ in range(14)]
    return shot(rng, lettered(rng, "\n".join(lines), 22, (40, 40), any_paper(rng, 520, 760)))


def stamp(rng: np.random.Generator) -> Canvas:
    """Two rings with a word in them."""
    page, color = any_paper(rng, 360, 360), any_color(rng)
    for radius in (150, int(rng.integers(100, 140))):
        cv2.circle(page, (180, 180), radius, color, int(rng.integers(2, 7)), cv2.LINE_AA)
    text = str(rng.choice(WORDS))
    return shot(rng, lettered(rng, text, 34, (180 - 9 * len(text), 158), page))


def lone_letter(rng: np.random.Generator) -> Canvas:
    """One letter that looks like a digit, in print."""
    letter = str(rng.choice(list(LIKE_DIGITS)))
    return shot(rng, lettered(rng, letter, 90, (70, 40), any_paper(rng, 200, 200)))


def phrase(rng: np.random.Generator) -> str:
    """What is printed beside a field: a word or three, now and then with a colon or a number."""
    text = " ".join(rng.choice(WORDS, int(rng.integers(1, 4))))
    kind = rng.random()
    if kind < 0.3:
        return text + ":"
    return f"{text} {rng.integers(1, 100)}." if kind > 0.9 else text


def line_of_print(rng: np.random.Generator, text: str, size_px: float) -> Field:
    """Printed text, (H, W) coverage 0..1, cropped to its ink; size_px: of the typeface."""
    font = _font(rng, max(6, round(size_px)))
    left, top, right, bottom = font.getbbox(text)
    size = max(1, round(right - left)), max(1, round(bottom - top))
    image = Image.new("L", size)
    ImageDraw.Draw(image).text((-left, -top), text, 255, font)
    return np.asarray(image, np.float32) / np.float32(255)
