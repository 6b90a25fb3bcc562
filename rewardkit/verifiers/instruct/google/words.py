"""IFBench's constraints on words and sentences as the reference implementation decides them, where that is a bug."""

from __future__ import annotations

import re
import string
from itertools import pairwise

from rewardkit.verifiers.instruct.arguments import Count, Phrase, Position, Share
from rewardkit.verifiers.instruct.constraint import as_google
from rewardkit.verifiers.instruct.google.cutting import chain_sentences, treebank_tokens
from rewardkit.verifiers.instruct.response import Response, without_marks
from rewardkit.verifiers.instruct.tables import table
from rewardkit.verifiers.instruct.words import PRIMES

__all__: list[str] = []

# ASCII's punctuation and the space, but no other white space.
_EDGE = string.punctuation + " "
_DROP_PUNCTUATION = str.maketrans("", "", string.punctuation)
_WORD = re.compile(r"\w+")
_CLUSTER = re.compile("[bcdfghjklmnpqrstvwxyz]{2}")


def _sentence_signs(response: Response) -> tuple[int, int, int]:
    signs = [sentence[-1:] for sentence in chain_sentences(response.text)]
    return signs.count("."), signs.count("?"), signs.count("!")


@as_google("count:word_count_range")
def word_count_range(response: Response, *, min_words: Count, max_words: Count) -> bool:
    """A sentence of Chinese or of Japanese is one word."""
    return min_words <= len(_WORD.findall(without_marks(response.text))) <= max_words


@as_google("count:unique_word_count")
def unique_word_count(response: Response, *, N: Count) -> bool:
    """Signs alone are one word more."""
    return len({word.strip(_EDGE) for word in response.lower.split()}) >= N


@as_google("count:conjunctions")
def conjunctions(response: Response, *, small_n: Count) -> bool:
    """A capital letter or a comma makes another conjunction of the same one."""
    return len({word for word in response.text.split() if word.strip(_EDGE).lower() in table("conjunctions")}) >= small_n


@as_google("count:person_names")
def person_names(response: Response, *, N: Count) -> bool:
    """A name counts inside a longer one."""
    return sum(name in response.text for name in table("person_names")) >= N


@as_google("count:numbers")
def numbers(response: Response, *, N: Count) -> bool:
    """Any sign joins two numbers to one."""
    return len(re.findall(r"\d+", response.text.translate(_DROP_PUNCTUATION))) == N


@as_google("count:keywords_multiple")
def keywords_multiple(
    response: Response, *, keyword1: Phrase, keyword2: Phrase, keyword3: Phrase, keyword4: Phrase, keyword5: Phrase
) -> bool:
    """A keyword counts inside another word."""
    keywords = (keyword1, keyword2, keyword3, keyword4, keyword5)
    return all(response.lower.count(word.lower()) == times for word, times in zip(keywords, (1, 2, 3, 5, 7), strict=True))


@as_google("ratio:sentence_type")
def sentence_type(response: Response) -> bool:
    """No statement and no question are two to one."""
    statements, questions, _ = _sentence_signs(response)
    return statements == 2 * questions


@as_google("ratio:sentence_balance")
def sentence_balance(response: Response) -> bool:
    """A text without any of the three is balanced."""
    return len(set(_sentence_signs(response))) == 1


@as_google("ratio:sentence_words")
def sentence_words(response: Response) -> bool:
    """The words may be the same."""
    sentences = chain_sentences(response.text)
    return len(sentences) == 3 and len(set(map(len, sentences))) == 1


@as_google("sentence:keyword")
def sentence_keyword(response: Response, *, word: Phrase, N: Position) -> bool:
    """The keyword counts inside another word, and the numbers of list items are sentences."""
    sentences = chain_sentences(response.text)
    return len(sentences) >= N and word.lower() in sentences[N - 1].lower()


@as_google("sentence:alliteration_increment")
def alliteration_increment(response: Response) -> bool:
    """Several short runs add up to a long one."""
    sums = []
    for sentence in chain_sentences(response.text):
        firsts = [word[0] for word in (piece.lstrip(_EDGE) for piece in sentence.lower().split()) if word]
        same = [a == b for a, b in pairwise(firsts)]
        starts = sum(here and not before for before, here in pairwise([False, *same]))
        sums.append(sum(same) + starts)
    return all(a < b for a, b in pairwise(sums))


@as_google("sentence:increment")
def increment(response: Response, *, small_n: Count) -> bool:
    """Signs that stand apart and the numbers of list items are sentences."""
    counts = [len(sentence.translate(_DROP_PUNCTUATION).split()) for sentence in chain_sentences(response.text)]
    return bool(counts) and all(b == a + small_n for a, b in pairwise(counts))


@as_google("words:last_first")
def last_first(response: Response) -> bool:
    """Signs within a sentence stay at its first word, and the numbers of list items are sentences."""
    sentences = chain_sentences(response.text)
    ends = [sentence.rstrip(_EDGE).split()[-1:] for sentence in sentences]
    starts = [sentence.lstrip(_EDGE).split()[:1] for sentence in sentences]
    return all(a and b and a[0].lower() == b[0].lower() for a, b in zip(ends, starts[1:], strict=False))


@as_google("words:paragraph_last_first")
def paragraph_last_first(response: Response) -> bool:
    """A comma behind the first word makes it another word than the last."""
    words = [line.strip().lower().strip(_EDGE).split() for line in response.lines]
    return all(line[0] == line[-1] for line in words if line)


@as_google("words:vowel")
def vowel(response: Response) -> bool:
    """An accent hides a vowel, and no vowels are three kinds of them."""
    return "\n" not in response.stripped and len(set("aeiou").intersection(response.lower)) <= 3


@as_google("words:consonants")
def consonants(response: Response) -> bool:
    """A sign that stands alone is a word without consonants."""
    return all(_CLUSTER.search(word) for word in response.lower.split())


@as_google("words:palindrome")
def palindrome(response: Response) -> bool:
    """One palindrome ten times is ten, and one letter or digit repeated is one."""
    return sum(len(word) >= 5 and word == word[::-1] for word in response.bare) >= 10


@as_google("words:keywords_specific_position")
def keywords_specific_position(response: Response, *, keyword: Phrase, n: Position, m: Position) -> bool:
    """Signs are counted as words."""
    sentences = chain_sentences(response.text)
    tokens = treebank_tokens(sentences[n - 1]) if len(sentences) >= n else []
    return len(tokens) >= m and tokens[m - 1] == keyword


@as_google("words:words_position")
def words_position(response: Response, *, keyword: Phrase) -> bool:
    """The point at the end is the last word."""
    tokens = treebank_tokens(response.text)
    return len(tokens) >= 2 and tokens[1] == tokens[-2] == keyword


@as_google("words:prime_lengths")
def prime_lengths(response: Response) -> bool:
    """A text of signs alone has no word of another length."""
    return all(len(word) in PRIMES for word in response.bare)


@as_google("ratio:stop_words")
def stop_words(response: Response, *, percentage: Share) -> bool:
    """A sentence of Chinese or of Japanese is one word."""
    words = _WORD.findall(without_marks(response.text))
    return bool(words) and 100 * sum(word.lower() in table("stop_words") for word in words) / len(words) <= percentage
