"""Shoot the pictures that the documentation shows: `python -m benchmarks.screenshots [URL]`.

docs/app.png is the app's page for a sample, docs/stages.png a contact sheet of its stages,
docs/pile.png and docs/review.png the pages for many. An app of its own is started unless the URL
of a running one is given; its review desk is put to use.
"""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Annotated

import typer
from PIL import Image, ImageDraw
from playwright.sync_api import Error, Page, ViewportSize, sync_playwright

from digitocr import read
from digitocr.show.canvas import INK, font
from digitocr.show.stages import stage_pictures

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "sample_images" / "cheque.jpg"
DOCS = ROOT / "docs"
VIEW: ViewportSize = {"width": 1280, "height": 900}  # px
STARTS_WITHIN_MS = 60_000
READ_WITHIN_MS = 180_000  # all the samples, on a busy machine

COLUMNS, CELL_PX, MARGIN_PX, CAPTION_PX = 4, 306, 12, 26
BACKGROUND = (251, 250, 247)
COLORS = 256
LARGEST_BYTES = 250_000


@contextmanager
def running_app() -> Iterator[str]:
    """The address of an app of our own on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    command += ["--server.address=127.0.0.1", f"--server.port={port}", "--server.headless=true"]
    with tempfile.TemporaryDirectory() as folder:
        own = os.environ | {"DIGITOCR_DATABASE": f"sqlite:///{folder}/review.sqlite"}
        server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, env=own)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(10)


def open_app(page: Page, url: str) -> None:
    """Go to the app, which may just be starting."""
    for _ in range(STARTS_WITHIN_MS // 500):
        try:
            page.goto(url)
            return
        except Error:  # nobody answers yet
            page.wait_for_timeout(500)
    raise TimeoutError(f"no app answers at {url}")


def shoot_app(page: Page, url: str) -> Image.Image:
    """The sample's answer in the browser, at the size of VIEW."""
    open_app(page, url)
    page.get_by_role("button", name=f"Sample: {SAMPLE.stem}").click()
    page.locator(".card").last.wait_for()
    return shot(page)


def shoot_pile(page: Page, url: str) -> tuple[Image.Image, Image.Image]:
    """The samples as a pile, and the first of them on the review desk."""
    open_app(page, url)
    page.get_by_role("link", name="Pile").click()
    page.get_by_role("heading", name="Read a pile").wait_for()
    page.set_input_files("input[type=file]", sorted(SAMPLE.parent.glob("*.jpg")))
    page.get_by_role("button", name="Read them").click()
    page.get_by_role("button", name="New pile").wait_for()
    pile = shot(page)
    page.get_by_role("button", name="Put them on the review desk").click()
    page.get_by_label("The number").wait_for()
    return pile, shot(page)


def shot(page: Page) -> Image.Image:
    """What is in view, once nothing moves any more."""
    page.locator('.stApp[data-test-script-state="notRunning"]').wait_for()
    page.wait_for_function("[...document.images].every(image => image.complete)")
    page.mouse.move(0, 0)
    page.wait_for_timeout(1000)  # fonts and transitions
    return Image.open(io.BytesIO(page.screenshot()))


def contact_sheet() -> Image.Image:
    """Every stage of the sample, COLUMNS to a row, each CELL_PX wide under its name."""
    cells = []
    for name, picture in stage_pictures(read(SAMPLE)):
        height = round(picture.height * CELL_PX / picture.width)
        smaller = picture.resize((CELL_PX, height), Image.Resampling.LANCZOS)
        cells.append((Path(name).stem.replace("-", " "), smaller))
    rows = [cells[start : start + COLUMNS] for start in range(0, len(cells), COLUMNS)]
    heights = [CAPTION_PX + max(one.height for _, one in row) + MARGIN_PX for row in rows]
    size = (COLUMNS * (CELL_PX + MARGIN_PX) + MARGIN_PX, sum(heights) + MARGIN_PX)
    sheet = Image.new("RGB", size, BACKGROUND)
    draw = ImageDraw.Draw(sheet)
    y = MARGIN_PX
    for row, height in zip(rows, heights, strict=True):
        for column, (caption, picture) in enumerate(row):
            x = MARGIN_PX + column * (CELL_PX + MARGIN_PX)
            draw.text((x, y), caption, INK, font(16))
            sheet.paste(picture, (x, y + CAPTION_PX))
        y += height
    return sheet


def save(image: Image.Image, path: Path) -> None:
    """A PNG of few colours, small enough for a repository."""
    few = image.convert("RGB").quantize(COLORS, Image.Quantize.FASTOCTREE, kmeans=2)
    few.save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)}: {image.width} by {image.height} px, {size / 1000:.0f} kB")
    if size > LARGEST_BYTES:
        raise typer.Exit(1)


def main(
    url: Annotated[str, typer.Argument(help="A running app; else one is started.")] = "",
    browser: Annotated[str, typer.Option(help="Path of the browser.")] = "/usr/bin/chromium",
) -> None:
    """Shoot all pictures."""
    save(contact_sheet(), DOCS / "stages.png")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = chromium.new_page(viewport=VIEW)
        page.set_default_timeout(READ_WITHIN_MS)
        with nullcontext(url) if url else running_app() as address:
            save(shoot_app(page, address), DOCS / "app.png")
            pile, review = shoot_pile(page, address)
            save(pile, DOCS / "pile.png")
            save(review, DOCS / "review.png")
        chromium.close()


if __name__ == "__main__":
    typer.run(main)
