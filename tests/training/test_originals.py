"""Training's files from the collections' own formats, of which small ones are written here."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import re
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from synthesis.hands.pens import samples as pen_samples
from training.data import load_extra, load_test
from training.originals import app, inkml_samples, main, pendigits_samples, trajectory, usps_digits

ROOT = Path(__file__).parents[2]
PICTURE = np.maximum(2 * np.arange(256) - 255, 0)  # paper above, then ever darker
LEVELS = PICTURE / 127.5 - 1


def made(*arguments: str | Path) -> str:
    answer = CliRunner().invoke(app, [str(one) for one in arguments], catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return answer.output


def libsvm(label: int, levels: np.ndarray = LEVELS) -> str:
    """A line of LIBSVM's usps; what is 0 is left out there."""
    pairs = [f"{i}:{level:.6f}" for i, level in enumerate(levels, 1) if level != 0]
    return " ".join([str(label + 1), *pairs]) + " \n"


def zipped(label: int) -> str:
    """A line of zip.train."""
    return " ".join([f"{label}.0000", *(f"{level:.4f}" for level in LEVELS)]) + " \n"


def test_usps_from_libsvm(tmp_path: Path) -> None:
    (tmp_path / "usps.bz2").write_bytes(bz2.compress((libsvm(6) + libsvm(0)).encode()))
    (tmp_path / "usps.t.bz2").write_bytes(bz2.compress(libsvm(9, -LEVELS).encode()))
    out = tmp_path / "usps.npz"
    told = made("usps", tmp_path / "usps.bz2", tmp_path / "usps.t.bz2", "--out", out)
    assert told == f"{out}: 2 and 1 digits\n"
    learnt, held = load_extra(out), load_test(out)
    assert learnt.labels.tolist() == [6, 0]
    assert held.labels.tolist() == [9]
    wanted = PICTURE.reshape(16, 16)
    with np.load(out) as arrays:
        assert np.array_equal(arrays["x_train"][0], wanted)
        assert np.array_equal(arrays["x_test"][0], 255 - wanted)


def test_a_pixel_that_libsvm_leaves_out_is_0_as_in_the_book(tmp_path: Path) -> None:
    levels = LEVELS.copy()
    levels[40] = 0
    (tmp_path / "sparse").write_text(libsvm(3, levels))
    picture = usps_digits(tmp_path / "sparse").pictures[0]
    assert " 41:" not in libsvm(3, levels)
    assert picture.ravel()[39:42].tolist() == [0, 128, 0]


def test_usps_from_the_book(tmp_path: Path) -> None:
    (tmp_path / "zip.train.gz").write_bytes(gzip.compress((zipped(6) + zipped(5)).encode()))
    (tmp_path / "usps").write_text(libsvm(6) + libsvm(5))
    book, svm = usps_digits(tmp_path / "zip.train.gz"), usps_digits(tmp_path / "usps")
    assert book.labels.tolist() == svm.labels.tolist() == [6, 5]
    assert np.array_equal(book.pictures, svm.pictures)


def test_semeion(tmp_path: Path) -> None:
    pixels = np.zeros(256, int)
    pixels[[0, 17, 255]] = 1
    lines = [
        " ".join([*(f"{one:.4f}" for one in pixels), *map(str, np.eye(10, dtype=int)[label])]) + " "
        for label in (0, 7)
    ]
    (tmp_path / "semeion.data").write_text("\n".join(lines) + "\n")
    made("semeion", tmp_path / "semeion.data", "--out", tmp_path / "semeion.npz")
    digits = load_extra(tmp_path / "semeion.npz")
    assert digits.labels.tolist() == [0, 7]
    assert np.argwhere(digits.pictures[1] == 255).tolist() == [[0, 0], [1, 1], [15, 15]]


UNIPEN = """.VERSION 1.0
.HIERARCHY DIGIT
.COORD X Y
.SEGMENT DIGIT 0 ? "8"
.COMMENT 8 12  224
.DT 100
.PEN_DOWN
 267  333
 268  340
.PEN_UP
.DT 200

.SEGMENT DIGIT 1-2 ? "4"
.COMMENT 4 14  100
.PEN_DOWN
 10  90
 20  80
.PEN_UP
.DT 40
.PEN_DOWN
 15  95
 15  70
.PEN_UP
"""


def test_pendigits(tmp_path: Path) -> None:
    (tmp_path / "pendigits-orig.tra").write_text(UNIPEN)
    out = tmp_path / "pendigits.json.gz"
    made("pendigits", tmp_path / "pendigits-orig.tra", "--out", out)
    assert json.loads(gzip.decompress(out.read_bytes())) == [
        {"label": "8", "comment": "8 12  224", "strokes": [[[267, 333], [268, 340]]]},
        {
            "label": "4",
            "comment": "4 14  100",
            "strokes": [[[10, 90], [20, 80]], [[15, 95], [15, 70]]],
        },
    ]
    label, _, strokes = pen_samples(out, upward=True)[1]
    assert label == "4"
    assert strokes is not None
    assert strokes[1][0][1] == 0  # the second stroke begins at the top


def test_a_comment_of_another_digit_is_told() -> None:
    with pytest.raises(ValueError, match="another digit"):
        list(pendigits_samples(UNIPEN.replace(".COMMENT 8", ".COMMENT 3")))


INK = """<ink xmlns="http://www.w3.org/2003/InkML">
<annotation type="truth">$x=12$</annotation>
<annotation type="writer">w123</annotation>
<trace id="0">0 1 5, 2 3 6, 4 5 7</trace>
<trace id="1">
10 0, 10 9
</trace>
<trace id="2">20 1, 30 1</trace>
<trace id="3">20 5, 30 5</trace>
<traceGroup xml:id="4">
  <annotation type="truth">Segmentation</annotation>
  <traceGroup xml:id="5">
    <annotation type="truth">1</annotation>
    <traceView traceDataRef="1"/>
    <annotationXML href="1_1"/>
  </traceGroup>
  <traceGroup xml:id="6">
    <annotation type="truth">=</annotation>
    <traceView traceDataRef="2"/>
    <traceView traceDataRef="3"/>
  </traceGroup>
  <traceGroup xml:id="7">
    <annotation type="truth">\\alpha</annotation>
    <traceView traceDataRef="0"/>
  </traceGroup>
</traceGroup>
</ink>
"""


def test_crohme(tmp_path: Path) -> None:
    (tmp_path / "in" / "KAIST").mkdir(parents=True)
    (tmp_path / "in" / "KAIST" / "a.inkml").write_text(INK)
    (tmp_path / "out").mkdir()
    made("crohme", tmp_path / "in", "--out", tmp_path / "out")
    written = json.loads(gzip.decompress((tmp_path / "out" / "crohme.json.gz").read_bytes()))
    assert written == [{"label": "1", "group": "KAIST:w123", "strokes": [[[10, 0], [10, 9]]]}]
    signs = pen_samples(tmp_path / "out" / "crohme_symbols.json.gz", upward=False)
    assert [label for label, *_ in signs] == ["=", "\\alpha"]
    _, group, strokes = signs[0]
    assert group == "KAIST:w123"
    assert strokes is not None
    assert len(strokes) == 2


def test_an_expression_without_signs_writes_its_digits_alone(tmp_path: Path) -> None:
    (tmp_path / "a.inkml").write_text(re.sub(r">(=|\\alpha)<", ">7<", INK))
    made("crohme", tmp_path, "--out", tmp_path)
    assert (tmp_path / "crohme.json.gz").exists()
    assert not (tmp_path / "crohme_symbols.json.gz").exists()


def test_a_folder_without_expressions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no sample"):
        made("crohme", tmp_path, "--out", tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_file_is_named_as_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "usps").write_text(libsvm(6))
    out = tmp_path / "digits"
    assert made("usps", tmp_path / "usps", tmp_path / "usps", "--out", out).startswith(f"{out}:")
    assert load_extra(out).labels.tolist() == [6]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["semeion", "folder"], "is a directory"),
        (["crohme", "file"], "is a file"),
        (["pendigits", "missing"], "does not exist"),
    ],
)
def test_what_is_no_place_is_told(
    arguments: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text(UNIPEN)
    answer = CliRunner().invoke(app, arguments)
    assert answer.exit_code == 2
    assert sentence in " ".join(re.sub(r"[│\n]", " ", answer.output).split())


@pytest.mark.parametrize(
    ("content", "out", "sentence"),
    [
        (UNIPEN, "missing/out.gz", "missing/out.gz"),
        (UNIPEN, ".", "Is a directory"),
        ("BZh9 is no block of bz2's", "out.gz", "Invalid data"),
    ],
)
def test_what_cannot_be_read_or_written_is_one_sentence(
    content: str, out: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(content.encode("latin-1"))
    command = ["originals", "pendigits", f"{tmp_path / 'file'}", "--out", f"{tmp_path / out}"]
    monkeypatch.setattr(sys, "argv", command)
    with pytest.raises(SystemExit, match=f"^This can't be read or written: .*{sentence}"):
        main()


def test_an_expression_without_a_writer_has_no_group(tmp_path: Path) -> None:
    nameless = INK.replace('<annotation type="writer">w123</annotation>', "")
    (tmp_path / "a.inkml").write_text(nameless)
    assert {one["group"] for one in inkml_samples(tmp_path / "a.inkml")} == {None}


MATLAB = """rows = {[1.540000e+02
2.040000e+02];[3.0
4.0];};
cols = {[2.550000e+02
1.980000e+02];[5.0
6.0];};
"""


def test_chars74k(tmp_path: Path) -> None:
    archive = tmp_path / "EnglishHnd.tgz"
    with tarfile.open(archive, "w:gz") as files:
        for name in ("img011_002.m", "img001_055.m", "readme.txt"):
            info = tarfile.TarInfo(f"English/Hnd/Trj/{name[:6]}/{name}")
            info.size = len(MATLAB)
            files.addfile(info, io.BytesIO(MATLAB.encode()))
    out = tmp_path / "chars74k.json.gz"
    made("chars74k", archive, "--out", out)
    strokes = [[[255.0, 154.0], [198.0, 204.0]], [[5.0, 3.0], [6.0, 4.0]]]
    assert json.loads(gzip.decompress(out.read_bytes())) == [
        {"label": "0", "group": 55, "strokes": strokes},
        {"label": "A", "group": 2, "strokes": strokes},
    ]
    archive.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
    with pytest.raises(ValueError, match="cut off"):
        made("chars74k", archive, "--out", out)


def test_rows_and_columns_of_unlike_length_are_no_trajectory() -> None:
    with pytest.raises(ValueError, match="same length"):
        trajectory(MATLAB.replace("\n1.980000e+02", ""))


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("semeion", "1 0 1\n", "256 pixels and ten flags"),
        ("semeion", " ".join(["1"] * 266) + "\n", "flags one digit"),
        ("semeion", " ".join([*["2"] * 256, "1", *["0"] * 9]) + "\n", "levels"),
        ("pendigits", "nothing\n", "no sample"),
        ("pendigits", "\x1f\x9dLZW", "gzip -d"),
        ("usps", zipped(10), "ten digits"),
        ("usps", "7 0.3 0.4\n", "256 levels or pairs of place:level"),
        ("usps", "7 1:0.3 0.4\n", "256 levels or pairs of place:level"),
        ("usps", "7 0:0.3\n", "256 levels or pairs of place:level"),
        ("usps", "7 257:0.3\n", "256 levels or pairs of place:level"),
        ("usps", "7 1:0.3\n\n", "256 levels or pairs of place:level"),
        ("usps", "", "no labels"),
        ("usps", "BZh91AY", "ended before"),
        ("usps", gzip.compress(b"7 1:0.3", mtime=0).decode("latin-1")[:-9], "cut off"),
        ("usps", "7 \xe9", "no text"),
        ("pendigits", '.SEGMENT DIGIT 0 ? "8"\n.COMMENT\n', "another digit"),
        ("usps", "\x1f\x8b is no head of gzip's", "broken"),
        ("chars74k", "no archive", "no .tgz"),
    ],
)
def test_what_is_no_original_is_one_sentence(
    name: str, content: str, sentence: str, tmp_path: Path
) -> None:
    file = tmp_path / "original"
    file.write_bytes(content.encode("latin-1"))
    files = [file, file] if name == "usps" else [file]
    command: list[Any] = [sys.executable, "-m", "training.originals", name, *files]
    told = subprocess.run(
        [*command, "--out", tmp_path / "out.npz"], capture_output=True, text=True, cwd=ROOT
    )
    assert told.returncode == 1
    assert told.stderr.startswith("This is no such original: ")
    assert sentence in told.stderr
    assert told.stderr.count("\n") == 1
    assert not (tmp_path / "out.npz").exists()
