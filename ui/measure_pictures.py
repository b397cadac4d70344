"""Measured pictures in rows: each with what is written, what was read, and whose fault it is."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TypeVar

import streamlit as st

from digitocr.measure.cases import Case
from digitocr.measure.edits import Pair, aligned
from digitocr.measure.paired import Change
from ui import parts
from ui.measure_work import Seen

SHOWN = 12  # on a page

One = TypeVar("One")


def show_seen(seen: Sequence[Seen], key: str) -> None:
    """Some of the pictures, a page of them at a time."""
    st.html(_grid([_figure(one, _readings(one.case)) for one in _page(seen, key)]))


def show_changed(changed: Sequence[tuple[Seen, Change]], key: str) -> None:
    """The pictures that were read otherwise before."""
    figures = [
        _figure(one, _row("before", change.before) + _row("now", change.now, change.kind))
        for one, change in _page(changed, key)
    ]
    st.html(_grid(figures))


def _page(found: Sequence[One], key: str) -> Sequence[One]:
    """Those of the page that is turned to."""
    if len(found) <= SHOWN:
        return found
    number = st.pagination(-(-len(found) // SHOWN), key=key)
    return found[(number - 1) * SHOWN : number * SHOWN]


def _grid(figures: Sequence[str]) -> str:
    return f'<div class="seen">{"".join(figures)}</div>'


def _figure(seen: Seen, readings: str) -> str:
    case = seen.case
    picture = f'<img src="{parts.data_url(seen.picture, "jpeg")}" alt="">' if seen.picture else ""
    blamed = f"<p>to blame: {html.escape(case.blamed)}</p>" if case.blamed else ""
    return (
        f"<figure>{picture}<figcaption><dl><dt>written</dt><dd>{_written(case)}</dd>"
        f"{readings}</dl>{blamed}<p>{html.escape(str(case.path))}</p></figcaption></figure>"
    )


def _readings(case: Case) -> str:
    return _row("read", case, "" if case.accepted or case.error else "in doubt")


def _row(name: str, case: Case, note: str = "") -> str:
    told = html.escape(case.error) or _marked(case) or "nothing"
    small = f" <small>{html.escape(note)}</small>" if note else ""
    return f"<dt>{name}</dt><dd>{told}{small}</dd>"


def _written(case: Case) -> str:
    """The truth, what was not read so in bold."""
    return _bold([(pair.true, pair.read != pair.true) for pair in _aligned(case)]) or "nothing"


def _marked(case: Case) -> str:
    """The guess, what is wrong in it in bold."""
    return _bold([(pair.read, pair.read != pair.true) for pair in _aligned(case)])


def _aligned(case: Case) -> list[Pair]:
    return aligned(case.guess, case.truth)


def _bold(signs: Sequence[tuple[str, bool]]) -> str:
    told = ((sign.replace("\n", " / "), is_wrong) for sign, is_wrong in signs)
    return "".join(f"<b>{sign}</b>" if is_wrong and sign else sign for sign, is_wrong in told)
