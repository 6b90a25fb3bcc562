"""Whether a completion keeps to one language: that of its prompt, or the one that is asked for."""

from __future__ import annotations

import re
from typing import Any

from rewardkit.errors import BadParameter
from rewardkit.extract import outside_think
from rewardkit.prose.languages import is_in, known_languages, language_of, script_share
from rewardkit.registry import verifier
from rewardkit.types import Sample, Verdict

__all__ = ["consistent"]

# What is the same in every language: code, formulas, addresses, tags.
_NO_LANGUAGE = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]*`|\$\$.*?(?:\$\$|\Z)|\$[^$\n]*\$|\\\[.*?(?:\\\]|\Z)|\\\(.*?(?:\\\)|\Z)|\\[a-zA-Z]+|https?://\S+|</?[a-zA-Z]\w*>",
    re.DOTALL,
)
_LEAST_LETTERS = 20
_LEAST_OWN = 0.6
_MOST_LINES = 2000


def _check_consistent(*, threshold: float | None, **_: Any) -> None:
    if threshold is not None and not 0 < threshold <= 1:
        message = f"language.consistent: threshold={threshold} cannot be used; wanted 0 < threshold <= 1, or None."
        raise BadParameter(message)


@verifier("language.consistent", validate=_check_consistent)
def consistent(sample: Sample, *, language: str | None = None, threshold: float | None = 0.8, think: bool = False) -> Verdict:
    """How much of a completion is in the language it should be in.

    That is the language of the column `language`, else of the parameter, else the one that the question is in; where it is none
    of these the row is `out_of_scope`. Each line of twenty letters or more is told by itself, by a packaged model; a shorter
    one counts against the language only where its letters are of another script. Code, formulas and addresses are passed over.
    The share is of letters. Text without a letter is in no wrong language: it scores 1, and nothing at all 0 as `no_answer`.
    The idea is that of DeepSeek-R1 (arXiv 2501.12948), section 2.3.2.

    Args:
        sample: The sample; the column `language` holds an ISO 639-1 code, and one that is not known is `gold_unparseable`.
        language: ISO 639-1 code, for rows without one of their own.
        threshold: Score 1 from this share on, else 0. None scores the share itself.
        think: Also look at what stands in `<think>`, which is hidden otherwise.

    Raises:
        BadParameter: When the verifier is built with a threshold that cannot be reached.
        MissingExtra: When the package `py3langid` is not installed.
    """
    asked = sample.columns.get("language") or language
    wanted = _language_of_question(sample.question) if asked is None else str(asked).lower().split("-")[0]
    if not wanted:
        return Verdict.abstained("out_of_scope", problem="the question is too short to tell its language")
    if wanted not in known_languages():
        return Verdict.abstained(
            "gold_unparseable", problem=f"language={str(asked)[:50]!r} is none of {sorted(known_languages())}"
        )
    text = sample.text if think else outside_think(sample.text)
    if not any(map(str.isalnum, text)):
        return Verdict.scored(0.0, "no_answer")
    judged, kept = _letters(_NO_LANGUAGE.sub(" ", text), wanted)
    share = kept / judged if judged else 1.0
    score = share if threshold is None else float(share >= threshold)
    return Verdict.scored(score, language=wanted, share=round(share, 4))


def _language_of_question(question: str) -> str:
    plain = _NO_LANGUAGE.sub(" ", question)
    return language_of(plain) if sum(map(str.isalpha, plain)) >= _LEAST_LETTERS else ""


def _letters(text: str, wanted: str) -> tuple[int, int]:
    """How many letters could be told, and how many of them are in the language."""
    judged = kept = 0
    lines = text.split("\n")
    for line in lines if len(lines) <= _MOST_LINES else [text]:
        letters = sum(map(str.isalpha, line))
        if letters >= _LEAST_LETTERS:
            judged += letters
            kept += letters * is_in(line, wanted)
        elif letters and script_share(line, wanted) < _LEAST_OWN:
            judged += letters
    return judged, kept
