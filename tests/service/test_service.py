"""The HTTP service: what it answers, what it refuses, and that it keeps to its own description."""

from __future__ import annotations

import asyncio
import io
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
from drawings import written
from hypothesis import HealthCheck, given, settings
from own_models import model_folder
from PIL import Image

from digitocr import InputError, Settings, read
from digitocr.about import fields
from digitocr.output.record import (
    DigitRecord,
    FailureRecord,
    LineRecord,
    ReadRecord,
    record_of,
)
from digitocr.processes.versions import read_by

fastapi = pytest.importorskip("fastapi")
pytest.importorskip("httpx")
schemathesis = pytest.importorskip("schemathesis")
from fastapi.testclient import TestClient  # noqa: E402
from pydantic import TypeAdapter, ValidationError  # noqa: E402
from schemathesis.specs.openapi import checks as openapi_checks  # noqa: E402

from digitocr.review.incoming import checked  # noqa: E402
from digitocr.service import crew as crew_module  # noqa: E402
from digitocr.service import schemas  # noqa: E402
from digitocr.service.crew import Crew  # noqa: E402
from digitocr.service.jobs import Jobs  # noqa: E402
from digitocr.service.limits import KEYS_VARIABLE, Limits, api_keys, is_key  # noqa: E402
from digitocr.service.packed import Packed  # noqa: E402
from digitocr.service.problems import MEDIA_TYPE, ProblemError  # noqa: E402
from digitocr.service.uploads import Upload  # noqa: E402
from digitocr.service.web import create_app  # noqa: E402

Result = TypeVar("Result")
SMALL = Limits(workers=1, upload_bytes=200_000, files=5, waiting=5, jobs=3)
PNG = {"content-type": "image/png"}


def png(text: str) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(written(text)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app(SMALL)) as running:
        yield running


def form(*texts: str) -> list[tuple[str, tuple[str, bytes, str]]]:
    return [("file", (f"{text}.png", png(text), "image/png")) for text in texts]


def apart(work: Coroutine[Any, Any, Result]) -> Result:
    """Run it in a thread of its own: a browser's driver may have a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def without_times(answer: Any) -> dict[str, Any]:
    return {**answer, "ms": 0, "read_at": ""}


def test_a_picture_as_the_body_is_read_as_everywhere(client: TestClient) -> None:
    data = png("20745")
    response = client.post("/v1/read", content=data, headers=PNG)
    assert response.status_code == 200
    expected = record_of(read(data), "picture", 1, read_by())
    assert without_times(response.json()) == without_times(expected)


def test_a_model_of_ones_own_reads(tmp_path: Path) -> None:
    model = str(model_folder(tmp_path / "mine"))
    with TestClient(create_app(SMALL, model=model)) as running:
        answer = running.post("/v1/read", content=png("20745"), headers=PNG).json()
    assert answer["read_by"] == read_by(model)
    assert " mine-" in answer["read_by"]


def test_several_pictures_as_a_form(client: TestClient) -> None:
    files = [*form("31", "802"), ("file", ("bad.png", b"\x89PNG nothing", "image/png"))]
    response = client.post("/v1/read", files=files)
    assert response.status_code == 200
    first, second, bad = response.json()
    assert [first["file"], second["file"], bad["file"]] == ["31.png", "802.png", "bad.png"]
    assert [first["text"], second["text"]] == ["31", "802"]
    assert set(bad) == {"file", "page", "error", "read_at", "schema"}


def test_settings_reach_the_reader(client: TestClient) -> None:
    data = png("4711")
    settings = Settings(one_wrong_in=1_000_000, pattern="##-##", polarity="dark")
    query = {"one_wrong_in": 1_000_000, "pattern": "##-##", "polarity": "dark"}
    response = client.post("/v1/read", content=data, headers=PNG, params=query)
    expected = record_of(read(data, settings), "picture", 1, read_by())
    assert without_times(response.json()) == without_times(expected)


@pytest.mark.parametrize(
    ("content", "headers", "query", "status", "sentence"),
    [
        pytest.param(b"x", {"content-type": "text/html"}, {}, 415, "not as text/html", id="kind"),
        pytest.param(b"x", {}, {}, 415, "not as nothing", id="no kind"),
        pytest.param(b"x", PNG, {}, 422, "This is not a picture", id="no picture"),
        pytest.param(b"", PNG, {}, 422, "The file is empty", id="empty"),
        pytest.param(bytes(200_001), PNG, {}, 413, "At most 0.2 MB", id="too large"),
        pytest.param(
            b"x",
            PNG,
            {"length": -1},
            422,
            "length must lie between 0 and 64, not -1.",
            id="setting",
        ),
        pytest.param(b"x", PNG, {"check": "iban"}, 422, "country", id="contradiction"),
        pytest.param(
            b"no form", {"content-type": "multipart/form-data"}, {}, 400, "form", id="no boundary"
        ),
        pytest.param(
            b"--b\r\n\r\nnothing",
            {"content-type": "multipart/form-data; boundary=b"},
            {},
            400,
            "The form is damaged",
            id="cut off",
        ),
    ],
)
def test_what_is_refused_is_a_problem(
    client: TestClient,
    content: bytes,
    headers: dict[str, str],
    query: dict[str, Any],
    status: int,
    sentence: str,
) -> None:
    response = client.post("/v1/read", content=content, headers=headers, params=query)
    assert response.status_code == status
    assert response.headers["content-type"] == MEDIA_TYPE
    problem = response.json()
    assert problem["status"] == status
    assert sentence in problem["detail"]


def test_a_form_without_a_file(client: TestClient) -> None:
    headers = {"content-type": "multipart/form-data; boundary=b"}
    body = b'--b\r\nContent-Disposition: form-data; name="length"\r\n\r\n5\r\n--b--\r\n'
    response = client.post("/v1/read", content=body, headers=headers)
    assert response.status_code == 422
    assert "The form holds no file" in response.json()["detail"]


def test_too_many_files_in_a_form(client: TestClient) -> None:
    assert client.post("/v1/read", files=form(*"123456")).status_code == 413


def test_a_body_of_unknown_length_is_bounded_too(client: TestClient) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(5):
            yield bytes(50_000)

    response = client.post("/v1/read", content=chunks(), headers=PNG)
    assert response.status_code == 413


@pytest.mark.parametrize("path", ["/v1/jobs/unknown", "/nowhere"])
def test_what_is_not_there_is_a_problem(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.headers["content-type"]) == (404, MEDIA_TYPE)


def finished(client: TestClient, where: str) -> dict[str, Any]:
    for _ in range(2400):
        state: dict[str, Any] = client.get(where).json()
        if state["status"] == "done":
            return state
        time.sleep(0.05)
    raise AssertionError(state)


def test_a_job_from_start_to_end(client: TestClient) -> None:
    started = client.post("/v1/jobs", files=form("52", "7", "1234"))
    assert started.status_code == 202
    where = started.headers["location"]
    assert started.json()["total"] == 3
    state = finished(client, where)
    assert [answer["text"] for answer in state["answers"]] == ["52", "7", "1234"]
    assert client.delete(where).status_code == 204
    assert client.get(where).status_code == 404


def test_too_many_jobs(client: TestClient) -> None:
    started = [client.post("/v1/jobs", files=form("1")) for _ in range(SMALL.jobs + 1)]
    assert [one.status_code for one in started] == [*[202] * SMALL.jobs, 429]
    assert started[-1].headers["retry-after"] == "60"
    for one in started[:-1]:
        client.delete(one.headers["location"])


def test_a_job_is_a_form(client: TestClient) -> None:
    assert client.post("/v1/jobs", content=png("1"), headers=PNG).status_code == 415


def test_a_finished_job_is_forgotten_in_time() -> None:
    async def told() -> tuple[str, str]:
        jobs = Jobs(named, Limits(workers=2, job_minutes=0.001))
        identity = jobs.start([Upload("a", b""), Upload("b", b"")], Settings())
        while (state := json.loads(jobs.state(identity)))["status"] != "done":
            await asyncio.sleep(0)
        await asyncio.sleep(0.1)
        with pytest.raises(ProblemError) as gone:
            jobs.state(identity)
        return str(state["done"]), gone.value.detail

    done, sentence = apart(told())
    assert done == "2"
    assert "jobs are forgotten 0.001 minutes after they are done" in sentence
    assert "when the server starts anew" in sentence


async def named(upload: Upload, settings: Settings) -> Packed:
    await asyncio.sleep(0)
    return Packed(json.dumps({"file": upload.name}).encode(), "", None)


def test_a_full_house_sends_requests_away() -> None:
    crew = Crew(Limits(workers=1, waiting=2))
    try:
        crew.make_room(100)  # an empty house takes any one request
        crew.busy = 2
        crew.make_room(1)
        crew.busy = 3
        with pytest.raises(ProblemError) as refused:
            crew.make_room(1)
        assert refused.value.status == 429
        assert refused.value.headers == {"Retry-After": "1"}
    finally:
        crew.close()


def test_a_picture_that_kills_its_process_costs_itself_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import os, digitocr.service.packed as answers\n"
        "whole = answers.read\n"
        "def read(name, data, settings, model):\n"
        "    return os._exit(9) if data == b'deadly' else whole(name, data, settings, model)\n"
        "answers.read = read\n"
    )
    root = Path(__file__).parents[2]
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{root}")

    async def both() -> list[Packed]:
        crew = Crew(Limits(workers=2))
        try:
            sent = (("a", png("31")), ("b", b"deadly"), ("c", png("802")))
            return await asyncio.gather(*(crew.read(*one, Settings()) for one in sent))
        finally:
            crew.close()

    first, second, third = apart(both())
    assert (first.text, third.text) == ("31", "802")
    assert second.error == crew_module.CRASHED


def test_answers_keep_to_their_schema(client: TestClient) -> None:
    sent = [*form("31"), ("file", ("bad.png", b"nothing", "image/png"))]
    answers = client.post("/v1/read", files=sent).json()
    kind = TypeAdapter(schemas.Answers)
    assert kind.dump_python(kind.validate_python(answers, strict=True)) == answers
    with pytest.raises(ValidationError, match="accepted"):
        kind.validate_python([{**answers[0], "accepted": "yes"}], strict=True)


def test_the_openapi_tells_of_every_key_and_setting(client: TestClient) -> None:
    api = client.get("/openapi.json").json()
    parts = api["components"]["schemas"]
    for record in (ReadRecord, FailureRecord, LineRecord, DigitRecord):
        told = parts[record.__name__]
        assert list(told["properties"]) == list(fields(record))
        assert set(told["required"]) == {k for k, one in fields(record).items() if one.is_required}
        assert told["description"] == record.__doc__
        for name, one in fields(record).items():
            assert told["properties"][name].get("description", "") == one.about.told
    assert parts["DigitRecord"]["properties"]["box"]["minItems"] == 4
    assert parts["ReadRecord"]["properties"]["confidence"]["maximum"] == 1
    answer, answers = api["paths"]["/v1/read"]["post"]["responses"]["200"]["content"][
        "application/json"
    ]["schema"]["anyOf"]
    assert answer["$ref"].endswith("/ReadRecord")
    assert checked(answer["examples"][0]) == schemas.EXAMPLE
    assert len(answers["items"]["anyOf"]) == 2


def test_keys() -> None:
    with TestClient(create_app(SMALL, (b"first", b"second"))) as locked:
        assert locked.get("/healthz").status_code == 200
        for path in ("/metrics", "/v1/jobs/x"):
            refused = locked.get(path)
            assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
        for headers in ({"X-API-Key": "second"}, {"Authorization": "Bearer first"}):
            assert locked.get("/v1/jobs/x", headers=headers).status_code == 404
        assert locked.get("/v1/jobs/x", headers={"X-API-Key": "third"}).status_code == 401


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.9.9.9"])
def test_no_keys_are_needed_on_loopback(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEYS_VARIABLE, raising=False)
    assert api_keys(host) == ()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "example.org"])
def test_a_network_needs_keys(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEYS_VARIABLE, " , ")
    with pytest.raises(InputError, match=f"set {KEYS_VARIABLE} to one or more"):
        api_keys(host)
    monkeypatch.setenv(KEYS_VARIABLE, "one, two")
    assert api_keys(host) == (b"one", b"two")


def test_a_key_with_letters_of_any_kind() -> None:
    assert is_key("schlüssel", (b"x", "schlüssel".encode()))
    assert not is_key("", (b"x",))


def test_metrics_count_without_telling_what_was_read(client: TestClient) -> None:
    before = client.get("/metrics").text
    client.post("/v1/read", content=png("20745"), headers=PNG)
    client.post("/v1/read", content=b"x", headers=PNG)
    where = client.post("/v1/jobs", files=form("20745")).headers["location"]
    finished(client, where)
    client.delete(where)
    after = client.get("/metrics").text
    for line, more in (
        ('digitocr_requests_total{route="/v1/read",status="422"}', 1),
        ('digitocr_pictures_total{outcome="unreadable"}', 1),
        ('digitocr_pictures_total{outcome="accepted"}', 2),
    ):
        assert counter(after, line) == counter(before, line) + more
    assert "20745" not in after


def counter(page: str, line: str) -> float:
    found = [row for row in page.splitlines() if row.startswith(line)]
    return float(found[0].split()[-1]) if found else 0.0


# No schema says which bytes are a picture, or which options contradict each other; and keys
# that are sent with every request hide those that schemathesis makes up.
BY_OTHER_TESTS = (openapi_checks.positive_data_acceptance, openapi_checks.ignored_auth)


@pytest.mark.parametrize("keys", [(), (b"first", b"second")], ids=["open", "with keys"])
def test_it_keeps_to_its_own_openapi(keys: tuple[bytes, ...]) -> None:
    headers = {"X-API-Key": "first"} if keys else {}
    paths = set()
    with TestClient(create_app(SMALL, keys)) as server:
        schema = schemathesis.openapi.from_asgi("/openapi.json", server.app)
        for result in schema.get_all_operations():
            operation = result.ok()
            paths.add(operation.path)

            @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
            @given(case=operation.as_strategy())
            def keeps_to_it(case: Any) -> None:
                case.call_and_validate(
                    session=server, headers=headers, excluded_checks=[*BY_OTHER_TESTS]
                )

            keeps_to_it()
    assert paths == {"/v1/read", "/v1/jobs", "/v1/jobs/{identity}", "/healthz", "/readyz"}


def test_a_mistyped_setting_is_told(client: TestClient) -> None:
    response = client.post("/v1/read?lenght=6", content=png("64"), headers=PNG)
    assert response.status_code == 422
    assert "lenght" in response.text


def test_serve_from_the_command_line() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "digitocr", "serve", "--port", str(port), "--workers", "1"]
    environment = {key: value for key, value in os.environ.items() if key != KEYS_VARIABLE}
    refused = subprocess.run(
        [*command, "--host", "0.0.0.0"], env=environment, capture_output=True, text=True
    )
    assert refused.returncode == 1
    assert f"set {KEYS_VARIABLE}" in refused.stderr
    import httpx

    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe) as server:
        try:
            for _ in range(300):
                try:
                    health = httpx.get(f"http://127.0.0.1:{port}/healthz")
                    break
                except httpx.ConnectError:
                    time.sleep(0.1)
            assert health.json()["status"] == "ok"
            answer = httpx.post(
                f"http://127.0.0.1:{port}/v1/read", content=png("64"), headers=PNG, timeout=30
            )
            assert answer.json()["text"] == "64"
        finally:
            server.terminate()
        printed = server.communicate(timeout=30)
    assert printed == (b"", b"")  # nothing of what was sent, and an orderly end
    assert server.returncode == 0
