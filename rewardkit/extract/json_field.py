"""The `"answer"` field of a JSON object, however damaged."""

from __future__ import annotations

import json
import re

from rewardkit.extract.announcements import within
from rewardkit.extract.statement import TAIL, Method, Reason, Statement

__all__ = ["json_field"]

_KEY = re.compile(r'"(?:final[_ ])?answer"\s*:\s*', re.IGNORECASE)
_STRING = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"', re.DOTALL)
_BARE = re.compile(r"[^,}\]\n]+")
_MISREAD = re.compile(r"[\x08\x0c]|[\t\r](?=[a-z])")


def json_field(text: str) -> Statement | None:
    """The `"answer"` value of the last JSON object."""
    if '"' not in text:
        return None
    key = None
    for key in _KEY.finditer(text):  # noqa: B007 - the last one is wanted
        pass
    if key is None:
        return None
    value = _value(text, key.end()).strip()
    if not value or value == "None":
        return Statement(None, Method.JSON, Reason.NO_ANSWER)
    return within(value, Method.JSON)


def _value(text: str, at: int) -> str:
    string = _STRING.match(text, at)
    if string:
        return _unescape(string[1])
    try:
        decoded, _ = json.JSONDecoder().raw_decode(text[at : at + TAIL])
    except (ValueError, RecursionError):
        bare = _BARE.match(text, at)
        return bare[0] if bare else ""
    return json.dumps(decoded, ensure_ascii=False) if isinstance(decoded, (list, dict, bool)) else str(decoded)


def _unescape(body: str) -> str:
    r"""A JSON string's text; where a model forgot to double a backslash (`\frac` reads as a form feed), it is kept."""
    if "\\" not in body:
        return body
    try:
        value = json.loads(f'"{body}"', strict=False)
    except ValueError:
        return body.replace("\\\\", "\\").replace('\\"', '"')
    if isinstance(value, str) and not _MISREAD.search(value):
        return value
    return body.replace("\\\\", "\\").replace('\\"', '"')
