"""Things, signs and textures in which nobody wrote a number."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from synthesis.parts.lettering import WORDS, Canvas, any_color, any_paper, lettered, shot


def _smooth(rng: np.random.Generator, sigma_px: float, shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Clouds of such a size, 0..255."""
    step = max(1, int(sigma_px / 3))
    coarse = rng.random((shape[0] // step + 1, shape[1] // step + 1)).astype(np.float32)
    cloud = cv2.GaussianBlur(coarse, (0, 0), sigma_px / step)
    sized = cv2.resize(cloud, shape[::-1], interpolation=cv2.INTER_CUBIC)
    spread = float(np.ptp(sized)) or 1.0
    return np.asarray(255 * (sized - sized.min()) / spread, np.uint8)


def plot(rng: np.random.Generator) -> Canvas:
    """Axes with curves, bars or dots."""
    page = np.full((420, 600, 3), 255, np.uint8)
    cv2.rectangle(page, (60, 30), (570, 370), (0, 0, 0), 1)
    for place in range(5):
        cv2.line(page, (60, 60 + 70 * place), (66, 60 + 70 * place), (0, 0, 0), 1)
    kind = rng.integers(3)
    x = np.linspace(70, 560, 60)
    for _ in range(int(rng.integers(1, 4))):
        waves, shift = rng.uniform(0.5, 4), rng.uniform(0, 6)
        y = 200 + rng.uniform(40, 120) * np.sin(waves * x / 100 + shift)
        color = any_color(rng)
        if kind == 0:
            points = np.stack([x, y], axis=1).astype(np.int32)
            cv2.polylines(page, [points], False, color, int(rng.integers(1, 4)), cv2.LINE_AA)
        elif kind == 1:
            for left, top in zip(x[::6], y[::6], strict=True):
                cv2.rectangle(page, (int(left), int(top)), (int(left) + 24, 370), color, -1)
        else:
            for left, top in zip(x, y, strict=True):
                cv2.circle(page, (int(left), int(top + rng.normal(0, 20))), 4, color, -1)
    return page


def ellipse(rng: np.random.Generator) -> Canvas:
    """A plot or a bare page with an ellipse."""
    page = plot(rng) if rng.random() < 0.5 else any_paper(rng)
    if page.shape[0] == 420 and rng.random() < 0.6:
        page[32:369, 62:569] = 255
    axes = int(rng.integers(30, 170)), int(rng.integers(30, 150))
    thick = int(rng.choice([2, 3, 6, -1]))
    turn = float(rng.uniform(0, 180))
    cv2.ellipse(page, (310, 200), axes, turn, 0, 360, any_color(rng), thick, cv2.LINE_AA)
    return page


def blobs(rng: np.random.Generator) -> Canvas:
    """Dark stains on light paper."""
    shape = 400, 560
    cloud = _smooth(rng, rng.uniform(12, 45), shape)
    page = any_paper(rng, *shape)
    page[cloud > np.quantile(cloud, rng.uniform(0.8, 0.97))] = any_color(rng, 0, 110)
    return shot(rng, page)


def flower(rng: np.random.Generator) -> Canvas:
    """Petals about a middle, on a stem perhaps, before leaves out of focus."""
    shape = 480, 480
    green = _smooth(rng, 40, shape)[..., None] / 255
    page = (np.array([40, 90, 30]) + green * np.array([60, 90, 50])).astype(np.uint8)
    if rng.random() < 0.4:
        page = any_paper(rng, *shape)
    middle = int(rng.integers(180, 300)), int(rng.integers(150, 260))
    petals, length = int(rng.integers(5, 14)), int(rng.integers(50, 110))
    width, color = int(length * rng.uniform(0.2, 0.45)), any_color(rng, 120, 256)
    cv2.line(page, middle, (middle[0] + int(rng.integers(-60, 60)), 479), (50, 110, 40), 7)
    for place in range(petals):
        angle = 360 * place / petals
        away = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))]) * length * 0.7
        at = int(middle[0] + away[0]), int(middle[1] + away[1])
        cv2.ellipse(page, at, (length // 2, width), angle, 0, 360, color, -1, cv2.LINE_AA)
        cv2.ellipse(page, at, (length // 2, width), angle, 0, 360, (90, 60, 60), 1, cv2.LINE_AA)
    cv2.circle(page, middle, length // 3, any_color(rng, 20, 200), -1, cv2.LINE_AA)
    return shot(rng, page)


def leaf(rng: np.random.Generator) -> Canvas:
    """A leaf with its ribs, on paper."""
    page = any_paper(rng, 420, 420)
    along = np.linspace(0, np.pi, 40)
    width = rng.uniform(40, 110)
    side = np.stack([210 + width * np.sin(along), 60 + 95 * along], axis=1)
    other = np.stack([210 - width * np.sin(along), 60 + 95 * along], axis=1)[::-1]
    outline = np.concatenate([side, other]).astype(np.int32)
    color = any_color(rng, 40, 170)
    is_filled = rng.random() < 0.5
    if is_filled:
        cv2.fillPoly(page, [outline], color, cv2.LINE_AA)
    else:
        cv2.polylines(page, [outline], True, color, 3, cv2.LINE_AA)
    rib = (30, 40, 30)
    cv2.line(page, (210, 60), (210, 390), rib, 2, cv2.LINE_AA)
    for y in range(110, 330, 40):
        for way in (-1, 1):
            cv2.line(page, (210, y), (210 + way * int(width * 0.6), y - 25), rib, 1, cv2.LINE_AA)
    return shot(rng, page)


def face(rng: np.random.Generator) -> Canvas:
    """A face of circles and a mouth."""
    page = any_paper(rng, 400, 400)
    color, pen = any_color(rng, 0, 90), int(rng.integers(2, 9))
    radius = int(rng.integers(90, 160))
    cv2.circle(page, (200, 200), radius, color, pen, cv2.LINE_AA)
    for x in (200 - radius // 3, 200 + radius // 3):
        cv2.circle(page, (x, 200 - radius // 4), radius // 8, color, pen, cv2.LINE_AA)
    half = radius // 2, radius // 3
    cv2.ellipse(page, (200, 200 + radius // 4), half, 0, 20, 160, color, pen, cv2.LINE_AA)
    return shot(rng, page)


def texture(rng: np.random.Generator) -> Canvas:
    """Wood, cloth, grass, grain or checks."""
    shape = 400, 560
    kind = rng.integers(4)
    if kind == 0:
        gray = cv2.resize(_smooth(rng, 4, (400, 56)), shape[::-1])
    elif kind == 1:
        rows, columns = np.indices(shape)
        size = int(rng.integers(8, 60))
        gray = (((rows // size + columns // size) % 2) * 90 + 110).astype(np.uint8)
    elif kind == 2:
        gray = _smooth(rng, rng.uniform(2, 20), shape)
    else:
        gray = rng.normal(150, 40, shape).clip(0, 255).astype(np.uint8)
    return shot(rng, np.repeat(np.asarray(gray, np.uint8)[..., None], 3, axis=2))


def logo(rng: np.random.Generator) -> Canvas:
    """Plain shapes inside each other, in strong colours."""
    page = np.full((360, 360, 3), 255, np.uint8)
    size = 150
    for _ in range(int(rng.integers(1, 4))):
        color = any_color(rng, 0, 230)
        count = int(rng.choice([3, 4, 6, 40]))
        turns = np.linspace(0, 2 * np.pi, count, endpoint=False) + rng.uniform(0, 2)
        points = 180 + size * np.stack([np.cos(turns), np.sin(turns)], axis=1)
        cv2.fillPoly(page, [points.astype(np.int32)], color, cv2.LINE_AA)
        size = int(size * rng.uniform(0.4, 0.8))
    return page


def bokeh(rng: np.random.Generator) -> Canvas:
    """Lights out of focus, or light that changes from side to side alone."""
    shape = 400, 560
    page = np.full((*shape, 3), rng.integers(10, 60), np.float32)
    page += np.linspace(0, rng.uniform(0, 160), shape[1])[:, None]
    for _ in range(int(rng.integers(0, 25))):
        spot = np.zeros((*shape, 3), np.float32)
        at = int(rng.integers(shape[1])), int(rng.integers(shape[0]))
        cv2.circle(spot, at, int(rng.integers(8, 40)), any_color(rng, 60, 200), -1, cv2.LINE_AA)
        page += spot * 0.6
    return shot(rng, np.clip(page, 0, 255).astype(np.uint8))


def form(rng: np.random.Generator) -> Canvas:
    """A blank form: rules, boxes or a table, and what is to be filled in, in print."""
    page, color = any_paper(rng, 500, 640), any_color(rng, 0, 140)
    for row in range(5):
        y = 60 + 80 * row
        page = lettered(rng, str(rng.choice(WORDS)), 20, (30, y), page)
        kind = rng.integers(3)
        if kind == 0:
            cv2.line(page, (200, y + 24), (600, y + 24), color, 1)
        for column in range(8 * bool(kind)):
            left = 200 + 46 * column
            corner = (left + (40 if kind == 1 else 46), y + 40)
            cv2.rectangle(page, (left, y - 6), corner, color, int(rng.integers(1, 3)))
    return shot(rng, page)


def code(rng: np.random.Generator) -> Canvas:
    """A bar code, or a square one."""
    page = np.full((320, 420, 3), 255, np.uint8)
    if rng.random() < 0.5:
        bars = rng.integers(0, 2, 95) * 255
        page[60:260, 20:400] = np.repeat(bars, 4)[None, :, None]
    else:
        cells = rng.integers(0, 2, (25, 25)) * 255
        for y, x in ((0, 0), (0, 18), (18, 0)):
            cells[y : y + 7, x : x + 7] = 0
            cells[y + 1 : y + 6, x + 1 : x + 6] = 255
            cells[y + 2 : y + 5, x + 2 : x + 5] = 0
        page[35:285, 85:335] = np.kron(cells, np.ones((10, 10)))[..., None]
    return shot(rng, page)


def scribble(rng: np.random.Generator) -> Canvas:
    """A signature: one long stroke that winds along a line."""
    page = any_paper(rng, 240, 560)
    steps = np.linspace(0, 1, 200)
    waves = rng.uniform(4, 14, 2)
    y = 120 + 50 * np.sin(2 * np.pi * waves[0] * steps + 1) * np.sin(2 * np.pi * steps)
    x = 60 + 420 * steps + 30 * np.cos(2 * np.pi * waves[1] * steps)
    points = np.stack([x, y], axis=1).astype(np.int32)
    pen = any_color(rng, 0, 90), int(rng.integers(2, 6))
    cv2.polylines(page, [points], False, *pen, cv2.LINE_AA)
    return shot(rng, page)


def sign(rng: np.random.Generator) -> Canvas:
    """A check mark, a cross, an arrow, a heart or a star."""
    page = any_paper(rng, 320, 320)
    shapes = {
        "check": [(90, 170), (140, 230), (240, 90)],
        "arrow": [(60, 160), (250, 160), (200, 110), (250, 160), (200, 210)],
        "cross": [(90, 90), (230, 230), (160, 160), (90, 230), (230, 90)],
        "star": [(160, 60), (220, 240), (70, 130), (250, 130), (100, 240), (160, 60)],
        "house": [(90, 250), (90, 150), (160, 80), (230, 150), (230, 250), (90, 250)],
    }
    points = np.array(shapes[str(rng.choice(list(shapes)))]) + rng.integers(-12, 13, 2)
    pen = int(rng.integers(3, 16))
    cv2.polylines(page, [points.astype(np.int32)], False, any_color(rng, 0, 90), pen, cv2.LINE_AA)
    return shot(rng, page)


FIGURES: tuple[Callable[[np.random.Generator], Canvas], ...] = (
    *(plot, ellipse, blobs, flower, leaf, face, texture, logo, bokeh, form, code, scribble, sign),
)
