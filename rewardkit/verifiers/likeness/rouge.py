"""ROUGE: what a summary or a caption shares with a reference, as the F1 of words, pairs of words, or words in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from rewardkit.first_use import loading
from rewardkit.registry import verifier
from rewardkit.types import Sample, Verdict
from rewardkit.verifiers.likeness.said import said, words

__all__ = ["rouge", "rouge_f1"]

Kind = Literal["1", "2", "L"]


@verifier("text.rouge", requires=("answer",), scores=(0.0, 1.0))
def rouge(sample: Sample, *, kind: Kind = "L") -> Verdict:
    """ROUGE with the reference that fits best, as F1 from 0 to 1.

    The text is the `<answer>` block, or all text outside think. Words are letters and digits without regard to case and are not
    stemmed; a character of Chinese, Japanese or Thai is a word. Only F1 is offered, as recall alone pays for every word that is
    added. It looks at words, not at what they say: "not a dog" is much like "a dog". A text of more than 100,000 characters is
    `too_complex`.

    Source: Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries".

    Args:
        sample: The sample. A reference without a word is `gold_unparseable`.
        kind: "1" counts words, "2" pairs of neighbours, "L" (the default) the longest sequence of words in the same order.
    """
    text = said(sample)
    if isinstance(text, Verdict):
        return text
    wanted = [found for found in map(words, sample.references) if found]
    if not wanted:
        return Verdict.abstained("gold_unparseable", problem="no word in the reference")
    given = words(text)
    score = max(rouge_f1(given, one, kind) for one in wanted)
    return Verdict.scored(score, extracted=text[:2000], words=len(given))


def rouge_f1(given: Sequence[str], wanted: Sequence[str], kind: Kind) -> float:
    """ROUGE's F1 of two lists of words."""
    if kind == "L":
        with loading:
            from rapidfuzz.distance import LCSseq

        shared, both = LCSseq.similarity(given, wanted), len(given) + len(wanted)
    else:
        a, b = (Counter(zip(*(one[at:] for at in range(int(kind))), strict=False)) for one in (given, wanted))
        shared, both = (a & b).total(), a.total() + b.total()
    return 2 * shared / both if both else 0.0
