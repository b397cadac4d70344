"""A data set from what people have to its report, with all that is put right on the way."""

from __future__ import annotations

import csv
import json
import shutil
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from drawings import written
from PIL import Image
from typer.testing import CliRunner

from benchmarks.wrong_labels import drawn, number, spoiled
from digitocr import InputError, Settings, read
from digitocr.__main__ import app
from digitocr.output.record import record_of
from digitocr.teach.data_set import from_sources, learnable, make, report
from digitocr.teach.examples import Aside, Part, Refused, cleaned
from digitocr.teach.folder import opened
from digitocr.teach.labelled_pictures import Found
from digitocr.teach.overview import Overview

SAMPLES = Path(__file__).parents[2] / "sample_images"
COUNT, PLANTED = 60, 6
PLANTED_FILES = {f"{place:03}.png" for place in range(PLANTED)}


def labels(folder: Path, *rows: str, head: str = "file,label") -> Path:
    (folder / "labels.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return folder


def picture(folder: Path, name: str, text: str = "20745") -> str:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(written(text)).save(folder / name)
    return name


def come(*sources: object) -> tuple[list[Found], dict[str, str]]:
    """What came from sources, and what was refused, by name."""
    all_of_it = list(from_sources(map(str, sources)))
    refused = {Path(one.name).name: one.why for one in all_of_it if isinstance(one, Refused)}
    return [one for one in all_of_it if isinstance(one, Found)], refused


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("", ""),
        ("20745", "20745"),
        ("1.250,-", "1250"),
        ("=12 50–", "1250"),
        ("12|3-4", "12\n34"),
        ("|12||", "12"),
        ("1?3", "1?3"),
    ],
)
def test_a_label(text: str, label: str) -> None:
    assert cleaned(text) == label


@pytest.mark.parametrize("text", ["12a", "twelve", "١٢", "1/2", "1" * 50 + "x"])
def test_what_is_no_label(text: str) -> None:
    with pytest.raises(InputError, match="is no number: write digits"):
        cleaned(text)


def test_a_folder_with_a_table(tmp_path: Path) -> None:
    names = picture(tmp_path, "a.png"), picture(tmp_path, "in/b.png")
    rows = f"{names[0]};20745;ann;test", f"{names[1]};1;;", ";5;;", "gone.png;5;;", "a.png;1;;none"
    labels(tmp_path, *rows, head="file;label;writer;split")
    found, refused = come(tmp_path)
    assert [(one.label, one.writer, one.part) for one in found] == [
        ("20745", "ann", Part.test),
        ("1", "", None),
    ]
    assert refused["gone.png"] == "There is no such file: check its name and folder."
    assert refused["labels.csv, row 4"] == "The row lacks a file or a label."
    assert "The split none is none" in refused["labels.csv, row 6"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "It needs the columns file and label"),
        (b"a.png,20745\nb.png,1\n", "It needs the columns file and label"),
        ("file,label\nä.png,1\n".encode("latin-1"), "save it as CSV in UTF-8"),
        (b"\x89PNG\r\n\x1a\n\0\0", "save it as CSV in UTF-8"),
    ],
    ids=["empty", "no header", "another encoding", "a picture"],
)
def test_a_table_that_is_none(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "labels.csv").write_bytes(content)
    found, refused = come(tmp_path)
    assert not found
    assert sentence in refused[tmp_path.name]


def test_the_sample_pictures_are_a_source() -> None:
    found, refused = come(SAMPLES)
    assert len(found) == len(list(SAMPLES.glob("*.jpg")) + list(SAMPLES.glob("*.png")))
    assert not refused
    assert all(cleaned(one.label) for one in found)


def test_a_set_that_is_cut_off_is_still_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    picture(tmp_path, "there/3/a.png")

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as held:
        held.setattr("digitocr.cli.dataset._in_processes", interrupted)
        done = CliRunner().invoke(app, ["dataset", "there", "--out", "set"])
    assert done.exit_code == 130
    assert "The same command looks at the set again" in done.stderr
    assert [one.label for one in opened(Path("set"))] == ["3"]


def test_folders_named_by_numbers(tmp_path: Path) -> None:
    for name in ("0/a.png", "12/b.png", "test/7/c.png", "others/d.png", "7/.e.png"):
        picture(tmp_path, name)
    (tmp_path / "7" / "notes.txt").write_text("")
    found, refused = come(tmp_path)
    assert sorted((one.label, one.part) for one in found) == [
        ("0", None),
        ("12", None),
        ("7", Part.test),
    ]
    assert not refused


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nothing", "It cannot be opened (No such file or directory)"),
        ("empty", "holds no labelled pictures: it needs a labels.csv"),
        ("a.txt", "This is no source of labelled pictures"),
        ("a.jsonl", "is no export of the review desk"),
        ("sqlite:///gone.sqlite", "There is no database gone.sqlite"),
    ],
)
def test_what_is_no_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.txt").write_text("file,label")
    (tmp_path / "a.jsonl").write_text('{"file": 1}\n')
    picture(tmp_path, "there/3/a.png")
    found, refused = come(name, "there")
    assert [one.label for one in found] == ["3"]
    (why,) = refused.values()
    assert sentence in why


def test_what_was_settled_at_the_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    picture(tmp_path, "=a.png")
    head = "pile,file,page,number,read,settled_at"
    rows = "m,'=a.png,1,20745,2?745,2026-01-01T00:00:00", "m,b.png,1,12,12,", "m,gone.png,1,1,1,x"
    (tmp_path / "out.csv").write_text("\n".join([head, *rows]))
    found, refused = come("out.csv")
    assert [(one.label, one.origin) for one in found] == [("20745", "=a.png")]
    assert list(refused) == ["gone.png"]
    row = {"pile": "m", "file": "=a.png", "page": 1, "number": "20\n745", "settled_at": "x"}
    (tmp_path / "out.jsonl").write_text(json.dumps(row) + "\n")
    assert [one.label for one in come("out.jsonl")[0]] == ["20\n745"]


def test_the_desks_own_database(tmp_path: Path) -> None:
    pytest.importorskip("sqlalchemy")
    pytest.importorskip("alembic")
    from digitocr.review.archive import Archive
    from digitocr.review.database import open_database
    from digitocr.review.desk import Desk
    from digitocr.review.views import view

    name = picture(tmp_path, "a.png")
    data = (tmp_path / name).read_bytes()
    careful = read(data, Settings(one_wrong_in=1_000_000))
    pages = [record_of(careful, file, 1, "this version") for file in ("a.pdf", "b.png")]
    assert not pages[0]["accepted"]
    url = f"sqlite:///{tmp_path / 'desk.sqlite'}"
    engine = open_database(url)
    Archive(engine).add("march", [(page, view(data, page)) for page in pages])
    desk = Desk(engine)
    waiting = desk.next("me")
    assert waiting is not None
    desk.settle(waiting.number, "20745", "me", "ann")
    engine.dispose()
    found, refused = come(url)
    assert not refused
    assert [(one.label, one.origin, one.document) for one in found] == [
        ("20745", "march: a.pdf", "march: a.pdf")
    ]
    assert isinstance(found[0].picture, bytes)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of drawn numbers, of which some have a wrong label; its last three are copies."""
    folder, rng = tmp_path_factory.mktemp("source"), np.random.default_rng(3)
    texts = [number(rng) for _ in range(COUNT)]
    rows = []
    for place, text in enumerate(texts):
        Image.fromarray(drawn(rng, text)).save(folder / f"{place:03}.png")
        label = spoiled(rng, text, texts[place - 1]) if place < PLANTED else text
        rows.append(f"{place:03}.png,{label},form {place % 20},{text}")
    shutil.copy(folder / "030.png", folder / "same.png")
    shutil.copy(folder / "031.png", folder / "contradicted.png")
    Image.open(folder / "032.png").save(folder / "near.jpg", quality=40)
    held = "form 1000"
    rows += [f"same.png,{texts[30]},{held},", f"contradicted.png,77,{held},"]
    rows += [f"near.jpg,{texts[32]},{held},"]
    return labels(folder, *rows, head="file,label,document,truth")


@pytest.fixture(scope="module")
def made(source: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Overview]:
    folder = tmp_path_factory.mktemp("sets") / "mine"
    seen = make(folder, from_sources([str(source)]))
    report(folder, seen, "this version")
    return folder, seen


def test_planted_wrong_labels_are_among_the_first(made: tuple[Path, Overview]) -> None:
    _, seen = made
    first = seen.suspects[: 2 * PLANTED]
    names = {Path(seen.examples[one.place].origin).name for one in first}
    assert len(names & PLANTED_FILES) >= PLANTED - 1
    assert Aside.CONTRADICTED in seen.set_aside()


def test_planted_copies_and_a_leak_are_found(made: tuple[Path, Overview]) -> None:
    _, seen = made
    names = [Path(one.origin).name for one in seen.examples]
    assert {tuple(names[place] for place in places) for places in seen.same} == {
        ("030.png", "same.png"),
        ("031.png", "contradicted.png"),
    }
    aside = {names[place]: one.aside for place, one in enumerate(seen.verdicts) if one.aside}
    assert aside["same.png"] is Aside.SAME_PICTURE
    assert aside["031.png"] is aside["contradicted.png"] is Aside.CONTRADICTED
    twins = {(names[one.first], names[one.second]): one.is_leak for one in seen.twins}
    parts = [seen.examples[names.index(name)].part for name in ("032.png", "near.jpg")]
    assert twins["032.png", "near.jpg"] == (parts[0] is not parts[1])


def test_the_report_tells_it_all_and_needs_no_other_file(made: tuple[Path, Overview]) -> None:
    folder, seen = made
    told = json.loads((folder / "report.json").read_text("utf-8"))
    assert told["pictures"] == COUNT + 3
    assert (
        told["used"] == len(seen.used) == sum(part["pictures"] for part in told["parts"].values())
    )
    assert [one["file"] for one in told["suspects"]] == [
        seen.examples[one.place].file for one in seen.suspects
    ]
    page = (folder / "report.html").read_text("utf-8")
    assert page.count("data:image/jpeg;base64") >= len(seen.suspects)
    assert "http" not in page.replace("http-equiv", "")


def test_what_is_learnt_from_is_laid_along_its_picture(made: tuple[Path, Overview]) -> None:
    folder, seen = made
    for example, alignment in islice(learnable(folder, seen), 5):
        assert alignment.aside is None
        assert "\n".join(line.label for line in alignment.lines) == example.label
        for line in alignment.lines:
            assert line.strip.shape[0] == 32
            assert all(stop <= len(line.along) for _, stop in line.spans)


def test_the_same_again_adds_nothing_and_keeps_the_split(
    made: tuple[Path, Overview], source: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(made[0], tmp_path / "again")
    before = opened(folder)
    verdicts = made[1].verdicts
    seen = make(folder, from_sources([str(source)]), examine=lambda tasks: iter(verdicts))
    assert list(seen.examples) == before


def test_corrections_are_kept_and_no_longer_asked_about(
    made: tuple[Path, Overview], source: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(made[0], tmp_path / "right")
    with (source / "labels.csv").open(encoding="utf-8") as file:
        truths = {Path(row["file"]).name: row["truth"] for row in csv.DictReader(file)}
    suspects = [made[1].examples[one.place] for one in made[1].suspects]
    worst = next(one for one in suspects if Path(one.origin).name in PLANTED_FILES)
    rows = [f"{worst.file},{truths[Path(worst.origin).name]}", "pictures/none.png,1"]
    (tmp_path / "corrections.csv").write_text("\n".join(["file,label", *rows]))
    done = CliRunner().invoke(
        app, ["dataset", "--out", str(folder), "--corrections", str(tmp_path / "corrections.csv")]
    )
    assert done.exit_code == 1
    assert "pictures/none.png: There is no such picture in the set" in done.stderr
    (one,) = [one for one in opened(folder) if one.file == worst.file]
    assert (one.checked, one.label) == (True, truths[Path(worst.origin).name])
    told = json.loads((folder / "report.json").read_text("utf-8"))
    assert worst.file not in [one["file"] for one in told["suspects"]]
    assert len(told["suspects"]) == len(suspects) - 1


def test_a_set_is_made_from_the_command_line(tmp_path: Path) -> None:
    labels(tmp_path, picture(tmp_path, "a.png") + ",20745", "b.png,12", "a.png,x")
    (tmp_path / "b.png").write_bytes(b"no picture")
    done = CliRunner().invoke(app, ["dataset", str(tmp_path), "--out", str(tmp_path / "set")])
    assert done.exit_code == 1
    assert done.stdout.startswith("1 pictures, 1 can be learnt from:")
    assert "b.png: This is not a picture" in done.stderr
    assert 'a.png: The label "x" is no number' in done.stderr
    assert sorted(one.name for one in (tmp_path / "set").iterdir()) == [
        "labels.csv",
        "pictures",
        "report.html",
        "report.json",
    ]


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["--out", "nothing"], 2, "Name a SOURCE"),
        (["here", "--out", "full"], 1, "full holds something else"),
        (["here", "--out", "here"], 1, "is no data set's"),
        (["here", "--out", "new", "--corrections", "gone.csv"], 1, "gone.csv cannot be read"),
    ],
)
def test_wrong_usage(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    status: int,
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    picture(tmp_path, "full/a.png")
    (tmp_path / "here").mkdir()
    labels(tmp_path / "here", picture(tmp_path / "here", "a.png") + ",20745")
    done = CliRunner().invoke(app, ["dataset", *arguments], terminal_width=200)
    assert done.exit_code == status
    assert sentence in done.stderr
