"""What is wrong with the labels, each to be put right beside its picture; then the start."""

from __future__ import annotations

import html
from collections.abc import Sequence

import streamlit as st

from digitocr import InputError
from digitocr.picture.edit import thumbnail
from digitocr.teach.examples import ASIDE, Part
from digitocr.teach.overview import Overview, Suspect
from digitocr.tune.background import start
from digitocr.tune.workplace import Workplace
from ui import parts
from ui.desk import in_words
from ui.teach_work import Look, look_again

AT_ONCE = 20  # suspects; "more" shows as many again
MOST = 24  # pictures of a list
PICTURE_PX = 420
PARTS = {
    Part.train: "to learn from (train)",
    Part.val: "to choose by (val)",
    Part.test: "to measure by (test)",
}
NAME = "my-papers"


def show_labels(work: Workplace, look: Look) -> None:
    """The set as the reader sees it."""
    seen = look.overview
    assert seen is not None
    _tally(seen)
    if sentences := seen.warnings():
        st.warning("  \n".join(sentences), icon=":material/info:")
    if seen.suspects:
        _suspects(work, seen)
    _lists(work, look, seen)
    _start(work, seen)


def _tally(seen: Overview) -> None:
    counts = "".join(
        f"<p><b>{seen.count(part)}</b> {name}<br><small>of {seen.groups(part)} writers or "
        "documents</small></p>"
        for part, name in PARTS.items()
    )
    aside = len(seen.examples) - len(seen.used)
    doubt = f'<p class="doubt"><b>{seen.probably_wrong}</b> labels probably wrong</p>'
    st.html(
        f'<div class="intro"><h1>The labels</h1></div><div class="tally measured">{counts}'
        f"<p><b>{aside}</b> set aside</p>{doubt}</div>"
    )


def _suspects(work: Workplace, seen: Overview) -> None:
    shown = st.session_state.setdefault("teach-shown", AT_ONCE)
    st.subheader("Labels to look at", anchor=False)
    st.caption(
        "The reader reads something else here; the first is the likeliest to be wrong. Put it "
        "right, empty it to leave the picture out, or tick it if it is right. What you leave as it "
        'is stays as it is; "|" ends a line of writing.'
    )
    suspects = seen.suspects[:shown]
    with st.form("teach-corrections", border=False):
        with st.container(key="suspects"):
            given = [_suspect(work, seen, one) for one in suspects]
        is_sent = st.form_submit_button("Put them right", icon=":material/check:")
    if len(seen.suspects) > shown and st.button(
        f"{min(AT_ONCE, len(seen.suspects) - shown)} more of {len(seen.suspects)}",
        icon=":material/expand_more:",
    ):
        st.session_state["teach-shown"] = shown + AT_ONCE
        st.rerun()
    corrections = {file: label for file, label, is_changed in given if is_changed}
    if is_sent and corrections:
        look_again(work, corrections)
        st.rerun()


def _suspect(work: Workplace, seen: Overview, one: Suspect) -> tuple[str, str, bool]:
    """A label with its picture: the file, the label from now on, whether anything was said."""
    example, read = seen.examples[one.place], seen.verdicts[one.place]
    label = example.label.replace("\n", "|")
    key = f"{example.file}/{label}"
    with st.container(key=f"suspect-{one.place}", border=True):
        st.html(_image(work, example.file))
        wrong = ' <b class="amiss">probably wrong</b>' if one.is_probably_wrong else ""
        guess = html.escape(in_words(read.guess)) if read.guess else "nothing"
        st.html(f'<p class="told">read as <b>{guess}</b>{wrong}</p>')
        typed = st.text_input("Label", label, key=f"label/{key}")
        is_right = st.checkbox("It is right", key=f"right/{key}")
    return example.file, typed, is_right or typed != label


def _lists(work: Workplace, look: Look, seen: Overview) -> None:
    leaks = [one for one in seen.twins if one.is_leak]
    alike = [one for one in seen.twins if not one.is_leak]
    for name, pairs, words in (
        ("Leaks", leaks, "The same writing in two parts: figures measured on it flatter."),
        ("Near duplicates", alike, "The same writing twice in one part."),
    ):
        if pairs:
            with st.expander(f"{name}: {len(pairs)}"):
                st.caption(words)
                pictures = [(place, "") for pair in pairs for place in (pair.first, pair.second)]
                _grid(work, seen, pictures)
    if aside := seen.set_aside():
        with st.expander(f"Set aside: {sum(map(len, aside.values()))}"):
            st.caption("They are kept, and nothing is learnt from them.")
            pictures = [(place, ASIDE[why]) for why, places in aside.items() for place in places]
            _grid(work, seen, pictures)
    if look.refused:
        with st.expander(f"Not taken: {len(look.refused)}"):
            rows = [{"file": one.name, "why": one.why} for one in look.refused]
            st.dataframe(rows, hide_index=True)


def _grid(work: Workplace, seen: Overview, places: Sequence[tuple[int, str]]) -> None:
    figures = []
    for place, why in places[:MOST]:
        example, read = seen.examples[place], seen.verdicts[place]
        note = f"<p>{html.escape(why)}</p>" if why else ""
        figures.append(
            f"<figure>{_image(work, example.file)}<figcaption><dl><dt>label</dt>"
            f"<dd>{html.escape(in_words(example.label))}</dd><dt>read</dt>"
            f"<dd>{html.escape(in_words(read.guess))}</dd><dt>for</dt><dd>{example.part}</dd></dl>"
            f"{note}</figcaption></figure>"
        )
    st.html(f'<div class="seen">{"".join(figures)}</div>')
    if len(places) > MOST:
        st.caption(f"The first {MOST} of {len(places)}.")


def _start(work: Workplace, seen: Overview) -> None:
    st.subheader("Teach", anchor=False)
    begun = work.name
    name = st.text_input(
        "Name of the model",
        begun or NAME,
        key="teach-name",
        help="Letters, digits, dots and dashes. With another name it begins anew.",
    )
    st.caption(
        "It takes up to 20 minutes of steps, and as long again to read before and after; it goes "
        "on when you close this page. What reads now keeps reading meanwhile."
    )
    words = "Go on" if begun == name else "Start"
    if st.button(words, type="primary", icon=":material/play_arrow:", disabled=not seen.used):
        try:
            start(work, name.strip())
        except InputError as error:
            st.warning(str(error), icon=":material/warning:")
        else:
            st.rerun()


def _image(work: Workplace, file: str) -> str:
    return picture(str(work.data / file))


@st.cache_data(max_entries=400, show_spinner=False)
def picture(path: str) -> str:
    """A kept picture as HTML; its name tells its bytes."""
    try:
        small = thumbnail(path, PICTURE_PX)
    except InputError as error:
        return f"<p>{html.escape(str(error))}</p>"
    return f'<img src="{parts.data_url(small, "jpeg")}" alt="">'
