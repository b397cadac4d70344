"""Names and numbers from outside: no formula in a table, no command to a terminal."""

from __future__ import annotations

import csv
import io
import unicodedata
from pathlib import Path

import pytest
from drawings import written
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from typer.testing import CliRunner

from digitocr.__main__ import app
from digitocr.output.record import failure
from digitocr.output.safe import FORMULA, TableWriter, told
from digitocr.pile.tables import write_table

CELLS = {
    "=1+1.png": "'=1+1.png",
    "+1.png": "'+1.png",
    "-1.png": "'-1.png",
    "@SUM(A1).png": "'@SUM(A1).png",
    "\t=1.png": "\\t=1.png",
    "\r=1.png": "\\r=1.png",
    "a\r=1.png": "a\\r=1.png",
    "\n=1.png": "'\n=1.png",
}


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        *CELLS.items(),
        ("scan=1.png", "scan=1.png"),
        ("-", "'-"),
        ("", ""),
        ("0123?", "0123?"),
        (-0.25, "-0.25"),
        (-3, "-3"),
        (None, ""),
        (True, "true"),
        (False, "false"),
    ],
)
def test_a_cell(value: object, cell: str) -> None:
    file = io.StringIO(newline="")
    assert TableWriter(file, ["file", "other"]).write([{"file": value, "other": "x"}]) == 1
    assert list(csv.reader(io.StringIO(file.getvalue(), newline="")))[1] == [cell, "x"]


@given(st.text(), st.text("0123456789?|"))
def test_no_cell_is_a_formula_and_no_number_changes(name: str, number: str) -> None:
    file = io.StringIO(newline="")
    TableWriter(file, ["file", "text"]).write([{"file": name, "text": number}])
    _, (first, second) = csv.reader(io.StringIO(file.getvalue(), newline=""))
    assert not first.startswith(FORMULA)
    assert first.removeprefix("'").replace("\n", "\\n") == told(name).removeprefix("'")
    assert second == number


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a\x1b[31mb.png", "a\\x1b[31mb.png"),
        ("a\nb\tc\r.png", "a\\nb\\tc\\r.png"),
        ("a\x07\x7f\x9b.png", "a\\x07\\x7f\\x9b.png"),
        ("gnp.\u202etxt", "gnp.\\u202etxt"),
        ("a\udcff.png", "a\\udcff.png"),
        ("Größe 3\u202fPM 数字 👩\u200d🏫.png", "Größe 3\u202fPM 数字 👩\u200d🏫.png"),
    ],
)
def test_what_a_terminal_is_told(name: str, shown: str) -> None:
    assert told(name) == shown


@given(st.text())
def test_nothing_that_is_told_commands_a_terminal(text: str) -> None:
    assert not {unicodedata.category(sign) for sign in told(text)} & {"Cc", "Cs", "Zl", "Zp"}


def test_read_prints_names_that_do_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = ["\x1b[2Ja.png", "=1+1.png"]
    for name in names:
        Image.fromarray(written("205")).save(name)
    read = ["read", "--one-wrong-in", "1", *names, "\x1b[2Jnone.png"]
    plain = CliRunner().invoke(app, read)
    assert plain.stdout == "\\x1b[2Ja.png\t205\n=1+1.png\t205\n"
    assert plain.stderr.startswith("\\x1b[2Jnone.png: There is no such file")
    table = CliRunner().invoke(app, [*read, "--format", "csv"]).stdout
    rows = list(csv.DictReader(io.StringIO(table)))
    assert {row["file"] for row in rows} == {"\\x1b[2Ja.png", "'=1+1.png", "\\x1b[2Jnone.png"}
    assert "".join(row["label"] for row in rows) == "205205"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_piles_table_holds_no_formula(tmp_path: Path, kind: str) -> None:
    records = [failure(name, 1, "=SUM(1)") for name in CELLS]
    out = tmp_path / f"r.{kind}"
    if kind == "csv":
        write_table(lambda: iter(records), out, {})
        with out.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert [row["file"] for row in rows] == list(CELLS.values())
        assert {row["error"] for row in rows} == {"'=SUM(1)"}
        return
    openpyxl = pytest.importorskip("openpyxl")
    write_table(lambda: iter(records), out, {})
    cells = [cell for row in openpyxl.load_workbook(out)["pages"].iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert "=1+1.png" in [cell.value for cell in cells]
