"""Messages of a trainer's own types as chat messages, which is what a conversation is read from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["turn_of", "turns_of"]

FIELDS = ("role", "content", "tool_calls", "name", "tool_call_id")


def turns_of(value: Any) -> Any:
    """A prompt or a completion with each message as a mapping; a text, or None, as it is."""
    if value is None or isinstance(value, str) or not isinstance(value, Sequence):
        return value
    return [turn_of(message) for message in value]


def turn_of(message: Any) -> Any:
    """A message as a mapping of its role, content, calls, name and the call that it answers, as far as it has them.

    Takes mappings and pydantic's models. The role "text", which is that of a text without a chat, is left out: whose it is then
    follows from where it stands.
    """
    if isinstance(message, str):
        return message
    fields = message if isinstance(message, Mapping) else message.model_dump(include=set(FIELDS))
    kept = {name: fields[name] for name in FIELDS if fields.get(name) is not None}
    return {name: value for name, value in kept.items() if (name, value) != ("role", "text")}
