"""The charts of a measurement: colours that stand on either ground, words in the theme's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from digitocr.measure.blame import Stage
from digitocr.measure.counts import Figures, wilson
from digitocr.measure.edits import Pair
from digitocr.measure.reliability import Claims, bounds, reliability

RIGHT, WRONG, QUIET = "#2c9385", "#d65f3d", "#8a929b"
DIGITS = tuple("0123456789")
MISSED, PUT_IN = "–", "put in"  # a word would be too wide on a phone
CELL_PX, SIDE_PX, BAR_PX = 36, 260, 34
FAINTEST, STRONGEST = 0.18, 0.6  # opacity: the count on a cell is legible in either theme
MOST_POINTS = 300  # of a curve


def confusion_chart(found: Mapping[Pair, Sequence[int]], chosen: Pair | None, ink: str) -> Any:
    """True digits down, read digits across; a click on a cell selects it as "cell".

    ink: the colour of the counts.
    """
    pairs = [Pair(true, read) for true in (*DIGITS, "") for read in (*DIGITS, "") if true or read]
    counts = {pair: len(found.get(pair, ())) for pair in pairs}
    # What is wrong is rare, and would not be seen beside what is right.
    most = {
        is_right: max(1, *(counts[one] for one in pairs if _is_right(one) == is_right))
        for is_right in (True, False)
    }
    cells = [
        {
            "true": pair.true or PUT_IN,
            "read": pair.read or MISSED,
            "count": counts[pair],
            "what": in_words(pair),
            "told": f"{in_words(pair)}: {counts[pair]} times",
            "color": (RIGHT if _is_right(pair) else WRONG) if counts[pair] else QUIET,
            "strength": _strength(counts[pair] / most[_is_right(pair)]),
            "chosen": pair == chosen,
        }
        for pair in pairs
    ]
    axis = alt.Axis(labelAngle=0, ticks=False, domain=False, grid=False, titlePadding=8)
    apart = alt.Scale(paddingInner=0.06)
    base = alt.Chart(alt.InlineData(values=cells)).encode(
        x=alt.X(
            "read:N", sort=[*DIGITS, MISSED], title="read as (–: missed)", axis=axis, scale=apart
        ),
        y=alt.Y("true:N", sort=[*DIGITS, PUT_IN], title="written", axis=axis, scale=apart),
        tooltip=[alt.Tooltip("what:N", title="digit"), alt.Tooltip("count:Q", title="times")],
    )
    cell = alt.selection_point(name="cell", fields=["true", "read"], toggle=False)
    squares = base.mark_rect(cornerRadius=4, cursor="pointer", strokeWidth=2).encode(
        color=alt.Color("color:N", scale=None),
        opacity=alt.Opacity("strength:Q", scale=None),
        description="told:N",
    )
    frame = base.transform_filter("datum.chosen").mark_rect(
        cornerRadius=4, filled=False, stroke=ink, strokeWidth=2, aria=False
    )
    numbers = base.transform_filter("datum.count > 0").mark_text(
        color=ink, fontSize=13, cursor="pointer", aria=False
    )
    return (squares.add_params(cell) + frame + numbers.encode(text="count:Q")).properties(
        height=CELL_PX * 11 + 40
    )


def reliability_chart(found: Claims, ink: str) -> Any:
    """Confidence against how often it was right, with the 95% interval and the count of each bin;
    where claims mean what they say, all lie on the diagonal. ink: the colour of the counts."""
    points = []
    for one in reliability(*found):
        low, high = wilson(round(one.right * one.size), one.size)
        points.append({**one._asdict(), "low": low, "high": high})
    base = alt.Chart(alt.InlineData(values=points)).encode(
        x=_share("claimed:Q", "confidence"),
        tooltip=[
            alt.Tooltip("size:Q", title="how many"),
            alt.Tooltip("claimed:Q", title="confidence", format=".1%"),
            alt.Tooltip("right:Q", title="right", format=".1%"),
        ],
    )
    ends = alt.InlineData(values=[{"at": 0.0}, {"at": 1.0}])
    diagonal = alt.Chart(ends).mark_line(color=QUIET, strokeDash=[4, 4]).encode(x="at:Q", y="at:Q")
    likely = base.mark_rule(color=RIGHT, strokeWidth=2, opacity=0.5).encode(
        y=_share("low:Q", "right"), y2="high:Q"
    )
    dots = base.mark_circle(color=RIGHT, opacity=1).encode(
        y=_share("right:Q", "right"),
        size=alt.Size("size:Q", legend=None, scale=alt.Scale(range=[40, 320])),
    )
    counts = base.mark_text(color=ink, align="right", dx=-11).encode(
        y=_share("right:Q", "right"), text="size:Q"
    )
    return (diagonal + likely + dots + counts).properties(height=SIDE_PX)


def selective_chart(found: Claims, figures: Figures) -> Any:
    """How many of those shown are right, for every share that a bound would show; and where the
    chosen setting lies."""
    curve = bounds(*found)
    shown = curve[:: -(-len(curve) // MOST_POINTS) or 1]
    values = [one._asdict() for one in dict.fromkeys([*shown, *curve[-1:]])]
    lowest = min([one.right for one in curve], default=0.0)
    line = alt.Chart(alt.InlineData(values=values)).encode(
        x=_share("share:Q", "shown"),
        y=_share("right:Q", "of these right", floor=max(0.0, lowest - 0.05)),
        tooltip=[
            alt.Tooltip("share:Q", title="shown", format=".1%"),
            alt.Tooltip("right:Q", title="of these right", format=".1%"),
            alt.Tooltip("confidence:Q", title="confidence from", format=".3f"),
        ],
    )
    drawn = line.mark_line(color=RIGHT, interpolate="step-before", point={"color": RIGHT})
    if not (figures.shown and found.right):
        return drawn.properties(height=SIDE_PX)
    here = {
        "share": figures.shown / len(found.right),
        "right": 1 - figures.shown_wrong_share,
    }
    chosen = (
        alt.Chart(alt.InlineData(values=[here]))
        .mark_point(color=WRONG, size=160, strokeWidth=3)
        .encode(
            x="share:Q",
            y="right:Q",
            tooltip=[
                alt.Tooltip("share:Q", title='shown without "?" as set', format=".1%"),
                alt.Tooltip("right:Q", title="of these right", format=".1%"),
            ],
        )
    )
    return (drawn + chosen).properties(height=SIDE_PX)


def blame_chart(blamed: Sequence[tuple[Stage, int]], ink: str) -> Any:
    """Wrong pictures by the stage to blame, the most first."""
    rows = [{"stage": stage, "count": count} for stage, count in blamed]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("count:Q", axis=None),
        y=alt.Y("stage:N", sort=None, title=None, axis=alt.Axis(ticks=False, domain=False)),
    )
    bars = base.mark_bar(color=WRONG, cornerRadius=4, height=18)
    counts = base.mark_text(color=ink, align="left", dx=6).encode(text="count:Q")
    return (bars + counts).properties(height=BAR_PX * len(rows) + 10)


def in_words(pair: Pair) -> str:
    """What became of a digit."""
    if not pair.true:
        return f"{pair.read} put in"
    return f"{pair.true} read as {pair.read}" if pair.read else f"{pair.true} missed"


def pair_of(cell: Mapping[str, str]) -> Pair:
    """The digits of a selected cell."""
    true, read = cell["true"], cell["read"]
    return Pair("" if true == PUT_IN else true, "" if read == MISSED else read)


def _share(field: str, title: str, floor: float = 0.0) -> Any:
    """An axis of shares, 0 to 100%."""
    channel = alt.X if title in ("confidence", "shown") else alt.Y
    return channel(
        field,
        title=title,
        axis=alt.Axis(format=".0%", tickCount=5),
        scale=alt.Scale(domain=[floor, 1], nice=False),
    )


def _strength(share: float) -> float:
    return FAINTEST + (STRONGEST - FAINTEST) * share**0.5 if share else 0.07


def _is_right(pair: Pair) -> bool:
    return pair.true == pair.read
