"""The finder: a small fully convolutional network that marks handwritten numbers on a picture."""

from __future__ import annotations

import keras
from keras import layers

from digitocr.networks.runtime import CELLS, MAPS

WIDTHS = (16, 32, 96)  # channels at a half, a quarter and an eighth of the picture's size
DILATIONS = (1, 2, 4, 8, 1, 2, 4, 8, 1)
COARSE = 160  # channels at a sixteenth of its size, where large things are told from large digits
COARSE_DILATIONS = (1, 2, 4, 8, 2, 1)
BEFORE = 4  # of the DILATIONS: what they give is looked at coarsely


def build_finder() -> keras.Model:
    """Pictures float32 (N, H, W, 1), (grey - MIDDLE) / SPREAD -> float32 (N, H / 8, W / 8, 12).

    H and W: multiples of 16. Each place holds 2 by 2 cells of three maps, logits of core and dark
    ink and the digits' height in octaves (Shi and others: sub-pixel convolution, 2016), so that
    no layer need make a map larger. Context comes from dilated depthwise convolutions (Yu, Koltun:
    Multi-scale context aggregation, 2016; Howard and others: MobileNets, 2017), some
    of them on half as fine a map, whose sight is added to the finer one's (Lin and others: Feature
    pyramid networks, 2017).
    """
    pictures = keras.Input((None, None, 1), name="pictures")
    first, second, wide = WIDTHS
    x = _convolution(pictures, first)
    x = _convolution(x, second)
    x = layers.Add()([x, _separable(x, second)])
    x = _convolution(x, wide)
    for dilation in DILATIONS[:BEFORE]:
        x = layers.Add()([x, _separable(x, wide, dilation)])
    x = layers.Add()([x, _seen_coarsely(x)])
    for dilation in DILATIONS[BEFORE:]:
        x = layers.Add()([x, _separable(x, wide, dilation)])
    x = layers.ReLU()(x)
    return keras.Model(pictures, layers.Conv2D(CELLS**2 * MAPS, 1, name="maps")(x), name="Finder")


def _seen_coarsely(x: keras.KerasTensor) -> keras.KerasTensor:
    """What a map half as fine tells of its surroundings; nothing before it is trained."""
    coarse = layers.Conv2D(COARSE, 1, use_bias=False)(layers.AveragePooling2D(2)(x))
    coarse = layers.BatchNormalization()(coarse)
    for dilation in COARSE_DILATIONS:
        coarse = layers.Add()([coarse, _separable(coarse, COARSE, dilation)])
    told = layers.Conv2D(x.shape[-1], 1, kernel_initializer="zeros")(layers.ReLU()(coarse))
    return layers.UpSampling2D(2)(told)


def _convolution(x: keras.KerasTensor, channels: int) -> keras.KerasTensor:
    x = layers.Conv2D(channels, 3, strides=2, padding="same", use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization()(x))


def _separable(x: keras.KerasTensor, channels: int, dilation: int = 1) -> keras.KerasTensor:
    x = layers.ReLU()(x)
    x = layers.DepthwiseConv2D(3, padding="same", dilation_rate=dilation, use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    return layers.BatchNormalization()(layers.Conv2D(channels, 1, use_bias=False)(x))
