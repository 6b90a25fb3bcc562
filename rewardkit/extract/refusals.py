"""Whether a sentence states a value, or only denies it, asks about it, supposes it, or reckons and compares with it."""

from __future__ import annotations

import re

from rewardkit.extract.denials import BEFORE, BEHIND
from rewardkit.extract.found import holds_any

__all__ = ["is_refused"]

# What refuses a value stands this near to it.
NEAR = 80

_OPERAND = re.compile(
    r"\b(?:(?:more|less|greater|fewer|higher|lower|larger|smaller|bigger|longer|shorter|older|younger|later|earlier"
    r"|other) than|twice|double|triple|thrice|half|(?:half|thirds?|quarters?|percent|multiple|factor|factors|root|square|cube"
    r"|power) of|plus"
    r"|times|multiplied by|divided by|square root)(?:\s(?:the|of|number|value))*[\s$({\\]*$|(?:\d|\w\s)minus\s$",
    re.IGNORECASE,
)
_OPERATOR = re.compile(r"[\s$)\\]*(?:(?:times|plus|minus|multiplied by|divided by)\s+[\d$\\]|squared\b|cubed\b)", re.IGNORECASE)
# "If" opens a clause; inside one it may belong to a title.
_SUPPOSED = re.compile(
    r"(?:(?:^|[.!?…;,:\n(])\W*(?:(?:so|but|and|even|only)\s)?(?:if|unless|suppos(?:e|ing)|assum(?:e|ing)|pretend)|\bwhether)\b"
    r"(?:(?!\b(?:then|gets?|obtain|have|gives?)\b)[^,.;:，。=])*$",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"(?:^|[.!?…\n])\W*(?:so\W+|but\W+)?(?:is|are|was|were|can|could|might|may|would|should|does|do|did|will|what if)\b"
    r"[^.!?\n]*$",
    re.IGNORECASE,
)
_QUESTION = re.compile(r"[^.!?\n]{0,60}[?？]")
_DENIED_BEFORE = re.compile(
    rf"{BEFORE}[^,.;:，。、]{{0,12}}$|[,;，]\s*no\s+$|\b(?:(?:anything|everything|all) but|except|excluding"
    r"|instead of|rather than)\s[\s$(\\]*$"
    r"|\b(?:wrong|incorrect|mistaken|false) (?:answer|value|result|number|solution)\s*(?:is|was|would be|:)\s[\s$(\\]*$"
    r"|\b(?:reject(?:ing)?|discard(?:ing)?|doubt|exclude|rule out|hardly|unlikely)"
    r"(?:\s(?:that|it|is|to|be|the|an?|value|answer|solution|x|=))*\s$"
    r"|\b(?:is|are|was|were) no\s$|\bnot\s*\}\s*$"
    r"|(?:[≤≥≠]|!=|\\(?:neq?|leq?|geq?|lt|gt)(?![a-zA-Z]))\s*$|(?<=[^\S\n])[<>]=?\s*$|^[<>]=?$"
    r"|(?:不可能|不会|不应)是?\s*$|(?:大于|小于|超过|少于|多于|不到|不足|低于|高于)\s*$",
    re.IGNORECASE,
)
_REFUTED = re.compile(
    r"[\s$)\\]*[,;.]?\s*(?:but|and|however|yet)?,?\s*(?:(?:that|this|it|which)(?:['’]s| is| was)"
    r" (?:wrong|incorrect|false|not\b|a mistake)|I disagree)"
    r"|\s*(?:以上|以下|以内)|\s*吗",
    re.IGNORECASE,
)
# A piece of each of the words in small letters; without one of them there is nothing to search for.
_DENYING = (
    "no|nã|nao|pas|nicht|kein|nie|inte|ikke|bukan|khô|не|ليس| but|except|exclud|instead|rather|wrong|incorrect|mistaken|false"
    "|reject|discard|doubt|rule|hardly|unlikely|≤|≥|≠|!=|\\ne|\\le|\\ge|\\lt|\\gt|<|>|不|大于|小于|超过|少于|多于|低于|高于"
)
_RECKONING = " than|twice|double|triple|thrice|half| of|plus|times| by|root|minus"
_SUPPOSING = "if|unless|suppos|assum|pretend|whether"
_BEFORE = (
    (_DENYING.split("|"), _DENIED_BEFORE),
    (_RECKONING.split("|"), _OPERAND),
    (_SUPPOSING.split("|"), _SUPPOSED),
)
_DENIED_BEHIND = re.compile(r"[$)\\\]]*" + BEHIND, re.IGNORECASE)


def is_refused(statement: str, begin: int, end: int) -> bool:
    """Whether what stands from `begin` to `end` is named without being stated: "more than 5", "twice 5", "Is it 5?"."""
    near, far = max(0, begin - NEAR), end + NEAR
    lowered = statement[near:begin].lower()
    if _DENIED_BEHIND.match(statement, end, far) or _REFUTED.match(statement, end, far) or _OPERATOR.match(statement, end, far):
        return True
    if any(holds_any(lowered, stems) and before.search(statement, near, begin) for stems, before in _BEFORE):
        return True
    return _QUESTION.match(statement, end) is not None and _ASKED.search(statement, near, begin) is not None
