"""What a user knows about the number before it is read: length, pattern, check digit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import combinations
from typing import Literal, get_args

CheckChoice = Literal["none", "luhn", "isbn", "iban"]

DIGITS = frozenset("0123456789")
DOUBT = "?"  # stands for a digit that the reader is not sure of
LONGEST = 64  # digits
ISBN_LENGTHS = frozenset({10, 13})


@dataclass(frozen=True)
class Constraint:
    """What is known in advance about one number; without arguments, nothing is.

    Raises ValueError, in a sentence, for a value out of range, and for values that no number
    can meet together because they ask for different counts of digits.
    """

    length: int = 0  # digits, 0..64; 0 = any
    pattern: str = ""  # "#" any digit, 0-9 that very digit, else a separator; "" = any
    check: CheckChoice = "none"
    country: str = ""  # for iban: its two letters, which are not read; either case

    def __post_init__(self) -> None:
        if not 0 <= self.length <= LONGEST:
            raise ValueError(f"length must lie between 0 and {LONGEST}, not {self.length}.")
        if self.pattern and not 1 <= len(self._slots) <= LONGEST:
            raise ValueError(
                f"pattern must hold 1 to {LONGEST} digits, each written as # or 0-9,"
                f" such as ####-##; {self.pattern!r} holds {len(self._slots)}."
            )
        if self.check not in get_args(CheckChoice):
            choices = ", ".join(get_args(CheckChoice))
            raise ValueError(f"check must be one of {choices}, not {self.check!r}.")
        if self.check == "iban":
            _iban_length(self.country)
        elif self.country:
            raise ValueError("country belongs to the check iban: leave it empty, or choose iban.")
        for (one, counts), (other, others) in combinations(self._counts(), 2):
            if not counts & others:
                raise ValueError(
                    f"{one} asks for {_number(counts)} but {other} for {_number(others)}:"
                    " change one of them."
                )

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known, so that every text fits."""
        return not self.length and not self.pattern and self.check == "none"

    @cached_property
    def lengths(self) -> frozenset[int]:
        """The counts of digits that can fit, each 1..64; empty = any."""
        counts = [counts for _, counts in self._counts()]
        return frozenset.intersection(*counts) if counts else frozenset()

    def fits(self, digits: str) -> bool:
        """Whether the digits, without separators, agree with all that is known.

        A "?" agrees with the length and with a "#", but with no given digit and no check.
        Any other sign, and no digit at all, fit only where nothing is known.
        """
        return not self.violation(digits)

    def violation(self, digits: str) -> str:
        """The first reason why `digits` do not fit, one sentence for the user; "" if they do."""
        if self.is_empty:
            return ""
        if not digits:
            return "No digits are written."
        for place, sign in enumerate(digits, start=1):
            if sign not in DIGITS and sign != DOUBT:
                return f"The sign at place {place} is not a digit."
        if self.lengths and len(digits) not in self.lengths:
            were = "was" if self.lengths == {1} else "were"
            are = "is" if len(digits) == 1 else "are"
            return f"{_number(self.lengths)} {were} expected, {len(digits)} {are} written."
        for place, (slot, digit) in enumerate(zip(self._slots, digits, strict=False), start=1):
            if slot not in ("#", digit):
                return f"The pattern {self.pattern} is not met at digit {place}."
        if self.check != "none" and DOUBT in digits:
            return "The check digit cannot be checked while a digit is in doubt."
        return self._check_violation(digits)

    def format(self, digits: str) -> str:
        """The digits, "?" included, with the pattern's separators.

        Digits that the pattern has no place for, or not enough of, come back unchanged.
        """
        if len(digits) != len(self._slots):
            return digits
        following = iter(digits)
        return "".join(next(following) if _is_slot(sign) else sign for sign in self.pattern)

    @cached_property
    def separators(self) -> frozenset[str]:
        """The signs that the pattern puts between digits."""
        return frozenset(sign for sign in self.pattern if not _is_slot(sign))

    @cached_property
    def _slots(self) -> str:
        """The pattern without separators."""
        return "".join(filter(_is_slot, self.pattern))

    def _counts(self) -> Iterator[tuple[str, frozenset[int]]]:
        """Each choice that fixes the count of digits, with the counts that it allows."""
        if self.length:
            yield "length", frozenset({self.length})
        if self.pattern:
            yield "pattern", frozenset({len(self._slots)})
        if self.check == "isbn":
            yield "check isbn", ISBN_LENGTHS
        if self.check == "iban":
            yield f"check iban of {self.country}", frozenset({_iban_length(self.country)})

    # stdnum is imported where it is used: most readings have no check, and start sooner.
    def _check_violation(self, digits: str) -> str:
        if self.check == "luhn":
            from stdnum import luhn

            return "" if luhn.is_valid(digits) else "The check digit (Luhn) does not agree."
        if self.check == "isbn":
            from stdnum import isbn

            if len(digits) == 13 and not digits.startswith(("978", "979")):
                return "An ISBN of 13 digits starts with 978 or 979."
            return "" if isbn.is_valid(digits) else "The check digit (ISBN) does not agree."
        if self.check == "iban":
            from stdnum.iso7064 import mod_97_10

            turned = digits[2:] + self.country.upper() + digits[:2]
            return "" if mod_97_10.is_valid(turned) else "The check digits (IBAN) do not agree."
        return ""


def _is_slot(sign: str) -> bool:
    return sign == "#" or sign in DIGITS


def _number(counts: frozenset[int]) -> str:
    digits = "digit" if counts == {1} else "digits"
    return f"{' or '.join(map(str, sorted(counts)))} {digits}"


@cache
def _iban_length(country: str) -> int:
    """How many digits follow an IBAN's two letters; ValueError where they are not all digits."""
    if not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise ValueError(
            f"country must be the two letters that the IBAN starts with, not {country!r}."
        )
    from stdnum import numdb

    # The registry writes "8!n10!n": n digits, a letters, c either.
    bban = numdb.get("iban").info(country.upper())[0][1].get("bban", "")
    if not bban or "a" in bban:
        problem = "always holds letters, which are not read" if bban else "does not exist"
        raise ValueError(f"An IBAN of {country} {problem}: choose another country or check.")
    return 2 + sum(map(int, re.findall("[0-9]+", bban)))
