"""The whole text that a completion offers, and the words of a text."""

from __future__ import annotations

import re

from rewardkit.extract import Method, extract, outside_think
from rewardkit.types import Sample, Verdict

__all__ = ["LONGEST", "said", "words"]

LONGEST = 100_000
"""Characters of a text that is compared."""
_BLOCK = re.compile(r"<answer\s{0,4}>((?:(?!</?answer).)*)</answer\s{0,4}>", re.IGNORECASE | re.DOTALL)
# Letters and digits; a character of Chinese, Japanese or Thai is a word, as no spaces stand there.
_WORD = re.compile(
    r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W_\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+"
)


def said(sample: Sample) -> str | Verdict:
    """The `<answer>` block, or all text outside think; the verdict where that is nothing, too much, or several blocks."""
    final = extract(sample.text, order=("answer_tag",))
    if final.reason == "ambiguous":
        return Verdict.scored(0.0, "ambiguous", extracted=" | ".join(final.alternatives)[:2000])
    text = outside_think(sample.text)
    if final.method is not Method.NONE:
        # As it stands: the spaces and line breaks of a text are its own.
        blocks = [block[1] for block in _BLOCK.finditer(text) if block[1].strip()] if final.text else []
        text = blocks[-1] if blocks else final.text or ""
    text = text.strip()
    if not text:
        return Verdict.scored(0.0, "no_answer")
    if len(text) > LONGEST:
        return Verdict.scored(0.0, "too_complex", characters=len(text))
    return text


def words(text: str) -> list[str]:
    """The words of a text in small letters, without marks."""
    return _WORD.findall(text.lower())
