"""An evaluation as one HTML file: the figures, then each wrong reading with its pictures."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from digitocr.measure.cases import Case
from digitocr.measure.evaluate import summary
from digitocr.measure.reliability import Bin, claims, reliability
from digitocr.output.whole import written_whole
from digitocr.show.annotate import annotate

PICTURE_PX = (420, 300)  # the largest a picture is shown
DIAGRAM_PX, MARGIN_PX = 220, 40  # a reliability diagram's square, and the room for its axes

STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
pre { padding: 1rem; border: 1px solid #8885; border-radius: .5rem; overflow-x: auto; }
article { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: 1rem;
  padding: 1rem 0; border-top: 1px solid #8885; align-items: start; }
img { max-width: 100%; border-radius: .25rem; }
.diagrams { display: flex; flex-wrap: wrap; gap: 1rem; } .diagrams figure { margin: 0; }
svg { font-size: 11px; fill: currentColor; } circle, .bar { fill: #1f7a70; }
.bar { opacity: .35; } line { stroke: currentColor; opacity: .4; }
h2 { font-size: 1rem; margin: 0; } b { font-variant-numeric: tabular-nums; }
"""


def write_report(cases: Sequence[Case], path: Path) -> None:
    """Write the report of an evaluation; the pictures travel inside the file.

    Raises InputError when it cannot be written; then there is no half of it.
    """
    wrong = [case for case in cases if not case.is_exact]
    title = f"{len(cases) - len(wrong)} of {len(cases)} read exactly right"
    body = "\n".join(_article(case) for case in wrong) or "<p>Nothing was read wrong.</p>"
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style>'
        f"<h1>{title}</h1><pre>{html.escape(summary(cases))}</pre>"
        f'<section class="diagrams">{_diagrams(cases)}</section>{body}</html>'
    )
    with written_whole(path) as unfinished:
        unfinished.write_text(page, encoding="utf-8")


def _diagrams(cases: Sequence[Case]) -> str:
    """The reliability diagrams of digits and of whole numbers."""
    numbers, digits = claims(cases)
    return "".join(
        _diagram(f"{len(found.right)} {name}", reliability(*found))
        for name, found in (("digits", digits), ("whole numbers", numbers))
        if found.right
    )


def _diagram(title: str, bins: Sequence[Bin]) -> str:
    """Confidence against the share that was right, as SVG; bars show where the claims lie."""
    side, edge = DIAGRAM_PX, MARGIN_PX
    total = sum(one.size for one in bins)
    shapes = []
    for one in bins:
        x, tall = edge + one.claimed * side, one.size / total * side
        told = f"{one.size} claimed {one.claimed:.1%}, right {one.right:.1%}"
        shapes.append(
            f'<rect class="bar" x="{x - 5:.1f}" y="{edge + side - tall:.1f}" width="10" '
            f'height="{tall:.1f}"/><circle cx="{x:.1f}" cy="{edge + (1 - one.right) * side:.1f}" '
            f'r="4"><title>{told}</title></circle>'
        )
    ends = edge, edge + side
    return (
        f'<figure><svg role="img" aria-label="Reliability of {title}" '
        f'width="{side + 2 * edge}" height="{side + 2 * edge}">'
        f'<line x1="{ends[0]}" y1="{ends[1]}" x2="{ends[1]}" y2="{ends[0]}"/>'
        f'<line x1="{ends[0]}" y1="{ends[1]}" x2="{ends[1]}" y2="{ends[1]}"/>'
        f'<line x1="{ends[0]}" y1="{ends[0]}" x2="{ends[0]}" y2="{ends[1]}"/>'
        f'{"".join(shapes)}<text x="{ends[0]}" y="{ends[0] - 14}">{title}: share right</text>'
        f'<text x="{ends[0] - 6}" y="{ends[0] + 4}" text-anchor="end">100%</text>'
        f'<text x="{ends[0] - 6}" y="{ends[1]}" text-anchor="end">0</text>'
        f'<text x="{ends[0]}" y="{ends[1] + 16}">confidence 0</text>'
        f'<text x="{ends[1]}" y="{ends[1] + 16}" text-anchor="end">100%</text></svg></figure>'
    )


def _article(case: Case) -> str:
    """One wrong reading: what was written, what was read, whose fault, how it looked."""
    name, truth, guess = (
        html.escape(text.replace("\n", " | "))
        for text in (case.path.name, case.truth, case.guess or "nothing")
    )
    if case.reading is None:
        return f"<article><div><h2>{name}</h2>{html.escape(case.error)}</div></article>"
    paper = np.where(case.reading.binarization.ink, 0, 255).astype(np.uint8)
    return (
        f"<article><div><h2>{name}</h2>written <b>{truth}</b><br>read <b>{guess}</b><br>"
        f"to blame: {case.blamed}</div>{_img(annotate(case.reading), 'the picture')}"
        f"{_img(Image.fromarray(paper), 'its ink')}</article>"
    )


def _img(picture: Image.Image, description: str) -> str:
    small = picture.copy()
    small.thumbnail(PICTURE_PX)
    buffer = io.BytesIO()
    small.save(buffer, "PNG")
    data = base64.b64encode(buffer.getvalue()).decode()
    return f'<img alt="{description}" src="data:image/png;base64,{data}">'
