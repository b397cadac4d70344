"""Bytes, a path, an array or a Pillow image -> an upright Picture on white.

Whatever passes this door can be read. Pillow decodes, because OpenCV opens decompression bombs
that Pillow refuses.
"""

from __future__ import annotations

import io
import math
import warnings
from pathlib import Path
from typing import BinaryIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from digitocr.picture.levels import from_any_range, limits_of, to_uint8
from digitocr.types import InputError, Picture

Encoded = str | Path | bytes | bytearray | memoryview | BinaryIO | Image.Image
Readable = Encoded | NDArray[np.generic]

MAX_SOURCE_PX = 50_000_000
MAX_WEBP_PX = 20_000_000  # its decoder holds sixteen bytes for each pixel
# A 12-megapixel photo is halved; writing that fills a page keeps digits of 20 px and more.
MAX_WORKING_PX = 3_000_000
MOST_WHOLE_PX = 12_500_000  # more is halved in bands, lest copies of all of it fill the memory
BAND_PX = 2_000_000
LONGEST = 1000  # times the shorter side: no line of writing is so long
FORMATS = "PNG, JPEG, WebP, BMP, GIF, TIFF, AVIF and HEIC"
PLUGINS = ("PNG", "JPEG", "MPO", "WEBP", "BMP", "DIB", "GIF", "TIFF", "AVIF", "HEIF")
TURNED = {5, 6, 7, 8}  # EXIF orientations that swap width and height
EXIF_ORIENTATION = 0x0112
DEEP_MODES = {"I", "F", "I;16", "I;16L", "I;16B", "I;16N"}
# Pillow warns of large pictures, which MAX_SOURCE_PX refuses, and of corrupt EXIF data.
warnings.filterwarnings("ignore", module=r"PIL\.")
HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}


def load(source: Readable) -> Picture:
    """Decode a picture: EXIF turn applied, laid on white, scaled down to what reading needs.

    source: a path; a file's bytes, or the file, open for reading bytes; a Pillow image; or an
    array, (H, W), (H, W, 3) RGB or (H, W, 4) RGBA, of which uint8 is taken as it is and every
    other dtype is rescaled by its own range. Raises InputError with a sentence for the user.
    """
    if isinstance(source, np.ndarray):
        return _from_array(np.asarray(source))
    image, size_px = _decode(_encoded(source), MAX_WORKING_PX)
    return _picture(_halved(image) if _is_vast(image) else _rgb_on_white(image), size_px)


def decode(source: bytes | Image.Image) -> Image.Image:
    """An encoded picture, whole, upright, in its own size and memory; raises like `load`."""
    return _decode(source, MAX_SOURCE_PX)[0]


def full_size(source: bytes | Image.Image) -> Image.Image:
    """As `load` shows it, but in its own size: upright, RGB, laid on white, without metadata.

    Raises InputError like `load`.
    """
    return Image.fromarray(_rgb_on_white(_decode(source, MAX_SOURCE_PX)[0]))


def _encoded(source: Encoded) -> bytes | Image.Image:
    if isinstance(source, Image.Image):
        return source
    if isinstance(source, bytes | bytearray | memoryview):
        data = bytes(source)
    elif isinstance(source, str | Path):
        data = _file_bytes(Path(source))
    else:
        data = source.read()
    if not data:
        raise InputError("The file is empty: choose another picture.")
    return data


def _decode(source: bytes | Image.Image, enough_px: int) -> tuple[Image.Image, tuple[int, int]]:
    """The upright image, at a reduced size if enough pixels are left, and its full size."""
    try:
        image = source if isinstance(source, Image.Image) else _open(source)
        width, height = image.size
        _check_size(width, height)
        if image is not source:
            if image.format == "WEBP" and width * height > MAX_WEBP_PX:
                raise _too_large(MAX_WEBP_PX, "WebP picture", "save it as JPEG, ")
            # JPEG decodes straight to a half or a quarter, in a fraction of time and memory.
            shrink = _shrink(*image.size, enough_px)
            image.draft(None, (math.ceil(image.width * shrink), math.ceil(image.height * shrink)))
        image.load()
        if image.getexif().get(EXIF_ORIENTATION) in TURNED:  # Pillow has turned a TIFF by now
            width, height = height, width
        if image is source:
            return ImageOps.exif_transpose(image), (width, height)
        ImageOps.exif_transpose(image, in_place=True)
        return image, (width, height)
    except (InputError, MemoryError):
        raise
    except UnidentifiedImageError as error:
        raise InputError(f"This is not a picture: {FORMATS} files can be read.") from error
    except Image.DecompressionBombError as error:
        raise _too_large() from error
    except Exception as error:  # each format has a parser of its own, with its own complaints
        raise InputError(
            "The picture is damaged or incomplete: save or send it once more."
        ) from error


def _open(data: bytes) -> Image.Image:
    if data[4:8] == b"ftyp" and data[8:12] in HEIF_BRANDS:
        import pillow_heif  # only iPhone pictures pay for this import

        pillow_heif.register_heif_opener()
    image = Image.open(io.BytesIO(data))
    if image.format not in PLUGINS:  # EPS, for one, would be handed to another program
        raise UnidentifiedImageError(image.format)
    return image


def _file_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise InputError("There is no such file: check its name and folder.") from error
    except IsADirectoryError as error:
        raise InputError("This is a folder: name the pictures in it.") from error
    except OSError as error:
        raise InputError(f"The file cannot be opened ({error.strerror}).") from error
    except ValueError as error:  # a zero byte in the name
        raise InputError("There is no such file: check its name and folder.") from error


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_SOURCE_PX:
        raise _too_large()
    if width * height == 0:
        raise InputError("The picture has no pixels: choose another one.")
    if max(width, height) > LONGEST * min(width, height):
        raise InputError(
            f"The picture is {width} by {height} px, a line rather than a page: cut out the number."
        )


def _too_large(
    most_px: int = MAX_SOURCE_PX, kind: str = "picture", instead: str = ""
) -> InputError:
    return InputError(
        f"The {kind} has more than {most_px // 1_000_000} megapixels: "
        f"{instead}scale it down or cut out the number."
    )


def _shrink(width: int, height: int, enough_px: int) -> float:
    """The factor, at most 1, that leaves so many pixels of a picture."""
    return min(1.0, math.sqrt(enough_px / (width * height)))


def _from_array(array: NDArray[np.generic]) -> Picture:
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (1, 3, 4)):
        raise InputError(
            f"An array of shape {array.shape} is no picture: (H, W), (H, W, 3) or (H, W, 4) is."
        )
    _check_size(array.shape[1], array.shape[0])
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    if array.dtype != np.uint8:
        array = from_any_range(array)
    image = Image.fromarray(np.ascontiguousarray(array))
    return _picture(_halved(image) if _is_vast(image) else _rgb_on_white(image), image.size)


def _is_vast(image: Image.Image) -> bool:
    return image.width * image.height > MOST_WHOLE_PX


def _halved(image: Image.Image) -> NDArray[np.uint8]:
    """As `_rgb_on_white`, in half the size; one band of the picture after the other."""
    width, height = image.size
    rows = max(2, BAND_PX // width // 2 * 2)
    tops = range(0, height, rows)
    boxes = [(0, top, width, min(top + rows, height)) for top in tops]
    limits = None
    if image.mode in DEEP_MODES:
        ranges = [limits_of(np.asarray(image.crop(box))) for box in boxes]
        limits = min(low for low, _ in ranges), max(high for _, high in ranges)
    halves = [
        cv2.resize(
            _rgb_on_white(image.crop(box), limits),
            (width // 2, max(1, (box[3] - box[1]) // 2)),
            interpolation=cv2.INTER_AREA,
        )
        for box in boxes
    ]
    return np.asarray(np.concatenate(halves), np.uint8)


def _rgb_on_white(
    image: Image.Image, limits: tuple[float, float] | None = None
) -> NDArray[np.uint8]:
    """limits: the range of a deep picture that this one is a part of."""
    if image.mode in DEEP_MODES:
        image = Image.fromarray(to_uint8(np.asarray(image), limits))
    try:
        if image.has_transparency_data:
            layered = image.convert("RGBA")
            paper = Image.new("RGBA", layered.size, "white")
            image = Image.alpha_composite(paper, layered)
        return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))
    except ValueError as error:
        raise InputError(
            f"A picture of mode {image.mode} cannot be read: save it as RGB."
        ) from error


def _picture(rgb: NDArray[np.uint8], source_size_px: tuple[int, int]) -> Picture:
    """Scale down to the working size and take the luminance."""
    height, width = rgb.shape[:2]
    shrink = _shrink(width, height, MAX_WORKING_PX)
    if shrink < 1:
        # A side cannot be less than 1 px: then the other one alone has to make the area.
        size = [min(max(1, round(side * shrink)), MAX_WORKING_PX) for side in (width, height)]
        rgb = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    gray = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)
    return Picture(rgb, gray, source_size_px)
