"""The locked versions are of what the package asks for, within its ranges, and name no place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
# For comparisons alone; a part of what is locked; what a person opens notebooks with.
NOT_LOCKED = {"peers", "review", "notebook"}
ENTRY = re.compile(r"(?:    )?--hash=sha256:[0-9a-f]{64}(?: \\)?")


def extras_of(lock: str) -> list[str]:
    """The extras that `make lock` puts into a lock."""
    found = re.search(rf"^IN_{lock.upper()} = (.+)$", MAKEFILE, flags=re.M)
    assert found
    return found[1].split()


def locked(lock: str) -> list[Requirement]:
    """The lines of a lock, one for each version."""
    lines = (ROOT / f"locks/{lock}.txt").read_text("utf-8").splitlines()
    return [Requirement(line.removesuffix(" \\")) for line in lines if re.match(r"\w", line)]


def asked(lock: str) -> Iterator[Requirement]:
    """What pyproject.toml asks for, of all that is in a lock."""
    extras = PROJECT["optional-dependencies"]
    for line in [
        *PROJECT["dependencies"],
        *(one for name in extras_of(lock) for one in extras[name]),
    ]:
        requirement = Requirement(line)
        if requirement.name == PROJECT["name"]:  # an extra that another one includes
            for extra in requirement.extras:
                yield from map(Requirement, extras[extra])
        else:
            yield requirement


def version_of(requirement: Requirement) -> str:
    """The version that a locked line names."""
    (only,) = requirement.specifier
    assert only.operator == "=="
    return only.version


@pytest.mark.parametrize("lock", ["tests", "image"])
def test_every_dependency_is_locked_within_its_range(lock: str) -> None:
    versions: dict[str, list[str]] = {}
    for requirement in locked(lock):
        versions.setdefault(canonicalize_name(requirement.name), []).append(version_of(requirement))
    for requirement in asked(lock):
        if lock == "image" and requirement.marker and not requirement.marker.evaluate():
            continue  # the image is for Linux alone
        found = versions.get(canonicalize_name(requirement.name), [])
        assert found, f"{requirement} is not in locks/{lock}.txt: run `make lock`"
        for version in found:
            assert requirement.specifier.contains(version), f"{requirement}: run `make lock`"


def test_every_extra_is_locked_but_those_that_are_named_here() -> None:
    assert set(PROJECT["optional-dependencies"]) - set(extras_of("tests")) == NOT_LOCKED


@pytest.mark.parametrize("lock", ["tests", "image"])
def test_a_lock_holds_names_versions_and_hashes_alone(lock: str) -> None:
    for line in (ROOT / f"locks/{lock}.txt").read_text("utf-8").splitlines():
        assert line.startswith("#") or re.match(r"\w", line) or ENTRY.fullmatch(line), line
        assert "://" not in line
        assert " @ " not in line
        assert not re.match(r"\w", line) or line.endswith(" \\"), f"{line} has no hash"


def test_the_image_has_the_versions_that_were_tested() -> None:
    tested = {
        one.name: version_of(one)
        for one in locked("tests")
        if not one.marker or one.marker.evaluate({"python_full_version": "3.11.2"})
    }
    for requirement in locked("image"):
        assert tested.get(requirement.name) == version_of(requirement), requirement.name


def test_the_image_needs_no_training_library() -> None:
    names = {requirement.name for requirement in locked("image")}
    assert not names & {"tensorflow", "tensorflow-cpu", "keras", "scikit-learn"}
