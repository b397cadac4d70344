"""The manifest: what it says of the weights that ship holds, and the trainings write it."""

from __future__ import annotations

import inspect
import json
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawings import block

from digitocr.networks.model_folder import CALIBRATION
from digitocr.networks.runtime import (
    CLASSIFIER,
    EXPORTS,
    FINDER,
    LINE_READER,
    find_model,
)
from digitocr.types import Standing
from training import manifest
from training.manifest import KERAS_MNIST, SHIPPED, command, made_by, note, sha256

ROOT = Path(__file__).parents[2]
CARD = (ROOT / "MODEL_CARD.md").read_text("utf-8")
ENTRIES: dict[str, Any] = json.loads(SHIPPED.read_text("utf-8"))
NETWORKS = {name: find_model(name) for name in (CLASSIFIER, FINDER, LINE_READER)}
FILES = {**NETWORKS, CALIBRATION: EXPORTS / CALIBRATION}
TILE = np.zeros((28, 28), np.float32)
HASH = re.compile(r"[0-9a-f]{64}")
COMMIT = re.compile(r"unknown|[0-9a-f]{40}(-dirty)?")


def options(typed: str) -> list[tuple[str, str]]:
    """The options of a command with their values, in order."""
    found: list[tuple[str, str]] = []
    for word in shlex.split(typed)[3:]:
        if word.startswith("--"):
            found.append((word, ""))
        else:
            found[-1] = found[-1][0], word
    return found


def defaults(module: str) -> dict[str, object]:
    """What a training does without options."""
    pytest.importorskip("keras")
    trained: Callable[..., None] = getattr(
        __import__(module, fromlist=["_"]),
        "calibrate" if module.endswith("calibrate") else "train",
    )
    return {"--" + name: one.default for name, one in inspect.signature(trained).parameters.items()}


# What a run has of its own that goes on from weights that were trained before.
GOES_ON = {"--start", "--steps", "--epochs", "--seed"}


def test_all_that_ships_is_in_the_manifest() -> None:
    assert ENTRIES.keys() == FILES.keys()
    exports = {path.name for path in EXPORTS.glob("*.tflite")}
    assert {one["export"] for one in ENTRIES.values() if "export" in one} == exports


@pytest.mark.parametrize("name", ENTRIES)
def test_the_hashes_are_those_of_the_files_that_ship(name: str) -> None:
    entry = ENTRIES[name]
    assert entry["sha256"] == sha256(FILES[name])
    if "export" in entry:
        assert entry["export_sha256"] == sha256(EXPORTS / entry["export"])
    for network, told in entry.get("networks", {}).items():
        assert told == sha256(FILES[network])


@pytest.mark.parametrize("name", ENTRIES)
def test_what_is_not_known_is_said(name: str) -> None:
    entry = ENTRIES[name]
    assert COMMIT.fullmatch(entry["commit"])
    assert re.fullmatch(r"unknown|\d{4}-\d\d-\d\d", entry["date"])
    assert entry["data"]
    for told in entry["data"].values():
        assert told in ("unknown", KERAS_MNIST) or HASH.fullmatch(told)


@pytest.mark.parametrize("name", ENTRIES)
def test_without_options_a_training_does_what_it_did_but_for_the_hands(name: str) -> None:
    entry = ENTRIES[name]
    usual = defaults(shlex.split(entry["command"])[2])
    given = dict(options(entry["command"]))
    own = given.keys() - {"--data", "--extra", "--pens"}
    if "--start" in given:
        own -= GOES_ON
        assert len(own) == 1
    else:
        assert len(own) == 3
    for option in own:
        assert str(usual[option]) == (given[option] or "True"), option
    assert given["--seed"] == str(entry["seed"])


@pytest.mark.parametrize("name", ENTRIES)
def test_the_model_card_shows_the_same_commands(name: str) -> None:
    """Without what is the default anyway; there the folder of pens is called PENS."""
    typed = ENTRIES[name]["command"]
    told = {"--data", "--extra", "--pens", *(GOES_ON if "--start" in typed else ())}
    hands = [one for one in options(typed) if one[0] in told]
    words = [w for name, of in hands for w in (name, "PENS" if name == "--pens" else of)]
    assert f"\n{shlex.join([*shlex.split(typed)[:3], *words])}\n" in CARD


def test_a_command_is_what_to_type() -> None:
    given = {"data": Path("/a/b c.npz"), "extra": [Path("x/u.npz"), Path("v.npz")], "pens": None}
    typed = command("training.train", {**given, "research": False, "seed": 3})
    assert typed == (
        "python -m training.train --data 'b c.npz' --extra u.npz --extra v.npz --no-research"
        " --seed 3"
    )


def test_data_is_told_by_its_hash(tmp_path: Path) -> None:
    (tmp_path / "pens").mkdir()
    for name in ("mnist.npz", "usps.npz", "pens/a.json.gz", "pens/b.json.gz", "pens/notes.txt"):
        (tmp_path / name).write_text(name)
    extra, pens = [tmp_path / "usps.npz"], tmp_path / "pens"
    made = made_by("training.train", tmp_path / "mnist.npz", extra, pens, True, 7, epochs=2)
    assert made["seed"] == 7
    assert list(made["data"]) == ["mnist.npz", "usps.npz", "pens/a.json.gz", "pens/b.json.gz"]
    told = subprocess.run(["sha256sum", tmp_path / "usps.npz"], capture_output=True, text=True)
    assert made["data"]["usps.npz"] == told.stdout.split()[0]
    assert COMMIT.fullmatch(made["commit"])
    downloaded = made_by("training.train", None, [], None, True, 0)
    assert downloaded["data"] == {"mnist.npz": KERAS_MNIST}


def test_a_checkout_without_git_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert made_by("training.train", None, [], None, True, 0)["commit"] == "unknown"


def test_weights_of_ones_own_are_noted_beside_them(tmp_path: Path) -> None:
    before = SHIPPED.read_bytes()
    for name in ("Own.keras", "Other.keras", "Own.keras"):
        (tmp_path / name).write_text(name)
        assert note(tmp_path / name, {"seed": 1}) == tmp_path / manifest.NAME
    entries = json.loads((tmp_path / manifest.NAME).read_text("utf-8"))
    assert list(entries) == ["Own.keras", "Other.keras"]
    assert entries["Own.keras"]["sha256"] == sha256(tmp_path / "Own.keras")
    assert entries["Own.keras"]["seed"] == 1
    assert SHIPPED.read_bytes() == before


def test_weights_that_ship_are_noted_in_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "digitocr"
    (package / "networks").mkdir(parents=True)
    monkeypatch.setattr(manifest, "PACKAGE", package)
    monkeypatch.setattr(manifest, "SHIPPED", package / "manifest.json")
    for weights in (tmp_path / "LineReader.keras", package / "networks" / "calibration.json"):
        weights.write_text("weights")
        assert note(weights, {}) == package / "manifest.json"


def test_the_confidences_are_noted_with_the_networks_they_are_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calibration = pytest.importorskip("training.calibrate")
    rng = np.random.default_rng(0)

    def found(recipe: object, count: int) -> Iterator[Any]:
        for _ in range(count):
            shares = rng.dirichlet(np.ones(10))
            digits = [
                (3, Standing(block(0, 0, 3, 5), TILE, shares, None), bool(rng.random() < 0.7))
            ]
            yield calibration.Evidence([float(rng.normal())], bool(rng.random() < 0.7), digits)

    monkeypatch.setattr(calibration, "gathered", found)
    out = tmp_path / "calibration.json"
    calibration.calibrate(out=out, count=100)
    entry = json.loads((tmp_path / manifest.NAME).read_text("utf-8"))[out.name]
    assert entry["sha256"] == sha256(out)
    assert entry["networks"] == {
        name: sha256(FILES[name]) for name in (CLASSIFIER, FINDER, LINE_READER)
    }
    assert entry["command"] == "python -m training.calibrate --research --count 100 --seed 0"
