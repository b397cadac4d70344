"""The command line's `digitocr batch`."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from typing import Annotated, Any

import typer

from digitocr.options import (
    DEFAULT,
    Blur,
    Check,
    Country,
    Length,
    MaxSkew,
    Model,
    OneWrongIn,
    Pattern,
    Polarity,
    Split,
    Threshold,
    Window,
    check_model,
    fail,
    settings_of,
)
from digitocr.types import InputError


class EngineChoice(StrEnum):
    """What does the reading."""

    processes = "processes"
    dask = "dask"


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
    dpi: Annotated[int, typer.Option(min=20, max=1200, help="How finely a PDF is drawn.")] = 200,
    engine: Annotated[EngineChoice, typer.Option(help="Who reads.")] = EngineChoice.processes,
    scheduler: Annotated[str, typer.Option(help="Dask's address, tcp://host:8786.")] = "",
    threshold: Threshold = DEFAULT.threshold,
    blur: Blur = DEFAULT.blur_sigma_px,
    window: Window = DEFAULT.window_px,
    polarity: Polarity = DEFAULT.polarity,
    max_skew: MaxSkew = DEFAULT.max_skew_deg,
    split: Split = DEFAULT.split_touching,
    one_wrong_in: OneWrongIn = DEFAULT.one_wrong_in,
    length: Length = DEFAULT.length,
    pattern: Pattern = DEFAULT.pattern,
    check: Check = DEFAULT.check,
    country: Country = DEFAULT.country,
    model: Model = None,
) -> None:
    """Read a pile of pictures into one table; started again, it goes on where it was cut off."""
    settings = settings_of(
        threshold=threshold,
        blur_sigma_px=blur,
        window_px=window,
        polarity=polarity,
        max_skew_deg=max_skew,
        split_touching=split,
        one_wrong_in=one_wrong_in,
        length=length,
        pattern=pattern,
        check=check,
        country=country,
    )
    if (engine == EngineChoice.dask) != bool(scheduler):
        raise typer.BadParameter("--engine dask and --scheduler ADDRESS go together.")
    check_model(model)
    from functools import partial

    from tqdm import tqdm

    from digitocr.pile import cluster
    from digitocr.pile import workers as processes
    from digitocr.pile.batch import read_pile
    from digitocr.pile.journal import Counts

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
        f"{outcome.empty} without a digit; {outcome.failed} could not be read. See {out}."
    )
    if outcome.failed:
        raise typer.Exit(1)
