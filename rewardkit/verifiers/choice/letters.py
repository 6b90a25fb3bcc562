"""Which letters of a text are meant as options.

A letter is believed when it is dressed as a label, or stands where a choice must stand; the article "A", the pronoun "I", names
in formulas and letters under a negation are not letters of options.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rewardkit.first_use import first_use
from rewardkit.prose.glue import AND, INSTEAD, OR
from rewardkit.prose.lexicon import lowered
from rewardkit.prose.phrases import WORD, Meaning, Reach, Side, phrases
from rewardkit.prose.stance import stance
from rewardkit.verifiers.choice.options import LETTERS, Options

__all__ = ["MENTION", "NOUN", "Group", "forget_mentions", "is_dressed", "is_leading", "letter_of", "mentions"]


@dataclass(frozen=True, slots=True)
class Group:
    """Letters that stand together, from `start` to `end` of the text; the first letter itself stands at `letter`."""

    letters: tuple[str, ...]
    start: int
    end: int
    dressed: bool
    hedged: bool = False
    letter: int = 0


NOUN = r"(?:options?|choices?|answers?|letters?|alternatives?|statements?|opci[oó]n|选项|選項|答案|選択肢|보기)"
# A word character that glues a letter into a word; CJK and Hangul stand right beside letters and do not.
_GLUE = r"[^\W぀-ヿ㐀-鿿가-힯]"
MENTION = re.compile(
    rf"(?P<noun>{NOUN}\s*[:：#]?\s*)?(?<!{_GLUE})(?:(?<!\b\w)(?P<open>[(\[<{{【「])\s?)?(?P<letter>[A-Za-z])(?!{_GLUE})"
    r"(?P<close>\s?[)\]>}】」])?",
    re.IGNORECASE,
)
_LABEL_MARK = re.compile(r"\s?(?:[.:：．。]|、(?!\s?[A-Z](?![A-Za-z])))(?=\s|$|[^\x00-\x7f])|\s?[:：]")
_MATHS_BEFORE = re.compile(r"[=+*/^_\\|<>≈'-]\s*$|[-∠△]$")
_MATHS_AFTER = re.compile(r"\s*[=^_+*<>≈|]|['-]\w|°|\(\w")
_OR = rf"(?:{INSTEAD}|{OR})"
_JOIN = re.compile(
    rf"[\s(]*(?:[,;、，&+/]|,?\s*(?:{AND}|(?P<open>{_OR})))?"
    rf"\s*(?:(?:{AND}|(?P<open2>{_OR})|also|both|even|the)\s+)*(?:{NOUN}\s*)?[(]?\s*",
    re.IGNORECASE,
)
_SIGNS = " \t\r\n:：,，\"'=->#"
_NEXT = re.compile(r"\s+([^\W\d_]{2,})")
_LAST_WORD = re.compile(r"([^\W\d_]+)\s*$")
LONGEST = 2  # signs of a word that leads, in a script without spaces
_PRONOUN_NEXT = re.compile(r"\s+(?!(?:and|or|is)\b)[^\W\d_]|'", re.IGNORECASE)


def mentions(plain: str, options: Options) -> Sequence[Group]:
    """Groups of letters that are meant as options and not denied, in the order of the text."""
    return _mentions(plain, _allowed(options), options.telling)


def forget_mentions() -> None:
    """Empty the cache of letters that were found, as a benchmark of cold speed needs."""
    _mentions.cache_clear()


FAR = 40_000  # characters from the end in which letters are looked for
MOST = 128  # mentions of letters in a text whose stance is looked at


@lru_cache(maxsize=64)
def _mentions(plain: str, allowed: str, telling: bool) -> Sequence[Group]:
    """Kept for a while, because one verdict asks for the same line several times."""
    groups: list[Group] = []
    for match in MENTION.finditer(plain, max(0, len(plain) - FAR)):
        letter = match["letter"].upper()
        if letter not in allowed:
            continue
        dressed = is_dressed(match, plain)
        if not dressed and not _stands_bare(match, plain, telling, groups):
            continue
        last = groups[-1] if groups else None
        if last:
            gap = plain[last.end : match.start()]
            join = _JOIN.fullmatch(gap) if len(gap) < 40 else None
            if join and (last.dressed == dressed or plain[last.end - 1].isalpha() or gap.strip(" ,(")):
                hedged = last.hedged or bool(join["open"] or join["open2"])
                letters = last.letters if letter in last.letters else (*last.letters, letter)
                groups[-1] = Group(letters, last.start, match.end(), last.dressed, hedged, last.letter)
                continue
        groups.append(Group((letter,), match.start(), match.end(), dressed, letter=match.start("letter")))
    if len(groups) > MOST:
        groups = groups[: MOST // 2] + groups[-MOST // 2 :]  # a text that names letters that often means none of those between
    return tuple([group for group in groups if group.hedged or stance(plain, group.letter, group.end).offers])


def letter_of(letter: str, options: Options) -> str:
    """The letter as a capital when an option carries it, else empty; without known options any letter may be one."""
    upper = letter.upper()
    return upper if upper in _allowed(options) else ""


def _allowed(options: Options) -> str:
    return "".join(options.texts) if options.stated or len(options) > 1 else LETTERS


def is_dressed(match: re.Match[str], plain: str) -> bool:
    """Whether a `MENTION` is written as a label: in brackets, after a word such as "option", or opening a line."""
    if match["open"] and match["close"]:
        return True
    if match["noun"] and (match["letter"].isupper() or not _is_article(plain, match.end())):
        return True
    place = _back(plain, match.start(), " ")
    before = plain[max(0, place - 1) : place]
    starts = before in ("", "\n") or not _back(plain, match.start(), " \"'#")
    if match["close"] and not match["open"]:
        # The bracket after "[A=B]" closes a formula, not a label.
        return starts or (match["letter"].isupper() and not _MATHS_BEFORE.search(plain, 0, match.start()))
    listed = starts or before in (",", ";")
    return listed and _LABEL_MARK.match(plain, match.end()) is not None and (starts or match["letter"].isupper())


def _back(plain: str, at: int, passed: str) -> int:
    """The place before `at` up to which only such characters stand."""
    while at and plain[at - 1] in passed:
        at -= 1
    return at


def _stands_bare(match: re.Match[str], plain: str, telling: bool, groups: list[Group]) -> bool:
    """Whether an undressed letter stands where a choice must stand."""
    letter, before, end = match["letter"], plain[max(0, match.start() - 40) : match.start()], match.end()
    if (letter == "A" and _is_article(plain, end)) or (letter == "I" and _PRONOUN_NEXT.match(plain, end)):
        return False
    if groups and plain[groups[-1].end - 1].isalpha() and _JOIN.fullmatch(plain, groups[-1].end, match.start()):
        return letter.isupper() or plain[groups[-1].end - 1].islower()
    if _MATHS_BEFORE.search(before) or (_MATHS_AFTER.match(plain, end) and not _joined(plain, end)):
        return False
    start = groups[-1].end if groups else 0
    filled = match.start() - start < 80 and is_leading(plain[start : match.start()])
    ends = re.match(r"\s*(?:[.,;:!\"')(。，]|$|[^\x00-\x7f])", plain[end : end + 8]) is not None
    if letter.islower():
        return filled and ends and (letter not in "ai" or not plain[end:].strip(" .\"'"))
    return filled or (ends and not telling and before.endswith(" ") and not _names_figure(before))


@lru_cache(maxsize=4)
@first_use
def _words(meaning: Meaning, side: Side) -> frozenset[str]:
    """The words of a meaning that stand right beside a letter."""
    found = phrases(meaning, side, Reach.ADJACENT).rows
    return frozenset(lowered(word) for row in found for word in row.alternatives)


def is_leading(text: str) -> bool:
    """Whether a text is words that lead to a letter and say no more than that it is chosen, and signs between them."""
    known, low = _words(Meaning.LEADS, Side.BEFORE), lowered(text)
    if WORD.sub("", low).strip(_SIGNS):
        return False
    return all(word in known or (not word.isascii() and _is_composed(word, known)) for word in WORD.findall(low))


def _is_composed(word: str, known: frozenset[str]) -> bool:
    at = 0
    while at < len(word):
        size = next((size for size in range(LONGEST, 0, -1) if word[at : at + size] in known), 0)
        if not size:
            return False
        at += size
    return True


def _is_article(plain: str, end: int) -> bool:
    """Whether a word follows a letter that makes an article of it: "A cat"."""
    following = _NEXT.match(plain, end)
    return following is not None and lowered(following[1]) not in _words(Meaning.LEADS, Side.BEHIND)


def _names_figure(before: str) -> bool:
    """Whether a noun before a letter makes it a name in mathematics: "triangle A"."""
    last = _LAST_WORD.search(before)
    return last is not None and lowered(last[1]) in _words(Meaning.FIGURES, Side.BEFORE)


def _joined(plain: str, at: int) -> bool:
    return re.match(r"\s?[/+&]\s?[A-Z](?![A-Za-z])", plain[at : at + 5]) is not None
