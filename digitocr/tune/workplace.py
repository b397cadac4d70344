"""The one place on a machine where a model is taught in the background, and what is kept there.

It lies beside the installed models: `set`, the data set; `model/NAME`, what is made of it; the
run's progress, and a file that is locked as long as it runs. A folder that is there is a
teaching that nobody has ended yet, whoever began it: there is never a second one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from digitocr.networks.installed import current, install, models_folder, names, use, worse
from digitocr.networks.model_folder import CARD, NAME, SHIPPED, open_card
from digitocr.teach.labelled_pictures import LABELS
from digitocr.tune.changed import CHANGED, Changed, read_changed
from digitocr.tune.progress_file import SoFar, so_far
from digitocr.tune.tuned_model import is_of
from digitocr.tune.tuner import NEEDED
from digitocr.types import InputError

FOLDER = ".teaching"  # no model can be called so
MODE = 0o700  # somebody's handwriting is in it


@dataclass(frozen=True)
class Workplace:
    """The folder, and what lies where in it."""

    folder: Path  # absolute

    @property
    def is_there(self) -> bool:
        """Whether a teaching was begun, and not dropped."""
        return self.folder.is_dir()

    @property
    def data(self) -> Path:
        """The data set's folder."""
        return self.folder / "set"

    @property
    def has_data(self) -> bool:
        return (self.data / LABELS).is_file()

    @property
    def progress(self) -> Path:
        return self.folder / "progress.jsonl"

    @property
    def lock(self) -> Path:
        return self.folder / "running"

    @property
    def log(self) -> Path:
        """What the run said beside its progress."""
        return self.folder / "run.log"

    @property
    def name(self) -> str:
        """The model's, as it was begun with; nothing before that."""
        models = self.folder / "model"
        found = sorted(one.name for one in models.iterdir()) if models.is_dir() else []
        return found[0] if found else ""

    @property
    def model(self) -> Path | None:
        """The model's folder, whole or not; none before one was begun."""
        return self.folder / "model" / self.name if self.name else None

    @property
    def is_taught(self) -> bool:
        """Whether the model is whole."""
        return self.model is not None and (self.model / CARD).is_file()

    @property
    def is_used(self) -> bool:
        """Whether what was taught is what reads."""
        return self.is_taught and current() == self.name

    def so_far(self) -> SoFar:
        """How far the run is, or was."""
        return so_far(self.progress)

    def claim(self) -> None:
        """Begin. Raises InputError where somebody else has, or nothing can be written."""
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            self.folder.mkdir(MODE)
        except FileExistsError as error:
            raise InputError("Somebody is teaching on this machine already.") from error
        except OSError as error:
            raise InputError(f"{self.folder} cannot be made ({error.strerror}).") from error

    def begin(self, name: str) -> Path:
        """The folder for a model of that name, where a run is to make it or to go on.

        What another set's labels had taught is deleted. Raises InputError for a name that cannot
        be used.
        """
        if not NAME.fullmatch(name) or name == SHIPPED:
            raise InputError(f"A model cannot be called {name}: letters, digits, dots and dashes.")
        if name in names():
            raise InputError(f"There is a model {name} already: choose another name.")
        out = self.folder / "model" / name
        if self.name and not (self.name == name and is_of(self.data, out)):
            self.drop_model()
        out.mkdir(parents=True, exist_ok=True)
        return out

    def card(self) -> Mapping[str, Any]:
        """The taught model's card; its files are checked. Raises InputError."""
        return open_card(self._taught()).told

    def worse(self) -> str:
        """As `installed.worse`, of what was taught."""
        return worse(self.card())

    def changed(self) -> list[Changed]:
        """As `read_changed`. Raises InputError."""
        return read_changed(self._taught() / CHANGED)

    def use(self, anyway: bool = False) -> None:
        """Install what was taught, and read with it from now on.

        Raises InputError, and installs nothing, where it got worse, unless `anyway`.
        """
        if (why := self.worse()) and not anyway:
            raise InputError(f"{self.name} got worse: {why}")
        if self.name not in names():
            install(self._taught())
        use(self.name, anyway)

    def drop_model(self) -> None:
        """Delete what was taught, or begun; the set stays."""
        shutil.rmtree(self.folder / "model", ignore_errors=True)
        for file in (self.progress, self.log):
            file.unlink(missing_ok=True)

    def drop(self) -> None:
        """Delete all of it. Raises InputError where something stays."""
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.is_there:
            raise InputError(f"{self.folder} cannot be deleted: delete it by hand.")

    def _taught(self) -> Path:
        if self.model is None:
            raise InputError("Nothing was taught yet.")
        return self.model


def workplace() -> Workplace:
    """This machine's."""
    return Workplace(models_folder().absolute() / FOLDER)


def lacking() -> str:
    """The sentence that says why nothing can be taught here; nothing where it can."""
    if os.name != "posix":
        return "In the app models are taught on Linux and macOS: see digitocr finetune."
    if not all(map(find_spec, ("keras", "tensorflow"))):
        return NEEDED
    return ""
