"""Two runs of a judge over the same rows: what changed between them, and whether to the better."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from rewardkit.judges.calibration.measures import ACCEPTED_FROM, Estimate, Measure, Rated, estimates

__all__ = ["Drift", "drift"]


@dataclass(frozen=True, slots=True)
class Drift:
    """What differs between two runs.

    `rows` have a score in both. Of them `accepted` are accepted only now, `refused` only before, and `moved` is the mean size of
    the change of a score. `agreement` is Cohen's κ of the decisions. Of changed rows with a label `better` are right now, and
    `worse` were.
    """

    rows: int
    accepted: int
    refused: int
    moved: float
    agreement: Estimate
    better: int
    worse: int

    @property
    def changed(self) -> float | None:
        """Share of rows whose decision changed; None without rows."""
        return (self.accepted + self.refused) / self.rows if self.rows else None


def drift(
    before: Mapping[Hashable, float],
    after: Mapping[Hashable, float],
    labels: Mapping[Hashable, bool] | None = None,
    groups: Mapping[Hashable, str] | None = None,
) -> Drift:
    """Compare the scores of two runs by row; rows that only one of them has are left out.

    `groups` says which rows are about one question, for the interval of the agreement.
    """
    known, of = labels or {}, groups or {}
    both = [key for key in after if key in before]
    was, now = ({key: run[key] >= ACCEPTED_FROM for key in both} for run in (before, after))
    changed = [key for key in both if was[key] != now[key]]
    return Drift(
        rows=len(both),
        accepted=sum(now[key] for key in changed),
        refused=sum(was[key] for key in changed),
        moved=sum(abs(after[key] - before[key]) for key in both) / len(both) if both else 0.0,
        agreement=estimates([Rated(float(now[key]), was[key], of.get(key, "")) for key in both])[Measure.KAPPA],
        better=sum(now[key] == known[key] for key in changed if key in known),
        worse=sum(was[key] == known[key] for key in changed if key in known),
    )
