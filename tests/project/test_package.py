"""The wheel holds all that reading needs, and the three lists of requirements agree."""

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from digitocr.networks.export import export_name

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "sample_images" / "ballpoint.jpg"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir"]
    subprocess.run([sys.executable, "-m", "pip", *build, str(folder), str(ROOT)], check=True)
    return next(folder.glob("*.whl"))


def test_wheel_carries_the_models_their_exports_and_the_calibration(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "digitocr/networks/calibration.json" in names
    assert len([name for name in names if name.endswith(".tflite")]) == 3
    for model in ("DigitClassifier", "Finder", "LineReader"):
        assert f"digitocr/{model}.keras" in names
        assert f"digitocr/networks/{export_name(ROOT / f'{model}.keras')}" in names
        assert f"digitocr/networks/{export_name(ROOT / f'{model}.keras')}.sha256" in names
    assert "digitocr/networks/manifest.json" in names
    assert "synthesis/hands/allographs.txt" in names  # fine-tuning draws with it
    assert "digitocr/inside/look_alikes.png" in names
    assert len([name for name in names if name.endswith(".dist-info/licenses/LICENSE")]) == 1


def test_wheel_reads_from_any_folder(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    environment = os.environ | {
        "PYTHONPATH": str(tmp_path / "site"),
        # An export made on the fly would hide one that is missing.
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    code = "import sys, digitocr; print(digitocr.__file__, digitocr.read(sys.argv[1]).guess)"
    command = [sys.executable, "-c", code, str(SAMPLE)]
    answer = subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=elsewhere, env=environment
    )
    where, text = answer.stdout.split()
    assert Path(where).is_relative_to(tmp_path / "site")
    assert text.isdigit()
    assert not (tmp_path / "cache").exists()


def test_wheel_makes_the_review_desks_tables(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "site")}
    database = f"sqlite:///{tmp_path}/desk.sqlite"
    status = ["-m", "digitocr", "review", "status", "--database", database]
    told = subprocess.run(
        [sys.executable, *status],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment,
    )
    assert told.stdout.startswith("0 left")


def test_requirements_are_the_same_ranges_as_the_package_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    listed = [
        line
        for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    assert sorted(listed) == sorted([*project["dependencies"], *extras["app"], *extras["train"]])
