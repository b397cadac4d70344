"""The classifier's part of a teaching: which shapes are digits, and what they teach it."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from drawings import written

from digitocr import read
from digitocr.networks.runtime import find_model
from digitocr.teach.alignment import LabelledLine, aligned
from digitocr.tune.checks import sample_pictures
from digitocr.tune.classifier import tune_classifier
from digitocr.tune.own_digits import OwnDigits, joined, own_digits
from digitocr.tune.replay import made_shapes
from digitocr.types import NO_DIGIT


def labelled(text: str, label: str) -> LabelledLine:
    laid = aligned(read(written(text)), label)
    assert len(laid.lines) == 1
    return laid.lines[0]


@pytest.mark.parametrize("text", ["7", "40", "3158", "902764"])
def test_the_shapes_that_spell_a_label_are_its_digits(text: str) -> None:
    found = own_digits(labelled(text, text))
    assert found.tiles.shape == (len(found.labels), 28, 28)
    assert [str(one) for one in found.labels if one != NO_DIGIT] == list(text)


def test_a_digit_that_stands_elsewhere_teaches_nothing() -> None:
    line = labelled("3158", "3158")
    astray = LabelledLine(**vars(line) | {"spans": line.spans[:1] * 4})
    assert [one for one in own_digits(astray).labels if one != NO_DIGIT] == [3]


def test_a_label_that_no_path_spells_teaches_nothing() -> None:
    line = labelled("31", "31")
    longer = LabelledLine(**vars(line) | {"label": "3" * 20, "spans": ((0, 1),) * 20})
    found = own_digits(longer)
    assert found.tiles.shape == (0, 28, 28)
    assert found.labels.size == 0


def test_what_is_shown_again_are_shapes_as_the_classifier_meets_them() -> None:
    some = made_shapes(3, 0)
    assert some.shape[1:] == (28, 28)
    assert some.dtype == np.float32
    assert 0 <= some.min() < some.max() <= 1
    assert np.array_equal(some, made_shapes(3, 0))


def test_it_learns_what_it_is_shown_and_says_of_the_rest_what_it_said() -> None:
    keras = pytest.importorskip("keras")
    pytest.importorskip("tensorflow")
    others = made_shapes(12, 0)
    lattices = [read(make()).lattices for make, _ in islice(sample_pictures(), 6)]
    arcs = [arc for of_picture in lattices for lattice in of_picture for arc in lattice.best_path]
    tiles = np.array([arc.tile for arc in arcs if arc.label], np.float32)
    read_as = np.array([int(arc.label) for arc in arcs if arc.label])
    wrongly = OwnDigits(tiles, (read_as + 1) % 10)  # what nobody writes: all of it is to be learnt
    start = find_model("DigitClassifier.keras")
    before = keras.models.load_model(start, compile=False)
    said = before.predict(others[..., None], verbose=0)
    after = tune_classifier(start, joined([wrongly]), others, 80, 0)
    learnt = after.predict(tiles[..., None], verbose=0)
    now = after.predict(others[..., None], verbose=0)
    shares = [
        float(one[np.arange(len(tiles)), wrongly.labels].mean())
        for one in (before.predict(tiles[..., None], verbose=0), learnt)
    ]
    assert shares[0] < 0.02 < 0.1 < shares[1]
    changed = np.abs(now - said).sum(axis=1)
    assert np.median(changed) < 0.4  # of 2: other digits look much like those that are taught
    same = tune_classifier(start, OwnDigits(tiles[:0], read_as[:0]), others, 60, 0)
    assert all(
        np.allclose(*pair) for pair in zip(same.get_weights(), before.get_weights(), strict=True)
    )
