"""The command line's `digitocr finetune`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digitocr.cli.options import Model, check_model, fail
from digitocr.output.safe import told
from digitocr.types import InputError

if TYPE_CHECKING:
    from tqdm import tqdm

    from digitocr.teach.examples import Example
    from digitocr.tune.tuning import Step


def finetune_command(
    data: Annotated[Path, typer.Argument(metavar="SET", help="What `digitocr dataset` made.")],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="The model's, and its name.")],
    steps: Annotated[
        int, typer.Option(min=1, help="At most; fewer where they gain nothing.")
    ] = 1_000,
    minutes: Annotated[float, typer.Option(min=0.1, help="Of steps, at most.")] = 20.0,
    seed: Annotated[int, typer.Option(min=0, help="Another one draws other lines.")] = 0,
    progress: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Written on the way, as JSON lines, in place of bars."),
    ] = None,
    model: Model = None,
) -> None:
    """Tune both readers to your papers; started again, it goes on where it was cut off."""
    check_model(model)
    from digitocr.tune.progress_file import ProgressFile
    from digitocr.tune.tuned_model import Effort, finetune

    try:
        shown: ProgressFile | _Shown = ProgressFile(progress) if progress else _Shown()
        with shown:
            card = finetune(data, out, Effort(steps, minutes), seed, model, shown, sys.argv[1:])
    except InputError as error:
        fail(error)
    except KeyboardInterrupt as error:
        print("\nStopped. The same command goes on from here.", file=sys.stderr)
        raise typer.Exit(130) from error
    print("\n".join(summary(card)))
    print(f"digitocr read --model {told(out)} … reads with it; digitocr models install keeps it.")


CHECKED = {
    "own": "your test part",
    "general": "drawn numbers",
    "pages": "painted pages",
    "samples": "drawn scenes",
}


def summary(card: dict[str, Any]) -> Iterable[str]:
    """A model's figures as lines of text."""
    for kind, name in CHECKED.items():
        before, after = card["figures"][kind]["before"], card["figures"][kind]["after"]
        yield (
            f"{name}: {before['exact']:.1%} -> {after['exact']:.1%} of {after['pictures']} exact; "
            f"wrong and shown {before['shown_wrong']:.1%} -> {after['shown_wrong']:.1%}"
        )
    agreement = card["figures"]["general"]["agreement"]
    yield f"of made-up lines that were read right, still right: {agreement:.1%}"


class _Shown:
    """Bars on standard error."""

    def __init__(self) -> None:
        self._bar: tqdm[Any] | None = None

    def reading(self, examples: Iterable[Example], total: int) -> Iterable[Example]:
        from tqdm import tqdm

        return tqdm(examples, "reading", total, unit="picture", disable=None)

    def stage(self, told: str) -> None:
        self._close()
        print(told, file=sys.stderr)

    def step(self, steps: int, step: Step) -> None:
        from tqdm import tqdm

        if self._bar is None:
            self._bar = tqdm(desc="tuning", total=steps, initial=step.number - 1, disable=None)
        if step.best is not None:
            self._bar.set_postfix_str(f"val {step.best:.1%}", refresh=False)
        self._bar.update(step.number - self._bar.n)

    def __enter__(self) -> _Shown:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
