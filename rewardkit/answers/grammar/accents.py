"""Letters under an accent, an arrow or in a font of their own: segments, angles, vectors, conjugates and sets of numbers."""

from __future__ import annotations

from rewardkit.answers.grammar.cursor import Unreadable
from rewardkit.answers.grammar.numerals import NumeralParser
from rewardkit.answers.notation.tokens import Token
from rewardkit.answers.tree import Apply, Name, Node

__all__ = ["AccentParser"]


class AccentParser(NumeralParser):
    """Adds accents and fonts to the grammar."""

    def lower(self) -> Node:
        """A brace group or one atom, as after `_`."""
        if self.accept("{"):
            return self.group("}")
        self.deeper()
        node = self.atom()
        self.depth -= 1
        return node

    def figure(self, token: Token) -> Node:
        """An angle, a segment or an accented name: one name made of the letters that follow."""
        words = ""
        if token.kind == "overline" and (whole := self._conjugated()) is not None:
            return Apply("conj", (whole,))
        if self.accept("{"):
            while not self.accept("}"):
                inner = self.take()
                if inner.kind not in ("name", "const", "num", "_", "'"):
                    raise Unreadable(f"{inner.value!r} under an accent")
                words += inner.value
        elif token.kind in ("angle", "triangle"):
            while self.kind in ("name", "const") and len(words) < 3:
                words += self.take().value
            if self.kind == "num" and not words:
                words = self.take().value
        elif self.kind in ("name", "const", "num"):
            words = self.take().value
        if not words:
            raise Unreadable(f"{self._here()} after {token.kind}")
        prefix = {"angle": "∠", "triangle": "△", "overline": "‾", "underline": "_", "hat": "^"}[token.kind]
        return Name(prefix + words)

    def _conjugated(self) -> Node | None:
        """What stands under a bar when it is a letter z or w or a sum, which name no segment; else None."""
        braced = self.kind == "{"
        first, after = self.tokens[self.at + braced], self.tokens[self.at + 1 + braced].kind
        if first.kind == "name" and first.value in ("z", "w") and (after == "}" or not braced):
            return self.lower()
        inside = {t.kind for t in self.tokens[self.at : self.at + 8]} if braced and first.kind in ("num", "(", "name") else set()
        return self.lower() if inside & {"+", "-"} and "}" in inside and "const" in inside else None

    def font(self, token: Token) -> Node:
        """What stands in a font, which says nothing."""
        if self.accept("{"):
            return self.group("}")
        return self.atom()

    def arrow(self, token: Token) -> Node:
        """A vector: the name under the arrow, or for points one name that keeps their order, as AB is another than BA."""
        inside = self.font(token)
        if type(inside) is Apply and inside.head == "mul" and all(type(a) is Name and a.text[0].isupper() for a in inside.args):
            line = "↔" if token.value.endswith("overleftrightarrow") else "→"
            return Name(line + "".join(a.text for a in inside.args if type(a) is Name))
        return inside

    def blackboard(self, token: Token) -> Node:
        """A set of numbers, with its mark as in R+."""
        braced = self.accept("{")
        letter = self.take().value
        if braced:
            self.expect("}")
        node: Node = Name(f"𝔹{letter}")
        if self.kind in ("^", "_") and self.tokens[self.at + 1].kind in ("+", "-", "*", "{"):
            node = Name(f"𝔹{letter}" + "".join(t.value for t in self._mark()))
        return node

    def _mark(self) -> list[Token]:
        start = self.at
        self.at += 1
        if self.accept("{"):
            while not self.accept("}"):
                if self.take().kind == "end of text":
                    raise Unreadable("an open brace")
        else:
            self.at += 1
        return [t for t in self.tokens[start + 1 : self.at] if t.kind not in ("{", "}")]
