"""Piles that are read in the background; their answers wait a while in memory to be fetched.

They are kept nowhere else: what is sent here is never written to a disk, so a restart forgets it.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus

from digitocr.service.limits import Limits, Room
from digitocr.service.packed import Packed, failed, listed
from digitocr.service.problems import ProblemError, busy
from digitocr.service.uploads import Upload
from digitocr.settings import Settings

Read = Callable[[Upload, Settings], Awaitable[Packed]]
TOO_LONG = "There is no more room for answers here: fetch and delete jobs, then send it again."
RETRY_SECONDS = 60


@dataclass(eq=False)
class _Job:
    answers: list[bytes]  # JSON
    done: int = 0
    held: int = 0  # bytes
    finished: bool = False
    task: asyncio.Task[None] | None = field(default=None, repr=False)


class Jobs:
    """All the jobs of a server, by their unguessable ids."""

    def __init__(self, read: Read, limits: Limits) -> None:
        self._read, self._limits = read, limits
        self._jobs: dict[str, _Job] = {}
        self._room = Room(max(limits.job_bytes, limits.upload_bytes))
        # A worker's worth at a time, so that single pictures are not kept waiting by piles.
        self._turns = asyncio.Semaphore(limits.workers)

    def start(self, uploads: list[Upload], settings: Settings) -> str:
        """Begin to read; raises ProblemError, 429, where too much is kept."""
        size = sum(len(upload.data) for upload in uploads)
        if len(self._jobs) >= self._limits.jobs or not self._room.hold(size):
            raise busy(
                "Too many jobs are kept here: fetch and delete some, or try again later.",
                RETRY_SECONDS,
            )
        identity = secrets.token_urlsafe(16)
        job = self._jobs[identity] = _Job([b""] * len(uploads), held=size)
        job.task = asyncio.create_task(self._work(identity, job, uploads, settings))
        return identity

    def state(self, identity: str) -> bytes:
        """How far a job is, as JSON, with its answers once it is done; raises ProblemError, 404."""
        job = self._known(identity)
        state = {
            "id": identity,
            "status": "done" if job.finished else "reading",
            "total": len(job.answers),
            "done": job.done,
        }
        told = json.dumps(state).encode()
        if job.finished:
            told = told[:-1] + b', "answers": ' + listed(job.answers) + b"}"
        return told

    def delete(self, identity: str) -> None:
        """Stop a job and forget all of it; raises ProblemError, 404."""
        self._known(identity)
        self._forget(identity)

    def close(self) -> None:
        """Stop and forget them all."""
        for identity in list(self._jobs):
            self._forget(identity)

    def _known(self, identity: str) -> _Job:
        try:
            return self._jobs[identity]
        except KeyError as error:
            raise ProblemError(
                HTTPStatus.NOT_FOUND,
                f"There is no such job: jobs are forgotten {self._limits.job_minutes:g} minutes "
                "after they are done, when they are deleted, and when the server starts anew.",
            ) from error

    def _forget(self, identity: str) -> None:
        job = self._jobs.pop(identity, None)
        if job:
            self._hold(job, -job.held)
            if job.task:
                job.task.cancel()

    def _hold(self, job: _Job, more: int) -> bool:
        fits = self._room.hold(more)
        if fits:
            job.held += more
        return fits

    async def _work(
        self, identity: str, job: _Job, uploads: list[Upload], settings: Settings
    ) -> None:
        places = iter(range(len(uploads)))

        async def one_after_the_other() -> None:
            for place in places:
                upload = uploads[place]
                try:
                    async with self._turns:
                        answer = await self._read(upload, settings)
                except ProblemError as problem:
                    answer = failed(upload.name, problem.detail)
                uploads[place] = Upload(upload.name, b"")
                self._hold(job, -len(upload.data))
                if not self._hold(job, len(answer.json)):
                    answer = failed(upload.name, TOO_LONG)
                    self._hold(job, len(answer.json))
                job.answers[place] = answer.json
                job.done += 1

        await asyncio.gather(*(one_after_the_other() for _ in range(self._limits.workers)))
        job.finished = True
        asyncio.get_running_loop().call_later(60 * self._limits.job_minutes, self._forget, identity)
