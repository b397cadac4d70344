"""The finder: a small fully convolutional network that marks handwritten numbers on a picture."""

from __future__ import annotations

from collections.abc import Sequence

import keras
from keras import layers

STRIDE = 8  # pixels between the places of the last convolution, both ways
CELLS = 2  # of the map at each such place, both ways
MAPS = 3  # whether here is a number's core, whether its ink is dark, and how high its digits are
WIDTHS = (16, 32, 96)
DILATIONS = (1, 2, 4, 8, 1, 2, 4, 8, 1)


def build_finder(
    widths: Sequence[int] = WIDTHS, dilations: Sequence[int] = DILATIONS
) -> keras.Model:
    """Pictures float32 (N, H, W, 1), (grey - 127.5) / 64 -> float32 (N, H / 8, W / 8, 12).

    H and W: multiples of 8. Each place holds 2 by 2 cells of three maps (Shi and others:
    sub-pixel convolution, 2016), so that no layer need make a map larger. Context comes from
    dilated depthwise convolutions (Yu, Koltun: Multi-scale context aggregation, 2016; Howard and
    others: MobileNets, 2017): each place sees 500 px around it.
    """
    pictures = keras.Input((None, None, 1), name="pictures")
    first, second, wide = widths
    x = _convolution(pictures, first, 3, strides=2)
    x = _convolution(x, second, 3, strides=2)
    x = layers.Add()([x, _separable(x, second)])
    x = _convolution(x, wide, 3, strides=2)
    for dilation in dilations:
        x = layers.Add()([x, _separable(x, wide, dilation)])
    x = layers.ReLU()(x)
    return keras.Model(pictures, layers.Conv2D(CELLS**2 * MAPS, 1, name="maps")(x), name="Finder")


def _convolution(x: keras.KerasTensor, channels: int, size: int, strides: int) -> keras.KerasTensor:
    x = layers.Conv2D(channels, size, strides=strides, padding="same", use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization()(x))


def _separable(x: keras.KerasTensor, channels: int, dilation: int = 1) -> keras.KerasTensor:
    x = layers.ReLU()(x)
    x = layers.DepthwiseConv2D(3, padding="same", dilation_rate=dilation, use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    return layers.BatchNormalization()(layers.Conv2D(channels, 1, use_bias=False)(x))
