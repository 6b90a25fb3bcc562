"""OpenRLHF's queries: prompt and completion in one text, as its tokenizer decodes them, taken apart again."""

from __future__ import annotations

import re

__all__ = ["completion_of"]

# What chat templates write after the text: <|im_end|>, <|eot_id|>, </s>, <eos>, <end_of_turn>, <｜end▁of▁sentence｜> and so on.
_END = re.compile(r"(?:\s*(?:<[|｜][^<>|｜\s]{1,40}[|｜]>|</s>|<eos>|<end_of_turn>|<pad>|\[PAD\]))+\s*\Z")
_START = re.compile(r"(?:<[|｜][^<>|｜\s]{1,40}[|｜]>|<s>|<bos>)\s?")


def completion_of(query: str, prompt: str) -> str | None:
    """The part of `query` behind `prompt`, without special tokens at its end; None when it does not begin with the prompt."""
    query = query.lstrip("\N{REPLACEMENT CHARACTER}")  # a cut inside a character
    for text in (query, query[found.end() :] if (found := _START.match(query)) else None):
        if text is not None and text.startswith(prompt):
            return _END.sub("", text[len(prompt) :])
    # The head of a prompt that is too long is cut off; what is left of it must be a good part to be recognised.
    size = _longest_overlap(prompt, query)
    return _END.sub("", query[size:]) if size >= min(64, len(prompt)) and size else None


def _longest_overlap(prompt: str, query: str) -> int:
    """The length of the longest end of `prompt` that `query` begins with, in linear time (Knuth, Morris and Pratt, 1977)."""
    head = query[: len(prompt)]
    fails = [0] * len(head)
    length = 0
    for place in range(1, len(head)):
        while length and head[place] != head[length]:
            length = fails[length - 1]
        length += head[place] == head[length]
        fails[place] = length
    matched = 0
    for sign in prompt:
        while matched and (matched == len(head) or sign != head[matched]):
            matched = fails[matched - 1]
        matched += bool(head) and sign == head[matched]
    return matched
