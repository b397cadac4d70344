"""The command line: `digitocr read FILE…`, `digitocr evaluate FOLDER`."""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digitocr.settings import PolarityChoice, Settings, ThresholdChoice
from digitocr.types import InputError

if TYPE_CHECKING:
    from digitocr.types import Reading

PROGRESS_FROM = 4  # files; fewer are read before a bar could be looked at

app = typer.Typer(
    help="Read handwritten numbers from pictures.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class Format(StrEnum):
    """How the answers are printed."""

    text = "text"
    json = "json"
    jsonl = "jsonl"
    csv = "csv"


Threshold = Annotated[ThresholdChoice, typer.Option(help="How ink is told from paper.")]
Blur = Annotated[float, typer.Option(help="Gaussian blur's sigma in px; 0 for none.")]
Window = Annotated[int, typer.Option(help="Adaptive threshold's window in px; 0 = automatic.")]
Polarity = Annotated[PolarityChoice, typer.Option(help="Ink darker or lighter than the paper.")]
MaxSkew = Annotated[float, typer.Option(help="Level writing tilted up to this; 0 = leave it.")]
Split = Annotated[bool, typer.Option(help="Look for cuts between touching digits.")]
RejectBelow = Annotated[float, typer.Option(help='Show digits less certain than this as "?".')]
DEFAULT = Settings()


def _settings(**chosen: Any) -> Settings:
    try:
        return Settings(**chosen)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


@app.command("read")
def read_command(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help='"-" reads stdin.')],
    format: Annotated[Format, typer.Option(help="How to print the answers.")] = Format.text,
    stages: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Save a picture of every stage here.")
    ] = None,
    threshold: Threshold = DEFAULT.threshold,
    blur: Blur = DEFAULT.blur_sigma_px,
    window: Window = DEFAULT.window_px,
    polarity: Polarity = DEFAULT.polarity,
    max_skew: MaxSkew = DEFAULT.max_skew_deg,
    split: Split = DEFAULT.split_touching,
    reject_below: RejectBelow = DEFAULT.reject_below,
    model: Annotated[
        Path | None, typer.Option(help="A .keras classifier in place of the shipped one.")
    ] = None,
) -> None:
    """Read the number in each picture; "?" stands for a digit that is not certain."""
    settings = _settings(
        threshold=threshold,
        blur_sigma_px=blur,
        window_px=window,
        polarity=polarity,
        max_skew_deg=max_skew,
        split_touching=split,
        reject_below=reject_below,
    )
    answers = _Answers(settings, model, stages)
    PRINTERS[format](answers.of(files), len(files))
    if answers.failed:
        raise typer.Exit(1)


class _Answers:
    """Reads files one after the other; remembers whether some could not be read."""

    def __init__(self, settings: Settings, model: Path | None, stages: Path | None) -> None:
        self.settings, self.model, self.stages = settings, model, stages
        self.failed = False
        self._stems: Counter[str] = Counter()

    def of(self, files: Sequence[str]) -> Iterator[tuple[str, Reading | str]]:
        """Each file's name with its Reading, or with the sentence that says what is wrong."""
        for name in _progress(files):
            try:
                answer: Reading | str = self._read(name)
            except InputError as error:
                answer = str(error)
                self.failed = True
                print(f"{name}: {error}", file=sys.stderr)
            yield name, answer

    def _read(self, name: str) -> Reading:
        from digitocr.pipeline import read

        source = sys.stdin.buffer.read() if name == "-" else Path(name)
        reading = read(source, self.settings, self.model)
        if self.stages:
            _save_stages(reading, self.stages / self._folder(name))
        return reading

    def _folder(self, name: str) -> str:
        """The file's name without its suffix, numbered where an earlier file has the same."""
        stem = "stdin" if name == "-" else Path(name).stem
        self._stems[stem] += 1
        return stem if self._stems[stem] == 1 else f"{stem}-{self._stems[stem]}"


def _progress(files: Sequence[str]) -> Iterable[str]:
    if len(files) < PROGRESS_FROM or not sys.stderr.isatty():
        return files
    from tqdm import tqdm

    return tqdm(files, unit="file", file=sys.stderr)


def _save_stages(reading: Reading, folder: Path) -> None:
    from digitocr.draw import stage_pictures

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, picture in stage_pictures(reading):
            picture.save(folder / name)
    except OSError as error:
        raise InputError(f"The stages cannot be saved in {folder} ({error.strerror}).") from error


Answers = Iterator[tuple[str, "Reading | str"]]


def _print_text(answers: Answers, count: int) -> None:
    """The number alone; with several files each line begins with the file's name and a tab."""
    for name, answer in answers:
        if isinstance(answer, str):
            continue
        for line in answer.text.split("\n"):
            print(f"{name}\t{line}" if count > 1 else line, flush=True)


def _as_dicts(answers: Answers) -> Iterator[dict[str, Any]]:
    from digitocr.output import as_dict, error_dict

    for name, answer in answers:
        yield error_dict(name, answer) if isinstance(answer, str) else as_dict(name, answer)


def _print_jsonl(answers: Answers, count: int) -> None:
    for record in _as_dicts(answers):
        print(json.dumps(record, ensure_ascii=False), flush=True)


def _print_json(answers: Answers, count: int) -> None:
    print(json.dumps(list(_as_dicts(answers)), ensure_ascii=False, indent=2))


def _print_csv(answers: Answers, count: int) -> None:
    from digitocr.output import CSV_COLUMNS, csv_rows, error_dict

    writer = csv.DictWriter(sys.stdout, CSV_COLUMNS, lineterminator="\n")
    writer.writeheader()
    for name, answer in answers:
        if isinstance(answer, str):
            writer.writerow(error_dict(name, answer))
        else:
            writer.writerows(csv_rows(name, answer))
        sys.stdout.flush()


PRINTERS = {
    Format.text: _print_text,
    Format.json: _print_json,
    Format.jsonl: _print_jsonl,
    Format.csv: _print_csv,
}


@app.command("evaluate")
def evaluate_command(
    folder: Annotated[Path, typer.Argument(help="Pictures with a labels.csv (file, label).")],
    report: Annotated[
        Path | None, typer.Option(metavar="FILE.html", help="Show the wrong ones with pictures.")
    ] = None,
    reject_below: RejectBelow = DEFAULT.reject_below,
) -> None:
    """Read a labelled folder; print exact match, character error rate and the stage to blame."""
    from digitocr.evaluate import evaluate, labelled, summary

    try:
        pictures = labelled(folder)
    except InputError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from error
    from tqdm import tqdm

    settings = _settings(reject_below=reject_below)
    cases = list(tqdm(evaluate(pictures, settings), total=len(pictures), disable=None))
    print(summary(cases))
    for case in cases:
        if not case.is_exact:
            guess = case.error or case.guess.replace("\n", "|") or "nothing"
            truth = case.truth.replace("\n", "|")
            print(f"{case.path.name}: {truth} read as {guess} ({case.blamed or 'file'})")
    if report:
        from digitocr.report import write_report

        write_report(cases, report)


def main() -> None:
    """The console script."""
    app()


if __name__ == "__main__":
    main()
