"""What a reviewer sees of a page: its writing cut out, where the digits are in it, and the rest."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from digitocr.output.record import ReadRecord
from digitocr.output.rows import BOX
from digitocr.picture.edit import encoded
from digitocr.picture.load import full_size
from digitocr.review.schema import View
from digitocr.types import Box

MARGIN = 1.0  # around the digits, in heights of the tallest
LONGEST_PX = 1600  # of the writing
WHOLE_PAGE_PX = 2000  # longest side of a whole page: at A4 an ordinary digit is 25 px high


class Writing(NamedTuple):
    """A page with the place of its writing."""

    page: Image.Image
    place: Box  # in the page's px
    digits: list[dict[str, Any]]  # as in View

    def view(self) -> View:
        """The writing cut out.

        The page comes with it where a digit is in doubt: the reader may have looked at the wrong
        part.
        """
        jpeg = _jpeg(self.page.crop(self.place), LONGEST_PX)
        size = *self.page.size, *self.page.size
        if self.place == (0, 0, *self.page.size) or all(digit["accepted"] for digit in self.digits):
            return View(jpeg, self.digits)
        place = np.round(np.array(self.place) / size, 4).tolist()
        return View(jpeg, self.digits, _jpeg(self.page, WHOLE_PAGE_PX), tuple(place))

    def thumbnail(self, longest_px: int) -> bytes:
        """The writing as a small JPEG."""
        return _jpeg(self.page.crop(self.place), longest_px)


def view(source: bytes | Image.Image, record: ReadRecord) -> View:
    """What a reviewer sees of a page; arguments and errors as in `writing`."""
    return writing(source, record).view()


def writing(source: bytes | Image.Image, record: ReadRecord) -> Writing:
    """The part of a picture that a record's digits are in; all of it where it has none.

    record: of this very picture. Raises InputError when the picture cannot be decoded,
    ValueError where the digits are not in it.
    """
    image = full_size(source)
    digits = [digit for line in record["lines"] for digit in line["digits"]]
    boxes = np.array([digit["box"] for digit in digits] or [[0, 0, *image.size]], float)
    size = np.array([*image.size, *image.size])
    if not ((boxes >= 0) & (boxes <= size)).all() or not (boxes[:, :2] < boxes[:, 2:]).all():
        raise ValueError(
            "The digits are not in this picture: is it the one that was read, at the same --dpi?"
        )
    margin = MARGIN * (boxes[:, 3] - boxes[:, 1]).max() if digits else 0.0
    low = np.maximum(boxes[:, :2].min(axis=0) - margin, 0).astype(int)
    high = np.minimum(np.ceil(boxes[:, 2:].max(axis=0) + margin), image.size).astype(int)
    shares = np.round((boxes.reshape(-1, 2, 2) - low) / (high - low), 4)
    placed = [
        {
            **dict(zip(BOX, share.ravel().tolist(), strict=True)),
            "label": digit["label"],
            "accepted": digit["accepted"],
        }
        for share, digit in zip(shares, digits, strict=False)
    ]
    return Writing(image, Box(*low.tolist(), *high.tolist()), placed)


def _jpeg(image: Image.Image, longest_px: int) -> bytes:
    scale = min(1.0, longest_px / max(image.size))
    size = max(1, round(scale * image.width)), max(1, round(scale * image.height))
    return encoded(image.resize(size, reducing_gap=2.0), "JPEG")
