"""How a text becomes another by the fewest edits, and which of their signs belong together.

The distance is Levenshtein's: "Binary codes capable of correcting deletions, insertions, and
reversals", Soviet Physics Doklady 10, 1966.
"""

from __future__ import annotations

from typing import NamedTuple


class Pair(NamedTuple):
    """A sign of the truth and what it was read as."""

    true: str  # nothing where a sign was put in
    read: str  # nothing where a sign was missed


def aligned(guess: str, truth: str) -> list[Pair]:
    """The signs of both texts in their order, laid beside each other by the fewest edits.

    Where several ways need as few, signs at the end stay together.
    """
    rows = _distances(guess, truth)
    pairs = []
    i, j = len(guess), len(truth)
    while i or j:
        if i and j and rows[i][j] == rows[i - 1][j - 1] + (guess[i - 1] != truth[j - 1]):
            i, j = i - 1, j - 1
            pairs.append(Pair(truth[j], guess[i]))
        elif i and rows[i][j] == rows[i - 1][j] + 1:
            i -= 1
            pairs.append(Pair("", guess[i]))
        else:
            j -= 1
            pairs.append(Pair(truth[j], ""))
    return pairs[::-1]


def matched(guess: str, truth: str) -> list[bool]:
    """For each sign of the guess, whether it stands in the truth too, by the fewest edits."""
    return [pair.true == pair.read for pair in aligned(guess, truth) if pair.read]


def edit_distance(one: str, other: str) -> int:
    """Levenshtein distance: the fewest insertions, deletions and substitutions."""
    return _distances(one, other)[-1][-1]


def _distances(one: str, other: str) -> list[list[int]]:
    """The distance between every beginning of the one and of the other."""
    rows = [list(range(len(other) + 1))]
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            row.append(min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b)))
        rows.append(row)
    return rows
