"""What was taught: before and after side by side, what is read otherwise, and whether to use it."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

import streamlit as st

from digitocr import InputError
from digitocr.tune.changed import Changed
from digitocr.tune.checks import Answer
from digitocr.tune.workplace import Workplace
from ui.desk import in_words
from ui.teach_labels import picture

SHOWN = 12  # pictures on a page
KINDS = {
    "own": "Your test part",
    "general": "Other kinds of numbers, drawn",
    "pages": "Pages of short numbers, drawn",
    "samples": "Scenes, drawn",
}
FIGURES = {"exact": "exact", "shown": 'shown without "?"', "shown_wrong": "shown, and wrong"}


def show_result(work: Workplace) -> None:
    """The card's figures, and the choice."""
    st.html(f'<div class="intro"><h1>{html.escape(work.name)} is taught</h1></div>')
    try:
        figures, why, changed = work.card()["figures"], work.worse(), work.changed()
    except InputError as error:
        st.warning(str(error), icon=":material/warning:")
        return
    st.html(_tables(figures))
    st.caption(
        f"Of {figures['own']['after']['pictures']} pictures of yours nothing was learnt from; of "
        "drawn lines that were read right before, "
        f"{figures['general']['agreement']:.1%} still are."
    )
    if why:
        st.warning(f"It got worse: {why}", icon=":material/trending_down:")
    _choice(work, why)
    if changed:
        st.subheader(f"Read otherwise in your test part: {len(changed)}", anchor=False)
        _show_changed(work, changed)
    else:
        st.caption("No picture of your test part is read otherwise.")


def _choice(work: Workplace, why: str) -> None:
    if work.is_used:
        st.success(f"{work.name} reads from now on.", icon=":material/check:")
        st.caption("`digitocr models rollback` reads with what read before.")
        return
    anyway = bool(why) and st.checkbox("Use it all the same")
    with st.container(horizontal=True):
        is_used = st.button(
            "Use it",
            type="primary",
            icon=":material/check:",
            disabled=bool(why) and not anyway,
            help="Installs it among your models; it reads wherever no other is named.",
        )
        is_dropped = st.button("Drop it", icon=":material/undo:", help="The pictures stay.")
    if is_used:
        try:
            work.use(anyway)
        except InputError as error:
            st.warning(str(error), icon=":material/warning:")
            return
    if is_dropped:
        work.drop_model()
    if is_used or is_dropped:
        st.rerun()


def _tables(figures: Mapping[str, Any]) -> str:
    tables = []
    for kind, name in KINDS.items():
        before, after = figures[kind]["before"], figures[kind]["after"]
        rows = "".join(
            f"<tr><th>{words}</th><td>{before[one]:.1%}</td><td><b>{after[one]:.1%}</b></td></tr>"
            for one, words in FIGURES.items()
        )
        tables.append(
            f'<table class="against"><caption>{name}</caption><tr><th>{after["pictures"]} pictures'
            f"</th><td>before</td><td>after</td></tr>{rows}</table>"
        )
    return f'<div class="taught">{"".join(tables)}</div>'


def _show_changed(work: Workplace, changed: list[Changed]) -> None:
    page = 1
    if len(changed) > SHOWN:
        page = st.pagination(-(-len(changed) // SHOWN), key="teach-changed")
    figures = [
        f"<figure>{picture(str(work.data / one.file))}<figcaption><dl><dt>written</dt>"
        f"<dd>{html.escape(in_words(one.before.truth))}</dd>{_row('before', one.before)}"
        f"{_row('after', one.after)}</dl></figcaption></figure>"
        for one in changed[(page - 1) * SHOWN : page * SHOWN]
    ]
    st.html(f'<div class="seen">{"".join(figures)}</div>')


def _row(name: str, answer: Answer) -> str:
    number = html.escape(in_words(answer.guess)) if answer.guess else "nothing"
    told = number if answer.is_exact else f"<b>{number}</b>"
    notes = ["right" if answer.is_exact else "wrong", *([] if answer.shown else ["in doubt"])]
    return f"<dt>{name}</dt><dd>{told} <small>{', '.join(notes)}</small></dd>"
