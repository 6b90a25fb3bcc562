"""The calls of a completion, in whichever dress its chat template gives them.

| dress | as |
|---|---|
| message objects | `{"tool_calls": [{"function": {"name": …, "arguments": "…"}}]}` on an assistant message |
| Hermes, Qwen | `<tool_call>{"name": …, "arguments": {…}}</tool_call>`, one a block |
| Mistral | `[TOOL_CALLS][{"name": …, "arguments": {…}}, …]` |
| Llama, built in | `<|python_tag|>{"name": …, "parameters": {…}}`, several with `;` between |
| Llama, user-defined | `<function=name>{…}</function>` |
| Python | `[f(a=1), g(b="x")]` as the whole of what is told |
| JSON | an object or an array of them as the whole of what is told, also in one fence |

A call inside `<think>` is only thought of, and one dress is not mixed with another: where a turn has message objects, the texts
of the others hold no calls.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rewardkit.extract import outside_think
from rewardkit.types import Message
from rewardkit.verifiers.calls.call import Call, Unreadable, from_object, from_python, loads

__all__ = ["calls_of"]

MOST = 256  # calls of one completion
_HERMES = re.compile(r"<tool_call>(.*?)(?:</tool_call>|$)", re.DOTALL)
_LLAMA = re.compile(r"<function=([\w.-]+)>(.*?)(?:</function>|$)", re.DOTALL)
_FENCE = re.compile(r"```[ \t]*(?:json|python|tool_code|tool_call)?[ \t]*\n(.*?)\n[ \t]*```", re.DOTALL)
_PYTHON = re.compile(r"\[?\s*[A-Za-z_][\w.]*\s*\(")
_ENDINGS = re.compile(r"(?:<\|(?:eot_id|eom_id|im_end|end|endoftext)\|>|</s>|\s)+$")


def calls_of(turns: Sequence[Message]) -> list[Call]:
    """The calls that turns make, in order; none where they only talk. Raises `Unreadable` for a dress without a call."""
    if any(turn.calls for turn in turns):
        return [from_object(one) for turn in turns for one in turn.calls][:MOST]
    return [call for turn in turns for call in _written(turn.text)][:MOST]


def _written(text: str) -> list[Call]:
    text = _ENDINGS.sub("", outside_think(text)).strip()
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
