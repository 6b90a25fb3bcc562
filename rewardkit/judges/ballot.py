"""What was asked about some answers to one question, what came back, and the verdict that it makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rewardkit.judges.asking import Answered
from rewardkit.judges.budget import Price
from rewardkit.judges.calibration.stored import Calibration
from rewardkit.judges.client import Reply
from rewardkit.judges.kinds.kind import Item, Ruling
from rewardkit.types import Status, Verdict

__all__ = ["Ballot", "Count", "calibrated", "over_budget", "unreliable", "with_controls"]


@dataclass(frozen=True)
class Count:
    """Who was asked, and how the votes become a score.

    `votes` is how many there are a way, `zero` whether a reply that cannot be read is a 0, `price` what tokens cost.
    """

    judge: str
    template: str
    votes: int
    zero: bool
    price: Price | None = None

    def score(self, votes: Sequence[float | None]) -> float | None:
        """The score that the votes of every way come to; None when one way has too few that could be read."""
        scores = []
        for start in range(0, len(votes), self.votes):
            read = [vote for vote in votes[start : start + self.votes] if vote is not None]
            if 2 * len(read) <= self.votes:
                return None
            mean = sum(read) / len(read)
            scores.append(float(mean > 0.5) if self.votes > 1 and set(read) <= {0.0, 1.0} else mean)
        # The first way must agree with the best of the others: an accepted answer is the same as one reference, not all.
        return min(scores[0], max(scores[1:])) if len(scores) > 1 else scores[0]


@dataclass
class Ballot:
    """One run of equal questions: each reply has a ruling an item. `control` marks one whose answer cannot be right."""

    items: tuple[Item, ...]
    control: bool = False
    replies: list[Answered] = field(default_factory=list)
    rulings: list[list[Ruling | None]] = field(default_factory=list)

    def add(self, answered: Sequence[Answered], rulings: list[Ruling | None]) -> None:
        """Enter one vote: a reply, or those to its parts."""
        self.replies += answered
        self.rulings.append(rulings)

    @property
    def fresh(self) -> list[Answered]:
        """The replies that cost a call."""
        return [answered for answered in self.replies if not answered.cached and not answered.withheld]

    @property
    def withheld(self) -> bool:
        """Whether the budget left some of it unasked."""
        return any(answered.withheld for answered in self.replies)

    def verdict(self, place: int, count: Count) -> Verdict:
        """What the replies say about one of the items."""
        rulings = [column[place] for column in self.rulings]
        votes = [None if ruling is None else ruling.score for ruling in rulings]
        first, info = self.replies[0].reply, self._about(place, count)
        if len(votes) > 1:
            info["votes"] = votes
        score = count.score(votes)
        if score is not None:
            told = next((ruling.info for ruling in rulings if ruling is not None), {})
            return replace(Verdict.scored(score, **{**info, **told}), seconds=first.seconds)
        if self.withheld:
            return over_budget(info)
        silent = sum(ruling is not None and ruling.score is None for ruling in rulings)
        if silent and 2 * silent >= votes.count(None):
            return replace(Verdict.abstained("cannot_assess", **info), seconds=first.seconds)
        failed = [answered.reply for answered in self.replies if answered.reply.failure is not None]
        if failed:
            refused = {"refused": True} if failed[0].refused else {}
            message = str(failed[0].failure)[:2000]
            return Verdict.error("judge_unavailable", **info, **refused, error="judge_unavailable", message=message)
        if count.zero:
            return Verdict.scored(0.0, "mismatch", **info, unparsed=True)
        cut = " (cut off)" if first.finish not in ("stop", "") else ""
        return Verdict.error(
            "judge_unparsed", **info, error="judge_unparsed", message=f"no decision in {first.text[-300:]!r}{cut}"
        )

    def _about(self, place: int, count: Count) -> dict[str, Any]:
        """Who was asked what, and the cost; a request about several answers is counted with the first of them."""
        fresh = [answered.reply for answered in self.fresh]
        counted = fresh if place == 0 else []
        prompt, completion = (sum(getattr(reply, name) for reply in counted) for name in ("prompt_tokens", "completion_tokens"))
        cost = {"cost": count.price.of(prompt, completion)} if count.price else {}
        return {
            "source": "judged" if fresh else "withheld" if self.withheld else "cached",
            "judge": count.judge,
            "template": count.template,
            "reply": self.replies[0].reply.text[:500],
            "calls": len(counted),
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            **cost,
        }


def calibrated(rulings: Sequence[Ruling | None], calibration: Calibration | None) -> list[Ruling | None]:
    """The rulings with each score taken for what the calibration says; as they are without one."""
    if calibration is None:
        return list(rulings)
    return [
        ruling
        if ruling is None or ruling.score is None
        else Ruling(calibration.apply(ruling.score), {**ruling.info, "raw": ruling.score, "calibration": calibration.id})
        for ruling in rulings
    ]


def unreliable(verdict: Verdict, control: Item) -> Verdict:
    """No verdict of a judge that accepts what cannot be right to the same question; its failures stay what they are."""
    if verdict.status is Status.ERROR:
        return verdict
    message = f"the judge accepts an answer to this question that cannot be right: {control.answer[:200]!r}"
    info = {**verdict.info, "error": "judge_unreliable", "message": message}
    return replace(Verdict.error("judge_unreliable", **info), seconds=verdict.seconds)


def over_budget(info: Mapping[str, Any]) -> Verdict:
    """No verdict, because the step's budget is spent."""
    return Verdict.abstained("over_budget", **info)


def with_controls(verdict: Verdict, spent: Sequence[Reply], price: Price | None = None) -> Verdict:
    """The verdict with what controls cost, which a group has once; `calls` are those about rows."""
    if not spent:
        return verdict
    prompt, completion = (
        verdict.info.get(name, 0) + sum(getattr(reply, name) for reply in spent)
        for name in ("prompt_tokens", "completion_tokens")
    )
    cost = {"cost": price.of(prompt, completion)} if price else {}
    return verdict.noting(controls=len(spent), prompt_tokens=prompt, completion_tokens=completion, **cost)
