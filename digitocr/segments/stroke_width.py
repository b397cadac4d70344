"""How wide a pen's strokes are."""

from __future__ import annotations

import cv2
import numpy as np

from digitocr.types import Ink


def stroke_width(ink: Ink) -> float:
    """Mean width in px of the strokes in ink, bool (H, W); 1 where there is none.

    The ridge of the distance transform is half a stroke deep.
    """
    mask = cv2.copyMakeBorder(ink.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    distance = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
    neighbours = np.ones((3, 3), np.uint8)
    ridge = distance[(distance > 0) & (distance >= cv2.dilate(distance, neighbours))]
    return 2.0 * float(ridge.mean()) - 0.5 if ridge.size else 1.0
