"""What the README tells a reader to type works, and prints what it says."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """The README's code blocks in a language."""
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def reading_commands() -> list[tuple[str, str]]:
    """Each `$ digitocr …` line of the README with the lines that it prints there."""
    found = []
    for block in blocks("console"):
        for command, printed in re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", block, flags=re.M):
            if command.startswith("digitocr "):
                found.append((command, printed))
    return found


def test_the_readme_shows_the_command_line() -> None:
    assert len(reading_commands()) >= 3


@pytest.mark.parametrize(("command", "printed"), reading_commands())
def test_command_prints_what_the_readme_says(command: str, printed: str) -> None:
    arguments = shlex.split(command)[1:]
    answer = subprocess.run(
        [sys.executable, "-m", "digitocr", *arguments], capture_output=True, text=True, cwd=ROOT
    )
    # Confidences and times are a machine's own; "…" stands for what is left out.
    pattern = ".*?".join(re.escape(part) for part in printed.strip().split("…"))
    assert re.fullmatch(pattern, answer.stdout.strip(), flags=re.DOTALL), answer.stdout


@pytest.mark.parametrize("code", blocks("python"))
def test_python_example_runs(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_links_lead_to_files() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert "://" in target or (ROOT / target).exists(), target
