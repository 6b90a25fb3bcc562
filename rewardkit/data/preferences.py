"""Scored completions as training data of TRL: pairs for DPO, and labels of steps for a process reward model.

Sources: Insight-V, arXiv 2411.14432 (pairs by score), and AR-MCTS, arXiv 2412.14835 (labels of steps, and pairs of them, by the
share of right rollouts behind each).
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from rewardkit.errors import BadParameter, WrongLength

__all__ = ["CUES", "dpo_pairs", "soft_labels", "step_labels", "step_pairs", "truncated"]

CUES = ("Wait", "But wait", "But the question")


def dpo_pairs(
    prompt: Any, completions: Sequence[Any], rewards: Sequence[float | None], *, margin: float = 0.0, most: int = 1, seed: int = 0
) -> Iterator[dict[str, Any]]:
    """Up to `most` pairs `{"prompt", "chosen", "rejected"}` of one prompt whose rewards lie more than `margin` apart.

    A completion without a reward is in no pair, and each completion in one at most. Which of several are paired is drawn by
    `seed`. Raises `WrongLength` for rewards that are not one a completion.
    """
    if len(rewards) != len(completions):
        raise WrongLength("rewards", len(rewards), len(completions))
    scored = [(reward, place) for place, reward in enumerate(rewards) if reward is not None]
    random.Random(seed).shuffle(scored)
    ranked = sorted(scored, key=lambda pair: pair[0])
    for (low, worse), (high, better) in list(zip(ranked, reversed(ranked), strict=True))[: min(most, len(ranked) // 2)]:
        if high - low > margin:
            yield {"prompt": prompt, "chosen": completions[better], "rejected": completions[worse]}


def step_labels(
    prompt: Any, steps: Sequence[str], values: Sequence[float | None], *, right_above: float = 0.8, wrong_at: float = 0.0
) -> dict[str, Any] | None:
    """One row of TRL's data of steps, `{"prompt", "completions", "labels"}`, from the share of right rollouts behind each step.

    A step is right above `right_above` and wrong at `wrong_at` or below; the steps end before the first that is neither, and
    None is given where no step is left. Raises `WrongLength` for values that are not one a step.
    """
    if len(values) != len(steps):
        raise WrongLength("values", len(values), len(steps))
    _apart(right_above, wrong_at)
    labels: list[bool] = []
    for value in values:
        if value is None or wrong_at < value <= right_above:
            break
        labels.append(value > right_above)
    return {"prompt": prompt, "completions": list(steps[: len(labels)]), "labels": labels} if labels else None


def soft_labels(prompt: Any, steps: Sequence[str], values: Sequence[float | None]) -> dict[str, Any] | None:
    """The row of `step_labels` with the values themselves as labels, for a trainer with soft targets.

    The steps end before the first without a value, and None is given where no step is left. Raises `WrongLength` for values that
    are not one a step.
    """
    if len(values) != len(steps):
        raise WrongLength("values", len(values), len(steps))
    labels: list[float] = []
    for value in values:
        if value is None:
            break
        labels.append(float(value))
    return {"prompt": prompt, "completions": list(steps[: len(labels)]), "labels": labels} if labels else None


def step_pairs(
    prompt: str,
    before: Sequence[str],
    steps: Sequence[str],
    values: Sequence[float | None],
    *,
    right_above: float = 0.8,
    wrong_at: float = 0.0,
    separator: str = "\n",
    most: int = 1,
) -> Iterator[dict[str, str]]:
    """Up to `most` pairs `{"prompt", "chosen", "rejected"}` of steps that all follow on the steps `before`, for step-DPO.

    A chosen step has a value above `right_above`, the highest first; a rejected one a value of `wrong_at` or below. The prompt
    ends with the steps before, each closed by `separator`. No step is in two pairs, and one without a value in none. Raises
    `WrongLength` for values that are not one a step, and `BadParameter` for bounds that overlap.
    """
    if len(values) != len(steps):
        raise WrongLength("values", len(values), len(steps))
    _apart(right_above, wrong_at)
    known = [(value, step) for value, step in zip(values, steps, strict=True) if value is not None]
    right = sorted((pair for pair in known if pair[0] > right_above), key=lambda pair: -pair[0])
    wrong = sorted((pair for pair in known if pair[0] <= wrong_at), key=lambda pair: pair[0])
    shown = separator.join([prompt, *before, ""])
    for (_, chosen), (_, rejected) in islice(zip(right, wrong, strict=False), most):
        yield {"prompt": shown, "chosen": chosen, "rejected": rejected}


def _apart(right_above: float, wrong_at: float) -> None:
    if not wrong_at < right_above:
        message = f"wrong_at={wrong_at!r} must be below right_above={right_above!r}"
        raise BadParameter(message)


def truncated(text: str, cues: Sequence[str] = CUES) -> str:
    """The text up to the first line or sentence that begins with a cue of second thoughts (OpenVLThinker's)."""
    ends = [at for cue in cues for start in ("\n", ". ") if (at := text.find(f"{start}{cue}")) >= 0]
    return text[: min(ends) + 1].rstrip() if ends else text
