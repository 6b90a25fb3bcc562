"""Forms of a unit's name that CLDR does not list, by the endings of the language's other units: граммов as метров."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

FEWEST = 2  # known forms, by whose endings a name is like another
SHORTEST = 3  # letters of a stem
USUAL = 3  # units that share the endings which others follow


def further_forms(forms: Mapping[str, set[str]]) -> Iterator[tuple[str, set[str]]]:
    """For each unit of one language the forms that it has if it goes on as the most units that share all its endings.

    Args:
        forms: The names of a language's units in words, each in the forms that are listed.
    """
    split = {unit: parted for unit, words in forms.items() if (parted := _parted(words)) is not None}
    usual = Counter(endings for _, endings in split.values())
    for unit, (stem, endings) in split.items():
        alike = [others for others, count in usual.most_common() if endings < others and count >= USUAL]
        if alike:
            yield unit, {stem + ending for ending in alike[0] - endings}


def _parted(words: set[str]) -> tuple[str, frozenset[str]] | None:
    """The stem that all forms share and their endings; None where too little is shared or known."""
    first, last = min(words), max(words)
    stem = first[: next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))]
    if len(words) < FEWEST or len(stem) < SHORTEST:
        return None
    return stem, frozenset(word[len(stem) :] for word in words)
