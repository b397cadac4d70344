"""What a user may choose about a reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from digitocr.constraints import CheckChoice, Constraint

ThresholdMethod = Literal["otsu", "adaptive", "manual"]
ThresholdChoice = Literal["auto", "otsu", "adaptive", "manual"]
PolarityChoice = Literal["auto", "dark", "light"]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a user may choose. Raises ValueError, in a sentence, for a value out of range."""

    blur_sigma_px: float = 1.0  # of the Gaussian, working px; 0 = no blur
    threshold: ThresholdChoice = "auto"
    level: int = 128  # of threshold "manual": what is darker is ink; light ink is inverted before
    window_px: int = 0  # adaptive threshold's window, working px; 0 = from the picture and its pen
    polarity: PolarityChoice = "auto"  # the ink is darker or lighter than the paper
    max_skew_deg: float = 45.0  # writing tilted up to this is levelled; 0 = leave as it is
    split_touching: bool = True  # look for cuts in shapes too wide for one digit
    one_wrong_in: int = 50  # of so many numbers without "?", at most one is wrong; 1 = no "?"
    length: int = 0  # digits of every number, where that is known; 0 = any
    pattern: str = ""  # as in Constraint, such as ####-##
    check: CheckChoice = "none"  # the check digit that every number carries
    country: str = ""  # of an IBAN

    def __post_init__(self) -> None:
        _within("blur_sigma_px", self.blur_sigma_px, 0, 20)
        _within("level", self.level, 1, 254)
        _within("window_px", self.window_px, 0, 2001)
        _within("max_skew_deg", self.max_skew_deg, 0, 45)
        _within("one_wrong_in", self.one_wrong_in, 1, 1_000_000)
        _one_of("threshold", self.threshold, get_args(ThresholdChoice))
        _one_of("polarity", self.polarity, get_args(PolarityChoice))
        _ = self.constraint  # raises where its parts contradict each other

    @property
    def constraint(self) -> Constraint:
        """What is known of every number beforehand."""
        return Constraint(self.length, self.pattern, self.check, self.country)


def _within(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise ValueError(f"{name} must lie between {low} and {high}, not {value}.")


def _one_of(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
