"""The records of a data set: labelled pictures, what speaks against using one, and its part."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from digitocr.types import InputError

END_OF_LINE = re.compile(r"[|\r\n]+")
DROPPED = re.compile(
    "[\\s.,'\N{RIGHT SINGLE QUOTATION MARK}_=\\-–]"
)  # between digits; they are no digits
LABEL = re.compile(r"[0-9?]*(\n[0-9?]+)*")
SHOWN = 40  # characters of a label that is none


class Part(StrEnum):
    """What a picture is for."""

    train = "train"
    val = "val"  # to choose by
    test = "test"  # to measure by, once


class Aside(StrEnum):
    """Why a picture is not used."""

    NO_LABEL = "no label"
    ILLEGIBLE = "illegible"
    CONTRADICTED = "contradicted"
    SAME_PICTURE = "same picture"
    UNREADABLE = "unreadable"
    NOTHING_FOUND = "nothing found"
    LINES_DIFFER = "lines differ"
    TOO_LONG = "too long"
    UNLIKELY = "unlikely"


ASIDE = {
    Aside.NO_LABEL: "Its label has no digits, so there is nothing to learn from it.",
    Aside.ILLEGIBLE: 'Its label has a "?", a digit that nobody could read.',
    Aside.CONTRADICTED: "The very same picture is here with another label: one of them is wrong.",
    Aside.SAME_PICTURE: "The very same picture is here already: one is enough.",
    Aside.UNREADABLE: "The picture cannot be opened.",
    Aside.NOTHING_FOUND: "The reader found no number in it.",
    Aside.LINES_DIFFER: "The reader found another number of lines of writing than the label has.",
    Aside.TOO_LONG: "The label has more digits than there is room for in what was found.",
    Aside.UNLIKELY: "Hardly a digit of the label is where the reader found the number.",
}


@dataclass(frozen=True)
class Example:
    r"""One labelled picture of a data set.

    label: digits, "\n" between lines of writing, "?" for a digit that nobody can read; nothing
    where the picture is to be left out. Two examples have the same file where two pictures that
    came were the same, byte for byte.
    """

    file: str  # in the set's folder
    label: str
    part: Part | None  # None until the split has given it one
    document: str  # what it is a part of; nothing where that is not known
    writer: str  # who wrote it; nothing where that is not known
    origin: str  # the file that it came from, as it was named
    checked: bool = False  # somebody has looked at it again, and the label is right


class Refused(NamedTuple):
    """What cannot come into the set, and the sentence that says why."""

    name: str
    why: str


def cleaned(text: str) -> str:
    r"""A label as examples have it: "12.50-|7 7" is "1250\n77".

    "|" ends a line of writing; dots, commas, apostrophes, dashes, "=" and spaces are dropped.
    Raises InputError for anything else that is no digit and no "?".
    """
    lines = (DROPPED.sub("", line) for line in END_OF_LINE.split(text))
    label = "\n".join(filter(None, lines))
    if not LABEL.fullmatch(label):
        shown = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
        raise InputError(
            f'The label "{shown}" is no number: write digits, and "|" between lines of writing.'
        )
    return label
