"""The clauses that an answer copies from its question, whose numbers are given and no answer.

"答：两管同时开，2.4小时可以注满。" says the question's own words, "with both pipes open", before the 2.4 that it asks for.
"""

from __future__ import annotations

import re

from rewardkit.question import Question

__all__ = ["without_copied"]

_CLAUSE = re.compile(r"(?:，|,(?!\d))\s*")
LEAST = 4  # characters of a clause; a shorter one stands anywhere


def without_copied(text: str, question: Question | None) -> str:
    """A sentence without the clauses at its beginning that its question has word for word; at least one clause is left."""
    if question is None:
        return text
    begin = 0
    for gap in _CLAUSE.finditer(text):
        clause = text[begin : gap.start()].strip()
        if len(clause) < LEAST or clause not in question.text:
            break
        begin = gap.end()
    return text[begin:]
