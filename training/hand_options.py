"""The command line's options that the trainings share: where their hands come from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[Path | None, typer.Option(help="MNIST as .npz; downloaded if absent.")]
Extra = Annotated[list[Path] | None, typer.Option(help="More digits, as .npz: USPS, Semeion.")]
Pens = Annotated[Path | None, typer.Option(help="Folder with recorded pen strokes.")]
Research = Annotated[bool, typer.Option(help="Use the pens whose terms are for research only.")]
Seed = Annotated[int, typer.Option(min=0)]


def run_folder(runs: Path, seed: int, research: bool, without: Sequence[str] = ()) -> Path:
    """Where a run keeps its checkpoints: another seed, choice of pens or of nuisances must not
    go on from them."""
    return runs / "-".join(
        [f"seed-{seed}", *["no-research"] * (not research), *sorted(set(without))]
    )
