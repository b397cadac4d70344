"""Written lines: from a seed to a strip and its digits, and many of them as one batch."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from digitocr.along.strip import STRIP_PX, strip
from digitocr.types import Strip
from synthesis.hands.inked_line import write_line
from synthesis.hands.strings import LONGEST, Nuisances, random_text
from synthesis.hands.studio import Studio
from synthesis.scans import enlarged, scan

WIDEST_PX = 400
FRAME_PX = 2  # of the strip for each of the network's steps
WIDTH_STEP_PX = 16  # widths of batches are multiples of it: few shapes to compile for
PAD = -1

Written = tuple[Strip, str]  # a line and its digits
Batch = tuple[NDArray[np.float32], NDArray[np.int32]]  # (N, 32, W, 1) strips, (N, L) digits


def line(seed: tuple[int, ...], hands: Studio, nuisances: Nuisances) -> Written:
    """One line's strip (32, W) and its digits; the same seed writes the same line."""
    rng = np.random.default_rng(seed)
    while True:
        text = random_text(rng, nuisances)
        one = scan(rng, write_line(rng, hands, text, nuisances).ink, nuisances)
        ready = strip(enlarged(one.gray), one.ink_is_dark)
        if ready.shape[1] <= WIDEST_PX and fits(text.digits, ready.shape[1]):
            return ready, text.digits


def collate(lines: Sequence[Written], longest: int = LONGEST) -> Batch:
    """Strips padded with paper to the widest, digits padded with PAD to `longest`."""
    width = max(ready.shape[1] for ready, _ in lines)
    padded = -(-width // WIDTH_STEP_PX) * WIDTH_STEP_PX
    strips = np.zeros((len(lines), STRIP_PX, padded, 1), np.float32)
    digits = np.full((len(lines), longest), PAD, np.int32)
    for index, (ready, text) in enumerate(lines):
        strips[index, :, : ready.shape[1], 0] = ready
        digits[index, : len(text)] = [int(digit) for digit in text]
    return strips, digits


def fits(digits: str, width_px: int) -> bool:
    """CTC needs a step for each digit, and one between equal neighbours."""
    repeats = sum(left == right for left, right in pairwise(digits))
    return len(digits) + repeats <= width_px // FRAME_PX
