"""Answers that are addressed to the judge: tokens of a chat, turns of a conversation, orders, and verdicts."""

from __future__ import annotations

from rewardkit.judges.guard.patterns import CLAIMS, COMMANDS, CONTROL, POLAR_QUESTION, RIGHT_BECAUSE, ROLES, VERDICTS
from rewardkit.judges.guard.text import Text

__all__ = ["command", "control_token", "is_quoted", "role_marker", "verdict"]

MAX_VERDICT = 8  # words of an answer that is made of verdicts alone


def control_token(text: Text, asked: Text) -> str:
    """A token of a chat format."""
    return text.first(CONTROL)


def role_marker(text: Text, asked: Text) -> str:
    """A turn of a conversation or a field of a judge's prompt."""
    return text.first(ROLES)


def command(text: Text, asked: Text) -> str:
    """An order to the reader."""
    return text.first(COMMANDS)


def verdict(text: Text, asked: Text) -> str:
    """A claim to be right, or verdict words and nothing else where the question is not one of yes or no."""
    claim = text.first(CLAIMS)
    if claim:
        return claim
    if (begun := RIGHT_BECAUSE.match(text.folded)) and not POLAR_QUESTION.search(asked.folded):
        return begun[0]
    said = [word for word in text.words if word not in ("and", "or")]
    if 0 < len(said) <= MAX_VERDICT and all(word in VERDICTS for word in said):
        return "" if POLAR_QUESTION.search(asked.folded) else " ".join(text.words)
    return ""


def is_quoted(found: str, reference: Text, asked: Text) -> bool:
    """Whether the words stand in the reference, or in the question."""
    return found in reference.folded or (len(found) > 3 and found in asked.folded)
