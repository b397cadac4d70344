"""Whatever the reader decides, there is a sentence for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from drawings import written

from digitocr import Reading, read
from digitocr.reading import Line
from digitocr.reasons import DropReason, Loss, MethodReason, Objection
from digitocr.types import Light
from digitocr.words import DROP_REASONS, OBJECTIONS, doubt, loss, method_reason

PACKAGE = Path(__file__).parents[1] / "digitocr"


@pytest.fixture(scope="module")
def reading() -> Reading:
    return read(written("47"))


def doubted(line: Line, *objections: Objection, confidence: float = 0.5) -> Line:
    digits = (replace(line.digits[0], accepted=False), *line.digits[1:])
    return replace(line, digits=digits, objections=objections, confidence=confidence)


def test_every_reason_has_words_of_its_own() -> None:
    assert set(DROP_REASONS) == set(DropReason)
    assert set(OBJECTIONS) == set(Objection)
    words = [*DROP_REASONS.values(), *OBJECTIONS.values()]
    assert len(set(words)) == len(words)
    assert all(sentence.endswith(".") for sentence in OBJECTIONS.values())


@pytest.mark.parametrize("words", [*DROP_REASONS.values(), *OBJECTIONS.values()])
def test_they_stand_in_one_place(words: str) -> None:
    elsewhere = [path for path in PACKAGE.rglob("*.py") if path.name != "words.py"]
    assert not [path for path in elsewhere if f'"{words}"' in path.read_text("utf-8")]


@pytest.mark.parametrize(
    ("reason", "light", "sentence"),
    [
        (MethodReason.BY_HAND, None, "Chosen by hand."),
        (
            MethodReason.EVEN_LIGHT,
            Light(12.4, 150.6),
            "Even light: the paper's brightness varies by 12 gray levels, the ink stands out by "
            "151, so one level serves the whole sheet.",
        ),
        (
            MethodReason.UNEVEN_LIGHT,
            Light(99.0, 40.0),
            "Uneven light: the paper's brightness varies by 99 gray levels, the ink stands out by "
            "40, so each place gets its own threshold.",
        ),
    ],
)
def test_the_method_is_given_with_the_light(
    reading: Reading, reason: MethodReason, light: Light | None, sentence: str
) -> None:
    assert method_reason(replace(reading.binarization, reason=reason, light=light)) == sentence


def test_a_line_says_why_it_is_in_doubt(reading: Reading) -> None:
    line = reading.lines[0]
    assert doubt(replace(line, objections=(Objection.SOLID,))) == ""  # nothing of it is
    both = doubted(line, Objection.SOLID, Objection.HIDDEN)
    assert doubt(both) == f"{OBJECTIONS[Objection.SOLID]} {OBJECTIONS[Objection.HIDDEN]}"


@pytest.mark.parametrize(
    ("confidence", "asked", "sentence"),
    [
        (0.979999, 0.98, "The whole number is 97% sure, 98% are asked."),
        (0.97999, 0.979991, "The whole number is 97% sure, 98% are asked."),
        (0.5, 0.999, "The whole number is 50% sure, 99.9% are asked."),
    ],
)
def test_a_line_that_nothing_speaks_against_is_not_sure_enough(
    reading: Reading, confidence: float, asked: float, sentence: str
) -> None:
    line = replace(reading.lines[0], asked=asked)
    assert doubt(doubted(line, confidence=confidence)) == sentence


@pytest.mark.parametrize("kind", Loss)
def test_every_loss_is_told(reading: Reading, kind: Loss) -> None:
    assert loss(kind, reading).endswith(".")
