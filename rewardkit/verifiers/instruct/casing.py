"""Constraints on capital letters, on commas and on the language."""

from __future__ import annotations

import re

from rewardkit.prose.languages import is_in
from rewardkit.verifiers.instruct.arguments import Count, Relation, compared
from rewardkit.verifiers.instruct.constraint import constraint
from rewardkit.verifiers.instruct.language import Language
from rewardkit.verifiers.instruct.response import EDGE, Response
from rewardkit.verifiers.instruct.tables import table

__all__: list[str] = []

_COMMA = re.compile("[,\u055d\u060c\u07f8\u1363\u1802\u1808\u3001\ufe10\ufe11\ufe50\ufe51\uff0c\uff64]")
# A word with its hyphens and apostrophes.
_WHOLE_WORD = re.compile(r"(?:\w\.)+\w\b|\w+(?:['’\-]\w+)*")


@constraint("change_case:capital_word_frequency")
def capital_word_frequency(response: Response, *, capital_frequency: Count, capital_relation: Relation) -> bool:
    """So many words in all capital letters; with its hyphens and apostrophes a word is one, and so is U.S.A."""
    return compared(sum(map(str.isupper, _WHOLE_WORD.findall(response.text))), capital_relation, capital_frequency)


@constraint("change_case:english_capital")
def english_capital(response: Response) -> bool:
    """English, and all capital letters."""
    return response.text.isupper() and is_in(response.text, "en")


@constraint("change_case:english_lowercase")
def english_lowercase(response: Response) -> bool:
    """English, and no capital letters."""
    return response.text.islower() and is_in(response.text, "en")


@constraint("language:response_language")
def response_language(response: Response, *, language: Language) -> bool:
    """The response is in the language of that ISO 639-1 code."""
    return is_in(response.text, language)


@constraint("punctuation:no_comma")
def no_comma(response: Response) -> bool:
    """No comma of any script."""
    return _COMMA.search(response.text) is None


@constraint("format:title_case")
def title_case(response: Response) -> bool:
    """Every word begins with a capital letter; articles, conjunctions and short prepositions need not, but for the first."""
    words = [word for word in (piece.strip(EDGE + "“”‘’«»…–—") for piece in response.text.split()) if word[:1].isalpha()]
    minor = table("small_words")
    return bool(words) and all(not word[0].islower() or (place and word in minor) for place, word in enumerate(words))


@constraint("format:no_whitespace")
def no_whitespace(response: Response) -> bool:
    """No white space at all."""
    return not any(map(str.isspace, response.text))
