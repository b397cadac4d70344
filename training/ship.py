"""Put a trained network and its export where the reader looks for them."""

from __future__ import annotations

from pathlib import Path

import keras

from digitocr.networks.export import export_litert
from digitocr.networks.runtime import EXPORTS, PACKAGE


def ship(model: keras.Model, out: Path) -> Path:
    """Save a network as a .keras file and export it; returns the export.

    At the top of the checkout the export replaces the old one in the package; anywhere else it
    lies beside the .keras file.
    """
    model.save(out)
    if out.resolve().parent != PACKAGE.parent:
        return export_litert(out, out.parent)
    for outdated in EXPORTS.glob(f"{out.stem}-*.tflite*"):
        outdated.unlink()
    return export_litert(out, EXPORTS)
