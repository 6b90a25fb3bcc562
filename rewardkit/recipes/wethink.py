"""WeThink's hybrid reward: 0.7 · accuracy + 0.3 · format, with accuracy from a rule or from a judge as each row says.

Source: arXiv 2506.07905 and its public reviews; the authors released no reward code. What is the paper's: the two weights, the
form `<think>…</think><answer>…</answer>`, rules for multiple choice and fill-in-the-blank, a model in discrete tiers for
descriptive rows, and that the data's own `reward` column says which. What is ours, because nothing public tells it: the tiers
0, 0.5, 1, the judge's prompt, and the names "rule" and "model" in that column. Each is a parameter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, get_args

from rewardkit import registry
from rewardkit.compose import Rubric
from rewardkit.errors import BadParameter
from rewardkit.recipes import judge_of
from rewardkit.recipes.auto import rules
from rewardkit.router import Router
from rewardkit.types import Verifier

if TYPE_CHECKING:
    from rewardkit.judges.rule_then_judge import Direction

__all__ = ["ROUTES", "Way", "build"]

Way = Literal["rule", "model"]

ROUTES: dict[str, Way] = {"rule": "rule", "model": "model"}
"""Our names in the routing column; the released data's own are not known to us."""


def build(
    judge: Any = None,
    *,
    routes: Mapping[str, Way] | None = None,
    by: str = "reward",
    accuracy_weight: float = 0.7,
    format_weight: float = 0.3,
    gated: bool = False,
    judge_on: Direction | Literal["never"] = "abstain",
    judge_cache: str | None = None,
    judge_canaries: int = 1,
    tiers: Sequence[float] = (0.0, 0.5, 1.0),
    image: str | None = None,
    disagreements: str | None = None,
    compat: Literal["easyr1"] | None = None,
) -> Verifier:
    """The `wethink` reward of a row: `accuracy_weight` · accuracy + `format_weight` · format.

    A row whose accuracy has no score has no reward, however well-formed it is: the judge is down, or none is set.

    Args:
        judge: What decides descriptive rows: a judge, a client, or a spec such as "http://HOST/v1", "vllm:MODEL" or "hf:MODEL".
            Default None: those that a rule cannot accept abstain with `needs_judge`.
        routes: Each value of the routing column to "rule" or "model"; default `ROUTES`. A value that is not there stops
            the call with the list of values seen.
        by: The routing column (default "reward", the data's own); "category" works as well with routes for its values.
        accuracy_weight: Default 0.7.
        format_weight: Default 0.3.
        gated: Format pays only as far as the answer is right: accuracy · (`accuracy_weight` + `format_weight` · format).
            Default False, as published: a wrong answer in good form earns 0.3.
        judge_on: Which of the "rule" rows the judge sees when there is one: those the rule cannot tell ("abstain", the
            default), also those it calls a mismatch ("reject"), all ("always"), or none, as in the paper ("never").
        judge_cache: Path of a file that keeps the judge's replies for later runs.
        judge_canaries: How many answers that cannot be right the judge is asked about with each question (default 1); 0
            trusts any judge.
        tiers: The scores the judge may give (default 0, 0.5, 1).
        image: Name of the column with the row's image, for a judge that sees; default None, a text judge as in the paper.
        disagreements: Path to which rows that the rule rejects and the judge accepts are appended.
        compat: "easyr1" takes accuracy of "rule" rows and format as the code that WeThink was built on does, bugs included
            (`easyr1.accuracy`, `easyr1.format`); the judge then sees no "rule" row.

    Raises:
        BadParameter: For a weight, route or direction that cannot be used.
    """
    _check(routes, accuracy_weight, format_weight, judge_on, compat)
    asked = (
        None
        if judge is None
        else judge_of(judge, "wethink", cache=judge_cache, canaries=judge_canaries, tiers=tuple(tiers), image=image)
    )
    ways: dict[str, Verifier] = {
        # Without a judge an exact text still counts; everything else abstains with needs_judge.
        "model": registry.get("text.exact") if asked is None else asked,
        "rule": registry.get("easyr1.accuracy") if compat else rules(),
    }
    if asked is not None and compat is None and judge_on != "never":
        from rewardkit.judges.rule_then_judge import RuleThenJudge

        ways["rule"] = RuleThenJudge(ways["rule"], asked, on=judge_on, log=disagreements, name="rule")
    accuracy = Router({value: ways[way] for value, way in (routes or ROUTES).items()}, by, name="accuracy")
    form = registry.get("easyr1.format" if compat else "format.think_answer")
    return Rubric({accuracy: accuracy_weight, form: format_weight}, gated=gated, name="wethink")


def _check(
    routes: Mapping[str, Way] | None, accuracy_weight: float, format_weight: float, judge_on: str, compat: str | None
) -> None:
    for value, way in (routes or {}).items():
        if way not in get_args(Way):
            message = f"routes={{{value!r}: {way!r}}}: a value goes to 'rule' or 'model'"
            raise BadParameter(message)
    if not all(0 <= weight < float("inf") for weight in (accuracy_weight, format_weight)):
        message = f"accuracy_weight={accuracy_weight!r}, format_weight={format_weight!r}: weights are numbers from 0"
        raise BadParameter(message)
    if judge_on not in ("never", "abstain", "reject", "always"):
        message = f"judge_on={judge_on!r} must be one of 'never', 'abstain', 'reject', 'always'"
        raise BadParameter(message)
    if compat not in (None, "easyr1"):
        message = f"compat={compat!r} must be 'easyr1' or None"
        raise BadParameter(message)
