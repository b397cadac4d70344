"""Lines are varied, shown again and tuned to; a run that was killed comes to the same weights."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from digitocr import InputError, read
from digitocr.__main__ import app
from digitocr.networks import installed
from digitocr.networks.runtime import LINE_READER, find_model
from digitocr.processes.versions import read_by
from digitocr.teach.data_set import from_sources, make
from digitocr.teach.examples import Example, Part
from digitocr.tune import tuned_model, tuning
from digitocr.tune.checks import drawn_numbers, sample_pictures
from digitocr.tune.confidences import borne_out, cautious, most_wrong
from digitocr.tune.drawn_lines import fits
from digitocr.tune.own_lines import OwnLine, own_lines, usable, varied
from digitocr.tune.prepared import read_lines, write_lines
from digitocr.tune.replay import replay_hands
from digitocr.tune.tuned_model import Effort, finetune
from digitocr.tune.tuning import Step

ROOT = Path(__file__).parents[2]
SMALL = Effort(
    steps=2, minutes=5, check_every=1, made=24, shapes=4, general=4, pages=3, compared=12
)
RUN = """
import os, signal, sys, time
from pathlib import Path
from digitocr.networks.runtime import LINE_READER, find_model
from digitocr.tune.prepared import read_lines
from digitocr.tune.replay import made_lines
from digitocr.tune.tuner import Tuner
from digitocr.tune.tuning import Plan, tune
lines, saved, killed_at = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])

def progress(step):
    if step.number == killed_at:
        os.kill(os.getpid(), signal.SIGKILL)

def run():
    plan = Plan(steps=4, seed=3, check_every=2, deadline=time.monotonic() + 600)
    tuner = Tuner(find_model(LINE_READER), plan.steps)
    return tune(tuner, read_lines(lines), made_lines(24, 1), plan, saved, progress)
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set of drawn numbers."""
    pictures = tmp_path_factory.mktemp("pictures")
    rows = ["file,label,split"]
    drawn = (one for one in drawn_numbers(replay_hands(), 60, 0, 0) if one[1])  # words say nothing
    for place, (source, label) in enumerate(islice(drawn, 34)):
        cv2.imwrite(str(pictures / f"{place}.png"), np.asarray(source()))
        rows.append(
            f"{place}.png,{label},{'val' if place > 31 else 'test' if place > 29 else 'train'}"
        )
    (pictures / "labels.csv").write_text("\n".join(rows), "utf-8")
    folder = tmp_path_factory.mktemp("set") / "set"
    make(folder, from_sources([str(pictures)]))
    return folder


@pytest.fixture(scope="module")
def lines(data: Path) -> list[OwnLine]:
    from digitocr.teach.folder import opened

    return list(own_lines(data, usable(opened(data)), None))


class Silent:
    """Progress that nobody looks at."""

    def reading(self, examples: Any, total: int) -> Any:
        return examples

    def stage(self, told: str) -> None: ...
    def step(self, steps: int, step: Step) -> None: ...


# Without TensorFlow


def test_lines_come_with_their_digits_and_part(lines: list[OwnLine]) -> None:
    assert {one.part for one in lines} == {Part.train, Part.val, Part.test}
    for one in lines:
        assert one.strip.shape[0] == 32
        assert one.label


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_varied_line_has_room_for_its_digits(lines: list[OwnLine], seed: int) -> None:
    rng = np.random.default_rng(seed)
    one = lines[seed % len(lines)]
    strip, label = varied(rng, (one.strip, one.label))
    assert label == one.label
    assert strip.shape[0] == 32
    assert strip.dtype == np.float32
    assert fits(label, strip.shape[1])
    again, _ = varied(np.random.default_rng(seed), (one.strip, one.label))
    assert np.array_equal(again, strip)


def test_kept_lines_come_back_as_they_were(lines: list[OwnLine], tmp_path: Path) -> None:
    write_lines(tmp_path / "lines.npz", lines)
    for one, other in zip(read_lines(tmp_path / "lines.npz"), lines, strict=True):
        assert (one.part, one.label) == (other.part, other.label)
        assert np.array_equal(one.strip, other.strip)
        assert np.array_equal(one.digits.tiles, other.digits.tiles)
        assert np.array_equal(one.digits.labels, other.digits.labels)
    (tmp_path / "lines.npz").write_bytes(b"PK")
    with pytest.raises(InputError, match=r"lines\.npz is damaged.*\.$"):
        read_lines(tmp_path / "lines.npz")


def test_pictures_under_two_labels_or_in_no_part_teach_nothing() -> None:
    one = Example("a.png", "1", Part.train, "", "", "")
    others = [replace(one, file="b.png"), replace(one, file="b.png", label="2")]
    more = [replace(one, file="c.png", part=None), replace(one, file="d.png", label="")]
    assert usable([one, *others, *more, replace(one, origin="copy")]) == [one]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(-3, 3), st.booleans(), st.booleans()), min_size=1))
def test_a_table_promises_no_more_than_either_kind_bears_out(
    numbers: list[tuple[int, bool, bool]],
) -> None:
    kinds = []
    for kind in (False, True):
        odds = np.array([one for one, _, which in numbers if which is kind], float)
        right = np.array([good for _, good, which in numbers if which is kind], bool)
        kinds.append((odds, right))
    for least, risk in cautious(*kinds):
        for odds, right in kinds:
            if len(odds):
                assert risk >= most_wrong(np.array([least]), odds, right)[0] - 1e-6


@pytest.mark.parametrize(
    ("wrong", "shown", "stands"),
    [
        (0, 0, True),
        (0, 40, True),
        (2, 40, True),
        (6, 40, True),
        (9, 40, False),
        (1, 1, True),
        (3, 3, False),
    ],
)
def test_a_table_stands_until_numbers_contradict_it(wrong: int, shown: int, stands: bool) -> None:
    table = [(-1.0, 0.9), (2.0, 0.049), (4.0, 0.02)]
    odds = np.array([0.0] * 20 + [3.0] * shown)
    right = np.array([True, False] * 10 + [False] * wrong + [True] * (shown - wrong))
    assert borne_out(table, odds, right) is stands


@pytest.mark.parametrize(
    ("folder", "out", "why"),
    [
        ("nothing", "mine", "no data set: digitocr dataset"),
        ("pictures", "mine", "is no data set's"),
        ("set", "shipped", "cannot be called"),
        ("set", "full", "holds something else"),
        ("set", "done", "There is a model"),
    ],
)
def test_what_cannot_be_tuned_to_is_told(
    data: Path, tmp_path: Path, folder: str, out: str, why: str
) -> None:
    (tmp_path / "set").symlink_to(data)
    for name in ("pictures", "full", "done"):
        (tmp_path / name).mkdir()
    (tmp_path / "pictures" / "labels.csv").write_text("file,label\na.png,1\n", "utf-8")
    (tmp_path / "full" / "letter.txt").write_text("dear", "utf-8")
    (tmp_path / "done" / "model.json").write_text("{}", "utf-8")
    asked = ["finetune", str(tmp_path / folder), "--out", str(tmp_path / out)]
    told = CliRunner().invoke(app, asked)
    assert told.exit_code == 1
    assert why in told.stderr
    assert told.stderr.count("\n") == 1


class Scripted:
    """A tuner whose weights tell how many steps were taken."""

    def __init__(self) -> None:
        self.model, self.taken, self.start = self, 0, [np.zeros(1)]

    def learn(self, *_: object) -> float:
        self.taken += 1
        return 1.0

    def get_weights(self) -> list[np.ndarray]:
        return [np.full(1, float(self.taken))]

    def set_weights(self, weights: list[np.ndarray]) -> None:
        self.taken = round(float(weights[0][0]))

    def averaged(self, _: float) -> list[np.ndarray]:
        return self.get_weights()

    def save(self, *_: object) -> None: ...


@pytest.mark.parametrize(
    ("shares", "taken", "steps"),
    [
        ([0.5, 0.8, 0.78, 0.6], 3, 4),  # 0.78 is within a standard error of 0.8 of a hundred
        ([0.5, 0.8, 0.7, 0.79], 4, 4),
        ([0.9, *[0.5] * 20], 1, 1 + tuning.PATIENCE),
    ],
)
def test_the_last_weights_that_are_as_good_as_the_best_by_chance_are_taken(
    lines: list[OwnLine],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    shares: list[float],
    taken: int,
    steps: int,
) -> None:
    tuner: Any = Scripted()
    some = [replace(lines[0], part=Part.train), *[replace(lines[0], part=Part.val)] * 100]
    monkeypatch.setattr(tuning, "_exact", lambda tuner, val: shares[tuner.taken - 1])
    plan = tuning.Plan(len(shares), 0, 1, float("inf"))
    drawn = [(lines[0].strip, lines[0].label)]
    found = tuning.tune(tuner, some, drawn, plan, tmp_path / "state.npz", lambda _: None)
    assert (found.best_step, found.steps, tuner.taken) == (taken, steps, taken)
    assert found.val_exact == shares[taken - 1]


# With it


def test_a_run_that_was_killed_goes_on_to_the_same_weights(
    lines: list[OwnLine], tmp_path: Path
) -> None:
    pytest.importorskip("tensorflow")
    kept = tmp_path / "lines.npz"
    write_lines(kept, [one for one in lines if one.strip.shape[1] < 120])
    command = [sys.executable, "-c", RUN + "run()", str(kept), str(tmp_path / "cut.npz"), "3"]
    killed = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    found = {}
    for name in ("whole.npz", "cut.npz"):
        if name == "cut.npz":
            assert killed.wait() == -signal.SIGKILL
            assert (tmp_path / name).is_file()
        space: dict[str, Any] = {}
        argv, sys.argv = sys.argv, ["", str(kept), str(tmp_path / name), "0"]
        exec(RUN, space)
        found[name] = space["run"]()
        sys.argv = argv
    whole, cut = found["whole.npz"], found["cut.npz"]
    assert (whole.steps, whole.best_step) == (cut.steps, cut.best_step)
    assert whole.val_exact == cut.val_exact
    assert all(np.array_equal(*pair) for pair in zip(whole.weights, cut.weights, strict=True))
    import keras

    shipped = keras.models.load_model(find_model(LINE_READER), compile=False).get_weights()
    changed = [not np.array_equal(*pair) for pair in zip(whole.weights, shipped, strict=True)]
    assert any(changed)


def test_a_set_becomes_a_model_that_reads(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("tensorflow")
    monkeypatch.setenv(installed.VARIABLE, str(tmp_path / "models"))
    monkeypatch.setattr(tuned_model, "sample_pictures", lambda: islice(sample_pictures(), 1))
    out = tmp_path / "mine"
    card = finetune(data, out, SMALL, 0, None, Silent(), ["finetune"])
    assert not (out / tuned_model.UNFINISHED).exists()
    assert card["data"]["pictures"] == {"train": 30, "val": 2, "test": 2}
    assert card["figures"]["own"]["after"]["pictures"] == 2
    assert card["figures"]["general"]["before"]["pictures"] == 4
    assert card["figures"]["pages"]["after"]["pictures"] == 3
    assert 0 <= card["figures"]["general"]["agreement"] <= 1
    assert card["data"]["shapes"]["train"] > 30
    kept = json.loads((out / "model.json").read_text("utf-8"))
    assert kept["name"] == "mine"
    assert {"LineReader.keras", "DigitClassifier.keras"} <= set(kept["files"])
    asked = [["install", str(out)], ["use", "mine", "--anyway"], ["list"], ["show", "mine"]]
    told = [CliRunner().invoke(app, ["models", *one]) for one in asked]
    assert [one.exit_code for one in told] == [0] * 4
    assert "* mine" in told[2].stdout
    assert json.loads(told[3].stdout)["data"] == card["data"]
    assert "mine-" in read_by()
    assert read(ROOT / "sample_images" / "ballpoint.jpg").guess
    rolled = CliRunner().invoke(app, ["models", "rollback"])
    assert rolled.stdout == "shipped reads from now on.\n"


def test_ctrl_c_is_told(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(tuned_model, "own_lines", interrupted)
    asked = ["finetune", str(data), "--out", str(tmp_path / "mine")]
    told = CliRunner().invoke(app, asked)
    assert told.exit_code == 130
    assert "The same command goes on" in told.stderr
