"""Draws the sample pictures: python -m synthesis.samples [--out sample_images].

Everything in them is synthetic, from our own stroke models. The same version of the libraries
writes the same bytes every time.
"""

from __future__ import annotations

import argparse
import csv
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from synthesis.parts.layers import Picture
from synthesis.scenes import forms, notes

JPEG_QUALITY = 86
README = """# Sample pictures

These pictures are synthetic: `synthesis/samples.py` drew them from our own models of the pen
strokes of handwritten digits. Nobody's handwriting is in them, nor any picture of a data set. They
are free to use for any purpose.

`labels.csv` tells what each of them says: `file`, `label` (digits only; `|` ends a line of writing)
and `conditions`. To draw them again:

    python -m synthesis.samples
"""


@dataclass(frozen=True)
class Sample:
    """One picture: a scene with a text in it."""

    file: str
    text: str  # digits; `|` ends a line of writing; a space widens the gap
    conditions: str
    scene: Callable[[np.random.Generator, str], Picture]

    @property
    def label(self) -> str:
        """What a reader should read: the text without its spaces."""
        return self.text.replace(" ", "")


SAMPLES = (
    Sample("ballpoint.jpg", "20745", "blue ballpoint on white paper", notes.ballpoint),
    Sample("pencil.jpg", "91386", "pencil, grainy", notes.pencil),
    Sample("felt-pen.jpg", "6802", "thick felt pen", notes.felt_pen),
    Sample("red-pen.jpg", "1537", "red pen on cream paper", notes.red_pen),
    Sample("single-digit.jpg", "7", "one large digit, felt pen", forms.single_digit),
    Sample("ruled-paper.jpg", "48210|73956", "ruled paper, 2 lines", notes.ruled_paper),
    Sample("squared-paper.jpg", "3 9 0 4 7 1", "squared paper", notes.squared_paper),
    Sample("several-lines.jpg", "31415|92653|58979|32384", "4 lines", forms.several_lines),
    Sample("phone-number.jpg", "041 768 23 95 06", "long number, yellow note", forms.phone_number),
    Sample("touching-digits.jpg", "26 58 30", "three pairs of touching digits", forms.touching),
    Sample("cheque.jpg", "12 480", "cheque: guilloche, dot, closing dash", forms.cheque),
    Sample("mark-sheet.png", "8|10|6|9|7", "table of marks, clean scan", forms.mark_sheet),
    Sample("white-on-black.jpg", "05391", "white paint on black, like a meter", forms.meter),
    Sample("blackboard.jpg", "1984", "chalk on a blackboard", notes.blackboard),
    Sample("whiteboard.jpg", "37 260", "blue marker on a whiteboard, glare", notes.whiteboard),
    Sample("envelope.jpg", "80539", "felt pen on brown paper", forms.envelope),
    Sample("tilted.jpg", "530618", "tilted by 12 degrees", notes.tilted),
    Sample("steeply-tilted.jpg", "40927", "tilted by 25 degrees", notes.steeply_tilted),
    Sample("soft-shadow.jpg", "85031", "soft shadow across", notes.soft_shadow),
    Sample("hard-shadow.jpg", "62974", "hard shadow across", notes.hard_shadow),
    Sample("phone-photo.jpg", "60218|49573", "photo at an angle, lamp light", forms.phone_photo),
    Sample("note-on-table.jpg", "58 3640", "a note on a wooden table", forms.note_on_table),
    Sample("faint-pencil.jpg", "35094", "low contrast", forms.faint_pencil),
    Sample("low-resolution.png", "9 2 4 7", "digits 24 px high", forms.low_resolution),
)


def picture(sample: Sample) -> NDArray[np.uint8]:
    """The sample before it is compressed: uint8 (H, W, 3) RGB."""
    # Seeded by the name alone, so that a new sample leaves the others as they are.
    rng = np.random.default_rng(zlib.crc32(sample.file.encode()))
    return np.round(sample.scene(rng, sample.text) * 255).astype(np.uint8)


def write(samples: tuple[Sample, ...], folder: Path) -> None:
    """The pictures, labels.csv and README.md into `folder`, which is made if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for sample in samples:
        image = Image.fromarray(picture(sample))
        if sample.file.endswith(".jpg"):
            image.save(folder / sample.file, quality=JPEG_QUALITY, optimize=True)
        else:
            image.save(folder / sample.file, optimize=True)
    with (folder / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["file", "label", "conditions"])
        rows.writerows([sample.file, sample.label, sample.conditions] for sample in samples)
    (folder / "README.md").write_text(README, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("sample_images"))
    write(SAMPLES, parser.parse_args().out)


if __name__ == "__main__":
    main()
