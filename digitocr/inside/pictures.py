"""What goes on inside the classifier, as pictures: RGB at display size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from digitocr.inside.insight import PATCH_PX, Insight
from digitocr.show.canvas import DOUBT, FADED, INK, PAPER, QUIET, SERIES, Color, font
from digitocr.show.charts import tile_image

GAP_PX = 14
KERNEL_CELL_PX = 20  # of each of a kernel's cells
MAP_SIDE_PX = 112  # four display px for each of the 28
COLUMNS = 4  # of kernels, each with its map
MOST_KERNELS = 32
LARGE_PX = 280  # ten display px for each of the tile's 28
NEIGHBOUR_PX = 112
AGAINST, FOR = SERIES[1], SERIES[0]  # weights below and above 0


def draw_kernels(insight: Insight) -> Image.Image:
    """Each kernel of the first layer, and beside it where on the tile it finds what it looks for.

    Weights above 0 are blue, below orange; the maps share one scale, ink where nothing is found
    is gray.
    """
    kernels = insight.kernels[:MOST_KERNELS]
    side = KERNEL_CELL_PX * max(kernels.shape[1:])
    width, height = side + 6 + MAP_SIDE_PX + 2 * GAP_PX, MAP_SIDE_PX + GAP_PX
    rows = -(-len(kernels) // COLUMNS)
    canvas = Image.new("RGB", (COLUMNS * width, rows * height + GAP_PX), PAPER)
    draw = ImageDraw.Draw(canvas)
    strongest = max(float(insight.maps.max()), 1e-6)
    for index, kernel in enumerate(kernels):
        row, column = divmod(index, COLUMNS)
        x, y = column * width + GAP_PX, row * height + GAP_PX
        weights = _weights(kernel, side)
        top = y + (MAP_SIDE_PX - weights.height) // 2
        canvas.paste(weights, (x, top))
        draw.rectangle((x - 1, top - 1, x + weights.width, top + weights.height), outline=FADED)
        found = insight.maps[..., index] / strongest
        left = x + side + 6
        canvas.paste(_over_tile(insight, found, SERIES[2], MAP_SIDE_PX), (left, y))
        draw.rectangle((left - 1, y - 1, left + MAP_SIDE_PX, y + MAP_SIDE_PX), outline=FADED)
    return canvas


def draw_occlusion(insight: Insight) -> Image.Image:
    """The tile, the square over the place that matters most, and how much each place matters."""
    seen = insight.occlusion
    x, y = seen.worst_xy
    canvas = Image.new("RGB", (3 * LARGE_PX + 4 * GAP_PX, LARGE_PX + 2 * GAP_PX + 44), PAPER)
    draw = ImageDraw.Draw(canvas)
    scale = LARGE_PX / insight.tile.shape[0]
    lost = np.clip(seen.whole - seen.left, 0, 1)
    pictures = (
        ("the tile", tile_image(insight.tile, LARGE_PX).convert("RGB")),
        ("worst place covered", tile_image(insight.tile, LARGE_PX).convert("RGB")),
        ("what matters", _over_tile(insight, lost, DOUBT, LARGE_PX)),
    )
    for index, (words, picture) in enumerate(pictures):
        left = GAP_PX + index * (LARGE_PX + GAP_PX)
        if index == 1:
            first = [(side - PATCH_PX // 2) * scale for side in (x, y)]
            square = (*first, *(side + PATCH_PX * scale - 1 for side in first))
            ImageDraw.Draw(picture).rectangle(square, fill=PAPER, outline=DOUBT, width=3)
        canvas.paste(picture, (left, GAP_PX))
        frame = (left - 1, GAP_PX - 1, left + LARGE_PX, GAP_PX + LARGE_PX)
        draw.rectangle(frame, outline=FADED)
        draw.text((left, GAP_PX + LARGE_PX + 8), words, QUIET, font(28))
    return canvas


def draw_neighbours(insight: Insight) -> Image.Image:
    """The tile, then the known digits that lie nearest to it, with what each of them is."""
    near = insight.neighbours
    columns = 1 + len(near.labels) // 2
    step = NEIGHBOUR_PX + GAP_PX
    cell = NEIGHBOUR_PX + 44
    first = 2 * cell - 44  # the tile itself is as high as both rows
    canvas = Image.new(
        "RGB", (first + 3 * GAP_PX + (columns - 1) * step, 2 * cell + 2 * GAP_PX), PAPER
    )
    draw = ImageDraw.Draw(canvas)
    canvas.paste(tile_image(insight.tile, first).convert("RGB"), (GAP_PX, GAP_PX))
    draw.rectangle((GAP_PX - 1, GAP_PX - 1, GAP_PX + first, GAP_PX + first), outline=INK)
    draw.text((GAP_PX, GAP_PX + first + 6), "yours", QUIET, font(28))
    for index, (tile, label) in enumerate(zip(near.tiles, near.labels, strict=True)):
        row, column = divmod(index, columns - 1)
        x, y = first + 3 * GAP_PX + column * step, GAP_PX + row * cell
        canvas.paste(tile_image(tile, NEIGHBOUR_PX).convert("RGB"), (x, y))
        draw.rectangle((x - 1, y - 1, x + NEIGHBOUR_PX, y + NEIGHBOUR_PX), outline=FADED)
        color = INK if label == insight.label else DOUBT
        draw.text((x + 2, y + NEIGHBOUR_PX + 4), label, color, font(32))
    return canvas


def _weights(kernel: NDArray[np.float32], side_px: int) -> Image.Image:
    """A kernel (h, w), white at 0, as strong in colour as it may be in this kernel."""
    shares = kernel / max(float(np.abs(kernel).max()), 1e-6)
    colors = np.where(shares[..., None] > 0, np.array(FOR), np.array(AGAINST))
    shades = np.array(PAPER) + np.abs(shares)[..., None] * (colors - np.array(PAPER))
    image = Image.fromarray(np.rint(shades).astype(np.uint8))
    return image.resize((side_px, side_px), Image.Resampling.NEAREST)


def _over_tile(
    insight: Insight, strength: NDArray[np.float32], color: Color, side_px: int
) -> Image.Image:
    """The tile's ink in pale gray, over it a colour, the deeper the stronger (H, W), 0..1."""
    ink = 1 - 0.25 * insight.tile[..., None]
    rows, columns = (-(-side // got) for side, got in zip(ink.shape, strength.shape, strict=False))
    shares = np.sqrt(np.repeat(np.repeat(strength, rows, 0), columns, 1))[: len(ink), : len(ink)]
    shades = 255 * ink + shares[..., None] * (np.array(color) - 255 * ink)
    image = Image.fromarray(np.rint(np.clip(shades, 0, 255)).astype(np.uint8))
    return image.resize((side_px, side_px), Image.Resampling.NEAREST)
