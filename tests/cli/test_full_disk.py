"""A disk that is full, and a reader of the output that has gone: one sentence, nothing by half."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from drawings import written
from PIL import Image

ROOT = Path(__file__).parents[2]
FULL = Path("/dev/full")
KINDS = ["csv", "jsonl", "xlsx", "parquet", "sqlite"]
NEEDED = {"xlsx": "openpyxl", "parquet": "pyarrow"}

needs_full = pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A picture of 205, and a labels.csv that says otherwise."""
    Image.fromarray(written("205")).save(tmp_path / "a.png")
    (tmp_path / "labels.csv").write_text("file,label\na.png,206\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DIGITOCR_DATABASE", f"sqlite:///{tmp_path}/desk/review.sqlite")
    return tmp_path


def command(
    *words: str, to: Path | None = None, most_bytes: int | None = None
) -> subprocess.CompletedProcess[str]:
    """`digitocr` with its output in a file, on a disk that has room for files of this size."""

    def little_room() -> None:
        if most_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    with (to or Path(os.devnull)).open("w") as out:
        return subprocess.run(
            [sys.executable, "-m", "digitocr", *words],
            stdout=out if to else subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            preexec_fn=little_room,
        )


def assert_told(answer: subprocess.CompletedProcess[str], reason: str) -> None:
    """One sentence, and a status that says so."""
    assert answer.returncode == 1, answer.stderr
    (sentence,) = [line for line in answer.stderr.splitlines() if not line.endswith("page/s]")]
    assert reason in sentence
    assert sentence.endswith(".")


@needs_full
@pytest.mark.parametrize(
    "words",
    [
        *(["read", "--format", kind, "a.png"] for kind in ("text", "json", "jsonl", "csv")),
        ["--version"],
        ["evaluate", "."],
        ["review", "status"],
    ],
    ids=lambda words: "-".join(words[:3]),
)
def test_output_to_a_full_disk(folder: Path, words: list[str]) -> None:
    answer = command(*words, to=FULL)
    assert answer.returncode == 1
    assert answer.stderr.splitlines()[-1] == (
        "The output cannot be written (No space left on device): make room, or send it elsewhere."
    )
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_on_a_full_disk(folder: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The journal has room, the table has not; then it gets some."""
    pytest.importorskip(NEEDED.get(kind, "csv"))
    monkeypatch.setenv("TMPDIR", str(folder))
    hook = folder / "sitecustomize.py"  # every new process runs it first
    hook.write_text(
        "import resource\n"
        "import digitocr.pile.whole_pile as batch\n"
        "publish = batch._publish\n"
        "def full(*args):\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (16, resource.RLIM_INFINITY))\n"
        "    publish(*args)\n"
        "batch._publish = full\n"
    )
    root = f"{folder}{os.pathsep}{ROOT}"
    words = ["batch", "a.png", "--out", f"r.{kind}", "--workers", "1"]
    told = subprocess.run(
        [sys.executable, "-m", "digitocr", *words],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": root},
    )
    hook.unlink()
    assert_told(told, f"r.{kind} cannot be written (")
    assert "what was read is kept" in told.stderr
    left = [path.name for path in folder.iterdir() if path.name.startswith(("r.", ".digitocr"))]
    assert {name.removesuffix("-wal") for name in left} == {f"r.{kind}.part"}
    assert command(*words).returncode == 0
    assert (folder / f"r.{kind}").stat().st_size > 16


def test_a_journal_on_a_full_disk(folder: Path) -> None:
    answer = command("batch", "a.png", "--out", "r.jsonl", "--workers", "1", most_bytes=2_000)
    assert_told(answer, "r.jsonl.part cannot be written (")
    assert not (folder / "r.jsonl").exists()
    assert command("batch", "a.png", "--out", "r.jsonl", "--workers", "1").returncode == 0


def test_stages_and_reports_on_a_full_disk(folder: Path) -> None:
    (folder / "report.html").write_text("the last one")
    stages = command("read", "a.png", "--stages", "seen", most_bytes=100)
    assert_told(stages, "a.png: The stages cannot be saved in seen/a (File too large).")
    assert not [path for path in (folder / "seen").rglob("*") if path.is_file()]
    report = command("evaluate", ".", "--report", "report.html", most_bytes=100)
    assert report.returncode == 1
    assert report.stderr.splitlines()[-1] == "report.html cannot be written (File too large)."
    assert (folder / "report.html").read_text() == "the last one"


def test_the_desk_on_a_full_disk(folder: Path) -> None:
    pytest.importorskip("sqlalchemy")
    batch = ["batch", "a.png", "--out", "r.jsonl", "--one-wrong-in", "1000000", "--workers", "1"]
    assert command(*batch).returncode == 0
    assert_told(command("review", "add", "r.jsonl", most_bytes=30_000), "cannot be used (")
    assert command("review", "add", "r.jsonl").returncode == 0
    code = (
        "import resource, sys\n"
        "from digitocr.review.archive import Archive\n"
        "known = Archive.everything\n"
        "def everything(self, pile=None):\n"
        "    yield from known(self, pile)\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (16, 16))\n"
        "Archive.everything = everything\n"
        "from digitocr.__main__ import main\n"
        "sys.argv = ['digitocr', 'review', 'export', sys.argv[1]]\n"
        "main()\n"
    )
    for kind in ("csv", "jsonl"):
        answer = subprocess.run(
            [sys.executable, "-c", code, f"all.{kind}"],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        assert_told(answer, f"all.{kind} cannot be written (File too large).")
        assert not [path for path in folder.iterdir() if "all." in path.name]


@pytest.mark.parametrize("kind", ["text", "jsonl", "csv"])
def test_a_reader_that_has_gone_is_no_error_to_tell(folder: Path, kind: str) -> None:
    files = " ".join(["a.png"] * 6)
    answer = subprocess.run(
        f"{sys.executable} -m digitocr read --format {kind} {files} | head -n 1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert answer.stderr == ""
    assert answer.stdout.count("\n") == 1


@pytest.mark.parametrize(("kind", "needed"), [("xlsx", "openpyxl"), ("parquet", "pyarrow")])
def test_what_a_table_needs_is_told_before_the_pile_is_read(
    folder: Path, kind: str, needed: str
) -> None:
    code = (
        "import importlib.util, sys\n"
        "found = importlib.util.find_spec\n"
        f"importlib.util.find_spec = lambda name: None if name == {needed!r} else found(name)\n"
        "from digitocr.__main__ import main\n"
        f"sys.argv = ['digitocr', 'batch', 'a.png', '--out', 'r.{kind}']\n"
        "main()\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert_told(answer, f"needs {needed}: pip install")
    assert not (folder / f"r.{kind}.part").exists()
