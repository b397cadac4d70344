"""The networks behind LiteRT give Keras' numbers; a user's own .keras is exported once."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from drawings import written

import digitocr.networks.runtime as models
from digitocr import read
from digitocr.along.ctc import BLANK, reading_scores
from digitocr.networks.export import export_name, write_checksum
from digitocr.networks.runtime import (
    CLASSIFIER,
    LINE_READER,
    Classifier,
    LineReader,
    find_export,
    find_model,
    load_classifier,
    load_line_reader,
)
from digitocr.segments.tile import normalize
from digitocr.types import NO_DIGIT, InputError

ROOT = Path(__file__).parents[2]
ROUNDING = 0.05  # of a probability: the exports count in 8 bits


def tiles(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((count, 28, 28)).astype(np.float32)


def strip(width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((32, width)).astype(np.float32)


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Keras model that knows nothing, but has the classifier's input and output."""
    pytest.importorskip("tensorflow")
    keras = pytest.importorskip("keras")
    keras.utils.set_random_seed(3)
    network = keras.Sequential(
        [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
    )
    file = tmp_path_factory.mktemp("model") / "Own.keras"
    network.save(file)
    return file


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    models._classifier.cache_clear()
    yield tmp_path / "cache" / "digitocr"
    models._classifier.cache_clear()


def test_no_tiles_give_no_probabilities() -> None:
    probabilities = load_classifier().probabilities(tiles(0))
    assert probabilities.shape == (0, 11)
    assert probabilities.dtype == np.float32


@pytest.mark.parametrize("count", [1, 2, 7, 300])
def test_probabilities_sum_to_one(count: int) -> None:
    probabilities = load_classifier().probabilities(tiles(count))
    assert probabilities.shape == (count, 11)
    assert probabilities.min() >= 0
    assert probabilities.sum(axis=1) == pytest.approx(1, abs=1e-5)


def test_a_batch_gives_what_its_tiles_give_alone() -> None:
    classifier, batch = load_classifier(), tiles(9)
    alone = np.concatenate([classifier.probabilities(batch[i : i + 1]) for i in range(9)])
    assert np.abs(classifier.probabilities(batch) - alone).max() < 1e-5


def test_answers_are_not_views_of_the_next_ones() -> None:
    classifier = load_classifier()
    first = classifier.probabilities(tiles(3))
    kept = first.copy()
    classifier.probabilities(tiles(3, seed=1))
    assert np.array_equal(first, kept)


def test_threads_share_one_classifier() -> None:
    classifier = Classifier(find_export(find_model()))
    batches = [tiles(1 + number % 5, seed=number) for number in range(40)]
    expected = [classifier.probabilities(batch) for batch in batches]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(classifier.probabilities, batches))
    for one, other in zip(found, expected, strict=True):
        assert np.abs(one - other).max() < 1e-6


def test_the_classifier_is_loaded_once() -> None:
    assert load_classifier() is load_classifier()


@pytest.mark.parametrize("text", ["25", "205", "4803"])
def test_several_digits_at_once_are_no_digit(text: str) -> None:
    tile = normalize(written(text) < 128)
    assert load_classifier().probabilities(tile[None]).argmax() == NO_DIGIT


def test_a_digit_is_that_digit() -> None:
    batch = np.stack([normalize(written(text) < 128) for text in "0123456789"])
    assert load_classifier().probabilities(batch).argmax(axis=1).tolist() == list(range(10))


def test_export_says_what_keras_says() -> None:
    pytest.importorskip("tensorflow")
    keras = pytest.importorskip("keras")
    network = keras.models.load_model(find_model(), compile=False)
    shapes = [normalize(written(text) < 128) for text in [*"0123456789", "25", "480"]]
    batch = np.stack([*shapes, *tiles(20)])
    expected = np.asarray(network(batch[..., None], training=False))
    found = load_classifier().probabilities(batch)
    assert np.abs(found - expected).max() < ROUNDING
    assert (found[:12].argmax(axis=1) == expected[:12].argmax(axis=1)).all()


# The line reader


@pytest.mark.parametrize("width", [32, 33, 35, 36, 100, 1600])
def test_a_strip_gives_log_probabilities_along_it(width: int) -> None:
    along = load_line_reader().along(strip(width))
    assert along.shape == (2 * -(-width // 4), 11)
    assert along.dtype == np.float32
    assert along.max() <= 1e-6
    assert np.exp(along).sum(axis=1) == pytest.approx(1, abs=1e-4)


def test_the_line_readers_export_says_what_keras_says() -> None:
    pytest.importorskip("tensorflow")
    keras = pytest.importorskip("keras")
    network = keras.models.load_model(find_model(LINE_READER), compile=False)
    for text in ("20745", "1188", "93"):
        ready = read(written(text)).strips[0].strip
        logits = np.asarray(network(ready[None, ..., None], training=False))[0]
        expected = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        found = load_line_reader().along(ready)
        # Where a digit begins, a step may tell it a little earlier or later.
        assert np.abs(np.exp(found) - np.exp(expected)).mean() < 0.1 * ROUNDING
        scores = [float(reading_scores(one, [text])[0]) for one in (found, expected)]
        assert scores[0] == pytest.approx(scores[1], abs=2 * ROUNDING)


def test_bare_paper_is_blank() -> None:
    along = load_line_reader().along(np.zeros((32, 120), np.float32))
    assert (along.argmax(axis=1) == BLANK).all()


def test_strips_of_several_widths_do_not_disturb_each_other() -> None:
    reader = load_line_reader()
    first = reader.along(strip(100))
    kept = first.copy()
    for width in (32, 200, 101):
        reader.along(strip(width, seed=1))
    assert np.array_equal(first, kept)
    assert np.array_equal(reader.along(strip(100)), kept)


def test_threads_share_one_line_reader() -> None:
    reader = LineReader(find_export(find_model(LINE_READER)))
    strips = [strip(32 + 17 * (number % 5), seed=number) for number in range(40)]
    expected = [reader.along(one) for one in strips]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(reader.along, strips))
    for one, other in zip(found, expected, strict=True):
        assert np.abs(one - other).max() < 1e-5


def test_the_line_reader_is_loaded_once() -> None:
    assert load_line_reader() is load_line_reader()


@pytest.mark.parametrize("name", [CLASSIFIER, LINE_READER])
def test_the_shipped_models_have_their_export_in_the_package(name: str) -> None:
    model = find_model(name)
    assert model.name == name
    assert find_export(model).parent == models.EXPORTS


def test_a_model_that_is_not_shipped_is_refused_in_a_sentence() -> None:
    with pytest.raises(InputError, match=r"^Other\.keras is missing: .*\.$"):
        find_model("Other.keras")


# A user's own classifier


def test_the_line_reader_is_no_classifier() -> None:
    with pytest.raises(InputError, match=r"\.$"):
        load_classifier(find_model(LINE_READER)).probabilities(tiles(2))


def test_export_of_ones_own_model_is_made_once_and_cached(
    tiny_model: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    probabilities = load_classifier(tiny_model).probabilities(tiles(4))
    exports = sorted(cache.iterdir())
    assert [file.suffix for file in exports] == [".tflite", ".sha256"]
    assert exports[0].name.startswith("Own-")

    import keras

    network = keras.models.load_model(tiny_model, compile=False)
    expected = np.asarray(network(tiles(4)[..., None]))
    assert np.abs(probabilities[:, :NO_DIGIT] - expected).max() < ROUNDING
    assert not probabilities[:, NO_DIGIT].any()  # it knows the ten digits and nothing else

    def fail(model: Path, folder: Path) -> Path:
        raise AssertionError(f"{model} was exported twice")

    monkeypatch.setattr(models, "export_litert", fail)
    models._classifier.cache_clear()
    again = load_classifier(tiny_model).probabilities(tiles(4))
    assert np.array_equal(again, probabilities)


def test_another_model_under_the_same_name_gets_its_own_export(
    tiny_model: Path, cache: Path, tmp_path: Path
) -> None:
    first = find_export(tiny_model)
    other = tmp_path / tiny_model.name
    other.write_bytes(tiny_model.read_bytes() + b"\0")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models, "export_litert", lambda model, folder: Path("made anew"))
        assert find_export(other) == Path("made anew")
        assert find_export(tiny_model) == first


def test_export_beside_the_model_is_preferred(
    tiny_model: Path, cache: Path, tmp_path: Path
) -> None:
    model = tmp_path / "Own.keras"
    model.write_bytes(tiny_model.read_bytes())
    beside = tmp_path / export_name(model)
    beside.write_bytes(b"cut off before its checksum was written")
    assert find_export(model) != beside
    write_checksum(beside)
    assert find_export(model) == beside


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"not a model", id="text"),
        pytest.param(b"PK\x05\x06" + bytes(18), id="a zip without files"),
    ],
)
def test_junk_is_refused_in_a_sentence(content: bytes, cache: Path, tmp_path: Path) -> None:
    pytest.importorskip("tensorflow")
    junk = tmp_path / "Junk.keras"
    junk.write_bytes(content)
    with pytest.raises(InputError, match=r"Junk\.keras.*\.$"):
        load_classifier(junk)
    assert not list(cache.glob("*.tflite"))


def flat_model(shape: tuple[int, ...], classes: int, file: Path) -> Path:
    pytest.importorskip("tensorflow")
    keras = pytest.importorskip("keras")
    flat = [keras.Input(shape), keras.layers.Flatten(), keras.layers.Dense(classes, "softmax")]
    keras.Sequential(flat).save(file)
    return file


def test_a_model_of_ones_own_may_know_what_is_no_digit(cache: Path, tmp_path: Path) -> None:
    own = load_classifier(flat_model((28, 28, 1), 11, tmp_path / "Own.keras"))
    probabilities = own.probabilities(tiles(300))
    assert probabilities.shape == (300, 11)
    assert probabilities.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert probabilities[:, NO_DIGIT].max() > 0


@pytest.mark.parametrize(
    ("shape", "classes"),
    [((32, 32, 1), 10), ((28, 28, 3), 10), ((28, 28, 1), 5), ((28, 28, 1), 12)],
)
def test_model_of_another_shape_is_refused_in_a_sentence(
    shape: tuple[int, ...], classes: int, cache: Path, tmp_path: Path
) -> None:
    model = flat_model(shape, classes, tmp_path / "Other.keras")
    with pytest.raises(InputError, match=r"\.$"):
        load_classifier(model)


@pytest.mark.parametrize("name", [CLASSIFIER, LINE_READER])
@pytest.mark.parametrize("place", [0, 20, 1_000, -1])
def test_a_damaged_export_is_told_in_a_sentence(name: str, place: int, tmp_path: Path) -> None:
    export = find_export(find_model(name))
    copy = tmp_path / export.name
    content = bytearray(export.read_bytes())
    content[place] ^= 0x40
    copy.write_bytes(content)
    (tmp_path / f"{export.name}.sha256").write_text(
        (export.parent / f"{export.name}.sha256").read_text()
    )
    network = Classifier if name == CLASSIFIER else LineReader
    with pytest.raises(InputError, match=r"is damaged: delete it, .*\.$"):
        network(copy)
    copy.write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError, match=r"is damaged: delete it, .*\.$"):
        network(copy)


def test_what_is_no_export_is_told_in_a_sentence(tmp_path: Path) -> None:
    export = tmp_path / "Own-0.tflite"
    export.write_bytes(b"no model, but as it was made")
    write_checksum(export)
    with pytest.raises(InputError, match=r"is no LiteRT model: .*\.$"):
        Classifier(export)


def test_a_damaged_model_is_told_without_tensorflow(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keras", None)
    model = tmp_path / "Own.keras"
    content = bytearray(find_model().read_bytes())
    content[len(content) // 2] ^= 0x40
    model.write_bytes(content)
    with pytest.raises(InputError, match=r"Own\.keras is damaged.*\.$"):
        load_classifier(model)


def test_missing_model_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no model at .*nothing\.keras\.$"):
        load_classifier(tmp_path / "nothing.keras")


def test_without_tensorflow_the_sentence_says_what_to_install(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tmp_path / "Own.keras"
    with zipfile.ZipFile(model, "w") as parts:
        parts.writestr("config.json", "{}")
    monkeypatch.setitem(sys.modules, "keras", None)
    with pytest.raises(InputError, match=r"pip install tensorflow.*\.$"):
        load_classifier(model)


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
    )


def test_reading_imports_no_training_library_and_says_nothing() -> None:
    code = (
        "import sys, numpy as np, digitocr; digitocr.read(np.full((40, 40), 255, np.uint8));"
        "heavy = {'tensorflow', 'keras', 'streamlit', 'torch', 'pandas', 'matplotlib'};"
        "sys.exit(', '.join(heavy & sys.modules.keys()) or 0)"
    )
    answer = python(code)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout == answer.stderr == ""


def test_cached_export_is_used_without_tensorflow(tiny_model: Path, cache: Path) -> None:
    find_export(tiny_model)
    code = (
        "import sys, numpy as np, digitocr; sys.modules['tensorflow'] = None;"
        f"digitocr.read(np.full((40, 40), 255, np.uint8), model={str(tiny_model)!r})"
    )
    answer = python(code, XDG_CACHE_HOME=str(cache.parent))
    assert answer.returncode == 0, answer.stderr
