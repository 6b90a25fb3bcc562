"""Gibberish by eleven generators, always the same texts, to measure how far the guard's rule goes beyond the attack suite.

It is not wholly blind: the generators were known when the rule was last changed (for capitals, Cyrillic, codes and the limit in
bits), and shares of these texts had been seen before the limit was raised, which made the rule milder.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from string import ascii_lowercase, digits, punctuation

__all__ = ["GENERATORS", "texts"]

EACH = 200
KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
CONSONANTS, VOWELS = "bcdfghjklmnpqrstvwxz", "aeiou"
ONSETS = (*CONSONANTS, "bl", "br", "cl", "cr", "dr", "fl", "fr", "gl", "gr", "pl", "pr", "sh", "sk", "sl", "sn", "st", "tr")
CODAS = ("", "", "", "b", "d", "g", "l", "m", "n", "nt", "p", "r", "rp", "s", "sh", "sk", "t", "x")
CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
LEET = str.maketrans("aeiost", "431057")
REAL = (
    *(
        "mountain",
        "river",
        "capital",
        "history",
        "water",
        "glass",
        "window",
        "yellow",
        "president",
        "theorem",
        "island",
        "planet",
    ),
    *(
        "energy",
        "number",
        "garden",
        "silver",
        "market",
        "engine",
        "summer",
        "doctor",
        "language",
        "morning",
        "chemical",
        "village",
    ),
)

Dice = random.Random


def _several(word: Callable[[Dice], str], fewest: int = 2, most: int = 4) -> Callable[[Dice], str]:
    return lambda dice: " ".join(word(dice) for _ in range(dice.randint(fewest, most)))


def _letters(alphabet: str, shortest: int, longest: int) -> Callable[[Dice], str]:
    return lambda dice: "".join(dice.choices(alphabet, k=dice.randint(shortest, longest)))


def _mashed(dice: Dice) -> str:
    """Keys near one another, hit with a hand that stays where it is."""
    row, column, word = dice.randrange(3), dice.randrange(9), ""
    for _ in range(dice.randint(5, 10)):
        row = min(2, max(0, row + dice.choice((-1, 0, 0, 0, 1))))
        column = min(len(KEYS[row]) - 1, max(0, column + dice.choice((-2, -1, 1, 2))))
        word += KEYS[row][column]
    return word


def _pronounceable(dice: Dice) -> str:
    return "".join(dice.choice(ONSETS) + dice.choice(VOWELS) + dice.choice(CODAS) for _ in range(dice.randint(1, 3)))


def _shuffled(dice: Dice) -> str:
    return "".join(dice.sample(word := dice.choice(REAL), len(word)))


def _code(dice: Dice) -> str:
    return "".join(dice.choices(ascii_lowercase + digits + punctuation[:6], k=dice.randint(4, 9)))


GENERATORS: dict[str, Callable[[Dice], str]] = {
    "words without vowels": _several(_letters(CONSONANTS, 3, 7)),
    "words of random letters": _several(_letters(ascii_lowercase, 3, 9)),
    "the same in capitals": lambda dice: _several(_letters(ascii_lowercase, 3, 9))(dice).upper(),
    "one word of 5 to 9 random letters": _letters(ascii_lowercase, 5, 9),
    "one word of 3 or 4 random letters": _letters(ascii_lowercase, 3, 4),
    "a mashed keyboard": _several(_mashed),
    "letters of real words shuffled": _several(_shuffled),
    "letters, digits and signs": _several(_code),
    "Cyrillic letters": _several(_letters(CYRILLIC, 3, 9)),
    "syllables in leetspeak": lambda dice: _several(_pronounceable)(dice).translate(LEET),
    "syllables that can be said": _several(_pronounceable),
}


def texts() -> dict[str, list[str]]:
    """`EACH` texts of every generator."""
    dice = {name: random.Random(f"{name}, held out") for name in GENERATORS}
    return {name: [make(dice[name]) for _ in range(EACH)] for name, make in GENERATORS.items()}
