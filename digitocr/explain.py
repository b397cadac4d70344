"""A sentence or two for each stage of a Reading, with the very values that were used.

One function for each Stage of `draw`: a Reading in, Markdown for the user out.
"""

from __future__ import annotations

from digitocr import charts
from digitocr.types import Reading


def original(reading: Reading) -> str:
    """The source picture's size, and by how much it was scaled down."""
    width, height = reading.picture.source_size_px
    shrink = reading.picture.source_px_per_px[0]
    scaled = f", scaled down {shrink:.2g} times for reading" if shrink > 1 else ""
    size = f"{width} by {height} px{scaled}"
    return f"The picture as it came, turned upright and laid on white: {size}."


def gray(reading: Reading) -> str:
    """What the gray levels mean."""
    return "Only brightness matters from here on: 0 is black, 255 is white."


def blurred(reading: Reading) -> str:
    """The blur's sigma, and whether light ink was inverted."""
    sigma = reading.settings.blur_sigma_px
    how = (
        f"A Gaussian blur (sigma {sigma:g} px) averages away the grain of paper and camera."
        if sigma
        else "No blur was asked for."
    )
    if reading.binarization.ink_is_dark:
        return how
    return f"{how} The ink is lighter than its paper, so the picture was inverted."


def threshold(reading: Reading) -> str:
    """The method, its level and why it was chosen."""
    found = reading.binarization
    if not found.ink.any():
        return found.reason
    what = (
        f"Pixels more than {found.level} levels darker than the paper around them are ink."
        if found.method == "adaptive"
        else f"Pixels darker than {found.level} are ink."
    )
    name = "the adaptive threshold" if found.method == "adaptive" else "Otsu's threshold"
    return f"Two hills, paper and ink: {name} parts them. {what} {found.reason}"


def surface(reading: Reading) -> str:
    """What the adaptive method's threshold surface is."""
    return (
        "Each place has its own threshold, following the light on the paper: "
        "whatever is darker than this surface is ink."
    )


def ink(reading: Reading) -> str:
    """The share of ink."""
    share = 100 * float(reading.binarization.ink.mean())
    return f"Every pixel is now either ink or paper; {share:.1f} % of them are ink."


def level(reading: Reading) -> str:
    """The tilt that was taken out, or why nothing was turned."""
    skew = reading.rectification.skew_deg
    if reading.settings.max_skew_deg == 0:
        return "Levelling is switched off: nothing was turned."
    if skew == 0:
        return "The lines of writing run level, or too few digits could tell: nothing was turned."
    way = "clockwise" if skew > 0 else "counterclockwise"
    return f"The writing was tilted {abs(skew):.1f}° {way}; the picture was turned back."


def contours(reading: Reading) -> str:
    """The number of outlines."""
    count = len(reading.segmentation.contours)
    return f"Ink that hangs together is one shape: {_count(count, 'outline')} found."


def dropped(reading: Reading) -> str:
    """The number of marks left out; the picture's legend names the reasons."""
    count = len(reading.segmentation.dropped)
    if not count:
        return "Everything could belong to a number: nothing was left out."
    return f"{_count(count, 'mark')} cannot belong to a number; colours say why."


def lines(reading: Reading) -> str:
    """The number of lines and how high their digits are, in level-frame px."""
    heights = [round(line.digit_height_px) for line in reading.segmentation.lines]
    size = ""
    if heights:
        low, high = min(heights), max(heights)
        size = f"; a digit is about {low if low == high else f'{low} to {high}'} px high"
    return f"Shapes side by side make a line of writing: {_count(len(heights), 'line')}{size}."


def pieces(reading: Reading) -> str:
    """The number of candidate cuts and of the pieces they gave."""
    pieces = [piece for lattice in reading.lattices for piece in lattice.pieces]
    if not reading.settings.split_touching:
        return (
            "Parting touching digits is switched off, so every shape stays whole: "
            f"{_count(len(pieces), 'piece')}."
        )
    cuts = sum(piece.cut_after is not None for piece in pieces)
    return (
        f"Digits may touch, so wide shapes are cut wherever a pen may have passed from one to the "
        f"next: {_count(cuts, 'candidate cut')} gave {_count(len(pieces), 'piece')}."
    )


def boxes(reading: Reading) -> str:
    """The number of candidates judged and of the digits chosen."""
    tried = sum(len(lattice.arcs) for lattice in reading.lattices)
    return (
        "A digit may be one piece or several joined: the network judged "
        f"{_count(tried, 'candidate')}, and the best path along each line makes "
        f"{_count(len(reading.digits), 'digit')}."
    )


def tiles(reading: Reading) -> str:
    """How a digit becomes a tile."""
    return (
        "What the network sees: each digit scaled into 20 by 20 px and centred by its mass in "
        f"28 by 28 px{_cut_short(reading)}."
    )


def probabilities(reading: Reading) -> str:
    """The bound below which a digit is in doubt, and how many are."""
    below = 100 * reading.settings.reject_below
    doubts = sum(not digit.accepted for digit in reading.digits)
    return (
        "How likely the network holds each of the ten digits to be. A best guess below "
        f"{below:.0f} % is shown as “?”: {_count(doubts, 'digit')} here{_cut_short(reading)}."
    )


def _cut_short(reading: Reading) -> str:
    most = charts.MOST_DIGITS
    return f" (the first {most} digits are shown)" if len(reading.digits) > most else ""


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
