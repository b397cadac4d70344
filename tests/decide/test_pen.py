"""A digit's shape is a pen's stroke on paper, or it is not."""

from __future__ import annotations

import cv2
import pytest
from drawings import paper, write

from digitocr.along.strip import cut_out
from digitocr.decide.pen import no_stroke
from digitocr.find.components import find_components
from digitocr.reasons import Objection
from digitocr.types import Gray


def judged(picture: Gray, level: int = 128) -> Objection | None:
    """What is said of the largest shape that is darker than this level."""
    shape = max(find_components(picture < level)[1], key=lambda one: one.area_px)
    return no_stroke(shape, lambda box: cut_out(picture, box))


@pytest.mark.parametrize("digit", "0123456789")
@pytest.mark.parametrize("height_px", [14, 60, 110])
def test_digits_are_strokes(digit: str, height_px: int) -> None:
    picture = paper(200, 220)
    write(picture, digit, left=60, height_px=height_px)
    assert judged(picture) is None


@pytest.mark.parametrize("pen_px", [3, 9, 25])
def test_a_ring_is_a_zero_by_its_nature(pen_px: int) -> None:
    picture = paper(200, 200)
    cv2.ellipse(picture, (100, 100), (35, 55), 0, 0, 360, 0, pen_px)
    assert judged(picture) is None


def test_a_disc_is_solid() -> None:
    picture = paper(200, 200)
    cv2.circle(picture, (100, 100), 40, 0, -1)
    assert judged(picture) is Objection.SOLID


@pytest.mark.parametrize(("inside", "is_filled"), [(60, True), (130, True), (220, False)])
def test_a_rim_around_what_is_not_paper_is_filled(inside: int, is_filled: bool) -> None:
    """As of a petal, or of a disc that a threshold hollowed out; the rim may have a gap."""
    picture = paper(200, 200)
    cv2.ellipse(picture, (100, 100), (35, 55), 0, 0, 360, inside, -1)
    cv2.ellipse(picture, (100, 100), (35, 55), 0, 0, 340, 40, 5)
    assert (judged(picture, 50) is Objection.FILLED) == is_filled
