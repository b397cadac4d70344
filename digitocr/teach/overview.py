"""All that can be said of a data set before it is learnt from: figures and lists, no files."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from digitocr.teach.examine import Verdict
from digitocr.teach.examples import ASIDE, Aside, Example, Part, Refused
from digitocr.teach.likeness import near_duplicates
from digitocr.teach.split import together
from digitocr.teach.suspects import (
    confident_joint,
    counted_for,
    probably_wrong,
    usual_confidence,
)

FEW = 20  # pictures in a part, or of a digit to learn from: fewer tell little


class Suspect(NamedTuple):
    """A label that the reader disagrees with."""

    place: int  # of the example
    log_odds_per_digit: float  # natural log: how much likelier another reading is
    is_probably_wrong: bool  # the reader is as sure of something else as it usually is


class Twins(NamedTuple):
    """Two examples of the same writing."""

    first: int
    second: int
    correlation: float  # 0..1
    is_leak: bool  # in two parts: what is measured on the one was learnt from the other


@dataclass(frozen=True, eq=False)
class Overview:
    """A data set as the reader sees it."""

    examples: tuple[Example, ...]
    verdicts: tuple[Verdict, ...]  # one for each; exact duplicates are set aside by now
    refused: tuple[Refused, ...]  # what could not come into it
    same: tuple[tuple[int, ...], ...]  # places of examples that are one picture, byte for byte
    twins: tuple[Twins, ...]  # near duplicates, leaks first, then the most alike
    parted: tuple[str, ...]  # documents and writers that are in two parts
    suspects: tuple[Suspect, ...]  # the likeliest first; none that somebody has checked
    joint: tuple[tuple[int, ...], ...]  # digits by label and by what they were counted for

    @property
    def used(self) -> list[int]:
        """The places of the examples that nothing speaks against."""
        return [place for place, one in enumerate(self.verdicts) if one.aside is None]

    @property
    def probably_wrong(self) -> int:
        """How many labels are probably wrong."""
        return sum(one.is_probably_wrong for one in self.suspects)

    def digits(self, part: Part) -> list[int]:
        """(10,) how often each digit is in the used labels of a part."""
        text = "".join(one.label for one in self._of(part))
        return [text.count(str(digit)) for digit in range(10)]

    def lengths(self, part: Part) -> dict[int, int]:
        """How many lines of writing of so many digits a part has, the short ones first."""
        lines = [line for one in self._of(part) for line in one.label.split("\n")]
        return dict(sorted(Counter(map(len, lines)).items()))

    def count(self, part: Part) -> int:
        """How many pictures of a part are used."""
        return len(self._of(part))

    def groups(self, part: Part) -> int:
        """How many writers or documents these are of."""
        return len(set(together(self._of(part))))

    def set_aside(self) -> dict[Aside, list[int]]:
        """The places of the examples that are not used, by reason."""
        places: dict[Aside, list[int]] = defaultdict(list)
        for place, one in enumerate(self.verdicts):
            if one.aside:
                places[one.aside].append(place)
        return dict(places)

    def warnings(self) -> list[str]:
        """What a user should know before learning from it, in sentences."""
        told = [
            f"Only {self.count(part)} pictures are for {part}: figures from so few tell little."
            for part in (Part.val, Part.test)
            if self.count(part) < FEW
        ]
        rare = [str(digit) for digit, times in enumerate(self.digits(Part.train)) if times < FEW]
        if rare:
            told.append(f"There is little to learn of {', '.join(rare)}: fewer than {FEW} of each.")
        leaks = sum(one.is_leak for one in self.twins)
        if leaks:
            told.append(f"{leaks} pictures look like one in another part: see the leaks.")
        if self.parted:
            told.append(f"In two parts at once: {', '.join(self.parted)}.")
        return told

    def _of(self, part: Part) -> list[Example]:
        return [self.examples[place] for place in self.used if self.examples[place].part is part]


def overview(
    examples: Sequence[Example], verdicts: Sequence[Verdict], refused: Sequence[Refused] = ()
) -> Overview:
    """Look at a whole set. Every example has its part and its verdict."""
    same = _same(examples)
    judged = _without_repeats(examples, verdicts, same)
    joint, suspects = _suspects(examples, judged)
    return Overview(
        tuple(examples),
        tuple(judged),
        tuple(refused),
        tuple(same),
        tuple(_twins(examples, judged)),
        tuple(_parted(examples)),
        tuple(suspects),
        tuple(map(tuple, joint.tolist())),
    )


def _same(examples: Sequence[Example]) -> list[tuple[int, ...]]:
    places: dict[str, list[int]] = defaultdict(list)
    for place, example in enumerate(examples):
        places[example.file].append(place)
    return [tuple(some) for some in places.values() if len(some) > 1]


def _without_repeats(
    examples: Sequence[Example], verdicts: Sequence[Verdict], same: Sequence[tuple[int, ...]]
) -> list[Verdict]:
    """Of the same picture the first is kept, and none where the labels differ."""
    judged = list(verdicts)
    for places in same:
        differ = len({examples[place].label for place in places}) > 1
        aside = Aside.CONTRADICTED if differ else Aside.SAME_PICTURE
        for place in places if differ else places[1:]:
            judged[place] = replace(judged[place], aside=aside, why=ASIDE[aside])
    return judged


def _twins(examples: Sequence[Example], verdicts: Sequence[Verdict]) -> list[Twins]:
    seen = [
        (place, one.likeness)
        for place, one in enumerate(verdicts)
        if one.likeness and one.aside is not Aside.SAME_PICTURE
    ]
    looks = [look for _, look in seen]
    twins = []
    for pair in near_duplicates(looks, [examples[place].label for place, _ in seen]):
        first, second = seen[pair.first][0], seen[pair.second][0]
        if examples[first].file != examples[second].file:
            leak = examples[first].part is not examples[second].part
            twins.append(Twins(first, second, pair.correlation, leak))
    return sorted(twins, key=lambda one: not one.is_leak)


def _parted(examples: Sequence[Example]) -> list[str]:
    parts: dict[str, set[Part | None]] = defaultdict(set)
    for example in examples:
        for kind, name in (("document", example.document), ("writer", example.writer)):
            if name:
                parts[f"{kind} {name}"].add(example.part)
    return sorted(name for name, some in parts.items() if len(some) > 1)


def _suspects(
    examples: Sequence[Example], verdicts: Sequence[Verdict]
) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.int64]], list[Suspect]]:
    """The confident joint of all the digits, and the labels that differ from what is read."""
    lines = [
        (place, line)
        for place, one in enumerate(verdicts)
        if one.aside is not Aside.SAME_PICTURE
        for line in one.lines
    ]
    digits = np.array([int(sign) for _, line in lines for sign in line.label], np.intp)
    posteriors = np.concatenate([np.zeros((0, 10)), *(line.posteriors for _, line in lines)])
    counted = counted_for(posteriors, usual_confidence(posteriors, digits))
    wrong = probably_wrong(
        [line.label for _, line in lines],
        [line.guess for _, line in lines],
        [line.confidence for _, line in lines],
        counted,
    )
    are_wrong = {place for (place, _), one in zip(lines, wrong, strict=True) if one}
    suspects = [
        Suspect(place, verdicts[place].log_odds_per_digit, place in are_wrong)
        for place in dict.fromkeys(place for place, _ in lines)
        if verdicts[place].log_odds_per_digit > 0 and not examples[place].checked
    ]
    suspects.sort(key=lambda one: (-one.log_odds_per_digit, one.place))
    return confident_joint(digits, counted), suspects
