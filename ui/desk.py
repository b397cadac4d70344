"""The review desk's database, opened once for all sessions."""

from __future__ import annotations

import streamlit as st
from sqlalchemy import Engine, make_url

from digitocr import InputError
from digitocr.review.archive import Archive
from digitocr.review.database import default_url, open_database
from digitocr.review.desk import Desk


def desk() -> Desk | None:
    """The desk; None, and a sentence on the page, when its database cannot be had."""
    engine = _opened()
    return Desk(engine) if engine else None


def archive() -> Archive | None:
    """What the desk's database knows; None as for `desk`."""
    engine = _opened()
    return Archive(engine) if engine else None


def place() -> str:
    """Where the database is, in words for the user."""
    url = make_url(default_url())
    return str(url.database) if url.get_backend_name() == "sqlite" else f"the database {url.host}"


def _opened() -> Engine | None:
    try:
        return _engine(default_url())
    except InputError as error:
        st.warning(str(error), icon=":material/database_off:")
        return None


@st.cache_resource(show_spinner=False)
def _engine(url: str) -> Engine:
    return open_database(url)
