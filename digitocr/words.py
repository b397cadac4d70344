"""What the reader decided, in a user's words: every reason's sentence stands here and only here."""

from __future__ import annotations

import math
from collections import Counter

from digitocr.reading import Line, Reading
from digitocr.reasons import DropReason, Loss, MethodReason, Objection
from digitocr.types import Binarization

DROP_REASONS = {  # as what ink was left out
    DropReason.RULE: "a ruled line, a frame, or a bar between places",
    DropReason.CUT_OFF: "a part of what stands beside the number",
    DropReason.DASH: "a dash",
    DropReason.DOT: "a dot or comma",
    DropReason.TOO_SMALL: "too small beside its neighbours",
    DropReason.TOO_MUCH: "more than can be read: what looks most like numbers was read first",
}

OBJECTIONS = {
    Objection.UNREAD: (
        "Beside what was read there are strokes of a digit's size that were not read."
    ),
    Objection.TOO_MANY: (
        "The picture shows more shapes than can be read at once: "
        "cut out the number and read it alone."
    ),
    Objection.HIDDEN: ("Glare or a crease lies where the number may go on: a digit may be hidden."),
    Objection.ALONE: (
        "Most of what stands in the picture can't be read as numbers, so this may be none either."
    ),
    Objection.GAP: (
        "One gap in the number is far wider than the others: "
        "it may be two numbers, or a digit was overlooked."
    ),
    Objection.GOES_ON: (
        "Another number stands beside it, as near as its own digits are to each other: "
        "the two may be one."
    ),
    Objection.TWICE: "Ink that was read here was read as part of another number, too.",
    Objection.ON_ITS_SIDE: (
        "Turned by a quarter, the picture shows a longer number: turn it, and read it again."
    ),
    Objection.SOLID: "A shape that was read is solid, not a stroke of a pen.",
    Objection.FILLED: (
        "A shape that was read is filled: what it encloses is not the paper around it."
    ),
    Objection.LOOPS: "A shape that was read has more loops than any digit.",
    Objection.ELLIPSE: "A shape that was read is a perfect ellipse, rounder than a hand's.",
    Objection.STRAIGHT_LOOP: "A loop that was read has straight sides.",
    Objection.PARTLY_SOLID: "A shape that was read is partly solid, not a stroke of a pen.",
}

_METHODS = {  # with what the light was measured to be
    MethodReason.BY_HAND: "Chosen by hand.",
    MethodReason.EVEN_LIGHT: "Even light: {light}, so one level serves the whole sheet.",
    MethodReason.UNEVEN_LIGHT: "Uneven light: {light}, so each place gets its own threshold.",
}

_LOSSES = {
    Loss.NO_NUMBER_SEEN: "No number was seen anywhere in the picture{surest}.",
    Loss.NO_INK: "Nothing stands out from the paper, so there is no ink to read.",
    Loss.FLOODED: "{share:.0f} % of the sheet were taken for ink: that is rather its paper.",
    Loss.ALL_DROPPED: "All {marks:,} marks on the paper were left out, as {names}.",
    Loss.ONE_READER: (
        "Only one of the two readers sees a number here, {seen}, and that is not enough."
    ),
    Loss.NO_READER: "Neither of the two readers sees a digit in what is written here.",
}
_ONE_DROPPED = "The only mark on the paper was left out as {names}."


_TURNED = {1: "to the left", 2: "upside down", 3: "to the right"}


def turned(quarter_turns: int) -> str:
    """That a picture was turned to be read, a sentence; quarter turns counterclockwise, 1 to 3."""
    return f"The picture was turned {_TURNED[quarter_turns]} to be read."


def method_reason(binarization: Binarization) -> str:
    """Why this way to tell ink from paper was taken, a sentence."""
    light = binarization.light
    measured = light and (
        f"the paper's brightness varies by {light.paper_spread:.0f} gray levels, "
        f"the ink stands out by {light.ink_contrast:.0f}"
    )
    return _METHODS[binarization.reason].format(light=measured)


def doubt(line: Line) -> str:
    """Why digits of a line are in doubt, in sentences; "" where none is."""
    if not line.is_in_doubt:
        return ""
    if line.objections:
        return " ".join(OBJECTIONS[objection] for objection in line.objections)
    # Rounded apart, so that the sentence never says that 98% is less than 98%.
    sure, asked = math.floor(100 * line.confidence), math.ceil(1000 * line.asked) / 10
    return f"The whole number is {sure}% sure, {asked:g}% are asked."


def loss(kind: Loss, reading: Reading) -> str:
    """How a Reading without digits lost them, in sentences."""
    dropped = reading.segmentation.dropped
    is_one = kind is Loss.ALL_DROPPED and len(dropped) == 1
    reasons = Counter(part.reason for part in dropped).most_common(2)
    best = max((line.score for line in reading.finding.left_out), default=0.0)
    opinions = [text for line in reading.lines for text in (line.by_line, line.by_segments) if text]
    sentence = (_ONE_DROPPED if is_one else _LOSSES[kind]).format(
        share=100 * float(reading.binarization.ink.mean()),
        marks=len(dropped),
        names=" or ".join(DROP_REASONS[reason] for reason, _ in reasons),
        seen=next(iter(opinions), ""),
        surest=f": the likeliest place is {100 * best:.0f} % sure" if best else "",
    )
    polarity = reading.settings.polarity
    if polarity == "auto" or kind is Loss.NO_NUMBER_SEEN:  # whose ink makes no difference to it
        return sentence
    return f"{sentence} Ink was set to be {polarity}er than its paper."
