"""Constraints on how much the response says: words, sentences, paragraphs."""

from __future__ import annotations

import re

from rewardkit.verifiers.instruct.arguments import Count, Phrase, Position, Relation, Share, compared
from rewardkit.verifiers.instruct.constraint import constraint
from rewardkit.verifiers.instruct.response import EDGE, Response
from rewardkit.verifiers.instruct.tables import table

__all__: list[str] = []

# Three asterisks that stand alone; where they touch a word they are emphasis.
_DIVIDER = re.compile(r"(?<!\S)\*\*\*(?!\S)")
_APOSTROPHE = re.compile(r"['’]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@constraint("length_constraints:number_words")
def number_words(response: Response, *, num_words: Count, relation: Relation) -> bool:
    """So many words."""
    return compared(len(response.words), relation, num_words)


@constraint("length_constraints:number_sentences")
def number_sentences(response: Response, *, num_sentences: Count, relation: Relation) -> bool:
    """So many sentences."""
    return compared(len(response.sentences), relation, num_sentences)


@constraint("length_constraints:number_paragraphs")
def number_paragraphs(response: Response, *, num_paragraphs: Count) -> bool:
    """So many paragraphs, parted by the divider ***; none of them blank but before the first and behind the last divider."""
    pieces = [piece.strip() for piece in _DIVIDER.split(response.text)]
    return all(pieces[1:-1]) and sum(map(bool, pieces)) == num_paragraphs


@constraint("length_constraints:nth_paragraph_first_word")
def nth_paragraph_first_word(response: Response, *, num_paragraphs: Count, nth_paragraph: Position, first_word: Phrase) -> bool:
    """So many paragraphs, parted by blank lines, and the n-th begins with the word."""
    paragraphs = response.paragraphs
    if len(paragraphs) != num_paragraphs or nth_paragraph > num_paragraphs:
        return False
    pieces = (piece.strip(EDGE + "“”‘’") for piece in paragraphs[nth_paragraph - 1].lower().split())
    opener = next(filter(None, pieces), "")
    return first_word.lower() in (opener, _APOSTROPHE.split(opener)[0])


@constraint("count:word_count_range")
def word_count_range(response: Response, *, min_words: Count, max_words: Count) -> bool:
    """The number of words lies in a range, its ends included."""
    return min_words <= len(response.words) <= max_words


@constraint("count:unique_word_count")
def unique_word_count(response: Response, *, N: Count) -> bool:
    """At least so many different words."""
    return len(set(response.tokens)) >= N


@constraint("count:numbers")
def numbers(response: Response, *, N: Count) -> bool:
    """Exactly so many numbers; points and commas between digits belong to the number."""
    return len(_NUMBER.findall(response.text)) == N


@constraint("count:pronouns")
def pronouns(response: Response, *, N: Count) -> bool:
    """At least so many pronouns, each time counting; a slash parts words."""
    words = Response(response.text.replace("/", " ")).bare
    return sum(word in table("pronouns") for word in words) >= N


@constraint("count:conjunctions")
def conjunctions(response: Response, *, small_n: Count) -> bool:
    """At least so many different coordinating conjunctions."""
    return len(table("conjunctions").intersection(response.tokens)) >= small_n


@constraint("ratio:stop_words")
def stop_words(response: Response, *, percentage: Share) -> bool:
    """Stop words make up no more than a percentage of the words."""
    words = response.words
    stops = sum(word.lower() in table("stop_words") for word in words)
    return bool(words) and 100 * stops / len(words) <= percentage


@constraint("ratio:overlap")
def overlap(response: Response, *, reference_text: Phrase, percentage: Share) -> bool:
    """The percentage of the response's runs of three characters that the reference text has too, within two points."""
    here, there = _trigrams(response.text), _trigrams(reference_text)
    return bool(here) and abs(100 * len(here & there) / len(here) - percentage) <= 2


def _trigrams(text: str) -> set[str]:
    return {text[place : place + 3] for place in range(len(text) - 2)}
