"""Where sentences end, for counting them: by rules that anyone can check by hand.

A sentence ends behind `.`, `!`, `?` or `…` (one or more, with quotes and brackets that close behind them) where white space or
the text's end follows, and behind `。`, `！` and `？` wherever they stand. No sentence ends behind

* a title (`Dr.`) or an abbreviation that wants more (`e.g.`);
* an initial (`J. Smith`), but for a capital one before a stop word that opens a sentence (`Gen Z. They`);
* any other abbreviation (`etc.`, `U.S.`) when no capital letter follows;
* the number or letter of a list item (`1.`, `b.`) at the start of a line;
* an ellipsis that a small letter follows.

Line breaks end no sentence. What holds neither letter nor digit belongs to the sentence before it, and the sign or number of a
list item is no part of the sentence behind it.
"""

from __future__ import annotations

import re

from rewardkit.verifiers.instruct.tables import table

__all__ = ["split"]

_CLOSERS = "\"'”’»)\\]}*_"
_END = re.compile(rf"[.!?…]+[{_CLOSERS}]*|[。！？]+[”’」』）]*")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_ITEM = re.compile(r"\A(?:[*+•#>-]{1,8}\s{1,8}){0,3}(?:\d{1,3}[.)]\s{1,8})?")
_MARKER = re.compile(r"(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})")
_LONGEST_DRESS = 24  # characters before an item's number
_OPENERS = "\"'“‘«([{*_–—•-"
# Each run of white space is read once, from where a sentence may end, so that this is linear.
_NEXT_WORD = re.compile(rf"\s*[{re.escape(_OPENERS)}]*([^\W_]{{0,24}})")


def split(text: str) -> list[str]:
    """The sentences of a text in order, each without white space around it; a rest without an end counts as one."""
    found: list[str] = []
    start = 0
    for end in _END.finditer(text):
        inside = end[0][0] in ".!?…" and not text[end.end() : end.end() + 1].isspace() and end.end() < len(text)
        if inside or _goes_on(text, start, end):
            continue
        start = _add(found, text[start : end.end()], start, end.end())
    _add(found, text[start:], start, len(text))
    return found


def _add(found: list[str], piece: str, start: int, end: int) -> int:
    """Keep a sentence; where the next one starts."""
    piece = piece.strip()
    if any(map(str.isalnum, piece)):
        found.append(_ITEM.sub("", piece))
    elif piece and found:
        found[-1] += f" {piece}"
    elif piece:
        return start
    return end


def _goes_on(text: str, start: int, end: re.Match[str]) -> bool:
    """Whether the sentence goes on behind a sign that could end it."""
    sign = end[0].rstrip(_CLOSERS)
    if sign == ".":
        return _abbreviated(text, start, end)
    return set(sign) <= {".", "…"} and _next_word(text, end.end())[:1].islower()


def _abbreviated(text: str, start: int, end: re.Match[str]) -> bool:
    begin = end.start()
    while begin > start and end.start() - begin < 24 and not text[begin - 1].isspace():
        begin -= 1
    word = text[begin : end.start()].lstrip(_OPENERS)
    if not word:
        return False
    if _MARKER.fullmatch(word) and _opens_line(text, begin):
        return True
    lower = word.lower()
    if lower in table("titles"):
        return True
    if _INITIALS.fullmatch(word) and word != "I":
        following = _next_word(text, end.end())
        opens = following.lower() in table("stop_words") if len(word) == 1 and word.isupper() else True
        return not (following[:1].isupper() and opens)
    return lower in table("abbreviations") and not _next_word(text, end.end())[:1].isupper()


def _opens_line(text: str, place: int) -> bool:
    """Whether nothing but spaces and Markdown's signs stand before a place on its line."""
    before = text[max(0, place - _LONGEST_DRESS) : place].rpartition("\n")
    return bool(before[1] or place <= _LONGEST_DRESS) and not before[2].strip(" \t*_#>-")


def _next_word(text: str, place: int) -> str:
    """The next word, behind white space and signs that open; nothing where none follows them."""
    following = _NEXT_WORD.match(text, place)
    return following[1] if following else ""
