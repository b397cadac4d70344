"""The models of this user: a folder for each, and a note which one reads where none is named."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from digitocr.networks.model_folder import (
    CARD,
    NAME,
    SHIPPED,
    Card,
    Model,
    file_hashes,
    open_card,
    open_folder,
)
from digitocr.types import InputError

VARIABLE = "DIGITOCR_MODELS"  # environment: the folder that installed models lie in
CURRENT = "current.json"
REMEMBERED = 20  # models that were in use before
# Each check on what the model was not taught, what it is called, and the share of its pictures that
# may be lost, which is more than chance alone does: a page is lost with one digit.
CHECKS = {"general": ("of other kinds of numbers", 0.02), "pages": ("of painted pages", 0.05)}
LEAST_AGREEMENT = 0.95  # with what it was tuned from, on lines of the general checks


def models_folder() -> Path:
    """Where installed models lie; it need not be there."""
    own = os.environ.get(VARIABLE)
    if own:
        return Path(own)
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "digitocr" / "models"


def names() -> list[str]:
    """The installed models."""
    folder = models_folder()
    if not folder.is_dir():
        return []
    return sorted(one.name for one in folder.iterdir() if (one / CARD).is_file())


def current() -> str:
    """The name of what reads where no model is named: an installed one, or "shipped"."""
    return (_used() or [SHIPPED])[-1]


def opened(model: str | Path | None = None) -> Model:
    """The files of a model: a folder, a classifier's .keras file, an installed name, "shipped".

    Without any it is the current one. Raises InputError, in a sentence, where it is none of these
    or damaged.
    """
    if model is None:
        name = current()
        return Model() if name == SHIPPED else open_folder(_folder_of(name))
    if model == SHIPPED:
        return Model()
    path = Path(model)
    if path.is_dir():
        return open_folder(path)
    if isinstance(model, str) and NAME.fullmatch(model) and model in names():
        return open_folder(_folder_of(model))
    if not path.is_file():
        raise InputError(f"There is no model at {model}, and none of that name is installed.")
    return Model(classifier=path)


def card_of(model: str | Path) -> Card:
    """The card of an installed model or of a model folder. Raises InputError."""
    path = Path(model)
    return open_card(path if path.is_dir() else _folder_of(str(model)))


def install(folder: Path, name: str = "") -> str:
    """Copy a model folder to where installed models lie; returns its name.

    Raises InputError where it is damaged, or another model has that name.
    """
    card = open_card(folder)
    name = name or card.name
    if not NAME.fullmatch(name) or name in (SHIPPED, CURRENT):
        raise InputError(f"A model cannot be called {name}: letters, digits, dots and dashes.")
    target = models_folder() / name
    if target.exists():
        raise InputError(f"There is a model {name} already: remove it, or give another --name.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".digitocr-") as aside:
            whole = Path(aside) / name
            whole.mkdir()
            for file in card.told["files"]:
                shutil.copyfile(folder / file, whole / file)
            if file_hashes(whole) != dict(card.told["files"]):
                raise InputError(f"{folder} changed while it was copied: install it again.")
            told = {**card.told, "name": name}
            (whole / CARD).write_text(json.dumps(told, indent=1) + "\n", "utf-8")
            whole.rename(target)
    except OSError as error:
        raise InputError(f"{target} cannot be written ({error.strerror}).") from error
    return name


def remove(name: str) -> None:
    """Delete an installed model; what was used before it is used again. Raises InputError."""
    folder = _folder_of(name)
    kept = [one for one in _used() if one != name]
    _use(kept)  # before it is gone, so that nothing names it
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise InputError(f"{folder} cannot be deleted ({error.strerror}).") from error


def use(name: str, anyway: bool = False) -> None:
    """Read with an installed model, or with "shipped", where none is named.

    Raises InputError where it is not there or damaged or, unless `anyway`, where it reads
    numbers of other kinds worse than what it was tuned from.
    """
    if name != SHIPPED:
        told = open_card(_folder_of(name)).told
        if (why := worse(told)) and not anyway:
            raise InputError(f"{name} got worse: {why} Name --anyway to use it all the same.")
    _use([*(_used() or [SHIPPED]), name])


def rollback() -> str:
    """Go back to what was used before; returns its name."""
    used = _used()[:-1]
    _use(used)
    return (used or [SHIPPED])[-1]


def worse(told: Mapping[str, Any]) -> str:
    """The sentence that says what a model lost, from its card; nothing where it lost little."""
    try:
        exact = {
            name: [float(told["figures"][name][when]["exact"]) for when in ("before", "after")]
            for name in CHECKS
        }
        agreement = float(told["figures"]["general"]["agreement"])
    except (KeyError, TypeError, ValueError):
        return "nobody has measured it on numbers of other kinds."
    for name, (called, lost) in CHECKS.items():
        before, after = exact[name]
        if after < before - lost:
            return f"{called} it reads {after:.1%} in place of {before:.1%}."
    if agreement < LEAST_AGREEMENT:
        return (
            f"on {1 - agreement:.1%} of other lines it says something else than what it was "
            "tuned from."
        )
    return ""


def _folder_of(name: str) -> Path:
    folder = models_folder() / name
    if not NAME.fullmatch(name) or not (folder / CARD).is_file():
        raise InputError(
            f"No model {name} is installed: see `digitocr models list`; "
            f"`digitocr models use {SHIPPED}` reads with what ships."
        )
    return folder


def _used() -> list[str]:
    """What was used, the current one last; nothing where it has always been what ships."""
    try:
        listed = json.loads((models_folder() / CURRENT).read_text("utf-8"))
        return [str(one) for one in listed["used"]]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{models_folder() / CURRENT} is damaged: delete it, and choose the model again."
        ) from error


def _use(used: list[str]) -> None:
    distinct = [one for place, one in enumerate(used) if not place or used[place - 1] != one]
    folder = models_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".digitocr-") as aside:
            unfinished = Path(aside) / CURRENT
            unfinished.write_text(json.dumps({"used": distinct[-REMEMBERED:]}) + "\n", "utf-8")
            unfinished.replace(folder / CURRENT)
    except OSError as error:
        raise InputError(f"{folder} cannot be written to ({error.strerror}).") from error
