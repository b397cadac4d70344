"""A teaching that runs: its curve, what is left, and the button that ends it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import streamlit as st

from digitocr.tune.background import is_running, stop
from digitocr.tune.progress_file import DONE, FAILED, STAGES, TUNING, Point, SoFar
from digitocr.tune.workplace import Workplace

EVERY_S = 1.0
HEIGHT_PX = 180
RIGHT, QUIET = "#2c9385", "#8a929b"
SMOOTH = 10  # steps on either side
WORDS = {
    "reading": "Reading your pictures",
    "making lines": "Making up numbers, so that it forgets nothing",
    TUNING: "Learning",
    "tuning the classifier": "Learning your digits one by one",
    "writing the model": "Writing the model",
    "fitting confidences": "Fitting its confidences",
    "checking": "Reading before and after: your test part, and numbers of every other kind",
}


def show_run(work: Workplace) -> None:
    """How far the run is, from its own file, whoever started it."""
    st.html(f'<div class="intro"><h1>Teaching {work.name}</h1></div>')
    _running(work)


@st.fragment(run_every=EVERY_S)
def _running(work: Workplace) -> None:
    found = work.so_far()
    st.progress(_share(found), _told(found))
    # Above the curve, which comes and grows: a button that moves away is missed.
    st.button("Stop teaching", icon=":material/stop:", on_click=stop, args=(work,))
    curve(found.points)
    if not is_running(work):
        st.rerun()


def show_ended(work: Workplace) -> None:
    """Why a run that was begun is not at its end; nothing where none was."""
    if not work.name:
        return
    found = work.so_far()
    if found.end == FAILED:
        st.warning(found.why, icon=":material/warning:")
    elif found.end != DONE:
        st.info(f"{work.name} is not done: Go on begins where it stopped.", icon=":material/pause:")
    with st.expander("The curve so far"):
        curve(found.points)


def curve(points: Sequence[Point]) -> None:
    """The loss of each step, and the share of the val part that was read right at each look."""
    if len(points) < 2:
        return
    loss, exact = st.columns(2)
    with loss:
        st.markdown("**Loss**, your lines and drawn ones")
        st.altair_chart(_loss_chart(points), key="teach-loss")
    looks = [one.step for one in points if one.step.exact is not None]
    with exact:
        st.markdown("**Read right**, of your lines to choose by")
        if looks:
            st.altair_chart(_exact_chart(looks), key="teach-exact")
        else:
            st.caption("Looked at every 20 steps.")


def _loss_chart(points: Sequence[Point]) -> Any:
    rows = [{"step": one.step.number, "loss": one.step.loss} for one in points]
    base = alt.Chart(alt.InlineData(values=rows)).encode(x=_steps())
    each = base.mark_circle(color=QUIET, size=12, opacity=0.5).encode(
        y=alt.Y("loss:Q", title=None, axis=alt.Axis(grid=False, tickCount=4)),
        tooltip=["step:Q", alt.Tooltip("loss:Q", format=".3f")],
    )
    mean = base.transform_window(
        mean="mean(loss)", frame=[-SMOOTH, SMOOTH], sort=[{"field": "step"}]
    )
    line = mean.mark_line(color=RIGHT, strokeWidth=2).encode(y="mean:Q")
    return (each + line).properties(height=HEIGHT_PX)


def _exact_chart(looks: Sequence[Any]) -> Any:
    rows = [{"step": one.number, "exact": one.exact} for one in looks]
    chart = alt.Chart(alt.InlineData(values=rows)).mark_line(color=RIGHT, point={"color": RIGHT})
    return chart.encode(
        x=_steps(),
        y=alt.Y(
            "exact:Q",
            title=None,
            axis=alt.Axis(format=".0%", grid=False, tickCount=4),
            scale=alt.Scale(zero=False, nice=True),
        ),
        tooltip=["step:Q", alt.Tooltip("exact:Q", format=".1%")],
    ).properties(height=HEIGHT_PX)


def _steps() -> Any:
    return alt.X("step:Q", title="step", axis=alt.Axis(grid=False, tickMinStep=1, tickCount=5))


def _share(found: SoFar) -> float:
    return min(1.0, found.done / found.total) if found.total else 0.0


def _told(found: SoFar) -> str:
    place = f"{STAGES.index(found.stage) + 1} of {len(STAGES)}: " if found.stage in STAGES else ""
    told = f"{place}{WORDS.get(found.stage, found.stage)}"
    if found.total:
        told += f", {found.done} of {found.total}"
    left = found.left_s
    return told if left is None else f"{told}; at most {_minutes(left)} of it left"


def _minutes(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} minute{'s' * (minutes != 1)}" if minutes else "a minute"
