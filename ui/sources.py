"""Where pictures come from: uploaded files, the canvas to draw on, the camera, the samples."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

import streamlit as st
from PIL import Image

from digitocr import InputError
from digitocr.picture.edit import drawn, encoded, thumbnail
from ui import pages, parts
from ui.drawing import leave_canvas, show_canvas

SAMPLES = Path(__file__).parent.parent / "sample_images"
SUFFIXES = ("png", "jpg", "jpeg", "webp", "bmp", "gif", "tif", "tiff", "avif", "heic", "heif")
DOCUMENTS = ("pdf",)
LARGEST_MB = 50
PRIVACY = (
    "Pictures stay in the memory of the machine that runs this app. They are not stored or sent "
    "anywhere."
)
WELCOME_SAMPLES = 8
THUMBNAIL_PX = 300
UPLOAD, DRAW, CAMERA, SAMPLE = KINDS = ("Upload", "Draw", "Camera", "Samples")
ICONS = dict(
    zip(
        KINDS,
        (":material/upload:", ":material/draw:", ":material/photo_camera:", ":material/grid_view:"),
        strict=True,
    )
)


@dataclass(frozen=True, eq=False)
class Source:
    """One picture to read: a file, or a page of it."""

    key: str  # differs where the bytes or the page differ
    name: str
    data: bytes  # an encoded picture or document, perhaps a damaged one
    page: int = 1
    pages: int = 1  # of the whole file

    @property
    def title(self) -> str:
        """The file's name, with the page where it has several."""
        return f"{self.name}, page {self.page}" if self.pages > 1 else self.name

    @property
    def stem(self) -> str:
        """What the names of downloads begin with."""
        stem = PurePath(self.name).stem
        return f"{stem}-page-{self.page}" if self.pages > 1 else stem

    def picture(self) -> bytes | Image.Image:
        """What `read` takes. Raises InputError, in a sentence, where a page cannot be had."""
        return pages.picture(self.name, self.data, self.page)


def choose_kind(first: str = UPLOAD) -> str:
    """The row of choices at the top of the page; first: what is chosen before anybody chose."""
    st.session_state.setdefault("kind", first)
    chosen: str | None = st.segmented_control(
        "Where is the number?",
        KINDS,
        format_func=lambda kind: f"{ICONS[kind]} {kind}",
        key="kind",
        required=True,
        label_visibility="collapsed",
        width="stretch",
    )
    return chosen or first


def ask_for_files() -> None:
    """Show the uploader: files were dropped or pasted where there is none."""
    st.session_state.kind = UPLOAD


def choose(kind: str) -> list[Source]:
    """The widget of one kind of source, and the pictures chosen with it."""
    if kind != DRAW:
        leave_canvas()
    widget = {UPLOAD: _uploads, DRAW: _drawing, CAMERA: _photo, SAMPLE: _sample}[kind]
    return widget()


def _uploads() -> list[Source]:
    files = st.file_uploader(
        "Pictures and PDFs with handwritten numbers",
        type=[*SUFFIXES, *DOCUMENTS],
        accept_multiple_files=True,
        max_upload_size=LARGEST_MB,
        key="files",
        on_change=_look,
        label_visibility="collapsed",
    )
    st.caption(PRIVACY)
    return [page for file in files for page in _pages(file.file_id, file.name, file.getvalue())]


def _look() -> None:
    if st.session_state.files:
        parts.look_at_answer()


def _pages(key: str, name: str, data: bytes) -> list[Source]:
    count = pages.count(key, name, data)
    return [Source(f"{key}/{page}", name, data, page, count) for page in range(1, count + 1)]


def _drawing() -> list[Source]:
    drawing = show_canvas()
    if drawing is None:
        return []
    before, source = st.session_state.get("drawing-read", (None, None))
    if before != drawing:
        data = encoded(drawn(drawing.size_px, drawing.strokes))
        source = Source(hashlib.sha256(data).hexdigest(), "drawing.png", data)
        st.session_state["drawing-read"] = drawing, source
    return [source]


def _photo() -> list[Source]:
    photo = st.camera_input(
        "Photograph the number", key="photo", resolution="1080p", label_visibility="collapsed"
    )
    st.caption("On a phone, Upload also offers the camera, with all of its megapixels. " + PRIVACY)
    return [Source(photo.file_id, "photo.jpg", photo.getvalue())] if photo else []


def _sample() -> list[Source]:
    names = [sample["name"] for sample in samples()]
    chosen = st.session_state.get("sample")
    if not names:
        st.info(f"There are no pictures in {SAMPLES.name} yet.")
        return []
    sample_gallery(len(names), chosen)
    if chosen not in names:
        return []
    return [Source(f"sample/{chosen}", chosen, (SAMPLES / chosen).read_bytes())]


def sample_gallery(most: int = WELCOME_SAMPLES, chosen: str | None = None) -> None:
    """Thumbnails of the samples, each one click away."""
    parts.gallery(samples()[:most], chosen, key="gallery", on_pick=_pick_sample)


def _pick_sample() -> None:
    st.session_state.kind = SAMPLE
    st.session_state.sample = st.session_state.gallery["picked"]


@st.cache_data(show_spinner=False)
def samples() -> list[dict[str, str]]:
    """The sample pictures: name, title in words, thumbnail as a data URL."""
    if not SAMPLES.is_dir():
        return []
    pages = []
    titles = _sample_titles()
    for path in sorted(SAMPLES.iterdir()):
        if path.suffix[1:].lower() not in SUFFIXES:
            continue
        try:
            picture = parts.data_url(thumbnail(path.read_bytes(), THUMBNAIL_PX), "jpeg")
        except InputError:
            continue  # the folder may show what damaged files do
        title = titles.get(path.name) or path.stem.replace("_", " ")
        pages.append({"name": path.name, "title": title, "picture": picture})
    return pages


def _sample_titles() -> dict[str, str]:
    table = SAMPLES / "labels.csv"
    if not table.is_file():
        return {}
    with table.open(newline="", encoding="utf-8") as lines:
        rows: list[dict[str, Any]] = list(csv.DictReader(lines))
    return {row["file"]: row.get("conditions") or "" for row in rows}
