"""Put a trained network and its export where the reader looks for them, and note what made it."""

from __future__ import annotations

from pathlib import Path

import keras

from digitocr.networks.export import export_litert
from digitocr.networks.runtime import EXPORTS, PACKAGE
from training.manifest import Made, note


def ship(model: keras.Model, out: Path, made: Made) -> Path:
    """Save a network as a .keras file, export it, note how it was made; returns the export.

    At the top of the checkout the export replaces the old one in the package, and the note goes
    into the manifest there; anywhere else both lie beside the .keras file.
    """
    model.save(out)
    if out.resolve().parent == PACKAGE.parent:
        for outdated in EXPORTS.glob(f"{out.stem}-*.tflite*"):
            outdated.unlink()
        export = export_litert(out, EXPORTS)
    else:
        export = export_litert(out, out.parent)
    note(out, made, export)
    return export
