"""The processes that read, one for each core; requests wait their turn, or are sent away."""

from __future__ import annotations

import asyncio

from digitocr.processes.pool import (
    NotStartedError,
    ReaderLostError,
    ReadingTimeoutError,
    reader_pool,
)
from digitocr.service.limits import Limits
from digitocr.service.packed import Packed, failed, read
from digitocr.service.problems import busy, unavailable
from digitocr.settings import Settings

CRASHED = "The picture stopped the reader: save it in another format."
STOPPING = "The server is being stopped: send it again in a moment."
STARTING = "The reader does not run: try again in a moment."
SLOW_SECONDS = 5.0  # at one picture; a process that takes longer is not counted on


class Crew:
    """Reads pictures in processes of their own; the networks are loaded once in each."""

    def __init__(self, limits: Limits, model: str | None = None) -> None:
        """model: as `digitocr.read` takes it."""
        self._limits, self._model = limits, model
        self._pool = reader_pool(limits.workers, limits.reading_seconds)
        self._stopping = False
        self.busy = 0  # pictures that are being read or wait

    async def start(self) -> None:
        """Load the networks everywhere before the first request comes."""
        await asyncio.get_running_loop().run_in_executor(None, self._pool.warm)

    def make_room(self, count: int) -> None:
        """Raises ProblemError, 429, where so many more pictures would wait too long."""
        if self._is_full(count):
            raise busy("Too many pictures are waiting: try again in a moment.")

    def check(self) -> None:
        """Raises ProblemError, 503, unless a picture that came now would soon be read."""
        if self._stopping:
            raise unavailable(STOPPING)
        if not self._pool.ready():
            raise unavailable(STARTING)
        if self._is_full(1):
            raise unavailable("Too many pictures are waiting.")
        if self._pool.longest_seconds() > SLOW_SECONDS:
            raise unavailable("Every process is at a picture that takes long.")

    async def read(self, name: str, data: bytes, settings: Settings) -> Packed:
        """One picture's answer, or its name with an error. Raises ProblemError, 503."""
        self.busy += 1
        try:
            try:
                return await self._once(name, data, settings)
            except ReadingTimeoutError:
                raise
            except ReaderLostError:
                # Something else may have ended it, such as a machine out of memory: once more.
                return await self._once(name, data, settings)
        except ReadingTimeoutError as error:
            return failed(name, str(error))
        except NotStartedError as error:
            raise unavailable(STOPPING if self._stopping else STARTING) from error
        except ReaderLostError as error:
            if self._stopping:
                raise unavailable(STOPPING) from error
            return failed(name, CRASHED)
        finally:
            self.busy -= 1

    async def _once(self, name: str, data: bytes, settings: Settings) -> Packed:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, read, name, data, settings, self._model)

    def stop(self, seconds: float) -> None:
        """Whatever is not read in so long is sent away."""
        self._stopping = True
        asyncio.get_running_loop().call_later(seconds, self.close)

    def close(self) -> None:
        """Send everybody home."""
        self._stopping = True
        self._pool.shutdown(wait=False)

    def _is_full(self, more: int) -> bool:
        return self.busy + more > self._limits.workers + self._limits.waiting and self.busy > 0
