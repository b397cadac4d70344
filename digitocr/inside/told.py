"""What a student is told about the classifier's inside, with the very values: Markdown."""

from __future__ import annotations

from digitocr.inside.insight import PATCH_PX, Insight
from digitocr.inside.pictures import MOST_KERNELS
from digitocr.reading import Digit
from digitocr.show.canvas import percent
from digitocr.show.stage import counted, first_shown
from digitocr.types import NO_DIGIT


def tell_tile(digit: Digit) -> str:
    """What the tile is, and what the bars beside it say."""
    made = (
        "The ink of the digit, scaled into 20 by 20 px and centred by its mass in 28 by 28 px, is "
        "all that the classifier sees. It gives each of the ten digits a probability, and one to "
        "“none of them”; together they are 1."
    )
    if digit.standing.by_segments is not None:
        return made
    return (
        f"{made} In this number the digit was never a shape of its own to it: the line reader told "
        "where it stands, and the classifier is asked here alone."
    )


def tell_kernels(insight: Insight) -> str:
    """What the first layer does."""
    count, height, width = insight.kernels.shape
    return (
        f"The first layer lays {counted(count, 'kernel')} of {height} by {width} weights on every "
        "place of the tile: ink under blue speaks for it, ink under orange against it. The sum, "
        "where it is above 0, is its *feature map*. Nobody chose these weights; they were learnt. "
        "Green is where a kernel finds what it looks for: strokes that run one way, an upper or a "
        "left edge, an end. Some are green on bare paper, and it is ink that silences them. The "
        "layers after it look at these maps as this one looks at the tile"
        f"{first_shown(MOST_KERNELS, count)}."
    )


def tell_occlusion(insight: Insight) -> str:
    """Which pixels mattered."""
    seen = insight.occlusion
    how = (
        f"A square of paper, {PATCH_PX} by {PATCH_PX} px, is laid on every place in turn, and the "
        "classifier is asked anew. The darker the red, the more of the probability is lost with "
        f"the square around that place. With nothing covered, {insight.label} has "
        f"{percent(seen.whole)}"
    )
    others = insight.probabilities.argmax()
    if seen.least > 0.5 * seen.whole:
        told = f"; wherever the square lies, it keeps at least {percent(seen.least)}."
    elif seen.instead == others:
        told = f"; at worst {percent(seen.least)}."
    else:
        named = "no digit at all" if seen.instead == NO_DIGIT else f"a {seen.instead}"
        told = f"; at worst {percent(seen.least)}, and it is taken for {named}."
    return how + told


def tell_neighbours(insight: Insight) -> str:
    """Which known digits are most like it, and whose they are."""
    near = insight.neighbours
    alike = sum(label == insight.label for label in near.labels)
    among = len(near.labels)
    agree = "all are" if alike == among else f"{alike} of {among} are"
    return (
        "Before its last layer the classifier has turned the tile into a list of "
        f"{insight.features} numbers. Tiles whose lists lie near each other are alike to it, "
        f"however their pixels differ. These are the nearest of {near.among:,} {near.whose}; "
        f"{agree} a {insight.label}."
    )


ALONG = (
    "A second network never cuts the number into digits. It looks along the whole line and says, "
    "every 2 px, which digit is there, or none (“-”), the *blank*; the darker, the likelier. Going "
    "from left to right, steps that say the same digit are one digit, and a blank parts two of a "
    "kind (Graves and others: Connectionist temporal classification, 2006)."
)
