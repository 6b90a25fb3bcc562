"""Whether a question asks for the option that is not so: "Which of these is false?", "... EXCEPT"."""

from __future__ import annotations

import re
from functools import lru_cache

from rewardkit.prose.phrases import Meaning, Reach, Side, phrases
from rewardkit.verifiers.choice.options import Options

__all__ = ["is_inverted"]


@lru_cache(maxsize=1)
def _not_so() -> re.Pattern[str]:
    return re.compile(phrases(Meaning.INVERTS, Side.BEFORE, Reach.SENTENCE).source, re.IGNORECASE)


def is_inverted(prompt: str, options: Options) -> bool:
    """Whether the prompt, its options' own words aside, asks for what is wrong or left out."""
    for words in options.texts.values():
        prompt = prompt.replace(words, " ")
    return _not_so().search(prompt.replace("\u2019", "'")) is not None
