"""Scenes with numbers on them, and with none: a seed, hands and a size in, a picture and its
truth out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial

import cv2
import numpy as np

from digitocr.types import Gray
from synthesis.hands.studio import Studio
from synthesis.parts import camera, figures, grounds
from synthesis.parts.layers import Size
from synthesis.scenes import pages, photos, printed_forms
from synthesis.scenes.pages import Page
from synthesis.scenes.surface import Surface
from synthesis.scenes.truth import Scene, inked, numbers
from synthesis.scenes.writing import Scribe, label, scatter, words

Arrange = Callable[[np.random.Generator, Studio, Size], Surface]
Lay = Callable[[np.random.Generator, Studio, Size, Page], Surface]

# What is written on, and how often it comes on a sheet or on a card.
PAGES: dict[str, tuple[Page, float]] = {
    "note": (pages.note, 0.5),
    "columns": (pages.columns, 0.15),
    "table": (printed_forms.table, 0.2),
    "form": (printed_forms.form, 0.15),
    "tally": (printed_forms.tally, 0.1),
}


def any_page(
    rng: np.random.Generator, studio: Studio, size_px: Size, without: Collection[str] = ()
) -> Surface:
    """A page of any kind but those `without`."""
    return PAGES[_chosen(rng, PAGES, without)][0](rng, studio, size_px)


def _chosen(
    rng: np.random.Generator,
    kinds: Mapping[str, tuple[object, float]],
    without: Collection[str],
) -> str:
    weights = np.array([(name not in without) * often for name, (_, often) in kinds.items()])
    return list(kinds)[int(rng.choice(len(weights), p=weights / weights.sum()))]


def _on(page: Page, lay: Lay = photos.page_fills) -> Arrange:
    def arrange(rng: np.random.Generator, studio: Studio, size_px: Size) -> Surface:
        return lay(rng, studio, size_px, page)

    return arrange


def nothing(rng: np.random.Generator, studio: Studio, size_px: Size) -> Surface:
    """A picture in which nobody wrote a number: print, letters, drawings, textures, a table."""
    kind = rng.choice(4, p=[0.35, 0.25, 0.2, 0.2])
    if kind == 0:
        figure = figures.FIGURES[int(rng.integers(len(figures.FIGURES)))](rng)
        gray = cv2.cvtColor(cv2.resize(figure, size_px[::-1]), cv2.COLOR_RGB2GRAY)
        return Surface(np.asarray(gray / np.float32(255), np.float32))
    if kind == 1:
        return Surface(grounds.random_ground(rng, size_px))
    page = pages.blank(rng, size_px)
    bright = page.level()
    if kind == 2:
        size = float(rng.uniform(8, 40))
        for y in np.arange(rng.uniform(2, 40), size_px[0] - size, size * rng.uniform(1.3, 2.5)):
            label(rng, page, rng.uniform(0, 0.4) * size_px[1], y, size, 0.3 * bright)
        return page
    scribe = Scribe.anybody(rng, studio)
    for _ in range(int(rng.integers(0, 6))):
        scatter(rng, page, scribe, words(rng, scribe, pages.height(rng, size_px)), rng.normal(0, 5))
    return page


# What is painted, and how often.
KINDS: dict[str, tuple[Arrange, float]] = {
    "note": (_on(pages.note), 0.18),
    "columns": (_on(pages.columns), 0.06),
    "table": (_on(printed_forms.table), 0.12),
    "form": (_on(printed_forms.form), 0.12),
    "tally": (_on(printed_forms.tally), 0.1),
    "board": (_on(pages.board), 0.08),
    "filled": (pages.strip, 0.04),
    "sheet": (_on(any_page, photos.sheet_lies), 0.16),
    "cards": (_on(pages.card, photos.cards_lie), 0.12),
    "scan": (_on(any_page), 0.07),
    "nothing": (nothing, 0.08),
}
ON_ANY_PAGE: dict[str, Lay] = {"sheet": photos.sheet_lies, "scan": photos.page_fills}
NEGATIVE = 0.05  # of the pictures


def paint(
    seed: int | tuple[int, ...],
    studio: Studio,
    size_px: Size = (300, 400),
    kind: str | None = None,
    without: Collection[str] = (),
) -> Scene:
    """One scene of a kind, by chance if None; the same arguments paint the same scene.

    without: names of KINDS that chance leaves out, on sheets and in scans, too. Raises KeyError
    for a kind that is none of KINDS.
    """
    rng = np.random.default_rng(seed)
    chosen = kind or _chosen(rng, KINDS, without)
    arrange = KINDS[chosen][0]
    if chosen in ON_ANY_PAGE:
        arrange = _on(partial(any_page, without=without), ON_ANY_PAGE[chosen])
    surface = arrange(rng, studio, size_px)
    if chosen == "scan":
        gray = camera.scanned(rng, surface.levels)
    else:
        if rng.random() < 0.25:
            photos.strewn(rng, surface)
        gray = photos.taken(rng, photos.lit(rng, surface.levels))
    scene = with_truth(chosen, gray, surface)
    return scene.negative() if rng.random() < NEGATIVE else scene


def with_truth(kind: str, gray: Gray, surface: Surface) -> Scene:
    """A picture that was taken of a surface, with what is written there."""
    owner = inked(surface.ink, surface.owner)
    mask = np.asarray((owner[..., 0] | owner[..., 1]) > 0)
    return Scene(kind, gray, numbers(owner, surface.written), mask)
