"""The stages from the ink to the shapes that may be digits, in the sheet frame."""

from __future__ import annotations

from collections import Counter

from PIL import Image

from digitocr.geometry import hull
from digitocr.reading import Reading
from digitocr.reasons import Loss
from digitocr.show import charts
from digitocr.show.canvas import DOUBT, FADED, SERIES, Canvas, painted, with_legend
from digitocr.show.places import among_judged, among_tiles, in_sheet_frame
from digitocr.show.stage import Stage, counted, first_shown, has_ink, has_lines
from digitocr.types import NO_DIGIT, Arc, Piece
from digitocr.words import DROP_REASONS


def _draw_contours(reading: Reading) -> Image.Image:
    canvas = Canvas(painted(reading.binarization.ink, ()))
    canvas.contours(reading.segmentation.contours, SERIES[0])
    return canvas.image


def _contours(reading: Reading) -> str:
    count = len(reading.segmentation.contours)
    return f"Ink that hangs together is one shape: {counted(count, 'outline')} found."


def _draw_dropped(reading: Reading) -> Image.Image:
    dropped = reading.segmentation.dropped
    counts = Counter(part.reason for part in dropped)
    colors = {reason: SERIES[i % len(SERIES)] for i, reason in enumerate(counts)}
    parts = [(part.component.box, part.component.mask, colors[part.reason]) for part in dropped]
    entries = [
        (colors[reason], f"{DROP_REASONS[reason]} ({number})") for reason, number in counts.items()
    ]
    canvas = Canvas(painted(reading.binarization.ink, parts))
    return with_legend(canvas.image, [*entries, (FADED, "kept")])


def _dropped(reading: Reading) -> str:
    count = len(reading.segmentation.dropped)
    if not count:
        return "Everything could belong to a number: nothing was left out."
    return f"{counted(count, 'mark')} cannot belong to a number; colours say why."


def _draw_lines(reading: Reading) -> Image.Image:
    colored = [
        (line.components, SERIES[index % len(SERIES)])
        for index, line in enumerate(reading.segmentation.lines)
    ]
    parts = [(part.box, part.mask, color) for components, color in colored for part in components]
    canvas = Canvas(painted(reading.binarization.ink, parts))
    for components, color in colored:
        canvas.box(hull([part.box for part in components]), color)
    return canvas.image


def _lines(reading: Reading) -> str:
    heights = [round(line.digit_height_px) for line in reading.segmentation.lines]
    low, high = min(heights), max(heights)
    size = f"{low}" if low == high else f"{low} to {high}"
    return (
        f"The shapes of a row make its line of writing: {counted(len(heights), 'line')}; "
        f"a digit is about {size} px high."
    )


def _all_pieces(reading: Reading) -> list[Piece]:
    return [piece for lattice in reading.lattices for piece in lattice.pieces]


def _draw_pieces(reading: Reading) -> Image.Image:
    pieces = _all_pieces(reading)
    parts = [
        (piece.component.box, piece.component.mask, SERIES[index % 2])
        for index, piece in enumerate(pieces)
    ]
    canvas = Canvas(painted(reading.binarization.ink, parts))
    for piece in pieces:
        if piece.cut_after is not None:
            canvas.path(piece.cut_after, DOUBT, 3)
    return canvas.image


def _pieces(reading: Reading) -> str:
    pieces = _all_pieces(reading)
    if not reading.settings.split_touching:
        return (
            "Parting touching digits is switched off, so every shape stays whole: "
            f"{counted(len(pieces), 'piece')}."
        )
    cuts = sum(piece.cut_after is not None for piece in pieces)
    return (
        f"Digits may touch, so wide shapes are cut wherever a pen may have passed from one to the "
        f"next: {counted(cuts, 'candidate cut')} gave {counted(len(pieces), 'piece')}."
    )


def _all_arcs(reading: Reading) -> list[Arc]:
    return [arc for lattice in reading.lattices for arc in lattice.arcs]


def _tiles(reading: Reading) -> str:
    tried = len(_all_arcs(reading))
    return (
        "What the first network sees. A digit may be one piece or several joined: "
        f"{counted(tried, 'shape')}, each scaled into 20 by 20 px and centred by its mass "
        f"in 28 by 28 px. The numbers name its pieces{first_shown(charts.MOST_TILES, tried)}."
    )


def _judged(reading: Reading) -> str:
    arcs = _all_arcs(reading)
    none = sum(int(arc.probabilities.argmax()) == NO_DIGIT for arc in arcs)
    return (
        "The first network says of each shape how likely it is each of the ten digits, or none of "
        f"them; the darker, the likelier. It holds {none} of {counted(len(arcs), 'shape')} to be "
        f"no digit{first_shown(charts.MOST_JUDGED, len(arcs))}."
    )


SHAPE_STAGES = (
    Stage("Contours", _draw_contours, _contours, in_sheet_frame, has_ink, "contours"),
    Stage("Left out", _draw_dropped, _dropped, in_sheet_frame, has_ink, losses=(Loss.ALL_DROPPED,)),
    Stage(
        "Lines of writing",
        _draw_lines,
        _lines,
        in_sheet_frame,
        has_lines,
        "segment",
    ),
    Stage("Candidate cuts", _draw_pieces, _pieces, in_sheet_frame, has_lines, "cut"),
    Stage(
        "Tiles",
        lambda reading: charts.tiles(reading.lattices),
        _tiles,
        among_tiles,
        has_lines,
        "normalize",
    ),
    Stage(
        "Shapes judged",
        lambda reading: charts.judged(_all_arcs(reading)),
        _judged,
        among_judged,
        has_lines,
        "classify",
    ),
)
