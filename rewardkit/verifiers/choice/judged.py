"""A text that calls each option it names right or wrong, and says nothing else: "A: wrong. B: right.", "B正确。", "- B ✓"."""

from __future__ import annotations

import re
from functools import lru_cache

from rewardkit.prose.phrases import Meaning, Reach, Side, phrases
from rewardkit.verifiers.choice.letters import NOUN, letter_of
from rewardkit.verifiers.choice.options import Options
from rewardkit.verifiers.choice.reading import Found, Reading

__all__ = ["judged"]

LIMIT = 2_000
_CLAUSE = re.compile(r"(?:[.;；。！!\n]|[,，、]|\bbut\b)+")
_TOO = re.compile(r"\s*(?:and\s+)?so is (?P<letter>[A-Z])\s*")


@lru_cache(maxsize=1)
def _judgement() -> re.Pattern[str]:
    """A clause that names an option and says that it is right, or wrong."""
    right = phrases(Meaning.JUDGES_RIGHT, Side.BEHIND, Reach.END).source
    wrong = phrases(Meaning.JUDGES_WRONG, Side.BEHIND, Reach.END).source
    option = rf"(?:{NOUN}\s*)?[(（\[]?(?P<letter>[A-ZＡ-Ｚ])(?![A-Za-z])[)）\]]?[*_]*\s*(?:选项|選項|項)?\s*[:：–—=-]?[*_\s]*"
    return re.compile(
        rf"[\s*_>•-]*(?:(?:and|und|et|y|e)\s+)?{option}(?:(?P<right>{right})|(?P<wrong>{wrong}))(?:です|だ)?[*_\s]*", re.IGNORECASE
    )


def judged(text: str, options: Options) -> Found | None:
    """The options that a text calls right, where every clause of it judges an option; None for any other text."""
    if len(text) > LIMIT:
        return None
    right: set[str] = set()
    clauses = [clause for clause in _CLAUSE.split(text) if clause.strip(" *_-")]
    for clause in clauses:
        found = _judgement().fullmatch(clause)
        too = _TOO.fullmatch(clause) if found is None and right else None
        letter = letter_of((found or too)["letter"], options) if found or too else ""  # type: ignore[index]
        if not letter:
            return None
        if too or (found and found["right"]):
            right.add(letter)
    if not right:
        return Found(None, None, "judged") if clauses else None
    return Found(Reading(frozenset(right), "letter" if len(right) == 1 else "letters"), text.strip(), "judged")
