"""The answer on its picture: each digit in a box, and what nobody read."""

from __future__ import annotations

from PIL import Image

from digitocr.reading import Reading
from digitocr.show.canvas import (
    DOUBT,
    LONGEST_PX,
    SERIES,
    SURE,
    UNSURE,
    Canvas,
    digit_color,
    with_legend,
)
from digitocr.show.places import working_box


def annotate(reading: Reading, longest_px: int = LONGEST_PX) -> Image.Image:
    """The picture with each digit boxed and labelled; doubt is dashed and carries a "?".

    The working frame's picture, RGB, its longer side scaled down to longest_px where it is above.
    """
    canvas = Canvas(reading.picture.rgb, longest_px)
    for digit in reading.digits:
        box = working_box(reading, digit.box)
        color = digit_color(digit)
        canvas.box(box, color, 3, dashed=not digit.accepted)
        text = digit.label if digit.accepted else f"{digit.label}?"
        canvas.label(box, text, color, filled=digit.accepted)
    for part in reading.left_out:
        box = working_box(reading, part.box)
        canvas.box(box, DOUBT, 3, dashed=True)
        canvas.label(box, "?", DOUBT, filled=False)
    return canvas.image


def chosen_boxes(reading: Reading) -> Image.Image:
    """The picture with the digits' boxes alone, their colours explained below: RGB."""
    canvas = Canvas(reading.picture.rgb)
    for digit in reading.digits:
        box = working_box(reading, digit.box)
        canvas.box(box, digit_color(digit), 3, dashed=not digit.accepted)
    for part in reading.left_out:
        canvas.box(working_box(reading, part.box), SERIES[0], 3, dashed=True)
    colors = {digit_color(digit) for digit in reading.digits}
    if reading.left_out:
        colors.add(SERIES[0])
    words = {SURE: "sure", UNSURE: "less sure", DOUBT: "in doubt", SERIES[0]: "not read"}
    return with_legend(
        canvas.image, [(color, word) for color, word in words.items() if color in colors]
    )
