"""A request's body -> the pictures in it, in memory only and never more than is allowed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from http import HTTPStatus
from typing import NamedTuple

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from digitocr.service.limits import Limits
from digitocr.service.problems import ProblemError

RAW = "application/octet-stream"


class Upload(NamedTuple):
    """One picture as it was sent."""

    name: str
    data: bytes


async def raw_upload(request: Request, limits: Limits) -> Upload:
    """The picture that is the body itself. Raises ProblemError."""
    kind = _kind(request)
    if not kind.startswith("image/") and kind != RAW:
        raise ProblemError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"A picture is sent as image/…, {RAW} or multipart/form-data, not as "
            f"{kind or 'nothing'}.",
        )
    return Upload("picture", await _body(request, limits))


async def form_uploads(request: Request, limits: Limits) -> list[Upload]:
    """All the files of a multipart body. Raises ProblemError."""
    body = await _body(request, limits)
    parser = MultiPartParser(request.headers, _whole(body), max_files=limits.files)
    parser.spool_max_size = len(body) + 1  # or parts of it would be put on the disk
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


def is_form(request: Request) -> bool:
    """Whether the body is a multipart form."""
    return _kind(request) == "multipart/form-data"


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _whole(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body


async def _body(request: Request, limits: Limits) -> bytes:
    """All of the body. Raises ProblemError when it is too large, or too slow in coming."""
    too_large = ProblemError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"At most {limits.upload_bytes / 1e6:g} MB can be sent at once.",
    )
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > limits.upload_bytes:
        raise too_large
    chunks, size = [], 0
    try:
        async with asyncio.timeout(limits.body_seconds):
            async for chunk in request.stream():
                size += len(chunk)
                if size > limits.upload_bytes:
                    raise too_large
                chunks.append(chunk)
    except TimeoutError as error:
        raise ProblemError(
            HTTPStatus.REQUEST_TIMEOUT, "The picture came too slowly: send it again."
        ) from error
    except ClientDisconnect as error:
        raise ProblemError(
            HTTPStatus.BAD_REQUEST, "The connection was closed too early."
        ) from error
    return b"".join(chunks)
