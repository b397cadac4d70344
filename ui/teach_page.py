"""The page Teach: a model taught by one's own labelled pictures, and used if it reads better."""

from __future__ import annotations

import streamlit as st

from digitocr import InputError
from digitocr.picture.archives import names_apart
from digitocr.tune.background import is_running, stop
from digitocr.tune.workplace import Workplace, lacking, workplace
from ui import desk
from ui.sources import SUFFIXES
from ui.teach_labels import show_labels
from ui.teach_result import show_result
from ui.teach_run import show_ended, show_run
from ui.teach_work import Look, forget, keep_settled, keep_uploads, look_again, look_of

EVERY_S = 0.5
FILES, SETTLED = "Labelled pictures", "Settled at the desk"


def teach_page() -> None:
    """One run of the page."""
    work = workplace()
    look = look_of(work)
    if why := lacking():
        _intro()
        st.info(why, icon=":material/school:")
    elif look and not look.is_done:
        _looking(look)
    elif not work.is_there:
        _choose(work, look)
    elif is_running(work):
        show_run(work)
        _drop(work)
    elif work.is_taught:
        show_result(work)
        _drop(work)
    elif look is None:  # the app was started anew meanwhile
        look_again(work)
        st.rerun()
    else:
        _prepared(work, look)
        _drop(work)


def _intro() -> None:
    st.html(
        '<div class="welcome"><h1>Teach</h1><p>Let digitocr learn from your own papers: it goes on '
        "from what it knows, and you see what it reads before and after.</p></div>"
    )


def _choose(work: Workplace, look: Look | None) -> None:
    _intro()
    if look and look.error:
        st.warning(look.error, icon=":material/folder_off:")
    source = st.segmented_control(
        "Learn from", [FILES, SETTLED], default=FILES, required=True, key="teach-source"
    )
    files = []
    if source == FILES:
        files = st.file_uploader(
            "Labelled pictures",
            type=[*SUFFIXES, "pdf", "zip", "csv"],
            accept_multiple_files=True,
            key="teach-files",
            label_visibility="collapsed",
        )
        st.caption(
            "Pictures with a labels.csv, or a ZIP that holds both: columns **file** and **label**, "
            "a row for each picture; **writer** and **document** help. Some 200 numbers or more."
        )
    else:
        st.caption(
            f"All that people settled, with the pictures that the desk keeps: {desk.place()}."
        )
    st.info(
        "To teach, the pictures must be kept on the machine that runs this app, in "
        f"`{work.folder}`, until you drop them. Nothing is stored before you press the button, "
        "and nothing is sent anywhere. Who can open this app sees them on this page.",
        icon=":material/folder:",
    )
    if not st.button(
        "Keep these pictures and look at the labels",
        type="primary",
        icon=":material/folder:",
        disabled=source == FILES and not files,
    ):
        return
    try:
        if source == FILES:
            named = zip(names_apart([file.name for file in files]), files, strict=True)
            keep_uploads(work, [(name, file.getvalue()) for name, file in named])
        else:
            keep_settled(work)
    except InputError as error:
        st.warning(str(error), icon=":material/folder_off:")
        return
    st.rerun()


@st.fragment(run_every=EVERY_S)
def _looking(look: Look) -> None:
    st.subheader("Looking at the labels", anchor=False)
    told = f"Looked at {look.done} of {look.total} pictures"
    st.progress(
        look.done / look.total if look.total else 0.0,
        told if look.total else f"Keeping pictures: {look.kept}",
    )
    if st.button("Stop", icon=":material/stop:"):
        look.is_stopped = True
    if look.is_done:
        st.rerun()


def _prepared(work: Workplace, look: Look) -> None:
    """What can be taught by, and where it stands."""
    show_ended(work)
    if look.overview is None:
        st.warning(look.error, icon=":material/label_off:")
        if st.button("Look at the labels again", type="primary", icon=":material/refresh:"):
            look_again(work)
            st.rerun()
        return
    show_labels(work, look)


def _drop(work: Workplace) -> None:
    st.divider()
    with st.container(horizontal=True, vertical_alignment="center", key="teach-drop"):
        with st.popover("Drop it all", icon=":material/delete:"):
            st.markdown("The kept pictures, their labels and what was learnt are deleted.")
            if st.button("Delete all of it", type="primary", key="teach-delete"):
                try:
                    stop(work)
                    forget(work)
                    work.drop()
                except InputError as error:
                    st.warning(str(error))
                else:
                    st.rerun()
        st.caption(f"Kept in `{work.folder}` until then.")
