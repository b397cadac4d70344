"""What a page of a long pile costs: `python -m benchmarks.long_piles`.

Printed: milliseconds of CPU to get at a member of a ZIP of 500 and of 4,000 (the first 200 in
turn, reading left out), and at the first and the last page of a TIFF of 10,000 where its pages are
asked for one after the other. Another version is measured with its folder in PYTHONPATH, and this
file as a script.
"""

from __future__ import annotations

import io
import struct
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from digitocr.picture.documents import Item, items, source

MEMBERS = (500, 4_000)
TIMED = 200
PAGES = 10_000
LAST = 2  # pages before the last, which are not timed
DPI = 200


def long_tiff(picture: Image.Image, count: int) -> bytes:
    """A TIFF of which every page shows the same grey picture; Pillow would take hours."""
    tags = [
        *((256, picture.width), (257, picture.height), (258, 8), (259, 1), (262, 1)),
        *((273, 8), (278, picture.height), (279, picture.width * picture.height)),
    ]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    first, step = 8 + picture.width * picture.height, 2 + len(entries) + 4
    pages = (
        struct.pack("<H", len(tags))
        + entries
        + struct.pack("<I", (first + (number + 1) * step) if number + 1 < count else 0)
        for number in range(count)
    )
    return struct.pack("<2sHI", b"II", 42, first) + picture.tobytes() + b"".join(pages)


def main() -> None:
    """Make the archives, and print the figures."""
    chance = np.random.default_rng(0)
    picture = Image.fromarray(chance.integers(0, 256, (28, 140), np.uint8))
    packed = io.BytesIO()
    picture.save(packed, "PNG")
    with tempfile.TemporaryDirectory() as name:
        for count in MEMBERS:
            path = Path(name) / f"{count}.zip"
            with zipfile.ZipFile(path, "w") as archive:
                for number in range(count):
                    archive.writestr(f"{number:06}.png", packed.getvalue())
            start = time.process_time()
            found = list(items([str(path)]))
            listed = time.process_time()
            for item in found[:TIMED]:
                source(item, DPI)
            spent = time.process_time() - listed
            print(
                f"ZIP of {count}: listed in {listed - start:.2f} s, "
                f"{1000 * spent / TIMED:.2f} ms a member"
            )
        path = Path(name) / "pages.tif"
        path.write_bytes(long_tiff(picture, PAGES))
        start = time.process_time()
        assert len(list(items([str(path)]))) == PAGES
        print(f"TIFF of {PAGES}: listed in {time.process_time() - start:.2f} s")
        for number in (1, 2, *range(PAGES - LAST, PAGES + 1)):
            start = time.process_time()
            source(Item(str(path), number), DPI)
            spent = time.process_time() - start
            if number in (1, 2, PAGES):
                print(f"page {number}: {1000 * spent:.2f} ms")


if __name__ == "__main__":
    main()
