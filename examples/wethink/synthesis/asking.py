"""Asking a model: from a prompt file to a checked value, with every call journalled, bounded and counted."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from examples.wethink.synthesis.journal import Call, Journal
from rewardkit.judges.client import Client, Request
from rewardkit.judges.kinds.images import digest, image_parts
from rewardkit.judges.kinds.templates import load

__all__ = ["Asker", "BudgetSpent", "Dropped", "Failed", "Role"]

PROMPTS = Path(__file__).parent / "prompts"
TRIES = 3  # a reply that cannot be read is asked for again with another seed


class Dropped(Exception):
    """The row ends here: at which stage, why, and what there is to see.

    `final` says that another draft for the same image and cell would end the same way.
    """

    def __init__(self, stage: str, reason: str, sample: Any = None, *, final: bool = False) -> None:
        super().__init__(f"{stage}: {reason}")
        self.stage, self.reason, self.sample, self.final = stage, reason, sample, final


class BudgetSpent(Exception):
    """The next call would go over the budget."""


class Failed(Exception):
    """A model could not be had, after the client's own retries: the run must stop, not drop rows for it."""


@dataclass(frozen=True)
class Role:
    """A model in its part: `name` is vision, reasoner or third."""

    name: str
    client: Client

    @property
    def model(self) -> str:
        """The model without its host: a server that moves has nothing to be paid again."""
        return self.client.name.rpartition("@")[0] or self.client.name


@dataclass
class Asker:
    """Sends requests of one run.

    `max_calls` and `max_tokens` bound what the whole journal may hold, earlier runs included; None is no bound.
    """

    journal: Journal
    max_calls: int | None = None
    max_tokens: int | None = None
    seed: int = 0
    paid: Counter[str] = field(default_factory=Counter)
    replayed: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        totals = self.journal.totals().values()
        self._calls = sum(calls for calls, _, _ in totals)
        self._tokens = sum(prompt + completion for _, prompt, completion in totals)
        self._under_way: dict[str, asyncio.Task[Call]] = {}

    async def text(self, role: Role, stage: str, fields: Mapping[str, str], *, image: Any = None, max_tokens: int = 1024) -> str:
        """A reply in free text, without the reasoning before `</think>`; an empty one drops the row."""
        for attempt in range(TRIES):
            said = (await self._call(role, stage, fields, image, max_tokens, None, attempt)).rpartition("</think>")[2].strip()
            if said:
                return said
        raise Dropped(stage, "empty_reply")

    async def value(
        self,
        role: Role,
        stage: str,
        fields: Mapping[str, str],
        schema: Mapping[str, Any],
        check: Callable[[dict[str, Any]], str],
        *,
        image: Any = None,
        max_tokens: int = 2048,
    ) -> dict[str, Any]:
        """A reply that is a JSON object; `check` says what is wrong with one, or "". One that stays wrong drops the row."""
        why = ""
        for attempt in range(TRIES):
            said = await self._call(role, stage, fields, image, max_tokens, schema, attempt)
            found = _object(said)
            why = "no JSON object" if found is None else check(found)
            if found is not None and not why:
                return found
        raise Dropped(stage, "unreadable_reply", why)

    async def _call(
        self,
        role: Role,
        stage: str,
        fields: Mapping[str, str],
        image: Any,
        max_tokens: int,
        schema: Mapping[str, Any] | None,
        attempt: int,
    ) -> str:
        template = load(str(PROMPTS / f"{stage}.txt"))
        shown = image_parts(image)
        messages = _messages(template.fill(fields), shown)
        named = [role.model, template.version, sorted(fields.items()), digest(shown), max_tokens, self.seed, attempt]
        key = hashlib.sha256(json.dumps(named).encode(errors="replace")).hexdigest()
        known = self.journal.find(key)
        if known is not None:
            self.replayed[stage] += 1
            return known.text
        task = self._under_way.get(key)
        if task is None:  # rows of one image ask the same about it at the same time
            seed = int(key[:8], 16) % 2**31
            request = Request(messages, max_tokens=max_tokens, temperature=0.7, seed=seed, schema=schema, idempotency_key=key)
            task = self._under_way[key] = asyncio.create_task(self._paid(role, stage, key, request))
            task.add_done_callback(lambda _: self._under_way.pop(key, None))
        return (await task).text

    async def _paid(self, role: Role, stage: str, key: str, request: Request) -> Call:
        over_calls = self.max_calls is not None and self._calls + 1 > self.max_calls
        over_tokens = self.max_tokens is not None and self._tokens + request.max_tokens > self.max_tokens
        if over_calls or over_tokens:
            raise BudgetSpent
        self._calls += 1
        (reply,) = await role.client.complete([request])
        if reply.failure is not None:
            self._calls -= 1
            message = f"{role.name} ({role.client.name}), stage {stage}: {reply.failure}"
            raise Failed(message)
        call = Call(reply.text, reply.finish, reply.prompt_tokens, reply.completion_tokens)
        await self.journal.keep(key, stage, role.model, call)
        self._tokens += call.prompt_tokens + call.completion_tokens
        self.paid[stage] += 1
        return call


def _messages(filled: Sequence[tuple[str, str]], shown: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    messages: list[dict[str, Any]] = [{"role": role, "content": text} for role, text in filled]
    if shown:
        messages[-1]["content"] = [*shown, {"type": "text", "text": messages[-1]["content"]}]
    return tuple(messages)


def _object(said: str) -> dict[str, Any] | None:
    """The JSON object that a reply ends with, after its reasoning and with or without a code fence."""
    text = said.rpartition("</think>")[2]
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        return None
    try:
        found = json.loads(text[start : end + 1])
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
