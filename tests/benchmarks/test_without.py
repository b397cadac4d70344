"""What a benchmark leaves out is not drawn; what a finder finds in painted scenes is counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from digitocr.networks.runtime import load_networks
from synthesis.hands.studio import make_studio
from synthesis.hands.writers import Digits
from synthesis.scenes import painter
from synthesis.scenes.painter import KINDS, PAGES, paint
from synthesis.scenes.truth import Scene

STUDIO = make_studio([], {})
SIZE = 160, 200


def painted(monkeypatch: pytest.MonkeyPatch, without: tuple[str, ...], count: int) -> list[str]:
    """The kinds and pages that are chosen for so many pictures."""
    chosen: list[str] = []
    real = painter._chosen

    def noted(*args: object) -> str:
        chosen.append(real(*args))  # type: ignore[arg-type]
        return chosen[-1]

    monkeypatch.setattr(painter, "_chosen", noted)
    for seed in range(count):
        paint(seed, STUDIO, SIZE, without=without)
    return chosen


@pytest.mark.parametrize("kind", ["note", "table", "nothing"])
def test_a_kind_that_is_left_out_is_painted_nowhere(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert kind in painted(monkeypatch, (), 60)
    left = painted(monkeypatch, (kind,), 60)
    assert kind not in left
    assert set(left) & set(KINDS)
    assert set(left) & set(PAGES)


def test_hands_can_be_without_stroke_models() -> None:
    digits = Digits(np.full((10, 28, 28), 255, np.uint8), np.arange(10, dtype=np.uint8))
    alone = make_studio([(1.0, digits)], {}, models=False)
    assert [bool(source.writers) for source in alone.sources] == [True]
    both = make_studio([(1.0, digits)], {})
    assert [bool(source.writers) for source in both.sources] == [True, False]


def test_finds_in_painted_scenes_are_counted() -> None:
    pytest.importorskip("tensorflow")
    from benchmarks.scene_kinds import exact, found

    scenes = [paint(seed, STUDIO, (600, 800), "columns") for seed in range(4)]
    networks = load_networks()
    share, false = found(networks.finder, scenes)
    assert 0.5 < share <= 1
    assert false < 3
    # Without its truth everything that is found is false.
    bare = [Scene(**{**vars(one), "numbers": ()}) for one in scenes]
    nothing, all_false = found(networks.finder, bare)
    assert np.isnan(nothing)
    assert all_false > false
    picture = np.full((60, 200), 255, np.uint8)
    assert exact(networks, [(picture, ""), (picture, "7")]) == 0.5


def test_a_finished_training_is_taken_from_its_folder(tmp_path: Path) -> None:
    pytest.importorskip("tensorflow")
    from benchmarks import left_out
    from synthesis.hands.strings import Nuisances
    from training.line_batches import Recipe
    from training.train_lines import Trainer

    recipe = Recipe(None, (), None, False, Nuisances(), 0)
    trainer = Trainer(2, tmp_path / "checkpoints", left_out.CHANNELS)
    trainer.step.assign(2)
    trainer.checkpoints.save()
    model = left_out.trained(recipe, 2, tmp_path)
    for one, other in zip(model.get_weights(), trainer.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
