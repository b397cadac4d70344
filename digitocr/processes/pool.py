"""Processes that read, for piles and servers: one thread in each, its networks loaded once.

Python's own pool is lost whole with one process and cannot stop a task; here each process has a
pipe of its own, so that one can be ended and replaced while the others work on.
"""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

from digitocr.processes import serving

READING_SECONDS = 30.0  # fifty megapixels take 3 s of a core; a busy machine may need the rest
START_SECONDS = 120.0  # in which a process must have loaded the networks
ENDED = "The reader has been stopped."

Asked = ParamSpec("Asked")
Answered = TypeVar("Answered")


class ReaderLostError(BrokenProcessPool):
    """The process ended with the work undone; the other processes of the pool are well."""


class ReadingTimeoutError(ReaderLostError):
    """A picture took longer than is allowed, and its process was ended."""


class NotStartedError(ReaderLostError):
    """No process could be started, or the pool is closed: no picture's fault."""


class ReaderPool(Executor):
    """So many processes, started when there is work for them, each replaced when it is lost.

    A picture that takes longer than `seconds` costs its own process and raises
    ReadingTimeoutError; one whose process ends in another way raises ReaderLostError.
    """

    def __init__(self, workers: int, seconds: float = READING_SECONDS) -> None:
        self._threads = ThreadPoolExecutor(workers)
        self._readers = [_Reader(seconds) for _ in range(workers)]
        # The first to come back goes first: one that is started anew has time to load.
        self._idle: SimpleQueue[_Reader] = SimpleQueue()
        for reader in self._readers:
            self._idle.put(reader)

    def submit(
        self, fn: Callable[Asked, Answered], /, *args: Asked.args, **kwargs: Asked.kwargs
    ) -> Future[Answered]:
        """As Executor's; `fn` and all that goes to it and comes back is pickled.

        Raises NotStartedError after shutdown.
        """
        try:
            return self._threads.submit(self._work, fn, args, kwargs)
        except RuntimeError as error:
            raise NotStartedError(ENDED) from error

    def warm(self) -> None:
        """Start all processes, and wait for them. Raises NotStartedError."""
        for reader in self._readers:
            reader.start()
        for reader in self._readers:
            reader.wait_until_ready()

    def ready(self) -> int:
        """How many processes have their networks loaded, at work or not."""
        return sum(reader.ready for reader in self._readers)

    def longest_seconds(self) -> float:
        """How long even the process with the newest picture has been at it; 0 if one is idle."""
        now = time.monotonic()
        return min(now - (reader.since or now) for reader in self._readers)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """As Executor's, but without `wait` the work that was begun is stopped."""
        if wait:
            self._threads.shutdown(cancel_futures=cancel_futures)
        for reader in self._readers:
            reader.end()
        self._threads.shutdown(wait=False, cancel_futures=cancel_futures)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.shutdown(wait=kind is None, cancel_futures=kind is not None)

    def _work(self, fn: Callable[..., Answered], args: object, kwargs: object) -> Answered:
        reader = self._idle.get()
        try:
            answer: Answered = reader.call(fn, args, kwargs)
            return answer
        finally:
            self._idle.put(reader)


def reader_pool(workers: int, seconds: float = READING_SECONDS) -> ReaderPool:
    """So many processes that read, each picture for so long at the most."""
    return ReaderPool(workers, seconds)


class _Reader:
    """One process and the pipe to it. A thread at a time calls; `end` may come from any."""

    def __init__(self, seconds: float) -> None:
        self.since: float | None = None  # of time.monotonic: the reading that it is at
        self._seconds = seconds
        self._lock = threading.Lock()
        self._ended = False
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection
        self._loaded: Connection  # has a byte to read, which nobody takes, once it is ready

    @property
    def ready(self) -> bool:
        process = self._process
        return process is not None and process.is_alive() and self._loaded.poll()

    def start(self) -> None:
        """Start the process, unless it runs. Raises NotStartedError after the end."""
        with self._lock:
            if self._ended:
                raise NotStartedError(ENDED)
            if self._process is not None and self._process.is_alive():
                return
            context = multiprocessing.get_context("spawn")
            pipe, theirs = context.Pipe()
            loaded, tell_loaded = context.Pipe(duplex=False)
            process = context.Process(target=serving.serve, args=(theirs, tell_loaded), daemon=True)
            process.start()
            theirs.close()
            tell_loaded.close()
            self._pipe, self._loaded, self._process = pipe, loaded, process

    def wait_until_ready(self) -> None:
        """Raises NotStartedError where the process ends instead, or takes too long."""
        if not self._loaded.poll(START_SECONDS) or not self.ready:
            self._kill()
            raise NotStartedError("The reader does not start.")

    def call(self, fn: Callable[..., Any], args: object, kwargs: object) -> Any:
        """What the process makes of `fn`. Raises what it raised, or ReaderLostError."""
        work = ForkingPickler.dumps((fn, args, kwargs))
        self.start()
        self.wait_until_ready()
        self.since = time.monotonic()
        try:
            self._pipe.send_bytes(work)
            while self._pipe.poll(self._seconds):
                answer = self._pipe.recv()
                if answer is not serving.BEGINS:
                    break
                self.since = time.monotonic()
            else:
                self._renew()
                raise ReadingTimeoutError(
                    f"Reading it took longer than {self._seconds:g} seconds: cut out the number, "
                    "or scale the picture down."
                )
        except (EOFError, OSError) as error:
            self._renew()
            raise ReaderLostError("Reading it stopped the program.") from error
        finally:
            self.since = None
        good, value = answer
        if good:
            return value
        raise value

    def end(self) -> None:
        """Stop the process for good."""
        with self._lock:
            self._ended = True
        self._kill()

    def _renew(self) -> None:
        self._kill()
        with suppress(NotStartedError):
            self.start()  # now, so that the next picture need not wait for its networks

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
