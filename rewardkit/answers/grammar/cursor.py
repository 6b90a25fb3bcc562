"""A place in a list of tokens: what every rule of the grammar reads through, with the limit on depth.

A rule is a function of a cursor. Where it needs the whole grammar again, for an atom or for what stands in brackets, it asks
the cursor, which knows the grammar as a table; so that rules need not know one another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from rewardkit.answers.notation.tokens import Token, TooComplex
from rewardkit.answers.tree import Apply, Node

__all__ = ["END", "Cursor", "Grammar", "Rule", "Unreadable"]

MAX_DEPTH = 40
END = Token("end of text", "", False)


class Unreadable(Exception):
    """The text is not the mathematics this grammar knows; the message says where it stopped."""


class Cursor:
    """Reads tokens one after another. `tight` binds products behind a slash together; `slash` says that there was one."""

    def __init__(self, tokens: Sequence[Token], grammar: Grammar, *, tight: bool = False) -> None:
        self.tokens = [*tokens, END]
        self.grammar = grammar
        self.tight = tight
        self.at = 0
        self.depth = 0
        self.bars = 0
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
            raise Unreadable(f"{self.here()} where {kind} was expected")

    def here(self) -> str:
        """The token at this place as an error names it."""
        token = self.tokens[self.at]
        return repr(token.value or token.kind)

    def minus(self) -> bool:
        """Take the signs that stand here; whether they come to a minus."""
        negative = False
        while self.kind in ("+", "-"):
            negative ^= self.take().kind == "-"
        return negative

    def until(self, closer: str, unclosed: str = "an open brace") -> list[Token]:
        """The tokens before a closer, which is taken too; without one `Unreadable` with what was left `unclosed`."""
        start = self.at
        while not self.accept(closer):
            if self.take() is END:
                raise Unreadable(unclosed)
        return self.tokens[start : self.at - 1]

    def deeper(self) -> None:
        """Count one level of nesting more, or raise `TooComplex` past the limit."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise TooComplex(f"nested deeper than {MAX_DEPTH} levels")

    def atom(self) -> Node:
        """The smallest whole at this place, by the rule for the kind of its first token."""
        token = self.take()
        rule = self.grammar.atoms.get(token.kind)
        if rule is None:
            self.at -= 1
            raise Unreadable(f"{self.here()} is no part of an expression")
        return rule(self, token)

    def items(self) -> Node:
        """One answer or a list of them, as stand in brackets or alone; bars that are open outside do not count."""
        bars, self.bars = self.bars, 0
        node = self.grammar.items(self)
        self.bars = bars
        return node

    def group(self, closer: str) -> Node:
        """What stands before a closer, which is taken too; the end of the text closes what was left open."""
        if self.kind == closer:
            raise Unreadable("an empty bracket")
        node = self.items()
        if self.kind in ("over", "choose") and closer == "}":
            head = "div" if self.take().kind == "over" else "binom"
            node = Apply(head, (node, self.items()))
        if self.kind != END.kind:
            self.expect(closer)
        return node


Rule = Callable[[Cursor, Token], Node]


class Grammar(NamedTuple):
    """The table of the grammar: `atoms` maps the kind of a first token to the rule behind it, `items` reads a list of answers."""

    atoms: Mapping[str, Rule]
    items: Callable[[Cursor], Node]
