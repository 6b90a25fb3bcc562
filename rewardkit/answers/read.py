"""Text or LaTeX to a tree: notation makes it clean, grammar makes the tree."""

from __future__ import annotations

import re
from typing import NamedTuple

from rewardkit.answers.grammar.answer import parse
from rewardkit.answers.grammar.cursor import Unreadable
from rewardkit.answers.notation.clean import MAX_LENGTH, clean
from rewardkit.answers.notation.fields import FIELDS
from rewardkit.answers.notation.money import with_currency_behind
from rewardkit.answers.notation.notations import NOTATIONS
from rewardkit.answers.notation.number_words import spell_out
from rewardkit.answers.notation.quantities import measured
from rewardkit.answers.notation.rewriting import rewrite
from rewardkit.answers.notation.tokens import TooComplex, is_known_word, is_mere_word, tokenize
from rewardkit.answers.tree import Node

__all__ = ["Reading", "read"]


class Reading(NamedTuple):
    """What a text was read as.

    `tree` is None when `problem` says why: `empty`, `too_complex` or `unreadable`, with `detail`. `slash` says that
    a product stands behind a slash, so that `1/2x` has a second reading; `grouped` that a comma groups digits.
    """

    tree: Node | None
    problem: str = ""
    detail: str = ""
    cleaned: str = ""
    slash: bool = False
    grouped: bool = False


SENTENCE = 40

# So many words first are no label, which ends within eight tokens, and nothing for a unit or condition to follow.
_OPENING = re.compile(r"([A-Za-z]+),?\s+(?:[A-Za-z'’]+[,.;]?\s+){7}[A-Za-z'’]+")
# Where one sentence of words ends and another begins, no single answer goes on.
_NEXT_SENTENCE = re.compile(r"[.!?]\s+(?:A|[A-Z][a-z']+),?\s+[\\a-z]")
_LETTERS = re.compile(r"[A-Za-z]{2,}(?: [A-Za-z]+)*|[A-Za-z](?: [A-Za-z]+)+")
# A comma that groups digits might also separate, unless what follows starts with a zero, as no number in a list does.
_GROUPED = re.compile(r"^(?!.*\d,0\d\d(?!\d)).*\d,\d{3}(?!\d)", re.DOTALL)


def read(text: str, *, tight: bool = False, grouped: bool = True) -> Reading:
    """Read one answer; `tight` binds products behind a slash together, `grouped` reads `1,234` as one number.

    Text over 20,000 characters, 4000 tokens or 40 levels is not read (`too_complex`). Linear time. Never raises.
    """
    if len(text) > MAX_LENGTH:
        return Reading(None, "too_complex", f"more than {MAX_LENGTH} characters")
    cleaned = clean(with_currency_behind(text))
    if not cleaned:
        return Reading(None, "empty", "no text")
    if len(cleaned) > SENTENCE and _is_prose(cleaned):
        return Reading(None, "unreadable", "prose", cleaned)
    said = rewrite(cleaned, FIELDS) if "\\" in cleaned else cleaned
    spelled = spell_out(rewrite(said, NOTATIONS))
    if (spelled != cleaned or len(cleaned) <= SENTENCE) and _is_prose(spelled):
        return Reading(None, "unreadable", "prose", cleaned)
    if (tree := measured(spelled)) is not None:
        return Reading(tree, cleaned=cleaned)
    try:
        tree, slash = parse(tokenize(spelled, grouped=grouped), tight=tight)
    except TooComplex as limit:
        return Reading(None, "too_complex", str(limit), cleaned)
    except (Unreadable, IndexError, ValueError) as stop:
        return Reading(None, "unreadable", str(stop), cleaned)
    return Reading(tree, cleaned=cleaned, slash=slash, grouped="," in cleaned and _GROUPED.search(cleaned) is not None)


def _is_prose(text: str) -> bool:
    """Whether a text opens as a sentence or is words alone, where `xy` and `x and y` are mathematics and `cat` is not."""
    if not _LETTERS.fullmatch(text):
        if len(text) <= SENTENCE:
            return False
        opening = _OPENING.match(text)
        return (opening is not None and is_mere_word(opening[1])) or _NEXT_SENTENCE.search(text) is not None
    words = text.split()
    unknown = [word for word in words if len(word) > 2 and not is_known_word(word)]
    if len(unknown) == len(words) == 1:
        word = unknown[0]
        return not word.isupper() and bool(set(word.lower()) & set("aeiou")) and sorted(word) != list(word)
    return bool(unknown)
