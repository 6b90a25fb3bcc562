"""What runs a judge's model: a server behind a URL, or an engine in this process."""

from __future__ import annotations

from typing import Any

from rewardkit.errors import BadParameter
from rewardkit.judges.client import Client

__all__ = ["client_of"]


def client_of(where: str, /, *, rewards: bool = False, **options: Any) -> Client:
    """The client that `--judge` names: `http://HOST[,http://HOST…]`, `vllm:MODEL` or `hf:MODEL`.

    `rewards` asks for a reward model's scores instead of text. `options` go to the client: `OpenAIClient`, `VLLMClient` or
    `TransformersClient`. Nothing is started or asked before the first use.

    Raises:
        BadParameter: No such kind of client, or an option it has not.
        MissingExtra: The package that the client needs is not installed.
    """
    kind, _, model = where.strip().partition(":")
    try:
        if kind in ("http", "https"):
            from rewardkit.judges.clients.openai import OpenAIClient, OpenAIRewardModel

            urls = [url.strip() for url in where.split(",") if url.strip()]
            return OpenAIRewardModel(urls, **options) if rewards else OpenAIClient(urls, **options)
        if kind == "vllm" and model:
            from rewardkit.judges.clients.vllm import VLLMClient, VLLMRewardModel

            return VLLMRewardModel(model, **options) if rewards else VLLMClient(model, **options)
        if kind == "hf" and model:
            from rewardkit.judges.clients.transformers import TransformersClient, TransformersRewardModel

            return TransformersRewardModel(model, **options) if rewards else TransformersClient(model, **options)
    except TypeError as cause:
        message = f"a judge at {where!r} does not take these options: {cause}"
        raise BadParameter(message) from cause
    message = f"{where!r} names no judge; give http://HOST:PORT, several joined by commas, vllm:MODEL or hf:MODEL"
    raise BadParameter(message)
