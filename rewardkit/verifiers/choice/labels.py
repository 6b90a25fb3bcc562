"""Options whose labels are of another script or form: А Б В Г, ア イ ウ, ① ② ③, i. ii. iii.; `labels.toml` has them.

Such options get the letters A, B, C like all others, and in what speaks of them each label is replaced by its letter, so that one
set of rules reads them all. Circled numbers go by their digits as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from rewardkit.first_use import first_use
from rewardkit.prose.glue import any_of
from rewardkit.prose.phrases import Meaning
from rewardkit.prose.tables import read_table

__all__ = ["Script", "capitalised", "relabelled", "scripts"]

# A label such as "c)", and brackets with what stands in them, which hold none.
_SMALL = re.compile(r"\([^()\n]*\)|(?<!\S)[a-j]\)(?!\w)")
_MARKS = r"[)\]）】.．:：、]"


class Script(NamedTuple):
    """The labels of one script in order, what glues one into a word, and how one opens a line of the list."""

    name: str
    labels: tuple[str, ...]
    glue: str
    marker: re.Pattern[str]


@lru_cache(maxsize=1)
@first_use
def scripts() -> tuple[Script, ...]:
    """The table, read once."""
    found = []
    for row in read_table("labels.toml", __package__)["script"]:
        labels = tuple(row["labels"].split())
        either = "|".join(
            sorted({form for label in labels for form in (label, label.lower())}, key=lambda form: (-len(form), form))
        )
        alone = r"\s" if row["name"] != "Roman" else "(?!)"
        marker = rf"(?:^|\n)[^\S\n]*[(（\[]?({either})(?:\s?{_MARKS}|(?={alone}))\s*(?=\S)"
        found.append(Script(row["name"], labels, row["glue"], re.compile(marker)))
    return tuple(found)


def _either(labels: Iterable[str]) -> str:
    return "|".join(sorted(labels, key=lambda label: (-len(label), label)))


@lru_cache(maxsize=1)
@first_use
def _noun() -> str:
    return any_of(Meaning.OPTION)


@lru_cache(maxsize=32)
def _label_of(labels: tuple[str, ...]) -> re.Pattern[str]:
    """A label that stands as one: in a bracket or before a mark, at the end of a clause, or behind a noun for an option."""
    glue = next((script.glue for script in scripts() if script.labels[: len(labels)] == labels), r"\w")
    capital, small = (
        "|".join(sorted(labels, key=len, reverse=True)),
        "|".join(sorted(map(str.lower, labels), key=len, reverse=True)),
    )
    alone, behind = rf"(?<!{glue})", rf"(?!{glue})"
    if "|" in glue:
        alone = "".join(rf"(?<!{part})" for part in glue.split("|"))
    ends = r"(?=\s*(?:$|[^\w\s(（\[]|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]))"
    return re.compile(
        rf"{alone}(?:(?<=[(（\[«「『\"'])(?P<a>{capital}|{small})(?=[)）\]»」』\"'])|(?P<b>{capital}|{small})(?=\s?[)\]）])"
        rf"|(?P<c>{capital}){behind}{ends}|^\s*(?P<d>{small})(?=\s*(?:$|{_MARKS})))"
        rf"|(?i:{_noun()})\s*(?P<e>{capital}|{small}){behind}"
    )


def relabelled(text: str, labels: Mapping[str, str]) -> str:
    """The text with the letters of options for their own labels, where those stand as labels."""
    if not labels or all(label.isascii() and label.isdigit() for label in labels):
        return text
    own = tuple(label for label in labels if not (label.isascii() and label.isdigit()))
    letters = {form: labels[label] for label in own for form in (label, label.lower())}

    def letter(found: re.Match[str]) -> str:
        label = found[found.lastgroup or 0]
        return f"option {letters[label]}" if found.lastgroup == "e" else found[0].removesuffix(label) + letters[label]

    return _label_of(own).sub(letter, text)


@lru_cache(maxsize=1)
@first_use
def _called() -> re.Pattern[str]:
    """A small letter behind a noun for an option, which ends its clause."""
    return re.compile(rf"(?<!\w)(?i:{_noun()})\s+([a-j])(?=\s*(?:[.,;:!)\]*]|$))")


def capitalised(text: str, prompt: str) -> str:
    """The text with capitals for its labels in small letters, "c)", "letra c", where the options of the prompt have such."""
    if "a)" not in prompt or "b)" not in prompt:
        return text
    text = _called().sub(lambda found: f"option {found[1].upper()}", text)
    return _SMALL.sub(lambda found: found[0] if found[0].startswith("(") else found[0].upper(), text)
