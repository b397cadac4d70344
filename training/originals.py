"""Training's files from the collections as they are published: `python -m training.originals`.

`usps FILES`, `semeion FILE`, `pendigits FILE`, `crohme FOLDER` and `chars74k FILE` each write
what `training.data` and `synthesis.hands.pens` read; their help says which originals they take.
"""

from __future__ import annotations

import bz2
import gzip
import json
import re
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple
from xml.etree import ElementTree

import numpy as np
import typer
from numpy.typing import NDArray

SIDE_PX = 16  # of a USPS and of a Semeion digit
INKML = "{http://www.w3.org/2003/InkML}"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"  # Chars74K's order

Raw = list[list[list[float]]]  # strokes of points x, y, as they were recorded
Sample = dict[str, Any]  # label, strokes and what is known of the writer

app = typer.Typer(help=__doc__, no_args_is_help=True)
Original = Annotated[Path, typer.Argument(exists=True, dir_okay=False)]
Folder = Annotated[Path, typer.Argument(exists=True, file_okay=False)]
Out = Annotated[Path, typer.Option(help="Where the file goes.")]


class Labelled(NamedTuple):
    """Pictures uint8 (N, 16, 16), 0 paper .. 255 ink, and their digits uint8 (N,)."""

    pictures: NDArray[np.uint8]
    labels: NDArray[np.uint8]


def usps_digits(file: Path) -> Labelled:
    """USPS as LIBSVM's collection has it (`1:-1 2:0.3 ...` behind the digit plus 1) or as the book
    "The elements of statistical learning" has it (`zip.train`: the digit and 256 levels).

    Levels are -1 for paper to 1 for ink, 0 where LIBSVM leaves one out; .bz2 and .gz are
    unpacked. Raises ValueError for other files.
    """
    rows = [_usps_row(line) for line in _text(file).splitlines()]
    return _digits((np.array([row for _, row in rows]) + 1) / 2, [label for label, _ in rows])


def _usps_row(line: str) -> tuple[float, list[float]]:
    places, is_sparse = range(1, SIDE_PX**2 + 1), ":" in line
    try:
        label, *levels = line.split()
        pairs = [one.split(":") for one in levels] if is_sparse else enumerate(levels, 1)
        row = {int(place): float(level) for place, level in pairs}
        if row.keys() - places or not (is_sparse or len(row) == len(places)):
            raise ValueError(line)
        return float(label) - is_sparse, [row.get(place, 0.0) for place in places]
    except ValueError as error:
        raise ValueError("a line of USPS holds 256 levels or pairs of place:level.") from error


def semeion_digits(file: Path) -> Labelled:
    """`semeion.data` of UCI: on a line 256 pixels, 1 where there is ink, then ten flags, of which
    that of the digit is 1. Raises ValueError for other files."""
    rows = np.array([[float(one) for one in line.split()] for line in _text(file).splitlines()])
    if rows.ndim != 2 or rows.shape[1] != SIDE_PX**2 + 10:
        raise ValueError("a line of semeion.data holds 256 pixels and ten flags.")
    pixels, flags = rows[:, :-10], rows[:, -10:]
    if (flags.sum(axis=1) != 1).any():
        raise ValueError("a line of semeion.data flags one digit.")
    return _digits(pixels, list(flags.argmax(axis=1)))


def pendigits_samples(text: str) -> Iterator[Sample]:
    """`pendigits-orig.tra` of UCI, in UNIPEN format: `.SEGMENT DIGIT 0 ? "8"`, a comment of the
    digit, its writer and its number, and between `.PEN_DOWN` and `.PEN_UP` a point on each line.

    y points up. Raises ValueError where comment and digit differ.
    """
    sample: Sample | None = None
    is_down = False
    for line in text.splitlines():
        word, *rest = line.split() or [""]
        if word.startswith("."):
            is_down = word == ".PEN_DOWN"
        if word == ".SEGMENT":
            if sample:
                yield sample
            sample = {"label": rest[-1].strip('"'), "comment": "", "strokes": []}
        elif sample and word == ".COMMENT":
            sample["comment"] = line.removeprefix(".COMMENT").strip()
            if rest[:1] != [sample["label"]]:
                raise ValueError(f"the comment {sample['comment']!r} stands at another digit.")
        elif sample and is_down and word == ".PEN_DOWN":
            sample["strokes"].append([])
        elif sample and is_down and word:
            sample["strokes"][-1].append([int(word), int(rest[0])])
    if sample:
        yield sample


def inkml_samples(file: Path) -> Iterator[Sample]:
    """The signs of one expression of CROHME: InkML whose innermost trace groups carry a sign's
    LaTeX as their truth and refer to its traces. y points down.

    The group is "folder:writer", or None where the file names no writer.
    """
    root = ElementTree.parse(file).getroot()
    traces = {trace.get("id"): _points(trace.text or "") for trace in root.iter(f"{INKML}trace")}
    writer = _annotation(root, "writer")
    for group in root.iter(f"{INKML}traceGroup"):
        views = group.findall(f"{INKML}traceView")
        label = _annotation(group, "truth")
        if views and label:
            yield {
                "label": label,
                "group": f"{file.parent.name}:{writer}" if writer else None,
                "strokes": [traces[view.get("traceDataRef")] for view in views],
            }


def trajectory(program: str) -> Raw:
    """The strokes of one MATLAB file of Chars74K's `EnglishHnd`: `rows` and `cols` are cell
    arrays with a vector for each stroke. y, the rows, points down."""
    axes = []
    for name in ("cols", "rows"):
        found = re.search(rf"{name}\s*=\s*\{{(.*?)\}}\s*;", program, flags=re.DOTALL)
        if not found:
            raise ValueError(f"there is no cell array {name} in it.")
        vectors = re.findall(r"\[([^\[\]]*)\]", found[1])
        parted = (re.split(r"[\s;,]+", vector.strip(" ;\r\n")) for vector in vectors)
        axes.append([[float(one) for one in vector] for vector in parted])
    if len({tuple(map(len, axis)) for axis in axes}) > 1:
        raise ValueError("its rows and cols are not of the same length.")
    return [[[x, y] for x, y in zip(*stroke, strict=True)] for stroke in zip(*axes, strict=True)]


def _points(trace: str) -> list[list[float]]:
    """`x y, x y` with or without time behind."""
    points = (point.split()[:2] for point in trace.split(","))
    return [[float(one) for one in point] for point in points if point]


def _annotation(node: ElementTree.Element, kind: str) -> str:
    return (node.findtext(f"{INKML}annotation[@type='{kind}']") or "").strip()


def _digits(shares: NDArray[np.float64], labels: Sequence[float]) -> Labelled:
    values = np.array(labels)
    if not len(values) or not np.isin(values, range(10)).all():
        raise ValueError("it holds no labels or others than the ten digits.")
    if shares.min() < 0 or shares.max() > 1:
        raise ValueError("its levels go further than they should.")
    pictures = np.rint(shares * 255).astype(np.uint8).reshape(-1, SIDE_PX, SIDE_PX)
    return Labelled(pictures, values.astype(np.uint8))


def _text(file: Path) -> str:
    content = file.read_bytes()
    if content[:3] == b"BZh":
        content = bz2.decompress(content)
    elif content[:2] == b"\x1f\x8b":
        content = zlib.decompress(content, 31)  # of gzip's form; cut off, it is an error
    elif content[:2] == b"\x1f\x9d":
        raise ValueError("unpack it first: gzip -d.")
    return content.decode("ascii")


def _write(out: Path, samples: Sequence[Sample]) -> None:
    if not samples:
        raise ValueError("there is no sample in it.")
    out.write_bytes(gzip.compress(json.dumps(list(samples)).encode(), mtime=0))
    print(f"{out}: {len(samples)} samples")


@app.command()
def usps(train: Original, test: Original, out: Out = Path("usps.npz")) -> None:
    """USPS: LIBSVM's usps.bz2 and usps.t.bz2, or zip.train.gz and zip.test.gz."""
    learnt, held = usps_digits(train), usps_digits(test)
    with out.open("wb") as file:  # given a name, NumPy would add .npz to it
        (x, y), (x_test, y_test) = learnt, held
        np.savez_compressed(file, x_train=x, y_train=y, x_test=x_test, y_test=y_test)
    print(f"{out}: {len(learnt.labels)} and {len(held.labels)} digits")


@app.command()
def semeion(file: Original, out: Out = Path("semeion.npz")) -> None:
    """Semeion: UCI's semeion.data."""
    digits = semeion_digits(file)
    with out.open("wb") as written:
        np.savez_compressed(written, x=digits.pictures, y=digits.labels)
    print(f"{out}: {len(digits.labels)} digits")


@app.command()
def pendigits(file: Original, out: Out = Path("pendigits.json.gz")) -> None:
    """Pendigits: UCI's pendigits-orig.tra, unpacked from its .Z."""
    _write(out, list(pendigits_samples(_text(file))))


@app.command()
def crohme(folder: Folder, out: Out = Path()) -> None:
    """CROHME: a folder of its .inkml files; writes crohme.json.gz and crohme_symbols.json.gz."""
    samples = [one for file in sorted(folder.rglob("*.inkml")) for one in inkml_samples(file)]
    written = [one["label"].isalnum() and len(one["label"]) == 1 for one in samples]
    for name, is_letter in (("crohme", True), ("crohme_symbols", False)):
        part = [one for one, is_one in zip(samples, written, strict=True) if is_one == is_letter]
        if part or not samples:
            _write(out / f"{name}.json.gz", part)


@app.command()
def chars74k(archive: Original, out: Out = Path("chars74k.json.gz")) -> None:
    """Chars74K: EnglishHnd.tgz, as it is; of it the drawn trajectories."""
    samples = []
    try:
        with tarfile.open(archive) as files:
            for member in sorted(files.getmembers(), key=lambda one: one.name):
                found = re.search(r"img(\d{3})_(\d{3})\.m$", member.name)
                content = files.extractfile(member) if found else None
                if found and content:
                    label, group = ALPHABET[int(found[1]) - 1], int(found[2])
                    strokes = trajectory(content.read().decode("ascii"))
                    samples.append({"label": label, "group": group, "strokes": strokes})
    except (EOFError, tarfile.TarError) as error:
        raise ValueError("it is no .tgz, or cut off.") from error
    _write(out, samples)


def main() -> None:
    """The command line; a file that is no such original is one sentence."""
    try:
        app()
    except (UnicodeDecodeError, zlib.error) as error:
        raise SystemExit("This is no such original: it is broken, cut off or no text.") from error
    except OSError as error:
        raise SystemExit(f"This can't be read or written: {error}") from error
    except (ValueError, LookupError, ElementTree.ParseError) as error:
        raise SystemExit(f"This is no such original: {error}") from error


if __name__ == "__main__":
    main()
