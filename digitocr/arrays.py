"""What NumPy does as well, but not quickly: for arrays so small that calling it is the work."""

from __future__ import annotations

from typing import Any, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

Level = TypeVar("Level", np.uint8, np.float32)


def padded(picture: NDArray[Level], px: int) -> NDArray[Level]:
    """A picture (H, W) with so many empty pixels more on each side."""
    wide = cv2.copyMakeBorder(picture, px, px, px, px, cv2.BORDER_CONSTANT)
    return np.asarray(wide, picture.dtype)


def median(values: NDArray[Any]) -> float:
    """The median of numbers (N,); there must be one."""
    ordered = np.sort(values)
    middle = len(ordered) // 2
    return (float(ordered[middle]) + float(ordered[~middle])) / 2
