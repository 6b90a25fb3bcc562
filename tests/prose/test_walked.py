"""Phrases read word by word, against the patterns of the same phrases."""

from __future__ import annotations

import random
import re

from rewardkit.prose.lexicon import lowered
from rewardkit.prose.ordinals import place_rows
from rewardkit.prose.phrases import items_of, pattern_of, rows
from rewardkit.prose.walked import Phrase, alike
from rewardkit.question.asks import rows as asks_rows

PHRASES = sorted({phrase for table in (rows(), place_rows(), asks_rows()) for row in table for phrase in row.alternatives})
GAPS = (*" " * 9, "  ", "\n", "", " , ", "\u00a0", "-", "_", ". ")
BEHIND = ("", " ", ".", "s", "_", " 42", " C.", "'s", "’s", "\n", " word")
SHOWN = ("word", "word.", "4,2", ".", "(B", "")  # for a sign
SIGNS = "_#¤…¶▸◂§"
CASES = (str, str, str, str.upper, str.title, lambda one: one.replace("'", "’").replace("i", "İ").replace("s", "ſ"))


def written(phrase: str, chance: random.Random) -> str:
    """A text that says the phrase, or almost: items left out, other spaces, other cases, and signs of its own."""
    said = []
    for parts, optional in items_of(phrase):
        if chance.random() < (0.5 if optional else 0.97):
            said += chance.choice(parts).split()
    shown = [
        chance.choice(("word", "word.", "4,2", ".", "(B", "")) if word in SIGNS else word.replace("*", "ing") for word in said
    ]
    text = chance.choice(("", "", "x ", "x")) + "".join(word + chance.choice(GAPS) for word in shown)
    text = chance.choice(CASES)(text)
    return text.rstrip() + chance.choice(BEHIND)


def test_a_phrase_read_word_by_word_ends_where_its_pattern_does() -> None:
    chance = random.Random(7)
    wrong, found = [], 0
    for phrase in PHRASES:
        walked, pattern = Phrase(phrase), re.compile(pattern_of(phrase), re.IGNORECASE)
        for text in {written(phrase, chance) for _ in range(6)}:
            low = alike(lowered(text))
            for at in range(min(3, len(text) + 1)):
                match, full = pattern.match(text, at), pattern.fullmatch(text, at)
                ends = match.end() if match else -1, full.end() if full else -1
                found += match is not None
                if ends != (walked.end(text, low, at), walked.end(text, low, at, whole=True)):
                    wrong.append((phrase, text, at, ends))
    assert wrong == []
    assert found > 2 * len(PHRASES)
