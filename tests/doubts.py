"""A number with one digit that nobody could be sure of, whatever the networks are."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from digitocr import read
from digitocr.types import Gray
from synthesis.hands.strokes import Hand, render, write_number

HAND = Hand(allographs=(0,) * 10, jitter=0, constancy=1)
NUMBER, DOUBT = "530618", 4  # what the reader takes it for, and the place that is in doubt
READ = "5306?8"
OTHER = "530678"  # what it may be as well


def save_doubtful(path: Path) -> Path:
    """A picture whose fifth digit is halfway between a 1 and a 7; it is saved there."""
    Image.fromarray(_doubtful()).save(path)
    return path


@cache
def _doubtful() -> Gray:
    for bar in np.arange(0.3, 0.9, 0.02):
        gray = _drawn(float(bar))
        reading = read(gray)
        if (reading.text, reading.guess) == (READ, NUMBER):
            nearest = reading.digits[DOUBT].alternatives[0].label
            if nearest == OTHER[DOUBT]:
                return gray
    raise AssertionError("The reader is sure of everything between a 1 and a 7.")


def _drawn(bar: float) -> Gray:
    """bar: 0..1, how far the stroke before the stem of the 1 reaches, and how level it is."""
    digits = write_number(np.random.default_rng(7), HAND, NUMBER, 110, spacing=0.4)
    stem = np.array([[-70 * bar, 18 - 6 * bar], [0, 0], [-6, 110]], np.float32)
    place = digits[DOUBT][0].min(axis=0)
    digits[DOUBT] = [np.asarray(stem + place + (30, 0), np.float32)]
    paths = [stroke for digit in digits for stroke in digit]
    points = np.concatenate(paths)
    corner = 60 - points.min(axis=0)
    width, height = (np.ptp(points, axis=0) + 120).astype(int).tolist()
    ink = render([np.asarray(path + corner, np.float32) for path in paths], (height, width), 9)
    return np.asarray(245 - 215 * ink, np.uint8)
