"""Rules first, then a judge, in a stated direction; where the two disagree is written down."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, get_args

from rewardkit import dispatch
from rewardkit.compose import as_verifier
from rewardkit.errors import BadParameter
from rewardkit.judges.stats import spent
from rewardkit.trace import encode
from rewardkit.types import Judge, Sample, Status, Verdict, Verifier

__all__ = ["Direction", "RuleThenJudge"]

Direction = Literal["abstain", "reject", "always"]

# A rule's no that says "these two are not the same" may be wrong; that there is no answer, or several, is no judge's business.
DOUBTED = frozenset({"mismatch", "undecided"})


class RuleThenJudge:
    """A rule's verdict where it is to be trusted, else a judge's.

    `on` says which rows the judge sees. "abstain" (default): those that the rule cannot tell. "reject": also those that the rule
    calls a mismatch. "always": every row that has an answer, and the judge decides; this is for measuring rules. A row that
    the rule accepts reaches the judge only with "always". A judge that abstains leaves the rule's score; one that fails is
    an error verdict, and one whose budget is spent an abstention, because a no in doubt is no reward either way.

    `log` is a path. Rows that the rule rejects and the judge accepts are appended to it as JSON lines in the form of a cases
    file (`rewardkit.testing.read_cases`), to be looked at and to become new cases. `info["stages"]` holds the rule's word.
    """

    remote = True

    def __init__(
        self,
        rule: Verifier | str,
        judge: Verifier | Judge,
        *,
        on: Direction = "abstain",
        log: str | os.PathLike[str] | None = None,
        name: str | None = None,
    ) -> None:
        if on not in get_args(Direction):
            message = f"on={on!r} must be one of {', '.join(map(repr, get_args(Direction)))}"
            raise BadParameter(message)
        self.rule, self.judge = as_verifier(rule), as_verifier(judge)
        self.on = on
        self.log = None if log is None else Path(log)
        self.name = name or f"{self.rule.name}+{self.judge.name}"

    def __repr__(self) -> str:
        return f"RuleThenJudge({self.rule!r}, {self.judge!r}, on={self.on!r})"

    def verify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        """One verdict a sample, in order."""
        verdicts = [verdict.noting(source="rule") for verdict in dispatch.run(self.rule, samples)]
        places = [place for place, verdict in enumerate(verdicts) if self._is_open(verdict)]
        if not places:
            return verdicts
        disputed = []
        for place, judged in zip(places, dispatch.run(self.judge, [samples[place] for place in places]), strict=True):
            ruled = verdicts[place]
            verdicts[place] = _after(ruled, judged)
            if ruled.score == 0 and judged.score is not None and judged.score > 0:
                disputed.append(_case(samples[place], ruled, judged))
        if disputed and self.log is not None:
            _append(self.log, disputed)
        return verdicts

    def _is_open(self, verdict: Verdict) -> bool:
        if verdict.status is Status.ERROR:
            return False
        if verdict.status is Status.ABSTAINED:
            return verdict.reason != "no_reference"
        if self.on == "abstain":
            return False
        return verdict.reason in DOUBTED if self.on == "reject" else verdict.reason not in ("timeout", "too_complex")


def _after(ruled: Verdict, judged: Verdict) -> Verdict:
    """The judge's verdict with the rule's on its trail; the rule's score where the judge was asked and abstains."""
    stage = {"verifier": ruled.verifier, "score": ruled.score, "reason": ruled.reason}
    seconds = ruled.seconds + judged.seconds
    if judged.status is Status.ABSTAINED and judged.reason != "over_budget" and ruled.score is not None:
        told = {**spent([ruled, judged]), "source": "rule", "judge_abstained": judged.reason}
        return replace(ruled, seconds=seconds, info={**ruled.info, **told})
    info = {**ruled.info, **judged.info, "stages": [*ruled.info.get("stages", ()), stage]}
    return replace(judged, info=info, seconds=seconds)


def _case(sample: Sample, ruled: Verdict, judged: Verdict) -> dict[str, Any]:
    case: dict[str, Any] = {"verifier": ruled.verifier, "prompt": sample.question, "completion": sample.text}
    case |= {name: sample.columns[name] for name in ("answer", "choices") if name in sample.columns}
    case |= {"score": judged.score, "reason": judged.reason, "why": f"{judged.verifier} accepts what {ruled.verifier} rejects"}
    told = {"judge": judged.info.get("judge"), "reply": judged.info.get("reply"), "extracted": judged.info.get("extracted")}
    return {**case, **told, "ruled": ruled.reason, "route": ruled.info.get("route")}


def _append(path: Path, cases: Sequence[dict[str, Any]]) -> None:
    """One write for all of them, so that lines of several processes do not mix."""
    lines = "".join(encode(case) + "\n" for case in cases).encode("utf-8", "backslashreplace")
    with path.open("ab", buffering=0) as sink:
        sink.write(lines)
