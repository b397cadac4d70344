"""Recorded pens, the writers that use them, and the studio where all hands come together."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from synthesis.hands.pens import Recorded, Signs, load_pens
from synthesis.hands.strokes import Strokes, draw_digit, random_hand, stroke_digits
from synthesis.hands.studio import MARKS, Studio, make_studio
from synthesis.hands.writers import (
    HEIGHT_PX,
    Digits,
    Glyph,
    ModelWriter,
    PenWriter,
    PictureWriter,
    Style,
    Writer,
    drawn,
    trimmed,
)

Raw = list[list[list[float]]]
BAR: Raw = [[[0, 0], [10, 100]]]
STILL = Style(slant=0.0, turn_deg=0.0, aspect=1.0, pen=0.08, unrest=0.0)
WILD = Style(slant=0.5, turn_deg=8.0, aspect=0.7, pen=0.16, unrest=1.0)


def write(folder: Path, name: str, *samples: dict[str, Any]) -> None:
    with gzip.open(folder / f"{name}.json.gz", "wt", encoding="utf-8") as file:
        json.dump(samples, file)


def sample(label: str, strokes: Raw = BAR, group: str | int | None = None) -> dict[str, Any]:
    return {"label": label, "group": group, "strokes": strokes}


def both(folder: Path, name: str, label: str) -> list[Strokes]:
    """All samples of a label, wherever the split put them."""
    return [
        strokes for part in load_pens(folder, True) for strokes in part[name].signs.get(label, [])
    ]


def test_only_upward_files_are_turned_over(tmp_path: Path) -> None:
    falls: Raw = [[[20, 300], [20, 250], [70, 200]]]
    for name in ("pendigits", "chars74k"):
        write(tmp_path, name, sample("1", falls))
    ((pen,),) = both(tmp_path, "pendigits", "1")
    assert pen.dtype == np.float32
    assert pen.tolist() == [[0, 0], [0, 0.5], [0.5, 1]]
    ((pen,),) = both(tmp_path, "chars74k", "1")
    assert pen.tolist() == [[0, 1], [0, 0.5], [0.5, 0]]


def test_a_flat_sign_keeps_its_flatness(tmp_path: Path) -> None:
    write(tmp_path, "crohme_symbols", sample("-", [[[0, 5], [90, 5]]]))
    ((dash,),) = both(tmp_path, "crohme_symbols", "-")
    assert dash.tolist() == [[0, 0], [3, 0]]


def test_strokes_are_thinned_between_their_ends(tmp_path: Path) -> None:
    way = [[x, x * x / 100] for x in range(101)]
    write(tmp_path, "crohme", sample("1", [way, [], [[50, 50]]]), sample("2", []))
    ((curve, dot),) = both(tmp_path, "crohme", "1")
    assert 10 < len(curve) <= 24
    assert curve[[0, -1]].tolist() == [[0, 0], [1, 1]]
    assert dot.tolist() == [[0.5, 0.5]]
    assert not both(tmp_path, "crohme", "2")


def test_writers_are_kept_apart(tmp_path: Path) -> None:
    """Every writer draws a bar that leans in a way of its own."""
    samples = [sample("1", [[[0, 0], [g, 400]]], g) for g in range(300) for _ in range(2)]
    write(tmp_path, "crohme", *samples)

    def leans(part: dict[str, Recorded]) -> list[int]:
        return sorted(round(float(bar[-1, 0]) * 400) for (bar,) in part["crohme"].signs["1"])

    kept, held = map(leans, load_pens(tmp_path, True))
    assert sorted(kept + held) == sorted([*range(300), *range(300)])
    assert not set(kept) & set(held)
    assert 2 * 6 <= len(held) <= 2 * 36
    write(tmp_path, "crohme", *samples[::-1])
    assert (kept, held) == tuple(map(leans, load_pens(tmp_path, True)))


def test_a_writer_may_be_number_nought(tmp_path: Path) -> None:
    write(tmp_path, "crohme", *[sample("1", group=0)] * 200)
    assert sorted(len(part["crohme"].signs.get("1", [])) for part in load_pens(tmp_path, True)) == [
        0,
        200,
    ]


def test_a_writer_in_two_collections_is_one(tmp_path: Path) -> None:
    everyone = [f"{place}:{number}" for place in ("Train", "Test") for number in range(200)]
    write(tmp_path, "crohme", *[sample("1", group=group) for group in everyone])
    sizes = [len(part["crohme"].signs.get("1", [])) for part in load_pens(tmp_path, True)]
    assert sum(sizes) == 400
    assert sizes[1] in range(2, 100, 2)


def test_without_known_writers_single_samples_are_held_back(tmp_path: Path) -> None:
    write(tmp_path, "pendigits", *[sample("1")] * 500)
    kept, held = (len(part["pendigits"].signs["1"]) for part in load_pens(tmp_path, True))
    assert kept + held == 500
    assert 10 <= held <= 60


def test_who_left_most_digits_writes_whole_lines(tmp_path: Path) -> None:
    """Each writer's bars lean in a way of their own; what one did not write others lend."""
    heights = {"anna": 100, "ben": 200, "cleo": 400}
    samples = [
        sample(str(label), [[[0, 0], [50, heights[name]]]], f"set:{name}")
        for name, count in (("anna", 10), ("ben", 8), ("cleo", 2))
        for label in range(count)
    ]
    write(tmp_path, "digilets", *samples)
    (kept, held) = (part["digilets"] for part in load_pens(tmp_path, True))
    assert not held.signs
    assert [{label: len(ways) for label, ways in own.items()} for own in kept.writers] == [
        {str(label): 1 for label in range(10)}
    ] * 2
    leans = [[round(1 / float(own[label][0][0][-1, 0])) for label in "079"] for own in kept.writers]
    assert leans == [[2, 2, 2], [4, 4, 2]]
    hands = make_studio([], {"digilets": kept})
    assert [len(source.writers) for source in hands.sources] == [1, 2, 0]


def test_signs_like_digits_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, "crohme", *[sample(label, group=1) for label in "Ol|S9aZxk"])
    kept, held = load_pens(tmp_path, True)
    assert set(kept["crohme"].signs) | set(held["crohme"].signs) == set("9xk")


def test_files_for_research_are_used_only_when_asked_for(tmp_path: Path) -> None:
    for name in ("pendigits", "crohme", "crohme_symbols", "chars74k"):
        write(tmp_path, name, sample("1"))
    for with_research, names in (
        (True, {"pendigits", "crohme", "crohme_symbols", "chars74k"}),
        (False, {"pendigits"}),
    ):
        assert [set(part) for part in load_pens(tmp_path, with_research)] == [names, names]
    (tmp_path / "pendigits.json.gz").unlink()
    with pytest.raises(ValueError, match="holds no pen strokes"):
        load_pens(tmp_path, False)


def test_a_folder_without_strokes_is_a_sentence(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(ValueError, match=r"holds no pen strokes: put pendigits\.json\.gz"):
            load_pens(folder, True)


@pytest.mark.parametrize(
    "content",
    [
        b"not packed",
        gzip.compress(json.dumps([sample("1")] * 500).encode())[:40],
        gzip.compress(b"no json"),
        gzip.compress(b'{"1": 2}'),
        gzip.compress(b'[{"label": "1"}]'),
        gzip.compress(b'[{"label": "1", "strokes": [[1, 2]]}]'),
        gzip.compress(b'[{"label": "1", "strokes": [[[1, 2], [3]]]}]'),
    ],
    ids=["not packed", "cut off", "no JSON", "no list", "no strokes", "no points", "half a point"],
)
def test_a_damaged_file_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "crohme.json.gz").write_bytes(content)
    with pytest.raises(ValueError, match=r"crohme\.json\.gz is damaged: it holds no list"):
        load_pens(tmp_path, True)


def recorded(labels: str = "0123456789", seed: int = 0) -> Signs:
    """Digits of the stroke models in place of recorded ones; for letters, the digit 4."""
    rng = np.random.default_rng(seed)
    return {
        label: [
            draw_digit(rng, int(label) if label.isdigit() else 4, random_hand(rng))
            for _ in range(3)
        ]
        for label in labels
    }


PICTURES = stroke_digits(np.random.default_rng(1), 80)
BY_LABEL = [[trimmed(one) for one in PICTURES[0][PICTURES[1] == label]] for label in range(10)]
WRITERS: dict[str, Writer] = {
    "pictures": PictureWriter(BY_LABEL),
    "pens": PenWriter(recorded()),
    "a model": ModelWriter(random_hand(np.random.default_rng(2))),
}


def inked(glyph: Glyph) -> bool:
    return glyph.ink.dtype == np.uint8 and glyph.ink.max() > 200 and (glyph.ink > 100).sum() > 15


@pytest.mark.parametrize("style", [STILL, WILD], ids=["still", "wild"])
@pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS)
def test_every_writer_puts_ink_on_the_paper(writer: Writer, style: Style) -> None:
    rng = np.random.default_rng(3)
    for label in range(10):
        for _ in range(5):
            glyph = writer.digit(rng, label, style)
            assert inked(glyph)
            assert 0.4 * HEIGHT_PX < max(glyph.ink.shape) < 4 * HEIGHT_PX


def test_a_hairline_is_not_erased() -> None:
    hair = np.zeros((20, 12), np.uint8)
    hair[np.arange(20), np.arange(20) // 2] = 255
    writer = PictureWriter([[hair]] * 10)
    rng = np.random.default_rng(9)
    for _ in range(40):
        ink = writer.digit(rng, 1, WILD).ink
        assert (ink > 100).any(axis=1).mean() > 0.5


@pytest.mark.parametrize("name", ["pens", "a model"])
def test_a_pen_lands_and_leaves_on_its_ink(name: str) -> None:
    rng = np.random.default_rng(4)
    for label in range(10):
        glyph = WRITERS[name].digit(rng, label, WILD)
        for point in (glyph.start_xy, glyph.end_xy):
            assert point is not None
            x, y = map(round, point)
            assert glyph.ink[y, x] > 100


def test_pictures_show_their_own_label() -> None:
    """Each label's picture is a block as wide as the label says."""
    blocks = [[np.full((20, 2 * label + 2), 255, np.uint8)] for label in range(10)]
    writer = PictureWriter(blocks)
    for label in range(10):
        glyph = writer.digit(np.random.default_rng(label), label, STILL)
        assert glyph.start_xy is glyph.end_xy is None
        assert glyph.ink.shape[1] == pytest.approx(4 * label + 4, abs=4)


def test_a_hand_leans_and_stretches_every_sign() -> None:
    def corner(style: Style) -> list[float]:
        """Where the upper end of a stem of height 1 comes to stand."""
        return list(style.linear(np.random.default_rng(0)) @ [0, -1])

    assert corner(STILL) == pytest.approx([0, -HEIGHT_PX])
    leaning = Style(slant=0.5, turn_deg=0, aspect=1, pen=0.1, unrest=0, size=2)
    assert corner(leaning) == pytest.approx([HEIGHT_PX, -2 * HEIGHT_PX])
    across: Strokes = [np.array([[0, 0], [1, 0]], np.float32)]
    wide = Style(slant=0, turn_deg=0, aspect=1.5, pen=0.1, unrest=0)
    ways = [trimmed(drawn(np.random.default_rng(0), across, way).ink) for way in (STILL, wide)]
    assert ways[1].shape[1] - ways[0].shape[1] == pytest.approx(HEIGHT_PX / 2, abs=3)


@pytest.mark.parametrize("lift", [0.5, 1.0])
def test_a_pen_is_pressed_less_where_it_goes_up(lift: float) -> None:
    down = np.array([[0, 0], [0, 1]], np.float32)
    up = down[::-1]
    light = replace(STILL, pen=0.2, lift=lift)
    inks = {
        name: [drawn(np.random.default_rng(0), [way], style).ink.astype(int) for way in (down, up)]
        for name, style in {"even": replace(light, lift=0.0), "light": light}.items()
    }
    assert np.array_equal(inks["even"][0], inks["even"][1])
    assert inks["light"][0].sum() == pytest.approx(inks["even"][0].sum(), rel=0.1)
    assert 0 < inks["light"][1].max() < 255
    assert inks["light"][1].sum() < (1 - 0.5 * lift) * inks["light"][0].sum()


def test_trimming_paper_leaves_a_pixel() -> None:
    assert trimmed(np.zeros((5, 7), np.uint8)).shape == (1, 1)
    spot = np.zeros((5, 7), np.uint8)
    spot[2, 3:5] = 255
    assert trimmed(spot).tolist() == [[255, 255]]


@pytest.fixture(scope="module")
def studio() -> Studio:
    crohme = recorded("0123456789ay") | {"\\alpha": [[np.eye(2, dtype=np.float32)]]}
    dash: Signs = {"-": [[np.array([[0, 0], [3, 0.1]], np.float32)]]}
    pens = {
        "pendigits": Recorded(recorded(), []),
        "crohme": Recorded(crohme, []),
        "chars74k": Recorded(recorded("012345678k"), []),
        "crohme_symbols": Recorded(dash, []),
    }
    return make_studio([(0.2, Digits(*PICTURES))], pens)


def test_every_source_writes_every_digit(studio: Studio) -> None:
    rng = np.random.default_rng(0)
    kinds = [type(writer) for source in studio.sources for writer in (source.writers or (None,))]
    # Of the third pen a digit is missing: it writes no numbers.
    assert kinds == [PictureWriter, PenWriter, PenWriter, type(None)]
    for source in studio.sources:
        alone = Studio([source], None, None)
        for label in range(10):
            assert inked(alone.writer(rng).digit(rng, label, STILL))


def test_all_sources_have_their_turn(studio: Studio) -> None:
    rng = np.random.default_rng(0)
    turns = [type(studio.writer(rng)) for _ in range(400)]
    assert {PictureWriter, PenWriter, ModelWriter} == set(turns)
    weights = [source.weight for source in studio.sources]
    assert turns.count(PictureWriter) / 400 == pytest.approx(weights[0] / sum(weights), abs=0.06)
    hands = {
        writer.hand for _ in range(20) if isinstance(writer := studio.writer(rng), ModelWriter)
    }
    assert len(hands) > 5


def test_letters_come_from_every_collection_and_are_no_digits(studio: Studio) -> None:
    assert studio.letters is not None
    assert set(studio.letters.signs) == set("ayk")
    assert inked(studio.letter(np.random.default_rng(0), STILL))


def test_letters_without_a_collection_are_scrawls() -> None:
    rng = np.random.default_rng(0)
    models = make_studio([], {})
    assert models.letters is models.marks is None
    glyphs = [models.letter(rng, STILL) for _ in range(10)]
    assert all(map(inked, glyphs))
    assert len({glyph.ink.tobytes() for glyph in glyphs}) == 10


def test_a_recorded_letter_is_drawn_as_it_was_written() -> None:
    bar: Signs = {"x": [[np.array([[0, 0], [3, 0]], np.float32)]]}
    ink = trimmed(
        make_studio([], {"crohme": Recorded(bar, [])}).letter(np.random.default_rng(0), STILL).ink
    )
    assert ink.shape[1] > 10 * ink.shape[0]


@pytest.mark.parametrize("sign", MARKS)
def test_every_mark_can_be_made(sign: str, studio: Studio) -> None:
    rng = np.random.default_rng(0)
    for hands in (studio, make_studio([], {})):
        made = [hands.mark(rng, sign, STILL) for _ in range(20)]
        assert all((glyph.ink > 100).sum() > 3 for glyph, _ in made)
        heights = [raised for _, raised in made]
        assert np.mean(heights) == pytest.approx(MARKS[sign][1], abs=0.05)


def test_marks_look_like_what_they_are() -> None:
    rng = np.random.default_rng(0)
    models = make_studio([], {})

    def ink(sign: str) -> np.ndarray:
        return trimmed(models.mark(rng, sign, STILL)[0].ink)

    assert cv2.connectedComponents((ink("=") > 100).astype(np.uint8))[0] == 3
    assert max(ink(".").shape) < HEIGHT_PX / 3
    assert ink("-").shape[1] > 2 * ink("-").shape[0]
    assert ink("/").shape[0] > HEIGHT_PX


def test_a_recorded_mark_has_the_size_of_its_kind(studio: Studio) -> None:
    """The recorded dash is three digits wide; on a line it is as wide as any other."""
    rng = np.random.default_rng(0)
    widths = [studio.mark(rng, "-", STILL)[0].ink.shape[1] for _ in range(40)]
    assert np.median(widths) < 1.2 * HEIGHT_PX
