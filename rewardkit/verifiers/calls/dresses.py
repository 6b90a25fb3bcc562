"""The calls of a completion, in whichever dress its chat template gives them.

| dress | as |
|---|---|
| message objects | `{"tool_calls": [{"function": {"name": …, "arguments": "…"}}]}` on an assistant message |
| Hermes, Qwen | `<tool_call>{"name": …, "arguments": {…}}</tool_call>`, one a block |
| Qwen coder | `<tool_call><function=name><parameter=a>1</parameter></function></tool_call>`, JSON or text as value |
| Mistral | `[TOOL_CALLS][{"name": …, "arguments": {…}}, …]`, or `[TOOL_CALLS]name[ARGS]{…}`, also with a `[CALL_ID]` |
| Llama, built in | `<|python_tag|>{"name": …, "parameters": {…}}`, several with `;` between |
| Llama, user-defined | `<function=name>{…}</function>` |
| Python | `[f(a=1), g(b="x")]` as the whole of what is told |
| JSON | an object or an array of them as the whole of what is told, also in one fence |

A call inside `<think>` is only thought of. One dress is not mixed with another: a text with two is unreadable, and where a turn
has message objects, the texts of the others hold no calls.
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
_CODER = re.compile(
    r"\s*<function=([\w.-]+)>((?:\s*<parameter=[\w.-]+>(?:(?!<parameter=).)*?</parameter>)*)\s*</function>\s*", re.DOTALL
)
_PARAMETER = re.compile(r"<parameter=([\w.-]+)>(.*?)</parameter>", re.DOTALL)
_FENCE = "```"
_LANGUAGES = ("", "json", "python", "tool_code", "tool_call")
_PYTHON = re.compile(r"\[?\s*[A-Za-z_][\w.]*\s*\(")
_ENDINGS = ("<|eot_id|>", "<|eom_id|>", "<|im_end|>", "<|end|>", "<|endoftext|>", "</s>")
_MARKS = ("<tool_call>", "[TOOL_CALLS]", "<function=")


def calls_of(turns: Sequence[Message]) -> list[Call]:
    """The calls that turns make, in order; none where they only talk. Raises `Unreadable` for a dress without a call."""
    if any(turn.calls for turn in turns):
        return [from_object(one) for turn in turns for one in turn.calls][:MOST]
    return [call for turn in turns for call in _written(turn.text)][:MOST]


def _written(text: str) -> list[Call]:
    text = _unfenced(_ended(outside_think(text)).removeprefix("<|python_tag|>").strip())
    dress = next((mark for mark in _MARKS if mark in text), None)
    if dress == "<tool_call>":
        _refuse_others(_HERMES.sub("", text))
        return [call for found in _HERMES.findall(text)[:MOST] for call in (_of_tags(found) or _of_json(found))]
    if dress == "[TOOL_CALLS]":
        before, *blocks = text.split(dress)
        _refuse_others(before)
        return [call for block in blocks[:MOST] for call in (_of_arguments(block) or _of_json(block))]
    if dress == "<function=":
        return [from_object({"name": name, "arguments": body.strip()}) for name, body in _LLAMA.findall(text)[:MOST]]
    if text.startswith(("{", "[{", "[ {")) or text == "[]":
        return [call for part in _parts(text) for call in _of_json(part)]
    return from_python(text) if _PYTHON.match(text) and text.endswith((")", "]")) else []


def _ended(text: str) -> str:
    """The text without the marks that end a turn."""
    text = text.strip()
    while (mark := next((one for one in _ENDINGS if text.endswith(one)), None)) is not None:
        text = text.removesuffix(mark).rstrip()
    return text


def _unfenced(text: str) -> str:
    """What is in the fence that is around the whole text; else the text."""
    if len(text) < 2 * len(_FENCE) or not (text.startswith(_FENCE) and text.endswith(_FENCE)):
        return text
    language, _, body = text[len(_FENCE) : -len(_FENCE)].partition("\n")
    return body.strip() if language.strip() in _LANGUAGES and _FENCE not in body else text


def _refuse_others(text: str) -> None:
    if any(mark in text for mark in _MARKS):
        message = "calls in more than one dress"
        raise Unreadable(message)


def _of_json(text: str) -> list[Call]:
    value = loads(text.strip())
    return [from_object(one) for one in (value if isinstance(value, list) else [value])[:MOST]]


def _of_tags(text: str) -> list[Call]:
    """The call of a block in tags; none where it is in another dress."""
    found = _CODER.fullmatch(text)
    if found is None:
        return []
    given = _PARAMETER.findall(found[2])
    if len({name for name, _ in given}) < len(given):
        message = f"a parameter of {found[1]} is given twice"
        raise Unreadable(message)
    return [from_object({"name": found[1], "arguments": {name: _value(text) for name, text in given}})]


def _value(text: str) -> object:
    """What a tag holds: JSON where it is some, else the text."""
    bare = text.strip()
    try:
        return loads(bare)
    except Unreadable:
        return bare


def _of_arguments(text: str) -> list[Call]:
    """The call of a block with a name before its arguments; none where it is in another dress."""
    head, mark, arguments = text.partition("[ARGS]")
    return [from_object({"name": head.partition("[CALL_ID]")[0].strip(), "arguments": arguments.strip()})] if mark else []


def _parts(text: str) -> list[str]:
    """Objects that Llama puts side by side with `;` between them; else the whole."""
    try:
        loads(text)
    except Unreadable:
        parts = re.split(r"(?<=\})\s*;\s*(?=\{)", text)
        return parts if len(parts) > 1 else [text]
    return [text]
