"""Ink is told from paper at the right level, whatever the light and how dark the ink is."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest
from drawings import paper, written
from hypothesis import given, settings
from hypothesis import strategies as st

from digitocr.find.binarize import WINDOW_PX, binarize
from digitocr.reasons import MethodReason
from digitocr.settings import Settings
from digitocr.types import Binarization, Gray

OTSU = Settings(threshold="otsu")
ADAPTIVE = Settings(threshold="adaptive")


def binarized(gray: Gray, chosen: Settings) -> Binarization:
    """Ink and paper of a sheet all of which counts."""
    return binarize(gray, np.ones(gray.shape, np.bool_), chosen)


@pytest.mark.parametrize(
    "gray",
    [
        pytest.param(np.full((1, 1), 255, np.uint8), id="one pixel"),
        pytest.param(np.full((1, 50), 200, np.uint8), id="one row"),
        pytest.param(paper(), id="white"),
        pytest.param(np.full((60, 80), 150, np.uint8), id="gray"),
    ],
)
@pytest.mark.parametrize("choice", ["auto", "otsu", "adaptive", "manual"])
def test_a_blank_sheet_has_no_ink(gray: Gray, choice: str) -> None:
    result = binarized(gray, Settings(threshold=choice))  # type: ignore[arg-type]
    assert result.ink.shape == gray.shape
    assert result.ink.dtype == np.bool_
    assert not result.ink.any()


def between_class_variance(histogram: np.ndarray) -> np.ndarray:
    """For each level: the variance between the values below it and the rest."""
    total, values = histogram.sum(), np.arange(256)
    found = np.zeros(256)
    for level in range(256):
        low, high = histogram[:level], histogram[level:]
        if low.sum() and high.sum():
            apart = low @ values[:level] / low.sum() - high @ values[level:] / high.sum()
            found[level] = low.sum() * high.sum() / total**2 * apart**2
    return found


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(10, 90), st.integers(150, 240), st.floats(0.05, 0.4))
def test_otsus_level_separates_best(seed: int, dark: int, light: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    blocks = rng.random((20, 30)) < share
    gray = np.where(np.kron(blocks, np.ones((8, 8))) > 0, dark, light)
    gray = np.clip(gray + rng.normal(0, 3, gray.shape), 0, 255).astype(np.uint8)
    result = binarized(gray, OTSU)
    variance = between_class_variance(np.bincount(result.blurred.ravel(), minlength=256))
    assert variance[result.level] == pytest.approx(variance.max(), rel=1e-6)
    assert np.array_equal(result.ink, result.blurred < result.level)


def test_the_histogram_counts_what_the_level_was_chosen_from() -> None:
    gray = written("25")
    result = binarized(gray, OTSU)
    assert np.array_equal(result.histogram, np.bincount(result.blurred.ravel(), minlength=256))
    assert result.surface is None
    adaptive = binarized(gray, ADAPTIVE)
    assert adaptive.histogram.sum() == gray.size
    assert adaptive.surface is not None


@pytest.mark.parametrize("choice", ["otsu", "adaptive"])
def test_what_is_around_the_rows_does_not_count(choice: str) -> None:
    """However much white there is between the rows, the level is that of the rows."""
    sheet = np.where(written("2045") < 128, 90, 210).astype(np.uint8)
    chosen = Settings(threshold=choice)  # type: ignore[arg-type]
    alone = binarized(sheet, chosen)
    wide = np.full((2000, 1500), 255, np.uint8)
    wide[: sheet.shape[0], : sheet.shape[1]] = sheet
    inside = np.zeros(wide.shape, np.bool_)
    inside[12 : sheet.shape[0] - 12, 12 : sheet.shape[1] - 12] = True
    found = binarize(wide, inside, chosen)
    assert found.histogram.sum() == inside.sum()
    assert found.ink.shape == wide.shape
    there = found.ink[: sheet.shape[0], : sheet.shape[1]]
    assert (
        np.logical_xor(there, alone.ink)[inside[: sheet.shape[0], : sheet.shape[1]]].mean() < 0.01
    )


@pytest.mark.parametrize("choice", ["auto", "otsu", "adaptive", "manual"])
def test_a_sheet_without_rows_has_no_ink(choice: str) -> None:
    white = np.full((40, 60), 255, np.uint8)
    chosen = Settings(threshold=choice)  # type: ignore[arg-type]
    found = binarize(white, np.zeros(white.shape, np.bool_), chosen)
    assert not found.ink.any()


def test_adaptive_ink_lies_below_the_surface() -> None:
    result = binarized(shaded(written("2045")), ADAPTIVE)
    assert result.surface is not None
    assert (result.blurred[result.ink] < result.surface[result.ink]).all()
    assert (result.blurred[~result.ink] >= result.surface[~result.ink]).all()


def test_the_window_is_broader_than_the_strokes() -> None:
    def window_px(thickness_px: int, asked_px: int = 0) -> int:
        zero = cv2.circle(np.full((100, 90), 230, np.uint8), (45, 50), 28, 30, thickness_px)
        chosen = Settings(threshold="adaptive", window_px=asked_px)
        return binarized(np.asarray(zero, np.uint8), chosen).window_px

    assert window_px(6) == window_px(20) == WINDOW_PX >= 2 * 20
    assert window_px(20, asked_px=31) == 31


def shaded(sheet: Gray) -> Gray:
    """A lamp on the right, deep shadow on the left."""
    light = np.linspace(0.25, 1, sheet.shape[1])
    return (sheet * light).astype(np.uint8)


def test_uneven_light_chooses_the_adaptive_threshold() -> None:
    sheet = written("2045")
    ink = binarized(sheet, OTSU).ink
    soft = np.where(sheet < 128, 120, 255).astype(np.uint8)
    result = binarized(shaded(soft), Settings())
    assert result.method == "adaptive"
    assert result.reason is MethodReason.UNEVEN_LIGHT
    assert np.logical_xor(result.ink, ink).sum() < 0.2 * ink.sum()
    even = binarized(sheet, Settings())
    assert even.method == "otsu"
    assert even.reason is MethodReason.EVEN_LIGHT


@pytest.mark.parametrize("choice", ["otsu", "adaptive", "manual"])
def test_a_method_chosen_by_hand_is_used(choice: str) -> None:
    result = binarized(written("7"), Settings(threshold=choice))  # type: ignore[arg-type]
    assert result.method == choice
    assert result.ink.any()


@pytest.mark.parametrize("level", [70, 128, 220])
def test_a_level_by_hand_parts_ink_from_paper(level: int) -> None:
    shades = np.where(written("2045") < 128, 60, 230).astype(np.uint8)
    shades[:, : shades.shape[1] // 2] = np.minimum(shades[:, : shades.shape[1] // 2] + 60, 230)
    result = binarized(shades, Settings(threshold="manual", level=level, blur_sigma_px=0))
    assert (result.method, result.level) == ("manual", level)
    assert (result.reason, result.light) == (MethodReason.BY_HAND, None)
    assert np.array_equal(result.ink, shades < level)


@pytest.mark.parametrize("ink_value", [0, 60, 150])
def test_ink_is_where_the_writing_is(ink_value: int) -> None:
    sheet = written("2045")
    gray = np.where(sheet < 128, ink_value, 230).astype(np.uint8)
    result = binarized(gray, Settings(blur_sigma_px=0))
    assert np.array_equal(result.ink, sheet < 128)


@pytest.mark.parametrize("polarity", ["auto", "dark", "light"])
def test_the_sheet_of_lines_is_dark_on_white_whatever_the_pictures_polarity(polarity: str) -> None:
    sheet = written("2045")
    chosen = Settings(polarity=polarity)  # type: ignore[arg-type]
    assert np.array_equal(binarized(sheet, chosen).ink, binarized(sheet, Settings()).ink)


def test_blur_takes_out_grains_of_salt() -> None:
    sheet = np.where(written("2045") < 128, 60, 230).astype(np.uint8)
    sheet[np.random.default_rng(0).random(sheet.shape) < 0.004] = 60

    def parts(sigma: float) -> int:
        ink = binarized(sheet, Settings(blur_sigma_px=sigma)).ink.astype(np.uint8)
        return int(cv2.connectedComponents(ink)[0]) - 1

    assert parts(2.0) == 4 < parts(0.0)


def test_largest_window_ends_soon() -> None:
    started = time.process_time()
    binarized(written("20"), Settings(threshold="adaptive", window_px=2001))
    assert time.process_time() - started < 3


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.tuples(st.integers(1, 40), st.integers(1, 40)),
    st.sampled_from(["auto", "otsu", "adaptive", "manual"]),
    st.sampled_from([0.0, 0.3, 1.0, 20.0]),
    st.sampled_from([0, 1, 2, 51, 501]),
)
def test_any_small_picture(
    seed: int, shape: tuple[int, int], choice: str, sigma: float, window: int
) -> None:
    gray = np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)
    chosen = Settings(threshold=choice, blur_sigma_px=sigma, window_px=window)  # type: ignore[arg-type]
    result = binarized(gray, chosen)
    assert result.ink.shape == result.blurred.shape == shape
    assert 0 <= result.level <= 255
    assert result.histogram.shape == (256,)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("blur_sigma_px", -0.1),
        ("blur_sigma_px", 21),
        ("blur_sigma_px", float("nan")),
        ("window_px", -1),
        ("window_px", 2002),
        ("level", 0),
        ("level", 255),
        ("max_skew_deg", -1),
        ("max_skew_deg", 46),
        ("one_wrong_in", 0),
        ("one_wrong_in", -1),
        ("one_wrong_in", 1_000_001),
        ("one_wrong_in", float("nan")),
        ("length", -1),
        ("length", 65),
        ("pattern", "--"),
        ("check", "sum"),
        ("country", "DE"),
        ("threshold", "best"),
        ("polarity", ""),
    ],
)
def test_settings_out_of_range_are_refused_in_a_sentence(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=rf"^{name} (must|belongs) .*\.$"):
        Settings(**{name: value})  # type: ignore[arg-type]


def test_misspelt_setting_is_refused() -> None:
    with pytest.raises(TypeError):
        Settings(one_wrong_inn=200)  # type: ignore[call-arg]
