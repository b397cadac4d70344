"""Two readers' proposals for a line, and what is known in advance of the number."""

from __future__ import annotations

import numpy as np
import pytest
from drawings import spelled, steps
from hypothesis import given, settings
from hypothesis import strategies as st

from digitocr.along.ctc import BEAM, likely_readings, reading_scores
from digitocr.constraints import Constraint
from digitocr.decide.fuse import BREACH, LATTICE_WEIGHT, NO_PATH, choose, propose
from digitocr.reading import Proposal
from digitocr.types import Lattice, LogProbabilities

EMPTY = spelled("")


def torn(signs: str, place: int, shares: dict[int, float]) -> LogProbabilities:
    """Steps that are sure of all signs but one, where several digits may stand."""
    along = np.exp(steps(signs, 0.99999))
    along[place] = (1 - sum(shares.values())) / (11 - len(shares))
    along[place, list(shares)] = list(shares.values())
    return np.asarray(np.log(along), np.float32)


def texts(lattice: Lattice, along: LogProbabilities) -> list[str]:
    return [one.text for one in propose(lattice, [along])]


def test_nothing_written_is_proposed_as_nothing() -> None:
    first, *others = propose(EMPTY, [steps("----", 0.999)])
    assert (first.text, first.lattice_score) == ("", 0.0)
    assert first.posterior > 0.9
    assert all(one.lattice_score == -np.inf for one in others)


@pytest.mark.parametrize("text", ["7", "205", "0011"])
def test_what_both_read_is_chosen(text: str) -> None:
    along = steps("".join(f"-{label}-" for label in text))
    first = propose(spelled(text), [along])[0]
    assert first.text == text
    assert first.posterior > 0.9


@pytest.mark.parametrize(
    ("shares", "by_segments", "wanted"),
    [
        pytest.param({5: 0.6, 6: 0.38}, "205", "205", id="the same"),
        pytest.param({5: 0.6, 6: 0.38}, "206", "206", id="the second best, and another's best"),
        pytest.param({5: 0.98, 6: 0.01}, "206", "205", id="a slim chance"),
        pytest.param({5: 0.6, 6: 0.38}, "209", "205", id="neither"),
        pytest.param({5: 0.99999}, "20", "205", id="too short"),
        pytest.param({5: 0.6, 6: 0.38}, "", "205", id="no segments"),
    ],
)
def test_a_reading_that_both_think_likely_wins(
    shares: dict[int, float], by_segments: str, wanted: str
) -> None:
    along = torn("-2-0-5-", 5, shares)
    assert texts(spelled(by_segments, 0.9), along)[0] == wanted


def test_the_segments_reading_is_proposed_though_the_line_reader_never_thought_of_it() -> None:
    along = steps("-2-0-5-", 0.999)
    assert "7777777" not in likely_readings(along)
    proposals = propose(spelled("777"), [along])
    assert proposals[0].text == "205"
    assert "777" in [one.text for one in proposals]


def test_a_reading_that_the_strip_is_too_short_for_is_left_out() -> None:
    assert "777" not in texts(spelled("777"), steps("-7", 0.9))
    assert "777" in texts(spelled("777"), steps("-7--7", 0.9))


def test_a_reading_that_no_path_spells_is_unlikely_but_not_impossible() -> None:
    proposals = propose(spelled("5"), [steps("-2-0-5-")])
    found = {one.text: one for one in proposals}
    assert found["205"].lattice_score == -np.inf
    assert proposals[0].text == "205"


def log_shares(seed: int, count: int) -> LogProbabilities:
    shares = np.random.default_rng(seed).dirichlet(np.full(11, 0.3), count)
    return np.log(shares + 1e-9).astype(np.float32)


@settings(max_examples=100, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 12),
    st.text("0123456789", max_size=5),
    st.integers(1, BEAM),
)
def test_laws_of_proposals(seed: int, count: int, by_segments: str, beam: int) -> None:
    along, lattice = log_shares(seed, count), spelled(by_segments, 0.7)
    proposals = propose(lattice, [along], beam)
    assert 1 <= len(proposals) <= beam + 1
    found = [one.text for one in proposals]
    assert len(set(found)) == len(found)
    assert set(found) <= {*likely_readings(along, beam), by_segments}
    shares = [one.posterior for one in proposals]
    assert sum(shares) == pytest.approx(1)
    assert shares == sorted(shares, reverse=True)
    assert min(shares) > 0
    merits = [
        one.line_score + LATTICE_WEIGHT * max(one.lattice_score, NO_PATH) for one in proposals
    ]
    assert np.diff(np.log(shares)) == pytest.approx(np.diff(merits), abs=1e-6)


# What is known in advance


def proposal(text: str, posterior: float) -> Proposal:
    return Proposal(text, -1.0, -1.0, posterior)


@pytest.mark.parametrize("text", ["", "205"])
def test_where_nothing_is_known_the_first_is_chosen(text: str) -> None:
    proposals = [proposal(text, 0.6), proposal("7", 0.4)]
    assert choose(proposals, Constraint()) == (proposals[0], "")


THREE = Constraint(length=3)
INSTEAD = "Without what is known of the number, {} would have been read."


@pytest.mark.parametrize(
    ("shares", "constraint", "chosen", "note"),
    [
        pytest.param({"205": 0.9, "20": 0.1}, THREE, "205", "", id="the first fits"),
        pytest.param({"20": 0.9, "205": 0.1}, THREE, "205", INSTEAD.format("20"), id="the second"),
        pytest.param({"": 0.9, "205": 0.1}, THREE, "205", INSTEAD.format("nothing"), id="not none"),
        pytest.param(
            {"20": 0.6, "25": 0.2, "205": 0.15, "206": 0.05},
            THREE,
            "205",
            INSTEAD.format("20"),
            id="the likeliest of those that fit",
        ),
        pytest.param(
            {"20": 0.9999, "205": 0.0001},
            THREE,
            "20",
            "3 digits were expected, 2 are written.",
            id="plainly written otherwise",
        ),
        pytest.param(
            {"20": 0.9, "2": 0.1},
            THREE,
            "20",
            "3 digits were expected, 2 are written.",
            id="none fits",
        ),
        pytest.param({"": 1.0}, THREE, "", "", id="a blank line"),
        pytest.param(
            {"4924": 0.6, "4929": 0.4},
            Constraint(check="luhn"),
            "4929",
            INSTEAD.format("4924"),
            id="the check digit",
        ),
        pytest.param(
            {"4924": 0.9999, "4929": 0.0001},
            Constraint(check="luhn"),
            "4924",
            "The check digit (Luhn) does not agree.",
            id="a wrong check digit, plainly written",
        ),
        pytest.param(
            {"1205": 0.6, "7205": 0.4},
            Constraint(pattern="7#-##"),
            "7205",
            INSTEAD.format("1205"),
            id="a given digit",
        ),
    ],
)
def test_choose(shares: dict[str, float], constraint: Constraint, chosen: str, note: str) -> None:
    proposals = [proposal(text, share) for text, share in shares.items()]
    found, said = choose(proposals, constraint)
    assert (found.text, said) == (chosen, note)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.text("0123456789", max_size=4), min_size=1, max_size=8, unique=True),
    st.integers(0, 2**32 - 1),
    st.integers(1, 4),
)
def test_what_is_known_never_overrides_what_is_plainly_written(
    readings: list[str], seed: int, length: int
) -> None:
    shares = np.random.default_rng(seed).dirichlet(np.full(len(readings), 0.2)) + 1e-12
    shares = np.sort(shares / shares.sum())[::-1]
    proposals = [proposal(*pair) for pair in zip(readings, shares.tolist(), strict=True)]
    constraint = Constraint(length=length)
    chosen, note = choose(proposals, constraint)
    fitting = [one for one in proposals if constraint.fits(one.text)]
    if chosen is proposals[0]:
        assert bool(note) == bool(chosen.text and not constraint.fits(chosen.text))
        if note:
            assert all(BREACH * chosen.posterior >= one.posterior for one in fitting)
    else:
        assert chosen is fitting[0]
        assert chosen.posterior > BREACH * proposals[0].posterior
        assert note.startswith("Without")
    assert not note or note.endswith(".")


def test_the_mean_of_several_looks_counts() -> None:
    looks = [steps("-1-7-", 0.9), steps("-1-1-", 0.6), steps("-1-7-", 0.8)]
    found = {one.text: one.line_score for one in propose(spelled("17"), looks)}
    for text in ("17", "11"):
        scores = [reading_scores(along, [text])[0] for along in looks]
        assert found[text] == pytest.approx(np.mean(scores))
