"""What one server may be asked for, and who may ask."""

from __future__ import annotations

import hmac
import ipaddress
import os
from dataclasses import dataclass, field

from digitocr.processes.pool import READING_SECONDS
from digitocr.types import InputError

KEYS_VARIABLE = "DIGITOCR_API_KEYS"


@dataclass(frozen=True)
class Limits:
    """The bounds of a server; the command line's options set them."""

    workers: int = field(default_factory=lambda: os.cpu_count() or 1)
    upload_bytes: int = 20_000_000  # of one request
    files: int = 100  # in one request
    waiting: int = 64  # pictures that may wait for a worker; more are refused
    reading_seconds: float = READING_SECONDS  # that a picture may take
    held_bytes: int = 200_000_000  # of all bodies, until they are read
    jobs: int = 100  # kept, finished ones included
    job_bytes: int = 200_000_000  # of all jobs: pictures until they are read, then answers
    job_minutes: float = 60.0  # that a finished job's answers are kept
    connections: int = 256  # open at a time
    head_seconds: float = 10.0  # that a client may take to send a request's first lines
    idle_seconds: int = 5  # that a connection is kept open between two requests
    body_seconds: float = 30.0  # that a client may take to send its pictures
    stalled_seconds: float = 5.0  # without a byte sent, or taken of an answer
    stop_seconds: int = 5  # that a server which is told to stop works on


class Room:
    """Bytes that may be held in all."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.held = 0

    def hold(self, more: int) -> bool:
        """Whether there is room for so many bytes more, which are then held; fewer always fit."""
        if self.held + more > self._most:
            return False
        self.held += more
        return True


def api_keys(host: str) -> tuple[bytes, ...]:
    """The keys of the environment variable, parted by commas; none on a loopback address only.

    Raises InputError when the server would be open to a network without any.
    """
    listed = os.environ.get(KEYS_VARIABLE, "").split(",")
    keys = tuple(key.strip().encode() for key in listed if key.strip())
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
