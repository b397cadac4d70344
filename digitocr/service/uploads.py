"""A request's body -> the pictures in it, in memory only and never more than is allowed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from http import HTTPStatus
from types import TracebackType
from typing import NamedTuple, TypeVar

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from digitocr.service.limits import Limits, Room
from digitocr.service.problems import ProblemError, busy

RAW = "application/octet-stream"
CLOSED_EARLY = ProblemError(HTTPStatus.BAD_REQUEST, "The connection was closed too early.")

Done = TypeVar("Done")


class Upload(NamedTuple):
    """One picture as it was sent."""

    name: str
    data: bytes


class Share:
    """What one request holds of the room for bodies, until it is answered."""

    def __init__(self, room: Room) -> None:
        self._room, self._size = room, 0

    def take(self, size: int) -> None:
        """Raises ProblemError, 429, where there is no room for so many bytes more."""
        if not self._room.hold(size):
            raise busy("Too much is being sent here at once: try again in a moment.")
        self._size += size

    def __enter__(self) -> Share:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._room.hold(-self._size)
        self._size = 0


async def raw_upload(request: Request, limits: Limits, share: Share) -> Upload:
    """The picture that is the body itself. Raises ProblemError."""
    kind = _kind(request)
    if not kind.startswith("image/") and kind != RAW:
        raise ProblemError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"A picture is sent as image/…, {RAW} or multipart/form-data, not as "
            f"{kind or 'nothing'}.",
        )
    body = bytearray()  # and no list: of small pieces that would be fifty times as much
    async for chunk in _chunks(request, limits, share):
        body += chunk
    return Upload("picture", bytes(body))


async def form_uploads(request: Request, limits: Limits, share: Share) -> list[Upload]:
    """All the files of a multipart body. Raises ProblemError."""
    chunks = _chunks(request, limits, share)
    parser = MultiPartParser(request.headers, chunks, max_files=limits.files)
    parser.spool_max_size = limits.upload_bytes + 1  # or parts of it would be put on the disk
    try:
        form = await parser.parse()
    except MultiPartException as error:
        if "files" in error.message:
            raise ProblemError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"At most {limits.files} pictures can be sent at once.",
            ) from error
        raise ProblemError(
            HTTPStatus.BAD_REQUEST, f"The form is damaged ({error.message}): send it again."
        ) from error
    except (KeyError, ValueError, AssertionError) as error:
        raise ProblemError(HTTPStatus.BAD_REQUEST, "The form is damaged: send it again.") from error
    found = [
        Upload(value.filename or "picture", await value.read())
        for _, value in form.multi_items()
        if isinstance(value, UploadFile)
    ]
    await form.close()
    if not found:
        raise ProblemError(
            HTTPStatus.UNPROCESSABLE_ENTITY, 'The form holds no file: send pictures as "file".'
        )
    return found


async def while_connected(request: Request, work: Coroutine[None, None, Done]) -> Done:
    """What the work comes to; it is given up when its client goes. Raises ProblemError.

    Only after all of the body has been taken: from then on nothing but the end can come.
    """
    working, gone = asyncio.create_task(work), asyncio.create_task(_gone(request))
    try:
        await asyncio.wait({working, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise CLOSED_EARLY
        return working.result()
    finally:
        gone.cancel()
        working.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def is_form(request: Request) -> bool:
    """Whether the body is a multipart form."""
    return _kind(request) == "multipart/form-data"


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _chunks(request: Request, limits: Limits, share: Share) -> AsyncGenerator[bytes, None]:
    """The body as it comes. Raises ProblemError when it is too large, or too slow in coming."""
    too_large = ProblemError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"At most {limits.upload_bytes / 1e6:g} MB can be sent at once.",
    )
    declared = request.headers.get("content-length", "")
    known = int(declared) if declared.isdigit() else None
    if known is not None:
        if known > limits.upload_bytes:
            raise too_large
        share.take(known)  # before it comes: half a picture is of no use
    clock = asyncio.get_running_loop().time
    end, size, stream = clock() + limits.body_seconds, 0, aiter(request.stream())
    while True:
        try:
            async with asyncio.timeout(min(limits.stalled_seconds, end - clock())):
                chunk = await anext(stream, None)
        except TimeoutError as error:
            raise ProblemError(
                HTTPStatus.REQUEST_TIMEOUT, "The picture came too slowly: send it again."
            ) from error
        except ClientDisconnect as error:
            raise CLOSED_EARLY from error
        if chunk is None:
            return
        size += len(chunk)
        if size > limits.upload_bytes:
            raise too_large
        if known is None:
            share.take(len(chunk))
        yield chunk
