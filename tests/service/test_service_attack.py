"""The HTTP service under attack: slow pictures, slow clients, and more than it can hold."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import slow_reading
from test_service import apart

from digitocr import Settings
from digitocr.picture.documents import Item
from digitocr.pile import workers
from digitocr.processes.pool import (
    NotStartedError,
    ReaderLostError,
    ReaderPool,
    ReadingTimeoutError,
)

pytest.importorskip("fastapi")
httpx = pytest.importorskip("httpx")

from digitocr.service import crew as crew_module  # noqa: E402
from digitocr.service.crew import Crew  # noqa: E402
from digitocr.service.jobs import TOO_LONG, Jobs  # noqa: E402
from digitocr.service.limits import Limits  # noqa: E402
from digitocr.service.packed import Packed, failed  # noqa: E402
from digitocr.service.problems import ProblemError, unavailable  # noqa: E402
from digitocr.service.server import Server  # noqa: E402
from digitocr.service.uploads import Upload  # noqa: E402
from digitocr.service.web import create_app  # noqa: E402

PATIENCE_SECONDS = 120  # for what must happen; a busy machine may take its time
PNG = {"content-type": "image/png"}
LIMITS = Limits(
    workers=1,
    upload_bytes=100_000,
    held_bytes=250_000,
    job_bytes=150_000,
    connections=4,
    head_seconds=1.5,
    idle_seconds=1,
    body_seconds=3,
    stalled_seconds=1.5,
    stop_seconds=1,
)
HEAD = b"POST /v1/read HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\n"


@contextmanager
def served(limits: Limits) -> Iterator[Server]:
    """A server on a port of its own, which must end in time."""
    server = Server(create_app(limits), limits, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until(lambda: server.started)
        yield server
    finally:
        server.should_exit = True
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()


def until(true: Callable[[], object]) -> None:
    for _ in range(20 * PATIENCE_SECONDS):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("it never came about")


def port(server: Server) -> int:
    return int(server.servers[0].sockets[0].getsockname()[1])


def url(server: Server, path: str = "/v1/read") -> str:
    return f"http://127.0.0.1:{port(server)}{path}"


def sent(server: Server, data: bytes) -> Any:
    return httpx.post(url(server), content=data, headers=PNG, timeout=PATIENCE_SECONDS)


def connected(server: Server, data: bytes = b"") -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port(server)), PATIENCE_SECONDS)
    connection.sendall(data)
    return connection


def told(connection: socket.socket) -> bytes:
    """All that comes until the server closes the connection."""
    answer = b""
    while more := connection.recv(65536):
        answer += more
    return answer


@pytest.fixture
def slow_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew_module, "read", slow_reading.read)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(crew_module, "read", slow_reading.read)
        with served(LIMITS) as running:
            yield running


# ---------------------------------------------------------------- pictures that take too long


@pytest.mark.usefixtures("slow_reader")
def test_a_picture_that_takes_too_long_costs_itself_alone() -> None:
    limits = replace(LIMITS, workers=2, reading_seconds=2)
    with served(limits) as running, ThreadPoolExecutor(1) as pool:
        slow = pool.submit(sent, running, b"slow")
        others = {sent(running, b"fine").json()["process"] for _ in range(4)}
        refused = slow.result()
        assert refused.status_code == 422
        assert "took longer than 2 seconds" in refused.json()["detail"]
        again = {sent(running, b"fine").json()["process"] for _ in range(4)}
        assert others & again  # the other process was left alone
        form = [("file", ("a.png", b"slow")), ("file", ("b.png", b"fine"))]
        first, second = httpx.post(url(running), files=form, timeout=PATIENCE_SECONDS).json()
        assert "took longer than 2 seconds" in first["error"]
        assert second["text"] == "1"


@pytest.mark.usefixtures("slow_reader")
def test_it_ends_in_time_though_every_process_is_busy() -> None:
    limits = replace(
        LIMITS,
        workers=2,
        reading_seconds=slow_reading.FOREVER,
        stalled_seconds=slow_reading.FOREVER,
        body_seconds=slow_reading.FOREVER,
    )
    with ThreadPoolExecutor(3) as pool:
        with served(limits) as running:
            # Two are read and one waits; what is half sent is given up, too.
            slow = [pool.submit(sent, running, b"slow") for _ in range(3)]
            until(lambda: len(running.server_state.tasks) == 3)
            half = connected(running, HEAD + b"Content-Length: 9\r\n\r\nhalf")
            until(lambda: len(running.server_state.tasks) == 4)
        half.close()
        for one in slow:
            assert one.result().status_code == 503
            assert one.result().json()["detail"] == crew_module.STOPPING
    assert not multiprocessing.active_children()


@pytest.mark.usefixtures("slow_reader")
def test_readiness_tells_the_truth(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = replace(LIMITS, waiting=1, reading_seconds=slow_reading.FOREVER, connections=20)

    def ready(running: Server) -> tuple[int, str]:
        answer = httpx.get(url(running, "/readyz"))
        return answer.status_code, answer.json().get("detail", "")

    with ThreadPoolExecutor(2) as pool, served(limits) as running:
        assert ready(running) == (200, "")
        slow = pool.submit(sent, running, b"slow")
        until(lambda: len(running.server_state.tasks) == 1)
        assert ready(running) == (200, "")  # one is read and one may wait
        monkeypatch.setattr(crew_module, "SLOW_SECONDS", 0.1)
        until(lambda: ready(running)[0] == 503)
        assert ready(running)[1] == "Every process is at a picture that takes long."
        waiting = pool.submit(sent, running, b"fine")
        until(lambda: ready(running) == (503, "Too many pictures are waiting."))
        for child in multiprocessing.active_children():
            os.kill(child.pid or 0, signal.SIGKILL)  # blamed only after it was tried again
        until(lambda: ready(running) == (503, crew_module.STARTING))
        assert httpx.get(url(running, "/healthz")).json()["status"] == "ok"
    assert {slow.result().status_code, waiting.result().status_code} <= {200, 503}


@pytest.mark.usefixtures("slow_reader")
def test_pictures_of_clients_that_went_are_not_read(tmp_path: Path) -> None:
    def begun(name: str, running: Server) -> socket.socket:
        body = f"slow:{tmp_path / name}".encode()
        return connected(running, HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)

    with served(replace(LIMITS, reading_seconds=2)) as running:
        first = begun("first", running)
        until((tmp_path / "first").exists)
        gone = [begun("gone", running) for _ in range(2)]
        until(lambda: len(running.server_state.tasks) == 3)
        for one in gone:
            one.close()
        until(lambda: len(running.server_state.tasks) == 1)
        assert sent(running, b"fine").status_code == 200
        assert b" 422 " in first.recv(65536)
        assert not (tmp_path / "gone").exists()


def test_a_crew_that_has_not_begun_is_not_ready() -> None:
    crew = Crew(LIMITS)
    with pytest.raises(ProblemError, match=crew_module.STARTING):
        crew.check()
    crew.close()
    with pytest.raises(ProblemError, match=crew_module.STOPPING):
        crew.check()


@pytest.mark.usefixtures("slow_reader")
def test_a_process_that_was_killed_by_others_costs_no_picture(tmp_path: Path) -> None:
    note = tmp_path / "process"

    async def killed() -> Packed:
        crew = Crew(LIMITS)
        try:
            data = b"slow once:" + str(note).encode()
            reading = asyncio.create_task(crew.read("a", data, Settings()))
            while not (note.exists() and note.read_text()):
                await asyncio.sleep(0.05)
            os.kill(int(note.read_text()), signal.SIGKILL)
            return await reading
        finally:
            crew.close()

    assert apart(killed()).text == "1"


def test_a_picture_may_not_take_all_the_memory() -> None:
    with ReaderPool(1) as pool:
        before = pool.submit(slow_reading.process).result()
        answer = pool.submit(slow_reading.read_with_too_much_memory).result()
        assert "needs more memory than there is" in str(answer.get("error"))
        assert pool.submit(slow_reading.process).result() == before


def test_a_fault_in_a_process_is_raised_where_it_was_asked() -> None:
    with ReaderPool(1) as pool:
        before = pool.submit(slow_reading.process).result()
        with pytest.raises(OSError, match="the disk is full") as raised:
            pool.submit(slow_reading.fault).result()
        assert "slow_reading.py" in raised.value.__notes__[0]
        assert pool.submit(slow_reading.process).result() == before
    with pytest.raises(RuntimeError):
        pool.submit(slow_reading.process)


def test_the_time_is_that_of_one_picture() -> None:
    with ReaderPool(1, 2) as pool:
        pages = [(number, Item("fine")) for number in range(12)]  # 3.6 s in all
        assert len(pool.submit(slow_reading.read_some, pages, Settings()).result()) == 12
        with pytest.raises(ReadingTimeoutError):
            pool.submit(time.sleep, slow_reading.FOREVER).result()
        with pytest.raises(ReaderLostError) as lost:
            pool.submit(os._exit, 9).result()
        assert not isinstance(lost.value, ReadingTimeoutError | NotStartedError)


def test_a_page_that_takes_too_long_costs_that_page_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workers, "reader_pool", lambda count: ReaderPool(count, 1))
    monkeypatch.setattr(workers, "read_some", slow_reading.read_some)
    waiting = [(number, Item("slow" if number == 2 else "fine")) for number in range(5)]
    found = dict(
        row for done in workers.read_all(waiting, Settings(), None, 200, 2) for row in done
    )
    assert sorted(found) == [0, 1, 2, 3, 4]
    assert [number for number, record in found.items() if "error" in record] == [2]
    assert "took longer than 1 seconds" in str(found[2].get("error"))


# ---------------------------------------------------------------- clients that take too long


@pytest.mark.parametrize(
    "start", [b"", b"POST /v1/read HTTP/1.1\r\nHost: x\r\n"], ids=["idle", "half a head"]
)
def test_a_connection_that_asks_nothing_is_closed(server: Server, start: bytes) -> None:
    answer = told(connected(server, start))
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"application/problem+json" in answer
    assert b"came too slowly" in answer


def test_a_head_that_drips_is_cut_off(server: Server) -> None:
    connection = connected(server, HEAD)
    until(lambda: dripped(connection, b"X-A: b\r\n"))


def test_a_second_request_on_a_connection_may_not_drip_either(server: Server) -> None:
    connection = connected(server, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"200 OK" in connection.recv(65536)
    until(lambda: dripped(connection, b"X-A: b\r\n"))


def test_the_rest_of_a_body_that_was_refused_may_not_drip(server: Server) -> None:
    connection = connected(server, HEAD + b"Content-Length: 1000000\r\n\r\n")
    assert b" 413 " in connection.recv(65536)
    until(lambda: dripped(connection, b"more"))


def dripped(connection: socket.socket, data: bytes) -> bool:
    """Send a little; whether the server has closed the connection."""
    try:
        connection.sendall(data)
        connection.settimeout(0.2)
        return not connection.recv(65536) and closed(connection)
    except TimeoutError:
        return False
    except OSError:
        return True


def closed(connection: socket.socket) -> bool:
    connection.close()
    return True


def test_a_kept_connection_serves_one_request_after_the_other(server: Server) -> None:
    with httpx.Client(base_url=url(server, "")) as client:
        for _ in range(3):
            assert client.post("/v1/read", content=b"fine", headers=PNG).status_code == 200
            time.sleep(0.7)  # longer in all than a head may take


@pytest.mark.parametrize(
    "start",
    [
        b"Content-Length: 100\r\n\r\nhalf",
        b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    ],
    ids=["length", "chunks"],
)
def test_a_body_that_stalls_is_told(server: Server, start: bytes) -> None:
    connection = connected(server, HEAD + start)
    assert b" 408 " in connection.recv(65536)


def test_a_body_that_drips_is_told(server: Server) -> None:
    connection = connected(server, HEAD + b"Content-Length: 100000\r\n\r\n")
    connection.settimeout(0.3)
    for _ in range(200):
        connection.sendall(b"x")
        try:
            answer = connection.recv(65536)
            break
        except TimeoutError:
            continue
    assert b" 408 " in answer


def test_an_answer_that_nobody_takes_is_given_up(server: Server) -> None:
    connection = connected(server, HEAD + b"Content-Length: 4\r\n\r\nlong")
    until(lambda: connection.recv(1, socket.MSG_PEEK))
    until(lambda: not server.server_state.connections)


# ---------------------------------------------------------------- more than it can hold


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunks"])
def test_all_bodies_together_are_bounded(server: Server, chunked: bool) -> None:
    body = bytes(99_000)
    head = b"Content-Length: 100000\r\n\r\n"
    if chunked:
        head, body = b"Transfer-Encoding: chunked\r\n\r\n", b"182b8\r\n" + body
    unfinished = [connected(server, HEAD + head + body) for _ in range(3)]
    until(lambda: any(b" 429 " in seen(one) for one in unfinished))
    answers = [seen(one) for one in unfinished]
    assert sum(b" 429 " in answer for answer in answers) == 1
    (refused,) = (answer for answer in answers if answer)
    assert b"retry-after: 1" in refused
    assert b"Too much is being sent here at once" in refused
    for one in unfinished:
        one.close()
    until(lambda: not server.server_state.connections)
    assert sent(server, bytes(100_000)).status_code == 200  # the room is given back


def seen(connection: socket.socket) -> bytes:
    """What has come, left where it is."""
    connection.settimeout(0.05)
    try:
        return connection.recv(65536, socket.MSG_PEEK)
    except TimeoutError:
        return b""


def test_idle_connections_make_room_for_requests(server: Server) -> None:
    idle = [connected(server) for _ in range(LIMITS.connections + 3)]
    assert sent(server, b"fine").status_code == 200
    assert b"503" in told(idle[0])
    assert b"Too many connections" not in seen(idle[-1])


@pytest.mark.usefixtures("slow_reader")
def test_connections_at_work_are_not_closed_for_others() -> None:
    limits = replace(LIMITS, connections=2, reading_seconds=3)
    with served(limits) as running:
        start = HEAD + b"Content-Length: 4\r\n\r\nslow"
        at_work = [connected(running, start) for _ in range(limits.connections)]
        until(lambda: len(running.server_state.tasks) == limits.connections)
        refused = told(connected(running))
        assert refused.startswith(b"HTTP/1.1 503 ")
        assert b"Too many connections are open" in refused
        assert b" 422 " in at_work[0].recv(65536)


def run_jobs(read: Any, limits: Limits, work: Callable[[Jobs], Any]) -> Any:
    async def run() -> Any:
        jobs = Jobs(read, limits)
        try:
            return await work(jobs)
        finally:
            jobs.close()

    return apart(run())


async def short(upload: Upload, settings: Settings) -> Packed:
    await asyncio.sleep(0)
    return Packed(b"{}", "", None)


async def never(upload: Upload, settings: Settings) -> Packed:
    await asyncio.sleep(slow_reading.FOREVER)
    raise AssertionError


async def long(upload: Upload, settings: Settings) -> Packed:
    return Packed(b'"' + b"x" * 60_000 + b'"', "", None)


async def stopped(upload: Upload, settings: Settings) -> Packed:
    raise unavailable("The reader does not run.")


async def done(jobs: Jobs, identity: str) -> Any:
    for _ in range(1000):
        state = json.loads(jobs.state(identity))
        if state["status"] == "done":
            return state["answers"]
        await asyncio.sleep(0)
    raise AssertionError


PICTURES = [Upload("a", bytes(40_000)), Upload("b", bytes(40_000))]


def test_what_jobs_hold_before_they_are_read_is_bounded() -> None:
    async def work(jobs: Jobs) -> None:
        first = jobs.start([*PICTURES], Settings())
        with pytest.raises(ProblemError, match="Too many jobs are kept") as refused:
            jobs.start([*PICTURES], Settings())
        assert (refused.value.status, refused.value.headers) == (429, {"Retry-After": "60"})
        jobs.delete(first)
        jobs.start([*PICTURES], Settings())

    run_jobs(never, LIMITS, work)


def test_pictures_of_jobs_are_let_go_as_they_are_read() -> None:
    async def work(jobs: Jobs) -> None:
        for _ in range(5):
            await done(jobs, jobs.start([*PICTURES], Settings()))

    run_jobs(short, LIMITS, work)


def test_what_jobs_hold_of_answers_is_bounded() -> None:
    async def work(jobs: Jobs) -> None:
        pictures = [Upload(name, b"") for name in "abc"]
        answers = await done(jobs, jobs.start(pictures, Settings()))
        assert [len(answer) for answer in answers[:2]] == [60_000, 60_000]
        assert answers[2] == json.loads(failed("c", TOO_LONG).json)

    run_jobs(long, LIMITS, work)


def test_a_job_ends_though_the_reader_does_not_run() -> None:
    async def work(jobs: Jobs) -> None:
        (answer,) = await done(jobs, jobs.start([Upload("a", b"")], Settings()))
        assert (answer["file"], answer["error"]) == ("a", "The reader does not run.")

    run_jobs(stopped, LIMITS, work)


def test_jobs_take_no_more_than_a_turn_each() -> None:
    begun = []

    async def counted(upload: Upload, settings: Settings) -> Packed:
        begun.append(upload.name)
        return await never(upload, settings)

    async def work(jobs: Jobs) -> None:
        for name in "abcde":
            jobs.start([Upload(name, b""), Upload(name, b"")], Settings())
        for _ in range(100):
            await asyncio.sleep(0)
        assert begun == ["a", "a"]  # two for the two workers, of ten

    run_jobs(counted, replace(LIMITS, workers=2), work)
