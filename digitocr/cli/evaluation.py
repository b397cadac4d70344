"""`digitocr evaluate`: a labelled folder is read and counted, and compared with an earlier time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitocr.cli.options import DEFAULT, Model, OneWrongIn, check_model, fail, settings_of
from digitocr.output.safe import told
from digitocr.output.whole import written_whole
from digitocr.types import InputError

if TYPE_CHECKING:
    from digitocr.measure.cases import Case
    from digitocr.measure.saved import Measurement


def evaluate_command(
    folder: Annotated[Path, typer.Argument(help="Pictures with a labels.csv (file, label).")],
    report: Annotated[
        Path | None, typer.Option(metavar="FILE.html", help="Show the wrong ones with pictures.")
    ] = None,
    json: Annotated[
        Path | None, typer.Option(metavar="FILE.json", help="Save what was measured.")
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(metavar="FILE.json", help="Compare with what --json saved before."),
    ] = None,
    one_wrong_in: OneWrongIn = DEFAULT.one_wrong_in,
    model: Model = None,
) -> None:
    """Read a labelled folder; print exact match, character error rate and the stage to blame."""
    from digitocr.measure.evaluate import evaluate, labelled, summary
    from digitocr.measure.saved import named_in

    for out, what in ((report, "the report"), (json, "the measurement")):
        if out and not out.parent.is_dir():
            fail(InputError(f"There is no folder {out.parent} for {what}: make it first."))
    check_model(model)
    try:
        pictures = labelled(folder)
        before = _saved(against) if against else None
    except InputError as error:
        fail(error)
    from tqdm import tqdm

    settings = settings_of(one_wrong_in=one_wrong_in)
    read_one_by_one = evaluate(pictures, settings, model)
    cases = named_in(folder, list(tqdm(read_one_by_one, total=len(pictures), disable=None)))
    print(summary(cases))
    for case in cases:
        if not case.is_exact:
            guess = case.error or case.guess.replace("\n", "|") or "nothing"
            truth = case.truth.replace("\n", "|")
            told_name = told(case.path.name)
            print(f"{told_name}: {truth} read as {guess} ({case.blamed or 'file'})")
    try:
        if report:
            from digitocr.measure.report import write_report

            write_report(cases, report)
        if json:
            _save(cases, one_wrong_in, model, json)
        if before:
            from digitocr.measure.paired import compare, comparison_text

            print(f"\nagainst {told(against)}")
            print(comparison_text(compare(before.cases, cases)))
    except InputError as error:
        fail(error)
    if any(case.error for case in cases):
        raise typer.Exit(1)


def _saved(path: Path) -> Measurement:
    from digitocr.measure.saved import from_json

    try:
        return from_json(path.read_bytes(), str(path))
    except OSError as error:
        raise InputError(f"{path} cannot be opened ({error.strerror}).") from error


def _save(cases: list[Case], one_wrong_in: int, model: str | None, path: Path) -> None:
    from digitocr.measure.saved import Measurement, as_json
    from digitocr.processes.versions import read_by

    with written_whole(path) as unfinished:
        measured = Measurement(cases, one_wrong_in, read_by(model))
        unfinished.write_text(as_json(measured), encoding="utf-8")
