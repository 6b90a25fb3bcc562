"""The product of several verifiers' scores, for a reward that other terms only reduce."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rewardkit import dispatch
from rewardkit.compose import Composite, as_verifier, waits
from rewardkit.types import Sample, Status, Verdict, Verifier

__all__ = ["Product"]


class Product(Composite):
    """Π scoreᵢ, with the reason of the first part; where a part has no score the product has none, and says why."""

    def __init__(self, *parts: Verifier | str, name: str = "product") -> None:
        self.parts = tuple(as_verifier(part) for part in parts)
        self.name = name
        self.remote = waits(*self.parts)

    def verify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        """One verdict a sample, in order."""
        columns = dispatch.run_all([(part, samples) for part in self.parts])
        return [self._multiplied(row) for row in zip(*columns, strict=True)]

    def _multiplied(self, row: Sequence[Verdict]) -> Verdict:
        parts = {part.name: {"score": v.score, "reason": v.reason} for part, v in zip(self.parts, row, strict=True)}
        info = {**row[0].info, "parts": parts}
        if (undecided := self._without_score(row, info)) is not None:
            return undecided
        score = math.prod(v.score or 0.0 for v in row)
        return Verdict(score, Status.SCORED, row[0].reason, info, self.name, sum(v.seconds for v in row))
