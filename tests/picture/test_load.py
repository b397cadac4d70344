"""What comes through the door is an upright picture on white; all else is refused in a sentence."""

from __future__ import annotations

import io
import os
import struct
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from PIL import Image

from digitocr.picture.load import MAX_WORKING_PX, load
from digitocr.types import InputError, Picture

# Ink in the upper left quarter of a picture that is wider than high.
CORNER = np.full((40, 60, 3), 255, np.uint8)
CORNER[4:16, 6:24] = 0


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def dark_corner(picture: Picture) -> tuple[str, str]:
    """The quarter of the picture that holds the ink."""
    down, across = (axis.mean() for axis in np.nonzero(picture.gray < 128))
    height, width = picture.gray.shape
    return "top" if down < height / 2 else "bottom", "left" if across < width / 2 else "right"


def assert_sentence(error: BaseException) -> None:
    text = str(error)
    assert text[0].isupper()
    assert text.endswith(".")
    assert "\n" not in text
    assert "Traceback" not in text


def refusal(source: object) -> str:
    with pytest.raises(InputError) as caught:
        load(source)  # type: ignore[arg-type]
    assert_sentence(caught.value)
    return str(caught.value)


def test_empty_file_is_refused() -> None:
    assert "empty" in refusal(b"")


@pytest.mark.parametrize("shape", [(0, 0), (0, 5), (5, 0, 3)])
def test_array_without_pixels_is_refused(shape: tuple[int, ...]) -> None:
    assert "no pixels" in refusal(np.zeros(shape, np.uint8))


def test_one_pixel() -> None:
    picture = load(np.array([[7]], np.uint8))
    assert picture.gray.tolist() == [[7]]
    assert picture.source_size_px == (1, 1)
    assert load(encoded(Image.new("L", (1, 1), 7), "PNG")).gray.tolist() == [[7]]


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        pytest.param("PNG", {}, id="png"),
        pytest.param("JPEG", {"quality": 95}, id="jpeg"),
        pytest.param("WEBP", {"lossless": True}, id="webp"),
        pytest.param("BMP", {}, id="bmp"),
        pytest.param("GIF", {}, id="gif"),
        pytest.param("TIFF", {"compression": "tiff_lzw"}, id="tiff"),
        pytest.param("AVIF", {"quality": 95}, id="avif"),
        pytest.param("HEIF", {"quality": 95}, id="heic"),
    ],
)
def test_formats(kind: str, options: dict[str, object], tmp_path: Path) -> None:
    if kind == "HEIF":
        pytest.importorskip("pillow_heif").register_heif_opener()
    data = encoded(Image.fromarray(CORNER), kind, **options)
    file = tmp_path / "name without a suffix"
    file.write_bytes(data)
    for source in (data, file, str(file)):
        picture = load(source)
        assert picture.source_size_px == (60, 40)
        assert picture.rgb.shape == (40, 60, 3)
        assert np.abs(picture.gray.astype(int) - CORNER[..., 0]).max() < 40


def test_heic_is_opened_by_load_itself(tmp_path: Path) -> None:
    heif = pytest.importorskip("pillow_heif")
    data = io.BytesIO()
    heif.from_pillow(Image.fromarray(CORNER)).save(data, quality=90)
    registered = Image.OPEN.pop("HEIF", None)
    try:
        assert load(data.getvalue()).source_size_px == (60, 40)
    finally:
        if registered:
            Image.OPEN["HEIF"] = registered


@pytest.mark.parametrize("kind", ["GIF", "TIFF"])
def test_first_page_of_several(kind: str) -> None:
    first, second = Image.fromarray(CORNER), Image.new("RGB", (60, 40), "black")
    picture = load(encoded(first, kind, save_all=True, append_images=[second]))
    assert dark_corner(picture) == ("top", "left")
    assert picture.gray.max() == 255


@pytest.mark.parametrize(
    ("orientation", "size", "corner"),
    [
        pytest.param(1, (60, 40), ("top", "left"), id="upright"),
        pytest.param(2, (60, 40), ("top", "right"), id="mirrored"),
        pytest.param(3, (60, 40), ("bottom", "right"), id="upside down"),
        pytest.param(4, (60, 40), ("bottom", "left"), id="upside down, mirrored"),
        pytest.param(5, (40, 60), ("top", "left"), id="transposed"),
        pytest.param(6, (40, 60), ("top", "right"), id="turn clockwise"),
        pytest.param(7, (40, 60), ("bottom", "right"), id="transverse"),
        pytest.param(8, (40, 60), ("bottom", "left"), id="turn counter-clockwise"),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_exif_turns(
    kind: str, orientation: int, size: tuple[int, int], corner: tuple[str, str]
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = load(encoded(Image.fromarray(CORNER), kind, exif=exif))
    assert picture.source_size_px == size
    assert picture.gray.shape == (size[1], size[0])
    assert dark_corner(picture) == corner


def test_exif_turn_of_a_large_photo_keeps_the_source_size() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = Image.new("RGB", (4000, 3000), "white")
    photo.paste((0, 0, 0), (200, 200, 1000, 700))
    picture = load(encoded(photo, "JPEG", exif=exif))
    assert picture.source_size_px == (3000, 4000)
    assert picture.gray.size <= 1.01 * MAX_WORKING_PX
    assert dark_corner(picture) == ("top", "right")
    height, width = picture.gray.shape
    assert picture.source_px_per_px == pytest.approx((3000 / width, 4000 / height))


def with_alpha(mode: str) -> Image.Image:
    alpha = Image.fromarray(np.where(CORNER[..., 0] == 0, 255, 0).astype(np.uint8))
    image = Image.new(mode, (60, 40), 0)
    image.putalpha(alpha)
    return image


def palette_with_transparency() -> Image.Image:
    image = Image.fromarray(np.where(CORNER[..., 0] == 0, 1, 0).astype(np.uint8), "L").copy()
    indexed = Image.new("P", image.size)
    indexed.putpalette([0, 0, 0, 0, 0, 0])  # index 0 is black as well, but transparent
    indexed.putdata(list(image.tobytes()))
    indexed.info["transparency"] = 0
    return indexed


@pytest.mark.parametrize(
    "image",
    [
        pytest.param(with_alpha("RGBA"), id="RGBA"),
        pytest.param(with_alpha("LA"), id="LA"),
        pytest.param(palette_with_transparency(), id="palette"),
    ],
)
def test_black_ink_on_transparency_lies_on_white(image: Image.Image) -> None:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", **({"transparency": 0} if image.mode == "P" else {}))
    picture = load(buffer.getvalue())
    assert np.array_equal(picture.gray, CORNER[..., 0])


def test_palette_gives_colours_not_indices() -> None:
    image = Image.fromarray(CORNER).convert("P", palette=Image.Palette.ADAPTIVE)
    assert np.array_equal(load(encoded(image, "PNG")).gray, CORNER[..., 0])


def test_cmyk_jpeg() -> None:
    image = Image.fromarray(CORNER).convert("CMYK")
    picture = load(encoded(image, "JPEG", quality=95))
    assert np.abs(picture.gray.astype(int) - CORNER[..., 0]).max() < 40


FAINT = np.where(CORNER[..., 0] == 0, 0, 300).astype(np.uint16)  # of 65,535


@pytest.mark.parametrize(
    ("image", "kind"),
    [
        pytest.param(Image.fromarray(FAINT), "PNG", id="16-bit png"),
        pytest.param(Image.fromarray(FAINT), "TIFF", id="16-bit tiff"),
        pytest.param(
            Image.frombytes("I;16B", (60, 40), FAINT.astype(">u2").tobytes()),
            "TIFF",
            id="big-endian tiff",
        ),
        pytest.param(Image.fromarray(FAINT.astype(np.int32)), "TIFF", id="32-bit tiff"),
        pytest.param(Image.fromarray((FAINT / 300).astype(np.float32)), "TIFF", id="float tiff"),
    ],
)
def test_deep_pictures_keep_faint_ink(image: Image.Image, kind: str) -> None:
    picture = load(encoded(image, kind))
    assert np.array_equal(picture.gray, CORNER[..., 0])


@pytest.mark.parametrize(
    "array",
    [
        pytest.param(CORNER[..., 0], id="gray"),
        pytest.param(CORNER[..., :1], id="gray with an axis"),
        pytest.param(CORNER, id="rgb"),
        pytest.param(np.dstack([CORNER, np.full((40, 60), 255, np.uint8)]), id="rgba"),
        pytest.param(CORNER[..., 0] > 0, id="bool"),
        pytest.param(CORNER[..., 0] / 255, id="float 0..1"),
        pytest.param(CORNER[..., 0].astype(np.uint16) * 257, id="uint16"),
        pytest.param(CORNER[..., 0].astype(np.int64) - 10**12, id="below zero"),
        pytest.param(CORNER[:, ::-1][:, ::-1], id="strided"),
        pytest.param(np.asfortranarray(CORNER), id="column order"),
        pytest.param(np.where(CORNER[..., 0] > 0, np.inf, [[0.0]]), id="infinite paper"),
    ],
)
def test_arrays(array: np.ndarray) -> None:
    picture = load(array)
    if np.isinf(array.astype(float)).any():
        assert picture.gray.shape == (40, 60)  # one finite value: there is nothing to compare
        return
    assert np.array_equal(picture.gray, CORNER[..., 0])


def test_numbers_that_are_none_do_not_hide_the_ink() -> None:
    array = CORNER[..., 0] / 255
    array[30, 30], array[31, 31], array[32, 32] = np.nan, np.inf, -np.inf
    gray = load(array).gray
    assert (gray[4:16, 6:24] == 0).all()
    assert gray[0, 0] == 255


def test_transparent_deep_array_lies_on_white() -> None:
    array = np.zeros((4, 4, 4), np.uint16)
    array[1, 1, 3] = 65535
    array[0, 0, 0] = 9  # colour has a range
    gray = load(array).gray
    assert gray[1, 1] == 0
    assert gray[3, 3] == 255


def test_luminance_not_a_channel() -> None:
    sheet = np.zeros((1, 3, 3), np.uint8)
    sheet[0, 0, 0] = sheet[0, 1, 1] = sheet[0, 2, 2] = 255
    red, green, blue = load(sheet).gray[0].tolist()
    assert blue < red < green


@pytest.mark.parametrize(
    "array",
    [
        pytest.param(np.array(5), id="a number"),
        pytest.param(np.zeros(9, np.uint8), id="a row"),
        pytest.param(np.zeros((4, 4, 2), np.uint8), id="two channels"),
        pytest.param(np.zeros((4, 4, 5), np.uint8), id="five channels"),
        pytest.param(np.zeros((2, 4, 4, 3), np.uint8), id="a stack"),
        pytest.param(np.zeros((4, 4), complex), id="complex"),
        pytest.param(np.zeros((4, 4), object), id="objects"),
        pytest.param(np.array([["a"]]), id="text"),
        pytest.param(np.zeros((4, 4), "datetime64[D]"), id="dates"),
    ],
)
def test_arrays_that_are_no_pictures(array: np.ndarray) -> None:
    assert "no picture" in refusal(array)


def test_load_leaves_its_source_as_it_was() -> None:
    array = np.where(CORNER[..., 0] == 0, np.nan, 1.0)
    image = Image.fromarray(CORNER)
    before = array.copy(), image.tobytes()
    load(array)
    load(image)
    assert np.array_equal(array, before[0], equal_nan=True)
    assert image.tobytes() == before[1]


def test_large_picture_is_scaled_down_once() -> None:
    sheet = np.full((2400, 5000), 255, np.uint8)
    sheet[600:1200, 1000:2000] = 0
    picture = load(sheet)
    assert picture.source_size_px == (5000, 2400)
    assert picture.gray.size == pytest.approx(MAX_WORKING_PX, rel=0.01)
    rows, columns = np.nonzero(picture.gray < 128)
    scale = picture.source_px_per_px[0]
    assert rows.min() * scale == pytest.approx(600, abs=scale)
    assert columns.max() * scale == pytest.approx(2000, abs=2 * scale)


def test_picture_of_the_working_size_is_not_touched() -> None:
    sheet = np.random.default_rng(0).integers(0, 256, (1500, 2000), np.uint8)
    assert np.array_equal(load(sheet).gray, sheet)


def bomb(side_px: int) -> bytes:
    """A one-bit PNG of side_px squared, a few kilobytes long."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    packer = zlib.compressobj(9)
    row = bytes(side_px // 8 + 1 + 1)
    body = b"".join(packer.compress(row * 100) for _ in range(side_px // 100)) + packer.flush()
    header = struct.pack(">IIBBBBB", side_px, side_px, 1, 0, 0, 0, 0)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            chunk(b"IDAT", body),
            chunk(b"IEND", b""),
        ]
    )


@pytest.mark.parametrize("side_px", [7_100, 10_000, 30_000])
def test_bomb_is_refused_without_decoding(side_px: int) -> None:
    data = bomb(side_px)
    assert len(data) < 200_000
    tracemalloc.start()
    assert "megapixels" in refusal(data)
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_huge_array_is_refused() -> None:
    assert "megapixels" in refusal(np.broadcast_to(np.uint8(0), (10_000, 6_000)))
    assert "megapixels" in refusal(Image.new("1", (10_000, 6_000)))


def test_a_webp_has_a_bound_of_its_own() -> None:
    """Pillow's decoder holds 16 bytes for each pixel."""
    file = io.BytesIO()
    Image.new("RGB", (5_100, 4_000), "white").save(file, "WEBP", quality=1, method=0)
    assert "WebP picture has more than 20 megapixels: save it as JPEG" in refusal(file.getvalue())


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "AVIF"])
def test_truncated_files_are_refused(kind: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)
    data = encoded(Image.fromarray(noise), kind)
    for length in (1, 4, 12, 20, len(data) // 4, len(data) // 2, 3 * len(data) // 4):
        refusal(data[:length])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"Dear picture, ...\n", id="text called .png"),
        pytest.param(b"%PDF-1.7\n%\xe2\xe3", id="pdf"),
        pytest.param(b"\x89PNG\r\n\x1a\n", id="png signature"),
        pytest.param(b"\xff\xd8\xff\xe0", id="jpeg signature"),
        pytest.param(b"\0\0\0\x18ftypheic" + bytes(40), id="heic signature"),
        pytest.param(b"II*\0\x08\0\0\0\x01\0", id="tiff signature"),
        pytest.param(bytes(1000), id="zeros"),
    ],
)
def test_no_picture(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(data)
    assert refusal(data) == refusal(file)


def test_paths_that_cannot_be_read(tmp_path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "nothing.png")
    assert "folder" in refusal(tmp_path)
    assert "no such file" in refusal("a\0b.png")
    refusal("long" * 2000)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_file_without_permission(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(encoded(Image.fromarray(CORNER), "PNG"))
    file.chmod(0)
    assert "cannot be opened" in refusal(file)


def test_permission_error_becomes_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", denied)
    assert "Permission denied" in refusal("a.png")


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "HSV"])
def test_pillow_images(mode: str) -> None:
    image = Image.fromarray(CORNER)
    image = image.convert(mode) if mode != "LAB" else Image.new("LAB", (60, 40))
    assert load(image).gray.shape == (40, 60)
    assert image.mode == mode


@pytest.mark.parametrize("mode", ["I", "F", "I;16", "I;16B", "LA", "PA", "La", "RGBa", "RGBX"])
def test_unusual_pillow_images_load_or_are_refused(mode: str) -> None:
    load_or_refuse(Image.new(mode, (5, 4)))


def load_or_refuse(source: object) -> None:
    try:
        picture = load(source)  # type: ignore[arg-type]
    except InputError as error:
        assert_sentence(error)
        return
    assert picture.rgb.dtype == picture.gray.dtype == np.uint8
    assert picture.rgb.shape == (*picture.gray.shape, 3)
    assert min(picture.gray.shape) >= 1


MAGIC = [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"BM", b"II*\0", b"RIFF"]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(MAGIC), st.binary(max_size=300))
def test_random_bytes(magic: bytes, data: bytes) -> None:
    load_or_refuse(magic + data)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_pictures_with_damaged_bytes(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["PNG", "JPEG", "GIF", "TIFF", "BMP", "WEBP"]))
    good = bytearray(encoded(Image.fromarray(CORNER[:12, :16]), kind))
    for _ in range(data.draw(st.integers(1, 6))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    load_or_refuse(bytes(good))


DTYPES = st.one_of(
    npst.boolean_dtypes(),
    npst.integer_dtypes(endianness="?"),
    npst.unsigned_integer_dtypes(endianness="?"),
    npst.floating_dtypes(endianness="?", sizes=(16, 32, 64)),
    npst.complex_number_dtypes(sizes=(64,)),
)


@pytest.mark.filterwarnings("error")
@settings(max_examples=200, deadline=None)
@given(st.data())
def test_random_arrays(data: st.DataObject) -> None:
    shape = data.draw(npst.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=6))
    load_or_refuse(data.draw(npst.arrays(data.draw(DTYPES), shape)))


@settings(max_examples=100, deadline=None)
@given(npst.arrays(np.float64, (3, 3), elements=st.floats(-1e6, 1e6, width=32)))
def test_order_of_brightness_is_kept(array: np.ndarray) -> None:
    gray = load(array).gray
    if array.max() == array.min():
        assert (gray == 255).all()
        return
    order = np.argsort(array, axis=None)
    assert (np.diff(gray.ravel()[order].astype(int)) >= 0).all()
    assert (gray.min(), gray.max()) == (0, 255)
