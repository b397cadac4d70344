"""digitocr beside other readers on labelled folders: `python -m benchmarks.compare FOLDER…`.

Each reader runs in a fresh process on one thread: a picture's path in, its text out, after one
picture that is not timed. Of a peer's settings the one that reads the folder best comes first.
Only functions import digitocr, since it would count into the peers' memory.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypedDict

ROOT = Path(__file__).parent.parent
MB = 2**20
WORKER = "from benchmarks.compare import work; work()"
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1"}
NO_PACKAGE = "not installed: pip install 'digitocr[peers]'"
NO_DATA = "not installed: apt install tesseract-ocr"
TESSDATA = ("/usr/share/tesseract-ocr/5/tessdata", "/usr/share/tessdata")
DETECTION, RECOGNITION = "whole pipeline, else recognition only", "recognition only"
COLUMNS = {  # and how their values are written
    "reader": "",
    "version": "",
    "pictures": "",
    "exact match": ".1%",
    "CER": ".2%",
    "failed": "",
    "median ms": ".1f",
    "times digitocr's": ".2f",
    "peak memory, MB": ".0f",
    "model, MB": ".1f",
    "without doubt": ".1%",
    "wrong of these": ".1%",
}
Row = dict[str, Any]  # a value for each column, or the first two and no more
Guess = tuple[str, bool | None]  # digits, "\n" between lines; whether free of doubt, if it says so
Loaded = tuple[str, list[Path], Callable[[Path], Guess]]  # version, files of the model, reader
Quad = Sequence[Sequence[float]]  # corners x, y clockwise from the top left


class Answer(TypedDict):
    """What became of one picture."""

    text: str
    accepted: bool | None
    ms: float
    error: str


def digits(text: str) -> str:
    r"""The digits of a text; "\n" between the lines that have any."""
    return "\n".join(filter(None, (re.sub("[^0-9]", "", line) for line in text.splitlines())))


def in_lines(boxes: Iterable[tuple[Quad, str]]) -> str:
    """The digits of boxes; those whose middles are less than half a height apart are one line."""
    lines: list[list[tuple[float, float, float, str]]] = []
    for quad, text in sorted(boxes, key=lambda box: sum(y for _, y in box[0])):
        if found := digits(text):
            middle, height = sum(y for _, y in quad) / 4, math.dist(quad[0], quad[3])
            if not lines or middle - lines[-1][0][1] >= max(height, lines[-1][0][2]) / 2:
                lines.append([])
            lines[-1].append((min(x for x, _ in quad), middle, height, found))
    return "\n".join("".join(box[-1] for box in sorted(line)) for line in lines)


def load_digitocr(_: str) -> Loaded:
    """This package, by best guess; its numbers side by side are one line, as RapidOCR's are."""
    import digitocr

    def read(path: Path) -> Guess:
        reading = digitocr.read(path)
        accepted = [digit.accepted for digit in reading.digits]
        lines = [(line.quad, line.guess) for line in reading.lines if line.quad]
        return in_lines(lines), bool(accepted) and all(accepted)

    return digitocr.__version__, list((ROOT / "digitocr").rglob("*.tflite")), read


def load_rapidocr(setting: str) -> Loaded:
    """RapidOCR, without its direction classifier, which turns some numbers upside down."""
    package = import_module("rapidocr")
    threads = {f"EngineConfig.onnxruntime.{of}_op_num_threads": 1 for of in ("intra", "inter")}
    engine = package.RapidOCR(params={**threads, "Global.log_level": "error"})

    def read(path: Path) -> Guess:
        if setting == DETECTION:
            found = engine(path, use_det=True, use_cls=False)
            if found.txts and (text := in_lines(zip(found.boxes, found.txts, strict=True))):
                return text, None
        found = engine(path, use_det=False, use_cls=False)  # it keeps what the last call set
        return digits("".join(found.txts or ())), None

    stages = ("det", "rec") if setting == DETECTION else ("rec",)
    folder = Path(package.__path__[0]) / "models"
    models = [path for stage in stages for path in folder.glob(f"*_{stage}_*.onnx")]
    return version("rapidocr"), models, read


def load_tesseract(setting: str) -> Loaded:
    """Tesseract, digits only; the setting ends with the page segmentation mode."""
    from PIL import Image, ImageOps

    package = import_module("tesserocr")
    folders = map(Path, (os.environ.get("TESSDATA_PREFIX", ""), *TESSDATA))
    folder = next((one for one in folders if (one / "eng.traineddata").is_file()), None)
    if folder is None:
        sys.exit(NO_DATA)
    options = {"tessedit_char_whitelist": "0123456789", "user_defined_dpi": "150"}
    engine = package.PyTessBaseAPI(path=str(folder), psm=int(setting[-1]), variables=options)

    def read(path: Path) -> Guess:
        engine.SetImage(ImageOps.exif_transpose(Image.open(path)))
        return digits(engine.GetUTF8Text()), None

    return package.tesseract_version().split()[1], [folder / "eng.traineddata"], read


READERS: dict[str, tuple[str, Callable[[str], Loaded], Sequence[str]]] = {
    "digitocr": ("digitocr", load_digitocr, ("best guesses",)),
    "rapidocr": ("RapidOCR", load_rapidocr, (DETECTION, RECOGNITION)),
    "tesseract": ("Tesseract", load_tesseract, ("psm 6", "psm 7")),
}


def answer(read: Callable[[Path], Guess], path: str) -> Answer:
    """Read and time one picture."""
    start = time.perf_counter()
    try:
        text, accepted, error = *read(Path(path)), ""
    except Exception as failure:  # a reader may fail with anything
        text, accepted, error = "", None, f"{type(failure).__name__}: {failure}"
    ms = (time.perf_counter() - start) * 1000
    return {"text": text, "accepted": accepted, "ms": ms, "error": error}


def peak_mb() -> float:
    """Peak memory of this process; getrusage of Linux would count that of its parent."""
    if (status := Path("/proc/self/status")).is_file():
        return int(re.findall(r"VmHWM:\s+(\d+)", status.read_text())[0]) * 1024 / MB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MB


def work() -> None:
    """The process of a reader: what to read from standard input, a row to standard output."""
    reader, setting, paths = json.load(sys.stdin)
    try:
        number, models, read = READERS[reader][1](setting)
    except ImportError:
        sys.exit(NO_PACKAGE)
    if cv2 := sys.modules.get("cv2"):
        cv2.setNumThreads(1)
    answer(read, paths[0])
    row: Row = {"version": number, "answers": [answer(read, path) for path in paths]}
    row["peak memory, MB"] = peak_mb()
    row["model, MB"] = sum(path.stat().st_size for path in models) / MB
    print(json.dumps(row))


def figures(answers: Sequence[Answer], truths: Sequence[str]) -> Row:
    """The columns that follow from the answers."""
    from digitocr.measure.edits import edit_distance

    pairs = list(zip(answers, truths, strict=True))
    right = [not one["error"] and one["text"] == truth for one, truth in pairs]
    edits = sum(edit_distance(one["text"], truth) for one, truth in pairs)
    row: Row = {
        "pictures": len(pairs),
        "exact match": sum(right) / len(pairs),
        "CER": edits / max(1, sum(map(len, truths))),
        "failed": sum(bool(one["error"]) for one in answers),
        "median ms": statistics.median(one["ms"] for one in answers),
    }
    if any(one["accepted"] is not None for one in answers):
        sure = [ok for one, ok in zip(answers, right, strict=True) if one["accepted"]]
        row["without doubt"] = len(sure) / len(pairs)
        row["wrong of these"] = sure.count(False) / max(1, len(sure))
    return row


def run(reader: str, setting: str, paths: Sequence[Path], truths: Sequence[str]) -> Row:
    """Read a folder in a fresh process."""
    task = json.dumps([reader, setting, [str(path.resolve()) for path in paths]])
    command, env = [sys.executable, "-c", WORKER], os.environ | ONE_THREAD
    done = subprocess.run(command, input=task, capture_output=True, text=True, cwd=ROOT, env=env)
    name = READERS[reader][0]
    if done.returncode:
        return {"reader": name, "version": (done.stderr.splitlines() or ["failed"])[-1]}
    row: Row = json.loads(done.stdout.splitlines()[-1])
    return {"reader": f"{name}, {setting}"} | row | figures(row["answers"], truths)


def compare(folder: Path, readers: Sequence[str]) -> list[Row]:
    """A row for each reader and setting, a reader's best setting first; digitocr is the first."""
    from digitocr.measure.evaluate import labelled

    paths, truths = zip(*labelled(folder), strict=True)
    rows: list[Row] = []
    for reader in ("digitocr", *readers):
        tried = [run(reader, setting, paths, truths) for setting in READERS[reader][2]]
        read = [row for row in tried if "CER" in row]
        read.sort(key=lambda row: (-row["exact match"], row["CER"], row["median ms"]))
        rows += read or tried[:1]
        for row in read if "CER" in rows[0] else ():
            row["times digitocr's"] = row["median ms"] / rows[0]["median ms"]
    return rows


def markdown(rows: Sequence[Row]) -> str:
    """The rows as a table."""
    lines = [list(COLUMNS), ["---"] * len(COLUMNS)]
    for row in rows:
        lines.append([format(row[key], how) if key in row else "" for key, how in COLUMNS.items()])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table for each folder."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare")
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--peers", default="rapidocr,tesseract", help="default: %(default)s")
    parser.add_argument("--json", type=Path, metavar="FILE", help="every answer, too")
    options = parser.parse_args(arguments)
    peers = [name for name in options.peers.split(",") if name]
    if not set(peers) <= READERS.keys():
        parser.error(f"--peers knows {', '.join(READERS)}")
    tables = {}
    for folder in options.folders:
        tables[str(folder)] = rows = compare(folder, peers)
        print(f"{folder}\n\n{markdown(rows)}\n", flush=True)
    if options.json:
        options.json.write_text(json.dumps(tables, indent=1), "utf-8")


if __name__ == "__main__":
    main()
