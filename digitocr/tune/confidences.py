"""What the readers' scores are worth: two logistic models and the table of selective risk.

scikit-learn comes in where a model is fitted, not before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digitocr.decide.reject import digit_evidence, number_evidence
from digitocr.measure.edits import matched
from digitocr.reading import Reading
from digitocr.types import Standing

SURELY = 0.95
PROMISES = 20, 50, 200  # one wrong in so many, at most
CHANCE = 0.01  # of so many errors as contradict one of them
FINER = 0.97  # of the risk of the table's row before, or it tells nothing new


class Evidence(NamedTuple):
    """A number that was read: what spoke for it, and what was true of it."""

    number: list[float]
    is_right: bool
    digits: list[tuple[int, Standing, bool]]  # label, what speaks for it, whether it is right


def evidence(reading: Reading, truth: str) -> Iterator[Evidence]:
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
    from sklearn.linear_model import LogisticRegression

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

    Each row: log-odds, and what share of the numbers that are as sure or surer is wrong, at most.
    Odds rise from row to row, and the share falls.
    """
    bounds = np.unique(number_odds)
    return _table(bounds, most_wrong(bounds, number_odds, right))


def most_wrong(
    bounds: NDArray[np.float64], number_odds: NDArray[np.float64], right: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """What share is wrong at most, (B,), of the numbers whose odds reach each bound; 1 of none.

    Wilson: "Probable inference, the law of succession, and statistical inference", 1927, with
    SURELY.
    """
    reached = number_odds[None] >= bounds[:, None]
    count = np.maximum(reached.sum(axis=1), 1e-9)
    share = (reached & ~right).sum(axis=1) / count
    z = NormalDist().inv_cdf(SURELY)
    spread = np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    return np.asarray((share + z**2 / (2 * count) + z * spread) / (1 + z**2 / count))


def borne_out(
    table: Sequence[tuple[float, float]],
    number_odds: NDArray[np.float64],
    right: NDArray[np.bool_],
) -> bool:
    """Whether numbers, as in `selective`, leave a table of selective risk standing.

    They do unless so many of those that one of PROMISES shows are wrong as would hardly ever be
    by chance, by the binomial distribution.
    """
    from scipy.stats import binom

    for one_wrong_in in PROMISES:
        bounds = [bound for bound, risk in table if risk <= 1 / one_wrong_in]
        shown = right[number_odds >= bounds[0]] if bounds else right[:0]
        if binom.sf(np.sum(~shown) - 1, len(shown), 1 / one_wrong_in) < CHANCE:
            return False
    return True


def _table(bounds: NDArray[np.float64], most: NDArray[np.float64]) -> list[tuple[float, float]]:
    table: list[tuple[float, float]] = []
    for one, risk in zip(bounds, most, strict=True):
        if not table or risk < FINER * table[-1][1]:
            table.append((round(float(one), 4), round(float(risk), 6)))
    return table


def cautious(
    own: tuple[NDArray[np.float64], NDArray[np.bool_]],
    drawn: tuple[NDArray[np.float64], NDArray[np.bool_]],
) -> list[tuple[float, float]]:
    """The table of selective risk that promises no more than either kind of numbers bears out.

    own, drawn: log-odds and whether right, as in `selective`. Few numbers bear out little: then
    the table ends early, and each number that is shown has to be so sure by itself.
    """
    bounds = np.unique(np.concatenate([own[0], drawn[0]]))
    kinds = [one for one in (own, drawn) if len(one[0])]
    return _table(bounds, np.max([most_wrong(bounds, *one) for one in kinds], axis=0))
