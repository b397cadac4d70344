"""uvicorn with what it lacks: bounds on slow and idle connections, and an end that comes in time.

Its timer runs between two requests only; here it also runs while a request's first lines are
awaited, and while nobody takes an answer.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import h11
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from digitocr.service.limits import Limits
from digitocr.service.problems import MEDIA_TYPE, encoded

LEFT_SECONDS = 1  # for the answers to those who are sent away at the end


class Server(uvicorn.Server):
    """One that ends within `limits.stop_seconds` and a little, whatever it is at."""

    def __init__(self, app: FastAPI, limits: Limits, host: str, port: int) -> None:
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            http=bounded(limits),
            ws="none",
            access_log=False,  # it would keep who asked, and names of files
            log_level="warning",
            timeout_keep_alive=limits.idle_seconds,
            timeout_graceful_shutdown=limits.stop_seconds + LEFT_SECONDS,
        )
        super().__init__(config)
        self._stop: Callable[[], None] = lambda: app.state.stop(limits.stop_seconds)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, but pictures that take too long are given up, each with an answer."""
        self._stop()
        await super().shutdown(sockets)


def bounded(limits: Limits) -> type[H11Protocol]:
    """uvicorn's protocol with bounds on its connections."""

    class Bounded(_Bounded):
        bounds = limits

    return Bounded


class _Bounded(H11Protocol):
    """One connection, which waits for a request's head or is at a request."""

    bounds: Limits
    waits_until = 0.0  # of the loop's clock, where it waits
    _head_timer: asyncio.TimerHandle | None = None
    _answer_timer: asyncio.TimerHandle | None = None

    @property
    def waits(self) -> bool:
        """Whether no request is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._await_head()
        if len(self.connections) > self.bounds.connections:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self.waits:
            self._stop_timer()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.waits:  # or the next request was there already
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        self.resume_writing()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._answer_timer = self.loop.call_later(self.bounds.stalled_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._answer_timer:
            self._answer_timer.cancel()

    def send_away(self, status: HTTPStatus, detail: str) -> None:
        """Close the connection, which waits, with a problem for an answer."""
        if self.transport.is_closing():
            return
        if self.conn.our_state is h11.IDLE:  # not at the rest of a body that was refused
            body = encoded(status, detail)
            headers = [
                ("content-type", MEDIA_TYPE),
                ("content-length", str(len(body))),
                ("connection", "close"),
                ("retry-after", "1"),
            ]
            answer = h11.Response(status_code=status, headers=headers, reason=status.phrase)
            for event in (answer, h11.Data(data=body), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _make_room(self) -> None:
        """Close the connection that has waited longest, or this one if all are at requests."""
        waiting = [
            one
            for one in self.connections
            if isinstance(one, _Bounded)
            and one is not self
            and one.waits
            and not one.transport.is_closing()
        ]
        longest = min(waiting, key=lambda one: one.waits_until, default=self)
        longest.send_away(
            HTTPStatus.SERVICE_UNAVAILABLE, "Too many connections are open: try again in a moment."
        )

    def _await_head(self) -> None:
        self._stop_timer()
        self.waits_until = self.loop.time() + self.bounds.head_seconds
        self._head_timer = self.loop.call_at(self.waits_until, self._too_slow)

    def _stop_timer(self) -> None:
        if self._head_timer:
            self._head_timer.cancel()

    def _too_slow(self) -> None:
        self.send_away(HTTPStatus.REQUEST_TIMEOUT, "The request came too slowly: send it again.")
