"""The command line's options about a reading, shared by its commands."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any, NoReturn, get_type_hints

import typer

from digitocr.constraints import CheckChoice
from digitocr.output.safe import told
from digitocr.settings import PolarityChoice, Settings, ThresholdChoice
from digitocr.types import InputError

ONE_WRONG_IN = 'Of so many numbers without "?" at most one may be wrong.'
OneWrongIn = Annotated[int, typer.Option(help=ONE_WRONG_IN)]
Model = Annotated[Path | None, typer.Option(help="A .keras file in place of the shipped one.")]
Dpi = Annotated[int, typer.Option(min=20, max=1200, help="How finely a PDF is drawn.")]
DEFAULT = Settings()
# Each option: its type, the field of Settings that it sets, and what it says of itself.
OPTIONS: dict[str, tuple[Any, str, str]] = {
    "threshold": (ThresholdChoice, "threshold", "How ink is told from paper."),
    "level": (int, "level", "Of --threshold manual: darker is ink, 1 to 254."),
    "blur": (float, "blur_sigma_px", "Gaussian blur's sigma in px; 0 for none."),
    "window": (int, "window_px", "Adaptive threshold's window in px; 0 = automatic."),
    "polarity": (PolarityChoice, "polarity", "Ink darker or lighter than the paper."),
    "max_skew": (float, "max_skew_deg", "Level writing tilted up to this; 0 = leave it."),
    "split": (bool, "split_touching", "Look for cuts between touching digits."),
    "one_wrong_in": (int, "one_wrong_in", ONE_WRONG_IN),
    "length": (int, "length", "Digits of every number, if known; 0 = any."),
    "pattern": (str, "pattern", "How the numbers look, if known, as in ####-##."),
    "check": (CheckChoice, "check", "The check digit that the numbers carry."),
    "country": (str, "country", "The two letters of the IBANs' country."),
}


def reading_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the OPTIONS and --model; it takes them as `settings` and `model`."""

    @wraps(command)
    def with_options(**chosen: Any) -> None:
        fields = {field: chosen.pop(option) for option, (_, field, _) in OPTIONS.items()}
        settings = settings_of(**fields)
        check_model(chosen["model"])
        command(**chosen, settings=settings)

    own = signature(command).parameters.values()
    kinds = get_type_hints(command, include_extras=True)
    parameters = [
        one.replace(annotation=kinds[one.name])
        for one in own
        if one.name not in ("settings", "model")
    ]
    for option, (kind, field, meaning) in OPTIONS.items():
        annotation = Annotated[kind, typer.Option(help=meaning)]  # type: ignore[valid-type]
        default = getattr(DEFAULT, field)
        parameters.append(
            Parameter(option, Parameter.KEYWORD_ONLY, annotation=annotation, default=default)
        )
    parameters.append(Parameter("model", Parameter.KEYWORD_ONLY, annotation=Model, default=None))
    # What typer reads a command's options from.
    with_options.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    with_options.__annotations__ = {one.name: one.annotation for one in parameters}
    return with_options


def settings_of(**chosen: Any) -> Settings:
    """The settings, or wrong usage with the sentence that says why."""
    try:
        return Settings(**chosen)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def check_model(model: Path | None) -> None:
    """A classifier that cannot be loaded is no picture's fault: say so once."""
    from digitocr.networks.runtime import load_classifier

    try:
        load_classifier(model)
    except InputError as error:
        fail(error)


def fail(error: InputError) -> NoReturn:
    """End with the error's sentence."""
    print(told(error), file=sys.stderr)
    raise typer.Exit(1) from error
