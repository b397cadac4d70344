"""The contract that the command line, the app and services share."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from drawings import paper, write, written

from digitocr import Reading, Settings, read
from digitocr.output.record import SCHEMA, ReadRecord, failure, record_of
from digitocr.output.rows import CSV, DIGITS, PAGES, csv_rows, page_row


@pytest.fixture(scope="module")
def two_lines() -> Reading:
    sheet = paper(400, 260)
    write(sheet, "205", top=40)
    write(sheet, "69", top=150)
    return read(sheet, Settings(one_wrong_in=1))


def record(reading: Reading, file: str = "a.png") -> ReadRecord:
    return record_of(reading, file, 1, "version")


def test_blank_page() -> None:
    answer = record(read(paper()))
    assert answer["ms"] >= 0
    assert datetime.fromisoformat(answer["read_at"]).tzinfo == UTC
    assert answer | {"ms": 0, "read_at": ""} == {
        **{"file": "a.png", "page": 1, "text": "", "guess": "", "confidence": 0.0},
        **{"accepted": False, "lines": [], "ms": 0, "read_at": "", "read_by": "version"},
        "schema": SCHEMA,
    }


def test_failure() -> None:
    answer = {**failure("a.tif", 3, "No.")}
    assert datetime.fromisoformat(str(answer.pop("read_at"))).tzinfo == UTC
    assert answer == {"file": "a.tif", "page": 3, "error": "No.", "schema": SCHEMA}


def test_keys_are_the_contract(two_lines: Reading) -> None:
    answer = record(two_lines)
    assert list(answer) == [
        *("file", "page", "text", "guess", "confidence", "accepted", "lines", "ms"),
        *("read_at", "read_by", "schema"),
    ]
    keys = ["text", "guess", "confidence", "accepted", "by_segments", "by_line", "quad", "digits"]
    assert [list(line) for line in answer["lines"]] == [keys] * 2
    for line in answer["lines"]:
        for digit in line["digits"]:
            assert list(digit) == ["label", "confidence", "accepted", "box", "alternatives"]
            assert len(digit["alternatives"]) == 9
            assert all(list(other) == ["label", "confidence"] for other in digit["alternatives"])


def test_values_are_the_readings(two_lines: Reading) -> None:
    answer = record(two_lines)
    assert answer["text"] == "205\n69"
    assert [line["text"] for line in answer["lines"]] == ["205", "69"]
    assert answer["confidence"] == pytest.approx(two_lines.confidence, abs=1e-4)
    for told, line in zip(answer["lines"], two_lines.lines, strict=True):
        assert told["confidence"] == pytest.approx(line.confidence, abs=1e-4)
        assert (told["by_segments"], told["by_line"]) == (line.by_segments, line.by_line)
    shown = [digit for line in answer["lines"] for digit in line["digits"]]
    for one, digit in zip(shown, two_lines.digits, strict=True):
        assert one["label"] == digit.label
        assert one["accepted"] is True
        assert one["box"] == [digit.box.left, digit.box.top, digit.box.right, digit.box.bottom]
        total = one["confidence"] + sum(other["confidence"] for other in one["alternatives"])
        assert total == pytest.approx(1, abs=1e-3)


def test_a_lines_quad_is_around_its_digits_from_its_upper_left_corner(two_lines: Reading) -> None:
    for told, line in zip(record(two_lines)["lines"], two_lines.lines, strict=True):
        quad = np.array(told["quad"])
        assert np.abs(quad - np.array(line.quad)).max() <= 0.05 + 1e-9
        boxes = np.array([digit.box for digit in line.digits])
        corners = boxes[:, [0, 2, 2, 0]], boxes[:, [1, 1, 3, 3]]
        around = [[corners[0].min(), corners[1].min()], [corners[0].max(), corners[1].max()]]
        assert np.abs(quad[[0, 2]] - around).max() <= 6  # this writing is level
        assert (quad[[1, 2], 0] > quad[[0, 3], 0]).all()
        assert (quad[[3, 2], 1] > quad[[0, 1], 1]).all()


def test_the_answer_is_plain_json(two_lines: Reading) -> None:
    answer = record(two_lines, "é.png")
    assert json.loads(json.dumps(answer, allow_nan=False)) == answer


def test_doubt_is_in_the_text_not_in_the_label() -> None:
    reading = read(written("25"), Settings(one_wrong_in=1_000_000))
    answer = record(reading)
    for text, digit in zip(answer["text"], answer["lines"][0]["digits"], strict=True):
        assert text == (digit["label"] if digit["accepted"] else "?")
    assert [digit["label"] for digit in answer["lines"][0]["digits"]] == ["2", "5"]


def test_a_note_is_told_where_there_is_one() -> None:
    reading = read(written("25"), Settings(length=3))
    (line,) = record(reading)["lines"]
    assert line["note"] == reading.lines[0].note
    assert line["note"].endswith(".")


def test_a_line_without_digits_is_no_line(two_lines: Reading) -> None:
    first, second = two_lines.lines
    empty = replace(first, digits=())
    fewer = replace(two_lines, lines=(empty, second, empty))
    assert [line["text"] for line in record(fewer)["lines"]] == ["69"]
    assert record(fewer)["text"] == fewer.text == fewer.guess == "69"
    assert [row["line"] for row in csv_rows(record(fewer))] == [1, 1]
    assert fewer.confidence == second.confidence


def test_csv_rows(two_lines: Reading) -> None:
    rows = csv_rows(record(two_lines))
    assert [(row["line"], row["position"], row["label"]) for row in rows] == [
        (1, 1, "2"),
        (1, 2, "0"),
        (1, 3, "5"),
        (2, 1, "6"),
        (2, 2, "9"),
    ]
    assert all(row.keys() <= set(CSV) for row in rows)
    assert {row["accepted"] for row in rows} == {True}
    assert (rows[0]["left"], rows[0]["bottom"]) == (
        two_lines.digits[0].box.left,
        two_lines.digits[0].box.bottom,
    )


def test_csv_of_a_page_without_digits_names_it_alone() -> None:
    blank = record(read(np.full((9, 9), 255, np.uint8)))
    assert csv_rows(blank) == [{"file": "a.png", "page": 1}]
    bad = csv_rows(failure("a.png", 2, "No."))
    assert bad == [{"file": "a.png", "page": 2, "error": "No."}]


@pytest.mark.parametrize("doubted", [(), (1,), (4,), (0, 1, 2, 3, 4)])
def test_accepted_means_the_same_of_digit_line_and_page(
    two_lines: Reading, doubted: tuple[int, ...]
) -> None:
    numbers = iter(range(5))
    lines = [
        replace(
            line,
            digits=tuple(
                replace(one, accepted=next(numbers) not in doubted) for one in line.digits
            ),
        )
        for line in two_lines.lines
    ]
    reading = replace(two_lines, lines=tuple(lines))
    answer = record(reading)
    rows = csv_rows(answer)
    assert [row["accepted"] for row in rows] == [i not in doubted for i in range(5)]
    for line, told in zip(lines, answer["lines"], strict=True):
        assert told["accepted"] == line.accepted == ("?" not in told["text"])
        assert told["accepted"] == all(digit["accepted"] for digit in told["digits"])
    assert answer["accepted"] == reading.accepted == all(one["accepted"] for one in answer["lines"])
    assert page_row(answer)["accepted"] == answer["accepted"] == (not doubted)


def test_what_has_no_digit_is_not_accepted(two_lines: Reading) -> None:
    empty = replace(two_lines.lines[0], digits=())
    assert not empty.accepted
    nothing = replace(two_lines, lines=(empty,))
    assert not nothing.accepted
    assert record(nothing)["accepted"] is False


def test_tables_have_every_single_value_of_the_record(two_lines: Reading) -> None:
    line: dict[str, Any] = {**record(two_lines)["lines"][0]}
    of_page = [name for name, value in record(two_lines).items() if not isinstance(value, list)]
    of_line = [name for name, value in line.items() if isinstance(value, str)]
    assert set(PAGES) == {*of_page, *of_line, "note", "doubt", "error"}
    of_digit = [name for name, value in line["digits"][0].items() if not isinstance(value, list)]
    sides = ["left", "top", "right", "bottom"]
    assert list(DIGITS) == ["file", "page", "line", "position", *of_digit, *sides]
