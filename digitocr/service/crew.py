"""The processes that read, one for each core; requests wait their turn, or are sent away."""

from __future__ import annotations

import asyncio
from concurrent.futures.process import BrokenProcessPool
from http import HTTPStatus
from typing import Any

from digitocr.processes import answered, reader_pool
from digitocr.service.limits import Limits
from digitocr.service.problems import ProblemError
from digitocr.settings import Settings

CRASHED = "The picture stopped the reader: save it in another format."
RETRY_SECONDS = "1"

Answer = dict[str, Any]  # the command line's JSON for one picture


class Crew:
    """Reads pictures in processes of their own; the networks are loaded once in each."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._pool = reader_pool(limits.workers)
        self.busy = 0  # pictures that are being read or wait

    async def start(self) -> None:
        """Load the networks everywhere before the first request comes."""
        loop = asyncio.get_running_loop()
        ready = [loop.run_in_executor(self._pool, _ready) for _ in range(self._limits.workers)]
        await asyncio.gather(*ready)

    def make_room(self, count: int) -> None:
        """Raises ProblemError, 429, where so many more pictures would wait too long."""
        if self.busy + count > self._limits.workers + self._limits.waiting and self.busy:
            raise ProblemError(
                HTTPStatus.TOO_MANY_REQUESTS,
                "Too many pictures are waiting: try again in a moment.",
                {"Retry-After": RETRY_SECONDS},
            )

    async def read(self, name: str, data: bytes, settings: Settings) -> Answer:
        """One picture's answer, or its name with an error."""
        self.busy += 1
        try:
            pool = self._pool
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(pool, _read, name, data, settings)
        except BrokenProcessPool:
            # Every request in the broken pool comes by here: the first one replaces it.
            if self._pool is pool:
                self._pool = reader_pool(self._limits.workers)
            return await self._alone(name, data, settings)
        finally:
            self.busy -= 1

    async def _alone(self, name: str, data: bytes, settings: Settings) -> Answer:
        """Once more, in a process that it shares with no other picture."""
        with reader_pool(1) as own:
            try:
                loop = asyncio.get_running_loop()
                return await loop.run_in_executor(own, _read, name, data, settings)
            except BrokenProcessPool:
                return {"file": name, "error": CRASHED}

    def close(self) -> None:
        """Send everybody home."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _ready() -> None:
    """Nothing: the process that can do it has started."""


def _read(name: str, data: bytes, settings: Settings) -> Answer:
    return answered(name, lambda: data, settings)[0]
