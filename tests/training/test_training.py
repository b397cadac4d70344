"""Training: splits, drawn examples, batches, and a run from pictures to a classifier."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitocr.types import NO_DIGIT
from synthesis.hands.pens import Recorded, Signs
from synthesis.hands.strokes import draw_digit, random_hand, stroke_digits
from synthesis.hands.writers import Digits
from training import data
from training import digit_pool as pool
from training.augment import CANVAS_PX, augment, finish, warp
from training.data import Mnist, as_tiles, load_extra, load_mnist, load_test
from training.digit_pool import WEIGHTS, Pool, make_pool
from training.manifest import sha256
from training.non_digits import non_digit


def drawn(count: int, seed: int) -> Digits:
    """Digits of the stroke models in place of MNIST's."""
    return Digits(*stroke_digits(np.random.default_rng(seed), count))


@pytest.fixture(scope="module")
def digits() -> Pool:
    """60 digits, all as likely, and 10 tiles in place of letters."""
    return Pool(drawn(60, 1), np.arange(1, 61) / 60, drawn(10, 4).pictures)


@pytest.fixture
def npz(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """300 training and 50 test pictures, of which 100 are kept aside."""
    monkeypatch.setattr(data, "VALIDATION_COUNT", 100)
    train, test = drawn(300, 2), drawn(50, 3)
    file = tmp_path / "mnist.npz"
    np.savez(
        file,
        x_train=train.pictures,
        y_train=train.labels,
        x_test=test.pictures,
        y_test=test.labels,
    )
    return file


def same(one: Mnist, other: Mnist) -> bool:
    pairs = zip(one, other, strict=True)
    return all(np.array_equal(a.pictures, b.pictures) for a, b in pairs)


def rows(pictures: np.ndarray) -> list[bytes]:
    return sorted(picture.tobytes() for picture in pictures)


def test_split_keeps_every_picture_once_with_its_label(npz: Path) -> None:
    mnist = load_mnist(npz, seed=0)
    with np.load(npz) as arrays:
        pictures, labels = arrays["x_train"], arrays["y_train"]
    assert [len(part.labels) for part in mnist] == [200, 100, 50]
    both = np.concatenate([mnist.train.pictures, mnist.validation.pictures])
    assert rows(both) == rows(pictures)
    truth = {picture.tobytes(): label for picture, label in zip(pictures, labels, strict=True)}
    for part in (mnist.train, mnist.validation):
        for picture, label in zip(part.pictures, part.labels, strict=True):
            assert truth[picture.tobytes()] == label


def test_split_is_the_seeds_alone(npz: Path) -> None:
    assert same(load_mnist(npz, seed=0), load_mnist(npz, seed=0))
    assert not same(load_mnist(npz, seed=0), load_mnist(npz, seed=1))


def test_test_set_stays_whole_and_in_order(npz: Path) -> None:
    with np.load(npz) as arrays:
        for seed in (0, 1):
            mnist = load_mnist(npz, seed)
            assert np.array_equal(mnist.test.pictures, arrays["x_test"])
            assert np.array_equal(mnist.test.labels, arrays["y_test"])


def test_missing_arrays_are_named_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "half.npz"
    np.savez(file, x_train=np.zeros(1), y_test=np.zeros(1))
    with pytest.raises(ValueError, match=r"half\.npz lacks the arrays x_test, y_train\.$"):
        load_mnist(file, seed=0)


def test_tiles_of_pictures() -> None:
    tiles = as_tiles(np.array([[[0, 51, 255]]], np.uint8))
    assert tiles.dtype == np.float32
    assert tiles.shape == (1, 1, 3, 1)
    assert tiles.ravel().tolist() == pytest.approx([0, 0.2, 1])
    assert as_tiles(np.zeros((0, 28, 28), np.uint8)).shape == (0, 28, 28, 1)


@pytest.mark.parametrize("names", [("x", "y"), ("x_train", "y_train")])
def test_further_digits_are_stretched_to_full_ink(tmp_path: Path, names: tuple[str, str]) -> None:
    file = tmp_path / "more.npz"
    pictures = np.zeros((2, 3, 4), np.float64)
    pictures[0, 1] = [0, 0.5, 1, 2]
    pictures[0, 2] = 2
    arrays = dict(zip(names, (pictures, np.array([4, 9])), strict=True))
    np.savez(file, allow_pickle=False, **arrays)
    more = load_extra(file)
    assert more.pictures.dtype == more.labels.dtype == np.uint8
    assert more.pictures[0, 1].tolist() == [0, 64, 128, 255]
    assert more.labels.tolist() == [4, 9]


def test_a_pale_digit_is_as_dark_as_the_others(tmp_path: Path) -> None:
    pictures = np.zeros((3, 28, 28), np.uint8)
    pictures[0, 4:24, 13], pictures[1, 4:24, 13] = 255, 40  # a 1, and a pale one; the last is empty
    np.savez(tmp_path / "pale.npz", x=pictures, y=np.array([1, 1, 1]))
    dark, pale, empty = load_extra(tmp_path / "pale.npz").pictures
    assert np.array_equal(pale, dark)
    assert not empty.any()
    assert np.array_equal(load_test(tmp_path / "pale.npz").pictures, pictures)


def test_dark_ink_is_turned_over(tmp_path: Path) -> None:
    pictures = np.full((1, 5, 5), 255, np.uint8)
    pictures[0, 2] = 0
    np.savez(tmp_path / "dark.npz", x=pictures, y=np.array([1]))
    assert np.array_equal(load_extra(tmp_path / "dark.npz").pictures, 255 - pictures)


def test_a_test_set_of_its_own_is_preferred(tmp_path: Path) -> None:
    sets = {"x_train": np.eye(8)[None], "y_train": np.array([1]), "x": np.eye(8)[None]}
    own = {"x_test": np.eye(8)[None], "y_test": np.array([7])}
    np.savez(tmp_path / "one.npz", allow_pickle=False, y=np.array([3]), **sets, **own)
    assert load_test(tmp_path / "one.npz").labels.tolist() == [7]
    np.savez(tmp_path / "two.npz", allow_pickle=False, y=np.array([3]), **sets)
    assert load_test(tmp_path / "two.npz").labels.tolist() == [3]


def test_a_file_without_further_digits_is_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "other.npz"
    for arrays in ({"z": np.zeros(1)}, {"x": np.zeros((1, 8, 8)), "labels": np.zeros(1)}):
        np.savez(file, **arrays)
        with pytest.raises(ValueError, match=r"other\.npz holds no digits: it needs the arrays x"):
            load_extra(file)


def recorded(labels: str, seed: int) -> Signs:
    """Three samples of each label; letters and marks look like a 4."""
    rng = np.random.default_rng(seed)
    return {
        label: [
            draw_digit(rng, int(label) if label.isdigit() else 4, random_hand(rng))
            for _ in range(3)
        ]
        for label in labels
    }


PENS = {
    "pendigits": Recorded(recorded("0123456789", 5), []),
    "crohme_symbols": Recorded(recorded("-(a,", 6), []),
}


@pytest.fixture
def few_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """Recorded pens without their files, and few digits by the stroke models."""

    def load(_: Path, with_research: bool) -> tuple[dict[str, Recorded], dict[str, Recorded]]:
        return {name: PENS[name] for name in PENS if with_research or name == "pendigits"}, {}

    monkeypatch.setattr(pool, "MODEL_DIGITS", 40)
    monkeypatch.setattr(pool, "load_pens", load)


def shares(made: Pool) -> list[float]:
    """How often each digit is drawn."""
    return list(map(float, np.diff(made.often, prepend=0)))


@pytest.mark.usefixtures("few_models")
def test_a_pool_without_files_is_mnist_and_stroke_models(npz: Path) -> None:
    mnist = load_mnist(npz, seed=0)
    made = make_pool(mnist, (), None, True, 0)
    assert made.digits.pictures.shape == (240, 28, 28)
    assert made.digits.labels.dtype == made.digits.pictures.dtype == np.uint8
    assert np.array_equal(made.digits.pictures[:200], mnist.train.pictures)
    assert made.signs.shape == (0, 28, 28)
    rest = WEIGHTS["mnist"] + WEIGHTS["models"]
    assert sum(shares(made)[:200]) == pytest.approx(WEIGHTS["mnist"] / rest)
    assert made.often[-1] == 1


@pytest.mark.usefixtures("few_models")
def test_every_source_of_a_pool_has_its_share(npz: Path, tmp_path: Path) -> None:
    extra = tmp_path / "extra.npz"
    tiles, labels = stroke_digits(np.random.default_rng(8), 20)
    np.savez(extra, x=tiles[:, ::2, ::2], y=labels)
    made = make_pool(load_mnist(npz, seed=0), (extra,), tmp_path, True, 0)
    counts = {"mnist": 200, "extra": 20, "pens": 10 * 3 * pool.PEN_COPIES, "models": 40}
    assert len(made.digits.labels) == sum(counts.values())
    assert np.array_equal(made.digits.labels[200:220], labels)
    picks = made.pick(np.random.default_rng(0), 20_000)
    start = 0
    for name, count in counts.items():
        share = np.mean((start <= picks) & (picks < start + count))
        assert share == pytest.approx(WEIGHTS[name], abs=0.015)
        start += count
    # Of the signs, brackets and commas could be a 1.
    assert made.signs.shape == (2 * 3, 28, 28)
    assert make_pool(load_mnist(npz, seed=0), (), tmp_path, False, 0).signs.shape[0] == 0
    for tiles in (made.digits.pictures[200:], made.signs):
        assert tiles.max(axis=(1, 2)).min() > 200


@pytest.mark.usefixtures("few_models")
def test_a_pool_is_the_seeds_alone(npz: Path, tmp_path: Path) -> None:
    mnist = load_mnist(npz, seed=0)
    first, again, other = (make_pool(mnist, (), tmp_path, True, seed) for seed in (0, 0, 1))
    assert np.array_equal(first.digits.pictures, again.digits.pictures)
    assert np.array_equal(first.signs, again.signs)
    assert not np.array_equal(first.digits.pictures, other.digits.pictures)


def test_a_digit_of_no_weight_is_never_picked(digits: Pool) -> None:
    often = np.cumsum([0, 0.25, 0, 0.75, 0])
    picks = replace(digits, often=often).pick(np.random.default_rng(0), 500)
    assert set(picks) == {1, 3}


Example = Callable[[np.random.Generator, Pool], np.ndarray]
EXAMPLES: dict[str, Example] = {
    "a digit": lambda rng, some: augment(rng, some.digits.pictures[rng.integers(60)]),
    "no digit": lambda rng, some: finish(rng, non_digit(rng, some)),
    "no digit nor letter": lambda rng, some: finish(
        rng, non_digit(rng, replace(some, signs=some.signs[:0]))
    ),
}


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
@settings(max_examples=80, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_examples_are_tiles_with_ink(seed: int, example: Example, digits: Pool) -> None:
    tile = example(np.random.default_rng(seed), digits)
    assert tile.shape == (28, 28)
    assert tile.dtype == np.float32
    assert np.isfinite(tile).all()
    assert tile.min() >= 0
    assert tile.max() == pytest.approx(1)
    assert (tile > 0.5).sum() > 8


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_examples_follow_from_the_seed(example: Example, digits: Pool) -> None:
    def several(seed: int) -> np.ndarray:
        rng = np.random.default_rng(seed)
        return np.stack([example(rng, digits) for _ in range(20)])

    assert np.array_equal(several(5), several(5))
    assert not np.array_equal(several(5), several(6))


def test_warp_of_no_strength_doubles_the_picture(digits: Pool) -> None:
    picture = digits.digits.pictures[0]
    canvas = warp(np.random.default_rng(0), picture, 0.0)
    assert canvas.shape == (CANVAS_PX, CANVAS_PX)
    inner = canvas[8:64, 8:64].reshape(28, 2, 28, 2).mean(axis=(1, 3))
    assert np.abs(inner - picture / 255).mean() < 0.05


def test_examples_leave_the_digits_as_they_were(digits: Pool) -> None:
    before = digits.digits.pictures.copy(), digits.signs.copy()
    rng = np.random.default_rng(0)
    for _ in range(30):
        for example in EXAMPLES.values():
            example(rng, digits)
    assert np.array_equal(digits.digits.pictures, before[0])
    assert np.array_equal(digits.signs, before[1])


@pytest.fixture(scope="module")
def train_module() -> Any:
    pytest.importorskip("tensorflow")
    pytest.importorskip("keras")
    from training import train

    return train


def test_batches(train_module: Any, digits: Pool) -> None:
    batches = train_module.Batches(digits, steps=3, seed=0)
    tiles, targets = batches[1]
    size = train_module.BATCH
    assert len(batches) == 3
    assert tiles.shape == (size, 28, 28, 1)
    assert targets.shape == (size, 11)
    assert tiles.dtype == targets.dtype == np.float32
    assert targets.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert (targets.max(axis=1) > 0.9).all()
    labels, others = targets.argmax(axis=1), round(size * train_module.NON_DIGIT_SHARE)
    assert (labels[-others:] == NO_DIGIT).all()
    assert set(labels[:-others]) <= set(digits.digits.labels)


def test_batches_differ_by_step_and_epoch_but_come_again(train_module: Any, digits: Pool) -> None:
    first = train_module.Batches(digits, steps=3, seed=0)
    second = train_module.Batches(digits, steps=3, seed=0)
    assert np.array_equal(first[2][0], second[2][0])
    assert not np.array_equal(first[0][0], first[1][0])
    before = first[0][0]
    first.epoch = 1
    assert not np.array_equal(first[0][0], before)


def test_network_takes_tiles_and_gives_probabilities(train_module: Any) -> None:
    network = train_module.build_classifier()
    probabilities = np.asarray(network(np.zeros((3, 28, 28, 1), np.float32)))
    assert probabilities.shape == (3, 11)
    assert probabilities.sum(axis=1) == pytest.approx(1, abs=1e-5)


@pytest.fixture
def small_run(train_module: Any, few_models: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Short epochs, small batches and a narrow network."""
    monkeypatch.setattr(train_module, "EPOCH_STEPS", 4)
    monkeypatch.setattr(train_module, "BATCH", 32)
    monkeypatch.setattr(sys.modules["training.network"], "CHANNELS", (4, 4, 4, 4))


@pytest.mark.usefixtures("small_run")
def test_a_short_run_gives_a_classifier_that_reads(
    train_module: Any,
    npz: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from digitocr.networks.runtime import load_classifier

    out = tmp_path / "out" / "Own.keras"
    out.parent.mkdir()
    train_module.train(data=npz, out=out, epochs=1, seed=0, runs=tmp_path / "runs")
    printed = capsys.readouterr().out
    assert "MNIST test accuracy" in printed
    assert out.is_file()
    (export,) = out.parent.glob("Own-*.tflite")
    noted = json.loads((out.parent / "manifest.json").read_text("utf-8"))["Own.keras"]
    assert (noted["sha256"], noted["export_sha256"]) == (sha256(out), sha256(export))
    assert noted["command"].endswith("--data mnist.npz --research --epochs 1 --seed 0")
    assert noted["data"] == {"mnist.npz": sha256(npz)}
    probabilities = load_classifier(out).probabilities(np.zeros((2, 28, 28), np.float32))
    assert probabilities.sum(axis=1) == pytest.approx(1, abs=1e-5)


@pytest.mark.usefixtures("small_run")
def test_an_interrupted_run_goes_on_where_it_was(
    train_module: Any,
    npz: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    batches = train_module.Batches

    class Cut(batches):  # type: ignore[misc, valid-type]
        def __getitem__(self, step: int) -> object:
            if self.epoch:
                raise InterruptedError("the lights went out")
            return super().__getitem__(step)

    def run() -> str:
        train_module.train(
            data=npz, out=tmp_path / "Own.keras", epochs=2, seed=0, runs=tmp_path / "runs"
        )
        return capsys.readouterr().out

    monkeypatch.setattr(train_module, "Batches", Cut)
    with pytest.raises(Exception, match="lights went out"):
        run()
    assert "Epoch 1/2" in capsys.readouterr().out
    monkeypatch.setattr(train_module, "Batches", batches)
    printed = run()
    assert "Epoch 1/2" not in printed
    assert "Epoch 2/2" in printed
