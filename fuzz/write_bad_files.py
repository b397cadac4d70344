"""Bad files, always the same ones: `python -m fuzz.write_bad_files FOLDER [--seed 0]`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from fuzz import containers, damages
from fuzz.damages import BadFile


def bad_files(seed: int = 0) -> list[BadFile]:
    """All of them; the seed chooses which bits fall over and what the noise is."""
    rng = np.random.default_rng(seed)
    return [
        *damages.truncated(),
        *damages.flipped(rng),
        *damages.wrong_suffixes(),
        *damages.lying_headers(),
        *damages.overgrown(),
        *damages.metadata(rng),
        *containers.tiffs(),
        *containers.pdfs(),
        *containers.archives(),
        *containers.odd_names(),
    ]


def write(folder: Path, seed: int = 0) -> list[tuple[BadFile, Path]]:
    """Each file in a folder that is named after its kind, with its path."""
    written = []
    for file in bad_files(seed):
        path = folder / file.kind.replace(" ", "-") / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
        written.append((file, path))
    return written


def main(
    folder: Annotated[Path, typer.Argument(help="Write them here.")],
    seed: Annotated[int, typer.Option(help="Another corpus of the same kinds.")] = 0,
) -> None:
    """Write the corpus and print how many files there are of each kind."""
    kinds = Counter(file.kind for file, _ in write(folder, seed))
    for kind, count in kinds.items():
        print(f"{count:4} {kind}")
    print(f"{sum(kinds.values()):4} in all")


if __name__ == "__main__":
    typer.run(main)
