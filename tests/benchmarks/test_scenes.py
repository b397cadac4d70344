"""The benchmark of painted scenes: what counts as read, and its table."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from benchmarks import scenes
from benchmarks.scenes import (
    CHANGES,
    LEAST_PX,
    PHOTO,
    ROWS,
    Outcome,
    is_legible,
    judged,
    row,
    together,
)
from digitocr.found import FoundLine
from digitocr.geometry import Box
from synthesis.hands.studio import make_studio
from synthesis.scenes.painter import KINDS
from synthesis.scenes.truth import DigitTruth, Number, Scene

STUDIO = make_studio([], {})


def number(text: str, left: int, top: int, height: int = 30, is_whole: bool = True) -> Number:
    """A number whose digits are 20 px wide."""
    digits = tuple(
        DigitTruth(label, Box(left + 20 * at, top, left + 20 * at + 20, top + height))
        for at, label in enumerate(text)
    )
    box = Box(left, top, left + 20 * len(text), top + height)
    quad = [(box.left, top), (box.right, top), (box.right, box.bottom), (left, box.bottom)]
    return Number(digits, box, np.array(quad, np.float32), 0.0, height, True, is_whole)


def line(text: str, left: int, top: int, accepted: bool = True) -> Any:
    digits = [SimpleNamespace(box=Box(left, top, left + 20 * len(text), top + 30))]
    return SimpleNamespace(digits=digits if text else [], guess=text, accepted=accepted)


def find(x: float, y: float) -> FoundLine:
    return FoundLine(np.array([x - 5, y]), np.array([x + 5, y]), 30.0, True, 0.9, True)


def written(numbers: list[Number], contrast: int = 100, grain: float = 2.0) -> Scene:
    """A bar in the middle of each digit's box on gray paper."""
    rng = np.random.default_rng(1)
    levels = 150 + rng.normal(0, grain, (200, 300))
    mask = np.zeros(levels.shape, np.bool_)
    for one in numbers:
        for digit in one.digits:
            mask[digit.box.top : digit.box.bottom, digit.box.left + 8 : digit.box.left + 12] = True
    levels[mask] -= contrast
    return Scene("note", np.clip(levels, 0, 255).astype(np.uint8), tuple(numbers), mask)


def outcome(numbers: list[Number], lines: list[Any], finds: list[FoundLine]) -> Outcome:
    truth = written(numbers)
    reading: Any = SimpleNamespace(lines=lines, finding=SimpleNamespace(lines=finds))
    return judged(truth, reading)


BOTH = [number("205", 20, 20), number("73", 20, 120)]
FOUND = [find(50, 35), find(40, 135)]
CASES = {
    "all is read": (
        BOTH, [line("205", 22, 18), line("73", 19, 121)], FOUND,
        Outcome(2, 2, 2, 2, 2, 0, 0, 1, True),
    ),
    "one is read otherwise, in doubt": (
        BOTH, [line("205", 22, 18), line("13", 19, 121, False)], FOUND,
        Outcome(2, 1, 2, 2, 1, 0, 0, 1, False),
    ),
    "one is shown wrong": (
        BOTH, [line("206", 22, 18), line("73", 19, 121)], FOUND,
        Outcome(2, 1, 2, 2, 2, 1, 0, 1, False),
    ),
    "the right text elsewhere": (
        BOTH, [line("205", 200, 18), line("73", 19, 121)], [find(230, 30), FOUND[1]],
        Outcome(2, 1, 1, 2, 2, 1, 1, 1, False),
    ),
    "something is invented": (
        BOTH, [line("205", 22, 18), line("73", 19, 121), line("4", 200, 60)], FOUND,
        Outcome(2, 2, 2, 3, 3, 1, 0, 1, False),
    ),
    "nothing is read": (BOTH, [line("", 0, 0)], [], Outcome(2, 0, 0, 0, 0, 0, 0, 1, False)),
    "nothing is there": ([], [], [], Outcome(pictures=1, right=True)),
    "something is found where nothing is": (
        [], [], FOUND, Outcome(false_finds=2, pictures=1, right=True),
    ),
    "what is cut off or small may be read or not": (
        [number("9", 200, 20, LEAST_PX - 1), number("1", 200, 100, is_whole=False), BOTH[0]],
        [line("205", 22, 18), line("7", 200, 20), line("8", 200, 100)],
        [FOUND[0], find(210, 25), find(210, 115)],
        Outcome(1, 1, 1, 1, 1, 0, 0, 1, True),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("numbers", "lines", "finds", "told"), CASES.values(), ids=CASES)
def test_what_counts(
    numbers: list[Number], lines: list[Any], finds: list[FoundLine], told: Outcome
) -> None:
    assert outcome(numbers, lines, finds) == told


@pytest.mark.parametrize(
    ("contrast", "grain", "legible"),
    [(100, 2, True), (35, 2, True), (25, 2, False), (100, 20, True), (60, 20, False)],
)
def test_what_stands_out_clearly_must_be_read(contrast: int, grain: float, legible: bool) -> None:
    (one,) = (number("2", 50, 50),)
    assert is_legible(one, written([one], contrast, grain)) == legible


def test_a_row_tells_shares() -> None:
    both = together([Outcome(3, 2, 3, 4, 2, 1, 1, 1, True), Outcome(1, 1, 0, 0, 0, 0, 0, 1, False)])
    assert both == Outcome(4, 3, 3, 4, 2, 1, 1, 2, 1)
    assert row("note", both) == ("| note | 75.0% of 4 | 50.0% | 50.0% | 50.0% | 75.0% | 0.50 |")
    assert row("none", Outcome(pictures=1)) == "| none | - of 0 | 0.0% | - | - | - | 0.00 |"


@pytest.mark.parametrize("kind", [*CHANGES, "form"])
def test_a_scene_follows_from_its_number(kind: str) -> None:
    first, again, other = (scenes.scene(kind, index, STUDIO) for index in (2, 2, 3))
    assert first.kind == kind
    assert first.gray.shape == first.mask.shape == PHOTO
    assert np.array_equal(first.gray, again.gray)
    assert not np.array_equal(first.gray, other.gray)


@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_is_seen_and_leaves_the_ink_where_it_was(kind: str) -> None:
    rng = np.random.default_rng(4)
    surface = KINDS["note"][0](rng, STUDIO, PHOTO)
    before, ink = surface.levels.copy(), surface.ink.copy()
    CHANGES[kind](rng, surface)
    assert np.array_equal(surface.ink, ink)
    assert surface.levels.shape == PHOTO
    assert 0 <= surface.levels.min() <= surface.levels.max() <= 1
    assert (abs(surface.levels - before) > 0.03).mean() > 0.005


def test_a_table_has_a_row_for_each_kind(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {name: ROWS[name] for name in ("a close crop", "no number")}
    assert set(KINDS) <= set(ROWS.values())
    monkeypatch.setattr(scenes, "ROWS", few)
    scenes.main(count=2)
    head, _, *rows = capsys.readouterr().out.splitlines()
    assert [one.split(" | ")[0] for one in rows] == ["| a close crop", "| no number", "| all"]
    assert {one.count("|") for one in rows} == {head.count("|")}


def test_hands_are_those_that_are_given(tmp_path: Path) -> None:
    assert len(scenes.hands_of(None, None).sources) == 1
    file = tmp_path / "digits.npz"
    shown = np.zeros((10, 28, 28), np.uint8)
    shown[:, 8:20, 10:14] = 255
    np.savez(file, x_test=shown, y_test=np.arange(10), x_train=shown[:0], y_train=np.arange(0))
    assert len(scenes.hands_of(file, None).sources) == 2
