"""Errors as RFC 9457 problem details."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"


class ProblemBody(BaseModel):
    """What went wrong, as RFC 9457 has it."""

    type: str = "about:blank"
    title: str = Field(examples=["Unprocessable Content"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["The picture is damaged: save or send it once more."])


class ProblemError(Exception):
    """An answer that is not the one that was asked for."""

    def __init__(self, status: HTTPStatus, detail: str, headers: dict[str, str] | None = None):
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers


def busy(detail: str, seconds: int = 1) -> ProblemError:
    """The server has too much to do: it may be asked again after so long."""
    return ProblemError(HTTPStatus.TOO_MANY_REQUESTS, detail, {"Retry-After": str(seconds)})


def unavailable(detail: str) -> ProblemError:
    """The server cannot read now, whoever asks."""
    return ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, detail, {"Retry-After": "1"})


def described(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """The responses of a route that are problems, for its OpenAPI."""
    return {
        int(status): {
            "description": status.phrase,
            "content": {MEDIA_TYPE: {"schema": ProblemBody.model_json_schema()}},
        }
        for status in statuses
    }


def answer_with_problems(app: FastAPI) -> None:
    """Let every error of the app leave it as a problem."""

    @app.exception_handler(ProblemError)
    def _problem(request: Request, error: ProblemError) -> JSONResponse:
        return _response(error.status, error.detail, error.headers)

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> JSONResponse:
        status = HTTPStatus(error.status_code)
        return _response(status, str(error.detail), dict(error.headers or {}))

    @app.exception_handler(RequestValidationError)
    def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        faults = [f"{fault['loc'][-1]}: {fault['msg']}" for fault in error.errors()]
        return _response(HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(faults))

    @app.exception_handler(Exception)
    def _unforeseen(request: Request, error: Exception) -> JSONResponse:
        return _response(
            HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong here: try again later."
        )


def encoded(status: HTTPStatus, detail: str) -> bytes:
    """A problem's body as it is sent, for those who never reach the app."""
    return json.dumps(_body(status, detail)).encode()


def _response(
    status: HTTPStatus, detail: str, headers: dict[str, str] | None = None
) -> JSONResponse:
    return JSONResponse(_body(status, detail), status, headers, media_type=MEDIA_TYPE)


def _body(status: HTTPStatus, detail: str) -> dict[str, object]:
    return ProblemBody(title=status.phrase, status=status, detail=detail).model_dump()
