"""The figures of an evaluation: how many were right, shown and unreadable, and how sure that is."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from digitocr.measure.blame import Stage
from digitocr.measure.cases import Case
from digitocr.measure.edits import Pair

Z_95 = 1.959964  # standard deviations on both sides of the mean that hold 95% of a normal curve


class Interval(NamedTuple):
    """Where a share probably lies."""

    low: float  # 0..1
    high: float  # 0..1


def wilson(right: int, count: int) -> Interval:
    """The 95% interval of a share, right of count; everything where nothing was counted.

    Wilson: "Probable inference, the law of succession, and statistical inference", JASA 22, 1927.
    It stays within 0..1, and is of use for few pictures, and for a share of 0 or 1.
    """
    if not count:
        return Interval(0.0, 1.0)
    share, spread = right / count, Z_95**2 / count
    middle = (share + spread / 2) / (1 + spread)
    half = Z_95 / (1 + spread) * math.sqrt(share * (1 - share) / count + spread / (4 * count))
    low = 0.0 if right == 0 else middle - half
    return Interval(low, 1.0 if right == count else middle + half)


@dataclass(frozen=True)
class Figures:
    """What an evaluation comes to, in counts."""

    pictures: int
    exact: int
    characters: int  # of all true texts, ends of lines among them
    edits: int
    shown: int  # without any "?"
    shown_wrong: int
    unreadable: int
    blamed: tuple[tuple[Stage, int], ...]  # stages with wrong pictures, the most first

    @property
    def exact_share(self) -> float:
        """0..1."""
        return self.exact / max(self.pictures, 1)

    @property
    def exact_interval(self) -> Interval:
        """Where the share probably lies for all such pictures, of which these are a sample."""
        return wilson(self.exact, self.pictures)

    @property
    def error_rate(self) -> float:
        """Character error rate: edits for each character of the truth; above 1 is possible."""
        return self.edits / max(self.characters, 1)

    @property
    def shown_share(self) -> float:
        """0..1."""
        return self.shown / max(self.pictures, 1)

    @property
    def shown_wrong_share(self) -> float:
        """0..1, of those shown."""
        return self.shown_wrong / max(self.shown, 1)


def figures(cases: Sequence[Case]) -> Figures:
    """Count."""
    shown = [case for case in cases if case.accepted]
    return Figures(
        pictures=len(cases),
        exact=sum(case.is_exact for case in cases),
        characters=sum(len(case.truth) for case in cases),
        edits=sum(case.edits for case in cases),
        shown=len(shown),
        shown_wrong=sum(not case.is_exact for case in shown),
        unreadable=sum(bool(case.error) for case in cases),
        blamed=tuple(Counter(case.blamed for case in cases if case.blamed).most_common()),
    )


def confusion(cases: Sequence[Case]) -> dict[Pair, list[int]]:
    """Which digits were taken for which: the places in `cases` where that happened.

    A picture has a place for every time. One that could not be opened says nothing of digits.
    """
    found: dict[Pair, list[int]] = {}
    for place, case in enumerate(cases):
        if not case.error:
            for pair in case.pairs:
                found.setdefault(pair, []).append(place)
    return found
