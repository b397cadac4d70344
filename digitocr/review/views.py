"""What a reviewer sees of a page: its writing cut out, where the digits are in it, and the rest."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image

from digitocr.picture.edit import encoded
from digitocr.picture.load import full_size
from digitocr.review.schema import View

MARGIN = 1.0  # around the digits, in heights of the tallest
LONGEST_PX = 1600  # of the writing
SHEET_PX = 2000  # longest side of a whole page: at A4 an ordinary digit is 25 px high
COLUMNS = ("left", "top", "right", "bottom")


def view(source: bytes | Image.Image, record: dict[str, Any]) -> View:
    """The part of a picture that a record's digits are in; all of it where it has none.

    The page comes with it where a digit is in doubt: the reader may have looked at the wrong part.

    record: the command line's JSON for this very picture. Raises InputError when the picture
    cannot be decoded, ValueError where the record tells of no digits in boxes.
    """
    image = full_size(source)
    try:
        digits = [digit for line in record["lines"] for digit in line["digits"]]
        boxes = np.array([digit["box"] for digit in digits] or [[0, 0, *image.size]], float)
        told = [{name: digit[name] for name in ("label", "accepted")} for digit in digits]
        boxes = boxes.reshape(-1, 4)
    except (KeyError, TypeError) as error:
        raise ValueError("This is no record of a page that was read.") from error
    size = np.array([*image.size, *image.size])
    if not ((boxes >= 0) & (boxes <= size)).all() or not (boxes[:, :2] < boxes[:, 2:]).all():
        raise ValueError(
            "The digits are not in this picture: is it the one that was read, at the same --dpi?"
        )
    margin = MARGIN * (boxes[:, 3] - boxes[:, 1]).max() if digits else 0.0
    low = np.maximum(boxes[:, :2].min(axis=0) - margin, 0).astype(int)
    high = np.minimum(np.ceil(boxes[:, 2:].max(axis=0) + margin), image.size).astype(int)
    cut = image.crop((*low.tolist(), *high.tolist()))
    sheet, place = b"", np.empty(0)
    if cut.size != image.size and not all(digit["accepted"] for digit in told):
        sheet = _jpeg(image, SHEET_PX)
        place = np.concatenate([low, high]) / (*image.size, *image.size)
    shares = (boxes.reshape(-1, 2, 2) - low) / (high - low)
    marks = [
        {
            **dict(zip(COLUMNS, np.round(share.ravel(), 4).tolist(), strict=True)),
            **digit,
        }
        for share, digit in zip(shares, told, strict=False)
    ]
    return View(_jpeg(cut, LONGEST_PX), marks, sheet, tuple(np.round(place, 4).tolist()))


def _jpeg(image: Image.Image, longest_px: int) -> bytes:
    scale = min(1.0, longest_px / max(image.size))
    size = max(1, round(scale * image.width)), max(1, round(scale * image.height))
    return encoded(image.resize(size, reducing_gap=2.0), "JPEG")
