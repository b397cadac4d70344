"""Training that goes on from weights that were trained before."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import keras
import typer

AGAIN = 0.5  # of the first training's learning rate (Loshchilov, Hutter: SGDR, 2017)

Start = Annotated[Path | None, typer.Option(help="Weights to go on from, .keras.")]


def begin(model: keras.Model, start: Path | None, learning_rate: float) -> float:
    """Take the weights of a .keras file, if there is one; returns the learning rate to begin with.

    Its layers are taken in their order; those between them, of other shapes, begin anew. Raises
    ValueError where one of its layers finds no place.
    """
    if start is None:
        return learning_rate
    own, other = (
        [layer for layer in one.layers if layer.weights]
        for one in (model, keras.models.load_model(start, compile=False))
    )
    for layer in own:
        if other and _shapes(layer) == _shapes(other[0]):
            layer.set_weights(other.pop(0).get_weights())
    if other:
        raise ValueError(f"{start} has layers that this network has no place for.")
    return AGAIN * learning_rate


def _shapes(layer: keras.Layer) -> list[tuple[int, ...]]:
    return [weight.shape for weight in layer.weights]
