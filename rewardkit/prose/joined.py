"""How two values that a text offers stand to one another: side by side, or one instead of the other."""

from __future__ import annotations

import re
from functools import lru_cache

from rewardkit.first_use import first_use
from rewardkit.prose.phrases import Meaning, Reach, Side, phrases
from rewardkit.prose.sentences import sentence_before

__all__ = ["alternative_before", "alternative_behind", "are_alternatives"]

FAR = 200  # characters; values farther apart are not offered together

_GLUE = r"[\s,;:.$&、，；*]|\\[()\[\],;!]|\\q?quad\b|\\text\s*\{\s*(?:and|or)\s*\}|\([^()]{0,24}\)"
_NAME = r"(?:[A-Za-z](?:_\{?\w{1,4}\}?)?\s*=\s*)?"
_VALUE = (
    r"(?P<value>\$[^$\n]{1,60}\$|\\boxed\s*\{[^{}]{1,60}\}|\\[a-zA-Z]+(?:\s*\{[^{}]{0,40}\}){0,2}"
    r"|[-−+]?[$€£]?\d[\d.,/]*%?|[(]?[A-Z][)]?(?![\w])|[A-Z][\w'-]+)"
)


@lru_cache(maxsize=1)
@first_use
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    joins = phrases(Meaning.JOINS, Side.BEFORE, Reach.TOUCHING).source
    between = re.compile(rf"(?:{_GLUE}|(?i:{joins}))*{_NAME}")
    instead = phrases(Meaning.OR, Side.BEFORE, Reach.TOUCHING).source
    behind = re.compile(rf"(?:[\s$)\]*.,;(]|\\[)\]])*?(?:(?i:{instead}))[\s$(*]*{_VALUE}")
    before = re.compile(rf"(?:^|[\s(:]){_VALUE}[\s,;$)]*(?:(?i:{instead}))[\s$(\[*\\]*$")
    return between, behind, before


def are_alternatives(text: str, end: int, begin: int) -> bool:
    """Whether nothing but what joins stands between the end of one value and the beginning of the next."""
    return begin - end <= FAR and _patterns()[0].fullmatch(text, end, begin) is not None


def alternative_behind(text: str, end: int) -> str | None:
    """The value that is offered instead of the one that ends here: 41 in "42 or 41"; None without one."""
    if " or" not in text[end : end + FAR] and text.isascii():
        quick = text[end : end + 80].lower()
        if not any(word in quick for word in ("maybe", "perhaps", "possibly", "alternatively", "could", "might")):
            return None
    found = _patterns()[1].match(text, end, end + FAR)
    return _bare(found["value"]) if found else None


def alternative_before(text: str, begin: int) -> str | None:
    """The value instead of which the one that begins here is offered: 41 in "41 or 42"; None without one."""
    if not text[max(0, begin - FAR) : begin].strip(" $\n\\([{*"):
        return None
    found = _patterns()[2].search(sentence_before(text, begin))
    return _bare(found["value"]) if found else None


def _bare(value: str) -> str:
    value = value.strip("$ ")
    return value[value.index("{") + 1 : -1] if "{" in value and value.startswith("\\boxed") else value.rstrip(".,")
