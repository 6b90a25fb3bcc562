"""inspect_ai: a scorer whose values come from a recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rewardkit.adapters.mask import loaded, steps_of
from rewardkit.errors import MissingExtra
from rewardkit.types import Status

if TYPE_CHECKING:
    from rewardkit.reward import RewardFunction
    from rewardkit.types import Verdict

__all__ = ["scorer"]


def scorer(reward: RewardFunction | str = "auto", **options: Any) -> Any:
    """An inspect_ai `Scorer` with the metrics `mean` and `stderr`.

    A row without a verdict is `Score.unscored(reason=…)`, which inspect_ai's metrics leave out. The reference is the sample's
    target, or all of them; its choices and metadata are columns. The completion is the conversation from the first turn that the
    model wrote, and ends with the state's output. Raises `MissingExtra`; while scoring, `TooManyErrors`.
    """
    try:
        from inspect_ai.scorer import Score, mean, stderr
        from inspect_ai.scorer import scorer as registered
    except ImportError as cause:
        raise MissingExtra("inspect-ai", "inspect", "the scorer") from cause

    function = loaded(reward, **options) if isinstance(reward, str) else reward

    @registered(metrics=[mean(), stderr()], name=f"rewardkit_{function.__name__}")  # type: ignore[untyped-decorator]
    def build() -> Any:
        async def score(state: Any, target: Any) -> Any:
            row = {**dict(state.metadata or {}), "answer": list(target) if len(target) > 1 else target.text}
            if state.choices and len(state.choices) > 0:
                row["choices"] = [choice.value for choice in state.choices]
            columns = {k: [v] for k, v in row.items() if k not in ("prompts", "completions", "completion_ids")}
            (verdict,) = await function.adecide([prompt_of(state)], [completion_of(state)], **columns)
            return _score(Score, verdict)

        return score

    return build()


def prompt_of(state: Any) -> Any:
    """What the sample asks: its input, as a text or as chat messages."""
    return state.input if isinstance(state.input, str) else [_turn(message) for message in state.input]


def completion_of(state: Any) -> list[dict[str, Any]]:
    """The turns from the first that the model wrote; an output that is not the text of the last is one turn more."""
    written = [message.role == "assistant" and message.source == "generate" for message in state.messages]
    said = [_turn(message) for message in state.messages[written.index(True) :]] if True in written else []
    last = next((turn["content"] for turn in reversed(said) if turn["role"] == "assistant"), None)
    output = state.output.completion
    return said if last == output else [*said, {"role": "assistant", "content": output}]


def _turn(message: Any) -> dict[str, Any]:
    """A message with its text, its calls, and for a tool's its name; arguments that inspect_ai could not read stay unreadable."""
    calls = [
        {"name": call.function, "arguments": call.parse_error or call.arguments}
        for call in getattr(message, "tool_calls", None) or ()
    ]
    return {
        "role": message.role,
        "content": message.text,
        **({"tool_calls": calls} if calls else {}),
        **({"name": message.function} if getattr(message, "function", None) else {}),
    }


def _score(make: Any, verdict: Verdict) -> Any:
    extracted = verdict.info.get("extracted")
    answer = None if extracted is None else str(extracted)
    about = {"verifier": verdict.verifier, "route": verdict.info.get("route"), **steps_of(verdict)}
    if verdict.status is Status.SCORED:
        return make(value=verdict.score, answer=answer, explanation=verdict.reason, metadata=about)
    return make.unscored(reason=verdict.reason, answer=answer, explanation=verdict.status.value, metadata=about)
