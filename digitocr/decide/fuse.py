"""Two readers' answers for a line -> one, as in double keying.

Every reading that either reader thinks likely is scored by both: by the line reader's network
(all the ways to spread it along the strip) and by the lattice (the best path that spells it).
The log-linear sum of the two decides.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from digitocr.along.ctc import BEAM, likely_readings, reading_scores
from digitocr.constraints import Constraint
from digitocr.reading import Proposal
from digitocr.segments.lattice import spelling_scores
from digitocr.types import Lattice, LogProbabilities

LATTICE_WEIGHT = 0.3
BREACH = 1e-3  # odds that a number breaks what its writer had to keep to
NO_PATH = -20.0  # the lattice's score of a reading that no path spells


def propose(
    lattice: Lattice, looks: Sequence[LogProbabilities], beam: int = BEAM
) -> tuple[Proposal, ...]:
    """Both readers' likely readings of a line, the best first; never empty.

    looks: what the line reader says, (T, 11) for each view of the line that it had, at each
    width; the mean of a reading's scores counts. One that a strip is too short for is left out.
    """
    likely = [text for along in looks for text in likely_readings(along, beam)]
    texts = list(dict.fromkeys([*likely, lattice.text]))
    line_scores = np.mean([reading_scores(along, texts) for along in looks], axis=0)
    lattice_scores = spelling_scores(lattice, texts)
    totals = line_scores + LATTICE_WEIGHT * np.maximum(lattice_scores, NO_PATH)
    shares = np.exp(totals - totals.max())
    shares /= shares.sum()
    return tuple(
        Proposal(texts[i], float(line_scores[i]), float(lattice_scores[i]), float(shares[i]))
        for i in np.argsort(-totals, kind="stable")
        if shares[i] > 0
    )


def choose(proposals: Sequence[Proposal], constraint: Constraint) -> tuple[Proposal, str]:
    """The proposal that what is known in advance makes likeliest, and a note for the user.

    What breaks the constraint is much less likely, not impossible: a number that was plainly
    written otherwise stays as it is, and the note says how it breaks the constraint.
    """
    if constraint.is_empty:
        return proposals[0], ""
    weights = [one.posterior * (1.0 if constraint.fits(one.text) else BREACH) for one in proposals]
    chosen = proposals[int(np.argmax(weights))]
    if chosen is not proposals[0]:
        before = proposals[0].text or "nothing"
        return chosen, f"Without what is known of the number, {before} would have been read."
    return chosen, constraint.violation(chosen.text) if chosen.text else ""
