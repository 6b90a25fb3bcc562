"""Gibberish by fourteen generators, always the same texts, to measure how far the guard's rule goes beyond the attack suite.

It is not wholly blind. The first eleven were known when letters were weighed (for capitals, Cyrillic, codes and the limit in
bits), and their shares were seen before the limit was raised, which made the rule milder, and before words were looked up. The
last three were written before the rule knew any words, and no number of the rule was chosen by them.
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
FRAMES = (
    "the _ of _",
    "a _ in the _",
    "it was _ and _",
    "because of the _",
    "they _ the _ with _",
    "_ is a _",
    "when the _ _",
    "_",
)
SYLLABLES = (
    (("k", "s", "t", "n", "h", "m", "r", "ky", "sh", "ch", "ts", ""), ("a", "i", "u", "e", "o"), ("", "", "", "n")),
    (("p", "t", "k", "v", "s", "l", "m", "h", "r", "j"), ("aa", "i", "uu", "e", "o", "ä", "ö", "yy"), ("", "", "n", "s", "t")),
    (("gn", "c", "d", "gl", "l", "m", "n", "p", "s", "sc", "tr", "v", "z"), ("a", "e", "i", "o"), ("", "", "l", "n", "r", "t")),
    (
        ("sch", "b", "d", "g", "kn", "pf", "st", "w", "z", "tr"),
        ("a", "e", "ei", "au", "u", "ü", "o"),
        ("", "ch", "cht", "l", "n", "r"),
    ),
    (("br", "p", "sz", "cz", "k", "w", "z", "m", "prz", "d"), ("a", "e", "i", "o", "y", "ą"), ("", "", "ł", "w", "n", "k")),
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


def _foreign(dice: Dice) -> str:
    """Syllables as other languages than English have them, one language a word."""
    onsets, vowels, codas = dice.choice(SYLLABLES)
    return "".join(dice.choice(onsets) + dice.choice(vowels) + dice.choice(codas) for _ in range(dice.randint(2, 4)))


def _sentence(dice: Dice) -> str:
    """Small words of English around words that are none."""
    return " ".join(word or _pronounceable(dice) for word in dice.choice(FRAMES).replace("_", "").split(" "))


def _halves(dice: Dice) -> str:
    first, second = dice.sample(REAL, 2)
    return first[: (len(first) + 1) // 2] + second[len(second) // 2 :]


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
    "syllables of other languages": _several(_foreign, 1, 3),
    "syllables among small words": _sentence,
    "halves of two real words joined": _several(_halves, 1, 3),
}


def texts() -> dict[str, list[str]]:
    """`EACH` texts of every generator."""
    dice = {name: random.Random(f"{name}, held out") for name in GENERATORS}
    return {name: [make(dice[name]) for _ in range(EACH)] for name, make in GENERATORS.items()}
