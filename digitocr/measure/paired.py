"""Two evaluations of the same pictures side by side: is one better, or was it chance?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from digitocr.measure.cases import Case
from digitocr.measure.counts import Figures, figures
from digitocr.output.safe import told
from digitocr.types import InputError

LIKELY_CHANCE = 0.05  # above this probability a difference is not taken for one


class Change(NamedTuple):
    """A picture that was read otherwise."""

    before: Case
    now: Case

    @property
    def kind(self) -> str:
        """What the change was, in a word or two."""
        if self.now.is_exact:
            return "right now"
        return "wrong now" if self.before.is_exact else "wrong as before"


@dataclass(frozen=True, eq=False)
class Comparison:
    """What two evaluations say of the pictures that are in both."""

    before: Figures
    now: Figures
    only_before: int  # pictures that were read right only then
    only_now: int
    chance: float  # 0..1, see `mcnemar`
    changed: tuple[Change, ...]  # read otherwise: those that are wrong now first, then right now
    not_in_both: int  # pictures that were left out


def mcnemar(only_first: int, only_second: int) -> float:
    """The probability, 0..1, of a difference as large by chance: McNemar's exact test, two-sided.

    Of two readers that are equally good, either is as likely to be the one that is right where
    just one is. McNemar: "Note on the sampling error of the difference between correlated
    proportions or percentages", Psychometrika 12, 1947; by the binomial distribution itself.
    """
    count = only_first + only_second
    ways = total = 1
    for taken in range(min(only_first, only_second)):
        ways = ways * (count - taken) // (taken + 1)
        total += ways
    return min(1.0, float(2 * total / 2**count))


def compare(before: Sequence[Case], now: Sequence[Case]) -> Comparison:
    """Compare by pictures: those of the same name with the same truth are the same.

    Raises InputError when none is in both.
    """
    known, later = ({_name(case): case for case in cases} for cases in (before, now))
    both = [Change(known[name], case) for name, case in later.items() if name in known]
    if not both:
        raise InputError(
            "The two measurements have no picture in common: both need the same files with the "
            "same labels."
        )
    only_before = sum(one.before.is_exact and not one.now.is_exact for one in both)
    only_now = sum(one.now.is_exact and not one.before.is_exact for one in both)
    changed = [one for one in both if one.before.guess != one.now.guess]
    kinds = ("wrong now", "right now", "wrong as before")
    return Comparison(
        figures([one.before for one in both]),
        figures([one.now for one in both]),
        only_before,
        only_now,
        mcnemar(only_before, only_now),
        tuple(sorted(changed, key=lambda one: kinds.index(one.kind))),
        len(known) + len(later) - 2 * len(both),
    )


def verdict(found: Comparison) -> str:
    """What the comparison comes to, in a sentence or two."""
    if not found.only_before + found.only_now:
        return "Every picture that one of them reads right is read right by the other, too."
    told_chance = "under 0.1 %" if found.chance < 0.001 else f"{100 * found.chance:.1f} %"
    sentence = (
        f"{found.only_now} are right only now, {found.only_before} were right only before. Between "
        "two equally good readers a difference as large has a probability of "
        f"{told_chance} (McNemar's exact test)"
    )
    if found.chance > LIKELY_CHANCE:
        return f"{sentence}: it may well be chance."
    better = "better" if found.only_now > found.only_before else "worse"
    return f"{sentence}: these pictures are read {better} now."


def side_by_side(found: Comparison) -> list[tuple[str, str, str]]:
    """What is compared: its name, before, and now."""
    names = ("exact match", "character error rate", "without any doubt", "of these wrong")
    return list(zip(names, _in_words(found.before), _in_words(found.now), strict=True))


def _in_words(one: Figures) -> list[str]:
    return [
        f"{one.exact} ({one.exact_share:.1%})",
        f"{one.error_rate:.2%}",
        f"{one.shown} ({one.shown_share:.1%})",
        f"{one.shown_wrong} ({one.shown_wrong_share:.1%})",
    ]


def comparison_text(found: Comparison) -> str:
    """The comparison as lines of text."""
    lines = [f"pictures in both      {found.now.pictures}, {found.not_in_both} only in one"]
    lines += [
        f"{name:<20}  {before} before, {now} now" for name, before, now in side_by_side(found)
    ]
    lines.append(verdict(found))
    for before, now in found.changed:
        lines.append(
            f"{told(now.path.name)}: {_in_a_line(now.truth)} read as {_in_a_line(before.guess)} "
            f"before, as {_in_a_line(now.guess)} now"
        )
    return "\n".join(lines)


def _name(case: Case) -> tuple[str, str]:
    return case.path.as_posix(), case.truth


def _in_a_line(text: str) -> str:
    return text.replace("\n", "|") or "nothing"
