"""Constraints on words and phrases that must, or must not, stand in the response.

A keyword is found as a whole word, without regard to case, wherever a script puts spaces between its words.
"""

from __future__ import annotations

import functools
import re

from rewardkit.verifiers.instruct.arguments import Count, Phrase, Phrases, Position, Relation, Sign, compared
from rewardkit.verifiers.instruct.constraint import constraint
from rewardkit.verifiers.instruct.response import Response
from rewardkit.verifiers.instruct.tables import table

__all__ = ["keyword_pattern"]

_SPACED = "\u0530"  # alphabets below this part their words by spaces and take no particles
_SPACES = re.compile(r"\s+")
_EMPHASIS = re.compile(r"(?<=[^\W\d_])[*`~]+(?=[^\W\d_])")


@functools.lru_cache(maxsize=4096)
def keyword_pattern(keyword: str) -> re.Pattern[str]:
    """The keyword as a whole word; an underscore beside it is a sign of italics and no letter."""
    left = r"(?<![^\W_])" if keyword[0].isalnum() and keyword[0] < _SPACED else ""
    right = r"(?![^\W_])" if keyword[-1].isalnum() and keyword[-1] < _SPACED else ""
    body = r"\s+".join(re.escape(word) for word in _SPACES.split(keyword))
    return re.compile(left + body + right, re.IGNORECASE)


def _count(response: Response, keyword: str) -> int:
    return len(keyword_pattern(keyword).findall(response.visible))


@constraint("keywords:existence")
def existence(response: Response, *, keywords: Phrases) -> bool:
    """Every keyword stands in the response."""
    return all(keyword_pattern(keyword).search(response.visible) for keyword in keywords)


@constraint("keywords:frequency")
def frequency(response: Response, *, keyword: Phrase, frequency: Count, relation: Relation) -> bool:
    """A keyword stands there so many times."""
    return compared(_count(response, keyword), relation, frequency)


@constraint("keywords:forbidden_words")
def forbidden_words(response: Response, *, forbidden_words: Phrases) -> bool:
    """None of the words stands there."""
    texts = {response.visible, _EMPHASIS.sub("", response.visible)}
    return not any(keyword_pattern(word).search(text) for word in forbidden_words for text in texts)


@constraint("keywords:letter_frequency")
def letter_frequency(response: Response, *, letter: Sign, let_frequency: Count, let_relation: Relation) -> bool:
    """A letter, or any other character, stands there so many times; without regard to case."""
    return compared(response.lower.count(letter.lower()), let_relation, let_frequency)


@constraint("keywords:key_sentences")
def key_sentences(response: Response, *, key_sentences: Phrases, num_sentences: Count) -> bool:
    """So many of the key sentences are sentences of the response."""
    said = set(response.sentences)
    return sum(sentence in said for sentence in dict.fromkeys(key_sentences)) == num_sentences


@constraint("count:keywords_multiple")
def keywords_multiple(
    response: Response, *, keyword1: Phrase, keyword2: Phrase, keyword3: Phrase, keyword4: Phrase, keyword5: Phrase
) -> bool:
    """Five keywords stand there once, twice, three, five and seven times."""
    keywords = (keyword1, keyword2, keyword3, keyword4, keyword5)
    return all(_count(response, keyword) == times for keyword, times in zip(keywords, (1, 2, 3, 5, 7), strict=True))


@constraint("count:person_names")
def person_names(response: Response, *, N: Count) -> bool:
    """At least so many of the fifty names that the prompt lists stand there, each as a whole word."""
    return len(table("person_names").intersection(response.words)) >= N


@constraint("sentence:keyword")
def sentence_keyword(response: Response, *, word: Phrase, N: Position) -> bool:
    """The N-th sentence holds the keyword."""
    return len(response.sentences) >= N and keyword_pattern(word).search(response.sentences[N - 1]) is not None


@constraint("words:keywords_specific_position")
def keywords_specific_position(response: Response, *, keyword: Phrase, n: Position, m: Position) -> bool:
    """The m-th word of the n-th sentence is the keyword."""
    if len(response.sentences) < n:
        return False
    words = Response(response.sentences[n - 1]).tokens
    return len(words) >= m and words[m - 1] == keyword.lower()


@constraint("words:words_position")
def words_position(response: Response, *, keyword: Phrase) -> bool:
    """The second word and the last but one are the keyword."""
    words = response.tokens
    return len(words) >= 2 and words[1] == words[-2] == keyword.lower()
