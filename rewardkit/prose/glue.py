"""Words of grammar as parts of patterns, by what they do; the words themselves are rows of `phrases.toml`.

Each is one group that begins and ends with a word, for patterns that ignore case.
"""

from __future__ import annotations

from rewardkit.prose.phrases import Meaning, Reach, Side, phrases

__all__ = [
    "AND", "ARTICLE", "BECAUSE", "BOUND", "BUT", "EQUALS", "FOREIGN_ARTICLE", "GIVES", "GRADES", "INSTEAD", "INTERJECTION",
    "IS", "MINUS", "OPENING", "OR", "PERHAPS", "SO", "THROUGH", "any_of",
]  # fmt: skip


def any_of(meaning: Meaning, side: Side = Side.BEFORE, reach: Reach = Reach.ADJACENT) -> str:
    """The pattern of the phrases of one kind, as one group."""
    return f"(?:{phrases(meaning, side, reach).source})"


AND = any_of(Meaning.JOINS)
OR = any_of(Meaning.OR, Side.BEHIND)
PERHAPS = any_of(Meaning.OR)
"""Words, "or" among them, by which a choice stays open."""
INSTEAD = any_of(Meaning.OR, reach=Reach.TOUCHING)
"""What stands between two values of which one is offered for the other: "or maybe"."""
THROUGH = any_of(Meaning.SPANS, Side.BEHIND)
"""What stands between the two ends of a range."""
BUT = any_of(Meaning.TURNS, reach=Reach.CLAUSE)
"""What turns to something else, or to a conclusion: "but", "so"."""
SO = any_of(Meaning.CONCLUDES, reach=Reach.CLAUSE)
BECAUSE = any_of(Meaning.PARTS)
EQUALS = any_of(Meaning.EQUATES)
"""Verbs that say that one thing is another, in English."""
IS = any_of(Meaning.EQUATES, reach=Reach.TOUCHING)
"""The same in any language of the table."""
GIVES = any_of(Meaning.GIVES)
GRADES = any_of(Meaning.GRADES)
ARTICLE = any_of(Meaning.ARTICLE)
FOREIGN_ARTICLE = any_of(Meaning.ARTICLE, reach=Reach.TOUCHING)
OPENING = any_of(Meaning.OPENS)
"""What a sentence begins with that goes on about what was said."""
INTERJECTION = any_of(Meaning.INTERJECTS)
MINUS = any_of(Meaning.MINUS)
BOUND = any_of(Meaning.BOUNDS)
"""Before a year before or after which something was."""
