"""The command line: `digitocr read`, `evaluate`, `batch`, `review` and `serve`."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitocr import printing
from digitocr.options import (
    DEFAULT,
    Model,
    OneWrongIn,
    check_model,
    fail,
    reading_options,
    settings_of,
)
from digitocr.pile.command import batch_command
from digitocr.printing import Format
from digitocr.review.command import review_app
from digitocr.service.command import serve_command
from digitocr.settings import Settings
from digitocr.types import InputError

if TYPE_CHECKING:
    from digitocr.reading import Reading

PROGRESS_FROM = 4  # files; fewer are read before a bar could be looked at

app = typer.Typer(
    help="Read handwritten numbers from pictures.",
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        from digitocr import __version__

        print(__version__)
    elif context.invoked_subcommand is None:
        print(context.get_help())


@app.command("read")
@reading_options
def read_command(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help='"-" reads stdin.')],
    format: Annotated[Format, typer.Option(help="How to print the answers.")] = Format.text,
    stages: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Save a picture of every stage here.")
    ] = None,
    *,
    settings: Settings,
    model: Path | None,
) -> None:
    """Read the number in each picture; "?" stands for a digit that is not certain."""
    answers = _Answers(settings, model, stages)
    printing.PRINTERS[format](answers.of(files), len(files))
    if answers.failed:
        raise typer.Exit(1)


class _Answers:
    """Reads files one after the other; remembers whether some could not be read."""

    def __init__(self, settings: Settings, model: Path | None, stages: Path | None) -> None:
        self.settings, self.model, self.stages = settings, model, stages
        self.failed = False
        self._folders: set[str] = set()

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

        if name == "-" and sys.stdin is None:
            raise InputError("There is no standard input: name a file.")
        source = sys.stdin.buffer.read() if name == "-" else Path(name)
        reading = read(source, self.settings, self.model)
        if self.stages:
            _save_stages(reading, self.stages / self._folder(name))
        return reading

    def _folder(self, name: str) -> str:
        """The file's name without its suffix, numbered where an earlier file has the same."""
        stem = "stdin" if name == "-" else Path(name).stem
        numbered = (f"{stem}-{number}" for number in itertools.count(2))
        folder = next(one for one in itertools.chain([stem], numbered) if one not in self._folders)
        self._folders.add(folder)
        return folder


def _progress(files: Sequence[str]) -> Iterable[str]:
    if len(files) < PROGRESS_FROM or not sys.stderr.isatty():
        return files
    from tqdm import tqdm

    return tqdm(files, unit="file", file=sys.stderr)


def _save_stages(reading: Reading, folder: Path) -> None:
    from digitocr.draw import stage_pictures

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for outdated in folder.glob("[0-9][0-9]-*.png"):
            outdated.unlink()
        for name, picture in stage_pictures(reading):
            picture.save(folder / name)
    except OSError as error:
        raise InputError(f"The stages cannot be saved in {folder} ({error.strerror}).") from error


@app.command("evaluate")
def evaluate_command(
    folder: Annotated[Path, typer.Argument(help="Pictures with a labels.csv (file, label).")],
    report: Annotated[
        Path | None, typer.Option(metavar="FILE.html", help="Show the wrong ones with pictures.")
    ] = None,
    one_wrong_in: OneWrongIn = DEFAULT.one_wrong_in,
    model: Model = None,
) -> None:
    """Read a labelled folder; print exact match, character error rate and the stage to blame."""
    from digitocr.evaluate import evaluate, labelled, summary

    if report and not report.parent.is_dir():
        fail(InputError(f"There is no folder {report.parent} for the report: make it first."))
    check_model(model)
    try:
        pictures = labelled(folder)
    except InputError as error:
        fail(error)
    from tqdm import tqdm

    settings = settings_of(one_wrong_in=one_wrong_in)
    cases = list(tqdm(evaluate(pictures, settings, model), total=len(pictures), disable=None))
    print(summary(cases))
    for case in cases:
        if not case.is_exact:
            guess = case.error or case.guess.replace("\n", "|") or "nothing"
            truth = case.truth.replace("\n", "|")
            print(f"{case.path.name}: {truth} read as {guess} ({case.blamed or 'file'})")
    if report:
        from digitocr.report import write_report

        write_report(cases, report)
    if any(case.error for case in cases):
        raise typer.Exit(1)


app.command("batch")(batch_command)
app.add_typer(review_app, name="review")
app.command("serve")(serve_command)


def main() -> None:
    """The console script."""
    app()


if __name__ == "__main__":
    main()
