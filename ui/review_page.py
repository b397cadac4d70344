"""The page Review: what is in doubt, worst first, settled without leaving the keyboard."""

from __future__ import annotations

import html
import io
import secrets
from functools import partial
from pathlib import PurePath
from typing import Any

import streamlit as st

from digitocr.documents import SEVERAL_PAGES
from digitocr.review.archive import WRITERS, Archive
from digitocr.review.desk import Desk, PageInDoubt, SettledError
from ui import parts
from ui.desk import opened, place

KEY = "review-desk"
EVERY_S = 5  # looks again whether others have left something


def review_page() -> None:
    """One run of the page."""
    with opened() as (found, archive):
        state = _state()
        if did := state["did"]:
            _do(found, **did)
            state["did"] = None  # where the database failed, the next run tries again
        page = found.next(state["session"], state["passed"])
        if page is None and state["passed"]:
            state["passed"].clear()
            state["told"] = "Only what was put off is left."
            page = found.next(state["session"])
        if page is None:
            _nothing_left()
        else:
            _show(found, page)
        _show_archive(archive, page)


def _state() -> dict[str, Any]:
    """This session's: who it is, what it put off, what it settled, and what to tell it."""
    fresh = {
        "session": secrets.token_hex(16),
        "passed": set(),
        "settled": [],
        "told": "",
        "turn": 0,  # rises when the field is to begin anew
        "heard": 0,  # rises with everything the reviewer does
        "did": None,
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
            "heard": state["heard"],
            "picture": parts.data_url(page.view.jpeg, "jpeg"),
            "marks": page.view.marks,
            "guess": page.guess,
            "doubts": places,
            "readers": _readers(page),
            "may_go_back": bool(state["settled"]),
        },
        key=KEY,
        on_did=_hear,
    )
    if state["told"]:
        st.html(f'<p class="told">{html.escape(state["told"])}</p>')


def _readers(page: PageInDoubt) -> list[dict[str, str]]:
    answers = {"cut into digits": page.by_segments, "along the line": page.by_line}
    return [{"who": who, "text": "\n".join(filter(None, said))} for who, said in answers.items()]


def _hear() -> None:
    """Note what the reviewer did; the database is asked in the run that follows."""
    state = _state()
    state["did"], state["heard"] = dict(st.session_state[KEY]["did"]), state["heard"] + 1


def _do(found: Desk, action: str, number: int, turn: int, text: str) -> None:
    """Do it, and tell of it in one line."""
    state = _state()
    if turn != state["turn"]:
        return  # it was said twice, of a page that is no longer shown
    state["told"] = ""
    if action == "later":
        state["passed"].add(number)
    elif action == "back" and state["settled"]:
        if not found.take_back(state["settled"][-1], state["session"]):
            state["told"] = "That page is no longer there."
        state["settled"].pop()
    elif action == "settle":
        try:
            kept = found.settle(number, text, state["session"], _reviewer())
        except ValueError as error:
            state["told"] = str(error)
            return  # what was typed stays in the field
        except SettledError as error:
            state["told"] = str(error)
        else:
            state["settled"].append(number)
            state["told"] = f"Settled as {kept.replace(chr(10), ' / ') or 'no number'}."
    state["turn"] += 1


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
def _nothing_left() -> None:
    with opened() as (found, _):
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


def _show_archive(archive: Archive, page: PageInDoubt | None) -> None:
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
                partial(_written, archive, kind),
                f"review{kind}",
                icon=":material/download:",
                on_click="ignore",
            )
        with st.popover("Delete", icon=":material/delete:"):
            _show_delete(archive, page)


def _name() -> None:
    st.session_state.reviewer = st.session_state["reviewer-field"]


def _written(archive: Archive, kind: str) -> str:
    file = io.StringIO(newline="")
    WRITERS[kind](archive.everything(), file)
    return file.getvalue()


def _show_delete(archive: Archive, page: PageInDoubt | None) -> None:
    piles = archive.piles()
    if not piles:
        st.write("Nothing is kept.")
        return
    st.write(f"Kept in {place()}. What is deleted is gone, with its pictures and settlements.")
    if page:
        several = PurePath(page.file).suffix.lower() in SEVERAL_PAGES
        if st.button(f"Delete {page.file}{' with all its pages' if several else ''}"):
            archive.delete(page.file, page.pile)
            st.rerun()
    pile = st.selectbox("Pile", piles, format_func=lambda one: f"{one} ({piles[one]} pages)")
    if st.button("Delete this pile", type="primary"):
        archive.delete(pile=pile)
        if st.session_state.get("on_desk") == pile:
            del st.session_state.on_desk
        st.rerun()
