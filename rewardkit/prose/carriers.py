"""Words that only carry an answer, and words that say the same: `carriers.toml`, by language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from rewardkit.first_use import first_use
from rewardkit.prose.tables import read_table

__all__ = ["Language", "Role", "folded", "language_of", "languages", "plain"]

KEPT = 16_384  # words
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class Role(str, Enum):
    """What a word does around an answer, as the head of the table explains."""

    __hash__ = str.__hash__  # that of an enum is many times slower, and each word of a text asks for it

    ARTICLE = "article"
    CARRIES = "carries"
    KIND = "kind"
    AGENT = "agent"
    ADJUNCT = "adjunct"
    WITHIN = "within"
    AIMS = "aims"
    OPENS = "opens"
    TITLE = "title"
    JOINS = "joins"
    BETWEEN = "between"
    ASKS = "asks"
    AUXILIARY = "auxiliary"
    DOES = "does"
    POINTS = "points"
    THAN = "than"
    OR = "or"
    DENIES = "denies"
    TURNS = "turns"
    SUPPOSES = "supposes"
    FRAME = "frame"
    MONTHS = "months"
    ERAS = "eras"


# Words of these roles say nothing of their own, wherever they stand.
EMPTY = frozenset({Role.ARTICLE, Role.CARRIES, Role.KIND, Role.AGENT, Role.ADJUNCT, Role.FRAME})
_NONE: frozenset[Role] = frozenset()


@dataclass(frozen=True, eq=False)
class Language:
    """The words of one language by their roles, and its words that say the same.

    `same` maps a word to the numbers of the lines it stands in.
    """

    code: str
    roles: Mapping[str, frozenset[Role]]
    same: Mapping[str, frozenset[int]]
    longest: int
    known: frozenset[Role]  # those it has words for

    def roles_of(self, word: str) -> frozenset[Role]:
        """What a folded word does; nothing for a word that tells something."""
        return self.roles.get(word, _NONE)


def plain(text: str) -> str:
    """A text in small letters without accents and apostrophes; scripts whose marks are letters keep them."""
    text = text.casefold().replace("'", "").replace("’", "")
    if text.isascii() or _UNSPACED.search(text):
        return text
    apart = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFC", "".join(char for char in apart if not "\u0300" <= char <= "\u036f"))


@lru_cache(maxsize=KEPT)
def folded(word: str) -> str:
    """A word as `plain` writes it; the last few thousand are kept."""
    return plain(word)


@lru_cache(maxsize=1)
@first_use
def languages() -> Mapping[str, Language]:
    """The table, read once."""
    table = read_table("carriers.toml")
    roles: dict[str, dict[str, set[Role]]] = {}
    for row in table["carrier"]:
        for word in row["words"].split():
            roles.setdefault(row["language"], {}).setdefault(folded(word), set()).add(Role(row["role"]))
    same: dict[str, dict[str, set[int]]] = {}
    lines = [(row["language"], row["words"]) for row in table["same"]]
    lines += [(row["language"], words) for row in table["forms"] for words in row["words"]]
    for number, (code, line) in enumerate(lines):
        for word in line.split():
            same.setdefault(code, {}).setdefault(folded(word), set()).add(number)
    return {
        code: Language(
            code,
            {word: frozenset(found) for word, found in words.items()},
            {word: frozenset(numbers) for word, numbers in same.get(code, {}).items()},
            max((len(word) for word in words if _UNSPACED.search(word)), default=0),
            frozenset().union(*words.values()),
        )
        for code, words in roles.items()
    }


def language_of(words: Iterable[str]) -> Language | None:
    """The language that most of the folded words belong to; None where none of them tells, or several languages tie."""
    counts = dict.fromkeys(languages(), 0)
    for word in words:
        for code in _speakers().get(word, ()):
            counts[code] += 1
    best = max(counts.values())
    found = [code for code, count in counts.items() if count == best]
    return languages()[found[0]] if best and len(found) == 1 else None


@lru_cache(maxsize=1)
@first_use
def _speakers() -> Mapping[str, tuple[str, ...]]:
    """The languages that have a word."""
    found: dict[str, list[str]] = {}
    for code, language in languages().items():
        for word in language.roles:
            found.setdefault(word, []).append(code)
    return {word: tuple(codes) for word, codes in found.items()}
