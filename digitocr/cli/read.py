"""What `digitocr read` does: files, and the pages in them -> answers, one by one."""

from __future__ import annotations

import io
import itertools
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from digitocr.cli.printing import PageAnswer
from digitocr.output.safe import told
from digitocr.output.whole import written_whole
from digitocr.settings import Settings
from digitocr.types import InputError

if TYPE_CHECKING:
    from digitocr.picture.load import Readable
    from digitocr.reading import Reading

STDIN = "-"
PROGRESS_FROM = 4  # pages; fewer are read before a bar could be looked at


class _Page(NamedTuple):
    name: str
    number: int  # 0 where the file has no other
    source: Callable[[], Readable]


class Answers:
    """Reads files one after the other; remembers whether some could not be read."""

    def __init__(
        self,
        files: Sequence[str],
        settings: Settings,
        model: str | None,
        dpi: int,
        stages: Path | None,
    ) -> None:
        """stages: the folder for pictures of every stage; dpi: how finely a PDF is drawn."""
        self.settings, self.model, self.stages = settings, model, stages
        self.failed = False
        self._pages = [page for name in files for page in _pages(name, dpi)]
        self._folders: set[str] = set()

    def __len__(self) -> int:
        """How many pages there are."""
        return len(self._pages)

    @property
    def are_pages(self) -> bool:
        """Whether a file has several pages."""
        return any(page.number for page in self._pages)

    def __iter__(self) -> Iterator[PageAnswer]:
        for page in _progress(self._pages):
            shown = page.name.encode("utf-8", "backslashreplace").decode()
            try:
                answer: Reading | str = self._read(page)
            except InputError as error:
                answer = str(error)
                self.failed = True
                where = f"{shown} page {page.number}" if page.number else shown
                print(f"{told(where)}: {told(error)}", file=sys.stderr)
            yield PageAnswer(shown, page.number, answer)

    def _read(self, page: _Page) -> Reading:
        from digitocr.pipeline import read

        reading = read(page.source(), self.settings, self.model)
        if self.stages:
            _save_stages(reading, self.stages / self._folder(page))
        return reading

    def _folder(self, page: _Page) -> str:
        """The file's name without its suffix, numbered where an earlier file has the same."""
        stem = "stdin" if page.name == STDIN else Path(page.name).stem
        if page.number:
            stem += f"-page-{page.number}"
        numbered = (f"{stem}-{number}" for number in itertools.count(2))
        folder = next(one for one in itertools.chain([stem], numbered) if one not in self._folders)
        self._folders.add(folder)
        return folder


def _pages(name: str, dpi: int) -> Iterator[_Page]:
    from digitocr.picture.documents import pages, source

    if name == STDIN:
        yield from _stdin(dpi)
    elif not Path(name).is_file():  # reading it says what it is, or reads a pipe
        yield _Page(name, 0, partial(Path, name))
    else:
        pages_there = list(pages(name))
        for item in pages_there:
            number = item.page if len(pages_there) > 1 else 0
            yield _Page(name, number, partial(source, item, dpi))


def _stdin(dpi: int) -> Iterator[_Page]:
    from digitocr.picture.paged import PDF, open_document, pages_in

    def missing() -> bytes:
        raise InputError("There is no standard input: name a file.")

    if sys.stdin is None:
        yield _Page(STDIN, 0, missing)
        return
    data = sys.stdin.buffer.read()
    count = pages_in(data)

    def drawn(number: int) -> Readable:
        with closing(open_document(io.BytesIO(data))) as document:
            return document.page(number, dpi)

    if count == 1 and not data.startswith(PDF):
        yield _Page(STDIN, 0, lambda: data)
        return
    for number in range(1, count + 1):
        yield _Page(STDIN, number if count > 1 else 0, partial(drawn, number))


def _progress(pages: Sequence[_Page]) -> Iterable[_Page]:
    if len(pages) < PROGRESS_FROM or not sys.stderr.isatty():
        return pages
    from tqdm import tqdm

    return tqdm(pages, unit="page", file=sys.stderr)


def _save_stages(reading: Reading, folder: Path) -> None:
    from digitocr.show.stages import stage_pictures

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for outdated in folder.glob("[0-9][0-9]-*.png"):
            outdated.unlink()
        for name, picture in stage_pictures(reading):
            with written_whole(folder / name) as unfinished:
                picture.save(unfinished)
    except (InputError, OSError) as error:
        reason = getattr(error.__cause__ or error, "strerror", None) or error
        raise InputError(f"The stages cannot be saved in {folder} ({reason}).") from error
