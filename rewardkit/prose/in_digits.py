"""A statement with digits for its numbers in words: "sixty newtons", "neunzehn Prozent", "восемьдесят пять копеек", 三十六张.

Number words are other words too ("one", "sei", "once"), so those of the language that the statement is in are read, and of each
number it is told whether the statement gives it or only mentions it, as in "a dog chasing two cats".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from rewardkit.answers.notation.chinese import from_chinese
from rewardkit.answers.notation.foreign_numbers import in_numerals, is_number_word, known_codes, may_begin
from rewardkit.answers.notation.number_words import NUMBER_WORDS, spell_out
from rewardkit.first_use import first_use
from rewardkit.prose.carriers import Language, folded, language_of
from rewardkit.prose.glue import GIVES, INSTEAD, THROUGH, any_of
from rewardkit.prose.lexicon import Lexicon, lowered
from rewardkit.prose.measures import unit_end
from rewardkit.prose.phrases import Meaning, Reach, Side, phrases

__all__ = ["InDigits", "Names", "has_number_word", "in_digits", "is_named", "names_nothing"]

Names = Callable[[str], bool]
"""Whether the question names a thing."""

LOOK = 400  # characters in which numbers in words are looked for
LONGEST = 5  # words of a number
FEW = 3  # words beside a number that may be what it counts

_PARTS = r"half|halves|thirds?|quarters?|fourths?|fifths?|sixths?|sevenths?|eighths?|ninths?|tenths?"
# "One" alone is more often no number.
_ONES = "|".join(word for word in NUMBER_WORDS if word != "one")
_ENGLISH = re.compile(
    rf"(?P<sign>\b(?:minus|negative)\s)?(?P<body>\b(?:(?:an?|one)[\s-](?:{_PARTS}|hundred|thousand|million|dozen)\b"
    rf"|one\sand\san?\s(?:{_PARTS})\b|(?:{_ONES})(?:[\s-](?:and\s(?:an?\s)?)?(?:{_ONES}|one|hundred|thousand|million|billion|{_PARTS}))*\b)"
    rf"(?:[\s-](?:and\s)?(?:{_ONES}|one|hundred|thousand|million)\b)*(?:\spoint(?:\s(?:{_ONES}|one)\b)+)?)(?!\w)",
    re.IGNORECASE,
)
_COUNTING = frozenset([*_ONES.split("|"), *_PARTS.replace("?", "").split("|"), *_PARTS.replace("s?", "").split("|")])
_COUNTING |= {"hundred", "thousand", "million", "dozen"}
_LETTERS = re.compile(r"[^\W\d_]+")
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_HAN = re.compile(r"(?<!\d)[零〇一二两三四五六七八九十百千万亿点]+(?:分之[零〇一二两三四五六七八九十百千万点]+)?")
NEAR = 40  # characters before a number in which it may be named
_RIM = " \t\n.,;:!?\"'“”„«»()*_¿¡。，！？"
# "two (2)", "the two-week period"
_HOLDS_ON = re.compile(r"\s?[(（]\s?\d|[-‑]")
_SENTENCE = re.compile(r"[.!?]\s")
_DIGIT = re.compile(r"\d")
# "twenty to seven in the morning", "half past one"
_CLOCK = re.compile(
    r"[a-z-]+(?: minutes?)? (?:past|to) [a-z]+(?= in the | at night| o['’]clock)|[a-z]+ o['’]clock", re.IGNORECASE
)
# "two point five", and with the thing between, "seven apples and a half".
_HALVES = any_of(Meaning.EXTENDS, Side.BEHIND, Reach.TOUCHING)
_EXTENDS = re.compile(rf"[\s,-]*(?:{any_of(Meaning.EXTENDS, Side.BEHIND)}|(?:[^\W\d_]+\s)?{_HALVES})", re.IGNORECASE)
# What stands between two numbers that are offered together.
_BESIDE = re.compile(rf"[\s,]*(?:{THROUGH}|{INSTEAD}|[-–—/,、])\s*", re.IGNORECASE)
_ENDS = re.compile(r"\s*(?:[.,;:!?)…。，；！？）]|$)")
_BEHIND = re.compile(r"\s+([^\W\d_]+)")
_SIGNS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]{1,3}")
_GIVES = re.compile(rf"{GIVES}|['’](?:s|re|ve)\b|[=:]", re.IGNORECASE)


class InDigits(NamedTuple):
    """The statement, and where in it the first number in words stands that it only mentions, and that stays words."""

    text: str
    mentioned: int | None = None


class Tongue(Enum):
    """The language that number words are of; UNKNOWN where they are of any, HAN where they are characters."""

    ENGLISH = "english"
    OTHER = "other"
    UNKNOWN = "unknown"
    HAN = "han"


class _Run(NamedTuple):
    """Words that are a number, and it in digits."""

    start: int
    end: int
    digits: str
    tongue: Tongue


@lru_cache(maxsize=1)
@first_use
def _naming() -> Lexicon[Meaning]:
    every = [phrases(meaning, Side.BEFORE, Reach.ADJACENT) for meaning in (Meaning.NAMES, Meaning.OPTION)]
    return Lexicon([row for found in every for row in found.rows], lambda row: row.meaning)


def is_named(text: str, begin: int) -> bool:
    """Whether what begins at a place names something: "option two", "page 57"."""
    first = max(0, begin - NEAR - 1)  # with the sign before, which may make the first word a part of one
    before = text[first:begin].rstrip()
    hits = _naming().hits(before, None, lowered(before))
    return any(hit.end == len(before) and first + hit.begin >= begin - NEAR for hit in hits)


def has_number_word(text: str) -> bool:
    """Whether a text has a word that is a number in any language that is read here."""
    return any(word in _COUNTING or is_number_word(word) for word in set(_LETTERS.findall(text.casefold())))


def names_nothing(word: str) -> bool:
    """Where there is no question, nothing is asked for."""
    return False


def in_digits(
    statement: str,
    *,
    first: bool,
    marked: bool,
    names: Names = names_nothing,
    asked_in: Language | None = None,
    by_verb: bool = True,
) -> InDigits:
    """The statement with digits for the numbers in words at its end, or at its beginning where the first number counts.

    `names` says whether the question names a thing: what is counted is given. `by_verb`, so is what an English verb gives. In a
    `marked` answer each number is. `asked_in` is the language of the question, for a statement whose own words do not tell.
    """
    begin = 0 if first else max(0, len(statement) - LOOK)
    part = statement[begin : begin + LOOK]
    if not (_HAN.search(part) or has_number_word(part)):
        return InDigits(statement)
    pieces, at = [statement[:begin]], 0
    mentioned: int | None = None
    runs = [run for run in _runs(part, asked_in) if not _is_other(part, run)]
    given = [not _is_more(part, run) and _is_given(part, run, names, marked=marked, by_verb=by_verb) for run in runs]
    for place, run in enumerate(runs):
        beside = place + 1 < len(runs) and given[place + 1] and _BESIDE.fullmatch(part, run.end, runs[place + 1].start)
        if not (given[place] or beside):  # of "forty to forty-five" both are offered
            mentioned = sum(map(len, pieces)) + run.start - at if mentioned is None else mentioned
            continue
        pieces += [part[at : run.start], run.digits]
        at = run.end
    return InDigits("".join([*pieces, part[at:], statement[begin + LOOK :]]), mentioned)


def _is_other(text: str, run: _Run) -> bool:
    """Whether words stand beside the digits they say, inside of a word, or name something: "option two"."""
    return _HOLDS_ON.match(text, run.end) is not None or is_named(text, run.start)


def _is_more(text: str, run: _Run) -> bool:
    """Whether words behind a number make another one of it: "zwei Drittel", "cuarenta y cinco mil", "two to the tenth"."""
    if any(map(str.isalpha, run.digits.replace("\\frac", ""))) or _EXTENDS.match(text, run.end):
        return True
    behind = _BEHIND.match(text, run.end)
    return behind is not None and has_number_word(behind[1])


def _runs(text: str, asked_in: Language | None) -> Iterator[_Run]:
    """The numbers in words of a text, in the language it is in, or that of its question."""
    if _HAN.search(text):
        for run in _HAN.finditer(text):
            digits = from_chinese(run[0])
            if digits is not None and digits not in ("0", "1"):
                yield _Run(*run.span(), digits, Tongue.HAN)
        return
    words = list(_WORD.finditer(text))
    language = language_of(folded(word[0]) for word in words) or asked_in
    if (language is None or language.code == "en") and not _COUNTING.isdisjoint(_LETTERS.findall(text.lower())):
        yield from _in_english(text)
        return
    code = language.code if language is not None and language.code in known_codes() else None
    found = list(_foreign(text, words, code))
    yield from found or _foreign(text, words, None)


def _foreign(text: str, words: list[re.Match[str]], code: str | None) -> Iterator[_Run]:
    """The numbers in words of one language, or of any."""
    at = 0
    while at < len(words):
        run, size = _number_at(text, words, at, code)
        if run is not None:
            yield run
        at += size
        behind = unit_end(text, run.end) if run is not None else 0
        while at < len(words) and words[at].start() < behind:
            at += 1  # the "cent" of "vingt pour cent" is no hundred


def _in_english(text: str) -> Iterator[_Run]:
    behind = 0
    for match in _ENGLISH.finditer(text):
        digits = spell_out(match["body"].lower())
        if clock := _CLOCK.match(text, match.start("body")):
            behind = clock.end()
        if digits == match["body"].lower() or match.start("body") < behind:
            continue
        if match["sign"] and not (behind and text[behind : match.start()].isspace()):  # "nineteen minus four"
            yield _Run(match.start(), match.end(), f"-{digits}", Tongue.ENGLISH)
        else:
            yield _Run(match.start("body"), match.end(), digits, Tongue.ENGLISH)
        behind = match.end()


def _number_at(text: str, words: list[re.Match[str]], at: int, code: str | None) -> tuple[_Run | None, int]:
    """The longest number that begins with a word, and how many words to go on by; one alone is none unless a unit follows."""
    if not may_begin(words[at][0], code):
        return None, 1
    start = words[at].start()
    for size in range(min(LONGEST, len(words) - at), 0, -1):
        end = words[at + size - 1].end()
        digits = in_numerals(text[start:end], code)
        if digits is not None and digits.isdecimal() and (int(digits) > 1 or (digits == "1" and unit_end(text, end) > end)):
            return _Run(start, end, digits, Tongue.OTHER if code else Tongue.UNKNOWN), size
    return None, 1


def _is_given(text: str, run: _Run, names: Names, *, marked: bool, by_verb: bool) -> bool:
    """Whether a number in words ends what is said, has its unit or a thing of the question behind it, or follows its verb."""
    if (behind := _BEHIND.match(text, run.end)) and names(behind[1]):
        return True
    if (signs := _SIGNS.match(text, run.end)) and any(map(names, signs[0])):
        return True
    english = run.tongue is Tongue.ENGLISH
    unit = unit_end(text, run.end)
    if marked:
        return english or _ENDS.match(text, unit) is not None
    if not (english or text[: run.start].strip(_RIM)):
        return not text[unit:].strip(_RIM)  # "Once", but not "Once more"
    end = _SENTENCE.search(text, run.end)
    digits = _DIGIT.search(text, text.rfind(". ", 0, run.start) + 1, end.start() if end else len(text))
    if unit > run.end and (english or _ENDS.match(text, unit)):
        return by_verb or not digits
    # Beside digits, words without a unit are details: "In Fahrenheit it's 32 degrees; in Celsius you'd call it zero."
    if digits or run.tongue is Tongue.UNKNOWN:
        return False
    if _ENDS.match(text, run.end):
        return True
    return english and by_verb and _is_given_in_english(text, run)


def _is_given_in_english(text: str, run: _Run) -> bool:
    """Whether few words stand beside a number, or a verb before it that gives one."""
    others = text[: run.start] + text[run.end :]
    clause = max(text.rfind(",", 0, run.start), text.rfind(";", 0, run.start)) + 1
    of_whole = text.startswith(" of ", run.end)
    return of_whole or others.count(" ") <= FEW or _GIVES.search(text, clause, run.start) is not None
