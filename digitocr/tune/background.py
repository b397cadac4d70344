"""`digitocr finetune` as a process of its own, which outlives the page and the app.

As long as it runs it holds the lock on a file of its workplace: whoever asks whether it runs asks
for that lock. No number of a process, which the system gives anew, can tell that.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import digitocr
from digitocr.networks.installed import VARIABLE, current, models_folder
from digitocr.tune.workplace import Workplace
from digitocr.types import InputError

STOPS_WITHIN_S = 20.0  # of Ctrl-C; then it is killed, and goes on from the last check
LOOKS_EVERY_S = 0.05
ASKERS = 10  # who may be met, one after the other
NICENESS = 10  # the app goes on answering

_started: list[subprocess.Popen[bytes]] = []  # by this process: else they would stay as zombies


def command(work: Workplace, out: Path) -> list[str]:
    """What is run."""
    own = [sys.executable, "-m", "digitocr", "finetune", str(work.data), "--out", str(out)]
    return [*own, "--progress", str(work.progress), "--model", current()]


def start(work: Workplace, name: str) -> None:
    """Teach a model of that name, or go on with it.

    Raises InputError where it runs already, or the name cannot be used.
    """
    with _locked(work, for_itself=True) as lock:
        if lock is None:
            raise InputError("Somebody is teaching on this machine already.")
        out = work.begin(name)
        folder = Path(digitocr.__file__).parents[1]  # where `-m digitocr` is found
        try:
            with work.log.open("ab") as log:
                process = subprocess.Popen(
                    command(work, out),
                    cwd=folder,
                    env=os.environ | {VARIABLE: str(models_folder().absolute())},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    pass_fds=[lock.fileno()],
                )
            nice = max(NICENESS, os.getpriority(os.PRIO_PROCESS, 0))
            os.setpriority(os.PRIO_PROCESS, process.pid, nice)
        except OSError as error:
            raise InputError(f"Teaching cannot be started ({error.strerror}).") from error
        _started.append(process)
        lock.truncate(0)
        lock.write(f"{process.pid}\n")


def is_running(work: Workplace) -> bool:
    """Whether it is taught just now, by whichever process."""
    _started[:] = [one for one in _started if one.poll() is None]
    if not work.lock.is_file():
        return False
    with _locked(work, for_itself=False) as lock:
        return lock is None


def stop(work: Workplace) -> None:
    """Let it end as Ctrl-C does; it can be gone on with. One that does not listen is killed."""
    try:
        group = int(work.lock.read_text("utf-8"))
    except (OSError, ValueError):
        return
    for sign in (signal.SIGINT, signal.SIGKILL):
        if not is_running(work):
            return
        try:
            os.killpg(group, sign)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + STOPS_WITHIN_S
        while is_running(work) and time.monotonic() < deadline:
            time.sleep(LOOKS_EVERY_S)


@contextmanager
def _locked(work: Workplace, for_itself: bool) -> Iterator[IO[str] | None]:
    """The lock's file, locked for as long as any process has it open; None if another has it.

    for_itself: also those who only ask are waited for; they are quick.
    """
    import fcntl  # not on Windows

    try:
        lock = work.lock.open("a", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{work.lock} cannot be written ({error.strerror}).") from error
    with lock:
        kind = fcntl.LOCK_EX if for_itself else fcntl.LOCK_SH
        is_had = False
        for _ in range(ASKERS if for_itself else 1):
            try:
                fcntl.flock(lock, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(LOOKS_EVERY_S)
            else:
                is_had = True
                break
        yield lock if is_had else None
