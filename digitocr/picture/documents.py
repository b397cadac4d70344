"""What to read: files, folders, patterns, archives and documents -> single pages, one by one."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from digitocr.picture.archives import ARCHIVE, MEMBER, is_taken, suffix
from digitocr.picture.archives import SEVERAL_PAGES as SEVERAL_PAGES
from digitocr.picture.files import file_bytes, file_system, in_archive, in_document, is_url
from digitocr.picture.paged import pages_in
from digitocr.types import InputError

MOST_UNPACKED = 2_000_000_000  # bytes of all archives in one archive; more is a bomb, or a disk


class Item(NamedTuple):
    """One page to read."""

    file: str  # a path or URL; a file in an archive is "scans.zip!/a.png"
    page: int = 1


def items(paths: Sequence[str]) -> Iterator[Item]:
    """Every page that the paths lead to, in the order of their names.

    paths: files; folders, searched to the bottom; patterns such as "scans/**/*.png"; URLs that
    fsspec knows. What is named directly is an item even if it cannot be read, so that the
    result says so; in folders and archives only pictures, documents and archives are taken. An
    archive of which nothing is taken, whatever the reason, is an item itself.
    """
    for path in paths:
        for name in _files(path):
            # A name that is no Unicode can be told, but not be kept or found again.
            file = name.encode("utf-8", "backslashreplace").decode()
            if suffix(file) == ARCHIVE:
                yield from _members(file)
            else:
                yield from pages(file)


def pages(file: str) -> Iterator[Item]:
    """The pages of a file, of which only a TIFF or PDF has several."""
    count = 1
    if suffix(file) in SEVERAL_PAGES:
        try:
            count = in_document(file, lambda document: document.count)
        except Exception:  # each format has its own complaints; reading it will say what is wrong
            count = 1
    for page in range(1, max(count, 1) + 1):
        yield Item(file, page)


def source(item: Item, dpi: int) -> bytes | Image.Image:
    """What `digitocr.read` takes for an item; a PDF's page is drawn at `dpi` dots per inch.

    Archives and documents stay open for the next page, and are closed when for some seconds
    there was none. Raises InputError, in a sentence for the user, when it cannot be had.
    """
    kind = suffix(item.file)
    if kind == ARCHIVE:
        raise InputError(_why_not(item.file))
    if kind == ".pdf" or item.page > 1:
        return in_document(item.file, lambda document: document.page(item.page, dpi))
    data = file_bytes(item.file)
    if kind not in SEVERAL_PAGES and (count := pages_in(data)) > 1:
        raise InputError(f"This is a document of {count} pages: let its name end in .tif or .pdf.")
    return data


def _files(path: str) -> Iterator[str]:
    if is_url(path):
        yield from _remote(path)
    elif Path(path).is_dir():
        yield from _below(str(Path(path)))
    elif not Path(path).exists() and glob.has_magic(path):
        # Not pathlib's: that knows no absolute patterns.
        for found in sorted(glob.iglob(path, recursive=True)):  # noqa: PTH207
            if Path(found).is_file():
                yield found
    else:
        yield path


def _below(folder: str) -> Iterator[str]:
    """Pictures, documents and archives in a folder and all those below it; no hidden ones."""
    try:
        with os.scandir(folder) as entries:
            entries_by_name = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        yield folder  # reading it will say that it cannot be searched
        return
    for entry in entries_by_name:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _below(entry.path)
        elif is_taken(entry.name):
            yield str(Path(entry.path))


def _remote(url: str) -> Iterator[str]:
    try:
        system, path = file_system(url)
        if system.isdir(path):
            paths = system.find(path)
        elif glob.has_magic(path) and not system.exists(path):
            paths = system.glob(path)
        else:
            paths = [path]
    except (OSError, ValueError, ImportError) as error:
        raise InputError(f"{url} cannot be listed ({error}).") from error
    for one in sorted(paths):
        hidden = any(part.startswith(".") for part in one.removeprefix(path).split("/"))
        if one == path or (not hidden and is_taken(one)):
            yield str(system.unstrip_protocol(one))


def _members(archive: str) -> Iterator[Item]:
    """The pages in an archive; the archive itself, if nothing is taken of it."""
    try:
        names = in_archive(archive, lambda opened: opened.names)
    except InputError:
        names = []
    if not names:
        yield Item(archive)
    unpacked = 0
    for name in names:
        file = archive + MEMBER + name
        if suffix(name) != ARCHIVE:
            yield from pages(file)
            continue
        unpacked += _unpacked(file)
        if unpacked > MOST_UNPACKED:
            yield Item(file)
        else:
            yield from _members(file)


def _unpacked(archive: str) -> int:
    try:
        return in_archive(archive, lambda opened: opened.unpacked_bytes)
    except InputError:
        return 0  # it is not unpacked at all


def _why_not(archive: str) -> str:
    """Why nothing is taken of an archive. Raises InputError where opening it tells that."""
    if not in_archive(archive, lambda opened: opened.names):
        return "There are no pictures in this archive."
    return (
        f"The archives in this archive unpack to more than {MOST_UNPACKED // 10**9} GB: "
        "unpack them and name the folder."
    )
