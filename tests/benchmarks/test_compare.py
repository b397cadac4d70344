"""The table that sets digitocr beside other readers, from readers that only pretend."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import compare
from benchmarks.compare import Answer, Quad, Row, answer, figures, in_lines, markdown, work


def box(left: float, top: float, right: float, bottom: float) -> Quad:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def answered(text: str, ms: float, accepted: bool | None = None, error: str = "") -> Answer:
    return {"text": text, "accepted": accepted, "ms": ms, "error": error}


# Boxes


@pytest.mark.parametrize(
    ("boxes", "text"),
    [
        pytest.param([], "", id="none"),
        pytest.param([(box(0, 0, 50, 20), "1 2.5")], "125", id="digits alone count"),
        pytest.param(
            [(box(60, 4, 90, 24), "34"), (box(0, 0, 50, 20), "12")], "1234", id="side by side"
        ),
        pytest.param(
            [(box(0, 30, 50, 50), "34"), (box(60, 0, 90, 20), "12")], "12\n34", id="two lines"
        ),
        pytest.param(
            [(box(0, 0, 50, 20), "1"), (box(60, 9, 90, 29), "2")], "12", id="less than half"
        ),
        pytest.param(
            [(box(0, 0, 50, 20), "1"), (box(60, 10, 90, 30), "2")], "1\n2", id="half a box"
        ),
        pytest.param(
            [(box(0, 0, 50, 40), "1"), (box(60, 30, 70, 40), "2")], "12", id="a small one beside"
        ),
        pytest.param(
            [(box(0, 0, 50, 20), "No."), (box(0, 40, 50, 60), "7")], "7", id="a line of letters"
        ),
        pytest.param(
            [([(0, 30), (98, 0), (104, 20), (6, 50)], "12"), (box(0, 60, 90, 80), "3")],
            "12\n3",
            id="tilted",
        ),
    ],
)
def test_boxes_in_lines(boxes: list[tuple[Quad, str]], text: str) -> None:
    assert in_lines(boxes) == in_lines(reversed(boxes)) == text


# Rows


def test_figures() -> None:
    answers = [
        answered("205", 10, True),
        answered("68", 30, True),
        answered("12\n34", 20, False),
        answered("", 40, error="OSError: no"),
    ]
    assert figures(answers, ["205", "69", "12\n34", "71"]) == {
        "pictures": 4,
        "exact match": 0.5,
        "CER": 3 / 12,
        "failed": 1,
        "median ms": 25,
        "without doubt": 0.5,
        "wrong of these": 0.5,
    }


def test_a_reader_that_knows_no_doubt() -> None:
    row = figures([answered("7", 10)], ["7"])
    assert row["exact match"] == 1
    assert not {"without doubt", "wrong of these"} & row.keys()


def test_a_failed_picture_is_wrong_even_without_writing() -> None:
    assert figures([answered("", 10, error="OSError: no")], [""])["exact match"] == 0


def test_a_failure_becomes_an_answer() -> None:
    def read(path: Path) -> tuple[str, None]:
        if path.name == "bad.png":
            raise RuntimeError("no")
        return path.stem, None

    good, bad = answer(read, "205.png"), answer(read, "bad.png")
    assert (good["text"], good["error"]) == ("205", "")
    assert (bad["text"], bad["error"]) == ("", "RuntimeError: no")
    assert good["ms"] >= 0


# Choice and table


def pretend(monkeypatch: pytest.MonkeyPatch, texts: dict[str, tuple[str, float]]) -> None:
    """Let each setting answer every picture with a text in so many ms."""

    def run(reader: str, setting: str, paths: list[Path], truths: list[str]) -> Row:
        if setting not in texts:
            return {"reader": reader, "version": compare.NO_PACKAGE}
        text, ms = texts[setting]
        row = figures([answered(text, ms) for _ in paths], truths)
        return {"reader": setting, "version": "1"} | row

    monkeypatch.setattr(compare, "run", run)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "labels.csv").write_text("file,label\na.png,205\n", "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("six", "seven", "best"),
    [
        pytest.param(("205", 9), ("206", 1), "psm 6", id="more exact"),
        pytest.param(("111", 1), ("206", 9), "psm 7", id="fewer wrong characters"),
        pytest.param(("205", 9), ("205", 1), "psm 7", id="faster"),
    ],
)
def test_the_better_setting_is_taken(
    six: tuple[str, float],
    seven: tuple[str, float],
    best: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pretend(monkeypatch, {"best guesses": ("205", 2), "psm 6": six, "psm 7": seven})
    own, *peers = compare.compare(folder, ["tesseract"])
    assert own["times digitocr's"] == 1
    assert peers[0]["reader"] == best
    assert {peer["reader"] for peer in peers} == {"psm 6", "psm 7"}
    assert all(peer["times digitocr's"] == peer["median ms"] / 2 for peer in peers)


def test_a_missing_peer_has_a_row_and_stops_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(monkeypatch, {"best guesses": ("205", 2), "psm 6": ("20", 4)})
    rows = compare.compare(folder, ["rapidocr", "tesseract"])
    assert [row["reader"] for row in rows] == ["best guesses", "rapidocr", "psm 6"]
    assert rows[1]["version"] == "not installed: pip install 'digitocr[peers]'"


def test_markdown() -> None:
    row = figures([answered("205", 12.34, True)], ["205"]) | {"reader": "digitocr"}
    head, rule, full, missing = markdown([row, {"reader": "X", "version": "none"}]).splitlines()
    assert head.startswith("| reader | version | pictures | exact match | CER |")
    assert full == "| digitocr |  | 1 | 100.0% | 0.00% | 0 | 12.3 |  |  |  | 100.0% | 0.0% |"
    assert missing.startswith("| X | none |  |")
    assert len({line.count("|") for line in (head, rule, full, missing)}) == 1


# Processes


def test_a_reader_without_its_package_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    monkeypatch.setattr("sys.stdin", io.StringIO('["rapidocr", "recognition only", ["a.png"]]'))
    with pytest.raises(SystemExit, match=r"digitocr\[peers\]"):
        work()


def test_a_process_that_ends_badly_has_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compare, "WORKER", "raise SystemExit('no luck')")
    row = compare.run("tesseract", "psm 6", [Path("a.png")], ["1"])
    assert row == {"reader": "Tesseract", "version": "no luck"}


def test_the_parent_is_light() -> None:
    """A peer's process imports this module: what it imports would count as the peer's memory."""
    code = "import sys, benchmarks.compare; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    loaded = subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=compare.ROOT
    ).stdout.split()
    assert not {"digitocr", "numpy", "cv2", "PIL"} & set(loaded)


def test_our_samples(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sample = compare.ROOT / "sample_images" / "ballpoint.jpg"
    (tmp_path / sample.name).write_bytes(sample.read_bytes())
    (tmp_path / "labels.csv").write_text(f"file,label\n{sample.name},20745\nno.png,1\n", "utf-8")
    report = tmp_path / "report.json"
    compare.main([str(tmp_path), "--peers", "", "--json", str(report)])
    assert "| digitocr, best guesses |" in capsys.readouterr().out
    rows: list[dict[str, Any]] = json.loads(report.read_text("utf-8"))[str(tmp_path)]
    (row,) = rows
    assert (row["pictures"], row["failed"], row["exact match"]) == (2, 1, 0.5)
    assert row["answers"][0]["text"] == "20745"
    assert row["model, MB"] > 0.5
    assert 20 < row["peak memory, MB"] < 1000


def test_unknown_peer(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        compare.main(["folder", "--peers", "abbyy"])
    assert "rapidocr" in capsys.readouterr().err
