"""Insight-V: a path of reasoning counts where its answer is right, and then as much as a judge of paths says.

Source: arXiv 2411.14432 and its released `data_check.py` and `data_generation.py`. There it sorts data, at two grains: first by
the answer, then by a score of the path, whose scale is not public; pairs for DPO are made of what is left
(`rewardkit.data.preferences.dpo_pairs`). A completion is a path of JSON steps (`{"title", "content", "next_action"}`, then
`{"title", "content"}` with the answer), or any other text with an answer.

`compat=True` is the released check: the judge rules on every answer, at a temperature of 0.2, and both a path that cannot be read
and a reply that cannot be read are 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from rewardkit import dispatch
from rewardkit.compose import waits
from rewardkit.errors import BadParameter
from rewardkit.recipes import judge_of
from rewardkit.recipes.auto import rules
from rewardkit.recipes.parts.path import Path, read_path
from rewardkit.types import Sample, Status, Verdict, Verifier

if TYPE_CHECKING:
    from rewardkit.judges.rule_then_judge import Direction

__all__ = ["PATH_CRITERIA", "Paths", "build"]

PATH_CRITERIA = (
    "Every step follows from the question or from the steps before it",
    "No step contradicts another one",
    "No step is there that the answer does not need",
    "The answer follows from the last step",
)
"""What a good path is, in our words: the published prompt is not known."""
LONGEST_PATH = 20_000  # characters that a judge of paths is shown
RELEASED_TEMPERATURE = 0.2


def build(
    judge: Any = None,
    *,
    judge_on: Direction = "abstain",
    judge_cache: str | None = None,
    judge_canaries: int = 1,
    path_judge: Any = None,
    compat: bool = False,
) -> Verifier:
    """The `insight_v` reward of a row: 0 for a wrong answer, else the score of its path from 0 to 1.

    Args:
        judge: What decides where rules cannot, in one list for all answers to a question; a judge, a client or a spec. Default
            None: such rows abstain.
        judge_on: As in `auto`.
        judge_cache: As in `auto`.
        judge_canaries: As in `auto`.
        path_judge: What scores the path of a right answer, by `PATH_CRITERIA` where it is a client or a spec. Default None: 1.
        compat: As the released check does; it needs a judge.

    Raises:
        BadParameter: For `compat` without a judge.
    """
    scorer = None if path_judge is None else _path_judge(path_judge, judge_canaries)
    if judge is None:
        if compat:
            message = "compat=True asks a judge about every answer and judge is None; give one"
            raise BadParameter(message)
        return Paths(rules(), scorer)
    released = {"on_unparsed": "zero", "temperature": RELEASED_TEMPERATURE} if compat else {}
    asked = judge_of(judge, "list", cache=judge_cache, canaries=judge_canaries, **released)
    if compat:
        return Paths(asked, scorer, strict=True)
    from rewardkit.judges.rule_then_judge import RuleThenJudge

    return Paths(RuleThenJudge(rules(), asked, on=judge_on, name="answers"), scorer)


def _path_judge(judge: Any, canaries: int) -> Verifier:
    from rewardkit.judges.guard import Guard
    from rewardkit.judges.kinds.rubric import Criteria

    if hasattr(judge, "verify") or hasattr(judge, "averify"):
        made: Verifier = judge
        return made
    from rewardkit.judges.judge import Judge

    guard = Guard(max_answer=LONGEST_PATH, whole=True)
    return Judge(judge, Criteria(PATH_CRITERIA), guard=guard, canaries=canaries, preflight=False, name="judge.path")


class Paths:
    """The answers of paths, and then the paths of right answers, where there is something that scores paths.

    With `strict` a completion that is no path of steps is 0 and nobody is asked about it.
    """

    name = "insight_v"

    def __init__(self, answers: Verifier, paths: Verifier | None = None, *, strict: bool = False) -> None:
        self.answers, self.paths, self.strict = answers, paths, strict
        self.remote = waits(answers, paths)

    def __repr__(self) -> str:
        return f"Paths({self.answers!r}, {self.paths!r}, strict={self.strict!r})"

    def verify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        """One verdict a sample, in order."""
        read = [read_path(sample.text) for sample in samples]
        verdicts = [Verdict(0.0, Status.SCORED, "no_answer", {"extracted": None}, self.name)] * len(samples)
        asked = [place for place, path in enumerate(read) if (path.answer if path else not self.strict)]
        answers = [_with(samples[place], read[place], "answer") for place in asked]
        for place, verdict in zip(asked, dispatch.run(self.answers, answers), strict=True):
            verdicts[place] = replace(verdict, verifier=self.name)
        right = [place for place in asked if verdicts[place].score]
        if self.paths is not None and right:
            paths = [_with(samples[place], read[place], "text") for place in right]
            for place, verdict in zip(right, dispatch.run(self.paths, paths), strict=True):
                verdicts[place] = _scored(verdicts[place], verdict)
        return verdicts


def _with(sample: Sample, path: Path | None, part: Literal["answer", "text"]) -> Sample:
    """The sample with one part of its path for a completion; as it is where it is no path."""
    return sample if path is None else replace(sample, completion=getattr(path, part))


def _scored(answer: Verdict, path: Verdict) -> Verdict:
    """The answer's verdict with the path's score for its own; without one where the path has none."""
    info = {**answer.info, "path": {"score": path.score, "reason": path.reason, **path.info}}
    if path.score is None:
        return replace(path, info=info, verifier=answer.verifier)
    score = (answer.score or 0.0) * path.score
    return replace(answer, score=score, reason=answer.reason if score else path.reason, info=info)
