"""The figures that judge the reader, and the stage that is blamed for a wrong answer."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from drawings import paper, write, written
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from digitocr import InputError, Reading, Settings, read
from digitocr.blame import blame
from digitocr.evaluate import Case, edit_distance, evaluate, labelled, summary

TEXTS = st.text("0123\n", max_size=7)


def slow_distance(one: str, other: str) -> int:
    """Straight from the definition."""

    @cache
    def between(i: int, j: int) -> int:
        if i == 0 or j == 0:
            return i + j
        return min(
            between(i - 1, j) + 1,
            between(i, j - 1) + 1,
            between(i - 1, j - 1) + (one[i - 1] != other[j - 1]),
        )

    return between(len(one), len(other))


@pytest.mark.parametrize(
    ("one", "other", "edits"),
    [
        ("", "", 0),
        ("", "123", 3),
        ("123", "", 3),
        ("123", "123", 0),
        ("123", "124", 1),
        ("123", "13", 1),
        ("123", "1123", 1),
        ("1234", "2341", 2),
        ("12\n34", "1234", 1),
    ],
)
def test_edit_distance(one: str, other: str, edits: int) -> None:
    assert edit_distance(one, other) == edits


@given(TEXTS, TEXTS)
def test_edit_distance_is_that_of_the_definition(one: str, other: str) -> None:
    assert edit_distance(one, other) == slow_distance(one, other) == edit_distance(other, one)


def table(folder: Path, text: str) -> Path:
    (folder / "labels.csv").write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize(
    ("text", "truths"),
    [
        pytest.param("file,label\na.png,205\n", ["205"], id="digits"),
        pytest.param("file,label\na.png,205|69\n", ["205\n69"], id="two lines"),
        pytest.param('file,label\na.png,"1,250.00 €"\n', ["125000"], id="marks are passed over"),
        pytest.param("file,label\na.png,\n", [""], id="no writing"),
        pytest.param("label,pen,file\n7,ink,a.png\n", ["7"], id="more columns, another order"),
        pytest.param("file,label\nb.png,2\na.png,1\n", ["2", "1"], id="the table's order"),
    ],
)
def test_labels(text: str, truths: list[str], tmp_path: Path) -> None:
    rows = labelled(table(tmp_path, text))
    assert [truth for _, truth in rows] == truths
    assert all(path.parent == tmp_path for path, _ in rows)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("file,label\n", id="no rows"),
        pytest.param("name,number\na.png,1\n", id="other columns"),
        pytest.param("file,label\na.png\n", id="a row without a label"),
    ],
)
def test_tables_that_say_nothing_are_refused_in_a_sentence(text: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"labels\.csv needs .*\.$"):
        labelled(table(tmp_path, text))


def test_folder_without_a_table(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"labels\.csv.*\.$"):
        labelled(tmp_path)


def test_table_with_a_byte_order_mark(tmp_path: Path) -> None:
    assert labelled(table(tmp_path, "\ufefffile,label\na.png,3\n"))[0][1] == "3"


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    folder = tmp_path_factory.mktemp("pictures")
    for text in ("205", "69"):
        Image.fromarray(written(text)).save(folder / f"{text}.png")
    Image.fromarray(paper()).save(folder / "blank.png")
    (folder / "bad.png").write_text("no picture")
    truths = {"205.png": "205", "69.png": "68", "blank.png": "", "bad.png": "12", "no.png": "3"}
    return list(evaluate([(folder / name, truth) for name, truth in truths.items()], Settings()))


def test_cases(cases: list[Case]) -> None:
    right, wrong, blank, bad, missing = cases
    assert (right.guess, right.edits, right.blamed, right.is_exact) == ("205", 0, None, True)
    assert (wrong.guess, wrong.edits, wrong.is_exact) == ("69", 1, False)
    assert wrong.blamed == "classifier"
    assert blank.is_exact
    assert not blank.is_accepted
    for case, edits in ((bad, 2), (missing, 1)):
        assert case.reading is None
        assert (case.edits, case.is_exact, case.is_accepted) == (edits, False, False)
        assert case.error.endswith(".")


def test_summary(cases: list[Case]) -> None:
    text = summary(cases)
    assert "pictures              5" in text
    assert "exact match           2 (40.0%)" in text
    assert f"character error rate  {4 / 8:.2%}" in text
    assert "unreadable files      2" in text
    assert "classifier" in text


def test_summary_of_nothing_wrong(cases: list[Case]) -> None:
    text = summary(cases[:1])
    assert "exact match           1 (100.0%)" in text
    assert "blame" not in text


def test_summary_of_no_pictures() -> None:
    assert "pictures              0" in summary([])


def test_doubt_does_not_count_as_wrong(tmp_path: Path) -> None:
    Image.fromarray(written("205")).save(tmp_path / "a.png")
    case = next(evaluate([(tmp_path / "a.png", "205")], Settings(reject_below=1)))
    assert case.is_exact
    assert case.guess == "205"


# Blame


def reading_of(*lines: str) -> Reading:
    sheet = paper(500, 60 + 100 * len(lines))
    for number, text in enumerate(lines):
        write(sheet, text, top=40 + 100 * number)
    return read(sheet)


def test_no_ink_is_blamed_on_binarization() -> None:
    assert blame(read(paper()), ["205"]) == "binarization"


def test_flood_of_ink_is_blamed_on_binarization() -> None:
    reading = reading_of("205")
    flooded = replace(reading.binarization, ink=np.ones_like(reading.binarization.ink))
    assert blame(replace(reading, binarization=flooded), ["205"]) == "binarization"


@pytest.mark.parametrize(
    ("lines", "truth", "stage"),
    [
        pytest.param(["205"], ["20", "5"], "text lines", id="too few lines"),
        pytest.param(["205", "69"], ["20569"], "text lines", id="too many lines"),
        pytest.param(["205"], ["20"], "segmentation", id="too short a truth"),
        pytest.param(["205"], ["20555555555555"], "segmentation", id="too long a truth"),
        pytest.param(["205"], ["206"], "classifier", id="another digit"),
        pytest.param(["205"], ["205"], "lattice", id="the truth could be spelled"),
        pytest.param(["205", "69"], ["205", "68"], "classifier", id="in the second line"),
    ],
)
def test_blame(lines: list[str], truth: list[str], stage: str) -> None:
    assert blame(reading_of(*lines), truth) == stage
