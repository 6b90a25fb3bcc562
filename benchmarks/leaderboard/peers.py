"""Published verifiers of mathematics and short answers, each as a function that loads it: a worker process calls it once.

They are called as somebody who knows them would call them. `systems.py` says what else is done for them before: whether a bare
answer is put into a box and a reference between dollars.
"""

from __future__ import annotations

from typing import Any

from benchmarks.leaderboard.shown import Judgement, Shown, without_start
from rewardkit.bench.systems import boxed

__all__ = [
    *("inspect_match", "inspect_math", "lighteval_math", "lm_eval_minerva", "lm_eval_nemo", "math_verify"),
    *("mathruler", "openjudge", "qwen", "reasoning_gym", "reward_kit", "tinker", "trl"),
]


def math_verify() -> Judgement:
    """Math-Verify's `parse` and `verify`."""
    from math_verify import parse, verify

    return lambda row: verify(parse(row.reference), parse(row.completion))


def mathruler() -> Judgement:
    """MathRuler's `grade_answer` on what its own reader finds in the last box."""
    from mathruler.grader import extract_boxed_content, grade_answer

    return lambda row: grade_answer(row.completion if row.bare else extract_boxed_content(row.completion), row.reference)


def trl() -> Judgement:
    """TRL's `accuracy_reward`: None where it cannot read the reference."""
    from trl.rewards import accuracy_reward

    def judge(row: Shown) -> float | None:
        rewards = accuracy_reward(completions=[[{"role": "assistant", "content": row.completion}]], solution=[row.reference])
        found: float | None = rewards[0]
        return found

    return judge


def qwen() -> Judgement:
    """The grader of Qwen2.5-Math as Trinity-RFT ships it."""
    from trinity.common.rewards.qwen25_eval import verify_math_answer

    return lambda row: verify_math_answer(row.completion, boxed(row.reference))[0]


def lm_eval_minerva() -> Judgement:
    """`is_equiv` of lm-eval's minerva_math, on what stands in the last box, else after its own marker of a final answer."""
    without_start("lm_eval", "lm_eval.tasks")
    from lm_eval.tasks.minerva_math import utils

    def judge(row: Shown) -> bool:
        box = utils.last_boxed_only_string(row.completion)
        answer = utils.remove_boxed(box) if box else utils.get_unnormalized_answer(row.completion)
        return bool(utils.is_equiv(utils.normalize_final_answer(answer), utils.normalize_final_answer(row.reference)))

    return judge


def lm_eval_nemo() -> Judgement:
    """The grader of NVIDIA's NeMo-Skills as lm-eval ships it with its task `score`."""
    without_start("lm_eval", "lm_eval.tasks")
    from lm_eval.tasks.score.math.math_grader import extract_answer, math_equal

    def judge(row: Shown) -> bool:
        answer = extract_answer(row.completion)
        return answer is not None and bool(math_equal(answer, row.reference))

    return judge


def tinker() -> Judgement:
    """`grade_answer` of tinker-cookbook's recipe for mathematics, on its own reader's box."""
    from tinker_cookbook.recipes.math_rl.math_grading import extract_boxed, grade_answer

    def judge(row: Shown) -> bool:
        try:
            answer = extract_boxed(row.completion)
        except ValueError:  # its way to say that there is no box
            return False
        return bool(grade_answer(answer, row.reference))

    return judge


def reward_kit() -> Judgement:
    """`math_reward` of the package reward-kit, which is not ours."""
    without_start("reward_kit", "reward_kit.rewards")
    from reward_kit.models import Message
    from reward_kit.rewards.math import math_reward

    def judge(row: Shown) -> float:
        result: Any = math_reward(messages=[Message(role="assistant", content=row.completion)], ground_truth=row.reference)
        return float(result["score"] if isinstance(result, dict) else result.score)

    return judge


def openjudge() -> Judgement:
    """OpenJudge's `MathExpressionVerifyGrader`, whose score for an exception is 1 by default."""
    import asyncio

    from openjudge.graders.math.math_expression_verify import MathExpressionVerifyGrader

    grader = MathExpressionVerifyGrader()
    loop = asyncio.new_event_loop()

    def judge(row: Shown) -> float:
        found: Any = loop.run_until_complete(grader.aevaluate(response=row.completion, reference_response=row.reference))
        return float(found.score)

    return judge


def reasoning_gym() -> Judgement:
    """reasoning-gym's score where a data set has no rule of its own, on what stands in `<answer>`, else on all of the text."""
    without_start("reasoning_gym")
    from reasoning_gym.dataset import ProceduralDataset
    from reasoning_gym.utils import extract_answer

    score: Any = ProceduralDataset.score_answer

    def judge(row: Shown) -> float:
        answer = extract_answer(row.completion) or row.completion.strip()
        return float(score(None, answer, {"answer": row.reference}))

    return judge


def _inspect(scorer: Any) -> Judgement:
    """A scorer of inspect_ai; a reference that it cannot read is None."""
    import asyncio

    from inspect_ai.model import ModelName, ModelOutput
    from inspect_ai.scorer import Target
    from inspect_ai.solver import TaskState

    loop = asyncio.new_event_loop()

    def judge(row: Shown) -> bool | None:
        output = ModelOutput.from_content("mockllm/model", row.completion)
        state = TaskState(ModelName("mockllm/model"), 0, 0, row.sample.question, [], output=output)
        try:
            found = loop.run_until_complete(scorer(state, Target(row.reference)))
        except ValueError as cause:
            if "Could not parse any mathematical target" in str(cause):
                return None
            raise
        return bool(found.value == "C")

    return judge


def inspect_math() -> Judgement:
    """inspect_ai's scorer `math`."""
    from inspect_ai.scorer import math

    return _inspect(math())


def inspect_match() -> Judgement:
    """inspect_ai's scorer `match`, by numbers where the reference is one."""
    from inspect_ai.scorer import match

    words, numbers = _inspect(match()), _inspect(match(numeric=True))
    return lambda row: (numbers if _is_number(row.reference) else words)(row)


def lighteval_math() -> Judgement:
    """lighteval's extractive match: expressions and LaTeX on both sides."""
    from lighteval.metrics.dynamic_metrics import MultilingualExtractiveMatchMetric
    from lighteval.metrics.utils.extractive_match_utils import ExprExtractionConfig, LatexExtractionConfig
    from lighteval.models.model_output import ModelResponse
    from lighteval.tasks.requests import Doc

    targets = (ExprExtractionConfig(), LatexExtractionConfig())
    metric = MultilingualExtractiveMatchMetric(gold_extraction_target=targets, pred_extraction_target=targets)

    def judge(row: Shown) -> float:
        doc = Doc(query=row.sample.question, choices=[row.reference], gold_index=0, task_name="leaderboard")
        return float(metric.compute(doc=doc, model_response=ModelResponse(text=[row.completion])))

    return judge


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", ""))
    except ValueError:
        return False
    return True
