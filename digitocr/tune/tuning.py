"""Steps towards the user's papers, from where the last run was cut off.

Every step is drawn from the seed and its own number, and what is saved is all that later steps
depend on: a run that was killed comes to the same weights as one that was not.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from digitocr.along.ctc import best_path
from digitocr.teach.examples import Part
from digitocr.tune.drawn_lines import Written
from digitocr.tune.own_lines import OwnLine, varied
from digitocr.tune.tuner import Tuner, Weights

OWN, DRAWN = 32, 32  # lines of a step
PATIENCE = 15  # checks on the val part that are all worse than by chance, and it ends
KEPT = 0.9  # of the way from the weights before to those that were taken


@dataclass(frozen=True)
class Plan:
    """How long, and how often to look up."""

    steps: int
    seed: int
    check_every: int  # steps: the val part is read, and all is saved
    deadline: float  # of time.monotonic(): then it ends with the best so far


class Step(NamedTuple):
    """A step that was taken."""

    number: int  # from 1
    loss: float
    exact: float | None  # share of the val part that is read right; None where nobody looked
    best: float | None  # of these so far


@dataclass(frozen=True)
class Tuned:
    """What came of it."""

    weights: Weights  # averaged
    steps: int  # that were taken
    best_step: int  # whose weights were taken: the last that were best on the val part, or nearly
    val_exact: float | None  # read right with these, the line reader alone; None without any


def tune(
    tuner: Tuner,
    lines: Sequence[OwnLine],
    drawn: Sequence[Written],
    plan: Plan,
    saved: Path,
    progress: Callable[[Step], None],
) -> Tuned:
    """Take steps until the plan's end, or until the val part gains no more.

    saved: the file that the run is saved to, and goes on from where it is there. progress: told
    each step when it is taken.
    """
    train = [(one.strip, one.label) for one in lines if one.part is Part.train]
    val = [(one.strip, one.label) for one in lines if one.part is Part.val]
    step, best, best_step, best_weights = 0, -1.0, 0, tuner.start
    if saved.is_file():
        found = tuner.restore(saved)
        step, best_step = int(found["step"]), int(found["best_step"])
        best = float(found["best"])
        best_weights = [found[f"best{place}"] for place in range(len(tuner.start))]
    while step < plan.steps and time.monotonic() < plan.deadline:
        if val and step - best_step >= PATIENCE * plan.check_every:
            break
        loss = _step(tuner, train, drawn, plan.seed, step)
        step, right = step + 1, None
        if step % plan.check_every == 0 or step == plan.steps:
            right = _exact(tuner, val) if val else 1.0
            if right >= best - _chance(best, len(val)):
                best_step, best_weights = step, tuner.model.get_weights()
            best = max(best, right)
            arrays = {f"best{place}": one for place, one in enumerate(best_weights)}
            arrays |= {"step": np.array(step), "best_step": np.array(best_step)}
            arrays["best"] = np.array(best)
            tuner.save(saved, arrays)
        exact = right if val else None
        progress(Step(step, loss, exact, best if val and best >= 0 else None))
    if best_step:  # otherwise there was no time for a check
        tuner.model.set_weights(best_weights)
    kept = tuner.averaged(KEPT)
    tuner.model.set_weights(kept)
    return Tuned(kept, step, best_step, _exact(tuner, val) if val else None)


def _step(
    tuner: Tuner, train: Sequence[Written], drawn: Sequence[Written], seed: int, step: int
) -> float:
    rng = np.random.default_rng((seed, 6 << 32, step))
    own, others = (
        [varied(rng, lines[int(place)]) for place in rng.integers(len(lines), size=count)]
        for lines, count in ((train, OWN), (drawn, DRAWN))
    )
    return tuner.learn(own, others)


def _chance(share: float, count: int) -> float:
    """The standard error of a share of so many lines.

    What is worse by less is as good, and of such weights the later ones have learnt more (Breiman
    and others: "Classification and regression trees", 1984, on the rule of one standard error).
    """
    return float(np.sqrt(max(share * (1 - share), 0.0) / max(count, 1)))


def _exact(tuner: Tuner, lines: list[Written]) -> float:
    said = [best_path(one) for one in tuner.along(lines)]
    return float(np.mean([one == label for one, (_, label) in zip(said, lines, strict=True)]))
