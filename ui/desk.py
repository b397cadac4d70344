"""The review desk's database, opened once for all sessions."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import streamlit as st
from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from digitocr import InputError
from digitocr.review.archive import Archive, Entry
from digitocr.review.by_name import Name, settle_in, settled_in
from digitocr.review.database import default_url, open_database
from digitocr.review.desk import Desk, SettledError


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
    except (InputError, SQLAlchemyError) as error:
        _warn(error)
        st.stop()


def keep(pile: str, entries: Sequence[Entry], typed: Mapping[Name, str]) -> bool:
    """Put pages on the desk, settled where the user has typed their number already.

    False, with a sentence on the page, where that fails.
    """
    try:
        Archive(_engine(default_url())).add(pile, entries)
    except (InputError, SQLAlchemyError) as error:
        _warn(error)
        return False
    return settle_typed(pile, typed)


def settle_typed(pile: str, typed: Mapping[Name, str]) -> bool:
    """Settle pages of a pile as the user has typed them; False as in `keep`."""
    try:
        settle_in(_engine(default_url()), pile, typed, session(), reviewer())
    except (InputError, SQLAlchemyError, SettledError) as error:
        _warn(error)
        return False
    return True


def known_of(pile: str) -> dict[Name, str]:
    """What the pages of a pile were settled as; nothing, with a sentence, where that fails."""
    try:
        return settled_in(_engine(default_url()), pile)
    except (InputError, SQLAlchemyError) as error:
        _warn(error)
        return {}


def in_words(text: str) -> str:
    """A number as people settled it."""
    return text.replace("\n", " / ") or "no number"


def session() -> str:
    """Who this browser's tab is at the desk."""
    return str(st.session_state.setdefault("desk_session", secrets.token_hex(16)))


def reviewer() -> str:
    """The name that the user has given, or nothing."""
    return str(st.session_state.get("reviewer") or "")


def _warn(error: Exception) -> None:
    sentence = "The desk's database does not answer. What was settled is safe: try again soon."
    if isinstance(error, InputError | SettledError):
        sentence = str(error)
    st.warning(sentence, icon=":material/database_off:")


def place() -> str:
    """Where the database is, in words for the user."""
    try:
        url = make_url(default_url())
    except (ArgumentError, ValueError):
        return "the desk's database"
    return str(url.database) if url.get_backend_name() == "sqlite" else f"the database {url.host}"


@st.cache_resource(show_spinner=False)
def _engine(url: str) -> Engine:
    return open_database(url)
