"""Prompts and completions as turns of one conversation: who said what, and which of it the policy wrote in this rollout.

A text is one turn, whatever stands in it: turns come from the structure of a row and never from marks in a text, so that no
policy can write a turn of another's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Message", "before_answer", "called", "final_text", "message_text", "messages_of", "split"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn: its role, its text, and the calls of tools that it makes.

    `calls` are the entries of `tool_calls` as they came. `name` is what a tool's turn says of itself: its `name`, else its
    `tool_call_id`. `own` is true of what the policy wrote in this rollout: assistant turns of the completion, not of the prompt.
    """

    role: str
    text: str = ""
    calls: tuple[Any, ...] = ()
    name: str = ""
    own: bool = False


def message_text(value: Any) -> str:
    """Text of a completion or prompt: a string, or the last message of a conversation.

    A message's content may be a string or a list of parts, of which the text parts are joined.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return message_text(value.get("content"))
    if isinstance(value, Sequence):
        if _is_parts(value):
            return "".join(str(part.get("text") or "") for part in value)
        last = _last_assistant(value)
        return message_text(value[-1] if last is None and value else last)
    return "" if value is None else str(value)


def final_text(completion: Any) -> str:
    """The text of the last assistant message; empty where a tool or a user speaks and no assistant."""
    if isinstance(completion, Mapping):
        return message_text(completion) if completion.get("role", "assistant") == "assistant" else ""
    if isinstance(completion, Sequence) and not isinstance(completion, str) and not _is_parts(completion):
        return message_text(_last_assistant(completion))
    return message_text(completion)


def messages_of(prompt: Any, completion: Any) -> tuple[Message, ...]:
    """The turns of the prompt, then those of the completion. A text is one turn: the user's, the assistant's."""
    return (*_turns(prompt, "user", own=False), *_turns(completion, "assistant", own=True))


def called(turn: Message) -> str:
    """The calls of a turn as JSON, one a line; empty without any."""
    return "\n".join(json.dumps(call, ensure_ascii=False, default=str) for call in turn.calls)


def before_answer(turns: Sequence[Message]) -> tuple[tuple[Message, ...], tuple[Message, ...]]:
    """The turns of the prompt, and those of the completion without the final answer, the last one that the policy wrote.

    A prompt of one turn is the question itself, and gives none.
    """
    first = next((place for place, turn in enumerate(turns) if turn.own), len(turns))
    last = max((place for place, turn in enumerate(turns) if turn.own), default=-1)
    return (tuple(turns[:first]) if first > 1 else ()), tuple(turn for place, turn in enumerate(turns) if first <= place != last)


def split(messages: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """A whole conversation as prompt and completion: what comes after the last turn of a user is the completion."""
    users = [place for place, one in enumerate(messages) if isinstance(one, Mapping) and one.get("role") == "user"]
    systems = [place for place, one in enumerate(messages) if isinstance(one, Mapping) and one.get("role") == "system"]
    cut = max([*users, *systems], default=-1) + 1
    return list(messages[:cut]), list(messages[cut:])


def _is_parts(value: Sequence[Any]) -> bool:
    return bool(value) and all(isinstance(part, Mapping) and "role" not in part for part in value)


def _last_assistant(value: Sequence[Any]) -> Any:
    """The last message that an assistant may have written; None without one."""
    for message in reversed(value):
        if not isinstance(message, Mapping) or message.get("role", "assistant") == "assistant":
            return message
    return None


def _turns(value: Any, role: str, *, own: bool) -> list[Message]:
    if value is None or value == "":
        return []
    several = isinstance(value, Sequence) and not isinstance(value, str) and not _is_parts(value)
    return [_turn(one, role, own=own) for one in (value if several else [value])]


def _turn(value: Any, role: str, *, own: bool) -> Message:
    if not isinstance(value, Mapping):
        return Message(role, message_text(value), own=own)
    role = str(value.get("role", role))
    calls = value.get("tool_calls")
    told = tuple(calls) if isinstance(calls, Sequence) and not isinstance(calls, str) else ()
    name = value.get("name") or value.get("tool_call_id") or ""
    return Message(role, message_text(value), told, str(name), own and role == "assistant")
