"""The page Review: what is in doubt, worst first, settled without leaving the keyboard."""

from __future__ import annotations

import html
import secrets
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from digitocr.review.archive import Archive, write
from digitocr.review.desk import Desk, PageInDoubt, SettledError
from ui import parts
from ui.desk import archive, desk, place

KEY = "review-desk"
EVERY_S = 5  # looks again whether others have left something


def review_page() -> None:
    """One run of the page."""
    found, known = desk(), archive()
    if found is None or known is None:
        return
    state = _state()
    page = found.next(state["session"], state["passed"])
    if page is None and state["passed"]:
        state["passed"].clear()
        state["told"] = "Only what was put off is left."
        page = found.next(state["session"])
    if page is None:
        _nothing_left(found)
    else:
        _show(found, page)
    _show_archive(known)


def _state() -> dict[str, Any]:
    """This session's: who it is, what it put off, what it settled, and what to tell it."""
    fresh = {
        "session": secrets.token_hex(16),
        "passed": set(),
        "settled": [],
        "told": "",
        "turn": 0,
    }
    state: dict[str, Any] = st.session_state.setdefault("review_state", fresh)
    return state


def _show(found: Desk, page: PageInDoubt) -> None:
    state = _state()
    _tally(found)
    where = html.escape(page.file) + (f", page {page.page}" if page.page > 1 else "")
    st.html(f'<p class="where">{where}</p>')
    places = [index for index, sign in enumerate(page.text) if sign == "?"]
    parts.review(
        {
            "number": page.number,
            "turn": state["turn"],
            "picture": parts.data_url(page.view.jpeg, "jpeg"),
            "marks": page.view.marks,
            "guess": page.guess,
            "doubts": places,
            "readers": _readers(page),
            "may_go_back": bool(state["settled"]),
        },
        key=KEY,
        on_did=lambda: _did(found),
    )
    if state["told"]:
        st.html(f'<p class="told">{html.escape(state["told"])}</p>')


def _readers(page: PageInDoubt) -> list[dict[str, str]]:
    answers = {"cut into digits": page.by_segments, "along the line": page.by_line}
    return [{"who": who, "text": "\n".join(filter(None, said))} for who, said in answers.items()]


def _did(found: Desk) -> None:
    """What the reviewer did on the desk; told afterwards in one line."""
    did = st.session_state[KEY]["did"]
    state = _state()
    state["told"], state["turn"] = "", state["turn"] + 1
    number = int(did["number"])
    if did["action"] == "later":
        state["passed"].add(number)
    elif did["action"] == "back" and state["settled"]:
        if not found.take_back(state["settled"].pop(), state["session"]):
            state["told"] = "That page is no longer there."
    elif did["action"] == "settle":
        try:
            kept = found.settle(number, did["text"], state["session"], _reviewer())
        except (SettledError, ValueError) as error:
            state["told"] = str(error)
            return
        state["settled"].append(number)
        state["told"] = f"Settled as {kept.replace(chr(10), ' / ') or 'no number'}."


def _reviewer() -> str:
    return str(st.session_state.get("reviewer") or "")


def _tally(found: Desk) -> None:
    progress = found.progress(_state()["session"])
    elsewhere = f" ({progress.elsewhere} with others)" if progress.elsewhere else ""
    st.html(
        f'<div class="tally"><p class="doubt"><b>{progress.left}</b> left{elsewhere}</p>'
        f"<p><b>{progress.settled}</b> settled</p>"
        f"<p><b>{progress.changed}</b> of them changed</p></div>"
    )


@st.fragment(run_every=EVERY_S)
def _nothing_left(found: Desk) -> None:
    progress = found.progress(_state()["session"])
    if progress.left > progress.elsewhere:
        st.rerun()
    _tally(found)
    if progress.left:
        told = "What is left is on other screens; whatever is not settled there comes here."
    elif progress.settled:
        told = "Everything is settled."
    else:
        told = "Nothing is in doubt here. Read a pile, and put what is in doubt on this desk."
    st.html(f'<div class="welcome"><h1>The desk is clear</h1><p>{told}</p></div>')


def _show_archive(known: Archive) -> None:
    """Who reviews; what is known, to take along or to delete."""
    with st.container(horizontal=True, vertical_alignment="center", key="desk-tools"):
        st.text_input(
            "Your name, kept with what you settle",
            key="reviewer-field",
            value=_reviewer(),
            on_change=_name,
            max_chars=100,
        )
        for kind, label in ((".csv", "CSV"), (".jsonl", "JSON lines")):
            st.download_button(
                label,
                partial(_written, known, kind),
                f"review{kind}",
                icon=":material/download:",
                on_click="ignore",
            )
        with st.popover("Delete", icon=":material/delete:"):
            _show_delete(known)


def _name() -> None:
    st.session_state.reviewer = st.session_state["reviewer-field"]


def _written(known: Archive, kind: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / f"review{kind}"
        write(known.everything(), out)
        return out.read_bytes()


def _show_delete(known: Archive) -> None:
    piles = known.piles()
    if not piles:
        st.write("Nothing is kept.")
        return
    st.write(f"Kept in {place()}. What is deleted is gone, with its pictures and settlements.")
    pile = st.selectbox("Pile", piles, format_func=lambda one: f"{one} ({piles[one]} pages)")
    if st.button("Delete this pile", type="primary"):
        known.delete(pile=pile)
        st.rerun()
