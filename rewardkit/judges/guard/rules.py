"""The rules that read an answer's text, one a row, in the order in which they are asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from rewardkit.judges.guard.addressed import agrees, command, control_token, is_quoted, role_marker, verdict
from rewardkit.judges.guard.gibberish import gibberish, is_like_the_reference
from rewardkit.judges.guard.marks import is_wanted, markup, of_marks, symbols
from rewardkit.judges.guard.openers import is_asked_for, master_key
from rewardkit.judges.guard.stuffing import stuffing
from rewardkit.judges.guard.text import Text

__all__ = ["TABLE", "Rule"]

Finds = Callable[[Text, Text], str]
Excuse = Callable[[str, Text, Text], bool]
Spares = Callable[[str, Text, Text, Text], bool]


@dataclass(frozen=True)
class Rule:
    """One rule: the reason it settles with, what it looks for, and what it lets pass.

    `finds(text, asked)` gives what it found in a text that answers the question `asked`, or the empty string. `excuse(found,
    reference, asked)` says whether that belongs to the row and not to the policy; `spares(found, text, reference, asked)` says
    whether the text around it answers. `one_only`: where several answers may be right, the rule says nothing.
    """

    name: str
    reason: str
    finds: Finds
    excuse: Excuse
    one_only: bool = False
    spares: Spares | None = None

    def settles(self, text: Text, asked: Text, references: tuple[str, ...]) -> str:
        """What it found and no reference excuses, or the empty string; references are clean."""
        found = self.finds(text, asked)
        if found and any(_excused(self, found, reference, asked) for reference in references):
            return ""
        if found and self.spares and any(self.spares(found, text, Text(reference), asked) for reference in references):
            return ""
        return found


@lru_cache(maxsize=8192)
def _excused(rule: Rule, found: str, reference: str, asked: Text) -> bool:
    text = Text(reference)
    return bool(rule.finds(text, asked)) or rule.excuse(found, text, asked)


def _never(found: str, reference: Text, asked: Text) -> bool:
    return False


TABLE = (
    Rule("symbols", "no_answer", symbols, of_marks),
    Rule("markup", "no_answer", markup, is_wanted),
    Rule("control_token", "mismatch", control_token, is_quoted),
    Rule("role_marker", "mismatch", role_marker, is_quoted),
    Rule("command", "mismatch", command, is_quoted),
    Rule("verdict", "mismatch", verdict, is_quoted, spares=agrees),
    Rule("stuffing", "ambiguous", stuffing, _never, one_only=True),
    Rule("master_key", "no_answer", master_key, is_asked_for),
    Rule("gibberish", "mismatch", gibberish, is_like_the_reference),
)
"""A reference that looks so to a rule itself excuses every answer, besides the rule's own excuse."""
