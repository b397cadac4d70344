"""The contract that the command line, the app and services share."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from drawings import paper, write, written

from digitocr import Reading, Settings, read
from digitocr.output.record import CSV_COLUMNS, as_dict, csv_rows, error_dict


@pytest.fixture(scope="module")
def two_lines() -> Reading:
    sheet = paper(400, 260)
    write(sheet, "205", top=40)
    write(sheet, "69", top=150)
    return read(sheet, Settings(one_wrong_in=1))


def test_blank_page() -> None:
    answer = as_dict("a.png", read(paper()))
    assert answer.pop("ms") >= 0
    assert answer == {"file": "a.png", "text": "", "confidence": 0.0, "lines": []}


def test_error() -> None:
    assert error_dict("a.png", "No.") == {"file": "a.png", "error": "No."}


def test_keys_are_the_contract(two_lines: Reading) -> None:
    answer = as_dict("a.png", two_lines)
    assert list(answer) == ["file", "text", "confidence", "lines", "ms"]
    keys = ["text", "confidence", "by_segments", "by_line", "digits"]
    assert [list(line) for line in answer["lines"]] == [keys] * 2
    for line in answer["lines"]:
        for digit in line["digits"]:
            assert list(digit) == ["label", "confidence", "accepted", "box", "alternatives"]
            assert len(digit["alternatives"]) == 9
            assert all(list(other) == ["label", "confidence"] for other in digit["alternatives"])


def test_values_are_the_readings(two_lines: Reading) -> None:
    answer = as_dict("a.png", two_lines)
    assert answer["text"] == "205\n69"
    assert [line["text"] for line in answer["lines"]] == ["205", "69"]
    assert answer["confidence"] == pytest.approx(two_lines.confidence, abs=1e-4)
    for one, line in zip(answer["lines"], two_lines.lines, strict=True):
        assert one["confidence"] == pytest.approx(line.confidence, abs=1e-4)
        assert (one["by_segments"], one["by_line"]) == (line.by_segments, line.by_line)
    shown = [digit for line in answer["lines"] for digit in line["digits"]]
    for one, digit in zip(shown, two_lines.digits, strict=True):
        assert one["label"] == digit.label
        assert one["accepted"] is True
        assert one["box"] == [digit.box.left, digit.box.top, digit.box.right, digit.box.bottom]
        total = one["confidence"] + sum(other["confidence"] for other in one["alternatives"])
        assert total == pytest.approx(1, abs=1e-3)


def test_the_answer_is_plain_json(two_lines: Reading) -> None:
    answer = as_dict("é.png", two_lines)
    assert json.loads(json.dumps(answer, allow_nan=False)) == answer


def test_doubt_is_in_the_text_not_in_the_label() -> None:
    reading = read(written("25"), Settings(one_wrong_in=1_000_000))
    answer = as_dict("a.png", reading)
    for text, digit in zip(answer["text"], answer["lines"][0]["digits"], strict=True):
        assert text == (digit["label"] if digit["accepted"] else "?")
    assert [digit["label"] for digit in answer["lines"][0]["digits"]] == ["2", "5"]


def test_a_note_is_told_where_there_is_one() -> None:
    reading = read(written("25"), Settings(length=3))
    (line,) = as_dict("a.png", reading)["lines"]
    assert line["note"] == reading.lines[0].note
    assert line["note"].endswith(".")


def test_a_line_without_digits_is_no_line(two_lines: Reading) -> None:
    first, second = two_lines.lines
    empty = replace(first, digits=())
    fewer = replace(two_lines, lines=(empty, second, empty))
    assert [line["text"] for line in as_dict("a.png", fewer)["lines"]] == ["69"]
    assert as_dict("a.png", fewer)["text"] == fewer.text == fewer.guess == "69"
    assert [row["line"] for row in csv_rows("a.png", fewer)] == [1, 1]
    assert fewer.confidence == second.confidence


def test_csv_rows(two_lines: Reading) -> None:
    rows = csv_rows("a.png", two_lines)
    assert [(row["line"], row["position"], row["label"]) for row in rows] == [
        (1, 1, "2"),
        (1, 2, "0"),
        (1, 3, "5"),
        (2, 1, "6"),
        (2, 2, "9"),
    ]
    assert all(row.keys() <= set(CSV_COLUMNS) for row in rows)
    assert {row["accepted"] for row in rows} == {"true"}
    assert (rows[0]["left"], rows[0]["bottom"]) == (
        two_lines.digits[0].box.left,
        two_lines.digits[0].box.bottom,
    )


def test_csv_of_a_blank_page_names_the_file() -> None:
    assert csv_rows("a.png", read(np.full((9, 9), 255, np.uint8))) == [{"file": "a.png"}]
