"""The stages in which two readers read the lines and one answer is made of what they say."""

from __future__ import annotations

from PIL import Image

from digitocr.reading import Reading
from digitocr.reasons import Loss
from digitocr.show import charts, diagrams
from digitocr.show.annotate import chosen_boxes
from digitocr.show.ballots import ballots
from digitocr.show.canvas import MOST_LINES
from digitocr.show.places import (
    along_strips,
    among_candidates,
    in_ballots,
    in_lattices,
    in_working_frame,
    nowhere,
    on_strips,
)
from digitocr.show.stage import Stage, counted, first_shown, has_digits, has_lines
from digitocr.types import Look
from digitocr.words import OBJECTIONS


def _lattices(reading: Reading) -> str:
    read = " / ".join(line.by_segments or "nothing" for line in reading.lines[:MOST_LINES])
    return (
        "Each bar is a shape over the pieces that it joins, with its best label and score: the "
        "logarithm of the probability, 0 at best, less what an odd shape costs. The way from left "
        f"to right with the highest sum is this reader's answer: {read}"
        f"{_first_lines(reading)}."
    )


def _strips(reading: Reading) -> str:
    shapes = [strip.strip.shape for strip in reading.strips[:MOST_LINES]]
    size = ", ".join(f"{width} by {height} px" for height, width in shapes)
    return (
        "A second network reads the line without cutting it. It sees the gray picture, not the "
        "ink: the line cut out, scaled to one height, its paper made white and its ink "
        f"black: {size}{_first_lines(reading)}.{_end_left_out(reading)}"
    )


def _along(reading: Reading) -> str:
    steps = sum(len(strip.along) for strip in reading.strips)
    read = " / ".join(line.by_line or "nothing" for line in reading.lines[:MOST_LINES])
    return (
        f"At each of {counted(steps, 'step')} along the line the second network says which digit "
        "is there; the last row is the blank between digits. A digit is read where its row peaks. "
        f"The likeliest reading, all ways to spread it counted, is {read}. It looks at the strip "
        "made narrower and wider, too; what it says of all three is averaged"
        f"{_first_lines(reading)}.{_end_left_out(reading)}"
    )


def _first_looks(reading: Reading) -> list[Look]:
    return [strip.first for strip in reading.strips]


def _further_looks(reading: Reading) -> list[Look]:
    return [look for strip in reading.strips for look in strip.again]


def _draw_further_looks(reading: Reading) -> Image.Image | None:
    looks = _further_looks(reading)
    return diagrams.along(looks, "Look") if looks else None


def _looked_again(reading: Reading) -> str:
    looked = sum(bool(strip.again) for strip in reading.strips)
    looks = _further_looks(reading)
    shown = first_shown(MOST_LINES, len(looks))
    return (
        f"On {counted(looked, 'line')} the two readers differ at first, so the second network "
        "looks twice more: with more of the paper around the line, and with its slant taken out. "
        f"The scores of all its looks are averaged{shown}."
    )


def _ballots(reading: Reading) -> str:
    agree = sum(line.by_line == line.by_segments for line in reading.lines)
    return (
        "As in double keying, both readers score every likely reading, and the weighted sum of "
        f"their scores decides. They agree on {agree} of {counted(len(reading.lines), 'line')}. "
        "The confidence is how often answers with such scores were right "
        f"on hands never trained on{_first_lines(reading)}."
    )


def _boxes(reading: Reading) -> str:
    empty = sum(not line.digits for line in reading.lines)
    without = f"; {counted(empty, 'line')} held no number" if empty else ""
    reasons = dict.fromkeys(OBJECTIONS[part.reason] for part in reading.left_out)
    return "Where the digits of the answer stand in the picture: " + " ".join(
        [f"{counted(len(reading.digits), 'digit')}{without}.", *reasons]
    )


def _candidates(reading: Reading) -> str:
    doubts = sum(not digit.accepted for digit in reading.digits)
    one_wrong_in = reading.settings.one_wrong_in
    asked = (
        "No doubt was asked for, so none is shown as “?”"
        if one_wrong_in == 1
        else f"Of {one_wrong_in} numbers without “?” at most one may be wrong; what is not that "
        f"sure is shown as “?”: {counted(doubts, 'digit')} here"
    )
    return (
        "How likely each digit is, and what else it may be, both readers taken together. "
        f"{asked}{first_shown(charts.MOST_DIGITS, len(reading.digits))}."
    )


def _first_lines(reading: Reading) -> str:
    count = len(reading.lines)
    return f" (the first {MOST_LINES} of {count} lines are shown)" if count > MOST_LINES else ""


def _end_left_out(reading: Reading) -> str:
    widest = max(strip.strip.shape[1] for strip in reading.strips[:MOST_LINES])
    most = diagrams.MOST_STRIP_PX
    return f" Of a longer strip the first {most} px are shown." if widest > most else ""


READER_STAGES = (
    Stage(
        "Recognition lattice",
        lambda reading: diagrams.lattices(reading.lattices),
        _lattices,
        in_lattices,
        has_lines,
        "lattice",
    ),
    Stage(
        "Strip",
        lambda reading: diagrams.strips(_first_looks(reading)),
        _strips,
        on_strips,
        has_lines,
        "strip",
    ),
    Stage(
        "Along the line",
        lambda reading: diagrams.along(_first_looks(reading)),
        _along,
        along_strips,
        has_lines,
        "read along",
    ),
    Stage("Further looks", _draw_further_looks, _looked_again, nowhere),
    Stage(
        "Two readers",
        lambda reading: ballots(reading.lines),
        _ballots,
        in_ballots,
        has_lines,
        "decide",
        (Loss.ONE_READER, Loss.NO_READER),
    ),
    Stage("Chosen boxes", chosen_boxes, _boxes, in_working_frame, has_digits),
    Stage(
        "Probabilities",
        lambda reading: charts.candidates(reading.digits),
        _candidates,
        among_candidates,
        has_digits,
    ),
)
