"""What is known in advance about a number is checked, kept and explained."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitocr.constraints import Constraint

DIGITS = "0123456789"
EMPTY = Constraint()
LUHN = Constraint(check="luhn")
ISBN = Constraint(check="isbn")
GERMAN = Constraint(check="iban", country="DE")
TWO_PARTS = Constraint(pattern="####-##")
FIXED = Constraint(pattern="(07) ## 5")


def digits(at_least: int, at_most: int) -> st.SearchStrategy[str]:
    return st.text(DIGITS, min_size=at_least, max_size=at_most)


def iban(country: str) -> Constraint:
    return Constraint(check="iban", country=country)


def with_one_digit_changed(number: str, place: int, by: int) -> str:
    place %= len(number)
    return number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]


PLACES, CHANGES = st.integers(0, 63), st.integers(1, 9)


@pytest.mark.parametrize(
    ("constraint", "number"),
    [
        (EMPTY, ""),
        (EMPTY, "4?a"),
        (Constraint(length=4), "0000"),
        (Constraint(length=4), "12?4"),
        (TWO_PARTS, "123456"),
        (TWO_PARTS, "12?456"),
        (FIXED, "07125"),
        (LUHN, "79927398713"),
        (LUHN, "4111111111111111"),
        (LUHN, "378282246310005"),
        (LUHN, "490154203237518"),
        (Constraint(length=16, pattern="4### #### #### ####", check="luhn"), "4242424242424242"),
        (ISBN, "0306406152"),
        (ISBN, "0198526636"),
        (ISBN, "9780306406157"),
        (ISBN, "9783161484100"),
        (ISBN, "9791034304745"),
        (GERMAN, "89370400440532013000"),
        (iban("de"), "89370400440532013000"),
        (iban("BE"), "68539007547034"),
        (iban("AT"), "611904300234573201"),
        (iban("NO"), "9386011117947"),
        (iban("ES"), "9121000418450200051332"),
        (iban("CH"), "9300762011623852957"),
        (replace(GERMAN, pattern="## #### #### #### #### ##"), "89370400440532013000"),
    ],
)
def test_fits(constraint: Constraint, number: str) -> None:
    assert constraint.fits(number)
    assert constraint.violation(number) == ""


@pytest.mark.parametrize(
    ("constraint", "number", "sentence"),
    [
        (LUHN, "", "No digits are written."),
        (Constraint(length=5), "", "No digits are written."),
        (Constraint(length=5), "1234", "5 digits were expected, 4 are written."),
        (Constraint(length=5), "1", "5 digits were expected, 1 is written."),
        (Constraint(length=1), "12", "1 digit was expected, 2 are written."),
        (Constraint(length=3), "1x3", "The sign at place 2 is not a digit."),
        (Constraint(length=3), "1\n3", "The sign at place 2 is not a digit."),
        (Constraint(length=3), "12٣", "The sign at place 3 is not a digit."),
        (TWO_PARTS, "1234-56", "The sign at place 5 is not a digit."),
        (TWO_PARTS, "1234567", "6 digits were expected, 7 are written."),
        (FIXED, "08125", "The pattern (07) ## 5 is not met at digit 2."),
        (FIXED, "07126", "The pattern (07) ## 5 is not met at digit 5."),
        (FIXED, "?7125", "The pattern (07) ## 5 is not met at digit 1."),
        (LUHN, "79927398710", "The check digit (Luhn) does not agree."),
        (LUHN, "4111111111111112", "The check digit (Luhn) does not agree."),
        (LUHN, "799?7398713", "The check digit cannot be checked while a digit is in doubt."),
        (ISBN, "0306406151", "The check digit (ISBN) does not agree."),
        (ISBN, "9780306406158", "The check digit (ISBN) does not agree."),
        (ISBN, "080442957", "10 or 13 digits were expected, 9 are written."),
        (ISBN, "306406152", "10 or 13 digits were expected, 9 are written."),
        (ISBN, "080442957X", "The sign at place 10 is not a digit."),
        (ISBN, "4006381333931", "An ISBN of 13 digits starts with 978 or 979."),
        (GERMAN, "89370400440532013001", "The check digits (IBAN) do not agree."),
        (iban("AT"), "93860111179470", "18 digits were expected, 14 are written."),
        (GERMAN, "8937040044053201300", "20 digits were expected, 19 are written."),
        (iban("PL"), "11111111111111111111111111", "The check digits (IBAN) do not agree."),
    ],
)
def test_violation(constraint: Constraint, number: str, sentence: str) -> None:
    assert not constraint.fits(number)
    assert constraint.violation(number) == sentence


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        ({"length": -1}, "length must lie between 0 and 64, not -1."),
        ({"length": 65}, "length must lie between 0 and 64, not 65."),
        (
            {"pattern": "--"},
            "pattern must hold 1 to 64 digits, each written as # or 0-9, such as ####-##;"
            " '--' holds 0.",
        ),
        (
            {"pattern": 65 * "#"},
            "pattern must hold 1 to 64 digits, each written as # or 0-9, such as ####-##;"
            f" '{65 * '#'}' holds 65.",
        ),
        ({"check": "ean"}, "check must be one of none, luhn, isbn, iban, not 'ean'."),
        (
            {"country": "DE"},
            "country belongs to the check iban: leave it empty, or choose iban.",
        ),
        (
            {"check": "luhn", "country": "DE"},
            "country belongs to the check iban: leave it empty, or choose iban.",
        ),
        *(
            (
                {"check": "iban", "country": country},
                f"country must be the two letters that the IBAN starts with, not {country!r}.",
            )
            for country in ("", "D", "DEU", "D1", "ÄÖ", "D ")
        ),
        (
            {"check": "iban", "country": "ZZ"},
            "An IBAN of ZZ does not exist: choose another country or check.",
        ),
        (
            {"check": "iban", "country": "GB"},
            "An IBAN of GB always holds letters, which are not read:"
            " choose another country or check.",
        ),
        (
            {"length": 5, "pattern": "####-##"},
            "length asks for 5 digits but pattern for 6 digits: change one of them.",
        ),
        (
            {"length": 1, "pattern": "##"},
            "length asks for 1 digit but pattern for 2 digits: change one of them.",
        ),
        (
            {"length": 5, "check": "isbn"},
            "length asks for 5 digits but check isbn for 10 or 13 digits: change one of them.",
        ),
        (
            {"pattern": "###-###", "check": "isbn"},
            "pattern asks for 6 digits but check isbn for 10 or 13 digits: change one of them.",
        ),
        (
            {"length": 22, "check": "iban", "country": "DE"},
            "length asks for 22 digits but check iban of DE for 20 digits: change one of them.",
        ),
    ],
)
def test_what_no_number_can_meet_is_refused(choices: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        Constraint(**choices)


@pytest.mark.parametrize(
    ("constraint", "lengths"),
    [
        (EMPTY, set()),
        (LUHN, set()),
        (Constraint(length=64), {64}),
        (TWO_PARTS, {6}),
        (FIXED, {5}),
        (Constraint(length=6, pattern="####-##"), {6}),
        (ISBN, {10, 13}),
        (Constraint(check="isbn", length=13), {13}),
        (Constraint(check="isbn", pattern="#-###-#####-#"), {10}),
        (GERMAN, {20}),
        (iban("fr"), {25}),
        (iban("NO"), {13}),
    ],
)
def test_lengths(constraint: Constraint, lengths: set[int]) -> None:
    assert constraint.lengths == lengths
    assert constraint.is_empty == (constraint == EMPTY)


@pytest.mark.parametrize(
    ("pattern", "number", "text"),
    [
        ("####-##", "123456", "1234-56"),
        ("####-##", "1?34?6", "1?34-?6"),
        ("####-##", "12345", "12345"),
        ("####-##", "1234567", "1234567"),
        ("####-##", "", ""),
        ("(07) ## 5", "07125", "(07) 12 5"),
        ("(07) ## 5", "98126", "(98) 12 6"),
        ("a#é", "3", "a3é"),
        ("", "123", "123"),
        ("", "", ""),
    ],
)
def test_format(pattern: str, number: str, text: str) -> None:
    assert Constraint(pattern=pattern).format(number) == text


@given(st.text("#0123456789 -/.a?", max_size=20), st.text(DIGITS + "?", max_size=20))
def test_format_only_adds_separators(pattern: str, number: str) -> None:
    if not set(pattern) & set("#" + DIGITS):
        pattern += "#"
    constraint = Constraint(pattern=pattern.replace("?", "."))
    text = constraint.format(number)
    assert "".join(sign for sign in text if sign in DIGITS + "?") == number
    assert len(text) == (len(pattern) if len(number) in constraint.lengths else len(number))


@given(st.text("#0123456789 -", max_size=20), digits(20, 20))
def test_a_pattern_is_met_by_its_own_digits_alone(pattern: str, filling: str) -> None:
    slots = [sign for sign in pattern + "#4" if sign not in " -"]
    number = "".join(
        new if slot == "#" else slot for slot, new in zip(slots, filling + "00", strict=False)
    )
    constraint = Constraint(pattern=pattern + "#4")
    assert constraint.fits(number)
    for place, slot in enumerate(slots):
        changed = with_one_digit_changed(number, place, 1)
        assert constraint.fits(changed) == (slot == "#")


@given(digits(0, 63), PLACES, CHANGES)
def test_luhn_finds_every_changed_digit(payload: str, place: int, by: int) -> None:
    (number,) = [payload + last for last in DIGITS if LUHN.fits(payload + last)]
    assert not LUHN.fits(with_one_digit_changed(number, place, by))


@given(st.sampled_from(["978", "979"]), digits(9, 9), PLACES, CHANGES)
def test_isbn_13_finds_every_changed_digit(prefix: str, body: str, place: int, by: int) -> None:
    (number,) = [prefix + body + last for last in DIGITS if ISBN.fits(prefix + body + last)]
    assert not ISBN.fits(with_one_digit_changed(number, place, by))


@given(digits(9, 9), PLACES, CHANGES)
def test_isbn_10_finds_every_changed_digit(body: str, place: int, by: int) -> None:
    numbers = [body + last for last in DIGITS if ISBN.fits(body + last)]
    assert len(numbers) <= 1  # none where the check sign is X
    for number in numbers:
        assert not ISBN.fits(with_one_digit_changed(number, place, by))


@given(st.sampled_from(["DE", "BE", "FR", "NO"]), st.data(), PLACES, CHANGES)
def test_iban_finds_every_changed_digit(
    country: str, data: st.DataObject, place: int, by: int
) -> None:
    constraint = iban(country)
    (length,) = constraint.lengths
    bban = data.draw(digits(length - 2, length - 2))
    checks = [f"{check:02}" for check in range(2, 99)]
    (number,) = [check + bban for check in checks if constraint.fits(check + bban)]
    assert not constraint.fits(with_one_digit_changed(number, place, by))


@given(
    st.sampled_from([EMPTY, LUHN, ISBN, GERMAN, TWO_PARTS, FIXED]),
    st.text(st.characters() | st.sampled_from(DIGITS + "?"), max_size=30),
)
def test_any_text_gets_an_answer(constraint: Constraint, text: str) -> None:
    sentence = constraint.violation(text)
    assert constraint.fits(text) == (sentence == "")
    assert sentence == "" or sentence.endswith(".")


def test_the_library_of_checks_waits_until_it_is_used() -> None:
    code = (
        "import sys; from digitocr.constraints import Constraint;"
        "Constraint(length=3, pattern='#-##').fits('123'); Constraint(check='luhn');"
        "sys.exit('stdnum' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parent.parent)
