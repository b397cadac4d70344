"""ZIP archives: which of their files are read, under which names, and what keeps one from it."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterable
from pathlib import PurePath
from typing import IO

from digitocr.types import InputError

PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".avif", ".heic", ".heif"}
SEVERAL_PAGES = {".tif", ".tiff", ".pdf"}
ARCHIVE = ".zip"
TABLE = ".csv"
MEMBER = "!/"  # between an archive's name and that of a file in it
MOST_BYTES = 200_000_000  # of one file; a decompression bomb would fill the memory
LOCKED = 0x1  # of a file's flags
HIDDEN = (".", "__MACOSX")


class Archive:
    """An open ZIP. Every file to be read has a name of its own, even where the ZIP repeats one."""

    def __init__(self, file: IO[bytes], held_bytes: int = 0) -> None:
        """file is the archive's from now on. Raises InputError when it is damaged."""
        self.held_bytes = held_bytes
        self._file = file
        try:
            self._zip = zipfile.ZipFile(file)
            infos = [
                info
                for info in sorted(self._zip.infolist(), key=lambda info: info.filename)
                if not info.is_dir()
                and (is_taken(info.filename) or suffix(info.filename) == TABLE)
                and not _is_hidden(info.filename)
            ]
        except Exception as error:  # a damaged archive has many ways to say so
            file.close()
            raise InputError("The archive is damaged: unpack it and name the folder.") from error
        # No name looks like that of a file in an archive in this one.
        plain = (info.filename.replace(MEMBER, "! /") for info in infos)
        self._infos = dict(zip(names_apart(plain), infos, strict=True))

    @property
    def names(self) -> list[str]:
        """The files to be read, in the order of their names."""
        return [name for name in self._infos if is_taken(name)]

    @property
    def tables(self) -> list[str]:
        """The tables, which may tell what is on the others."""
        return [name for name in self._infos if not is_taken(name)]

    @property
    def unpacked_bytes(self) -> int:
        """What these files take when unpacked; none takes more than it says here."""
        return sum(self._infos[name].file_size for name in self.names)

    def read(self, name: str) -> bytes:
        """One of its files, unpacked. Raises InputError with the reason when that cannot be."""
        info = self._infos.get(name)
        if info is None:
            raise InputError("The archive has no such file: check its name.")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise InputError("This is a link to another file: put that file into the archive.")
        if info.flag_bits & LOCKED:
            raise InputError("The file is locked: unpack the archive and name the folder.")
        if info.file_size > MOST_BYTES:
            raise too_large()
        try:
            with self._zip.open(info) as packed:
                return limited(packed)
        except (InputError, MemoryError, ConnectionError, TimeoutError):
            raise
        except Exception as error:  # no end of ways: its checksum, its method, its own name, …
            raise InputError(
                "The archive is damaged or locked: unpack it and name the folder."
            ) from error

    def close(self) -> None:
        """Close the file too."""
        self._zip.close()
        self._file.close()


def is_taken(name: str) -> bool:
    """Whether a file in a folder or an archive is read although nobody named it."""
    return suffix(name) in {*PICTURES, *SEVERAL_PAGES, ARCHIVE}


def suffix(name: str) -> str:
    """The end of a file's name that tells its kind, in small letters: ".png"."""
    return PurePath(name).suffix.lower()


def names_apart(names: Iterable[str]) -> list[str]:
    """The names, those that come again numbered: rows are told apart by them."""
    last_number: dict[str, int] = {}  # a name, and the last number that it was given
    for name in names:
        kind = PurePath(name).suffix
        root, free = name.removesuffix(kind), name
        while free in last_number:
            last_number[name] += 1
            free = f"{root} ({last_number[name]}){kind}"
        last_number[free] = 1
    return list(last_number)


def limited(opened: IO[bytes]) -> bytes:
    """All of a file. Raises InputError where that is more than MOST_BYTES."""
    data = opened.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise too_large()
    return data


def too_large() -> InputError:
    """The sentence about a file of more than MOST_BYTES."""
    return InputError(f"The file has more than {MOST_BYTES // 1_000_000} MB: cut it up.")


def _is_hidden(name: str) -> bool:
    """Whether a part of a path is hidden; ".." is none that a system hides its files under."""
    parts = name.replace("\\", "/").split("/")
    return any(part.startswith(HIDDEN) and part not in (".", "..") for part in parts)
