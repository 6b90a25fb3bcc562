"""What judging costs, and the most that it may cost in one step: what is over that is not asked, and abstains."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from rewardkit.deadline import this_step
from rewardkit.errors import BadParameter
from rewardkit.judges.client import Reply, Request

__all__ = ["Budget", "Price", "Purse", "Spending"]

BYTES_A_TOKEN = 3  # of UTF-8; models have 3 to 4 in most languages, so that a request is hardly taken for too small
AT_ONCE = 64  # requests between two looks at what was spent


@dataclass(frozen=True)
class Price:
    """What a million tokens cost, in whatever currency: those of a prompt, and those that a model writes (default: as much).

    Raises `BadParameter` for a price below 0.
    """

    prompt: float
    completion: float | None = None

    def __post_init__(self) -> None:
        for price in (self.prompt, 0.0 if self.completion is None else self.completion):
            if not 0 <= price < math.inf:
                message = f"a price a million tokens must be 0 or more, and is {price!r}"
                raise BadParameter(message)

    def of(self, prompt_tokens: float, completion_tokens: float) -> float:
        """What so many tokens cost."""
        dear = self.prompt if self.completion is None else self.completion
        return (self.prompt * prompt_tokens + dear * completion_tokens) / 1e6


@dataclass(frozen=True)
class Budget:
    """The most that a judge may spend in one step: requests, tokens in both directions, and money. None is no limit.

    A step is one call of a reward function, whatever slices its rows come in, or one run of `rewardkit score`. Before a request
    goes out its tokens are estimated, three bytes each and all that it may write; once its reply is there the server's count
    stands in their place. What would go beyond a limit is not asked, and its rows abstain with `over_budget`. Raises
    `BadParameter` without a limit, or for one that is not above 0.
    """

    calls: int | None = None
    tokens: int | None = None
    cost: float | None = None

    def __post_init__(self) -> None:
        limits = [limit for limit in (self.calls, self.tokens, self.cost) if limit is not None]
        if not limits or not all(limit > 0 for limit in limits):
            message = f"{self!r} must have at least one limit, and each must be above 0"
            raise BadParameter(message)


@dataclass(eq=False)
class Spending:
    """What one step has spent so far, estimates of what is under way included."""

    budget: Budget
    price: Price | None
    calls: int = 0
    tokens: float = 0.0
    cost: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def admits(self, request: Request) -> bool:
        """Whether a request is within every limit; then it counts as spent."""
        prompt, written = _estimate(request)
        cost = self.price.of(prompt, written) if self.price else 0.0
        with self._lock:
            over = (
                _over(self.calls + 1, self.budget.calls)
                or _over(self.tokens + prompt + written, self.budget.tokens)
                or _over(self.cost + cost, self.budget.cost)
            )
            if not over:
                self.calls, self.tokens, self.cost = self.calls + 1, self.tokens + prompt + written, self.cost + cost
        return not over

    def settle(self, request: Request, reply: Reply) -> None:
        """Put what a request came to in the place of its estimate; one that failed cost no tokens."""
        prompt, written = _estimate(request)
        told = reply.failure is not None or reply.prompt_tokens + reply.completion_tokens > 0
        spent = (reply.prompt_tokens, reply.completion_tokens) if told else (prompt, written)
        with self._lock:
            self.tokens += sum(spent) - prompt - written
            if self.price:
                self.cost += self.price.of(*spent) - self.price.of(prompt, written)


class Purse:
    """The budget of one judge: a spending for every step, begun anew in another process."""

    def __init__(self, budget: Budget, price: Price | None) -> None:
        if budget.cost is not None and price is None:
            message = f"{budget!r} has a limit in money: say with price=Price(…) what a million tokens cost"
            raise BadParameter(message)
        self.budget, self.price = budget, price
        self._start()

    def _start(self) -> None:
        self._steps: WeakKeyDictionary[object, Spending] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def spending(self) -> Spending:
        """That of the step under way; of a call that belongs to none, one of its own."""
        step = this_step()
        if step is None:
            return Spending(self.budget, self.price)
        with self._lock:
            return self._steps.setdefault(step, Spending(self.budget, self.price))

    def __getstate__(self) -> Mapping[str, Any]:
        return {"budget": self.budget, "price": self.price}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        self.__dict__.update(state)
        self._start()


def _estimate(request: Request) -> tuple[float, float]:
    """Tokens of a prompt and those that it may bring; images count for nothing before the server has counted them."""
    texts: list[str] = []
    for message in request.messages:
        content = message.get("content")
        parts: Sequence[Any] = content if isinstance(content, (list, tuple)) else [{"text": content}]
        texts += [str(part.get("text") or "") for part in parts if isinstance(part, Mapping)]
    return sum(len(text.encode(errors="replace")) for text in texts) / BYTES_A_TOKEN, float(request.max_tokens)


def _over(spent: float, limit: float | None) -> bool:
    return limit is not None and spent > limit
