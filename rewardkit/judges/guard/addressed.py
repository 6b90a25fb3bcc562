"""Answers that are addressed to the judge: tokens of a chat, turns of a conversation, orders, and verdicts."""

from __future__ import annotations

from rewardkit.judges.guard.patterns import AGREEMENTS, CLAIMS, COMMANDS, CONTROL, POLAR_QUESTION, RIGHT_BECAUSE, ROLES, VERDICTS
from rewardkit.judges.guard.text import Text

__all__ = ["agrees", "command", "control_token", "is_quoted", "role_marker", "verdict"]

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
    claim = text.first(CLAIMS) or text.first(AGREEMENTS)
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


def agrees(found: str, text: Text, reference: Text, asked: Text) -> bool:
    """Whether the claim only agrees ("This is accurate.") and the text around it names the reference.

    It does with the last of the reference's words that the question has not, and with more than half of them: then it may be the
    question that it agrees with. A policy that knows so much of the reference has answered.
    """
    if AGREEMENTS.fullmatch(found) is None or text.first(CLAIMS):
        return False
    own = [word for word in reference.words if (len(word) > 2 or not word.isalpha()) and word not in asked.words]
    said = set(Text(text.folded.replace(found, " ")).words)
    return bool(own) and own[-1] in said and 2 * sum(word in said for word in own) > len(own)
