"""Draw numbers on the app's canvas in a real browser: `python -m benchmarks.drawing`.

200 digits of our own stroke models, or of a file of recorded pen strokes
(`--pens FILE.json.gz`: [{"label", "strokes": [[[x, y], …], …]}], y down, or up with --y-up),
are replayed stroke by stroke with the mouse, five to a number; the number shown is compared.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray
from playwright.sync_api import Page, sync_playwright

from synthesis.hands.strokes import draw_digit, random_hand

DIGITS_PER_NUMBER = 5
HEIGHT_PX, ADVANCE_PX = 130, 165
LEFT_PX, TOP_PX = 40, 90
LOOK_MS, MOST_LOOKS = 200, 40

Digit = tuple[str, list[NDArray[np.float32]]]  # label, strokes in digit heights


def modelled(rng: np.random.Generator, count: int) -> list[Digit]:
    """Digits of the stroke models, each by another hand."""
    labels = [int(label) for label in rng.integers(0, 10, count)]
    return [(str(label), draw_digit(rng, label, random_hand(rng))) for label in labels]


def recorded(rng: np.random.Generator, count: int, path: Path, y_up: bool) -> list[Digit]:
    """Digits of a file of pen strokes, drawn at random, scaled to height 1."""
    with gzip.open(path) as packed:
        samples = [one for one in json.load(packed) if one["label"] in tuple("0123456789")]
    digits = []
    for index in rng.permutation(len(samples))[:count]:
        strokes = [
            np.array(s, np.float32) * (1, -1 if y_up else 1) for s in samples[index]["strokes"]
        ]
        points = np.concatenate(strokes)
        low, size = points.min(axis=0), np.ptp(points, axis=0)
        scale = max(float(size[1]), float(size[0]) * 0.9, 1e-6)
        digits.append((samples[index]["label"], [(stroke - low) / scale for stroke in strokes]))
    return digits


def write(page: Page, digits: list[Digit]) -> str:
    """Draw a number on the cleared canvas; what the app shows for it, best guesses included."""
    paper = page.locator(".st-key-paper").bounding_box()
    assert paper is not None
    for place, (_, strokes) in enumerate(digits):
        left = paper["x"] + LEFT_PX + place * ADVANCE_PX
        for stroke in strokes:
            points = stroke * HEIGHT_PX + (left, paper["y"] + TOP_PX)
            page.mouse.move(*map(float, points[0]))
            page.mouse.down()
            for x, y in points[1:]:
                page.mouse.move(float(x), float(y))
            page.mouse.up()
    return _settled(page, len(digits))


def _settled(page: Page, count: int) -> str:
    """The labels on the cards once they stay as they are, for longer if their count is off."""
    shown, times = "", 0
    for _ in range(MOST_LOOKS):
        page.wait_for_timeout(LOOK_MS)
        page.locator('.stApp[data-test-script-state="notRunning"]').wait_for()
        now = "".join(text[0] for text in page.locator(".card .label").all_inner_texts())
        shown, times = now, times + 1 if now == shown else 0
        if times >= (2 if len(shown) == count else 10):
            break
    return shown


def main(
    url: Annotated[str, typer.Argument(help="The running app.")] = "http://localhost:8501",
    count: int = 200,
    pens: Annotated[Path | None, typer.Option(help="Recorded pen strokes.")] = None,
    y_up: bool = False,
    browser: Annotated[str, typer.Option(help="Path of the browser.")] = "/usr/bin/chromium",
) -> None:
    """Draw and compare."""
    rng = np.random.default_rng(0)
    digits = recorded(rng, count, pens, y_up) if pens else modelled(rng, count)
    right = 0
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page: Any = chromium.new_page(viewport={"width": 1280, "height": 900})
        page.goto(url)
        page.get_by_role("radio", name="Draw").click()
        page.locator(".st-key-paper canvas.upper-canvas").wait_for()
        for start in range(0, count, DIGITS_PER_NUMBER):
            number = digits[start : start + DIGITS_PER_NUMBER]
            truth = "".join(label for label, _ in number)
            shown = write(page, number)
            hits = sum(a == b for a, b in zip(truth, shown, strict=False))
            right += hits if len(shown) == len(truth) else 0
            if shown != truth:
                print(f"{truth} read as {shown or 'nothing'}")
            page.locator(".st-key-pens").get_by_role("button", name="Clear").click()
            page.locator(".hint").wait_for()
        chromium.close()
    print(f"{right} of {count} digits right ({right / count:.1%})")


if __name__ == "__main__":
    typer.run(main)
