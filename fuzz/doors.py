"""What is fuzzed: each door takes any bytes, and may answer or refuse them in a sentence."""

from __future__ import annotations

from collections.abc import Callable

from digitocr.picture.load import MAX_WORKING_PX, load
from digitocr.pipeline import read
from digitocr.types import InputError

ROUNDED = 1.01  # sides of the working size are whole pixels


def load_door(data: bytes) -> None:
    """Raises for what neither is a picture of the working size nor is refused in a sentence."""
    try:
        picture = load(data)
    except InputError as error:
        _check_sentence(str(error))
        return
    height, width = picture.gray.shape
    assert picture.rgb.shape == (height, width, 3)
    assert 0 < height * width <= ROUNDED * MAX_WORKING_PX


def read_door(data: bytes) -> None:
    """Raises for what neither is read, with boxes in the picture, nor refused in a sentence."""
    try:
        reading = read(data)
    except InputError as error:
        _check_sentence(str(error))
        return
    assert all(0 <= digit.confidence <= 1 for digit in reading.digits)
    width, height = reading.picture.source_size_px
    for digit in reading.digits:
        left, top, right, bottom = digit.box
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height


def _check_sentence(text: str) -> None:
    assert text[0].isupper()
    assert text.endswith(".")
    assert "\n" not in text


DOORS: dict[str, Callable[[bytes], None]] = {"load": load_door, "read": read_door}
