"""Which part a picture goes to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from digitocr.teach.examples import Example, Part
from digitocr.teach.split import Shares, drawn, split, together

NAMES = st.sampled_from(["", "a", "b", "c", "d", "e"])
EXAMPLES = st.lists(
    st.builds(
        Example,
        file=st.integers(0, 999).map(str),
        label=st.just("1"),
        part=st.none(),
        document=NAMES,
        writer=NAMES,
        origin=st.just(""),
    ),
    max_size=30,
)
SHARES = st.builds(Shares, st.floats(0, 0.4), st.floats(0, 0.4), st.integers(0, 99))


@settings(deadline=None)
@given(EXAMPLES, SHARES)
def test_no_document_and_no_writer_is_parted(examples: list[Example], shares: Shares) -> None:
    parts = defaultdict(set)
    for one in split(examples, shares):
        for kind in ("document", "writer", "file"):
            if name := getattr(one, kind):
                parts[kind, name].add(one.part)
    for (kind, name), some in parts.items():
        # A file may stand in two documents, which are not one for it.
        assert kind == "file" or len(some) == 1, name


@settings(deadline=None)
@given(EXAMPLES, SHARES)
def test_the_same_seed_gives_the_same_split(examples: list[Example], shares: Shares) -> None:
    assert split(examples, shares) == split(examples, shares)


@settings(deadline=None)
@given(EXAMPLES, EXAMPLES, SHARES)
def test_what_has_a_part_keeps_it_when_pictures_are_added(
    before: list[Example], more: list[Example], shares: Shares
) -> None:
    first = split(before, shares)
    other = replace(shares, seed=shares.seed + 1)
    assert split([*first, *more], other)[: len(first)] == first


@settings(deadline=None)
@given(EXAMPLES, SHARES)
def test_documents_that_are_added_move_no_other(examples: list[Example], shares: Shares) -> None:
    added = Example("new", "1", None, "another document", "another writer", "")
    assert split([added, *examples], shares)[1:] == split(examples, shares)


def test_the_shares_are_about_what_was_asked() -> None:
    shares = Shares(0.2, 0.3, 7)
    parts = [drawn(f"document {number}", shares) for number in range(2000)]
    assert abs(parts.count(Part.val) / 2000 - 0.2) < 0.03
    assert abs(parts.count(Part.test) / 2000 - 0.3) < 0.03
    assert parts != [drawn(f"document {number}", Shares(0.2, 0.3, 8)) for number in range(2000)]


def test_all_that_one_writer_wrote_goes_together() -> None:
    def one(document: str, writer: str) -> Example:
        return Example("x", "1", None, document, writer, "")

    examples = [one("form 1", "ann"), one("form 1", ""), one("form 2", "ann"), one("form 3", "")]
    first, second, third, fourth = together(examples)
    assert first == second == third != fourth
