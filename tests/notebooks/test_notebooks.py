"""The notebooks run from top to bottom, on a small part and without a network."""

from __future__ import annotations

import importlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from synthesis.hands.strokes import stroke_digits

ROOT = Path(__file__).parents[2]
SILENT = 2  # cells: parameters and imports


def needed(name: str) -> Any:
    """A module that a user may lack; in CI a silent skip would hide a gap."""
    return importlib.import_module(name) if os.environ.get("CI") else pytest.importorskip(name)


@pytest.fixture
def mnist(tmp_path: Path) -> Path:
    """Digits of the stroke models in place of MNIST's: more than are kept aside."""
    (x_train, y_train), (x_test, y_test) = (
        stroke_digits(np.random.default_rng(seed), count) for seed, count in ((1, 5_300), (2, 100))
    )
    file = tmp_path / "mnist.npz"
    np.savez(file, x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    return file


def test_training_shows_something_in_every_cell(
    mnist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nbformat, nbclient = needed("nbformat"), needed("nbclient")
    needed("ipykernel")
    for name, value in (("MNIST", mnist), ("EPOCHS", 1), ("STEPS", 3), ("TMPDIR", tmp_path)):
        monkeypatch.setenv(name, str(value))
    notebook = nbformat.read(ROOT / "notebooks" / "train.ipynb", as_version=4)
    where = {"metadata": {"path": str(ROOT / "notebooks")}}
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3", resources=where).execute()
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    shown = [any(output.output_type != "error" for output in cell.outputs) for cell in cells]
    assert all(shown[SILENT:])
    told = "".join(
        output.get("text", "") for cell in cells for output in cell.outputs if "text" in output
    )
    assert "{'train': 300, 'validation': 5000, 'test': 100}" in told
    assert "read: " in told


def test_no_output_is_kept_in_the_repository() -> None:
    """Pictures of MNIST's digits have terms of their own, and every run would change the file."""
    paths = list((ROOT / "notebooks").glob("*.ipynb"))
    assert paths
    for path in paths:
        cells = json.loads(path.read_text("utf-8"))["cells"]
        assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells), path
