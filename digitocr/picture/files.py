"""Files on disks, at URLs and in archives: opened once, and kept open while they are in use."""

from __future__ import annotations

import atexit
import io
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, Any, TypeVar

from digitocr.picture.archives import (
    ARCHIVE,
    MEMBER,
    MOST_BYTES,
    Archive,
    limited,
    suffix,
    too_large,
)
from digitocr.picture.paged import Document, open_document
from digitocr.picture.shelf import Shelf
from digitocr.types import InputError

DEEPEST = 2  # archives in one another

R = TypeVar("R")

_ARCHIVES: Shelf[Archive] = Shelf()
_DOCUMENTS: Shelf[Document] = Shelf()


def is_url(path: str) -> bool:
    """Whether a path is one for fsspec, such as s3://scans/today."""
    return "://" in path


def in_archive(file: str, work: Callable[[Archive], R]) -> R:
    """Do something with an archive that is open. Raises InputError when it cannot be had."""
    outer, inner = _split(file)

    def opened() -> Archive:
        if not inner:
            return Archive(_opened(outer), 0)
        data = file_bytes(file)
        return Archive(io.BytesIO(data), len(data))

    if len(inner) >= DEEPEST:
        raise InputError("Archives are nested too deep: unpack them and name the folder.")
    with _sentences():
        return _ARCHIVES.use(file, _stamp(outer), opened, work)


def in_document(file: str, work: Callable[[Document], R]) -> R:
    """Do something with a document that is open. Raises InputError when it cannot be had."""
    outer, inner = _split(file)

    def opened() -> Document:
        document = unkept()
        _release_at_exit(type(document))
        return document

    def unkept() -> Document:
        if not inner and not is_url(outer):
            if Path(outer).stat().st_size > MOST_BYTES:
                raise too_large()
            return open_document(_opened(outer))
        data = file_bytes(file)
        return open_document(io.BytesIO(data), len(data))

    with _sentences():
        return _DOCUMENTS.use(file, _stamp(outer), opened, work)


def file_bytes(file: str) -> bytes:
    """All of a file. Raises InputError when it cannot be had, or is too large."""
    outer, inner = _split(file)
    if inner:
        return in_archive(MEMBER.join([outer, *inner[:-1]]), lambda one: one.read(inner[-1]))
    with _sentences(), _opened(file) as opened:
        return limited(opened)


def _split(file: str) -> tuple[str, list[str]]:
    """A file on a disk or at a URL, and the way through the archives in it, if it is one."""
    parts = file.split(MEMBER)
    for place in range(1, len(parts)):
        outer = MEMBER.join(parts[:place])
        # Not so in a folder called "a.zip!".
        if suffix(outer) == ARCHIVE and (is_url(outer) or _is_file(outer)):
            return outer, parts[place:]
    return file, []


def _is_file(path: str) -> bool:
    try:
        return Path(path).is_file()
    except (OSError, ValueError):  # a name that no file can have
        return False


def _stamp(path: str) -> Hashable:
    """Differs where a file has changed."""
    if is_url(path):
        system, inside = file_system(path)
        return str(system.ukey(inside))
    told = Path(path).stat()
    return told.st_mtime_ns, told.st_size, told.st_ino


@cache
def _release_at_exit(kind: type[Document]) -> None:
    """PDFium tells of documents that are still open: release them before, so ask after it."""
    atexit.register(release)


@contextmanager
def _sentences() -> Iterator[None]:
    """What keeps a file from being opened, as InputError."""
    try:
        yield
    except (InputError, MemoryError):
        raise
    except FileNotFoundError as error:
        raise InputError("There is no such file: check its name and folder.") from error
    except IsADirectoryError as error:
        raise InputError("This folder cannot be searched: see who may open it.") from error
    except OSError as error:
        raise InputError(f"The file cannot be opened ({error.strerror or error}).") from error
    except Exception as error:  # of a protocol; each has its own complaints
        raise InputError(f"The file cannot be opened ({error}).") from error


def release() -> None:
    """Close the archives and documents that are still open."""
    _DOCUMENTS.release()
    _ARCHIVES.release()


def _opened(path: str) -> IO[bytes]:
    if not is_url(path):
        return Path(path).open("rb")
    try:
        opened: IO[bytes] = _fsspec().open(path, "rb").open()
    except (ValueError, ImportError) as error:
        raise InputError(f"{path} cannot be opened ({error}).") from error
    return opened


def file_system(url: str) -> tuple[Any, str]:
    """Fsspec's file system for a URL, and the path in it. Raises InputError without fsspec."""
    system_and_path: tuple[Any, str] = _fsspec().core.url_to_fs(url)
    return system_and_path


def _fsspec() -> Any:
    try:
        import fsspec
    except ImportError as error:
        raise InputError('URLs need fsspec: pip install "digitocr[pile]".') from error
    return fsspec
