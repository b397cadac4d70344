"""The HTTP service under load: `python -m benchmarks.service [--requests 10000]`.

With `--beside ../another/checkout` its service and that one's are asked in turn instead.

Pictures per second over HTTP as a share of what the bare reader does with as many processes, the
times to answer, and what became of many requests with faults mixed in: files that are no
pictures, connections that break off, clients that send slowly. Every answer is compared with
the bare reader's.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Annotated

import httpx
import typer

from benchmarks.pile import cpu_seconds
from digitocr import read
from digitocr.processes.pool import reader_pool

ROOT = Path(__file__).parent.parent
PICTURES = sorted((ROOT / "sample_images").glob("*.jpg"))
JPEG = {"content-type": "image/jpeg"}
FAULTS = {"bad": 0.1, "broken off": 0.05, "slow": 0.02}  # shares of the requests
SLOW_SECONDS = 0.3


def text_of(data: bytes) -> str:
    """The bare reader's answer."""
    return read(data).text


def bare_rate(pictures: list[bytes], pool: Executor, count: int) -> float:
    """Pictures per second of the bare reader in a pool of processes."""
    list(pool.map(text_of, pictures))
    start = time.perf_counter()
    list(pool.map(text_of, (pictures[i % len(pictures)] for i in range(count)), chunksize=8))
    return count / (time.perf_counter() - start)


async def drive(
    count: int, at_once: int, one: Callable[[int], Awaitable[None]]
) -> tuple[float, list[float]]:
    """So many requests, at most `at_once` at the same time: seconds, and ms of each."""
    numbers, times = iter(range(count)), []

    async def client() -> None:
        for number in numbers:
            start = time.perf_counter()
            await one(number)
            times.append(1000 * (time.perf_counter() - start))

    start = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(at_once)))
    return time.perf_counter() - start, times


async def load(
    port: int, pictures: list[bytes], expected: list[str], at_once: int, count: int, faulty: bool
) -> tuple[float, list[float], Counter[str]]:
    """Requests to a running server; what became of each kind."""
    outcomes: Counter[str] = Counter()
    chance = random.Random(0)
    kinds = chance.choices(["good", *FAULTS], [1 - sum(FAULTS.values()), *FAULTS.values()], k=count)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:

        async def one(number: int) -> None:
            place = number % len(pictures)
            kind = kinds[number] if faulty else "good"
            if kind == "broken off":
                await _broken_off(port, pictures[place])
                outcomes["broken off"] += 1
                return
            body = b"no picture" if kind == "bad" else pictures[place]
            content = _slowly(body) if kind == "slow" else body
            response = await client.post("/v1/read", content=content, headers=JPEG)
            if kind == "bad":
                outcomes["bad, refused" if response.status_code == 422 else "bad, WRONG"] += 1
            elif response.status_code == 200 and response.json()["text"] == expected[place]:
                outcomes["right"] += 1
            else:
                outcomes[f"WRONG {response.status_code}"] += 1

        seconds, times = await drive(count, at_once, one)
    return seconds, times, outcomes


async def _slowly(body: bytes) -> AsyncIterator[bytes]:
    half = len(body) // 2
    yield body[:half]
    await asyncio.sleep(SLOW_SECONDS)
    yield body[half:]


async def _broken_off(port: int, body: bytes) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    head = (
        "POST /v1/read HTTP/1.1\r\nHost: x\r\nContent-Type: image/jpeg\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body[: len(body) // 2])
    await writer.drain()
    writer.close()


def main(
    requests: Annotated[int, typer.Option(min=10, help="With faults among them.")] = 10_000,
    workers: Annotated[int, typer.Option(min=0)] = 0,
    beside: Annotated[Path | None, typer.Option(help="Another checkout: only compare.")] = None,
) -> None:
    """Print the figures."""
    workers = workers or os.cpu_count() or 1
    pictures = [path.read_bytes() for path in PICTURES]
    if beside:
        side_by_side([beside.resolve(), ROOT], pictures, requests)
        return
    expected = [text_of(data) for data in pictures]
    measured = min(requests, 1_000)
    with reader_pool(workers) as pool:
        bare = bare_rate(pictures, pool, measured)
    with served(ROOT, workers) as (_, port):
        at_once = 2 * workers
        seconds, times, outcomes = asyncio.run(
            load(port, pictures, expected, at_once, measured, faulty=False)
        )
        rate = measured / seconds
        hundredths = statistics.quantiles(times, n=100)
        print(f"bare reader, {workers} processes: {bare:.1f} pictures a second")
        print(f"over HTTP: {rate:.1f} a second, {rate / bare:.0%} of that; {dict(outcomes)}")
        print(f"{at_once} at once: p50 {hundredths[49]:.0f} ms, p99 {hundredths[98]:.0f} ms")
        _, _, outcomes = asyncio.run(
            load(port, pictures, expected, 8 * workers, requests, faulty=True)
        )
        print(f"{requests} requests with faults: {dict(outcomes)}")


@contextmanager
def served(code: Path, workers: int) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A server that runs a checkout's code, and its port; nothing of it is left at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "digitocr", "serve", "--port", str(port)]
    server = subprocess.Popen(
        [*command, "--workers", str(workers)],
        cwd=code,
        env=os.environ | {"PYTHONPATH": str(code)},
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for(port)
        yield server, port
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def side_by_side(codes: list[Path], pictures: list[bytes], count: int) -> None:
    """One request to each checkout's server in turn: times, and CPU time of all its processes."""
    with ExitStack() as stack:
        running = [stack.enter_context(served(code, 1)) for code in codes]
        client = stack.enter_context(httpx.Client(timeout=60))
        times: list[list[float]] = [[] for _ in codes]
        before = [0.0] * len(codes)
        for number in range(-len(pictures), count):  # each picture once before it counts
            if number == 0:
                before = [cpu_seconds(server.pid) for server, _ in running]
            data = pictures[number % len(pictures)]
            for (_, port), taken in zip(running, times, strict=True):
                start = time.perf_counter()
                url = f"http://127.0.0.1:{port}/v1/read"
                client.post(url, content=data, headers=JPEG).raise_for_status()
                if number >= 0:
                    taken.append(1000 * (time.perf_counter() - start))
        for code, (server, _), taken, first in zip(codes, running, times, before, strict=True):
            each = 1000 * (cpu_seconds(server.pid) - first) / count
            print(f"{code}: median {statistics.median(taken):.0f} ms, CPU {each:.1f} ms a picture")


def wait_for(port: int) -> None:
    """Until a server answers; raises TimeoutError."""
    for _ in range(600):
        try:
            httpx.get(f"http://127.0.0.1:{port}/healthz")
            return
        except httpx.ConnectError:
            time.sleep(0.1)
    raise TimeoutError("The server did not start within a minute.")


if __name__ == "__main__":
    typer.run(main)
