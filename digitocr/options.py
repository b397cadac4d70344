"""The command line's options about a reading, shared by its commands."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from digitocr.constraints import CheckChoice
from digitocr.settings import PolarityChoice, Settings, ThresholdChoice
from digitocr.types import InputError

Threshold = Annotated[ThresholdChoice, typer.Option(help="How ink is told from paper.")]
Blur = Annotated[float, typer.Option(help="Gaussian blur's sigma in px; 0 for none.")]
Window = Annotated[int, typer.Option(help="Adaptive threshold's window in px; 0 = automatic.")]
Polarity = Annotated[PolarityChoice, typer.Option(help="Ink darker or lighter than the paper.")]
MaxSkew = Annotated[float, typer.Option(help="Level writing tilted up to this; 0 = leave it.")]
Split = Annotated[bool, typer.Option(help="Look for cuts between touching digits.")]
OneWrongIn = Annotated[
    int, typer.Option(help='Of so many numbers without "?" at most one may be wrong.')
]
Length = Annotated[int, typer.Option(help="Digits of every number, if known; 0 = any.")]
Pattern = Annotated[str, typer.Option(help="How the numbers look, if known, as in ####-##.")]
Check = Annotated[CheckChoice, typer.Option(help="The check digit that the numbers carry.")]
Country = Annotated[str, typer.Option(help="The two letters of the IBANs' country.")]
Model = Annotated[Path | None, typer.Option(help="A .keras file in place of the shipped one.")]
DEFAULT = Settings()


def settings_of(**chosen: Any) -> Settings:
    """The settings, or wrong usage with the sentence that says why."""
    try:
        return Settings(**chosen)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def check_model(model: Path | None) -> None:
    """A classifier that cannot be loaded is no picture's fault: say so once."""
    from digitocr.models import load_classifier

    try:
        load_classifier(model)
    except InputError as error:
        fail(error)


def fail(error: InputError) -> NoReturn:
    """End with the error's sentence."""
    print(error, file=sys.stderr)
    raise typer.Exit(1) from error
