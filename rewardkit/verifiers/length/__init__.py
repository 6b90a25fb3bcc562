"""How long a completion is, and how much of it says the same again.

These say nothing of whether the answer is right: put them beside or behind a verifier that does.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from rewardkit.errors import BadParameter
from rewardkit.registry import verifier
from rewardkit.rightness import check_by, right_by
from rewardkit.types import Sample, Verdict
from rewardkit.verifiers.length.loops import loop_at_end

__all__ = ["budget", "cosine", "overlong", "repetition"]

Unit = Literal["tokens", "characters"]

# CJK is written without spaces, so each of its characters stands for a word. Longer runs than 24 are cut, so
# that one character repeated without end is seen as many words that repeat.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]{1,24}|[^\w\s]")
_READ_CHARACTERS = 400_000


def _check_overlong(*, maximum: int, cache: int, **_: Any) -> None:
    if not 0 < cache <= maximum:
        message = f"length.overlong: maximum={maximum} and cache={cache} cannot be used; wanted 0 < cache <= maximum."
        raise BadParameter(message)


def _check_budget(*, budget: int, slope: float, **_: Any) -> None:
    if budget <= 0 or slope <= 0:
        message = f"length.budget: budget={budget} and slope={slope} cannot be used; both must be above 0."
        raise BadParameter(message)


def _check_repetition(*, ngram: int, loop: int, allowed: float, **_: Any) -> None:
    if ngram < 1 or loop < 0 or not 0 <= allowed < 1:
        message = (
            f"length.repetition: ngram={ngram}, loop={loop}, allowed={allowed} cannot be used; "
            "wanted ngram >= 1, loop >= 0 (0 switches it off) and 0 <= allowed < 1."
        )
        raise BadParameter(message)


def _check_cosine(
    *,
    maximum: int,
    right: tuple[float, float],
    wrong: tuple[float, float],
    by: str,
    options: Mapping[str, Any] | None,
    **_: Any,
) -> None:
    pairs = [pair for pair in (right, wrong) if isinstance(pair, (list, tuple)) and len(pair) == 2]
    finite = len(pairs) == 2 and all(isinstance(end, (int, float)) and math.isfinite(end) for pair in pairs for end in pair)
    if maximum <= 0 or not finite or max(wrong) >= min(right):
        message = (
            f"length.cosine: maximum={maximum}, right={right} and wrong={wrong} cannot be used; wanted a maximum above 0 and two "
            "pairs of numbers, every one for a right answer above every one for a wrong one."
        )
        raise BadParameter(message)
    check_by("length.cosine", by, options)


@verifier("length.overlong", validate=_check_overlong)
def overlong(sample: Sample, *, maximum: int = 20480, cache: int = 4096, unit: Unit = "tokens") -> Verdict:
    """The soft over-long penalty: 0 while there is room, falling to -1 at the maximum.

    A penalty to be added to a reward: 0 up to `maximum - cache`, then falling in a straight line to -1 at
    `maximum`, and -1 beyond. Source: DAPO (arXiv 2503.14476), equation 13, with its lengths as defaults.

    Args:
        sample: The sample; its `completion_ids` are counted, or its text.
        maximum: Length from which the whole penalty is due, in `unit`.
        cache: Width of the stretch over which the penalty grows, in `unit`.
        unit: "tokens" (the length of `completion_ids`) or "characters".

    Raises:
        BadParameter: For lengths that cannot be, or tokens asked for where the batch has no `completion_ids`.
    """
    length = _length(sample, unit, "length.overlong")
    room = (maximum - cache - length) / cache
    score = max(-1.0, min(0.0, room))
    reason = "match" if score == 0 else "mismatch" if score == -1 else "partial"
    return Verdict.scored(score, reason, length=length, unit=unit)


@verifier("length.budget", validate=_check_budget)
def budget(
    sample: Sample,
    *,
    budget: int = 4000,
    mode: Literal["max", "exact"] = "max",
    slope: float = 0.0003,
    offset: float = 0.5,
    unit: Unit = "tokens",
) -> Verdict:
    """How well the length keeps to a budget, from 0 to 1.

    "max" scores clip(slope * (budget - length) + offset, 0, 1): `offset` at the budget, more below it, less above.
    "exact" scores clip(1 - slope * |budget - length|, 0, 1): 1 on the budget only; `offset` is not used.
    A column `budget` gives a row its own budget; a value there that is no number above 0 abstains.
    Source: L1 (arXiv 2503.04697), LCPO-Max and LCPO-Exact, with its constants as defaults; there the first
    multiplies correctness, and the second's shortfall from 1 is taken off it.

    Args:
        sample: The sample; its `completion_ids` are counted, or its text.
        budget: Length asked for, in `unit`; the column `budget` goes before it.
        mode: "max" (no longer than) or "exact" (as long as).
        slope: Score a unit of length.
        offset: Score at the budget in mode "max".
        unit: "tokens" (the length of `completion_ids`) or "characters".

    Raises:
        BadParameter: For values not above 0, or tokens asked for where the batch has no `completion_ids`.
    """
    length = _length(sample, unit, "length.budget")
    asked = sample.columns.get("budget")
    if asked is None:
        asked = budget
    if isinstance(asked, bool) or not isinstance(asked, (int, float)) or not 0 < asked < float("inf"):
        return Verdict.abstained("gold_unparseable", budget=repr(asked)[:200])
    raw = slope * (asked - length) + offset if mode == "max" else 1 - slope * abs(asked - length)
    return Verdict.scored(max(0.0, min(1.0, raw)), length=length, budget=asked, unit=unit)


@verifier("length.repetition", validate=_check_repetition)
def repetition(
    sample: Sample, *, ngram: int = 5, loop: int = 50, allowed: float = 0.0, unit: Literal["words", "tokens"] = "words"
) -> Verdict:
    """1 less the share of word sequences that have stood before; 0 when the text ends in a loop.

    The share is 1 - distinct / all over the n-grams of words, after Yeo et al. (arXiv 2502.03373); with
    `allowed` it is (share - allowed) / (1 - allowed), at least 0. A loop is a tail of at least `loop` words
    made of at least three copies of one sequence: the text is then cut off by the length limit and not ended.
    Words are runs of up to 24 letters or digits, CJK characters, and punctuation marks, without regard to case.
    Only the last 400,000 characters are read. The time is linear. A text of fewer than `ngram` words scores 1. By tokens, with
    `loop=0`, the shortfall from 1 is the share that TRL's repetition penalty multiplies.

    Args:
        sample: The sample; only its text is read.
        ngram: Words in a sequence.
        loop: Fewest words in a tail that counts as a loop; 0 looks for none.
        allowed: Share that costs nothing, from 0 to below 1.
        unit: What stands in a sequence: "words" of the text, or "tokens" (the `completion_ids`).

    Raises:
        BadParameter: When the verifier is built with values that cannot be used, or tokens are asked for where the batch has
            no `completion_ids`.
    """
    words: list[Any]
    if unit == "tokens":
        words = list(_ids(sample, "length.repetition", "words"))[-_READ_CHARACTERS:]
    else:
        words = _WORD.findall(sample.text[-_READ_CHARACTERS:].lower())
    if loop:
        period, length = loop_at_end(words)
        if length >= loop:
            return Verdict.scored(0.0, loop_words=length, period_words=period)
    sequences = len(words) - ngram + 1
    if sequences < 1:
        return Verdict.scored(1.0, share=0.0)
    share = 1 - len(set(zip(*(words[i:] for i in range(ngram)), strict=False))) / sequences
    penalty = max(0.0, (share - allowed) / (1 - allowed))
    return Verdict.scored(1 - penalty, share=round(share, 4))


@verifier("length.cosine", requires=("answer",), validate=_check_cosine)
def cosine(
    sample: Sample,
    *,
    maximum: int = 1000,
    right: tuple[float, float] = (1.0, 0.5),
    wrong: tuple[float, float] = (-1.0, -0.5),
    unit: Unit = "tokens",
    by: str = "math.equal",
    options: Mapping[str, Any] | None = None,
) -> Verdict:
    """Correctness scaled by length: from one value for an empty completion to another at the maximum, along half a cosine.

    The score is end + (start - end) * (1 + cos(pi * length / maximum)) / 2, with the length cut off at the maximum, and start and
    end as `right` and `wrong` give them. With its defaults it is TRL's cosine-scaled reward, and the bounds are those of Yeo et
    al. (arXiv 2502.03373), appendix C.1. A row that `by` cannot decide keeps its abstention.

    Args:
        sample: The sample, with what `by` needs; its `completion_ids` are counted, or its text.
        maximum: Length from which the value at the end is due, in `unit`.
        right: Scores of a right answer, of no length and of the maximum.
        wrong: Scores of a wrong one; each must be below those of a right one.
        unit: "tokens" (the length of `completion_ids`) or "characters".
        by: Name of the verifier that tells right from wrong, by a score of 1; none that runs in worker processes.
        options: Parameters of that verifier.

    Raises:
        BadParameter: For values that cannot be used, or tokens asked for where the batch has no `completion_ids`.
    """
    length = _length(sample, unit, "length.cosine")
    verdict = right_by(sample, by, options)
    if verdict.score is None:
        return verdict
    start, end = right if verdict.score >= 1 else wrong
    score = end + (start - end) * (1 + math.cos(math.pi * min(length / maximum, 1.0))) / 2
    reason = verdict.reason if verdict.score < 1 else "match" if score == 1 else "partial"
    return Verdict.scored(score, reason, **{**verdict.info, "length": length, "unit": unit})


def _length(sample: Sample, unit: Unit, name: str) -> int:
    """How long a completion is; `name` asks, for the error that a batch without `completion_ids` gets."""
    if unit == "characters":
        return len(sample.text)
    return len(_ids(sample, name, "characters"))


def _ids(sample: Sample, name: str, other: str) -> Sequence[int]:
    if sample.completion_ids is None:
        message = f"{name}: unit='tokens' needs completion_ids, which this batch does not have; pass them, or use unit='{other}'."
        raise BadParameter(message)
    return sample.completion_ids
