"""Words of free text: the form in which they are compared, and the references that words alone can decide."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from rewardkit.prose.pairs import pair_of

__all__ = [
    "Word",
    "forget_words",
    "is_closed_form",
    "joined",
    "located",
    "normalised",
    "prepared",
    "symbols",
    "tokens",
    "written",
]

# Longer prompts are documents; a task that rearranges words states them near its end.
PROMPT_TAIL = 20_000
KEPT = 256  # texts and references, since a completion meets every alias and a reference every completion of its group
SYMBOL_LENGTH = 40  # characters of a text that may be a formula or a symbol
SORTED = 6  # words in alphabetical order that are so by no chance

_WRAPPER = re.compile(
    r"\\(?:text(?:bf|it|rm|sf|tt)?|math(?:rm|bf|it|sf|tt)|operatorname|variable|mbox|emph)\s*\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}"
)
_MATHS_RIM = re.compile(r"\\[()\[\]]|\$(?!\d)")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
# A point, sign or slash that belongs to a number, and marks that belong to a name (C++, C#), are part of the word.
_TOKEN = re.compile(
    r"(?:(?<![\w.])-)?\d+(?:[./:]\d+)*(?:(?:st|nd|rd|th)\b|%)?|(?:[^\W_]+|(?<=\w)['’](?=\w))+(?:\+\+|#)?|[+=<>≤≥≠°€£¥$%^|~]+"
)
_SIGN = re.compile(r"[+=<>≤≥≠±♯♭#′'’]$|[+=<>≤≥≠±♯♭#]|(?<![^\W\d_])-(?=\S)|-(?=$|[\s)}])(?<![\s]-)|(?<=[\^{])-")
_BETWEEN_LETTERS = re.compile(r"(?<!\d) | (?!\d)")
_ARTICLES = frozenset({"a", "an", "the"})


class Word(NamedTuple):
    """A word as it is compared, and where it stands in the prepared text."""

    text: str
    begin: int
    end: int


@lru_cache(maxsize=KEPT)
def tokens(text: str) -> tuple[str, ...]:
    """The words and numbers of a text in NFKC and small letters, without articles and punctuation."""
    found = _TOKEN.findall(prepared(text))
    if "'" in text or "’" in text:
        found = [word.replace("'", "").replace("’", "") for word in found]
    return tuple([word for word in found if word not in _ARTICLES] or found)


def prepared(text: str) -> str:
    """The text in NFKC and small letters, without fonts, rims of formulas, emphasis and separators of thousands."""
    if "\\" in text or "$" in text:
        text = _MATHS_RIM.sub(" ", _WRAPPER.sub(r"\1", text))
    text = unicodedata.normalize("NFKC", text).casefold().replace("−", "-").replace("&", " and ")
    return _THOUSANDS.sub("", text.replace("*", "").replace("_", " "))


def located(text: str) -> list[Word]:
    """The words of a prepared text without articles, unless there are only articles."""
    found = [Word(word[0].replace("'", "").replace("’", ""), word.start(), word.end()) for word in _TOKEN.finditer(text)]
    return [word for word in found if word.text not in _ARTICLES] or found


@lru_cache(maxsize=KEPT)
def normalised(text: str) -> str:
    """The text in the form that exact comparison uses: its `tokens` with single spaces."""
    return " ".join(tokens(text))


@lru_cache(maxsize=KEPT)
def joined(text: str) -> str:
    """Its `normalised` words as one, so that "well-known", "well known" and "wellknown" agree; numbers keep their borders."""
    return _BETWEEN_LETTERS.sub("", normalised(text))


@lru_cache(maxsize=KEPT)
def written(text: str) -> str:
    """What of a short text is more than words: the signs of a formula, and the case of a symbol as Co or Aa; empty for others.

    A hyphen between letters, and a dash with space on both sides, are no signs.
    """
    bare = _MATHS_RIM.sub(" ", text).strip().rstrip(".!")
    if len(bare) > SYMBOL_LENGTH:
        return ""
    signs = "".join(_SIGN.findall(unicodedata.normalize("NFKC", bare).replace("−", "-").replace("\\pm", "±")))
    letters = "".join(filter(str.isalpha, bare))
    mixed = 1 < len(letters) <= 3 and letters == bare and not letters.islower() and not letters.isupper()
    return signs + (bare if mixed else "")


def symbols(text: str) -> str:
    """The text without white space when it holds symbols only, such as brackets; else empty."""
    if text[:1].isalnum() or any(map(str.isalnum, text)):
        return ""
    return "".join(text.split())


@lru_cache(maxsize=KEPT)
def is_closed_form(reference: str, prompt: str) -> bool:
    """Whether a reference is right only as written, so that a rule may also say no.

    True for symbols only (`] ) }`), for yes, no, true and false, for words that put a run of the prompt's own words into
    another order, and for six or more single words in alphabetical order. Any other text may be said in other words.
    """
    if not any(c.isalnum() for c in reference):
        return bool(reference.strip())
    if pair_of(reference) is not None:
        return True
    words = _plain_words(reference)
    if len(words) < 2:
        return False
    if len(words) >= SORTED and words in (sorted(words), sorted(words, reverse=True)):
        return True
    prompt = prompt[-PROMPT_TAIL:].casefold()
    return all(word in prompt for word in words) and _rearranges(words, _plain_words(prompt))


def forget_words() -> None:
    """Empty the caches of words, as a benchmark of cold speed needs."""
    for kept in (tokens, normalised, joined, is_closed_form, written):
        kept.cache_clear()


def _plain_words(text: str) -> list[str]:
    return [word.strip("'") for word in re.findall(r"[^\W_]+(?:['-][^\W_]+)*|'\w+", text.casefold())]


def _rearranges(words: Sequence[str], prompt: Sequence[str]) -> bool:
    """Whether some run of the prompt holds just these words, in another order or as the whole prompt."""
    size = len(words)
    if len(prompt) < size:
        return False
    wanted, run = Counter(words), Counter(prompt[:size])
    wrong = sum(1 for word in {*wanted, *run} if wanted[word] != run[word])
    for end in range(size, len(prompt) + 1):
        if wrong == 0:
            start = end - size
            return list(prompt[start:end]) != list(words) or size == len(prompt)
        if end < len(prompt):
            for word, step in ((prompt[end], 1), (prompt[end - size], -1)):
                before = run[word] == wanted[word]
                run[word] += step
                wrong += int(before) - int(run[word] == wanted[word])
    return False
