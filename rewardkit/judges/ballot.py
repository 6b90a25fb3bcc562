"""What was asked about some answers to one question, what came back, and the verdict that it makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rewardkit.judges.asking import Answered
from rewardkit.judges.client import Reply
from rewardkit.judges.kinds.kind import Item, Ruling
from rewardkit.types import Status, Verdict

__all__ = ["Ballot", "Count", "unreliable", "with_controls"]


@dataclass(frozen=True)
class Count:
    """Who was asked, and how the votes become a score.

    `votes` is how many there are a way, `zero` whether a reply that cannot be read is a 0.
    """

    judge: str
    template: str
    votes: int
    zero: bool

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

    def add(self, answered: Answered, rulings: list[Ruling | None]) -> None:
        """Enter one reply."""
        self.replies.append(answered)
        self.rulings.append(rulings)

    @property
    def fresh(self) -> list[Answered]:
        """The replies that cost a call."""
        return [answered for answered in self.replies if not answered.cached]

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
        return {
            "source": "judged" if fresh else "cached",
            "judge": count.judge,
            "template": count.template,
            "reply": self.replies[0].reply.text[:500],
            "calls": len(counted),
            "prompt_tokens": sum(reply.prompt_tokens for reply in counted),
            "completion_tokens": sum(reply.completion_tokens for reply in counted),
        }


def unreliable(verdict: Verdict, control: Item) -> Verdict:
    """No verdict of a judge that accepts what cannot be right to the same question; its failures stay what they are."""
    if verdict.status is Status.ERROR:
        return verdict
    message = f"the judge accepts an answer to this question that cannot be right: {control.answer[:200]!r}"
    info = {**verdict.info, "error": "judge_unreliable", "message": message}
    return replace(Verdict.error("judge_unreliable", **info), seconds=verdict.seconds)


def with_controls(verdict: Verdict, spent: Sequence[Reply]) -> Verdict:
    """The verdict with what controls cost, which a group has once; `calls` are those about rows."""
    if not spent:
        return verdict
    prompt, completion = (
        verdict.info.get(name, 0) + sum(getattr(reply, name) for reply in spent)
        for name in ("prompt_tokens", "completion_tokens")
    )
    return verdict.noting(controls=len(spent), prompt_tokens=prompt, completion_tokens=completion)
