"""Bad files at three doors: `python -m benchmarks.bad_files [--checkout FOLDER] [--seed 0]`.

The corpus of `fuzz.write_bad_files` goes through `digitocr read`, `digitocr batch` and HTTP. For
each it prints how many files were read, how many were refused in a sentence, and which ones
did anything else: a traceback, a process that died, a page without a row, or more CPU time than a
file may have; and the most memory that one process took.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, NamedTuple

import httpx
import typer

from fuzz.write_bad_files import write

ROOT = Path(__file__).parent.parent
MOST_CPU_S = 10  # of one file, the start of the process included
STARTS_WITHIN_S = 60
TOGETHER = 40  # files in one process; after a fault the next one begins with the file that did it
OUR_FAULTS = ("please report it", "stopped the program", "stopped the reader")
SERVER_ERROR = 500


@dataclass
class Outcome:
    """What a door did with the corpus."""

    door: str
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)  # names of files
    hangs: set[str] = field(default_factory=set)
    most_mb: float = 0.0

    def note(self, name: str, error: str | None) -> None:
        """An answer: read, refused in a sentence, or a fault of ours that was caught."""
        if error and any(ours in error for ours in OUR_FAULTS):
            self.fault(name, error)
        else:
            self.counts["refused" if error else "read"] += 1

    def fault(self, name: str, what: str) -> None:
        """Anything but an answer."""
        self.faults.append(name)
        print(f"{self.door}, {name!r}: {what}", flush=True)


class Ended(NamedTuple):
    """How a program ended."""

    code: int  # below zero: killed by that signal
    printed: str
    errors: str
    most_mb: float

    @property
    def last_words(self) -> str:
        """What it said of its end."""
        if self.is_hang:
            return f"more than {MOST_CPU_S} s of CPU time, {self.most_mb:.0f} MB"
        return (self.errors.strip().splitlines() or [f"status {self.code}"])[-1]

    @property
    def is_hang(self) -> bool:
        """Whether the bound on its CPU time ended it."""
        return self.code == -signal.SIGKILL

    @property
    def is_fault(self) -> bool:
        """Whether it ended in another way than it may."""
        return self.code not in (0, 1) or "Traceback" in self.errors


class Program:
    """`python -m digitocr …` of a checkout, with a bound on its CPU time."""

    def __init__(self, checkout: Path, arguments: Iterable[str], cpu_s: int = MOST_CPU_S) -> None:
        self._told = tempfile.TemporaryDirectory()
        # Files, not pipes: a program that prints much must not wait for us.
        printed, errors = (Path(self._told.name) / name for name in ("printed", "errors"))
        with printed.open("wb") as out, errors.open("wb") as err:
            self._running = subprocess.Popen(
                [sys.executable, "-m", "digitocr", *arguments],
                cwd=checkout,
                env=os.environ | {"PYTHONPATH": str(checkout)},
                stdout=out,
                stderr=err,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s)),
            )

    def is_running(self) -> bool:
        """Whether it has not ended by itself."""
        return self._running.poll() is None

    def stop(self) -> None:
        """Ask it to end."""
        self._running.send_signal(signal.SIGTERM)

    def end(self) -> Ended:
        """Waits until it has."""
        _, status, used = os.wait4(self._running.pid, 0)
        self._running.returncode = os.waitstatus_to_exitcode(status)
        with self._told as folder:
            printed, errors = (
                (Path(folder) / name).read_text("utf-8", "replace")
                for name in ("printed", "errors")
            )
        return Ended(self._running.returncode, printed, errors, used.ru_maxrss / 1024)


def by_read(checkout: Path, files: Sequence[Path]) -> Outcome:
    """Each file through `digitocr read`."""
    outcome, left = Outcome("read"), list(files)
    while left:
        some = left[:TOGETHER]
        ended = Program(checkout, ["read", "--format", "jsonl", *map(str, some)]).end()
        lines = [line for line in ended.printed.splitlines() if line.startswith("{")]
        for answer in map(json.loads, lines):
            outcome.note(answer["file"], answer.get("error"))
        outcome.most_mb = max(outcome.most_mb, ended.most_mb)
        left = left[len(lines) :]
        if not lines:  # a process that began with this file, and has no answer
            name = left.pop(0).name
            outcome.fault(name, ended.last_words)
            if ended.is_hang:
                outcome.hangs.add(name)
        elif ended.is_fault and len(lines) == len(some):
            outcome.fault(some[-1].name, ended.last_words)
    return outcome


def by_batch(checkout: Path, files: Sequence[Path], scratch: Path) -> Outcome:
    """All files in one `digitocr batch`: each must have a row."""
    outcome, table = Outcome("batch"), scratch / "table.jsonl"
    arguments = ["batch", *map(str, files), "--out", str(table), "--workers", "2"]
    # Every process of it may work on all files.
    ended = Program(checkout, arguments, MOST_CPU_S * len(files)).end()
    outcome.most_mb = ended.most_mb
    if ended.is_fault or not table.exists():
        outcome.fault("batch", ended.last_words)
        return outcome
    rows = [json.loads(line) for line in table.read_text("utf-8").splitlines()]
    for row in rows:
        outcome.note(row["file"], row.get("error"))
    told = {row["file"].partition("!/")[0] for row in rows}
    for file in files:
        if str(file).encode("utf-8", "backslashreplace").decode() not in told:
            outcome.fault(file.name, "no row")
    return outcome


def by_http(checkout: Path, files: Sequence[Path]) -> Outcome:
    """Each file as the body of a request."""
    outcome = Outcome("HTTP")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = ["serve", "--port", str(port), "--workers", "2"]
    server = Program(checkout, arguments, MOST_CPU_S * len(files))
    kind = {"content-type": "application/octet-stream"}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=12 * MOST_CPU_S) as client:
        _wait_for(client, server)
        for file in files:
            try:
                answer = client.post("/v1/read", content=file.read_bytes(), headers=kind)
            except httpx.HTTPError as error:
                outcome.fault(file.name, type(error).__name__)
                continue
            if answer.status_code >= SERVER_ERROR:
                outcome.fault(file.name, f"status {answer.status_code}")
            else:
                outcome.note(file.name, answer.json().get("detail"))
    server.stop()
    ended = server.end()
    outcome.most_mb = ended.most_mb
    if ended.is_fault:
        outcome.fault("server", ended.last_words)
    return outcome


def _wait_for(client: httpx.Client, server: Program) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline and server.is_running():
        try:
            client.get("/healthz")
            return
        except httpx.TransportError:
            time.sleep(0.2)
    raise SystemExit("the service did not start")


def main(
    checkout: Annotated[Path, typer.Option(help="Whose code is tried.")] = ROOT,
    seed: Annotated[int, typer.Option(help="Which corpus.")] = 0,
) -> None:
    """Print what became of the corpus; the exit status is 1 if anything but an answer did."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        files = [path for _, path in write(scratch / "corpus", seed)]
        by = by_read(checkout, files)
        # What hangs `read` would hold up the others for minutes each: it is counted once.
        others = [file for file in files if file.name not in by.hangs]
        outcomes = [by, by_batch(checkout, others, scratch), by_http(checkout, others)]
    print(f"\n{len(files)} files; those that hang `read` are not tried at the other doors\n")
    print("| door | read | refused in a sentence | faults | most memory of a process |")
    print("|---|---|---|---|---|")
    for one in outcomes:
        shown = f"{one.counts['read']} | {one.counts['refused']} | {len(one.faults)}"
        print(f"| {one.door} | {shown} | {one.most_mb:.0f} MB |")
    raise typer.Exit(1 if any(one.faults for one in outcomes) else 0)


if __name__ == "__main__":
    typer.run(main)
