"""Tables and forms with numbers in their cells and fields, seen from straight above."""

from __future__ import annotations

import numpy as np

from synthesis.hands.studio import Studio
from synthesis.parts import layers, rulings
from synthesis.parts.layers import Size
from synthesis.parts.lettering import line_of_print, phrase
from synthesis.scenes import writing
from synthesis.scenes.pages import blank, height
from synthesis.scenes.surface import Surface, patch
from synthesis.scenes.writing import PLAIN, Scribe, number, set_down


def table(rng: np.random.Generator, studio: Studio, size_px: Size) -> Surface:
    """A printed table, words at its head and its side, numbers in its cells and across them."""
    page = blank(rng, size_px)
    bright = page.level()
    high = height(rng, size_px, share=0.14)
    step = high * rng.uniform(1.05, 2.2)
    top, left = rng.uniform(0, 0.25) * size_px[0], rng.uniform(-0.1, 0.2) * size_px[1]
    count = int(np.clip((size_px[0] - top) / step + rng.integers(-3, 2), 1, 14))
    rows = [top + index * step for index in range(count + 1)]
    widths = rng.uniform(1.5, 6, int(rng.integers(1, 6))) * high
    places = [float(at) for at in left + np.concatenate([[0], np.cumsum(widths)])]
    look, ink = rulings.random_line(rng), float(bright * rng.uniform(0.05, 0.8))
    page.levels = layers.lay(page.levels, rulings.table(rng, size_px, places, rows, look), ink)
    scribe, filled = Scribe.anybody(rng, studio), rng.uniform(0.3, 1)
    printed_side, right_aligned = rng.random() < 0.5, rng.random() < 0.6
    for row, y in enumerate(rows[:-1]):
        for cell, (x, width) in enumerate(zip(places, widths, strict=False)):
            if (cell == 0 and printed_side) or (row == 0 and rng.random() < 0.3):
                size = min(0.7 * step, max(7.0, 0.8 * high))
                writing.label(rng, page, x + 3, y + 0.2 * step, size, ink)
            elif rng.random() < filled:
                one = number(rng, scribe, high * rng.uniform(0.8, 1.05), width * 1.05, PLAIN)
                free = width - one.size_px[1]
                at = x + (free - 0.2 * high if right_aligned else rng.uniform(0, max(free, 1)))
                down = y + (step - one.size_px[0]) / 2 + rng.normal(0, 0.1) * step
                set_down(rng, page, scribe, one, round(at), round(down))
                if rng.random() < 0.05:  # a stroke that fills the rest of the cell
                    dash = patch(writing.written(rng, scribe, ["-"], 1.5 * high), 3 * high)
                    set_down(
                        rng, page, scribe, dash, round(at - 1.2 * high), round(down + high / 2)
                    )
    return page


def tally(rng: np.random.Generator, studio: Studio, size_px: Size) -> Surface:
    """Short numbers in narrow rows, a pen's stroke before each, and one through every empty row.

    So that nobody can add a digit: election forms, receipts.
    """
    page = blank(rng, size_px)
    bright = page.level()
    step = float(np.clip(height(rng, size_px, 12, 0.14), 14, 60))
    left = rng.uniform(-0.5, 0.3) * size_px[1]
    right = rng.uniform(0.5, 0.98) * size_px[1]
    top = rng.uniform(-0.1, 0.4) * size_px[0]
    rows = [top + index * step for index in range(int(rng.integers(3, 15)))]
    look = rulings.random_line(rng, 2)
    printed = rulings.table(rng, size_px, [left, right], rows, look)
    page.levels = layers.lay(page.levels, printed, float(bright * rng.uniform(0.1, 0.7)))
    scribe = Scribe.anybody(rng, studio)
    high, filled = step * rng.uniform(0.6, 1.25), int(rng.integers(1, len(rows)))
    strokes, most = np.zeros(size_px, np.uint8), int(rng.integers(2, 5))
    before, through = rng.random() < 0.7, rng.random() < 0.6
    pen = rulings.Line(max(1, round(scribe.style.pen * high)))
    for row, y in enumerate(rows[:-1]):
        start, middle = (
            max(left, 0) + rng.uniform(-0.5, 0.5) * high,
            y + step * rng.uniform(0.3, 0.8),
        )
        if row < filled:
            signs = [str(digit) for digit in rng.integers(0, 10, int(rng.integers(1, most + 1)))]
            one = patch(writing.written(rng, scribe, signs, high), 2.2 * high)
            x = right - one.size_px[1] - rng.uniform(-0.1, 0.5) * high
            down = y + (step - one.size_px[0]) / 2 + rng.normal(0, 0.08) * step
            if not set_down(rng, page, scribe, one, round(x), round(down)) or not before:
                continue
            stop = x - rng.uniform(-0.05, 0.3) * high
        elif through:
            stop = right - rng.uniform(-0.1, 0.3) * high
        else:
            continue
        if stop > start + high:
            rulings.ruler(
                rng, strokes, [(start, middle), (stop, middle + rng.normal(0, 0.12) * step)], pen
            )
    page.levels = layers.lay(page.levels, rulings.printed(strokes), writing.tone(scribe, bright))
    return page


def form(rng: np.random.Generator, studio: Studio, size_px: Size) -> Surface:
    """Fields of a form: frames, combs, boxes for each digit, lines, and what they are for."""
    page = blank(rng, size_px)
    bright = page.level()
    ink, scribe = float(bright * rng.uniform(0.05, 0.8)), Scribe.anybody(rng, studio)
    high = height(rng, size_px, 10, 0.2)
    y = rng.uniform(0.6, 2) * high
    while y + 1.6 * high < size_px[0]:
        x = float(rng.uniform(0.02, 0.35) * size_px[1])
        while x + 1.5 * high < size_px[1]:
            end = field(rng, page, scribe, x, y, high, ink)
            if rng.random() < 0.5:
                break
            x = end + rng.uniform(0.8, 3) * high
        y += high * rng.uniform(1.9, 4)
    return page


def field(
    rng: np.random.Generator,
    page: Surface,
    scribe: Scribe,
    x: float,
    y: float,
    high: float,
    ink: float,
) -> float:
    """One field of a form at x, y, filled in or not, its label beside or above; its right end."""
    look, room = rulings.random_line(rng), high * rng.uniform(1.15, 1.7)
    pitch, count = high * rng.uniform(0.55, 1.7), int(rng.integers(1, 11))
    count = max(1, min(count, int((page.size_px[1] - x - 2) / pitch)))
    wide, kind, is_filled = count * pitch, rng.integers(4), rng.random() < 0.85
    if kind < 2:
        places = [x + index * pitch for index in range(count + 1)]
        lines = rulings.comb(rng, page.size_px, places, y, y + room, look)
    else:
        box = x, y if kind == 2 else y + room, x + wide, y + room
        lines = rulings.frame_around(rng, page.size_px, box, look)
    page.levels = layers.lay(page.levels, lines, ink)
    if is_filled and kind < 2:
        digits = int(rng.integers(1, count + 1))
        one = writing.spread(rng, scribe, digits, high * rng.uniform(0.7, 1.0), pitch)
        at = x + (count - digits) * pitch * (rng.random() < 0.6) + 0.1 * pitch
        set_down(rng, page, scribe, one, round(at), round(y + (room - one.size_px[0]) / 2))
    elif is_filled:
        one = number(rng, scribe, high * rng.uniform(0.75, 1.1), wide, PLAIN)
        at = x + rng.uniform(0, max(1.0, wide - one.size_px[1]))
        down = y + room - one.size_px[0] - rng.uniform(-0.15, 0.25) * high
        set_down(rng, page, scribe, one, round(at), round(down))
    size = float(np.clip(high * rng.uniform(0.35, 0.8), 7, 26))
    words = line_of_print(rng, phrase(rng), size)
    if rng.random() < 0.5:
        writing.print_at(page, words, x, y - size * 1.25, ink)
    else:
        writing.print_at(page, words, max(0.0, x - words.shape[1] - 6), y + room / 3, ink)
    return x + wide
