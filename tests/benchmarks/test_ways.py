"""Ways of writing, read one by one."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from benchmarks import ways
from benchmarks.ways import Read, number, read_way
from digitocr.types import Gray
from synthesis.hands.allographs import ALLOGRAPHS


def test_a_number_has_the_digit_that_is_asked_for() -> None:
    for seed in range(5):
        gray, digits = number(7, 1, seed)
        assert "7" in digits
        assert len(digits) == ways.DIGITS
        assert gray.dtype == np.uint8
        assert gray.shape[0] >= 72


def test_the_same_seed_writes_the_same_number() -> None:
    first, again = number(3, 0, 1), number(3, 0, 1)
    assert first[1] == again[1]
    assert np.array_equal(first[0], again[0])


def test_only_the_asked_digit_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    class Line:
        guess = "8" * ways.DIGITS

    class Answer:
        lines = (Line(),)

    monkeypatch.setattr(ways, "read", lambda _: Answer())
    one = read_way(8, 0, 4)
    assert one.share == 1.0
    assert one.lost == 0
    assert one.taken_for.total() == sum(number(8, 0, seed)[1].count("8") for seed in range(4))
    other = read_way(3, 0, 4)
    assert other.share == 0.0
    assert set(other.taken_for) == {"8"}


def test_numbers_of_another_length_are_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    class Answer:
        lines = ()

    monkeypatch.setattr(ways, "read", lambda _: Answer())
    assert read_way(0, 0, 3) == Read(0, Counter(), 3)


def test_plain_ways_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def clean(rng: np.random.Generator, inked: Gray, _: object) -> object:
        paper = np.full((inked.shape[0] + 30, inked.shape[1] + 60), 235, np.uint8)
        paper[15:-15, 30:-30] -= np.asarray(inked * 0.8, np.uint8)
        return type("Scan", (), {"gray": paper})

    monkeypatch.setattr(ways, "scan", clean)
    plain = next(place for place, way in enumerate(ALLOGRAPHS[2]) if way.name == "plain")
    assert read_way(2, plain, 4).share == 1.0
