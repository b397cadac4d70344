"""Why a stage did what it did; `words` has a sentence for each, for a user."""

from __future__ import annotations

from enum import Enum, auto


class MethodReason(Enum):
    """Why this way to tell ink from paper was taken."""

    BY_HAND = auto()  # the settings name it
    EVEN_LIGHT = auto()
    UNEVEN_LIGHT = auto()


class DropReason(Enum):
    """Why ink was left out of the lines of writing."""

    RULE = auto()  # a ruled line, a frame, or a bar of a comb
    CUT_OFF = auto()  # by the edge of the number's row, beside its line: of something else
    DASH = auto()
    DOT = auto()  # or a comma
    TOO_SMALL = auto()  # beside its neighbours
    TOO_MUCH = auto()  # to be read; what looks more like numbers was read first


class Objection(Enum):
    """What speaks against an answer beside the readers' scores."""

    UNREAD = auto()  # strokes of a digit's size that nobody read
    TOO_MANY = auto()  # shapes to be read at once
    HIDDEN = auto()  # glare or a crease where the number may go on
    ALONE = auto()  # few digits among much that is in doubt
    GAP = auto()  # within the number, wider than all its others
    GOES_ON = auto()  # in a neighbour as near as its own digits are
    TWICE = auto()  # its ink is part of another number too
    ON_ITS_SIDE = auto()  # the picture may lie so: turned, it shows a longer number
    SOLID = auto()  # no stroke of a pen
    FILLED = auto()  # what a shape encloses is not the paper around it
    LOOPS = auto()  # more than any digit has
    ELLIPSE = auto()  # rounder than a hand's
    STRAIGHT_LOOP = auto()
    PARTLY_SOLID = auto()


class Loss(Enum):
    """How a picture came to give no number."""

    NO_NUMBER_SEEN = auto()  # by the finder, anywhere
    NO_INK = auto()
    FLOODED = auto()  # so much ink that it is rather the paper
    ALL_DROPPED = auto()
    ONE_READER = auto()  # only one of the two sees a number
    NO_READER = auto()
