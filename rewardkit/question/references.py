"""References as data sets ship them, read like answers: `<answer> 3 </answer>`, a solution that ends in `#### 540`, `["B"]`.

The one place where a reference is taken out of what stands around it, for every verifier; equal ones are read once.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rewardkit.extract import Reason, extract
from rewardkit.prose.announced import announced
from rewardkit.types import Sample

__all__ = ["references_of", "unwrapped"]

KEPT = 4096
# A quick look: marks of an answer, and what an announcement in plain letters has, a word or the letter of "A: 42".
_DRESSED = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{3}|A:|boxed\{|<[aA]|####|^\s*\[")
LONGEST = 20_000  # characters
_LISTED = re.compile(r"""\[\s*(?:"([^"\\]*)"|'([^'\\]*)')\s*\]""")


def references_of(sample: Sample) -> tuple[str, ...]:
    """The accepted answers of a row without the tags, solutions and announcements around them; empty when the row has none."""
    references = sample.references
    return _of_texts(references) if sum(map(len, references)) <= LONGEST else tuple(map(unwrapped, references))


@lru_cache(maxsize=KEPT)
def _of_texts(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(unwrapped, texts))


def unwrapped(reference: str) -> str:
    """The answer that a reference states: of a solution its last, of a list of one text that text, of anything else all of it."""
    bare = reference.isalnum() or len(reference) > LONGEST or _DRESSED.search(reference) is None
    return reference if bare else _unwrapped(reference)


@lru_cache(maxsize=KEPT)
def _unwrapped(reference: str) -> str:
    listed = _LISTED.fullmatch(reference.strip())
    if listed:
        return (listed[1] or listed[2] or "").strip() or reference
    if not (steps := _steps(reference)):
        return reference
    found = extract(reference, order=steps)
    return found.text if found.reason is Reason.FOUND and found.text and found.text.strip() else reference


def _steps(reference: str) -> tuple[str, ...]:
    """The steps of extraction whose marks a reference bears. Several boxes are one answer in parts, which is read as a whole."""
    borne = {
        "answer_tag": "<answer>" in reference.lower(),
        "boxed": reference.count("boxed{") == 1,
        "hash": "####" in reference,
        "phrase": reference.isascii() and bool(announced(reference)),
    }
    return tuple(step for step, bears in borne.items() if bears)
