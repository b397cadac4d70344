"""Rules that are knocked out: each is there to be, each is gone, and each comes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import knocked_out
from benchmarks.knocked_out import KNOCKED_OUT, Change, measured
from digitocr.find import look

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("change", [one for some in KNOCKED_OUT.values() for one in some])
def test_what_is_knocked_out_is_there(change: Change) -> None:
    assert getattr(change.where, change.name) is not change.instead


def test_a_rule_is_gone_while_it_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "labels.csv").write_text(f"file,label\n{ROOT}/sample_images/ballpoint.jpg,1\n")
    monkeypatch.setattr(knocked_out, "ROWS", {})
    monkeypatch.setitem(KNOCKED_OUT, "finds", (Change(look, "find_numbers", 1 / 3),))
    before = vars(look)["find_numbers"]
    cells = measured(next(iter(KNOCKED_OUT)), [tmp_path], None, None, 1)
    assert cells == ["0, 1, 1", "0, 0, 0"]
    with pytest.raises(TypeError):
        measured("finds", [tmp_path], None, None, 1)
    assert vars(look)["find_numbers"] is before
