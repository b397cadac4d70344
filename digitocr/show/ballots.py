"""Two readers, one answer: a table of each line's proposals, and how sure the answer is."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

from PIL import Image, ImageDraw

from digitocr.reading import Line, Proposal
from digitocr.show.canvas import (
    DOUBT,
    FADED,
    INK,
    LONGEST_PX,
    MOST_LINES,
    PAPER,
    QUIET,
    SERIES,
    SURE,
    Color,
    Rect,
    font,
    line_by_line,
    percent,
    with_legend,
)

MOST_ROWS = 5  # proposals of a line, besides what was chosen
ROW_PX = 40
READING_PX = 310  # width of the first column
LINE_PX, SEGMENTS_PX = 490, 660  # right ends of the two columns of scores
SHARE_PX = 700, 796  # left and right end of the bars
NOTE_LETTERS = 78  # to a line of the note
CHOSEN: Color = (226, 240, 237)


def ballots(lines: Sequence[Line]) -> Image.Image:
    """A table for each line: proposals, both readers' scores, what was chosen and why: RGB."""
    blocks = [_ballot(line) for line in lines[:MOST_LINES]]
    words = [
        (CHOSEN, "chosen; other digits than these are red"),
        (SERIES[0], "what this reader alone would have read"),
    ]
    return with_legend(line_by_line(blocks), words)


def _ballot(line: Line) -> Image.Image:
    rows = list(_shown(line))
    verdict, color = _verdict(line)
    notes = textwrap.wrap(line.note, NOTE_LETTERS)
    canvas = Image.new("RGB", (LONGEST_PX, _height(len(rows), len(notes))), PAPER)
    draw = ImageDraw.Draw(canvas)
    heads = (
        (16, "la", "reading"),
        (LINE_PX, "ra", "along the line"),
        (SEGMENTS_PX, "ra", "by segments"),
        (SHARE_PX[0], "la", "share"),
    )
    for x, anchor, word in heads:
        draw.text((x, 6), word, QUIET, font(22), anchor)
    for index, (text, proposal) in enumerate(rows, 1):
        _row(draw, index * ROW_PX, line, text, proposal)
    y = (len(rows) + 1) * ROW_PX + 8
    draw.text((16, y), verdict, color, font(24))
    for index, note in enumerate(notes):
        draw.text((16, y + 32 + 30 * index), note, INK, font(22))
    return canvas


def _height(rows: int, notes: int) -> int:
    return ROW_PX * (rows + 2) + 30 * notes + 14


def ballot_places(line: Line) -> tuple[int, list[Rect]]:
    """How high a line's table is, and where each digit that was chosen stands: display px."""
    texts = [text for text, _ in _shown(line)]
    height = _height(len(texts), len(textwrap.wrap(line.note, NOTE_LETTERS)))
    if line.guess not in texts:
        return height, []
    top = (texts.index(line.guess) + 1) * ROW_PX
    places = _letters(ImageDraw.Draw(Image.new("L", (1, 1))), line.guess)[1]
    return height, [(left - 1, top + 3, right + 1, top + ROW_PX - 5) for left, right in places]


def _shown(line: Line) -> Iterator[tuple[str, Proposal | None]]:
    """The likeliest proposals, the readers' own and the chosen one, in the order of the posterior.

    What is too unlikely to be among the line's proposals comes last, without scores.
    """
    wanted = list(dict.fromkeys([line.guess, line.by_line, line.by_segments]))
    for rank, proposal in enumerate(line.proposals):
        if rank < MOST_ROWS or proposal.text in wanted:
            yield proposal.text, proposal
    known = {proposal.text for proposal in line.proposals}
    yield from ((text, None) for text in wanted if text not in known)


def _row(
    draw: ImageDraw.ImageDraw, top: int, line: Line, text: str, proposal: Proposal | None
) -> None:
    is_chosen = text == line.guess
    if is_chosen:
        draw.rectangle((0, top, LONGEST_PX, top + ROW_PX - 2), fill=CHOSEN)
    draw.line((0, top - 1, LONGEST_PX, top - 1), FADED)
    _reading(draw, top, text, line.guess)
    for right, own in ((LINE_PX, line.by_line), (SEGMENTS_PX, line.by_segments)):
        if text == own:
            draw.ellipse((right - 124, top + 12, right - 110, top + 26), fill=SERIES[0])
    if proposal is None:
        draw.text((SHARE_PX[0], top + 6), "less likely", QUIET, font(22))
        return
    for right, score in ((LINE_PX, proposal.line_score), (SEGMENTS_PX, proposal.lattice_score)):
        words = "no path" if score == -float("inf") else f"{score:.2f}"
        draw.text((right, top + 6), words, INK, font(24), "ra")
    left, right = SHARE_PX
    draw.rectangle((left, top + 12, right, top + 26), fill=PAPER, outline=FADED)
    if (length := proposal.posterior * (right - left)) >= 1:
        color = SURE if is_chosen else QUIET
        draw.rectangle((left, top + 12, left + length, top + 26), fill=color)
    draw.text((LONGEST_PX - 10, top + 8), percent(proposal.posterior), INK, font(22), "ra")


def _reading(draw: ImageDraw.ImageDraw, top: int, text: str, chosen: str) -> None:
    """A reading in the first column; its digits that differ from those chosen are red."""
    if not text:
        draw.text((16, top + 8), "nothing", QUIET, font(22))
        return
    differs = len(text) == len(chosen)
    size, places = _letters(draw, text)
    for index, (digit, (left, right)) in enumerate(zip(text, places, strict=False)):
        is_other = differs and digit != chosen[index]
        draw.text((left, top + ROW_PX / 2), digit, DOUBT if is_other else INK, font(size), "lm")
        if right > 16 + READING_PX:
            draw.text((right, top + ROW_PX / 2), "...", QUIET, font(size), "lm")


def _letters(draw: ImageDraw.ImageDraw, text: str) -> tuple[int, list[tuple[float, float]]]:
    """The size of a reading in the first column, and from where to where its digits reach.

    Those that find no room are left out, but for the first of them.
    """
    widths = ((size, draw.textlength(text, font(size))) for size in range(26, 13, -2))
    size = next((size for size, width in widths if width <= READING_PX), 14)
    ends = accumulate((draw.textlength(digit, font(size)) for digit in text), initial=16.0)
    return size, [(left, right) for left, right in pairwise(ends) if left <= 16 + READING_PX]


def _verdict(line: Line) -> tuple[str, Color]:
    """The line's confidence against what was asked for, in words."""
    if not line.digits:
        return "Nothing is written here: this line is no number.", QUIET
    sure = f"Confidence {calibrated(line.confidence)} %"
    if not line.asked:
        return f"{sure}; no doubt was asked for.", INK
    asked = f"{calibrated(line.asked)} % asked for"
    doubts = any(not digit.accepted for digit in line.digits)
    if doubts:
        return f"{sure}, below the {asked}: “?” where it is weak.", DOUBT
    return f"{sure}, at least the {asked}.", SURE


def calibrated(confidence: float) -> str:
    """A confidence 0..1 in percent, fine enough to be compared, never quite certain."""
    return ">99.99" if confidence > 0.9999 else f"{round(100 * confidence, 2):g}"
