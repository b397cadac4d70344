"""Damaged, lying and overgrown pictures. Each function gives files by name, always the same."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fuzz.seeds import encoded, good_files, written

Random = np.random.Generator
ORIENTATION = 0x0112


class BadFile(NamedTuple):
    """One file of the corpus."""

    kind: str
    name: str
    data: bytes


def truncated() -> Iterator[BadFile]:
    """Every good file cut off: in its header, early, late, and by the last byte."""
    for name, data in good_files().items():
        for length in (20, len(data) // 10, 7 * len(data) // 10, len(data) - 1):
            yield BadFile("truncated", f"{length}-of-{name}", data[:length])


def flipped(rng: Random) -> Iterator[BadFile]:
    """Bits that fell over: one, sixteen, one in a hundred bytes; a stretch of zeros."""
    for name, data in good_files().items():
        for much, count in (("one", 1), ("some", 16), ("many", max(2, len(data) // 100))):
            broken = np.frombuffer(data, np.uint8).copy()
            at = rng.integers(0, len(broken), count)
            broken[at] ^= np.uint8(1) << rng.integers(0, 8, count, np.uint8)
            yield BadFile("bits flipped", f"{much}-in-{name}", broken.tobytes())
        start = len(data) // 3
        holed = data[:start] + bytes(start) + data[2 * start :]
        yield BadFile("bits flipped", f"hole-in-{name}", holed)


def wrong_suffixes() -> Iterator[BadFile]:
    """Good files, and other things altogether, under the name of another format."""
    files = good_files()
    for name, other in zip(files, [*list(files)[7:], *list(files)[:7]], strict=True):
        suffix = other.rpartition(".")[2]
        yield BadFile("wrong suffix", f"{name}.{suffix}", files[name])
    others = {
        "empty": b"",
        "blank": b" \n" * 50,
        "zeros": bytes(5000),
        "text": b"Dear picture, how are you?\n",
        "html": b"<!doctype html><title>404</title><p>Not found",
        "json": b'{"digits": ' + b"[" * 2000,
        "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0L9 9"/>',
        "program": b"\x7fELF\x02\x01\x01" + bytes(300),
        "script": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n",
        "netpbm": b"P6 4 4 255\n" + bytes(48),
        "icon": b"\0\0\1\0\1\0\x10\x10\0\0\1\0\x20\0" + bytes(60),
        "photoshop": b"8BPS\0\1" + bytes(80),
        "jpeg2000": b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(80),
        "movie": b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(80),
    }
    for name, data in others.items():
        for suffix in ("png", "jpg", "tif"):
            yield BadFile("no picture", f"{name}.{suffix}", data)


def png(size: tuple[int, int], rows: bytes, bits: int = 1, colour: int = 0) -> bytes:
    """A PNG whose header says what it is told to, with these packed rows."""

    def chunk(name: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + check

    header = struct.pack(">IIBBBBB", *size, bits, colour, 0, 0, 0)
    parts = chunk(b"IHDR", header), chunk(b"IDAT", rows), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def lying_headers() -> Iterator[BadFile]:
    """Headers that promise another size, or more of something, than follows."""
    rows = zlib.compress(bytes(7 * 48))
    sizes = ((0, 48), (96, 0), (1, 1), (2**31 - 1, 1), (60_000, 60_000), (4_000, 12_000), (97, 49))
    for width, height in sizes:
        yield BadFile("lying header", f"says-{width}x{height}.png", png((width, height), rows))
    for bits, colour in ((16, 3), (3, 0), (8, 7), (1, 2), (16, 6)):
        name = f"says-{bits}-bits-of-{colour}.png"
        yield BadFile("lying header", name, png((96, 48), rows, bits, colour))
    files = good_files()
    # Where each format keeps width and height, and how they are written.
    places = (
        ("rgb.bmp", 18, "<ii"),
        ("still.gif", 6, "<HH"),
        ("lossy.webp", 26, "<HH"),
        ("gray.jpg", files["gray.jpg"].index(b"\xff\xc0") + 5, ">HH"),
    )
    for name, at, layout in places:
        most = 32_767 if "i" in layout else 65_535
        for size in ((0, 0), (1, most), (most, most), (7_000, 7_000), (9, 9)):
            data = bytearray(files[name])
            struct.pack_into(layout, data, at, *size)
            yield BadFile("lying header", f"says-{size[0]}x{size[1]}-{name}", bytes(data))
    upside_down = bytearray(files["rgb.bmp"])
    struct.pack_into("<ii", upside_down, 18, -96, -(2**31))
    yield BadFile("lying header", "says-below-zero.bmp", bytes(upside_down))


def overgrown() -> Iterator[BadFile]:
    """Small files that are large pictures, and large pictures that are much work."""
    sizes = (
        *((30_000, 30_000), (49_999_999, 1), (1, 49_999_999), (5_000_000, 10), (10, 5_000_000)),
        *((7_071, 7_071), (50_000_001, 1), (5_000, 1), (1, 5_000), (1, 1), (3, 2)),
    )
    for width, height in sizes:
        rows = zlib.compress(bytes(((width + 7) // 8 + 1) * height), 9)
        yield BadFile("size", f"black-{width}x{height}.png", png((width, height), rows))
    for width in (65_500, 16_383):
        flat = Image.new("L", (width, 700), 255)
        yield BadFile("size", f"wide-{width}.jpg", encoded(flat, "JPEG"))
    yield BadFile("size", "wide-16383.webp", encoded(Image.new("L", (16_383, 600)), "WEBP"))
    yield BadFile("size", "tall.gif", encoded(Image.new("L", (200, 60_000), 255), "GIF"))
    yield BadFile("size", "fax.tif", encoded(Image.new("1", (7_000, 7_000)), "TIFF"))
    for side in (900, 1_200, 1_700):
        stripes = np.arange(side) // 10 % 2 * 255
        yield _drawn(f"stripes-{side}", np.tile(stripes, (side, 1)))
        yield _drawn(f"squares-{side}", np.bitwise_xor.outer(stripes, stripes))
        yield _drawn(f"rings-{side}", _rings(side))
    noise = np.random.default_rng(1).integers(0, 2, (1_500, 2_000)) * 255
    yield _drawn("snow", noise)
    yield _drawn("comb", np.where(np.arange(3_000) % 6 < 2, 0, 255) + np.zeros((300, 1)))
    numbers = np.tile(np.asarray(written().convert("L")), (25, 20))
    yield _drawn("a-thousand-digits", numbers)


def _drawn(name: str, gray: NDArray[np.generic]) -> BadFile:
    return BadFile("much work", f"{name}.png", encoded(Image.fromarray(gray.astype("u1")), "PNG"))


def _rings(side: int) -> NDArray[np.generic]:
    across = np.arange(side) - side / 2
    far = np.hypot(*np.meshgrid(across, across))
    return np.where(far // 9 % 2, 255, 0)


def metadata(rng: Random) -> Iterator[BadFile]:
    """Broken EXIF data and colour profiles, in every format that carries them."""
    image = written()
    tags = {}
    for value in (0, 9, 65_535):
        tags[f"turn-{value}"] = _exif(3, struct.pack("<HH", value, 0))
    whole = _exif(3, struct.pack("<HH", 6, 0))
    tags |= {
        "text": _exif(2, b"six\0"),
        "fraction": _exif(5, struct.pack("<I", 26)),
        "outside": _exif(3, struct.pack("<I", 2**31), count=2**30),
        "cut-off": whole[:12],
        "no-order": b"Exif\0\0XX" + whole[8:],
        "circle": whole[:-4] + struct.pack("<I", 8),
        "noise": b"Exif\0\0" + rng.bytes(400),
        "huge": b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + rng.bytes(60_000),
    }
    profiles = {
        "empty": b"\0",
        "noise": rng.bytes(600),
        "header": struct.pack(">I", 500) + b"lcms\x02\x10\0\0mntrRGB XYZ " + bytes(108),
        "long": struct.pack(">I", 2**31 - 1) + b"lcms\x02\x10\0\0mntrCMYKLab " + rng.bytes(50_000),
    }
    for kind, suffix in (("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp"), ("TIFF", "tif")):
        for name, exif in tags.items():
            # Pillow would read such EXIF data again to write it into a TIFF.
            data = _tiff_turned(exif) if kind == "TIFF" else encoded(image, kind, exif=exif)
            yield BadFile("EXIF", f"exif-{name}.{suffix}", data)
        for name, profile in profiles.items():
            data = encoded(image, kind, icc_profile=profile)
            yield BadFile("colour profile", f"icc-{name}.{suffix}", data)


def _exif(kind: int, value: bytes, count: int = 1) -> bytes:
    """EXIF data with an orientation of some type, as it stands in a file."""
    tag = struct.pack("<HHI", ORIENTATION, kind, count) + value.ljust(4, b"\0")
    return b"Exif\0\0II*\0\x08\0\0\0\x01\0" + tag + bytes(4)


def _tiff_turned(exif: bytes) -> bytes:
    """A TIFF whose own orientation is overwritten by the first entry of such EXIF data."""
    turned = Image.Exif()
    turned[ORIENTATION] = 6
    data = bytearray(encoded(written(), "TIFF", exif=turned))
    at = bytes(data).index(struct.pack("<HHI", ORIENTATION, 3, 1))
    entry = exif[16:28]
    data[at : at + len(entry)] = entry
    return bytes(data)
