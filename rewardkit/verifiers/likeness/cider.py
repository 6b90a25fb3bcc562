"""CIDEr-D: how far a caption agrees with those that people wrote, n-grams weighted by how rare they are."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from rewardkit.errors import BadParameter
from rewardkit.first_use import first_use
from rewardkit.registry import verifier
from rewardkit.types import Sample, Verdict
from rewardkit.verifiers.likeness.said import said, words

__all__ = ["Frequencies", "cider", "cider_d", "document_frequencies"]

_LONGEST_GRAM = 4
_SIGMA = 6.0  # words by which a caption may be longer or shorter

Grams = tuple[Counter[str], ...]


class Frequencies(NamedTuple):
    """In how many pictures' captions each n-gram stands, and how many pictures there are; none where all weigh the same."""

    pictures: int
    grams: Mapping[str, int]

    def weight(self, gram: str) -> float:
        """The weight of an n-gram: the logarithm of how many pictures there are for each that has it."""
        return math.log(self.pictures / max(1, self.grams.get(gram, 0))) if self.pictures else 1.0


def _check_cider(*, frequencies: str | None) -> None:
    if frequencies is not None:
        _frequencies(frequencies)


@verifier("text.cider", requires=("answer",), validate=_check_cider, scores=(0.0, 1.0))
def cider(sample: Sample, *, frequencies: str | None = None) -> Verdict:
    """A tenth of CIDEr-D, from 0 to 1: the mean likeness of a caption to its references by n-grams of up to four words.

    The text and its words are as in `text.rouge`. All references count, each the same. Repeated n-grams count as often as a
    reference has them, and a caption of another length is worth less. `info["cider"]` is CIDEr-D itself, from 0 to 10. It looks
    at words, not at what they say.

    Source: CIDEr-D (arXiv 1411.5726).

    Args:
        sample: The sample. `answer` is a caption or several; one without a word is `gold_unparseable`.
        frequencies: Path of a JSON file that says how many pictures' captions each n-gram stands in
            (`rewardkit.verifiers.likeness.cider.document_frequencies` makes it of a training set). None (the default): all
            n-grams weigh the same.

    Raises:
        BadParameter: When the verifier is built with a file that cannot be read.
    """
    text = said(sample)
    if isinstance(text, Verdict):
        return text
    wanted = [found for found in map(words, sample.references) if found]
    if not wanted:
        return Verdict.abstained("gold_unparseable", problem="no word in the reference")
    known = Frequencies(0, {}) if frequencies is None else _frequencies(frequencies)
    value = cider_d(words(text), wanted, known)
    # A caption that is its only reference is 10 but for what rounding adds.
    return Verdict.scored(min(value / 10, 1.0), extracted=text[:2000], cider=round(value, 4))


def document_frequencies(pictures: Iterable[Sequence[str]]) -> dict[str, object]:
    """What `text.cider` reads from a file of JSON: how many of these pictures have each n-gram in any of their captions."""
    count, found = 0, Counter[str]()
    for captions in pictures:
        count += 1
        found.update({gram for caption in captions for grams in _grams(words(caption)) for gram in grams})
    return {"pictures": count, "grams": dict(found)}


def cider_d(given: Sequence[str], wanted: Sequence[Sequence[str]], frequencies: Frequencies) -> float:
    """CIDEr-D of a list of words with those of its references, from 0 to 10."""
    own = _grams(given)
    parts = [_likeness(own, _grams(one), len(given) - len(one), frequencies) for one in wanted]
    return 10 * sum(parts) / len(parts)


def _grams(found: Sequence[str]) -> Grams:
    """How often each n-gram stands in a list of words, for each length."""
    return tuple(
        Counter(" ".join(gram) for gram in zip(*(found[at:] for at in range(size)), strict=False))
        for size in range(1, _LONGEST_GRAM + 1)
    )


def _likeness(given: Grams, wanted: Grams, longer: int, frequencies: Frequencies) -> float:
    """The mean over lengths of the clipped cosine of weighted n-grams, less for another length of the caption."""
    parts = []
    for own, other in zip(given, wanted, strict=True):
        a, b = ({gram: count * frequencies.weight(gram) for gram, count in grams.items()} for grams in (own, other))
        sizes = math.hypot(*a.values()) * math.hypot(*b.values())
        shared = sum(min(value, b[gram]) * b[gram] for gram, value in a.items() if gram in b)
        parts.append(shared / sizes if sizes else 0.0)
    return sum(parts) / len(parts) * math.exp(-(longer**2) / (2 * _SIGMA**2))


@lru_cache(maxsize=4)
@first_use
def _frequencies(path: str) -> Frequencies:
    try:
        held = json.loads(Path(path).read_text(encoding="utf-8"))
        found = Frequencies(held["pictures"], held["grams"])
        kept = found.pictures >= 2 and all(type(count) is int and 0 <= count <= found.pictures for count in found.grams.values())
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as cause:
        message = f"text.cider: frequencies={path!r} cannot be read ({cause}); wanted what document_frequencies makes, as JSON."
        raise BadParameter(message) from None
    if not kept:
        message = f"text.cider: frequencies={path!r} holds no counts from 0 to the number of pictures, of two at least."
        raise BadParameter(message)
    return found
