"""The command line's options that the trainings share: where their hands come from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[Path | None, typer.Option(help="MNIST as .npz; downloaded if absent.")]
Extra = Annotated[list[Path] | None, typer.Option(help="More digits, as .npz: USPS, Semeion.")]
Pens = Annotated[Path | None, typer.Option(help="Folder with recorded pen strokes.")]
Research = Annotated[bool, typer.Option(help="Use the pens whose terms are for research only.")]
Seed = Annotated[int, typer.Option(min=0)]
