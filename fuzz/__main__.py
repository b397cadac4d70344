"""Fuzzing by coverage: `python -m fuzz load|read [--minutes 5] [--folder build/fuzz]`.

Begins with the seeds, and with what earlier runs found worth keeping. A crash, a hang or too much
memory ends the run, and the file that did it is left in the folder.
"""

from __future__ import annotations

import math
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

HANG_SECONDS = 20  # for one input
MOST_MB = 1_500  # of the process; fifty megapixels, as they are decoded, take some 400
LEG_MINUTES = 4.0  # in one process: what watches the code keeps a little of every input for ever
LONGEST_BYTES = 20_000


class Door(StrEnum):
    """What takes the bytes."""

    load = "load"
    read = "read"


def main(
    door: Annotated[Door, typer.Argument(help="What takes the bytes.")],
    minutes: Annotated[float, typer.Option(help="How long.")] = 5,
    folder: Annotated[Path, typer.Option(help="For the corpus.")] = Path("build/fuzz"),
) -> None:
    """Throw bytes at a door until the time is up or it breaks."""
    if minutes > LEG_MINUTES:
        legs = math.ceil(minutes / LEG_MINUTES)
        leg = [sys.executable, "-m", "fuzz", door, "--minutes", str(minutes / legs)]
        for _ in range(legs):
            if code := subprocess.run([*leg, "--folder", str(folder)], check=False).returncode:
                raise typer.Exit(code)
        return
    try:
        import atheris
    except ImportError:
        print('Fuzzing needs atheris (Linux on x86-64): pip install ".[fuzz]".', file=sys.stderr)
        raise typer.Exit(2) from None
    # Only what is imported in here is watched; Pillow imports its formats when first needed.
    with atheris.instrument_imports(include=["PIL", "pillow_heif", "digitocr"]):
        from PIL import Image

        from fuzz.doors import DOORS
        from fuzz.seeds import seeds

        Image.init()
    corpus = folder / door
    corpus.mkdir(parents=True, exist_ok=True)
    for name, data in seeds().items():
        (corpus / name).write_bytes(data)
    options = {
        "max_total_time": round(minutes * 60),
        "timeout": HANG_SECONDS,
        "rss_limit_mb": MOST_MB,
        "max_len": LONGEST_BYTES,
        "artifact_prefix": f"{folder}/{door}-broken-by-",
        "print_final_stats": 1,
    }
    flags = [f"-{name}={value}" for name, value in options.items()]
    atheris.Setup([sys.argv[0], *flags, str(corpus)], DOORS[door])
    atheris.Fuzz()


if __name__ == "__main__":
    typer.run(main)
