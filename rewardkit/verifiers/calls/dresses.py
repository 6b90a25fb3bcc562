"""The calls of a completion, in whichever dress its chat template gives them.

| dress | as |
|---|---|
| message objects | `{"tool_calls": [{"function": {"name": …, "arguments": "…"}}]}` on the last assistant message |
| Hermes, Qwen | `<tool_call>{"name": …, "arguments": {…}}</tool_call>`, one a block |
| Mistral | `[TOOL_CALLS][{"name": …, "arguments": {…}}, …]` |
| Llama, built in | `<|python_tag|>{"name": …, "parameters": {…}}`, several with `;` between |
| Llama, user-defined | `<function=name>{…}</function>` |
| Python | `[f(a=1), g(b="x")]` as the whole of what is told |
| JSON | an object or an array of them as the whole of what is told, also in one fence |

A call inside `<think>` is only thought of, and one dress is not mixed with another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rewardkit.extract import outside_think
from rewardkit.types import Sample
from rewardkit.verifiers.calls.call import Call, Unreadable, from_object, from_python, loads

__all__ = ["calls_of"]

MOST = 256  # calls of one completion
_HERMES = re.compile(r"<tool_call>(.*?)(?:</tool_call>|$)", re.DOTALL)
_LLAMA = re.compile(r"<function=([\w.-]+)>(.*?)(?:</function>|$)", re.DOTALL)
_FENCE = re.compile(r"```[ \t]*(?:json|python|tool_code|tool_call)?[ \t]*\n(.*?)\n[ \t]*```", re.DOTALL)
_PYTHON = re.compile(r"\[?\s*[A-Za-z_][\w.]*\s*\(")
_ENDINGS = re.compile(r"(?:<\|(?:eot_id|eom_id|im_end|end|endoftext)\|>|</s>|\s)+$")


def calls_of(sample: Sample) -> list[Call]:
    """The calls that the completion makes, in order; none where it only talks. Raises `Unreadable` for a dress without a call."""
    objects = _message_calls(sample.completion)
    if objects is not None:
        return [from_object(one) for one in objects[:MOST]]
    text = _ENDINGS.sub("", outside_think(sample.text)).strip()
    if "<tool_call>" in text:
        return [call for found in _HERMES.findall(text)[:MOST] for call in _of_json(found)]
    if "[TOOL_CALLS]" in text:
        return _of_json(text.rsplit("[TOOL_CALLS]", 1)[1])
    if "<function=" in text:
        return [from_object({"name": name, "arguments": body.strip()}) for name, body in _LLAMA.findall(text)[:MOST]]
    text = text.removeprefix("<|python_tag|>").strip()
    fenced = _FENCE.findall(text)
    if len(fenced) == 1 and not _FENCE.sub("", text).strip():
        text = fenced[0].strip()
    if text.startswith(("{", "[{", "[ {")) or text == "[]":
        return [call for part in _parts(text) for call in _of_json(part)]
    return from_python(text) if _PYTHON.match(text) and text.endswith((")", "]")) else []


def _message_calls(completion: Any) -> Sequence[Any] | None:
    """The `tool_calls` of the last assistant message, where the completion is messages that have some."""
    messages = [completion] if isinstance(completion, Mapping) else completion
    if isinstance(messages, str) or not isinstance(messages, Sequence):
        return None
    for message in reversed(messages):
        if isinstance(message, Mapping) and message.get("role", "assistant") == "assistant":
            found = message.get("tool_calls")
            return found if isinstance(found, Sequence) and not isinstance(found, str) and found else None
    return None


def _of_json(text: str) -> list[Call]:
    value = loads(text.strip())
    return [from_object(one) for one in (value if isinstance(value, list) else [value])[:MOST]]


def _parts(text: str) -> list[str]:
    """Objects that Llama puts side by side with `;` between them; else the whole."""
    try:
        loads(text)
    except Unreadable:
        parts = re.split(r"(?<=\})\s*;\s*(?=\{)", text)
        return parts if len(parts) > 1 else [text]
    return [text]
