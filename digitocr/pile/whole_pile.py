"""A whole pile: note its pages, read those that are left, write the table."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from digitocr.output.record import SCHEMA, is_read
from digitocr.output.whole import put_in_place
from digitocr.picture.documents import items
from digitocr.picture.files import is_url
from digitocr.pile.journal import GO_ON, Counts, Journal
from digitocr.pile.tables import check_table, digits_beside, write_table
from digitocr.pile.workers import Done, Numbered
from digitocr.processes.versions import read_by
from digitocr.settings import Settings
from digitocr.types import InputError

JOURNAL_SUFFIX = ".part"

Engine = Callable[[Iterable[Numbered], Settings, str | Path | None, int], Iterator[Done]]
Progress = Callable[[Counts], None]


@dataclass(frozen=True)
class Outcome:
    """What became of a pile, in pages."""

    total: int
    doubted: int  # read, with a "?" in the answer
    empty: int  # without a digit
    failed: int  # could not be read


def read_pile(
    paths: Sequence[str],
    out: str,
    settings: Settings,
    model: str | Path | None,
    dpi: int,
    engine: Engine,
    progress: Progress,
) -> Outcome:
    """Read everything that the paths lead to into the table `out`, a path or URL.

    A run that was cut off goes on where it was when it is started again with the same options:
    what was read is kept in a journal beside the table until that is complete. Raises
    InputError when there is nothing to read, or no way to write the table.
    """
    check_table(out)
    local = Path(Path(out).name) if is_url(out) else Path(out)
    part = local.with_name(local.name + JOURNAL_SUFFIX)
    # Digits without their table were left by a run that was cut off: then there is a journal.
    digits = not is_url(out) and digits_beside(local).exists() and not part.exists()
    if _exists(out) or (digits and local.suffix.lower() in (".csv", ".parquet")):
        raise InputError(f"{out} is there already: move it away, or choose another --out.")
    if not local.parent.is_dir():
        raise InputError(f"There is no folder {local.parent} for the table: make it first.")
    run = {
        "model": read_by(model),
        "schema": str(SCHEMA),
        "settings": json.dumps(asdict(settings), sort_keys=True),
        "paths": json.dumps(list(paths)),
        "dpi": str(dpi),
    }
    journal = Journal(part, run)
    try:
        journal.add(items(paths))
        counts = journal.counts()
        if not counts.total:
            journal.delete()
            raise InputError("There are no pictures there: name files, folders or patterns.")
        progress(counts)
        for done in engine(journal.waiting(), settings, model, dpi):
            journal.done(done)
            counts = counts._replace(done=counts.done + len(done))
            progress(counts)
        _publish(journal, local, out, run)
        outcome = _outcome(journal)
        journal.delete()
    finally:
        journal.close()
    return outcome


def _publish(journal: Journal, local: Path, out: str, run: dict[str, str]) -> None:
    """Write the table aside, whole, and then put it in its place."""
    try:
        with tempfile.TemporaryDirectory(dir=local.parent, prefix=".digitocr-") as aside:
            whole = Path(aside) / local.name
            write_table(journal.records, whole, run)
            for path in (digits_beside(whole), whole):
                if not path.exists():
                    continue
                if is_url(out):
                    _upload(path, out.removesuffix(local.name) + path.name)
                else:
                    put_in_place(path, local.with_name(path.name))
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{out} cannot be written ({reason}): {GO_ON}") from error


def _exists(out: str) -> bool:
    if not is_url(out):
        return Path(out).exists()
    try:
        import fsspec

        system, path = fsspec.core.url_to_fs(out)
        return bool(system.exists(path))
    except (OSError, ValueError, ImportError) as error:
        raise InputError(f"{out} cannot be written ({error}).") from error


def _upload(path: Path, url: str) -> None:
    import fsspec

    try:
        with path.open("rb") as file, fsspec.open(url, "wb") as there:
            while block := file.read(1 << 20):
                there.write(block)
    except OSError:
        system, half = fsspec.core.url_to_fs(url)
        if system.exists(half):
            system.rm(half)
        raise


def _outcome(journal: Journal) -> Outcome:
    total = doubted = empty = failed = 0
    for record in journal.records():
        total += 1
        if not is_read(record):
            failed += 1
        elif not record["guess"]:
            empty += 1
        else:
            doubted += not record["accepted"]
    return Outcome(total, doubted, empty, failed)
