"""Labelled pictures that were uploaded: files and archives with a table among them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from drawings import written
from PIL import Image

from digitocr import InputError
from digitocr.teach.uploaded_pictures import Labelled, uploaded_pictures

DPI = 100


def png(text: str = "1") -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(written(text)).save(buffer, "PNG")
    return buffer.getvalue()


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def uploaded(folder: Path, **files: bytes) -> list[Labelled]:
    """As uploads are: each can be opened at a place that has nothing of its name but the end."""
    places = {}
    for number, (name, data) in enumerate(files.items()):
        place = folder / f"{number}{Path(name).suffix.lower()}"
        place.write_bytes(data)
        places[str(place)] = name
    return uploaded_pictures(places)


A, B = png("1"), png("2")


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(
            {"labels.csv": b"file,label\na.png,1\nb.png,2\n", "a.png": A, "b.png": B}, id="files"
        ),
        pytest.param(
            {"Labels.CSV": b"\xef\xbb\xbffile;label\na.png;1\nb.png;2\n", "a.png": A, "b.png": B},
            id="as a spreadsheet writes it",
        ),
        pytest.param(
            {
                "set.zip": zipped(
                    **{"labels.csv": b"file,label\na.png,1\nb.png,2\n", "a.png": A, "b.png": B}
                )
            },
            id="an archive",
        ),
        pytest.param(
            {
                "set.zip": zipped(
                    **{
                        "set/labels.csv": b"file,label\npictures/a.png,1\npictures\\b.png,2\n",
                        "set/pictures/a.png": A,
                        "set/pictures/b.png": B,
                        "set/notes.csv": b"note\n1\n",
                        "other/a.png": B,
                    }
                )
            },
            id="folders in an archive",
        ),
        pytest.param(
            {
                "labels.csv": b"file,label\nbox/a.png,1\nbox/b.png,2\n",
                "box.zip": zipped(**{"a.png": A, "b.png": B}),
            },
            id="the pictures in an archive, the table beside it",
        ),
        pytest.param(
            {"truth.csv": b"file,label\nscans/a.png,1\nscans/b.png,2\n", "a.png": A, "b.png": B},
            id="names of a folder that uploads do not have, in the only table",
        ),
    ],
)
def test_every_row_finds_its_picture(files: dict[str, bytes], tmp_path: Path) -> None:
    rows = uploaded(tmp_path, **files)
    assert [row.label for row in rows] == ["1", "2"]
    assert [row.picture(DPI) for row in rows] == [A, B]


def test_pages_are_told_apart(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    first, second = Image.fromarray(written("1")), Image.fromarray(written("22"))
    first.save(buffer, "TIFF", save_all=True, append_images=[second])
    table = b"file,label,page\na.tif,1,1\na.tif,22,2\na.tif,3,none\n"
    one, two, none = uploaded(tmp_path, **{"labels.csv": table, "a.tif": buffer.getvalue()})
    sizes = [getattr(row.picture(DPI), "size", None) for row in (one, two)]
    assert sizes == [first.size, second.size]
    assert (one.name, two.name, none.name) == ("a.tif", "a.tif page 2", "a.tif")
    with pytest.raises(InputError, match="no page none"):
        none.picture(DPI)


@pytest.mark.parametrize("name", ["c.png", "{outside}", "../{outside}", "labels.csv", "twice.png"])
def test_nothing_but_the_uploads_is_opened(name: str, tmp_path: Path) -> None:
    outside = tmp_path / "secret.png"
    outside.write_bytes(B)
    told = name.format(outside=outside)
    archive = zipped(**{"x/twice.png": A, "y/twice.png": B})
    table = f"file,label\n{told},1\n".encode()
    (row,) = uploaded(tmp_path, **{"labels.csv": table, "a.png": A, "two.zip": archive})
    with pytest.raises(InputError, match=r"no such file among the uploads.*\.$"):
        row.picture(DPI)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        pytest.param({"a.png": A}, "There is no table", id="no table"),
        pytest.param(
            {"x.csv": b"file,label\n", "y.csv": b"file,label\n"},
            "There are 2 tables",
            id="two tables",
        ),
        pytest.param(
            {"labels.csv": b"name,number\na.png,1\n"}, "needs the columns", id="other columns"
        ),
        pytest.param({"labels.csv": b"file,label\n"}, "needs the columns", id="no rows"),
        pytest.param({"labels.csv": b"\xff\xfe"}, "save it as CSV in UTF-8", id="no text"),
        pytest.param({"set.zip": b"PK nothing"}, "is damaged", id="a damaged archive"),
    ],
)
def test_what_holds_no_labels_is_told_in_a_sentence(
    files: dict[str, bytes], words: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=words) as told:
        uploaded(tmp_path, **files)
    assert str(told.value).endswith(".")
