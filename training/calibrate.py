"""Fit the confidences: `python -m training.calibrate [--data mnist.npz] [--pens FOLDER]`.

Reads numbers by hands that were kept aside from the networks' training, on the same kinds of
paper, and fits the two logistic models of `digitocr.decide.reject` to what came out right, and
the table of selective risk. Half of the numbers fit the models that the other half measures;
then all of them fit those that ship.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import NormalDist
from typing import Annotated, NamedTuple

import numpy as np
import typer
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from digitocr import Reading, Settings, read
from digitocr.decide.reject import digit_evidence, number_evidence
from digitocr.measure.edits import matched
from digitocr.measure.reliability import calibration_error, most_accepted
from digitocr.networks.model_folder import CALIBRATION
from digitocr.networks.runtime import CLASSIFIER, EXPORTS, FINDER, LINE_READER, find_model
from digitocr.types import Standing
from synthesis.hands.strings import Nuisances, random_text, write_line
from synthesis.scans import scan
from training.hand_options import Data, Pens, Research, Seed
from training.line_batches import Recipe
from training.manifest import made_by, note, sha256

SURELY = 0.95
FINER = 0.97  # of the risk of the table's row before, or it tells nothing new


class Evidence(NamedTuple):
    """A number that was read: what spoke for it, and what was true of it."""

    number: list[float]
    is_right: bool
    digits: list[tuple[int, Standing, bool]]  # label, what speaks for it, whether it is right


def gathered(recipe: Recipe, count: int) -> Iterator[Evidence]:
    """Read `count` numbers by the hands that were kept aside."""
    hands = recipe.studios()[1]
    for index in range(count):
        rng = np.random.default_rng((recipe.seed, 2 << 32, index))
        text = random_text(rng, recipe.nuisances)
        gray, _ = scan(rng, write_line(rng, hands, text, recipe.nuisances), recipe.nuisances)
        yield from _evidence(read(gray, Settings(one_wrong_in=1)), text.digits)


def _evidence(reading: Reading, truth: str) -> Iterator[Evidence]:
    """A picture holds one number. Only what is read as one tells of the two readers.

    What was found in two parts is the finder's fault, which the readers' scores do not know of;
    a line against which something else speaks is in doubt however sure they are.
    """
    lines = [line for line in reading.lines if line.digits]
    if len(lines) != 1 or lines[0].objections:
        return
    (line,) = lines
    chosen = next(one for one in line.proposals if one.text == line.guess)
    digits = [(int(digit.label), digit.standing) for digit in line.digits]
    are_right = matched(line.guess, truth)
    yield Evidence(
        number_evidence(chosen, line.proposals),
        line.guess == truth,
        [(*digit, is_right) for digit, is_right in zip(digits, are_right, strict=True)],
    )


def fitted(features: NDArray[np.float64], right: NDArray[np.bool_]) -> list[float]:
    """The intercept and the weights of a logistic model."""
    model = LogisticRegression(C=10.0, max_iter=1000).fit(features, right)
    return [float(model.intercept_[0]), *map(float, model.coef_[0])]


def odds(weights: list[float], features: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-odds of each row."""
    return np.asarray(weights[0] + features @ np.array(weights[1:]))


def models(found: Sequence[Evidence]) -> dict[str, list[float]]:
    """Both logistic models' weights, for numbers and for digits, fitted to what was found."""
    right = np.array([one.is_right for one in found])
    number = fitted(np.array([one.number for one in found]), right)
    _, _, rows, digits_right = features(found, number)
    return {"number": number, "digit": fitted(rows, digits_right)}


def features(
    found: Sequence[Evidence], number: list[float]
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64], NDArray[np.bool_]]:
    """Of N numbers the log-odds (N,) and whether right; of their D digits the features (D, 3)
    and whether right."""
    number_odds = odds(number, np.array([one.number for one in found]))
    rows = [
        digit_evidence(label, standing, float(of_number))
        for one, of_number in zip(found, number_odds, strict=True)
        for label, standing, _ in one.digits
    ]
    right = [one.is_right for one in found]
    digits_right = [is_right for one in found for *_, is_right in one.digits]
    return number_odds, np.array(right), np.array(rows), np.array(digits_right)


def selective(
    number_odds: NDArray[np.float64], right: NDArray[np.bool_]
) -> list[tuple[float, float]]:
    """Log-odds of whole numbers (N,) and whether each is right -> the table of selective risk.

    Each row: log-odds, and what share of the numbers that are as sure or surer is wrong, at most
    (Wilson: "Probable inference, the law of succession, and statistical inference", 1927, with
    SURELY). Odds rise from row to row, and the share falls.
    """
    order = np.argsort(-number_odds, kind="stable")
    odds, count = number_odds[order], np.arange(1, len(order) + 1)
    share, z = np.cumsum(~right[order]) / count, NormalDist().inv_cdf(SURELY)
    spread = np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    most = (share + z**2 / (2 * count) + z * spread) / (1 + z**2 / count)
    is_bound = np.append(odds[1:] != odds[:-1], True)  # no bound can part equal ones
    table: list[tuple[float, float]] = []
    for one, risk in zip(odds[is_bound][::-1], most[is_bound][::-1], strict=True):
        if not table or risk < FINER * table[-1][1]:
            table.append((round(float(one), 4), round(float(risk), 6)))
    return table


def calibrate(
    data: Data = None,
    pens: Pens = None,
    research: Research = True,
    out: Annotated[Path, typer.Option(help="Where the weights go.")] = EXPORTS / CALIBRATION,
    count: Annotated[int, typer.Option(min=100, help="Numbers to read.")] = 8_000,
    seed: Seed = 0,
) -> None:
    """Fit the confidences of whole numbers and of digits."""
    made = made_by("training.calibrate", data, (), pens, research, seed, count=count)
    networks = [find_model(name) for name in (FINDER, CLASSIFIER, LINE_READER)]
    made["networks"] = {network.name: sha256(network) for network in networks}
    recipe = Recipe(data, (), pens, research, Nuisances(), seed)
    found = list(gathered(recipe, count))
    weights = models(found)
    rounded = {kind: [round(value, 4) for value in values] for kind, values in weights.items()}
    of_all, all_right, _, _ = features(found, rounded["number"])
    shipped = {**rounded, "selective": selective(of_all, all_right)}
    out.write_text(json.dumps(shipped) + "\n", encoding="utf-8")
    note(out, made)
    half = models(found[::2])
    table = selective(*features(found[::2], half["number"])[:2])
    number_odds, right, rows, digits_right = features(found[1::2], half["number"])
    claimed = 1 / (1 + np.exp(-number_odds))
    claimed_digits = 1 / (1 + np.exp(-odds(half["digit"], rows)))
    print(f"numbers right          {right.mean():.1%} of {len(right)}")
    print(f"calibration, numbers   {calibration_error(claimed, right):.2%}")
    print(f"calibration, digits    {calibration_error(claimed_digits, digits_right):.2%}")
    for one_wrong_in in (20, 50):
        shown = number_odds >= next(
            (odds for odds, risk in table if risk <= 1 / one_wrong_in), np.inf
        )
        wrong = np.mean(~right[shown]) if shown.any() else 0.0
        print(f"shown at 1 wrong in {one_wrong_in} {shown.mean():.1%}, of these wrong {wrong:.1%}")
    print(f"accepted at 99.5%      {most_accepted(claimed, right, 0.995):.1%}")


if __name__ == "__main__":
    typer.run(calibrate)
