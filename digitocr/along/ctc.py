"""What the line network says of a strip: likely readings, and where each digit stands.

Connectionist temporal classification: Graves, Fernández, Gomez, Schmidhuber, ICML 2006. Along
the strip each step carries log-probabilities of the ten digits and of a blank, the last class;
a reading's probability is the sum over all the ways to spread its digits over the steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from digitocr.types import LogProbabilities

BLANK = 10
BEAM = 8  # readings kept after each step
SURE = 0.9  # a digit at least this probable is there, and is one
DIGITS = "0123456789"
NEVER = 0.0, 0.0
LEAST = 1e-3  # at a step, what is less likely is not followed
RESCALED = 8  # steps: so often probabilities are scaled to 1, and what has vanished is lost
VANISHING = 1e-250  # of the likeliest state; floats hold far less
LEAST_SUM = -500.0  # a log-probability: far above VANISHING times all steps and states
QUIET = 1e-3  # nothing is written at a step where all the digits together are less likely


def likely_readings(along: LogProbabilities, beam: int = BEAM) -> list[str]:
    """The most probable readings of a strip, best first: at most `beam`, by prefix beam search.

    along: float32 (T, 11). One of the readings may be "": nothing is written.
    """
    # For each prefix, the probability of having written it and ended in a blank, or in a digit.
    beams: dict[str, tuple[float, float]] = {"": (1.0, 0.0)}
    for *shares, blank in np.exp(along[_telling(along)].astype(np.float64)).tolist():
        digits = [
            (label, share) for label, share in zip(DIGITS, shares, strict=True) if share > LEAST
        ]
        grown: dict[str, tuple[float, float]] = {}
        for prefix, (in_blank, in_digit) in beams.items():
            total = in_blank + in_digit
            stays = 0.0
            for label, share in digits:
                longer, mass = prefix + label, total * share
                if label == prefix[-1:]:
                    stays, mass = in_digit * share, in_blank * share
                before = grown.get(longer, NEVER)
                grown[longer] = before[0], before[1] + mass
            before = grown.get(prefix, NEVER)
            grown[prefix] = before[0] + total * blank, before[1] + stays
        ranked = [(one + two, prefix, one, two) for prefix, (one, two) in grown.items()]
        kept = sorted(ranked, reverse=True)[:beam]
        scale = kept[0][0] or 1.0  # lest a long strip's probabilities vanish
        beams = {prefix: (one / scale, two / scale) for both, prefix, one, two in kept if both > 0}
    return list(beams)


def best_path(along: LogProbabilities) -> str:
    """What the single most probable way along the strip (T, 11) spells."""
    best = along.argmax(axis=1)
    starts = np.diff(best, prepend=-1) != 0
    return "".join(str(label) for label in best[starts & (best != BLANK)])


def reading_scores(along: LogProbabilities, readings: Sequence[str]) -> NDArray[np.float64]:
    """Log-probability (K,) of each of K readings, given the strip's steps (T, 11)."""
    if not readings:
        return np.zeros(0)
    labels, may_skip = _states(readings)
    telling = _telling(along, readings)
    ends = np.array([2 * len(reading) for reading in readings])
    # A class that is never seen fills up the shorter readings.
    labels[np.arange(labels.shape[1]) > ends[:, None]] = BLANK + 1
    steps = np.full((len(telling), BLANK + 2), -np.inf)
    steps[:, : BLANK + 1] = along[telling]
    total = _scaled_sums(steps, labels, may_skip, ends)
    vanished = total < LEAST_SUM
    if vanished.any():
        total[vanished] = _log_sums(steps, labels[vanished], may_skip[vanished], ends[vanished])
    return np.asarray(total + float(np.delete(along[:, BLANK], telling).sum()))


def _scaled_sums(
    steps: NDArray[np.float64],
    labels: NDArray[np.int64],
    may_skip: NDArray[np.bool_],
    ends: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Log of the sum over all ways (K,) to each reading's end, in probabilities scaled to 1.

    steps: log-probabilities (T, 12); labels, may_skip: (K, S); ends: (K,), each reading's last
    state. What is less than `VANISHING` times a reading's likeliest state is lost. No way's
    probability ever grows, so of a sum above exp(LEAST_SUM) that is nothing that counts.
    """
    # Two columns without a state in front, so that what comes from earlier states is a view.
    ways = np.zeros((labels.shape[0], labels.shape[1] + 2))
    here, before, skipped = ways[:, 2:], ways[:, 1:-1], ways[:, :-2]
    shares = np.exp(steps)
    here[:, :2] = shares[0].take(labels[:, :2])
    scale = np.zeros(len(labels))
    opened = may_skip.astype(np.float64)
    for place, row in enumerate(shares[1:], 1):
        arrivals = skipped * opened
        arrivals += before
        arrivals += here
        np.multiply(arrivals, row.take(labels), out=here)
        if place % RESCALED == 0:
            peak = here.max(axis=1)
            peak[peak == 0] = 1.0
            here /= peak[:, None]
            here[here < VANISHING] = 0.0
            scale += np.log(peak)
    every = np.arange(len(labels))
    # The last state is a blank, the one before it the last digit; of "" there is the blank alone.
    with np.errstate(divide="ignore"):
        return np.asarray(scale + np.log(here[every, ends] + before[every, ends]))


def _log_sums(
    steps: NDArray[np.float64],
    labels: NDArray[np.int64],
    may_skip: NDArray[np.bool_],
    ends: NDArray[np.int64],
) -> NDArray[np.float64]:
    """As `_scaled_sums`, in logarithms: nothing is lost, and it takes far longer."""
    ways = np.full((labels.shape[0], labels.shape[1] + 2), -np.inf)
    here, before, skipped = ways[:, 2:], ways[:, 1:-1], ways[:, :-2]
    here[:, :2] = steps[0].take(labels[:, :2])
    barred = np.where(may_skip, 0, -np.inf)
    for row in steps[1:]:
        arrivals = np.logaddexp(np.logaddexp(here, before), skipped + barred)
        here[...] = arrivals + row.take(labels)
    every = np.arange(len(labels))
    return np.asarray(np.logaddexp(here[every, ends], before[every, ends]))


def align(along: LogProbabilities, reading: str) -> list[tuple[int, int]]:
    """The steps, half-open, that each digit of a reading takes on its most probable way.

    along: (T, 11). Raises ValueError when there are too few steps for the reading.
    """
    (labels,), (may_skip,) = _states([reading])
    telling = _telling(along, [reading])
    emitted = along[telling][:, labels]
    # Two columns without a state in front, so that what comes from earlier states is a view.
    ways = np.full((len(telling), len(labels) + 2), -np.inf)
    here, before, skipped = ways[:, 2:], ways[:, 1:-1], ways[:, :-2]
    here[0, :2] = emitted[0, :2]
    barred = np.where(may_skip, 0, -np.inf)
    for last, row in enumerate(emitted[1:]):
        best = np.maximum(here[last], before[last])
        here[last + 1] = np.maximum(best, skipped[last] + barred) + row
    state = len(labels) - 1
    if before[-1, state] > here[-1, state]:
        state -= 1
    if np.isneginf(here[-1, state]):
        raise ValueError(f"{len(along)} steps cannot hold the reading {reading}.")
    spans: list[tuple[int, int]] = [(0, 0)] * len(reading)
    for place in range(len(telling) - 1, -1, -1):
        if state % 2:
            step = int(telling[place])
            _, stop = spans[state // 2]
            spans[state // 2] = step, stop or step + 1
        if place:
            last = place - 1
            arrivals = here[last, state], before[last, state], skipped[last, state] + barred[state]
            state -= int(np.argmax(arrivals))
    return spans


def single_digits(along: LogProbabilities, spans: Sequence[tuple[float, float]]) -> list[bool]:
    """Whether the strip surely shows exactly one digit in each of the spans.

    along: (T, 11). spans: from where to where, as shares of the strip's width.
    """
    best = along.argmax(axis=1)
    starts = np.flatnonzero(np.diff(best, prepend=-1))  # of the runs of one class
    stops = np.append(starts[1:], len(best))
    written = best[starts] != BLANK
    middles = ((starts + stops) / 2)[written]
    sure = np.exp(np.maximum.reduceat(along.max(axis=1), starts))[written]
    verdicts = []
    for left, right in spans:
        inside = (middles >= left * len(along)) & (middles < right * len(along))
        verdicts.append(int(inside.sum()) == 1 and bool(sure[inside][0] >= SURE))
    return verdicts


def _telling(along: LogProbabilities, readings: Sequence[str] = ()) -> NDArray[np.intp]:
    """The steps that matter: in a run of steps where nothing is written, the first tells all.

    All of them where the readings would not fit into fewer: each takes a step for every digit,
    and one between equal neighbours.
    """
    quiet = along[:, BLANK] > np.log1p(-QUIET)
    telling = np.flatnonzero(~quiet | ~np.concatenate([[False], quiet[:-1]]))
    needed = max(
        (len(one) + sum(left == right for left, right in pairwise(one)) for one in readings),
        default=0,
    )
    return telling if needed <= len(telling) else np.arange(len(along))


def _states(readings: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """For each reading (K, S) its states, blank, first digit, blank, second digit, .., blank,
    and whether each may be reached from the last but one."""
    labels = np.full((len(readings), 2 * max(map(len, readings)) + 1), BLANK)
    for row, reading in zip(labels, readings, strict=True):
        row[1 : 2 * len(reading) : 2] = [int(digit) for digit in reading]
    may_skip = np.zeros(labels.shape, bool)
    may_skip[:, 3::2] = labels[:, 3::2] != labels[:, 1:-2:2]
    return labels, may_skip
