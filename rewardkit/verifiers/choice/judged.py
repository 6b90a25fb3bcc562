"""A text that calls each option it names right or wrong, and says nothing else: "A: wrong. B: right.", "B正确。", "- B ✓"."""

from __future__ import annotations

import re
from functools import lru_cache

from rewardkit.prose.phrases import Meaning, Reach, Side, phrases
from rewardkit.verifiers.choice.inverted import is_inverted
from rewardkit.verifiers.choice.letters import NOUN, letter_of
from rewardkit.verifiers.choice.options import Options
from rewardkit.verifiers.choice.reading import Found, Reading

__all__ = ["judged"]

LIMIT = 2_000
# A point behind a capital letter alone is that of a label.
_CLAUSE = re.compile(r"(?:(?<!\b[A-Z])\.|[;；。！!\n]|[,，、]|\bbut\b)+|(?<=[✓✔✅✗✘❌✖])\ufe0f?\s+(?=[A-Z]\b)")
_TOO = re.compile(r"\s*(?:and\s+)?so is (?P<letter>[A-Z])[\s.]*")


@lru_cache(maxsize=1)
def _judgement() -> re.Pattern[str]:
    """A clause that names an option and says that it is right, or wrong."""
    right = phrases(Meaning.JUDGES_RIGHT, Side.BEHIND, Reach.END).source
    wrong = phrases(Meaning.JUDGES_WRONG, Side.BEHIND, Reach.END).source
    rest = r"(?P<rest>(?:all\s+)?(?:the\s+)?(?:others?|rest)(?:\s+are)?|(?:其余|其他|其它)(?:选项)?(?:都|均|皆)?)\s*"
    option = rf"(?:{NOUN}\s*)?[(（\[]?(?P<letter>[A-ZＡ-Ｚ])(?![A-Za-z])[)）\]]?[*_]*\s*(?:选项|選項|項)?\s*[.:：–—=-]?[*_\s]*"
    return re.compile(
        rf"[\s*_>•-]*(?:(?:and|und|et|y|e)\s+)?(?:{option}|{rest})(?:(?P<right>{right})|(?P<wrong>{wrong}))(?:です|だ)?[*_\s]*",
        re.IGNORECASE,
    )


def judged(text: str, options: Options, prompt: str) -> Found | None:
    """The options that a text calls right, where every clause of it judges an option; None for any other text.

    Where the prompt asks for what is not so it cannot be told whether the statement is called right or the choice of it.
    """
    if len(text) > LIMIT:
        return None
    right: set[str] = set()
    believed = False
    clauses = [clause for clause in _CLAUSE.split(text) if clause.strip(" *_-")]
    for clause in clauses:
        found = _judgement().fullmatch(clause)
        if found is not None and found["rest"] and found["wrong"]:
            continue
        named = found or _TOO.fullmatch(clause)
        letter = letter_of(named["letter"] or "", options) if named else ""
        if not letter:
            return None
        believed = found["right"] is not None if found else believed
        if believed:
            right.add(letter)
    if any(_judgement().fullmatch(f"A {words}") for words in options.texts.values()):
        return None  # where "no" is the text of an option, "B: no" calls nothing wrong
    inverted = is_inverted(prompt, options)
    if inverted and len(clauses) == 1:
        return None
    if inverted or not right:
        return Found(None, None, "judged") if clauses else None
    return Found(Reading(frozenset(right), "letter" if len(right) == 1 else "letters"), text.strip(), "judged")
