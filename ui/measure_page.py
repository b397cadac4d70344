"""The page Measure: how well one's own labelled pictures are read, and what goes wrong where."""

from __future__ import annotations

from functools import partial
from pathlib import PurePath

import streamlit as st

from digitocr import InputError, Settings
from digitocr.measure.edits import Pair
from digitocr.measure.reliability import calibration_error
from digitocr.measure.saved import as_json, from_json
from digitocr.picture.archives import names_apart
from digitocr.settings import SETTINGS
from ui.measure_against import show_against
from ui.measure_charts import (
    blame_chart,
    confusion_chart,
    in_words,
    pair_of,
    reliability_chart,
    selective_chart,
)
from ui.measure_pictures import show_seen
from ui.measure_work import Results, Work, begin, opened
from ui.sources import PRIVACY, SUFFIXES

EVERY_S = 0.5
MOST_PAIRS = 10  # confusions that are offered by name
INKS = {"light": "#1f2a37", "dark": "#e7e9ea"}  # as the themes' textColor


def measure_page() -> None:
    """One run of the page."""
    work: Work | None = st.session_state.get("measure")
    saved: Results | None = st.session_state.get("measure-saved")
    if saved:
        _show(saved, None)
    elif work is None:
        _choose()
    elif not work.is_done:
        _working(work)
    elif work.seen:
        _show(work.results, work)
    else:
        st.warning(work.error or "Stopped before the first picture.", icon=":material/folder_off:")
        _new()


def _choose() -> None:
    st.html(
        '<div class="welcome"><h1>Measure</h1><p>How well are your own papers read? Drop pictures '
        "with a labels.csv, or a ZIP that holds both: columns <b>file</b> and <b>label</b>, a row "
        "for each picture.</p></div>"
    )
    files = st.file_uploader(
        "Labelled pictures, or a saved measurement",
        type=[*SUFFIXES, "pdf", "zip", "csv", "json"],
        accept_multiple_files=True,
        key="measure-files",
        label_visibility="collapsed",
    )
    st.caption(f"{PRIVACY} A measurement that you saved can be opened here, too.")
    careful = _careful(Settings().one_wrong_in)
    if not st.button("Measure", type="primary", disabled=not files, icon=":material/play_arrow:"):
        return
    named = zip(names_apart([file.name for file in files]), files, strict=True)
    uploads = [(name, file.getvalue()) for name, file in named]
    try:
        _begin(uploads, careful)
    except InputError as error:
        st.warning(str(error), icon=":material/folder_off:")
        return
    st.rerun()


def _begin(uploads: list[tuple[str, bytes]], careful: int) -> None:
    """Measure, or open what is measured already."""
    saved = [(name, data) for name, data in uploads if PurePath(name).suffix.lower() == ".json"]
    if saved and len(uploads) > 1:
        raise InputError(
            "Open a saved measurement alone: the second is asked for beside the first."
        )
    if saved:
        ((name, data),) = saved
        st.session_state["measure-saved"] = opened(from_json(data, name))
    else:
        st.session_state["measure"] = begin(uploads, Settings(one_wrong_in=careful))
    st.session_state.pop("measure-cell", None)


def _careful(value: int) -> int:
    """How careful to be: the page's own setting."""
    _, setting = SETTINGS["one_wrong_in"]
    chosen: int = st.select_slider(
        setting.title,
        sorted({*setting.stops, value}),
        value,
        format_func=lambda count: "never doubt" if count == 1 else f"{count:,}",
        help=setting.help,
    )
    return chosen


@st.fragment(run_every=EVERY_S)
def _working(work: Work) -> None:
    done = len(work.seen)
    told = f"Read {done} of {work.total} pictures" if work.total else "Opening …"
    st.progress(done / work.total if work.total else 0.0, told)
    if st.button("Stop", icon=":material/stop:"):
        work.is_stopped = True
    if work.is_done:
        st.rerun()


def _show(results: Results, work: Work | None) -> None:
    if work and len(work.seen) < work.total:
        st.warning(
            f"Stopped: {len(work.seen)} of {work.total} pictures were measured.",
            icon=":material/stop:",
        )
    _headline(results)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Save the measurement",
            lambda: as_json(results.measurement),
            "measurement.json",
            "application/json",
            icon=":material/download:",
            on_click="ignore",
            help="What was written and read, without the pictures: to compare with a later one.",
        )
        _new()
    if work:
        with st.expander("Measure them again, more or less careful"):
            careful = _careful(results.one_wrong_in)
            same = careful == results.one_wrong_in
            if st.button("Measure again", icon=":material/refresh:", disabled=same):
                _begin([*work.files], careful)
                st.rerun()
    ink = INKS[st.context.theme.type or "light"]
    _confusion(results, ink)
    _confidence(results, ink)
    if results.figures.blamed:
        st.subheader("Which stage went wrong", anchor=False)
        st.altair_chart(blame_chart(results.figures.blamed, ink), key="blame")
        st.caption("The first stage that made the right answer impossible, for each wrong picture.")
    if results.figures.unreadable:
        with st.expander(f"Unreadable files: {results.figures.unreadable}"):
            show_seen([one for one in results.seen if one.case.error], "unreadable")
    show_against(results)


def _new() -> None:
    st.button("New measurement", icon=":material/add:", on_click=_forget)


def _forget() -> None:
    for name in ("measure", "measure-saved", "measure-cell"):
        st.session_state.pop(name, None)


def _headline(results: Results) -> None:
    found = results.figures
    low, high = found.exact_interval
    st.html(
        '<div class="tally measured">'
        f"<p><b>{found.exact_share:.1%}</b> exact: {found.exact} of {found.pictures}"
        f"<br><small>95% interval {low:.1%} to {high:.1%}</small></p>"
        f"<p><b>{found.error_rate:.2%}</b> of the characters wrong</p>"
        f'<p><b>{found.shown_share:.1%}</b> shown without "?"'
        f"<br><small>at most 1 wrong in {results.one_wrong_in:,} asked</small></p>"
        f'<p class="doubt"><b>{found.shown_wrong}</b> of these wrong'
        f"<br><small>{found.shown_wrong_share:.1%}</small></p>"
        + (f"<p><b>{found.unreadable}</b> unreadable</p>" if found.unreadable else "")
        + "</div>"
    )


def _confusion(results: Results, ink: str) -> None:
    st.subheader("Which digits are taken for which", anchor=False)
    found = results.confusion
    chosen: Pair | None = st.session_state.get("measure-cell")
    matrix, beside = st.columns([2, 1])
    with matrix:
        chart = confusion_chart(found, chosen, ink)
        key = f"confusion/{st.session_state.get('measure-turn', 0)}"
        st.altair_chart(chart, key=key, on_select=partial(_choose_cell, key))
    wrong = [pair for pair in found if pair.true != pair.read]
    with beside:
        if wrong:
            st.pills(
                "The most frequent",
                sorted(wrong, key=lambda pair: -len(found[pair]))[:MOST_PAIRS],
                format_func=lambda pair: f"{in_words(pair)} · {len(found[pair])}",
                key="measure-pairs",
                on_change=_choose_pair,
            )
        if chosen is None:
            st.caption("Choose one, or a cell, to see its pictures.")
    if chosen is None:
        return
    places = list(dict.fromkeys(found.get(chosen, ())))
    count = f"{len(places)} picture{'s' * (len(places) != 1)}"
    st.html(f"<h4>{in_words(chosen)}: {count}</h4>")
    show_seen([results.seen[place] for place in places], f"pictures/{chosen}")


def _choose_cell(key: str) -> None:
    """A click on the matrix; one beside its cells takes the choice back."""
    cells = st.session_state[key].selection.get("cell")
    st.session_state["measure-cell"] = pair_of(cells[0]) if cells else None
    st.session_state["measure-pairs"] = None


def _choose_pair() -> None:
    st.session_state["measure-cell"] = st.session_state["measure-pairs"]
    # A new matrix: the old one would not tell of a click on what was clicked there last.
    st.session_state["measure-turn"] = st.session_state.get("measure-turn", 0) + 1


def _confidence(results: Results, ink: str) -> None:
    numbers, digits = results.claims
    if not numbers.right:
        return
    st.subheader("Does confidence mean what it says?", anchor=False)
    for column, name, found in zip(
        st.columns(2), ("digits", "whole numbers"), (digits, numbers), strict=True
    ):
        with column:
            st.markdown(f"**{len(found.right)} {name}**")
            st.altair_chart(reliability_chart(found, ink), key=f"reliability/{name}")
            st.caption(f"Calibration error {calibration_error(*found):.1%}")
    st.caption(
        "A dot for each tenth of the confidences, with how many there were, and where their share "
        "probably lies (95%). On the dashed line confidence means what it says."
    )
    st.subheader("What doubt buys", anchor=False)
    st.altair_chart(selective_chart(numbers, results.figures), key="selective")
    st.caption(
        "The fewer numbers are shown, the surest first, the more of them are right. Of the "
        f'{len(numbers.right)} pictures with an answer the ring is what was shown without "?".'
    )
