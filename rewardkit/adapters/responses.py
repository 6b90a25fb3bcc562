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
    `ground_truth`, `gold` and NeMo-Gym's `expected_answer`. A rollout without a message has the completion "": the policy has
    answered nothing.
    """
    metadata = body.get("verifier_metadata")
    columns = {**(metadata if isinstance(metadata, Mapping) else {}), **{k: v for k, v in body.items() if k not in ROLLOUT}}
    reference = next((name for name in REFERENCES if columns.get(name) is not None), None)
    reference = reference or next((name for name in REFERENCES if name in columns), None)
    if reference is not None:
        columns["answer"] = columns[reference]
    asked = body.get("responses_create_params") or {}
    prompt = asked.get("input")
    said = [message for message in messages_of(body["response"].get("output") or ()) if message["role"] == "assistant"]
    prompt = prompt if isinstance(prompt, str) or prompt is None else messages_of(prompt)
    return {**columns, "prompt": prompt, "completion": said or ""}


def messages_of(items: Sequence[Any]) -> list[dict[str, str]]:
    """The messages among the items of a Responses input or output, each with its text; reasoning and tool calls are none."""
    found = []
    for item in items:
        if isinstance(item, Mapping) and item.get("type", "message") == "message":
            found.append({"role": str(item.get("role", "assistant")), "content": _text(item.get("content"))})
    return found


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, Sequence) else ()
    return "".join(part["text"] for part in parts if isinstance(part, Mapping) and isinstance(part.get("text"), str))
