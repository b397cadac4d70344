"""What whoever runs the app can leave out of it."""

from __future__ import annotations

import os

TEACH = (
    "DIGITOCR_TEACH"  # environment: "off" where strangers use the app, whose pictures it would keep
)


def may_teach() -> bool:
    """Whether the page Teach is there."""
    return os.environ.get(TEACH, "").lower() != "off"
