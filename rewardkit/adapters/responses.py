"""What an OpenAI Responses object holds, as messages: NeMo-Gym's rollouts are such."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["messages_of", "row_of"]

ROLLOUT = ("responses_create_params", "response")
REFERENCES = ("answer", "solution", "ground_truth", "gold", "expected_answer")


def row_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a verify request: prompt, completion, and its other fields as columns.

    The entries of a `verifier_metadata` object are columns as well. The reference is the first of `answer`, `solution`,
    `ground_truth`, `gold` and NeMo-Gym's `expected_answer`. The completion is the whole rollout, with its calls of tools and what
    they answered; one in which the policy says and calls nothing has the completion "".
    """
    metadata = body.get("verifier_metadata")
    columns = {**(metadata if isinstance(metadata, Mapping) else {}), **{k: v for k, v in body.items() if k not in ROLLOUT}}
    reference = next((name for name in REFERENCES if columns.get(name) is not None), None)
    reference = reference or next((name for name in REFERENCES if name in columns), None)
    if reference is not None:
        columns["answer"] = columns[reference]
    asked = body.get("responses_create_params") or {}
    prompt = asked.get("input")
    said = messages_of(body["response"].get("output") or ())
    prompt = prompt if isinstance(prompt, str) or prompt is None else messages_of(prompt)
    return {**columns, "prompt": prompt, "completion": said if any(turn["role"] == "assistant" for turn in said) else ""}


def messages_of(items: Sequence[Any]) -> list[dict[str, Any]]:
    """The turns among the items of a Responses input or output; reasoning is none.

    A call of a tool belongs to the assistant's turn before it, or is one of its own; what a tool answers is a turn of the tool.
    """
    found: list[dict[str, Any]] = []
    for item in items:
        if not isinstance(item, Mapping):
            continue
        kind = item.get("type", "message")
        if kind == "message":
            found.append({"role": str(item.get("role", "assistant")), "content": _text(item.get("content"))})
        elif kind == "function_call":
            if not found or found[-1]["role"] != "assistant":
                found.append({"role": "assistant", "content": ""})
            found[-1].setdefault("tool_calls", []).append({"name": item.get("name"), "arguments": item.get("arguments")})
        elif kind == "function_call_output":
            found.append({"role": "tool", "content": _text(item.get("output")), "tool_call_id": str(item.get("call_id", ""))})
    return found


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, Sequence) else ()
    return "".join(part["text"] for part in parts if isinstance(part, Mapping) and isinstance(part.get("text"), str))
