"""How far a teaching is, in a file of JSON lines: one process writes it, others look."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from digitocr.teach.examples import Example
from digitocr.tune.tuning import Step
from digitocr.types import InputError

TUNING = "tuning"
# What a run goes through, in this order; one that goes on has read already.
STAGES = (
    "reading",
    "making lines",
    TUNING,
    "tuning the classifier",
    "writing the model",
    "fitting confidences",
    "checking",
)
DONE, STOPPED, FAILED = "done", "stopped", "failed"
EVERY_S = 0.5  # pictures that are read meanwhile are told together
LOOKED_BACK = 20  # steps, to tell how long the next ones take


class ProgressFile:
    """Writes what `finetune` tells, and in the end how it ended: a context manager.

    Of the main thread, for it listens to Ctrl-C.
    """

    def __init__(self, file: Path) -> None:
        """file: a run that goes on adds to what is there. Raises InputError."""
        try:
            self._file = file.open("a", encoding="utf-8", buffering=1)
        except OSError as error:
            raise InputError(f"{file} cannot be written ({error.strerror}).") from error
        self._tell({"stage": STAGES[0]})

    def reading(self, examples: Iterable[Example], total: int) -> Iterable[Example]:
        told = 0.0
        for done, example in enumerate(examples):
            if time.monotonic() - told >= EVERY_S:
                told = time.monotonic()
                self._tell({"stage": STAGES[0], "done": done, "total": total})
            yield example

    def stage(self, told: str) -> None:
        self._tell({"stage": told})

    def step(self, steps: int, step: Step) -> None:
        self._tell({"stage": TUNING, "done": step.number, "total": steps, **step._asdict()})

    def __enter__(self) -> ProgressFile:
        # What is started with `nohup … &` is deaf to Ctrl-C, and so is what that starts.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        return self

    def __exit__(self, kind: object, error: BaseException | None, _: object) -> None:
        if error is None:
            self._tell({"end": DONE})
        elif isinstance(error, KeyboardInterrupt):
            self._tell({"end": STOPPED})
        else:
            fault = f"Teaching failed ({type(error).__name__}): please report it."
            why = str(error) if isinstance(error, InputError) else fault
            self._tell({"end": FAILED, "why": why})
        self._file.close()

    def _tell(self, event: dict[str, Any]) -> None:
        self._file.write(json.dumps({"at": time.time(), **event}) + "\n")


class Point(NamedTuple):
    """A step of the curve."""

    at: float  # s since the epoch
    step: Step


@dataclass
class SoFar:
    """What a progress file tells."""

    stage: str = STAGES[0]
    done: int = 0
    total: int = 0  # 0 where the stage counts nothing
    points: list[Point] = field(default_factory=list)
    begun: int = 0  # how many of them are from before the run went on
    end: str = ""  # DONE, STOPPED or FAILED; nothing before its end, and after a broken one
    why: str = ""  # the sentence, where it failed

    @property
    def left_s(self) -> float | None:
        """How long the steps that are left take at most; None where that cannot be told."""
        last = self.points[self.begun :][-LOOKED_BACK:]
        if self.stage != TUNING or len(last) < 2:
            return None
        pace = (last[-1].at - last[0].at) / (len(last) - 1)
        return pace * (self.total - self.done)


def so_far(file: Path) -> SoFar:
    """What a file tells; a line that was not written to its end, or no file yet, tells nothing."""
    found = SoFar()
    for event in _events(file):
        found.end, found.why = str(event.get("end", "")), str(event.get("why", ""))
        if found.end:
            continue
        found.stage = str(event["stage"])
        found.done, found.total = int(event.get("done", 0)), int(event.get("total", 0))
        if "loss" in event:
            step = Step(event["number"], event["loss"], event["exact"], event["best"])
            # One that was cut off takes some of its last steps again.
            while found.points and found.points[-1].step.number >= step.number:
                found.points.pop()
            found.points.append(Point(event["at"], step))
            found.begun = min(found.begun, len(found.points) - 1)
        elif found.stage == STAGES[0]:
            found.begun = len(found.points)
    return found


def _events(file: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = file.read_text("utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        try:
            yield dict(json.loads(line))
        except ValueError:
            continue
