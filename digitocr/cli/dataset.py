"""The command line's `digitocr dataset`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitocr.cli.options import Dpi, Model, check_model, fail
from digitocr.output.safe import told
from digitocr.types import InputError

if TYPE_CHECKING:
    from digitocr.teach.examine import Task, Verdict
    from digitocr.teach.overview import Overview

SHOWN = 10  # suspects

Share = Annotated[float, typer.Option(min=0, max=0.5, help="Of the documents, to choose by.")]
Held = Annotated[float, typer.Option(min=0, max=0.5, help="Of the documents, to measure by.")]


def dataset_command(
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SOURCE...",
            help="Folders with a labels.csv or a folder for each number, tables, IDX, NPZ, the "
            "review desk's export or database.",
        ),
    ] = None,
    *,
    out: Annotated[Path, typer.Option(metavar="SET", help="The set's folder; added to if there.")],
    corrections: Annotated[
        Path | None, typer.Option(help="A CSV (file, label) as the report saves it.")
    ] = None,
    val: Share = 0.1,
    test: Held = 0.1,
    seed: Annotated[int, typer.Option(help="Another one draws another split.")] = 0,
    dpi: Dpi = 200,
    workers: Annotated[
        int, typer.Option(min=0, help="Processes that read; 0 = one for each core.")
    ] = 0,
    model: Model = None,
) -> None:
    """Make one data set of labelled pictures, look for what is wrong in it, and report.

    Without a SOURCE, a set that is there is looked at again.
    """
    if not sources and not (out / "labels.csv").is_file():
        raise typer.BadParameter("Name a SOURCE, or a set that is there.")
    check_model(model)
    from functools import partial

    from digitocr.processes.versions import read_by
    from digitocr.teach.data_set import from_sources, make, report
    from digitocr.teach.folder import corrections_in
    from digitocr.teach.split import Shares

    try:
        changes = corrections_in(corrections) if corrections else {}
        found = from_sources(sources or (), dpi)
        examine = partial(_in_processes, workers=workers or os.cpu_count() or 1, model=model)
        seen = make(out, found, changes, Shares(val, test, seed), examine)
        report(out, seen, read_by(model))
    except InputError as error:
        fail(error)
    except KeyboardInterrupt as error:
        print("\nStopped. The same command looks at the set again.", file=sys.stderr)
        raise typer.Exit(130) from error
    for one in seen.refused:
        print(f"{told(one.name)}: {told(one.why)}", file=sys.stderr)
    print("\n".join(_summary(seen, out)))
    if seen.refused:
        raise typer.Exit(1)


def _in_processes(
    tasks: Iterable[Task], workers: int, model: str | None = None
) -> Iterator[Verdict]:
    """Verdicts by so many processes, with a bar; a picture that costs its process is told."""
    from tqdm import tqdm

    from digitocr.processes.pool import NotStartedError, ReaderLostError, ReaderPool
    from digitocr.teach.examine import unreadable, verdict

    with ReaderPool(workers) as pool:
        waiting = [pool.submit(verdict, path, label, model) for path, label in tasks]
        for one in tqdm(waiting, unit="picture", disable=None):
            try:
                yield one.result()
            except NotStartedError as error:
                raise InputError(str(error)) from error
            except ReaderLostError as error:
                yield unreadable(str(error))


def _summary(seen: Overview, out: Path) -> Iterator[str]:
    from digitocr.teach.examples import Part

    yield f"{len(seen.examples)} pictures, {len(seen.used)} can be learnt from: " + ", ".join(
        f"{seen.count(part)} {part} of {seen.groups(part)} writers or documents" for part in Part
    )
    for reason, places in seen.set_aside().items():
        yield f"set aside, {reason}: {len(places)}"
    yield from seen.warnings()
    if seen.suspects:
        yield f"labels to look at: {len(seen.suspects)}, probably wrong: {seen.probably_wrong}"
    for one in seen.suspects[:SHOWN]:
        example, read = seen.examples[one.place], seen.verdicts[one.place]
        label, guess = (text.replace("\n", "|") for text in (example.label, read.guess))
        yield f"  {example.file}: {label} read as {guess or 'nothing'}"
    yield f"See {told(out / 'report.html')}."
