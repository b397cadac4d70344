"""The canvas' memory, whatever the browser tells of it and when."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

testing = pytest.importorskip("streamlit.testing.v1")

APP = Path(__file__).parents[2] / "app.py"
TWO, SEVEN = ({"path": [["M", x, 10.0], ["L", x, 60.0]], "strokeWidth": 10} for x in (20.0, 90.0))


def script() -> None:
    from ui.drawing import show_canvas

    show_canvas()


def test_an_old_drawing_told_late_is_no_new_stroke(monkeypatch: pytest.MonkeyPatch) -> None:
    testing.AppTest.from_file(str(APP), default_timeout=30).run()  # which declares the canvas
    from ui import drawing

    told: list[Any] = []

    def canvas(**given: object) -> SimpleNamespace:
        return SimpleNamespace(json_data={"objects": list(told)})

    monkeypatch.setattr(drawing, "st_canvas", canvas)
    monkeypatch.setattr(drawing, "page_size", lambda key: (700, 800))
    monkeypatch.setattr(drawing, "canvas_keys", lambda *given, **named: None)
    app = testing.AppTest.from_function(script, default_timeout=30).run()
    for told[:] in ([TWO], [TWO, SEVEN]):
        app.run()
    for name, then in (("Undo", [TWO]), ("Redo", [TWO, SEVEN]), ("Undo", [TWO])):
        app.button(key=name).click().run()
        told[:] = then
        app.run()
        assert app.session_state.drawn == then
    told[:] = [TWO, SEVEN]  # the browser tells once more of what was redone
    app.run()
    assert app.session_state.drawn == [TWO]
    assert not app.button(key="Redo").disabled
    assert not app.exception
