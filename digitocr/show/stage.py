"""What a stage of the method is to whoever looks on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PIL import Image

from digitocr.reading import Reading
from digitocr.reasons import Loss
from digitocr.show.places import Places


@dataclass(frozen=True)
class Stage:
    """One step of the method: what a student is told, and what is shown.

    Its functions are asked only of Readings that it works on.
    """

    title: str
    draw: Callable[[Reading], Image.Image | None]  # None where a picture took no such step
    explain: Callable[[Reading], str]  # Markdown for the user, with the very values that were used
    places: Callable[[Reading], Places]  # of the digits, in the picture's px
    works_on: Callable[[Reading], bool] = bool  # whether there was anything to work on
    clock: str = ""  # key of Reading.stage_ms, on the stage that shows the end of that work
    losses: tuple[Loss, ...] = ()  # that can be seen here


def has_numbers(reading: Reading) -> bool:
    """Whether a number was found, and set out."""
    return bool(reading.finding.lines)


def has_ink(reading: Reading) -> bool:
    """Whether anything was taken for ink."""
    return bool(reading.binarization.ink.any())


def has_lines(reading: Reading) -> bool:
    """Whether there is a line of writing."""
    return bool(reading.lines)


def has_digits(reading: Reading) -> bool:
    """Whether a digit was read."""
    return bool(reading.digits)


def counted(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def first_shown(most: int, count: int, how: str = "shown") -> str:
    """That only so many things are shown, or told; or nothing."""
    return f" (the first {most} are {how})" if count > most else ""


def listed(sentences: Sequence[str]) -> str:
    """What follows in a text, Markdown: one or two sentences as they are, more as a list."""
    if len(sentences) > 2:
        return "\n" + "".join(f"\n- {one}" for one in sentences)
    return "".join(f" {one}" for one in sentences)
