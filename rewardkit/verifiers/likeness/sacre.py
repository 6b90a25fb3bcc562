"""BLEU and chrF, by sacrebleu: captions and translations by the n-grams that they share with references."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from typing import Any, Literal

from rewardkit.errors import BadParameter, MissingExtra
from rewardkit.first_use import loading
from rewardkit.registry import verifier
from rewardkit.types import Sample, Verdict
from rewardkit.verifiers.likeness.said import said

__all__ = ["bleu", "chrf"]

Tokenize = Literal["13a", "intl", "char", "zh", "none"]


def _check_bleu(**_: Any) -> None:
    _installed("text.bleu")


def _check_chrf(*, word_order: int) -> None:
    if not 0 <= word_order <= 6:
        message = f"text.chrf: word_order={word_order} cannot be used; wanted n-grams of 0 to 6 words."
        raise BadParameter(message)
    _installed("text.chrf")


def _installed(name: str) -> None:
    """Raise `MissingExtra` without the package; it is not loaded before the first row."""
    if find_spec("sacrebleu") is None:
        raise MissingExtra("sacrebleu", "captions", name)


@verifier("text.bleu", requires=("answer",), validate=_check_bleu, scores=(0.0, 1.0))
def bleu(sample: Sample, *, tokenize: Tokenize = "13a") -> Verdict:
    """BLEU of one sentence, up to four words, with all its references, from 0 to 1.

    The text is as in `text.rouge`. Smoothed exponentially, and of a text shorter than four words the orders that it has, as
    sacrebleu's `sentence_bleu` does. It looks at words, not at what they say.

    Source: Papineni et al. 2002; computed by sacrebleu (arXiv 1804.08771).

    Args:
        sample: The sample.
        tokenize: What cuts words, by sacrebleu's name: "13a" (the default), "intl", "char", "zh" or "none".

    Raises:
        MissingExtra: When the package `sacrebleu` is not installed.
    """
    return _scored(sample, _measure("bleu", tokenize))


@verifier("text.chrf", requires=("answer",), validate=_check_chrf, scores=(0.0, 1.0))
def chrf(sample: Sample, *, word_order: int = 0) -> Verdict:
    """chrF: the F2 of n-grams of up to six characters with the reference that fits best, from 0 to 1.

    The text is as in `text.rouge`. Source: Popović 2015; computed by sacrebleu (arXiv 1804.08771).

    Args:
        sample: The sample.
        word_order: n-grams of words that count as well: 0 (the default) is chrF, 2 is chrF++.

    Raises:
        BadParameter: When the verifier is built with an order that is none of 0 to 6.
        MissingExtra: When the package `sacrebleu` is not installed.
    """
    return _scored(sample, _measure("chrf", word_order))


def _scored(sample: Sample, measure: Any) -> Verdict:
    text = said(sample)
    if isinstance(text, Verdict):
        return text
    # Floats add up to a little more than all.
    score = min(max(measure.sentence_score(text, list(sample.references)).score / 100, 0.0), 1.0)
    return Verdict.scored(1.0 if score > 1 - 1e-12 else score, extracted=text[:2000])


@lru_cache(maxsize=16)
def _measure(name: str, option: Any) -> Any:
    with loading:
        from sacrebleu.metrics import BLEU, CHRF

    return BLEU(tokenize=option, effective_order=True) if name == "bleu" else CHRF(word_order=option)
