"""Values of records, whose types nobody promises, as what the page shows."""

from __future__ import annotations

import json
import math
from typing import Any

from rewardkit.types import message_text

__all__ = ["Text", "chat_of", "json_of", "number_of", "shorten", "text_of"]

Text = str | list[str | int] | None
"""A whole text, or its head, the number of characters left out, and its tail."""


def shorten(text: str, limit: int) -> Text:
    """The text, or its head and tail: the question is understood from the one, the answer stands in the other."""
    left_out = len(text) - limit
    if left_out <= 0:
        return text
    head = limit // 3
    return [text[:head], left_out, text[head + left_out :]]


def number_of(value: Any) -> float | None:
    """A finite number or None: the page's JSON knows no NaN, and a reward that is none must not look like one."""
    if isinstance(value, (int, float)):
        try:
            number = float(value)
        except OverflowError:
            return None
        return number if math.isfinite(number) else None
    return None


def text_of(value: Any) -> str | None:
    """A value as text: a list of accepted answers with bars between them."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        return " | ".join(text_of(part) or "" for part in value)
    return str(value)


def chat_of(value: Any) -> str | None:
    """A prompt or completion as text, of a conversation the last message."""
    return None if value is None else message_text(value)


def json_of(value: Any) -> str:
    """A value as JSON, which the page sets out in lines, or as Python writes it where JSON cannot."""
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, TypeError, RecursionError):
        return repr(value)
