"""Labels laid along what was found: line to line, digit to place, and what is set aside."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from drawings import paper, spelled, steps, write, written
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from digitocr import Reading, read
from digitocr.reading import Line, Proposal
from digitocr.teach.alignment import aligned, in_order
from digitocr.teach.examples import Aside
from digitocr.types import Box, LineStrip, Look


@pytest.fixture(scope="module")
def page() -> Reading:
    """Two lines of writing, for its stages."""
    sheet = paper(500, 320)
    write(sheet, "4071", top=40)
    write(sheet, "236", top=190)
    return read(sheet)


def seen(page: Reading, *along: str, accepted: str = "") -> Reading:
    """A Reading of lines on which the line reader said these steps, "-" for nothing."""
    lines, strips, lattices = [], [], []
    for signs in along:
        text = signs.replace("-", "")
        digits = page.lines[0].digits[: len(text)]
        sure = tuple(replace(one, accepted=text in accepted.split()) for one in digits)
        proposals = (Proposal(text, -0.1, -0.1, 1.0),)
        lines.append(Line(sure, 0.9, 0.98, proposals, text, text))
        strips.append(
            LineStrip(Box(0, 0, 9, 9), Look(np.zeros((32, 64), np.float32), steps(signs)))
        )
        lattices.append(spelled(text))
    return replace(page, lines=tuple(lines), strips=tuple(strips), lattices=tuple(lattices))


@pytest.mark.parametrize(
    ("label", "along", "accepted", "aside"),
    [
        ("", ["-1-2-"], "", Aside.NO_LABEL),
        ("1?", ["-1-2-"], "", Aside.ILLEGIBLE),
        ("12", [], "", Aside.NOTHING_FOUND),
        ("1\n2", ["-1-2-"], "", Aside.LINES_DIFFER),
        ("12", ["-1-2-", "-3-4-"], "34", Aside.LINES_DIFFER),
        ("12", ["-1-2-", "-3-4-"], "", None),
        ("123456", ["-1-2-"], "", Aside.TOO_LONG),
        ("1111", ["-1-1-"], "", Aside.TOO_LONG),
        ("12", ["-1-2-"], "12", None),
        ("13", ["-1-2-"], "12", None),
        ("7", ["--2--"], "2", None),
        ("9876", ["-1-2-3-4-5-"], "", Aside.UNLIKELY),
    ],
)
def test_what_is_set_aside(
    page: Reading, label: str, along: list[str], accepted: str, aside: Aside | None
) -> None:
    assert aligned(seen(page, *along, accepted=accepted), label).aside is aside


def test_lines_that_were_found_beside_the_label_are_passed_over(page: Reading) -> None:
    found = seen(page, "-5-", "-1-2-", "-8-", "-3-4-")
    laid = aligned(found, "12\n34")
    assert [line.guess for line in laid.lines] == [
        "".join(digit.label for digit in found.lines[place].digits) for place in (1, 3)
    ]
    assert [line.spans for line in laid.lines] == [((1, 2), (3, 4))] * 2


def test_each_digit_of_the_label_is_judged_with_the_rest_given(page: Reading) -> None:
    (line,) = aligned(seen(page, "-1-2-3-"), "193").lines
    assert line.posteriors.argmax(axis=1).tolist() == [1, 2, 3]
    assert line.posteriors.sum(axis=1) == pytest.approx(1)
    assert line.log_odds > 3


def test_a_right_label_has_no_odds_against_it(page: Reading) -> None:
    assert aligned(seen(page, "-1-2-3-"), "123").log_odds_per_digit == 0


@settings(deadline=None)
@given(
    arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(1, 4)), elements=st.floats(-9, 9))
)
def test_texts_are_placed_in_order_for_the_greatest_gain(gains: np.ndarray) -> None:
    count = gains.shape[1]
    assume(len(gains) >= count)
    places = in_order(gains)
    assert places is not None
    assert places == sorted(set(places))
    assert len(places) == count

    def gain(some: tuple[int, ...]) -> float:
        return float(sum(gains[place, text] for text, place in enumerate(some)))

    best = max(map(gain, combinations(range(len(gains)), count)))
    assert gain(tuple(places)) == pytest.approx(best)


def test_there_is_no_way_past_what_cannot_be() -> None:
    assert in_order(np.full((3, 2), -np.inf)) is None


@pytest.mark.parametrize("text", ["20745", "7", "1180"])
def test_a_picture_that_was_read_is_aligned(text: str) -> None:
    laid = aligned(read(written(text)), text)
    assert laid.aside is None
    (line,) = laid.lines
    starts = [start for start, _ in line.spans]
    assert line.guess == text
    assert starts == sorted(starts)
    assert len(line.spans) == len(text)
