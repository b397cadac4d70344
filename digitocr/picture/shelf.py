"""What stays open between one page and the next: few things, and none that nobody asks for."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

MOST_OPEN = 4
MOST_HELD_BYTES = 200_000_000  # in memory, by all that is open
IDLE_S = 10.0  # after which a thing is closed: an upload is to be forgotten, a file to be movable


class Closable(Protocol):
    """A file in use, or a document made of it."""

    held_bytes: int  # what it keeps in memory

    def close(self) -> None: ...


T = TypeVar("T", bound=Closable)
R = TypeVar("R")


@dataclass
class _Kept(Generic[T]):
    thing: T
    stamp: Hashable
    used: float


class Shelf(Generic[T]):
    """Opens things, and keeps those that were used last. One thread at a time may use them."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Kept[T]] = OrderedDict()
        self._lock = threading.RLock()
        self._timer: threading.Timer | None = None

    def use(self, key: str, stamp: Hashable, make: Callable[[], T], work: Callable[[T], R]) -> R:
        """Do `work` on the thing under this key; `make` opens it if it is not open yet.

        stamp: differs where the thing has changed since; then it is opened anew. What make and
        work raise comes through.
        """
        with self._lock:
            kept = self._kept.get(key)
            if kept and kept.stamp == stamp:
                self._kept.move_to_end(key)
                kept.used = time.monotonic()
                try:
                    return work(kept.thing)
                except OSError:  # a connection was lost meanwhile
                    pass
            self._close(key)
            made = make()
            self._close(key)  # making one may need others of this shelf
            self._kept[key] = _Kept(made, stamp, time.monotonic())
            self._make_room()
            self._watch()
            return work(made)

    def release(self) -> None:
        """Close everything."""
        with self._lock:
            for key in list(self._kept):
                self._close(key)

    def _close(self, key: str) -> None:
        kept = self._kept.pop(key, None)
        if kept:
            kept.thing.close()

    def _make_room(self) -> None:
        """Close what was not used for longest; the last one may be as large as it is."""
        while len(self._kept) > 1 and (
            len(self._kept) > MOST_OPEN
            or sum(kept.thing.held_bytes for kept in self._kept.values()) > MOST_HELD_BYTES
        ):
            self._close(next(iter(self._kept)))

    def _watch(self) -> None:
        if self._timer is None and self._kept:
            self._timer = threading.Timer(IDLE_S, self._tidy)
            self._timer.daemon = True
            self._timer.start()

    def _tidy(self) -> None:
        with self._lock:
            now = time.monotonic()
            for key in [key for key, kept in self._kept.items() if now - kept.used >= IDLE_S]:
                self._close(key)
            self._timer = None
            self._watch()
