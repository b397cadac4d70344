"""The classifier: a small plain convolutional network."""

from __future__ import annotations

import keras
from keras import layers

CHANNELS = (16, 32, 64, 128)
CLASSES = 11  # ten digits, and what is not one digit


def build_classifier() -> keras.Model:
    """Tiles float32 (N, 28, 28, 1), 0 paper .. 1 ink -> probabilities float32 (N, 11).

    Convolutions with batch normalisation (Ioffe, Szegedy, 2015) and short cuts around them (He
    and others: Deep residual learning, 2016), strides in place of pooling (Springenberg and
    others: Striving for simplicity, 2015), global average, softmax.
    """
    tiles = keras.Input((28, 28, 1), name="tiles")
    first, second, third, last = CHANNELS
    x = _convolution(tiles, first)
    for channels in (second, third):
        x = _convolution(x, channels, strides=2)
        x = layers.Add()([x, _convolution(x, channels)])
        x = layers.Add()([x, _convolution(x, channels)])
    x = _convolution(x, last, padding="valid")
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.3)(x)
    probabilities = layers.Dense(CLASSES, activation="softmax", name="probabilities")(x)
    return keras.Model(tiles, probabilities, name="DigitClassifier")


def _convolution(
    x: keras.KerasTensor, channels: int, strides: int = 1, padding: str = "same"
) -> keras.KerasTensor:
    x = layers.Conv2D(channels, 3, strides=strides, padding=padding, use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization()(x))
