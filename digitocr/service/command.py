"""The command line's `digitocr serve`."""

from __future__ import annotations

import signal
import sys
from typing import Annotated

import typer

from digitocr.options import fail
from digitocr.types import InputError

SLOWEST_SECONDS = 5  # that an idle connection is kept open


def serve_command(
    host: Annotated[str, typer.Option(help="Others than loopback need API keys.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 = any that is free.")] = 8000,
    workers: Annotated[
        int, typer.Option(min=0, help="Processes that read; 0 = one for each core.")
    ] = 0,
    upload_mb: Annotated[float, typer.Option(min=0.001, help="Most in one request.")] = 20,
    files: Annotated[int, typer.Option(min=1, help="Most pictures in one request.")] = 100,
    waiting: Annotated[int, typer.Option(min=0, help="Most pictures that wait.")] = 64,
) -> None:
    """Serve the reader over HTTP; its interface is described at /docs."""
    try:
        import uvicorn

        from digitocr.service.limits import Limits, api_keys
        from digitocr.service.web import create_app
    except ImportError:
        fail(InputError('The server needs FastAPI and uvicorn: pip install "digitocr[service]".'))
    limits = Limits(upload_bytes=round(upload_mb * 1e6), files=files, waiting=waiting)
    if workers:
        limits = Limits(workers, limits.upload_bytes, files, waiting)
    try:
        app = create_app(limits, api_keys(host))
    except InputError as error:
        fail(error)
    # When all is answered, uvicorn raises the signal again: an orderly end is no crash.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # No access log: it would keep who asked, and names of files.
    uvicorn.run(
        app,
        host=host,
        port=port,
        access_log=False,
        log_level="warning",
        timeout_keep_alive=SLOWEST_SECONDS,
    )
