"""Scores of ChEF that no other part has: words read off an image, captions, letters and counts as its code reads them."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from rapidfuzz.distance import LCSseq

__all__ = ["bleu4", "counted", "letter", "quoted", "recalled", "rouge_l", "words_read"]

LONGEST = 2_000  # words of a text that are compared
_WORD = re.compile(r"\w+(?:['’]\w+)*")
_NUMBERS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_COUNTS = {"no": 0, **{word: number for number, word in enumerate(_NUMBERS)}}
_CASCADE = (
    re.compile(r"[Tt]he answer is \(?[A-E]\)?\W"),
    re.compile(r"ANSWER: [A-E]"),
    re.compile(r"\([A-E]\)"),
)
_QUOTE = re.compile(r"['\"]")


def words(text: str) -> list[str]:
    """The words of a text in small letters, without marks."""
    return _WORD.findall(text[: 20 * LONGEST].casefold())[:LONGEST]


def words_read(given: str, wanted: Sequence[str]) -> float:
    """F1 of the words of an answer and those to be read, each counted as often as it stands there."""
    found, sought = Counter(words(given)), Counter(words(" ".join(wanted)))
    both = found.total() + sought.total()
    return 2 * (found & sought).total() / both if both else 0.0


def rouge_l(given: str, references: Sequence[str]) -> float:
    """ROUGE-L, the F1 of the longest common subsequence of words, with the reference that fits best."""
    found = words(given)
    scores = [0.0]
    for reference in map(words, references):
        both = len(found) + len(reference)
        scores.append(2 * LCSseq.similarity(found, reference) / both if both else 0.0)
    return max(scores)


def bleu4(given: str, references: Sequence[str]) -> float:
    """BLEU of one sentence up to four words, unsmoothed: 0 without four words in a row that a reference has too."""
    found, sought = words(given), [words(reference) for reference in references]
    if len(found) < 4 or not sought:
        return 0.0
    logs = 0.0
    for size in range(1, 5):
        runs = _runs(found, size)
        most: Counter[tuple[str, ...]] = Counter()
        for reference in sought:
            most |= _runs(reference, size)
        shared = (runs & most).total()
        if not shared:
            return 0.0
        logs += math.log(shared / runs.total()) / 4
    nearest = min((abs(len(one) - len(found)), len(one)) for one in sought)[1]
    return math.exp(logs + min(0.0, 1 - nearest / len(found)))


def _runs(found: Sequence[str], size: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(found[at:] for at in range(size)), strict=False))


def letter(text: str, wanted: str, choices: Sequence[str]) -> bool:
    """Whether the released cascade takes a text for the wanted letter; "(X)" counts only where no announcement stands."""
    for place, pattern in enumerate(_CASCADE):
        if found := pattern.findall(text):
            return found[0][-1] == wanted if place == 1 else all(wanted in one for one in found)
    said, own = text.lower(), "ABCDE".find(wanted)
    held = [place for place, choice in enumerate(choices) if choice.lower() in said]
    return 0 <= own < len(choices) and held == [own]


def counted(text: str) -> int:
    """The count that the released code reads: the first word that is digits or a number's name, else 0."""
    for word in text.lower().split():
        if word.isdecimal() and word.isascii():
            return int(word)
        if word in _COUNTS:
            return _COUNTS[word]
    return 0


def quoted(text: str) -> str:
    """What stands between two quotation marks or apostrophes of a line, where anything does, as the released code takes it."""
    found = [part for part in _QUOTE.split(text)[1:-1] if "\n" not in part]
    return ". ".join(found) if found else text


def recalled(text: str, wanted: Sequence[str]) -> float:
    """The share of the words to be read that stand in a text between spaces, as the released code counts them."""
    given = set(quoted(text).lower().split())
    return sum(word.lower() in given for word in wanted) / len(wanted)
