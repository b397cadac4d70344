"""Two measurements of the same pictures: saved, opened, and compared."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitocr import InputError
from digitocr.measure.cases import Case, unreadable
from digitocr.measure.edits import edit_distance
from digitocr.measure.paired import compare, comparison_text, mcnemar, verdict
from digitocr.measure.saved import Measurement, as_json, from_json, named_in


def case(name: str, guess: str, truth: str, accepted: bool = True) -> Case:
    digits = tuple((0.75, True) for _ in guess)
    return Case(Path(name), truth, guess, edit_distance(guess, truth), accepted, 0.5, digits)


@pytest.mark.parametrize(
    ("first", "second", "chance"),
    [
        (0, 0, 1.0),
        (1, 0, 1.0),
        (5, 0, 2 / 2**5),
        (0, 10, 2 / 2**10),
        (9, 1, 2 * (1 + 10) / 2**10),
        (8, 2, 2 * (1 + 10 + 45) / 2**10),
        (6, 6, 1.0),
        # R: binom.test(4, 30)$p.value
        (26, 4, 5.9479e-05),
        (2000, 1000, 0.0),
    ],
)
def test_mcnemar(first: int, second: int, chance: float) -> None:
    assert mcnemar(first, second) == pytest.approx(chance, rel=1e-4, abs=1e-60)
    assert mcnemar(second, first) == mcnemar(first, second)


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_is_twice_the_binomial_distribution_s_tail(first: int, second: int) -> None:
    count = first + second
    tail = sum(math.comb(count, taken) for taken in range(min(first, second) + 1)) / 2**count
    assert mcnemar(first, second) == pytest.approx(min(1.0, 2 * tail))


BEFORE = [
    case("a.png", "205", "205"),
    case("b.png", "17", "71"),
    case("c.png", "48", "48"),
    case("d.png", "", "9"),
    case("e.png", "3", "3"),
]
NOW = [
    case("a.png", "206", "205"),
    case("b.png", "71", "71"),
    case("c.png", "48", "48", False),
    case("d.png", "6", "9"),
    case("e.png", "3", "8"),  # its label was corrected: that is another picture
]


def test_pictures_that_are_in_both_are_compared() -> None:
    found = compare(BEFORE, NOW)
    assert (found.before.pictures, found.now.pictures, found.not_in_both) == (4, 4, 2)
    assert (found.before.exact, found.now.exact) == (2, 2)
    assert (found.only_before, found.only_now, found.chance) == (1, 1, 1.0)
    changed = [(one.kind, one.now.path.name) for one in found.changed]
    assert changed == [
        ("wrong now", "a.png"),
        ("right now", "b.png"),
        ("wrong as before", "d.png"),
    ]
    text = comparison_text(found)
    assert "d.png: 9 read as nothing before, as 6 now" in text
    assert "without any doubt     4 (100.0%) before, 3 (75.0%) now" in text


@pytest.mark.parametrize(
    ("only_before", "only_now", "words"),
    [
        (0, 0, "is read right by the other, too."),
        (0, 5, "it may well be chance."),
        (0, 6, "are read better now."),
        (6, 0, "are read worse now."),
        (0, 12, "under 0.1 %"),
    ],
)
def test_verdict(only_before: int, only_now: int, words: str) -> None:
    truths = ["1"] * only_now + ["2"] * only_before
    before = [case(str(place), "2", truth) for place, truth in enumerate(truths)]
    now = [case(str(place), "1", truth) for place, truth in enumerate(truths)]
    before, now = [*before, case("same", "1", "1")], [*now, case("same", "1", "1")]
    assert words in verdict(compare(before, now))


def test_measurements_of_other_pictures_are_refused() -> None:
    with pytest.raises(InputError, match=r"no picture in common.*\.$"):
        compare(BEFORE[:1], NOW[1:])


def test_what_is_saved_is_opened_as_it_was() -> None:
    cases = [
        replace(case("box/ä.png", "1\n2", "1\n3", False), blamed="lattice"),
        unreadable(Path("bad.png"), "12", "This is not a picture."),
    ]
    measured = Measurement(cases, 100, "digitocr 1.2.3")
    found = from_json(as_json(measured).encode(), "m.json")
    assert (found.one_wrong_in, found.read_by) == (100, "digitocr 1.2.3")
    assert [vars(one) for one in found.cases] == [vars(one) for one in cases]


def test_names_are_those_of_the_table_wherever_the_folder_lies() -> None:
    cases = [case("/here/set/box/a.png", "1", "1"), case("/elsewhere/b.png", "1", "1")]
    names = [one.path.as_posix() for one in named_in(Path("/here/set"), cases)]
    assert names == ["box/a.png", "/elsewhere/b.png"]


def told(**changes: Any) -> str:
    found = json.loads(as_json(Measurement(BEFORE[:1], 50, "digitocr")))
    for name, value in changes.items():
        (found if name in found else found["cases"][0])[name] = value
    return json.dumps(found)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("[]", id="a list"),
        pytest.param("{}", id="no keys"),
        pytest.param("[" * 100_000, id="too deep"),
        pytest.param("\udcff", id="no UTF-8"),
        pytest.param(told(schema=2), id="of a later version"),
        pytest.param(told(cases=[1]), id="no case"),
        pytest.param(told(cases=[]), id="no pictures"),
        pytest.param(told(truth="12a"), id="a letter in the truth"),
        pytest.param(told(truth="1" * 10_000), id="a truth of ten thousand digits"),
        pytest.param(told(guess=7), id="a number for a text"),
        pytest.param(told(file="\ud800"), id="half a character"),
        pytest.param(told(confidence=float("nan")), id="not a number"),
        pytest.param(told(confidence=1.5), id="more than sure"),
        pytest.param(told(accepted=1), id="a number for yes"),
        pytest.param(told(digits=[{"confidence": 0.5}]), id="half a digit"),
        pytest.param(told(blamed="the printer"), id="no stage"),
    ],
)
def test_what_is_no_measurement_is_told_in_a_sentence(text: str) -> None:
    with pytest.raises(InputError, match=r"^m\.json .*: [^\n]*\.$"):
        from_json(text.encode("utf-8", "surrogateescape"), "m.json")
