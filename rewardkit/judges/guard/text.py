"""A text as the rules read it, and without what a reader does not see."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from rewardkit.judges.guard.patterns import END_OF_TURN

__all__ = ["LETTER", "Text", "clean", "is_unseen", "word_count"]

_BLANK = "\u115f\u1160\u2800\u3164\uffa0"  # letters and marks that show nothing
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TICKS = re.compile(r"[✅✔☑✓💯👍]\ufe0f?")
_WORD = re.compile(r"[^\W_]+")
_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"  # kana, Chinese characters, hangul
LETTER = rf"[^\W{_UNSPACED}]"
"""Pattern of a letter or digit of a script that puts spaces between words."""
_SPACED_WORD = re.compile(rf"{LETTER}+")
_UNSPACED_LETTER = re.compile(rf"[{_UNSPACED}]")


@dataclass(frozen=True)
class Text:
    """A text and its readings, each made once."""

    raw: str

    @cached_property
    def folded(self) -> str:
        """NFKC, small letters, plain quotes; lines are kept."""
        return unicodedata.normalize("NFKC", self.raw).casefold().replace("’", "'").replace("‘", "'")

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Runs of letters, the marks on them, and digits, in small letters; apostrophes are left out."""
        text = self.folded.replace("'", "")
        if text.isascii():
            return tuple(_WORD.findall(text))
        return tuple("".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in text).split())

    @cached_property
    def written(self) -> frozenset[str]:
        """Runs of letters and digits as they were written."""
        return frozenset(_WORD.findall(self.raw))

    def first(self, pattern: re.Pattern[str]) -> str:
        """What a pattern finds first in `folded`; the empty string where it finds nothing."""
        found = pattern.search(self.folded)
        return found[0].strip() or found[0] if found else ""


def clean(text: str) -> str:
    """The text without what a reader does not see: control and invisible characters, comments, ticks, ends of a turn."""
    text = "".join(c for i, c in enumerate(text) if c in "\n\t" or not is_unseen(c) or _joins(text, i))
    return END_OF_TURN.sub("", _TICKS.sub("", _COMMENT.sub(" ", text))).strip()


def is_unseen(char: str) -> bool:
    """Whether a character shows nothing and is no white space."""
    return ord(char) < 32 or char in _BLANK or (ord(char) > 126 and unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn"))


def _joins(text: str, place: int) -> bool:
    """Whether a joiner stands between letters that it shapes, as in Persian and Hindi."""
    if text[place] not in "\u200c\u200d" or not 0 < place < len(text) - 1:
        return False
    return all(ord(c) > 0x590 and unicodedata.category(c)[0] in "LM" for c in (text[place - 1], text[place + 1]))


def word_count(text: str) -> int:
    """How many words a text has; in scripts without spaces two letters are counted as one."""
    unspaced = len(_UNSPACED_LETTER.findall(text))
    return len(_SPACED_WORD.findall(text)) + (unspaced + 1) // 2
