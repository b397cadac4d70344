"""What a server counts, for Prometheus; nothing of it says what was read."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


class Metrics:
    """One server's counters."""

    def __init__(self, busy: Callable[[], int]) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "digitocr_requests",
            "Requests, by route and status.",
            ["route", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "digitocr_request_seconds",
            "Time to answer a request.",
            ["route"],
            buckets=SECONDS,
            registry=self._registry,
        )
        self._pictures = Counter(
            "digitocr_pictures",
            "Pictures, by what came of them.",
            ["outcome"],
            registry=self._registry,
        )
        waiting = Gauge(
            "digitocr_pictures_in_work",
            "Pictures that are being read or wait for it.",
            registry=self._registry,
        )
        waiting.set_function(busy)

    def count(self, text: str | None) -> None:
        """Note what came of a picture: its answer's text, None where it could not be read."""
        outcome = (
            "unreadable"
            if text is None
            else "empty"
            if not text
            else "doubted"
            if "?" in text
            else "accepted"
        )
        self._pictures.labels(outcome).inc()

    def watch(self, app: FastAPI) -> None:
        """Note every request of an app."""

        @app.middleware("http")
        async def _watched(
            request: Request, call_next: Callable[[Request], Awaitable[Response]]
        ) -> Response:
            start = time.perf_counter()
            response = await call_next(request)
            route = getattr(request.scope.get("route"), "path", "other")
            self._requests.labels(route, response.status_code).inc()
            self._seconds.labels(route).observe(time.perf_counter() - start)
            return response

    def page(self) -> Response:
        """All of it in Prometheus' text format."""
        return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)
