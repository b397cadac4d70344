"""The table of selective risk keeps what it promises."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("sklearn")

from digitocr.tune.confidences import selective

NUMBERS = st.lists(st.tuples(st.integers(-4, 4), st.booleans()), min_size=1, max_size=60)


@settings(deadline=None)
@given(NUMBERS)
def test_the_share_that_is_wrong_is_below_the_tables(numbers: list[tuple[int, bool]]) -> None:
    odds, right = (np.array(column) for column in zip(*numbers, strict=True))
    table = selective(odds.astype(float), right)
    assert table
    for least, risk in table:
        assert 0 < np.mean(~right[odds >= least]) <= risk or right[odds >= least].all()
    for (one, high), (other, low) in pairwise(table):
        assert one < other
        assert high > low


def test_few_numbers_prove_little() -> None:
    few, many = (selective(np.ones(count), np.ones(count, np.bool_))[-1][1] for count in (10, 1000))
    assert few > 0.1
    assert many == pytest.approx(0.0027, abs=0.0001)
