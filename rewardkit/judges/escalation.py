"""Judges from cheap to dear: a dearer one sees the rows of which the cheaper ones are not sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rewardkit import dispatch
from rewardkit.compose import Composite, as_verifier, waits
from rewardkit.errors import BadParameter
from rewardkit.judges.stats import spent
from rewardkit.types import Sample, Status, Verdict

__all__ = ["Escalation", "confidence"]

# Of these a row is the cause, and another judge may do better; a judge that is down stays an error that is seen.
PASSED_ON = frozenset({"cannot_assess", "judge_unparsed", "judge_unreliable"})
ALWAYS_SURE = frozenset({"binary", "list", "general-verifier", "xverify", "compassverifier"})


class Escalation(Composite):
    """Judges in the order of their cost. A verdict stands when its `confidence` is `confident` (default 0.9) or more.

    The next judge sees the other rows, and those of which the one before it cannot assess, or has no reply that can be read or
    relied on; what a guard or a rule settled stands, and the last judge's verdict is final, also where it has no score.
    `info["escalated"]` has the earlier verdicts with their confidence; calls, tokens and cost are those of all stages.

    Raises `BadParameter` for fewer than two judges, a `confident` that is not from 0.5 to 1, and for one before the last that is
    always sure: a judge of one word without votes.
    """

    def __init__(self, *judges: Any, confident: float = 0.9, name: str = "judge.escalation") -> None:
        if len(judges) < 2:
            message = f"an escalation needs two judges or more, cheap to dear, and has {len(judges)}"
            raise BadParameter(message)
        if not 0.5 < confident <= 1:
            message = f"confident={confident!r} must be above 0.5, where a score is as unsure as it can be, and at most 1"
            raise BadParameter(message)
        for judge in judges[:-1]:
            if getattr(getattr(judge, "kind", None), "name", "") in ALWAYS_SURE and getattr(judge, "votes", 2) == 1:
                message = f"{judge!r} is always sure, so that nothing would come behind it; take soft, soft-tiered or votes=3"
                raise BadParameter(message)
        self.parts = tuple(as_verifier(judge) for judge in judges)
        self.confident, self.name, self.remote = confident, name, waits(*self.parts)

    def verify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        """One verdict a sample, in order."""
        first, *dearer = self.parts
        verdicts = dispatch.run(first, samples)
        for judge in dearer:
            places = [place for place, verdict in enumerate(verdicts) if self._is_open(verdict)]
            if not places:
                break
            for place, verdict in zip(places, dispatch.run(judge, [samples[place] for place in places]), strict=True):
                verdicts[place] = _after(verdicts[place], verdict)
        return verdicts

    def _is_open(self, verdict: Verdict) -> bool:
        if verdict.status is not Status.SCORED:
            return verdict.reason in PASSED_ON
        return verdict.info.get("source") != "rule" and confidence(verdict) < self.confident


def confidence(verdict: Verdict) -> float:
    """How sure a scored verdict is, from 0 to 1: the share of votes that agree, what the kind says, or the distance from 0.5."""
    votes = [vote for vote in verdict.info.get("votes", ()) if vote is not None]
    if votes:
        accepting = sum(vote >= 0.5 for vote in votes)
        share: float = max(accepting, len(votes) - accepting) / len(verdict.info["votes"])
        return share
    score = verdict.score or 0.0
    return float(verdict.info.get("confidence", max(score, 1 - score)))


def _after(before: Verdict, verdict: Verdict) -> Verdict:
    """The later verdict, with the earlier one on its trail."""
    sure = round(confidence(before), 6) if before.score is not None else None
    stage = {"verifier": before.verifier, "score": before.score, "reason": before.reason, "confidence": sure}
    trail = [*before.info.get("escalated", ()), stage, *verdict.info.get("escalated", ())]
    info = {**verdict.info, **spent([before, verdict]), "escalated": trail}
    return replace(verdict, info=info, seconds=before.seconds + verdict.seconds)
