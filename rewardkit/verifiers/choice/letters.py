"""Which letters of a text are meant as options.

A letter is believed when it is dressed as a label, or stands where a choice must stand; the article "A", the pronoun "I", names
in formulas and letters under a negation are not letters of options.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rewardkit.prose.stance import stance
from rewardkit.verifiers.choice.options import LETTERS, Options

__all__ = ["FILLER", "MENTION", "NOUN", "Group", "forget_mentions", "is_dressed", "letter_of", "mentions"]


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
_FORMULA_NOUN = re.compile(
    r"\b(?:angles?|points?|triangles?|sides?|vert(?:ex|ices)|lines?|segments?|matri(?:x|ces)|events?|circles?|arcs?|planes?|rays?"
    r"|variables?|constants?|area|length|radius|height|vectors?|sets?|functions?|probability|coefficient|vitamin|type)\s*$",
    re.IGNORECASE,
)
_CONJUNCTION_OR = r"or|nor|ou|oder|или|或者|或|または|또는|o"
_JOIN = re.compile(
    rf"[\s(]*(?:[,;、，&+/]|和|与|及|以及|と|,?\s*(?:and|y|et|und|e|и|(?P<open>{_CONJUNCTION_OR}))\b|(?P<open2>或者|或))?"
    rf"\s*(?:(?:and|(?P<open3>or|maybe|possibly|perhaps)|also|both|even|the)\s+)*(?:{NOUN}\s*)?[(]?\s*",
    re.IGNORECASE,
)
FILLER = re.compile(
    r"(?:\b(?:the|is|it|it's|that|its|be|must|should|would|will|are|definitely|clearly|certainly|obviously|surely|probably|likely|most|for|sure"
    r"|therefore|thus|hence|so|then|final|correct|right|best|true|only|indeed|simply|just|either|both|i|think|believe|say|to|given|by|in|as|ans"
    r"|labell?ed|marked|one|choose|select|selected|pick|with|go|but|not|i'd|i'll|has|leaves|leaving|answers?|choice|option|letter|result"
    r"|verdict|conclusion|la|le|el|die|der|das|also)\b|是|为|為|选|選|应|应该|应选|只有|는|은|é|es|est|ist|è|[\s:：,，\"'=\->#])*",
    re.IGNORECASE,
)
_ARTICLE_NEXT = re.compile(
    r"\s+(?!(?:because|since|as|is|are|and|or|but|which|with|for|due|while|not|would|has|have|was|seems|in|the|from|makes|will)\b)[^\W\d_]{2}",
    re.IGNORECASE,
)
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
                hedged = last.hedged or bool(join["open"] or join["open2"] or join["open3"])
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
    if match["noun"] and (match["letter"].isupper() or not _ARTICLE_NEXT.match(plain, match.end())):
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
    if (letter == "A" and _ARTICLE_NEXT.match(plain, end)) or (letter == "I" and _PRONOUN_NEXT.match(plain, end)):
        return False
    if groups and plain[groups[-1].end - 1].isalpha() and _JOIN.fullmatch(plain, groups[-1].end, match.start()):
        return letter.isupper() or plain[groups[-1].end - 1].islower()
    if _MATHS_BEFORE.search(before) or (_MATHS_AFTER.match(plain, end) and not _joined(plain, end)):
        return False
    start = groups[-1].end if groups else 0
    filled = match.start() - start < 80 and FILLER.fullmatch(plain, start, match.start()) is not None
    ends = re.match(r"\s*(?:[.,;:!\"')(。，]|$|[^\x00-\x7f])", plain[end : end + 8]) is not None
    if letter.islower():
        return filled and ends and (letter not in "ai" or not plain[end:].strip(" .\"'"))
    return filled or (ends and not telling and before.endswith(" ") and not _FORMULA_NOUN.search(before))


def _joined(plain: str, at: int) -> bool:
    return re.match(r"\s?[/+&]\s?[A-Z](?![A-Za-z])", plain[at : at + 5]) is not None
