"""`review add` of whatever a file may hold: the record is kept, or its line is told."""

from __future__ import annotations

import copy
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from doubts import save_doubtful
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from typer.testing import CliRunner

from digitocr import InputError
from digitocr.__main__ import app

pytest.importorskip("sqlalchemy")
pytest.importorskip("alembic")

from digitocr.output.record import SCHEMA
from digitocr.review.incoming import checked, parsed

DIGITS = [
    {"label": label, "confidence": 0.5, "accepted": accepted, "box": box, "alternatives": others}
    for label, accepted, box, others in (
        ("1", True, [5, 5, 15, 30], [{"label": "7", "confidence": 0.1}]),
        ("2", False, [18, 5, 30, 30], []),
    )
]
NUMBER = {"text": "1?", "guess": "12", "confidence": 0.5, "accepted": False}
READ: dict[str, Any] = {"by_segments": "12", "by_line": "17", "doubt": "The two readers differ."}
READ |= {"quad": [[4.2, -1.5], [31.0, 5], [28.6, 31.2], [3, 24.8]]}
GOOD: dict[str, Any] = {"file": "a.png", "page": 1} | NUMBER
GOOD |= {"lines": [NUMBER | READ | {"digits": DIGITS}], "ms": 12.5, "schema": SCHEMA}
GOOD |= {"left_out": [{"reason": "A crease.", "box": [0, 0, 4, 40]}]}
GOOD |= {"read_at": "2026-01-01T00:00:00+00:00", "read_by": "digitocr 1.2 nets"}
SINCE = {"schema", "accepted"}  # what the records from before they had a version lack, and
SINCE_OF_READ = SINCE | {"page", "guess", "read_at", "read_by"}  # those of `digitocr read`
SAMPLES = Path(__file__).parents[2] / "sample_images"
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


def cornered(*corners: Any) -> str:
    record = copy.deepcopy(GOOD)
    record["lines"][0]["quad"] = list(corners)
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
        pytest.param(cornered([0, 0], [9, 0], [9, 9]), "no record", id="three corners"),
        pytest.param(cornered([0, 0], [9, 0], [9, 9], [0]), "no record", id="half a corner"),
        pytest.param(cornered([0, 0], [9, 0], [9, 9], [0, 1e30]), "no record", id="far corner"),
        pytest.param(changed(confidence=7), "no record", id="too sure"),
        pytest.param(changed(accepted=True), "no record", id="accepted, and in doubt"),
        pytest.param(changed(page=10**30), "no record", id="page"),
        pytest.param(changed(page=True), "no record", id="page yes"),
        pytest.param(changed(text="<b>"), "no record", id="text"),
        pytest.param(changed(guess="\0"), "no record", id="zero byte"),
        pytest.param(changed(file="\ud800"), "no record", id="half a character"),
        pytest.param(changed(lines=[3]), "no record", id="lines"),
        pytest.param(changed(accepted="true"), "no record", id="accepted in words"),
        pytest.param(changed(ms=-1), "no record", id="before it began"),
        pytest.param(changed(left_out=[{"box": [0, 0, 1, 1]}]), "no record", id="no reason"),
        pytest.param(changed(schema=0), "no record", id="version nought"),
        pytest.param(changed(schema="1"), "no record", id="version in words"),
        pytest.param(
            changed(schema=SCHEMA + 1),
            f"version {SCHEMA + 1}, which a newer digitocr writes: install that",
            id="newer",
        ),
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


def without(record: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """A record as it was before it had these keys, its lines likewise."""
    lines = [
        {key: one[key] for key in one if key not in names | {"guess"}} for one in GOOD["lines"]
    ]
    return {key: value for key, value in record.items() if key not in names} | {"lines": lines}


def test_a_record_of_today_is_taken_as_it_is() -> None:
    assert checked(GOOD) == GOOD
    for name in [one for one in GOOD if one not in ("left_out", "schema")]:
        with pytest.raises(ValueError, match="no record"):
            checked({key: value for key, value in GOOD.items() if key != name})


def test_a_record_from_before_quads_is_taken() -> None:
    record = copy.deepcopy(GOOD)
    del record["lines"][0]["quad"]
    assert checked(record) == record


@pytest.mark.parametrize(
    ("names", "lost"),
    [(SINCE, {}), (SINCE_OF_READ, {"read_at": "", "read_by": ""})],
    ids=["a batch's", "of digitocr read"],
)
def test_a_record_without_a_version_gets_what_it_lacks(
    names: set[str], lost: dict[str, Any]
) -> None:
    assert checked(without(GOOD, names)) == GOOD | lost


def test_a_record_without_a_version_is_told_by_its_digits_whether_it_is_accepted() -> None:
    old = copy.deepcopy(without(GOOD, SINCE))
    old["lines"][0]["digits"][1]["accepted"] = True
    assert checked(old)["accepted"]
    old["lines"] = []
    assert not checked(old)["accepted"]


def test_what_digitocr_read_prints_feeds_the_desk(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = [str(save_doubtful(tmp_path / "doubtful.png")), str(SAMPLES / "pencil.jpg"), "none.png"]
    printed = CliRunner().invoke(app, ["read", "--format", "jsonl", *files])
    assert printed.exit_code == 1
    assert json.loads(printed.stdout.splitlines()[0])["accepted"] is False
    code, out, err = add(tmp_path, *printed.stdout.splitlines())
    assert (code, out) == (1, "2 pages are new on the desk; 1 are left to settle.\n")
    assert err == "none.png: There is no such file: check its name and folder.\n"
    versionless = []
    for line in printed.stdout.splitlines():
        record = json.loads(line)
        del record["schema"], record["page"]
        for key in ("guess", "accepted", "read_at", "read_by"):
            record.pop(key, None)
        for one in record.get("lines", []):
            del one["guess"], one["accepted"]
        versionless.append(json.dumps(record))
    code, out, _ = add(tmp_path, *versionless)  # the very same pages
    assert (code, out) == (1, "0 pages are new on the desk; 1 are left to settle.\n")


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
