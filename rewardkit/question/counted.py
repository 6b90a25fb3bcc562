"""Whether a number counts what the question asks to count, or something else: "12 apples" are no eggs, and neither are 12 %.

Looked at is what stands behind the number. A plural, a unit or an ordinal that the question does not name is another thing; what
answers are written with in general ("12 in total", "8 possibilities") says nothing of what is counted.
"""

from __future__ import annotations

import re

from rewardkit.answers.notation.number_words import spell_out
from rewardkit.answers.units import is_unit_word, same_unit
from rewardkit.prose.carriers import Language, folded, languages
from rewardkit.prose.carriers import Role as Carrier
from rewardkit.question import Question, stem
from rewardkit.question.asks import Field
from rewardkit.question.description import vocabulary
from rewardkit.question.small_words import Role, every_word

__all__ = ["counts_another_thing", "last_place"]

ALIKE = 4  # letters in which a word of the question and its other forms agree
ENDING = 3  # letters of a case's ending
REACH = 80  # characters around a number
TAIL = 2_000  # characters of a text in which its number stands

_NAMES = re.compile(r"\}?\s?(?:[^\W\d_]|\\?%)")
# "on channel 13" names a channel.
_PLACED = re.compile(r"\b(?:from|on|at|in|via|through)\s(?:the\s)?([A-Za-z]{3,})\s#?$", re.IGNORECASE)
_AT_ALL = frozenset(["all", "fact", "least", "most", "about", "around", "exactly", "just", "only", "reality", "addition", "the"])
_ORDINAL = re.compile(r"(?:st|nd|rd|th)\b")
_SHARE = re.compile(r"\s?(?:\\?%|per\s?cent\b|percent\b|pct\b)", re.IGNORECASE)
_BEHIND = re.compile(r"\}?\s?((?:[^\W\d_]+(?:['’-][^\W\d_]+)*)(?: [^\W\d_]+(?:['’-][^\W\d_]+)*){0,2})")
_PART_BEFORE = re.compile(r"[\d.,]")
_PART_BEHIND = re.compile(r"\d|[.,]\d")
_DIGITS = re.compile(r"\d[\d,. ]*")
_WORD = re.compile(r"[^\W\d_]+")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")


def counts_another_thing(question: Question, text: str, answer: str) -> bool:
    """Whether the number that a text gives counts another thing than the one whose number a question asks for."""
    before, behind = _around(text[-TAIL:], answer)
    placed = _PLACED.search(before) if before.endswith("#") or before[-1:].isspace() else None
    if placed is None and _NAMES.match(behind) is None:
        return False
    if question.has(Field.PERCENT):
        return _SHARE.match(behind) is None and _counts_plainly(behind)
    # An amount in a unit is converted, or is in another unit.
    counts = [cue.end for cue in question.cues if cue.field is Field.COUNT_OF]
    if not counts or question.measure is not None:
        return False
    if placed is not None and not _is_named(question, placed[1].casefold()) and placed[1].casefold() not in _AT_ALL:
        return True
    if _SHARE.match(behind) or _ORDINAL.match(behind):
        return True
    run = _UNSPACED.match(behind)
    if run is not None:
        return _is_unnamed_run(question, run[0])
    return _is_unnamed(question, behind) or _is_another(question.text[counts[-1] : counts[-1] + REACH], behind)


def _around(text: str, answer: str) -> tuple[str, str]:
    """What stands before and behind the last place of a number in a text; nothing where it is not written there."""
    number = _DIGITS.match(answer) or _WORD.match(answer)
    written = number[0].rstrip(" .,") if number else answer
    begin = last_place(text, written)
    end = begin + len(written)
    if begin < 0:
        word = next((word for word in reversed(list(_WORD.finditer(text))) if spell_out(word[0].lower()) == written), None)
        if word is None:
            return "", ""
        begin, end = word.span()
    return text[max(0, begin - REACH) : begin], text[end : end + REACH]


def last_place(text: str, written: str) -> int:
    """Where a number stands last in a text, and is no part of another; -1 where it does not."""
    at = text.rfind(written)
    while at >= 0 and (_PART_BEFORE.match(text[at - 1 : at]) or _PART_BEHIND.match(text, at + len(written))):
        at = text.rfind(written, 0, at + len(written) - 1) if at else -1
    return at


def _is_unnamed(question: Question, behind: str) -> bool:
    """Whether the words behind a number name a thing that is none of the question's."""
    language = question.language
    words = _noun_phrase(behind, language)
    if words and is_unit_word(words[0]):
        return not (_is_named(question, words[0]) or _has_unit(question, words[0]))
    if not words or any(_is_named(question, word) for word in words):
        return False
    return any(map(_is_plural, words)) if language is None or language.code == "en" else len(words[0]) >= ALIKE


def _has_unit(question: Question, unit: str) -> bool:
    """Whether the question has a unit in another spelling, or with a case's ending: `kilo` for `kg`, `günde` for `gün`."""
    if any(is_unit_word(word) and same_unit(word, unit) for word in question.words):
        return True
    english = question.language is None or question.language.code == "en"
    return not english and any(word.startswith(unit) and len(word) <= len(unit) + ENDING for word in question.words)


def _is_another(asked: str, behind: str) -> bool:
    """Whether a number counts one named thing, and another one is asked for: ducks for "how many hens", blue marbles for red."""
    english = languages()["en"]
    thing, counted = _noun_phrase(asked, english), _noun_phrase(behind, english)
    if not thing or not counted or not _is_plural(counted[-1]) or any(map(_is_anything, thing)):
        return False
    wanted, given = [stem(word) for word in thing], [stem(word) for word in counted]
    if given[-1] not in wanted:
        return given[-1] not in vocabulary() and not _is_anything(counted[-1])
    return given[-1] == wanted[-1] and len(wanted) == len(given) == 2 and given[0] != wanted[0]


def _noun_phrase(text: str, language: Language | None) -> list[str]:
    """The first words of a text up to one that carries in its language, at most three."""
    found = _BEHIND.match(text)
    words: list[str] = []
    for word in found[1].split() if found else ():
        if language is not None and language.roles_of(folded(word)) - {Carrier.KIND}:
            break
        words.append(word.casefold())
    return words


def _counts_plainly(behind: str) -> bool:
    """Whether a plural stands right behind a number."""
    words = _noun_phrase(behind, languages()["en"])
    return bool(words) and _is_plural(words[0]) and not is_unit_word(words[0]) and not words[0].startswith("percent")


def _is_plural(word: str) -> bool:
    return len(word) >= ALIKE and word.endswith("s") and word[-2] not in "sui'’"


def _is_named(question: Question, word: str) -> bool:
    """Whether a word is one of the question's, in whatever form, or says nothing of what is counted."""
    if _is_anything(word) or stem(word) in vocabulary() or question.names(word):
        return True
    return len(word) >= ALIKE and any(one[:ALIKE] == word[:ALIKE] for one in question.words)


def _is_unnamed_run(question: Question, run: str) -> bool:
    """Whether a run of signs behind a number, a measure word and its noun, ends with a noun that the question has not."""
    return len(run) > 1 and run[0] in question.text and not any(sign in question.text for sign in run[1:])


def _is_anything(word: str) -> bool:
    """Whether a word is one for people or things, whatever they are."""
    return folded(word) in every_word(Role.ANYTHING)
