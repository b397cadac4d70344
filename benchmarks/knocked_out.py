"""What each rule of finding is worth: `python -m benchmarks.knocked_out FOLDER...`.

Labelled folders and painted scenes are read with all rules, and once more without each. What
makes no difference to any of them has no place in the reader.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, NamedTuple
from unittest.mock import patch

import cv2
import numpy as np
import typer

from benchmarks.scenes import ROWS, hands_of, judged, scene, together
from digitocr import Settings, pipeline, read
from digitocr.find import (
    binarize,
    cores,
    extend,
    finder,
    line_sheet,
    lines,
    look,
    numbers,
    segment,
)
from digitocr.measure.counts import figures
from digitocr.measure.evaluate import evaluate, labelled
from training.hand_options import Data, Pens


class Change(NamedTuple):
    """Something of the reader, and what stands in its place."""

    where: ModuleType
    name: str
    instead: Any


def _never(*_: Any) -> bool:
    return False


def _no_rule(component: Any) -> Any:
    return np.zeros(component.mask.shape, np.bool_)


def _no_bars(components: Sequence[Any]) -> list[bool]:
    return [False] * len(components)


def _as_it_is(one: Any) -> Any:
    return one


def _not_parted(_: Any, found: Sequence[Any]) -> list[Any]:
    return list(found)


def _not_grown(_: Any, __: Any, seeds: Sequence[Any]) -> list[Any]:
    return list(seeds)


def _nothing(*_: Any) -> list[Any]:
    return []


KNOCKED_OUT: dict[str, tuple[Change, ...]] = {
    "nothing: all that ships": (),
    "a picture drawn apart where nothing is sure": (Change(look, "_clearer", _as_it_is),),
    "white paper around it then": (Change(look, "MARGIN_PX", 0),),
    "a closer look at small writing": (Change(look, "SMALL_PX", 0.0),),
    "a closer look where nothing is read surely": (Change(pipeline, "look_closer", _nothing),),
    "small pictures enlarged further": (Change(finder, "SMALL_PX", 0),),
    "more than one level of the map": (Change(cores, "LEVELS", cores.LEVELS[:1]),),
    "cores cut where they are too thick": (Change(cores, "THICK", np.inf),),
    "cores cut where their heights differ": (Change(cores, "SPREAD", np.inf),),
    "cores that were cut grow again": (Change(cores, "_grown", _not_grown),),
    "outliers among these do not count": (Change(cores, "TAIL", 0.0),),
    "faint cores, where no other is sure": (Change(numbers, "ALONE", cores.SURE),),
    "short numbers as tilted as long ones": (Change(numbers, "_leveled", list),),
    "what hardly rises is level": (Change(numbers, "RISE", 0.0),),
    "cores on one line are one number": tuple(
        Change(where, "joined", list) for where in (numbers, extend)
    ),
    "parted at a table's rules": tuple(
        Change(where, "parted", _not_parted) for where in (numbers, extend)
    ),
    "numbers go on to strokes that nobody read": (Change(pipeline, "extended", _nothing),),
    "paper white and ink black": (Change(line_sheet, "_flattened", _as_it_is),),
    "a few darkest pixels do not count": (Change(line_sheet, "DARKEST_SHARE", 0.0),),
    "adaptive threshold in uneven light": (Change(binarize, "UNEVEN", np.inf),),
    "ruled lines taken out": (Change(segment, "find_rule", _no_rule),),
    "bars of a comb taken out": (Change(segment, "find_bars", _no_bars),),
    "posts at a number's ends taken out": (Change(lines, "_is_post", _never),),
    "dashes above and below taken out": (Change(lines, "_is_dash_beyond", _never),),
    "what is cut off beside taken out": (Change(lines, "_is_cut_off", _never),),
    "parts one above the other are one digit": (Change(lines, "PART_OVERLAP", np.inf),),
    "small parts belong to a digit": (Change(lines, "_belongs", _never),),
}


def measured(
    knocked_out: str, folders: Sequence[Path], data: Path | None, pens: Path | None, count: int
) -> list[str]:
    """Exact, shown and of these wrong, in numbers, for each folder and for the painted scenes."""
    cv2.setNumThreads(1)
    with ExitStack() as changed:
        for change in KNOCKED_OUT[knocked_out]:
            changed.enter_context(patch.object(*change))
        cells = []
        for folder in folders:
            found = figures(list(evaluate(labelled(folder), Settings())))
            cells.append(f"{found.exact}, {found.shown}, {found.shown_wrong}")
        hands = hands_of(data, pens)
        painted = (scene(kind, index, hands) for kind in ROWS.values() for index in range(count))
        every = together([judged(one, read(one.gray)) for one in painted])
        return [*cells, f"{every.exact}, {every.shown}, {every.shown_wrong}"]


def main(
    folders: Annotated[list[Path], typer.Argument(help="Each with a labels.csv.")],
    data: Data = None,
    pens: Pens = None,
    count: Annotated[int, typer.Option(min=1, help="Painted scenes of each kind.")] = 10,
) -> None:
    """Print a table with a row for each rule that is knocked out."""
    told = ["knocked out", *(folder.name for folder in folders), "scenes"]
    print(f"| {' | '.join(told)} |\n|{'---|' * len(told)}", flush=True)
    work = partial(measured, folders=folders, data=data, pens=pens, count=count)
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        for name, cells in zip(KNOCKED_OUT, pool.map(work, KNOCKED_OUT), strict=True):
            print(f"| {' | '.join([name, *cells])} |", flush=True)


if __name__ == "__main__":
    typer.run(main)
