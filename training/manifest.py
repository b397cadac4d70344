"""Where weights come from, in a manifest beside them: commit, command, seed, data, date, hashes.

The trainings write it themselves; what was not noted at the time stands there as "unknown".
"""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from digitocr.networks.runtime import EXPORTS, PACKAGE
from digitocr.tune.judged import sha256 as sha256

NAME = "manifest.json"
SHIPPED = EXPORTS / NAME
KERAS_MNIST = "as Keras downloads it, checked by its hash"

Made = dict[str, Any]  # how weights were made


def made_by(
    module: str,
    data: Path | None,
    extra: Sequence[Path],
    pens: Path | None,
    research: bool,
    seed: int,
    **further: object,
) -> Made:
    """What is known before a run: the code's commit, the command, the seed, the data's SHA-256.

    further: the run's other options that the weights depend on, by their names. Of paths the
    last part alone is noted.
    """
    hands = {"data": data, "extra": extra, "pens": pens, "research": research}
    return {
        "commit": _commit(),
        "command": command(module, {**hands, **further, "seed": seed}),
        "seed": seed,
        "data": _hashes([data, *extra, *([pens] if pens else [])]),
    }


def command(module: str, options: Mapping[str, object]) -> str:
    """What to type for a run with these options; what is None or empty is left out."""
    words = ["python", "-m", module]
    for name, value in options.items():
        option = "--" + name.replace("_", "-")
        if value is True:
            words.append(option)
        elif value is False:
            words.append(f"--no-{option.removeprefix('--')}")
        elif value is not None:
            for one in value if isinstance(value, list | tuple) else [value]:
                words += [option, one.name if isinstance(one, Path) else str(one)]
    return shlex.join(words)


def note(weights: Path, made: Made, export: Path | None = None) -> Path:
    """Put weights, with their hash and that of their export, into the manifest; returns that.

    It is the shipped one for weights that ship, else one beside the weights.
    """
    ships = weights.resolve().is_relative_to(PACKAGE) or weights.resolve().parent == PACKAGE.parent
    manifest = SHIPPED if ships else weights.parent / NAME
    entries = json.loads(manifest.read_text("utf-8")) if manifest.is_file() else {}
    entry = {"sha256": sha256(weights)}
    if export:
        entry |= {"export": export.name, "export_sha256": sha256(export)}
    entries[weights.name] = entry | made | {"date": datetime.now(UTC).date().isoformat()}
    manifest.write_text(json.dumps(entries, indent=2) + "\n", "utf-8")
    return manifest


def _hashes(files: Sequence[Path | None]) -> dict[str, str]:
    found: dict[str, str] = {}
    for file in files:
        if file is None:
            found["mnist.npz"] = KERAS_MNIST
        elif file.is_dir():
            found |= {f"{file.name}/{one.name}": sha256(one) for one in sorted(file.glob("*.gz"))}
        else:
            found[file.name] = sha256(file)
    return found


def _commit() -> str:
    """The checkout's commit, "-dirty" behind it where files differ from it."""
    describe = ["git", "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty"]
    try:
        told = subprocess.run(
            describe, capture_output=True, text=True, cwd=PACKAGE.parent, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return told.stdout.strip()
