"""The HTTP service under attack: `python -m benchmarks.attack [--of ../another/checkout]`.

Printed: how long an ordinary picture and the server's end take while two hostile pictures are
read; its memory under bodies that never end; what becomes of connections that send nothing, or
their heads slowly. `--of` attacks the code of another checkout, such as one of before.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import cv2
import httpx
import numpy as np
import typer

from benchmarks.pile import memory_mb
from benchmarks.service import JPEG, PICTURES, ROOT, served

WORKERS = 2
STRIPES_PX = ((900, 900), (1760, 1700))  # width, height
STRIPE_PX = 10
BODIES, BODY_BYTES = 30, 19_000_000
CONNECTIONS = 200
SETTLED_SECONDS = 20.0  # by which a bounded server has closed what asks nothing
PATIENCE_SECONDS = 60.0  # for an answer, and for the end
HEAD = b"POST /v1/read HTTP/1.1\r\nHost: x\r\nContent-Type: image/jpeg\r\n"


def stripes(width: int, height: int) -> bytes:
    """A PNG of vertical stripes, as many ink as paper."""
    row = np.where(np.arange(width) // STRIPE_PX % 2, 255, 0).astype(np.uint8)
    return cv2.imencode(".png", np.tile(row, (height, 1)))[1].tobytes()


async def most_memory_mb(pid: int, while_it_runs: asyncio.Future[list[str]]) -> float:
    """The most memory that a server's processes held at a time."""
    most = 0.0
    while not while_it_runs.done():
        most = max(most, memory_mb(pid))
        await asyncio.sleep(0.1)
    return most


async def hostile_pictures(server: subprocess.Popen[bytes], port: int) -> None:
    """A picture for each process, and then an ordinary one."""
    ordinary = PICTURES[0].read_bytes()
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_SECONDS
    ) as client:

        async def post(data: bytes) -> str:
            start = time.perf_counter()
            try:
                response = await client.post("/v1/read", content=data, headers=JPEG)
                status = str(response.status_code)
            except httpx.HTTPError as error:
                status = type(error).__name__
            return f"{status} after {time.perf_counter() - start:.1f} s"

        print("an ordinary picture alone:", await post(ordinary))
        attack = [asyncio.create_task(post(stripes(*size))) for size in STRIPES_PX]
        most = asyncio.create_task(most_memory_mb(server.pid, asyncio.gather(*attack)))
        await asyncio.sleep(8)
        probes = [
            f"{path} {(await client.get(path)).status_code}" for path in ("/healthz", "/readyz")
        ]
        print("while two hostile ones are read:", ", ".join(probes))
        print("an ordinary picture then:", await post(ordinary))
        for size, task in zip(STRIPES_PX, attack, strict=True):
            print(f"stripes of {size[0]} x {size[1]} px:", await task)
        print(f"memory of all processes: at most {await most:.0f} MB")


async def end(server: subprocess.Popen[bytes], port: int) -> None:
    """SIGTERM while each process is at a hostile picture."""
    url = f"http://127.0.0.1:{port}/v1/read"
    async with httpx.AsyncClient(timeout=2 * PATIENCE_SECONDS) as client:
        pictures = [stripes(*size) for size in STRIPES_PX]
        attack = [
            asyncio.create_task(client.post(url, content=one, headers=JPEG)) for one in pictures
        ]
        await asyncio.sleep(2)
        start = time.perf_counter()
        server.terminate()
        while server.poll() is None and time.perf_counter() - start < PATIENCE_SECONDS:
            await asyncio.sleep(0.05)
        seconds = time.perf_counter() - start
        told = "runs on" if server.poll() is None else f"has ended with {server.returncode}"
        print(f"SIGTERM: the server {told} after {seconds:.1f} s")
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        answers = await asyncio.gather(*attack, return_exceptions=True)
        print("the two were told:", _told(answers))


async def unfinished_bodies(server: subprocess.Popen[bytes], port: int) -> None:
    """Bodies of which the last byte never comes."""
    before = memory_mb(server.pid)

    async def send() -> str:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD + b"Content-Length: %d\r\n\r\n" % (BODY_BYTES + 1))
        piece = bytes(1_000_000)
        with suppress(OSError):
            for _ in range(BODY_BYTES // len(piece)):
                writer.write(piece)
                await writer.drain()
        line = await _last_word(reader, SETTLED_SECONDS)
        writer.close()
        return line

    bodies = asyncio.gather(*(send() for _ in range(BODIES)))
    most = await most_memory_mb(server.pid, bodies)
    told = dict(Counter(await bodies))
    print(f"{BODIES} unfinished bodies of {BODY_BYTES / 1e6:.0f} MB: {most - before:.0f} MB more")
    print("they were told:", told)


async def slow_connections(port: int, drip: bytes) -> None:
    """Connections that never finish a request's head: with `drip` each second, or nothing."""

    async def connect() -> bool:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD if drip else b"")
        open_still = True
        start = time.perf_counter()
        while open_still and time.perf_counter() - start < SETTLED_SECONDS:
            writer.write(drip)
            open_still = await _last_word(reader, 1.0) == "nothing"
        writer.close()
        return open_still

    connections = asyncio.gather(*(connect() for _ in range(CONNECTIONS)))
    await asyncio.sleep(SETTLED_SECONDS / 2)
    async with httpx.AsyncClient() as client:
        health = await client.get(f"http://127.0.0.1:{port}/healthz")
    left = sum(await connections)
    kind = "with slow heads" if drip else "that send nothing"
    print(
        f"{CONNECTIONS} connections {kind}: {left} open after {SETTLED_SECONDS:.0f} s; "
        f"/healthz {health.status_code} meanwhile"
    )


async def _last_word(reader: asyncio.StreamReader, seconds: float) -> str:
    """The status that a server sends; "nothing" where it sends none and keeps the connection."""
    try:
        line = await asyncio.wait_for(reader.readline(), seconds)
    except TimeoutError:
        return "nothing"
    except OSError:
        return "closed"
    return line.split()[1].decode() if line else "closed"


def _told(answers: list[httpx.Response | BaseException]) -> dict[str, int]:
    return dict(
        Counter(
            str(one.status_code) if isinstance(one, httpx.Response) else type(one).__name__
            for one in answers
        )
    )


def main(
    of: Annotated[Path, typer.Option(help="The checkout whose code is attacked.")] = ROOT,
) -> None:
    """Print the figures, each of a fresh server."""
    attacks: list[Callable[[subprocess.Popen[bytes], int], Awaitable[None]]] = [
        hostile_pictures,
        end,
        unfinished_bodies,
        lambda _, port: slow_connections(port, b""),
        lambda _, port: slow_connections(port, b"X-A: b\r\n"),
    ]
    for attack in attacks:
        with served(of.resolve(), WORKERS) as (server, port):
            asyncio.run(_awaited(attack(server, port)))


async def _awaited(attack: Awaitable[None]) -> None:
    await attack


if __name__ == "__main__":
    typer.run(main)
