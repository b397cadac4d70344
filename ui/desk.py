"""The review desk's database, opened once for all sessions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import streamlit as st
from sqlalchemy import Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from digitocr import InputError
from digitocr.review.archive import Archive
from digitocr.review.database import default_url, open_database
from digitocr.review.desk import Desk


class Opened(NamedTuple):
    """The same database, for reviewers and for everything else."""

    desk: Desk
    archive: Archive


@contextmanager
def opened() -> Iterator[Opened]:
    """The desk; where its database cannot be had or fails, a sentence ends this run of the page."""
    try:
        engine = _engine(default_url())
        yield Opened(Desk(engine), Archive(engine))
    except InputError as error:
        st.warning(str(error), icon=":material/database_off:")
        st.stop()
    except SQLAlchemyError:
        st.warning(
            "The desk's database does not answer. What was settled is safe: try again in a moment.",
            icon=":material/database_off:",
        )
        st.stop()


def place() -> str:
    """Where the database is, in words for the user."""
    url = make_url(default_url())
    return str(url.database) if url.get_backend_name() == "sqlite" else f"the database {url.host}"


@st.cache_resource(show_spinner=False)
def _engine(url: str) -> Engine:
    return open_database(url)
