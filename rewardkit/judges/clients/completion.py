"""One chat completion as JSON, out and back; whatever is not a whole reply is a `Broken` body, never half a reply."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from rewardkit.judges.client import Reply, Request

__all__ = ["Broken", "add_logprob", "count", "decode", "encode", "excerpt", "model_names", "parse", "plain_text"]

FORBIDDEN = -9999.0  # vLLM's way of writing minus infinity as JSON
POSITIVE_DUST = 1e-3  # rounding leaves a certain token a hair above probability 1


class Broken(ValueError):
    """The body is not what a chat completion looks like; the message says what is wrong with it."""


def encode(request: Request, model: str, extra: Mapping[str, Any], *, structured: bool = True) -> bytes:
    """The body of a POST to `/chat/completions`, of a plain request to `/completions`, in vLLM's dialect.

    `extra` overrides fields; one that is None is left out. Without `structured`, choices and schema are not sent.
    """
    body: dict[str, Any] = {
        "model": model,
        **({"prompt": plain_text(request)} if request.plain else {"messages": list(request.messages)}),
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "seed": request.seed,
    }
    if request.logprobs and not request.plain:
        body |= {"logprobs": True, "top_logprobs": request.logprobs}
    if structured and request.choices:
        body["structured_outputs"] = {"choice": list(request.choices)}
    elif structured and request.schema is not None:
        named = {"name": "verdict", "schema": dict(request.schema), "strict": True}
        body["response_format"] = {"type": "json_schema", "json_schema": named}
    body |= extra
    text = json.dumps({key: value for key, value in body.items() if value is not None}, ensure_ascii=False, default=dict)
    return text.encode("utf-8", "replace")  # a lone surrogate is no JSON to most servers, and would cost the row its verdict


def plain_text(request: Request) -> str:
    """The whole prompt of a plain request; raises `ValueError` for images, which only a chat can hold."""
    contents = [message["content"] for message in request.messages]
    if not all(isinstance(content, str) for content in contents):
        message = "a prompt without a chat template cannot hold images"
        raise ValueError(message)
    return "\n\n".join(contents)


def parse(raw: bytes) -> Any:
    """The JSON in a body; raises `Broken`, for NaN and infinities too."""
    try:
        return json.loads(raw, parse_constant=_no_constant)
    except (ValueError, RecursionError) as cause:
        end = " cut off?" if raw.lstrip()[:1] == b"{" and raw.rstrip()[-1:] != b"}" else ""
        message = f"the body is no JSON ({len(raw)} bytes{',' + end if end else ''}): {excerpt(raw)}"
        raise Broken(message) from cause


def decode(raw: bytes) -> Reply:
    """The reply in a body, of a chat or not; raises `Broken` unless it has exactly one choice with text in it."""
    body = parse(raw)
    choices = body.get("choices") if isinstance(body, dict) else None
    if not isinstance(choices, list):
        message = f"the body has no list of choices: {excerpt(raw)}"
        raise Broken(message)
    if len(choices) != 1:
        message = f"the body has {len(choices)} choices where one was asked for"
        raise Broken(message)
    choice = choices[0] if isinstance(choices[0], dict) else {}
    said = choice.get("message")
    text = said.get("content") if isinstance(said, dict) else choice.get("text")
    finish = choice.get("finish_reason")
    if not isinstance(text, str):
        message = f"the choice has no text, finish reason {finish!r}: {excerpt(raw)}"
        raise Broken(message)
    usage = body.get("usage")
    counts = usage if isinstance(usage, dict) else {}
    return Reply(
        text=text,
        top_logprobs=_first_token(choice.get("logprobs")),
        finish=finish if isinstance(finish, str) else "stop",
        prompt_tokens=count(counts.get("prompt_tokens")),
        completion_tokens=count(counts.get("completion_tokens")),
    )


def model_names(raw: bytes) -> list[str]:
    """The names that `/models` lists; raises `Broken`."""
    body = parse(raw)
    listed = body.get("data") if isinstance(body, dict) else None
    if not isinstance(listed, list) or not all(isinstance(one, dict) and isinstance(one.get("id"), str) for one in listed):
        message = f"the body is no list of models: {excerpt(raw)}"
        raise Broken(message)
    return [one["id"] for one in listed]


def excerpt(raw: bytes, length: int = 200) -> str:
    """The beginning of a body on one line, fit for a message."""
    text = " ".join(raw[: 4 * length].decode("utf-8", "replace").split())
    return text[:length] + "…" if len(text) > length else text or "(empty)"


def _first_token(logprobs: Any) -> dict[str, float]:
    content = logprobs.get("content") if isinstance(logprobs, dict) else None
    first = content[0] if isinstance(content, list) and content else None
    listed = first.get("top_logprobs") if isinstance(first, dict) else None
    found: dict[str, float] = {}
    for entry in listed if isinstance(listed, list) else ():
        token, value = (entry.get("token"), entry.get("logprob")) if isinstance(entry, dict) else (None, None)
        if not isinstance(token, str) or isinstance(value, bool) or not isinstance(value, (int, float)) or value > POSITIVE_DUST:
            message = f"a token has no logarithm of a probability: {str(entry)[:200]}"
            raise Broken(message)
        add_logprob(found, token, float(value))
    return found


def add_logprob(found: dict[str, float], token: str, value: float) -> None:
    """Put a token's log-probability in; tokens that read the same add up, and those that a grammar forbids are left out."""
    if value <= FORBIDDEN:
        return
    value = min(value, 0.0)
    if token in found:
        high, low = max(found[token], value), min(found[token], value)
        value = min(high + math.log1p(math.exp(low - high)), 0.0)
    found[token] = value


def count(value: Any) -> int:
    """A number of tokens; 0 for what is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0


def _no_constant(name: str) -> Any:
    message = f"{name} is no JSON"
    raise ValueError(message)
