"""A judge without a model, to see what rules and guard earn by themselves."""

from __future__ import annotations

from collections.abc import Sequence

from rewardkit.judges.guard import Guard
from rewardkit.types import Sample, Verdict

__all__ = ["Mute"]


class Mute:
    """A judge that has its guard and no model: it abstains from what the guard lets through.

    Behind rules it shows what they and the guard earn together by themselves.
    """

    name = "judge.mute"

    def __init__(self, guard: Guard | None = None) -> None:
        self.guard = guard or Guard()

    def verify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        """The guard's verdict of each row, or an abstention."""
        settled = (self.guard.look(sample).verdict for sample in samples)
        return [Verdict.abstained("needs_judge") if verdict is None else verdict for verdict in settled]
