"""`digitocr read` of documents: every page, told apart, and files of one page as ever."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from drawings import written
from PIL import Image
from typer.testing import CliRunner

from digitocr.__main__ import app

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(*words: str, data: bytes | None = None) -> str:
    """What `digitocr read` prints where no digit is in doubt."""
    result = CliRunner().invoke(app, ["read", "--one-wrong-in", "1", *words], input=data)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_pages_of_a_document_are_told_apart(folder: Path) -> None:
    sheets = [Image.fromarray(written(text)) for text in ("48", "296")]
    sheets[0].save("two.tif", save_all=True, append_images=sheets[1:])
    sheets[0].save("one.tif")
    assert told("two.tif") == "two.tif page 1\t48\ntwo.tif page 2\t296\n"
    assert told("one.tif") == "48\n"
    lines = told("two.tif", "one.tif", "--format", "jsonl").splitlines()
    records = [json.loads(line) for line in lines]
    assert [(one["file"], one.get("page"), one["text"]) for one in records] == [
        ("two.tif", 1, "48"),
        ("two.tif", 2, "296"),
        ("one.tif", 1, "48"),
    ]
    assert list(records[0])[:3] == ["file", "page", "text"]
    head, *rows = told("two.tif", "--format", "csv").splitlines()
    assert head.startswith("file,page,line,position,label,")
    assert [row.split(",")[1] for row in rows] == ["1"] * 2 + ["2"] * 3
    assert told("one.tif", "--format", "csv").startswith("file,line,position,")
    told("two.tif", "--stages", "seen")
    assert {path.name for path in Path("seen").iterdir()} == {"two-page-1", "two-page-2"}
    piped = told("-", data=Path("two.tif").read_bytes())
    assert piped == "- page 1\t48\n- page 2\t296\n"


def test_a_pdf_is_read_page_by_page(folder: Path) -> None:
    sheets = [Image.fromarray(written(text)) for text in ("31", "4207")]
    sheets[0].save("two.pdf", save_all=True, append_images=sheets[1:], resolution=100)
    without = (
        "import sys; sys.modules['pypdfium2'] = None\n"
        "from digitocr.__main__ import main; sys.argv[1:] = ['read', 'two.pdf']; main()"
    )
    answer = subprocess.run(
        [sys.executable, "-c", without],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert answer.returncode == 1
    assert answer.stderr == 'two.pdf: PDFs need pypdfium2: pip install "digitocr[pile]".\n'
    pytest.importorskip("pypdfium2")
    assert told("--dpi", "100", "two.pdf") == "two.pdf page 1\t31\ntwo.pdf page 2\t4207\n"
    alone = [sys.executable, "-m", "digitocr", "read", "two.pdf"]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    assert subprocess.run(alone, capture_output=True, check=True, env=env).stderr == b""
