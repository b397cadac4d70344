"""How fast a number is read, and with how much memory: `python -m benchmarks.speed`.

With `--before FOLDER`, the checkout of an older version, a second table sets the two side by
side: CPU time, one thread, one after the other in turn, so that a busy machine slows both.

Cold is a whole process from its start to its end; warm is one call in a running program, the
median of many. The 12-megapixel photo is a sample picture enlarged to 4000x3000 px.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from PIL import Image

from digitocr import read

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "sample_images"
CHEQUE = SAMPLES / "cheque.jpg"
PHOTO = SAMPLES / "several-lines.jpg"
PHOTO_SIZE_PX = (4000, 3000)
PEAK_MEMORY = """
import resource, sys
from digitocr import read
read(sys.argv[1])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(peak / (2**20 if sys.platform == "darwin" else 2**10))
"""

CPU_TIME = """
import statistics, sys, time
import cv2
from digitocr import read
cv2.setNumThreads(1)
read(sys.argv[1])
times = []
for _ in range(int(sys.argv[2])):
    start = time.process_time()
    read(sys.argv[1])
    times.append((time.process_time() - start) * 1000)
print(statistics.median(times))
"""
ROUNDS = 3  # of each code in turn


def median_ms(action: Callable[[], object], repeats: int) -> float:
    """Median wall time of a call in ms, after one call that is not counted."""
    action()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def run(*arguments: str, checkout: Path = ROOT) -> str:
    """Run Python with these arguments; what it prints."""
    command = [sys.executable, *arguments]
    own = os.environ | {"PYTHONPATH": str(checkout)}
    return subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=checkout, env=own
    ).stdout


def side_by_side(what: str, picture: Path, repeats: int, before: Path) -> None:
    """Print a row: median CPU time of one reading with either code, of so many in each round."""
    times: dict[Path, list[float]] = {before: [], ROOT: []}
    for _ in range(ROUNDS):
        for checkout, found in times.items():
            arguments = "-c", CPU_TIME, str(picture), str(repeats)
            found.append(float(run(*arguments, checkout=checkout)))
    was, now = (statistics.median(found) for found in times.values())
    print(f"| {what} | {was:.1f} | {now:.1f} | {now / was - 1:+.0%} |", flush=True)


def main(
    before: Annotated[Path | None, typer.Option(help="Checkout of an older version.")] = None,
) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder) / "photo.jpg"
        with Image.open(PHOTO) as sample:
            sample.convert("RGB").resize(PHOTO_SIZE_PX, Image.Resampling.BICUBIC).save(
                photo, quality=92
            )
        if before:
            print("| CPU ms of one reading | before | now | |\n|---|---|---|---|")
            side_by_side("a sample picture", PHOTO, 30, before)
            side_by_side("a cheque amount", CHEQUE, 100, before)
            side_by_side("a 12-megapixel photo", photo, 5, before)
            return
        cold = median_ms(lambda: run("-m", "digitocr", "read", str(CHEQUE)), 5)
        print(f"whole process, one picture      {cold:7.0f} ms")
        print(f"warm, a cheque amount           {median_ms(lambda: read(CHEQUE), 50):7.1f} ms")
        print(f"warm, a 12-megapixel photo      {median_ms(lambda: read(photo), 10):7.1f} ms")
        print(
            f"peak memory on that photo       {float(run('-c', PEAK_MEMORY, str(photo))):7.0f} MB"
        )


if __name__ == "__main__":
    typer.run(main)
