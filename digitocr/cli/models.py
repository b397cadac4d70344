"""The command line's `digitocr models`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from digitocr.cli.options import fail
from digitocr.types import InputError

Name = Annotated[str, typer.Argument(help="As `digitocr models list` says.")]
models_app = typer.Typer(help="Models of your own: which there are, and which one reads.")


@models_app.command("list")
def list_command() -> None:
    """The installed models, "*" before the one that reads where none is named."""
    from digitocr.networks.installed import current, names
    from digitocr.networks.model_folder import SHIPPED

    with _told():
        for name in (SHIPPED, *names()):
            print(f"{'*' if name == current() else ' '} {name}")


@models_app.command("install")
def install_command(
    folder: Annotated[Path, typer.Argument(help="A model folder, as `digitocr finetune` makes.")],
    name: Annotated[str, typer.Option(help="Its name from now on.")] = "",
) -> None:
    """Copy a model folder to your models; `use` reads with it."""
    from digitocr.networks.installed import install

    with _told():
        print(f"Installed as {install(folder, name)}.")


@models_app.command("use")
def use_command(
    name: Annotated[str, typer.Argument(help='An installed model, or "shipped".')],
    anyway: Annotated[bool, typer.Option("--anyway", help="Although it got worse.")] = False,
) -> None:
    """Read with this model wherever no other is named; refused where it got worse."""
    from digitocr.networks.installed import use

    with _told():
        use(name, anyway)
    print(f"{name} reads from now on.")


@models_app.command("rollback")
def rollback_command() -> None:
    """Read with what read before the last `use`."""
    from digitocr.networks.installed import rollback

    with _told():
        print(f"{rollback()} reads from now on.")


@models_app.command("remove")
def remove_command(name: Name) -> None:
    """Delete an installed model; where it read, what read before it reads again."""
    from digitocr.networks.installed import current, remove

    with _told():
        remove(name)
        print(f"Removed {name}; {current()} reads.")


@models_app.command("show")
def show_command(name: Annotated[str, typer.Argument(help="A name, or a model folder.")]) -> None:
    """All that a model's card tells, as JSON; its files are checked."""
    from digitocr.networks.installed import card_of

    with _told():
        print(json.dumps(card_of(name).told, indent=1))


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except InputError as error:
        fail(error)
