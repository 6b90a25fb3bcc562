"""Words to units: one spelling for each unit and each product of units."""

from __future__ import annotations

import re
from functools import lru_cache

from rewardkit.answers.units.table import rows, unit_words

__all__ = ["SHAPES", "is_unit_word", "may_be_molar", "normal_unit"]

_SCALE = re.compile(r"\b(?:degrees?|deg)\s*(c|f)(?:elsius|entigrade|ahrenheit)?\b", re.IGNORECASE)
_PER = re.compile(r"\s*(?:/|\bper\b|每)\s*")
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*(?:\{[^{}]*\}[^{}]*)?)\}\s*\{([^{}]*(?:\{[^{}]*\}[^{}]*)?)\}")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_ARTICLE = re.compile(r"^(?:an?|the) (?=\S)")
_MOLAR = "M"  # also a million
SHAPES = {"square": 2, "sq": 2, "cubic": 3, "cu": 3}
_POWERS = {"平方": 2, "立方": 3}
# Letters, with the vowel signs of India and South-East Asia, which are no letters for `re`.
_LETTER = r"(?:[^\W\d_°℃℉]|[\u0900-\u0963\u0970-\u0dff\u0e31-\u0e4e])"
_PIECE = re.compile(rf"[¢-¥₠-⃀]|{_LETTER}+(?:_{_LETTER}+)*(?:\s*\^\s*\{{?\(?-?\s*\d\)?\}}?|-?\d)?|[°℃℉]\w?|\d+")
_TIMES = re.compile(r"\\cdot|[·*]")
_HYPHEN = re.compile(r"(?<=[^\W\d]) ?- ?(?=[^\W\d])")
_POWER = re.compile(r"(\D+?)(-?\d)")
_DRESS = re.compile(r"[\s^{}()]")


def is_unit_word(word: str) -> bool:
    """Whether the word is the usual spelling of a unit, in any of the table's languages; case counts for symbols only."""
    return word != _MOLAR and _unit(word) is not None


def may_be_molar(word: str) -> bool:
    """Whether the word is the letter of moles a litre, which also stands for a million: a unit only beside another unit."""
    return word == _MOLAR


def _unit(word: str) -> str | None:
    if found := _listed(word):
        return found
    if "-" in word:
        return _listed(word.replace("-", ""))
    base = _listed(word[2:]) if word[:2] in _POWERS else None
    return f"{base} ** {_POWERS[word[:2]]}" if base and " " not in base else None


def _listed(word: str) -> str | None:
    words = unit_words()
    return words.get(word) or (words.get(word.lower()) if len(word) > 3 else None) or (word if word in rows() else None)


@lru_cache(maxsize=4096)
def normal_unit(text: str) -> str:
    """One spelling for each unit: `km/h`, `kilometres per hour` and `км/ч` become `kilometer / hour`.

    All behind a stroke is below it. Words that are no known unit are kept in lower case without a plural s, so `Apples` and
    `apple` agree.
    """
    text = _HYPHEN.sub("-", " ".join(text.split()))
    text = _ARTICLE.sub("", text) if text[:1] in "at" else text
    if whole := _unit(text):
        return whole
    text = (
        text.translate(_RAISED)
        .replace("**", "^")
        .replace("\\cdot", " ")
        .replace("·", " ")
        .replace("*", " ")
        .replace("$", "")
        .strip(" .")
    )
    if "frac" in text:
        text = _FRACTION.sub(r"\1/\2", text)
    if "deg" in text.lower():
        text = _SCALE.sub(lambda m: f"°{m[1].upper()}", text)
    above, *below = _PER.split(text, maxsplit=4)
    return " / ".join([_product(above), *(_product(part) for part in below)])


def _product(text: str) -> str:
    if whole := _unit(" ".join(text.split())):
        return whole
    factors: list[str] = []
    power = 1
    for piece in _PIECE.findall(text):
        word = _DRESS.sub("", piece)
        if word == "1":
            continue  # of "1/s"
        if word.lower() in SHAPES:
            power = SHAPES[word.lower()]
            continue
        if word.lower() in ("squared", "cubed") and factors:
            factors[-1] += f" ** {2 if word.lower() == 'squared' else 3}"
            continue
        if match := _POWER.fullmatch(word):
            word, power = match[1], int(match[2])
        unit = _unit(word) or unit_words().get(word.lower()) or _singular(word.lower())
        factors.append(unit if power == 1 else f"{unit} ** {power}")
        power = 1
    return " * ".join(factors)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
