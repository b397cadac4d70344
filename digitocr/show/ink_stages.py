"""The stages from the sheet of lines to its ink, in the sheet frame."""

from __future__ import annotations

from PIL import Image

from digitocr.reading import Reading
from digitocr.reasons import Loss
from digitocr.show import charts
from digitocr.show.canvas import Canvas
from digitocr.show.places import in_sheet_frame, nowhere
from digitocr.show.stage import Stage, has_numbers
from digitocr.words import method_reason


def _blurred(reading: Reading) -> str:
    sigma = reading.settings.blur_sigma_px
    return (
        f"A Gaussian blur (sigma {sigma:g} px) averages away the grain of paper and camera."
        if sigma
        else "No blur was asked for."
    )


def _threshold(reading: Reading) -> str:
    chosen = reading.binarization
    reason = method_reason(chosen)
    if not chosen.ink.any():
        return reason
    if chosen.method == "adaptive":
        name = "the adaptive threshold"
        what = f"Pixels more than {chosen.level} levels darker than the paper around them are ink."
    else:
        name = "Otsu's threshold" if chosen.method == "otsu" else "your level"
        what = f"Pixels darker than {chosen.level} are ink."
    return f"Two hills, paper and ink: {name} parts them. {what} {reason}"


def _draw_surface(reading: Reading) -> Image.Image | None:
    surface = reading.binarization.surface
    if surface is None or not has_numbers(reading):
        return None
    return Canvas(surface).image


def _surface(reading: Reading) -> str:
    px = reading.binarization.window_px
    return (
        f"Each place has its own threshold, following the light on the paper, which a window of "
        f"{px} by {px} px finds: whatever is darker than this surface is ink."
    )


def _ink(reading: Reading) -> str:
    share = 100 * float(reading.binarization.ink.mean())
    return f"Every pixel is now either ink or paper; {share:.1f} % of them are ink."


INK_STAGES = (
    Stage(
        "Blurred",
        lambda reading: Canvas(reading.binarization.blurred).image,
        _blurred,
        in_sheet_frame,
        has_numbers,
    ),
    Stage(
        "Threshold",
        lambda reading: charts.histogram(reading.binarization),
        _threshold,
        nowhere,
        has_numbers,
        losses=(Loss.NO_INK,),
    ),
    Stage("Local threshold", _draw_surface, _surface, in_sheet_frame),
    Stage(
        "Ink",
        lambda reading: Canvas(reading.binarization.ink).image,
        _ink,
        in_sheet_frame,
        has_numbers,
        clock="binarize",
        losses=(Loss.FLOODED,),
    ),
)
