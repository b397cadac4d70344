"""Small good files of every format, and the broken ones that a fuzzer starts from."""

from __future__ import annotations

import io
import zipfile
from functools import cache

import cv2
import numpy as np
import pillow_heif
from PIL import Image

SIZE = (96, 48)  # px, width and height; small, for every byte of it is damaged in turn
NUMBER = "405"


def written(size: tuple[int, int] = SIZE) -> Image.Image:
    """A number in dark ink on light paper, RGB, with enough noise that nothing packs to nothing."""
    width, height = size
    paper = np.full((height, width, 3), (238, 240, 244), np.uint8)
    cv2.putText(paper, NUMBER, (8, height - 12), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (60, 30, 20), 3)
    grain = np.random.default_rng(0).integers(0, 8, paper.shape, np.uint8)
    return Image.fromarray(cv2.subtract(paper, grain))


def encoded(image: Image.Image, kind: str, *more: Image.Image, **options: object) -> bytes:
    """A file of one of Pillow's formats, with more frames or pages where there are any."""
    pillow_heif.register_heif_opener()
    if more:
        options |= {"save_all": True, "append_images": [one.copy() for one in more]}
    file = io.BytesIO()
    image.copy().save(file, kind, **options)  # an image remembers how it was saved before
    return file.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    """An archive of files, always the same for the same files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return file.getvalue()


@cache
def good_files() -> dict[str, bytes]:
    """One small file of each kind that can be read, by name; the suffix is the right one."""
    rgb = written()
    gray = rgb.convert("L")
    alpha = rgb.convert("RGBA")
    alpha.putalpha(gray.point(lambda value: 255 - value))
    deep = Image.fromarray(np.asarray(gray).astype(np.uint16) * 257)
    turned = Image.Exif()
    turned[0x0112] = 6
    frames = [rgb, rgb.transpose(Image.Transpose.ROTATE_180), rgb]
    clear = rgb.convert("P")
    clear.info["transparency"] = 0
    # Without a date of its own a PDF carries the time at which it was made.
    undated = {"creationDate": None, "modDate": None, "resolution": 72.0}
    files = {
        "gray.png": encoded(gray, "PNG"),
        "rgb.png": encoded(rgb, "PNG", exif=turned),
        "alpha.png": encoded(alpha, "PNG"),
        "gray-alpha.png": encoded(alpha.convert("LA"), "PNG"),
        "palette.png": encoded(clear, "PNG"),
        "one-bit.png": encoded(rgb.convert("1"), "PNG"),
        "deep.png": encoded(deep, "PNG"),
        "animated.png": encoded(rgb, "PNG", *frames[1:]),
        "rgb.jpg": encoded(rgb, "JPEG", exif=turned),
        "gray.jpg": encoded(gray, "JPEG"),
        "cmyk.jpg": encoded(rgb.convert("CMYK"), "JPEG"),
        "progressive.jpg": encoded(rgb, "JPEG", progressive=True, subsampling=2),
        "several.jpg": encoded(rgb, "MPO", *frames[1:]),
        "lossy.webp": encoded(rgb, "WEBP"),
        "lossless.webp": encoded(alpha, "WEBP", lossless=True, exif=turned),
        "animated.webp": encoded(rgb, "WEBP", *frames[1:]),
        "still.gif": encoded(rgb, "GIF"),
        "animated.gif": encoded(rgb, "GIF", *frames[1:]),
        "rgb.bmp": encoded(rgb, "BMP"),
        "one-bit.bmp": encoded(rgb.convert("1"), "BMP"),
        "palette.bmp": encoded(rgb.convert("P"), "BMP"),
        "rgb.avif": encoded(rgb, "AVIF"),
        "rgb.heic": encoded(rgb, "HEIF"),
        "rgb.tif": encoded(rgb, "TIFF"),
        "fax.tif": encoded(rgb.convert("1"), "TIFF", compression="group4"),
        "lzw.tif": encoded(gray, "TIFF", compression="tiff_lzw"),
        "jpeg.tif": encoded(rgb, "TIFF", compression="jpeg"),
        "deep.tif": encoded(deep, "TIFF", compression="tiff_adobe_deflate"),
        "float.tif": encoded(Image.fromarray(np.asarray(gray, np.float32) / 255), "TIFF"),
        "cmyk.tif": encoded(rgb.convert("CMYK"), "TIFF", compression="packbits"),
        "pages.tif": encoded(rgb, "TIFF", *frames[1:]),
        "page.pdf": encoded(rgb, "PDF", **undated),
        "pages.pdf": encoded(rgb, "PDF", *frames[1:], **undated),
    }
    return files | {"pictures.zip": zipped(files)}


def seeds() -> dict[str, bytes]:
    """What a fuzzer of pictures starts from: the good files, whole and cut off in the middle."""
    found: dict[str, bytes] = {"empty": b"", "text": b"Dear reader,\n", "zeros": bytes(64)}
    for name, data in good_files().items():
        found[name] = data
        found[f"half-{name}"] = data[: len(data) // 2]
    return found
