"""A place in a list of tokens: what every part of the parser reads through, with the limit on depth."""

from __future__ import annotations

from collections.abc import Sequence

from rewardkit.answers.notation.tokens import Token, TooComplex
from rewardkit.answers.tree import Node, Number

__all__ = ["END", "Cursor", "Unreadable"]

MAX_DEPTH = 40
END = Token("end of text", "", False)


class Unreadable(Exception):
    """The text is not the mathematics this parser knows; the message says where it stopped."""


class Cursor:
    """Reads tokens one after another; subclasses add the grammar."""

    def __init__(self, tokens: Sequence[Token], *, tight: bool = False) -> None:
        self.tokens = list(tokens)
        self.tokens.append(END)
        self.at = 0
        self.depth = 0
        self.bars = 0
        self.tight = tight
        self.bound: set[str] = set()
        self.slash = False

    @property
    def kind(self) -> str:
        """The kind of the token at this place."""
        return self.tokens[self.at].kind

    def take(self) -> Token:
        """The token at this place, which is left behind."""
        token = self.tokens[self.at]
        self.at += 1
        return token

    def accept(self, kind: str) -> bool:
        """Whether a token of this kind stands here; it is taken if so."""
        if self.tokens[self.at].kind == kind:
            self.at += 1
            return True
        return False

    def expect(self, kind: str) -> None:
        """Take a token of this kind, or raise `Unreadable`."""
        if not self.accept(kind):
            raise Unreadable(f"{self._here()} where {kind} was expected")

    def _here(self) -> str:
        token = self.tokens[self.at]
        return repr(token.value or token.kind)

    def deeper(self) -> None:
        """Count one level of nesting more, or raise `TooComplex` past the limit."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise TooComplex(f"nested deeper than {MAX_DEPTH} levels")

    def group(self, closer: str) -> Node:
        """What stands before a closing brace, which is taken too."""
        raise NotImplementedError

    def bracket(self, opener: str) -> Node:
        """A tuple, interval, list or parenthesis after its opening bracket."""
        raise NotImplementedError

    def braces(self, closer: str) -> Node:
        """A set or a transparent LaTeX group after its opening brace."""
        raise NotImplementedError

    def environment(self) -> Node:
        r"""A matrix, cases or alignment after `\begin`."""
        raise NotImplementedError

    def atom(self) -> Node:
        """The smallest whole: a number, name, constant, function, fraction, root or bracket."""
        raise NotImplementedError

    def number(self) -> Number:
        """A number token as an exact rational that remembers how many decimals were written."""
        raise NotImplementedError
