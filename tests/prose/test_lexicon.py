"""Phrases looked up by their first words, against the same phrases tried one by one at every place."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from rewardkit.prose.announced import announced
from rewardkit.prose.lexicon import Lexicon, lowered, placed_words
from rewardkit.prose.phrases import WORD, Reach, Side, openings_of, pattern_of, rows

SENTENCES = [
    json.loads(line)["text"].replace("{X}", "42")
    for line in (Path(__file__).parent.parent / "cases" / "stance.jsonl").read_text(encoding="utf-8").splitlines()
]
TEXTS = [text for row in rows() for text in (row.example, row.counter)] + SENTENCES


@pytest.mark.parametrize("reach", list(Reach))
def test_the_lookup_finds_what_trying_every_phrase_finds(reach: Reach) -> None:
    found = [row for row in rows() if row.reach is reach and row.side is Side.BEFORE] or [r for r in rows() if r.reach is reach]
    lexicon = Lexicon(found, lambda row: row.meaning)
    patterns = [
        (row.meaning, head, re.compile(pattern_of(phrase), re.IGNORECASE))
        for row in found
        for phrase in row.alternatives
        for head in {opening.head for opening in openings_of(phrase)}
    ]
    missed = []
    for text in TEXTS:
        low = lowered(text)
        words = [(word.start(), word[0]) for word in WORD.finditer(low)]
        quick = {(hit.key, hit.begin, hit.end) for hit in lexicon.hits(text, words, low)}
        for meaning, head, pattern in patterns:
            if head not in low:
                continue
            plain = WORD.fullmatch(head) and head.isascii()
            places = [at for at, word in words if word == head] if plain else _places(low, head)
            hits = {(meaning, at, match.end()) for at in places if (match := pattern.match(text, at))}
            missed += [(text, head, hit) for hit in hits - quick]
    assert missed == []


@pytest.mark.parametrize("reach", list(Reach))
def test_a_quick_look_misses_no_text_that_holds_a_phrase(reach: Reach) -> None:
    lexicon = Lexicon([row for row in rows() if row.reach is reach], lambda row: row.meaning)
    for text in TEXTS:
        low = lowered(text)
        all_hits = list(lexicon.hits(text, placed_words(low), low))
        assert lexicon.may_hold(low) or not all_hits, text
        assert list(lexicon.hits(text, None, low)) == all_hits


def test_no_announcement_begins_in_the_middle_of_a_word() -> None:
    assert announced("Ans: Uranus answers.")
    assert announced("答案ans：Uranus answers.")
    assert not announced("Three Guardians: Uranus answers.")


def _places(low: str, piece: str) -> list[int]:
    found, at = [], low.find(piece)
    while at >= 0:
        found.append(at)
        at = low.find(piece, at + len(piece))
    return found
