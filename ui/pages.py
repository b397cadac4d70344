"""The pages of uploaded files: counted at once, each drawn when it is looked at or read."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import PurePath

import streamlit as st
from PIL import Image

from digitocr.picture.documents import SEVERAL_PAGES, Item, items, source
from digitocr.picture.files import release

DPI = 200  # at which a PDF's pages are drawn


def picture(name: str, data: bytes, page: int) -> bytes | Image.Image:
    """What `read` takes for a page, counted from 1. Raises InputError where it cannot be had."""
    if PurePath(name).suffix.lower() not in SEVERAL_PAGES:
        return data
    with in_memory([(name, data)]) as (path,):
        return source(Item(path, page), DPI)


def count(key: str, name: str, data: bytes) -> int:
    """How many pages a file has; 1 where that cannot be told, for then reading it says why.

    key: differs where the file does.
    """
    if PurePath(name).suffix.lower() not in SEVERAL_PAGES:
        return 1
    return _count(key, name, data)


@st.cache_data(scope="session", show_spinner=False)
def _count(key: str, name: str, _data: bytes) -> int:
    with in_memory([(name, _data)]) as paths:
        return len(list(items(list(paths))))


@contextmanager
def in_memory(files: Sequence[tuple[str, bytes]]) -> Iterator[dict[str, str]]:
    """URLs under which files, (name, bytes), can be opened for a while, and their names."""
    import fsspec  # only documents pay for this import

    memory = fsspec.filesystem("memory")
    folder = f"/digitocr-{secrets.token_hex(8)}"
    names = {}
    try:
        for number, (name, data) in enumerate(files):
            path = f"{folder}/{number}{PurePath(name).suffix.lower()}"
            memory.pipe_file(path, data)
            names[str(memory.unstrip_protocol(path))] = name
        yield names
    finally:
        release()  # what is open would keep the uploads
        memory.rm(folder, recursive=True)
