"""The stages from the picture to the sheet of lines: where numbers are, how they are set out."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image, ImageDraw

from digitocr.found import FoundLine, SheetRow
from digitocr.geometry import Box
from digitocr.reading import Reading
from digitocr.reasons import Loss
from digitocr.show.canvas import (
    INK,
    PAPER,
    QUIET,
    SERIES,
    Canvas,
    Color,
    font,
    with_legend,
)
from digitocr.show.places import in_finders_frame, in_sheet_frame, in_working_frame
from digitocr.show.stage import Stage, counted, first_shown, has_numbers, listed
from digitocr.words import turned

DARK, LIGHT = SERIES[0], SERIES[1]  # what ink is found, by colour
STRONGEST = 0.8  # of a colour over the picture: the ink under it can still be seen
RAMP_PX = 150, 20
MOST_TOLD = 5  # numbers of a picture, each in a sentence of its own
MOST_LEFT_OUT = 8  # that are drawn, the surest; more would hide the picture
LEVEL_DEG = 0.05  # less is told as level


def _original(reading: Reading) -> str:
    width, height = reading.picture.source_size_px
    shrink = reading.picture.source_px_per_px[0]
    scaled = f", scaled down {shrink:.2g} times for reading" if shrink > 1 else ""
    size = f"{width} by {height} px{scaled}"
    return f"The picture as it came, turned upright and laid on white: {size}."


def _gray(reading: Reading) -> str:
    return "Only brightness matters from here on: 0 is black, 255 is white."


def _draw_maps(reading: Reading) -> Image.Image:
    maps = reading.finding.maps
    size = maps.gray.shape[::-1]
    core, dark = (
        cv2.resize(one, size, interpolation=cv2.INTER_NEAREST)[..., None]
        for one in (maps.core, maps.dark)
    )
    color = dark * np.array(DARK) + (1 - dark) * np.array(LIGHT)
    painted = maps.gray[..., None] + STRONGEST * core * (color - maps.gray[..., None])
    canvas = Canvas(np.rint(painted).astype(np.uint8))
    return _with_ramps(canvas.image)


def _with_ramps(image: Image.Image) -> Image.Image:
    """The picture with what its colours mean under it."""
    wide, high = RAMP_PX
    kinds = ((DARK, "dark"), (LIGHT, "light"))
    words = [f"1   how likely a number in {kind} ink" for _, kind in kinds]
    reach = 46 + wide + max(round(font(20).getlength(word)) for word in words)
    canvas = Image.new("RGB", (max(image.width, reach), image.height + 78), PAPER)
    canvas.paste(image, (0, 0))
    draw = ImageDraw.Draw(canvas)
    shares = np.linspace(0, 1, wide)[:, None]
    for row, ((color, _), word) in enumerate(zip(kinds, words, strict=True)):
        y = image.height + 10 + 34 * row
        shades = np.array(PAPER) + STRONGEST * shares * (np.array(color) - PAPER)
        ramp = np.broadcast_to(np.rint(shades).astype(np.uint8), (high, wide, 3))
        canvas.paste(Image.fromarray(np.ascontiguousarray(ramp)), (30, y))
        draw.text((8, y - 2), "0", INK, font(20))
        draw.text((38 + wide, y - 2), word, INK, font(20))
    return canvas


def _maps(reading: Reading) -> str:
    maps, turns = reading.finding.maps, reading.finding.quarter_turns
    height, width = maps.gray.shape
    return (
        "A network looks at the whole picture at once, small, and says of each place how likely a "
        "number's body is there, whether its ink is darker or lighter than the paper, and how "
        f"high its digits are. It saw {width} by {height} px, in places of {maps.px} by "
        f"{maps.px} px; the surest place reached {float(maps.core.max()):.2f}."
        + (f" {turned(turns)}" if turns else "")
    )


def _draw_found(reading: Reading) -> Image.Image:
    canvas = Canvas(reading.picture.rgb)
    found = reading.finding
    others = sorted(found.left_out, key=lambda one: -one.score)[:MOST_LEFT_OUT]
    for line in others:
        canvas.outline(line.corners, PAPER, 2)  # or it could not be seen on a dark picture
        canvas.outline(line.corners, QUIET, 2, dashed=True)
    for line in reversed(others):
        canvas.label(_upper_half(line), f"{line.score:.2f}", QUIET, filled=False)
    for line in found.lines:
        canvas.outline(line.corners, _color(line), 3)
    for number, line in enumerate(found.lines, 1):
        canvas.label(_upper_half(line), f"{number}: {line.score:.2f}", _color(line))
    kinds = [(DARK, "dark ink"), (LIGHT, "light ink")]
    present = {_color(line) for line in found.lines}
    entries = [
        (color, f"found in {word}: its order and score")
        for color, word in kinds
        if color in present
    ]
    if others:
        entries.append((QUIET, "left out, with its score"))
    return with_legend(canvas.image, entries) if entries else canvas.image


def _color(line: FoundLine) -> Color:
    return DARK if line.ink_is_dark else LIGHT


def _upper_half(line: FoundLine) -> Box:
    """Where a label goes; those of whole numbers would be so large that they hide others."""
    left, top = line.corners.min(axis=0).tolist()
    right, bottom = line.corners.max(axis=0).tolist()
    return Box(round(left), round(top), round(right), round((top + bottom) / 2))


def _found(reading: Reading) -> str:
    found = reading.finding
    left_out = []
    if found.left_out:
        best = max(line.score for line in found.left_out)
        left_out.append(
            f"Left out, as not sure enough: {counted(len(found.left_out), 'place')}, the best "
            f"with a score of {best:.2f}{first_shown(MOST_LEFT_OUT, len(found.left_out))}."
        )
    if not found.lines:
        return " ".join(["No number was seen.", *left_out])
    told = [
        f"Number {number}: score {line.score:.2f}, {_tilt(line)}, digits "
        f"{line.digit_height_px:.0f} px high, {'dark' if line.ink_is_dark else 'light'} ink."
        for number, line in enumerate(found.lines[:MOST_TOLD], 1)
    ]
    count = len(found.lines)
    return (
        "Places that hang together are a number, and parts that follow each other on one line are "
        f"joined: {counted(count, 'number')}{first_shown(MOST_TOLD, count, 'told')}."
        f"{listed([*told, *left_out])}"
    )


def _tilt(line: FoundLine) -> str:
    if abs(line.tilt_deg) < LEVEL_DEG:
        return "level"
    return f"tilted {abs(line.tilt_deg):.1f}° {_way(line.tilt_deg)}"


def _way(degrees: float) -> str:
    return "clockwise" if degrees > 0 else "counterclockwise"


def _draw_raw(reading: Reading) -> Image.Image:
    canvas = Canvas(reading.sheet.raw)
    for number, row in enumerate(reading.sheet.rows, 1):
        canvas.box(row.box, _color(row.line), 1)
        if len(reading.sheet.rows) > 1:
            canvas.label(row.box._replace(right=row.box.left), str(number), _color(row.line))
    return canvas.image


def _raw(reading: Reading) -> str:
    rows, told = reading.sheet.rows, []
    for number, row in enumerate(rows[:MOST_TOLD], 1):
        turned = -row.line.tilt_deg
        how = [
            "not turned"
            if abs(turned) < LEVEL_DEG
            else f"turned {abs(turned):.1f}° {_way(turned)}",
            _scaled(1 / _step_px(row)),
        ]
        if not row.line.ink_is_dark:
            how.append("its light ink inverted")
        told.append(f"Number {number}: {', '.join(how)}.")
    if reading.settings.max_skew_deg == 0:
        told.append("Levelling is switched off: writing that is tilted stays so.")
    return (
        "Each number is cut out into a row of its own, framed here: level, dark on light, its "
        f"digits {rows[0].line.digit_height_px / _step_px(rows[0]):.0f} px high"
        f"{first_shown(MOST_TOLD, len(rows), 'told')}.{listed(told)}"
    )


def _step_px(row: SheetRow) -> float:
    """How many working px a px of the row spans."""
    return float(np.hypot(*row.to_gray[:, 0]))


def _scaled(times: float) -> str:
    if times >= 1:
        return f"enlarged {times:.2f} times"
    return f"scaled down {1 / times:.2f} times"


def _paper(reading: Reading) -> str:
    return (
        "The paper's own brightness, shadows and all, is taken away, so that it is white, and the "
        "ink of each number is made equally dark. What lies beyond the picture is white, too."
    )


FOUND_STAGES = (
    Stage(
        "Original picture",
        lambda reading: Canvas(reading.picture.rgb).image,
        _original,
        in_working_frame,
        clock="load",
    ),
    Stage(
        "Grayscale",
        lambda reading: Canvas(reading.picture.gray).image,
        _gray,
        in_working_frame,
    ),
    Stage("Where numbers are", _draw_maps, _maps, in_finders_frame),
    Stage(
        "Numbers found",
        _draw_found,
        _found,
        in_working_frame,
        clock="find",
        losses=(Loss.NO_NUMBER_SEEN,),
    ),
    Stage("Set out", _draw_raw, _raw, in_sheet_frame, has_numbers),
    Stage(
        "Paper made white",
        lambda reading: Canvas(reading.sheet.gray).image,
        _paper,
        in_sheet_frame,
        has_numbers,
        "set out",
    ),
)
