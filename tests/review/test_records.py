"""`review add` of whatever a file may hold: the record is kept, or its line is told."""

from __future__ import annotations

import copy
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from typer.testing import CliRunner

from digitocr import InputError
from digitocr.__main__ import app

pytest.importorskip("sqlalchemy")
pytest.importorskip("alembic")

from digitocr.review.incoming import checked, parsed

GOOD: dict[str, Any] = {
    "file": "a.png",
    "page": 1,
    "text": "1?",
    "guess": "12",
    "confidence": 0.5,
    "lines": [
        {
            "text": "1?",
            "digits": [
                {"label": "1", "confidence": 0.9, "accepted": True, "box": [5, 5, 15, 30]},
                {"label": "2", "confidence": 0.5, "accepted": False, "box": [18, 5, 30, 30]},
            ],
        }
    ],
    "read_at": "2026-01-01T00:00:00+00:00",
}
NESTED = json.loads("[" * 400 + "]" * 400)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.sampled_from(["\ud800", "\0", "a.png", "file:///", "0://x", "x" * 5000, 2**70, 1e308]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


def add(folder: Path, *lines: str) -> tuple[int, str, str]:
    """What `review add` says of a file of these lines."""
    path = folder / "r.jsonl"
    path.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    database = f"sqlite:///{folder}/desk.sqlite"
    result = CliRunner().invoke(app, ["review", "add", str(path), "--database", database])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a.png is."""
    folder = tmp_path_factory.mktemp("records")
    Image.new("L", (40, 40), 255).save(folder / "a.png")
    return folder


def changed(**fields: Any) -> str:
    return json.dumps(GOOD | fields)


def boxed(*box: Any) -> str:
    record = copy.deepcopy(GOOD)
    record["lines"][0]["digits"][0]["box"] = list(box)
    return json.dumps(record)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        pytest.param("[" * 50_000, "no line of a batch", id="deep"),
        pytest.param('{"a":' * 50_000, "no line of a batch", id="deep objects"),
        pytest.param(changed(more=NESTED), "no record", id="rather deep"),
        pytest.param(boxed(float("nan"), 0, 9, 9), "no line of a batch", id="NaN"),
        pytest.param(boxed(0, 0, 9, 9).replace("9", "1e999", 1), "no record", id="endless"),
        pytest.param(boxed(0, 0, 1e300, 9), "no record", id="far"),
        pytest.param(boxed(9, 0, 0, 9), "no record", id="inside out"),
        pytest.param(boxed(0, 0, 9), "no record", id="three sides"),
        pytest.param(boxed("0", 0, 9, 9), "no record", id="words"),
        pytest.param(boxed(0, 0, 90, 90), "not in this picture", id="outside"),
        pytest.param(changed(confidence=7), "no record", id="too sure"),
        pytest.param(changed(page=10**30), "no record", id="page"),
        pytest.param(changed(page=True), "no record", id="page yes"),
        pytest.param(changed(text="<b>"), "no record", id="text"),
        pytest.param(changed(guess="\0"), "no record", id="zero byte"),
        pytest.param(changed(file="\ud800"), "no record", id="half a character"),
        pytest.param(changed(lines=[3]), "no record", id="lines"),
        pytest.param("9" * 5_000, "no line of a batch", id="a long number"),
        pytest.param("\ufeff{}", "no line of a batch", id="mark"),
    ],
)
def test_damage_is_told_with_its_line(line: str, sentence: str, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        here = Path(name)
        (here / "a.png").write_bytes((folder / "a.png").read_bytes())
        line = line.replace('"a.png"', json.dumps(str(here / "a.png")))
        code, out, err = add(here, "{}", line)
    assert code == 1
    assert out.startswith("0 pages are new")
    _, told = err.splitlines()
    assert "r.jsonl, line 2: " in told
    assert sentence in told
    assert told.endswith((".", "?"))


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A good record with something in it put wrong."""
    record: Any = copy.deepcopy(GOOD)
    place, key = record, draw(st.sampled_from(sorted(GOOD)))
    while isinstance(place[key], dict | list) and place[key] and draw(st.booleans()):
        place = place[key]
        key = draw(st.sampled_from(range(len(place)) if isinstance(place, list) else sorted(place)))
    if draw(st.booleans()):
        place[key] = draw(JSON)
    else:
        del place[key]
    return json.dumps(record)


@settings(max_examples=300, deadline=None)
@given(damaged() | JSON.map(json.dumps) | st.text())
def test_a_record_is_plain_or_refused(line: str) -> None:
    try:
        record = parsed(line)
        checked(record)
    except (ValueError, InputError):
        return
    json.dumps(record, allow_nan=False).encode()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(damaged() | st.text(), max_size=12))
def test_no_file_is_a_traceback(folder: Path, lines: list[str]) -> None:
    code, out, _ = add(folder, *lines)
    assert code in (0, 1)
    assert "new on the desk" in out or code == 1
