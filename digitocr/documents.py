"""What to read: files, folders, patterns, archives and documents -> single pages, one by one."""

from __future__ import annotations

import glob
import io
import lzma
import os
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from PIL import Image

from digitocr.load import MAX_SOURCE_PX
from digitocr.types import InputError

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".avif", ".heic", ".heif"}
SEVERAL_PAGES = {".tif", ".tiff", ".pdf"}
ARCHIVE = ".zip"
MEMBER = "!/"  # between an archive's name and that of a file in it
MOST_BYTES = 200_000_000  # of one file; a decompression bomb would fill the memory
POINTS_PER_INCH = 72
# What unpacking raises: no such member, another compression, a password, damaged data.
DAMAGES = (
    *(zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError),
    *(zlib.error, lzma.LZMAError),
)


class Item(NamedTuple):
    """One page to read."""

    file: str  # a path or URL; a file in an archive is "scans.zip!/a.png"
    page: int = 1


def items(paths: Sequence[str]) -> Iterator[Item]:
    """Every page that the paths lead to, in the order of their names.

    paths: files; folders, searched to the bottom; patterns such as "scans/**/*.png"; URLs that
    fsspec knows. What is named directly is an item even if it cannot be read, so that the
    result says so; in folders and archives only pictures and documents are taken.
    """
    for path in paths:
        for name in _files(path):
            # A name that is no Unicode can be told, but not be kept or found again.
            file = name.encode("utf-8", "backslashreplace").decode()
            if _suffix(file) == ARCHIVE:
                yield from _members(file)
            else:
                yield from _pages(file)


def source(item: Item, dpi: int) -> bytes | Image.Image:
    """What `digitocr.read` takes for an item; a PDF's page is drawn at `dpi` dots per inch.

    Raises InputError, in a sentence for the user, when it cannot be had.
    """
    data = _bytes(item.file)
    if _suffix(item.file) == ARCHIVE:
        raise InputError("The archive is damaged: unpack it and name the folder.")
    if _suffix(item.file) == ".pdf":
        with closing(_document(data)) as document:
            return _drawn(document, item.page, dpi)
    if item.page == 1:
        return data
    try:
        image = Image.open(io.BytesIO(data), formats=["TIFF"])
        image.seek(item.page - 1)
    except (OSError, EOFError, SyntaxError) as error:
        raise InputError(f"Page {item.page} is damaged: save or send the file again.") from error
    return image


def is_url(path: str) -> bool:
    """Whether a path is one for fsspec, such as s3://scans/today."""
    return "://" in path


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
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        yield folder  # reading it will say that it cannot be searched
        return
    for entry in found:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _below(entry.path)
        elif _is_known(entry.name) or _suffix(entry.name) == ARCHIVE:
            yield str(Path(entry.path))


def _remote(url: str) -> Iterator[str]:
    fsspec = _fsspec()
    try:
        system, path = fsspec.core.url_to_fs(url)
        if system.isdir(path):
            found = system.find(path)
        elif glob.has_magic(path) and not system.exists(path):
            found = system.glob(path)
        else:
            found = [path]
    except (OSError, ValueError, ImportError) as error:
        raise InputError(f"{url} cannot be listed ({error}).") from error
    for one in sorted(found):
        hidden = any(part.startswith(".") for part in one.removeprefix(path).split("/"))
        if one == path or (not hidden and (_is_known(one) or _suffix(one) == ARCHIVE)):
            yield str(system.unstrip_protocol(one))


def _members(archive: str) -> Iterator[Item]:
    try:
        with _opened(archive) as file, zipfile.ZipFile(file) as unpacked:
            names = sorted(one.filename for one in unpacked.infolist() if not one.is_dir())
    except Exception:  # a damaged archive has many ways to say so; reading it will tell
        yield Item(archive)
        return
    for name in names:
        hidden = any(part.startswith((".", "__MACOSX")) for part in name.split("/"))
        if _is_known(name) and not hidden:
            yield from _pages(archive + MEMBER + name)


def _pages(file: str) -> Iterator[Item]:
    count = 1
    if _suffix(file) in SEVERAL_PAGES:
        try:
            count = _page_count(file)
        except Exception:  # each format has its own complaints; reading it will say what is wrong
            count = 1
    for page in range(1, max(count, 1) + 1):
        yield Item(file, page)


def _page_count(file: str) -> int:
    data = _bytes(file)
    if _suffix(file) == ".pdf":
        with closing(_document(data)) as document:
            return len(document)
    with Image.open(io.BytesIO(data), formats=["TIFF"]) as image:
        return int(getattr(image, "n_frames", 1))


def _bytes(file: str) -> bytes:
    archive, in_archive, member = file.partition(MEMBER)
    if in_archive and not is_url(file) and Path(file).is_file():  # in a folder called "a!"
        archive, in_archive = file, ""
    try:
        with _opened(archive) as opened:
            if not in_archive:
                return _limited(opened)
            with zipfile.ZipFile(opened) as unpacked, unpacked.open(member) as packed:
                return _limited(packed)
    except FileNotFoundError as error:
        raise InputError("There is no such file: check its name and folder.") from error
    except IsADirectoryError as error:
        raise InputError("This folder cannot be searched: see who may open it.") from error
    except DAMAGES as error:
        raise InputError(
            "The archive is damaged or locked: unpack it and name the folder."
        ) from error
    except OSError as error:
        raise InputError(f"The file cannot be opened ({error.strerror or error}).") from error


def _limited(opened: IO[bytes]) -> bytes:
    data = opened.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise InputError(f"The file has more than {MOST_BYTES // 1_000_000} MB: cut it up.")
    return data


def _opened(path: str) -> IO[bytes]:
    if not is_url(path):
        return Path(path).open("rb")
    try:
        opened: IO[bytes] = _fsspec().open(path, "rb").open()
    except (ValueError, ImportError) as error:
        raise InputError(f"{path} cannot be opened ({error}).") from error
    return opened


def _drawn(document: PdfDocument, page: int, dpi: int) -> Image.Image:
    import pypdfium2

    try:
        sheet = document[page - 1]
        scale = dpi / POINTS_PER_INCH
        width, height = sheet.get_size()
        if width * height * scale**2 > MAX_SOURCE_PX:
            raise InputError(
                f"At {dpi} dpi the page has more than {MAX_SOURCE_PX // 1_000_000} megapixels: "
                "choose a smaller --dpi."
            )
        drawn: Image.Image = sheet.render(scale=scale, grayscale=True).to_pil()
    except (pypdfium2.PdfiumError, IndexError) as error:
        raise InputError(f"Page {page} is damaged: save or send the file again.") from error
    return drawn


def _document(data: bytes) -> PdfDocument:
    try:
        import pypdfium2
    except ImportError as error:
        raise InputError('PDFs need pypdfium2: pip install "digitocr[pile]".') from error
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise InputError("The PDF is damaged or locked: save it again.") from error


def _fsspec() -> Any:
    try:
        import fsspec
    except ImportError as error:
        raise InputError('URLs need fsspec: pip install "digitocr[pile]".') from error
    return fsspec


def _is_known(name: str) -> bool:
    return _suffix(name) in PICTURES | SEVERAL_PAGES


def _suffix(name: str) -> str:
    return Path(name).suffix.lower()
