"""What a user may choose about a reading, and all that is said of it: every door derives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin

from digitocr.about import About, fields
from digitocr.constraints import LONGEST, CheckChoice, Constraint

ThresholdMethod = Literal["otsu", "adaptive", "manual"]
ThresholdChoice = Literal["auto", "otsu", "adaptive", "manual"]
PolarityChoice = Literal["auto", "dark", "light"]


@dataclass(frozen=True, kw_only=True)
class Setting(About):
    """What every door says of a field of Settings."""

    title: str  # above a widget
    option: str = ""  # of the command line, where it is called otherwise than the field
    step: float = 0  # of a widget; 0 = it goes by stops
    stops: tuple[int, ...] = ()  # of a widget, where equal steps would be too many

    @property
    def after(self) -> str:
        """The unit as it follows a number."""
        return f" {self.unit}" if self.unit.isalpha() else self.unit


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a user may choose. Raises ValueError, in a sentence, for a value out of range."""

    blur_sigma_px: Annotated[
        float,
        Setting(
            title="Smooth away grain",
            help="Softens the picture, so that the grain of paper and camera is not taken for "
            "ink. Too much melts strokes together. A Gaussian blur's sigma, on the sheet "
            "that numbers are set out on; 0 = no blur.",
            unit="px",
            least=0,
            most=20,
            step=0.5,
            option="blur",
        ),
    ] = 1.0  # sheet px
    threshold: Annotated[
        ThresholdChoice,
        Setting(
            title="Tell ink from paper",
            help="otsu, one level: whatever is darker than one gray is ink (Otsu's threshold "
            "finds that gray). adaptive, by place: each place is compared with the paper around "
            "it, which follows shadows. manual, by hand: you choose the gray.",
        ),
    ] = "auto"
    level: Annotated[
        int,
        Setting(
            title="Darker than this is ink",
            help="The threshold by hand, once the paper is made white and the ink dark: 0 is "
            "black, 255 is white. The stages Threshold and Ink show what it does.",
            least=1,
            most=254,
            step=1,
        ),
    ] = 128
    window_px: Annotated[
        int,
        Setting(
            title="Judge the paper within",
            help="How far around each place the adaptive threshold looks for the paper's "
            "brightness, on the sheet that numbers are set out on; 0 = enough for any pen. Less "
            "follows hard shadows; more keeps broad strokes whole.",
            unit="px",
            least=0,
            most=2001,
            stops=(*range(0, 401, 20), 600, 1000, 2001),
            option="window",
        ),
    ] = 0  # sheet px
    polarity: Annotated[
        PolarityChoice, Setting(title="The ink is", help="Darker or lighter than its paper.")
    ] = "auto"
    max_skew_deg: Annotated[
        float,
        Setting(
            title="Straighten writing tilted up to",
            help="Writing that runs up or down is levelled before it is read; 0 leaves it as it "
            "is.",
            unit="°",
            least=0,
            most=45,
            step=5,
            option="max_skew",
        ),
    ] = 45.0
    split_touching: Annotated[
        bool,
        Setting(
            title="Part digits that touch",
            help="Looks for cuts in shapes that are too wide for one digit.",
            option="split",
        ),
    ] = True
    one_wrong_in: Annotated[
        int,
        Setting(
            title="At most 1 wrong in",
            help='Of so many numbers shown without "?", at most one is wrong; 1 = never doubt.',
            least=1,
            most=1_000_000,
            stops=(1, 10, 20, 50, 100, 200, 500, 1000, 10_000, 100_000, 1_000_000),
        ),
    ] = 50
    length: Annotated[
        int,
        Setting(
            title="Digits",
            help="How many digits every number has; 0 = any.",
            least=0,
            most=LONGEST,
            step=1,
        ),
    ] = 0
    pattern: Annotated[
        str,
        Setting(
            title="Pattern",
            help="How every number looks: # is any digit, 0 to 9 that very digit, anything else "
            "a separator.",
            longest=2 * LONGEST,
            example="####-##",
        ),
    ] = ""
    check: Annotated[
        CheckChoice,
        Setting(
            title="Check digit",
            help="What every number carries. luhn: bank cards and many identity numbers. isbn: "
            "books. iban: bank accounts.",
        ),
    ] = "none"
    country: Annotated[
        str,
        Setting(
            title="Country of the IBAN",
            help="The two letters that it starts with; they are not read.",
            longest=2,
            example="NO",
        ),
    ] = ""

    def __post_init__(self) -> None:
        for name, (kind, setting) in SETTINGS.items():
            _check(name, getattr(self, name), kind, setting)
        _ = self.constraint  # raises where its parts contradict each other

    @property
    def constraint(self) -> Constraint:
        """What is known of every number beforehand."""
        return Constraint(self.length, self.pattern, self.check, self.country)


def described(settings: type) -> dict[str, tuple[Any, Setting]]:
    """The type of each field of a class, bare, and what the doors say of it.

    Raises TypeError for a field without a Setting, for a number without bounds and a step or
    stops, and for a text without a length.
    """
    given = {}
    for name, (kind, about, _) in fields(settings).items():
        if not isinstance(about, Setting) or not about.help:
            raise TypeError(
                f"{name} needs a Setting, with a title and help, in its Annotated type."
            )
        if kind in (int, float) and (None in (about.least, about.most) or not _steps(about)):
            raise TypeError(f"{name} needs bounds in its Setting, and a step or stops.")
        if kind is str and about.longest is None:
            raise TypeError(f"{name} needs the length of the longest in its Setting.")
        given[name] = kind, about
    return given


def _steps(setting: Setting) -> bool:
    """Whether a widget can go from bound to bound."""
    ends = setting.stops[:1] + setting.stops[-1:]
    return setting.step > 0 or ends == (setting.least, setting.most)


def choices(name: str) -> tuple[str, ...]:
    """What a field may be that is one of a few words."""
    return get_args(SETTINGS[name][0])


def _check(name: str, value: Any, kind: Any, setting: Setting) -> None:
    if get_origin(kind) is Literal:
        if value not in get_args(kind):
            raise ValueError(f"{name} must be one of {', '.join(get_args(kind))}, not {value!r}.")
    elif not setting.allows(value):
        if kind is str:
            raise ValueError(
                f"{name} must have at most {setting.longest} characters, not {len(value)}."
            )
        raise ValueError(
            f"{name} must lie between {setting.least} and {setting.most}, not {value}."
        )


SETTINGS = described(Settings)
