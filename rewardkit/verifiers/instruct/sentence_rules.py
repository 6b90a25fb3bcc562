"""Constraints on every sentence, or on the row of sentences."""

from __future__ import annotations

import string
from itertools import pairwise

from rewardkit.verifiers.instruct.arguments import Count
from rewardkit.verifiers.instruct.constraint import constraint
from rewardkit.verifiers.instruct.emoji import is_emoji
from rewardkit.verifiers.instruct.response import EDGE, Response

__all__: list[str] = []

_CLOSERS = "\"'”’»)]}*_ "
_DROP_PUNCTUATION = str.maketrans("", "", string.punctuation)


def _kinds(response: Response) -> tuple[int, int, int]:
    """How many sentences end with a point, with a question mark and with an exclamation mark."""
    signs = [sentence.rstrip(_CLOSERS)[-1:] for sentence in response.sentences]
    return signs.count("."), signs.count("?"), signs.count("!")


@constraint("ratio:sentence_type")
def sentence_type(response: Response) -> bool:
    """Twice as many statements as questions, of which there is one at least."""
    statements, questions, _ = _kinds(response)
    return statements == 2 * questions > 0


@constraint("ratio:sentence_balance")
def sentence_balance(response: Response) -> bool:
    """As many statements as questions as exclamations, one of each at least."""
    statements, questions, exclamations = _kinds(response)
    return statements == questions == exclamations > 0


@constraint("ratio:sentence_words")
def sentence_words(response: Response) -> bool:
    """Three sentences of the same number of characters, with no word in two of them."""
    sentences = response.sentences
    if len(sentences) != 3 or len(set(map(len, sentences))) != 1:
        return False
    words = [set(Response(sentence).tokens) for sentence in sentences]
    return sum(map(len, words)) == len(set().union(*words))


@constraint("sentence:alliteration_increment")
def alliteration_increment(response: Response) -> bool:
    """The longest run of words with one first letter grows from sentence to sentence."""
    runs = [_longest_run([word[0] for word in Response(sentence).tokens]) for sentence in response.sentences]
    return all(a < b for a, b in pairwise(runs))


def _longest_run(firsts: list[str]) -> int:
    """Words in the longest run of one letter; 0 where no two stand side by side."""
    longest = run = 1
    for a, b in pairwise(firsts):
        run = run + 1 if a == b else 1
        longest = max(longest, run)
    return longest if longest > 1 else 0


@constraint("sentence:increment")
def increment(response: Response, *, small_n: Count) -> bool:
    """Each sentence has so many words more than the one before it."""
    counts = [len(Response(sentence).bare) for sentence in response.sentences]
    return bool(counts) and all(b == a + small_n for a, b in pairwise(counts))


@constraint("words:last_first")
def last_first(response: Response) -> bool:
    """The last word of each sentence is the first of the next."""
    words = [Response(sentence).tokens for sentence in response.sentences]
    return all(a[-1] == b[0] for a, b in pairwise(words)) and all(words)


@constraint("format:emoji")
def emoji_at_every_end(response: Response) -> bool:
    """An emoji stands at the end of every sentence: before its sign, or behind it."""
    sentences = [sentence.translate(_DROP_PUNCTUATION).strip() for sentence in response.sentences]
    if not sentences or not all(sentences):
        return False
    follows = [*sentences[1:], ""]
    return all(
        is_emoji(here[-1]) or is_emoji(here[-2:-1]) or is_emoji(after[:1]) for here, after in zip(sentences, follows, strict=True)
    )


@constraint("custom:sentence_alphabet")
def sentence_alphabet(response: Response) -> bool:
    """Twenty-six sentences, of which the first words begin with the letters of the alphabet in order."""
    firsts = "".join(sentence.lstrip(EDGE + "“‘")[:1].lower() for sentence in response.sentences)
    return firsts == string.ascii_lowercase
