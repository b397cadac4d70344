"""What pictures made to cost much do cost: `python -m benchmarks.hostile [--checkout FOLDER]`.

Each is read by `python -m digitocr read` in a process of its own, whose CPU time and greatest
memory are printed, decoding and imports included. --checkout reads with the code of another
folder instead, an older version's say.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer
from numpy.typing import NDArray
from PIL import Image, ImageFile

from digitocr.types import Gray

ROOT = Path(__file__).parent.parent
CAP_S = 60  # of CPU; a reader that takes longer is killed
SIZES = {"900x900": (900, 900, 1), "3 MP": (1530, 2040, 1), "50 MP": (1530, 2040, 4)}
LARGEST_PX = 49_999_999
# A small process starts the reader: what this one holds would count as the reader's peak.
MEASURE = """
import os, resource, sys
child = os.fork()
if not child:
    resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[1]),) * 2)
    os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
_, status, used = os.wait4(child, 0)
peak = used.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
print(used.ru_utime + used.ru_stime, peak, os.waitstatus_to_exitcode(status))
"""
READ = ("-m", "digitocr", "read", "--format", "jsonl")
DECODE = "import sys; from PIL import Image; Image.MAX_IMAGE_PIXELS = None; "
DECODE += "Image.open(sys.argv[1]).load()"
Shape = tuple[int, int]  # height and width, px


def _where(ink: NDArray[np.bool_]) -> Gray:
    return np.where(ink, 40, 230).astype(np.uint8)


def stripes(shape: Shape, px: int, along: tuple[int, int] = (0, 1)) -> Gray:
    """Stripes of this width; `along` is how far y and x count towards the next stripe."""
    y, x = np.indices(shape)
    return _where((along[0] * y + along[1] * x) // px % 2 == 0)


def checks(shape: Shape, px: int) -> Gray:
    """A checkerboard."""
    y, x = np.indices(shape) // px
    return _where((y + x) % 2 == 0)


def grid(shape: Shape, px: int, pen_px: int = 2) -> Gray:
    """Squared paper."""
    y, x = np.indices(shape) % px
    return _where((y < pen_px) | (x < pen_px))


def noise(shape: Shape, px: int, share: float = 0.5) -> Gray:
    """Ink and paper by chance, in grains of this size."""
    rng = np.random.default_rng(px)
    coarse = rng.random((shape[0] // px + 1, shape[1] // px + 1)) < share
    return _where(coarse.repeat(px, 0).repeat(px, 1)[: shape[0], : shape[1]])


def clouds(shape: Shape, px: int) -> Gray:
    """Shapes with soft edges by chance."""
    rng = np.random.default_rng(px)
    soft = cv2.GaussianBlur(rng.normal(size=shape).astype(np.float32), (0, 0), px)
    return _where(soft > 0.2 * soft.std())


def frames(shape: Shape, px: int) -> Gray:
    """Frames in frames."""
    y, x = (np.minimum(at, at[::-1, ::-1]) for at in np.indices(shape))
    return _where(np.minimum(y, x) // px % 2 == 0)


def spiral(shape: Shape, px: int) -> Gray:
    """One stroke from the middle to the edge."""
    y, x = np.indices(shape) - np.array(shape)[:, None, None] / 2
    turn = np.hypot(y, x) / px - np.arctan2(y, x) / np.pi
    return _where(np.floor(turn) % 2 == 0)


def corners(shape: Shape, px: int) -> Gray:
    """Angles in angles: no two touch, all their boxes overlap."""
    y, x = np.indices(shape)
    return _where(np.minimum(y, x) // px % 2 == 0)


def dots(shape: Shape, px: int, share: float = 0.35) -> Gray:
    """A halftone: dots on a grid, larger towards the right."""
    y, x = np.indices(shape)
    radius = share * px * (0.5 + x / shape[1])
    return _where(np.hypot(y % px - px / 2, x % px - px / 2) < radius)


def scribble(shape: Shape, px: int) -> Gray:
    """A pen that wanders all over the page."""
    rng = np.random.default_rng(px)
    steps = rng.normal(0, 12 * px, (6 * shape[0], 2)).cumsum(0)
    sides = np.array(shape[::-1])
    at = np.abs((steps + sides / 2) % (2 * sides) - sides)
    sheet = np.full(shape, 230, np.uint8)
    jumps = np.abs(np.diff(at, axis=0)).max(axis=1) > 100 * px
    for part in np.split(at, np.flatnonzero(jumps) + 1):
        cv2.polylines(sheet, [np.rint(part).astype(np.int32)], False, 40, px)
    return sheet


def combs(shape: Shape, px: int) -> Gray:
    """Rows of touching strokes, each as long as the page is wide."""
    y, x = np.indices(shape)
    at = y % (6 * px)
    return _where((at < 4 * px) & ((x // px % 2 == 0) | (at < px // 2 + 1)))


def waves(shape: Shape, px: int) -> Gray:
    """Rows of one wavy stroke each."""
    y, x = np.indices(shape)
    return _where(np.abs(y % (5 * px) - 2 * px - 1.5 * px * np.sin(x / px * 1.7)) < px / 3)


def text(shape: Shape, px: int, letters: str) -> Gray:
    """A page full of letters of this height."""
    rng = np.random.default_rng(px)
    sheet = np.full(shape, 230, np.uint8)
    for y in range(2 * px, shape[0] - px, round(1.7 * px)):
        row = "".join(rng.choice(list(letters), 4 * shape[1] // (3 * px)))
        cv2.putText(sheet, row, (px, y), cv2.FONT_HERSHEY_SIMPLEX, px / 22, 40, max(1, px // 9))
    return sheet


def blob(shape: Shape, px: int) -> Gray:
    """One giant shape full of holes."""
    return np.asarray(255 - dots(shape, px, 0.3), np.uint8)


LETTERS = "abcdefghijklmnopqrstuvwxyz     ABCDEFGHIJKLM"
PICTURES: dict[str, Callable[[Shape], Gray]] = {
    **{f"stripes of {px} px": partial(stripes, px=px) for px in (3, 5, 10, 30)},
    "level stripes": partial(stripes, px=10, along=(1, 0)),
    "diagonal stripes": partial(stripes, px=12, along=(1, 1)),
    "steep stripes": partial(stripes, px=40, along=(1, 4)),
    **{f"checks of {px} px": partial(checks, px=px) for px in (2, 6, 20)},
    **{f"a grid of {px} px": partial(grid, px=px) for px in (8, 20, 60)},
    **{f"noise of {px} px": partial(noise, px=px) for px in (1, 3, 8, 20)},
    **{f"crumbs of {px} px": partial(noise, px=px, share=0.2) for px in (2, 4, 9)},
    **{f"clouds of {px} px": partial(clouds, px=px) for px in (2, 4, 9)},
    "frames in frames": partial(frames, px=4),
    "a spiral": partial(spiral, px=6),
    "angles in angles": partial(corners, px=4),
    **{f"dots every {px} px": partial(dots, px=px) for px in (6, 14, 40)},
    **{f"a scribble of {px} px": partial(scribble, px=px) for px in (2, 6)},
    **{f"combs of {px} px": partial(combs, px=px) for px in (4, 8, 20)},
    **{f"waves of {px} px": partial(waves, px=px) for px in (6, 15)},
    **{f"text of {px} px": partial(text, px=px, letters=LETTERS) for px in (10, 16, 30)},
    **{f"digits of {px} px": partial(text, px=px, letters="0123456789") for px in (10, 16, 30)},
    "one shape full of holes": partial(blob, px=12),
}
STRIPS: dict[str, Shape] = {
    "one row": (1, LARGEST_PX),
    "one column": (LARGEST_PX, 1),
    "ten rows": (10, LARGEST_PX // 10),
    "a strip of 1:900": (230, 207_000),
}


def drawn(name: str, size: str) -> Gray:
    """A picture, uint8 (H, W): drawn small, and as large as its size says."""
    height, width, zoom = SIZES[size]
    return PICTURES[name]((height, width)).repeat(zoom, 0).repeat(zoom, 1)


def strip_of(shape: Shape) -> Gray:
    """Strokes across a long strip, uint8 of this shape."""
    row = np.where(np.arange(max(shape)) // 10 % 2 == 0, np.uint8(40), np.uint8(230))
    return np.ascontiguousarray(np.broadcast_to(row if shape[1] > 1 else row[:, None], shape))


def cost(file: Path, checkout: Path, command: tuple[str, ...] = READ) -> tuple[float, float, int]:
    """CPU seconds, peak MB and exit status of a process that is given this file."""
    start = [sys.executable, "-c", MEASURE, str(CAP_S), *command, str(file)]
    own = {"PYTHONPATH": str(checkout), "PATH": "/usr/bin:/bin", "HOME": str(Path.home())}
    ran = subprocess.run(start, capture_output=True, text=True, cwd=checkout, env=own)
    seconds, peak, status = ran.stdout.split()[-3:]
    return float(seconds), float(peak), int(status)


def report(name: str, kind: str, gray: Gray, checkout: Path, folder: Path) -> None:
    """Print a row for one picture, in a file of this kind."""
    file = folder / f"picture.{kind}"
    ImageFile.MAXBLOCK = 2**27
    Image.fromarray(gray).save(file, compress_level=1, quality=90)
    seconds, peak, status = cost(file, checkout)
    decoding = cost(file, checkout, ("-c", DECODE))[0]
    killed = ", stopped" if status < 0 else ""
    print(f"| {name} | {seconds:.1f}{killed} | {peak:.0f} | {decoding:.1f} |", flush=True)
    file.unlink()


def main(
    checkout: Annotated[Path, typer.Option(help="Whose reader to run.")] = ROOT,
    size: Annotated[list[str] | None, typer.Option(help="Of " + ", ".join(SIZES))] = None,
    only: Annotated[str, typer.Option(help="Pictures whose names hold this.")] = "",
    jpeg: Annotated[bool, typer.Option(help="JPEG files rather than PNG.")] = False,
) -> None:
    """Print a table with a row for each picture."""
    kind = "jpg" if jpeg else "png"
    print("| picture | CPU s | peak MB | of it decoding, s |\n|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for name in filter(lambda one: only in one, PICTURES):
            for one in size or SIZES:
                report(f"{name}, {one}", kind, drawn(name, one), checkout, Path(folder))
        for name, shape in STRIPS.items():
            if only in name and not jpeg:
                report(name, kind, strip_of(shape), checkout, Path(folder))


if __name__ == "__main__":
    typer.run(main)
