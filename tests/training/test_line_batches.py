"""Written lines: text, ink, paper and batches; the line reader and its training."""

from __future__ import annotations

import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from itertools import islice, pairwise, product
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitocr.along.strip import STRIP_PX
from digitocr.networks.runtime import LINE_READER, find_model
from digitocr.tune import drawn_lines
from digitocr.tune.drawn_lines import FRAME_PX, PAD, WIDEST_PX, Batch, collate, fits, line
from digitocr.types import Gray
from synthesis import scans as papers
from synthesis.hands.inked_line import TURNS, turned, write_line
from synthesis.hands.strings import (
    LONGEST,
    TURNED,
    Nuisances,
    Text,
    random_style,
    random_text,
)
from synthesis.hands.studio import MARKS, make_studio
from synthesis.hands.writers import HEIGHT_PX, Glyph, Inked, Style
from synthesis.parts.ink import broken, pressed
from synthesis.scans import scan
from training import line_batches as lines
from training.line_batches import Recipe, batches

STUDIO = make_studio([], {})
NONE = Nuisances(**dict.fromkeys((field.name for field in fields(Nuisances)), 0.0))


def rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def texts(nuisances: Nuisances, count: int = 300) -> list[Text]:
    return [random_text(rng(seed), nuisances) for seed in range(count)]


@settings(deadline=None)
@given(st.integers(0, 2**32))
def test_the_digits_of_a_text_are_those_among_its_signs(seed: int) -> None:
    text = random_text(rng(seed), Nuisances())
    assert "".join(sign for sign in text.signs if sign.isdigit()) == text.digits
    assert len(text.digits) <= LONGEST
    assert text.signs
    assert all(len(sign) == 1 or sign in ("letter", TURNED) for sign in text.signs)
    shown = {sign for sign in text.signs if sign not in {"letter", TURNED, " "}}
    assert shown <= {*"0123456789", *MARKS}
    assert text.digits or set(text.signs) == {"letter"} or text.signs == [TURNED]


def test_every_digit_and_every_length_is_written() -> None:
    numbers = [text.digits for text in texts(Nuisances(), 1500)]
    assert {len(number) for number in numbers} == set(range(LONGEST + 1))
    assert set("".join(numbers)) == set("0123456789")


def between_digits(text: Text) -> list[str]:
    where = [index for index, sign in enumerate(text.signs) if sign.isdigit()]
    return [sign for sign in text.signs[where[0] : where[-1]] if not sign.isdigit()]


def test_texts_without_nuisances_are_bare_numbers() -> None:
    assert all(text.signs == list(text.digits) for text in texts(NONE))


def test_separators_stand_between_digits() -> None:
    assert any(map(between_digits, texts(replace(NONE, separators=1.0))))
    for text in texts(replace(NONE, marks=1.0, words=0.6)):
        assert not text.digits or not between_digits(text)


def test_marks_and_words_stand_beside_the_number() -> None:
    marked = texts(replace(NONE, marks=1.0))
    assert not any(sign == "letter" for text in marked for sign in text.signs)
    assert all(text.signs[-1] in MARKS for text in marked)
    assert any(text.signs[0] in MARKS for text in marked)
    spoken = texts(replace(NONE, words=1.0))
    assert not {sign for text in spoken for sign in text.signs} & MARKS.keys()
    assert any(not text.digits for text in spoken)
    assert any(text.digits and "letter" in text.signs for text in spoken)


class Told:
    """A writer whose digits tell their label: so many px high, and one wide."""

    def digit(self, rng: np.random.Generator, label: int, style: Style) -> Glyph:
        ink = np.full((label, 1), 100, np.uint8)
        ink[0] = 255
        return Glyph(ink)


def test_digits_on_their_side_are_those_that_look_like_none() -> None:
    inks = [turned(rng(seed), Told(), random_style(rng(seed), NONE)).ink for seed in range(300)]
    seen = {
        (max(ink.shape), 2 if ink.shape[1] == 1 else 1 if ink[-1, 0] == 255 else 3) for ink in inks
    }
    assert seen == set(TURNS)
    assert not {label for label, _ in seen} & {0, 1, 8}
    assert all(quarters != 2 for label, quarters in seen if label in (6, 9))
    written = texts(replace(NONE, turned=1.0), 10)
    assert all(text == Text([TURNED], "") for text in written)
    line = write_line(rng(0), STUDIO, written[0], NONE)
    assert line.ink.any()
    assert not line.digits


def test_slant_can_be_left_out() -> None:
    upright = [random_style(rng(seed), NONE).slant for seed in range(20)]
    leaning = [random_style(rng(seed), Nuisances()).slant for seed in range(20)]
    assert set(upright) == {0.0}
    assert min(leaning) < 0 < max(leaning)


def test_the_same_seed_writes_the_same_line() -> None:
    text = Text(list("1.250-"), "1250")
    inks = [write_line(rng(seed), STUDIO, text, Nuisances()).ink for seed in (1, 1, 2)]
    assert np.array_equal(inks[0], inks[1])
    assert inks[0].shape != inks[2].shape or not np.array_equal(inks[0], inks[2])


def test_a_line_is_cropped_to_its_ink() -> None:
    for seed in range(30):
        ink = write_line(rng(seed), STUDIO, random_text(rng(seed), Nuisances()), Nuisances()).ink
        assert ink.dtype == np.uint8
        for edge in (ink[0], ink[-1], ink[:, 0], ink[:, -1]):
            assert edge.max() > 60
    assert write_line(rng(0), STUDIO, Text([], ""), NONE).ink.shape == (1, 1)


def pieces(digits: str, nuisances: Nuisances) -> int:
    """Connected pieces of ink on 30 lines."""
    inks = [write_line(rng(i), STUDIO, Text([*digits], digits), nuisances).ink for i in range(30)]
    return sum(cv2.connectedComponents((ink > 100).astype(np.uint8))[0] - 1 for ink in inks)


def test_touching_and_tied_digits_share_their_ink() -> None:
    apart = pieces("80632", NONE)
    assert apart > 0.9 * 5 * 30
    assert pieces("80632", replace(NONE, touching=1.0)) < 0.6 * apart
    assert pieces("80632", replace(NONE, ties=1.0)) < 0.9 * apart


def test_spaces_leave_room() -> None:
    def width(text: str) -> float:
        signs = Text([*text], text.replace(" ", ""))
        widths = [write_line(rng(i), STUDIO, signs, NONE).ink.shape[1] for i in range(20)]
        return float(np.mean(widths))

    assert width("4 7") > width("47") + 0.3 * 0.75 * HEIGHT_PX


INK = write_line(rng(5), STUDIO, Text([*"20746"], "20746"), NONE).ink


def likeness(gray: Gray, ink: Inked) -> float:
    """How much a picture is the ink's negative wherever that fits best, 0..1."""
    border = cv2.copyMakeBorder(gray, 3, 3, 3, 3, cv2.BORDER_REPLICATE)
    return -float(cv2.matchTemplate(border, ink, cv2.TM_CCOEFF_NORMED).min())


@pytest.mark.parametrize("seed", range(8))
def test_without_nuisances_the_ink_comes_back(seed: int) -> None:
    gray, dark, _ = scan(rng(seed), INK, NONE)
    assert dark
    assert gray.dtype == np.uint8
    assert gray.shape[0] >= INK.shape[0] - 3
    assert gray.shape[1] >= INK.shape[1]
    assert likeness(gray, INK) > 0.85
    paper = gray == gray.max()
    assert paper.mean() > 0.9 * (INK == 0).mean()


def test_light_ink_on_dark_paper() -> None:
    for seed in range(8):
        gray, dark, _ = scan(rng(seed), INK, replace(NONE, light_on_dark=1.0))
        assert not dark
        assert likeness(255 - gray, INK) > 0.85
        assert np.median(gray) == gray.min()


def scans(nuisances: Nuisances) -> list[Gray]:
    return [scan(rng(seed), INK, nuisances).gray for seed in range(30)]


PLAIN = scans(NONE)


def even(pictures: list[Gray]) -> float:
    """Mean share of a picture that has one and the same grey."""
    return float(
        np.mean([np.bincount(picture.ravel()).max() / picture.size for picture in pictures])
    )


@pytest.mark.parametrize(
    "nuisance", ["rules", "frames", "guilloche", "shade", "grain", "blur", "jpeg"]
)
def test_paper_is_even_until_something_is_on_it(nuisance: str) -> None:
    assert even(scans(replace(NONE, **{nuisance: 1.0}))) < even(PLAIN) - 0.01


def test_neighbours_reach_in_from_the_edges() -> None:
    def dark(pictures: list[Gray]) -> float:
        edges = [picture[[0, -1]] < picture.max() - 10 for picture in pictures]
        return float(np.mean([edge.mean() for edge in edges]))

    assert dark(scans(replace(NONE, neighbours=1.0))) > dark(PLAIN) + 0.01


def test_faint_ink_has_little_contrast() -> None:
    faint = scans(replace(NONE, faint=1.0))
    assert np.mean([np.ptp(one) for one in faint]) < 0.7 * np.mean([np.ptp(one) for one in PLAIN])


def test_a_coarse_scan_is_smaller() -> None:
    coarse = scans(replace(NONE, coarse=1.0))
    assert np.mean([one.size for one in coarse]) < 0.7 * np.mean([one.size for one in PLAIN])


def test_a_scan_in_black_and_white_keeps_its_ink() -> None:
    levels = [len(np.unique(one)) for one in scans(replace(NONE, two_level=1.0))]
    assert levels.count(2) > 20
    for seed in range(8):
        gray = scan(rng(seed), INK, replace(NONE, two_level=1.0)).gray
        assert likeness(gray, INK) > 0.6


def test_a_scan_in_black_and_white_loses_no_pale_digit() -> None:
    half = INK.shape[1] // 2
    pale = np.asarray(np.concatenate([0.33 * INK[:, :half], INK[:, half:]], axis=1), np.uint8)
    for seed in range(40):
        gray, _, to_gray = scan(rng(seed), pale, replace(NONE, two_level=1.0))
        first, middle = (round(to_gray[0] @ (x, 0, 1)) for x in (0, half))
        left, right = (
            part.max() - part.mean() for part in (gray[:, first:middle], gray[:, middle:])
        )
        assert left > 0.2 * right


def test_a_scan_is_tried_again_where_a_digit_cannot_be_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ink = np.asarray(INK / 255, np.float32)
    seen = ink > 0.5
    assert papers._is_left(seen, ink)
    for first in range(4):
        part = seen.copy()
        part[:, first * ink.shape[1] // 4 : (first + 1) * ink.shape[1] // 4] = False
        assert not papers._is_left(part, ink)
    found = iter([False, True])
    monkeypatch.setattr(papers, "_is_left", lambda *_: next(found))
    scan(rng(0), INK, NONE)
    assert not [*found]


def test_gaps_are_small_and_leave_the_digits_there() -> None:
    whole = np.full((60, 200), 1, np.float32)
    left = [float(broken(rng(seed), whole, 40).mean()) for seed in range(20)]
    assert 0.9 < min(left) < np.mean(left) < 0.995
    assert not broken(rng(1), np.zeros((9, 9), np.float32), 40).any()


def test_a_pen_pressed_less_one_way_leaves_the_other_strokes() -> None:
    across = np.zeros((60, 60), np.float32)
    across[25:32] = 1
    left = [float(pressed(rng(seed), across)[:, 10:-10].sum() / (7 * 40)) for seed in range(40)]
    assert min(left) < 0.45
    assert max(left) > 0.9
    assert not pressed(rng(1), np.zeros((9, 9), np.float32)).any()


def test_digits_of_a_line_have_their_places() -> None:
    for seed in range(20):
        nuisances = replace(NONE, combs=float(seed % 2))
        line = write_line(rng(seed), STUDIO, Text([*"$507-"], "507"), nuisances)
        assert "".join(label for label, _ in line.digits) == "507"
        lefts = [box.left for _, box in line.digits]
        assert lefts == sorted(lefts)
        for _, box in line.digits:
            place = line.ink[box.top : box.bottom, box.left : box.right]
            assert place.shape == (box.height, box.width)
            assert all(edge.any() for edge in (place[0], place[-1], place[:, 0], place[:, -1]))


def test_in_a_comb_each_sign_has_its_place() -> None:
    text = Text([*"11171"], "11171")
    inks = [write_line(rng(i), STUDIO, text, replace(NONE, combs=1.0)).ink for i in range(40)]
    plain = [write_line(rng(i), STUDIO, text, NONE).ink for i in range(40)]
    assert np.mean([one.shape[1] for one in inks]) > 1.3 * np.mean([one.shape[1] for one in plain])
    # An edge of the comb runs from end to end, where one is seen.
    seen = [(one > 60).any(axis=0).mean() > 0.6 for one in inks]
    assert 0.6 < np.mean(seen) < 0.98


def test_a_dot_alone_can_be_scanned() -> None:
    for seed in range(10):
        gray = scan(rng(seed), np.full((1, 4), 255, np.uint8), Nuisances()).gray
        assert gray.size


@pytest.mark.parametrize("seed", range(40))
def test_lines_are_strips_that_ctc_can_align(seed: int) -> None:
    ready, digits = line((seed, 1), STUDIO, Nuisances())
    assert ready.dtype == np.float32
    assert ready.shape[0] == STRIP_PX <= ready.shape[1] <= WIDEST_PX
    assert 0 <= ready.min() < 0.5 < ready.max() <= 1
    repeats = sum(one == other for one, other in pairwise(digits))
    assert len(digits) + repeats <= ready.shape[1] // FRAME_PX
    again = line((seed, 1), STUDIO, Nuisances())
    assert np.array_equal(ready, again[0])
    assert digits == again[1]


@pytest.mark.parametrize(
    ("digits", "frames"), [("", 0), ("1", 1), ("12", 2), ("11", 3), ("1000", 6)]
)
def test_equal_neighbours_need_a_frame_between_them(digits: str, frames: int) -> None:
    assert fits(digits, frames * FRAME_PX)
    assert not frames or not fits(digits, frames * FRAME_PX - 1)


def test_lines_too_wide_are_written_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn_lines, "WIDEST_PX", 64)
    assert all(line((0, i), STUDIO, NONE)[0].shape[1] <= 64 for i in range(10))


def test_words_alone_hold_no_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn_lines, "random_text", lambda *_: Text(["letter"] * 3, ""))
    ready, digits = line((0, 0), STUDIO, NONE)
    assert digits == ""
    assert ready.max() > 0.9
    assert (collate([(ready, digits)])[1] == PAD).all()


def test_a_batch_is_padded_with_paper() -> None:
    narrow, wide = np.full((STRIP_PX, 33), 0.5, np.float32), np.ones((STRIP_PX, 40), np.float32)
    strips, digits = collate([(narrow, "407"), (wide, "")])
    assert strips.shape == (2, STRIP_PX, 48, 1)
    assert strips.dtype == np.float32
    assert np.array_equal(strips[0, :, :33, 0], narrow)
    assert not strips[0, :, 33:].any()
    assert not strips[1, :, 40:].any()
    assert digits.dtype == np.int32
    assert digits.tolist() == [[4, 0, 7] + [PAD] * (LONGEST - 3), [PAD] * LONGEST]


RECIPE = Recipe(None, (), None, False, Nuisances(), 3)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups of two batches of four lines by the stroke models, made by a thread."""

    def threads(count: int, _: object, start: Any, arguments: Any) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(count, initializer=start, initargs=arguments)

    monkeypatch.setattr(Recipe, "studios", lambda _: (STUDIO, STUDIO))
    monkeypatch.setattr(lines, "ProcessPoolExecutor", threads)
    monkeypatch.setattr(lines, "BATCH", 4)
    monkeypatch.setattr(lines, "SORTED_BATCHES", 2)
    monkeypatch.setattr(lines, "DRAWN_LINES", 4)
    monkeypatch.setattr(lines, "FOUND_LINES", 4)
    monkeypatch.setattr(lines, "NEW_LINES", 2)


def same(some: list[Batch], others: list[Batch]) -> bool:
    return len(some) == len(others) and all(
        np.array_equal(mine, theirs)
        for one, other in zip(some, others, strict=True)
        for mine, theirs in zip(one, other, strict=True)
    )


@pytest.mark.usefixtures("small_batches")
def test_batches_go_on_where_they_were_left() -> None:
    everything = list(batches(RECIPE, 0, 5))
    assert len(everything) == 5
    assert all(len(strips) == 4 for strips, _ in everything)
    assert not same(everything[:1], everything[1:2])
    assert same(list(islice(batches(RECIPE, 0, 400), 3)), everything[:3])
    # Of the found lines a later start knows fewer, but each start the same ones.
    later = list(batches(RECIPE, 3, 5))
    assert len(later) == 2
    assert same(list(batches(RECIPE, 3, 5)), later)
    assert not list(batches(RECIPE, 5, 5))
    other = next(batches(replace(RECIPE, seed=4), 0, 5))
    assert not same([other], everything[:1])


def test_another_process_can_be_given_the_recipe() -> None:
    assert pickle.loads(pickle.dumps(RECIPE)) == RECIPE


@pytest.fixture(scope="module")
def trainer() -> Any:
    pytest.importorskip("tensorflow")
    pytest.importorskip("keras")
    from training import train_lines

    return train_lines


def test_the_line_reader_reads_strips_of_any_width(trainer: Any) -> None:
    network = trainer.build_line_reader()
    for width in (32, 48, 400):
        logits = np.asarray(network(np.zeros((2, STRIP_PX, width, 1), np.float32)))
        assert logits.shape == (2, width // FRAME_PX, 11)


def collapsed(path: tuple[int, ...]) -> str:
    """What a path says: repeats merged, blanks dropped."""
    new = (one for one, before in zip(path, (None, *path), strict=False) if one != before)
    return "".join(str(one) for one in new if one < 10)


def test_ctc_loss_sums_over_all_paths(trainer: Any) -> None:
    import tensorflow as tf

    wanted = ["", "7", "77", "3", "708"]
    steps = 4
    logits = rng(0).normal(0, 2, (len(wanted), steps, 11)).astype(np.float32)
    digits = np.full((len(wanted), 5), PAD, np.int32)
    for row, text in zip(digits, wanted, strict=True):
        row[: len(text)] = [int(digit) for digit in text]
    chances = np.exp(logits) / np.exp(logits).sum(axis=2, keepdims=True)
    sums = np.zeros(len(wanted))
    for path in product((0, 3, 7, 8, 10), repeat=steps):
        said = collapsed(path)
        if said in wanted:
            sums[wanted.index(said)] += chances[wanted.index(said), range(steps), path].prod()
    with tf.GradientTape() as tape:
        watched = tf.Variable(logits)
        loss = trainer.ctc_loss(tf.constant(digits), watched)
    assert float(loss) == pytest.approx(-np.log(sums).mean(), rel=1e-4)
    slopes = np.asarray(tape.gradient(loss, watched))
    assert np.isfinite(slopes).all()
    assert np.abs(slopes).max(axis=(1, 2)).min() > 1e-4


def test_ctc_loss_of_blank_lines_alone(trainer: Any) -> None:
    import tensorflow as tf

    logits = np.zeros((2, 3, 11), np.float32)
    loss = trainer.ctc_loss(tf.fill((2, 5), PAD), tf.constant(logits))
    assert float(loss) == pytest.approx(3 * np.log(11))


def test_greedy_merges_repeats_and_drops_blanks(trainer: Any) -> None:
    paths = [(1, 1, 10, 1, 2), (10, 10, 10, 10, 10), (0, 3, 3, 10, 3), (9, 8, 9, 9, 8)]
    logits = np.eye(11, dtype=np.float32)[np.array(paths)]
    assert trainer.greedy(logits) == ["112", "", "033", "9898"] == list(map(collapsed, paths))


def test_only_lines_read_to_the_last_digit_count(trainer: Any) -> None:
    strips, digits = collate([(np.zeros((STRIP_PX, 32), np.float32), text) for text in ("12", "1")])

    def network(strips: np.ndarray, training: bool) -> np.ndarray:
        labels = np.array([(1, 1, 2, 10), (1, 10, 1, 10)])
        return np.asarray(np.eye(11)[labels])

    assert trainer.exact_share(network, [(strips, digits)]) == 0.5


@pytest.fixture
def small_trainer(trainer: Any, small_batches: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    from training import line_network

    monkeypatch.setattr(line_network, "CHANNELS", (4, 4, 4, 4, 8))
    monkeypatch.setattr(trainer, "VALIDATION_LINES", 6)
    return trainer


def test_held_back_lines_are_no_training_lines_half_are_found_and_some_on_clean_paper(
    small_trainer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def blank(seed: tuple[int, ...], _: object, nuisances: Nuisances) -> tuple[np.ndarray, str]:
        asked.append((seed, nuisances))
        return np.zeros((STRIP_PX, STRIP_PX), np.float32), ""

    monkeypatch.setattr(small_trainer, "line", blank)
    assert sum(len(strips) for strips, _ in small_trainer.held_back_lines(RECIPE)) == 6
    seeds, papers = zip(*asked, strict=True)
    assert len(set(seeds)) == 3
    assert all(number > 1_000_000 for _, number, _ in seeds)
    drawn = small_trainer.DRAWN
    assert list(papers) == [drawn, Nuisances(), Nuisances()]
    assert drawn.rules == drawn.grain == drawn.words == 0


def test_a_run_is_saved_and_goes_on_where_it_was(
    small_trainer: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import keras

    folder = tmp_path / "runs" / "seed-3-no-research"

    def run(steps: int) -> list[int]:
        small_trainer.train(
            out=tmp_path / "Own.keras", steps=steps, seed=3, research=False, runs=tmp_path / "runs"
        )
        *printed, shipped = capsys.readouterr().out.splitlines()
        assert "Own.keras" in shipped
        records = [json.loads(text) for text in printed]
        assert all(np.isfinite(record["loss"]) for record in records)
        return [record["step"] for record in records]

    def best() -> list[np.ndarray]:
        return list(keras.models.load_model(folder / "best.keras").get_weights())

    assert run(2) == [2]
    first = best()
    restored = small_trainer.Trainer(3, folder / "checkpoints")
    assert int(restored.step) == int(restored.optimizer.iterations) == 2
    for weights, saved in zip(restored.average.get_weights(), first, strict=True):
        assert np.array_equal(weights, saved)
    assert run(3) == [3]
    assert any(not np.array_equal(*pair) for pair in zip(first, best(), strict=True))
    noted = json.loads((tmp_path / "manifest.json").read_text("utf-8"))["Own.keras"]
    assert noted["command"].endswith("training.train_lines --no-research --steps 3 --seed 3")
    again = small_trainer.Trainer(3, tmp_path / "again", start=tmp_path / "Own.keras")
    for weights, saved in zip(again.model.get_weights(), best(), strict=True):
        assert np.array_equal(weights, saved)
    network = keras.models.load_model(tmp_path / "Own.keras")
    assert network(np.zeros((1, STRIP_PX, 64, 1), np.float32)).shape == (1, 32, 11)


def test_an_unknown_nuisance_is_named(small_trainer: Any, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="smudges"):
        small_trainer.train(without=["rules", "smudges"], runs=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_every_nuisance_belongs_to_one_kind_of_paper(trainer: Any) -> None:
    from benchmarks.left_out import PAPERS

    names = [name for kind in PAPERS.values() for name in kind]
    assert sorted(names) == sorted(field.name for field in fields(Nuisances))


def test_a_network_alone_reads_labelled_pages(trainer: Any) -> None:
    import keras

    from benchmarks.left_out import pages, read_alone

    found = pages(Path(__file__).parents[2] / "sample_images")
    shipped = keras.models.load_model(find_model(LINE_READER), compile=False)
    exact, wrong = read_alone(shipped, found)
    assert exact > 0.7
    assert 0 < wrong < 0.1
    assert read_alone(shipped, [(strips, "0") for strips, _ in found])[0] == 0
