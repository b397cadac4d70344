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
from digitocr.settings import PolarityChoice, Settings, ThresholdChoice
from digitocr.types import InputError

OneWrongIn = Annotated[
    int, typer.Option(help='Of so many numbers without "?" at most one may be wrong.')
]
Model = Annotated[Path | None, typer.Option(help="A .keras file in place of the shipped one.")]
DEFAULT = Settings()
# Each option with its type and the field of Settings that it sets.
OPTIONS: dict[str, tuple[Any, str]] = {
    "threshold": (
        Annotated[ThresholdChoice, typer.Option(help="How ink is told from paper.")],
        "threshold",
    ),
    "blur": (
        Annotated[float, typer.Option(help="Gaussian blur's sigma in px; 0 for none.")],
        "blur_sigma_px",
    ),
    "window": (
        Annotated[int, typer.Option(help="Adaptive threshold's window in px; 0 = automatic.")],
        "window_px",
    ),
    "polarity": (
        Annotated[PolarityChoice, typer.Option(help="Ink darker or lighter than the paper.")],
        "polarity",
    ),
    "max_skew": (
        Annotated[float, typer.Option(help="Level writing tilted up to this; 0 = leave it.")],
        "max_skew_deg",
    ),
    "split": (
        Annotated[bool, typer.Option(help="Look for cuts between touching digits.")],
        "split_touching",
    ),
    "one_wrong_in": (OneWrongIn, "one_wrong_in"),
    "length": (
        Annotated[int, typer.Option(help="Digits of every number, if known; 0 = any.")],
        "length",
    ),
    "pattern": (
        Annotated[str, typer.Option(help="How the numbers look, if known, as in ####-##.")],
        "pattern",
    ),
    "check": (
        Annotated[CheckChoice, typer.Option(help="The check digit that the numbers carry.")],
        "check",
    ),
    "country": (
        Annotated[str, typer.Option(help="The two letters of the IBANs' country.")],
        "country",
    ),
}


def reading_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the OPTIONS and --model; it takes them as `settings` and `model`."""

    @wraps(command)
    def with_options(**chosen: Any) -> None:
        fields = {field: chosen.pop(option) for option, (_, field) in OPTIONS.items()}
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
    parameters += [
        Parameter(option, Parameter.KEYWORD_ONLY, annotation=kind, default=getattr(DEFAULT, field))
        for option, (kind, field) in OPTIONS.items()
    ]
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
    from digitocr.models import load_classifier

    try:
        load_classifier(model)
    except InputError as error:
        fail(error)


def fail(error: InputError) -> NoReturn:
    """End with the error's sentence."""
    print(error, file=sys.stderr)
    raise typer.Exit(1) from error
