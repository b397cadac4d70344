"""Contact sheets of scenes and of lines."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import typer
from PIL import Image

from digitocr.along.strip import STRIP_PX
from digitocr.tune.drawn_lines import line
from synthesis import contact_sheet
from synthesis.hands.strings import Nuisances
from synthesis.hands.studio import make_studio
from synthesis.scenes.painter import KINDS, paint

STUDIO = make_studio([], {})


@pytest.mark.parametrize("kind", [None, "table", "nothing", "line", "strip"])
def test_a_contact_sheet_of_stroke_models_alone(kind: str | None, tmp_path: Path) -> None:
    out = tmp_path / "sheet.png"
    contact_sheet.contact_sheet(out, kind, count=4, seed=1)
    page = np.asarray(Image.open(out))
    assert page.dtype == np.uint8
    assert page.shape[1] == contact_sheet.PAGE_PX
    assert len(np.unique(page)) > 100
    before = out.read_bytes()
    contact_sheet.contact_sheet(out, kind, count=4, seed=1)
    assert out.read_bytes() == before


def test_each_kind_has_a_name_of_its_own() -> None:
    assert not set(KINDS) & set(contact_sheet.LINES)


@pytest.mark.parametrize(
    ("out", "pens", "sentence"),
    [
        ("missing/sheet.png", None, "no folder .*missing"),
        ("sheet.tapestry", None, "name it .png"),
        ("sheet", None, "name it .png"),
        ("sheet.xbm", None, "name it .png"),  # Pillow writes no colours there
        ("sheet.png", "missing", "no folder .*missing"),
        ("sheet.png", ".", "no pen strokes"),
    ],
)
def test_a_wrong_place_is_told_before_anything_is_painted(
    out: str, pens: str | None, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(contact_sheet, "scene_picture")
    with pytest.raises(typer.BadParameter, match=sentence):
        contact_sheet.contact_sheet(tmp_path / out, pens=tmp_path / pens if pens else None)
    assert not list(tmp_path.iterdir())


def test_an_unknown_kind_is_named(tmp_path: Path) -> None:
    with pytest.raises(typer.BadParameter, match="tapestry"):
        contact_sheet.contact_sheet(tmp_path / "sheet.png", "tapestry")


def test_a_line_is_what_the_line_reader_meets() -> None:
    for number in range(6):
        ready, digits = line((1, 0, number), STUDIO, Nuisances())
        picture, below = contact_sheet.line_picture((1, 0, number), STUDIO, "strip")
        crop, under = contact_sheet.line_picture((1, 0, number), STUDIO, "line")
        assert below == under == digits
        assert np.abs(1 - picture / 255 - ready).max() < 0.003
        assert (
            crop.shape[1] / crop.shape[0] == pytest.approx(ready.shape[1] / STRIP_PX, rel=0.03)
            or ready.shape[1] == STRIP_PX
        )


def test_pictures_on_a_sheet_do_not_overlap() -> None:
    pictures = [(np.full((20 + i, 400), i, np.uint8), "1" * i) for i in range(12)]
    page = contact_sheet.sheet([*pictures, (np.full((30, 2000), 100, np.uint8), "")])
    assert page.shape[1] > 2000
    for gray, _ in pictures[1:]:
        assert (page[..., 0] == gray[0, 0]).sum() >= gray.size
    assert (page[..., 0] == 100).sum() >= 30 * 2000


def test_a_marked_scene_shows_it_plain_and_with_its_ink_in_colour() -> None:
    scene = paint(9, STUDIO, kind="note")
    plain, over = np.split(contact_sheet.marked(scene), [scene.gray.shape[1] + 2], axis=1)
    assert (plain[:, :-2] == scene.gray[..., None]).all()
    is_colored = over.max(axis=2) - over.min(axis=2).astype(int) > 50
    # The lines of the boxes may cover ink, which stays coloured.
    assert is_colored[scene.mask].mean() > 0.99
    above = max(0, min(one.box.top for one in scene.numbers) - 40)
    assert not is_colored[:above].any()
