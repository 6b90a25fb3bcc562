"""What runs a judge's model: a server behind a URL, or an engine in this process."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from typing import Any

from rewardkit.errors import BadParameter
from rewardkit.judges.client import Client

__all__ = ["client_of"]

MOST_SHARED = 64

_shared: OrderedDict[str, Client] = OrderedDict()
_lock = threading.Lock()


def client_of(where: str, /, *, rewards: bool = False, steps: bool = False, **options: Any) -> Client:
    """The client that `--judge` names: `http://HOST[,http://HOST…][#MODEL]`, `vllm:MODEL` or `hf:MODEL`.

    Without `#MODEL` a server is asked for the only model that it serves. `rewards` asks for a reward model's scores instead
    of text, `steps` for those of a process reward model, which runs in this process. `options` go to the client: `OpenAIClient`,
    `VLLMClient` or `TransformersClient`. Judges with the same spec and options share one client, so that its limit on concurrency
    holds for all of them and what one learns of a server's health the others know. Nothing is started or asked before the first
    use.

    Raises:
        BadParameter: No such kind of client, or an option it has not.
        MissingExtra: The package that the client needs is not installed.
    """
    key = repr((where, rewards, steps, sorted(options.items())))
    with _lock:
        if key not in _shared:
            try:
                _shared[key] = _made(where, rewards, steps, options)
            except TypeError as cause:
                message = f"a judge at {_public(where)!r} does not take these options: {cause}"
                raise BadParameter(message) from cause
        _shared.move_to_end(key)
        while len(_shared) > MOST_SHARED:
            _shared.popitem(last=False)
        return _shared[key]


def _made(where: str, rewards: bool, steps: bool, options: dict[str, Any]) -> Client:
    kind, _, model = where.strip().partition(":")
    if steps:
        return _of_steps(where, kind, model, options)
    if kind in ("http", "https"):
        from rewardkit.judges.clients.openai import OpenAIClient, OpenAIRewardModel

        urls, named = _addresses(where)
        if named and options.get("model") not in (None, named):
            message = f"{_public(where)!r} names the model {named!r}, and model= another; give one of them"
            raise BadParameter(message)
        options = {**options, "model": named} if named else options
        return OpenAIRewardModel(urls, **options) if rewards else OpenAIClient(urls, **options)
    if kind == "vllm" and model:
        from rewardkit.judges.clients.vllm import VLLMClient, VLLMRewardModel

        return VLLMRewardModel(model, **options) if rewards else VLLMClient(model, **options)
    if kind == "hf" and model:
        from rewardkit.judges.clients.transformers import TransformersClient, TransformersRewardModel

        return TransformersRewardModel(model, **options) if rewards else TransformersClient(model, **options)
    message = f"{where!r} names no judge; give http://HOST:PORT, several joined by commas, vllm:MODEL or hf:MODEL"
    raise BadParameter(message)


def _of_steps(where: str, kind: str, model: str, options: dict[str, Any]) -> Client:
    if kind == "hf" and model:
        from rewardkit.judges.clients.process import TransformersProcessModel

        return TransformersProcessModel(model, **options)
    if kind == "vllm" and model:
        from rewardkit.judges.clients.process import VLLMProcessModel

        return VLLMProcessModel(model, **options)
    message = f"{_public(where)!r} cannot score steps: a process reward model runs in this process; give hf:MODEL or vllm:MODEL"
    raise BadParameter(message)


def _addresses(where: str) -> tuple[list[str], str | None]:
    """The addresses and the model named behind `#`, which all of them share."""
    urls, models = [], []
    for part in filter(None, map(str.strip, where.split(","))):
        url, mark, model = part.partition("#")
        urls.append(url)
        models += [model] if mark else []
    if len(set(models)) > 1 or "" in models:
        message = f"{_public(where)!r} must name one model for all its servers: http://HOST:PORT/v1#MODEL"
        raise BadParameter(message)
    return urls, models[0] if models else None


def _public(where: str) -> str:
    """A spec without logins."""
    return ",".join(
        part.partition("//")[0] + "//" + part.rpartition("@")[2] if "@" in part else part for part in where.split(",")
    )


def _after_fork() -> None:
    global _lock
    _lock = threading.Lock()
    _shared.clear()  # what they know of requests under way is the parent's


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
