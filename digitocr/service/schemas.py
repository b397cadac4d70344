"""What the server answers and is asked, for its OpenAPI: the record and the settings."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from digitocr.output.record import SCHEMA, FailureRecord, ReadRecord
from digitocr.settings import SETTINGS, Settings

EXAMPLE: ReadRecord = {
    "file": "cheque.jpg",
    "page": 1,
    "text": "7",
    "guess": "7",
    "confidence": 0.991,
    "accepted": True,
    "lines": [
        {
            "text": "7",
            "guess": "7",
            "confidence": 0.991,
            "accepted": True,
            "by_segments": "7",
            "by_line": "7",
            "quad": [[110.2, 44.1], [168.9, 39.0], [176.4, 126.8], [117.7, 131.9]],
            "digits": [
                {
                    "label": "7",
                    "confidence": 0.996,
                    "accepted": True,
                    "box": [112, 40, 171, 128],
                    "alternatives": [{"label": "1", "confidence": 0.004}],
                }
            ],
        }
    ],
    "ms": 21.7,
    "read_at": "2026-01-31T12:00:00+00:00",
    "read_by": "digitocr 0.1.0 Finder-5b… DigitClassifier-3f… LineReader-9a…",
    "schema": SCHEMA,
}
ReadAnswer = Annotated[ReadRecord, Field(examples=[EXAMPLE])]
Answers = list[ReadAnswer | FailureRecord]


class Job(BaseModel):
    """A pile that is being read."""

    id: str
    status: Literal["reading", "done"]
    total: int = Field(description="pictures")
    done: int
    answers: Answers | None = Field(None, description="in the order sent, once all is done")


class Health(BaseModel):
    """That the server works, and with what."""

    status: Literal["ok"] = "ok"
    version: str


def _asked() -> dict[str, Any]:
    """The settings as query parameters; out of bounds they are refused by Settings itself."""
    default = Settings()
    return {
        name: (Annotated[kind, setting], getattr(default, name))
        for name, (kind, setting) in SETTINGS.items()
    }


_Asked: Any = create_model("_Asked", **_asked())


class ReadingQuery(_Asked):  # type: ignore[misc]
    """What may be chosen about a reading; as on the command line."""

    model_config = ConfigDict(extra="forbid")  # a mistyped name would be passed over in silence

    def settings(self) -> Settings:
        """The reader's settings. Raises ValueError where they are out of bounds."""
        return Settings(**self.model_dump())
