"""Numbers of any range -> grey levels, 0..255."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digitocr.types import InputError


def from_any_range(array: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Rescale colour by its own range, an alpha channel by the range of its type: uint8.

    array: (H, W), (H, W, 3) or (H, W, 4). Raises InputError where it holds no numbers.
    """
    if array.dtype.kind not in "biuf":
        raise InputError(f"An array of {array.dtype} is no picture: numbers are needed.")
    if array.ndim == 3 and array.shape[2] == 4:
        opaque = 1 if array.dtype.kind in "bf" else 2 ** (8 * array.dtype.itemsize) - 1
        alpha = np.clip(array[..., 3:].astype(np.float64) / opaque, 0, 1) * 255
        return np.dstack([to_uint8(array[..., :3]), alpha.astype(np.uint8)])
    return to_uint8(array)


def to_uint8(
    values: NDArray[np.generic], limits: tuple[float, float] | None = None
) -> NDArray[np.uint8]:
    """Stretch numbers from their range, or these limits, to 0..255; one value is blank paper."""
    low, high = limits or limits_of(values)
    half_range = high / 2 - low / 2  # the whole range of the greatest floats is infinite
    if not half_range > 0:
        return np.full(values.shape, 255, np.uint8)
    numbers = values.astype(np.float64)
    np.nan_to_num(numbers, copy=False, nan=high, posinf=high, neginf=low)
    # In place: fifty megapixels take 400 MB as it is.
    numbers /= 2
    numbers -= low / 2
    numbers /= half_range
    numbers *= 255
    return np.rint(numbers, out=numbers).astype(np.uint8)


def limits_of(values: NDArray[np.generic]) -> tuple[float, float]:
    """The least and the greatest finite number."""
    numbers = values.astype(np.float64)
    finite = np.isfinite(numbers)
    low = float(numbers.min(where=finite, initial=np.inf))
    return low, float(numbers.max(where=finite, initial=-np.inf))
