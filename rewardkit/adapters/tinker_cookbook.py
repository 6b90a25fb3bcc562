"""tinker-cookbook: a problem environment whose answer is checked by a recipe.

The cookbook knows no None: a row without a verdict gets the number `unscored` (default 0.0), and `scored` 0.0 among the metrics
of its step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rewardkit.adapters.mask import loaded, numbers, one_row, parts_of, value
from rewardkit.errors import MissingExtra

if TYPE_CHECKING:
    from rewardkit.reward import RewardFunction
    from rewardkit.types import Verdict

__all__ = ["problem_env"]


def problem_env(reward: RewardFunction | str = "auto", *, unscored: float = 0.0, **options: Any) -> Any:
    """A class of the cookbook's `ProblemEnv`, made as `Env(renderer, question, answer, **columns)`.

    `check_answer` gives the score; `check_format` is True, since form is a part of the reward or none. What `ProblemEnv` itself
    takes (`convo_prefix`, `format_coef`, …) goes into `settings`; `format_coef` is 0 unless given. The metrics of a step gain
    `scored`, `abstained`, `error` and the score of each part of a `Rubric`. Raises `MissingExtra`.
    """
    try:
        from tinker_cookbook.rl.problem_env import ProblemEnv
    except ImportError as cause:
        raise MissingExtra("tinker-cookbook", "tinker", "the environment") from cause
    function = loaded(reward, **options) if isinstance(reward, str) else reward

    class RewardEnv(ProblemEnv):  # type: ignore[misc]
        def __init__(
            self, renderer: Any, question: str, answer: Any, *, settings: dict[str, Any] | None = None, **columns: Any
        ) -> None:
            super().__init__(renderer, **{"format_coef": 0.0, **(settings or {})})
            self.question, self.answer, self.columns = question, answer, columns
            self.verdict: Verdict | None = None

        def get_question(self) -> str:
            return self.question

        def get_reference_answer(self) -> str:
            return str(self.answer)

        def check_format(self, sample_str: str) -> bool:
            return True

        def check_answer(self, sample_str: str) -> float:
            columns = one_row({**self.columns, "answer": self.answer})
            (self.verdict,) = function.decide([self.question], [sample_str], **columns)
            return value(self.verdict, unscored)

        async def step(self, action: Any, **more: Any) -> Any:
            result = await super().step(action, **more)
            if self.verdict is not None:
                result.metrics.update({**numbers(self.verdict), **parts_of(self.verdict)})
            return result

    return RewardEnv
