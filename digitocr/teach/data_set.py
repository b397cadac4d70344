"""A data set made, added to, put right and looked at: what the command line and an app call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from digitocr.pipeline import read
from digitocr.teach.alignment import Alignment, aligned
from digitocr.teach.examine import SETTINGS, Examine, examined
from digitocr.teach.examples import Example, Refused
from digitocr.teach.folder import corrected, gathered, opened, saved
from digitocr.teach.labelled_pictures import Found
from digitocr.teach.overview import Overview, overview
from digitocr.teach.set_report import write_reports
from digitocr.teach.sources import labelled_pictures
from digitocr.teach.split import Shares, split
from digitocr.types import InputError


def from_sources(sources: Iterable[str], dpi: int = 200) -> Iterator[Found | Refused]:
    """The labelled pictures of some sources; one that is none, or breaks off, stops no other."""
    for source in sources:
        try:
            yield from labelled_pictures(source, dpi)
        except InputError as error:
            yield Refused(source, str(error))


def make(
    folder: Path,
    found: Iterable[Found | Refused] = (),
    corrections: Mapping[str, str] | None = None,
    shares: Shares | None = None,
    examine: Examine = examined,
) -> Overview:
    """Make a data set in a folder, or add to the one that is there, and look at all of it.

    corrections: labels by the set's file names, as in `corrected`. Nothing is taken out of a set,
    and what has a part keeps it. Writes the pictures and labels.csv. Raises InputError where the
    folder holds something else or cannot be written to.
    """
    known = opened(folder)
    right, not_there = corrected(known, corrections or {})
    added, refused = gathered(folder, found, known)
    examples = split([*right, *added], shares or Shares())
    saved(folder, examples, {})  # before the long look at them, which may be cut off
    verdicts = examine((folder / one.file, one.label) for one in examples)
    seen = overview(examples, list(verdicts), [*not_there, *refused])
    readings = zip(seen.examples, seen.verdicts, strict=True)
    saved(folder, examples, {one: (said.aside, said.guess) for one, said in readings})
    return seen


def report(folder: Path, seen: Overview, read_by: str) -> None:
    """Write report.html and report.json into a set's folder; read_by: the reader's versions.

    Raises InputError when they cannot be written.
    """
    write_reports(folder, seen, read_by)


def learnable(
    folder: Path, seen: Overview, model: str | Path | None = None
) -> Iterator[tuple[Example, Alignment]]:
    """The examples of a set that nothing speaks against, in their order, each read once more and
    with its label laid along it: strips, what the line reader says of them, and where each digit
    stands. model: as `read` takes it.

    Raises InputError where a picture has gone since `make` looked at it.
    """
    for place in seen.used:
        example = seen.examples[place]
        yield example, aligned(read(folder / example.file, SETTINGS, model), example.label)
