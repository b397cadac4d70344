"""read(): the laws that hold from picture to answer."""

from __future__ import annotations

import io
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
from drawings import near, paper, tilted, write, written
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import digitocr
from digitocr import InputError, Line, Reading, Settings, read
from digitocr.decide import answer
from digitocr.picture.load import Readable
from digitocr.show.stages import STAGES

DIGITS = list("0123456789")


def check_laws(reading: Reading) -> None:
    width, height = reading.picture.source_size_px
    height_px, width_px = reading.binarization.ink.shape
    assert reading.sheet.gray.shape == reading.sheet.raw.shape == (height_px, width_px)
    assert [row.line for row in reading.sheet.rows] == list(reading.finding.lines)
    counts = {len(reading.lines), len(reading.lattices), len(reading.strips)}
    assert counts == {len(reading.segmentation.lines)}
    for lattice, strip, line in zip(reading.lattices, reading.strips, reading.lines, strict=True):
        nodes = [0, *(arc.hypothesis.stop for arc in lattice.best_path)]
        assert [arc.hypothesis.start for arc in lattice.best_path] == nodes[:-1]
        assert nodes[-1] == len(lattice.pieces)
        assert line.by_segments == lattice.text
        assert strip.strip.shape[0] == 32
        assert strip.box.width > 0
        assert strip.box.height > 0
        assert np.exp(strip.along).sum(axis=1) == pytest.approx(1, abs=1e-4)
        assert line.guess in {one.text for one in line.proposals}
        assert (line.quad is None) == (not line.digits)
        if line.quad:
            check_quad(line)
        if line.digits:
            assert ("?" in line.text) == (line.confidence < line.asked)
    for digit in reading.digits:
        box = digit.box
        assert 0 <= box.left < box.right <= width
        assert 0 <= box.top < box.bottom <= height
        others = [other.confidence for other in digit.alternatives]
        assert others == sorted(others, reverse=True)
        assert digit.confidence + sum(others) == pytest.approx(1, abs=1e-5)
        assert {digit.label, *(other.label for other in digit.alternatives)} == set(DIGITS)
        assert digit.text == (digit.label if digit.accepted else "?")
    assert reading.text == "\n".join(line.text for line in reading.lines if line.digits)
    assert reading.guess == "\n".join(line.guess for line in reading.lines if line.digits)
    assert 0 <= reading.confidence <= 1


def check_quad(line: Line) -> None:
    """Its digits' boxes, but for what a tilt adds to them, lie in it."""
    quad = np.array(line.quad)
    along, down = quad[1] - quad[0], quad[3] - quad[0]
    lean = along @ down / np.linalg.norm(along) / np.linalg.norm(down)
    assert abs(lean) < 0.1  # but for what scaling rounded, a right angle
    assert along[0] * down[1] - along[1] * down[0] > 0  # clockwise
    for digit in line.digits:
        steps = (np.array(digit.box.center_xy) - quad[0]) @ np.linalg.inv(np.array([along, down]))
        assert (steps > -0.2).all()
        assert (steps < 1.2).all()


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(paper(), id="white"),
        pytest.param(np.zeros((50, 50), np.uint8), id="black"),
        pytest.param(np.full((1, 1), 128, np.uint8), id="one pixel"),
        pytest.param(np.full((1, 900), 255, np.uint8), id="one row"),
        pytest.param(np.full((900, 1), 255, np.uint8), id="one column"),
    ],
)
def test_a_blank_page_is_a_reading_with_no_digits(picture: np.ndarray) -> None:
    reading = read(picture)
    assert reading.text == reading.guess == ""
    assert reading.digits == ()
    assert reading.lines == ()
    assert reading.confidence == 0
    check_laws(reading)


@pytest.mark.parametrize("text", DIGITS)
def test_each_digit(text: str) -> None:
    reading = read(written(text))
    assert reading.guess == text
    check_laws(reading)


@pytest.mark.parametrize("text", ["42", "2045", "8675309", "000111"])
def test_numbers_with_boxes_on_their_ink(text: str) -> None:
    sheet = paper(80 + 70 * len(text))
    wanted = write(sheet, text)
    reading = read(sheet)
    assert reading.guess == text
    check_laws(reading)
    for digit, box in zip(reading.digits, wanted, strict=True):
        assert near(digit.box, box, 3)


def test_boxes_fit_the_ink_to_a_pixel_of_the_sheet() -> None:
    sheet = paper()
    wanted = write(sheet, "205")
    hard = np.where(sheet < 128, 0, 255).astype(np.uint8)
    reading = read(hard, Settings(blur_sigma_px=0))
    for digit, box in zip(reading.digits, wanted, strict=True):
        assert near(digit.box, box, 2)


def test_every_kind_of_source_gives_the_same_answer(tmp_path: Path) -> None:
    sheet = written("205")
    image = Image.fromarray(sheet)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    file = tmp_path / "a.png"
    file.write_bytes(buffer.getvalue())
    sources: list[Readable] = [
        sheet,
        np.dstack([sheet] * 3),
        image,
        buffer.getvalue(),
        file,
        str(file),
    ]
    boxes = [[digit.box for digit in read(source).digits] for source in sources]
    assert all(one == boxes[0] for one in boxes)
    assert len(boxes[0]) == 3


@settings(max_examples=12, deadline=None)
@given(st.text("0123456789", min_size=1, max_size=5), st.sampled_from(["auto", "otsu", "adaptive"]))
def test_inverting_the_picture_changes_nothing(text: str, threshold: str) -> None:
    chosen = Settings(threshold=threshold)  # type: ignore[arg-type]
    sheet = written(text)
    dark, light = read(sheet, chosen), read(255 - sheet, chosen)
    assert dark.guess == light.guess
    assert len(dark.digits) == len(text)
    for one, other in zip(dark.digits, light.digits, strict=True):
        assert near(one.box, other.box, 3)


MOVED = st.text("0123456789", min_size=1, max_size=4), st.integers(-60, 200), st.integers(-60, 100)


@settings(max_examples=12, deadline=None)
@given(*MOVED, st.sampled_from([0.0, 45.0]))
def test_translation_moves_boxes_alone(
    text: str, right: int, down: int, max_skew_deg: float
) -> None:
    """But for rounding: the finder's cells stay where they are."""
    here, chosen = paper(700, 400), Settings(max_skew_deg=max_skew_deg)
    write(here, text, left=100, top=130)
    # Drawn anew elsewhere, a stroke's edge would be rounded to other levels.
    one, other = read(here, chosen), read(np.roll(here, (down, right), axis=(0, 1)), chosen)
    assert one.guess == other.guess
    assert len(one.digits) == len(text)
    for before, after in zip(one.digits, other.digits, strict=True):
        assert near(np.add(before.box, (right, down, right, down)).tolist(), after.box, 3)


def test_reading_twice_gives_the_same() -> None:
    sheet = written("31415")
    one, other = read(sheet), read(sheet)
    assert [digit.confidence for digit in one.digits] == [
        digit.confidence for digit in other.digits
    ]


def test_threads_read_at_the_same_time() -> None:
    sheets = [written(text) for text in ("1", "20", "305", "4829")] * 3
    expected = [read(sheet).text for sheet in sheets]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda sheet: read(sheet).text, sheets)) == expected


@pytest.mark.parametrize("degrees", [-30, -10, 10, 30])
def test_tilted_writing_is_levelled_and_boxes_lie_on_the_ink(degrees: float) -> None:
    sheet = tilted(written("20583"), degrees)
    reading = read(sheet)
    assert reading.guess == "20583"
    (line,) = reading.finding.lines
    assert line.tilt_deg == pytest.approx(degrees, abs=8)
    check_laws(reading)
    quad = np.array(reading.lines[0].quad)
    angle_deg = np.degrees(np.arctan2(*(quad[1] - quad[0])[::-1]))
    assert angle_deg == pytest.approx(degrees, abs=8)
    found = np.zeros(sheet.shape, np.bool_)
    for digit in reading.digits:
        box = digit.box
        assert (sheet[box.top : box.bottom, box.left : box.right] < 128).any()
        found[max(0, box.top - 2) : box.bottom + 2, max(0, box.left - 2) : box.right + 2] = True
    assert found[sheet < 128].all()


def test_max_skew_of_zero_turns_nothing() -> None:
    reading = read(tilted(written("20583"), 15), Settings(max_skew_deg=0))
    assert {line.tilt_deg for line in reading.finding.lines} == {0}
    for row in reading.sheet.rows:
        assert not row.to_source[[0, 1], [1, 0]].any()


def test_lines_of_writing() -> None:
    sheet = paper(500, 320)
    write(sheet, "205", top=40)
    write(sheet, "6983", top=130, left=90)
    write(sheet, "47", top=225)
    reading = read(sheet)
    assert reading.guess == "205\n6983\n47"
    assert reading.text.count("\n") == 2
    check_laws(reading)


@pytest.mark.parametrize("factor", [3, 6])
def test_large_picture_gives_boxes_in_its_own_pixels(factor: int) -> None:
    sheet = paper(800, 700)
    wanted = write(sheet, "2045", left=250, top=300)
    large = cv2.resize(sheet, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    reading = read(large)
    assert reading.guess == "2045"
    assert reading.picture.gray.size < large.size
    for digit, box in zip(reading.digits, wanted, strict=True):
        assert near(digit.box, [factor * side for side in box], 4 * factor)
    check_laws(reading)


def test_exif_turn_gives_boxes_in_the_upright_picture() -> None:
    sheet = paper()
    wanted = write(sheet, "205")
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise for display
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(np.rot90(sheet))).save(buffer, "PNG", exif=exif)
    reading = read(buffer.getvalue())
    assert reading.guess == "205"
    for digit, box in zip(reading.digits, wanted, strict=True):
        assert near(digit.box, box, 3)


def test_a_plain_number_is_shown_without_doubt() -> None:
    reading = read(written("205"))
    assert reading.text == "205"
    assert all(digit.accepted for digit in reading.digits)


def test_one_wrong_in() -> None:
    sheet = written("205")
    anything = read(sheet, Settings(one_wrong_in=1))
    strict = read(sheet, Settings(one_wrong_in=1_000_000))
    assert anything.text == anything.guess == strict.guess == "205"
    for reading in (anything, strict):
        check_laws(reading)
    confidences = [[digit.confidence for digit in one.digits] for one in (anything, strict)]
    assert confidences[0] == confidences[1]


def test_what_is_known_of_the_number_is_kept_or_the_note_says_why_not() -> None:
    sheet = written("205")
    kept = read(sheet, Settings(length=3, pattern="2##"))
    assert (kept.guess, kept.lines[0].note) == ("205", "")
    broken = read(sheet, Settings(pattern="2-###"))
    assert broken.guess == "205"
    assert broken.lines[0].note == "4 digits were expected, 3 are written."
    for reading in (kept, broken):
        check_laws(reading)


def test_touching_digits_are_parted_only_where_asked() -> None:
    sheet = paper(300)
    wanted = write(sheet, "00", spacing=-0.05)
    together = read(sheet, Settings(split_touching=False))
    assert len(together.segmentation.lines[0].components) == 1
    assert len(together.lattices[0].pieces) == 1
    check_laws(together)
    apart = read(sheet)
    assert len(apart.lattices[0].pieces) > 1
    assert apart.guess == "00"
    for digit, box in zip(apart.digits, wanted, strict=True):
        assert near(digit.box, box, 12)
    check_laws(apart)


def test_a_digit_that_touches_no_other_is_not_cut() -> None:
    """A wide 0: the line reader is sure that it is one digit."""
    sheet = cv2.resize(written("0"), None, fx=1.5, fy=1)
    reading = read(sheet)
    assert reading.guess == "0"
    assert len(reading.lattices[0].pieces) == 1


def test_the_reading_is_the_trace() -> None:
    reading = read(written("25"), Settings(blur_sigma_px=1.5))
    assert reading.settings.blur_sigma_px == 1.5
    assert sum(len(line.components) for line in reading.segmentation.lines) == 2
    assert all(ms >= 0 for ms in reading.stage_ms.values())
    stages = {"load", "find", "set out", "binarize", "segment", "classify", "decide"}
    assert stages <= reading.stage_ms.keys()
    (strip,) = reading.strips
    for digit in reading.digits:
        box = digit.standing.component.box
        assert strip.box.left <= box.left < box.right <= strip.box.right
    assert len(strip.along) == pytest.approx(strip.strip.shape[1] / 2, abs=2)


def test_only_where_the_readers_differ_there_is_a_third_look(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    agreed = read(written("25"))
    assert agreed.strips[0].again == ()
    further = next(stage for stage in STAGES if stage.title == "Further looks")
    assert further.draw(agreed) is None
    monkeypatch.setattr(answer, "best_path", lambda along: "7")
    reading = read(written("25"))
    (differed,) = reading.strips
    assert len(differed.again) == 2
    assert "On 1 line the two readers differ at first" in further.explain(reading)
    assert further.draw(reading)
    assert reading.guess == "25"
    for look in differed.again:
        assert np.exp(look.along).sum(axis=1) == pytest.approx(1, abs=1e-4)


def test_confidence_is_that_of_every_line() -> None:
    sheet = paper(500, 320)
    write(sheet, "205", top=40)
    write(sheet, "47", top=150)
    reading = read(sheet)
    one, other = (line.confidence for line in reading.lines)
    assert reading.confidence == pytest.approx(one * other)


def test_source_is_left_as_it_was() -> None:
    sheet = written("25")
    before = sheet.copy()
    read(sheet)
    assert np.array_equal(sheet, before)


def test_unreadable_source_raises_input_error() -> None:
    with pytest.raises(InputError):
        read(b"no picture")


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.tuples(st.integers(1, 60), st.integers(1, 60)),
    st.sampled_from(["noise", "blobs", "lines", "two values"]),
    st.sampled_from(["auto", "otsu", "adaptive"]),
)
def test_small_random_pictures_never_crash(
    seed: int, shape: tuple[int, int], kind: str, threshold: str
) -> None:
    rng = np.random.default_rng(seed)
    picture = rng.integers(0, 256, shape).astype(np.uint8)
    if kind == "blobs":
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 2), np.uint8)
    elif kind == "two values":
        picture = np.where(picture > 240, 0, 255).astype(np.uint8)
    elif kind == "lines":
        picture = np.full(shape, 255, np.uint8)
        ends = rng.integers(0, 60, (6, 2, 2)).astype(np.int32)
        cv2.polylines(picture, list(ends), False, 0, int(rng.integers(1, 6)))
    check_laws(read(picture, Settings(threshold=threshold)))  # type: ignore[arg-type]


def test_a_picture_full_of_shapes_ends_in_bearable_time() -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (250, 250)).astype(np.uint8)
    started = time.process_time()
    check_laws(read(noise))
    assert time.process_time() - started < 20


def test_public_names() -> None:
    assert set(digitocr.__all__) >= {"InputError", "Reading", "Settings", "read"}
    assert all(hasattr(digitocr, name) for name in digitocr.__all__)
