"""`digitocr read` and `digitocr evaluate`: answers on stdout, sentences on stderr, exit codes."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from drawings import paper, write, written
from PIL import Image
from typer.testing import CliRunner

from digitocr.__main__ import app
from digitocr.output.record import SCHEMA
from digitocr.output.rows import CSV

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Pictures of 205 and 69, a blank page, two lines, and a text that is called .png."""
    for text in ("205", "69"):
        Image.fromarray(written(text)).save(tmp_path / f"{text}.png")
    Image.fromarray(paper()).save(tmp_path / "blank.png")
    sheet = paper(400, 260)
    write(sheet, "205", top=40)
    write(sheet, "69", top=150)
    Image.fromarray(sheet).save(tmp_path / "lines.png")
    (tmp_path / "bad.png").write_text("no picture")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, data: bytes | None = None) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments), input=data)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def read(*arguments: str, data: bytes | None = None) -> tuple[int, str, str]:
    """`digitocr read` where no digit is in doubt."""
    return run("read", "--one-wrong-in", "1", *arguments, data=data)


@pytest.mark.usefixtures("folder")
class TestRead:
    def test_one_file(self) -> None:
        assert read("205.png") == (0, "205\n", "")

    def test_a_plain_number_needs_no_options(self) -> None:
        assert run("read", "205.png") == (0, "205\n", "")

    def test_blank_page_is_an_empty_line(self) -> None:
        assert read("blank.png") == (0, "\n", "")

    def test_lines_of_writing_are_lines(self) -> None:
        assert read("lines.png") == (0, "205\n69\n", "")

    def test_several_files_in_the_order_given(self) -> None:
        code, out, err = read("69.png", "205.png", "69.png")
        assert (code, err) == (0, "")
        assert out == "69.png\t69\n205.png\t205\n69.png\t69\n"

    def test_bad_file_among_good_ones(self) -> None:
        code, out, err = read("205.png", "bad.png", "nothing.png", "69.png")
        assert code == 1
        assert out == "205.png\t205\n69.png\t69\n"
        first, second = err.splitlines()
        assert first.startswith("bad.png: This is not a picture")
        assert second == "nothing.png: There is no such file: check its name and folder."

    def test_single_bad_file_prints_nothing(self) -> None:
        code, out, err = read("bad.png")
        assert (code, out) == (1, "")
        assert err.endswith(".\n")

    def test_stdin(self, folder: Path) -> None:
        data = (folder / "205.png").read_bytes()
        assert read("-", data=data) == (0, "205\n", "")

    def test_json(self) -> None:
        code, out, _ = read("--format", "json", "205.png", "bad.png")
        good, bad = json.loads(out)
        assert code == 1
        documented = ["file", "text", "confidence", "lines", "ms"]
        assert [key for key in good if key in documented] == documented
        assert (good["page"], good["guess"], good["accepted"]) == (1, "205", True)
        assert (good["file"], good["text"]) == ("205.png", "205")
        assert list(bad) == ["file", "page", "error", "read_at", "schema"]
        assert good["schema"] == bad["schema"] == SCHEMA

    def test_json_of_one_file_is_a_list_too(self) -> None:
        assert len(json.loads(read("--format", "json", "205.png")[1])) == 1

    def test_jsonl(self) -> None:
        code, out, _ = read("--format", "jsonl", "205.png", "bad.png", "blank.png")
        records = [json.loads(line) for line in out.splitlines()]
        assert code == 1
        assert [record["file"] for record in records] == ["205.png", "bad.png", "blank.png"]
        assert records[1]["error"].startswith("This is not a picture")
        assert records[2]["lines"] == []

    def test_csv(self) -> None:
        code, out, _ = read("--format", "csv", "lines.png", "bad.png", "blank.png")
        rows = list(csv.DictReader(io.StringIO(out)))
        assert code == 1
        assert list(rows[0]) == [name for name in CSV if name != "page"]
        assert {row["accepted"] for row in rows} == {"true", ""}
        assert "".join(row["label"] for row in rows) == "20569"
        assert [row["file"] for row in rows] == ["lines.png"] * 5 + ["bad.png", "blank.png"]
        assert rows[5]["error"].endswith(".")
        assert rows[6]["error"] == rows[6]["label"] == ""

    def test_doubt(self) -> None:
        strict = ("read", "--one-wrong-in", "1000000", "205.png")
        shown = json.loads(run(*strict, "--format", "json")[1])[0]
        (line,) = shown["lines"]
        assert [digit["label"] for digit in line["digits"]] == ["2", "0", "5"]
        # Rounded for people, a confidence may look as good as what was asked.
        assert "?" in line["text"] or line["confidence"] >= 0.999_9
        signs = zip(line["text"], line["digits"], strict=True)
        assert all((sign != "?") == digit["accepted"] for sign, digit in signs)
        assert run(*strict)[1].strip() == line["text"]

    @pytest.mark.parametrize(
        ("options", "note"),
        [
            ("--length 3", ""),
            ("--pattern 2#-5", ""),
            ("--length 4", "4 digits were expected, 3 are written."),
            ("--pattern 2#-##", "4 digits were expected, 3 are written."),
            ("--check iban --country NO", "13 digits were expected, 3 are written."),
        ],
    )
    def test_what_is_known_of_the_number(self, options: str, note: str) -> None:
        (shown,) = json.loads(read("--format", "json", *options.split(), "205.png")[1])
        assert shown["text"] == "205"
        assert shown["lines"][0].get("note", "") == note

    def test_settings_reach_the_reader(self) -> None:
        options = "--threshold adaptive --blur 0.5 --window 51 --polarity dark --max-skew 0"
        assert read(*options.split(), "--no-split", "205.png")[1] == "205\n"
        assert read("--polarity", "light", "205.png")[1] != "205\n"
        assert read("--threshold", "manual", "--level", "100", "205.png")[1] == "205\n"
        assert read("--threshold", "manual", "--level", "1", "205.png")[1] == "\n"

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            pytest.param([], "Missing argument", id="no file"),
            pytest.param(["--format", "xml", "205.png"], "xml", id="format"),
            pytest.param(["--threshold", "best", "205.png"], "best", id="threshold"),
            pytest.param(["--level", "255", "205.png"], "level", id="level"),
            pytest.param(["--blur", "99", "205.png"], "blur", id="blur"),
            pytest.param(["--blur", "soft", "205.png"], "--blur", id="no number"),
            pytest.param(["--one-wrong-in", "0", "205.png"], "one-wrong-in", id="none right"),
            pytest.param(["--one-wrong-in", "0.5", "205.png"], "one-wrong-in", id="a share"),
            pytest.param(["--length", "65", "205.png"], "length", id="length"),
            pytest.param(["--pattern", "-", "205.png"], "pattern", id="pattern"),
            pytest.param(["--check", "sum", "205.png"], "sum", id="check"),
            pytest.param(["--check", "iban", "205.png"], "country", id="no country"),
            pytest.param(["--country", "DE", "205.png"], "country", id="country alone"),
            pytest.param(
                ["--length", "3", "--pattern", "##", "205.png"], "pattern", id="contradiction"
            ),
            pytest.param(["--max-skew", "90", "205.png"], "skew", id="skew"),
            pytest.param(["--colour", "205.png"], "colour", id="no such option"),
        ],
    )
    def test_usage_errors(self, arguments: list[str], sentence: str) -> None:
        code, out, err = read(*arguments)
        assert (code, out) == (2, "")
        assert sentence in err

    def test_missing_model(self) -> None:
        code, out, err = read("--model", "nothing.keras", "205.png")
        assert (code, out) == (1, "")
        assert "no model" in err

    def test_stages(self, folder: Path) -> None:
        code, out, err = read("--stages", "seen", "205.png", "blank.png")
        assert (code, err) == (0, "")
        assert out == "205.png\t205\nblank.png\t\n"
        pictures = sorted((folder / "seen" / "205").iterdir())
        assert len(pictures) >= 5
        for picture in pictures:
            with Image.open(picture) as image:
                assert min(image.size) > 1
        assert list((folder / "seen" / "blank").iterdir())

    def test_stages_of_files_with_one_name_do_not_overwrite_each_other(self, folder: Path) -> None:
        (folder / "other").mkdir()
        Image.fromarray(written("69")).save(folder / "other" / "205.png")
        assert read("--stages", "seen", "205.png", "other/205.png")[0] == 0
        assert len(list((folder / "seen").iterdir())) == 2

    def test_stages_that_cannot_be_saved(self, folder: Path) -> None:
        code, _, err = read("--stages", "bad.png", "205.png")
        assert code == 1
        assert err.strip().endswith(".")


def test_help_and_no_arguments() -> None:
    code, out, _ = run("--help")
    assert code == 0
    assert "read" in out
    assert "evaluate" in out
    assert run("read", "--help")[0] == 0


def labelled(folder: Path, *rows: tuple[str, str]) -> None:
    with (folder / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("file", "label"), *rows])


def test_evaluate(folder: Path) -> None:
    labelled(
        folder,
        ("205.png", "205"),
        ("69.png", "68"),
        ("lines.png", "205|69"),
        ("blank.png", ""),
        ("bad.png", "1"),
    )
    code, out, _ = run("evaluate", ".")
    assert code == 1  # one file could not be read
    assert "pictures              5" in out
    assert "exact match           3 (60.0%)" in out
    assert f"{2 / 12:.2%}" in out
    assert "unreadable files      1" in out
    # Whose fault it is depends on whether a 68 was thought of.
    assert re.search(r"^69\.png: 68 read as 69 \((decision|classifier)\)$", out, re.MULTILINE)
    assert "bad.png: 1 read as This is not a picture" in out
    assert "205.png" not in out


def test_evaluate_shows_the_wrong_ones_in_a_report(folder: Path) -> None:
    labelled(folder, ("205.png", "205"), ("69.png", "68"), ("bad.png", "1"))
    code, _, _ = run("evaluate", ".", "--report", "report.html")
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert code == 1
    assert "1 of 3 read exactly right" in page
    assert "69.png" in page
    assert re.search("to blame: (decision|classifier)<", page)
    assert "This is not a picture" in page
    assert "205.png" not in page
    assert page.count("data:image/png;base64,") == 2
    # Of the two that could be read, one is right: in all five digits one is wrong.
    assert 'aria-label="Reliability of 5 digits"' in page
    assert 'aria-label="Reliability of 2 whole numbers"' in page
    claims = re.findall(r"<title>(\d+) claimed ([\d.]+)%, right ([\d.]+)%</title>", page)
    sizes = [int(size) for size, *_ in claims]
    assert sum(sizes) == 5 + 2
    right = sum(int(size) * float(share) for size, _, share in claims) / 100
    assert right == pytest.approx(4 + 1, abs=0.01)


def test_report_in_a_folder_that_is_not_there(folder: Path) -> None:
    labelled(folder, ("205.png", "205"))
    code, out, err = run("evaluate", ".", "--report", "nowhere/report.html")
    assert (code, out) == (1, "")
    assert "nowhere" in err


def test_a_measurement_is_saved_and_compared_with(folder: Path) -> None:
    labelled(folder, ("205.png", "205"), ("69.png", "68"), ("bad.png", "1"))
    run("evaluate", ".", "--json", "before.json")
    saved = json.loads((folder / "before.json").read_text("utf-8"))
    first, second, bad = saved["cases"]
    assert (first["file"], first["truth"], first["guess"]) == ("205.png", "205", "205")
    assert [digit["right"] for digit in second["digits"]] == [True, False]
    assert bad["error"].startswith("This is not a picture")
    second["guess"] = "68"
    (folder / "before.json").write_text(json.dumps(saved), "utf-8")
    code, out, _ = run("evaluate", str(folder), "--against", "before.json")
    assert code == 1  # one file could not be read
    assert "pictures in both      3, 0 only in one" in out
    assert "exact match           2 (66.7%) before, 1 (33.3%) now" in out
    assert "0 are right only now, 1 were right only before" in out
    assert "it may well be chance." in out
    assert "69.png: 68 read as 68 before, as 69 now" in out


@pytest.mark.parametrize(
    ("text", "words"),
    [("{}", "bad.json is no saved measurement"), (None, "bad.json cannot be opened")],
)
def test_what_cannot_be_compared_with_is_told_at_once(
    folder: Path, text: str | None, words: str
) -> None:
    labelled(folder, ("205.png", "205"))
    if text is not None:
        (folder / "bad.json").write_text(text, "utf-8")
    code, out, err = run("evaluate", ".", "--against", "bad.json")
    assert (code, out) == (1, "")
    assert err.startswith(words)
    assert len(err.splitlines()) == 1


def test_a_measurement_in_a_folder_that_is_not_there(folder: Path) -> None:
    labelled(folder, ("205.png", "205"))
    code, out, err = run("evaluate", ".", "--json", "nowhere/before.json")
    assert (code, out) == (1, "")
    assert err == "There is no folder nowhere for the measurement: make it first.\n"


def test_version_and_help() -> None:
    import digitocr

    assert run("--version")[:2] == (0, f"{digitocr.__version__}\n")
    assert "evaluate" in run()[1]


def test_a_missing_model_is_said_once(folder: Path) -> None:
    code, out, err = read("205.png", "69.png", "--model", "none.keras")
    assert (code, out) == (1, "")
    assert err == "There is no model at none.keras, and none of that name is installed.\n"


def test_evaluate_without_labels(tmp_path: Path) -> None:
    code, out, err = run("evaluate", str(tmp_path))
    assert (code, out) == (1, "")
    assert "labels.csv" in err
    assert err.endswith(".\n")


def process(*arguments: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "digitocr", *arguments],
        input=data,
        capture_output=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )


def test_a_process_reads_stdin_and_says_nothing_else(folder: Path) -> None:
    answer = process("read", "--one-wrong-in", "1", "-", data=(folder / "205.png").read_bytes())
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, b"205\n", b"")


def test_a_process_reads_on_after_a_bad_file(folder: Path) -> None:
    answer = process("read", "--one-wrong-in=1", str(folder / "bad.png"), str(folder / "69.png"))
    assert answer.returncode == 1
    assert answer.stdout.endswith(b"69.png\t69\n")
    assert answer.stdout.count(b"\n") == answer.stderr.count(b"\n") == 1


def test_a_closed_pipe_leaves_no_traceback(folder: Path) -> None:
    files = " ".join([str(folder / "205.png")] * 8)
    command = f"{sys.executable} -m digitocr read --format jsonl {files} | head -c 10"
    answer = subprocess.run(
        command,
        shell=True,
        capture_output=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert b"Traceback" not in answer.stderr
