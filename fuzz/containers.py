"""Broken TIFFs, PDFs and archives, and files with names that nobody expects."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator

from fuzz.damages import BadFile
from fuzz.seeds import good_files, zipped

Entry = tuple[int, int, int, int]  # tag, type, count, value
SHORT, LONG = 3, 4
# A grey picture of 4 by 4 px, uncompressed, in one strip that follows the first directory.
PLAIN: tuple[Entry, ...] = (
    *((256, LONG, 1, 4), (257, LONG, 1, 4), (258, SHORT, 1, 8), (259, SHORT, 1, 1)),
    *((262, SHORT, 1, 1), (273, LONG, 1, 8), (277, SHORT, 1, 1), (278, LONG, 1, 4)),
    (279, LONG, 1, 16),
)


def tiffs() -> Iterator[BadFile]:
    """TIFFs whose directory lies."""

    def changed(name: str, *entries: Entry, after: int = 0) -> BadFile:
        directory = {entry[0]: entry for entry in (*PLAIN, *entries)}
        return BadFile("TIFF", f"{name}.tif", _tiff(sorted(directory.values()), after))

    for value in (0, 1, 2**31 - 1, 2**32 - 1):
        yield changed(f"width-{value}", (256, LONG, 1, value))
        yield changed(f"both-{value}", (256, LONG, 1, value), (257, LONG, 1, value))
        yield changed(f"strip-at-{value}", (273, LONG, 1, value))
        yield changed(f"strip-of-{value}", (279, LONG, 1, value))
        yield changed(f"rows-{value}", (278, LONG, 1, value))
    for bits in (0, 7, 12, 64, 255):
        yield changed(f"bits-{bits}", (258, SHORT, 1, bits))
    for samples in (0, 2, 5, 65_535):
        yield changed(f"samples-{samples}", (277, SHORT, 1, samples))
    for packing in (2, 5, 6, 7, 8, 34_925, 50_000, 65_535):
        yield changed(f"packing-{packing}", (259, SHORT, 1, packing))
    yield changed("circle", after=24)
    yield changed("next-outside", after=2**31)
    yield changed("many-strips", (273, LONG, 2**30, 8), (279, LONG, 2**30, 8))
    yield changed("tiles-of-nothing", (322, LONG, 1, 0), (323, LONG, 1, 0), (324, LONG, 1, 8))
    yield changed("float-of-8-bits", (339, SHORT, 1, 3))
    yield changed("turned-to-9", (274, SHORT, 1, 9))
    yield changed("resolution-nowhere", (282, 5, 1, 2**31))
    yield changed("palette-nowhere", (262, SHORT, 1, 3), (320, SHORT, 768, 2**31))
    yield BadFile("TIFF", "no-entries.tif", b"II*\0\x08\0\0\0\0\0\0\0\0\0")
    yield BadFile("TIFF", "directory-nowhere.tif", b"II*\0\xff\xff\xff\x7f")
    yield BadFile("TIFF", "big.tif", b"II+\0\x08\0\0\0" + struct.pack("<Q", 2**63 - 1))
    pages = good_files()["pages.tif"]
    yield BadFile("TIFF", "second-page-lost.tif", pages[: 2 * len(pages) // 3])


def _tiff(entries: list[Entry], after: int) -> bytes:
    """Little-endian: the strip at 8, the directory at 24, then the address of the next one."""
    packed = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    count = struct.pack("<H", len(entries))
    return b"II*\0" + struct.pack("<I", 24) + bytes(range(16)) + count + packed + _long(after)


def _long(value: int) -> bytes:
    return struct.pack("<I", value)


def pdfs() -> Iterator[BadFile]:
    """PDFs with a broken skeleton: no way in, circles, pages of impossible sizes."""

    def pdf(name: str, *objects: str, trailer: str = "/Root 1 0 R") -> BadFile:
        body = "".join(f"{n} 0 obj\n{one}\nendobj\n" for n, one in enumerate(objects, 1))
        text = f"%PDF-1.7\n{body}trailer\n<< {trailer} /Size {len(objects) + 1} >>\n%%EOF\n"
        return BadFile("PDF", f"{name}.pdf", text.encode("latin-1"))

    root = "<< /Type /Catalog /Pages 2 0 R >>"
    one = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    for number, box in enumerate(
        ("0 0 0 0", "0 0 1 1", "0 0 99999 99999", "0 0 1e30 1e30", "9 9 0 0", "0 0 -5 -5", "a b")
    ):
        sheet = f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] >>"
        yield pdf(f"box-{number}", root, one, sheet)
    sheet = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Contents 4 0 R >>"
    yield pdf("no-pages", root, "<< /Type /Pages /Kids [] /Count 0 >>")
    yield pdf("pages-below-zero", root, "<< /Type /Pages /Kids [] /Count -1 >>")
    yield pdf("a-billion-pages", root, "<< /Type /Pages /Kids [3 0 R] /Count 1000000000 >>", sheet)
    yield pdf("circle", root, "<< /Type /Pages /Kids [2 0 R] /Count 1 >>")
    yield pdf("no-root", root, one, sheet, trailer="/Root 9 0 R")
    yield pdf("stream-without-end", root, one, sheet, "<< /Length 99999 >>\nstream\n0 0 m\n")
    yield pdf("deep", root, one, sheet, "[" * 20_000 + "]" * 20_000)
    locked = "/Root 1 0 R /Encrypt << /Filter /Standard /V 2 /R 3 /O (x) /U (y) /P -4 >>"
    yield pdf("locked", root, one, sheet, trailer=locked)
    yield BadFile("PDF", "head.pdf", b"%PDF-1.7\n")
    yield BadFile("PDF", "page.pdf.png", good_files()["page.pdf"])
    yield BadFile("PDF", "after-rubbish.pdf", b"\n" * 3_000 + good_files()["page.pdf"])


def archives() -> Iterator[BadFile]:
    """Archives that lie, are locked, unpack to too much, or hold what no archive should."""
    picture = good_files()["gray.png"]
    whole = zipped({"a.png": picture, "b.png": picture})
    central = whole.index(b"PK\x01\x02")

    def zipped_one(name: str, **members: bytes) -> BadFile:
        return BadFile("archive", f"{name}.zip", zipped(members))

    def patched(name: str, at: int, layout: str, value: int) -> BadFile:
        data = bytearray(whole)
        struct.pack_into(layout, data, at, value)
        return BadFile("archive", f"{name}.zip", bytes(data))

    yield BadFile("archive", "empty.zip", b"PK\x05\x06" + bytes(18))
    yield BadFile("archive", "no-directory.zip", whole[:central])
    yield BadFile("archive", "after-rubbish.zip", b"#!/bin/sh\n" * 50 + whole)
    yield BadFile("archive", "7z.zip", b"7z\xbc\xaf\x27\x1c\0\4" + bytes(80))
    for at, where in ((6, "here"), (central + 8, "directory")):
        yield patched(f"locked-in-{where}", at, "<H", 1)
    for packing in (1, 6, 9, 12, 14, 93, 99):
        yield patched(f"packing-{packing}", central + 10, "<H", packing)
    yield patched("wrong-check", central + 16, "<I", 12_345)
    yield patched("lies-about-size", central + 24, "<I", 2**31)
    yield patched("member-nowhere", central + 42, "<I", 2**31)
    yield zipped_one("bomb", **{"a.png": bytes(250_000_000)})
    yield zipped_one("zip-in-zip", **{"inner.zip": whole})
    yield zipped_one("zip-in-zip-in-zip", **{"inner.zip": zipped({"deep.zip": whole})})
    yield zipped_one("folders", **{"a/b/c/d.png": picture, "a/b/": b"", "e.png/": b""})
    yield zipped_one("climbing", **{"../a.png": picture, "/etc/b.png": picture})
    yield zipped_one("windows", **{"..\\a.png": picture, "C:\\b.png": picture})
    yield zipped_one("hidden", **{".a.png": picture, "__MACOSX/._b.png": b"x"})
    yield zipped_one("bad-members", **{"a.png": b"", "b.pdf": b"%PDF", "c.tif": b"II*\0"})
    yield zipped_one("signs", **{"=1+1.png": picture, "\x1b[31m.png": picture, "a\nb.png": picture})
    yield zipped_one("long", **{f"{'n' * 60_000}.png": picture})
    yield BadFile("archive", "one-name-twice.zip", _twice("a.png", picture))
    yield BadFile("archive", "tar.zip", b"a.png".ljust(257, b"\0") + b"ustar\x0000" + bytes(600))


def _twice(name: str, data: bytes) -> bytes:
    """An archive with two members of one name; `zipfile` warns of it, so the second is renamed."""
    other = name.replace("a", "b")
    return zipped({name: data, other: data}).replace(other.encode(), name.encode())


def odd_names() -> Iterator[BadFile]:
    """Good pictures whose names are formulas, options, escapes, or no text at all."""
    picture = good_files()["gray.png"]
    names = (
        *("=1+1", "+1", "-1", "@a", "\ta", "--help", "-", "a,b;c", 'a"b', "a'b", "a\\b"),
        *("a\nb", "a\rb", "a b ", " a", "a\x1b[31mb", "a\x1b]0;x\x07b", "a\x7fb", "a\u202eb"),
        *("%s%n", "{0}", "$(id)", "`id`", "a|b", "<b>a", "*", "[a]", "~", "CON", "a..", "..a"),
        *("größe", "数字", "\U0001f58a", "e\u0301", "n" * 251, "a!", "a.tif", "a.zip"),
    )
    for name in names:
        yield BadFile("odd name", f"{name}.png", picture)
    for raw in (b"\xff\xfe.png", b"a\xc3.png", b"\xed\xa0\x80.png"):
        yield BadFile("odd name", os.fsdecode(raw), picture)
    yield BadFile("odd name", ".png", picture)
    yield BadFile("odd name", "PICTURE.PNG", picture)
    yield BadFile("odd name", "a.png.", picture)
