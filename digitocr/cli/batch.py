"""The command line's `digitocr batch`."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from typing import Annotated, Any

import typer

from digitocr.cli.options import Dpi, fail, reading_options
from digitocr.output.safe import told
from digitocr.settings import Settings
from digitocr.types import InputError


class EngineChoice(StrEnum):
    """What does the reading."""

    processes = "processes"
    dask = "dask"


@reading_options
def batch_command(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...", help="Files, folders, patterns, ZIP, TIFF, PDF; URLs with fsspec."
        ),
    ],
    out: Annotated[str, typer.Option(help="The table: .csv, .jsonl, .parquet, .xlsx or .sqlite.")],
    workers: Annotated[
        int, typer.Option(min=0, help="Processes that read; 0 = one for each core.")
    ] = 0,
    dpi: Dpi = 200,
    engine: Annotated[EngineChoice, typer.Option(help="Who reads.")] = EngineChoice.processes,
    scheduler: Annotated[str, typer.Option(help="Dask's address, tcp://host:8786.")] = "",
    *,
    settings: Settings,
    model: str | None,
) -> None:
    """Read a pile of pictures into one table; started again, it goes on where it was cut off."""
    if (engine == EngineChoice.dask) != bool(scheduler):
        raise typer.BadParameter("--engine dask and --scheduler ADDRESS go together.")
    from functools import partial

    from tqdm import tqdm

    from digitocr.pile import cluster
    from digitocr.pile import workers as processes
    from digitocr.pile.journal import Counts
    from digitocr.pile.whole_pile import read_pile

    reader = (
        partial(cluster.read_all, scheduler=scheduler)
        if engine == EngineChoice.dask
        else partial(processes.read_all, workers=workers or os.cpu_count() or 1)
    )
    bar: tqdm[Any] = tqdm(unit="page", disable=None)

    def progress(counts: Counts) -> None:
        if bar.total is None:  # what an earlier run has done says nothing of this one's speed
            bar.reset(counts.total)
            bar.initial = bar.n = counts.done
        bar.update(counts.done - bar.n)

    try:
        with bar:
            outcome = read_pile(paths, out, settings, model, dpi, reader, progress)
    except InputError as error:
        fail(error)
    except KeyboardInterrupt as error:
        print("\nStopped. The same command goes on from here.", file=sys.stderr)
        raise typer.Exit(130) from error
    read = outcome.total - outcome.failed
    print(
        f'{outcome.total} pages, {read} read: {outcome.doubted} with a "?", '
        f"{outcome.empty} without a digit; {outcome.failed} could not be read. See {told(out)}."
    )
    if outcome.failed:
        raise typer.Exit(1)
