"""A folder of networks is read with whole, or refused in a sentence; a list of them is kept."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from own_models import WELL, model_folder, write_card

from digitocr import InputError, read
from digitocr.networks import installed
from digitocr.networks.model_folder import CALIBRATION, CARD, open_card, open_folder
from digitocr.networks.runtime import LINE_READER, load_networks
from digitocr.processes.versions import read_by

SAMPLE = Path(__file__).parents[2] / "sample_images" / "ballpoint.jpg"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return model_folder(tmp_path / "mine")


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(installed.VARIABLE, str(tmp_path / "models"))
    return tmp_path / "models"


def test_a_folder_reads_and_is_named(folder: Path) -> None:
    digest = open_card(folder).digest
    assert read(SAMPLE, model=folder).text == read(SAMPLE).text
    assert read_by(folder) == f"{read_by()} mine-{digest[:12]}"
    assert load_networks(folder).line_reader is not load_networks().line_reader
    assert load_networks(folder).classifier is load_networks().classifier


def test_its_own_calibration_is_used(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "other", number=[-9.0, 0.0])  # nothing is sure
    assert read(SAMPLE).text.isdigit()
    assert "?" in read(SAMPLE, model=folder).text


@pytest.mark.parametrize("name", [LINE_READER, CALIBRATION, "*.tflite", "*.sha256"])
@pytest.mark.parametrize("is_gone", [False, True])
def test_a_damaged_file_is_refused(folder: Path, name: str, is_gone: bool) -> None:
    (file,) = folder.glob(name)
    if is_gone:
        file.unlink()
    else:
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
    with pytest.raises(InputError, match=rf"{file.name} is damaged or missing.*\.$"):
        read(SAMPLE, model=folder)


@pytest.mark.parametrize(
    ("card", "why"),
    [
        ("", "damaged"),
        ("[]", "damaged"),
        ('{"name": "mine"}', "damaged"),
        ('{"name": "../mine", "files": {}}', "no name"),
        ('{"name": "shipped", "files": {}}', "no name"),
        ('{"name": "mine", "files": {}}', "lacks"),
        ('{"name": "mine", "files": {"calibration.json": "", "LineReader.keras": ""}}', "damaged"),
        (
            '{"name": "mine", "files": {"../x": "", "calibration.json": "", '
            '"LineReader.keras": ""}}',
            "damaged",
        ),
    ],
)
def test_a_damaged_card_is_refused(folder: Path, card: str, why: str) -> None:
    (folder / CARD).write_text(card, "utf-8")
    (folder / CALIBRATION).write_text("{}", "utf-8")
    with pytest.raises(InputError, match=rf"{why}.*\.$"):
        open_folder(folder)


@pytest.mark.parametrize("name", ["nothing", "../mine", ".", "sample_images"])
def test_what_is_no_model_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=r"no model.*\.$"):
        read(SAMPLE, model=name)


def test_what_is_used_reads_until_it_is_rolled_back(folder: Path) -> None:
    before = read_by()
    assert installed.install(folder) == "mine"
    assert installed.install(folder, "other") == "other"
    assert installed.names() == ["mine", "other"]
    assert read_by() == before  # nobody has chosen it
    installed.use("mine")
    assert "mine-" in read_by()
    installed.use("other")
    assert "other-" in read_by()
    assert read_by("shipped") == before
    assert installed.rollback() == "mine"
    assert "mine-" in read_by()
    installed.remove("mine")
    assert (installed.current(), installed.names()) == ("shipped", ["other"])
    assert read_by() == before
    assert installed.rollback() == "shipped"


def test_an_installed_model_needs_its_source_no_more(folder: Path) -> None:
    installed.install(folder)
    shutil.rmtree(folder)
    assert read(SAMPLE, model="mine").text == read(SAMPLE).text


@pytest.mark.parametrize("name", ["mine", "shipped", "current.json", "a/b", "", "-x"])
def test_names_that_cannot_be_given(folder: Path, name: str) -> None:
    installed.install(folder)
    with pytest.raises(InputError, match=r"\.$"):
        installed.install(folder, name)
    assert installed.names() == ["mine"]


@pytest.mark.parametrize(
    ("figures", "why"),
    [
        ({"general": WELL | {"after": {"exact": 0.879}}}, "87.9% in place of 90.0%"),
        ({"general": WELL | {"agreement": 0.9}}, "10.0% of other lines"),
        ({"general": {"before": {}}}, "nobody has measured"),
        ({"pages": WELL | {"after": {"exact": 0.84}}}, "of painted pages it reads 84.0%"),
        ({"pages": {}}, "nobody has measured"),
    ],
)
def test_what_got_worse_is_used_anyway_or_not_at_all(
    folder: Path, figures: dict[str, Any], why: str
) -> None:
    write_card(folder, "mine", **figures)
    installed.install(folder)
    with pytest.raises(InputError, match=rf"{why}.*--anyway.*\.$"):
        installed.use("mine")
    assert installed.current() == "shipped"
    installed.use("mine", anyway=True)
    assert installed.current() == "mine"


def test_a_damaged_note_of_what_is_used_is_told(models: Path) -> None:
    models.mkdir()
    (models / installed.CURRENT).write_text("{", "utf-8")
    with pytest.raises(InputError, match=r"current\.json is damaged.*\.$"):
        read(SAMPLE)
