"""The command line: `digitocr read`, `evaluate`, `batch`, `review`, `serve`, `dataset`, `sheet`,
`finetune`, `models`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digitocr.cli import printing
from digitocr.cli.batch import batch_command
from digitocr.cli.dataset import dataset_command
from digitocr.cli.evaluation import evaluate_command
from digitocr.cli.finetune import finetune_command
from digitocr.cli.models import models_app
from digitocr.cli.options import Dpi, reading_options
from digitocr.cli.printing import Format
from digitocr.cli.read import Answers
from digitocr.cli.review import review_app
from digitocr.cli.serve import serve_command
from digitocr.cli.sheet import sheet_command
from digitocr.settings import Settings

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
    dpi: Dpi = 200,
    *,
    settings: Settings,
    model: str | None,
) -> None:
    """Read the number in each picture, and in each page of a TIFF or PDF; "?" stands for a digit
    that is not certain."""
    answers = Answers(files, settings, model, dpi, stages)
    printing.PRINTERS[format](answers)
    if answers.failed:
        raise typer.Exit(1)


app.command("evaluate")(evaluate_command)
app.command("batch")(batch_command)
app.add_typer(review_app, name="review")
app.command("serve")(serve_command)
app.command("dataset")(dataset_command)
app.command("sheet")(sheet_command)
app.command("finetune")(finetune_command)
app.add_typer(models_app, name="models")


def main() -> None:
    """The console script."""
    with printing.telling_of_output():
        app()


if __name__ == "__main__":
    main()
