"""The line reader: a small fully convolutional network, read with CTC."""

from __future__ import annotations

from collections.abc import Sequence

import keras
from keras import layers

from digitocr.along.strip import STRIP_PX

CHANNELS = (16, 32, 64, 96, 160)
APART = 2, 4  # places between what the last convolutions look at: they see some five digits
NEW_GAMMA = 0.1  # a layer that is added to trained ones starts softly
CLASSES = 11  # ten digits, and CTC's blank
HAND = 64  # numbers that say what hand has written the line
STEPS = 2  # read side by side at each place of the last convolution


def build_line_reader(channels: Sequence[int] = CHANNELS) -> keras.Model:
    """Strips float32 (N, 32, W, 1), 0 paper .. 1 ink -> logits float32 (N, about W / 2, 11).

    The eleventh class is CTC's blank (Graves and others: Connectionist temporal classification,
    2006). Strides halve the strip twice each way and once more in height alone; one tall
    convolution then folds its last four rows into a line, which wide ones read with their
    neighbours in view, the last ones some five digits (dilated: Yu and Koltun, 2016), for a
    field's dividers are told from a 1 by coming again and again. Each of its places gives two
    steps, as narrow digits side by side need them (Shi and others: sub-pixel convolution, 2016).
    What the whole line shows of the hand goes to every place, for a 7 of one hand is another's 4
    (as in Cao and others: GCNet, 2019, with the strongest of all places in place of their mean).
    Short cuts as in He and others: Deep residual learning, 2016.
    """
    strips = keras.Input((STRIP_PX, None, 1), name="strips")
    first, second, third, fourth, wide = channels
    x = _convolution(strips, first, strides=2)
    x = _convolution(x, second)
    x = _convolution(x, third, strides=2)
    x = layers.Add()([x, _convolution(x, third)])
    x = _convolution(x, fourth, strides=(2, 1))
    for _ in range(2):
        x = layers.Add()([x, _convolution(x, fourth)])
    x = _convolution(x, wide, size=(4, 1), padding="valid")
    for _ in range(3):
        x = layers.Add()([x, _convolution(x, wide, size=(1, 5))])
    for apart in APART:
        x = layers.Add()([x, _convolution(x, wide, size=(1, 5), apart=apart)])
    x = layers.Add()([x, _told_by_the_hand(x, wide)])
    x = layers.Dropout(0.1)(x)
    x = layers.Conv2D(STEPS * CLASSES, 1, name="logits")(x)
    return keras.Model(strips, layers.Reshape((-1, CLASSES))(x), name="LineReader")


def _told_by_the_hand(x: keras.KerasTensor, channels: int) -> keras.KerasTensor:
    """(N, 1, T, C) -> (N, 1, 1, C): what the line as a whole adds to each of its places.

    The strongest do not change with the paper that a batch adds to its shorter strips.
    """
    hand = layers.GlobalMaxPooling2D(keepdims=True)(x)
    hand = layers.Conv2D(HAND, 1, activation="relu")(hand)
    return layers.Conv2D(channels, 1, kernel_initializer="zeros")(hand)


def _convolution(
    x: keras.KerasTensor,
    channels: int,
    size: int | tuple[int, int] = 3,
    strides: int | tuple[int, int] = 1,
    padding: str = "same",
    apart: int = 1,
) -> keras.KerasTensor:
    x = layers.Conv2D(
        channels, size, strides=strides, padding=padding, dilation_rate=(1, apart), use_bias=False
    )(x)
    scale = "ones" if apart == 1 else keras.initializers.Constant(NEW_GAMMA)
    return layers.ReLU()(layers.BatchNormalization(gamma_initializer=scale)(x))
