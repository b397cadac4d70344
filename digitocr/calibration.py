"""What a reader's own scores are worth, as fitted for its networks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SHAPES: dict[str, tuple[int | None, ...]] = {"number": (2,), "digit": (4,), "selective": (None, 2)}


@dataclass(frozen=True, eq=False)
class Calibration:
    """The weights of two logistic models, intercept first, and the table of selective risk.

    selective: float64 (R, 2), R at least 1: log-odds of a whole number, and what share of the
    numbers that are as sure or surer is wrong, at most. The first rises, the second falls.
    """

    number: NDArray[np.float64]  # (2,)
    digit: NDArray[np.float64]  # (4,)
    selective: NDArray[np.float64]


def calibration_of(values: Mapping[str, Any]) -> Calibration:
    """A calibration from what its JSON holds. Raises ValueError where that is none."""
    try:
        arrays = {name: np.array(values[name], np.float64) for name in SHAPES}
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError("This is no calibration.") from error
    for name, shape in SHAPES.items():
        found = arrays[name].shape
        if len(found) != len(shape) or any(
            wanted not in (None, size) for size, wanted in zip(found, shape, strict=True)
        ):
            raise ValueError(f"{name} of a calibration has another shape.")
    if not len(arrays["selective"]) or not all(np.isfinite(one).all() for one in arrays.values()):
        raise ValueError("A calibration needs numbers.")
    return Calibration(**arrays)
