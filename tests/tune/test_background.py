"""A run of its own process: its progress, its one place on the machine, what comes of it."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from digitocr import InputError
from digitocr.networks import installed
from digitocr.teach.examples import Example, Part
from digitocr.teach.folder import opened, saved
from digitocr.tune import background, workplace
from digitocr.tune.background import is_running, start, stop
from digitocr.tune.changed import read_changed, write_changed
from digitocr.tune.checks import Answer, figures
from digitocr.tune.progress_file import TUNING, ProgressFile, so_far
from digitocr.tune.tuning import Step
from digitocr.tune.workplace import Workplace

pytest.importorskip("fcntl")

STUB = Path(__file__).parents[1] / "stub_tuning.py"


def waited(done: Callable[[], bool], within_s: float = 60) -> None:
    deadline = time.monotonic() + within_s
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """A place with a set of two, and a run that learns nothing."""
    monkeypatch.setenv(installed.VARIABLE, str(tmp_path / "models"))
    monkeypatch.setattr(
        background,
        "command",
        lambda work, out: list(
            map(str, [sys.executable, STUB, work.data, out, work.progress]),
        ),
    )
    place = workplace.workplace()
    assert not place.is_there
    place.claim()
    opened(place.data)
    some = [Example(f"{part}.png", "12", part, "", "", "") for part in (Part.train, Part.test)]
    saved(place.data, some, {})
    return place


# The progress file


def told_steps(file: Path, first: int, last: int) -> None:
    with ProgressFile(file) as progress:
        progress.stage("making lines")
        for number in range(first, last + 1):
            progress.step(100, Step(number, 1 / number, 0.5 if number % 4 == 0 else None, 0.5))


def test_progress_comes_back_as_it_was_told(tmp_path: Path) -> None:
    file = tmp_path / "progress.jsonl"
    assert so_far(file).stage == "reading"
    told_steps(file, 1, 6)
    found = so_far(file)
    assert (found.stage, found.done, found.total, found.end) == ("tuning", 6, 100, "done")
    assert [one.step.number for one in found.points] == [1, 2, 3, 4, 5, 6]
    assert [one.step.exact for one in found.points if one.step.exact] == [0.5]
    assert found.left_s is not None
    with file.open("a", encoding="utf-8") as half:
        half.write('{"at": 3, "stage": "tun')
    assert so_far(file).done == 6


def test_steps_that_are_taken_again_count_once(tmp_path: Path) -> None:
    file = tmp_path / "progress.jsonl"
    told_steps(file, 1, 6)
    told_steps(file, 5, 5)
    found = so_far(file)
    assert [one.step.number for one in found.points] == [1, 2, 3, 4, 5]
    assert found.left_s is None  # one step tells no pace, and those before it were another time


@pytest.mark.parametrize(
    ("error", "end", "why"),
    [
        (KeyboardInterrupt(), "stopped", ""),
        (InputError("Too little."), "failed", "Too little."),
        (ValueError("x"), "failed", "Teaching failed (ValueError): please report it."),
    ],
)
def test_how_it_ended_is_told(tmp_path: Path, error: BaseException, end: str, why: str) -> None:
    with pytest.raises(type(error)), ProgressFile(tmp_path / "progress.jsonl"):
        raise error
    found = so_far(tmp_path / "progress.jsonl")
    assert (found.end, found.why) == (end, why)


# What changed


def test_what_got_worse_comes_first(tmp_path: Path) -> None:
    wrong, right = Answer("12", "17", True), Answer("12", "12", True)
    doubted = right._replace(shown=False)
    before, after = [wrong, right, right, right], [right, wrong, right, doubted]
    write_changed(tmp_path / "changed", ["a", "b", "c", "d"], before, after)
    found = read_changed(tmp_path / "changed")
    assert [one.file for one in found] == ["b", "a", "d"]
    assert found[0].after == wrong
    assert figures(after) == (4, 0.75, 0.75, 0.25)
    with pytest.raises(InputError, match="damaged or missing"):
        read_changed(tmp_path)


# The place, and the process


def test_a_run_makes_a_model_that_is_used(work: Workplace) -> None:
    with pytest.raises(InputError, match="already"):
        work.claim()
    start(work, "mine")
    assert is_running(work)
    with pytest.raises(InputError, match="already"):
        start(work, "mine")
    waited(lambda: not is_running(work))
    assert (work.so_far().end, work.is_taught, work.worse()) == ("done", True, "")
    assert [one.file for one in work.changed()] == ["test.png"]
    work.use()
    assert work.is_used
    assert installed.current() == "mine"
    work.use()  # a second session
    work.drop()
    assert installed.names() == ["mine"]
    assert not (installed.models_folder() / "mine" / "changed.jsonl").exists()


@pytest.fixture(params=["listening", "deaf"])
def ctrl_c(request: pytest.FixtureRequest) -> Iterator[None]:
    """As the app itself was started: in a terminal, or by `nohup … &`, which ignores Ctrl-C."""
    before = signal.getsignal(signal.SIGINT)
    if request.param == "deaf":
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_a_run_is_stopped_and_gone_on_with(work: Workplace) -> None:
    start(work, "slow")
    waited(lambda: len(work.so_far().points) == 2)
    background._started.clear()  # as if the app had been started anew
    assert is_running(work)
    stop(work)
    assert not is_running(work)
    assert (work.so_far().end, work.name, work.is_taught) == ("stopped", "slow", False)
    start(work, "slow")
    # Not before it tunes: it would be stopped while it writes what it is of.
    waited(lambda: (work.so_far().end, work.so_far().stage) == ("", TUNING))
    stop(work)
    kept = work.model
    assert kept
    (kept / "kept").touch()
    work.begin("slow")
    assert (kept / "kept").exists()
    saved(work.data, [], {})  # labels were put right
    work.begin("slow")
    assert not (kept / "kept").exists()


def test_what_got_worse_is_used_on_request_only(work: Workplace) -> None:
    start(work, "worse")
    waited(lambda: not is_running(work))
    with pytest.raises(InputError, match=r"worse: .*88\.0% in place of 98\.0%"):
        work.use()
    assert installed.names() == []
    work.use(anyway=True)
    assert installed.current() == "worse"


@pytest.mark.parametrize("name", ["shipped", "../x", "", "a b"])
def test_a_name_that_is_none_is_refused(work: Workplace, name: str) -> None:
    with pytest.raises(InputError, match="cannot be called"):
        start(work, name)
    assert not is_running(work)
