"""The seam between a judge and whatever runs its model: requests in, replies out, failures told apart from replies.

A client never raises for one request and never makes a reply up: what cannot be had is a `Reply` with `failure`
set. `rewardkit.testing.ScriptedClient` is the fake for tests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

__all__ = ["Client", "Reply", "Request"]


@dataclass(frozen=True, slots=True)
class Request:
    """One prompt for a judge's model.

    `messages` are chat messages; content is a string or a list of parts, images included. `choices` or `schema` ask the
    server for structured output where it can; a reply may ignore them. `logprobs` asks for that many alternatives of the
    first generated token. `temperature` 0 is greedy. `idempotency_key` is sent along to servers, so that one which honours such
    keys does not charge twice for a request that is sent again. `plain`: the text of the messages is the whole prompt, without a
    chat template, for models that were trained so. `steps` are for a process reward model: the parts of the answer to the
    messages, each to be scored where `tag`, the text that follows it, ends.
    """

    messages: tuple[Mapping[str, Any], ...]
    max_tokens: int = 16
    temperature: float = 0.0
    seed: int | None = None
    choices: tuple[str, ...] = ()
    schema: Mapping[str, Any] | None = None
    logprobs: int = 0
    idempotency_key: str = ""
    plain: bool = False
    steps: tuple[str, ...] = ()
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: `text`, or `failure`, which says why nothing did.

    `top_logprobs` maps alternatives of the first generated token to natural logarithms of their probabilities. `finish`
    is the server's word for why it stopped ("stop", "length"). Token counts are 0 when unknown. `score` is what a reward
    model gave for the conversation, None from a model that writes; `scores` are what a process reward model gave, one a step of
    the request and each the probability that the step is right. `refused` is set where no request like this will ever be taken:
    the key, the model or the address is wrong.
    """

    text: str = ""
    failure: str | None = None
    top_logprobs: Mapping[str, float] = field(default_factory=dict)
    finish: str = "stop"
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    score: float | None = None
    refused: bool = False
    scores: tuple[float, ...] = ()


class Client(Protocol):
    """Runs requests against one model."""

    @property
    def name(self) -> str:
        """Which model, where: it goes into the cache key and the trace."""
        ...

    async def complete(self, requests: Sequence[Request], /) -> list[Reply]:
        """One reply a request, in the same order, within the client's deadline."""
        ...
