"""Training that goes on: what a network begins with, and what it keeps."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

from training.again import AGAIN, begin


def network(*widths: int) -> keras.Model:
    values = keras.Input((3,))
    x = values
    for width in widths:
        x = layers.Dense(width, activation="relu")(x)
    return keras.Model(values, layers.Dense(2)(x))


def test_without_a_start_nothing_is_taken() -> None:
    model = network(4)
    before = model.get_weights()
    assert begin(model, None, 0.3) == 0.3
    assert all(map(np.array_equal, before, model.get_weights()))


def test_layers_that_the_start_lacks_begin_anew(tmp_path: Path) -> None:
    start, model = network(4), network(4, 4)
    start.save(tmp_path / "start.keras")
    middle = model.layers[2].get_weights()
    assert begin(model, tmp_path / "start.keras", 0.3) == AGAIN * 0.3
    first, last = model.layers[1].get_weights(), model.layers[3].get_weights()
    assert all(map(np.array_equal, [*first, *last], start.get_weights()))
    assert all(map(np.array_equal, middle, model.layers[2].get_weights()))


def test_layers_of_other_shapes_begin_anew_wherever_they_stand(tmp_path: Path) -> None:
    start = network(4)
    start.save(tmp_path / "start.keras")
    values = keras.Input((3,))
    x = layers.Dense(4, activation="relu")(values)
    aside = layers.Dense(4, kernel_initializer="zeros")(layers.Dense(6)(x))
    model = keras.Model(values, layers.Dense(2)(layers.Add()([x, aside])))
    begin(model, tmp_path / "start.keras", 0.3)
    some = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    assert np.array_equal(model(some), start(some))


def test_a_start_with_layers_that_find_no_place_is_refused(tmp_path: Path) -> None:
    network(4).save(tmp_path / "start.keras")
    with pytest.raises(ValueError, match=r"start\.keras has layers that this network"):
        begin(network(4, 9), tmp_path / "start.keras", 0.3)
