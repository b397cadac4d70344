"""A measurement beside an earlier one of the same pictures: a paired test, and what changed."""

from __future__ import annotations

import streamlit as st

from digitocr import InputError
from digitocr.measure.paired import Comparison, compare, side_by_side, verdict
from digitocr.measure.saved import from_json
from ui.measure_pictures import show_changed
from ui.measure_work import Results


def show_against(results: Results) -> None:
    """Ask for the earlier measurement, and compare."""
    st.subheader("Against an earlier measurement", anchor=False)
    file = st.file_uploader(
        "A saved measurement of the same pictures, read by another version, another model or with "
        "other settings",
        type="json",
        key="measure-against",
    )
    if file is None:
        return
    try:
        before = from_json(file.getvalue(), file.name)
        found = compare(before.cases, results.cases)
    except InputError as error:
        st.warning(str(error), icon=":material/difference:")
        return
    _show(found, results, before.one_wrong_in)


def _show(found: Comparison, results: Results, before_one_wrong_in: int) -> None:
    rows = [
        *side_by_side(found),
        ("at most 1 wrong in", f"{before_one_wrong_in:,}", f"{results.one_wrong_in:,}"),
    ]
    cells = "".join(
        f"<tr><th>{name}</th><td>{before}</td><td>{now}</td></tr>" for name, before, now in rows
    )
    pictures = f"{found.now.pictures} pictures"
    st.html(
        f'<table class="against"><tr><th>{pictures}</th><td>before</td><td>now</td></tr>'
        f"{cells}</table>"
    )
    st.markdown(verdict(found))
    if found.not_in_both:
        st.caption(f"{found.not_in_both} pictures are in one of the two only, and left out.")
    if found.changed:
        st.markdown(f"**Read otherwise: {len(found.changed)}**")
        by_case = {id(one.case): one for one in results.seen}
        show_changed([(by_case[id(one.now)], one) for one in found.changed], "changed")
