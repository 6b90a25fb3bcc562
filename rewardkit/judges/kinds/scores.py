"""Reward models: the model gives a number for question and answer instead of writing a verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rewardkit.errors import BadParameter
from rewardkit.judges.client import Reply, Request
from rewardkit.judges.kinds.kind import Item, Ruling
from rewardkit.judges.kinds.turns import as_chat

__all__ = ["Scored"]


@dataclass(frozen=True)
class Scored:
    """The score of a reward model (a pooling model), which needs a client whose replies have `score`.

    The model sees the question as the user's message and the answer as the assistant's, as it was trained; the reference is not
    shown. `scale` is "raw" (default: the number as it comes, of any size) or "sigmoid" (from 0 to 1).
    """

    scale: Literal["raw", "sigmoid"] = "raw"

    name = "score"
    span = 1
    compares = False
    swaps = False
    converses = True

    def __post_init__(self) -> None:
        if self.scale not in ("raw", "sigmoid"):
            message = f"scale={self.scale!r} must be 'raw' or 'sigmoid'"
            raise BadParameter(message)

    @property
    def version(self) -> str:
        """There is no template; the scale is ours and changes nothing for the model, but what a score is worth."""
        return f"{self.name} {self.scale}"

    def request(self, items: Sequence[Item]) -> Request:
        """A conversation of two turns, or of all that there were."""
        (item,) = items
        turns = as_chat(item.context) or [{"role": "user", "content": item.question}]
        if item.images:
            asked = next((turn for turn in reversed(turns) if turn["role"] == "user"), turns[-1])
            asked["content"] = [*item.images, {"type": "text", "text": asked["content"]}]
        turns += [*as_chat(item.trajectory), {"role": "assistant", "content": item.answer}]
        return Request(tuple(turns), max_tokens=1)

    def read(self, reply: Reply, items: Sequence[Item]) -> list[Ruling | None]:
        """The number, when it is finite."""
        if reply.failure is not None or reply.score is None or not math.isfinite(reply.score):
            return [None]
        if self.scale == "raw":
            return [Ruling(reply.score)]
        half = 0.5 * math.tanh(0.5 * reply.score)  # the plain formula overflows
        return [Ruling(0.5 + half)]
