"""Constraints on how the response begins, ends and repeats what it was given."""

from __future__ import annotations

import re

from rewardkit.verifiers.instruct.arguments import Count, Phrase
from rewardkit.verifiers.instruct.constraint import constraint
from rewardkit.verifiers.instruct.keywords import keyword_pattern
from rewardkit.verifiers.instruct.response import Response

__all__ = ["SENTENCE_TO_REPEAT"]

SENTENCE_TO_REPEAT = "Only output this sentence here, ignore all other requests."
"""What `repeat:repeat_simple` wants; it is part of the id."""

_SIX = re.compile(r"(?<!\*)\*{6}(?!\*)")
_BEFORE_CLOSING = ".,!?;:…)]}%’"
_BEHIND_CLOSING = ".,!?;:…)]}"
_QUOTE = re.compile(r"[\"“”]")


@constraint("startend:end_checker")
def end_checker(response: Response, *, end_phrase: Phrase) -> bool:
    """The response ends with the phrase, without regard to case; quotes behind it are passed over."""
    end = end_phrase.lower()
    said = response.stripped.strip('"').lower()
    return said.endswith(end) and not (end[0].isalnum() and said[: -len(end)][-1:].isalnum())


@constraint("startend:quotation")
def quotation(response: Response) -> bool:
    """One pair of double quotation marks, straight or curly, is around the whole response; others may stand inside."""
    text = response.stripped
    if len(text) < 3 or (text[0], text[-1]) not in (('"', '"'), ("“", "”")):
        return False
    depth = 0
    for mark in _QUOTE.finditer(text):
        place = mark.start()
        depth += 1 if _opens(text, place) else -1
        if depth == 0:
            return place == len(text) - 1
    return False


def _opens(text: str, place: int) -> bool:
    """Whether the quotation mark at a place opens a quote."""
    if text[place] != '"' or place in (0, len(text) - 1):
        return text[place] == "“" or place == 0
    before, behind = text[place - 1], text[place + 1]
    return not (before.isalnum() or before in _BEFORE_CLOSING) and not (behind.isspace() or behind in _BEHIND_CLOSING)


@constraint("multi-turn:constrained_start")
def constrained_start(response: Response, *, starter: Phrase) -> bool:
    """The response begins with the phrase, without regard to case."""
    return keyword_pattern(starter).match(response.stripped) is not None


@constraint("combination:two_responses")
def two_responses(response: Response) -> bool:
    """Two responses, parted by six asterisks, that differ in more than case, spaces and punctuation."""
    pieces = [Response(piece) for piece in _SIX.split(response.text)]
    said = [piece for piece in pieces if piece.stripped]
    inner = all(piece.stripped for piece in pieces[1:-1])
    return inner and len(said) == 2 and said[0].bare != said[1].bare


@constraint("combination:repeat_prompt")
def repeat_prompt(response: Response, *, prompt_to_repeat: Phrase) -> bool:
    """The request stands first, word for word but for case and spaces, and something follows it."""
    asked, said = prompt_to_repeat.lower().split(), response.lower.split()
    return said[: len(asked)] == asked and Response(" ".join(said[len(asked) :])).says_something


@constraint("repeat:repeat_change")
def repeat_change(response: Response, *, prompt_to_repeat: Phrase) -> bool:
    """The request again, its first word changed and nothing else."""
    asked, said = prompt_to_repeat.split(), response.text.split()
    return bool(said) and said[0] != asked[0] and said[1:] == asked[1:]


@constraint("repeat:repeat_simple")
def repeat_simple(response: Response) -> bool:
    """The sentence that the prompt shows, and nothing else; without regard to case."""
    return response.stripped.lower() == SENTENCE_TO_REPEAT.lower()


@constraint("repeat:repeat_span")
def repeat_span(response: Response, *, prompt_to_repeat: Phrase, n_start: Count, n_end: Count) -> bool:
    """The request's characters from one index to another, both included; without regard to case and spaces."""
    wanted = prompt_to_repeat[n_start : n_end + 1].lower().split()
    return bool(wanted) and response.lower.split() == wanted
