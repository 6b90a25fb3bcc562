"""The options of a multiple-choice row: read from the `choices` column or from the prompt.

Options carry letters from A. A row whose options are numbered keeps its numbers as `labels`, so that "2" can name one.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any, TypeGuard

from rewardkit.question import read_question
from rewardkit.question.asks import Field
from rewardkit.types import Sample
from rewardkit.verifiers.choice.labels import scripts
from rewardkit.verifiers.choice.texts import Quantity, fold, quantity

__all__ = ["NO_OPTIONS", "Options", "forget_prompts", "read_options"]

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

KEPT = 512  # prompts and lists of options

LEAD = 20  # characters before a label on its line

# Options stand at the end of a prompt; a longer one is a document with a question behind it.
PROMPT_TAIL = 20_000

# No list of options is without its second label, and one before it; most prompts are sent away by this alone.
# The character stands first in the pattern and the look back after it, so that a search jumps from one to the next.
_MARKED = r"(?<![A-Za-z0-9].)\s?[.:：、．)）\]]"
_FIRST, _SECOND = re.compile(rf"[Aa1]{_MARKED}"), re.compile(rf"[Bb2]{_MARKED}")
_SECOND_LINE = re.compile(r"\n[^\S\n]*B(?:\s?[-–—]|[^\S\n]+\S)")
_ROMAN = re.compile(r"\n[^\S\n]*\(?(?:ii|II)[).:]")
_NUMBER_LABEL = re.compile(r"\d{1,2}")
_LISTED = re.compile(r"\s*(?:[(\[]\s?([A-Za-z]|\d{1,2})\s?[)\]][.:]?|([A-Za-z]|\d{1,2})\s?[).:：、．])\s*(?=\S)")

# One row a way of writing labels: (name, marker). A marker's group 1 is the label; text runs up to the next marker.
_STYLES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("(A)", re.compile(r"(?<![A-Za-z])[(（\[]\s?([A-Z])\s?[)）\]][.:：]?")),
    ("(a)", re.compile(r"(?<![A-Za-z])[(（\[]\s?([a-z])\s?[)）\]][.:：]?")),
    ("A)", re.compile(r"(?<![A-Za-z0-9(（\[\\$])([A-Z])\s?[)）]")),
    ("A.", re.compile(r"(?<![A-Za-z0-9.\\$])([A-Z])\s?[.．、](?![A-Z]\.)")),
    ("A:", re.compile(r"(?<![A-Za-z0-9\\$])([A-Z])\s?[:：]")),
    ("a)", re.compile(r"(?:^|\n)[^\S\n]*([a-z])[).]", re.MULTILINE)),
    ("A -", re.compile(r"(?:^|\n)[^\S\n]*([A-Z])\s?[-–—](?=\s)")),
    ("A text", re.compile(r"(?:^|\n)[^\S\n]*([A-Z])(?=[^\S\n]+\S)")),
)
_NUMBERED: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("1.", re.compile(r"(?:^|\n)[^\S\n]*(\d{1,2})[.):、．](?=\s*\D|\s+\S)")),
    ("(1)", re.compile(r"(?:^|\n)[^\S\n]*[(（](\d{1,2})[)）]")),
)
_NUMBERED_LINE = re.compile(r"\s*[(（]?\d{1,2}[)）.、．:]\s*\S.{0,120}$")
_SPACED = re.compile(r"(?<!\S)([A-Z])(?=\s+\S)")
_OPTION_CUE = re.compile(
    r"\b(?:options?|choices?|choose|select|pick|which (?:one )?of the following|alternatives)\b|选项|选择|選|보기", re.IGNORECASE
)
_SPACED_CUE = re.compile(
    r"[:：](?:(?<=\b(?:options|choices|answers).)|(?<=\b(?:options|choices|answers)\s.)|(?<=选项.))", re.IGNORECASE
)
_LATEX_RIM = re.compile(
    r"\\(?:q?quad|hfill|hspace\{[^{}]*\}|\\|text(?:bf|rm)?\s*\{?$|math(?:bf|rm)\s*\{?$|bf\s*$)|^[}\\~\s]+(?![a-zA-Z])"
)


@dataclass(frozen=True)
class Options:
    """Letters and what they stand for.

    `texts` maps a letter to its option; `labels` maps the row's own labels to letters where they are numbers. `stated`
    is True when they come from `choices`, so that a letter outside them is an error of the row and not of our reading.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    stated: bool = False

    def __len__(self) -> int:
        return len(self.texts)

    @cached_property
    def folded(self) -> dict[str, str]:
        """Each option's text in the form that texts are compared in; options without a text are left out."""
        return {letter: key for letter, text in self.texts.items() if (key := fold(text))}

    @cached_property
    def quantities(self) -> dict[str, Quantity]:
        """The number each option states, where it states one."""
        return {letter: q for letter, text in self.texts.items() if (q := quantity(text)) is not None}

    @cached_property
    def as_stated(self) -> Options:
        """The same options, as if they came from `choices`."""
        return self if self.stated else replace(self, stated=True)

    @cached_property
    def telling(self) -> bool:
        """True when options say something of their own, so that an answer can be given without a letter."""
        return any(len(key) > 1 or not key.isalpha() for key in self.folded.values())


NO_OPTIONS = Options()


def read_options(sample: Sample) -> Options:
    """The options of a row: `choices` (or `options`) when the column holds any, else what the prompt lists.

    The column may be a list of texts, a list of "A. text" strings, a mapping of letters or numbers to texts, the
    `{"text": [...], "label": [...]}` pair that some datasets use, or any of these as a JSON string.
    """
    for column in ("choices", "options"):
        found = _from_column(sample.columns.get(column))
        if found:
            return found
    return _from_text(sample.question[-PROMPT_TAIL:]) if sample.prompt else NO_OPTIONS


def _from_column(value: Any) -> Options:
    if isinstance(value, str):
        text = value.strip()
        if text[:1] in "[{" and len(text) < 100_000:
            try:
                return _from_column(json.loads(text))
            except (ValueError, RecursionError):
                pass
        return _from_text(text[-PROMPT_TAIL:])
    if isinstance(value, Mapping):
        texts, labels = value.get("text"), value.get("label")
        if _is_list(texts) and _is_list(labels):
            return _labelled([str(label) for label in labels], [str(t) for t in texts])
        return _labelled([str(key) for key in value], [str(t) for t in value.values() if t is not None])
    if _is_list(value):
        items = tuple(str(item) for item in value[: len(LETTERS)])
        return _kept_items(items) if sum(map(len, items)) <= PROMPT_TAIL else _from_items(items)
    return NO_OPTIONS


def _from_items(items: Sequence[str]) -> Options:
    heads = [_LISTED.match(item) for item in items]
    found = [(head[1] or head[2]) if head else "" for head in heads]
    if len(items) > 1 and _in_order(found):
        return _labelled(found, [item[head.end() :] for item, head in zip(items, heads, strict=True) if head])
    return Options(dict(zip(LETTERS, items, strict=False)), stated=True)


# Kept for a while, because the completions of a group share their options, and what is read of them.
_kept_items = lru_cache(maxsize=KEPT)(_from_items)


def _is_list(value: Any) -> TypeGuard[Sequence[Any]]:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))


def _labelled(labels: Sequence[str], texts: Sequence[str]) -> Options:
    """Options whose labels are given: letters stay, numbers are lettered in their order."""
    if not labels or len(labels) != len(texts) or len(labels) > len(LETTERS):
        return NO_OPTIONS
    bare = [label.strip().strip("()[].:").upper() for label in labels]
    if all(_NUMBER_LABEL.fullmatch(label) for label in bare):
        numbers = dict(zip(bare, LETTERS, strict=False))
        return Options(dict(zip(LETTERS, texts, strict=False)), numbers, stated=True)
    if all(len(label) == 1 and label in LETTERS for label in bare):
        return Options(dict(zip(bare, texts, strict=True)), stated=True)
    return NO_OPTIONS


def _in_order(labels: Iterable[str]) -> bool:
    seen = [label.upper() for label in labels]
    return seen == list(LETTERS[: len(seen)]) or seen == [str(n) for n in range(1, len(seen) + 1)]


def forget_prompts() -> None:
    """Empty the caches of options, as a benchmark of cold speed needs."""
    _from_text.cache_clear()
    _kept_items.cache_clear()


@lru_cache(maxsize=KEPT)
def _from_text(text: str) -> Options:
    """Options listed in a text; kept for a while, because the completions of a group share their prompt."""
    marked = _SECOND.search(text) is not None and _FIRST.search(text) is not None
    found = _listed(text) if marked or _SECOND_LINE.search(text) or _SPACED_CUE.search(text) else NO_OPTIONS
    return found if found.texts else _scripted(text)


def _scripted(text: str) -> Options:
    """Options whose labels are of another script, or Roman numbers."""
    if text.isascii() and _ROMAN.search(text) is None:
        return NO_OPTIONS
    best, known = None, NO_OPTIONS
    for script in scripts():
        if not all(label in text or label.lower() in text for label in script.labels[:2]):
            continue
        better = _better(best, text, script.marker, script.labels)
        if better is not None and better is not best and better[0][0]:
            letters = dict(zip(LETTERS, better[1], strict=False))
            labels = dict(zip(script.labels, letters, strict=False))
            digits = {label: unicodedata.digit(label, 0) if len(label) == 1 else 0 for label in labels}
            labels |= {str(digit): labels[label] for label, digit in digits.items() if digit}
            best, known = better, Options(letters, labels)
    return known


def _listed(text: str) -> Options:
    """The run of labels A, B, C… (else 1, 2, 3…) that reads most like a list of options."""
    best: tuple[tuple[bool, bool, int], list[str]] | None = None
    for _, marker in _STYLES:
        best = _better(best, text, marker, LETTERS)
    cue = None
    if best is None or not best[0][0]:
        for cue in _SPACED_CUE.finditer(text):  # noqa: B007 - the last one is wanted
            pass
        if cue:
            best = _better(best, text[cue.end() :], _SPACED, LETTERS)
    if best is not None:
        return Options(dict(zip(LETTERS, best[1], strict=False)))
    if _OPTION_CUE.search(text) or _closes_a_question(text):
        for _, marker in _NUMBERED:
            best = _better(best, text, marker, [str(n) for n in range(1, 27)])
    if best is None or not best[0][0]:
        return NO_OPTIONS
    numbers = {str(n): letter for n, letter in enumerate(LETTERS[: len(best[1])], 1)}
    return Options(dict(zip(LETTERS, best[1], strict=False)), numbers)


def _closes_a_question(text: str) -> bool:
    """Whether numbered lines end a text, right behind a question that does not ask how many."""
    lines = text.rstrip().split("\n")
    listed = 0
    while lines and _NUMBERED_LINE.match(lines[-1]):
        listed += 1
        lines.pop()
    head = "\n".join(lines).rstrip()
    return listed > 1 and head.endswith(("?", "？", "؟")) and not read_question(head).has(Field.COUNT_OF)


def _better(
    best: tuple[tuple[bool, bool, int], list[str]] | None, text: str, marker: re.Pattern[str], labels: Sequence[str]
) -> tuple[tuple[bool, bool, int], list[str]] | None:
    """The better of what is known and this style's runs: options with texts first, then three or more, then the later."""
    for run in _runs(text, marker, labels):
        texts = [_option_text(text[m.end() : n.start()]) for m, n in pairwise(run)]
        texts.append(_option_text(text[run[-1].end() :].lstrip("\n ").split("\n", 1)[0]))
        texts = _without_leads(text, run, texts)
        whole = all(t.strip(",;. ").casefold() not in ("", "or", "and", "或", "和") for t in texts)
        if not whole:
            texts = [""] * len(texts)
        rank = (whole, len(run) > 2, run[0].start())
        if best is None or rank > best[0]:
            best = (rank, texts)
    return best


def _without_leads(text: str, run: Sequence[re.Match[str]], texts: Sequence[str]) -> list[str]:
    """The texts without the words that stand before each label on its line: "1st option (A): 10"."""
    lead = text[text.rfind("\n", 0, run[0].start()) + 1 : run[0].start()].strip()
    if not lead or len(lead) > LEAD or not all("\n" in text[m.end() : n.start()].strip() for m, n in pairwise(run)):
        return list(texts)
    return [*(_option_text(text[m.end() : n.start()].rpartition("\n")[0]) for m, n in pairwise(run)), texts[-1]]


def _runs(text: str, marker: re.Pattern[str], labels: Sequence[str]) -> list[list[re.Match[str]]]:
    """Every run of markers that counts up from the first label, longer than one."""
    runs: list[list[re.Match[str]]] = []
    run: list[re.Match[str]] = []
    for match in marker.finditer(text):
        label = match[1].upper()
        if label == labels[0]:
            run = [match]
            runs.append(run)
        elif run and len(run) < len(labels) and label == labels[len(run)]:
            run.append(match)
    return [r for r in runs if len(r) > 1]


def _option_text(raw: str) -> str:
    text = _LATEX_RIM.sub(" ", raw[:2000].strip())
    text = _LATEX_RIM.sub(" ", text.strip()).strip()
    if text.count("}") > text.count("{"):
        text = text.replace("}", "", 1) if text.startswith("}") else text.rstrip("}").strip()
    if text.count("$") % 2:
        text = text.strip("$")
    return text.rstrip(",;").strip()
