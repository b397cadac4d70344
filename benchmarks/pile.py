"""Piles: `python -m benchmarks.pile [--count 5000] [--kills 50] [--peers 200] [--many 100000]`.

The pictures are lines of writing made by the training's synthesis from our own stroke models.
Printed: pages per second beside RapidOCR in a loop on the same pictures, what became of a run
that was killed again and again, and the memory of all processes while very many small pictures
were read.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer

from synthesis.hands.inked_line import write_line
from synthesis.hands.strings import Nuisances, Text, random_text
from synthesis.hands.studio import make_studio
from synthesis.scans import scan

ROOT = Path(__file__).parent.parent
SAMPLE_SECONDS = 1.0
DIFFERENT = 100  # small pictures
PEER = "import sys; from benchmarks.pile import peer; peer(sys.argv[1], int(sys.argv[2]))"


def make_pictures(folder: Path, count: int) -> None:
    """Write `count` PNGs of one line each."""
    hands, nuisances = make_studio([], {}), Nuisances()
    for index in range(count):
        rng = np.random.default_rng((3, index))
        text = random_text(rng, nuisances)
        gray = scan(rng, write_line(rng, hands, text, nuisances).ink, nuisances).gray
        cv2.imwrite(str(folder / f"{index:06}.png"), gray)


def batch(pictures: Path, out: Path, workers: int) -> subprocess.Popen[bytes]:
    """Start `digitocr batch`."""
    command = [sys.executable, "-m", "digitocr", "batch", str(pictures), "--out", str(out)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [*command, "--workers", str(workers)], env=environment, stdout=subprocess.DEVNULL
    )


def memory_mb(pid: int) -> float:
    """Resident memory of a process and of all that it started; shared pages count in each."""
    total = 0.0
    for one in family(pid):
        try:
            status = Path(f"/proc/{one}/statm").read_text().split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += int(status[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    return total


def cpu_seconds(pid: int) -> float:
    """CPU time that a process and those that it started have taken."""
    ticks = 0
    for one in family(pid):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """A process and all that it started."""
    found = [pid]
    for one in found:
        for children in Path(f"/proc/{one}/task").glob("*/children"):  # of each of its threads
            with suppress(FileNotFoundError, ProcessLookupError):
                found += map(int, children.read_text().split())
    return found


def timed_run(pictures: Path, out: Path, workers: int) -> tuple[float, list[float]]:
    """Seconds of a whole run, and its memory in MB at each second."""
    start = time.perf_counter()
    process, memory = batch(pictures, out, workers), []
    while process.poll() is None:
        memory.append(memory_mb(process.pid))
        time.sleep(SAMPLE_SECONDS)
    return time.perf_counter() - start, memory


def killed_run(pictures: Path, out: Path, workers: int, kills: int) -> tuple[int, Counter[str]]:
    """How often a run could be killed at random moments, and the pages of its table."""
    chance, killed = random.Random(0), 0
    while killed < kills and not out.exists():
        process = batch(pictures, out, workers)
        time.sleep(chance.uniform(0.2, 4))
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
    while not out.exists():
        batch(pictures, out, workers).wait()
    return killed, Counter(json.loads(line)["file"] for line in out.open(encoding="utf-8"))


def make_many(folder: Path, count: int) -> None:
    """So many names for a few small pictures of one digit each."""
    hands, style = make_studio([], {}), Nuisances(**dict.fromkeys(vars(Nuisances()), 0.0))
    for index in range(count):
        path = folder / f"{index % DIFFERENT:02}" / f"{index:06}.png"
        if index >= DIFFERENT:
            path.hardlink_to(path.with_name(f"{index % DIFFERENT:06}.png"))
            continue
        rng = np.random.default_rng((4, index))
        ink = write_line(rng, hands, Text([str(index % 10)], str(index % 10)), style).ink
        path.parent.mkdir()
        cv2.imwrite(str(path), 255 - np.pad(ink, 8))


def plot(memory: list[float], count: int, path: Path) -> None:
    """The memory's curve; the pages are taken as read evenly over the time."""
    from matplotlib.figure import Figure

    figure = Figure((6, 3), layout="constrained")
    axes = figure.add_subplot(xlabel="pages", ylabel="MB, all processes", xlim=(0, count))
    axes.plot(np.linspace(0, count, len(memory)), memory, color="#1f7a70")
    axes.set_ylim(0)
    axes.grid(alpha=0.3)
    figure.savefig(path, dpi=150)


def peer(folder: str, count: int) -> None:
    """RapidOCR's whole pipeline over the first pictures; prints the seconds, loading left out."""
    from rapidocr import RapidOCR

    reader = RapidOCR()
    pictures = sorted(Path(folder).glob("*.png"))[:count]
    reader(str(pictures[0]))
    start = time.perf_counter()
    for picture in pictures:
        reader(str(picture))
    print(time.perf_counter() - start)


def main(
    count: Annotated[int, typer.Option(min=10)] = 5_000,
    workers: Annotated[int, typer.Option(min=0)] = 0,
    kills: Annotated[int, typer.Option(min=0)] = 50,
    peers: Annotated[int, typer.Option(min=0, help="Pictures for RapidOCR.")] = 200,
    many: Annotated[int, typer.Option(min=0, help="Small pictures for the memory.")] = 100_000,
    curve: Annotated[Path | None, typer.Option(help="Draw the memory, as .png.")] = None,
) -> None:
    """Print the figures."""
    workers = workers or os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pictures = folder / "pictures"
        pictures.mkdir()
        make_pictures(pictures, count)
        seconds, _ = timed_run(pictures, folder / "whole.jsonl", workers)
        print(f"{count} pages with {workers} processes: {count / seconds:.1f} a second")
        if peers:
            spent = subprocess.run(
                [sys.executable, "-c", PEER, str(pictures), str(peers)],
                check=True,
                capture_output=True,
                text=True,
                cwd=ROOT,
            ).stdout
            rate = peers / float(spent.split()[-1])
            print(f"RapidOCR, {peers} pages in a loop: {rate:.1f} a second")
            print(f"ratio {count / seconds / rate:.1f}")
        if kills:
            killed, times = killed_run(pictures, folder / "killed.jsonl", workers, kills)
            lost, doubled = count - len(times), sum(number > 1 for number in times.values())
            print(f"killed {killed} times: {lost} pages lost, {doubled} doubled")
        if many:
            (folder / "many").mkdir()
            make_many(folder / "many", many)
            seconds, memory = timed_run(folder / "many", folder / "many.csv", workers)
            print(f"{many} small pages: {many / seconds:.1f} a second; memory in MB, by tenths:")
            print(*(f"{memory[len(memory) * tenth // 10]:.0f}" for tenth in range(1, 10)))
            if curve:
                plot(memory, many, curve)


if __name__ == "__main__":
    typer.run(main)
