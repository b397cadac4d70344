"""The review desk: who gets which page, what is kept, and what is gone."""

from __future__ import annotations

import csv
import io
import json
import multiprocessing
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from digitocr import InputError
from digitocr.__main__ import app as command_line

pytest.importorskip("sqlalchemy")
pytest.importorskip("alembic")

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, event, inspect, make_url, select, text
from sqlalchemy.exc import OperationalError

from digitocr.output.record import SCHEMA
from digitocr.review import desk as desk_module
from digitocr.review.archive import Archive, Entry
from digitocr.review.by_name import settle_in, settled_in
from digitocr.review.database import (
    MIGRATIONS,
    _prepare_sqlite,
    default_url,
    open_database,
    writing,
)
from digitocr.review.desk import Desk, PageInDoubt, SettledError
from digitocr.review.schema import View, claims, metadata, pages, settlements
from digitocr.review.views import LONGEST_PX, WHOLE_PAGE_PX, view

SAMPLES = Path(__file__).parents[2] / "sample_images"
DEBIANS = "/usr/lib/postgresql/*/bin/initdb"  # not on the PATH
SECRET = b"a picture of somebody's handwriting"


def record(file: str, text: str = "1?", guess: str = "12", confidence: float = 0.5) -> Any:
    lines = [
        {
            "text": part,
            "guess": best,
            "confidence": confidence,
            "accepted": "?" not in part,
            "by_segments": part,
            "by_line": part,
            "digits": [
                {
                    "label": label,
                    "confidence": confidence,
                    "accepted": one != "?",
                    "box": [10 * i, 0, 10 * i + 8, 16],
                    "alternatives": [],
                }
                for i, (one, label) in enumerate(zip(part, best, strict=True))
            ],
        }
        for part, best in zip(text.split("\n"), guess.split("\n"), strict=True)
        if part
    ]
    found = {"file": file, "page": 1, "text": text, "guess": guess, "confidence": confidence}
    accepted = bool(text) and "?" not in text
    found |= {"accepted": accepted, "lines": lines, "ms": 12.5, "schema": SCHEMA}
    return found | {"read_at": "2026-03-01T12:30:00+01:00", "read_by": "digitocr 1.2 nets"}


def entry(*args: Any, jpeg: bytes = b"", **named: Any) -> Entry:
    return record(*args, **named), View(jpeg, [])


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server of our own."""
    pytest.importorskip("psycopg")
    initdb = shutil.which("initdb") or max(Path("/").glob(DEBIANS[1:]), default=None)
    if not initdb:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is missing")
        pytest.skip("PostgreSQL is missing")
    # It refuses to run as root, and its folders may not be open to others.
    owner: dict[str, Any] = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    folder = Path(tempfile.mkdtemp(prefix="digitocr-postgres-"))
    if owner:
        shutil.chown(folder, **owner)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    def run(program: str, *arguments: str) -> None:
        command = [str(Path(initdb).with_name(program)), "-D", str(folder / "data"), *arguments]
        # The server would keep a pipe open for ever.
        quiet = subprocess.DEVNULL
        subprocess.run(command, check=True, stdout=quiet, stderr=quiet, cwd=folder, **owner)

    run("initdb", "-A", "trust", "-U", "clerk")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    run("pg_ctl", "-w", "-o", options, "start")
    yield f"postgresql://clerk@127.0.0.1:{port}/postgres"
    run("pg_ctl", "-m", "immediate", "stop")
    shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'review.sqlite'}"
        return
    found = request.getfixturevalue("postgres")
    yield found
    with writing(open_database(found)).begin() as connection:
        for table in ("claims", "settlements", "pages", "alembic_version"):
            connection.exec_driver_sql(f"DROP TABLE {table}")


@pytest.fixture
def database(url: str) -> Iterator[Engine]:
    engine = open_database(url)
    yield engine
    engine.dispose()


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'lite.sqlite'}")
    yield engine
    engine.dispose()


def rows(database: Engine, table: Any) -> list[Any]:
    with database.connect() as connection:
        return list(connection.execute(select(table)).all())


def given(desk: Desk, session: str, *passed: int) -> PageInDoubt:
    page = desk.next(session, passed)
    assert page is not None
    return page


def test_the_worst_comes_first_and_what_is_sure_never(database: Engine) -> None:
    added = Archive(database).add(
        "scans",
        [
            entry("better", confidence=0.9),
            entry("worst", confidence=0.1),
            entry("sure", text="12", confidence=0.2),
            entry("empty", text="", guess="", confidence=0.0),
        ],
    )
    assert added == 4
    desk, seen = Desk(database), []
    while page := desk.next("ann"):
        seen.append(page.file)
        desk.settle(page.number, page.guess, "ann", "Ann")
    assert seen == ["empty", "worst", "better"]


def test_two_reviewers_never_get_the_same_page(database: Engine) -> None:
    Archive(database).add("scans", [entry("a", confidence=0.1), entry("b", confidence=0.2)])
    desk = Desk(database)
    anns, bos = given(desk, "ann"), given(desk, "bo")
    assert [anns.file, bos.file] == ["a", "b"]
    assert given(desk, "ann").file == "a"  # it is hers until she settles it
    assert desk.next("cy") is None
    assert desk.progress("ann") == (2, 1, 0, 0)


def test_a_page_that_is_left_lying_goes_to_the_next(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    Archive(database).add("scans", [entry("a")])
    desk = Desk(database)
    monkeypatch.setattr(desk_module, "HELD", timedelta(seconds=-1))
    anns = given(desk, "ann")
    monkeypatch.undo()
    bos = given(desk, "bo")
    assert anns.number == bos.number
    desk.settle(bos.number, "12", "bo", "Bo")
    with pytest.raises(SettledError, match="Bo has settled this page meanwhile, as 12"):
        desk.settle(anns.number, "13", "ann", "Ann")
    (kept,) = rows(database, settlements)
    assert (kept.text, kept.reviewer) == ("12", "Bo")
    assert not rows(database, claims)


def test_what_is_put_off_comes_last(database: Engine) -> None:
    Archive(database).add("scans", [entry("a", confidence=0.1), entry("b", confidence=0.2)])
    desk = Desk(database)
    first = given(desk, "ann")
    assert given(desk, "ann", first.number).file == "b"
    assert given(desk, "bo").file == "a"  # what Ann has put off, others may have


def test_what_was_settled_is_shown_again_and_can_be_changed(database: Engine) -> None:
    Archive(database).add("scans", [entry("a", confidence=0.1), entry("b", confidence=0.2)])
    desk = Desk(database)
    page = given(desk, "ann")
    assert page.settled is None
    assert desk.settled(page.number) is None
    desk.settle(page.number, "19", "ann", "Ann")
    again = desk.settled(page.number)
    assert again is not None
    assert (again.settled, again.guess, again.file) == ("19", "12", "a")
    assert desk.progress("ann") == (1, 0, 1, 1)  # looking takes nothing back
    assert desk.settle(page.number, "12", "bo", "Bo", instead_of="19") == "12"
    assert desk.progress("ann") == (1, 0, 1, 0)
    with pytest.raises(SettledError, match="Bo has settled this page meanwhile, as 12"):
        desk.settle(page.number, "17", "ann", "Ann", instead_of="19")
    Archive(database).delete("a")
    with pytest.raises(SettledError, match="deleted"):
        desk.settle(page.number, "17", "ann", "Ann", instead_of="12")


def test_what_is_on_a_screen_that_was_closed_can_be_had(database: Engine) -> None:
    Archive(database).add("scans", [entry("a")])
    desk = Desk(database)
    page = given(desk, "a screen that was closed")
    assert desk.next("ann") is None
    taken = desk.next("ann", from_others=True)
    assert taken is not None
    assert taken.number == page.number
    assert desk.progress("ann") == (1, 0, 0, 0)
    assert desk.next("a screen that was closed") is None


def test_the_list_of_what_was_settled_begins_with_the_newest(database: Engine) -> None:
    Archive(database).add("scans", [entry(str(i), confidence=i / 10) for i in range(5)])
    desk = Desk(database)
    for number in range(4):
        desk.settle(given(desk, "ann").number, str(number), "ann", "Ann")
    (newest,) = desk.history(1)
    assert (newest.file, newest.read, newest.text, newest.reviewer) == ("3", "1?", "3", "Ann")
    assert [one.text for one in desk.history(2, 1)] == ["2", "1"]
    assert [one.text for one in desk.history(9, 3)] == ["0"]
    oldest = desk.history(9, 3)[0].number
    desk.settle(oldest, "7", "ann", "Ann", instead_of="0")
    assert [one.text for one in desk.history(9)] == ["7", "3", "2", "1"]


def test_a_pile_knows_what_was_settled_of_it(database: Engine) -> None:
    archive, desk = Archive(database), Desk(database)
    archive.add("scans", [entry("a", confidence=0.1), entry("sure", text="12"), entry("b")])
    archive.add("others", [entry("a", confidence=0.9)])
    desk.settle(given(desk, "ann").number, "19", "ann", "Ann")
    assert settled_in(database, "scans") == {("a", 1): "19"}
    typed = {("a", 1): "1 7", ("sure", 1): "13", ("of another pile", 1): "5"}
    settle_in(database, "scans", typed, "ann", "Ann")
    assert settled_in(database, "scans") == {("a", 1): "17", ("sure", 1): "13"}
    assert settled_in(database, "others") == {}
    assert desk.progress("ann") == (2, 0, 2, 2)
    assert {row["file"]: row["number"] for row in archive.everything("scans")} == {
        "a": "17",
        "sure": "13",
        "b": None,
    }
    with pytest.raises(ValueError, match="digits alone"):
        settle_in(database, "scans", {("b", 1): "none"}, "ann", "Ann")


def test_a_whole_page_is_kept_and_had_when_asked_for(database: Engine) -> None:
    one, _ = entry("a", confidence=0.1)
    seen = View(b"part", [], SECRET, (0.1, 0.2, 0.5, 0.4))
    Archive(database).add("scans", [(one, seen), entry("b", confidence=0.2)])
    desk = Desk(database)
    page = given(desk, "ann")
    assert page.view == View(b"part", [], b"", (0.1, 0.2, 0.5, 0.4))
    assert desk.whole_page(page.number) == SECRET
    other = given(desk, "bo")
    assert other.view.place == ()
    assert desk.whole_page(other.number) == b""
    assert all("whole_page" not in row for row in Archive(database).everything())


def test_a_desk_of_many_pages_stays_quick(lite: Engine) -> None:
    """Neither sorts what is left nor reads the pages that it only counts."""
    Archive(lite).add("scans", [entry("a"), entry("b")])
    asked: list[tuple[str, Any]] = []

    @event.listens_for(lite, "before_cursor_execute")
    def note(_: Any, __: Any, statement: str, values: Any, *more: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, values))

    desk = Desk(lite)
    page = given(desk, "ann")
    desk.settle(page.number, "12", "ann", "Ann")
    desk.progress("ann")
    desk.history(20)
    event.remove(lite, "before_cursor_execute", note)
    assert len(asked) == 5
    with lite.connect() as connection:
        for statement, values in asked:
            plan = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, values)
            steps = [row[3] for row in plan]
            assert not [step for step in steps if "TEMP B-TREE" in step or "SCAN pages" in step]
            counted = [step for step in steps if step.startswith("SEARCH pages USING INDEX")]
            assert not counted  # an index alone, or a single page by its number


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("12480", "12480"),
        (" 12.480 ", "12480"),
        ("12'480,-", "12480"),
        ("1?480", "1?480"),
        ("", ""),
        (" \n ", ""),
        ("12\n\n345\n", "12\n345"),
    ],
)
def test_what_is_typed_is_kept_as_digits(lite: Engine, typed: str, kept: str) -> None:
    Archive(lite).add("scans", [entry("a")])
    desk = Desk(lite)
    page = given(desk, "ann")
    assert desk.settle(page.number, typed, "ann", "") == kept
    assert [row["number"] for row in Archive(lite).everything()] == [kept]


@pytest.mark.parametrize("typed", ["12a", "12480 EUR", "\N{FULLWIDTH DIGIT ONE}2", "1\x002"])
def test_what_is_no_number_is_refused_and_loses_nothing(lite: Engine, typed: str) -> None:
    Archive(lite).add("scans", [entry("a")])
    desk = Desk(lite)
    page = given(desk, "ann")
    with pytest.raises(ValueError, match="digits alone"):
        desk.settle(page.number, typed, "ann", "")
    assert desk.progress() == (1, 1, 0, 0)


def test_adding_a_pile_again_adds_nothing(database: Engine) -> None:
    archive = Archive(database)
    assert archive.add("scans", [entry("a"), entry("b")]) == 2
    assert archive.add("scans", [entry("a"), entry("b"), entry("c")]) == 1
    assert archive.add("others", [entry("a")]) == 1
    assert archive.piles() == {"others": 1, "scans": 3}


@pytest.mark.parametrize(
    "broken",
    [{}, {"file": "a"}, record("a") | {"confidence": "much"}, record("a") | {"file": 3}, [], 7],
)
def test_what_is_no_record_is_refused(lite: Engine, broken: Any) -> None:
    with pytest.raises(ValueError, match="no record"):
        Archive(lite).add("scans", [(broken, None)])
    assert not rows(lite, pages)


def test_another_picture_of_the_same_name_is_never_taken_for_the_first(database: Engine) -> None:
    archive = Archive(database)
    archive.add("scans", [entry("a", text="1?")])
    with pytest.raises(InputError, match="has another a already"):
        archive.add("scans", [entry("b"), entry("a", text="7?", guess="71")])
    assert [row.text for row in rows(database, pages)] == ["1?"]


def test_everything_is_told_of_each_page(database: Engine) -> None:
    archive, desk = Archive(database), Desk(database)
    first, seen = entry("a")
    archive.add("scans", [(first, seen)])
    later, _ = entry("sure", text="77", guess="77", confidence=0.99)
    archive.add("scans", [(later | {"read_at": "soon"}, None)])
    page = given(desk, "ann")
    assert [row["number"] for row in archive.everything()] == [None, "77"]
    desk.settle(page.number, "19", "ann", "Ann")
    settled, sure = archive.everything("scans")
    assert settled["record"] == first
    assert settled | {"record": 0, "settled_at": 0, "added_at": 0} == {
        "pile": "scans", "file": "a", "page": 1, "number": "19", "read": "1?", "guess": "12",
        "confidence": 0.5, "changed": True, "reviewer": "Ann", "read_by": "digitocr 1.2 nets",
        "record": 0, "settled_at": 0, "added_at": 0,
        "read_at": "2026-03-01T11:30:00+00:00",
    }  # fmt: skip
    assert all(settled[name].endswith("+00:00") for name in ("settled_at", "added_at"))
    assert (sure["number"], sure["changed"]) == ("77", False)
    assert sure["settled_at"] is sure["read_at"] is None
    assert not list(archive.everything("others"))


def test_more_pages_than_fit_into_memory_at_once(lite: Engine) -> None:
    archive = Archive(lite)
    assert archive.add("scans", (entry(str(i)) for i in range(1_201))) == 1_201
    assert [row["file"] for row in archive.everything()] == [str(i) for i in range(1_201)]


def test_what_is_deleted_is_gone(tmp_path: Path) -> None:
    lite = open_database(f"sqlite:///{tmp_path / 'lite.sqlite'}")
    archive, desk = Archive(lite), Desk(lite)
    first, _ = entry("a")
    secret = View(SECRET, [], SECRET[::-1], (0.0, 0.0, 0.5, 0.5))
    archive.add("scans", [(first, secret), entry("b"), entry("c")])
    archive.add("others", [entry("a", jpeg=SECRET)])
    page = given(desk, "ann")
    desk.settle(page.number, "12", "ann", "Ann")
    assert archive.delete("a", "others") == 1
    assert archive.delete("a") == 1
    assert archive.delete("a") == 0
    assert [row.file for row in rows(lite, pages)] == ["b", "c"]
    assert archive.delete(pile="scans") == 2
    assert not [*rows(lite, pages), *rows(lite, claims), *rows(lite, settlements)]
    for file in tmp_path.iterdir():
        assert SECRET not in file.read_bytes()
        assert SECRET[::-1] not in file.read_bytes()
    with pytest.raises(SettledError, match="deleted"):
        desk.settle(page.number, "12", "ann", "Ann")
    with pytest.raises(ValueError, match="what to delete"):
        archive.delete()


def test_sqlite_is_told_to_overwrite_what_is_deleted() -> None:
    issued: list[str] = []

    class Connection:
        isolation_level = ""

        def execute(self, statement: str) -> None:
            issued.append(statement)

    _prepare_sqlite(Connection(), None)
    assert "PRAGMA secure_delete = ON" in issued


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path / 'review.sqlite'}").dispose()
    assert (tmp_path / "review.sqlite").stat().st_mode & 0o777 == 0o600


def test_the_number_of_a_deleted_page_is_never_anothers(lite: Engine) -> None:
    archive, desk = Archive(lite), Desk(lite)
    archive.add("scans", [entry("a")])
    page = given(desk, "ann")
    archive.delete("a")
    archive.add("scans", [entry("b")])
    with pytest.raises(SettledError):
        desk.settle(page.number, "12", "ann", "Ann")


def settle_all(url: str, session: str) -> list[int]:
    database = open_database(url)
    desk, settled = Desk(database), []
    while page := desk.next(session):
        desk.settle(page.number, page.guess, session, session)
        settled.append(page.number)
    database.dispose()
    return settled


def test_reviewers_in_a_hurry_settle_every_page_once(url: str, database: Engine) -> None:
    Archive(database).add("scans", [entry(str(i)) for i in range(80)])
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        each = pool.starmap(settle_all, [(url, name) for name in ("ann", "bo", "cy")])
    settled = list(chain(*each))
    assert len(settled) == len(set(settled)) == len(rows(database, settlements)) == 80
    assert not rows(database, claims)


def test_what_was_settled_outlives_a_killed_server(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'review.sqlite'}"
    script = (
        "import os, signal, sys\n"
        "from digitocr.review.database import open_database\n"
        "from digitocr.review.desk import Desk\n"
        "desk = Desk(open_database(sys.argv[1]))\n"
        "page = desk.next('ann')\n"
        "desk.settle(page.number, '19', 'ann', 'Ann')\n"
        "desk.next('ann')\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    database = open_database(url)
    Archive(database).add("scans", [entry("a"), entry("b")])
    killed = subprocess.run([sys.executable, "-c", script, url], check=False)
    assert killed.returncode < 0
    assert [row["number"] for row in Archive(database).everything()] == ["19", None]
    assert Desk(database).progress() == (1, 1, 1, 1)


def test_the_migrations_lead_to_the_tables(database: Engine) -> None:
    with database.connect() as connection:
        context = MigrationContext.configure(connection)
        assert not compare_metadata(context, metadata)


def test_a_database_of_the_first_version_is_brought_up_to_date(url: str) -> None:
    old = create_engine(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with old.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        page = (
            "INSERT INTO pages (pile, file, page, text, guess, confidence, in_doubt, record, "
            "read_by, added_at, view, marks) VALUES ('march', :file, 1, '1?', '12', 0.5, true, "
            "'{}', 'digitocr 1.0', '2026-03-01 12:00:00', :view, :marks)"
        )
        for file in ("a", "b", "c"):
            row = {"file": file, "view": b"part", "marks": '[{"left": 0.1}]'}
            connection.execute(text(page), row)
        for number, kept in ((1, "12"), (2, "17")):
            connection.execute(
                text(
                    "INSERT INTO settlements VALUES (:number, :kept, 'Ann', 'x', "
                    "'2026-03-02 12:00:00')"
                ),
                {"number": number, "kept": kept},
            )
        command.upgrade(config, "0002")
        connection.execute(text("UPDATE pages SET sheet = :page"), {"page": b"whole"})
    old.dispose()
    database = open_database(url)
    desk = Desk(database)
    assert desk.progress() == (1, 0, 2, 1)
    assert [row["changed"] for row in Archive(database).everything()] == [False, True, False]
    waiting = given(desk, "ann")
    assert (waiting.file, waiting.view.jpeg, waiting.view.place) == ("c", b"part", ())
    assert waiting.view.digits == [{"left": 0.1}]
    assert desk.whole_page(waiting.number) == b"whole"
    desk.settle(2, "12", "ann", "Ann", instead_of="17")
    assert desk.progress().changed == 0
    database.dispose()


def test_an_open_database_is_opened_again_as_it_is(lite: Engine) -> None:
    Archive(lite).add("scans", [entry("a")])
    again = open_database(str(lite.url))
    assert len(rows(again, pages)) == 1
    assert "alembic_version" in inspect(again).get_table_names()


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'review.sqlite'}"
    with writing(open_database(url)).begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(InputError, match="newer digitocr"):
        open_database(url)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("nonsense", "needs a database"),
        ("mysql://host/base", "needs a database"),
        ("postgresql:/ann:secret@host/base", "needs a database"),
        ("postgresql://ann:secret@host:port/base", "needs a database"),
        ("sqlite:////proc/nowhere/review.sqlite", "cannot be made"),
        (f"sqlite:///{SAMPLES / 'labels.csv'}", "cannot be used"),
        ("postgresql+nodriver://ann:secret@host/base", "needs a database"),
        ("postgresql://ann:secret@127.0.0.1:1/base", "cannot be used"),
    ],
)
def test_a_database_that_cannot_be_had_is_told_in_a_sentence(url: str, sentence: str) -> None:
    if "127.0.0.1" in url:
        pytest.importorskip("psycopg")
    with pytest.raises(InputError, match=sentence) as raised:
        open_database(url)
    assert "secret" not in str(raised.value)


def test_the_database_is_the_users_own_unless_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DIGITOCR_DATABASE", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert make_url(default_url()).database == str(tmp_path / "digitocr" / "review.sqlite")
    open_database(default_url()).dispose()
    monkeypatch.setenv("DIGITOCR_DATABASE", "postgresql://host/base")
    assert default_url() == "postgresql://host/base"


def of(digits: list[dict[str, Any]]) -> Any:
    """A record, as far as its view needs it."""
    return {"lines": [{"digits": digits}]}


def test_a_view_shows_the_digits_and_where_they_are() -> None:
    paper = np.full((400, 1000), 255, np.uint8)
    paper[200:240, 500:520] = 0
    paper[200:240, 600:640] = 0
    digits = [
        {"label": "1", "accepted": True, "box": [500, 200, 520, 240]},
        {"label": "0", "accepted": False, "box": [600, 200, 640, 240]},
    ]
    seen = view(Image.fromarray(paper), of(digits))
    cut = np.array(Image.open(io.BytesIO(seen.jpeg)).convert("L"))
    assert cut.shape == (120, 220)  # a digit's height around them
    for placed, digit in zip(seen.digits, digits, strict=True):
        inside = cut[
            round(placed["top"] * 120) : round(placed["bottom"] * 120),
            round(placed["left"] * 220) : round(placed["right"] * 220),
        ]
        assert inside.max() < 100
        assert (placed["label"], placed["accepted"]) == (digit["label"], digit["accepted"])


def rgba() -> Image.Image:
    paper = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
    paper.paste((0, 0, 0, 255), (20, 10, 26, 30))
    return paper


@pytest.mark.parametrize(
    "image",
    [
        rgba(),
        Image.fromarray(np.array(rgba().getchannel("A").point(lambda a: 255 - a), "u2") * 16),
        Image.fromarray(1 - np.array(rgba().getchannel("A"), "f4") / 255),
    ],
    ids=lambda image: image.mode,
)
def test_a_view_looks_as_the_reader_saw_the_picture(image: Image.Image) -> None:
    cut = np.array(Image.open(io.BytesIO(view(image, of([])).jpeg)).convert("L"))
    assert cut[20, 23] < 60
    assert cut[5, 5] > 200


def test_a_view_holds_nothing_but_the_picture() -> None:
    buffer = io.BytesIO()
    Image.new("L", (60, 50)).save(buffer, "JPEG", comment="Jane Doe, room 7")
    assert b"Jane Doe" not in view(buffer.getvalue(), of([])).jpeg


def test_a_view_of_a_page_without_digits_is_the_whole_page() -> None:
    seen = view(Image.new("L", (4000, 1000), 255), of([]))
    assert Image.open(io.BytesIO(seen.jpeg)).size == (LONGEST_PX, LONGEST_PX // 4)
    assert seen.digits == []


def test_the_page_comes_with_a_view_where_a_digit_is_in_doubt() -> None:
    paper = np.full((2000, 3000), 255, np.uint8)
    paper[200:240, 600:640] = 0
    digit = {"label": "0", "accepted": False, "box": [600, 200, 640, 240]}
    seen = view(Image.fromarray(paper), of([digit]))
    page = np.array(Image.open(io.BytesIO(seen.whole_page)).convert("L"))
    assert max(page.shape) == WHOLE_PAGE_PX
    left, top, right, bottom = np.rint(
        np.array(seen.place) * (*page.shape[::-1], *page.shape[::-1])
    ).astype(int)
    ink = np.argwhere(page < 128)
    assert [top, left] <= ink.min(axis=0).tolist()
    assert ink.max(axis=0).tolist() <= [bottom, right]
    assert (right - left) < 0.1 * page.shape[1]
    sure = view(Image.fromarray(paper), of([digit | {"accepted": True}]))
    assert (sure.whole_page, sure.place) == (b"", ())


def test_a_view_at_the_edge_of_the_page_stays_on_it() -> None:
    digits = [{"label": "1", "accepted": False, "box": [0, 0, 1, 50]}]
    seen = view(Image.new("L", (60, 50)), of(digits))
    assert Image.open(io.BytesIO(seen.jpeg)).size == (51, 50)


def test_the_desk_is_never_called_clear_while_something_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    testing = pytest.importorskip("streamlit.testing.v1")

    def page() -> None:
        from ui.review_page import review_page

        review_page()

    url = f"sqlite:///{tmp_path / 'review.sqlite'}"
    monkeypatch.setenv("DIGITOCR_DATABASE", url)
    database = open_database(url)
    Archive(database).add("scans", [entry("a"), entry("b")])
    desk = Desk(database)
    theirs = [given(desk, "bo"), given(desk, "cy")]
    shown = testing.AppTest.from_function(page, default_timeout=30).run()
    html = " ".join(one.proto.body for one in shown.get("html"))
    assert "<b>2</b> left (2 with others)" in html
    assert "The last 2 are on other screens" in html
    assert "clear" not in html
    desk.settle(theirs[0].number, "12", "bo", "Bo")
    html = " ".join(one.proto.body for one in shown.run().get("html"))
    assert "The last one is on other screens" in html
    shown.button[0].click()
    html = " ".join(one.proto.body for one in shown.run().get("html"))
    assert 'class="where">b<' in html  # taken over from the other screen


def told(arguments: list[str], code: int = 0) -> tuple[str, str]:
    result = CliRunner().invoke(command_line, ["review", *arguments])
    assert result.exit_code == code, result.output
    return result.stdout, result.stderr


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a batch wrote of two samples and a damaged file."""
    monkeypatch.setenv("DIGITOCR_DATABASE", f"sqlite:///{tmp_path / 'desk' / 'review.sqlite'}")
    (tmp_path / "damaged.png").write_bytes(b"no picture")
    files = [str(SAMPLES / "cheque.jpg"), str(SAMPLES / "felt-pen.jpg")]
    out = tmp_path / "results.jsonl"
    batch = ["batch", *files, str(tmp_path / "damaged.png"), "--out", str(out)]
    batch += ["--workers", "1", "--one-wrong-in", "10000"]
    assert CliRunner().invoke(command_line, batch).exit_code == 1
    return out


def test_from_a_batch_to_the_desk_and_out_again(results: Path, tmp_path: Path) -> None:
    out, err = told(["add", str(results), "--pile", "today"], code=1)
    assert out.startswith("2 pages are new on the desk")
    assert "damaged.png: This is not a picture" in err
    database = open_database(default_url())
    doubted = [row for row in rows(database, pages) if row.in_doubt]
    assert doubted
    assert all(row.view and row.digits for row in doubted)
    assert told(["add", str(results), "--pile", "today"], code=1)[0].startswith("0 pages")
    page = given(Desk(database), "ann")
    Desk(database).settle(page.number, page.guess, "ann", "Ann")
    assert "1 settled, 0 of them changed" in told(["status"])[0]
    told(["export", str(tmp_path / "all.csv")])
    with (tmp_path / "all.csv").open(newline="") as file:
        table = {Path(row["file"]).name: row for row in csv.DictReader(file)}
    assert table["cheque.jpg"]["number"] in ("12480", "")
    assert table[Path(page.file).name]["reviewer"] == "Ann"
    assert "is there already" in told(["export", str(tmp_path / "all.csv")], code=1)[1]
    told(["export", str(tmp_path / "all.jsonl"), "--pile", "today"])
    lines = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text().splitlines()]
    assert [line["record"]["guess"] for line in lines] == ["12480", "6802"]
    told(["delete", str(SAMPLES / "cheque.jpg")])
    assert "nothing is known" in told(["delete", str(SAMPLES / "cheque.jpg")], code=1)[1]
    told(["delete", "--pile", "today"])
    assert not rows(database, pages)


def test_no_half_table_is_left(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(["add", str(results)], code=1)

    def fail(self: Archive, pile: str | None = None) -> Iterator[dict[str, Any]]:
        yield from ()
        raise OperationalError("SELECT", {}, Exception("disk I/O error"))

    monkeypatch.setattr(Archive, "everything", fail)
    err = told(["export", str(tmp_path / "all.csv")], code=1)[1]
    assert err.strip() == "The database failed (disk I/O error): what was kept before is safe."
    assert not (tmp_path / "all.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["add", "missing.jsonl"], 1, "missing.jsonl: This file cannot be opened"),
        (["add", str(SAMPLES / "labels.csv")], 1, "labels.csv, line 1: This is no line"),
        (["add", "numbers.jsonl"], 1, "numbers.jsonl, line 2: This is no record"),
        (["add", "numbers.jsonl"], 1, "gone.png: There is no such file"),
        (["export", "all.csv", "--pile", "none"], 1, "no pile none"),
        (["export", "all.pdf"], 2, "ends in .csv or .jsonl"),
        (["export", "/proc/nowhere/all.csv"], 1, "cannot be written"),
        (["delete"], 2, "Name pictures"),
        (["delete", "--pile", "none"], 1, "nothing is known"),
        (["status", "--database", "nonsense"], 1, "needs a database"),
    ],
)
def test_wrong_usage_is_told_in_a_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: int,
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DIGITOCR_DATABASE", f"sqlite:///{tmp_path / 'review.sqlite'}")
    good = json.dumps(record("good.png", text="12"))
    gone = json.dumps(record("gone.png", text="1?"))
    (tmp_path / "numbers.jsonl").write_text(f'[1]\n{{"file": 3}}\nno JSON\n{gone}\n{good}\n')
    assert sentence in " ".join(told(arguments, code)[1].split())
    if "numbers.jsonl" in arguments:  # what can be added, is
        assert [row.file for row in rows(open_database(default_url()), pages)] == ["good.png"]
