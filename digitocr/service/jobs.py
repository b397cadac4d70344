"""Piles that are read in the background; their answers wait a while in memory to be fetched."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus

from digitocr.service.crew import Answer
from digitocr.service.limits import Limits
from digitocr.service.problems import ProblemError
from digitocr.service.uploads import Upload
from digitocr.settings import Settings

Read = Callable[[Upload, Settings], Awaitable[Answer]]


@dataclass(eq=False)
class _Job:
    answers: list[Answer | None]
    done: int = 0
    finished_at: float | None = None  # of time.monotonic
    task: asyncio.Task[None] | None = field(default=None, repr=False)


class Jobs:
    """All the jobs of a server, by their unguessable ids."""

    def __init__(self, read: Read, limits: Limits) -> None:
        self._read, self._limits = read, limits
        self._jobs: dict[str, _Job] = {}

    def start(self, uploads: list[Upload], settings: Settings) -> str:
        """Begin to read; raises ProblemError, 429, where too many jobs are kept."""
        self._forget_old()
        if len(self._jobs) >= self._limits.jobs:
            raise ProblemError(
                HTTPStatus.TOO_MANY_REQUESTS,
                "Too many jobs are kept here: fetch or delete some, or try again later.",
                {"Retry-After": "60"},
            )
        identity = secrets.token_urlsafe(16)
        job = self._jobs[identity] = _Job([None] * len(uploads))
        job.task = asyncio.create_task(self._work(job, uploads, settings))
        return identity

    def state(self, identity: str) -> dict[str, object]:
        """How far a job is, with its answers once it is done; raises ProblemError, 404."""
        self._forget_old()
        job = self._known(identity)
        finished = job.finished_at is not None
        return {
            "id": identity,
            "status": "done" if finished else "reading",
            "total": len(job.answers),
            "done": job.done,
            **({"answers": job.answers} if finished else {}),
        }

    def delete(self, identity: str) -> None:
        """Stop a job and forget all of it; raises ProblemError, 404."""
        job = self._known(identity)
        if job.task:
            job.task.cancel()
        del self._jobs[identity]

    def close(self) -> None:
        """Stop and forget them all."""
        for identity in list(self._jobs):
            self.delete(identity)

    def _known(self, identity: str) -> _Job:
        try:
            return self._jobs[identity]
        except KeyError as error:
            raise ProblemError(
                HTTPStatus.NOT_FOUND, "There is no such job, or its time has run out."
            ) from error

    def _forget_old(self) -> None:
        oldest = time.monotonic() - 60 * self._limits.job_minutes
        for identity, job in list(self._jobs.items()):
            if job.finished_at is not None and job.finished_at < oldest:
                del self._jobs[identity]

    async def _work(self, job: _Job, uploads: list[Upload], settings: Settings) -> None:
        # A worker's worth at a time, so that single pictures are not kept waiting by a pile.
        places = iter(range(len(uploads)))

        async def one_after_the_other() -> None:
            for place in places:
                upload = uploads[place]
                job.answers[place] = await self._read(upload, settings)
                uploads[place] = Upload(upload.name, b"")
                job.done += 1

        await asyncio.gather(*(one_after_the_other() for _ in range(self._limits.workers)))
        job.finished_at = time.monotonic()
