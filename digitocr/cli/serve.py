"""The command line's `digitocr serve`."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from typing import Annotated

import typer

from digitocr.cli.options import Model, check_model, fail
from digitocr.processes.pool import READING_SECONDS
from digitocr.types import InputError


def serve_command(
    host: Annotated[str, typer.Option(help="Others than loopback need API keys.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 = any that is free.")] = 8000,
    workers: Annotated[
        int, typer.Option(min=0, help="Processes that read; 0 = one for each core.")
    ] = 0,
    upload_mb: Annotated[float, typer.Option(min=0.001, help="Most in one request.")] = 20,
    files: Annotated[int, typer.Option(min=1, help="Most pictures in one request.")] = 100,
    waiting: Annotated[int, typer.Option(min=0, help="Most pictures that wait.")] = 64,
    seconds: Annotated[
        float, typer.Option(min=0.1, help="Most for one picture, which is then given up.")
    ] = READING_SECONDS,
    held_mb: Annotated[
        float, typer.Option(min=0.001, help="Most that all requests hold, and all jobs too.")
    ] = 200,
    connections: Annotated[int, typer.Option(min=1, help="Most that are open.")] = 256,
    model: Model = None,
) -> None:
    """Serve the reader over HTTP; its interface is described at /docs."""
    try:
        from digitocr.service.limits import Limits, api_keys
        from digitocr.service.server import Server
        from digitocr.service.web import create_app
    except ImportError:
        fail(InputError('The server needs FastAPI and uvicorn: pip install "digitocr[service]".'))
    check_model(model)
    limits = Limits(
        workers=workers or os.cpu_count() or 1,
        upload_bytes=round(upload_mb * 1e6),
        files=files,
        waiting=waiting,
        reading_seconds=seconds,
        held_bytes=round(held_mb * 1e6),
        job_bytes=round(held_mb * 1e6),
        connections=connections,
    )
    try:
        app = create_app(limits, api_keys(host), model)
    except InputError as error:
        fail(error)
    # When all is answered, uvicorn raises the signal again: an orderly end is no crash.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = Server(app, limits, host, port)
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        raise typer.Exit(1)
