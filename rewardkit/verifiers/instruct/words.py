"""Constraints on every word, or on the row of words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from itertools import pairwise

from rewardkit.errors import MissingExtra
from rewardkit.first_use import loading
from rewardkit.verifiers.instruct.arguments import Count, Position
from rewardkit.verifiers.instruct.constraint import constraint
from rewardkit.verifiers.instruct.response import EDGE, Response
from rewardkit.verifiers.instruct.tables import table

__all__ = ["PRIMES", "syllables"]

_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_CLUSTER = re.compile("[bcdfghjklmnpqrstvwxyz]{2}")
_JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
PRIMES = frozenset((2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97))
# What stands behind a verb that could as well be a noun: an article, a possessive, a pronoun, a question.
_OBJECTS = {
    *("a", "an", "the", "this", "that", "these", "those", "my", "your", "his", "her", "its", "our", "their"),
    *("it", "them", "me", "us", "him", "yourself", "how", "what", "why", "which", "who", "where", "when", "whether"),
}


@constraint("words:alphabet")
def alphabet(response: Response) -> bool:
    """Each word begins with the letter of the alphabet behind that of the word before it; `a` follows on `z`."""
    firsts = [word[0] for word in response.bare]
    if not firsts or any(first not in _ALPHABET for first in firsts):
        return False
    return all((_ALPHABET.index(a) + 1) % 26 == _ALPHABET.index(b) for a, b in pairwise(firsts))


@constraint("words:vowel")
def vowel(response: Response) -> bool:
    """One paragraph of which the vowels are of one to three kinds; an accent makes no new vowel."""
    kinds = set("aeiou").intersection(unicodedata.normalize("NFKD", response.lower))
    return "\n" not in response.stripped and 1 <= len(kinds) <= 3


@constraint("words:consonants")
def consonants(response: Response) -> bool:
    """Every word has two consonants side by side; a sign alone is no word."""
    return bool(response.tokens) and all(_CLUSTER.search(word) for word in response.tokens)


@constraint("words:palindrome")
def palindrome(response: Response) -> bool:
    """At least ten different palindromes of five letters or more; one letter repeated is none."""
    words = {word for word in response.bare if len(word) >= 5 and word.isalpha() and word == word[::-1]}
    return sum(len(set(word)) > 1 for word in words) >= 10


@constraint("words:prime_lengths")
def prime_lengths(response: Response) -> bool:
    """The length of every word is a prime number."""
    return bool(response.bare) and all(len(word) in PRIMES for word in response.bare)


@constraint("words:repeats")
def repeats(response: Response, *, small_n: Count) -> bool:
    """No word stands there more often than that."""
    return max(Counter(response.bare).values(), default=0) <= small_n


@constraint("words:no_consecutive")
def no_consecutive(response: Response) -> bool:
    """No two words side by side begin with the same letter."""
    return all(a[0] != b[0] for a, b in pairwise(response.bare))


@constraint("count:words_japanese")
def words_japanese(response: Response, *, N: Position) -> bool:
    """Every N-th word is in Japanese; one of digits alone is passed over."""
    words = [word.strip(EDGE) for word in response.text.split()]
    return all(_JAPANESE.search(word) for word in words[N - 1 :: N] if word and not word.isdigit())


@constraint("words:paragraph_last_first")
def paragraph_last_first(response: Response) -> bool:
    """Every line of text ends with the word it begins with."""
    lines = [words for words in (Response(line).tokens for line in response.lines) if words]
    return bool(lines) and all(words[0] == words[-1] for words in lines)


@constraint("words:odd_even_syllables")
def odd_even_syllables(response: Response) -> bool:
    """Words with odd and with even numbers of syllables take turns."""
    odd = [syllables(word) % 2 for word in response.bare]
    return all(a != b for a, b in pairwise(odd))


def syllables(word: str) -> int:
    """The syllables of an English word, by syllapy's list and its rule for words that are not on it; 0 for one with a digit.

    Raises `MissingExtra` where syllapy is not installed.
    """
    try:
        with loading:
            import syllapy
    except ImportError:
        raise MissingExtra("syllapy", "instruct", "counting syllables") from None
    return int(syllapy.count(word))


@constraint("words:start_verb")
def start_verb(response: Response) -> bool:
    """The first word is a verb in any of its forms; one that is also a noun counts with an object behind it."""
    first, second = [*response.tokens[:2], "", ""][:2]
    return first in table("verbs") or (first in table("verbs_or_nouns") and second in _OBJECTS)
