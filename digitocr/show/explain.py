"""A sentence or two for each stage of a Reading, with the very values that were used.

One function for each Stage of `draw`: a Reading in, Markdown for the user out.
"""

from __future__ import annotations

from digitocr.reading import Reading
from digitocr.show import charts, diagrams
from digitocr.show.canvas import MOST_LINES
from digitocr.types import NO_DIGIT
from digitocr.words import OBJECTIONS, method_reason

NO_LINE = "There is no line of writing here."


def original(reading: Reading) -> str:
    """The source picture's size, and by how much it was scaled down."""
    width, height = reading.picture.source_size_px
    shrink = reading.picture.source_px_per_px[0]
    scaled = f", scaled down {shrink:.2g} times for reading" if shrink > 1 else ""
    size = f"{width} by {height} px{scaled}"
    return f"The picture as it came, turned upright and laid on white: {size}."


def gray(reading: Reading) -> str:
    """What the gray levels mean, and whether only a sheet's count."""
    beyond = " What lies beyond the sheet's edge was made paper, too."
    words = "Only brightness matters from here on: 0 is black, 255 is white."
    return words + beyond * reading.binarization.is_cut_out


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
        return method_reason(found)
    if found.method == "adaptive":
        name = "the adaptive threshold"
        what = f"Pixels more than {found.level} levels darker than the paper around them are ink."
    else:
        name = "Otsu's threshold" if found.method == "otsu" else "your level"
        what = f"Pixels darker than {found.level} are ink."
    return f"Two hills, paper and ink: {name} parts them. {what} {method_reason(found)}"


def surface(reading: Reading) -> str:
    """What the adaptive method's threshold surface is, and its window."""
    px = reading.binarization.window_px
    return (
        f"Each place has its own threshold, following the light on the paper, which a window of "
        f"{px} by {px} px finds: whatever is darker than this surface is ink."
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


def tiles(reading: Reading) -> str:
    """How a shape becomes a tile, and how many there are."""
    tried = sum(len(lattice.arcs) for lattice in reading.lattices)
    return (
        "What the first network sees. A digit may be one piece or several joined: "
        f"{_count(tried, 'shape')}, each scaled into 20 by 20 px and centred by its mass "
        "in 28 by 28 px. The numbers name its pieces; “shared” has the stroke that it may share "
        f"with its neighbour beyond a cut{_first(charts.MOST_TILES, tried)}."
    )


def judged(reading: Reading) -> str:
    """How many shapes are digits, and how many are not, by the network's best guess."""
    arcs = [arc for lattice in reading.lattices for arc in lattice.arcs]
    none = sum(int(arc.probabilities.argmax()) == NO_DIGIT for arc in arcs)
    return (
        "The first network says of each shape how likely it is each of the ten digits, or none of "
        f"them; the darker, the likelier. It holds {none} of {_count(len(arcs), 'shape')} to be no "
        f"digit{_first(charts.MOST_JUDGED, len(arcs))}."
    )


def lattices(reading: Reading) -> str:
    """What the segmenting reader reads, line by line."""
    if not reading.lines:
        return NO_LINE
    read = " / ".join(line.by_segments or "nothing" for line in reading.lines[:MOST_LINES])
    return (
        "Each bar is a shape over the pieces that it joins, with its best label and score: the "
        "logarithm of the probability, 0 at best, less what an odd shape costs. The way from left "
        f"to right with the highest sum is this reader's answer: {read}"
        f"{_first_lines(reading)}."
    )


def strips(reading: Reading) -> str:
    """The strips' size, and what was done to the gray levels."""
    if not reading.lines:
        return NO_LINE
    shapes = [one.strip.shape for one in reading.strips[:MOST_LINES]]
    size = ", ".join(f"{width} by {height} px" for height, width in shapes)
    return (
        "A second network reads the line without cutting it. It sees the gray picture, not the "
        "ink: the line cut out, scaled to one height, its paper made white and its ink "
        f"black: {size}{_first_lines(reading)}.{_end_left_out(reading)}"
    )


def along(reading: Reading) -> str:
    """The number of steps, and what the line reader reads."""
    if not reading.lines:
        return NO_LINE
    steps = sum(len(one.along) for one in reading.strips)
    read = " / ".join(line.by_line or "nothing" for line in reading.lines[:MOST_LINES])
    return (
        f"At each of {_count(steps, 'step')} along the line the second network says which digit is "
        "there; the last row is the blank between digits. A digit is read where its row peaks. The "
        f"likeliest reading, all ways to spread it counted, is {read}"
        f"{_first_lines(reading)}.{_end_left_out(reading)}"
    )


def ballots(reading: Reading) -> str:
    """On how many lines the readers agree, and how they are weighed."""
    if not reading.lines:
        return NO_LINE
    agree = sum(line.by_line == line.by_segments for line in reading.lines)
    return (
        "As in double keying, both readers score every likely reading, and the weighted sum of "
        f"their scores decides. They agree on {agree} of {_count(len(reading.lines), 'line')}"
        f"{_third_look(reading)}. The confidence is how often answers with such scores were right "
        f"on hands never trained on{_first_lines(reading)}."
    )


def _third_look(reading: Reading) -> str:
    looked = sum(bool(one.again) for one in reading.strips)
    more = "with more of the paper around and with the slant taken out"
    return (
        f". At {_count(looked, 'line')} the line reader looked twice more, {more}" if looked else ""
    )


def boxes(reading: Reading) -> str:
    """The number of digits chosen, and of lines without any."""
    empty = sum(not line.digits for line in reading.lines)
    without = f"; {_count(empty, 'line')} held no number" if empty else ""
    reasons = dict.fromkeys(OBJECTIONS[part.reason] for part in reading.left_out)
    return "Where the digits of the answer stand in the picture: " + " ".join(
        [f"{_count(len(reading.digits), 'digit')}{without}.", *reasons]
    )


def candidates(reading: Reading) -> str:
    """What makes a digit doubtful, and how many are."""
    doubts = sum(not digit.accepted for digit in reading.digits)
    one_wrong_in = reading.settings.one_wrong_in
    asked = (
        "No doubt was asked for, so none is shown as “?”"
        if one_wrong_in == 1
        else f"Of {one_wrong_in} numbers without “?” at most one may be wrong; what is not that "
        f"sure is shown as “?”: {_count(doubts, 'digit')} here"
    )
    return (
        "How likely each digit is, and what else it may be, both readers taken together. "
        f"{asked}{_first(charts.MOST_DIGITS, len(reading.digits))}."
    )


def _first(most: int, count: int) -> str:
    return f" (the first {most} are shown)" if count > most else ""


def _first_lines(reading: Reading) -> str:
    count = len(reading.lines)
    return f" (the first {MOST_LINES} of {count} lines are shown)" if count > MOST_LINES else ""


def _end_left_out(reading: Reading) -> str:
    widest = max(one.strip.shape[1] for one in reading.strips[:MOST_LINES])
    most = diagrams.MOST_STRIP_PX
    return f" Of a longer strip the first {most} px are shown." if widest > most else ""


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
