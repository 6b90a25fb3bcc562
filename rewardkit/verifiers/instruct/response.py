"""One text, cut into words, lines and sentences once for all constraints that look at it."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterator
from functools import cached_property

from rewardkit.verifiers.instruct.sentences import split

__all__ = ["EDGE", "Response", "without_marks"]

EDGE = string.punctuation + string.whitespace
"""What is taken off the ends of a word: ASCII's punctuation and white space, as the published checks do."""

_DROP_PUNCTUATION = str.maketrans("", "", string.punctuation)
# Scripts written without spaces: each character stands for a word.
_UNSPACED = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")


def without_marks(text: str) -> str:
    """The text without combining marks, which would otherwise cut a word of Hindi or Tamil in the middle."""
    if text.isascii():
        return text
    marks = {ord(character): None for character in set(text) if unicodedata.category(character)[0] == "M"}
    return text.translate(marks) if marks else text


class Response:
    """What a constraint looks at; each way of cutting is made when it is first asked for, and kept."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def stripped(self) -> str:
        """The text without white space around it."""
        return self.text.strip()

    @cached_property
    def lower(self) -> str:
        """The text in lower case."""
        return self.text.lower()

    @cached_property
    def visible(self) -> str:
        """The text as it looks: compatibility forms resolved, and without characters that show nothing."""
        if self.text.isascii():
            return self.text
        plain = unicodedata.normalize("NFKC", self.text)
        return "".join(c for c in plain if unicodedata.category(c) != "Cf")

    @cached_property
    def words(self) -> list[str]:
        """Runs of letters, marks, digits and underscores; each character of Chinese and of Japanese is a word."""
        return _WORD.findall(without_marks(self.text))

    @cached_property
    def bare(self) -> list[str]:
        """The text in lower case without ASCII punctuation, split at white space."""
        return self.lower.translate(_DROP_PUNCTUATION).split()

    @cached_property
    def tokens(self) -> list[str]:
        """The text in lower case split at white space, each piece without the punctuation at its ends, signs alone dropped."""
        pieces = (piece.strip(EDGE) for piece in self.lower.split())
        return [word for word in pieces if word.isalnum() or any(map(str.isalnum, word))]

    @cached_property
    def lines(self) -> list[str]:
        """The lines that are not blank."""
        return [line for line in self.text.split("\n") if line.strip()]

    @cached_property
    def paragraphs(self) -> list[str]:
        """What blank lines part, without white space around it."""
        return [piece.strip() for piece in _BLANK_LINE.split(self.stripped) if piece.strip()]

    @cached_property
    def sentences(self) -> list[str]:
        """The sentences, by the rules of `rewardkit.verifiers.instruct.sentences`."""
        return split(self.text)

    @cached_property
    def says_something(self) -> bool:
        """Whether there is a letter or a digit in it."""
        return any(map(str.isalnum, self.text))

    def looser(self) -> Iterator[Response]:
        """The text again without its asterisks, its first line, its last line, or some of these together."""
        lines = self.text.split("\n")
        cut = ["\n".join(lines[1:]).strip(), "\n".join(lines[:-1]).strip(), "\n".join(lines[1:-1]).strip()]
        seen = {self.text}
        for text in (self.text.replace("*", ""), *cut, *(one.replace("*", "") for one in cut)):
            if text not in seen:
                seen.add(text)
                yield Response(text)
