"""The page Review: what is in doubt, worst first, settled without leaving the keyboard."""

from __future__ import annotations

import html
import io
from functools import partial
from pathlib import PurePath
from typing import Any

import streamlit as st

from digitocr.picture.documents import SEVERAL_PAGES
from digitocr.review.archive import WRITERS, Archive
from digitocr.review.desk import Desk, PageInDoubt, Progress, SettledError
from ui import parts
from ui.desk import in_words, opened, place, reviewer, session
from ui.settled import show_settled

KEY = "review-desk"
EVERY_S = 5  # looks again whether others have left something


def review_page() -> None:
    """One run of the page."""
    with opened() as (desk, archive):
        state = _state()
        if did := state["did"]:
            _do(desk, **did)
            state["did"] = None  # where the database failed, the next run tries again
        page = _reopened(desk) or desk.next(session(), state["passed"], state["takes_over"])
        state["takes_over"] = False
        if page is None and state["passed"]:
            state["passed"].clear()
            state["told"] = "Only what was put off is left."
            page = desk.next(session())
        progress = desk.progress(session())
        if page is None:
            _nothing_left()
        else:
            _tally(progress)
            _show(desk, page)
        show_settled(desk, progress.settled, _reopen)
        _show_archive(archive, page)


def _state() -> dict[str, Any]:
    """This session's: what it put off, what it settled, and what to tell it."""
    fresh: dict[str, Any] = {
        "passed": set(),
        "settled": [],  # the last comes last
        "open": None,  # the number of a settled page that is looked at again
        "whole_page": None,  # that of one whose whole page was asked for
        "takes_over": False,  # what is on other screens
        "told": "",
        "turn": 0,  # rises when the field is to begin anew
        "heard": 0,  # rises with everything the reviewer does
        "did": None,
    }
    state: dict[str, Any] = st.session_state.setdefault("review_state", fresh)
    return state


def _reopened(desk: Desk) -> PageInDoubt | None:
    """The settled page that is to be looked at again, if any."""
    state = _state()
    if state["open"] is None:
        return None
    page = desk.settled(state["open"])
    if page is None:
        state["told"], state["open"] = "That page is no longer there.", None
    return page


def _reopen(number: int) -> None:
    state = _state()
    state["open"], state["told"], state["turn"] = number, "", state["turn"] + 1


def _show(desk: Desk, page: PageInDoubt) -> None:
    state = _state()
    where = html.escape(page.file) + (f", page {page.page}" if page.page > 1 else "")
    if page.settled is not None:
        where += f" · settled as {in_words(page.settled)}"
    st.html(f'<p class="where">{where}</p>')
    state["was"] = page.settled
    first = page.guess if page.settled is None else page.settled
    places = [index for index, sign in enumerate(page.text) if sign == "?"]
    asked = state["whole_page"] == page.number
    parts.review(
        {
            "number": page.number,
            "turn": state["turn"],
            "heard": state["heard"],
            "picture": parts.data_url(page.view.jpeg, "jpeg"),
            "digits": page.view.digits,
            "first": first,
            "doubts": places if len(first) == len(page.text) else [],
            "replaces": page.settled is None,
            "readers": _readers(page),
            "may_go_back": bool(_before(page.number)),
            "later": "Later" if page.settled is None else "Leave it",
            "look": "Whole page" if page.view.place or not page.view.digits else "Zoom",
            "place": page.view.place,
            "page": parts.data_url(desk.whole_page(page.number), "jpeg") if asked else None,
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


def _do(desk: Desk, action: str, number: int, turn: int, text: str) -> None:
    """Do it, and tell of it in one line."""
    state = _state()
    if turn != state["turn"]:
        return  # it was said twice, of a page that is no longer shown
    state["told"] = ""
    if action == "page":
        state["whole_page"] = number
        return
    if action == "back":
        state["open"] = next(reversed(_before(number)), state["open"])
    elif action == "later":
        if state["open"] is None:
            state["passed"].add(number)
        state["open"] = None
    elif action == "settle":
        try:
            kept = desk.settle(number, text, session(), reviewer(), state["was"])
        except ValueError as error:
            state["told"] = str(error)
            return  # what was typed stays in the field
        except SettledError as error:
            state["told"] = str(error)
        else:
            state["settled"] = [*(one for one in state["settled"] if one != number), number]
            state["told"] = f"Settled as {in_words(kept)}."
        state["open"] = None
    state["whole_page"], state["turn"] = None, state["turn"] + 1


def _before(number: int) -> list[int]:
    """What this session has settled, up to the page that it looks at."""
    settled: list[int] = _state()["settled"]
    return settled[: settled.index(number)] if number in settled else settled


def _tally(progress: Progress) -> None:
    elsewhere = f" ({progress.elsewhere} with others)" if progress.elsewhere else ""
    st.html(
        f'<div class="tally"><p class="doubt"><b>{progress.left}</b> left{elsewhere}</p>'
        f"<p><b>{progress.settled}</b> settled</p>"
        f"<p><b>{progress.changed}</b> of them changed</p></div>"
    )


@st.fragment(run_every=EVERY_S)
def _nothing_left() -> None:
    with opened() as (desk, _):
        progress = desk.progress(session())
    if progress.left > progress.elsewhere:
        st.rerun()
    _tally(progress)
    head, told = "The desk is clear", "Everything is settled."
    if progress.left:
        what = "The last one is" if progress.left == 1 else f"The last {progress.left} are"
        head = f"{what} on other screens"
        told = (
            "Whatever is not settled there within five minutes comes here by itself. If that "
            "screen was closed, go on here: whoever is faster settles it."
        )
    elif not progress.settled:
        told = "Nothing is in doubt here. Read a pile, and put what is in doubt on this desk."
    st.html(f'<div class="welcome"><h1>{head}</h1><p>{told}</p></div>')
    if progress.left and st.button("Go on here", icon=":material/front_hand:"):
        _state()["takes_over"] = True
        st.rerun()


def _show_archive(archive: Archive, page: PageInDoubt | None) -> None:
    """Who reviews; what is known, to take along or to delete."""
    with st.container(horizontal=True, vertical_alignment="center", key="desk-tools"):
        st.text_input(
            "Your name, kept with what you settle",
            key="reviewer-field",
            value=reviewer(),
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
