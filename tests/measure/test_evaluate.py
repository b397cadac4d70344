"""The figures that judge the reader, and the stage that is blamed for a wrong answer."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from drawings import paper, spelled, write, written
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from digitocr import InputError, Reading, Settings, read
from digitocr.found import FoundLine
from digitocr.measure.blame import blame
from digitocr.measure.cases import Case
from digitocr.measure.edits import edit_distance, matched
from digitocr.measure.evaluate import evaluate, labelled, summary
from digitocr.reading import Line, Proposal

TEXTS = st.text("0123\n", max_size=7)


def slow_distance(one: str, other: str) -> int:
    """Straight from the definition."""

    @cache
    def between(i: int, j: int) -> int:
        if i == 0 or j == 0:
            return i + j
        return min(
            between(i - 1, j) + 1,
            between(i, j - 1) + 1,
            between(i - 1, j - 1) + (one[i - 1] != other[j - 1]),
        )

    return between(len(one), len(other))


@pytest.mark.parametrize(
    ("one", "other", "edits"),
    [
        ("", "", 0),
        ("", "123", 3),
        ("123", "", 3),
        ("123", "123", 0),
        ("123", "124", 1),
        ("123", "13", 1),
        ("123", "1123", 1),
        ("1234", "2341", 2),
        ("12\n34", "1234", 1),
    ],
)
def test_edit_distance(one: str, other: str, edits: int) -> None:
    assert edit_distance(one, other) == edits


@given(TEXTS, TEXTS)
def test_edit_distance_is_that_of_the_definition(one: str, other: str) -> None:
    assert edit_distance(one, other) == slow_distance(one, other) == edit_distance(other, one)


@pytest.mark.parametrize(
    ("guess", "truth", "wanted"),
    [
        ("", "", ""),
        ("", "123", ""),
        ("123", "", "..."),
        ("123", "123", "+++"),
        ("124", "123", "++."),
        ("13", "123", "++"),
        ("1523", "123", "+.++"),
        ("9123", "123", ".+++"),
        ("456", "123", "..."),
    ],
)
def test_matched(guess: str, truth: str, wanted: str) -> None:
    assert "".join("+" if one else "." for one in matched(guess, truth)) == wanted


@given(st.text("0123", max_size=8), st.text("0123", max_size=8))
def test_matched_signs_stand_in_the_truth_in_their_order(guess: str, truth: str) -> None:
    found = matched(guess, truth)
    assert len(found) == len(guess)
    signs = iter(truth)
    assert all(sign in signs for sign, is_right in zip(guess, found, strict=True) if is_right)
    assert all(found) == (edit_distance(guess, truth) == len(truth) - len(guess))


@given(st.text("0123", min_size=1, max_size=8), st.integers(0, 7), st.integers(1, 3))
def test_a_single_misread_digit_is_the_only_one_that_does_not_match(
    truth: str, place: int, by: int
) -> None:
    place %= len(truth)
    guess = truth[:place] + str((int(truth[place]) + by) % 4) + truth[place + 1 :]
    assert matched(guess, truth) == [index != place for index in range(len(truth))]


def table(folder: Path, text: str) -> Path:
    (folder / "labels.csv").write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize(
    ("text", "truths"),
    [
        pytest.param("file,label\na.png,205\n", ["205"], id="digits"),
        pytest.param("file,label\na.png,205|69\n", ["205\n69"], id="two lines"),
        pytest.param('file,label\na.png,"1,250.00 €"\n', ["125000"], id="marks are passed over"),
        pytest.param("file,label\na.png,\n", [""], id="no writing"),
        pytest.param("label,pen,file\n7,ink,a.png\n", ["7"], id="more columns, another order"),
        pytest.param("file,label\nb.png,2\na.png,1\n", ["2", "1"], id="the table's order"),
    ],
)
def test_labels(text: str, truths: list[str], tmp_path: Path) -> None:
    rows = labelled(table(tmp_path, text))
    assert [truth for _, truth in rows] == truths
    assert all(path.parent == tmp_path for path, _ in rows)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("file,label\n", id="no rows"),
        pytest.param("name,number\na.png,1\n", id="other columns"),
        pytest.param("file,label\na.png\n", id="a row without a label"),
    ],
)
def test_tables_that_say_nothing_are_refused_in_a_sentence(text: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"labels\.csv needs .*\.$"):
        labelled(table(tmp_path, text))


def test_folder_without_a_table(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"labels\.csv.*\.$"):
        labelled(tmp_path)


def test_table_with_a_byte_order_mark(tmp_path: Path) -> None:
    assert labelled(table(tmp_path, "\ufefffile,label\na.png,3\n"))[0][1] == "3"


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    folder = tmp_path_factory.mktemp("pictures")
    for text in ("205", "69"):
        Image.fromarray(written(text)).save(folder / f"{text}.png")
    Image.fromarray(paper()).save(folder / "blank.png")
    (folder / "bad.png").write_text("no picture")
    truths = {"205.png": "205", "69.png": "68", "blank.png": "", "bad.png": "12", "no.png": "3"}
    return list(evaluate([(folder / name, truth) for name, truth in truths.items()], Settings()))


def test_cases(cases: list[Case]) -> None:
    right, wrong, blank, bad, missing = cases
    assert (right.guess, right.edits, right.blamed, right.is_exact) == ("205", 0, None, True)
    assert (wrong.guess, wrong.edits, wrong.is_exact) == ("69", 1, False)
    assert wrong.blamed in ("decision", "classifier")  # whether a 68 was thought of
    assert wrong.reading is not None
    assert [is_right for _, is_right in wrong.digits] == [True, False]
    assert [is_right for _, is_right in right.digits] == [True] * 3
    assert 0 < right.confidence <= 1
    assert right.reading is None
    assert blank.is_exact
    assert not blank.accepted
    for case, edits in ((bad, 2), (missing, 1)):
        assert case.reading is None
        assert (case.edits, case.is_exact, case.accepted) == (edits, False, False)
        assert case.error.endswith(".")


def test_summary(cases: list[Case]) -> None:
    text = summary(cases)
    assert "pictures              5" in text
    assert "exact match           2 (40.0%)" in text
    assert f"character error rate  {4 / 8:.2%}" in text
    assert "unreadable files      2" in text
    assert "wrong ones, by stage to blame" in text
    assert str(cases[1].blamed) in text.splitlines()[-1]


def test_summary_of_nothing_wrong(cases: list[Case]) -> None:
    text = summary(cases[:1])
    assert "exact match           1 (100.0%)" in text
    assert "blame" not in text


def test_summary_of_no_pictures() -> None:
    assert "pictures              0" in summary([])


def case(guess: str, truth: str, confidence: float, is_accepted: bool = True) -> Case:
    signs = [one == other for one, other in zip(guess, truth, strict=True)]
    digits = tuple((confidence, is_right) for is_right in signs)
    return Case(Path("a.png"), truth, guess, signs.count(False), is_accepted, confidence, digits)


def test_summary_says_whether_confidences_mean_what_they_say() -> None:
    honest = [case("25", "25", 0.75)] * 3 + [case("25", "31", 0.75)]
    assert "digits 0.00%, numbers 0.00%" in summary(honest)
    boasting = [case("25", "25", 1.0), case("25", "31", 1.0)]
    assert "digits 50.00%, numbers 50.00%" in summary(boasting)


def test_summary_counts_what_was_shown_without_doubt() -> None:
    cases = [case("25", "25", 0.999)] * 3 + [case("2", "3", 0.999), case("7", "7", 0.2, False)]
    assert "without any doubt     4 (80.0%), of these wrong 1 (25.0%)" in summary(cases)


def test_a_blank_page_that_is_read_as_such_says_nothing_of_confidences(cases: list[Case]) -> None:
    blank = cases[2]
    assert "digits 0.00%, numbers 0.00%" in summary([blank])


@pytest.mark.parametrize("one_wrong_in", [1, 1_000_000])
def test_doubt_does_not_count_as_wrong(one_wrong_in: int, tmp_path: Path) -> None:
    Image.fromarray(written("205")).save(tmp_path / "a.png")
    chosen = Settings(one_wrong_in=one_wrong_in)
    found = next(evaluate([(tmp_path / "a.png", "205")], chosen))
    assert found.is_exact
    assert found.guess == "205"
    assert found.accepted or one_wrong_in > 1


# Blame


def reading_of(*lines: str) -> Reading:
    sheet = paper(500, 60 + 100 * len(lines))
    for number, text in enumerate(lines):
        write(sheet, text, top=40 + 100 * number)
    return read(sheet)


def test_no_ink_is_blamed_on_binarization() -> None:
    reading = reading_of("205")
    blank = replace(reading.binarization, ink=np.zeros_like(reading.binarization.ink))
    assert blame(replace(reading, binarization=blank), ["205"]) == "binarization"


def test_flood_of_ink_is_blamed_on_binarization() -> None:
    reading = reading_of("205")
    flooded = replace(reading.binarization, ink=np.ones_like(reading.binarization.ink))
    assert blame(replace(reading, binarization=flooded), ["205"]) == "binarization"


@pytest.mark.parametrize(
    ("found", "written", "truth", "stage"),
    [
        pytest.param(0, 0, 1, "finder", id="nothing was found"),
        pytest.param(1, 1, 2, "finder", id="too few were found"),
        pytest.param(2, 2, 1, "finder", id="too many were found"),
        pytest.param(2, 1, 2, "text lines", id="one that was found was lost"),
    ],
)
def test_another_number_of_lines_is_blamed_on_who_lost_or_made_them(
    found: int, written: int, truth: int, stage: str
) -> None:
    reading = reading_of("205")
    lines = (FoundLine(np.zeros(2), np.ones(2), 20, True, 1.0, False),) * found
    other = replace(
        reading,
        finding=replace(reading.finding, lines=lines),
        lines=reading.lines * written,
        lattices=reading.lattices * written,
    )
    assert blame(other, ["205"] * truth) == stage


@cache
def two_lines() -> Reading:
    """Two numbers, whatever the finder makes of the drawing."""
    reading = reading_of("205")
    line = FoundLine(np.zeros(2), np.ones(2), 20, True, 1.0, False)
    finding = replace(reading.finding, lines=(line, line))
    return replace(reading, finding=finding, lines=reading.lines[:1] * 2)


@pytest.mark.parametrize(
    ("lines", "truth", "stage"),
    [
        pytest.param({"205": ["206"]}, ["206"], "decision", id="it was proposed"),
        pytest.param({"205": []}, ["206"], "classifier", id="another digit"),
        pytest.param({"205": []}, ["2055"], "segmentation", id="more digits than shapes"),
        pytest.param({"": []}, ["2"], "segmentation", id="no shapes"),
        pytest.param({"205": []}, ["25"], "lattice", id="one should have been passed over"),
        pytest.param({"205": []}, ["52"], "classifier", id="another order"),
        pytest.param(
            {"205": ["206"], "69": ["68"]}, ["206", "68"], "decision", id="proposed in both lines"
        ),
        pytest.param(
            {"205": ["206"], "69": []}, ["206", "68"], "classifier", id="proposed in one line"
        ),
        pytest.param({"205": [], "69": []}, ["205", "6"], "lattice", id="wrong in the second line"),
        pytest.param(
            {"205": [], "69": []}, ["206", "699"], "segmentation", id="the first stage counts"
        ),
    ],
)
def test_blame(lines: dict[str, list[str]], truth: list[str], stage: str) -> None:
    """Lines by what their segments spell, each with what else was proposed for it."""
    found = two_lines()
    empty = Line((), 0.5, 0.98, (), "", "")
    proposed = [
        replace(line, proposals=tuple(Proposal(text, -1.0, -1.0, 0.1) for text in texts))
        for line, texts in zip(found.lines, lines.values(), strict=False)
    ]
    lattices = tuple(spelled(text) for text in lines)
    known = replace(found, lines=(empty, *proposed), lattices=(spelled(""), *lattices))
    assert blame(known, truth) == stage
