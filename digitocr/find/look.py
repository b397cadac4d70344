"""The finder's look at a picture; where nothing was surely seen, at its levels drawn apart, and
there, or where its writing is small, one from closer."""

from __future__ import annotations

import numpy as np

from digitocr.find.cores import SURE
from digitocr.find.finder import AREA_PX, Network, look_for_numbers, size_seen
from digitocr.find.numbers import find_numbers
from digitocr.found import SHORTER, Finding
from digitocr.settings import Settings
from digitocr.types import Gray

CLOSER = 6  # times as many pixels
SMALL_PX = 18.0  # a digit's height as the finder sees it: lower ones are easily overlooked
GRAIN = 40.0  # gray levels: what differs by less is not drawn further apart
MARGIN_PX = 48  # around it, as the finder sees it: a digit that fills the picture is no shadow


def look_and_find(gray: Gray, network: Network, settings: Settings) -> Finding:
    """The numbers of a picture, gray: uint8 (H, W), working frame, in the order of reading."""
    finding = find_numbers(look_for_numbers(gray, network), gray, settings)
    if not _is_sure(finding):
        maps = look_for_numbers(_clearer(gray), network, margin_px=MARGIN_PX)
        finding = max(finding, find_numbers(maps, gray, settings), key=seen)
    scale = finding.maps.gray.shape[1] / gray.shape[1]
    heights = [scale * one.digit_height_px for one in finding.lines]
    if scale >= 1 or (_is_sure(finding) and float(np.median(heights)) >= SMALL_PX):
        return finding
    maps = look_for_numbers(gray, network, CLOSER * AREA_PX)
    return max(finding, find_numbers(maps, gray, settings), key=seen)


def _is_sure(finding: Finding) -> bool:
    return any(one.score >= SURE for one in finding.lines)


def look_closer(
    gray: Gray, network: Network, settings: Settings, finding: Finding
) -> list[Finding]:
    """The numbers that a closer look shows, where one was not taken and would show more.

    finding: what was found, and hardly read; a page full of small rows may pass for a few giants.
    """
    wide = finding.maps.gray.shape[1]
    if wide >= gray.shape[1] or wide == size_seen(gray.shape, CLOSER * AREA_PX)[0]:
        return []
    maps = look_for_numbers(gray, network, CLOSER * AREA_PX)
    return [find_numbers(maps, gray, settings)]


def _clearer(gray: Gray) -> Gray:
    """The same with all its levels in use; grain alone stays grain."""
    low, high = np.percentile(gray, (1, 99))
    share = 1 - (np.float32(high) - gray) / max(float(high - low), GRAIN)
    return np.asarray(np.rint(255 * share.clip(0, 1)), np.uint8)


def seen(finding: Finding) -> float:
    """How much writing was seen, and how surely: digit heights of numbers, by their scores."""
    return float(
        sum(
            one.score * (2 * SHORTER + one.length_px / one.digit_height_px) for one in finding.lines
        )
    )
