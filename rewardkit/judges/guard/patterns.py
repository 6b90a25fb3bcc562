"""What the guard's rules look for in words of many languages, read from the files in `words/`: sets of words, and patterns."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

__all__ = [
    "AGREEMENTS",
    "ANNOUNCEMENTS",
    "CLAIMS",
    "COMMANDS",
    "CONTROL",
    "COPULAS",
    "END_OF_TURN",
    "EVERYTHING",
    "HEADINGS",
    "HEDGES",
    "OR",
    "POLAR_QUESTION",
    "RIGHT_BECAUSE",
    "ROLES",
    "STEPS",
    "VERDICTS",
]

FOLDER = Path(__file__).parent / "words"


def _lines(name: str) -> list[str]:
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("# ")]


def _words(name: str) -> frozenset[str]:
    return frozenset(unicodedata.normalize("NFKC", " ".join(_lines(name))).casefold().split())


def _alternatives(name: str) -> str:
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
    return "|".join(patterns)


def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(_alternatives(name))


HEADINGS, VERDICTS = _words("headings"), _words("verdicts")
ANNOUNCEMENTS, CLAIMS, COMMANDS, CONTROL, ROLES = map(_pattern, ("announcements", "claims", "commands", "control", "roles"))
AGREEMENTS, COPULAS, EVERYTHING, HEDGES, OR = map(_pattern, ("agreements", "copulas", "everything", "hedges", "or"))
POLAR_QUESTION, RIGHT_BECAUSE, STEPS = map(_pattern, ("polar_questions", "right_because", "steps"))
END_OF_TURN = re.compile(rf"(?:\s*(?:{_alternatives('end_of_turn')}))+\s*$")
