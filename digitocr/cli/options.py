"""The command line's options about a reading, shared by its commands."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Annotated, Any, NoReturn, get_type_hints

import typer

from digitocr.output.safe import told
from digitocr.settings import SETTINGS, Settings
from digitocr.types import InputError

Model = Annotated[
    str | None,
    typer.Option(
        envvar="DIGITOCR_MODEL",
        metavar="MODEL",
        help="A model folder, the name of an installed model, or a classifier's .keras file.",
        show_envvar=False,
    ),
]
Dpi = Annotated[int, typer.Option(min=20, max=1200, help="How finely a PDF is drawn.")]
DEFAULT = Settings()
OPTIONS = {setting.option or field: field for field, (_, setting) in SETTINGS.items()}


def option_of(field: str) -> Any:
    """The option that sets a field of Settings."""
    _, setting = SETTINGS[field]
    return typer.Option(help=setting.told, min=setting.least, max=setting.most)


OneWrongIn = Annotated[int, option_of("one_wrong_in")]


def reading_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the OPTIONS and --model; it takes them as `settings` and `model`."""

    @wraps(command)
    def with_options(**chosen: Any) -> None:
        fields = {field: chosen.pop(option) for option, field in OPTIONS.items()}
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
    for option, field in OPTIONS.items():
        kind, _ = SETTINGS[field]
        annotation = Annotated[kind, option_of(field)]  # type: ignore[valid-type]
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


def check_model(model: str | None) -> None:
    """A model that cannot be loaded is no picture's fault: say so once."""
    from digitocr.networks.runtime import load_networks

    try:
        load_networks(model)
    except InputError as error:
        fail(error)


def fail(error: InputError) -> NoReturn:
    """End with the error's sentence."""
    print(told(error), file=sys.stderr)
    raise typer.Exit(1) from error
