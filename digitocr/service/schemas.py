"""What the server answers, for its OpenAPI: the command line's JSON, described."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from digitocr.constraints import CheckChoice
from digitocr.settings import PolarityChoice, Settings, ThresholdChoice

DEFAULT = Settings()


class Candidate(BaseModel):
    """A digit that it may be."""

    label: str = Field(examples=["7"])
    confidence: float = Field(ge=0, le=1, examples=[0.004])


class Digit(Candidate):
    """One digit of the answer."""

    accepted: bool = Field(description='Shown; if not, "?" stands for it in the text.')
    box: list[int] = Field(description="left, top, right, bottom in the picture's pixels")
    alternatives: list[Candidate]


class Line(BaseModel):
    """One line of writing."""

    text: str = Field(examples=["207?5"])
    confidence: float = Field(ge=0, le=1, description="that all of it is right")
    by_segments: str = Field(description="what the segmenting reader read")
    by_line: str = Field(description="what the line reader read")
    note: str | None = Field(None, description="what is known of the number changed the answer")
    doubt: str | None = Field(None, description="why a digit of it is in doubt")
    digits: list[Digit]


class LeftOut(BaseModel):
    """A part of the picture that nobody read although digits may stand there."""

    reason: str
    box: list[int] = Field(description="left, top, right, bottom in the picture's pixels")


class Answer(BaseModel):
    """What was read in one picture, or why nothing could be."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"file": "cheque.jpg", "text": "20745", "confidence": 0.999, "lines": []}]
        }
    )
    file: str
    text: str | None = Field(None, description='a line of writing each; "?" for a doubted digit')
    confidence: float | None = Field(None, ge=0, le=1)
    lines: list[Line] | None = None
    left_out: list[LeftOut] | None = None
    ms: float | None = Field(None, description="time of the reading")
    error: str | None = Field(None, description="what is wrong with the picture")


class Job(BaseModel):
    """A pile that is being read."""

    id: str
    status: Literal["reading", "done"]
    total: int = Field(description="pictures")
    done: int
    answers: list[Answer] | None = Field(None, description="in the order sent, once all is done")


class Health(BaseModel):
    """That the server works, and with what."""

    status: Literal["ok"] = "ok"
    version: str


class ReadingQuery(BaseModel):
    """What may be chosen about a reading; as on the command line."""

    model_config = ConfigDict(extra="forbid")  # a mistyped name would be passed over in silence

    blur_sigma_px: float = Field(DEFAULT.blur_sigma_px, ge=0, le=20)
    threshold: ThresholdChoice = DEFAULT.threshold
    level: int = Field(
        DEFAULT.level, ge=1, le=254, description="of threshold manual: what is darker is ink"
    )
    window_px: int = Field(DEFAULT.window_px, ge=0, le=2001)
    polarity: PolarityChoice = DEFAULT.polarity
    max_skew_deg: float = Field(DEFAULT.max_skew_deg, ge=0, le=45)
    split_touching: bool = DEFAULT.split_touching
    one_wrong_in: int = Field(
        DEFAULT.one_wrong_in, ge=1, le=1_000_000, description='of those without "?"'
    )
    length: int = Field(DEFAULT.length, ge=0, description="digits, where known; 0 = any")
    pattern: str = Field(DEFAULT.pattern, max_length=100, examples=["####-##"])
    check: CheckChoice = DEFAULT.check
    country: str = Field(DEFAULT.country, max_length=2, description="of an IBAN")

    def settings(self) -> Settings:
        """The reader's settings. Raises ValueError where they contradict each other."""
        return Settings(**self.model_dump())
