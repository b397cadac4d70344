"""What NumPy does as well, but not quickly: for arrays so small that calling it is the work."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray


def padded(mask: NDArray[np.uint8], px: int) -> NDArray[np.uint8]:
    """A picture (H, W) with so many empty pixels more on each side."""
    return np.asarray(cv2.copyMakeBorder(mask, px, px, px, px, cv2.BORDER_CONSTANT), np.uint8)


def median(values: NDArray[Any]) -> float:
    """The median of numbers (N,); there must be one."""
    ordered = np.sort(values)
    middle = len(ordered) // 2
    return (float(ordered[middle]) + float(ordered[~middle])) / 2
