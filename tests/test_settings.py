"""A setting is described once, and offered so; of the app, tests/app/test_app.py says it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from inspect import signature
from typing import Annotated, Any, Literal, get_args, get_origin

import pytest
from typer.testing import CliRunner

from digitocr import Settings
from digitocr.__main__ import app, read_command
from digitocr.cli.batch import batch_command
from digitocr.cli.options import OPTIONS
from digitocr.settings import SETTINGS, Setting, described

NUMBERS = [name for name, (kind, _) in SETTINGS.items() if kind in (int, float)]
TEXTS = [name for name, (kind, _) in SETTINGS.items() if kind is str]
WORDS = [name for name, (kind, _) in SETTINGS.items() if get_origin(kind) is Literal]
GOOD = Setting(title="Size", help="How large.", least=0, most=9, step=1, longest=9)


def test_every_field_is_described() -> None:
    assert list(SETTINGS) == [field.name for field in dataclasses.fields(Settings)]


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (int, "size needs a Setting"),
        (Annotated[bool, "large"], "size needs a Setting"),
        (Annotated[bool, dataclasses.replace(GOOD, help="")], "size needs a Setting"),
        (Annotated[int, dataclasses.replace(GOOD, least=None)], "size needs bounds"),
        (Annotated[float, dataclasses.replace(GOOD, most=None)], "size needs bounds"),
        (Annotated[int, dataclasses.replace(GOOD, step=0)], "size needs bounds"),
        (Annotated[int, dataclasses.replace(GOOD, step=0, stops=(0, 5))], "size needs bounds"),
        (Annotated[str, dataclasses.replace(GOOD, longest=None)], "size needs the length"),
    ],
)
def test_a_field_that_is_not_described_is_refused(kind: Any, reason: str) -> None:
    more = dataclasses.make_dataclass(
        "More", [("size", kind, 1)], bases=(Settings,), kw_only=True, frozen=True
    )
    with pytest.raises(TypeError, match=reason):
        described(more)


@pytest.mark.parametrize("kind", [int, float, bool, str])
def test_a_field_that_is_described_is_taken(kind: type) -> None:
    told = Annotated[kind, GOOD]  # type: ignore[valid-type]
    more = dataclasses.make_dataclass(
        "More", [("size", told, 1)], bases=(Settings,), kw_only=True, frozen=True
    )
    assert described(more) == {**SETTINGS, "size": (kind, GOOD)}


@pytest.mark.parametrize("name", NUMBERS)
def test_both_bounds_can_be_chosen_and_nothing_beyond(name: str) -> None:
    kind, setting = SETTINGS[name]
    assert setting.least is not None
    assert setting.most is not None
    for bound, beyond in ((setting.least, -1), (setting.most, 1)):
        assert getattr(Settings(**{name: kind(bound)}), name) == bound
        with pytest.raises(ValueError, match=rf"^{name} must lie between .*\.$"):
            Settings(**{name: kind(bound + beyond)})


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_that_is_too_long_is_told(name: str) -> None:
    _, setting = SETTINGS[name]
    assert setting.longest is not None
    with pytest.raises(ValueError, match=rf"^{name} must have at most {setting.longest} char"):
        Settings(**{name: SETTINGS[name][0]("#" * (setting.longest + 1))})


@pytest.mark.parametrize("command", [read_command, batch_command])
def test_the_command_line_offers_them_all(command: Callable[..., None]) -> None:
    found = signature(command).parameters
    for option, name in OPTIONS.items():
        kind, offered = get_args(found[option].annotation)
        assert (kind, found[option].default) == (SETTINGS[name][0], getattr(Settings(), name))
        setting = SETTINGS[name][1]
        assert (offered.min, offered.max, offered.help) == (
            setting.least,
            setting.most,
            setting.told,
        )
    assert list(OPTIONS.values()) == list(SETTINGS)


@pytest.mark.parametrize("option", [one for one, name in OPTIONS.items() if name in NUMBERS])
def test_the_command_line_refuses_what_is_out_of_bounds(option: str) -> None:
    flag = "--" + option.replace("_", "-")
    beyond = str(int(SETTINGS[OPTIONS[option]][1].most or 0) + 1)
    result = CliRunner().invoke(app, ["read", flag, beyond, "a.png"])
    assert result.exit_code == 2
    assert flag in result.stderr


def test_http_offers_them_all() -> None:
    pytest.importorskip("fastapi")
    from digitocr.service.limits import Limits
    from digitocr.service.web import create_app

    api = create_app(Limits(workers=1)).openapi()
    for path in ("/v1/read", "/v1/jobs"):
        found = {one["name"]: one["schema"] for one in api["paths"][path]["post"]["parameters"]}
        assert list(found) == list(SETTINGS)
        for name, (kind, setting) in SETTINGS.items():
            told = found[name]
            assert told["description"] == setting.told
            assert told["default"] == getattr(Settings(), name)
            bounds = told.get("minimum"), told.get("maximum"), told.get("maxLength")
            assert bounds == (setting.least, setting.most, setting.longest)
            assert tuple(told.get("enum", ())) == (get_args(kind) if name in WORDS else ())
