"""Which digit was read as which: the alignment by the fewest edits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitocr.measure.edits import Pair, aligned, edit_distance

TEXTS = st.text("0123", max_size=8)


@pytest.mark.parametrize(
    ("guess", "truth", "pairs"),
    [
        pytest.param("", "", [], id="nothing"),
        pytest.param("205", "205", ["22", "00", "55"], id="all right"),
        pytest.param("206", "205", ["22", "00", "56"], id="one for another"),
        pytest.param("25", "205", ["22", "0-", "55"], id="missed"),
        pytest.param("2105", "205", ["22", "-1", "00", "55"], id="put in"),
        pytest.param("", "12", ["1-", "2-"], id="all missed"),
        pytest.param("12", "", ["-1", "-2"], id="all put in"),
        pytest.param("1", "71", ["7-", "11"], id="the first missed"),
        pytest.param("11", "1", ["-1", "11"], id="of two alike the last is meant"),
        pytest.param("2341", "1234", ["1-", "22", "33", "44", "-1"], id="moved to the end"),
    ],
)
def test_pairs(guess: str, truth: str, pairs: list[str]) -> None:
    """Each is written true, read; "-" stands for nothing."""
    assert ["".join(sign or "-" for sign in pair) for pair in aligned(guess, truth)] == pairs


@given(TEXTS, TEXTS)
def test_pairs_hold_both_texts_and_no_more_edits_than_are_needed(guess: str, truth: str) -> None:
    pairs = aligned(guess, truth)
    assert "".join(pair.true for pair in pairs) == truth
    assert "".join(pair.read for pair in pairs) == guess
    assert Pair("", "") not in pairs
    assert sum(pair.true != pair.read for pair in pairs) == edit_distance(guess, truth)
