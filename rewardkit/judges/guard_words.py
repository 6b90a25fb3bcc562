"""What the guard's rules look for, read from the files in `words/`: words and patterns."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

__all__ = [
    "ANNOUNCEMENTS",
    "CLAIMS",
    "COMMANDS",
    "CONTROL",
    "END_OF_TURN",
    "HEADINGS",
    "POLAR_QUESTION",
    "ROLES",
    "VERDICTS",
]

FOLDER = Path(__file__).parent / "words"


def _lines(name: str) -> list[str]:
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("# ")]


def _words(name: str) -> frozenset[str]:
    return frozenset(unicodedata.normalize("NFKC", " ".join(_lines(name))).casefold().split())


def _pattern(name: str) -> re.Pattern[str]:
    """One pattern a line, of which any may match; `@NAME@ = …` names a part. Gaps are bounded, so that a search is linear."""
    parts: dict[str, str] = {}
    patterns = []
    for line in _lines(name):
        head, equals, tail = line.partition(" = ")
        for part, meaning in parts.items():
            line = line.replace(part, meaning)
        if equals and re.fullmatch(r"@[A-Z]+@", head):
            parts[head] = tail
        else:
            patterns.append(f"(?:{line})")
    return re.compile("|".join(patterns))


HEADINGS, VERDICTS = _words("headings"), _words("verdicts")
CLAIMS, COMMANDS, ROLES = _pattern("claims"), _pattern("commands"), _pattern("roles")
ANNOUNCEMENTS = _pattern("announcements")

POLAR_QUESTION = re.compile(
    r"(?:^|[.?!,:;\n]\s*|\b(?:whether|and|or)\s+)"
    r"(?:is|are|was|were|am|do|does|did|can|could|will|would|has|have|had|should|may|might)\b"
    r"|\b(?:true|false|yes|no|correct|right)\b|吗|是否|对错|对吗|か[?？。]|까[?？]"
)
CONTROL = re.compile(
    r"<\|[^|<>\n]{1,40}\|?>|<｜[^｜<>\n]{1,40}｜?>|\[/?inst\]|<</?sys>>|</?s>|<(?:start|end)_of_turn>"
    r"|</?(?:bos|eos|pad|unk|mask|sep|cls)>|\[(?:cls|sep|mask|pad|unk|bos|eos)\]"
    r"|<(?:tool_call|tool_response|function_call|unused\d{1,3}|extra_id_\d{1,3})>|<0x[0-9a-f]{2}>"
)
END_OF_TURN = re.compile(
    r"(?:\s*(?:<\|(?:im_end|endoftext|eot_id|end|end_of_text|eom_id|return)\|>|</s>|<eos>|<end_of_turn>"
    r"|<｜end▁of▁sentence｜>))+\s*$"
)
