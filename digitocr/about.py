"""What a field means and which values it may have: said once, beside its type, for every door."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, NamedTuple, NotRequired, get_args, get_origin, get_type_hints


@dataclass(frozen=True, kw_only=True)
class About:
    """Stands in a field's Annotated type. What is None or empty is not said of the field."""

    help: str = ""  # a sentence or more, for people
    least: float | None = None  # of a number; both bounds may be taken
    most: float | None = None
    unit: str = ""  # of a number
    longest: int | None = None  # characters of a text
    pattern: str = ""  # a regular expression that a text matches, all of it
    count: int | None = None  # items of a list
    example: Any = None

    @property
    def told(self) -> str:
        """The help, with the unit."""
        return f"{self.help} In {self.unit}." if self.unit else self.help

    def allows(self, value: Any) -> bool:
        """Whether a value of the field's own type is within its bounds."""
        return (
            (self.least is None or self.least <= value)
            and (self.most is None or value <= self.most)
            and (self.longest is None or len(value) <= self.longest)
            and (not self.pattern or re.fullmatch(self.pattern, value) is not None)
            and (self.count is None or len(value) == self.count)
        )

    def __get_pydantic_json_schema__(
        self, core: Any, handler: Callable[[Any], dict[str, Any]]
    ) -> dict[str, Any]:
        """Where Pydantic describes the field, as FastAPI asks it to: this, as JSON Schema."""
        said = {
            "description": self.told,
            "minimum": self.least,
            "maximum": self.most,
            "maxLength": self.longest,
            "pattern": f"^{self.pattern}$" if self.pattern else "",
            "minItems": self.count,
            "maxItems": self.count,
            "examples": None if self.example is None else [self.example],
        }
        return handler(core) | {
            name: value for name, value in said.items() if value not in ("", None)
        }


class Field(NamedTuple):
    """A field of a class."""

    kind: Any  # its type, bare
    about: About  # what is said of it
    is_required: bool


@cache
def fields(record: type) -> dict[str, Field]:
    """The fields of a dataclass or TypedDict, in their order."""
    hints = get_type_hints(record, include_extras=True)
    return {name: field(kind) for name, kind in hints.items()}


def field(kind: Any) -> Field:
    """A type hint taken apart; of which nothing is said, that has an empty About."""
    is_required = get_origin(kind) is not NotRequired
    if not is_required:
        (kind,) = get_args(kind)
    if get_origin(kind) is not Annotated:
        return Field(kind, About(), is_required)
    bare, *said = get_args(kind)
    known = next((one for one in said if isinstance(one, About)), About())
    return Field(bare, known, is_required)
