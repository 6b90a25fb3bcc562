"""From asks to replies: what the cache holds is not asked again, the rest goes to the client in one ordered batch."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from rewardkit.errors import RewardKitError
from rewardkit.judges.budget import AT_ONCE, Spending
from rewardkit.judges.cache import Cache
from rewardkit.judges.client import Client, Reply, Request

__all__ = ["Answered", "Ask", "ask_all", "key_of", "settle_name"]

TELL_EVERY_S = 10.0

log = logging.getLogger("rewardkit.judges")


class Ask(NamedTuple):
    """A request, and the key under which its reply is kept."""

    key: str
    request: Request


@dataclass(frozen=True)
class Answered:
    """A reply and where it came from; `cached` replies cost no call, and `withheld` is what the budget left unasked."""

    reply: Reply
    cached: bool = False
    withheld: bool = False


async def settle_name(client: Client) -> None:
    """Have a client that can find out its model's name do so, before the name goes into keys and traces."""
    ready = getattr(client, "ready", None)
    if ready is not None:
        await ready()


def key_of(client: Client, *parts: object) -> str:
    """The content address of a reply: everything that it depends on, hashed."""
    return hashlib.sha256(json.dumps([client.name, *parts]).encode(errors="replace")).hexdigest()


async def ask_all(
    client: Client,
    asks: Sequence[Ask],
    cache: Cache | None,
    readable: Callable[[int, Reply], bool],
    spending: Spending | None = None,
) -> list[Answered]:
    """An answer an ask, in order; asks should come grouped by question, so that a server's prefix cache is hit.

    A client that says so (`part`) is asked in parts, each kept before the next; of one that `tells` each reply is kept as it
    comes, so that an interrupt costs only what is under way. How far it is is logged every ten seconds between parts. Only
    replies that are `readable(place, reply)` are kept: a passing fault must not stay for ever. What `spending` does not admit
    is not asked. A client that raises or miscounts, which it promised not to, gives failures.
    """
    named = client.name
    known = cache.get([ask.key for ask in asks]) if cache is not None else {}
    answers: dict[int, Answered] = {}
    for place, ask in enumerate(asks):
        kept = known.get(ask.key)
        if kept is not None and readable(place, kept):
            answers[place] = Answered(kept, cached=True)
    open_places = [place for place in range(len(asks)) if place not in answers]
    size = getattr(client, "part", None) or (AT_ONCE if spending else max(1, len(open_places)))
    told_at = time.monotonic()
    for start in range(0, len(open_places), size):
        part: list[int] = []
        for place in open_places[start : start + size]:
            if spending is None or spending.admits(asks[place].request):
                part.append(place)
            else:
                answers[place] = Answered(Reply(), withheld=True)
        kept_now = set[int]()

        def keep(at: int, reply: Reply, part: Sequence[int] = part, kept_now: set[int] = kept_now) -> None:
            # A server's model may be known only now; then the keys do not say which model replied.
            place = part[at]
            if cache is not None and client.name == named and place not in kept_now and readable(place, reply):
                cache.put([(asks[place].key, reply)])
                kept_now.add(place)

        told = None if cache is None else keep
        replies = await _complete(client, [asks[place].request for place in part], told) if part else []
        for at, reply in enumerate(replies):
            answers[part[at]] = Answered(reply)
            keep(at, reply)
            if spending is not None:
                spending.settle(asks[part[at]].request, reply)
        if (now := time.monotonic()) - told_at >= TELL_EVERY_S:
            told_at = now
            log.info("%s has answered %d of %d requests", named, min(start + size, len(open_places)), len(open_places))
    return [answers[place] for place in range(len(asks))]


async def _complete(client: Client, requests: Sequence[Request], told: Callable[[int, Reply], None] | None = None) -> list[Reply]:
    try:
        complete: Callable[..., Any] = client.complete
        if told is not None and getattr(client, "tells", False):
            complete = partial(complete, told=told)
        replies = list(await complete(requests))
    except RewardKitError:
        raise  # the call is wrong, not the model
    except Exception as cause:
        return [Reply(failure=f"{type(cause).__name__}: {cause}")] * len(requests)
    if len(replies) != len(requests):
        failure = f"{client.name} gave {len(replies)} replies to {len(requests)} requests, so none can be told apart"
        return [Reply(failure=failure)] * len(requests)
    return replies
