"""Whether a question asks for the option that is not so: "Which of these is false?", "... EXCEPT"."""

from __future__ import annotations

from functools import lru_cache

from rewardkit.first_use import first_use
from rewardkit.prose.lexicon import Lexicon, lowered
from rewardkit.prose.phrases import Meaning, Reach, Side, phrases
from rewardkit.verifiers.choice.options import Options

__all__ = ["is_inverted"]

KEPT = 64  # questions, as the completions of a group share theirs


@lru_cache(maxsize=1)
@first_use
def _not_so() -> Lexicon[Meaning]:
    return Lexicon(phrases(Meaning.INVERTS, Side.BEFORE, Reach.SENTENCE).rows, lambda row: row.meaning)


def is_inverted(prompt: str, options: Options) -> bool:
    """Whether the prompt, its options' own words aside, asks for what is wrong or left out."""
    return _is_inverted(prompt, tuple(options.texts.values()))


@lru_cache(maxsize=KEPT)
def _is_inverted(prompt: str, texts: tuple[str, ...]) -> bool:
    for words in texts:
        prompt = prompt.replace(words, " ")
    return next(_not_so().hits(prompt, None, lowered(prompt)), None) is not None
