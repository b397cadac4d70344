"""The routes of the HTTP service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Request, Response, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from digitocr import __version__
from digitocr.service.crew import Crew
from digitocr.service.jobs import Jobs
from digitocr.service.limits import Limits, Room, is_key
from digitocr.service.metrics import Metrics
from digitocr.service.packed import Packed, listed
from digitocr.service.problems import ProblemError, answer_with_problems, described
from digitocr.service.schemas import Answers, Health, Job, ReadAnswer, ReadingQuery
from digitocr.service.uploads import (
    Share,
    Upload,
    form_uploads,
    is_form,
    raw_upload,
    while_connected,
)
from digitocr.settings import Settings

_PICTURES = {
    "requestBody": {
        "required": True,
        "content": {
            "image/*": {"schema": {"type": "string", "format": "binary"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "array",
                            "minItems": 1,
                            "items": {"type": "string", "format": "binary"},
                        }
                    },
                }
            },
        },
    }
}
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": _PICTURES["requestBody"]["content"]["multipart/form-data"]  # type: ignore[index]
        },
    }
}
_SENDING = described(
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
_FETCHING = described(HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND)
Bearer = Annotated[HTTPAuthorizationCredentials | None, Security(HTTPBearer(auto_error=False))]
KeyHeader = Annotated[str | None, Security(APIKeyHeader(name="X-API-Key", auto_error=False))]


def create_app(limits: Limits, keys: Sequence[bytes] = (), model: str | None = None) -> FastAPI:
    """The service. Without keys, anyone who reaches it may use it.

    model: as `digitocr.read` takes it.
    """
    crew = Crew(limits, model)
    metrics = Metrics(lambda: crew.busy)
    room = Room(max(limits.held_bytes, limits.upload_bytes))

    async def read(upload: Upload, settings: Settings) -> Packed:
        answer = await crew.read(upload.name, upload.data, settings)
        metrics.count(answer.text)
        return answer

    async def read_all(uploads: list[Upload], settings: Settings) -> list[Packed]:
        return await asyncio.gather(*(read(upload, settings) for upload in uploads))

    jobs = Jobs(read, limits)

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        await crew.start()
        yield
        jobs.close()
        crew.close()

    app = FastAPI(
        title="digitocr",
        version=__version__,
        summary="Reads handwritten numbers from pictures and says how sure it is of each digit.",
        lifespan=life,
    )
    app.state.stop = crew.stop
    answer_with_problems(app)
    metrics.watch(app)

    def authorized(bearer: Bearer, header: KeyHeader) -> None:
        given = bearer.credentials if bearer else header or ""
        if not is_key(given, tuple(keys)):
            raise ProblemError(
                HTTPStatus.UNAUTHORIZED,
                "Send a key, as Authorization: Bearer or as X-API-Key.",
                {"WWW-Authenticate": "Bearer"},
            )

    guarded = [Depends(authorized)] if keys else []

    @app.post(
        "/v1/read",
        response_model=ReadAnswer | Answers,
        responses=_SENDING,
        openapi_extra=_PICTURES,
        dependencies=guarded,
    )
    async def read_route(request: Request, query: Annotated[ReadingQuery, Query()]) -> Response:
        """Read one picture, sent as the body, or several, sent as a form.

        A picture as the body gives one answer, and 422 if it cannot be read or takes too long;
        a form gives a list of answers, in which such a picture has an error.
        """
        settings = _settings(query)
        crew.make_room(1)
        with Share(room) as share:
            if is_form(request):
                uploads = await form_uploads(request, limits, share)
                crew.make_room(len(uploads))
                answers = await while_connected(request, read_all(uploads, settings))
                return _json(listed(answer.json for answer in answers))
            upload = await raw_upload(request, limits, share)
            crew.make_room(1)  # others came while it was sent
            answer = await while_connected(request, read(upload, settings))
        if answer.error is not None:
            raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, answer.error)
        return _json(answer.json)

    @app.post(
        "/v1/jobs",
        status_code=HTTPStatus.ACCEPTED,
        response_model=Job,
        responses=_SENDING,
        openapi_extra=_FORM,
        dependencies=guarded,
    )
    async def start_job(request: Request, query: Annotated[ReadingQuery, Query()]) -> Response:
        """Send many pictures as a form and fetch the answers later.

        A job lives in memory: it is forgotten some time after it is done (see GET), when it is
        deleted, and when the server starts anew.
        """
        settings = _settings(query)
        if not is_form(request):
            raise ProblemError(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "A pile is sent as multipart/form-data."
            )
        with Share(room) as share:
            identity = jobs.start(await form_uploads(request, limits, share), settings)
        where = {"Location": f"/v1/jobs/{identity}"}
        return _json(jobs.state(identity), HTTPStatus.ACCEPTED, where)

    @app.get(
        "/v1/jobs/{identity}",
        response_model=Job,
        responses=_FETCHING,
        dependencies=guarded,
    )
    async def job_state(identity: str) -> Response:
        """How far a job is; its answers once it is done.

        404 for one that is unknown, or forgotten: then the pictures must be sent again.
        """
        return _json(jobs.state(identity))

    @app.delete(
        "/v1/jobs/{identity}",
        status_code=HTTPStatus.NO_CONTENT,
        responses=_FETCHING,
        dependencies=guarded,
    )
    async def delete_job(identity: str) -> None:
        """Stop a job and forget its answers."""
        jobs.delete(identity)

    @app.get("/healthz", response_model=Health)
    async def health() -> Any:
        """That the server answers; whether it can read, /readyz tells."""
        return {"status": "ok", "version": __version__}

    @app.get(
        "/readyz",
        response_model=Health,
        responses=described(HTTPStatus.SERVICE_UNAVAILABLE),
    )
    async def ready() -> Any:
        """Whether a picture that came now would soon be read; 503 says why not."""
        crew.check()
        return {"status": "ok", "version": __version__}

    @app.get("/metrics", include_in_schema=False, dependencies=guarded)
    async def metrics_page() -> Response:
        return metrics.page()

    return app


def _settings(query: ReadingQuery) -> Settings:
    try:
        return query.settings()
    except ValueError as error:
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from error


def _json(
    body: bytes, status: HTTPStatus = HTTPStatus.OK, headers: dict[str, str] | None = None
) -> Response:
    return Response(body, status, headers, "application/json")
