"""Process reward models: the model says of each step of a completion how likely it is right, and writes nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from rewardkit.errors import BadParameter
from rewardkit.judges.client import Reply, Request
from rewardkit.judges.kinds.kind import Item, Ruling
from rewardkit.steps import Aggregation, aggregated, check_aggregation

__all__ = ["Process", "Stepwise"]


@runtime_checkable
class Stepwise(Protocol):
    """What a kind has besides that judges the steps of a completion, and not its final answer."""

    @property
    def tag(self) -> str:
        """What stands behind each step for the model, and so in none of them."""
        ...

    def steps(self, text: str) -> tuple[str, ...]:
        """The steps of a completion, none of them blank."""
        ...


@dataclass(frozen=True)
class Process:
    """What the probabilities of the steps come to; a ruling's `steps` has each of them.

    The model sees the question and the completion as it was written, its thinking included, cut into steps. It needs a client
    whose replies have `scores`: `hf:MODEL` or `vllm:MODEL`, a token classifier of one label or two.

    Args:
        aggregation: "min" (the default), "prod", "mean" or "last". Under the last two a completion gains by easy steps at its
            end.
        separator: What the completion is cut at; blank pieces are left out.
        tag: What the model reads behind each step, and at whose last token it speaks: a line break, as TRL's PRMTrainer trains,
            or a token of its own, such as `<extra_0>` of Qwen2.5-Math-PRM.
        plain: Give the question without the chat template, as TRL's PRMTrainer does with prompts that are texts.
    """

    aggregation: Aggregation = "min"
    separator: str = "\n\n"
    tag: str = "\n"
    plain: bool = False

    name = "steps"
    span = 1
    compares = False
    swaps = False

    def __post_init__(self) -> None:
        check_aggregation(self.aggregation)
        if not self.separator or not self.tag:
            message = f"separator={self.separator!r} and tag={self.tag!r} cannot be used: neither may be empty"
            raise BadParameter(message)

    @property
    def version(self) -> str:
        """There is no template; what a step is and where the model speaks decide what it says."""
        return f"{self.name} {self.aggregation} {self.separator!r} {self.tag!r} {self.plain}"

    def steps(self, text: str) -> tuple[str, ...]:
        """The pieces between separators that hold more than white space."""
        return tuple(piece.strip() for piece in text.split(self.separator) if piece.strip())

    def request(self, items: Sequence[Item]) -> Request:
        """The question, and the steps behind it."""
        (item,) = items
        asked = {"role": "user", "content": item.question}
        return Request((asked,), max_tokens=1, plain=self.plain, steps=item.steps, tag=self.tag)

    def read(self, reply: Reply, items: Sequence[Item]) -> list[Ruling | None]:
        """What the probabilities come to, where there is one for each step."""
        (item,) = items
        scores = reply.scores
        if reply.failure is not None or len(scores) != len(item.steps) or not scores:
            return [None]
        if not all(math.isfinite(score) and 0 <= score <= 1 for score in scores):
            return [None]
        return [Ruling(aggregated(scores, self.aggregation), {"steps": list(scores)})]
