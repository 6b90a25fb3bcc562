"""PrimeIntellect's `verifiers` from 0.4: a reward that a task plugs in by its path, in prime-rl and miles too.

    rewards = { auto = { fn = "rewardkit.adapters.prime_verifiers_v1:auto" } }

under the task's configuration (`--env.taskset.task.rewards`). There is no None: a row without a verdict raises `NoVerdict`, which
verifiers records as a `TaskError` of the rollout, with the reward None, and its trainers drop such rollouts.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from rewardkit.adapters.mask import loaded, numbers, one_row, parts_of, steps_of
from rewardkit.adapters.turns import turn_of, turns_of
from rewardkit.errors import RewardKitError

if TYPE_CHECKING:
    from rewardkit.reward import RewardFunction
    from rewardkit.types import Verdict

__all__ = ["NoVerdict", "auto", "reward", "wethink"]


class NoVerdict(RewardKitError):
    """A rollout has no reward, because nothing was decided or something broke."""


def reward(function: RewardFunction | str = "auto", **options: Any) -> Callable[[Any, Any], Awaitable[float]]:
    """A reward `(task, trace) -> float` of a reward function, or of the recipe of that name.

    The completion is the trace's conversation from the first turn that the model wrote, and ends with its last reply; the prompt
    is the task's, else what stands before; the columns of a row are the fields that the task's data has of its own.
    `trace.info[name]` gets the status, reason, route, extracted answer and scores of steps; `trace.metrics` gets `scored`,
    `abstained`, `error` and the score of every part of a `Rubric`, each behind the name. A row without a verdict raises
    `NoVerdict`. The recipe is built at the first call.
    """

    async def plugged(task: Any, trace: Any) -> float:
        called = loaded(function, **options) if isinstance(function, str) else function
        prompt, completion = conversation(task, trace)
        (verdict,) = await called.adecide([prompt], [completion], **one_row(columns_of_task(task)))
        _note(trace, called.__name__, verdict)
        if verdict.score is None:
            message = f"{called.__name__}: {verdict.reason}, {verdict.info.get('message', 'no rule or judge decided the row')}"
            raise NoVerdict(message)
        return verdict.score

    plugged.__name__ = function if isinstance(function, str) else function.__name__
    return plugged


def columns_of_task(task: Any) -> dict[str, Any]:
    """The fields of a task's data that are not verifiers' own."""
    from verifiers.v1 import TaskData

    fields = {*type(task).model_fields, *(task.model_extra or {})} - set(TaskData.model_fields)
    return {name: getattr(task, name) for name in sorted(fields)}


def conversation(task: Any, trace: Any) -> tuple[Any, list[Any]]:
    """The prompt and the completion of a trace, by its last branch.

    Turns of an assistant that the model did not write are left out of the completion. Where the branch does not end with the
    trace's last reply, as with agents inside agents, that reply is one turn more.
    """
    branches = trace.branches
    nodes = branches[-1].nodes if branches else []
    first = next((place for place, node in enumerate(nodes) if node.sampled), len(nodes))
    own = [node for node in nodes[first:] if node.sampled or node.message.role != "assistant"]
    completion = [turn_of(node.message) for node in own]
    said = next((node.message.content or "" for node in reversed(own) if node.sampled), "")
    if said.strip() != trace.last_reply:
        completion.append({"role": "assistant", "content": trace.last_reply})
    prompt = [node.message for node in nodes[:first]] if task.prompt is None else task.prompt
    return turns_of(prompt), completion


def _note(trace: Any, name: str, verdict: Verdict) -> None:
    told = {key: verdict.info[key] for key in ("route", "extracted") if verdict.info.get(key) is not None}
    trace.info[name] = {
        "status": verdict.status.value,
        "reason": verdict.reason,
        **{k: str(v)[:200] for k, v in told.items()},
        **steps_of(verdict),
    }
    trace.record_metrics({f"{name}/{key}": value for key, value in {**numbers(verdict), **parts_of(verdict)}.items()})


auto = reward("auto")
wethink = reward("wethink")
