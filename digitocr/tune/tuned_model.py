"""A data set in, a model folder out: lines and shapes, steps, confidences, checks, card."""

from __future__ import annotations

import json
import shutil
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from digitocr.networks.export import export_litert
from digitocr.networks.installed import opened
from digitocr.networks.model_folder import (
    CALIBRATION,
    CARD,
    CLASSIFIER,
    LINE_READER,
    NAME,
    SHIPPED,
    Model,
    file_hashes,
)
from digitocr.networks.runtime import EXPORTS, find_model
from digitocr.output.whole import written_whole
from digitocr.teach.examples import Example, Part
from digitocr.teach.folder import opened as opened_set
from digitocr.teach.labelled_pictures import LABELS
from digitocr.tune.changed import CHANGED, write_changed
from digitocr.tune.checks import CHECK, drawn_numbers, painted_pages, sample_pictures
from digitocr.tune.classifier import tune_classifier
from digitocr.tune.judged import (
    agreement,
    before_and_after,
    calibrated,
    counted,
    pictures_of,
    sha256,
    versions,
)
from digitocr.tune.own_digits import joined
from digitocr.tune.own_lines import OwnLine, own_lines, usable
from digitocr.tune.prepared import read_lines, write_lines
from digitocr.tune.replay import made_lines, made_shapes, replay_hands
from digitocr.tune.tuner import Tuner
from digitocr.tune.tuning import Plan, Step, tune
from digitocr.types import InputError

UNFINISHED = "unfinished"  # folder in the model's, until it is done
NOTE = "run.json"  # in it: what the run was begun with
LEAST_LINES = 20  # to learn from
MINUTES = 20.0


@dataclass(frozen=True)
class Effort:
    """How much work it shall be; tests take less."""

    steps: int = 1_000
    minutes: float = MINUTES  # of steps
    check_every: int = 20  # steps
    made: int = 4_000  # lines to be shown again,
    shapes: int = 600  # and numbers, whose shapes are
    general: int = 300  # drawn numbers, to fit confidences by and as many to check
    pages: int = 100  # painted ones to check
    compared: int = 512  # made-up lines on which both line readers are, none of them learnt from


class Progress(Protocol):
    """What is told on the way."""

    def reading(self, examples: Iterable[Example], total: int) -> Iterable[Example]: ...
    def stage(self, told: str) -> None: ...
    def step(self, steps: int, step: Step) -> None: ...


def finetune(
    data: Path,
    out: Path,
    effort: Effort,
    seed: int,
    start: str | None,
    progress: Progress,
    command: Sequence[str] = (),
) -> dict[str, Any]:
    """Tune both readers to a data set; returns the card of the model folder that it makes.

    start: what to tune, as `read` takes a model. Started again with the same arguments it goes
    on where it was cut off. Raises InputError, in a sentence, where there is too little to learn
    from, TensorFlow is missing, or a folder cannot be written to.
    """
    name = out.absolute().name
    if not NAME.fullmatch(name) or name == SHIPPED:
        raise InputError(f"A model cannot be called {name}: letters, digits, dots and dashes.")
    if (out / CARD).exists():
        raise InputError(f"There is a model in {out} already: choose another --out.")
    if not (data / LABELS).is_file():
        raise InputError(f"{data} is no data set: digitocr dataset {data} --out my-set/ makes one.")
    examples = usable(opened_set(data))
    before = opened(start)
    source = before.line_reader or find_model(LINE_READER)
    run = {**asdict(effort), "seed": seed, "line_reader_sha256": sha256(source)}
    run |= {"table_sha256": sha256(data / LABELS), "pictures": len(examples)}
    work = _work_folder(out, run)
    lines = _lines(work, data, examples, start, progress)
    progress.stage("making lines")
    pool = made_lines(effort.made + effort.compared, seed)
    tuner = Tuner(source, effort.steps)
    deadline = time.monotonic() + 60 * effort.minutes
    plan = Plan(effort.steps, seed, effort.check_every, deadline)
    told = partial(progress.step, effort.steps)
    tuned = tune(tuner, lines, pool[effort.compared :], plan, work / "state.npz", told)
    progress.stage("tuning the classifier")
    shapes = joined(one.digits for one in lines if one.part is Part.train)
    others = made_shapes(effort.shapes, seed)
    known = before.classifier or find_model(CLASSIFIER)
    classifier = tune_classifier(known, shapes, others, effort.steps, seed)
    progress.stage("writing the model")
    model = work / name
    _written({LINE_READER: tuner.model, CLASSIFIER: classifier}, model, before)
    counts: dict[str, Counter[Part | None]] = {
        "pictures": Counter(one.part for one in examples),
        "lines": Counter(one.part for one in lines),
        "shapes": Counter(one.part for one in lines for _ in one.digits.labels),
    }
    card: dict[str, Any] = {
        "name": name,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": list(command),
        "versions": versions(),
        "tuned_from": before.told or SHIPPED,
        "run": {**run, "steps_taken": tuned.steps, "best_step": tuned.best_step},
        "data": {kind: {part.value: of[part] for part in Part} for kind, of in counts.items()},
    }
    _write_card(model, card)
    progress.stage("fitting confidences")
    val = pictures_of(data, examples, Part.val)
    card["calibration"] = calibrated(model, val, effort.general, seed)
    _write_card(model, card)
    progress.stage("checking")
    checks = {
        "own": lambda: pictures_of(data, examples, Part.test),
        "general": lambda: drawn_numbers(replay_hands(), effort.general, seed, CHECK),
        "pages": lambda: painted_pages(replay_hands(), effort.pages, seed),
        "samples": sample_pictures,
    }
    checked = before_and_after(checks, start, model)
    test = [one.file for one in examples if one.part is Part.test]
    write_changed(model / CHANGED, test, checked["own"]["before"], checked["own"]["after"])
    card["figures"] = counted(checked)
    card["figures"]["general"] |= agreement(tuner, pool[: effort.compared])
    card["figures"]["line_reader_on_val"] = tuned.val_exact
    _write_card(model, card)
    for file in sorted(model.iterdir(), key=lambda one: one.name == CARD):  # the card last
        file.replace(out / file.name)
    shutil.rmtree(work)
    return card


def is_of(data: Path, out: Path) -> bool:
    """Whether what is unfinished in `out` is taught by a data set as that is now."""
    try:
        told = json.loads((out / UNFINISHED / NOTE).read_text("utf-8"))
        return bool(told["table_sha256"] == sha256(data / LABELS))
    except (OSError, ValueError, KeyError):
        return False


def _work_folder(out: Path, run: dict[str, Any]) -> Path:
    """Where an unfinished run keeps what it has; only the very same run goes on there."""
    work, told = out / UNFINISHED, json.dumps(run, sort_keys=True) + "\n"
    note = work / NOTE
    try:
        if note.is_file():
            if note.read_text("utf-8") != told:
                raise InputError(
                    f"{work} is of another run: repeat that one's command, or delete the folder."
                )
            return work
        if out.is_dir() and any(one.name != UNFINISHED for one in out.iterdir()):
            raise InputError(f"{out} holds something else: choose another --out.")
        work.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{out} cannot be written to ({error.strerror}).") from error
    with written_whole(note) as unfinished:
        unfinished.write_text(told, "utf-8")
    return work


def _lines(
    work: Path, data: Path, examples: Sequence[Example], start: str | None, progress: Progress
) -> list[OwnLine]:
    kept = work / "lines.npz"
    if kept.is_file():
        return read_lines(kept)
    lines = list(own_lines(data, progress.reading(examples, len(examples)), start))
    if sum(one.part is Part.train for one in lines) < LEAST_LINES:
        raise InputError(
            f"{len(lines)} lines can be learnt from, and it takes {LEAST_LINES}: label more "
            f"pictures, or see in the report of `digitocr dataset --out {data}` what was set aside."
        )
    write_lines(kept, lines)
    return lines


def _written(networks: Mapping[str, Any], model: Path, before: Model) -> None:
    """The networks and the confidences that they came with, in a folder of their own."""
    try:
        shutil.rmtree(model, ignore_errors=True)
        model.mkdir()
        for file, network in networks.items():
            network.save(model / file)
            export_litert(model / file, model)
        shutil.copyfile(before.calibration or EXPORTS / CALIBRATION, model / CALIBRATION)
    except OSError as error:
        raise InputError(f"{model} cannot be written ({error.strerror}).") from error


def _write_card(model: Path, card: dict[str, Any]) -> None:
    with written_whole(model / CARD) as unfinished:
        told = {**card, "files": file_hashes(model)}
        unfinished.write_text(json.dumps(told, indent=1) + "\n", "utf-8")
