"""The sample pictures and what is said of them."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from digitocr import read
from synthesis import samples
from synthesis.samples import SAMPLES, Sample, picture
from synthesis.scenes.notes import Writing
from synthesis.scenes.notes import write as write_digits

FOLDER = Path(__file__).parents[2] / "sample_images"
# Digits that touch, a pattern, and a bare stroke for a 1, faint or leaning: doubt may be shown.
MAY_DOUBT = {
    "cheque.jpg",
    "mark-sheet.png",
    "touching-digits.jpg",
    "soft-shadow.jpg",
    "squared-paper.jpg",
    "tilted.jpg",
}
BY_FILE = {sample.file: sample for sample in SAMPLES}


def labels() -> list[dict[str, str]]:
    with (FOLDER / "labels.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_folder_holds_the_labelled_pictures_and_no_others() -> None:
    pictures = {path.name for path in FOLDER.iterdir()} - {"labels.csv", "README.md"}
    assert pictures == {row["file"] for row in labels()}
    assert [tuple(row.values()) for row in labels()] == [
        (sample.file, sample.label, sample.conditions) for sample in SAMPLES
    ]


@pytest.mark.parametrize("row", labels(), ids=lambda row: row["file"])
def test_a_sample_is_read_right(row: dict[str, str]) -> None:
    reading = read(FOLDER / row["file"])
    assert reading.guess.replace("\n", "|") == row["label"]
    assert row["file"] in MAY_DOUBT or "?" not in reading.text


@pytest.mark.parametrize("row", labels(), ids=lambda row: row["file"])
def test_a_label_is_lines_of_digits_and_its_picture_opens(row: dict[str, str]) -> None:
    assert re.fullmatch(r"\d+(\|\d+)*", row["label"])
    path = FOLDER / row["file"]
    assert path.stat().st_size < 200_000
    with Image.open(path) as image:
        assert np.asarray(image.convert("L")).std() > 5


def test_the_folder_stays_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 2_500_000


@pytest.mark.parametrize("file", ["low-resolution.png", "mark-sheet.png", "red-pen.jpg"])
def test_a_picture_in_the_folder_is_what_its_scene_draws(file: str) -> None:
    with Image.open(FOLDER / file) as image:
        stored = np.asarray(image.convert("RGB"), np.float32)
    # Other versions of the libraries may round differently.
    assert np.abs(stored - picture(BY_FILE[file])).mean() < 4


def test_writing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    few = tuple(BY_FILE[file] for file in ("low-resolution.png", "red-pen.jpg"))
    for folder in ("first", "second"):
        samples.write(few, tmp_path / folder)
    first, second = (sorted((tmp_path / folder).iterdir()) for folder in ("first", "second"))
    assert [path.name for path in first] == [
        "README.md",
        "labels.csv",
        *sorted(s.file for s in few),
    ]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_a_sample_does_not_depend_on_the_others() -> None:
    known = BY_FILE["low-resolution.png"]
    twin = Sample(known.file, known.text, "another description", known.scene)
    assert np.array_equal(picture(twin), picture(known))


def test_touching_digits_touch_in_pairs() -> None:
    sample = BY_FILE["touching-digits.jpg"]
    gray = cv2.cvtColor(picture(sample), cv2.COLOR_RGB2GRAY)
    _, ink = cv2.threshold(gray, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink)
    assert (stats[1:, cv2.CC_STAT_AREA] > 100).sum() == len(sample.text.split())


def test_lines_of_writing_are_placed_on_their_baselines() -> None:
    writing = Writing("47|11", 50, 4, line_px=100, baseline_px=80)
    digits = write_digits(np.random.default_rng(0), writing, (300, 400))
    feet = [max(float(stroke[:, 1].max()) for stroke in digit) for digit in digits]
    assert feet == pytest.approx([80, 80, 180, 180], abs=8)
