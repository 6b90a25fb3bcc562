"""Letters in an order that no language has: by their statistics, by the keyboard, by repetition, by a mixture of scripts."""

from __future__ import annotations

import math
import re
import unicodedata

from rewardkit.judges.guard.letters import LIMIT_BITS, VOWELS, evidence, plain
from rewardkit.judges.guard.text import Text

__all__ = ["gibberish", "is_like_the_reference"]

MIN_LETTERS = 4  # of a word that is looked at by itself
LONG_TEXT = 200  # characters
MANY = 4  # words without one vowel, for which half of the evidence is enough
MAX_ACRONYM = 6  # letters of a word in capitals that may stand for others
ACRONYM_BITS, CODE_BITS = 0.6, 0.85  # the most that each letter of such a word, or of a word with digits, speaks for chance

# Words in mathematics; what else stands there is no words.
_WORDS_IN_LATEX = re.compile(r"\\(?:text(?:bf|it|rm|tt|sf)?|mathrm|operatorname|mbox|boxed|fbox)\{([^{}\\]{0,400})\}")
# Signs of formulas, whose words of letters and digits are products.
_FORMULA = frozenset("=+^*/<>")
_ROMAN = frozenset("ivxlcdm")
# Scripts that stand side by side in an honest text.
_TOGETHER = frozenset({"LATIN", "HIRAGANA", "KATAKANA", "CJK"})

# Rows of a keyboard, there and back, and how many keys in a row are no word: the upper row has the vowels.
_ROWS = (
    *(("qwertyuiop", 5), ("poiuytrewq", 5), ("asdfghjkl", 4), ("lkjhgfdsa", 4), ("zxcvbnm", 4), ("mnbvcxz", 4)),
    *(("йцукенгшщзхъ", 5), ("фывапролджэ", 4), ("ячсмитьбю", 5)),
)


def gibberish(text: Text, asked: Text) -> str:
    """Letters in an order that no language knows, keys as they lie on a keyboard, one unit over and over, a salad of scripts."""
    if "\\" in text.raw:
        text = Text(_WORDS_IN_LATEX.sub(r" \1 ", text.raw))
    if _is_jamo(text):
        return text.folded[:50]
    if "\\" in text.raw:
        return ""
    return _no_words(text, asked) or _by_chance(text, asked) or (text.folded[:50] if _mixes_scripts(text) else "")


def is_like_the_reference(found: str, reference: Text, asked: Text) -> bool:
    """Whether words have a run of letters of the reference: an inflection, another spelling, a part of a name."""
    words = [word for word in found.split() if word.isalpha()]
    return any(run in reference.folded for word in words for run in _runs(word, reference.folded) if len(run) > 2)


def _runs(word: str, within: str) -> set[str]:
    """The runs of letters of a word by which it is found in a text; in a long one every short run is found."""
    size = 4 if len(within) <= LONG_TEXT else 6
    return {word[start : start + size] for start in range(max(1, len(word) - size + 1))}


def _is_jamo(text: Text) -> bool:
    """Whether most of it is letters of Korean that no syllable was made of."""
    jamo = sum("\u3131" <= c <= "\u318e" for c in text.raw)
    return jamo >= 3 and 2 * jamo > len(text.raw)


def _no_words(text: Text, asked: Text) -> str:
    words = [word for word in text.words if len(word) >= MIN_LETTERS and word.isalpha() and word not in asked.words]
    strange = [word for word in words if _is_no_word(word)]
    most = 2 * len(strange) >= len(words) and 2 * sum(map(len, strange)) >= sum(map(len, text.words))
    return " ".join(strange) if most else ""


def _is_no_word(word: str) -> bool:
    """A word of one or two letters, a walk over the keyboard, or a unit four times over."""
    if len(set(word)) <= 2 and len(word) >= 5:
        return True
    if any(word[i : i + keys] in row for row, keys in _ROWS for i in range(len(word) - keys + 1)):
        return True
    return any(len(word) >= 4 * n and word == (word[:n] * len(word))[: len(word)] for n in (1, 2, 3))


def _by_chance(text: Text, asked: Text) -> str:
    """The words that were weighed, when they are half of all and speak for chance together."""
    weighed = _weighed(text, asked)
    mute = len(weighed) >= MANY and VOWELS.isdisjoint(text.folded) and not text.raw.isupper()
    enough = 2 * len(weighed) >= len(set(text.words)) and sum(weighed.values()) > LIMIT_BITS / (1 + mute)
    return " ".join(weighed) if enough else ""


def _weighed(text: Text, asked: Text) -> dict[str, float]:
    """What the letters of each word speak for chance, in bits; words of the question and Roman numbers are left out."""
    formula = not _FORMULA.isdisjoint(text.raw)
    found: dict[str, float] = {}
    for word in text.words:
        capital = word.upper() in text.written
        if word in asked.words or (capital and _ROMAN.issuperset(word)) or (formula and not word.isalpha()):
            continue
        bare = plain("".join(c for c in word if not c.isdigit()))
        most = CODE_BITS if not word.isalpha() else ACRONYM_BITS if capital and len(word) <= MAX_ACRONYM else math.inf
        if len(bare) > 1:
            found[word] = found.get(word, 0.0) + min(evidence(bare), most * len(bare))
    return found


def _mixes_scripts(text: Text) -> bool:
    scripts = {unicodedata.name(c, "?").split(" ", 1)[0] for c in text.raw if c.isalpha() and not c.isascii()}
    return len(scripts - _TOGETHER) >= 3
