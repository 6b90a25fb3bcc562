"""Several judges about the same rows, and one verdict from theirs."""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping, Sequence
from typing import Any

from rewardkit import dispatch
from rewardkit.compose import Composite, as_verifier, waits
from rewardkit.errors import BadParameter
from rewardkit.judges.stats import spent
from rewardkit.types import Sample, Verdict

__all__ = ["Panel", "PanelRule"]

ACCEPTED_FROM = 0.5


class PanelRule(str, enum.Enum):
    """How a panel's scores become one: their weighted mean, more than half of the weight, or all of them."""

    MEAN = "mean"
    MAJORITY = "majority"
    UNANIMITY = "unanimity"


class Panel(Composite):
    """A panel of judges, asked side by side about every row.

    `judges` is a list of judges or other verifiers, or a mapping from them to weights (default 1 each). `rule`:

    * "mean" (default): the weighted mean of the scores, when judges of more than half of the weight have one.
    * "majority": 1 when judges of more than half of the weight accept (0.5 or more), 0 when half or more refuse.
    * "unanimity": 1 when all accept, 0 when one refuses.

    Where judges without a score could turn the verdict there is none: it is the first of theirs, an error before an abstention.
    `info["panel"]` has each judge's score, reason and weight, `info["confidence"]` the share of the weight that agrees, and
    calls, tokens and cost are those of all of them.

    Raises `BadParameter` for fewer than two judges, two of one name, a weight that is not above 0, or another rule.
    """

    def __init__(
        self, judges: Mapping[Any, float] | Sequence[Any], rule: PanelRule | str = PanelRule.MEAN, *, name: str = "judge.panel"
    ) -> None:
        weights = judges if isinstance(judges, Mapping) else dict.fromkeys(judges, 1.0)
        self.parts = tuple(as_verifier(judge) for judge in weights)
        self.weights = tuple(float(weight) for weight in weights.values())
        names = [part.name for part in self.parts]
        if len(names) < 2 or len(set(names)) < len(names):
            message = f"a panel needs two judges or more, each with a name of its own (Judge(…, name=…)); these are {names}"
            raise BadParameter(message)
        if not all(math.isfinite(weight) and weight > 0 for weight in self.weights):
            message = f"the weights {list(self.weights)} must be above 0"
            raise BadParameter(message)
        if rule not in list(PanelRule):
            message = f"rule={rule!r} must be one of {', '.join(one.value for one in PanelRule)}"
            raise BadParameter(message)
        self.rule, self.name, self.remote = PanelRule(rule), name, waits(*self.parts)

    def verify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        """One verdict a sample, in order; every judge sees every sample."""
        columns = dispatch.run_all([(part, samples) for part in self.parts])
        return [self._joined(row) for row in zip(*columns, strict=True)]

    def _joined(self, row: Sequence[Verdict]) -> Verdict:
        accept = sum(w for w, v in zip(self.weights, row, strict=True) if v.score is not None and v.score >= ACCEPTED_FROM)
        refuse = sum(w for w, v in zip(self.weights, row, strict=True) if v.score is not None and v.score < ACCEPTED_FROM)
        info = {**row[0].info, **spent(row), "panel": self._told(row)}
        score = self._score(row, accept, refuse)
        if score is None:
            undecided = self._without_score(row, info)
            assert undecided is not None, "only a missing score leaves a panel without one"
            return undecided.noting(**spent(row), panel=info["panel"])
        same = len({verdict.reason for verdict in row}) == 1 and score == row[0].score
        info["confidence"] = max(accept, refuse) / sum(self.weights)
        verdict = Verdict.scored(score, row[0].reason if same else None, **info)
        return Verdict(score, verdict.status, verdict.reason, info, self.name, max(one.seconds for one in row))

    def _score(self, row: Sequence[Verdict], accept: float, refuse: float) -> float | None:
        whole = sum(self.weights)
        if self.rule is PanelRule.UNANIMITY:
            return 0.0 if refuse else 1.0 if accept == whole else None
        if self.rule is PanelRule.MAJORITY:
            return 1.0 if 2 * accept > whole else 0.0 if 2 * refuse >= whole else None
        if 2 * (accept + refuse) <= whole:
            return None
        return sum(w * v.score for w, v in zip(self.weights, row, strict=True) if v.score is not None) / (accept + refuse)

    def _told(self, row: Sequence[Verdict]) -> dict[str, Any]:
        return {
            part.name: {"score": verdict.score, "reason": verdict.reason, "weight": weight}
            for part, weight, verdict in zip(self.parts, self.weights, row, strict=True)
        }
