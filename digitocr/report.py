"""An evaluation as one HTML file: the figures, then each wrong reading with its pictures."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from digitocr.draw import annotate
from digitocr.evaluate import Case, summary

PICTURE_PX = (420, 300)  # the largest a picture is shown

STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
pre { padding: 1rem; border: 1px solid #8885; border-radius: .5rem; overflow-x: auto; }
article { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: 1rem;
  padding: 1rem 0; border-top: 1px solid #8885; align-items: start; }
img { max-width: 100%; border-radius: .25rem; }
h2 { font-size: 1rem; margin: 0; } b { font-variant-numeric: tabular-nums; }
"""


def write_report(cases: Sequence[Case], path: Path) -> None:
    """Write the report of an evaluation; the pictures travel inside the file."""
    wrong = [case for case in cases if not case.is_exact]
    title = f"{len(cases) - len(wrong)} of {len(cases)} read exactly right"
    body = "\n".join(_article(case) for case in wrong) or "<p>Nothing was read wrong.</p>"
    path.write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style>'
        f"<h1>{title}</h1><pre>{html.escape(summary(cases))}</pre>{body}</html>",
        encoding="utf-8",
    )


def _article(case: Case) -> str:
    """One wrong reading: what was written, what was read, whose fault, how it looked."""
    name, truth, guess = (
        html.escape(text.replace("\n", " | "))
        for text in (case.path.name, case.truth, case.guess or "nothing")
    )
    if case.reading is None:
        return f"<article><div><h2>{name}</h2>{html.escape(case.error)}</div></article>"
    paper = np.where(case.reading.rectification.ink, 0, 255).astype(np.uint8)
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
