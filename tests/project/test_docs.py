"""The docs lead to files that are there, and to commands that exist."""

from __future__ import annotations

import re
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

import digitocr

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
DECISIONS = ROOT / "docs" / "decisions"
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
# Of the packages that others may build on, beside the records.
TOP = ("digitocr/", "docs/", "tests/", "training/", "benchmarks/", "synthesis/", "ui/", "fuzz/")


def loaded(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text("utf-8"))


def anchors(page: Path) -> set[str]:
    """What "#..." may lead to on a page."""
    heads = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_links_lead_to_files_and_headings(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        file, _, anchor = target.partition("#")
        if "://" in target:
            continue
        found = page.parent / file if file else page
        assert found.exists(), target
        assert not anchor or anchor in anchors(found), target


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_files_and_modules_that_are_named_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    for name in re.findall(r"`([\w/.-]+)`", text):
        if name.startswith(TOP):
            assert (ROOT / name).exists(), name
    for module in re.findall(r"python -m ((?:benchmarks|training|synthesis|fuzz)[\w.]*)", text):
        assert find_spec(module.rstrip(".")), module
    for target in re.findall(r"`make (\w+)", text):
        assert re.search(rf"^{target}:", MAKEFILE, flags=re.M), target


def test_every_decision_is_listed_and_says_what_it_rests_on() -> None:
    listed = re.findall(r"\(([\w-]+\.md)\)", (DECISIONS / "README.md").read_text("utf-8"))
    pages = {page.name: page.read_text("utf-8") for page in DECISIONS.glob("*.md")}
    assert sorted(listed) == sorted(set(pages) - {"README.md"})
    for name in listed:
        for part in ("Decision", "Figures", "Tried and dropped", "Decide anew"):
            assert f"**{part}" in pages[name], f"{name}: {part}"


def test_the_changelog_has_this_version() -> None:
    versions = re.findall(r"^## \[(\d[^\]]+)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert versions[0] == digitocr.__version__


def test_the_licence_is_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["license"] == "MIT"
    for name in project["license-files"]:
        assert (ROOT / name).read_text("utf-8").startswith("MIT License\n")


def test_others_ci_runs_the_same_tests() -> None:
    job = loaded(".github/workflows/test.yml")["jobs"]["test"]
    systems = job["strategy"]["matrix"]["os"]
    assert [name.partition("-")[0] for name in systems] == ["ubuntu", "macos"]
    assert [step["run"] for step in job["steps"] if "run" in step] == ["make test"]


def test_what_runs_before_a_commit_is_what_the_tests_run() -> None:
    (repo,) = loaded(".pre-commit-config.yaml")["repos"]
    tools = {hook["entry"].split()[0].removeprefix(".venv/bin/") for hook in repo["hooks"]}
    assert tools == {"ruff", "mypy"}
    for tool in tools:
        assert f"$(BIN)/{tool}" in MAKEFILE
