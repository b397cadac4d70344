"""The finder's look at a picture; a second one, closer, where its writing is small."""

from __future__ import annotations

import numpy as np

from digitocr.find.finder import AREA_PX, Network, look_for_numbers
from digitocr.find.numbers import find_numbers
from digitocr.found import SHORTER, Finding
from digitocr.settings import Settings
from digitocr.types import Gray

CLOSER = 6  # times as many pixels
SMALL_PX = 14.0  # a digit's height as the finder sees it: lower ones are easily overlooked


def look_and_find(gray: Gray, network: Network, settings: Settings) -> Finding:
    """The numbers of a picture, gray: uint8 (H, W), working frame, in the order of reading."""
    finding = find_numbers(look_for_numbers(gray, network), gray.shape, settings)
    scale = finding.maps.gray.shape[1] / gray.shape[1]
    heights = [scale * one.digit_height_px for one in finding.lines]
    if scale >= 1 or (heights and float(np.median(heights)) >= SMALL_PX):
        return finding
    maps = look_for_numbers(gray, network, CLOSER * AREA_PX)
    return max(finding, find_numbers(maps, gray.shape, settings), key=seen)


def seen(finding: Finding) -> float:
    """How much writing was seen, and how surely: digit heights of numbers, by their scores."""
    return float(
        sum(
            one.score * (2 * SHORTER + one.length_px / one.digit_height_px) for one in finding.lines
        )
    )
