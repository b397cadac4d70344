"""Pictures of the stages, and what a user does to a picture before it is read."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from digitocr import InputError, Reading, Settings, read
from digitocr.find.line_sheet import set_out
from digitocr.found import Finding, FoundLine
from digitocr.measure.edits import edit_distance
from digitocr.picture.edit import Edit, drawn, edited, encoded, original_box, thumbnail
from digitocr.picture.load import decode
from digitocr.reading import Candidate, Digit, Line, Proposal
from digitocr.show.annotate import annotate
from digitocr.show.ballots import calibrated
from digitocr.show.canvas import (
    DOUBT,
    LONGEST_PX,
    QUIET,
    SURE,
    UNSURE,
    Canvas,
    digit_color,
    percent,
)
from digitocr.show.stages import STAGES, drawn_stages, stage_pictures
from digitocr.types import NO_DIGIT, Box, Component, LineStrip, Look, Piece, Standing
from synthesis.hands.strokes import Hand, draw_digit, random_hand, render, write_number

HAND = Hand(allographs=(0,) * 10, jitter=0.008)


def number_page(texts: tuple[str, ...], height_px: float = 80, tilt_deg: float = 0) -> Image.Image:
    rng = np.random.default_rng(3)
    size_px = (round(height_px * (1 + 2 * len(texts))), round(height_px * 8))
    ink = np.zeros(size_px, np.float32)
    for row, text in enumerate(texts):
        strokes = [stroke for digit in write_number(rng, HAND, text, height_px) for stroke in digit]
        shift = np.array([height_px, height_px * (1.6 + 2 * row)], np.float32)
        ink = np.maximum(ink, render([stroke + shift for stroke in strokes], size_px, 7))
    page = Image.fromarray((240 - 210 * ink).astype(np.uint8))
    return page.rotate(-tilt_deg, expand=True, fillcolor=240)


CASES = {
    "blank": Image.new("L", (400, 300), "white"),
    "one pixel": Image.new("L", (1, 1)),
    "a thin strip": Image.new("L", (1600, 2), "white"),
    "one line": number_page(("4072",)),
    "two lines": number_page(("4072", "53")),
    "tilted": number_page(("40725",), tilt_deg=15),
    "light ink": Image.eval(number_page(("4072",)), lambda value: 255 - value),
    "large": number_page(("4072",), height_px=300),
}


@pytest.fixture(scope="module", params=CASES, ids=str)
def reading(request: pytest.FixtureRequest) -> Reading:
    return read(CASES[request.param])


@pytest.mark.parametrize("threshold", ["otsu", "adaptive", "manual"])
@pytest.mark.parametrize("name", CASES)
def test_every_stage_draws_and_explains(name: str, threshold: str) -> None:
    reading = read(CASES[name], Settings(threshold=threshold))  # type: ignore[arg-type]
    titles = []
    for stage, picture in drawn_stages(reading):
        titles.append(stage.title)
        sentence = stage.explain(reading)
        assert sentence.endswith("."), sentence
        assert sentence[0].isupper() or sentence[0].isdigit(), sentence
        assert not stage.clock or stage.clock in reading.stage_ms
        assert picture.mode == "RGB"
        assert picture.width <= LONGEST_PX
    assert titles[0] == "Original picture"
    adapts = threshold == "adaptive" and bool(reading.finding.lines)
    assert ("Local threshold" in titles) == adapts


def test_every_clock_is_shown_once(reading: Reading) -> None:
    clocks = [stage.clock for stage in STAGES if stage.clock]
    assert sorted(clocks) == sorted(reading.stage_ms)


def explained(title: str, reading: Reading) -> str:
    return next(stage for stage in STAGES if stage.title == title).explain(reading)


def drawn_stage(title: str, reading: Reading) -> Image.Image:
    picture = next(stage for stage in STAGES if stage.title == title).draw(reading)
    assert picture is not None
    return picture


def with_changed(reading: Reading, stage: str) -> Reading:
    """The reading with another value stored for the first line at a stage."""
    lattice, strip, line = reading.lattices[0], reading.strips[0], reading.lines[0]
    arc = lattice.arcs[0]
    if stage == "tile":
        arc = replace(arc, tile=np.rot90(arc.tile))
    elif stage == "probabilities":
        arc = replace(arc, probabilities=np.roll(arc.probabilities, 1))
    elif stage == "scores":
        arc = replace(arc, scores=arc.scores - 0.3)
    elif stage == "path":
        arc = replace(arc, on_best_path=not arc.on_best_path)
    elif stage == "strip":
        strip = replace(strip, first=Look(np.flip(strip.strip, axis=1), strip.along))
    elif stage == "along":
        strip = replace(strip, first=Look(strip.strip, np.roll(strip.along, 1, axis=0)))
    elif stage == "proposals":
        other = replace(line.proposals[0], line_score=line.proposals[0].line_score - 1)
        line = replace(line, proposals=(other, *line.proposals[1:]))
    elif stage == "by_line":
        line = replace(line, by_line=line.by_line[:-1])
    elif stage == "confidence":
        line = replace(line, confidence=line.confidence / 2)
    elif stage == "note":
        line = replace(line, note="12 digits were expected, 4 are written.")
    elif stage == "box":
        left, top, right, bottom = line.digits[0].box
        digits = (
            replace(line.digits[0], box=Box(left - 9, top - 9, right, bottom)),
            *line.digits[1:],
        )
        line = replace(line, digits=digits)
    elif stage == "alternatives":
        others = Candidate("8", 0.4), *line.digits[0].alternatives[1:]
        doubted = replace(line.digits[0], alternatives=others)
        line = replace(line, digits=(doubted, *line.digits[1:]))
    maps, found, sheet = reading.finding.maps, reading.finding.lines[0], reading.sheet
    left_out = reading.finding.left_out
    if stage == "core":
        maps = replace(maps, core=np.roll(maps.core, 9, axis=1))
    elif stage == "dark":
        maps = replace(maps, dark=1 - maps.dark)
    elif stage == "score":
        found = replace(found, score=found.score / 2)
    elif stage == "left out":
        left_out = (*left_out, replace(found, score=0.9, start=found.start + 30))
    elif stage == "raw":
        sheet = replace(sheet, raw=255 - sheet.raw)
    elif stage == "sheet":
        sheet = replace(sheet, gray=255 - sheet.gray)
    return replace(
        reading,
        finding=Finding(maps, (found, *reading.finding.lines[1:]), left_out),
        sheet=sheet,
        lattices=(replace(lattice, arcs=(arc, *lattice.arcs[1:])), *reading.lattices[1:]),
        strips=(strip, *reading.strips[1:]),
        lines=(line, *reading.lines[1:]),
    )


SHOWN = {  # where a stored value can be seen
    "core": {"Where numbers are"},
    "dark": {"Where numbers are"},
    "score": {"Numbers found"},
    "left out": {"Numbers found"},
    "raw": {"Set out"},
    "sheet": {"Paper made white"},
    "tile": {"Tiles", "Shapes judged"},
    "probabilities": {"Shapes judged"},
    "scores": {"Recognition lattice"},
    "path": {"Recognition lattice"},
    "strip": {"Strip", "Along the line"},
    "along": {"Along the line"},
    "proposals": {"Two readers"},
    "by_line": {"Two readers"},
    "confidence": {"Two readers"},
    "note": {"Two readers"},
    "box": {"Chosen boxes"},
    "alternatives": {"Probabilities"},
}


@pytest.mark.parametrize("value", SHOWN)
@pytest.mark.parametrize("name", ["one line", "two lines"])
def test_what_is_drawn_is_what_is_stored(name: str, value: str) -> None:
    reading = read(CASES[name])
    changed = with_changed(reading, value)
    differing = {
        stage.title
        for stage in STAGES
        if (picture := stage.draw(reading)) is not None
        and picture.tobytes() != drawn_stage(stage.title, changed).tobytes()
    }
    assert differing == SHOWN[value]


def test_a_label_in_the_lattice_follows_its_scores() -> None:
    reading = read(CASES["one line"])
    lattice = reading.lattices[0]
    passed_over = np.full(NO_DIGIT + 1, -5.0)
    passed_over[NO_DIGIT] = lattice.arcs[0].scores.max()
    none = replace(lattice.arcs[0], scores=passed_over)
    changed = replace(reading, lattices=(replace(lattice, arcs=(none, *lattice.arcs[1:])),))
    before, after = (drawn_stage("Recognition lattice", one) for one in (reading, changed))
    assert before.tobytes() != after.tobytes()
    assert (np.array(after) == QUIET).all(axis=2).sum() > 1000


def test_a_page_of_many_lines_is_cut_short_and_says_so() -> None:
    page = read(number_page(("41", "52", "60", "72", "84", "90")))
    three = replace(page, lattices=page.lattices[:3], strips=page.strips[:3], lines=page.lines[:3])
    for title in ("Recognition lattice", "Strip", "Along the line", "Two readers"):
        assert drawn_stage(title, page).tobytes() == drawn_stage(title, three).tobytes()
        assert "the first 3 of 6 lines" in explained(title, page)
        assert "the first" not in explained(title, three)


def test_a_long_line_is_cut_short_in_its_lattice_and_strip() -> None:
    reading = read(CASES["one line"])
    lattice, strip = reading.lattices[0], reading.strips[0]
    component = Component(Box(0, 0, 8, 20), np.ones((20, 8), bool))
    pieces = lattice.pieces[:1] + (Piece(component, None),) * 13
    long_strip = replace(
        strip, first=Look(np.tile(strip.strip, (1, 40)), np.tile(strip.along, (40, 1)))
    )
    long = replace(
        reading,
        lattices=(replace(lattice, pieces=pieces, arcs=lattice.arcs[:1]),),
        strips=(long_strip,),
    )
    for title in ("Recognition lattice", "Strip", "Along the line"):
        assert drawn_stage(title, long).width <= LONGEST_PX
    for title in ("Strip", "Along the line"):
        assert "Of a longer strip" in explained(title, long)
        assert "Of a longer strip" not in explained(title, reading)


def test_a_line_without_digits_is_shown_as_no_number() -> None:
    page = read(CASES["two lines"])
    empty = Line((), 0.9, 0.98, (Proposal("", -0.1, -3.0, 0.8),), "", "")
    reading = replace(page, lines=(empty, page.lines[1]))
    for stage in STAGES:
        stage.draw(reading)
    assert "1 line held no number" in explained("Chosen boxes", reading)
    assert "nothing / " in explained("Along the line", reading)
    assert reading.text == page.lines[1].text


def test_a_number_that_only_a_constraint_would_choose_is_in_the_table() -> None:
    reading = read(CASES["one line"], Settings(length=6))
    line = reading.lines[0]
    elsewhere = replace(line, proposals=line.proposals[1:])
    pictures = [
        drawn_stage("Two readers", replace(reading, lines=(one,))) for one in (line, elsewhere)
    ]
    assert pictures[0].tobytes() != pictures[1].tobytes()


def test_a_strip_of_one_step_is_drawn() -> None:
    reading = read(CASES["one line"])
    nothing = Look(np.zeros((32, 32), np.float32), np.zeros((1, 11), np.float32))
    strip = LineStrip(Box(0, 0, 9, 9), nothing)
    for title in ("Strip", "Along the line"):
        drawn_stage(title, replace(reading, strips=(strip,)))


@pytest.mark.parametrize(
    ("confidence", "words"),
    [(0.9, "90"), (0.98765, "98.77"), (0.9999, "99.99"), (0.99999, ">99.99"), (0.0, "0")],
)
def test_a_calibrated_confidence_can_be_compared(confidence: float, words: str) -> None:
    assert calibrated(confidence) == words


def test_no_doubt_is_said_to_be_none() -> None:
    sentence = explained("Probabilities", read(CASES["one line"], Settings(one_wrong_in=1)))
    assert "No doubt was asked for" in sentence


def test_what_is_switched_off_is_said_to_be_off() -> None:
    page = CASES["tilted"]
    assert "switched off" not in explained("Set out", read(page))
    assert "switched off" in explained("Set out", read(page, Settings(max_skew_deg=0)))
    assert "wide shapes are cut" in explained("Candidate cuts", read(page))
    whole = read(page, Settings(split_touching=False))
    assert "switched off" in explained("Candidate cuts", whole)


def found_line(tilt_deg: float, ink_is_dark: bool = True, score: float = 0.93) -> FoundLine:
    """A number 200 px long, its digits 80 px high, in the middle of the page of one line."""
    way = np.array([np.cos(np.radians(tilt_deg)), np.sin(np.radians(tilt_deg))])
    middle = np.array([320.0, 120.0])
    return FoundLine(middle - 100 * way, middle + 100 * way, 80, ink_is_dark, score, True)


def with_found(
    reading: Reading, *lines: FoundLine, left_out: tuple[FoundLine, ...] = ()
) -> Reading:
    finding = Finding(reading.finding.maps, lines, left_out)
    return replace(reading, finding=finding, sheet=set_out(reading.picture, lines))


@pytest.mark.parametrize(
    ("line", "seen", "done"),
    [
        (
            found_line(15),
            "score 0.93, tilted 15.0° clockwise, digits 80 px high, dark ink.",
            "turned 15.0° counterclockwise, scaled down 1.43 times.",
        ),
        (
            found_line(-7.5, ink_is_dark=False),
            "tilted 7.5° counterclockwise, digits 80 px high, light ink.",
            "turned 7.5° clockwise, scaled down 1.43 times, its light ink inverted.",
        ),
        (
            replace(found_line(0), digit_height_px=28),
            "level, digits 28 px high, dark ink.",
            "not turned, enlarged 2.00 times.",
        ),
    ],
)
def test_what_was_found_and_done_to_it_is_told(line: FoundLine, seen: str, done: str) -> None:
    reading = with_found(read(CASES["one line"]), line)
    assert seen in explained("Numbers found", reading)
    assert done in explained("Set out", reading)
    assert "digits 56 px high" in explained("Set out", reading)


def test_what_was_left_out_is_told_and_drawn() -> None:
    page = read(CASES["one line"])
    weak = replace(found_line(0), score=0.41)
    for lines in ((), (found_line(10),)):
        reading, other = with_found(page, *lines), with_found(page, *lines, left_out=(weak,))
        assert "Left out" not in explained("Numbers found", reading)
        assert "1 place, the best with a score of 0.41" in explained("Numbers found", other)
        before, after = (drawn_stage("Numbers found", one) for one in (reading, other))
        assert before.tobytes() != after.tobytes()
    assert "No number was seen." in explained("Numbers found", with_found(page))


def test_many_numbers_are_told_in_a_list_and_not_all_of_them() -> None:
    page = read(CASES["one line"])
    for count in (5, 6):
        reading = with_found(page, *[found_line(0)] * count)
        for title in ("Numbers found", "Set out"):
            sentence = explained(title, reading)
            assert "\n\n- Number 1: " in sentence
            assert sentence.count("\n- ") == 5
            assert ("(the first 5 are told)" in sentence) == (count == 6)


def test_a_found_number_is_outlined_where_it_is() -> None:
    reading = with_found(read(CASES["one line"]), found_line(12))
    plain = np.array(Canvas(reading.picture.rgb).image).astype(int)
    drawn_there = np.array(drawn_stage("Numbers found", reading))[: plain.shape[0]]
    (line,) = reading.finding.lines
    for number, corner in enumerate(line.corners):
        x, y = np.rint((corner + line.corners[number - 1]) / 2).astype(int)
        near = np.abs(drawn_there - plain)[y - 3 : y + 4, x - 3 : x + 4]
        assert near.max() > 60


def test_the_heights_of_all_lines_are_told() -> None:
    sentence = explained(
        "Lines of writing", read(number_page(("41", "52", "60", "72", "84", "90")))
    )
    assert "6 lines" in sentence
    assert " to " in sentence


def digit_of(confidence: float, accepted: bool) -> Digit:
    box, tile = Box(0, 0, 1, 1), np.zeros((28, 28), np.float32)
    standing = Standing(Component(box, np.ones((1, 1), np.bool_)), tile, np.zeros(10), None)
    return Digit("3", confidence, accepted, box, (), standing)


@pytest.mark.parametrize(
    ("confidence", "accepted", "color"),
    [(0.99, True, SURE), (0.5, True, UNSURE), (0.99, False, DOUBT), (0.5, False, DOUBT)],
)
def test_only_a_digit_in_doubt_looks_like_doubt(
    confidence: float, accepted: bool, color: tuple[int, int, int]
) -> None:
    assert digit_color(digit_of(confidence, accepted)) == color


def test_stage_pictures_are_numbered(reading: Reading) -> None:
    names = [name for name, _ in stage_pictures(reading)]
    assert names == sorted(names)
    assert names[0] == "01-original-picture.png"
    assert [int(name[:2]) for name in names] == list(range(1, len(names) + 1))
    assert names[-1].endswith("-answer.png")
    assert len(set(names)) == len(names)


def test_drawing_leaves_the_reading_as_it_was(reading: Reading) -> None:
    before = [reading.picture.rgb.copy(), reading.binarization.ink.copy()]
    list(stage_pictures(reading))
    np.testing.assert_array_equal(before[0], reading.picture.rgb)
    np.testing.assert_array_equal(before[1], reading.binarization.ink)


def test_doubt_is_drawn_differently_and_not_by_colour_alone() -> None:
    sure, doubt = (
        np.array(annotate(read(CASES["one line"], Settings(one_wrong_in=count))).convert("L"))
        for count in (1, 1_000_000)
    )
    assert (sure != doubt).sum() > 100


def test_boxes_lie_on_their_digits_in_a_picture_that_was_scaled_down() -> None:
    page = number_page(("40",), height_px=700)
    reading = read(page)
    assert min(reading.picture.source_px_per_px) > 1
    scale = LONGEST_PX / max(page.size)
    plain = Canvas(reading.picture.rgb).image
    marks = np.array(annotate(reading)).astype(int) - np.array(plain)
    rows, columns = np.nonzero(np.abs(marks).sum(axis=2))
    left = min(digit.box.left for digit in reading.digits) * scale
    bottom = max(digit.box.bottom for digit in reading.digits) * scale
    assert columns.min() == pytest.approx(left, abs=8)
    assert rows.max() == pytest.approx(bottom, abs=8)


@pytest.mark.parametrize(
    ("confidence", "words"),
    [(0.0, "<1 %"), (0.5, "50 %"), (0.99, "99 %"), (0.9999, ">99 %"), (1.0, ">99 %")],
)
def test_percent_never_claims_certainty(confidence: float, words: str) -> None:
    assert percent(confidence) == words


def test_a_dashed_box_has_gaps() -> None:
    solid, dashed = (
        Canvas(np.full((200, 400), 255, np.uint8)),
        Canvas(np.full((200, 400), 255, np.uint8)),
    )
    solid.box(Box(50, 50, 300, 150), (0, 0, 0))
    dashed.box(Box(50, 50, 300, 150), (0, 0, 0), dashed=True)
    dark = [(np.array(canvas.image.convert("L")) < 128).sum() for canvas in (solid, dashed)]
    assert 0 < dark[1] < 0.8 * dark[0]


# Corners: red, green / blue, white
CORNERS = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 255]]], np.uint8)


@pytest.mark.parametrize(
    ("turns", "upper_left"),
    [(0, (255, 0, 0)), (1, (0, 0, 255)), (2, (255, 255, 255)), (3, (0, 255, 0))],
)
def test_quarter_turns_are_clockwise(turns: int, upper_left: tuple[int, ...]) -> None:
    assert edited(Image.fromarray(CORNERS), Edit(turns)).getpixel((0, 0)) == upper_left


def test_a_region_is_cut_out_of_the_turned_picture() -> None:
    picture = Image.fromarray(CORNERS.repeat(10, 0).repeat(20, 1))
    half = edited(picture, Edit(1, (0.5, 0.0, 1.0, 0.5)))
    assert half.size == (10, 20)
    assert half.getpixel((0, 0)) == (255, 0, 0)


@pytest.mark.parametrize("region", [(0, 0, 0, 0), (1, 1, 1, 1), (0.5, 0.5, 0.5, 0.5)])
def test_a_region_keeps_at_least_a_pixel(region: tuple[float, float, float, float]) -> None:
    assert edited(Image.fromarray(CORNERS), Edit(0, region)).size == (1, 1)


shares = st.floats(0, 1)


@settings(deadline=None)
@given(st.data(), st.integers(0, 7), st.none() | st.tuples(shares, shares, shares, shares))
def test_a_box_finds_its_way_back(
    data: st.DataObject, turns: int, region: tuple[float, float, float, float] | None
) -> None:
    width, height = data.draw(st.integers(1, 9)), data.draw(st.integers(1, 9))
    upright = Image.fromarray(np.arange(width * height, dtype=np.uint8).reshape(height, width))
    edit = Edit(turns, region)
    picture = edited(upright, edit)
    left, top = (data.draw(st.integers(0, side - 1)) for side in picture.size)
    right = data.draw(st.integers(left + 1, picture.width))
    bottom = data.draw(st.integers(top + 1, picture.height))
    box = Box(left, top, right, bottom)
    original = original_box(box, edit, upright.size)
    assert 0 <= original.left < original.right <= width
    assert 0 <= original.top < original.bottom <= height
    found = np.rot90(np.array(upright.crop(original)), -turns)
    np.testing.assert_array_equal(found, np.array(picture.crop(box)))


def test_the_upright_picture_is_what_is_edited() -> None:
    image = Image.fromarray(CORNERS.repeat(8, 0).repeat(16, 1))
    exif = image.getexif()
    exif[0x0112] = 6  # the camera was turned
    buffer = io.BytesIO()
    image.save(buffer, "PNG", exif=exif)
    upright = decode(buffer.getvalue())
    assert upright.size == (16, 32)
    half = edited(upright, Edit(0, (0, 0, 1, 0.5)))
    assert half.size == (16, 16)
    assert read(half).picture.source_size_px == (16, 16)  # and is not turned once more


def test_a_picture_that_cannot_be_read_cannot_be_edited() -> None:
    for change in (lambda: decode(b"no picture"), lambda: thumbnail(b"", 100)):
        with pytest.raises(InputError):
            change()


def test_strokes_become_a_number() -> None:
    rng = np.random.default_rng(7)
    written = write_number(rng, HAND, "472", 120)
    strokes = [
        (9.0, [(float(x) + 40, float(y) + 200) for x, y in stroke])
        for digit in written
        for stroke in digit
    ]
    picture = drawn((500, 260), strokes)
    assert picture.size == (1000, 520)
    assert read(encoded(picture)).text == "472"


def test_drawn_digits_of_many_hands_are_read() -> None:
    rng = np.random.default_rng(1)
    wrong = 0
    for _ in range(40):
        labels = rng.integers(0, 10, 5)
        strokes = [
            (10.0, [(float(x), float(y)) for x, y in stroke * 130 + (40 + 165 * place, 90)])
            for place, label in enumerate(labels)
            for stroke in draw_digit(rng, int(label), random_hand(rng))
        ]
        found = "".join(digit.label for digit in read(drawn((880, 340), strokes)).digits)
        wrong += edit_distance(found, "".join(map(str, labels)))
    assert wrong <= 0.05 * 200


def test_a_dot_is_drawn_and_no_strokes_are_blank_paper() -> None:
    assert np.array(drawn((100, 100), [(10, [(50, 50), (50, 50)])])).min() == 0
    assert np.array(drawn((100, 100), [])).min() == 255


@pytest.mark.parametrize("size", [(1e9, 1e9), (0, 0), (5000, 10)])
def test_a_drawing_has_a_sensible_size(size: tuple[float, float]) -> None:
    with pytest.raises(InputError):
        drawn(size, [])


def test_a_thumbnail_is_small() -> None:
    data = thumbnail(encoded(number_page(("4072",), height_px=200)), 120)
    assert max(Image.open(io.BytesIO(data)).size) == 120


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_a_preview_of_a_transparent_picture_is_white(mode: str) -> None:
    clear = Image.new(mode, (40, 30))
    preview = Image.open(io.BytesIO(thumbnail(edited(clear, Edit(1)), 20)))
    assert np.array(preview).min() > 250


def test_a_preview_of_a_deep_picture_keeps_its_tones() -> None:
    ramp = Image.fromarray(np.linspace(300, 60_000, 64, dtype=np.uint16).reshape(8, 8))
    preview = np.array(Image.open(io.BytesIO(thumbnail(edited(ramp, Edit(2)), 8))).convert("L"))
    assert preview.max() > 240
    assert preview.min() < 15
