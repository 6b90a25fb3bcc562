"""The answer of a JSON object or a Python dictionary, however damaged, under `"answer"` or another name for it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from rewardkit.extract.announcements import within
from rewardkit.extract.keys import Key, keys_in, last_key
from rewardkit.extract.statement import TAIL, Method, Reason, Statement, fold
from rewardkit.prose.names import refuses, says_answer

__all__ = ["json_field"]

_QUOTED_KEY = r"""(["'])([^\W\d_][\w -]{0,24})\1\s?:\s*"""
_NAME = re.compile(r"[^\W\d_][\w -]{0,24}")
_NAMED = re.compile(r"(?:final[_ -]?)?answer|final", re.IGNORECASE)
_SPACE = re.compile(r"\s*")
_STRING = re.compile(r"""(["'])((?:(?!\1)[^\\]|\\.)*)\1""", re.DOTALL)
_BARE = re.compile(r"\[[^\[\]\n]{0,4000}\]|[^,}\]\n]+")
_MISREAD = re.compile(r"[\x08\x0c]|[\t\r](?=[a-z])")
# What is said of the whole object.
_FLAG = re.compile(rf"""{_QUOTED_KEY}["']?(true|yes|false|no)\b""", re.IGNORECASE)
_SAID = re.compile(r":\s?[\"']?(?:true|yes|false|no)\b", re.IGNORECASE)
_CALLED = re.compile(
    r"(?:is|was)[_ -]?(?:final|answer)|(?:(?:is|was)[_ -]?)?(?:correct|right|valid|accepted|true)|正确|正確|对", re.IGNORECASE
)
# What a word says of the whole object, {"status": "rejected"}, and another answer beside the first.
_WORD = re.compile(r"""\s*(["'])([^\W\d_][\w -]{0,24})\1""")
_SECOND = re.compile(
    r"""(["'])((?:[\w-]{0,24}[_ -])?(?:answer|correction|corrected)(?:[_ -]?[\w-]{0,12})?)\1\s?:\s*["']?([^"',{}\[\]\n]{1,40})""",
    re.IGNORECASE,
)
OBJECT = 4_096  # characters to each side in which an object is looked for


def json_field(text: str) -> Statement | None:
    """The value of the last key for an answer; under a name such as "result" only in an object that ends the text."""
    if "':" not in text and '":' not in text and '" :' not in text:
        return None
    key = last_key(text, _NAMED)
    if key is None and text[-TAIL:].rstrip("` \n;")[-1:] == "}":
        named = [key for key, name in _named(text, max(0, text.rfind("{")), len(text)) if says_answer(name)]
        key = next((key for key in reversed(named) if not _FLAG.match(text, key.begin)), named[-1] if named else None)
    if key is None:
        return None
    behind = _SPACE.match(text, key.end)
    value = _value(text, behind.end() if behind else key.end).strip()
    if not value or value == "None" or _is_refused(text, key.begin):
        return Statement(None, Method.JSON, Reason.NO_ANSWER)
    return within(value, Method.JSON)


def _named(text: str, begin: int, end: int) -> Iterator[tuple[Key, str]]:
    """The keys between two places that are names, each with its name."""
    for key in keys_in(text, begin, end):
        if _NAME.fullmatch(text, key.begin + 1, key.close):
            yield key, text[key.begin + 1 : key.close]


def _is_refused(text: str, at: int) -> bool:
    """Whether the object around a place says of itself that it is wrong."""
    begin, end = text.rfind("{", max(0, at - OBJECT), at), text.find("}", at, at + OBJECT)
    if begin < 0 or end < 0:
        return False
    for key, name in _named(text, begin, end):
        if (word := _WORD.match(text, key.end, end)) and refuses(word[2]) and says_answer(name) is not True:
            return True
    if _offers_several(text, begin, end):
        return True
    if _SAID.search(text, begin, end) is None:
        return False
    flags = [(flag[2], flag[3].lower() in ("true", "yes")) for flag in _FLAG.finditer(text, begin, end)]
    return any(said if says_answer(name) is False else not said and _CALLED.fullmatch(name) for name, said in flags)


def _offers_several(text: str, begin: int, end: int) -> bool:
    """Whether an object has two answers that differ; one that names an answer but once is not read for it."""
    low = text[begin:end].casefold()
    if low.count("answer") + low.count("correct") < 2:
        return False
    offered = (fold(one[3]) for one in _SECOND.finditer(text, begin, end) if says_answer(one[2]) is not False)
    return len(set(offered)) > 1


def _value(text: str, at: int) -> str:
    string = _STRING.match(text, at)
    if string:
        return _unescape(string[2])
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
