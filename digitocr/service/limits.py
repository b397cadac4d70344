"""What one server may be asked for, and who may ask."""

from __future__ import annotations

import hmac
import ipaddress
import os
from dataclasses import dataclass, field

from digitocr.types import InputError

KEYS_VARIABLE = "DIGITOCR_API_KEYS"


@dataclass(frozen=True)
class Limits:
    """The bounds of a server; the command line's options set them."""

    workers: int = field(default_factory=lambda: os.cpu_count() or 1)
    upload_bytes: int = 20_000_000  # of one request
    files: int = 100  # in one request
    waiting: int = 64  # pictures that may wait for a worker; more are refused
    jobs: int = 100  # kept, finished ones included
    job_minutes: float = 60.0  # that a finished job's answers are kept
    body_seconds: float = 30.0  # that a client may take to send its pictures


def api_keys(host: str) -> tuple[bytes, ...]:
    """The keys of the environment variable, parted by commas; none on a loopback address only.

    Raises InputError when the server would be open to a network without any.
    """
    found = os.environ.get(KEYS_VARIABLE, "").split(",")
    keys = tuple(key.strip().encode() for key in found if key.strip())
    if not keys and not _is_loopback(host):
        raise InputError(
            f"Anyone who reaches {host} could use the server: set {KEYS_VARIABLE} to one or more "
            "keys, parted by commas, or serve on 127.0.0.1."
        )
    return keys


def is_key(given: str, keys: tuple[bytes, ...]) -> bool:
    """Whether a key is among those known, in a time that tells nothing about them."""
    # All of them are compared, so that the time does not tell which one it was.
    return sum(hmac.compare_digest(given.encode(), key) for key in keys) > 0


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
