"""How fast a number is read, and with how much memory: `python -m benchmarks.speed`.

Cold is a whole process from its start to its end; warm is one call in a running program, the
median of many. The 12-megapixel photo is a sample picture enlarged to 4000x3000 px.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

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


def median_ms(action: Callable[[], object], repeats: int) -> float:
    """Median wall time of a call in ms, after one call that is not counted."""
    action()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def run(*arguments: str) -> str:
    """Run Python with these arguments; what it prints."""
    command = [sys.executable, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder) / "photo.jpg"
        with Image.open(PHOTO) as sample:
            sample.convert("RGB").resize(PHOTO_SIZE_PX, Image.Resampling.BICUBIC).save(
                photo, quality=92
            )
        cold = median_ms(lambda: run("-m", "digitocr", "read", str(CHEQUE)), 5)
        print(f"whole process, one picture      {cold:7.0f} ms")
        print(f"warm, a cheque amount           {median_ms(lambda: read(CHEQUE), 50):7.1f} ms")
        print(f"warm, a 12-megapixel photo      {median_ms(lambda: read(photo), 10):7.1f} ms")
        print(
            f"peak memory on that photo       {float(run('-c', PEAK_MEMORY, str(photo))):7.0f} MB"
        )


if __name__ == "__main__":
    main()
