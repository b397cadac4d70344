"""Readings of a strip: their scores, the likeliest, and where their digits stand."""

from __future__ import annotations

from itertools import groupby, pairwise, product

import numpy as np
import pytest
from drawings import steps
from hypothesis import given, settings
from hypothesis import strategies as st

from digitocr.along import ctc as line_reader
from digitocr.along.ctc import (
    BEAM,
    BLANK,
    align,
    best_path,
    likely_readings,
    reading_scores,
    single_digits,
)
from digitocr.types import LogProbabilities

SEEDS = st.integers(0, 2**32 - 1)
IMPOSSIBLE = -100.0  # log-probability of what is not among a test's digits


def read_off(path: tuple[int, ...]) -> str:
    """Steps -> what they spell: the same label in a row counts once, blanks not at all."""
    return "".join(str(label) for label, _ in groupby(path) if label != BLANK)


def some_steps(seed: int, count: int, digits: int) -> tuple[LogProbabilities, list[int]]:
    """Random steps that know so many different digits and the blank, with these labels."""
    rng = np.random.default_rng(seed)
    labels = [*rng.choice(10, digits, replace=False).tolist(), BLANK]
    along = np.full((count, 11), IMPOSSIBLE, np.float32)
    shares = 0.9 * rng.dirichlet(np.full(len(labels), 0.6), count) + 0.1 / len(labels)
    along[:, labels] = np.log(shares)
    return along, labels


def all_ways(along: LogProbabilities, labels: list[int]) -> dict[str, list[float]]:
    """Every reading with the log-probabilities of all the ways to spread it over the steps."""
    found: dict[str, list[float]] = {}
    for path in product(labels, repeat=len(along)):
        score = sum(float(row[label]) for row, label in zip(along, path, strict=True))
        found.setdefault(read_off(path), []).append(score)
    return found


def totals(along: LogProbabilities, labels: list[int]) -> dict[str, float]:
    """Every reading with its probability."""
    return {text: float(np.exp(ways).sum()) for text, ways in all_ways(along, labels).items()}


@pytest.mark.parametrize("count", [1, 2, 5])
def test_blanks_are_nothing(count: int) -> None:
    along = steps("-" * count, 0.999)
    assert likely_readings(along)[0] == ""
    assert align(along, "") == []
    assert reading_scores(along, [""])[0] == pytest.approx(count * np.log(0.999), rel=1e-3)


@pytest.mark.parametrize(
    ("signs", "text"),
    [
        ("7", "7"),
        ("-7-", "7"),
        ("777", "7"),
        ("7-7", "77"),
        ("77--7", "77"),
        ("25", "25"),
        ("-2-0-5-", "205"),
        ("-00-0-111-1", "0011"),
        ("0123456789", "0123456789"),
    ],
)
def test_the_likeliest_reading(signs: str, text: str) -> None:
    assert likely_readings(steps(signs))[0] == text


def test_what_many_ways_spell_beats_the_single_best_way() -> None:
    """Of the ways through both steps the blank one is the best, but three others spell 1."""
    along = np.full((2, 11), IMPOSSIBLE, np.float32)
    along[:, 1], along[:, BLANK] = np.log(0.4), np.log(0.6)
    assert likely_readings(along)[:2] == ["1", ""]
    assert np.exp(reading_scores(along, ["1", "", "11"])) == pytest.approx([0.64, 0.36, 0])


# Scores


def test_no_readings_have_no_scores() -> None:
    assert reading_scores(steps("1"), []).shape == (0,)


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(1, 5), st.integers(1, 3))
def test_a_score_is_the_sum_over_all_the_ways(seed: int, count: int, digits: int) -> None:
    along, labels = some_steps(seed, count, digits)
    wanted = totals(along, labels)
    scores = reading_scores(along, list(wanted))
    assert np.exp(scores) == pytest.approx(list(wanted.values()), rel=1e-4, abs=1e-12)


@settings(max_examples=20, deadline=None)
@given(SEEDS, st.integers(1, 3))
def test_scores_of_all_readings_sum_to_one(seed: int, count: int) -> None:
    rows = np.random.default_rng(seed).dirichlet(np.ones(11), count)
    sizes = range(count + 1)
    readings = ["".join(text) for size in sizes for text in product("0123456789", repeat=size)]
    along = np.log(np.maximum(rows, 1e-30)).astype(np.float32)
    assert np.exp(reading_scores(along, readings)).sum() == pytest.approx(1, abs=1e-4)


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(1, 12), st.lists(st.text("0123456789", max_size=9), max_size=6))
def test_a_score_does_not_depend_on_the_other_readings(
    seed: int, count: int, readings: list[str]
) -> None:
    along = np.log(np.random.default_rng(seed).dirichlet(np.ones(11), count) + 1e-9)
    together = reading_scores(along.astype(np.float32), readings)
    alone = [reading_scores(along.astype(np.float32), [text])[0] for text in readings]
    assert together.shape == (len(readings),)
    assert np.array_equal(together, alone)


TOO_FEW = [("12", 1), ("11", 2), ("111", 4), ("1221", 4), ("0123456789", 9)]


@pytest.mark.parametrize(("text", "count"), TOO_FEW)
def test_too_few_steps_hold_no_reading(text: str, count: int) -> None:
    along = steps("-" * count, 0.5)
    assert reading_scores(along, [text])[0] == -np.inf
    with pytest.raises(ValueError, match=rf"^{count} steps cannot hold the reading {text}\.$"):
        align(along, text)


@pytest.mark.parametrize(("text", "count"), TOO_FEW)
def test_one_more_step_is_enough(text: str, count: int) -> None:
    along = steps("-" * (count + 1), 0.5)
    assert np.isfinite(reading_scores(along, [text])[0])
    assert len(align(along, text)) == len(text)


# The beam


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(1, 5), st.integers(1, 3))
def test_a_wide_beam_finds_every_reading_in_order(seed: int, count: int, digits: int) -> None:
    along, labels = some_steps(seed, count, digits)
    wanted = totals(along, labels)
    found = likely_readings(along, 10_000)[: len(wanted)]  # after these, what nothing spells
    assert set(found) == wanted.keys()
    assert [wanted[text] for text in found] == pytest.approx(sorted(wanted.values(), reverse=True))


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(1, 30), st.integers(1, 10))
def test_a_narrow_beam_keeps_few_readings_and_each_once(seed: int, count: int, beam: int) -> None:
    along = np.log(np.random.default_rng(seed).dirichlet(np.full(11, 0.3), count) + 1e-12)
    found = likely_readings(along.astype(np.float32), beam)
    assert 1 <= len(found) <= beam
    assert len(set(found)) == len(found)
    assert all(set(text) <= set("0123456789") for text in found)


def test_a_long_strip_does_not_vanish() -> None:
    text = "31" * 300
    along = steps("".join(f"-{label}" for label in text), 0.4)
    assert np.exp(along.max(axis=1).sum(dtype=np.float64)) == 0.0
    found = likely_readings(along)
    assert len(found) == BEAM
    assert np.isfinite(reading_scores(along, found)).all()
    sure = steps("".join(f"-{label}" for label in text))
    assert likely_readings(sure)[0] == text


def test_unlikely_readings_of_a_long_strip_keep_their_order() -> None:
    text = "31" * 150
    along = steps("".join(f"-{label}" for label in text))
    scores = reading_scores(along, [text, text[:-1], text[:150], ""])
    assert np.isfinite(scores).all()
    assert (np.diff(scores) < 0).all()


@pytest.mark.parametrize(("count", "is_unlikely"), [(4, False), (30, False), (60, True)])
def test_scaled_sums_are_the_sums_of_logarithms(count: int, is_unlikely: bool) -> None:
    """Where a reading's probability vanishes, logarithms are taken after all."""
    rng = np.random.default_rng(count)
    noise = rng.normal(scale=9 if is_unlikely else 0.5, size=(4 * count, BLANK + 1))
    along = (noise - np.log(np.exp(noise).sum(axis=1, keepdims=True))).astype(np.float32)
    readings = ["".join(map(str, rng.integers(0, 10, n))) for n in (1, count // 2, count, 2)]
    labels, may_skip = line_reader._states([*readings, ""])
    ends = np.array([2 * len(one) for one in [*readings, ""]])
    labels[np.arange(labels.shape[1]) > ends[:, None]] = BLANK + 1
    steps_ = np.pad(along.astype(np.float64), ((0, 0), (0, 1)), constant_values=-np.inf)
    wanted = line_reader._log_sums(steps_, labels, may_skip, ends)
    assert (wanted < line_reader.LEAST_SUM).any() == is_unlikely
    assert reading_scores(along, [*readings, ""]) == pytest.approx(wanted, rel=1e-9, abs=1e-9)


# Where the digits stand


@pytest.mark.parametrize(
    ("signs", "text", "spans"),
    [
        ("7", "7", [(0, 1)]),
        ("-77-", "7", [(1, 3)]),
        ("-2--05", "205", [(1, 2), (4, 5), (5, 6)]),
        ("1-11-1", "111", [(0, 1), (2, 4), (5, 6)]),
        ("-1-", "11", [(0, 1), (2, 3)]),
        ("-2-5-", "205", [(1, 2), (2, 3), (3, 4)]),
    ],
)
def test_align(signs: str, text: str, spans: list[tuple[int, int]]) -> None:
    assert align(steps(signs), text) == spans


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(1, 5), st.integers(1, 3))
def test_digits_stand_where_the_best_way_has_them(seed: int, count: int, digits: int) -> None:
    along, labels = some_steps(seed, count, digits)
    for text, ways in all_ways(along, labels).items():
        path = np.full(count, BLANK)
        for label, (start, stop) in zip(text, align(along, text), strict=True):
            path[start:stop] = int(label)
        assert read_off(tuple(path.tolist())) == text
        assert along[np.arange(count), path].sum() == pytest.approx(max(ways), rel=1e-4)


@settings(max_examples=150, deadline=None)
@given(SEEDS, st.integers(1, 25), st.text("0123456789", max_size=9))
def test_spans_are_in_order_and_inside_the_strip(seed: int, count: int, text: str) -> None:
    along = np.log(np.random.default_rng(seed).dirichlet(np.ones(11), count) + 1e-9)
    repeats = sum(one == other for one, other in pairwise(text))
    if len(text) + repeats > count:
        with pytest.raises(ValueError, match="cannot hold"):
            align(along.astype(np.float32), text)
        return
    edges = [edge for span in align(along.astype(np.float32), text) for edge in span]
    assert len(edges) == 2 * len(text)
    assert edges == sorted(edges)
    assert all(start < stop for start, stop in zip(edges[::2], edges[1::2], strict=True))
    assert not edges or (edges[0] >= 0 and edges[-1] <= count)


# Which spans surely hold one digit


def test_no_spans_hold_nothing() -> None:
    assert single_digits(steps("-2-"), []) == []


@pytest.mark.parametrize(
    ("signs", "share", "spans", "wanted"),
    [
        pytest.param("----", 0.99, [(0, 1)], [False], id="blanks"),
        pytest.param("-22-", 0.99, [(0, 1)], [True], id="one digit"),
        pytest.param("-22-", 0.6, [(0, 1)], [False], id="one that is not sure"),
        pytest.param("-2-2", 0.99, [(0, 1)], [False], id="the same twice"),
        pytest.param("2255", 0.99, [(0, 1)], [False], id="two without a blank"),
        pytest.param("2-5-", 0.99, [(0, 0.5), (0.5, 1)], [True, True], id="one in each"),
        pytest.param("2-5-", 0.99, [(0, 0.4), (0.8, 1)], [True, False], id="paper at the end"),
        pytest.param("2-5-", 0.99, [(0.5, 1), (0, 1)], [True, False], id="any order"),
        pytest.param("---5", 0.99, [(0.75, 1)], [True], id="at the very end"),
        pytest.param("5", 0.99, [(0, 1)], [True], id="a single step"),
        pytest.param("--5-", 0.99, [(0.5, 0.5)], [False], id="a span of no width"),
    ],
)
def test_single_digits(
    signs: str, share: float, spans: list[tuple[float, float]], wanted: list[bool]
) -> None:
    assert single_digits(steps(signs, share), spans) == wanted


@given(st.text("0123456789", min_size=1, max_size=12))
def test_digits_far_apart_are_single_each(text: str) -> None:
    along = steps("".join(f"-{label}-" for label in text))
    spans = [(place / len(text), (place + 1) / len(text)) for place in range(len(text))]
    assert single_digits(along, spans) == [True] * len(text)
    assert single_digits(along, [(0, 1)]) == [len(text) == 1]


@settings(max_examples=60)
@given(SEEDS, st.lists(st.integers(0, 9), min_size=3, max_size=8))
def test_long_stretches_of_paper_change_nothing_but_the_places(
    seed: int, pauses: list[int]
) -> None:
    short, _ = some_steps(seed, len(pauses), 3)
    blank = steps("-", 1 - 1e-6)
    # One step of paper goes before each of them in both; in the long strip it lasts.
    parts = [
        (np.concatenate([blank, row[None]]), pause)
        for row, pause in zip(short, pauses, strict=True)
    ]
    dense = np.concatenate([part for part, _ in parts])
    long = np.concatenate(
        [np.concatenate([np.repeat(blank, pause, axis=0), part]) for part, pause in parts]
    )
    texts = likely_readings(dense)
    assert likely_readings(long) == texts
    assert reading_scores(long, texts) == pytest.approx(reading_scores(dense, texts), abs=1e-3)
    place = np.flatnonzero(np.concatenate([[False] * pause + [True] * 2 for _, pause in parts]))
    spans = [
        (int(place[start]), int(place[stop - 1]) + 1) for start, stop in align(dense, texts[0])
    ]
    assert align(long, texts[0]) == spans


def test_a_reading_that_the_network_does_not_see_still_has_a_score() -> None:
    nothing = steps("-" * 30, 1 - 1e-4)
    assert np.isfinite(reading_scores(nothing, ["", "11", "123456"])).all()
    assert len(align(nothing, "1122")) == 4


@pytest.mark.parametrize(
    ("signs", "text"),
    [("----", ""), ("1-1", "11"), ("11-2", "12"), ("-00--0-7", "007"), ("9", "9"), ("3344", "34")],
)
def test_best_path(signs: str, text: str) -> None:
    assert best_path(steps(signs)) == text
