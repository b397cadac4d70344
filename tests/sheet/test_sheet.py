"""A sheet, filled in by stroke models and photographed, comes back as what it asked for."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from typer.testing import CliRunner

from digitocr import read
from digitocr.__main__ import app
from digitocr.picture.documents import items
from digitocr.sheet.cut import cut_fields, has_writing
from digitocr.sheet.layout import MOST_PAGES, Page, Paper, fields, mark_ids, page_of
from digitocr.sheet.pdf import PX_PER_MM, draw_page
from digitocr.types import Gray, InputError
from synthesis.hands.strokes import random_hand, render, write_number

A4 = Page(Paper.a4, 1)
LEFT_EMPTY = frozenset({3, 7, 20})
ASIDE = ((0.06, 0.05), (0.95, 0.07), (0.92, 0.95), (0.08, 0.93))  # corners, shares of a photo


@cache
def filled(page: Page, seed: int = 0, empty: frozenset[int] = LEFT_EMPTY) -> Gray:
    """A page as a person fills it in: pen or pencil, (H, W)."""
    rng = np.random.default_rng(seed)
    paper = np.array(draw_page(page), np.float32)
    hand = random_hand(np.random.default_rng(0))  # an ordinary one: the cutting is tested
    for place, field in enumerate(fields(page), 1):
        if place in empty:
            continue
        left, top, wide, high = (side * PX_PER_MM for side in field.box)
        digits = write_number(rng, hand, field.number, 0.62 * high)
        strokes = [stroke for digit in digits for stroke in digit]
        ends = np.concatenate(strokes)
        shift = np.array([60, 0.2 * high - ends[:, 1].min()], np.float32)
        ink = render([stroke + shift for stroke in strokes], (round(high), round(wide)), 6)
        box = paper[round(top) :, round(left) :][: len(ink), : ink.shape[1]]
        box -= ink * (box - rng.uniform(30, 90))
    return np.asarray(np.clip(paper, 0, 255), np.uint8)


def photographed(
    sheet: Gray, seed: int = 0, turns: int = 0, corners: Sequence[tuple[float, float]] = ASIDE
) -> NDArray[np.uint8]:
    """A photo of a sheet on a table: from aside, in uneven light, with noise; RGB."""
    rng = np.random.default_rng(seed)
    width, height = 1200, 1600
    rows, columns = sheet.shape
    there = (np.array(corners) + rng.uniform(-0.02, 0.02, (4, 2))) * (width, height)
    whole = np.array([(0, 0), (columns, 0), (columns, rows), (0, rows)], np.float32)
    matrix = cv2.getPerspectiveTransform(whole, there.astype(np.float32))
    table = np.full((height, width), 96, np.uint8)
    seen = cv2.warpPerspective(
        sheet,
        matrix,
        (width, height),
        dst=table,
        flags=cv2.INTER_AREA,
        borderMode=cv2.BORDER_TRANSPARENT,
    )
    light = np.linspace(rng.uniform(0.6, 0.8), 1, width)[None, :, None]
    tint = np.array([1, 0.97, 0.9])
    lit = cv2.GaussianBlur(seen, (0, 0), 0.7)[..., None] * light * tint
    noisy = np.clip(lit + rng.normal(0, 5, (height, width, 1)), 0, 255).astype(np.uint8)
    return np.asarray(np.rot90(noisy, turns).copy(), np.uint8)


def saved(folder: Path, name: str, picture: NDArray[np.uint8]) -> Path:
    Image.fromarray(picture).save(folder / name, quality=85)
    return folder / name


def run(*words: object) -> tuple[int, str]:
    """The exit status and all that is told."""
    result = CliRunner().invoke(app, ["sheet", *map(str, words)])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def rows_of(folder: Path) -> list[dict[str, str]]:
    with (folder / "labels.csv").open(newline="") as lines:
        return list(csv.DictReader(lines))


def test_printed_pages_stay_what_they_are() -> None:
    """Sheets on paper must be read by every later version."""
    assert [field.number for field in fields(A4)][:6] == [
        "46349",
        "3562",
        "8",
        "25",
        "996015",
        "6587",
    ]
    second = [field.number for field in fields(Page(Paper.letter, 2))][:6]
    assert second == ["1158", "135", "558700", "089", "297", "76"]
    assert mark_ids(A4) == [0, 1, 2, 3]
    assert mark_ids(Page(Paper.letter, 2)) == [12, 13, 14, 15]


@pytest.mark.parametrize("paper", list(Paper))
def test_every_digit_is_asked_for_alike(paper: Paper) -> None:
    for number in range(1, MOST_PAGES + 1):
        asked = [field.number for field in fields(Page(paper, number))]
        times = Counter("".join(asked))
        assert set(times) == set("0123456789")
        assert max(times.values()) - min(times.values()) <= 1
        assert set(map(len, asked)) == {1, 2, 3, 4, 5, 6}


def test_every_mark_is_of_one_page() -> None:
    pages = [Page(paper, number) for paper in Paper for number in range(1, MOST_PAGES + 1)]
    marks = {mark: page for page in pages for mark in mark_ids(page)}
    assert len(marks) == 4 * len(pages)
    assert all(page_of(mark) == page for mark, page in marks.items())
    assert [page_of(mark) for mark in (-1, max(marks) + 1, 999)] == [None] * 3


@pytest.mark.parametrize("paper", list(Paper))
def test_fields_lie_on_the_paper_and_apart(paper: Paper) -> None:
    width, height = paper.size_mm
    taken = np.zeros((round(height), round(width)), int)
    for field in fields(Page(paper, 1)):
        left, top, wide, high = field.box
        assert left >= 10
        assert left + wide <= width - 10 + 1e-6
        assert high > 12
        taken[round(top) : round(top + high), round(left) : round(left + wide)] += 1
    assert taken.max() == 1
    assert not taken[:30].any()
    assert not taken[round(height) - 25 :].any()


@pytest.mark.parametrize("turns", range(4))
def test_a_photo_in_any_turn_is_cut_right(turns: int) -> None:
    page = Page(Paper.letter, 2) if turns % 2 else A4
    found = cut_fields(photographed(filled(page, turns), turns, turns))
    assert found.page == page
    asked = {place: field.number for place, field in enumerate(fields(page), 1)}
    assert {one.place: one.label for one in found.written} == {
        place: number for place, number in asked.items() if place not in LEFT_EMPTY
    }
    assert (found.empty, found.outside) == (3, 0)
    right = sum(read(one.picture).guess == one.label for one in found.written[::4])
    assert right >= len(found.written[::4]) - 1


def test_a_thumb_may_lie_on_one_mark_not_on_two() -> None:
    photo = photographed(filled(A4))
    photo[:250, :250] = (200, 150, 130)
    assert len(cut_fields(photo).written) == 21
    photo[:250, -250:] = (200, 150, 130)
    with pytest.raises(InputError, match="Only 2 of the sheet's four marks"):
        cut_fields(photo)


def test_fields_beyond_the_picture_are_told() -> None:
    beyond = ((0.1, 0.1), (0.95, 0.1), (1.15, 1.1), (0.05, 0.9))
    found = cut_fields(photographed(filled(A4), corners=beyond))
    assert found.outside > 2
    assert len(found.written) + found.empty + found.outside == len(fields(A4))
    assert len(found.written) > 8


def blank(width: int = 900) -> NDArray[np.uint8]:
    return np.full((1200, width, 3), 230, np.uint8)


def other_marks(kind: int, mark: int) -> NDArray[np.uint8]:
    """Four marks that are none of a sheet's."""
    picture = blank()
    made = cv2.aruco.generateImageMarker(cv2.aruco.getPredefinedDictionary(kind), mark, 140)
    for top, left in ((100, 100), (100, 600), (900, 600), (900, 100)):
        picture[top : top + 140, left : left + 140] = made[..., None]
    return picture


def test_what_is_no_sheet_gets_a_sentence() -> None:
    page = photographed(filled(A4, empty=frozenset(range(3, 30))))
    other = photographed(filled(Page(Paper.a4, 2), empty=frozenset(range(1, 30))))
    small = blank()
    small[300:700, 300:600] = cv2.resize(page, (300, 400), interpolation=cv2.INTER_AREA)
    half = page.shape[0] // 2
    for picture, words in (
        (blank(), "No mark of a digitocr sheet"),
        (other_marks(cv2.aruco.DICT_4X4_50, 3), "No mark of a digitocr sheet"),
        (other_marks(cv2.aruco.DICT_5X5_1000, 900), "not those of a digitocr sheet"),
        (np.concatenate([page, other], axis=1), "several sheets"),
        (np.concatenate([page[:half], other[half:]]), "several sheets"),
        (np.concatenate([small, small[:, ::-1]], axis=1), "No mark|too small|Only"),
    ):
        with pytest.raises(InputError, match=words):
            cut_fields(picture)


def test_marks_that_lie_on_no_plane_are_refused() -> None:
    photo = photographed(filled(A4))
    corner = photo[-320:, -320:].copy()
    photo[-320:, -320:] = 96
    photo[-520:-200, -320:] = corner
    with pytest.raises(InputError, match="bent"):
        cut_fields(photo)


@pytest.mark.parametrize(
    ("what", "expected"),
    [("nothing", False), ("dot", False), ("dash", False), ("box", False), ("shadow", False),
     ("pencil", True), ("one", True)],
)  # fmt: skip
def test_only_what_is_as_high_as_a_digit_is_writing(what: str, expected: bool) -> None:
    rng = np.random.default_rng(1)
    field = np.full((60, 440), 225, np.float32)
    if what == "dot":
        field[30:36, 40:46] = 60
    elif what == "dash":
        field[28:32, 40:90] = 60
    elif what == "box":
        field[:, :3] = field[:, -2:] = field[:2] = field[-1:] = 150
    elif what == "shadow":
        field[:, 200:] = 150
    elif what == "pencil":
        field[10:50, 60:63] = 180
    elif what == "one":
        field[12:48, 60:64] = 40
    noisy = np.clip(field + rng.normal(0, 5, field.shape), 0, 255).astype(np.uint8)
    assert has_writing(noisy, 5.0) == expected


def test_from_the_pdf_to_a_set(tmp_path: Path) -> None:
    pdf = tmp_path / "sheet.pdf"
    assert run("--out", pdf, "--pages", 2, "--paper", "letter")[0] == 0
    assert len(list(items([str(pdf)]))) == 2
    # A PDF with empty pages is a scan of a sheet that nobody filled in.
    status, told = run("--read", pdf, "--out", tmp_path / "empty")
    assert status == 0
    assert "page 1 (LETTER), 0 numbers, 22 fields empty" in told
    assert "page 2 (LETTER), 0 numbers, 22 fields empty" in told
    few = frozenset(range(7, 30))
    photos = [
        saved(
            tmp_path,
            f"{number}.jpg",
            photographed(filled(Page(Paper.a4, number), empty=few), turns=number),
        )
        for number in (1, 2)
    ]
    (tmp_path / "text.jpg").write_text("no picture")
    out = tmp_path / "mine"
    reads = [
        word
        for photo in (photos[0], tmp_path / "text.jpg", photos[1])
        for word in ("--read", photo)
    ]
    status, told = run(*reads, "--out", out)
    assert status == 1
    assert "text.jpg: This is not a picture" in told
    assert f"12 pictures in {out}" in told
    rows = rows_of(out)
    assert len(rows) == 12
    assert len({row["writer"] for row in rows}) == 1
    assert len({row["document"] for row in rows}) == 2
    assert all((out / row["file"]).is_file() for row in rows)
    assert run("--read", photos[0], "--out", out)[0] == 0  # once more adds nothing
    assert len(rows_of(out)) == 12
    done = CliRunner().invoke(
        app, ["dataset", str(out), "--out", str(tmp_path / "set"), "--workers", "1"]
    )
    assert done.exit_code == 0, done.output
    assert done.output.startswith("12 pictures, ")
    assert int(done.output.split()[2]) >= 11


def test_wrong_usage_and_folders_that_cannot_be_used(tmp_path: Path) -> None:
    assert run()[0] == 2
    assert run("--out", tmp_path / "sheet.png")[0] == 2
    assert run("--out", tmp_path / "sheet.pdf", "--pages", MOST_PAGES + 1)[0] == 2
    status, told = run("--out", tmp_path / "none" / "sheet.pdf")
    assert (status, "cannot be written" in told) == (1, True)
    photo = saved(tmp_path, "a.jpg", blank())
    status, told = run("--read", photo, "--out", photo)
    assert (status, "choose another folder" in told) == (1, True)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").touch()
    status, told = run("--read", photo, "--out", tmp_path / "full")
    assert (status, "holds something else" in told) == (1, True)
    (tmp_path / "full" / "labels.csv").write_text("file,label\na.png,1\n")
    status, told = run("--read", photo, "--out", tmp_path / "full")
    assert (status, "holds another table" in told) == (1, True)
    status, told = run("--read", tmp_path / "nowhere.jpg", "--out", tmp_path / "new")
    assert status == 1
    assert "nowhere.jpg" in told
    if os.geteuid():
        locked = tmp_path / "locked"
        locked.mkdir(mode=0o500)
        status, told = run("--read", photo, "--out", locked / "set")
        assert (status, "choose another folder" in told) == (1, True)
