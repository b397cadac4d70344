"""Opening the database: SQLite unless told otherwise, brought up to date by Alembic."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from digitocr.types import InputError

MIGRATIONS = Path(__file__).with_name("migrations")
# The databases whose INSERT can tell what to do with a row that is there already.
INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
WAIT_S = 30  # for another process that is writing


def default_url() -> str:
    """$DIGITOCR_DATABASE, or a SQLite file in the user's folder for data."""
    if url := os.environ.get("DIGITOCR_DATABASE"):
        return url
    home = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return f"sqlite:///{home / 'digitocr' / 'review.sqlite'}"


def open_database(url: str) -> Engine:
    """An engine for any SQLAlchemy URL, its tables made or upgraded.

    Raises InputError when the database cannot be had, or belongs to a newer version.
    """
    shown = "The database"
    try:
        address = make_url(url)
        shown = address.render_as_string()  # without the password
        if address.get_backend_name() not in INSERTS:
            raise NoSuchModuleError
        is_sqlite = address.get_backend_name() == "sqlite"
        if is_sqlite and address.database not in (None, "", ":memory:"):
            file = Path(str(address.database))
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch(0o600)  # somebody's handwriting is in it
        # A server may have closed a connection that was idle over night.
        # What is in the pages stays out of errors and logs.
        engine = create_engine(address, pool_pre_ping=True, hide_parameters=True)
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        # What cannot be parsed may hold a password anywhere.
        raise InputError(
            "The desk needs a database: name it as sqlite:///FILE or postgresql://…."
        ) from error
    except ImportError as error:
        raise InputError(
            f"{shown} needs a driver that is not installed: "
            'PostgreSQL\'s comes with pip install "digitocr[postgresql]".'
        ) from error
    except OSError as error:
        raise InputError(f"{shown} cannot be made ({error.strerror}).") from error
    if is_sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    try:
        _upgrade(engine)
    except DBAPIError as error:
        reason = str(error.orig).strip().partition("\n")[0]
        raise InputError(f"{shown} cannot be used ({reason}).") from error
    except CommandError as error:
        raise InputError(
            f"{shown} was written by a newer digitocr: install that version."
        ) from error
    return engine


def writing(engine: Engine) -> Engine:
    """The same database, for transactions that write."""
    return engine.execution_options(writes=True)


def _upgrade(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with writing(engine).begin() as connection:
        if connection.dialect.name == "postgresql":  # two processes may start at once
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7311)")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # `_begin_sqlite` begins, not the driver
    for pragma in (
        f"busy_timeout = {1000 * WAIT_S}",
        "journal_mode = WAL",  # who reads waits for nobody
        "foreign_keys = ON",
        "secure_delete = ON",  # what was deleted is overwritten
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    # Who will write waits for its turn here; halfway SQLite would refuse to wait.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
