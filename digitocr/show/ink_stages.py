"""The stages from the picture to its ink, in the working frame."""

from __future__ import annotations

from PIL import Image

from digitocr.reading import Reading
from digitocr.reasons import Loss
from digitocr.show import charts
from digitocr.show.canvas import Canvas
from digitocr.show.places import in_working_frame, nowhere
from digitocr.show.stage import Stage
from digitocr.words import method_reason


def _original(reading: Reading) -> str:
    width, height = reading.picture.source_size_px
    shrink = reading.picture.source_px_per_px[0]
    scaled = f", scaled down {shrink:.2g} times for reading" if shrink > 1 else ""
    size = f"{width} by {height} px{scaled}"
    return f"The picture as it came, turned upright and laid on white: {size}."


def _gray(reading: Reading) -> str:
    beyond = " What lies beyond the sheet's edge was made paper, too."
    words = "Only brightness matters from here on: 0 is black, 255 is white."
    return words + beyond * reading.binarization.is_cut_out


def _blurred(reading: Reading) -> str:
    sigma = reading.settings.blur_sigma_px
    how = (
        f"A Gaussian blur (sigma {sigma:g} px) averages away the grain of paper and camera."
        if sigma
        else "No blur was asked for."
    )
    if reading.binarization.ink_is_dark:
        return how
    return f"{how} The ink is lighter than its paper, so the picture was inverted."


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
    return None if surface is None else Canvas(surface).image


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
        "Original picture",
        lambda reading: Canvas(reading.picture.rgb).image,
        _original,
        in_working_frame,
        clock="load",
    ),
    Stage(
        "Grayscale",
        lambda reading: Canvas(reading.binarization.gray).image,
        _gray,
        in_working_frame,
    ),
    Stage(
        "Blurred",
        lambda reading: Canvas(reading.binarization.blurred).image,
        _blurred,
        in_working_frame,
    ),
    Stage(
        "Threshold",
        lambda reading: charts.histogram(reading.binarization),
        _threshold,
        nowhere,
        losses=(Loss.NO_INK,),
    ),
    Stage("Local threshold", _draw_surface, _surface, in_working_frame),
    Stage(
        "Ink",
        lambda reading: Canvas(reading.binarization.ink).image,
        _ink,
        in_working_frame,
        clock="binarize",
        losses=(Loss.FLOODED,),
    ),
)
