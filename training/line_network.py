"""The line reader: a small fully convolutional network, read with CTC."""

from __future__ import annotations

import keras
from keras import layers

from digitocr.strip import STRIP_PX

CHANNELS = (16, 32, 48, 96, 128)


def build_line_reader() -> keras.Model:
    """Strips float32 (N, 32, W, 1), 0 paper .. 1 ink -> logits float32 (N, about W / 4, 11).

    The eleventh class is CTC's blank (Graves and others: Connectionist temporal classification,
    2006). Strides halve the strip twice each way and once more in height alone; one tall
    convolution then folds its last four rows into a line, which two wide ones read with their
    neighbours in view, and that is all the context there is: a number has no grammar.
    """
    strips = keras.Input((STRIP_PX, None, 1), name="strips")
    first, second, third, fourth, wide = CHANNELS
    x = _convolution(strips, first, strides=2)
    x = _convolution(x, second)
    x = _convolution(x, third, strides=2)
    x = _convolution(x, third)
    x = _convolution(x, fourth, strides=(2, 1))
    x = _convolution(x, fourth)
    x = _convolution(x, wide, size=(4, 1), padding="valid")
    for _ in range(2):
        x = layers.Add()([x, _convolution(x, wide, size=(1, 5))])
    x = layers.Dropout(0.1)(x)
    x = layers.Conv2D(11, 1, name="logits")(x)
    return keras.Model(strips, layers.Reshape((-1, 11))(x), name="LineReader")


def _convolution(
    x: keras.KerasTensor,
    channels: int,
    size: int | tuple[int, int] = 3,
    strides: int | tuple[int, int] = 1,
    padding: str = "same",
) -> keras.KerasTensor:
    x = layers.Conv2D(channels, size, strides=strides, padding=padding, use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization()(x))
