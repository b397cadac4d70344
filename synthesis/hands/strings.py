"""What is written on a line, with which pen, and what makes it hard to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from synthesis.hands.writers import Style

LONGEST = 12  # digits on a line
TURNED = "turned"  # of Text.signs: a digit the wrong way up, which is none
# A plain stroke is the digit that is easiest to overlook, so the 1 comes more often.
SHARES = np.array([2, 4, 2, 2, 2, 2, 2, 2, 2, 2]) / 22
# First digits of counts and amounts (Benford: "The law of anomalous numbers", 1938).
LEADING = np.log10(1 + 1 / np.arange(1, 10))
COUNTED = 0.5  # of the numbers are of that kind; the others are codes, dates, parts of something


@dataclass(frozen=True)
class Nuisances:
    """The share of the lines, 0..1, that show each difficulty."""

    touching: float = 0.35
    slant: float = 1.0  # of its usual spread
    separators: float = 0.35
    marks: float = 0.3  # beside the number: dashes, equals signs, currency
    words: float = 0.1  # letters beside the number, or in its place
    turned: float = 0.03  # a digit that lies on its side or its head, in the number's place
    ties: float = 0.1  # the pen is not lifted between digits
    neighbours: float = 0.15  # ink of other lines at the edge
    fills: float = 0.07  # a stroke runs up to the number, so that nobody can add a digit
    combs: float = 0.2  # a field with a place for each digit
    frames: float = 0.3  # the frame of a field around it, or what is left of one
    rules: float = 0.35
    guilloche: float = 0.45
    shade: float = 0.3
    grain: float = 0.6
    faint: float = 0.4
    gaps: float = 0.15  # strokes in which the pen, or a scanner's threshold, left holes
    pressure: float = 0.2  # strokes one way are thinner than the others, or hardly there
    upstrokes: float = 0.2  # a pen that goes up is pressed less
    blur: float = 0.4
    coarse: float = 0.35  # low resolution
    two_level: float = 0.3  # scanned in black and white
    jpeg: float = 0.3
    light_on_dark: float = 0.1


# What confidences promise they promise of pictures the right way up.
UPRIGHT = Nuisances(turned=0.0)


class Text(NamedTuple):
    """What is written on a line, sign by sign, and the digits among it."""

    signs: list[str]  # "0".."9", marks, a space, "letter", or TURNED
    digits: str


def random_text(rng: np.random.Generator, nuisances: Nuisances) -> Text:
    """A number as people note it: a count, an amount, a date, a code; now and then no number."""
    if rng.random() < nuisances.turned:
        return Text([TURNED], "")
    if rng.random() < 0.4 * nuisances.words:
        return Text(["letter"] * int(rng.integers(1, 9)), "")
    count = int(np.clip(rng.poisson(rng.choice([2.0, 4.0, 8.0], p=[0.3, 0.45, 0.25])), 1, LONGEST))
    digits = rng.choice(10, count, p=SHARES)
    if rng.random() < COUNTED:
        digits[0] = 1 + rng.choice(9, p=LEADING)
    if rng.random() < 0.4:  # round amounts, and digits that are repeated
        kind = rng.random()
        repeated = 0 if kind < 0.6 else 1 if kind < 0.8 else rng.integers(10)
        start = int(rng.integers(0, count))
        stop = count if repeated == 0 else start + int(rng.integers(2, 4))
        digits[start:stop] = repeated
    signs: list[str] = []
    separated = rng.random() < nuisances.separators
    separator = str(rng.choice([".", ",", " ", "-", "/"], p=[0.45, 0.3, 0.15, 0.08, 0.02]))
    group = 3 if rng.random() < 0.7 else int(rng.integers(1, 5))
    for index, digit in enumerate(digits):
        if separated and index and (count - index) % group == 0:
            signs.append(separator)
        signs.append(str(digit))
    if rng.random() < nuisances.marks:
        after = ("-", "=", ".", ".-", "--", "#", ",")
        signs += list(after[int(rng.integers(len(after)))])
    if rng.random() < 0.5 * nuisances.marks:
        signs.insert(0, ("$", "#", "=", "-", "~")[int(rng.integers(5))])
    if rng.random() < 0.6 * nuisances.words:
        word = ["letter"] * int(rng.integers(2, 7))
        signs = [*word, " ", *signs] if rng.random() < 0.5 else [*signs, " ", *word]
    return Text(signs, "".join(map(str, digits)))


def random_style(rng: np.random.Generator, nuisances: Nuisances) -> Style:
    """A hand and its pen."""
    return Style(
        slant=float(np.clip(rng.normal(0.12, 0.24) * nuisances.slant, -0.6, 0.9)),
        turn_deg=float(rng.normal(0, 3)),
        aspect=float(np.exp(rng.normal(0, 0.2))),
        pen=float(rng.uniform(0.045, 0.16)),
        unrest=float(rng.uniform(0.1, 1)),
        size=float(rng.uniform(0.75, 1.2)),
        lift=float(rng.uniform(0.2, 1)) if rng.random() < nuisances.upstrokes else 0.0,
    )
