"""Whether a question asks for the option that is not so: "Which of these is false?", "... EXCEPT"."""

from __future__ import annotations

import re

from rewardkit.verifiers.choice.options import Options

__all__ = ["is_inverted"]

_NOT_SO = re.compile(
    r"\b(?:not|no|except|false|incorrect(?:ly)?|untrue|invalid|wrong|never|cannot|least|falsch\w*|nicht|kein\w*|sauf|fausse|faux|incorrect[ao]"
    r"|fals[ao]|excepto|salvo|errad[ao]|tranne|onjuist\w*|неверн\w*|неправильн\w*|не|không|sai|salah|bukan)\b|n't\b"
    r"|不|错误|錯誤|誤|間違|ない|틀린|아닌|않",
    re.IGNORECASE,
)


def is_inverted(prompt: str, options: Options) -> bool:
    """Whether the prompt, its options' own words aside, asks for what is wrong or left out."""
    for words in options.texts.values():
        prompt = prompt.replace(words, " ")
    return _NOT_SO.search(prompt) is not None
