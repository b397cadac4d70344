"""The recipe of the image keeps its rules, and what it puts together runs without writing."""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml

ROOT = Path(__file__).parents[2]
SPACE = ROOT / "deploy" / "huggingface"
DOCKERFILES = [ROOT / "Dockerfile", SPACE / "Dockerfile.end"]
STARTS_WITHIN_S = 300  # on a busy machine


def instructions(path: Path) -> list[tuple[str, str]]:
    """A Dockerfile's instructions, in order, each with what follows it."""
    text = re.sub(r"^#.*\n", "", path.read_text("utf-8"), flags=re.M).replace("\\\n", " ")
    return [(line.split()[0], line.partition(" ")[2].strip()) for line in text.splitlines() if line]


def copied() -> Iterator[tuple[str, str]]:
    """What goes from the checkout into the image, and where to."""
    for name, told in instructions(ROOT / "Dockerfile"):
        if name == "COPY" and not told.startswith("--from"):
            *sources, target = told.split()
            yield from ((source, target) for source in sources)


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.name)
@pytest.mark.parametrize("name", ["ENTRYPOINT", "CMD"])
def test_commands_are_lists_that_no_shell_reads(path: Path, name: str) -> None:
    (told,) = [told for found, told in instructions(path) if found == name]
    assert all(isinstance(word, str) for word in json.loads(told))


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.name)
def test_health_is_asked_for(path: Path) -> None:
    (told,) = [told for name, told in instructions(path) if name == "HEALTHCHECK"]
    assert json.loads(told.partition(" CMD ")[2])[0] == "python"


def test_the_image_is_not_run_by_root() -> None:
    names = [name for name, _ in instructions(ROOT / "Dockerfile")]
    users = [told for name, told in instructions(ROOT / "Dockerfile") if name == "USER"]
    assert users == ["reader"]
    assert "RUN" not in names[names.index("USER") :]


def test_the_image_is_made_of_named_versions_and_checked_files() -> None:
    text = (ROOT / "Dockerfile").read_text("utf-8")
    bases = [told.split()[0] for name, told in instructions(ROOT / "Dockerfile") if name == "FROM"]
    assert all(re.fullmatch(r"\w+:\d.*", base) for base in bases)
    assert "--require-hashes" in text
    assert not re.search(r"^ADD|curl|wget|apt-get", text, flags=re.M)


def test_what_is_copied_is_there_and_let_through() -> None:
    through = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text("utf-8"), flags=re.M)
    for source, _ in copied():
        assert (ROOT / source).exists()
        assert any(fnmatch.fnmatch(one, f"{source}*") for one in through), source
    for one in through:
        assert any(fnmatch.fnmatch(one, f"{source}*") for source, _ in copied()), one


COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SERVICES = COMPOSE["services"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_is_locked_up(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"mem_limit", "cpus", "pids_limit", "tmpfs"} <= set(service)
    assert not service.get("privileged")
    assert "environment" not in service or "PASSWORD" not in re.sub(
        r"\$\{\w+:\?[^}]*\}", "", json.dumps(list(service["environment"].values()))
    )


@pytest.mark.parametrize("name", SERVICES)
def test_ports_are_open_to_this_machine_alone(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


def test_the_database_is_reached_by_the_app_alone() -> None:
    assert COMPOSE["networks"]["desk"]["internal"]
    assert SERVICES["database"]["networks"] == ["desk"]
    assert [name for name in SERVICES if "desk" in SERVICES[name]["networks"]] == [
        "app",
        "database",
    ]


def test_the_space_is_a_docker_space_on_the_apps_port() -> None:
    front = yaml.safe_load((SPACE / "README.md").read_text("utf-8").split("---")[1])
    assert front["sdk"] == "docker"
    told = dict(instructions(SPACE / "Dockerfile.end"))
    assert f"--server.port={front['app_port']}" in told["CMD"]
    assert told["EXPOSE"] == str(front["app_port"])


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """The image's own folder, put together as the recipe says."""
    folder = tmp_path / "image"
    folder.mkdir()
    no_cache = shutil.ignore_patterns("__pycache__")
    for source, target in copied():
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, folder / target, ignore=no_cache)
        elif not target.startswith("/tmp"):
            shutil.copy(ROOT / source, folder / target)
    subprocess.run([sys.executable, "-m", "compileall", "-q", "."], cwd=folder, check=True)
    return folder


def test_the_image_serves_and_writes_nothing_into_itself(image: Path, tmp_path: Path) -> None:
    told = dict(instructions(ROOT / "Dockerfile"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command = [*json.loads(told["ENTRYPOINT"]), *json.loads(told["CMD"])]
    own = {"PYTHONPATH": str(image), "HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    keys = {"DIGITOCR_API_KEYS": "a key"}
    before = everything(image)
    server = subprocess.Popen(
        [sys.executable, *command[1:], "--port", port, "--workers", "1"],
        cwd=image,
        env=os.environ | own | keys,
    )
    try:
        health = json.loads(told["HEALTHCHECK"].partition(" CMD ")[2])
        check = [sys.executable, *(word.replace("8000", port) for word in health[1:])]
        deadline = time.monotonic() + STARTS_WITHIN_S
        while subprocess.run(check, capture_output=True).returncode:
            assert time.monotonic() < deadline
            assert server.poll() is None
        picture = (image / "sample_images" / "ballpoint.jpg").read_bytes()
        answer = httpx.post(
            f"http://127.0.0.1:{port}/v1/read",
            content=picture,
            headers={"content-type": "image/jpeg", "x-api-key": "a key"},
            timeout=STARTS_WITHIN_S,
        )
        assert answer.json()["text"] == "20745"
        server.send_signal(signal.SIGTERM)
        assert server.wait(STARTS_WITHIN_S) == 0
    finally:
        server.kill()
    assert everything(image) == before


def everything(folder: Path) -> dict[str, float]:
    """Every file below a folder, and when it was written."""
    return {str(path): path.stat().st_mtime for path in folder.rglob("*") if path.is_file()}
