"""Error rates of words and of characters, for text that was read off an image or heard: OCR and speech."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from rewardkit.errors import BadParameter
from rewardkit.first_use import loading
from rewardkit.registry import verifier
from rewardkit.types import Sample, Verdict
from rewardkit.verifiers.likeness.said import LONGEST, said

__all__ = ["cer", "wer"]


def _check_wer(*, threshold: float | None, **_: Any) -> None:
    _check("text.wer", threshold)


def _check_cer(*, threshold: float | None, **_: Any) -> None:
    _check("text.cer", threshold)


def _check(name: str, threshold: float | None) -> None:
    if threshold is not None and not 0 <= threshold < 1:
        message = f"{name}: threshold={threshold} cannot be used; wanted an error rate 0 <= threshold < 1, or None."
        raise BadParameter(message)


@verifier("text.wer", requires=("answer",), validate=_check_wer)
def wer(sample: Sample, *, threshold: float | None = None, normalised: bool = True) -> Verdict:
    """1 less the word error rate: substitutions, deletions and insertions by the number of words in the reference.

    The transcript is the `<answer>` block, or all text outside think. The reference with the least rate counts, and a rate
    above 1 scores 0. Transcripts are compared as they are: whether the completion denies or doubts one is not looked at.

    Args:
        sample: The sample.
        threshold: Score 1 up to this rate, else 0. None (the default) scores 1 less the rate.
        normalised: Without regard to case and punctuation, and with compatibility forms of Unicode resolved.

    Raises:
        BadParameter: When the verifier is built with a threshold that cannot be used.
    """
    return _rated(sample, threshold, normalised, str.split)


@verifier("text.cer", requires=("answer",), validate=_check_cer)
def cer(sample: Sample, *, threshold: float | None = None, normalised: bool = True) -> Verdict:
    """1 less the character error rate: substitutions, deletions and insertions by the number of characters in the reference.

    White space in a row counts as one space. The rest is as in `text.wer`, the parameters too.

    Args:
        sample: The sample.
        threshold: Score 1 up to this rate, else 0. None (the default) scores 1 less the rate.
        normalised: Without regard to case and punctuation, and with compatibility forms of Unicode resolved.

    Raises:
        BadParameter: When the verifier is built with a threshold that cannot be used.
    """
    return _rated(sample, threshold, normalised, lambda text: " ".join(text.split()))


def _rated(sample: Sample, threshold: float | None, normalised: bool, cut: Any) -> Verdict:
    text = said(sample)
    if isinstance(text, Verdict):
        return text
    wanted = [cut(_plain(reference, normalised)) for reference in sample.references]
    wanted = [units for units in wanted if units]
    if not wanted:
        return Verdict.abstained("gold_unparseable", problem="nothing of the reference is left without its punctuation")
    given = cut(_plain(text, normalised))
    rate = min(_rate(given, units) for units in wanted)
    score = max(0.0, 1 - rate) if threshold is None else float(rate <= threshold)
    return Verdict.scored(score, extracted=text[:2000], rate=round(rate, 6))


def _plain(text: str, normalised: bool) -> str:
    if not normalised:
        return text
    text = unicodedata.normalize("NFKC", text[:LONGEST]).casefold()
    return "".join(c if unicodedata.category(c)[0] not in "PS" else "" if c in "'’" else " " for c in text)


def _rate(given: Sequence[Any], wanted: Sequence[Any]) -> float:
    with loading:
        from rapidfuzz.distance import Levenshtein

    # What is too long by more than the reference has a rate above 1, and need not be measured.
    if len(given) > 2 * len(wanted):
        return (len(given) - len(wanted)) / len(wanted)
    return Levenshtein.distance(given, wanted) / len(wanted)
