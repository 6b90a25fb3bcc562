"""Words that have two values: which of the two a text states."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from rewardkit.first_use import first_use
from rewardkit.prose.glue import AND, BECAUSE, BUT, INTERJECTION, IS, OPENING, OR
from rewardkit.prose.sentences import sentence_behind
from rewardkit.prose.stance import Stance, evidence, stance
from rewardkit.prose.tables import read_table

__all__ = ["Pair", "Said", "pair_of", "pairs", "said", "settled"]

RIM = " \t\r\n.!,;:\"'*`()[]{}。！，；：「」“”"
# A text answers yes or no where it begins or where it ends.
HEAD, TAIL = 1_000, 4_000
BRIEF = 80  # characters of an answer in which one word of the pair decides wherever it stands
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_OPENS = re.compile(r"(?:^|[.!?…。！？\n:：])[\s*_\"'“”([#>-]*$")
_CLOSES = re.compile(
    rf"[\s*_\"'”)\]}}$]*(?:$|[.,;:!\n。，；：！—–(-]|{BECAUSE}|{OPENING}|[であですだ입이])",
    re.IGNORECASE,
)
_SAYS = "|".join([IS, BUT, AND, OR, INTERJECTION])
_LEADS = re.compile(
    rf"(?:{_SAYS}|\b(?:answer|conclusion|statement|say|mean|meant|ответ)|答案|[:：,，/—–…])[\s,\"'*([{{$\\]*$",
    re.IGNORECASE,
)


_POINTING = ("that", "this", "it", "which", "wrong", "false", "incorrect", "no", "not")


class Said(NamedTuple):
    """A word of a pair in a text, which of the two it is, and whether it opens the text."""

    value: bool
    begin: int
    end: int
    opens: bool


@dataclass(frozen=True)
class Pair:
    """Two values and the words for each."""

    name: str
    yes: frozenset[str]
    no: frozenset[str]
    heard: Mapping[str, bool]
    flips: frozenset[str]

    def value_of(self, word: str) -> bool | None:
        """Which of the two a word is as a reference; None for any other."""
        word = word.casefold()
        return True if word in self.yes else False if word in self.no else None

    def heard_in(self, word: str) -> bool | None:
        """Which of the two a word says in a completion."""
        value = self.value_of(word)
        return self.heard.get(word.casefold()) if value is None else value

    @cached_property
    @first_use
    def pattern(self) -> re.Pattern[str]:
        """Every word of the pair, the longer ones first."""
        words = sorted({*self.yes, *self.no, *self.heard}, key=len, reverse=True)
        spaced = "|".join(re.escape(word) for word in words if not _UNSPACED.search(word))
        others = "|".join(re.escape(word) for word in words if _UNSPACED.search(word))
        return re.compile(rf"(?<![\w-])(?:{spaced})(?![\w-])|{others}", re.IGNORECASE)


@lru_cache(maxsize=1)
@first_use
def pairs() -> tuple[Pair, ...]:
    """The table, read once."""
    table = read_table("pairs.toml")
    return tuple(
        Pair(
            row["name"],
            frozenset(row["yes"]),
            frozenset(row["no"]),
            dict.fromkeys(row.get("heard_yes", ()), True) | dict.fromkeys(row.get("heard_no", ()), False),
            frozenset(row["flips"]),
        )
        for row in table["pair"]
    )


def pair_of(text: str) -> tuple[Pair, bool] | None:
    """The pair that a text is a bare word of, and which of the two it is; None for any other text."""
    word = text.strip(RIM)
    return None if len(word) > BRIEF else _by_word().get(word.casefold())


@lru_cache(maxsize=1)
@first_use
def _by_word() -> Mapping[str, tuple[Pair, bool]]:
    """The first pair of the table that has a word, and which of the two it says."""
    found: dict[str, tuple[Pair, bool]] = {}
    for pair in pairs():
        for words, value in ((pair.yes, True), (pair.no, False)):
            for word in words:
                found.setdefault(word, (pair, value))
    return found


def said(text: str, pair: Pair) -> list[Said]:
    """Each place where a text answers by a word of the pair: where it opens a sentence, or concludes one."""
    if len(text) > HEAD + TAIL:
        text = f"{text[:HEAD]}\n{text[-TAIL:]}"
    found: list[Said] = []
    for match in pair.pattern.finditer(text):
        value = pair.heard_in(match[0])
        opens = _OPENS.search(text, max(0, match.start() - 8), match.start()) is not None
        closes = _CLOSES.match(text, match.end()) is not None
        led = _LEADS.search(text, max(0, match.start() - 24), match.start()) is not None
        beside = bool(found) and not text[found[-1].end : match.start()].strip()
        first = not text[: match.start()].strip(RIM)
        if value is None or not ((closes and (opens or led or beside)) or (first and value and not _UNSPACED.search(match[0]))):
            continue
        how = _stance(text, match.start(), match.end())
        if how is Stance.DENIED and match[0].casefold() in pair.flips:
            found.append(Said(not value, match.start(), match.end(), first))
        elif how.offers:
            found.append(Said(value, match.start(), match.end(), first))
    return found


def _stance(text: str, begin: int, end: int) -> Stance:
    """The stance of a word of a pair, of which "it" in the next sentence says nothing: "No. It fails."."""
    rest, sign, _ = sentence_behind(text, end)
    shown = evidence(text, begin, end)
    if shown.stance.offers or not shown.words.lower().startswith(_POINTING):
        return shown.stance
    return stance(text[: end + len(rest) + len(sign)], begin, end)


def settled(text: str, pair: Pair, *, brief: bool) -> bool | None:
    """Which of the two a text states; None when it states neither or both. `brief` is for an answer that was marked as one."""
    values = {place.value for place in said(text, pair)}
    if not values and brief and len(text) <= BRIEF:
        matches = [match for match in pair.pattern.finditer(text) if stance(text, match.start(), match.end()).offers]
        values = {value for match in matches if (value := pair.value_of(match[0])) or (value is False and _says_no(match))}
    return values.pop() if len(values) == 1 else None


def _says_no(match: re.Match[str]) -> bool:
    """Whether a no belongs to no noun, as in "no solution"."""
    return _CLOSES.match(match.string, match.end()) is not None
