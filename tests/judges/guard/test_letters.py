"""What letters say of words: shares over texts that the table was not made with."""

from __future__ import annotations

import random
from string import ascii_lowercase

import pytest

from rewardkit.judges.guard import Guard
from rewardkit.judges.guard.letters import ALPHABETS, LIMIT_BITS, evidence, plain

CONSONANTS = "bcdfghjklmnpqrstvwxz"


def settled(text):
    verdict = Guard().settle(text, "What is it?", ("the city of Canberra",)).verdict
    return "" if verdict is None else verdict.info["rule"]


@pytest.mark.parametrize(
    ("letters", "shortest", "at_least"),
    [(CONSONANTS, 3, 0.9), (ascii_lowercase, 3, 0.85), (ALPHABETS["cyrillic"][1:], 3, 0.9), ("йцукенгшщзфывапролдж", 5, 0.9)],
)
def test_of_words_of_random_letters_most_are_settled(letters, shortest, at_least):
    dice = random.Random(letters)
    words = ("".join(dice.choices(letters, k=dice.randint(shortest, 9))) for _ in range(10_000))
    texts = [" ".join(next(words) for _ in range(dice.randint(2, 4))) for _ in range(300)]
    assert sum(settled(text) == "gibberish" for text in texts) >= at_least * len(texts)


@pytest.mark.parametrize("word", ["mountain", "Zürich", "Krzysztof", "правительство", "Ouagadougou", "psef", "flibber"])
def test_a_word_that_can_be_said_is_below_the_limit(word):
    assert evidence(plain(word)) < LIMIT_BITS
    assert settled(word) == ""


def test_marks_are_taken_off_and_words_of_two_scripts_or_of_others_are_not_weighed():
    assert plain("Łódź") == "lodz"
    assert plain("ПАРИЖ") == "париж"
    assert plain("Pариж") == plain("東京") == plain("") == ""
