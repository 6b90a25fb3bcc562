"""Models behind an OpenAI-compatible server, first of all vLLM's: one that writes, and one that scores."""

from __future__ import annotations

import json

from rewardkit.judges.client import Reply, Request
from rewardkit.judges.clients.completion import Broken, count, decode, encode, parse
from rewardkit.judges.clients.endpoints import Endpoint
from rewardkit.judges.clients.served import ServedClient

__all__ = ["OpenAIClient", "OpenAIRewardModel"]


class OpenAIClient(ServedClient):
    """Chat completions from one server, or from several that serve the same model.

    A row fails with a text that says why: what may pass (429, 5xx, timeouts, resets, broken bodies) is tried again elsewhere or
    later, what will not (400, 401, 404) is not. Structured output goes as vLLM's `structured_outputs` for choices and
    `response_format` for a schema; a server that refuses the field is asked without it from then on.

    Args:
        base_url: One address or several; `/v1` is added to one without a path.
        model: Name to ask for; None asks each server for the only one it has.
        api_key: None takes REWARDKIT_JUDGE_API_KEY from the environment.
        concurrency: Most requests under way at once, over all calls on one event loop.
        deadline_s: Seconds for all that one reward call asks, from its first request on, whatever happens.
        timeout_s: Seconds for one attempt, from connecting to the last byte.
        retries: Further attempts a row after its first.
        backoff_s: Mean of the first wait between attempts is half of it; it doubles, up to 8 s.
        patience_s: Seconds that all servers may be down before rows fail without waiting; they are still probed.
        max_body_mb: A longer body is a fault.
        extra: Fields for every body, such as `{"chat_template_kwargs": {"enable_thinking": False}}`; None removes one.

    Raises:
        BadParameter: An address or number that cannot be used.
    """

    path = "/chat/completions"

    def _url(self, endpoint: Endpoint, request: Request) -> str:
        return f"{endpoint.url}/completions" if request.plain else super()._url(endpoint, request)

    def _encode(self, request: Request, model: str, *, structured: bool) -> bytes:
        return encode(request, model, self.extra, structured=structured)

    def _decode(self, raw: bytes) -> Reply:
        return decode(raw)


class OpenAIRewardModel(ServedClient):
    """Scores of whole conversations from a vLLM server that runs a reward model (`--runner pooling`).

    The request's messages end with the answer to score; the reply has `score`, the model's raw logit, and no text. Everything
    else is as for `OpenAIClient`; `extra={"use_activation": True}` asks for a probability instead.
    """

    path = "/classify"

    def _url(self, endpoint: Endpoint, request: Request) -> str:
        return endpoint.url.removesuffix("/v1") + self.path  # vLLM serves what OpenAI has not beside /v1

    def _encode(self, request: Request, model: str, *, structured: bool) -> bytes:
        body = {"model": model, "messages": list(request.messages), "use_activation": False, **self.extra}
        return json.dumps(body, ensure_ascii=False, default=dict).encode("utf-8", "replace")

    def _decode(self, raw: bytes) -> Reply:
        body = parse(raw)
        data = body.get("data") if isinstance(body, dict) else None
        if not isinstance(data, list) or len(data) != 1 or not isinstance(data[0], dict):
            message = "the body has no data of one conversation"
            raise Broken(message)
        values = data[0].get("probs")
        score = values[0] if isinstance(values, list) and len(values) == 1 else None
        if isinstance(score, bool) or not isinstance(score, (int, float)):
            message = f"a reward model gives one number, and this gave {str(values)[:100]}"
            raise Broken(message)
        usage = body.get("usage")
        return Reply(score=float(score), prompt_tokens=count(usage.get("prompt_tokens")) if isinstance(usage, dict) else 0)
