"""One comparison under way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from rewardkit.answers.equality.rounding import Rounding
from rewardkit.answers.steps import Step

__all__ = ["Case", "Units"]

Units = Literal["lenient", "strict"]
_STRENGTH = {step: place for place, step in enumerate(Step)}


@dataclass(slots=True)
class Case:
    """One comparison under way: its policies, and what was found on the way to the verdict."""

    rounding: Rounding = "significant"
    units: Units = "lenient"
    rounded: bool = False
    step: Step = Step.STRUCTURE
    undecided: bool = False
    integers: frozenset[str] = frozenset()
    info: dict[str, Any] = field(default_factory=dict)

    def decided_by(self, step: Step) -> None:
        """Remember the strongest means that was needed."""
        if _STRENGTH[step] > _STRENGTH[self.step]:
            self.step = step
