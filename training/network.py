"""The classifier: a small plain convolutional network."""

from __future__ import annotations

import keras
from keras import layers

CHANNELS = (24, 48, 96)


def build_classifier() -> keras.Model:
    """Tiles float32 (N, 28, 28, 1), 0 paper .. 1 ink -> probabilities float32 (N, 10).

    Convolutions with batch normalisation (Ioffe, Szegedy, 2015), strides in place of pooling
    (Springenberg and others: Striving for simplicity, 2015), global average, softmax.
    """
    tiles = keras.Input((28, 28, 1), name="tiles")
    first, second, third = CHANNELS
    x = _convolution(tiles, first)
    x = _convolution(x, second, strides=2)
    x = _convolution(x, second)
    x = _convolution(x, third, strides=2)
    x = _convolution(x, third)
    x = _convolution(x, third, padding="valid")
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.3)(x)
    probabilities = layers.Dense(10, activation="softmax", name="probabilities")(x)
    return keras.Model(tiles, probabilities, name="DigitClassifier")


def _convolution(
    x: keras.KerasTensor, channels: int, strides: int = 1, padding: str = "same"
) -> keras.KerasTensor:
    x = layers.Conv2D(channels, 3, strides=strides, padding=padding, use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization()(x))
