"""The pictures of the test part that a tuned model reads otherwise than before.

They lie beside the model, not in its card: what people wrote shall not go where the model goes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from digitocr.output.whole import written_whole
from digitocr.tune.checks import Answer
from digitocr.types import InputError

CHANGED = "changed.jsonl"


class Changed(NamedTuple):
    """A picture that another number, or another doubt, was read on."""

    file: str  # in the set's folder
    before: Answer
    after: Answer

    @property
    def order(self) -> int:
        """What got worse comes first, then what got better."""
        if self.before.is_exact != self.after.is_exact:
            return 0 if self.before.is_exact else 1
        return 2


def write_changed(
    out: Path, files: Sequence[str], before: Sequence[Answer], after: Sequence[Answer]
) -> None:
    """Write those that differ, as JSON lines, whole or not at all. Raises InputError."""
    found = [
        Changed(file, one, other)
        for file, one, other in zip(files, before, after, strict=True)
        if one != other
    ]
    lines = [
        json.dumps({"file": one.file, "before": one.before, "after": one.after})
        for one in sorted(found, key=lambda one: one.order)
    ]
    with written_whole(out) as unfinished:
        unfinished.write_text("".join(f"{line}\n" for line in lines), "utf-8")


def read_changed(file: Path) -> list[Changed]:
    """What `write_changed` wrote, what got worse first. Raises InputError where it is damaged."""
    try:
        rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        return [
            Changed(str(row["file"]), Answer(*row["before"]), Answer(*row["after"])) for row in rows
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{file} is damaged or missing.") from error
