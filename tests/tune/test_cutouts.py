"""Lines cut out of painted pictures: what stands in each is told by where its digits are."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from digitocr.along.ctc import best_path
from digitocr.geometry import Box
from digitocr.networks.runtime import load_networks
from digitocr.tune import cutouts as module
from digitocr.tune.cutouts import Cutout, cutouts
from digitocr.tune.drawn_lines import WIDEST_PX, fits
from synthesis.hands.strings import LONGEST, Nuisances
from synthesis.hands.studio import make_studio

STUDIO = make_studio([], {})
NONE = Nuisances(**dict.fromkeys((field.name for field in fields(Nuisances)), 0.0))
LEVEL = np.eye(2, 3)


def cut(count: int, nuisances: Nuisances = NONE) -> list[Cutout]:
    networks = load_networks()
    return [one for i in range(count) for one in cutouts((1, i), STUDIO, nuisances, networks)]


def test_every_view_of_a_line_is_a_strip_and_has_room_for_its_digits() -> None:
    lines = cut(12, Nuisances())
    assert len(lines) > 6
    for one in lines:
        assert len(one.views) == 3
        assert all(view.shape[0] == 32 and view.dtype == np.float32 for view in one.views)
        assert len(one.digits) <= LONGEST
        assert one.views[0].shape[1] <= WIDEST_PX
        assert fits(one.digits, one.views[0].shape[1])
    again = cut(12, Nuisances())
    assert all(
        np.array_equal(*pair)
        for a, b in zip(lines, again, strict=True)
        for pair in zip(a.views, b.views, strict=True)
    )


@pytest.mark.parametrize(("scanned", "least"), [(1.0, 0.88), (0.0, 0.35)])
def test_the_shipped_reader_reads_there_what_was_written(
    monkeypatch: pytest.MonkeyPatch, scanned: float, least: float
) -> None:
    monkeypatch.setattr(module, "SCANNED", scanned)
    network = load_networks().line_reader.along
    lines = [one for one in cut(120 if scanned else 20) if one.digits]
    assert len(lines) > 20
    right = [best_path(network(one.views[0])) == one.digits for one in lines]
    assert np.mean(right) > least


@pytest.mark.parametrize(
    ("digits", "shown"),
    [
        ([], ""),
        ([("7", Box(10, 10, 20, 30))], "7"),
        ([("7", Box(30, 10, 40, 30)), ("1", Box(10, 10, 20, 30))], "17"),
        ([("7", Box(10, 10, 20, 30)), ("4", Box(59, 10, 70, 30))], "7"),  # its edge alone
        ([("7", Box(10, 10, 20, 30)), ("4", Box(55, 10, 65, 30))], None),  # half of it
        ([("7", Box(10, 10, 20, 30)), ("4", Box(30, 45, 40, 55))], "7"),  # below
        ([("7", Box(10, 10, 20, 30)), ("4", Box(30, 30, 40, 50))], None),  # half below
    ],
)
def test_a_digit_is_in_the_strip_or_is_not_or_the_strip_is_no_good(
    digits: module.Digits, shown: str | None
) -> None:
    assert module._shown(digits, LEVEL, Box(5, 5, 60, 40)) == shown
