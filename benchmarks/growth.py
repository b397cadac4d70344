"""Time to read a page against the digits on it: `python -m benchmarks.growth [--plot FILE.png]`.

The pages are drawn by the stroke models: lines of digits on white, up to 1,000 on a page.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer

from digitocr import Settings, read
from digitocr.types import Gray
from synthesis.hands.strokes import Hand, render, write_number

COUNTS = (10, 25, 50, 100, 200, 400, 700, 1000)  # digits
HEIGHT_PX = 36.0
ACROSS = 25  # digits on a line
REPEATS = 5


def page(count: int) -> Gray:
    """A page with so many digits, (H, W), dark on white; always of the same size."""
    rng = np.random.default_rng(count)
    size = round(max(COUNTS) / ACROSS * 2 * HEIGHT_PX) + 80, round(ACROSS * 1.3 * HEIGHT_PX) + 80
    strokes = []
    for row, start in enumerate(range(0, count, ACROSS)):
        text = "".join(map(str, rng.integers(0, 10, min(ACROSS, count - start))))
        written = write_number(rng, Hand((0,) * 10, constancy=1.0), text, HEIGHT_PX, 0.25)
        shift = np.array([40, 80 + 2 * HEIGHT_PX * row])
        strokes += [np.asarray(one + shift, np.float32) for digit in written for one in digit]
    return np.asarray(255 - 225 * render(strokes, size, 3.4), np.uint8)


def main(
    plot: Annotated[Path | None, typer.Option(help="Draw the curve here.")] = None,
) -> None:
    """Print the median time for each count of digits, one thread."""
    cv2.setNumThreads(1)
    medians = []
    print("| digits | read | ms | ms per digit |\n|---|---|---|---|")
    for count in COUNTS:
        picture, spent = page(count), []
        for _ in range(REPEATS):
            start = time.perf_counter()
            reading = read(picture, Settings(one_wrong_in=1))
            spent.append(1000 * (time.perf_counter() - start))
        medians.append(statistics.median(spent))
        found = len(reading.digits)
        print(f"| {count} | {found} | {medians[-1]:.0f} | {medians[-1] / count:.2f} |")
    if plot:
        _draw(medians, plot)


def _draw(medians: list[float], plot: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure((6, 3.6), layout="constrained")
    axes = figure.add_subplot(xlabel="digits on the page", ylabel="ms")
    axes.plot(COUNTS, medians, "o-", color="#1f7a70")
    axes.set(xlim=(0, None), ylim=(0, None))
    axes.grid(alpha=0.3)
    figure.savefig(plot, dpi=150)


if __name__ == "__main__":
    typer.run(main)
