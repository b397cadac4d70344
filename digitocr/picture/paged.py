"""Documents of several pages, TIFF and PDF: opened once, their pages had one by one."""

from __future__ import annotations

import io
from typing import IO, Any, Protocol

from PIL import Image

from digitocr.picture.load import MAX_SOURCE_PX, decode
from digitocr.types import InputError

POINTS_PER_INCH = 72
PDF = b"%PDF-"
TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


class Document(Protocol):
    """An open document. For one thread at a time; PDFium even for all documents together."""

    held_bytes: int

    @property
    def count(self) -> int:
        """How many pages it has."""
        ...

    def page(self, number: int, dpi: int) -> Image.Image:
        """A page, counted from 1, in an image of its own; raises InputError."""
        ...

    def close(self) -> None: ...


class _Tiff:
    def __init__(self, file: IO[bytes], held_bytes: int) -> None:
        self.held_bytes = held_bytes
        self._file = file
        try:
            self._image = Image.open(file, formats=["TIFF"])
        except Exception as error:  # a damaged header has many ways to say so
            raise InputError("The TIFF is damaged: save or send it again.") from error

    @property
    def count(self) -> int:
        try:
            return max(1, int(getattr(self._image, "n_frames", 1)))
        except Exception:  # one of its pages is damaged; reading will say what is wrong
            return 1

    def page(self, number: int, dpi: int) -> Image.Image:
        # Pillow goes from page to page, so from the last one the next is near.
        try:
            self._image.seek(number - 1)
        except Exception as error:
            raise _damaged(number) from error
        return decode(self._image)

    def close(self) -> None:
        self._image.close()
        self._file.close()


class _Pdf:
    def __init__(self, file: IO[bytes], held_bytes: int) -> None:
        self.held_bytes = held_bytes
        self._file = file
        try:
            import pypdfium2
        except ImportError as error:
            raise InputError('PDFs need pypdfium2: pip install "digitocr[pile]".') from error
        try:
            self._document = pypdfium2.PdfDocument(file)
        except pypdfium2.PdfiumError as error:
            raise InputError("The PDF is damaged or locked: save it again.") from error

    @property
    def count(self) -> int:
        return len(self._document)

    def page(self, number: int, dpi: int) -> Image.Image:
        import pypdfium2

        try:
            sheet = self._document[number - 1]
            drawn = _drawn(sheet, dpi)
            sheet.close()
        except (pypdfium2.PdfiumError, IndexError) as error:
            raise _damaged(number) from error
        return drawn

    def close(self) -> None:
        self._document.close()
        self._file.close()


def open_document(file: IO[bytes], held_bytes: int = 0) -> Document:
    """A PDF or a TIFF by its first bytes; file is the document's from now on.

    Raises InputError when it is neither, damaged, locked, or needs what is not installed.
    """
    head = file.read(len(PDF))
    file.seek(0)
    try:
        if not head.startswith((PDF, *TIFF)):
            raise InputError("This is neither a PDF nor a TIFF: save or send the file again.")
        return (_Pdf if head == PDF else _Tiff)(file, held_bytes)
    except InputError:
        file.close()
        raise


def pages_in(data: bytes) -> int:
    """How many pages an encoded picture or document has; 1 where nobody can say."""
    if not data.startswith((PDF, *TIFF)):
        return 1
    try:
        document = open_document(io.BytesIO(data))
    except InputError:
        return 1
    try:
        return document.count
    finally:
        document.close()


def _drawn(sheet: Any, dpi: int) -> Image.Image:
    scale = dpi / POINTS_PER_INCH
    width, height = sheet.get_size()
    if width * height * scale**2 > MAX_SOURCE_PX:
        raise InputError(
            f"At {dpi} dpi the page has more than {MAX_SOURCE_PX // 1_000_000} megapixels: "
            "choose a smaller --dpi."
        )
    drawn: Image.Image = sheet.render(scale=scale, grayscale=True).to_pil()
    return drawn


def _damaged(number: int) -> InputError:
    return InputError(f"Page {number} is damaged: save or send the file again.")
